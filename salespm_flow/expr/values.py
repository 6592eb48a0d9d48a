"""The run-time values of expressions. Numbers are decimals, never binary floats; null is None."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Months:
    """A years-months duration, in whole months."""

    count: int


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A working duration, in working days of the calendar in force."""

    days: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """An interval of comparable values; a bound of None is open to that side."""

    low: "Value"
    high: "Value"
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A `ref` field's value: reads as its `key`, and its `row` gives the fields; None where the key has no row."""

    key: str
    row: "Mapping[str, Value] | None" = None


# A list is a tuple, a record a Mapping, an enum value its id. `timedelta` is the days-time duration. Percent is a
# Decimal ratio (15 % is 0.15) whose static type is percent.
Value = (
    None
    | bool
    | str
    | Decimal
    | Money
    | date
    | datetime
    | time
    | timedelta
    | Months
    | WorkingDays
    | Range
    | Reference
    | tuple[Any, ...]
    | Mapping[str, Any]
)
