"""Whether conditions can hold together, told from their text and types alone: no project is needed.

A condition is taken apart into cases, each a conjunction of what single terms may be. A term is a field, or whatever
else is compared with constants; its values are cut into cells, and the evaluator itself says on which cells a
comparison holds. What compares two terms, or goes through rows, is a question of its own that may go either way, the
same way wherever it is asked. So what is never possible here is never possible at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Final

from salespm_flow.errors import SalesPMFlowError
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.syntax import Binary, BooleanLiteral, Call, If, Name, Node, Operator, TextLiteral, walk
from salespm_flow.expr.types import Kind, Typed, kind_of
from salespm_flow.expr.unparse import unparse
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Reference
from salespm_flow.model.workflow import Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.solve.cells import CUT, field_cells, typed_cells
from salespm_flow.solve.comparisons import OPPOSITE, Want, canonical, compared, constants_in, is_count, with_stand_in
from salespm_flow.working_time import plain_calendar

_MOST_CASES: Final = 512
_DEEPEST: Final = 40
_NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_STAND_IN: Final = "…"


class Verdict(Enum):
    """Whether wishes can come true together: for certain, as far as can be told, never, or nobody knows."""

    SURE = auto()
    MAYBE = auto()
    NEVER = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """A condition and what it is to come to; `states` says for some states whether they are active then."""

    node: Node
    want: Want = Want.TRUE
    states: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A field that is to have a value."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The verdict, with values of stored fields under which the wishes come true, as far as they were needed.

    `is_entangled`: several comparisons of two terms share a field, so that a solver may know more.
    """

    verdict: Verdict
    values: Mapping[str, Value]
    is_entangled: bool = False


@dataclass(frozen=True, slots=True)
class _Atom:
    """A question about one term: `node` compares it, None asks for its presence."""

    key: str
    term: Node
    node: Node | None
    want: Want


@dataclass(frozen=True, slots=True)
class _Join:
    """Parts of which all or any hold."""

    is_all: bool
    parts: "tuple[_Part, ...]"


_Part = _Atom | _Join
_Case = dict[str, int]
_NOTHING: Final = _Join(False, ())
_ANYTHING: Final = _Join(True, ())


class _TooMany(Exception):  # noqa: N818 - never seen outside
    pass


class NoStays:
    """The stays of a project that is nowhere."""

    def is_in(self, state: str) -> bool:  # noqa: ARG002 - a port
        """No state is active."""
        return False

    def entered_at(self, state: str) -> datetime | None:  # noqa: ARG002 - a port
        """Never."""
        return None

    def changed_at(self, name: str) -> datetime | None:  # noqa: ARG002 - a port
        """Never."""
        return None


class Cases:
    """The conditions of one workflow."""

    def __init__(self, workflow: Workflow, names: Mapping[str, Typed], references: Mapping[str, Reference]) -> None:
        self.workflow = workflow
        self.names = names
        self.references = dict(references)
        self._zone = zone_named("UTC")
        self._calendar = plain_calendar(self._zone)
        self.constants = {name: given.value for name, given in workflow.parameters.items()}
        # The same comparisons are asked about again and again. By identity: what is asked about is kept beside.
        self._known_cells: dict[tuple[str, ...], tuple[Sequence[_Atom], tuple[Value, ...]]] = {}
        self._known_answers: dict[tuple[int, int], tuple[_Atom, tuple[Value, ...], tuple[Value, ...]]] = {}

    def together(self, wishes: Iterable[Wish | Given]) -> Found:
        """Whether the wishes can come true while the fields are the same.

        Cost: exponential in the number of `or`, which is bounded.
        """
        try:
            parts = [self._part(wish) for wish in wishes]
            whole = _Join(True, tuple(parts))
            cells = self._cells(whole)
            cases = self._spread(whole, cells)
        except (_TooMany, SalesPMFlowError):
            return Found(verdict=Verdict.UNKNOWN, values={})
        if not cases:
            return Found(verdict=Verdict.NEVER, values={})
        exact = next((case for case in cases if all(self._is_stored(key) for key in case)), None)
        chosen = cases[0] if exact is None else exact
        values = {key: _first(cells[key], mask) for key, mask in chosen.items() if self._is_stored(key)}
        verdict = Verdict.MAYBE if exact is None else Verdict.SURE
        return Found(verdict=verdict, values=values, is_entangled=exact is None and _is_entangled(whole))

    def stored_in(self, nodes: Iterable[Node]) -> tuple[str, ...]:
        """The stored fields that the expressions read, through conditions too, sorted."""
        found: set[str] = set()
        seen: set[str] = set()
        pending = list(nodes)
        while pending:
            for node, _ in walk(pending.pop()):
                if isinstance(node, Name) and node.name not in seen:
                    seen.add(node.name)
                    inner = self._definition(node.name)
                    pending += [] if inner is None else [inner]
                    if self._is_stored(node.name):
                        found.add(node.name)
        return tuple(sorted(found))

    # ------------------------------------------------------------------------------------------------ taking apart

    def _part(self, wish: Wish | Given) -> _Part:
        if isinstance(wish, Given):
            node = Name(name=wish.name, start=0, end=0)
            return _Atom(wish.name, node, None, Want.TRUE)
        return self._taken_apart(wish.node, wish.want, dict(wish.states), 0)

    def _taken_apart(self, node: Node, want: Want, states: Mapping[str, bool], depth: int) -> _Part:
        if depth > _DEEPEST:
            raise _TooMany
        match node:
            case BooleanLiteral(value=value):
                return _ANYTHING if value is (want in {Want.TRUE, Want.NOT_FALSE}) else _NOTHING
            case Name(name=name) if (inner := self._definition(name)) is not None:
                return self._taken_apart(inner, want, states, depth + 1)
            case Call(function="not", arguments=(operand,)):
                return self._taken_apart(operand, OPPOSITE[want], states, depth + 1)
            case Call(function="in_state", arguments=(TextLiteral(value=state),)) if state in states:
                return _ANYTHING if states[state] is (want in {Want.TRUE, Want.NOT_FALSE}) else _NOTHING
            case Binary(operator=(Operator.AND | Operator.OR) as operator, left=left, right=right):
                is_all = (operator is Operator.AND) is (want in {Want.TRUE, Want.NOT_FALSE})
                both = (left, right)
                return _Join(is_all, tuple(self._taken_apart(one, want, states, depth + 1) for one in both))
            case If(condition=condition, then=then, otherwise=otherwise):
                first = (Wish(condition, Want.TRUE), Wish(then, want))
                second = (Wish(condition, Want.NOT_TRUE), Wish(otherwise, want))
                ways = (first, second)
                return _Join(
                    False,
                    tuple(
                        _Join(True, tuple(self._taken_apart(one.node, one.want, states, depth + 1) for one in way))
                        for way in ways
                    ),
                )
            case _:
                return self._atom(node, want)

    def _definition(self, name: str) -> Node | None:
        """What a condition, or a computed field that is true or false, says."""
        if (condition := self.workflow.conditions.get(name)) is not None:
            return condition.node
        field = self.workflow.fields.get(name)
        if field is None or field.formula is None or name not in self.names:
            return None
        return field.formula.node if kind_of(self.names[name].type) is Kind.BOOLEAN else None

    def _atom(self, node: Node, want: Want) -> _Atom:
        term = self._compared(node)
        if term is not None and self._can_be_cut(term):
            return _Atom(unparse(term), term, node, want)
        node, want = canonical(node, want)
        return _Atom(f"?{unparse(node)}", node, node, want)

    def _compared(self, node: Node) -> Node | None:
        """The one term that the node compares with constants; a boolean is compared with true."""
        if isinstance(node, Name):
            is_boolean = node.name in self.names and kind_of(self.names[node.name].type) is Kind.BOOLEAN
            return node if is_boolean else None
        return compared(node, self.constants)

    def _can_be_cut(self, term: Node) -> bool:
        typed = self.names.get(term.name) if isinstance(term, Name) else check(term, self.names).type
        return typed is not None and kind_of(typed.type) in CUT

    # ------------------------------------------------------------------------------------------------------- cells

    def _is_stored(self, key: str) -> bool:
        field = self.workflow.fields.get(key)
        return field is not None and field.formula is None

    def _cells(self, whole: _Part) -> Mapping[str, tuple[Value, ...]]:
        """A value out of each cell of every term; a question that may go either way has the cells yes, no, unknown."""
        asked: dict[str, list[_Atom]] = {}
        for atom in _atoms(whole):
            asked.setdefault(atom.key, []).append(atom)
        return {key: self._cells_of(key, atoms) for key, atoms in asked.items()}

    def _cells_of(self, key: str, atoms: Sequence[_Atom]) -> tuple[Value, ...]:
        if key.startswith("?"):
            return (True, False, None)
        asked = (key, *(str(id(atom.node)) for atom in atoms))
        if asked not in self._known_cells:
            self._known_cells[asked] = (atoms, self._cut(key, atoms))
        return self._known_cells[asked][1]

    def _cut(self, key: str, atoms: Sequence[_Atom]) -> tuple[Value, ...]:
        constants = [
            node for atom in atoms if atom.node is not None for node in constants_in(atom.node, self.constants)
        ]
        nothing = self._scope({})
        spoken = [value for node in constants if (value := compile_node(node, self.names)(nothing)) is not None]
        term = atoms[0].term
        typed = self.names.get(key) if isinstance(term, Name) else check(term, self.names).type
        field = self.workflow.fields.get(key)
        if typed is None:
            raise _TooMany
        if field is not None and field.formula is None:
            cells = field_cells(field, self.references, spoken)
        else:
            cells = typed_cells(typed, spoken, is_count=is_count(term))
        if cells is None and all(atom.node is None for atom in atoms):
            return (True, None)
        if cells is None:
            raise _TooMany
        return (*cells, None) if typed.nullable or (field is None and not is_count(term)) else cells

    def _scope(self, given: Mapping[str, Value]) -> Scope:
        names = {**self.constants, **given}
        return Scope(names=names, now=_NOW, zone=self._zone, calendar=self._calendar, stays=NoStays())

    # ------------------------------------------------------------------------------------------------------- cases

    def _spread(self, part: _Part, cells: Mapping[str, tuple[Value, ...]]) -> list[_Case]:
        """Every way in which the part can hold, as the cells that each term may be in."""
        if isinstance(part, _Atom):
            mask = self._mask(part, cells[part.key])
            return [{part.key: mask}] if mask else []
        if not part.is_all:
            found = [case for one in part.parts for case in self._spread(one, cells)]
            if len(found) > _MOST_CASES:
                raise _TooMany
            return found
        cases: list[_Case] = [{}]
        for one in sorted(part.parts, key=_size):
            ways = self._spread(one, cells)
            cases = [joined for case in cases for way in ways if (joined := _meet(case, way)) is not None]
            if len(cases) > _MOST_CASES:
                raise _TooMany
        return cases

    def _mask(self, atom: _Atom, cells: tuple[Value, ...]) -> int:
        if atom.node is None:
            return sum(1 << number for number, cell in enumerate(cells) if cell is not None)
        is_question = atom.key.startswith("?")
        answers = cells if is_question else self._known(atom, cells)
        return sum(1 << number for number, answer in enumerate(answers) if _meets(answer, atom.want))

    def _known(self, atom: _Atom, cells: tuple[Value, ...]) -> tuple[Value, ...]:
        asked = (id(atom.node), id(cells))
        if asked not in self._known_answers:
            self._known_answers[asked] = (atom, cells, tuple(self._answers(atom, cells)))
        return self._known_answers[asked][2]

    def _answers(self, atom: _Atom, cells: tuple[Value, ...]) -> Iterator[Value]:
        node, term = atom.node, atom.term
        if node is None:
            return
        if isinstance(term, Name):
            run = compile_node(node, self.names)
            yield from (run(self._scope({term.name: cell})) for cell in cells)
            return
        stand_in = Name(name=_STAND_IN, start=0, end=0)
        typed = check(term, self.names).type
        names = {**self.names, _STAND_IN: Typed(typed.type, nullable=True)}
        run = compile_node(with_stand_in(node, term, stand_in), names)
        yield from (run(self._scope({_STAND_IN: cell})) for cell in cells)


def _first(cells: tuple[Value, ...], mask: int) -> Value:
    """A value of the mask, one that is given where there is one."""
    chosen = [cell for number, cell in enumerate(cells) if mask >> number & 1]
    return next((cell for cell in chosen if cell is not None), None)


def _meets(answer: Value, want: Want) -> bool:
    match want:
        case Want.TRUE:
            return answer is True
        case Want.FALSE:
            return answer is False
        case Want.NOT_TRUE:
            return answer is not True
        case Want.NOT_FALSE:
            return answer is not False


def _meet(first: _Case, second: _Case) -> _Case | None:
    joined = dict(first)
    for key, mask in second.items():
        shared = joined.get(key, mask) & mask
        if not shared:
            return None
        joined[key] = shared
    return joined


def _size(part: _Part) -> int:
    return 1 if isinstance(part, _Atom) else 1 + sum(map(_size, part.parts))


def _atoms(part: _Part) -> Iterator[_Atom]:
    if isinstance(part, _Atom):
        yield part
    else:
        for one in part.parts:
            yield from _atoms(one)


def _is_entangled(whole: _Part) -> bool:
    """Whether two different questions read a name in common."""
    read: dict[str, frozenset[str]] = {}
    for atom in _atoms(whole):
        if atom.key.startswith("?"):
            read[atom.key] = frozenset(node.name for node, _ in walk(atom.term) if isinstance(node, Name))
    seen: set[str] = set()
    for names in read.values():
        if names & seen:
            return True
        seen |= names
    return False
