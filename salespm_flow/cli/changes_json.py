"""A change of the history as stable JSON: `change` names its kind, the rest are its facts."""

from salespm_flow.cli.risk_json import risk_answer
from salespm_flow.engine.answers import Json, approval_answer, iso, plain, texts
from salespm_flow.model.history import (
    ApprovalChanged,
    Change,
    ClockCleared,
    ClockSet,
    Closed,
    CompletionsPending,
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
from salespm_flow.model.project import Clock, Row, Task
from salespm_flow.model.workflow import Workflow


def change_answer(change: Change, workflow: Workflow) -> dict[str, Json]:
    """The change as JSON; states by name."""
    match change:
        case Moved():
            return _move(change, workflow)
        case FieldSet():
            return {"change": "field", "field": change.field, "value": plain(change.value)}
        case RowAdded():
            return {"change": "record", "record": change.record, "row": row_answer(change.row)}
        case TaskChanged():
            return {"change": "task", **task_answer(change.task)}
        case RiskChanged():
            return {"change": "risk", **risk_answer(change.risk)}
        case ApprovalChanged():
            return {"change": "approval", **approval_answer(change.approval)}
        case ClockSet():
            return {"change": "clock", **clock_answer(change.clock)}
        case _:
            return _rare(change)


def _rare(
    change: Opened | OwnerChanged | OutcomeReached | Closed | ClockCleared | CompletionsPending | Noted | Migrated,
) -> dict[str, Json]:
    match change:
        case Opened(pin=pin, owner=owner, parent=parent):
            link: Json = None if parent is None else {"project": parent.project, "link": parent.link}
            return {
                "change": "opened",
                "workflow": pin.workflow,
                "version": pin.version,
                "digest": pin.digest,
                "owner": owner,
                "parent": link,
            }
        case OwnerChanged(owner=owner):
            return {"change": "owner", "owner": owner}
        case OutcomeReached(outcome=outcome):
            return {"change": "outcome", "outcome": outcome.value}
        case Closed():
            return {"change": "closed"}
        case Migrated():
            return _migration(change)
        case ClockCleared(id=clock):
            return {"change": "clock_cleared", "id": clock}
        case CompletionsPending(events=events):
            return {"change": "pending", "events": list(events)}
        case Noted(topic=topic, name=name, reasons=reasons):
            return {"change": "note", "topic": topic, "name": name, "reasons": list(reasons)}


def _migration(change: Migrated) -> dict[str, Json]:
    return {
        "change": "migrated",
        "workflow": change.pin.workflow,
        "version": change.pin.version,
        "digest": change.pin.digest,
        "from_version": change.former.version,
        "from_digest": change.former.digest,
        "states": {**change.states},
        "leaves": list(change.leaves),
        "fields": {name: plain(value) for name, value in change.fields.items()},
        "dropped": {name: plain(value) for name, value in change.dropped.items()},
    }


def _move(moved: Moved, workflow: Workflow) -> dict[str, Json]:
    def names(paths: tuple[str, ...]) -> list[Json]:
        return [workflow.states[path].name for path in paths]

    return {
        "change": "move",
        "transitions": list(moved.transitions),
        "event": moved.event,
        "exited": names(moved.exited),
        "entered": names(moved.entered),
        "states": names(moved.leaves),
        "forward": moved.is_forward,
        "waived": list(moved.waived),
    }


def row_answer(row: Row) -> dict[str, Json]:
    """A version of a record's row."""
    return {
        "number": row.number,
        "at": iso(row.at),
        "by": row.by,
        "first_at": iso(row.first_at),
        "values": {name: plain(value) for name, value in row.values.items()},
    }


def task_answer(task: Task) -> dict[str, Json]:
    """A task."""
    return {
        "id": task.id,
        "origin": task.origin,
        "title": texts(task.title),
        "who": task.who,
        "status": task.status.value,
        "opened_at": iso(task.opened_at),
        "due_at": None if task.due_at is None else iso(task.due_at),
        "closed_at": None if task.closed_at is None else iso(task.closed_at),
        "closed_by": task.closed_by,
        "accountable": task.accountable or task.who,
        "consulted": list(task.consulted),
        "informed": list(task.informed),
        "priority": task.priority.value,
        "after": list(task.after),
        "checklist": [{"text": texts(item.text), "done": item.is_done} for item in task.checklist],
        "blocked": task.blocked,
        "effort": plain(task.effort),
    }


def clock_answer(clock: Clock) -> dict[str, Json]:
    """A running or paused clock; a paused one has no `due_at`."""
    return {
        "id": clock.id,
        "state": clock.state,
        "started_at": iso(clock.started_at),
        "due_at": None if clock.due_at is None else iso(clock.due_at),
        "refused": clock.is_refused,
    }
