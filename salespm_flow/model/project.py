"""A running project and what can happen to it. A project is the fold of its history's changes; knows no storage."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.priority import Priority
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus, TaskStatus
from salespm_flow.model.workflow import Outcome
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The definition texts a project runs on: `digest` covers the workflow and the risk models it uses."""

    workflow: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentLink:
    """The project that spawned this one, and the link of its workflow it did so by."""

    project: str
    link: str
    is_many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One version of a record row; `number` counts the rows of the record from 1, `first_at` is the key's first."""

    number: int
    at: datetime
    by: str
    first_at: datetime
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One line of a task's checklist."""

    text: Bilingual
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work to be done; `id` is unique in the project, `origin` names the action, state task or person that made it.

    `who` does it (responsible) and `accountable` answers for it, empty for the same; parties are resolved as far as
    possible: `person:<id>` or `role:<id>`. `after` are the tasks that must be done before; `blocked` says why it stands
    still, empty unless blocked; `effort` is working time.
    """

    id: str
    origin: str
    title: Bilingual
    who: str
    opened_at: datetime
    status: TaskStatus = TaskStatus.OPEN
    due_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    accountable: str = ""
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    after: tuple[str, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    blocked: str = ""
    effort: timedelta | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.status in {TaskStatus.OPEN, TaskStatus.BLOCKED}


class Verdict(StrEnum):
    """What an approver says."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One approver's verdict; `acting_for` is the absent colleague whose place it was given in, empty for none."""

    by: str
    verdict: Verdict
    at: datetime
    role: str = ""
    acting_for: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """A move that waits for approval; `id` is unique in the project, `approval` and `transition` name the rule.

    `event` and `comment` are what the requester asked the move with; without an event it is tried again by itself.
    `source` is the state (full path) that the move would leave.
    `approvers` are resolved as `Task.who`, the one it was `escalated_to` included; `excepted` are person ids (or
    `role:<id>`) who may not approve. `due_at` is when it escalates, `closed_at` when it was decided or became void.
    """

    id: str
    approval: str
    transition: str
    event: str
    title: Bilingual
    requester: str
    requester_role: str
    requested_at: datetime
    approvers: tuple[str, ...]
    excepted: tuple[str, ...] = ()
    comment: str = ""
    status: ApprovalStatus = ApprovalStatus.PENDING
    due_at: datetime | None = None
    escalated_at: datetime | None = None
    escalated_to: str = ""
    source: str = ""
    ballots: tuple[Ballot, ...] = ()
    closed_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether it still speaks for its move: pending, or approved and not used yet."""
        return self.status in {ApprovalStatus.PENDING, ApprovalStatus.APPROVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """How bad a risk is: two steps of its model's scales, their score and level, and what they come to.

    `chance` is in 0..1; `money` and `days` (working days) are what is lost if it occurs, None where nobody said.
    """

    probability: int
    impact: int
    score: int
    level: str
    chance: Decimal
    money: Money | None = None
    days: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What became of a risk that occurred: what is done about it, by when, and how it ended.

    `task` is the task that the contingency action became, `money` and `days` what it really cost.
    """

    title: Bilingual
    opened_at: datetime
    action: Bilingual | None = None
    task: str = ""
    due_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str = ""
    resolution: str = ""
    money: Money | None = None
    days: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A register entry as it stands now; `score` = probability step x impact step, `level` the model's band.

    `rule` is the rule `<model>.<rule>` or the action that found it, or `person:<id>`; `owner` is as Task.who.
    `chance`, `money` and `days` are as in Assessment. `inherent` is how bad it was before its response was done,
    None until then; `residual` how bad it is to be after that. `assessed_by` is who judged it, empty for its rule.
    `awaits` are those of whom one must agree to its acceptance, until `agree_by`. `is_settled` says that a person ended
    it while its rule still holds, which therefore does not open it again; `is_foreseen` is false of an issue that
    nobody had on the list.
    """

    id: str
    rule: str
    title: Bilingual
    category: str
    probability: int
    impact: int
    score: int
    level: str
    owner: str
    opened_at: datetime
    status: RiskStatus = RiskStatus.OPEN
    strategy: str | None = None
    response: Bilingual | None = None
    due_at: datetime | None = None
    closed_at: datetime | None = None
    chance: Decimal | None = None
    money: Money | None = None
    days: Decimal | None = None
    assessed_by: str = ""
    cause: str = ""
    effect: str = ""
    inherent: Assessment | None = None
    residual: Assessment | None = None
    party: str = ""
    cost: Money | None = None
    scope_change: str = ""
    approved_by: str = ""
    awaits: tuple[str, ...] = ()
    agree_by: datetime | None = None
    done_at: datetime | None = None
    review_at: datetime | None = None
    reviewed_at: datetime | None = None
    contingency: Bilingual | None = None
    issue: Issue | None = None
    is_settled: bool = False
    is_foreseen: bool = True

    @property
    def is_standing(self) -> bool:
        """Whether it can still occur, or has occurred and is not resolved."""
        return self.status is not RiskStatus.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A running timer: `sla.warn.<state>`, `sla.breach.<state>` or `timer.<id>`.

    Paused clocks have no `due_at` but what remains: a duration, or working days.
    """

    id: str
    state: str
    started_at: datetime
    due_at: datetime | None
    remaining: timedelta | None = None
    remaining_days: Decimal | None = None
    is_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The state of one project after `revision` history entries.

    `leaves` are the full paths of the active atomic and final states in document order; `state` is the name of the
    innermost state that holds all of them. `memory` maps a state with history to the leaves or children remembered.
    `entered` maps each state ever entered (full path) to its latest entry. `fields` holds stored (not computed)
    values; absent and None are the same. `pending` are completions that still wait for a transition. `changed` maps
    each field or record that changed after opening to its latest change.
    """

    id: str
    pin: Pin
    revision: int
    owner: str
    state: str
    leaves: tuple[str, ...]
    memory: Mapping[str, tuple[str, ...]]
    entered: Mapping[str, datetime]
    fields: Mapping[str, Value]
    records: Mapping[str, tuple[Row, ...]]
    tasks: Mapping[str, Task]
    risks: Mapping[str, Risk]
    clocks: Mapping[str, Clock]
    pending: tuple[str, ...]
    opened_at: datetime
    updated_at: datetime
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    closed_at: datetime | None = None
    parent: ParentLink | None = None
    changed: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    approvals: Mapping[str, ApprovalRequest] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_open(self) -> bool:
        """Whether the root has not completed."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a decision may read beside the compiled definition. `children` are oldest first."""

    project: Project
    children: Mapping[str, tuple[Project, ...]]
    parent: Project | None
    kpis: Mapping[str, Value]
