"""The clock that runs only in working hours: adding to instants and measuring between them, in working days.

One working day is the length of one day's shifts, as a clock on the wall in the calendar's zone shows it. So an hour
that the zone skips in spring passes at once, and while an hour is repeated in autumn the clock stands still; both
matter only to calendars that work at that hour, and 24-hour calendars keep "the same time on the next day".
Positions on this clock are whole microseconds; one position can be many instants (the evening and the next morning).
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import CalendarError
from salespm_flow.working_time.calendar import MIDNIGHT, Calendar, is_working_day
from salespm_flow.working_time.days import nth_working_day, require_bounded, too_far, working_days_count

_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _MICROSECOND
# Each shift's start and end in microseconds after midnight.
_Bounds = tuple[tuple[int, int], ...]
# Decimal128, the precision of the expression language; independent of the context the caller happens to have.
_DECIMAL128 = Context(prec=34, rounding=ROUND_HALF_EVEN)


def add_working_time(calendar: Calendar, start: datetime, days: Decimal) -> datetime:
    """The instant, in UTC, when `days` working days have passed since `start`, or at which they begin if negative.

    Of all instants at that position the one nearest to `start`: Saturday 11:00 + 1wd is Monday 18:00, not Tuesday
    09:00, and Saturday 11:00 - 1wd is Friday 09:00. Zero gives `start` itself. Rounds to a microsecond. A result in an
    hour that the zone skips is the instant of the skip. Costs one step a year.

    Raises:
        CalendarError: `start` has no zone, the calendar has no working time, or the span exceeds `SPAN_LIMIT_YEARS`.
    """
    change = _working_microseconds(calendar, days)
    wall = _wall_clock(calendar, start)
    if change == 0:
        return start.astimezone(UTC)
    day_length = _day_length(calendar)
    bounds = _bounds(calendar)
    target = change + (_worked_before(bounds, wall) if is_working_day(calendar, wall.date()) else 0)
    # A target on the border of two days is the end of the earlier one when moving on, the start of the later one when
    # moving back.
    index = (target - 1) // day_length if change > 0 else target // day_length
    day = nth_working_day(calendar, wall.date(), index)
    return _instant(calendar, day, _time_of_day(bounds, target - index * day_length, is_forward=change > 0))


def working_days_between(calendar: Calendar, start: datetime, end: datetime) -> Decimal:
    """The working days that pass from `start` to `end`, to 34 digits; negative if `end` is earlier.

    Undoes `add_working_time`. Costs one step a year.

    Raises:
        CalendarError: as `add_working_time`.
    """
    day_length = _day_length(calendar)
    first, last = _wall_clock(calendar, start), _wall_clock(calendar, end)
    whole_days = working_days_count(calendar, first.date(), last.date())
    bounds = _bounds(calendar)
    before, after = (_worked_before(bounds, at) if is_working_day(calendar, at.date()) else 0 for at in (first, last))
    worked = whole_days * day_length + after - before
    return _DECIMAL128.divide(Decimal(worked), Decimal(day_length))


@lru_cache(maxsize=1024)
def _working_microseconds(calendar: Calendar, days: Decimal) -> int:
    """What so many working days last; a definition has few durations, and every advance counts some of them."""
    require_bounded(calendar, days)
    exact = _DECIMAL128.multiply(days, Decimal(_day_length(calendar)))
    return int(exact.to_integral_value(rounding=ROUND_HALF_EVEN))


@lru_cache(maxsize=64)
def _day_length(calendar: Calendar) -> int:
    length = sum(end - start for start, end in _bounds(calendar))
    if length == 0:
        raise CalendarError(
            Bilingual(f"日历“{calendar.id}”没有任何工作时段。", f"The calendar '{calendar.id}' has no working hours."),
            Bilingual(
                '请在 hours 中列出时段，例如 ["09:00-12:00", "13:00-18:00"]。',
                'List them under hours, such as ["09:00-12:00", "13:00-18:00"].',
            ),
        )
    return length


def _worked_before(bounds: _Bounds, wall: datetime) -> int:
    """The microseconds worked on a working day before `wall`."""
    now = _since_midnight(wall)
    worked = 0
    for start, end in bounds:
        if now > start:
            worked += min(now, end) - start
    return worked


def _time_of_day(bounds: _Bounds, worked: int, *, is_forward: bool) -> int:
    """The microseconds after midnight when `worked` of a day are done: before a break if forward, after it if not."""
    rest = worked
    moment = 0
    for start, end in bounds:
        moment = start + rest
        if moment < end or (moment == end and is_forward):
            break
        rest -= end - start
    return moment


@lru_cache(maxsize=64)
def _bounds(calendar: Calendar) -> _Bounds:
    """Each shift's start and end in microseconds after midnight; every clock that starts asks for them."""
    return tuple(
        (_since_midnight(shift.start), _DAY if shift.end == MIDNIGHT else _since_midnight(shift.end))
        for shift in calendar.shifts
    )


def _since_midnight(moment: time | datetime) -> int:
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return seconds * 1_000_000 + moment.microsecond


def _wall_clock(calendar: Calendar, instant: datetime) -> datetime:
    """The local time of `instant`, with or without its zone; in a repeated hour, second time round, that hour's end."""
    if instant.tzinfo is None:
        raise CalendarError(
            Bilingual(f"时间 {instant.isoformat()} 没有时区。", f"The time {instant.isoformat()} has no zone."),
            Bilingual("请写明时区，例如 2026-03-02T10:00+08:00。", "Give one, such as 2026-03-02T10:00+08:00."),
        )
    try:
        local = instant.astimezone(calendar.zone)
        if local.fold == 0:
            return local
        first_time = local.replace(fold=0)
        turned_back = _clock_change(calendar.zone, first_time.astimezone(UTC), instant.astimezone(UTC))
        before = first_time.utcoffset() or timedelta(0)
        return turned_back.replace(tzinfo=None) + before
    except OverflowError as error:
        raise too_far(calendar) from error


def _instant(calendar: Calendar, day: date, moment: int) -> datetime:
    """The instant in UTC of a local time; the first one if it is repeated, that of the skip if it does not exist."""
    try:
        local = datetime.combine(day, MIDNIGHT, calendar.zone) + timedelta(microseconds=moment)
        instant = local.astimezone(UTC)
        if instant.astimezone(calendar.zone) == local:  # in one zone the times of its clocks are compared
            return instant
        return _clock_change(calendar.zone, local.replace(fold=1).astimezone(UTC), instant)
    except OverflowError as error:
        raise too_far(calendar) from error


def _clock_change(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first instant with another offset than `before`, given in UTC as is `after`, by bisection of the seconds."""
    # Zones change their offset at whole seconds, so cutting the fraction stays before the change.
    base = before.replace(microsecond=0)
    offset = base.astimezone(zone).utcoffset()
    low, high = 0, (after - base) // timedelta(seconds=1) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if (base + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return base + timedelta(seconds=high)
