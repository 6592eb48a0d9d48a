"""Rows of a project's records: adding one and finding what it revises."""

from collections.abc import Mapping

from salespm_flow.engine.turn import Turn
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Record
from salespm_flow.model.history import RowAdded
from salespm_flow.model.project import Row


def newest_row(turn: Turn, record: Record, key: Value) -> Row | None:
    """The row that one with this key revises."""
    if record.key is None:
        return None
    rows = turn.draft.records.get(record.id, ())
    return next((row for row in reversed(rows) if row.values.get(record.key) == key), None)


def completed(turn: Turn, record: Record, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with those of the revised row, else with the defaults, where a column is not given."""
    former = None if record.key is None else newest_row(turn, record, values.get(record.key))
    if former is not None:
        return {**former.values, **values}
    defaults = {field.id: field.default for field in record.fields.values() if field.default is not None}
    return {**defaults, **values}


def add_row(turn: Turn, record: Record, values: Mapping[str, Value]) -> None:
    """The record has one more row, a revision where its key existed."""
    whole = completed(turn, record, values)
    rows = turn.draft.records.get(record.id, ())
    former = None if record.key is None else newest_row(turn, record, whole.get(record.key))
    row = Row(
        number=len(rows) + 1,
        at=turn.now,
        by=turn.actor.id,
        first_at=turn.now if former is None else former.first_at,
        values={name: value for name in record.fields if (value := whole.get(name)) is not None},
    )
    turn.change(RowAdded(record=record.id, row=row))
