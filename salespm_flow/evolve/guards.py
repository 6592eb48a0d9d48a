"""Whether a condition of the newer version lets through less or more than the older one, and values that show it.

Both are put into one vocabulary first: conditions and changed formulas are written out, renamed fields and states get
their newer names, parameters of another value their own. Then `solve` answers, not the texts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from enum import Enum, auto
from functools import cached_property, reduce
from typing import Final

from salespm_flow.evolve.difference import Example
from salespm_flow.evolve.pairing import Pairing
from salespm_flow.expr.syntax import (
    Binary,
    Binding,
    BooleanLiteral,
    Call,
    Filter,
    For,
    Name,
    Node,
    Operator,
    Quantified,
)
from salespm_flow.expr.syntax import TextLiteral as Text
from salespm_flow.expr.unparse import unparse
from salespm_flow.model.fields import Field, Parameter
from salespm_flow.model.library import Library
from salespm_flow.model.names import workflow_names
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.solve.cases import Cases, Found, Verdict, Wish
from salespm_flow.solve.comparisons import Want

_DEEPEST: Final = 40
_OF_STATES: Final = frozenset({"in_state", "entered", "time_in"})
_FORMER: Final = "@"
_NOWHERE: Final = {"start": 0, "end": 0}


class Shift(Enum):
    """How what a condition lets through has changed."""

    SAME = auto()
    TIGHTER = auto()
    LOOSER = auto()
    OTHER = auto()
    UNDECIDED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """The answer, with values for each way in which the versions differ."""

    shift: Shift
    examples: tuple[Example, ...] = ()


class Guards:
    """The conditions of two versions of one workflow, in one vocabulary."""

    def __init__(self, old: Workflow, new: Workflow, library: Library, pairs: tuple[Pairing, Pairing]) -> None:
        self._old = old
        self._new = new
        self._library = library
        self._states, self._fields = pairs

    def shifted(self, old: Iterable[Node], new: Iterable[Node]) -> Shifted:
        """How all of `new` together compares with all of `old` together; nothing at all lets everything through."""
        try:
            before = _all(self._translated(node, self._old, frozenset(), 0) for node in old)
            after = _all(self._translated(node, self._new, frozenset(), 0) for node in new)
        except _TooDeepError:
            return Shifted(shift=Shift.UNDECIDED)
        if unparse(before) == unparse(after):
            return Shifted(shift=Shift.SAME)
        refused = self._cases.together([Wish(before, Want.TRUE), Wish(after, Want.NOT_TRUE)])
        admitted = self._cases.together([Wish(after, Want.TRUE), Wish(before, Want.NOT_TRUE)])
        if _is_open(refused) or (_is_open(admitted) and refused.verdict is not Verdict.NEVER):
            return Shifted(shift=Shift.UNDECIDED)
        shift = _SHIFTS[refused.verdict is not Verdict.NEVER, admitted.verdict is not Verdict.NEVER]
        if _is_open(admitted):  # at least nothing is refused that was let through
            return Shifted(shift=shift)
        examples = (*_example(refused, was_allowed=True), *_example(admitted, was_allowed=False))
        return Shifted(shift=shift, examples=examples)

    @cached_property
    def _cases(self) -> Cases:
        former = {self._former(name): field for name, field in self._old.fields.items()}
        stored = {name: field for name, field in former.items() if name not in self._new.fields}
        changed = {
            _FORMER + name: given
            for name, given in self._old.parameters.items()
            if not _is_same_parameter(given, self._new.parameters.get(name))
        }
        whole = replace(
            self._new,
            conditions={},
            fields={**stored, **self._new.fields},
            parameters={**self._new.parameters, **changed},
            records={**self._old.records, **self._new.records},
        )
        names = {**workflow_names(self._old, self._library), **workflow_names(whole, self._library)}
        return Cases(whole, names, self._library.references)

    # ---------------------------------------------------------------------------------------- one vocabulary

    def _former(self, name: str) -> str:
        """The name under which a field of the older version stands: its newer one where it is the same field."""
        kept = self._fields.kept.get(name)
        if kept is None:
            return _FORMER + name if name in self._new.fields else name
        return kept if _is_same_type(self._old.fields[name], self._new.fields[kept]) else _FORMER + name

    def _translated(self, node: Node, workflow: Workflow, bound: frozenset[str], depth: int) -> Node:
        if depth > _DEEPEST:
            raise _TooDeepError
        match node:
            case Name(name=name) if name not in bound:
                return self._name(node, workflow, depth)
            case Call(function=function, arguments=(Text(value=state) as text,)) if function in _OF_STATES:
                return replace(node, arguments=(replace(text, value=self._state(state, workflow)),))
            case Quantified(bindings=bindings) | For(bindings=bindings):
                bound |= {binding.name for binding in bindings}
            case Filter(of=of, predicate=predicate):
                # Inside a filter a bare name is a column first.
                columns = bound | {name for record in workflow.records.values() for name in record.fields}
                inner = self._translated(predicate, workflow, columns, depth + 1)
                return replace(node, of=self._translated(of, workflow, bound, depth + 1), predicate=inner)
            case _:
                pass
        return self._inside(node, workflow, bound, depth)

    def _inside(self, node: Node, workflow: Workflow, bound: frozenset[str], depth: int) -> Node:
        """The node with everything below it translated."""

        def put(thing: object) -> object:
            if isinstance(thing, tuple):
                return tuple(put(one) for one in thing)
            if isinstance(thing, Binding):
                return replace(thing, source=self._translated(thing.source, workflow, bound, depth + 1))
            return self._translated(thing, workflow, bound, depth + 1) if isinstance(thing, Node) else thing

        changes = {one.name: put(getattr(node, one.name)) for one in fields(node) if one.compare}
        return replace(node, **changes)  # type: ignore[arg-type]  # each is of its field's own type

    def _name(self, node: Name, workflow: Workflow, depth: int) -> Node:
        name = node.name
        if (condition := workflow.conditions.get(name)) is not None:
            return self._translated(condition.node, workflow, frozenset(), depth + 1)
        if workflow is self._new:
            return self._computed(node, workflow, depth)
        if name in workflow.parameters:
            is_same = _is_same_parameter(workflow.parameters[name], self._new.parameters.get(name))
            return node if is_same else replace(node, name=_FORMER + name)
        if name in workflow.fields:
            return self._computed(replace(node, name=self._former(name)), workflow, depth, named=name)
        return node

    def _computed(self, node: Name, workflow: Workflow, depth: int, *, named: str = "") -> Node:
        """A computed field whose formula the other version has too stays a name; else the formula stands for it."""
        field = workflow.fields.get(named or node.name)
        if field is None or field.formula is None:
            return node
        other = (self._old if workflow is self._new else self._new).fields.get(node.name)
        if other is not None and other.formula is not None and other.formula.text == field.formula.text:
            return node
        return self._translated(field.formula.node, workflow, frozenset(), depth + 1)

    def _state(self, name: str, workflow: Workflow) -> str:
        """The newer name of a state."""
        if workflow is self._new:
            return name
        path = next((state.path for state in workflow.states.values() if state.name == name), "")
        kept = self._states.kept.get(path)
        return name if kept is None else self._new.states[kept].name


class _TooDeepError(Exception):
    """Seen here only."""


_SHIFTS: Final[Mapping[tuple[bool, bool], Shift]] = {
    (False, False): Shift.SAME,
    (True, False): Shift.TIGHTER,
    (False, True): Shift.LOOSER,
    (True, True): Shift.OTHER,
}


def _is_open(found: Found) -> bool:
    """Whether the text of the conditions does not settle if they can come true together."""
    return found.verdict is Verdict.UNKNOWN or (found.verdict is Verdict.MAYBE and found.is_entangled)


def _example(found: Found, *, was_allowed: bool) -> tuple[Example, ...]:
    if found.verdict is Verdict.NEVER:
        return ()
    is_partial = found.verdict is not Verdict.SURE
    values = {name: value for name, value in found.values.items() if not name.startswith(_FORMER)}
    return (Example(values=values, was_allowed=was_allowed, is_partial=is_partial),)


def _all(nodes: Iterable[Node]) -> Node:
    """The conjunction of the nodes."""
    every = list(nodes)
    if not every:
        return BooleanLiteral(value=True, **_NOWHERE)
    return reduce(lambda left, right: Binary(operator=Operator.AND, left=left, right=right, **_NOWHERE), every)


def _is_same_parameter(old: Parameter, new: Parameter | None) -> bool:
    return new is not None and (old.type, old.value) == (new.type, new.value)


def _is_same_type(old: Field, new: Field) -> bool:
    return old.type == new.type and (old.formula is None) is (new.formula is None)
