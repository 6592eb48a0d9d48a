"""The clock that runs only in working hours."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Context, Decimal, localcontext
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.errors import CalendarError
from salespm_flow.working_time import (
    Calendar,
    Shift,
    Weekday,
    add_working_time,
    plain_calendar,
    working_days_between,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
PLAIN = plain_calendar(SHANGHAI)
CHINA = replace(PLAIN, id="cn", country="CN")
GERMANY = replace(plain_calendar(BERLIN), id="de", country="DE")
ROUND_THE_CLOCK = replace(PLAIN, id="always", week=tuple(Weekday), shifts=(Shift(time(0), time(0)),))
EVENINGS = replace(PLAIN, id="evenings", shifts=(Shift(time(7, 30), time(9, 11, 13)), Shift(time(20), time(0))))
BERLIN_ALWAYS = replace(ROUND_THE_CLOCK, id="berlin_always", zone=BERLIN)

calendars = st.sampled_from([PLAIN, CHINA, GERMANY, ROUND_THE_CLOCK, EVENINGS])
calendars_over_clock_changes = st.sampled_from([BERLIN_ALWAYS, GERMANY])
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
# An eighth of a working day is a whole number of microseconds in each of these calendars.
eighths = st.integers(-2000, 2000).map(lambda number: Decimal(number) / 8)
lengths = st.decimals(Decimal(-300), Decimal(300), places=6)


def local(text: str, calendar: Calendar = PLAIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)


def shown(instant: datetime, calendar: Calendar = PLAIN) -> str:
    assert instant.tzinfo is UTC
    return instant.astimezone(calendar.zone).isoformat(" ", "minutes")[:16]


# 2026-03-02 is a Monday.
@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-02 10:00", "1", "2026-03-03 10:00"),
        ("2026-03-02 10:00", "0.5", "2026-03-02 15:00"),
        ("2026-03-02 09:00", "0.375", "2026-03-02 12:00"),
        ("2026-03-02 09:00", "1", "2026-03-02 18:00"),
        ("2026-03-02 12:30", "0.125", "2026-03-02 14:00"),
        ("2026-03-02 07:00", "1", "2026-03-02 18:00"),
        ("2026-03-02 18:00", "1", "2026-03-03 18:00"),
        ("2026-03-02 23:00", "0.125", "2026-03-03 10:00"),
        ("2026-03-06 17:00", "1", "2026-03-09 17:00"),
        ("2026-03-07 11:00", "1", "2026-03-09 18:00"),
        ("2026-03-07 11:00", "0", "2026-03-07 11:00"),
        ("2026-03-07 11:00", "-1", "2026-03-06 09:00"),
        ("2026-03-09 17:00", "-1", "2026-03-06 17:00"),
        ("2026-03-03 09:00", "-1", "2026-03-02 09:00"),
        ("2026-03-03 18:00", "-0.625", "2026-03-03 13:00"),
        ("2026-03-03 10:00", "-0.25", "2026-03-02 17:00"),
    ],
)
def test_working_time_moves_only_in_working_hours(start: str, days: str, expected: str) -> None:
    assert shown(add_working_time(PLAIN, local(start), Decimal(days))) == expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2025-09-30 17:00", "1", "2025-10-09 17:00"),
        ("2025-09-26 10:00", "1", "2025-09-28 10:00"),
        ("2026-02-14 10:00", "1", "2026-02-24 10:00"),
        ("2026-02-20 10:00", "-0.5", "2026-02-14 14:00"),
        ("2026-02-27 18:00", "1", "2026-02-28 18:00"),
    ],
)
def test_working_time_knows_chinese_holidays_and_make_up_days(start: str, days: str, expected: str) -> None:
    assert shown(add_working_time(CHINA, local(start), Decimal(days))) == expected


def test_result_is_in_utc_and_reads_the_calendars_zone() -> None:
    start = datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=10)))
    assert add_working_time(PLAIN, start, Decimal(1)) == datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


def test_office_hours_stay_where_they_are_when_summer_time_begins() -> None:
    # Friday 17:00 is 16:00 UTC in winter, Monday 17:00 is 15:00 UTC in summer.
    start = datetime(2026, 3, 27, 16, 0, tzinfo=UTC)
    end = datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
    assert add_working_time(GERMANY, start, Decimal(1)) == end
    assert add_working_time(GERMANY, end, Decimal(-1)) == start
    assert working_days_between(GERMANY, start, end) == 1


def test_round_the_clock_a_day_ends_at_the_same_local_time() -> None:
    start = datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
    assert add_working_time(BERLIN_ALWAYS, start, Decimal(1)) == datetime(2026, 3, 29, 8, 0, tzinfo=UTC)


def test_result_in_the_skipped_hour_is_the_instant_of_the_skip() -> None:
    start = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    assert add_working_time(BERLIN_ALWAYS, start, Decimal(1)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_clock_stands_still_while_an_hour_is_repeated() -> None:
    # On 2026-10-25 the hour from 02:00 runs from 00:00 to 01:00 UTC and again from 01:00 to 02:00 UTC.
    moments = [datetime(2026, 10, 25, 0, tzinfo=UTC) + timedelta(minutes=30 * step) for step in range(6)]
    since_first = [working_days_between(BERLIN_ALWAYS, moments[0], moment) * 48 for moment in moments]
    assert [round(halves, 20) for halves in since_first] == [0, 1, 2, 2, 2, 3]


def test_result_in_the_repeated_hour_is_its_first_time() -> None:
    start = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
    assert add_working_time(BERLIN_ALWAYS, start, Decimal(1)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_leap_day_is_a_day() -> None:
    assert working_days_between(PLAIN, local("2028-02-28 09:00"), local("2028-03-01 18:00")) == 3


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-03-02 10:00", "2026-03-03 10:00", "1"),
        ("2026-03-06 18:00", "2026-03-09 09:00", "0"),
        ("2026-03-07 11:00", "2026-03-08 11:00", "0"),
        ("2026-03-02 11:00", "2026-03-02 14:00", "0.25"),
        ("2026-03-03 10:00", "2026-03-02 09:00", "-1.125"),
        ("2026-01-01 00:00", "2027-01-01 00:00", "261"),
    ],
)
def test_working_days_between_two_instants(start: str, end: str, expected: str) -> None:
    assert working_days_between(PLAIN, local(start), local(end)) == Decimal(expected)


def test_quotient_has_34_digits_whatever_context_the_caller_has() -> None:
    with localcontext(Context(prec=3)):
        between = working_days_between(PLAIN, local("2026-03-02 09:00"), local("2026-03-02 09:20"))
    assert str(between) == "0.04166666666666666666666666666666667"


def test_calendar_without_hours_is_refused() -> None:
    with pytest.raises(CalendarError, match="'idle' has no working hours"):
        add_working_time(replace(PLAIN, id="idle", shifts=()), local("2026-03-02 10:00"), Decimal(1))


def test_calendar_without_days_is_refused() -> None:
    with pytest.raises(CalendarError, match="'idle' has no working days"):
        add_working_time(replace(PLAIN, id="idle", week=()), local("2026-03-02 10:00"), Decimal(1))


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(CalendarError, match="2026-03-02T10:00:00 has no zone"):
        add_working_time(PLAIN, datetime(2026, 3, 2, 10), Decimal(1))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("days", ["60000", "-60000", "1E+999999", "NaN", "Infinity"])
def test_too_long_a_time_is_refused(days: str) -> None:
    with pytest.raises(CalendarError, match="exceeds 200 years"):
        add_working_time(PLAIN, local("2026-03-02 10:00"), Decimal(days))


def test_instants_at_the_ends_of_time_are_refused() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    with pytest.raises(CalendarError, match="leaves the years 1 to 9999"):
        working_days_between(PLAIN, last, last)
    with pytest.raises(CalendarError, match="exceeds 200 years"):
        working_days_between(PLAIN, first, local("2026-03-02 10:00"))


@given(calendars, instants, eighths | lengths)
def test_between_undoes_add(calendar: Calendar, start: datetime, days: Decimal) -> None:
    between = working_days_between(calendar, start, add_working_time(calendar, start, days))
    # `add` rounds to a microsecond, so no nearer than half of one, in the shortest working day here (5.7 hours).
    assert abs(between - days) <= Decimal("0.0000000001")


@given(calendars, instants, st.integers(-(10**13), 10**13))
def test_add_undoes_between_to_the_microsecond(calendar: Calendar, start: datetime, microseconds: int) -> None:
    end = start + timedelta(microseconds=microseconds)
    between = working_days_between(calendar, start, end)
    reached = add_working_time(calendar, start, between)
    assert working_days_between(calendar, reached, end) == 0
    assert min(start, end) <= reached <= max(start, end)


@given(calendars, instants, eighths, eighths)
def test_adding_time_twice_is_adding_the_sum(
    calendar: Calendar, start: datetime, first: Decimal, second: Decimal
) -> None:
    twice = add_working_time(calendar, add_working_time(calendar, start, first), second)
    once = add_working_time(calendar, start, first + second)
    if (first >= 0) == (second >= 0):
        assert twice == once
    assert working_days_between(calendar, once, twice) == 0


@given(calendars | calendars_over_clock_changes, instants, instants, lengths.filter(bool))
def test_later_start_never_ends_earlier(calendar: Calendar, one: datetime, other: datetime, days: Decimal) -> None:
    start, later = sorted((one, other))
    assert add_working_time(calendar, start, days) <= add_working_time(calendar, later, days)


@given(calendars | calendars_over_clock_changes, instants, lengths, lengths)
def test_longer_time_never_ends_earlier(calendar: Calendar, start: datetime, one: Decimal, other: Decimal) -> None:
    days, more = sorted((one, other))
    assert add_working_time(calendar, start, days) <= add_working_time(calendar, start, more)


@given(
    calendars_over_clock_changes,
    st.sampled_from([datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]),
    st.lists(st.integers(0, 4 * 3600 * 10**6), min_size=2, max_size=2).map(sorted),
)
def test_clock_never_runs_backwards_over_a_clock_change(
    calendar: Calendar, change: datetime, offsets: list[int]
) -> None:
    start, end = (change + timedelta(microseconds=offset) for offset in offsets)
    assert working_days_between(calendar, start, end) >= 0
