"""What was handed to a child project and what came of it, read from the child's history. Knows no store and no face."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from salespm_flow.engine.draft import replay
from salespm_flow.expr.values import Value
from salespm_flow.model.history import SENT, Doing, Entry, FieldSet, Noted
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Link, Outcome
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import Calendar, working_days_between

FROM_PARENT: Final = "parent."


class HandoffStatus(StrEnum):
    """What the receiving side has said; one that closed without a word is `closed`."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    CLOSED = "closed"


_ANSWERS: Final = (HandoffStatus.ACCEPTED, HandoffStatus.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A field that the link carries: its value when it was sold, when it was answered (else as now), and now."""

    field: str
    sold: Value
    accepted: Value
    now: Value

    @property
    def is_changed(self) -> bool:
        """Whether the receiving side stands on something else than what was sold."""
        return self.sold != self.accepted

    @property
    def is_changed_since(self) -> bool:
        """Whether the receiving side stands on something else by now than when it answered."""
        return self.now != self.accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What passed between the two; `name` is the event without its link, `comment` its reason."""

    at: datetime
    is_upwards: bool
    name: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """One handoff of a link. `completeness` is the ratio of carried fields that had a value, None where none are.

    `working_days` is the time from handing over to the answer, by the receiving side's calendar.
    """

    link: str
    child: str
    owner: str
    handed_at: datetime
    status: HandoffStatus
    answered_at: datetime | None
    answered_by: str
    reason: str
    working_days: Decimal | None
    outcome: Outcome | None
    carried: tuple[Carried, ...]
    completeness: Decimal | None
    messages: tuple[Message, ...]


def handoff_of(child: Project, history: Iterable[Entry], link: Link, calendar: Calendar) -> Handoff:
    """The handoff that opened the child; `history` is the child's, oldest first, `calendar` its own."""
    entries = tuple(history)
    messages = tuple(message for entry in entries for message in _messages(entry, link.id))
    answer = next((entry for entry in entries if _answer(entry, link.id)), None)
    handed_at = child.opened_at
    answered_at = None if answer is None else answer.at
    carried = _carried(child, entries, answer, link)
    given = sum(1 for one in carried if one.sold is not None)
    return Handoff(
        link=link.id,
        child=child.id,
        owner=child.owner,
        handed_at=handed_at,
        status=_status(child, answer, link.id),
        answered_at=answered_at,
        answered_by="" if answer is None else answer.actor,
        reason="" if answer is None else answer.comment,
        working_days=None if answered_at is None else working_days_between(calendar, handed_at, answered_at),
        outcome=child.outcome,
        carried=carried,
        completeness=Decimal(given) / len(carried) if carried else None,
        messages=messages,
    )


def _status(child: Project, answer: Entry | None, link: str) -> HandoffStatus:
    if answer is not None:
        return HandoffStatus(_answer(answer, link))
    return HandoffStatus.WAITING if child.is_open else HandoffStatus.CLOSED


def _carried(child: Project, entries: Sequence[Entry], answer: Entry | None, link: Link) -> tuple[Carried, ...]:
    sold = _fields_at_birth(entries[:1])
    then = child if answer is None else replay(entries[: answer.number]) or child
    return tuple(
        Carried(field=name, sold=sold.get(name), accepted=then.fields.get(name), now=child.fields.get(name))
        for name in link.carry
    )


def _fields_at_birth(opening: Iterable[Entry]) -> Mapping[str, Value]:
    # The first value each field is given: an entry action of the first state may set it again at once.
    fields: dict[str, Value] = {}
    for entry in opening:
        for change in entry.changes:
            if isinstance(change, FieldSet):
                fields.setdefault(change.field, change.value)
    return fields


def _answer(entry: Entry, link: str) -> str:
    """Whether the entry accepted or returned what was handed over, empty for neither."""
    return next((name for name in _said(entry, link) if name in _ANSWERS), "")


def _said(entry: Entry, link: str) -> tuple[str, ...]:
    """Everything that the entry told the parent, in order."""
    told = (change.name for change in entry.changes if isinstance(change, Noted) and change.topic == SENT)
    return tuple(name.removeprefix(f"{link}.") for name in told if name.startswith(f"{link}."))


def _messages(entry: Entry, link: str) -> Iterable[Message]:
    if entry.doing is Doing.MESSAGE and entry.name.startswith(FROM_PARENT):
        name = entry.name.removeprefix(FROM_PARENT)
        yield Message(at=entry.at, is_upwards=False, name=name, comment=entry.comment)
    for said in _said(entry, link):
        yield Message(at=entry.at, is_upwards=True, name=said, comment=entry.comment)
