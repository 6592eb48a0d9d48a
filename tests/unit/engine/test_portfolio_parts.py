"""What a portfolio holds while it counts: the greatest few of many, and a quarter's deals as sums."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.engine.measure.quarter_book import EACH, QuarterBook
from salespm_flow.engine.measure.top import Top
from salespm_flow.rules.forecast.calibration import Cohort, Odds
from salespm_flow.rules.forecast.deals import Deal
from salespm_flow.rules.forecast.distribution import spread

ODDS = {
    "lead": Odds(state="lead", declared=Decimal("0.2"), cohort=Cohort()),
    "talks": Odds(state="talks", declared=Decimal("0.6"), cohort=Cohort()),
}


@given(st.lists(st.integers(0, 20), max_size=60), st.randoms(use_true_random=False))
def test_the_greatest_few_are_the_same_in_whatever_order_they_come(values: list[int], chance: object) -> None:
    named = [(float(value), f"P{place:03}") for place, value in enumerate(values)]
    shuffled = list(named)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random of Hypothesis
    top: Top[str] = Top(5)
    for value, name in shuffled:
        top.take((value,), name, name)
    wanted = sorted(named, key=lambda one: (-one[0], one[1]))[:5]
    assert top.best() == tuple(name for _, name in wanted)


def deal(number: int, amount: int | None) -> Deal:
    worth = None if amount is None else Decimal(amount)
    state = "talks" if number % 2 else "lead"
    return Deal(state=state, amount=worth, close_on=None, labels={})


def test_few_deals_are_spread_as_the_forecast_spreads_them() -> None:
    book = QuarterBook()
    for number in range(5):
        book.expect(deal(number, 100))
    bets = [(Decimal(100), ODDS["talks" if number % 2 else "lead"].declared or Decimal(0)) for number in range(5)]
    assert book.spread(ODDS) == spread(bets)
    assert (book.deals, book.open, book.unpriced) == (5, Decimal(500), 0)


def test_many_deals_are_spread_almost_as_a_simulation_would() -> None:
    book, bets = QuarterBook(), []
    for number in range(EACH * 3):
        amount = 100 + number * 37 % 900
        book.expect(deal(number, amount))
        bets.append((Decimal(amount), ODDS["talks" if number % 2 else "lead"].declared or Decimal(0)))
    ours, drawn = book.spread(ODDS), spread(bets)
    assert ours.mean == drawn.mean
    for mine, theirs in ((ours.p10, drawn.p10), (ours.p50, drawn.p50), (ours.p90, drawn.p90)):
        assert abs(mine - theirs) < drawn.mean * Decimal("0.005")


def test_deals_without_an_amount_or_a_stage_add_nothing() -> None:
    book = QuarterBook()
    book.expect(deal(1, None))
    book.expect(Deal(state=None, amount=Decimal(50), close_on=None, labels={}))
    assert (book.deals, book.unpriced, book.spread(ODDS).mean) == (2, 1, Decimal(0))
