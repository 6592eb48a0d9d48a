"""The values of one project's fields that were replaced, read from its history. Knows no storage and no definition."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from salespm_flow.expr.values import Value
from salespm_flow.model.history import Entry, FieldSet


def revisions_of(entries: Iterable[Entry]) -> Iterator[dict[str, Value]]:
    """A row, without its project, for each value that took the place of another one; filling in is no revision.

    Of several values that one entry gives a field, only the last counts.
    """
    known: dict[str, Value] = {}
    for entry in entries:
        given = {change.field: change.value for change in entry.changes if isinstance(change, FieldSet)}
        for field, value in given.items():
            before = known.get(field)
            if before is not None and value != before:
                yield {"field": field, "at": entry.at, "by": entry.actor, "shift": _shift(before, value)}
        known |= given


def _shift(before: Value, after: Value) -> timedelta | None:
    """How much later it became; None where either is no date."""
    match before, after:
        case datetime(), datetime():
            return after - before
        case (datetime(), _) | (_, datetime()):
            return None
        case date(), date():
            return after - before
        case _:
            return None
