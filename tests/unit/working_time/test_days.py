"""Which days are worked, and counting in them."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.errors import CalendarError
from salespm_flow.working_time import (
    Calendar,
    Shift,
    Weekday,
    add_working_days,
    first_misplaced_shift,
    is_provisional,
    is_working_day,
    plain_calendar,
    supported_countries,
    working_days_count,
)
from salespm_flow.working_time.country import _ANNOUNCED_YEARLY, _last_announced_year

PLAIN = plain_calendar(UTC)
CHINA = replace(PLAIN, id="cn", country="CN")
OFFICE = replace(CHINA, id="cn_office", off=frozenset({date(2026, 7, 10)}), work=frozenset({date(2026, 3, 7)}))
SIX_DAYS = replace(PLAIN, id="six", week=tuple(Weekday)[:6], off=frozenset({date(2024, 2, 29)}))

calendars = st.sampled_from([PLAIN, CHINA, OFFICE, SIX_DAYS])
dates = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def worked(calendar: Calendar, first: date, last: date) -> list[str]:
    return [f"{day:%m-%d}" for day in days_from(first, last) if is_working_day(calendar, day)]


def test_national_day_2025_has_its_holidays_and_make_up_days() -> None:
    expected = ["09-26", "09-28", "09-29", "09-30", "10-09", "10-10", "10-11", "10-13"]
    assert worked(CHINA, date(2025, 9, 26), date(2025, 10, 13)) == expected


def test_spring_festival_2026_has_its_holidays_and_make_up_days() -> None:
    expected = ["02-13", "02-14", "02-24", "02-25", "02-26", "02-27", "02-28", "03-02"]
    assert worked(CHINA, date(2026, 2, 13), date(2026, 3, 2)) == expected


def test_make_up_day_announced_for_the_next_year_lies_in_its_own_year() -> None:
    # The new year of 2007 was lengthened by work on the last weekend of 2006.
    assert worked(CHINA, date(2006, 12, 29), date(2007, 1, 4)) == ["12-29", "12-30", "12-31", "01-04"]


def test_without_country_the_week_alone_decides() -> None:
    expected = ["09-26", "09-29", "09-30", "10-01", "10-02", "10-03", "10-06"]
    assert worked(PLAIN, date(2025, 9, 26), date(2025, 10, 6)) == expected


def test_exceptions_of_the_calendar_beat_country_and_week() -> None:
    day_off, extra_day = date(2025, 9, 28), date(2025, 10, 1)
    calendar = replace(CHINA, off=frozenset({day_off}), work=frozenset({extra_day}))
    assert [is_working_day(CHINA, day) for day in (day_off, extra_day)] == [True, False]
    assert [is_working_day(calendar, day) for day in (day_off, extra_day)] == [False, True]


def test_day_both_off_and_worked_is_worked() -> None:
    day = date(2026, 3, 7)
    assert is_working_day(replace(PLAIN, off=frozenset({day}), work=frozenset({day})), day)


def test_datetime_is_no_date() -> None:
    with pytest.raises(TypeError, match="not a datetime"):
        is_working_day(PLAIN, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2025-09-26", 1, "2025-09-28"),
        ("2025-09-26", 4, "2025-10-09"),
        ("2025-09-26", 7, "2025-10-13"),
        ("2025-10-13", -7, "2025-09-26"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-18", 1, "2026-02-24"),
        ("2026-02-18", -1, "2026-02-14"),
        ("2026-02-18", 0, "2026-02-18"),
        ("2025-01-01", 248, "2025-12-31"),
        ("2025-01-01", 249, "2026-01-04"),
    ],
)
def test_adding_days_in_china(start: str, days: int, expected: str) -> None:
    assert add_working_days(CHINA, date.fromisoformat(start), days) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2028-02-28", 1, "2028-02-29"),
        ("2028-02-28", 2, "2028-03-01"),
        ("2026-03-07", 0, "2026-03-07"),
        ("2026-03-07", 1, "2026-03-09"),
        ("2026-03-07", -1, "2026-03-06"),
        ("2026-03-09", -10, "2026-02-23"),
        ("2026-12-31", 1, "2027-01-01"),
        ("2026-03-02", Decimal("0.5"), "2026-03-03"),
        ("2026-03-02", Decimal("1.5"), "2026-03-04"),
        ("2026-03-04", Decimal("-1.5"), "2026-03-02"),
    ],
)
def test_adding_days_in_a_plain_week(start: str, days: int | Decimal, expected: str) -> None:
    assert add_working_days(PLAIN, date.fromisoformat(start), days) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2025-01-01", "2026-01-01", 248),
        ("2025-10-01", "2025-11-01", 18),
        ("2025-11-01", "2025-10-01", -18),
        ("2026-02-14", "2026-02-28", 5),
        ("2026-02-15", "2026-02-24", 0),
        ("2026-02-14", "2026-02-14", 0),
    ],
)
def test_counting_days_in_china(start: str, end: str, expected: int) -> None:
    assert working_days_count(CHINA, date.fromisoformat(start), date.fromisoformat(end)) == expected


def test_four_centuries_of_weekdays_need_two_spans() -> None:
    # 400 Gregorian years are 20,871 whole weeks.
    halves = (date(1800, 1, 1), date(2000, 1, 1), date(2200, 1, 1))
    assert sum(working_days_count(PLAIN, start, end) for start, end in pairwise(halves)) == 104_355


@pytest.mark.parametrize("days", [60_000, -60_000, 10**30, Decimal("1E+999999"), Decimal("NaN"), Decimal("-Infinity")])
def test_adding_too_many_days_is_refused(days: int | Decimal) -> None:
    with pytest.raises(CalendarError, match="exceeds 200 years") as refused:
        add_working_days(PLAIN, date(2026, 1, 1), days)
    assert refused.value.code == "SF530"
    assert "超过 200 年" in refused.value.message.zh


@pytest.mark.parametrize(("start", "days"), [(date.max, 1), (date.min, -1), (date(9990, 1, 1), 9000)])
def test_leaving_the_range_of_dates_is_refused(start: date, days: int) -> None:
    with pytest.raises(CalendarError, match="leaves the years 1 to 9999"):
        add_working_days(PLAIN, start, days)


def test_counting_over_centuries_is_refused() -> None:
    with pytest.raises(CalendarError, match="exceeds 200 years"):
        working_days_count(PLAIN, date(9999, 12, 31), date(2026, 1, 1))


def test_calendar_without_working_days_is_refused() -> None:
    with pytest.raises(CalendarError, match="'idle' has no working days"):
        add_working_days(replace(PLAIN, id="idle", week=()), date(2026, 1, 1), 1)


def test_calendar_of_single_days_ends() -> None:
    calendar = replace(PLAIN, week=(), work=frozenset({date(2026, 5, 2), date(2031, 5, 3)}))
    assert add_working_days(calendar, date(2026, 1, 1), 2) == date(2031, 5, 3)
    with pytest.raises(CalendarError, match="exceeds 200 years"):
        add_working_days(calendar, date(2026, 1, 1), 3)


@pytest.mark.parametrize("code", ["ZZ", "cn", "", "China", "CHN", "country_holidays"])
def test_unknown_country_is_refused(code: str) -> None:
    with pytest.raises(CalendarError, match="No holidays are known") as refused:
        is_working_day(replace(PLAIN, country=code), date(2026, 1, 1))
    assert refused.value.hint is not None
    assert "CN" in refused.value.hint.zh


def test_supported_countries_are_two_letter_codes() -> None:
    codes = supported_countries()
    assert {"CN", "DE", "US"} < set(codes)
    assert {len(code) for code in codes} == {2}


@pytest.mark.parametrize(
    ("country", "year", "expected"),
    [
        (None, 2099, False),
        ("CN", 2025, False),
        ("CN", 2026, False),
        ("CN", 2099, True),
        ("CN", 1990, False),
        ("CN", 1949, True),
        ("CN", 2150, True),
        ("DE", 2040, False),
        ("DE", 2150, True),
        ("AE", 2040, True),
    ],
)
def test_year_is_provisional_until_announced(country: str | None, year: int, *, expected: bool) -> None:
    assert is_provisional(replace(PLAIN, country=country), year) is expected


def test_every_country_listed_as_announcing_has_announcements() -> None:
    assert {code for code in _ANNOUNCED_YEARLY if (_last_announced_year(code) or 0) < 2024} == set()


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        ([(9, 12), (13, 18)], None),
        ([(9, 12), (12, 18)], None),
        ([(0, 0)], None),
        ([(9, 12), (18, 0)], None),
        ([], None),
        ([(13, 18), (9, 12)], 1),
        ([(9, 13), (12, 18)], 1),
        ([(22, 6)], 0),
        ([(9, 9)], 0),
        ([(0, 0), (9, 12)], 1),
    ],
)
def test_shifts_are_ordered_apart_and_within_the_day(hours: list[tuple[int, int]], wrong: int | None) -> None:
    shifts = tuple(Shift(time(start), time(end)) for start, end in hours)
    assert first_misplaced_shift(shifts) == (None if wrong is None else shifts[wrong])


def test_calendar_with_misplaced_shift_is_not_made() -> None:
    with pytest.raises(CalendarError, match=r"'night' the hours 22:00-06:00 are out of order"):
        replace(PLAIN, id="night", shifts=(Shift(time(22), time(6)),))


def test_equal_calendars_hash_equally() -> None:
    assert len({PLAIN, plain_calendar(UTC), CHINA}) == 2


def test_holidays_and_zones_load_only_when_a_country_is_named() -> None:
    program = """
import sys
from datetime import UTC, date
from salespm_flow.working_time import add_working_days, is_provisional, plain_calendar
calendar = plain_calendar(UTC)
add_working_days(calendar, date(2026, 1, 1), 10)
is_provisional(calendar, 2026)
print(sorted({"holidays", "zoneinfo"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@given(calendars, dates, st.integers(1, 600))
def test_days_added_are_the_days_counted(calendar: Calendar, start: date, days: int) -> None:
    end = add_working_days(calendar, start, days)
    tomorrow = timedelta(days=1)
    assert is_working_day(calendar, end)
    assert working_days_count(calendar, start + tomorrow, end + tomorrow) == days


@given(calendars, dates, st.integers(1, 600))
def test_days_taken_off_are_the_days_counted(calendar: Calendar, start: date, days: int) -> None:
    end = add_working_days(calendar, start, -days)
    assert is_working_day(calendar, end)
    assert working_days_count(calendar, end, start) == days


@given(calendars, dates, st.tuples(st.integers(0, 300), st.integers(0, 300)), st.sampled_from([1, -1]))
def test_adding_days_twice_is_adding_their_sum(
    calendar: Calendar, start: date, parts: tuple[int, int], step: int
) -> None:
    first, second = parts
    once = add_working_days(calendar, start, step * (first + second))
    assert add_working_days(calendar, add_working_days(calendar, start, step * first), step * second) == once


@given(calendars, dates, dates)
def test_count_equals_counting_one_day_at_a_time(calendar: Calendar, one: date, other: date) -> None:
    start, end = sorted((one, other))
    expected = sum(is_working_day(calendar, day) for day in days_from(start, end)[:-1])
    assert working_days_count(calendar, start, end) == expected
