"""Reads one YAML map key by key and collects what is wrong in it; knows the shapes of scalars, not of documents.

A reader never raises and never stops: what cannot be read is reported once and reads as absent.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import TypeVar

from salespm_flow.definition.build.keys import READS
from salespm_flow.definition.findings import BOOLEANS, replacement, shown
from salespm_flow.definition.literals import infer_literal, parse_duration, read_literal
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode, text_span
from salespm_flow.definition.suggest import did_you_mean, renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic, Fix, Severity, Span
from salespm_flow.errors import InputError
from salespm_flow.expr.parse import parse
from salespm_flow.expr.problems import Problem, Remedy
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.expression import Duration, Expression
from salespm_flow.model.fields import FieldType, Scalar, SimpleType

UNREADABLE = "SF390"
MISSING = "SF141"


class Mention(StrEnum):
    """What a document names of the organisation that it stands in."""

    ROLE = "role"
    PERSON = "person"
    MANAGER = "manager"
    SKILL = "skill"


_IDENTIFIER = re.compile(r"[^\W\d]\w*")
Choice = TypeVar("Choice", bound=StrEnum)


class Findings:
    """Collects what building one document finds beside its model.

    `expressions` maps the place of each expression to its node, for findings that know offsets only; `places` maps
    dotted paths of references (`uses.calendar`, `fields.account.to`) to the scalars that write them; `poisoned` are
    declared names whose declaration failed: nothing that mentions them is worth a second finding; `mentions` are the
    names that only the organisation can know.
    """

    def __init__(self, zone: tzinfo = UTC) -> None:
        self.zone = zone
        self.diagnostics: list[Diagnostic] = []
        self.expressions: dict[Span, ScalarNode] = {}
        self.places: dict[str, ScalarNode] = {}
        self.poisoned: set[str] = set()
        self.roles: dict[str, Span] = {}
        self.mentions: list[tuple[Mention, ScalarNode]] = []
        self.keys_read: dict[str, set[str]] = {}

    def error(
        self, code: str, message: Bilingual, span: Span, hint: Bilingual | None = None, *, fix: Fix | None = None
    ) -> None:
        """The error is recorded."""
        self.diagnostics.append(
            Diagnostic(code=code, severity=Severity.ERROR, message=message, span=span, hint=hint, fix=fix),
        )

    def warn(
        self, code: str, message: Bilingual, span: Span, hint: Bilingual | None = None, *, fix: Fix | None = None
    ) -> None:
        """The warning is recorded."""
        self.diagnostics.append(
            Diagnostic(code=code, severity=Severity.WARNING, message=message, span=span, hint=hint, fix=fix),
        )

    def unreadable(self, node: Node, expected: Bilingual) -> None:
        """The node is recorded as one of a shape that cannot be read."""
        self.error(
            UNREADABLE,
            Bilingual(f"这里无法读取：应为{expected.zh}", f"This cannot be read: {expected.en} is expected"),
            node.span,
        )

    def unknown(self, code: str, kind: Bilingual, node: ScalarNode, known: Collection[str]) -> None:
        """The name that the node writes is recorded as unknown, with the nearest known one."""
        name = node.text
        message = Bilingual(f"未知的{kind.zh} {shown(name)}", f"Unknown {kind.en} {shown(name)}")
        self.error(code, message, node.span, suggestion(name, known), fix=renaming(node, known))


def problem_diagnostic(problem: Problem, node: ScalarNode) -> Diagnostic:
    """The finding of an expression, placed in its file."""
    return Diagnostic(
        code=problem.code,
        severity=problem.severity,
        message=problem.message,
        span=text_span(node, problem.start, problem.end),
        hint=problem.hint,
        fix=_fix_of(problem.remedy, node),
    )


def _fix_of(remedy: Remedy | None, node: ScalarNode) -> Fix | None:
    # Words are compared in composed form, so in a text that is not, offsets do not tell where they end.
    if remedy is None or not unicodedata.is_normalized("NFC", node.text):
        return None
    was = node.text[remedy.start : remedy.end]
    return replacement(text_span(node, remedy.start, remedy.end), was, remedy.text, is_safe=remedy.is_safe)


class Reader:
    """One map under the name of its schema definition; keys beyond those of `READS` are reported at once."""

    def __init__(self, findings: Findings, node: Node, pointer: str) -> None:
        self.findings = findings
        self.pointer = pointer
        self.whole = node
        self.span = node.span
        if isinstance(node, MapNode):
            self._entries = node.entries
        else:
            self._entries = {}
            findings.unreadable(node, Bilingual("映射", "a map"))
        self._known = known = READS[pointer]
        self._read = findings.keys_read.setdefault(pointer, set())
        self.has_unknown_keys = not known.issuperset(self._entries)
        for name, entry in self._entries.items():
            if name not in known:
                message = Bilingual(f"未知的键 {shown(name)}", f"Unknown key {shown(name)}")
                findings.error(UNREADABLE, message, entry.key.span, did_you_mean(name, known))

    def node(self, name: str) -> Node | None:
        """The value under a key, None where the key is absent."""
        if name not in self._known:
            raise KeyError(f"{self.pointer} does not declare that it reads {name}")
        self._read.add(name)
        entry = self._entries.get(name)
        return None if entry is None else entry.value

    def has(self, name: str) -> bool:
        """Whether the key is given."""
        return self.node(name) is not None

    def place(self, name: str) -> Span:
        """Where the value of a key stands, else the whole map."""
        node = self.node(name)
        return self.span if node is None else node.span

    def key_place(self, name: str) -> Span:
        """Where a key itself stands, else the whole map."""
        entry = self._entries.get(name)
        return self.span if entry is None else entry.key.span

    def require(self, name: str) -> Node | None:
        """The value under a key that must be given."""
        node = self.node(name)
        if node is None:
            message = Bilingual(f"缺少键 {shown(name)}", f"The key {shown(name)} is missing")
            self.findings.error(UNREADABLE, message, self.span)
        return node

    def scalar(self, name: str) -> ScalarNode | None:
        """The scalar under a key, where it says something."""
        node = self.node(name)
        return None if node is None else scalar_of(self.findings, node)

    def text(self, name: str) -> str | None:
        """The text under a key."""
        scalar = self.scalar(name)
        return None if scalar is None else scalar.text

    def flag(self, name: str) -> bool | None:
        """The boolean under a key."""
        scalar = self.scalar(name)
        if scalar is None:
            return None
        if isinstance(scalar.value, bool):
            return scalar.value
        self.findings.unreadable(scalar, Bilingual(" true 或 false", "true or false"))
        return None

    def integer(self, name: str) -> int | None:
        """The whole number under a key."""
        scalar = self.scalar(name)
        return None if scalar is None else integer_of(self.findings, scalar)

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        """The member of a closed list under a key."""
        scalar = self.scalar(name)
        if scalar is None:
            return None
        try:
            return choices(scalar.text)
        except ValueError:
            listed = [member.value for member in choices]
            self.findings.unreadable(scalar, Bilingual(" " + " | ".join(listed), " | ".join(listed)))
            return None

    def title(self, name: str, otherwise: str) -> Bilingual:
        """The title or message under a key, else the given text in both languages."""
        node = self.node(name)
        return Bilingual(otherwise, otherwise) if node is None else self.bilingual(node, otherwise)

    def bilingual(self, node: Node, otherwise: str) -> Bilingual:
        """The text in both languages that a string or a map of `zh` and `en` writes."""
        if not isinstance(node, MapNode):
            scalar = scalar_of(self.findings, node)
            return Bilingual(otherwise, otherwise) if scalar is None else Bilingual(scalar.text, scalar.text)
        inner = Reader(self.findings, node, f"{self.pointer.partition('.')[0]}.title")
        chinese, english = inner.text("zh"), inner.text("en")
        return Bilingual(chinese or english or otherwise, english or chinese or otherwise)

    def expression(self, name: str) -> Expression | None:
        """The parsed expression under a key."""
        node = self.node(name)
        return None if node is None else expression_of(self.findings, node)

    def duration(self, name: str) -> Duration | None:
        """The duration under a key."""
        scalar = self.scalar(name)
        if scalar is None:
            return None
        try:
            return parse_duration(scalar.text)
        except InputError as error:
            self.findings.error("SF312", error.message, scalar.span, error.hint)
            return None

    def money(self, name: str) -> Money | None:
        """The amount with its currency under a key."""
        scalar = self.scalar(name)
        if scalar is None:
            return None
        _, value = infer_literal(scalar, self.findings.zone)
        if isinstance(value, Money):
            return value
        message = Bilingual(
            f"{shown(scalar.text)} 不是带币种的金额", f"{shown(scalar.text)} is not money with its currency"
        )
        hint = Bilingual("例如 50000 CNY", "for example 50000 CNY")
        self.findings.error("SF312", message, scalar.span, hint)
        return None

    def literal(self, name: str, type_: FieldType) -> Value:
        """The value under a key, read as a type; None where absent or wrong."""
        node = self.node(name)
        return None if node is None else literal_of(self.findings, node, type_)

    def names(self, name: str) -> tuple[ScalarNode, ...]:
        """The scalars of the list under a key; one scalar stands for a list of one."""
        node = self.node(name)
        return () if node is None else scalars_of(self.findings, node)

    def entries(self, name: str) -> Iterator[tuple[str, ScalarNode, Node]]:
        """The named things of the map under a key: id, the key's node, the value."""
        node = self.node(name)
        if node is not None:
            yield from named_entries(self.findings, node)

    def pairs(self, name: str) -> Iterator[tuple[str, ScalarNode, Node]]:
        """The entries of the map under a key whose keys may be any text."""
        node = self.node(name)
        if node is not None:
            yield from pairs_of(self.findings, node)


def scalar_of(findings: Findings, node: Node) -> ScalarNode | None:
    """The node, where it is a scalar that says something."""
    if isinstance(node, ScalarNode) and (node.value is not None or node.is_quoted):
        return node
    findings.unreadable(node, Bilingual("一个值", "a value"))
    return None


def scalars_of(findings: Findings, node: Node) -> tuple[ScalarNode, ...]:
    """The scalars of a sequence; one scalar stands for a sequence of one."""
    items = node.items if isinstance(node, ListNode) else (node,)
    found = (scalar_of(findings, item) for item in items)
    return tuple(scalar for scalar in found if scalar is not None)


def integer_of(findings: Findings, node: ScalarNode) -> int | None:
    """The whole number that a scalar writes."""
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    findings.unreadable(node, Bilingual("整数", "a whole number"))
    return None


def literal_of(findings: Findings, node: Node, type_: FieldType) -> Value:
    """The value that a node writes, None where it is no literal of the type."""
    try:
        return read_literal(node, type_, findings.zone)
    except InputError as error:
        findings.error("SF312", error.message, node.span, error.hint, fix=_boolean_fix(node, type_))
        return None


def _boolean_fix(node: Node, type_: FieldType) -> Fix | None:
    """The fix that writes a boolean by its YAML name."""
    if not isinstance(node, ScalarNode) or node.is_quoted or type_ != SimpleType(Scalar.BOOLEAN):
        return None
    meant = BOOLEANS.get(node.text.lower())
    return None if meant is None else replacement(node.span, node.text, meant, is_safe=True)


def expression_of(findings: Findings, node: Node) -> Expression | None:
    """The parsed expression that a scalar writes; the place of its node is remembered."""
    scalar = scalar_of(findings, node)
    if scalar is None:
        return None
    parsed = parse(scalar.text)
    findings.diagnostics.extend(problem_diagnostic(problem, scalar) for problem in parsed.problems)
    if parsed.node is None:
        return None
    findings.expressions[scalar.span] = scalar
    return Expression(text=scalar.text, node=parsed.node, place=scalar.span)


def named_entries(findings: Findings, node: Node) -> Iterator[tuple[str, ScalarNode, Node]]:
    """The entries of a map whose keys are ids, in file order; a key that is no id is reported and still given."""
    for name, key, value in pairs_of(findings, node):
        identifier = normalise(name)
        if _IDENTIFIER.fullmatch(identifier) is None:
            report_identifier(findings, key)
        yield identifier, key, value


def pairs_of(findings: Findings, node: Node) -> Iterator[tuple[str, ScalarNode, Node]]:
    """The entries of a map with any keys, in file order."""
    if isinstance(node, MapNode):
        for name, entry in node.entries.items():
            yield name, entry.key, entry.value
    else:
        findings.unreadable(node, Bilingual("映射", "a map"))


def normalise(name: str) -> str:
    """The name as expressions see it: in Unicode's composed form."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def is_identifier(name: str) -> bool:
    """Whether the name is letters (CJK included), digits and underscores, and begins with no digit."""
    return _IDENTIFIER.fullmatch(normalise(name)) is not None


def report_identifier(findings: Findings, node: ScalarNode) -> None:
    """The scalar is recorded as no id."""
    proposal = re.sub(r"\W+", "_", normalise(node.text)).strip("_")
    hint = None if not is_identifier(proposal) else Bilingual(f"例如 {proposal}", f"for example {proposal}")
    message = Bilingual(
        f"{shown(node.text)} 不能作标识符：只能用字母（含汉字）、数字和下划线，且不以数字开头",
        f"{shown(node.text)} is no id: letters (CJK included), digits and underscores, no digit first",
    )
    findings.error("SF310", message, node.span, hint)
