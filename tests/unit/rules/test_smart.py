"""SMART, letter by letter."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.fields import MoneyOf
from salespm_flow.model.goals import Goal
from salespm_flow.model.rules import Basis, Better, Kpi
from salespm_flow.rules.smart import Letter, Verdict, smart

SPAN = Span(file="g.yaml", line=1, column=1, end_line=1, end_column=2)
REVENUE = Kpi(
    id="revenue",
    title=Bilingual("销售额", "Revenue"),
    unit="USD",
    better=Better.HIGHER,
    of="projects",
    workflow="deals",
    basis=Basis.OUTCOME,
    source=Bilingual("", ""),
    span=SPAN,
)


def usd(amount: int) -> Money:
    return Money(Decimal(amount), "USD")


WHOLE = Goal(
    id="quarter",
    title=Bilingual("季度", "Quarter"),
    span=SPAN,
    kpi="revenue",
    scope=Bilingual("华东", "East"),
    who=Party(PartyKind.ROLE, "sales_manager"),
    type=MoneyOf("USD"),
    baseline=usd(800),
    target=usd(1000),
    ceiling=usd(1200),
    starts_on=date(2026, 4, 1),
    ends_on=date(2026, 6, 30),
)


def failing(goal: Goal, kpi: Kpi | None = REVENUE, users: tuple[str, ...] = ("deals",)) -> Mapping[str, Verdict]:
    return {one.letter.value: one for one in smart(goal, kpi, parent=None, users=users) if not one.holds}


def test_a_whole_goal_holds_all_five_letters() -> None:
    verdicts = smart(WHOLE, REVENUE, parent=None, users=("deals",))
    assert [(verdict.letter, verdict.holds, verdict.fixes) for verdict in verdicts] == [
        (letter, True, ()) for letter in Letter
    ]
    assert verdicts[1].reason == Bilingual("销售额达到 1000 USD", "Revenue of 1000 USD")


@pytest.mark.parametrize(
    ("change", "letters", "fixes"),
    [
        ({"who": None}, "S", ("who: sales_manager",)),
        ({"scope": None}, "S", ("scope: {zh: 全部产品与客户, en: All products and customers}",)),
        ({"target": usd(700)}, "A", ("target: 1200 USD",)),
        ({"target": usd(800)}, "A", ("target: 1200 USD",)),
        ({"target": usd(1500)}, "A", ("target: 1200 USD",)),
        ({"ends_on": None}, "T", ("ends_on: 2026-12-31",)),
        ({"ends_on": date(2026, 4, 1)}, "T", ("ends_on: 2026-12-31",)),
    ],
)
def test_a_letter_fails_alone_with_what_to_write(
    change: Mapping[str, object], letters: str, fixes: tuple[str, ...]
) -> None:
    found = failing(replace(WHOLE, **change))  # type: ignore[arg-type]  # the keys are fields of the goal
    assert "".join(found) == letters
    assert found[letters].fixes == fixes


def test_a_goal_that_nothing_uses_is_not_relevant() -> None:
    assert "".join(failing(WHOLE, users=())) == "R"


def test_a_goal_serving_another_is_relevant() -> None:
    verdicts = smart(WHOLE, REVENUE, parent=WHOLE, users=())
    assert verdicts[3].reason == Bilingual("服务于上级目标“季度”", "serves the goal Quarter")


def test_an_empty_goal_fails_every_letter() -> None:
    empty = Goal(id="x", title=Bilingual("x", "x"), span=SPAN)
    assert "".join(failing(empty, None, ())) == "SMART"


def test_a_ceiling_and_a_baseline_are_proposed_around_the_target() -> None:
    found = failing(replace(WHOLE, baseline=None, ceiling=None))
    assert [fix.partition("  #")[0] for fix in found["A"].fixes] == ["baseline: 900 USD", "ceiling: 1100 USD"]


@pytest.mark.parametrize(
    ("baseline", "target", "ceiling", "letters"),
    [("60", "45", "30", ""), ("60", "70", "30", "A"), ("60", "20", "30", "A")],
)
def test_where_less_is_better_the_ceiling_is_the_least(baseline: str, target: str, ceiling: str, letters: str) -> None:
    amounts: dict[str, Value] = {
        "baseline": Decimal(baseline),
        "target": Decimal(target),
        "ceiling": Decimal(ceiling),
    }
    goal = replace(WHOLE, **amounts)  # type: ignore[arg-type]  # as above
    kpi = replace(REVENUE, unit="count", better=Better.LOWER)
    assert "".join(failing(goal, kpi)) == letters


def test_a_target_in_another_currency_is_not_measurable() -> None:
    found = failing(WHOLE, replace(REVENUE, unit="CNY"))
    assert found["M"].fixes == ("target: 1000000 CNY",)
