"""Values as JSON: one type for each kind of value, whatever the value."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.engine.answers import plain
from salespm_flow.expr.values import Money, Months, Value, WorkingDays


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Decimal(1), "1"),
        (Decimal("0.150"), "0.15"),
        (Decimal("1E+3"), "1000"),
        (Decimal("12.00"), "12"),
        (Decimal(0), "0"),
        (Decimal("1E+100"), "1E+100"),
        (Money(Decimal("5.50"), "CNY"), {"amount": "5.5", "currency": "CNY"}),
        ((Decimal(1), Decimal("0.5")), ["1", "0.5"]),
        (timedelta(hours=1), "3600s"),
        (timedelta(days=16, seconds=38155, microseconds=641509), "1420555.641509s"),
        (-timedelta(milliseconds=1500), "-1.5s"),
        (WorkingDays(Decimal("1E+1")), "10wd"),
        (Months(-1), "-1mo"),
    ],
)
def test_number_is_its_exact_text(value: Value, told: object) -> None:
    assert plain(value) == told


@given(st.timedeltas())
def test_text_of_a_duration_is_exact_so_that_no_two_share_one(span: timedelta) -> None:
    told = plain(span)
    assert isinstance(told, str)
    assert Decimal(told.removesuffix("s")) * 1_000_000 == span // timedelta(microseconds=1)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_text_of_a_number_reads_back_as_the_number(number: Decimal) -> None:
    told = plain(number)
    assert isinstance(told, str)
    assert Decimal(told) == number
