"""What the history records: changes, the entry that holds them, and the outbox. All times are aware, in UTC."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.model.project import ApprovalRequest, Clock, ParentLink, Pin, Risk, Row, Task
from salespm_flow.model.workflow import Outcome
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The project exists."""

    pin: Pin
    owner: str
    parent: ParentLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet:
    """A field has a new value."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAdded:
    """A record has one more row (a revision, where its key existed)."""

    record: str
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One microstep: full paths exited (innermost first) and entered (outermost first), and where it leads.

    `transitions` is empty for the entry of the initial states. `is_forward` says that exit gates applied;
    `waived` are the ids of the reasons that an override set aside.
    """

    transitions: tuple[str, ...]
    event: str
    exited: tuple[str, ...]
    entered: tuple[str, ...]
    leaves: tuple[str, ...]
    memory: Mapping[str, tuple[str, ...]]
    state: str
    is_forward: bool = True
    waived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChanged:
    """A task was opened, changed, blocked, done or voided: its new value."""

    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskChanged:
    """A risk was opened, assessed, answered, reviewed, has occurred, was resolved or closed: its new value."""

    risk: Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalChanged:
    """An approval was asked for, voted on, escalated, decided, voided or used: its new value."""

    approval: ApprovalRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged:
    """The project has another owner."""

    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet:
    """A clock was started, paused, continued or marked refused: its new value."""

    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCleared:
    """A clock stopped."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionsPending:
    """The completions that now wait for a transition."""

    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReached:
    """A state with an outcome was entered."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The root completed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What of a project a migration replaced or removed beside its fields, as it was before: enough to undo it."""

    leaves: tuple[str, ...]
    state: str
    memory: Mapping[str, tuple[str, ...]]
    entered: Mapping[str, datetime]
    changed: Mapping[str, datetime]
    clocks: tuple[Clock, ...]
    approvals: tuple[ApprovalRequest, ...]
    pending: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """The project runs on other definition texts (`pin`, before it `former`) and stands where they have its states.

    `states` says of each state it is in or was in, by older path, which one it is now, where that is another one.
    `entered`, `fields` and `changed` are set, `forgotten`, `dropped` (with the values as they were) and `unchanged`
    are gone. Timers, approvals and completions change beside it, as in any entry. `replaced` is None for a way back,
    and in histories older than it.
    """

    pin: Pin
    former: Pin
    leaves: tuple[str, ...]
    memory: Mapping[str, tuple[str, ...]]
    state: str
    states: Mapping[str, str]
    entered: Mapping[str, datetime]
    forgotten: tuple[str, ...]
    fields: Mapping[str, Value]
    dropped: Mapping[str, Value]
    changed: Mapping[str, datetime]
    unchanged: tuple[str, ...]
    replaced: Replaced | None = None


# The topic of a note that says an event was sent to the parent or a child; its name is the event as it is heard there.
SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something was heard or refused that changed nothing else: an unheard message, a refused timer.

    `topic` is a stable id such as `unheard`, `refused`, `sla.breach`; `reasons` are reason ids.
    """

    topic: str
    name: str
    reasons: tuple[str, ...] = ()


Change = (
    Opened
    | FieldSet
    | RowAdded
    | Moved
    | TaskChanged
    | RiskChanged
    | ApprovalChanged
    | OwnerChanged
    | ClockSet
    | ClockCleared
    | CompletionsPending
    | OutcomeReached
    | Closed
    | Noted
    | Migrated
)


class Doing(StrEnum):
    """What was asked for in a history entry."""

    OPEN = "open"
    ADVANCE = "advance"
    SET = "set"
    RECORD = "record"
    TASK = "task"
    ADD_TASK = "add_task"
    EDIT_TASK = "edit_task"
    TICK_ITEMS = "tick_items"
    BLOCK_TASK = "block_task"
    UNBLOCK_TASK = "unblock_task"
    CANCEL_TASK = "cancel_task"
    ADD_RISK = "add_risk"
    RESPOND_RISK = "respond_risk"
    REVIEW_RISK = "review_risk"
    RISK_OCCURRED = "risk_occurred"
    RAISE_ISSUE = "raise_issue"
    CLOSE_RISK = "close_risk"
    RESOLVE_ISSUE = "resolve_issue"
    TIMER = "timer"
    MESSAGE = "message"
    IMPORT = "import"
    TICK = "tick"
    APPROVE = "approve"
    NOTE = "note"
    REASSIGN = "reassign"
    MIGRATE = "migrate"
    ROLL_BACK = "roll_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision in a project's history. `number` is the revision it made, counted from 1.

    `at` is the effective time, `recorded_at` the moment of writing. `name` is the trigger, record, task, clock or
    approval; `acting_for` the absent colleague in whose place the actor acted, empty for none.
    """

    project: str
    number: int
    doing: Doing
    name: str
    actor: str
    role: str
    at: datetime
    recorded_at: datetime
    comment: str
    changes: tuple[Change, ...]
    acting_for: str = ""


class OutboxKind(StrEnum):
    """What an outbox item carries."""

    NOTICE = "notice"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """Something that leaves the project: `id` is `<project>#<revision>.<n>`, so a replay makes the same one.

    A notice goes to `to` (`person:…` or `role:…`), an event to a project id; `hops` counts messages in a chain.
    `title` is None for an event, `name` is the event or action id. An event carries the comment of the request that
    sent it, so that a returned project says why.
    """

    id: str
    project: str
    kind: OutboxKind
    to: str
    name: str
    title: Bilingual | None
    due_at: datetime
    hops: int = 0
    comment: str = ""
