"""The spread of a sum of amounts, against distributions worked out by hand and by enumeration."""

from decimal import Decimal
from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespm_flow.rules.forecast.distribution import RUNS, Bet, Spread, spread

HALF = Decimal("0.5")


def bets(*pairs: tuple[int, str]) -> list[Bet]:
    return [(Decimal(amount), Decimal(chance)) for amount, chance in pairs]


def of(mean: str, p10: str, p50: str, p90: str) -> Spread:
    return Spread(mean=Decimal(mean), p10=Decimal(p10), p50=Decimal(p50), p90=Decimal(p90))


@pytest.mark.parametrize(
    ("given_bets", "expected"),
    [
        # Sums 0, 100, 200, 300 with a quarter each: not above 100 in one half of all cases.
        (bets((100, "0.5"), (200, "0.5")), of("150", "0", "100", "300")),
        # 0 with 0.25, 100 with 0.5, 200 with 0.25.
        (bets((100, "0.5"), (100, "0.5")), of("100", "0", "100", "200")),
        (bets((100, "0.9")), of("90", "0", "100", "100")),
        (bets((100, "0.95")), of("95", "100", "100", "100")),
        (bets((100, "0"), (70, "1")), of("70", "70", "70", "70")),
        (bets((0, "0.5")), of("0", "0", "0", "0")),
        ([], of("0", "0", "0", "0")),
    ],
)
def test_spread_is_that_worked_out_by_hand(given_bets: list[Bet], expected: Spread) -> None:
    assert spread(given_bets) == expected


def test_what_is_won_shifts_everything() -> None:
    assert spread(bets((100, "0.5")), base=Decimal(1000)) == of("1050", "1000", "1000", "1100")


CHANCES = st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.25"), HALF, Decimal("0.8"), Decimal(1)])
AMOUNTS = st.integers(0, 40).map(Decimal)


@given(st.lists(st.tuples(AMOUNTS, CHANCES), max_size=8))
def test_exact_spread_is_that_of_all_cases(held: list[Bet]) -> None:
    cases: dict[Decimal, float] = {}
    for came in product((False, True), repeat=len(held)):
        total = sum((amount for (amount, _), is_in in zip(held, came, strict=True) if is_in), Decimal(0))
        chance = prod(float(p if is_in else 1 - p) for (_, p), is_in in zip(held, came, strict=True))
        cases[total] = cases.get(total, 0.0) + chance

    def at(quantile: float) -> Decimal:
        below = 0.0
        for total in sorted(cases):
            below += cases[total]
            if below >= quantile - 1e-9:
                return total
        raise AssertionError

    found = spread(held)

    assert (found.p10, found.p50, found.p90, found.runs) == (at(0.1), at(0.5), at(0.9), 0)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.integers(-500, 500).map(Decimal), CHANCES), min_size=30, max_size=60))
def test_simulation_comes_near_the_exact_spread_and_is_the_same_each_time(held: list[Bet]) -> None:
    exact, drawn = spread(held, limit=10**9), spread(held, limit=0)
    deviation = sum(float(amount) ** 2 * float(p * (1 - p)) for amount, p in held) ** 0.5

    assert drawn == spread(list(reversed(held)), limit=0)
    assert drawn.runs in {0, RUNS}
    assert drawn.mean == exact.mean
    for name in ("p10", "p50", "p90"):
        assert abs(getattr(drawn, name) - getattr(exact, name)) <= 0.2 * deviation + 500
