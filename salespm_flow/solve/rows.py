"""One row at a time: adding it or giving it other columns, so that an expression becomes true."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Final

from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field, Record
from salespm_flow.nouns import dataclass
from salespm_flow.solve.change import Changed
from salespm_flow.solve.clues import NO_CLUES, clues_in
from salespm_flow.solve.domain import Choice, Free, Ordered, domain_of, key_of, sample_of, tick_near, value_at
from salespm_flow.solve.line import Assignment, Option, Trial, Unknown
from salespm_flow.solve.search import Options, smallest
from salespm_flow.solve.world import Bound, Goal, Row, World

_TRIES: Final = 1500

Columns = Mapping[str, Value]
Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Records with their rows as changed so far; `options` say of each column that was set what else would do."""

    changed: Changed = field(default_factory=dict)
    options: Mapping[Place, Options] = field(default_factory=dict)

    def with_row(self, place: Place, columns: Columns, options: Options, world: World) -> "Rows":
        """The same with one row replaced, or added where its number is the next one."""
        record, number = place
        rows = [*world.rows(record, self.changed)]
        rows[number : number + 1] = [columns]
        known = {**self.options.get(place, {}), **options}
        return Rows(changed={**self.changed, record: tuple(rows)}, options={**self.options, place: known})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a row is changed for: the goal, and the variable (if any) that the row is bound to in it."""

    goal: Goal
    bound: Bound
    variable: str = ""
    columns: frozenset[str] = frozenset()


def added(world: World, record: Record, rows: Rows, aim: Aim) -> Rows | None:
    """The rows with one more, for which the aim is true; None where no such row was found."""
    begun = begin(world, record, rows, aim.columns)
    if begun is None:
        return None
    place = (record.id, len(world.rows(record.id, rows.changed)))
    columns, options = begun
    rows = rows.with_row(place, columns, options, world)
    read = [column for column in record.fields.values() if column.id in aim.columns and column.formula is None]
    unknowns = [_fresh(world, record, column) for column in read]
    forced = frozenset(column.id for column in read if column.id in options)
    return _solved(world, place, rows, aim, unknowns=unknowns, forced=forced)


def begin(
    world: World, record: Record, rows: Rows, asked: frozenset[str] = frozenset()
) -> tuple[Columns, Options] | None:
    """A new row with a key of its own and some value in every column that must be given; None without a free key.

    Where none must be, it has some value in one of those asked for.
    """
    columns: dict[str, Value] = {**dict.fromkeys(record.fields), **world.standing}
    columns |= {column.id: column.default for column in record.fields.values() if column.default is not None}
    options: dict[str, Option] = {}
    for column in record.fields.values():
        if column.id == record.key:
            key = _free_key(world, column, rows, record.id)
            if key is None:
                return None
            is_any = not isinstance(domain_of(column, world.references), Choice)
            options[column.id] = Option(value=key, distance=Fraction(0), is_any=is_any)
        elif column.is_required and column.default is None:
            sample = sample_of(domain_of(column, world.references, world.workflow.roles), world.today)
            options[column.id] = Option(value=sample, distance=Fraction(0), is_any=True)
    if not options:
        options = _something(world, record, asked)
    return {**columns, **{name: option.value for name, option in options.items()}}, options


def _something(world: World, record: Record, asked: frozenset[str]) -> dict[str, Option]:
    """Any value in the first column that is asked for, else in the first: a row that says nothing is none."""
    stored = [one for one in record.fields.values() if one.formula is None]
    if not stored:
        return {}
    column = next((one for one in stored if one.id in asked), stored[0])
    sample = sample_of(domain_of(column, world.references, world.workflow.roles), world.today)
    return {column.id: Option(value=sample, distance=Fraction(0), is_any=True)}


def _free_key(world: World, column: Field, rows: Rows, record: str) -> Value:
    taken = {key_of(row.get(column.id)) for row in world.rows(record, rows.changed)}
    match domain_of(column, world.references, world.workflow.roles):
        case Choice(values=values):
            return next((value for value in values if value not in taken), None)
        case Free(sample=str() as sample):
            return sample if sample not in taken else f"{sample}{len(taken)}"
        case Ordered() as domain:
            first = tick_near(domain, column.default, world.today)
            ticks = range(first, min(domain.high, first + len(taken)) + 1)
            return next((value for tick in ticks if (value := value_at(domain, tick)) not in taken), None)
        case _:
            return None


def _fresh(world: World, record: Record, column: Field) -> Unknown:
    domain = domain_of(column, world.references, world.workflow.roles)
    # A key must differ from the keys there are: of a new row it is not searched for among them.
    near = None if column.id == record.key else column.default
    return Unknown(name=column.id, domain=domain, before=None, near=near, is_emptiable=False)


def revised(world: World, which: tuple[Record, int], rows: Rows, aim: Aim) -> Rows | None:
    """The rows with other columns in that one, for which the aim is true; None where it may not be or was not found."""
    record, number = which
    place = (record.id, number)
    row = world.rows(record.id, rows.changed)[number]
    is_new = number >= len(world.rows(record.id, {}))
    if record.key is None and not is_new:
        return None
    options = rows.options.get(place, {})
    unknowns = [
        _known(world, column, row, options)
        for column in record.fields.values()
        if column.id in aim.columns and column.formula is None and column.id != record.key
    ]
    forced = frozenset(unknown.name for unknown in unknowns if unknown.name in options and is_new)
    return _solved(world, place, rows, aim, unknowns=unknowns, forced=forced)


def _known(world: World, column: Field, row: Columns, options: Options) -> Unknown:
    # What was only a stand-in is not yet given.
    is_given = column.id not in options or not options[column.id].is_any
    return Unknown(
        name=column.id,
        domain=domain_of(column, world.references, world.workflow.roles),
        before=key_of(row.get(column.id)) if is_given else None,
        near=column.default,
        is_emptiable=is_given and not column.is_required and column.default is None,
    )


def _solved(
    world: World, place: Place, rows: Rows, aim: Aim, *, unknowns: list[Unknown], forced: frozenset[str]
) -> Rows | None:
    record, number = place
    row = world.rows(record, rows.changed)[number]

    def trying(assignment: Assignment) -> tuple[Changed, Bound]:
        columns = {**row, **assignment}
        changed = rows.with_row(place, columns, {}, world).changed
        return changed, {**aim.bound, aim.variable: Row(record, columns)} if aim.variable else aim.bound

    def value(node: Node, assignment: Assignment) -> Value:
        return world.value(node, *trying(assignment))

    def holds(assignment: Assignment) -> bool:
        return value(aim.goal.node, assignment) is aim.goal.wanted

    if not forced and holds({}):
        return rows
    clues = clues_in(aim.goal.node, world) if unknowns else NO_CLUES
    trial = Trial(value=value, holds=holds, clues=clues, today=world.today, tries=_TRIES)
    options = smallest(trial, unknowns, forced) if unknowns else None
    if options is None:
        return None
    values = {name: option.value for name, option in options.items()}
    return rows.with_row(place, {**row, **values}, options, world)


def set_everywhere(world: World, which: tuple[Record, Sequence[int]], rows: Rows, aim: Aim) -> Rows | None:
    """The rows with one and the same value in one column of all those, for which the aim is true."""
    record, numbers = which
    if not numbers:
        return None
    first = world.rows(record.id, rows.changed)[numbers[0]]
    options = rows.options.get((record.id, numbers[0]), {})
    for column in record.fields.values():
        if column.id in aim.columns and column.id != record.key and column.formula is None:
            filled = _filled(world, (record.id, numbers), rows, aim, unknown=_known(world, column, first, options))
            if filled is not None:
                return filled
    return None


def _filled(world: World, which: tuple[str, Sequence[int]], rows: Rows, aim: Aim, *, unknown: Unknown) -> Rows | None:
    record, numbers = which

    def fill(given: Assignment, options: Options) -> Rows:
        filled = rows
        for number in numbers:
            columns = {**world.rows(record, filled.changed)[number], **given}
            filled = filled.with_row((record, number), columns, options, world)
        return filled

    def value(node: Node, given: Assignment) -> Value:
        return world.value(node, fill(given, {}).changed, aim.bound)

    def holds(given: Assignment) -> bool:
        return value(aim.goal.node, given) is aim.goal.wanted

    clues = clues_in(aim.goal.node, world)
    trial = Trial(value=value, holds=holds, clues=clues, today=world.today, tries=_TRIES)
    options = smallest(trial, (unknown,), frozenset())
    return None if options is None else fill({name: option.value for name, option in options.items()}, options)
