"""Writes calendars, references, import mappings and the settings of a workspace."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.emit.fields import fields
from salespm_flow.definition.nodes import MapNode, Node
from salespm_flow.model.library import ColumnMapping, ImportMapping, Reference, Unmapped, Workspace
from salespm_flow.working_time import Calendar, Shift

Pairs = Iterator[tuple[str, Node | None]]


def calendar(document: Calendar) -> Pairs:
    """The keys of the document after its header; the time zone is the workspace's."""
    yield "country", _text(document.country)
    yield "week", leaves.names(day.value for day in document.week)
    yield "hours", leaves.names(_hours(shift) for shift in document.shifts)
    yield "off", _days(document.off)
    yield "work", _days(document.work)


def _hours(shift: Shift) -> str:
    end = "24:00" if shift.end == time(0) else f"{shift.end:%H:%M}"
    return f"{shift.start:%H:%M}-{end}"


def _days(days: Iterable[date]) -> Node | None:
    return leaves.names(day.isoformat() for day in sorted(days))


def reference(document: Reference, table: str | None) -> Pairs:
    """The keys of the document after its header; `table` is the file of its rows."""
    yield "key", leaves.text(document.key[0]) if len(document.key) == 1 else leaves.names(document.key)
    yield "fields", fields(document.fields, {})
    yield "aliases", _aliases(document.aliases)
    yield "alias_columns", leaves.names(document.alias_columns)
    yield "source", _text(table)
    yield "sheet", _text(document.sheet)
    yield "encoding", None if document.encoding is None else leaves.text(document.encoding.value)


def mapping(document: ImportMapping) -> Pairs:
    """The keys of the document after its header."""
    yield "workflow", leaves.text(document.workflow)
    yield "format", leaves.text(document.format.value)
    yield "sheet", _text(document.sheet)
    yield "encoding", None if document.encoding is None else leaves.text(document.encoding.value)
    yield "key", leaves.text(document.key)
    yield "owner", _text(document.owner)
    state = (("from", leaves.text(document.state_column)), ("values", _aliases(document.state_values)))
    yield "state", leaves.entries(state)
    yield "fields", leaves.entries((id_, _column(column)) for id_, column in document.fields.items())
    forms = document.entered_forms
    yield (
        "entered",
        leaves.section((state, _moment(column, forms.get(state))) for state, column in document.entered.items()),
    )
    yield "unmapped", None if document.unmapped is Unmapped.REPORT else leaves.text(document.unmapped.value)
    yield "as_of", _text(document.as_of)


def _column(column: ColumnMapping) -> Node:
    if not column.values and column.format is None:
        return leaves.text(column.column)
    return leaves.entries(
        (("from", leaves.text(column.column)), ("values", _aliases(column.values)), ("format", _text(column.format)))
    )


def _moment(column: str, form: str | None) -> Node:
    if form is None:
        return leaves.text(column)
    return leaves.entries((("from", leaves.text(column)), ("format", leaves.text(form))))


def _aliases(values: Mapping[str, str]) -> MapNode | None:
    return leaves.section((written, leaves.text(meant)) for written, meant in values.items())


def workspace(document: Workspace) -> Pairs:
    """The settings; where they lie is not among them."""
    yield "language", None if document.language is None else leaves.text(document.language.value)
    yield "currency", leaves.text(document.currency)
    yield "timezone", leaves.text(document.timezone)
    yield "calendar", _text(document.calendar)
    yield "organisation", _text(document.organisation)
    yield "rates", _text(document.rates)
    yield "store", leaves.text(document.store)
    yield "definitions", leaves.names(document.definitions)
    own = ((name, leaves.title(title, name)) for name, title in document.risk_categories.items())
    yield "risk_categories", leaves.entries(own) if document.risk_categories else None


def _text(written: str | None) -> Node | None:
    return None if written is None else leaves.text(written)
