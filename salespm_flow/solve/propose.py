"""The smallest change of a project's fields and rows under which everything that is demanded of it holds."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Final

from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field
from salespm_flow.nouns import dataclass
from salespm_flow.solve.change import Changed, FieldChange, RowChange
from salespm_flow.solve.clues import NO_CLUES, Clues, clues_in
from salespm_flow.solve.domain import domain_of, key_of
from salespm_flow.solve.line import Assignment, Option, Trial, Unknown
from salespm_flow.solve.mend import fill_up, mend
from salespm_flow.solve.rows import Rows
from salespm_flow.solve.search import groups, loosened, smallest
from salespm_flow.solve.world import NOTHING, Demand, Goal, Presence, World, parts_of

_TRIES: Final = 6000
_ROUNDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Fields and rows to change, in file order."""

    fields: tuple[FieldChange, ...]
    rows: tuple[RowChange, ...]


def propose(world: World, demands: Iterable[Demand]) -> Proposal | None:
    """The smallest change found under which all demands hold; None where none was found.

    Of fields it is the fewest, then the nearest values; rows are changed only for what no field can mend.
    """
    parts = parts_of_all(world, demands)
    fields = _fields(world, parts, {})
    rows = _rows(world, parts, _values(fields))
    if rows is None:
        return None
    # A row may be what a field waits for, and the other way round.
    fields = fields | _fields(world, parts, rows.changed)
    changed = {**rows.changed, **_values(fields)}
    if not all(world.meets(part, changed) for part in parts):
        return None
    return Proposal(fields=_field_changes(world, fields), rows=tuple(_row_changes(world, rows)))


def parts_of_all(world: World, demands: Iterable[Demand]) -> tuple[Demand, ...]:
    """The demands taken apart where they are conjunctions, each part once."""
    apart = (parts_of(one, world) if isinstance(one, Goal) else (one,) for one in demands)
    return tuple(dict.fromkeys(part for parts in apart for part in parts))


def _values(options: Mapping[str, Option]) -> Changed:
    return {name: option.value for name, option in options.items()}


# ------------------------------------------------------------------------------------------------------------ fields


def _fields(world: World, parts: Sequence[Demand], changed: Changed) -> dict[str, Option]:
    """The smallest change of fields that meets every demand it can; what needs rows stays unmet."""
    settable = settable_fields(world)
    reads = [world.reads(part) & settable for part in parts]
    options: dict[str, Option] = {}
    for numbers in groups(reads):
        group = [parts[number] for number in sorted(numbers)]
        unmet = [part for part in group if not world.meets(part, changed)]
        names = frozenset().union(*(reads[number] for number in numbers))
        if unmet and names:
            without_rows = [part for part in group if not world.reads(part) & world.workflow.records.keys()]
            options |= _group(world, group, names, changed) or _group(world, without_rows, names, changed)
    return options


def settable_fields(world: World) -> frozenset[str]:
    """The fields that may be given a value now."""
    fields = world.workflow.fields.values()
    return frozenset(field.id for field in fields if field.formula is None and field.id in world.editable)


def _group(world: World, parts: Sequence[Demand], names: frozenset[str], changed: Changed) -> dict[str, Option]:
    if not parts:
        return {}

    trial = _trial(world, parts, changed)
    unknowns = [unknown_of(world, field, changed) for field in world.workflow.fields.values() if field.id in names]
    absent = {part.name for part in parts if isinstance(part, Presence) and not world.meets(part, changed)}
    return dict(smallest(trial, unknowns, names & absent) or {})


def _trial(world: World, parts: Sequence[Demand], changed: Changed) -> Trial:
    def value(node: Node, assignment: Assignment) -> Value:
        return world.value(node, {**changed, **assignment})

    def holds(assignment: Assignment) -> bool:
        tried = {**changed, **assignment}
        return all(world.meets(part, tried) for part in parts)

    clues = reduce(add, (clues_of(world, part) for part in parts), NO_CLUES)
    return Trial(value=value, holds=holds, clues=clues, today=world.today, tries=_TRIES)


def clues_of(world: World, part: Demand) -> Clues:
    """Where to look for values that meet the demand."""
    match part:
        case Goal(node=node):
            return clues_in(node, world)
        case Presence(name=name):
            inner = world.definition(name)
            return NO_CLUES if inner is None else clues_in(inner, world)


def unknown_of(world: World, field: Field, changed: Changed) -> Unknown:
    """The field as something to be found."""
    before = key_of(world.current(field.id, changed))
    return Unknown(
        name=field.id,
        domain=domain_of(field, world.references, world.workflow.roles),
        # A blank text is nothing that would be changed.
        before=before if world.is_present(before) else None,
        near=field.default,
        is_emptiable=not field.is_required and field.default is None,
    )


def proposal_of(world: World, parts: Sequence[Demand], values: Changed) -> Proposal:
    """These values as a proposal, each moved as near to the present one as the others allow."""
    chosen = [unknown_of(world, world.workflow.fields[name], {}) for name in values]
    given = {name: Option(value=value, distance=Fraction(0)) for name, value in values.items()}
    options = loosened(_trial(world, parts, {}), chosen, given)
    return Proposal(fields=_field_changes(world, options), rows=())


def _field_changes(world: World, options: Mapping[str, Option]) -> tuple[FieldChange, ...]:
    before = {name: key_of(world.current(name, {})) for name in options}
    return tuple(
        _change(field, before[field.id], options[field.id])
        for field in world.workflow.fields.values()
        if field.id in options and options[field.id].value != before[field.id]
    )


def _change(field: Field, before: Value, option: Option) -> FieldChange:
    return FieldChange(
        field=field.id,
        title=field.title,
        type=field.type,
        before=before,
        after=option.value,
        is_any=option.is_any,
        low=option.low,
        high=option.high,
        choices=option.choices,
    )


# -------------------------------------------------------------------------------------------------------------- rows


def _rows(world: World, parts: Sequence[Demand], fields: Changed) -> Rows | None:
    """The rows under which the demands are met, the fields being as they will be."""
    rows = Rows(changed=dict(fields))
    # A row that a goal asks for may be the one that has to be present, and one that had to be present may fail a goal.
    for _ in range(_ROUNDS):
        for part in sorted(parts, key=lambda part: isinstance(part, Presence)):
            found = _mended(world, part, rows)
            if found is None:
                return None
            rows = found
    return rows


def _mended(world: World, part: Demand, rows: Rows) -> Rows | None:
    if world.meets(part, rows.changed):
        return rows
    if isinstance(part, Goal):
        return mend(world, part, rows, bound=NOTHING)
    record = world.workflow.records.get(part.name)
    return None if record is None or record.id not in world.editable else fill_up(world, record, rows)


def _row_changes(world: World, rows: Rows) -> Iterable[RowChange]:
    for record in world.workflow.records.values():
        before = world.rows(record.id, {})
        after = world.rows(record.id, rows.changed)
        for number in range(len(after)):
            options = rows.options.get((record.id, number), {})
            former = before[number] if number < len(before) else {}
            values = tuple(
                _change(column, former.get(column.id), options[column.id])
                for column in record.fields.values()
                if column.id in options and options[column.id].value != former.get(column.id)
            )
            if values:
                key = None if record.key is None or not former else former.get(record.key)
                yield RowChange(record=record.id, title=record.title, key=key, values=values)
