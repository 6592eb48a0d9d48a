"""The answer to a request as stable, JSON-able data: what `--format json` prints and what a key replays."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.unparse import write_number
from salespm_flow.expr.values import Money, Months, Reference, Value, WorkingDays
from salespm_flow.model.decision import Accepted, Reason
from salespm_flow.model.history import ApprovalChanged, Doing, Entry, Moved, Noted, OutboxItem, RiskChanged, TaskChanged
from salespm_flow.model.project import ApprovalRequest, Ballot, Project, Task
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus
from salespm_flow.model.workflow import Workflow

# The status of a request that holds while what it asked for waits for approval.
WAITING: Final = "waiting"
# Where the approval requests that a decision brought to an end are listed.
_DECIDED: Final = {
    status: f"approvals_{status.value}" for status in ApprovalStatus if status is not ApprovalStatus.PENDING
}

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


def accepted_answer(
    accepted: Accepted, workflow: Workflow, children: Sequence[Accepted], *, is_dry_run: bool = False
) -> dict[str, Json]:
    """An accepted request: where the project stands now and what happened."""
    changes = accepted.entry.changes
    moved = [change for change in changes if isinstance(change, Moved) and change.transitions]
    tasks = [change.task for change in changes if isinstance(change, TaskChanged)]
    risks = [change.risk for change in changes if isinstance(change, RiskChanged)]
    return {
        "status": WAITING if accepted.waiting else "accepted",
        "dry_run": is_dry_run,
        **project_answer(accepted.project, workflow),
        "at": iso(accepted.entry.at),
        "transitions": [name for move in moved for name in move.transitions],
        "tasks_opened": [task.id for task in tasks if task.is_open and _is_new(task, accepted.entry)],
        "tasks_closed": [task.id for task in tasks if not task.is_open],
        "tasks_changed": [task.id for task in tasks if task.is_open and not _is_new(task, accepted.entry)],
        "risks_opened": [risk.id for risk in risks if risk.status is RiskStatus.OPEN],
        "risks_occurred": [risk.id for risk in risks if risk.status is RiskStatus.OCCURRED],
        "risks_closed": [risk.id for risk in risks if risk.status is RiskStatus.CLOSED],
        "waiting": [approval_answer(accepted.project.approvals[name]) for name in accepted.waiting],
        **_approvals_answer(accepted),
        "outbox": [outbox_answer(item) for item in accepted.outbox],
        "notes": [_note(change) for change in changes if isinstance(change, Noted)],
        "children": [child.project.id for child in children],
    }


def _is_new(task: Task, entry: Entry) -> bool:
    """Whether the decision opened the task, and did not change one that was open before."""
    is_asked = entry.name == task.id and entry.doing is not Doing.ADD_TASK
    return task.opened_at == entry.at and not is_asked


def _approvals_answer(accepted: Accepted) -> dict[str, Json]:
    """The ids of the approval requests that the decision made or decided, by what became of them."""
    after = [change.approval for change in accepted.entry.changes if isinstance(change, ApprovalChanged)]
    seen: dict[str, set[ApprovalStatus]] = {}
    for request in after:
        seen.setdefault(request.id, set()).add(request.status)
    new = {request.id: _is_asked_now(request, accepted.entry.at) for request in reversed(after)}
    lists: dict[str, Json] = {
        key: [name for name, statuses in seen.items() if status in statuses] for status, key in _DECIDED.items()
    }
    return {"approvals_requested": [name for name in seen if new[name]], **lists}


def _is_asked_now(request: ApprovalRequest, at: datetime) -> bool:
    return request.status is ApprovalStatus.PENDING and request.requested_at == at and not request.ballots


def approval_answer(request: ApprovalRequest) -> dict[str, Json]:
    """An approval request with the verdicts so far."""
    return {
        "id": request.id,
        "approval": request.approval,
        "transition": request.transition,
        "title": texts(request.title),
        "requester": request.requester,
        "requested_at": iso(request.requested_at),
        "approvers": list(request.approvers),
        "excepted": list(request.excepted),
        "comment": request.comment,
        "status": request.status.value,
        "due_at": None if request.due_at is None else iso(request.due_at),
        "escalated_at": None if request.escalated_at is None else iso(request.escalated_at),
        "ballots": [_ballot(ballot) for ballot in request.ballots],
        "closed_at": None if request.closed_at is None else iso(request.closed_at),
    }


def _ballot(ballot: Ballot) -> dict[str, Json]:
    return {
        "by": ballot.by,
        "verdict": ballot.verdict.value,
        "at": iso(ballot.at),
        "role": ballot.role,
        "acting_for": ballot.acting_for,
        "comment": ballot.comment,
    }


def refused_answer(project: str, reasons: Sequence[Reason]) -> dict[str, Json]:
    """A refused request with every reason; nothing has changed."""
    return {"status": "refused", "project": project, "reasons": [reason_answer(reason) for reason in reasons]}


def project_answer(project: Project, workflow: Workflow) -> dict[str, Json]:
    """Where a project stands."""
    return {
        "project": project.id,
        "workflow": project.pin.workflow,
        "version": project.pin.version,
        "revision": project.revision,
        "owner": project.owner,
        "state": project.state,
        "states": [workflow.states[leaf].name for leaf in project.leaves],
        "outcome": None if project.outcome is None else project.outcome.value,
        "open": project.is_open,
    }


def reason_answer(reason: Reason) -> dict[str, Json]:
    """One reason: `rule` is where the definition asks for it."""
    return {
        "id": reason.id,
        "kind": reason.kind.value,
        "message": texts(reason.message),
        "rule": None if reason.rule is None else _place(reason.rule),
        "values": {name: plain(value) for name, value in reason.values.items()},
        "transition": reason.transition,
    }


def outbox_answer(item: OutboxItem) -> dict[str, Json]:
    """Something that leaves the project."""
    return {
        "id": item.id,
        "kind": item.kind.value,
        "to": item.to,
        "name": item.name,
        "title": None if item.title is None else texts(item.title),
        "due_at": iso(item.due_at),
    }


def texts(message: Bilingual) -> dict[str, Json]:
    """A message in both languages."""
    return {"zh": message.zh, "en": message.en}


def iso(moment: datetime) -> str:
    """An instant as ISO 8601 text in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: Value) -> Json:
    """A value as JSON: a number as its exact text, percent as its ratio, times as ISO.

    A field has one JSON type whatever its value; so a number is a text also where it is whole. Readers of JSON numbers
    would lose digits.
    """
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, Money):
        return {"amount": _number(value.amount), "currency": value.currency}
    return _plain_scalar(value)


def _plain_scalar(value: Value) -> Json:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Reference):
        return value.key
    if isinstance(value, timedelta | Months | WorkingDays):
        return _plain_duration(value)
    return iso(value) if isinstance(value, datetime) else str(value)


def _number(value: Decimal) -> str:
    """The one text of a number: without an exponent where that is readable, and without zeros that say nothing."""
    text = write_number(value)
    return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text


def _plain_duration(value: timedelta | Months | WorkingDays) -> str:
    match value:
        case timedelta():
            # Exact, as every number is: a float would lose what lies beyond its digits, and a digest rests on this.
            return f"{_number(Decimal(value // timedelta(microseconds=1)).scaleb(-6))}s"
        case Months(count=count):
            return f"{count}mo"
        case WorkingDays(days=days):
            return f"{_number(days)}wd"


def to_text(answer: Mapping[str, Json]) -> str:
    """The answer as one JSON text, keys in their order."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def fingerprint(*parts: Json) -> str:
    """A digest of what a request asks, equal for equal requests."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _place(span: Span) -> dict[str, Json]:
    return {"file": span.file, "line": span.line, "column": span.column}


def _note(note: Noted) -> dict[str, Json]:
    return {"topic": note.topic, "name": note.name, "reasons": list(note.reasons)}
