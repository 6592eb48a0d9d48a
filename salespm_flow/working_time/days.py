"""Counting in whole working days; must not know hours and zones."""

from bisect import bisect_left
from datetime import MAXYEAR, MINYEAR, date
from decimal import ROUND_UP, Decimal
from functools import lru_cache

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import CalendarError
from salespm_flow.working_time.calendar import Calendar, is_working_day

SPAN_LIMIT_YEARS = 200
_DAYS_LIMIT = SPAN_LIMIT_YEARS * 366


@lru_cache(maxsize=1024)  # rules ask on one day for the same few spans, at every event of every project
def add_working_days(calendar: Calendar, start: date, days: int | Decimal) -> date:
    """The working day that is `days` working days after `start`, before it when negative, and `start` itself at 0.

    As WORKDAY of spreadsheets (OpenFormula 1.2, 6.10.22): `start` itself is never counted, so from a Saturday +1 is
    Monday and -1 is Friday, and 0 stays on the Saturday. Unlike there, a fraction takes the whole day it touches
    (+1.5 is +2, -1.5 is -2): the day on which work begun after `start` is done, or must begin to be done before it.

    Costs one step a year. Raises:
        CalendarError: more than `SPAN_LIMIT_YEARS` away, outside years 1 to 9999, or the calendar has no working day.
        TypeError: `start` is a datetime.
    """
    count = _whole_days(calendar, days)
    if count == 0:
        return start
    is_start_worked = is_working_day(calendar, start)
    return nth_working_day(calendar, start, count if count < 0 or is_start_worked else count - 1)


def working_days_count(calendar: Calendar, start: date, end: date) -> int:
    """The number of working days from `start` until before `end`; negative, with the bounds swapped, if end < start.

    Costs one step a year. Raises:
        CalendarError: the span is longer than `SPAN_LIMIT_YEARS`.
    """
    if end < start:
        return -working_days_count(calendar, end, start)
    if end.year - start.year > SPAN_LIMIT_YEARS:
        raise too_far(calendar)
    whole_years = sum(len(_working_ordinals(calendar, year)) for year in range(start.year, end.year))
    return whole_years + _index(calendar, end) - _index(calendar, start)


@lru_cache(maxsize=1024)
def nth_working_day(calendar: Calendar, day: date, index: int) -> date:
    """The working day at `index`, where 0 is the first one on or after `day` and -1 the last one before it.

    Raises:
        CalendarError: as `add_working_days`.
    """
    require_working_days(calendar)
    year = day.year
    ordinals = _working_ordinals(calendar, year)
    position = _index(calendar, day) + index
    while not 0 <= position < len(ordinals):
        year += 1 if position >= 0 else -1
        if abs(year - day.year) > SPAN_LIMIT_YEARS or not MINYEAR <= year <= MAXYEAR:
            raise too_far(calendar)
        if position >= 0:
            position -= len(ordinals)
            ordinals = _working_ordinals(calendar, year)
        else:
            ordinals = _working_ordinals(calendar, year)
            position += len(ordinals)
    return date.fromordinal(ordinals[position])


def require_working_days(calendar: Calendar) -> None:
    """Nothing, where the calendar has a week or at least one extra working day.

    Raises:
        CalendarError: it has neither.
    """
    if not calendar.week and not calendar.work:
        raise CalendarError(
            Bilingual(f"日历“{calendar.id}”没有任何工作日。", f"The calendar '{calendar.id}' has no working days."),
            Bilingual(
                "请在 week 中列出工作日，例如 [mon, tue, wed, thu, fri]。",
                "List the days worked under week, such as [mon, tue, wed, thu, fri].",
            ),
        )


def require_bounded(calendar: Calendar, days: Decimal) -> None:
    """Nothing, where `days` is a number that can lie within the longest span.

    Raises:
        CalendarError: it is not finite or too large; said before any arithmetic, whose cost grows with its digits.
    """
    if not days.is_finite() or abs(days) > _DAYS_LIMIT:
        raise too_far(calendar)


def too_far(calendar: Calendar) -> CalendarError:
    """The error for spans that no project needs."""
    return CalendarError(
        Bilingual(
            f"日历“{calendar.id}”的计算跨度超过 {SPAN_LIMIT_YEARS} 年，或超出公元 1 至 9999 年。",
            f"In the calendar '{calendar.id}' a span exceeds {SPAN_LIMIT_YEARS} years or leaves the years 1 to 9999.",
        ),
        Bilingual("请检查日期和工作日天数。", "Check the dates and the number of working days."),
    )


def _whole_days(calendar: Calendar, days: int | Decimal) -> int:
    exact = Decimal(days)
    require_bounded(calendar, exact)
    return int(exact.to_integral_value(rounding=ROUND_UP))


def _index(calendar: Calendar, day: date) -> int:
    """The number of working days of the year that lie before `day`."""
    return bisect_left(_working_ordinals(calendar, day.year), day.toordinal())


@lru_cache(maxsize=1024)
def _working_ordinals(calendar: Calendar, year: int) -> tuple[int, ...]:
    """The proleptic ordinals of the working days of `year`, ascending; about 10 kB, so 10 MB when the cache is full."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return tuple(ordinal for ordinal in range(first, last + 1) if is_working_day(calendar, date.fromordinal(ordinal)))
