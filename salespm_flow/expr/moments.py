"""Dates, times and instants moved by durations and subtracted from each other. Knows no nodes.

An instant moves by elapsed time, not by the wall clock: in the nights on which a zone changes its offset, a day is 23
or 25 hours long. By months it moves on the calendar and clocks of the zone in force, whatever zone it was written in.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from salespm_flow.errors import CalendarError
from salespm_flow.expr.scope import DAYS_A_STEP, Scope
from salespm_flow.expr.tokens import EXACT, MAX_DAYS
from salespm_flow.expr.values import Months, Value, WorkingDays
from salespm_flow.working_time import add_working_days, add_working_time

_MICROSECONDS_A_DAY = 86_400_000_000
_LONGEST = _MICROSECONDS_A_DAY * 999_999_999


def microseconds(length: timedelta) -> int:
    """The whole length in microseconds, exactly."""
    return (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds


def duration_of(amount: Decimal) -> timedelta | None:
    """The duration of so many microseconds, rounded; null where it is too long."""
    if not amount.is_finite() or abs(amount) >= _LONGEST:
        return None
    return timedelta(microseconds=int(amount.to_integral_value(context=EXACT)))


def instant(moment: datetime) -> datetime | None:
    """The moment in UTC; null where it has no zone or lies at the end of the calendar's years.

    Python compares and subtracts datetimes of one zone by the wall clock, wrong in the hour that a zone repeats.
    """
    if moment.tzinfo is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def zoned(scope: Scope, moment: datetime) -> datetime:
    """The moment, in the zone in force where it has none of its own."""
    return moment.replace(tzinfo=scope.zone) if moment.tzinfo is None else moment


def local(scope: Scope, moment: datetime) -> datetime | None:
    """The moment by the clocks of the zone in force."""
    try:
        return zoned(scope, moment).astimezone(scope.zone)
    except OverflowError:
        return None


def shift(scope: Scope, start: date | time, by: timedelta | Months | WorkingDays) -> Value:
    """`start + by`; null beyond the years 1 to 9999 or where the calendar has no answer."""
    if isinstance(by, WorkingDays):
        scope.burn(min(abs(int(by.days)), MAX_DAYS) // DAYS_A_STEP)
    try:
        match start:
            case time():
                return _shift_time(start, by)
            case datetime():
                return _shift_datetime(scope, zoned(scope, start), by)
            case date():
                return _shift_date(scope, start, by)
    except (OverflowError, ValueError, CalendarError):
        return None


def difference(left: date | time, right: date | time) -> timedelta | None:
    """`left - right` of two dates, two times or two instants; null for unlike ones."""
    match left, right:
        case datetime(), datetime():
            later, earlier = instant(left), instant(right)
            return None if later is None or earlier is None else later - earlier
        case time(), time():
            sides = since_midnight(left, right)
            return None if sides is None else sides[0] - sides[1]
        case (datetime(), _) | (_, datetime()):
            return None
        case date(), date():
            return left - right
        case _:
            return None


def _shift_time(start: time, by: timedelta | Months | WorkingDays) -> Value:
    if not isinstance(by, timedelta):
        return None
    moved = datetime.combine(date(2000, 1, 1), start.replace(tzinfo=None)) + by % timedelta(days=1)
    return moved.time().replace(tzinfo=start.tzinfo)


def _shift_datetime(scope: Scope, start: datetime, by: timedelta | Months | WorkingDays) -> Value:
    match by:
        case timedelta():
            return (start.astimezone(UTC) + by).astimezone(start.tzinfo)
        case Months(count=count):
            # By the clocks of one zone: a stored instant has kept its offset, but not the zone that changes it.
            there = start.astimezone(scope.zone)
            return datetime.combine(_plus_months(there.date(), count), there.timetz())
        case WorkingDays(days=days):
            return add_working_time(scope.calendar, start, days).astimezone(start.tzinfo)


def _shift_date(scope: Scope, start: date, by: timedelta | Months | WorkingDays) -> Value:
    match by:
        case timedelta():
            # As DMN does: the date of midnight moved, so that a part of a day counts only backwards.
            return (datetime.combine(start, time()) + by).date()
        case Months(count=count):
            return _plus_months(start, count)
        case WorkingDays(days=days):
            return add_working_days(scope.calendar, start, days)


def _plus_months(start: date, count: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def since_midnight(left: time, right: time) -> tuple[timedelta, timedelta] | None:
    """How long after midnight both are: by their own clocks in one zone or none, else by those of UTC.

    None where one of them has no offset by itself, so that nobody knows which comes first.
    """
    if left.tzinfo == right.tzinfo:
        return _on_the_clock(left), _on_the_clock(right)
    first, second = left.utcoffset(), right.utcoffset()
    if first is None or second is None:
        return None
    return _on_the_clock(left) - first, _on_the_clock(right) - second


def _on_the_clock(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
