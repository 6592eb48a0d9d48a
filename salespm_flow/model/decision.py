"""What is asked of a project and what the engine answers; a refusal is data with every reason."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.actor import SYSTEM as SYSTEM  # noqa: PLC0414 -- asked for here by all who make requests
from salespm_flow.model.actor import Actor as Actor  # noqa: PLC0414 -- asked for here by all who make requests
from salespm_flow.model.expression import Due as Due  # noqa: PLC0414 -- asked for here by all who make requests
from salespm_flow.model.expression import Effort
from salespm_flow.model.history import Entry, Noted, OutboxItem
from salespm_flow.model.priority import Priority
from salespm_flow.model.project import ParentLink, Project, Verdict
from salespm_flow.model.risk_requests import (
    AddRisk,
    CloseRisk,
    RaiseIssue,
    ResolveIssue,
    RespondToRisk,
    ReviewRisk,
    RiskOccurred,
)
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Start a project; `project` is its new id, `fields` are typed values by field id.

    `hops` counts the messages that led to the birth of a child, so that families cannot breed for ever.
    """

    project: str
    owner: str
    actor: Actor
    fields: Mapping[str, Value] = field(default_factory=dict)
    parent: ParentLink | None = None
    comment: str = ""
    hops: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Fire a trigger, first setting `fields` in the same decision.

    An override waives what may be waived (requirements, checks, approvals, gates of states), where the definition lets
    the actor do so.
    """

    trigger: str
    actor: Actor
    fields: Mapping[str, Value] = field(default_factory=dict)
    comment: str = ""
    is_override: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFields:
    """Give fields new values; None empties one."""

    fields: Mapping[str, Value]
    actor: Actor
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRow:
    """Add (or, by key, revise) a record row."""

    record: str
    values: Mapping[str, Value]
    actor: Actor
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask:
    """Mark a task done."""

    task: str
    actor: Actor
    comment: str = ""


class NoDue(Enum):
    """The one value that takes a task's due date away, which None cannot: it means that nothing is said of it."""

    NO_DUE = "none"


NO_DUE: Final = NoDue.NO_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTask:
    """Open a task by hand. `who` and `accountable` are parties as documents write them, or `role:<id>`.

    Empty, `who` means the project's owner and `accountable` the same as `who`. `after` are ids of tasks.
    """

    title: Bilingual
    actor: Actor
    who: str = ""
    accountable: str = ""
    due: Due | None = None
    priority: Priority = Priority.NORMAL
    after: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    effort: Effort | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTask:
    """Change a task that is still to be done: who does it, by when, how urgent it is, what it waits for.

    What is None stays; `who` empty means the owner. `checklist` adds items.
    """

    task: str
    actor: Actor
    who: str | None = None
    accountable: str | None = None
    due: Due | NoDue | None = None
    priority: Priority | None = None
    after: tuple[str, ...] | None = None
    checklist: tuple[str, ...] = ()
    effort: Effort | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TickItems:
    """Tick items of a task's checklist, or take their ticks away; both by number, counted from 1."""

    task: str
    actor: Actor
    ticked: tuple[int, ...] = ()
    unticked: tuple[int, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTask:
    """Say that a task cannot go on; the comment says why and must be given."""

    task: str
    actor: Actor
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockTask:
    """Let a blocked task go on."""

    task: str
    actor: Actor
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTask:
    """Void a task that is still to be done."""

    task: str
    actor: Actor
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote:
    """Approve or reject; `approval` is the id of a pending request of the project."""

    approval: str
    verdict: Verdict
    actor: Actor
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    """Write a note into the history; the comment is its text."""

    comment: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign:
    """Hand over what is one person's in the project to another: ownership, open tasks and pending approvals."""

    leaver: str
    successor: str
    actor: Actor
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FireClock:
    """A clock is due."""

    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """A message arrives by the outbox; `name` is what this project hears, such as `delivery.accepted`."""

    name: str
    hops: int
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotate:
    """Record what an import assumed or could not resolve, and stop the clocks due at or before `quiet_until`."""

    notes: tuple[Noted, ...]
    quiet_until: datetime
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassess:
    """Time has passed: assess the risks and try what waits. An accepted one without changes is not recorded."""


Request = (
    Open
    | Advance
    | SetFields
    | AddRow
    | AddTask
    | EditTask
    | TickItems
    | BlockTask
    | UnblockTask
    | CancelTask
    | CompleteTask
    | AddRisk
    | RespondToRisk
    | ReviewRisk
    | RiskOccurred
    | RaiseIssue
    | CloseRisk
    | ResolveIssue
    | CastVote
    | AddNote
    | Reassign
    | FireClock
    | Receive
    | Annotate
    | Reassess
)


class ReasonKind(StrEnum):
    """Why a move is refused."""

    STATE = "state"
    WHEN = "when"
    ROLE = "role"
    MISSING = "missing"
    CHECK = "check"
    CONFLICT = "conflict"
    COMMENT = "comment"
    VALUE = "value"
    CLOSED = "closed"
    CHILD = "child"
    APPROVAL = "approval"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a refusal. `id` is stable: the check's id, the missing name, or a word such as `role`.

    `rule` is where the definition says so; `values` are the texts of what made it false, by dotted name;
    `transition` names the transition it speaks of (empty when of the whole request).
    """

    id: str
    kind: ReasonKind
    message: Bilingual
    rule: Span | None
    values: Mapping[str, Value]
    transition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """A child to be opened in the same transaction, in the name of `actor`; `hops` as in `Open`."""

    link: str
    workflow: str
    project: str
    owner: str
    actor: Actor
    fields: Mapping[str, Value]
    action: str
    hops: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The request holds: the project after it, the entry to record, and what leaves the project.

    `waiting` are the ids of the approval requests that the asked move now waits for; empty where it was made.
    """

    project: Project
    entry: Entry
    outbox: tuple[OutboxItem, ...]
    births: tuple[Birth, ...]
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The request does not hold; nothing changes. `reasons` is never empty."""

    reasons: tuple[Reason, ...]


Decision = Accepted | Rejected
