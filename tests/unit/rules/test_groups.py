"""A formula over groups gives the same answer from one pass as over the lists of the rows of each group."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.types import ListType, MoneyType, Typed
from salespm_flow.expr.values import Money, Value
from salespm_flow.rules.groups import LoweredGroups, lower_groups
from salespm_flow.rules.kpi import evaluate_kpis, plan_kpis
from salespm_flow.rules.lower import RowsNeeded
from tests.unit.rules.test_kpi import NAMES, deal, expression, kpi, scope_of, tree

GROUPED = {**NAMES, "groups": Typed(ListType(NAMES["projects"]))}


@pytest.mark.parametrize(
    "formula",
    [
        "count(groups)",
        "count(groups[count(item) >= 2])",
        "sum(for g in groups return sum(g.amount))",
        "count(groups[sum(item.score) > 1][count(item[score > 0]) > 0])",
        "if some g in groups satisfies count(g) > 2 then 1 else 0",
        "mean(for g in groups return max(g[score > 1].score)) + count(projects)",
        "median(for g in groups return count(g))",
    ],
)
def test_formula_over_groups_is_lowered(formula: str) -> None:
    assert isinstance(lower_groups(tree(formula), "groups"), LoweredGroups)


@pytest.mark.parametrize(
    "formula",
    [
        "groups[1]",
        "count(groups[1])",
        "sum(for g in groups return count(groups))",
        "sum(for g in groups return g[1].score)",
    ],
)
def test_formula_that_needs_the_rows_of_its_groups_says_so(formula: str) -> None:
    lowered = lower_groups(tree(formula), "groups")
    plan = plan_kpis((replace(kpi("k", formula=formula), by=expression("owner")),), NAMES)

    assert isinstance(lowered, RowsNeeded) or plan.materialised == ("k",)


_ROWS = st.lists(
    st.builds(
        lambda amount, owner, score: deal(amount, "won", owner=owner, score=Decimal(score)),
        st.one_of(st.none(), st.integers(-90, 90)),
        st.sampled_from(["wang", "he", "li", None]),
        st.integers(-3, 3),
    ),
    max_size=9,
).map(tuple)
_FORMULAS = st.sampled_from(
    [
        'money(count(groups), "CNY")',
        'money(count(groups[count(item) >= 2]), "CNY")',
        "sum(for g in groups return sum(g.amount))",
        "max(for g in groups return sum(g[score > 0].amount))",
        "sum(for g in groups[count(item) > 1] return default(min(g.amount), 3))",
        "sum(for g in groups return if count(g[score > 0]) > 0 then max(g.amount) else mean(g.amount))",
        "sum(for g in groups return g[1].amount)",
        "median(for g in groups return sum(for p in g return p.amount * p.score))",
    ]
)


@given(rows=_ROWS, formula=_FORMULAS)
def test_one_pass_equals_evaluation_over_the_lists_of_each_group(
    rows: tuple[Mapping[str, Value], ...], formula: str
) -> None:
    one = replace(kpi("k", formula=formula, unit="CNY"), by=expression("owner"))
    assert check(tree(formula), GROUPED, MoneyType("CNY")).problems == ()

    answer = evaluate_kpis(plan_kpis((one,), NAMES), iter(rows), scope_of)["k"].value

    lists: dict[str, list[Mapping[str, Value]]] = {}
    for row in rows:
        if isinstance(owner := row["owner"], str):
            lists.setdefault(owner, []).append(row)
    run = compile_node(tree(formula), GROUPED, MoneyType("CNY"))
    wanted = run(scope_of({"projects": rows, "groups": tuple(map(tuple, lists.values()))}))
    assert (answer, type(answer)) == (wanted, type(wanted))
    assert answer is None or isinstance(answer, Money)
