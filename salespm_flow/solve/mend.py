"""Rows to add or revise so that an expression over records becomes true. Changes no field of the project itself.

Quantifiers are taken apart: `some` asks for one more row, `every` for a revision of each row that fails. What only
sums up a record (a count, a mean) is tried out: one more row, more rows, another value in a column.
"""

from collections.abc import Callable, Iterator
from typing import Final

from salespm_flow.expr.syntax import Binary, Call, Name, Node, Operator, Path, Quantified, Quantifier, walk
from salespm_flow.model.fields import Record
from salespm_flow.solve.rows import Aim, Rows, added, begin, revised, set_everywhere
from salespm_flow.solve.world import Bound, Goal, Row, World

_MOST_ROWS: Final = 12
_MOST_ALIKE: Final = 5
_DEEPEST: Final = 12
_ROUNDS: Final = 2


def mend(world: World, goal: Goal, rows: Rows, *, bound: Bound, depth: int = 0) -> Rows | None:
    """The rows under which the goal holds, changed as its form suggests; None where no way was found."""
    if world.holds(goal.node, rows.changed, bound, wanted=goal.wanted):
        return rows
    if depth > _DEEPEST:
        return None
    ways = _ways(world, goal, rows, bound=bound, depth=depth)
    return next((way for way in ways if world.holds(goal.node, way.changed, bound, wanted=goal.wanted)), None)


def _ways(world: World, goal: Goal, rows: Rows, *, bound: Bound, depth: int) -> Iterator[Rows]:
    match goal.node:
        case Name(name=name) if name in world.workflow.conditions:
            inner = Goal(world.workflow.conditions[name].node, goal.wanted)
            yield from _found(mend(world, inner, rows, bound=bound, depth=depth + 1))
        case Call(function="not", arguments=(operand,)):
            yield from _found(mend(world, Goal(operand, not goal.wanted), rows, bound=bound, depth=depth + 1))
        case Binary(operator=Operator.AND | Operator.OR as operator, left=left, right=right):
            parts = (Goal(left, goal.wanted), Goal(right, goal.wanted))
            if (operator is Operator.AND) is goal.wanted:
                yield from _found(_all_of(world, parts, rows, bound=bound, depth=depth))
            else:
                ways = (mend(world, part, rows, bound=bound, depth=depth + 1) for part in parts)
                yield from sorted((way for way in ways if way is not None), key=lambda way: len(way.options))
        case Quantified() as node if (record := _source(world, node)) is not None:
            variable = node.bindings[0].name
            body = Goal(node.body, goal.wanted)
            aim = Aim(goal=body, bound=bound, variable=variable, columns=_columns_of(node.body, variable))
            is_one_enough = (node.quantifier is Quantifier.SOME) is goal.wanted
            yield from _any(world, record, rows, aim) if is_one_enough else _each(world, record, rows, aim, depth=depth)
        case _:
            yield from _summed_up(world, goal, rows, bound)


def _found(way: Rows | None) -> tuple[Rows, ...]:
    return () if way is None else (way,)


def _all_of(world: World, parts: tuple[Goal, ...], rows: Rows, *, bound: Bound, depth: int) -> Rows | None:
    # What mends one part may break another: a second round sees.
    for _ in range(_ROUNDS):
        for part in parts:
            mended = mend(world, part, rows, bound=bound, depth=depth + 1)
            if mended is None:
                return None
            rows = mended
    return rows


def _source(world: World, node: Quantified) -> Record | None:
    """The record that a quantifier with one variable goes through."""
    if len(node.bindings) != 1 or not isinstance(node.bindings[0].source, Name):
        return None
    name = node.bindings[0].source.name
    return world.workflow.records.get(name) if name in world.editable else None


def _any(world: World, record: Record, rows: Rows, aim: Aim) -> Iterator[Rows]:
    """The rows with one more that will do, or with one revised so that it does."""
    # To add a row first: a revision could undo what another part of the expression needs that row for.
    yield from _found(added(world, record, rows, aim))
    for number in range(len(world.rows(record.id, rows.changed))):
        yield from _found(revised(world, (record, number), rows, aim))


def _each(world: World, record: Record, rows: Rows, aim: Aim, *, depth: int) -> Iterator[Rows]:
    """The rows with each that fails revised, or with what its failure asks of other records."""
    for number in range(len(world.rows(record.id, rows.changed))):
        row = world.rows(record.id, rows.changed)[number]
        inside = {**aim.bound, aim.variable: Row(record.id, row)}
        if world.holds(aim.goal.node, rows.changed, inside, wanted=aim.goal.wanted):
            continue
        mended = revised(world, (record, number), rows, aim) or mend(
            world, aim.goal, rows, bound=inside, depth=depth + 1
        )
        if mended is None:
            return
        rows = mended
    yield rows


def _columns_of(node: Node, variable: str) -> frozenset[str]:
    """The columns that are read of the variable."""
    return frozenset(
        found.field
        for found, _ in walk(node)
        if isinstance(found, Path) and isinstance(found.of, Name) and found.of.name == variable
    )


def _summed_up(world: World, goal: Goal, rows: Rows, bound: Bound) -> Iterator[Rows]:
    read = world.names_in(goal.node)
    for record in world.workflow.records.values():
        if record.id not in read or record.id not in world.editable:
            continue
        aim = Aim(goal=goal, bound=bound, columns=_mentioned(world, goal.node, record))
        for way in (_one_more, _more, _fill_new, _revise_one, _fill_all, _more_alike):
            yield from _found(way(world, record, rows, aim))


def _mentioned(world: World, node: Node, record: Record) -> frozenset[str]:
    """The columns of the record whose names occur in the expression or in the formulas and conditions it reads."""
    names: set[str] = set(world.names_in(node))
    nodes = [node, *(inner for name in names if (inner := world.definition(name)) is not None)]
    names |= {found.field for one in nodes for found, _ in walk(one) if isinstance(found, Path)}
    return frozenset(record.fields) & names


_Way = Callable[[World, Record, Rows, Aim], Rows | None]


def _one_more(world: World, record: Record, rows: Rows, aim: Aim) -> Rows | None:
    return added(world, record, rows, aim)


def _more(world: World, record: Record, rows: Rows, aim: Aim) -> Rows | None:
    for _ in range(_MOST_ROWS):
        begun = begin(world, record, rows, aim.columns)
        if begun is None:
            return None
        rows = rows.with_row((record.id, len(world.rows(record.id, rows.changed))), *begun, world)
        if world.holds(aim.goal.node, rows.changed, aim.bound, wanted=aim.goal.wanted):
            return rows
    return None


def _more_alike(world: World, record: Record, rows: Rows, aim: Aim) -> Rows | None:
    """Several rows that say the same in one column, as a count of rows of a certain kind asks for."""
    for _ in range(_MOST_ALIKE):
        begun = begin(world, record, rows, aim.columns)
        if begun is None:
            return None
        rows = rows.with_row((record.id, len(world.rows(record.id, rows.changed))), *begun, world)
        filled = _fill_new(world, record, rows, aim)
        if filled is not None:
            return filled
    return None


def _revise_one(world: World, record: Record, rows: Rows, aim: Aim) -> Rows | None:
    for number in range(len(world.rows(record.id, rows.changed))):
        if (way := revised(world, (record, number), rows, aim)) is not None:
            return way
    return None


def _fill_new(world: World, record: Record, rows: Rows, aim: Aim) -> Rows | None:
    new = range(len(world.rows(record.id, {})), len(world.rows(record.id, rows.changed)))
    return set_everywhere(world, (record, new), rows, aim)


def _fill_all(world: World, record: Record, rows: Rows, aim: Aim) -> Rows | None:
    if record.key is None:
        return None
    every = range(len(world.rows(record.id, rows.changed)))
    return set_everywhere(world, (record, every), rows, aim)


def fill_up(world: World, record: Record, rows: Rows) -> Rows | None:
    """The rows with one more, whatever it says."""
    begun = begin(world, record, rows)
    place = (record.id, len(world.rows(record.id, rows.changed)))
    return None if begun is None else rows.with_row(place, *begun, world)
