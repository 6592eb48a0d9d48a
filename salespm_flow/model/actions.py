"""The closed set of actions that a transition, gate or timer can do. `engine/actions` carries each out."""

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.model.expression import Duration, Effort, Expression, Party
from salespm_flow.model.priority import Priority
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SetField:
    """Gives a field the value of an expression."""

    id: str
    field: str
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendRow:
    """Adds a row to a record; `value` is a record-valued expression."""

    id: str
    record: str
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """Opens a task for `who`, due after `due`."""

    id: str
    title: Bilingual
    who: Party
    span: Span
    due: Duration | None = None
    effort: Effort | None = None
    priority: Priority = Priority.NORMAL
    checklist: tuple[Bilingual, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Tells `who` by the outbox."""

    id: str
    title: Bilingual
    who: Party
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseEvent:
    """Raises an event in this project, handled in the same decision."""

    id: str
    event: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SendEvent:
    """Sends an event by the outbox; `to` is self, parent or a link."""

    id: str
    event: str
    to: str
    span: Span
    after: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnChild:
    """Starts the newest version of the linked workflow in the same transaction."""

    id: str
    link: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnToParent:
    """Tells the parent `<link>.returned`, with the comment of the request as the reason."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRisk:
    """Opens a risk by hand, scored on the scales of the first risk model that the workflow uses."""

    id: str
    title: Bilingual
    category: str
    probability: int
    impact: int
    who: Party
    span: Span


Action = SetField | AppendRow | OpenTask | Notify | RaiseEvent | SendEvent | SpawnChild | ReturnToParent | OpenRisk
