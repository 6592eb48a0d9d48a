"""A text becomes the days that count, and the days tell how many months, weeks and working days they are."""

from datetime import UTC, date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.model.rules import Per
from salespm_flow.rules.period import ALWAYS, Period, count_of, facts_of, read_period
from salespm_flow.working_time import plain_calendar

CALENDAR = plain_calendar(UTC)


def days(first: str, last: str) -> Period:
    return Period(start=date.fromisoformat(first), end=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026", days("2026-01-01", "2026-12-31")),
        ("2026-H2", days("2026-07-01", "2026-12-31")),
        ("2026-Q2", days("2026-04-01", "2026-06-30")),
        ("2026-q4", days("2026-10-01", "2026-12-31")),
        ("2024-02", days("2024-02-01", "2024-02-29")),
        ("2026-W01", days("2025-12-29", "2026-01-04")),
        (" 2026-04-05 ", days("2026-04-05", "2026-04-05")),
        ("2026-04-05..2026-04-07", days("2026-04-05", "2026-04-07")),
        ("2026-Q1..2026-04", days("2026-01-01", "2026-04-30")),
        ("2026-04..", Period(start=date(2026, 4, 1))),
        ("..2026-04", Period(end=date(2026, 4, 30))),
        *((text, None) for text in ("", "..", "2026-Q5", "2026-13", "2026-02-30", "2026-W60", "26", "二〇二六")),
        *((text, None) for text in ("2026-05..2026-04", "2026-04-05..x", "9999", "0000", "2026-Q2-1", "2026/04")),
    ],
)
def test_text_is_read_as_a_period(text: str, period: Period | None) -> None:
    assert read_period(text) == period


@pytest.mark.parametrize(
    ("period", "per", "count"),
    [
        (days("2026-04-01", "2026-06-30"), Per.MONTH, Decimal(3)),
        (days("2026-04-01", "2026-06-30"), Per.QUARTER, Decimal(1)),
        (days("2026-01-01", "2026-12-31"), Per.YEAR, Decimal(1)),
        (days("2026-04-16", "2026-05-31"), Per.MONTH, Decimal("1.5")),
        (days("2026-04-01", "2026-04-15"), Per.MONTH, Decimal("0.5")),
        (days("2026-04-06", "2026-04-19"), Per.WEEK, Decimal(2)),
        (days("2026-04-06", "2026-04-12"), Per.DAY, Decimal(7)),
        (days("2026-04-06", "2026-04-12"), Per.WORKING_DAY, Decimal(5)),
        (days("2026-04-11", "2026-04-12"), Per.WORKING_DAY, Decimal(0)),
        (Period(start=date(1, 1, 1), end=date(9999, 12, 31)), Per.WORKING_DAY, None),
        (Period(start=date(2026, 1, 1)), Per.MONTH, None),
        (ALWAYS, Per.DAY, None),
    ],
)
def test_period_has_so_many_of_them(period: Period, per: Per, count: Decimal | None) -> None:
    assert count_of(period, per, CALENDAR) == count


def test_expressions_see_the_facts_of_a_period_and_null_of_an_open_one() -> None:
    week = days("2026-04-06", "2026-04-12")
    assert facts_of(week, CALENDAR) == {
        "start": date(2026, 4, 6),
        "end": date(2026, 4, 12),
        "days": Decimal(7),
        "working_days": Decimal(5),
    }
    assert set(facts_of(ALWAYS, CALENDAR).values()) == {None}


@given(st.dates(), st.dates())
def test_months_of_adjoining_periods_add_up(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    whole = count_of(Period(start=first.replace(day=1), end=last), Per.MONTH, CALENDAR)
    tail = count_of(Period(start=first, end=last), Per.MONTH, CALENDAR)
    assert whole is not None
    assert tail is not None
    assert Decimal(0) < tail <= whole
    assert whole - tail < 1


@given(st.text(max_size=24))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read_period(text)
    assert found is None or found.start is None or found.end is None or found.start <= found.end
