"""`history --field`: who changed one field or record, when, from what to what."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from salespm_flow.expr.values import Value
    from salespm_flow.model.fields import Record
    from salespm_flow.model.history import Entry, RowAdded
    from salespm_flow.model.project import Project
    from salespm_flow.model.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Changed:
    """One change; `column` and `row` tell which cell of a record, and stand for nothing in a field."""

    entry: "Entry"
    before: "Value"
    after: "Value"
    column: str = ""
    row: int = 0
    key: "Value" = None


def tell(session: Session, workflow: "Workflow", project: "Project", named: str) -> int:
    """The changes of the field or record are told, oldest first.

    Raises:
        UnknownNameError: the workflow has neither of that name.
    """
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_message, write_text

    known(named, {**workflow.fields, **workflow.records}, Bilingual("字段或记录表", "field or record"))
    entries = session.store.history(project.id)
    record = workflow.records.get(named)
    changes = list(_of_field(entries, named) if record is None else _of_record(entries, record))
    if session.is_json:
        answers = [_answer(one, is_row=record is not None) for one in changes]
        write_json({"status": "ok", "project": project.id, "field": named, "changes": answers})
    elif changes:
        write_text(_table(session, workflow, named, changes))
    else:
        write_message(session.text(f"“{named}”从未填写", f'"{named}" was never given'))
    return 0


def _of_field(entries: "Iterable[Entry]", field: str) -> Iterator[Changed]:
    from salespm_flow.model.history import FieldSet, Migrated

    before: Value = None
    for entry in entries:
        for change in entry.changes:
            after = before
            match change:
                case FieldSet(field=name, value=value) if name == field:
                    after = value
                case Migrated(fields=fields, dropped=dropped) if field in fields or field in dropped:
                    after = fields.get(field)
                case _:
                    pass
            if after != before:
                yield Changed(entry, before, after)
                before = after


def _of_record(entries: "Iterable[Entry]", record: "Record") -> Iterator[Changed]:
    """A change for each cell that a row gives, or gives anew where the row revises an earlier one."""
    from salespm_flow.model.history import RowAdded

    newest: dict[Value, Mapping[str, Value]] = {}
    for entry in entries:
        for change in entry.changes:
            if isinstance(change, RowAdded) and change.record == record.id:
                yield from _of_row(entry, change, record, newest)


def _of_row(
    entry: "Entry", change: "RowAdded", record: "Record", newest: "dict[Value, Mapping[str, Value]]"
) -> Iterator[Changed]:
    row = change.row
    key = row.values.get(record.key) if record.key is not None else None
    former = newest.get(key, {}) if record.key is not None else {}
    for column in record.fields:
        before, after = former.get(column), row.values.get(column)
        if before != after and column != record.key:
            yield Changed(entry, before, after, column, row.number, key)
    if record.key is not None:
        newest[key] = row.values


def _answer(one: Changed, *, is_row: bool) -> dict[str, object]:
    from salespm_flow.engine.answers import iso, plain

    entry = one.entry
    cell: dict[str, object] = {"row": one.row, "key": plain(one.key), "column": one.column} if is_row else {}
    return {
        **cell,
        "number": entry.number,
        "at": iso(entry.at),
        "actor": entry.actor,
        "role": entry.role,
        "acting_for": entry.acting_for,
        "doing": entry.doing.value,
        "name": entry.name,
        "from": plain(one.before),
        "to": plain(one.after),
        "comment": entry.comment,
    }


def _table(session: Session, workflow: "Workflow", named: str, changes: Iterable[Changed]) -> str:
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import moment, shown

    record = workflow.records.get(named)
    fields = workflow.fields if record is None else record.fields
    rows = []
    for one in changes:
        entry, field = one.entry, fields[one.column or named]
        who = f"{entry.actor} ({entry.role})" if entry.role else entry.actor
        cells = (who, shown(session, one.before, field.type), shown(session, one.after, field.type), entry.comment)
        row = f"#{one.row}" if one.key is None else shown(session, one.key)
        place = () if record is None else (row, session.of(field.title))
        rows.append((f"#{entry.number}", moment(session, entry.at), *place, *cells))
    place_header = () if record is None else (session.text("行", "Row"), session.text("列", "Column"))
    header = (
        session.text("修订", "Revision"),
        session.text("时间", "When"),
        *place_header,
        session.text("谁", "Who"),
        session.text("从", "From"),
        session.text("到", "To"),
        session.text("说明", "Comment"),
    )
    return table(header, rows, session.palette)
