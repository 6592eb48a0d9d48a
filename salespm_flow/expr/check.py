"""Static types of an expression before it runs, and what it reads. Knows no values.

What its codes mean stands in `expr/codes`.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import operators
from salespm_flow.expr.applications import application, callee_of, namesakes, report_no_namesake
from salespm_flow.expr.calls import Quotable, call
from salespm_flow.expr.findings import Findings
from salespm_flow.expr.fit import fields_of, fit, fit_all, mismatch
from salespm_flow.expr.functions import ABSENT_NAMES, FUNCTIONS
from salespm_flow.expr.literals import literal_type
from salespm_flow.expr.members import did_you_mean, free_path, instead, member
from salespm_flow.expr.problems import Problem
from salespm_flow.expr.syntax import (
    Between,
    Binary,
    Binding,
    Call,
    Construction,
    Control,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Name,
    Negate,
    Node,
    NullLiteral,
    Operation,
    Path,
    Quantified,
    RangeLiteral,
    RecordLiteral,
    Test,
    TextLiteral,
)
from salespm_flow.expr.terms import Place, Term, is_null
from salespm_flow.expr.types import (
    BOOLEAN,
    NULL,
    UNKNOWN,
    EnumType,
    Kind,
    ListType,
    RangeType,
    RecordType,
    RefType,
    Type,
    Typed,
    kind_of,
)
from salespm_flow.expr.unparse import write_text
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known before running: the result's type, the findings by place, the free names and functions read.

    `reads` holds dotted paths through records and references, and stops at a list; `calls` the functions' names.
    `term` is the checked tree that evaluator and other readers work on.
    """

    type: Typed
    problems: tuple[Problem, ...]
    reads: frozenset[tuple[str, ...]]
    calls: frozenset[str]
    term: Term
    slots: int


def check(
    node: Node,
    names: Mapping[str, Typed],
    expected: Typed | Type | None = None,
    *,
    states: AbstractSet[str] | None = None,
    changeable: AbstractSet[str] | None = None,
) -> Checked:
    """The type of the expression in a world of `names`; each wrong name is one finding and nothing follows from it.

    With `expected` the result must fit that type (null always does); with `states` the states named in `in_state`,
    `time_in` and `entered` must be among them, with `changeable` what `changed` is asked about.
    """
    checker = _Checker(names, Quotable(states=states, changeable=changeable))
    term = checker.term(node)
    if expected is not None:
        term = fit(term, expected.type if isinstance(expected, Typed) else expected, checker.findings)
    return Checked(
        type=term.typed,
        problems=checker.findings.in_order(),
        reads=frozenset(checker.reads),
        calls=frozenset(checker.calls),
        term=term,
        slots=checker.slots,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """One variable, or (`name` None) the row of a filter, in its slot."""

    name: str | None
    typed: Typed
    slot: int
    outer: "_Frame | None"


class _Checker:
    def __init__(self, names: Mapping[str, Typed], quotable: Quotable) -> None:
        self.names = names
        self.quotable = quotable
        self.findings = Findings()
        self.reads: list[tuple[str, ...]] = []
        self.calls: set[str] = set()
        self.unknown: set[str] = set()
        self.frame: _Frame | None = None
        self.slots = 0

    def term(self, node: Node) -> Term:
        match node:
            case Name():
                return self.name(node)
            case Path():
                return self.path(node)
            case Call():
                return self.call(node)
            case Negate() | Binary() | Between() | Test() | In():
                return self.operation(node)
            case RangeLiteral() | ListLiteral() | RecordLiteral():
                return self.construction(node)
            case If() | Quantified() | For() | Filter():
                return self.control(node)
            case _:
                return Term(node=node, typed=Typed(literal_type(node), nullable=isinstance(node, NullLiteral)))

    def terms(self, nodes: tuple[Node, ...]) -> tuple[Term, ...]:
        return tuple(self.term(node) for node in nodes)

    def call(self, node: Call) -> Term:
        self.calls.add(node.function)
        match node:
            case Call(function="changed", arguments=(TextLiteral(value=name), *_)) if name in self.names:
                # Who asks whether a field changed reads it: the answer differs with the field.
                self.reads.append((name,))
            case _:
                pass
        arguments = self.terms(node.arguments)
        callee = callee_of(node.function, self.names)
        if callee is not None:
            return application(node, callee, arguments, self.findings)
        known = namesakes(node.function, self.names)
        if known is not None:
            return report_no_namesake(node, known, self.findings)
        return call(node, arguments, self.quotable, self.findings)

    def operation(self, node: Operation) -> Term:
        match node:
            case Negate(operand=operand):
                return operators.negation(node, self.term(operand), self.findings)
            case Binary(left=left, right=right):
                return operators.binary(node, self.term(left), self.term(right), self.findings)
            case Between(value=value, low=low, high=high):
                sides = (self.term(value), self.term(low), self.term(high))
                return operators.between(node, sides, self.findings)
            case In(value=value, tests=tests):
                return operators.membership(node, self.term(value), self.terms(tests), self.findings)
            case Test(operand=operand):
                return Term(node=node, typed=Typed(BOOLEAN), parts=(self.term(operand),))

    def construction(self, node: Construction) -> Term:
        match node:
            case ListLiteral(items=items):
                parts, element = fit_all(self.terms(items), self.findings)
                nullable = any(part.typed.nullable for part in parts)
                return Term(node=node, typed=Typed(ListType(Typed(element, nullable))), parts=parts)
            case RecordLiteral(entries=entries):
                parts = self.terms(tuple(value for _, value in entries))
                fields = {key: part.typed for (key, _), part in zip(entries, parts, strict=True)}
                return Term(node=node, typed=Typed(RecordType(fields)), parts=parts)
            case RangeLiteral(low=low, high=high):
                parts, element = fit_all((self.term(low), self.term(high)), self.findings)
                if not any(is_null(part) for part in parts):
                    operators.require_order(parts[0], element, self.findings)
                return Term(node=node, typed=Typed(RangeType(element)), parts=parts)

    def control(self, node: Control) -> Term:
        match node:
            case If(condition=condition, then=then, otherwise=otherwise):
                tested = operators.condition(self.term(condition), self.findings)
                (first, second), type_ = fit_all((self.term(then), self.term(otherwise)), self.findings)
                nullable = first.typed.nullable or second.typed.nullable
                return Term(node=node, typed=Typed(type_, nullable), parts=(tested, first, second))
            case Quantified(bindings=bindings, body=body):
                return self.quantified(node, bindings, body)
            case For(bindings=bindings, body=body):
                parts, slot = self.bound(bindings, body)
                nullable = any(part.typed.nullable for part in parts[:-1])
                return Term(node=node, typed=Typed(ListType(parts[-1].typed), nullable), parts=parts, slot=slot)
            case Filter():
                return self.filter(node)

    def quantified(self, node: Quantified, bindings: tuple[Binding, ...], body: Node) -> Term:
        parts, slot = self.bound(bindings, body)
        tested = operators.condition(parts[-1], self.findings)
        nullable = any(part.typed.nullable for part in parts)
        return Term(node=node, typed=Typed(BOOLEAN, nullable), parts=(*parts[:-1], tested), slot=slot)

    def bound(self, bindings: tuple[Binding, ...], body: Node) -> tuple[tuple[Term, ...], int]:
        """The terms of the sources and of the body, checked with the variables in view, and the first slot."""
        outer, first_slot = self.frame, self.next_slot()
        parts: list[Term] = []
        for binding in bindings:
            source = self.term(binding.source)
            element = self.element(source)
            parts.append(source)
            self.push(binding.name, element)
        parts.append(self.term(body))
        self.frame = outer
        return tuple(parts), first_slot

    def element(self, source: Term) -> Typed:
        """The type of what a loop over the source visits."""
        match source.typed.type:
            case ListType(of=of):
                return of
            case RangeType(of=of) if kind_of(of) is Kind.NUMBER:
                return Typed(of)
            case _:
                pass
        if source.typed.type == NULL:
            self.findings.only_null(source.node)
        elif source.typed.type != UNKNOWN:
            mismatch(source, ListType(Typed(UNKNOWN)), self.findings)
        return Typed(UNKNOWN, nullable=True)

    def next_slot(self) -> int:
        return 0 if self.frame is None else self.frame.slot + 1

    def push(self, name: str | None, typed: Typed) -> None:
        slot = self.next_slot()
        self.frame = _Frame(name=name, typed=typed, slot=slot, outer=self.frame)
        self.slots = max(self.slots, slot + 1)

    def filter(self, node: Filter) -> Term:
        of = self.term(node.of)
        element = self.element(of)
        outer, slot = self.frame, self.next_slot()
        self.push(None, element)
        predicate = self.term(node.predicate)
        self.frame = outer
        result = Typed(of.typed.type, of.typed.nullable)
        match kind_of(predicate.typed.type):
            case Kind.NUMBER:
                result = Typed(element.type, nullable=True)
            case Kind.UNKNOWN:
                result = Typed(UNKNOWN, nullable=True)
            case _:
                predicate = operators.condition(predicate, self.findings)
        if not isinstance(of.typed.type, ListType):
            result = Typed(UNKNOWN, nullable=True)
        return Term(node=node, typed=result, parts=(of, predicate), slot=slot)

    def name(self, node: Name) -> Term:
        frame = self.frame
        while frame is not None:
            found = _in_frame(node, frame)
            if found is not None:
                if found.place is Place.ROW_OR_FREE and node.name in self.names:
                    self.reads.append((node.name,))
                return found
            frame = frame.outer
        if node.name in self.names:
            self.reads.append((node.name,))
            return Term(node=node, typed=self.names[node.name])
        if node.name not in self.unknown:
            self.unknown.add(node.name)
            self.unknown_name(node)
        return Term(node=node, typed=Typed(UNKNOWN, nullable=True))

    def unknown_name(self, node: Name) -> None:
        """Report a name that nothing stands behind here."""
        absent = ABSENT_NAMES.get(node.name)
        if absent is None:
            message = Bilingual(f"没有名称 `{node.name}`", f"there is no name `{node.name}`")
            hint, meant = self.name_hint(node.name)
            self.findings.error("SF202", node, message, hint, remedy=instead(node, node.name, meant))
        else:
            why = absent.why
            message = Bilingual(f"`{node.name}` 不可用：{why.zh}", f"`{node.name}` is not available: {why.en}")
            self.findings.error("SF212", node, message, absent.instead)

    def name_hint(self, name: str) -> tuple[Bilingual | None, str | None]:
        """What was probably meant: a name in view, a field of a record in view, an enum's value, a function.

        With it, what may be written instead.
        """
        visible = dict(self.names)
        frame = self.frame
        while frame is not None:
            visible.update(fields_of(frame.typed.type) or {} if frame.name is None else {frame.name: frame.typed})
            frame = frame.outer
        if any(isinstance(one.type, EnumType) and name in one.type.values for one in visible.values()):
            hint = Bilingual(f'枚举值要加引号：`"{name}"`', f'an enum value takes quotes: `"{name}"`')
            return hint, write_text(name)
        inner = {field: f"{owner}.{field}" for owner, one in visible.items() for field in fields_of(one.type) or ()}
        if name in FUNCTIONS and name not in inner:
            return did_you_mean(f"{name}(…)"), None
        meant = inner.get(name) or self.findings.nearest(name, (*visible, *inner.values()))
        if meant is None and (close := self.findings.nearest(name, inner)):
            meant = inner[close]
        return (None if meant is None else did_you_mean(meant)), meant

    def path(self, node: Path) -> Term:
        of = self.term(node.of)
        typed = member(node, of.typed, self.findings)
        free = free_path(node)
        # The record was noted just now for this path alone: what is read is the field.
        if free is not None and self.reads[-1:] == [free[:-1]] and node.field in (fields_of(of.typed.type) or ()):
            self.reads[-1] = free
        return Term(node=node, typed=typed, parts=(of,))


def _in_frame(node: Name, frame: _Frame) -> Term | None:
    """The term of a name that this frame gives a meaning to; None where an outer one or the scope does."""
    if frame.name is not None:
        is_here = node.name == frame.name
        return Term(node=node, typed=frame.typed, place=Place.LOCAL, slot=frame.slot) if is_here else None
    fields = fields_of(frame.typed.type)
    if fields is not None and node.name in fields:
        found = fields[node.name]
        is_nullable = found.nullable or frame.typed.nullable or isinstance(frame.typed.type, RefType)
        return Term(node=node, typed=Typed(found.type, is_nullable), place=Place.ROW, slot=frame.slot)
    if node.name == "item":
        return Term(node=node, typed=frame.typed, place=Place.LOCAL, slot=frame.slot)
    if frame.typed.type == UNKNOWN:
        return Term(node=node, typed=Typed(UNKNOWN, nullable=True), place=Place.ROW_OR_FREE, slot=frame.slot)
    return None
