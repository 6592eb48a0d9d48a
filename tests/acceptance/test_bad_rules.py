"""What is wrong in rules, tables, figures and goals is a finding at its place; a figure without a value says why.

Amounts of two currencies that meet in one sum: tests/unit/rules/test_kpi.py. DMN that is not supported:
test_decision_tables.py beside this file.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import Loaded, load
from salespm_flow.engine.measure.evaluation import ALWAYS, Period, evaluate
from salespm_flow.engine.measure.goals import track
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Money
from salespm_flow.model.decision import Actor, Advance, Open
from salespm_flow.model.library import Library
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.rules.table_run import some_scope
from salespm_flow.store.sqlite import SqliteStore, open_in_memory
from tests.acceptance.test_shipped_workflows import HandClock

HEAD = "salespm: 1\nversion: 1\n"
DEAL = """
kind: workflow
id: deal
domain: sales
fields: {amount: {type: money, currency: CNY}, price: {type: money, currency: USD}}
initial: open
states: {open: {probability: 50%}, won: {final: true, outcome: won}, lost: {final: true, outcome: lost}}
transitions: {win: {from: open, to: won}, lose: {from: open, to: lost}}
"""
OTHER = """
kind: workflow
id: other
domain: delivery
uses: {risks: [dangers]}
initial: open
states: {open: {}, over: {final: true}}
transitions: {end: {from: open, to: over}}
"""
DANGERS = """
kind: risk_model
id: dangers
scales: {probability: {1: 10%, 2: 90%}, impact: {1: low, 2: high}}
levels: {low: [1, 2], high: [3, 4]}
rules: {big: {category: market, when: amount > 1000, probability: 1, impact: 2, who: owner}}
"""
FIGURES = """
kind: kpi_set
id: figures
workflow: deal
kpis:
  size:
    {unit: CNY, better: higher, of: projects, basis: outcome, source: s,
     where: outcome = "won", formula: mean(projects.amount)}
  rate:
    {unit: percent, better: higher, of: projects, basis: outcome, source: s,
     numerator: 'count(projects[outcome = "won"])', denominator: count(projects)}
  per_loss:
    {unit: ratio, better: higher, of: projects, basis: outcome, source: s,
     numerator: count(projects), denominator: 'count(projects[outcome = "lost"])'}
"""
CARD = """
kind: scorecard
id: card
for: team
missing: zero
criteria:
  rate: {kpi: rate, weight: 60%, floor: 0%, target: 50%}
  size: {kpi: size, weight: 30%, floor: 0 CNY, target: 5 CNY}
grades: {A: 90, B: 0}
"""
GOALS = """
kind: goal_set
id: aims
goals:
  year: {title: {zh: 年, en: Year}, kpi: rate, target: 50%, parent: month, starts_on: 2026-01-01, ends_on: 2026-12-31}
  month: {title: {zh: 月, en: Month}, kpi: rate, target: 50%, parent: year, starts_on: 2026-01-01, ends_on: 2026-01-31}
"""


def loaded(root: Path, *texts: str) -> Loaded:
    (root / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [w]\n", encoding="utf-8")
    (root / "w").mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (root / "w" / f"d{number}.yaml").write_text(HEAD + text.lstrip("\n"), encoding="utf-8")
    return load(root, check_shape=True)


def told(found: Loaded) -> list[tuple[str, str]]:
    """Each finding by its code, with what it says."""
    assert all(one.span.line > 0 and one.message.zh != one.message.en for one in found.diagnostics)
    return [(one.code, one.message.en) for one in found.diagnostics]


CIRCLE = FIGURES.replace("denominator: count(projects)", "denominator: kpi.per_loss").replace(
    "numerator: count(projects)", "numerator: kpi.rate"
)
EMPTY_TABLE = """
kind: decision_table
id: t
hit: unique
inputs: {a: {type: number}}
outputs: {b: {type: number}}
rules: {}
"""


@pytest.mark.parametrize(
    ("texts", "findings"),
    [
        pytest.param(
            (DEAL.replace("50%", "150%"),),
            [("SF313", "A probability lies between 0% and 100%")],
            id="a state's probability above 1",
        ),
        pytest.param(
            (DEAL, OTHER, DANGERS.replace("10%", "-10%").replace("amount > 1000", "true")),
            [("SF144", "`1` cannot be written `-10%`")],
            id="a step of probability below 0",
        ),
        pytest.param(
            (DEAL, OTHER, DANGERS),
            [("SF202", "there is no name `amount`")],
            id="a rule that reads a field of another workflow",
        ),
        pytest.param(
            (DEAL, FIGURES, CARD),
            [("SF330", "The weights must sum to 100%, not 90%")],
            id="weights that do not sum",
        ),
        pytest.param(
            (DEAL, FIGURES, GOALS),
            [
                ("SF343", "The goal `year` comes back to itself as its parent"),
                ("SF343", "The goal `month` comes back to itself as its parent"),
            ],
            id="goals in a circle",
        ),
        pytest.param(
            (DEAL, CIRCLE),
            [
                ("SF343", "The KPI `rate` comes back to itself (through `per_loss`)"),
                ("SF343", "The KPI `per_loss` comes back to itself (through `rate`)"),
            ],
            id="figures in a circle",
        ),
        pytest.param(
            (DEAL, FIGURES.replace("mean(projects.amount)", "sum(projects.price)")),
            [("SF205", "two currencies: CNY and USD")],
            id="another currency",
        ),
        pytest.param((EMPTY_TABLE,), [("SF146", "`rules` must not be empty")], id="a table without rules"),
    ],
)
def test_it_is_told(tmp_path: Path, texts: tuple[str, ...], findings: list[tuple[str, str]]) -> None:
    assert told(loaded(tmp_path, *texts)) == findings


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    opened = open_in_memory()
    yield opened
    opened.close()


MARCH = datetime(2026, 3, 2, 2, tzinfo=UTC)
WANG = Actor(id="wang")


def figures(store: SqliteStore, library: Library, period: Period = ALWAYS) -> dict[str, str]:
    """Each figure's value, or why it has none."""
    found = evaluate(store, library, at=MARCH, period=period).kpis
    return {
        name: f"n/a: {one.absence.text.en}" if one.absence is not None else str(one.value)
        for name, one in found.items()
    }


def test_empty_populations_and_zero_denominators_have_no_value_and_say_why(tmp_path: Path, store: SqliteStore) -> None:
    library = loaded(tmp_path, DEAL, FIGURES).library
    nothing = "n/a: the denominator is zero"
    assert figures(store, library) == {"size": "n/a: the population is empty", "rate": nothing, "per_loss": nothing}
    runner = Runner(store, library, HandClock(MARCH))
    amount = Money(Decimal(5), "CNY")
    runner.open("deal", Open(project="D", owner="wang", fields={"amount": amount}, actor=WANG))
    runner.apply("D", Advance(trigger="win", actor=WANG))
    assert figures(store, library) == {"size": str(amount), "rate": "1", "per_loss": nothing}


def test_days_far_past_and_far_ahead_are_periods_like_others(tmp_path: Path, store: SqliteStore) -> None:
    library = loaded(tmp_path, DEAL, FIGURES).library
    runner = Runner(store, library, HandClock(MARCH))
    runner.open("deal", Open(project="D", owner="wang", fields={"amount": Money(Decimal(5), "CNY")}, actor=WANG))
    runner.apply("D", Advance(trigger="win", actor=WANG))
    whole = Period(start=date.min, end=date.max)
    assert figures(store, library, whole)["rate"] == "1"
    for day in (date.min, date.max):
        told_of = figures(store, library, Period(start=day, end=day))
        assert set(told_of.values()) == {"n/a: the population is empty", "n/a: the denominator is zero"}


def test_a_goal_of_the_year_one_and_one_of_the_year_9999_are_tracked(tmp_path: Path, store: SqliteStore) -> None:
    goals = """
kind: goal_set
id: aims
goals:
  old: {title: {zh: 旧, en: Old}, kpi: rate, target: 50%, starts_on: 0001-01-01, ends_on: 0001-12-31}
  far: {title: {zh: 远, en: Far}, kpi: rate, target: 50%, starts_on: 9999-01-01, ends_on: 9999-12-31}
  all: {title: {zh: 全, en: All}, kpi: rate, target: 50%, starts_on: 0001-01-01, ends_on: 9999-12-31}
"""
    found = loaded(tmp_path, DEAL, FIGURES, goals)
    assert found.errors == ()
    standing = {name: one.standing.progress.value for name, one in track(store, found.library, at=MARCH).items()}
    # A period that no calendar can count has no pace.
    assert standing == {"old": "unknown", "far": "not_started", "all": "unknown"}


def test_a_table_of_ten_thousand_rules_answers(tmp_path: Path) -> None:
    rules = "".join(f"  r{number}: {{a: '[{number}..{number + 1})', b: {number}}}\n" for number in range(10_000))
    text = EMPTY_TABLE.replace("rules: {}\n", "rules:\n" + rules)
    library = loaded(tmp_path, text).library
    tables = compile_tables(library.decision_tables.values(), library)
    for asked, answer in ((Decimal(0), Decimal(0)), (Decimal("9999.5"), Decimal(9999)), (Decimal(10_000), None)):
        assert tables["t"](some_scope({}), (asked,)) == answer
