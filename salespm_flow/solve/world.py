"""What a search may ask about a project: what an expression comes to once some fields and rows are other ones.

Conditions and formulas are looked through by name. The values behind the names are the caller's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import date

from salespm_flow.expr.evaluate import Compiled, OutOfFuel, compile_node
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.syntax import Binary, Call, Name, Node, Operator, walk
from salespm_flow.expr.types import ListType, Typed
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Reference
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.solve.change import Changed


@dataclass(frozen=True, slots=True)
class Row:
    """A row that a quantifier's variable stands for: the record it belongs to, and its columns."""

    record: str
    values: Mapping[str, Value]


Bound = Mapping[str, Row]
NOTHING: Bound = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A project to try changes on.

    `scope` gives the context with some names changed and some variables bound; `editable` are the fields and records
    that may be changed now; `standing` are the columns that every new row gets; `programs` is a cache.
    """

    workflow: Workflow
    names: Mapping[str, Typed]
    references: Mapping[str, Reference]
    scope: Callable[[Changed, Mapping[str, Value]], Scope]
    is_present: Callable[[Value], bool]
    editable: frozenset[str]
    standing: Mapping[str, Value]
    today: date
    # By identity: a node's hash walks its whole tree. The node is kept so that its identity stays its own.
    programs: dict[tuple[int, tuple[tuple[str, str], ...]], tuple[Node, Compiled]] = field(default_factory=dict)

    def value(self, node: Node, changed: Changed, bound: Bound = NOTHING) -> Value:
        """What the expression comes to; null where it would take too long."""
        program = self._program(node, bound)
        try:
            return program(self.scope(changed, {name: row.values for name, row in bound.items()}))
        except OutOfFuel:
            return None

    def holds(self, node: Node, changed: Changed, bound: Bound = NOTHING, *, wanted: bool = True) -> bool:
        """Whether the expression is true (or false, where that is `wanted`); null is neither."""
        return self.value(node, changed, bound) is wanted

    def current(self, name: str, changed: Changed) -> Value:
        """The value of a field or the rows of a record."""
        return changed[name] if name in changed else self.scope(changed, {}).names[name]

    def rows(self, record: str, changed: Changed) -> tuple[Mapping[str, Value], ...]:
        """The rows of a record as expressions see them."""
        rows = self.current(record, changed)
        return rows if isinstance(rows, tuple) else ()

    def meets(self, demand: "Demand", changed: Changed) -> bool:
        """Whether what is demanded is so."""
        match demand:
            case Goal(node=node, wanted=wanted):
                return self.holds(node, changed, wanted=wanted)
            case Presence(name=name):
                return self.is_present(self.current(name, changed))

    def reads(self, demand: "Demand") -> frozenset[str]:
        """Every name that decides about what is demanded."""
        match demand:
            case Goal(node=node):
                return self.names_in(node)
            case Presence(name=name):
                inner = self.definition(name)
                return frozenset({name}) if inner is None else self.names_in(inner)

    def _program(self, node: Node, bound: Bound) -> Compiled:
        key = (id(node), tuple((name, row.record) for name, row in bound.items()))
        if key not in self.programs:
            rows = {name: self._row_type(row.record) for name, row in bound.items()}
            self.programs[key] = (node, compile_node(node, {**self.names, **rows}))
        return self.programs[key][1]

    def _row_type(self, record: str) -> Typed:
        rows = self.names[record].type
        return rows.of if isinstance(rows, ListType) else self.names[record]

    def definition(self, name: str) -> Node | None:
        """What a condition or a computed field says; None of any other name."""
        if (condition := self.workflow.conditions.get(name)) is not None:
            return condition.node
        found = self.workflow.fields.get(name)
        return None if found is None or found.formula is None else found.formula.node

    def names_in(self, node: Node) -> frozenset[str]:
        """Every name that the expression reads, with those that its conditions and formulas read."""
        seen: set[str] = set()
        pending = [node]
        while pending:
            for found, _ in walk(pending.pop()):
                if isinstance(found, Name) and found.name not in seen:
                    seen.add(found.name)
                    inner = self.definition(found.name)
                    pending += [] if inner is None else [inner]
        return frozenset(seen)


@dataclass(frozen=True, slots=True)
class Goal:
    """An expression that must become `wanted`, true or false."""

    node: Node
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Presence:
    """A field or record that must not be absent."""

    name: str


Demand = Goal | Presence


def parts_of(goal: Goal, world: World) -> Iterator[Goal]:
    """Goals that hold together exactly when the goal does, none of which is a conjunction."""
    match goal.node:
        case Name(name=name) if name in world.workflow.conditions:
            yield from parts_of(Goal(world.workflow.conditions[name].node, goal.wanted), world)
        case Call(function="not", arguments=(operand,)):
            yield from parts_of(Goal(operand, not goal.wanted), world)
        case Binary(operator=operator, left=left, right=right) if operator is _conjunction(wanted=goal.wanted):
            yield from parts_of(Goal(left, goal.wanted), world)
            yield from parts_of(Goal(right, goal.wanted), world)
        case _:
            yield goal


def _conjunction(*, wanted: bool) -> Operator:
    # By De Morgan: what is not (a or b) is not a and not b.
    return Operator.AND if wanted else Operator.OR
