"""What literals are: their types, and the values of durations."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from salespm_flow.expr.moments import duration_of
from salespm_flow.expr.syntax import (
    BooleanLiteral,
    DurationLiteral,
    Literal,
    NullLiteral,
    NumberLiteral,
    PercentLiteral,
    TemporalLiteral,
    TextLiteral,
    Unit,
)
from salespm_flow.expr.tokens import EXACT
from salespm_flow.expr.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONTHS,
    NULL,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    WORKING,
    Type,
)
from salespm_flow.expr.values import Months, WorkingDays

_UNIT_MICROSECONDS: Mapping[Unit, int] = {
    Unit.MILLISECOND: 1_000,
    Unit.SECOND: 1_000_000,
    Unit.MINUTE: 60_000_000,
    Unit.HOUR: 3_600_000_000,
    Unit.DAY: 86_400_000_000,
    Unit.WEEK: 604_800_000_000,
}


def literal_type(node: Literal) -> Type:
    """The type a literal has by itself."""
    match node:
        case NullLiteral():
            return NULL
        case BooleanLiteral():
            return BOOLEAN
        case NumberLiteral():
            return NUMBER
        case PercentLiteral():
            return PERCENT
        case TextLiteral():
            return TEXT
        case DurationLiteral(unit=unit):
            return {Unit.WORKING_DAY: WORKING, Unit.MONTH: MONTHS, Unit.YEAR: MONTHS}.get(unit, DURATION)
        case TemporalLiteral(value=value):
            order = ((datetime, DATETIME), (date, DATE), (time, TIME), (timedelta, DURATION))
            return next((type_ for python, type_ in order if isinstance(value, python)), MONTHS)


def duration_value(amount: Decimal, unit: Unit) -> timedelta | Months | WorkingDays | None:
    """The value of a duration literal."""
    match unit:
        case Unit.WORKING_DAY:
            return WorkingDays(amount)
        case Unit.MONTH:
            return Months(int(amount))
        case Unit.YEAR:
            return Months(int(amount) * 12)
        case _:
            return duration_of(EXACT.multiply(amount, Decimal(_UNIT_MICROSECONDS[unit])))
