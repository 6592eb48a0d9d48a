"""What is asked of a project and what the engine answers; a refusal is data with every reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.history import Entry, Noted, OutboxItem
from salespm_flow.model.project import ParentLink, Project

SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks; `role` is the role claimed, empty for none. The id `system` is reserved for the engine itself."""

    id: str
    role: str = ""

    @property
    def is_system(self) -> bool:
        """Whether the engine itself acts: exempt from `by`, from nothing else."""
        return self.id == SYSTEM


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
    """Fire a trigger, first setting `fields` in the same decision."""

    trigger: str
    actor: Actor
    fields: Mapping[str, Value] = field(default_factory=dict)
    comment: str = ""


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


Request = Open | Advance | SetFields | AddRow | CompleteTask | FireClock | Receive | Annotate | Reassess


class ReasonKind(StrEnum):
    """Why a move is refused."""

    STATE = "state"
    WHEN = "when"
    ROLE = "role"
    MISSING = "missing"
    CHECK = "check"
    COMMENT = "comment"
    VALUE = "value"
    CLOSED = "closed"
    CHILD = "child"
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
    """A child to be opened in the same transaction; `hops` as in `Open`."""

    link: str
    workflow: str
    project: str
    owner: str
    fields: Mapping[str, Value]
    action: str
    hops: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The request holds: the project after it, the entry to record, and what leaves the project."""

    project: Project
    entry: Entry
    outbox: tuple[OutboxItem, ...]
    births: tuple[Birth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The request does not hold; nothing changes. `reasons` is never empty."""

    reasons: tuple[Reason, ...]


Decision = Accepted | Rejected
