"""Structural mutations of a definition's text: each changes one place as somebody might by mistake.

Knows the form of documents, not what validation says about them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Span

ROLES: Final = frozenset({"by", "who", "owner_role", "roles", "escalate", "accountable", "responsible"})
PLACES: Final = frozenset({"from", "to", "in", "initial"})
CHOICES: Final = frozenset(
    {"type", "domain", "function", "outcome", "better", "basis", "of", "action", "strategy", "category", "hit", "kind"}
)
REFERENCES: Final = frozenset({"organisation", "calendar", "workflow", "extends", "kpi", "source", "link", "record"})
EXPRESSIONS: Final = frozenset({"when", "that", "where", "formula", "numerator", "denominator"})
NEEDED: Final = frozenset({"salespm", "kind", "id", "version", "domain", "initial", "from", "unit", "better", "of"})
_NAME: Final = re.compile(r"(?<![\w\".])[a-z]\w*(?![\w(\"])")
_WORDS: Final = frozenset(
    {"and", "or", "not", "in", "null", "true", "false", "some", "every", "satisfies", "if", "then"}
)
_CURRENCY: Final = re.compile(r"\b(CNY|USD)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A text changed in one place; `place` says where, by keys."""

    operator: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class _Spot:
    """One entry of a map with the keys that lead to it."""

    path: tuple[str, ...]
    entry: MapEntry

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def parent(self) -> str:
        return self.path[-2] if len(self.path) > 1 else ""


class Cut:
    """A text that is cut by the spans of its nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column - 1

    def replaced(self, span: Span, new: str) -> str:
        return self.text[: self.at(span.line, span.column)] + new + self.text[self.at(span.end_line, span.end_column) :]

    def without(self, entry: MapEntry) -> str:
        """The text without the entry, with the line or the comma that it leaves."""
        begin = self.at(entry.key.span.line, entry.key.span.column)
        end = self.at(entry.value.span.end_line, entry.value.span.end_column)
        before = self.text[:begin].rpartition("\n")[2]
        if not before.strip():
            rest = self.text.find("\n", end - 1 if self.text[end - 1 : end] == "\n" else end)
            return self.text[: begin - len(before)] + self.text[rest + 1 :]
        tail = self.text[end:]
        follows = re.match(r"\s*,\s*", tail)
        if follows:
            return self.text[:begin] + tail[follows.end() :]
        return re.sub(r",\s*$", "", self.text[:begin]) + tail


Operator = Callable[[Cut, _Spot], Iterator[str]]


def _scalars(node: Node) -> Iterator[ScalarNode]:
    match node:
        case ScalarNode():
            yield node
        case ListNode(items=items):
            yield from (item for item in items if isinstance(item, ScalarNode))
        case _:
            return


def _drop_state(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.parent == "states":
        yield text.without(spot.entry)


def _add_unreachable(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.parent == "states":
        indent = " " * (spot.entry.key.span.column - 1)
        begin = text.at(spot.entry.key.span.line, 1)
        if not text.text[begin : begin + len(indent)].strip():
            line = f"{indent}stranded: {{title: {{zh: 孤立, en: Stranded}}}}\n"
            yield text.text[:begin] + line + text.text[begin:]


def _rename_target(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.name in PLACES and spot.parent not in {"fields", "values", "carry"} and "scenarios" not in spot.path:
        for scalar in _scalars(spot.entry.value):
            if scalar.text not in {"any", "parent", "self"}:
                yield text.replaced(scalar.span, f"{scalar.text}_x")


def _drop_transition(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.parent == "transitions" and "scenarios" not in spot.path:
        yield text.without(spot.entry)


def _duplicate_key(text: Cut, spot: _Spot) -> Iterator[str]:
    key = spot.entry.key
    begin = text.at(key.span.line, key.span.column)
    before = text.text[:begin].rpartition("\n")[2]
    tail = f"\n{before}" if not before.strip() else ", "
    word = text.text[begin : text.at(key.span.end_line, key.span.end_column)]
    yield f"{text.text[:begin]}{word}: 1{tail}{text.text[begin:]}"


def _wrong_type(text: Cut, spot: _Spot) -> Iterator[str]:
    value = spot.entry.value
    is_block = (
        isinstance(value, MapNode | ListNode) and text.text[text.at(value.span.line, value.span.column)] not in "{["
    )
    if not is_block:
        yield text.replaced(value.span, "[{a: [b]}]" if not isinstance(value, ListNode) else "{a: {b: [c]}}")


def _swap_currency(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.name in {"title", "message", "zh", "en", "source"}:
        return
    for scalar in _scalars(spot.entry.value):
        if _CURRENCY.search(scalar.text) and not scalar.is_quoted:
            other = _CURRENCY.sub(lambda found: "USD" if found[1] == "CNY" else "CNY", scalar.text)
            yield text.replaced(scalar.span, other)


def _delete_title(text: Cut, spot: _Spot) -> Iterator[str]:
    # The words of a test are for those who wrote it.
    if spot.name == "title" and "scenarios" not in spot.path:
        yield text.without(spot.entry)


def _one_language(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.name in {"zh", "en"} and spot.parent == "title":
        yield text.without(spot.entry)


def _unknown_role(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.name in ROLES and "scenarios" not in spot.path:
        for scalar in _scalars(spot.entry.value):
            yield text.replaced(scalar.span, "nobody_x")


def _wrong_choice(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.name in CHOICES and spot.parent not in {"fields", "conditions"}:
        for scalar in _scalars(spot.entry.value):
            yield text.replaced(scalar.span, f"{scalar.text}x")


def _break_reference(text: Cut, spot: _Spot) -> Iterator[str]:
    is_listed = spot.parent == "uses"
    if (spot.name in REFERENCES or is_listed) and not (spot.name == "source" and "kpis" in spot.path):
        for scalar in _scalars(spot.entry.value):
            yield text.replaced(scalar.span, f"x_{scalar.text}")


def _unknown_field(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.name not in EXPRESSIONS and spot.parent != "conditions":
        return
    for scalar in _scalars(spot.entry.value):
        names = [one for one in _NAME.finditer(scalar.text) if one[0] not in _WORDS]
        if names and not scalar.is_quoted and "\n" not in scalar.text:
            yield text.replaced(scalar.span, f"{scalar.text[: names[0].end()]}_x{scalar.text[names[0].end() :]}")


def _misspell_key(text: Cut, spot: _Spot) -> Iterator[str]:
    known = ROLES | PLACES | CHOICES | REFERENCES | EXPRESSIONS | NEEDED | {"title", "fields", "states", "transitions"}
    if spot.name in known and spot.parent not in {"fields", "values", "conditions", "carry", "inputs", "outputs"}:
        yield text.replaced(spot.entry.key.span, f"{spot.name}x")


def _drop_needed(text: Cut, spot: _Spot) -> Iterator[str]:
    if spot.name in NEEDED and "scenarios" not in spot.path and spot.parent not in {"fields", "values"}:
        yield text.without(spot.entry)


def _out_of_range(text: Cut, spot: _Spot) -> Iterator[str]:
    value = spot.entry.value
    if spot.name not in {"probability", "weight"} or "scenarios" in spot.path or not isinstance(value, ScalarNode):
        return
    if value.text.endswith("%"):
        yield text.replaced(value.span, "150%")


OPERATORS: Final[Mapping[str, Operator]] = {
    "drop a state": _drop_state,
    "add an unreachable state": _add_unreachable,
    "rename a target": _rename_target,
    "drop a transition": _drop_transition,
    "duplicate a key": _duplicate_key,
    "wrong type of value": _wrong_type,
    "swap a currency": _swap_currency,
    "delete a title": _delete_title,
    "one language of a title": _one_language,
    "unknown role": _unknown_role,
    "wrong choice": _wrong_choice,
    "break a reference": _break_reference,
    "unknown field in an expression": _unknown_field,
    "misspell a key": _misspell_key,
    "drop a needed key": _drop_needed,
    "percentage out of range": _out_of_range,
}


def mutants(text: str, file: str) -> Iterator[Mutant]:
    """Every mutant of the text, by operator and place."""
    root = parse(text, file).root
    if root is None:
        return
    cut = Cut(text)
    for spot in _spots(root, ()):
        for name, operator in OPERATORS.items():
            for changed in operator(cut, spot):
                if changed != text:
                    yield Mutant(operator=name, place=".".join(spot.path), text=changed)


def _spots(node: Node, path: tuple[str, ...]) -> Iterator[_Spot]:
    match node:
        case MapNode(entries=entries):
            for key, entry in entries.items():
                yield _Spot((*path, key), entry)
                yield from _spots(entry.value, (*path, key))
        case ListNode(items=items):
            for item in items:
                yield from _spots(item, path)
        case ScalarNode():
            return
