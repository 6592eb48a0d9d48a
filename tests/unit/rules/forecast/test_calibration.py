"""Calibrated probabilities, their intervals and the score of predictions, against figures worked out by hand."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.rules.forecast.calibration import Bin, Cohort, Cohorts, Verdict, judge, share, wilson


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [
        # (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.959964
        (8, 10, ("0.490162", "0.943318")),
        (50, 100, ("0.403832", "0.596168")),
        (0, 10, ("0", "0.277533")),
        (10, 10, ("0.722467", "1")),
        (1, 1, ("0.206549", "1")),
    ],
)
def test_interval_is_wilsons(hits: int, of: int, interval: tuple[str, str]) -> None:
    assert wilson(hits, of) == tuple(map(Decimal, interval))


def test_nothing_has_no_share_and_no_interval() -> None:
    assert (wilson(0, 0), share(0, 0), Cohort(open=7).rate) == (None, None, None)


@given(st.integers(0, 500), st.integers(0, 500))
def test_interval_holds_the_rate_and_stays_within_one(won: int, lost: int) -> None:
    cohort = Cohort(won=won, lost=lost)

    if cohort.rate is None or cohort.interval is None:
        assert won + lost == 0
    else:
        low, high = cohort.interval
        assert 0 <= low <= cohort.rate <= high <= 1


def test_cohort_counts_each_project_once_and_open_ones_apart() -> None:
    cohorts = Cohorts()
    cohorts.take({"lead", "talks"}, is_success=True)
    cohorts.take({"lead"}, is_success=False)
    cohorts.take({"lead", "talks"}, is_success=None)

    assert cohorts.of("lead") == Cohort(won=1, lost=1, open=1)
    assert cohorts.of("talks") == Cohort(won=1, lost=0, open=1)
    assert cohorts.of("talks").rate == Decimal(1)
    assert cohorts.of("never") == Cohort()


def test_brier_score_is_the_mean_square_miss_and_the_table_tells_it_by_tenths() -> None:
    told = [(Decimal("0.8"), True), (Decimal("0.85"), False), (Decimal("0.2"), False), (Decimal(1), True)]

    # The squares of 0.2, 0.85, 0.2 and 0 are 0.8025 together; a quarter of it.
    assert judge(Counter(told)) == Verdict(
        count=4,
        brier=Decimal("0.200625"),
        table=(
            Bin(low=Decimal("0.2"), high=Decimal("0.3"), count=1, predicted=Decimal("0.2"), realised=Decimal(0)),
            Bin(low=Decimal("0.8"), high=Decimal("0.9"), count=2, predicted=Decimal("0.825"), realised=Decimal("0.5")),
            Bin(low=Decimal("0.9"), high=Decimal(1), count=1, predicted=Decimal(1), realised=Decimal(1)),
        ),
    )


def test_no_prediction_has_no_score() -> None:
    assert judge({}) == Verdict(count=0, brier=None, table=())
