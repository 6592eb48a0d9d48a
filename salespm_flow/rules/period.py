"""The days that count: from a text to a period, and how many months, weeks or working days it has."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from salespm_flow.errors import CalendarError
from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.values import Value
from salespm_flow.model.rules import Per
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import Calendar, working_days_count

_MONTHS_A_QUARTER: Final = 3
_MONTHS_A_YEAR: Final = 12
_DAYS_A_WEEK: Final = 7
_PARTS: Final = re.compile(r"(\d{4})(?:-(?:[Qq]([1-4])|[Ww](\d{2})|[Hh]([12])|(\d{2})(?:-(\d{2}))?))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that count, both ends included; None is open to that side."""

    start: date | None = None
    end: date | None = None

    @property
    def days(self) -> int | None:
        """How many days it has; None where it is open."""
        return None if self.start is None or self.end is None else (self.end - self.start).days + 1

    def holds(self, day: date) -> bool:
        """Whether the day is one of its days."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


ALWAYS: Final = Period()


def read_period(text: str) -> Period | None:
    """The period that a text writes; None where it writes none, or one that ends before it begins.

    `2026`, `2026-H1`, `2026-Q2`, `2026-04`, `2026-W15` (ISO 8601), `2026-04-05`, or two of them as `first..last`;
    `2026-04..` and `..2026-04` are open to one side.
    """
    first, dots, last = (part.strip() for part in text.strip().partition(".."))
    if not dots:
        return _stretch(first)
    begun, ended = _stretch(first) if first else ALWAYS, _stretch(last) if last else ALWAYS
    if begun is None or ended is None or not (first or last):
        return None
    is_backwards = begun.start is not None and ended.end is not None and begun.start > ended.end
    return None if is_backwards else Period(start=begun.start, end=ended.end)


def _stretch(text: str) -> Period | None:
    """The period of one word."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    year, quarter, week, half, month, day = (None if part is None else int(part) for part in found.groups())
    if year is None:
        return None
    try:
        if week is not None:
            monday = date.fromisocalendar(year, week, 1)
            return Period(start=monday, end=monday + timedelta(days=6))
        if day is not None and month is not None:
            return Period(start=date(year, month, day), end=date(year, month, day))
        if quarter is not None:
            return _months(year, quarter * _MONTHS_A_QUARTER - 2, _MONTHS_A_QUARTER)
        if half is not None:
            return _months(year, half * 6 - 5, 6)
        return _months(year, 1, _MONTHS_A_YEAR) if month is None else _months(year, month, 1)
    except (ValueError, OverflowError):
        return None


def _months(year: int, month: int, count: int) -> Period:
    start = date(year, month, 1)
    return Period(start=start, end=_later(start, count) - timedelta(days=1))


def _later(day: date, months: int) -> date:
    """The first day of the month so many months later.

    Raises:
        ValueError: the calendar has no such year.
    """
    index = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    return date(index // _MONTHS_A_YEAR, index % _MONTHS_A_YEAR + 1, 1)


def before(period: Period, count: int, today: date) -> tuple[Period, ...]:
    """The periods of the same length before this one that are over by `today`, oldest first, at most `count`.

    One of whole months is preceded by whole months, any other by as many days; an open one by none.
    """
    found: list[Period] = []
    try:
        while len(found) < count and period.start is not None and period.end is not None:
            period = _previous(period.start, period.end)
            if period.end is not None and period.end < today:
                found.append(period)
    except (ValueError, OverflowError):  # the calendar begins here
        pass
    return tuple(reversed(found))


def _previous(start: date, end: date) -> Period:
    after = end + timedelta(days=1)
    if start.day == after.day == 1:
        months = (after.year - start.year) * _MONTHS_A_YEAR + after.month - start.month
        return Period(start=_later(start, -months), end=start - timedelta(days=1))
    return Period(start=start - (after - start), end=start - timedelta(days=1))


def facts_of(period: Period, calendar: Calendar) -> Mapping[str, Value]:
    """What expressions see under the name `period`."""
    working = count_of(period, Per.WORKING_DAY, calendar)
    days = None if period.days is None else Decimal(period.days)
    return {"start": period.start, "end": period.end, "days": days, "working_days": working}


def count_of(period: Period, per: Per, calendar: Calendar) -> Decimal | None:
    """How many of these the period has, fractions included; None where it is open or too long to count.

    A month that the period has only partly counts as that share of its days.
    """
    if period.start is None or period.end is None or period.days is None:
        return None
    match per:
        case Per.DAY:
            return Decimal(period.days)
        case Per.WEEK:
            return CONTEXT.divide(Decimal(period.days), Decimal(_DAYS_A_WEEK))
        case Per.WORKING_DAY:
            try:
                return Decimal(working_days_count(calendar, period.start, period.end + timedelta(days=1)))
            except (CalendarError, OverflowError):
                return None
        case Per.MONTH:
            return _month_count(period.start, period.end)
        case Per.QUARTER:
            return CONTEXT.divide(_month_count(period.start, period.end), Decimal(_MONTHS_A_QUARTER))
        case Per.YEAR:
            return CONTEXT.divide(_month_count(period.start, period.end), Decimal(_MONTHS_A_YEAR))


def _month_count(start: date, end: date) -> Decimal:
    if (start.year, start.month) == (end.year, end.month):
        return _share(start, end.day - start.day + 1)
    between = (end.year - start.year) * _MONTHS_A_YEAR + end.month - start.month - 1
    first, last = _share(start, _length(start) - start.day + 1), _share(end, end.day)
    return CONTEXT.add(CONTEXT.add(first, last), Decimal(between))


def _share(day: date, days: int) -> Decimal:
    return CONTEXT.divide(Decimal(days), Decimal(_length(day)))


def _length(day: date) -> int:
    """How many days the month of the day has."""
    first = day.replace(day=1)
    # The last month that a calendar holds is a December.
    return 31 if day.month == _MONTHS_A_YEAR else (_later(first, 1) - first).days
