"""The table of histories: one row for each change of each decision. Knows no file format."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from salespm_flow.definition.literals import write_value
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.answers import plain, to_text
from salespm_flow.expr.values import Value
from salespm_flow.interop.extract import Extract
from salespm_flow.interop.table import MOMENT, TEXT, Column, ExportTable, count_column
from salespm_flow.model.history import (
    ApprovalChanged,
    Change,
    ClockCleared,
    ClockSet,
    Closed,
    CompletionsPending,
    Entry,
    FieldSet,
    Migrated,
    Moved,
    Noted,
    Opened,
    OutcomeReached,
    OwnerChanged,
    RiskChanged,
    RowAdded,
    TaskChanged,
)
from salespm_flow.model.workflow import Workflow

_COLUMNS = (
    Column("project", Bilingual("项目", "Project")),
    count_column("number", Bilingual("序号", "Number")),
    Column("at", Bilingual("时间", "At"), MOMENT),
    Column("recorded_at", Bilingual("记录时间", "Recorded at"), MOMENT),
    Column("doing", Bilingual("操作", "Doing")),
    Column("name", Bilingual("名称", "Name")),
    Column("actor", Bilingual("操作人", "Actor")),
    Column("role", Bilingual("角色", "Role")),
    Column("comment", Bilingual("说明", "Comment")),
    Column("change", Bilingual("变化", "Change")),
    Column("subject", Bilingual("对象", "Subject")),
    Column("value", Bilingual("值", "Value")),
)
Said = tuple[str, str, str]


def history_table(extract: Extract) -> ExportTable:
    """The histories of the projects, oldest first within each; a decision that changed nothing has one row too."""
    return ExportTable(id="history", title=Bilingual("历史", "History"), columns=_COLUMNS, rows=_rows(extract))


def _rows(extract: Extract) -> Iterator[tuple[Value, ...]]:
    store = extract.runner.store
    if not extract.is_filtered:
        for entry in store.histories():
            yield from _entry_rows(entry, None)
        return
    for project in extract.projects():
        workflow = extract.definition(project)
        for entry in store.history(project.id):
            yield from _entry_rows(entry, workflow)


def _entry_rows(entry: Entry, workflow: Workflow | None) -> Iterator[tuple[Value, ...]]:
    head = (
        entry.project,
        Decimal(entry.number),
        entry.at,
        entry.recorded_at,
        entry.doing.value,
        entry.name,
        entry.actor,
        entry.role,
        entry.comment,
    )
    for change in entry.changes or (None,):
        yield (*head, *(("", "", "") if change is None else _said(change, workflow)))


def _said(change: Change, workflow: Workflow | None) -> Said:
    """The kind of change, what it is about, and its new value."""
    match change:
        case FieldSet(field=name, value=value):
            known = None if workflow is None else workflow.fields.get(name)
            return "field", name, write_value(value, TEXT if known is None else known.type)
        case RowAdded(record=name, row=row):
            return "row", f"{name} {row.number}", _json(row.values)
        case Moved(state=state, transitions=transitions):
            return "state", ", ".join(transitions), state
        case Opened(pin=pin, owner=owner):
            return "opened", f"{pin.workflow} {pin.version}", owner
        case Closed():
            return "closed", "", ""
        case Migrated(pin=pin, state=state):
            return "migrated", f"{pin.workflow} {pin.version}", state
        case Noted(topic=topic, name=name, reasons=reasons):
            return topic, name, ", ".join(reasons)
        case _:
            return _said_of_another(change)


def _said_of_another(
    change: OutcomeReached
    | OwnerChanged
    | TaskChanged
    | RiskChanged
    | ApprovalChanged
    | ClockSet
    | ClockCleared
    | CompletionsPending,
) -> Said:
    match change:
        case OutcomeReached(outcome=outcome):
            return "outcome", "", outcome.value
        case OwnerChanged(owner=owner):
            return "owner", "", owner
        case TaskChanged(task=task):
            return "task", task.id, task.status.value
        case RiskChanged(risk=risk):
            return "risk", risk.id, risk.status.value
        case ApprovalChanged(approval=approval):
            return "approval", approval.id, approval.status.value
        case ClockSet(clock=clock):
            return "clock", clock.id, "" if clock.due_at is None else clock.due_at.isoformat()
        case ClockCleared(id=name):
            return "clock", name, "cleared"
        case CompletionsPending(events=events):
            return "pending", ", ".join(events), ""


def _json(values: Mapping[str, Value]) -> str:
    return to_text({name: plain(value) for name, value in values.items()})
