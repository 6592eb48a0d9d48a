"""A scorecard maps KPI values to points piecewise linearly; weights, missing values and vetoes do the rest."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.syntax import BooleanLiteral
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import MoneyOf, Scalar, SimpleType
from salespm_flow.model.rules import Criterion, Missing, Scorecard, Veto
from salespm_flow.model.source import Source
from salespm_flow.rules.scorecard import Line, Score, points, score

SPAN = Span(file="card.yaml", line=1, column=1, end_line=1, end_column=2)
TRUE = Expression(text="true", node=BooleanLiteral(value=True, start=0, end=4), place=SPAN)
D = Decimal


def cny(amount: int) -> Money:
    return Money(D(amount), "CNY")


def days(count: int) -> timedelta:
    return timedelta(days=count)


REVENUE = Criterion(
    id="revenue",
    kpi="revenue",
    weight=D("0.6"),
    floor=cny(0),
    target=cny(1000),
    stretch=cny(1200),
    span=SPAN,
    type=MoneyOf("CNY"),
)
CYCLE = Criterion(
    id="cycle",
    kpi="cycle",
    weight=D("0.4"),
    floor=days(100),
    target=days(50),
    stretch=days(40),
    span=SPAN,
    type=SimpleType(Scalar.DURATION),
)


def veto(name: str, cap: str) -> Veto:
    return Veto(id=name, when=TRUE, cap=cap, message=Bilingual("否决", "Veto"), span=SPAN)


CARD = Scorecard(
    id="card",
    version=1,
    title=Bilingual("考核", "Card"),
    source=Source(kind="scorecard", id="card", version=1, path="card.yaml", text="", digest=""),
    subject="team",
    missing=Missing.EXCLUDE,
    criteria={"revenue": REVENUE, "cycle": CYCLE},
    grades={"A": D(90), "B": D(75), "C": D(60), "D": D(0)},
    veto={"gates": veto("gates", "C"), "fraud": veto("fraud", "D")},
    span=SPAN,
)
CLEAR: Mapping[str, bool | None] = {"gates": False, "fraud": False}


@pytest.mark.parametrize(
    ("amount", "earned"), [(-5, 0), (0, 0), (250, 25), (1000, 100), (1100, 110), (1200, 120), (9000, 120)]
)
def test_points_rise_from_floor_over_target_to_stretch(amount: int, earned: int) -> None:
    assert points(REVENUE, cny(amount)) == D(earned)


@pytest.mark.parametrize(
    ("length", "earned"), [(120, 0), (100, 0), (75, 50), (50, 100), (45, 110), (40, 120), (1, 120)]
)
def test_less_is_better_where_the_floor_is_above_the_target(length: int, earned: int) -> None:
    assert points(CYCLE, days(length)) == D(earned)


def test_without_a_stretch_nothing_earns_more_than_the_target() -> None:
    assert points(replace(REVENUE, stretch=None), cny(5000)) == D(100)


def test_floor_equal_to_target_is_a_threshold() -> None:
    threshold = replace(REVENUE, floor=cny(1000), stretch=None)
    assert [points(threshold, cny(amount)) for amount in (999, 1000)] == [D(0), D(100)]


def test_value_of_another_kind_has_no_points() -> None:
    foreign: tuple[Value, ...] = (None, D(1000), Money(D(1000), "USD"), days(3))
    assert [points(REVENUE, value) for value in foreign] == [None, None, None, None]


@given(st.integers(-2000, 2000), st.integers(-2000, 2000))
def test_points_never_fall_as_the_value_gets_better(first: int, second: int) -> None:
    low, high = sorted((first, second))
    assert D(0) <= (points(REVENUE, cny(low)) or D(0)) <= (points(REVENUE, cny(high)) or D(0)) <= D(120)


def test_total_is_the_weighted_mean_and_gives_the_grade() -> None:
    # 0.6 x 80 + 0.4 x 110 = 92
    assert score(CARD, {"revenue": cny(800), "cycle": days(45)}, CLEAR) == Score(
        card="card",
        total=D(92),
        grade="A",
        earned="A",
        lines=(
            Line(criterion="revenue", value=cny(800), points=D(80), weight=D("0.6")),
            Line(criterion="cycle", value=days(45), points=D(110), weight=D("0.4")),
        ),
        missing=(),
        capped_by=(),
        undecided=(),
    )


def test_missing_kpi_is_left_out_and_the_other_weights_fill_the_card() -> None:
    result = score(CARD, {"revenue": cny(800)}, CLEAR)
    assert (result.total, result.grade, result.missing) == (D(80), "B", ("cycle",))


def test_missing_kpi_counts_zero_where_the_card_says_so() -> None:
    result = score(replace(CARD, missing=Missing.ZERO), {"revenue": cny(800)}, CLEAR)
    assert (result.total, result.grade, result.missing) == (D(48), "D", ("cycle",))


@pytest.mark.parametrize("missing", list(Missing))
def test_card_without_any_value_has_neither_total_nor_grade(missing: Missing) -> None:
    result = score(replace(CARD, missing=missing), {}, {"gates": True})
    assert (result.total, result.grade, result.missing, result.capped_by) == (None, None, ("revenue", "cycle"), ())


def test_true_veto_caps_a_better_grade_and_the_worst_cap_wins() -> None:
    values: Mapping[str, Value] = {"revenue": cny(1000), "cycle": days(50)}
    one = score(CARD, values, {"gates": True, "fraud": False})
    both = score(CARD, values, {"gates": True, "fraud": True})
    assert (one.total, one.earned, one.grade, one.capped_by) == (D(100), "A", "C", ("gates",))
    assert (both.grade, both.capped_by) == ("D", ("gates", "fraud"))


def test_veto_never_lifts_a_worse_grade() -> None:
    result = score(CARD, {"revenue": cny(0), "cycle": days(100)}, {"gates": True, "fraud": False})
    assert (result.total, result.grade, result.capped_by) == (D(0), "D", ())


def test_unknown_veto_lowers_nothing_and_is_named() -> None:
    result = score(CARD, {"revenue": cny(1000)}, {"gates": None})
    assert (result.grade, result.capped_by, result.undecided) == ("A", (), ("gates", "fraud"))
