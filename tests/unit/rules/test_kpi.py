"""KPIs are answered all together in one pass, exactly as if each were evaluated over the list of its rows."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.types import (
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    PERCENT,
    TEXT,
    EnumType,
    ListType,
    MoneyType,
    RecordType,
    Typed,
)
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.expression import Expression
from salespm_flow.model.rules import Basis, Better, Kpi
from salespm_flow.rules.absence import CYCLE, ZERO_DENOMINATOR, mixed_currencies
from salespm_flow.rules.kpi import KpiResult, Period, evaluate_kpis, plan_kpis
from salespm_flow.working_time import plain_calendar

SPAN = Span(file="kpis.yaml", line=1, column=1, end_line=1, end_column=2)
COLUMNS: Mapping[str, Typed] = {
    "amount": Typed(MoneyType("CNY"), nullable=True),
    "cost": Typed(MoneyType("CNY"), nullable=True),
    "score": Typed(NUMBER),
    "owner": Typed(TEXT),
    "outcome": Typed(EnumType(("won", "lost")), nullable=True),
    "opened_at": Typed(DATETIME),
    "outcome_at": Typed(DATETIME, nullable=True),
    "closed_at": Typed(DATETIME, nullable=True),
    "cycle_time": Typed(DURATION, nullable=True),
    "probability": Typed(PERCENT, nullable=True),
}
NAMES: Mapping[str, Typed] = {
    "projects": Typed(ListType(Typed(RecordType(COLUMNS)))),
    "period": Typed(RecordType({"start": Typed(DATE, nullable=True), "end": Typed(DATE, nullable=True)})),
}
NOW = datetime(2026, 4, 1, tzinfo=UTC)


class NoStays:
    def is_in(self, state: str) -> bool:
        raise AssertionError(state)

    def entered_at(self, state: str) -> datetime | None:
        raise AssertionError(state)

    def changed_at(self, name: str) -> datetime | None:
        raise AssertionError(name)


def scope_of(names: Mapping[str, Value]) -> Scope:
    return Scope(names=names, now=NOW, zone=UTC, calendar=plain_calendar(UTC), stays=NoStays())


def expression(text: str) -> Expression:
    return Expression(text=text, node=tree(text), place=SPAN)


def tree(text: str) -> Node:
    parsed = parse(text)
    assert parsed.node is not None, parsed.problems
    return parsed.node


def kpi(
    name: str,
    *,
    formula: str | None = None,
    share: tuple[str, str] | None = None,
    where: str | None = None,
    unit: str = "count",
    basis: Basis = Basis.AS_OF,
) -> Kpi:
    return Kpi(
        id=name,
        title=Bilingual(name, name),
        unit=unit,
        better=Better.HIGHER,
        of="projects",
        workflow="pipeline",
        basis=basis,
        source=Bilingual("实践", "practice"),
        span=SPAN,
        where=None if where is None else expression(where),
        formula=None if formula is None else expression(formula),
        numerator=None if share is None else expression(share[0]),
        denominator=None if share is None else expression(share[1]),
    )


def cny(amount: str | int) -> Money:
    return Money(Decimal(amount), "CNY")


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 12, tzinfo=UTC)


def deal(amount: int | None, outcome: str | None, **given: Value) -> Mapping[str, Value]:
    row: dict[str, Value] = dict.fromkeys(COLUMNS)
    row |= {
        "amount": None if amount is None else cny(amount),
        "outcome": outcome,
        "score": Decimal(1),
        "owner": "wang",
        "opened_at": day(1),
    }
    return MappingProxyType({**row, **given})


DEALS = (
    deal(100, "won", cost=cny(60), cycle_time=timedelta(days=10), probability=Decimal(1), outcome_at=day(11)),
    deal(300, "won", cost=cny(240), cycle_time=timedelta(days=25), probability=Decimal(1), outcome_at=day(26)),
    deal(50, "lost", cost=cny(10), cycle_time=timedelta(days=4), probability=Decimal(0), outcome_at=day(5)),
    deal(200, None, probability=Decimal("0.25")),
    deal(80, None, probability=Decimal("0.5")),
)


def values(*kpis: Kpi, rows: tuple[Mapping[str, Value], ...] = DEALS) -> list[Value]:
    return [result.value for result in evaluate_kpis(plan_kpis(kpis, NAMES), rows, scope_of).values()]


def test_all_kpis_are_answered_in_one_pass_over_a_stream() -> None:
    kpis = (
        kpi("won", where='outcome = "won"', formula="count(projects)"),
        kpi("revenue", where='outcome = "won"', formula="sum(projects.amount)", unit="CNY"),
        kpi("deal", where='outcome = "won"', formula="mean(projects.amount)", unit="CNY"),
        kpi("cycle", where='outcome = "won"', formula="mean(projects.cycle_time)", unit="d"),
        kpi("biggest", formula="max(projects.amount)", unit="CNY"),
        kpi("smallest", formula="min(projects.amount)", unit="CNY"),
        kpi(
            "weighted",
            where="outcome = null",
            formula="sum(for p in projects return p.amount * p.probability)",
            unit="CNY",
        ),
    )
    plan = plan_kpis(kpis, NAMES)
    stream: Iterator[Mapping[str, Value]] = iter(DEALS)
    assert plan.materialised == ()
    assert evaluate_kpis(plan, stream, scope_of) == {
        "won": KpiResult(kpi=kpis[0], value=Decimal(2), population=2),
        "revenue": KpiResult(kpi=kpis[1], value=cny(400), population=2),
        "deal": KpiResult(kpi=kpis[2], value=cny(200), population=2),
        "cycle": KpiResult(kpi=kpis[3], value=timedelta(days=17, hours=12), population=2),
        "biggest": KpiResult(kpi=kpis[4], value=cny(300), population=5),
        "smallest": KpiResult(kpi=kpis[5], value=cny(50), population=5),
        "weighted": KpiResult(kpi=kpis[6], value=cny("90.00"), population=2),
    }


def test_share_carries_its_numerator_and_denominator() -> None:
    won = 'count(projects[outcome = "won"])'
    rate = kpi("rate", where="outcome != null", share=(won, "count(projects)"), unit="percent")
    every = kpi("all", share=(won, "count(projects)"), unit="percent")
    margin = kpi(
        "margin",
        where='outcome = "won"',
        share=("sum(projects.amount) - sum(projects.cost)", "sum(projects.amount)"),
        unit="percent",
    )
    results = evaluate_kpis(plan_kpis((rate, every, margin), NAMES), DEALS, scope_of)
    assert str(results["rate"].value) == "0." + "6" * 33 + "7"
    assert (results["rate"].numerator, results["rate"].denominator, results["rate"].population) == (2, 3, 3)
    assert results["all"].value == Decimal("0.4")
    assert results["margin"] == KpiResult(
        kpi=margin, value=Decimal("0.25"), population=2, numerator=cny(100), denominator=cny(400)
    )


def test_zero_denominator_is_not_available_and_never_zero() -> None:
    rate = kpi("rate", share=("count(projects)", "count(projects)"), unit="percent")
    assert evaluate_kpis(plan_kpis((rate,), NAMES), (), scope_of) == {
        "rate": KpiResult(
            kpi=rate, value=None, population=0, numerator=Decimal(0), denominator=Decimal(0), absence=ZERO_DENOMINATOR
        )
    }


def test_over_no_rows_a_sum_is_zero_of_its_type_and_a_mean_is_absent() -> None:
    kpis = (
        kpi("sum", formula="sum(projects.amount)", unit="CNY"),
        kpi("hours", formula="sum(projects.cycle_time)", unit="h"),
        kpi("count", formula="count(projects)"),
        kpi("mean", formula="mean(projects.amount)", unit="CNY"),
        kpi("max", formula="max(projects.score)"),
    )
    assert values(*kpis, rows=()) == [cny(0), timedelta(0), Decimal(0), None, None]


def test_unknown_amount_makes_the_sum_unknown_but_is_counted() -> None:
    rows = (deal(100, "won"), deal(None, "won"), deal(5, "won"))
    kpis = (
        kpi("sum", formula="sum(projects.amount)", unit="CNY"),
        kpi("min", formula="min(projects.amount)", unit="CNY"),
        kpi("count", formula="count(projects.amount)"),
        kpi("known", where="amount != null", formula="sum(projects.amount)", unit="CNY"),
    )
    assert values(*kpis, rows=rows) == [None, None, Decimal(3), cny(105)]


@pytest.mark.parametrize(
    ("basis", "period", "population"),
    [
        (Basis.AS_OF, Period(start=date(2030, 1, 1)), 5),
        (Basis.CREATED, Period(start=date(2026, 3, 1), end=date(2026, 3, 1)), 5),
        (Basis.CREATED, Period(start=date(2026, 3, 2)), 0),
        (Basis.OUTCOME, Period(), 3),
        (Basis.OUTCOME, Period(start=date(2026, 3, 11), end=date(2026, 3, 26)), 2),
        (Basis.OUTCOME, Period(end=date(2026, 3, 10)), 1),
        (Basis.CLOSED, Period(), 0),
    ],
)
def test_basis_puts_a_row_into_the_period(basis: Basis, period: Period, population: int) -> None:
    plan = plan_kpis((kpi("deals", formula="count(projects)", basis=basis),), NAMES)
    results = evaluate_kpis(plan, DEALS, scope_of, period)
    assert (results["deals"].value, results["deals"].population) == (Decimal(population), population)


def test_formula_may_ask_for_the_period() -> None:
    plan = plan_kpis((kpi("late", formula="count(projects[date(opened_at) < period.start])"),), NAMES)
    assert evaluate_kpis(plan, DEALS, scope_of, Period(start=date(2026, 3, 2)))["late"].value == Decimal(5)


def test_formula_that_needs_all_rows_says_so_and_is_still_right() -> None:
    kpis = (
        kpi("owners", formula="count(distinct values(projects.owner))"),
        kpi("third", formula="projects[3].amount", unit="CNY"),
        kpi("won", where='outcome = "won"', formula="count(projects)"),
    )
    plan = plan_kpis(kpis, NAMES)
    # The owners alone are kept for the first, whole rows for the second.
    assert plan.materialised == ("third",)
    assert [one.value for one in evaluate_kpis(plan, DEALS, scope_of).values()] == [Decimal(1), cny(50), Decimal(2)]


def test_plan_names_the_columns_that_are_read() -> None:
    kpis = (
        kpi("won", where='outcome = "won"', formula="sum(projects[score > 1].amount)", unit="CNY", basis=Basis.OUTCOME),
        kpi("weighted", formula="sum(for p in projects return p.cost * p.probability)", unit="CNY"),
    )
    assert plan_kpis(kpis, NAMES).columns == {"outcome", "score", "amount", "cost", "probability", "outcome_at"}


def test_equal_expressions_of_many_kpis_are_one_cell_and_one_slot() -> None:
    won = 'count(projects[outcome = "won"])'
    kpis = (
        kpi("rate", share=(won, "count(projects)"), unit="percent"),
        kpi("odds", share=(won, 'count(projects[outcome = "lost"])'), unit="ratio"),
    )
    plan = plan_kpis(kpis, NAMES)
    assert (len(plan.cells), [len(population.slots) for population in plan.populations]) == (2, [3])


def test_plan_of_no_kpis_answers_nothing() -> None:
    assert evaluate_kpis(plan_kpis((), NAMES), DEALS, scope_of) == {}


_ROWS = st.lists(
    st.builds(
        lambda amount, cost, score, outcome, days, probability: deal(
            amount,
            outcome,
            cost=cost,
            score=Decimal(score),
            cycle_time=None if days is None else timedelta(days=days),
            probability=probability,
        ),
        st.one_of(st.none(), st.integers(-500, 500)),
        st.one_of(st.none(), st.integers(-500, 500).map(cny)),
        st.integers(-3, 3),
        st.sampled_from([None, "won", "lost"]),
        st.one_of(st.none(), st.integers(0, 90)),
        st.sampled_from([None, Decimal(0), Decimal("0.35"), Decimal(1)]),
    ),
    max_size=8,
).map(tuple)
_FILTERS = st.lists(
    st.sampled_from(
        [
            'outcome = "won"',
            "outcome = null",
            "amount > 10",
            "amount < cost or score > 0",
            "not(amount != null)",
            "amount != null and cost != null",
            "probability >= 35%",
            "score in [-1..2]",
            "cycle_time < 40d",
        ]
    ),
    max_size=2,
).map(lambda tests: "projects" + "".join(f"[{test}]" for test in tests))
_AMOUNTS = st.builds(
    lambda function, rows, shape: f"{function}({shape.format(rows)})",
    st.sampled_from(["sum", "mean", "min", "max"]),
    _FILTERS,
    st.sampled_from(
        [
            "{}.amount",
            "{}.cost",
            "for p in {} return p.amount * p.probability",
            "for p in {} return if p.amount > p.cost then p.amount - p.cost else p.cost * p.score",
            "for amount in {} return default(amount.amount, 5)",
        ]
    ),
)
_COUNTS = st.builds(lambda rows: f"count({rows})", _FILTERS)
_FORMULAS = st.one_of(
    _AMOUNTS,
    st.builds("{} + {}".format, _AMOUNTS, _AMOUNTS),
    st.builds("{} / {}".format, _AMOUNTS, _COUNTS),
    st.builds("if {} > {} then {} else {}".format, _COUNTS, _COUNTS, _AMOUNTS, _AMOUNTS),
    st.builds("default({}, {} * 2)".format, _AMOUNTS, _AMOUNTS),
    st.builds("median({}.amount)".format, _FILTERS),
    st.builds("max(distinct values({}.cost))".format, _FILTERS),
    st.builds("mean(sort(for p in {} return default(p.cost, 7)))".format, _FILTERS),
)
_WHERES = st.sampled_from([None, 'outcome in ("won", "lost")', "score > -1", "amount > cost"])


@given(rows=_ROWS, formulas=st.lists(st.tuples(_FORMULAS, _WHERES), min_size=1, max_size=4))
def test_one_pass_equals_evaluation_over_the_list_of_rows(
    rows: tuple[Mapping[str, Value], ...], formulas: list[tuple[str, str | None]]
) -> None:
    kpis = [
        kpi(f"kpi{number}", formula=formula, where=where, unit="CNY")
        for number, (formula, where) in enumerate(formulas)
    ]
    plan = plan_kpis(kpis, NAMES)
    assert plan.materialised == ()
    results = evaluate_kpis(plan, iter(rows), scope_of)
    assert [results[one.id].value for one in kpis] == [directly(one, rows) for one in kpis]


def directly(one: Kpi, rows: tuple[Mapping[str, Value], ...]) -> Value:
    """The KPI's formula over the list of the rows that its `where` keeps, with nothing lowered."""
    assert one.formula is not None
    checked = check(one.formula.node, NAMES, MoneyType("CNY"))
    assert checked.problems == ()
    if one.where is not None:
        is_kept = compile_node(one.where.node, COLUMNS)
        rows = tuple(row for row in rows if is_kept(scope_of(row)) is True)
    run = compile_node(one.formula.node, NAMES, MoneyType("CNY"))
    return run(scope_of({"projects": rows, "period": {"start": None, "end": None}}))


def test_amounts_of_two_currencies_have_no_sum_and_the_reason_names_both() -> None:
    rows = (deal(100, "won"), {**deal(None, "won"), "amount": Money(Decimal(5), "USD")})
    one = kpi("sum", formula="sum(projects.amount)", unit="CNY")

    result = evaluate_kpis(plan_kpis((one,), NAMES), rows, scope_of)["sum"]

    assert (result.value, result.absence) == (None, mixed_currencies("CNY", "USD"))


def test_figures_that_read_each_other_in_a_ring_have_no_value() -> None:
    figures: Mapping[str, Typed] = {"a": Typed(NUMBER, nullable=True), "b": Typed(NUMBER, nullable=True)}
    names = {**NAMES, "kpi": Typed(RecordType(figures))}
    ring = (kpi("a", formula="kpi.b + 1"), kpi("b", formula="kpi.a + 1"))

    results = evaluate_kpis(plan_kpis(ring, names), DEALS, scope_of)

    assert {name: result.value for name, result in results.items()} == {"a": None, "b": None}
    assert results["a"].absence == CYCLE
