"""What an expression is evaluated against: values, clock, calendar and fuel. Knows no nodes."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Protocol

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import Calendar

# A step takes up to a third of a microsecond: a twentieth of a second in all, which leaves a slower machine its half.
DEFAULT_FUEL = 150_000
CHARACTERS_A_STEP = 64
DAYS_A_STEP = 50  # of a calendar's working days
TO_COMPARE = 4  # what a part of a list or record takes
SLOW_STEPS = 300  # what a logarithm, a root and their like take


class StateClock(Protocol):
    """What an expression may ask about the stays of the project it belongs to."""

    def is_in(self, state: str) -> bool:
        """Whether the project is in that state now."""
        ...

    def entered_at(self, state: str) -> datetime | None:
        """When the state was entered last; None if never."""
        ...

    def changed_at(self, name: str) -> datetime | None:
        """When the field or record last changed after the project was opened; None if never."""
        ...


# A rate from the first currency to the second, valid on the date, as a fraction: an inverse rate stays exact so.
Exchange = Callable[[str, str, date], tuple[Decimal, Decimal] | None]


def no_exchange(_source: str, _target: str, _on: date) -> None:
    """No rate, where there is no table of rates."""


class OutOfFuel(SalesPMFlowError):  # noqa: N818 - the name says what happened, and others catch it by that name
    """An evaluation visited more elements than its scope allows; nothing of its answer is known."""

    code = "SF230"

    def __init__(self) -> None:
        super().__init__(
            Bilingual("表达式的计算量超出限制", "the expression takes more steps than are allowed"),
            Bilingual(
                "减少嵌套的 some / every / for 或缩小列表", "nest fewer some / every / for, or filter the lists first"
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A name that was called could have answered in more than one way, where it may only in one.

    `name` is what was called, `choices` are the ids of what answered, `places` where each of them stands.
    """

    name: str
    message: Bilingual
    choices: tuple[str, ...]
    places: tuple[Span, ...]


@dataclass(slots=True)
class Scope:
    """The world of one evaluation; not to be shared between threads, since `fuel` and `locals` change.

    `names` holds every free name; a record is a Mapping, a list a tuple, a number a Decimal. `now` is zoned. `fuel` is
    about the number of nodes that loops may still evaluate. `exchange` gives the rates of `convert`. A call that is
    null because of a conflict tells it to `conflicts`, where there is a list.
    """

    names: Mapping[str, Value]
    now: datetime
    zone: tzinfo
    calendar: Calendar
    stays: StateClock
    exchange: Exchange = no_exchange
    fuel: int = DEFAULT_FUEL
    locals: list[Value] = field(default_factory=list)
    conflicts: list[Conflict] | None = None

    def burn(self, steps: int) -> None:
        """Take `steps` from the fuel.

        Raises:
            OutOfFuel: fewer than `steps` were left.
        """
        self.fuel -= steps
        if self.fuel < 0:
            raise OutOfFuel

    def burn_text(self, text: str) -> None:
        """Take the fuel for one more copy of a text: without it a loop over a long text would fill the memory."""
        self.burn(len(text) // CHARACTERS_A_STEP)

    def burn_deep(self, value: Value, steps: int = 1) -> None:
        """Take `steps` for everything in a value; the same list may stand in it many times over."""
        pending = [value]
        while pending:
            match pending.pop():
                case str() as text:
                    self.burn_text(text)
                case tuple() as elements:
                    self.burn(len(elements) * steps)
                    pending.extend(elements)
                case Mapping() as record:
                    self.burn(len(record) * steps)
                    pending.extend(record.values())
                case _:
                    pass


Compiled = Callable[[Scope], Value]
Body = Callable[[Scope, tuple[Value, ...]], Value]
