"""An expression as a document holds it: its text, its syntax tree and the place it stands at."""

from dataclasses import field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from salespm_flow.diagnostics import Span
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Months, WorkingDays
from salespm_flow.nouns import dataclass

Duration = timedelta | Months | WorkingDays
# From now, or a moment; a date means its last minute.
Due = Duration | datetime | date
# Working time: hours, or days of the calendar's hours.
Effort = timedelta | WorkingDays
# How a party begins once it is resolved: `person:<id>` or `role:<id>`.
PERSON: Final = "person:"
ROLE: Final = "role:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A parsed expression. `node` offsets count in `text`; `place` is the span of the whole scalar in the file."""

    text: str
    node: Node = field(compare=False)
    place: Span = field(compare=False)


def is_positive(length: Duration) -> bool:
    """Whether the length of time is above zero."""
    match length:
        case WorkingDays(days=size) | Months(count=size):
            return size > 0
        case timedelta():
            return length > timedelta()


class PartyKind(StrEnum):
    """How a party is named."""

    OWNER = "owner"
    MANAGER = "manager"
    REQUESTER = "requester"
    ACTOR = "actor"
    ROLE = "role"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Party:
    """Who may do something or gets it; `name` is the role or person id, empty for the other kinds."""

    kind: PartyKind
    name: str = ""
