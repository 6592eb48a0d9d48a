"""Bodies of the functions on dates: the present ones, their place in the year, and how far two lie apart."""

from datetime import date, datetime
from decimal import Decimal

from salespm_flow.errors import CalendarError
from salespm_flow.expr.conversions import to_date
from salespm_flow.expr.moments import difference, zoned
from salespm_flow.expr.scope import DAYS_A_STEP, Scope
from salespm_flow.expr.values import Months, Value
from salespm_flow.working_time import working_days_between, working_days_count

# As DMN spells them in every language; Python's own names follow the locale.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def now(scope: Scope, _arguments: tuple[Value, ...]) -> Value:
    """The instant of the evaluation."""
    return scope.now


def today(scope: Scope, _arguments: tuple[Value, ...]) -> Value:
    """The date of the evaluation in the zone in force."""
    return to_date(scope, (scope.now,))


def working_days(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The working days from the first until before the second; of instants, with parts of days."""
    first, last = (zoned(scope, one) if isinstance(one, datetime) else one for one in arguments)
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    length = difference(last, first)
    if length is None:
        return None
    scope.burn(abs(length.days) // DAYS_A_STEP)
    try:
        if isinstance(first, datetime) and isinstance(last, datetime):
            return working_days_between(scope.calendar, first, last)
        return Decimal(working_days_count(scope.calendar, first, last))
    except CalendarError:
        return None


def day_of_year(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The number of the day in its year, from 1."""
    day = to_date(scope, arguments)
    return Decimal(day.timetuple().tm_yday) if isinstance(day, date) else None


def week_of_year(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The number of the week in its year, as ISO 8601 counts."""
    day = to_date(scope, arguments)
    return Decimal(day.isocalendar().week) if isinstance(day, date) else None


def day_of_week(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The English name of the weekday."""
    day = to_date(scope, arguments)
    return _WEEKDAYS[day.weekday()] if isinstance(day, date) else None


def month_of_year(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The English name of the month."""
    day = to_date(scope, arguments)
    return _MONTHS[day.month - 1] if isinstance(day, date) else None


def months_between(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The whole months from the first date to the second, negative if that lies before."""
    first, last = (to_date(scope, (argument,)) for argument in arguments)
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    early, late = min(first, last), max(first, last)
    count = (late.year - early.year) * 12 + late.month - early.month - (late.day < early.day)
    return Months(count if first <= last else -count)
