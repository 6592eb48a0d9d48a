"""Nouns as table rows and back: projects, entries, registers, the outbox. Knows no connection and no hashes.

A row is a tuple in the column order that `sql` names. What is asked for by a query has a column of its own; the rest of
a noun is one JSON text. Nothing is stored twice, so that nothing can disagree with itself.
"""

import json
from collections.abc import Callable
from dataclasses import field
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NotRequired, TypeAlias, TypedDict, get_args

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.ports import Answer, KpiValue
from salespm_flow.model.history import Change, Doing, Entry, OutboxItem, OutboxKind
from salespm_flow.model.project import ApprovalRequest, Clock, ParentLink, Pin, Project, Risk, Row, Task
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Outcome
from salespm_flow.nouns import dataclass
from salespm_flow.store.shapes import encoder_of, shape_of, union_of
from salespm_flow.store.values import (
    Json,
    decode_duration,
    decode_time,
    decode_value,
    encode_duration,
    encode_time,
    encode_value,
)

# What decoding raises when a text was not written by this module.
DECODE_ERRORS = (ValueError, KeyError, TypeError, IndexError, AttributeError, InvalidOperation, RecursionError)


def _dumps() -> Callable[[object], str]:
    """An encoder of compact JSON that is set up once: the library's own sets one up for each text, as long again."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an interpreter without the encoder written in C
        return json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
    # In order: markers, default, encoder of texts, indent, separators, sort_keys, skipkeys, allow_nan.
    refuse = json.JSONEncoder().default
    chunks = make(None, refuse, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda thing: "".join(chunks(thing, 0))


def _loads() -> Callable[[str], Any]:
    """A decoder of a text that holds one JSON value and nothing around it: looking for spaces takes half the time."""
    scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # the stubs leave it out

    def decode(text: str) -> object:
        try:
            thing, end = scan(text, 0)
        except StopIteration:
            end = -1
        if end != len(text):
            raise ValueError(text)
        return thing

    return decode


dumps = _dumps()
loads = _loads()

_CHANGE = union_of(get_args(Change))
_ROW = shape_of(Row)
_TASK = shape_of(Task)
_RISK = shape_of(Risk)
_APPROVAL = shape_of(ApprovalRequest)
# The part of a project that no query asks for, as `_Body` reads it.
_encode_body = encoder_of(Project, ("fields", "leaves", "memory", "entered", "changed", "pending"))

EntryRow: TypeAlias = tuple[str, int, str, str, str, str, str, str, str, str, str]
ClockRow: TypeAlias = tuple[str, str, str, str, str | None, int | None, str | None, int]
# Whether an item is delivered is no part of it: that changes, and no hash may cover it.
OutboxRow: TypeAlias = tuple[str, str, str, str, str, str | None, str, int, str]
AnswerRow: TypeAlias = tuple[str, str, str, str]
ApproverRow: TypeAlias = tuple[str, str, str, str]
KpiRow: TypeAlias = tuple[str, str, int, str]
# First what stays for ever, from `INDEXED` on what few revisions change and indexes hold, from `MUTABLE` on the rest.
ProjectRow: TypeAlias = tuple[
    str, str, str, str | None, str | None, int,
    int, str, str | None, str,
    int, str, str | None, str, str | None, str,
]  # fmt: skip
INDEXED: Final = 6
MUTABLE: Final = 10


class _Body(TypedDict):
    """The part of a project that no query asks for."""

    fields: dict[str, Json]
    leaves: list[str]
    memory: dict[str, list[str]]
    entered: dict[str, str]
    changed: NotRequired[dict[str, str]]  # newer than the first stores
    pending: list[str]


@dataclass(slots=True)
class Registers:
    """The records, tasks, risks, approvals and clocks of one project while it is read."""

    records: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    risks: dict[str, Risk] = field(default_factory=dict)
    approvals: dict[str, ApprovalRequest] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)


def encode_entry(entry: Entry) -> EntryRow:
    """The entry as a row, without its hash."""
    return (
        entry.project,
        entry.number,
        entry.doing.value,
        entry.name,
        entry.actor,
        entry.role,
        entry.acting_for,
        encode_time(entry.at),
        encode_time(entry.recorded_at),
        entry.comment,
        encode_changes(entry.changes),
    )


def decode_entry(row: EntryRow) -> Entry:
    """The entry of a row."""
    project, number, doing, name, actor, role, acting_for, at, recorded_at, comment, changes = row
    return Entry(
        project=project,
        number=number,
        doing=Doing(doing),
        name=name,
        actor=actor,
        role=role,
        at=decode_time(at),
        recorded_at=decode_time(recorded_at),
        comment=comment,
        changes=decode_changes(changes),
        acting_for=acting_for,
    )


def encode_changes(changes: tuple[Change, ...]) -> str:
    """The changes as a JSON array; each says its kind under `is`."""
    return f"[{','.join(map(_CHANGE.encode, changes))}]"


def decode_changes(text: str) -> tuple[Change, ...]:
    """The changes that `encode_changes` was given."""
    return tuple(map(_CHANGE.decode, loads(text)))


def encode_project(project: Project) -> ProjectRow:
    """The project as a row, without its registers, which have tables of their own."""
    parent = project.parent
    outcome_at, closed_at = project.outcome_at, project.closed_at
    return (
        project.id,
        project.pin.workflow,
        encode_time(project.opened_at),
        None if parent is None else parent.project,
        None if parent is None else parent.link,
        0 if parent is None else int(parent.is_many),
        project.pin.version,
        project.pin.digest,
        None if closed_at is None else encode_time(closed_at),
        project.owner,
        project.revision,
        project.state,
        None if project.outcome is None else project.outcome.value,
        encode_time(project.updated_at),
        None if outcome_at is None else encode_time(outcome_at),
        _encode_body(project),
    )


def decode_project(row: ProjectRow, registers: Registers) -> Project:
    """The project of a row and its registers."""
    name, workflow, opened_at, parent, link, is_many, version, digest, closed_at, owner = row[:MUTABLE]
    revision, state, outcome, updated_at, outcome_at, text = row[MUTABLE:]
    body: _Body = loads(text)
    return Project(
        id=name,
        pin=Pin(workflow=workflow, version=version, digest=digest),
        revision=revision,
        owner=owner,
        state=state,
        leaves=tuple(body["leaves"]),
        memory={kept: tuple(names) for kept, names in body["memory"].items()},
        entered={path: decode_time(at) for path, at in body["entered"].items()},
        fields={key: decode_value(value) for key, value in body["fields"].items()},
        records=registers.records,
        tasks=registers.tasks,
        risks=registers.risks,
        approvals=registers.approvals,
        clocks=registers.clocks,
        pending=tuple(body["pending"]),
        changed={name: decode_time(at) for name, at in body.get("changed", {}).items()},
        opened_at=decode_time(opened_at),
        updated_at=decode_time(updated_at),
        outcome=None if outcome is None else Outcome(outcome),
        outcome_at=None if outcome_at is None else decode_time(outcome_at),
        closed_at=None if closed_at is None else decode_time(closed_at),
        parent=None if parent is None else ParentLink(project=parent, link=link or "", is_many=bool(is_many)),
    )


def encode_record_row(row: Row) -> str:
    """The record row as JSON."""
    return _ROW.encode(row)


def decode_record_row(text: str) -> Row:
    """The record row that `encode_record_row` was given."""
    return _ROW.decode(loads(text))


def encode_task(task: Task) -> str:
    """The task as JSON."""
    return _TASK.encode(task)


def decode_task(text: str) -> Task:
    """The task that `encode_task` was given."""
    return _TASK.decode(loads(text))


def encode_risk(risk: Risk) -> str:
    """The risk as JSON."""
    return _RISK.encode(risk)


def decode_risk(text: str) -> Risk:
    """The risk that `encode_risk` was given."""
    return _RISK.decode(loads(text))


def encode_approval(request: ApprovalRequest) -> str:
    """The approval request as JSON."""
    return _APPROVAL.encode(request)


def decode_approval(text: str) -> ApprovalRequest:
    """The approval request that `encode_approval` was given."""
    return _APPROVAL.decode(loads(text))


def encode_approvers(project: str, request: ApprovalRequest) -> list[ApproverRow]:
    """Whom a pending request waits for, one row each; nobody for any other. Without a date it sorts last."""
    if request.status is not ApprovalStatus.PENDING:
        return []
    due = "~" if request.due_at is None else encode_time(request.due_at)
    return [(party, due, project, request.id) for party in dict.fromkeys(request.approvers)]


def encode_clock(project: str, clock: Clock) -> ClockRow:
    """The clock of a project as a row: all columns, since `due` asks for it across projects."""
    return (
        project,
        clock.id,
        clock.state,
        encode_time(clock.started_at),
        None if clock.due_at is None else encode_time(clock.due_at),
        None if clock.remaining is None else encode_duration(clock.remaining),
        None if clock.remaining_days is None else str(clock.remaining_days),
        int(clock.is_refused),
    )


def decode_clock(row: ClockRow) -> Clock:
    """The clock of a row."""
    _, name, state, started_at, due_at, remaining, remaining_days, is_refused = row
    return Clock(
        id=name,
        state=state,
        started_at=decode_time(started_at),
        due_at=None if due_at is None else decode_time(due_at),
        remaining=None if remaining is None else decode_duration(remaining),
        remaining_days=None if remaining_days is None else Decimal(remaining_days),
        is_refused=bool(is_refused),
    )


def encode_outbox(item: OutboxItem) -> OutboxRow:
    """The outbox item as a row."""
    return (
        item.id,
        item.project,
        item.kind.value,
        item.to,
        item.name,
        None if item.title is None else dumps((item.title.zh, item.title.en)),
        encode_time(item.due_at),
        item.hops,
        item.comment,
    )


def decode_outbox(row: OutboxRow) -> OutboxItem:
    """The outbox item of a row."""
    name, project, kind, to, event, title, due_at, hops, comment = row
    return OutboxItem(
        id=name,
        project=project,
        kind=OutboxKind(kind),
        to=to,
        name=event,
        title=None if title is None else Bilingual(*loads(title)),
        due_at=decode_time(due_at),
        hops=hops,
        comment=comment,
    )


def encode_answer(project: str, answer: Answer) -> AnswerRow:
    """The answer of a project as a row."""
    return project, answer.key, answer.fingerprint, answer.result


def encode_kpi(figure: KpiValue) -> KpiRow:
    """The figure as a row."""
    return figure.kpi, dumps(encode_value(figure.value)), figure.population, encode_time(figure.at)


def decode_kpi(row: KpiRow) -> KpiValue:
    """The figure of a row."""
    kpi, value, population, at = row
    return KpiValue(kpi=kpi, value=decode_value(loads(value)), population=population, at=decode_time(at))
