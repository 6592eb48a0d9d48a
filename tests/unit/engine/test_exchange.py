"""Moves whose conditions convert money: at the rate of a day, and what a refusal says where there is no rate."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.measure.evaluation import evaluate
from salespm_flow.engine.queries import filter_of
from salespm_flow.engine.running.runner import Answered, Runner
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Accepted, Actor, Advance, Open, Rejected
from salespm_flow.store import open_store

SETTINGS = "salespm: 1\nkind: workspace\ncurrency: CNY\ntimezone: Asia/Shanghai\nrates: fx\ndefinitions: [flows]\n"
RATES = """\
salespm: 1
kind: reference
id: fx
version: 1
key: [currency, on]
fields: {currency: {type: text}, on: {type: date}, rate: {type: number}}
source: fx.csv
"""
DEAL = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
fields:
  price: {type: money, currency: USD}
  signed_on: {type: date}
  value: {type: money, currency: CNY, formula: 'convert(price, "CNY", signed_on)'}
conditions: {affordable: 'convert(price, "CNY", signed_on) <= money(700, "CNY")'}
initial: talk
states: {talk: {}, ordered: {}, closed: {final: true}}
transitions:
  order: {from: talk, to: ordered, check: {budget: {that: affordable, message: {zh: 超预算, en: Over budget}}}}
  book: {from: talk, to: ordered, require: [value]}
  file: {from: talk, to: ordered, when: 'convert(price, "EUR") > 1'}
"""
KPIS = """\
salespm: 1
kind: kpi_set
id: kpis
version: 1
workflow: deal
kpis:
  revenue: {unit: CNY, better: higher, of: projects, basis: created, source: test,
    formula: 'sum(for p in projects return convert(p.price, "CNY", p.signed_on))'}
"""
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)


class _Clock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    (tmp_path / "flows").mkdir()
    (tmp_path / "salespm.yaml").write_text(SETTINGS, "utf-8")
    for name, text in {"fx": RATES, "deal": DEAL, "kpis": KPIS}.items():
        (tmp_path / f"flows/{name}.yaml").write_text(text, "utf-8")
    (tmp_path / "flows/fx.csv").write_text("currency,on,rate\nUSD,2026-01-01,7\nUSD,2026-04-01,7.2\n", "utf-8")
    loaded = load(tmp_path, check_shape=True)
    assert loaded.diagnostics == ()
    return Runner(open_store(str(tmp_path / "store.db"), create=True), loaded.library, _Clock())


def opened(runner: Runner, **fields: Value) -> None:
    runner.open("deal", Open(project="p", owner="wang", fields=fields, actor=Actor(id="wang")))


def advance(runner: Runner, trigger: str) -> Answered:
    return runner.apply("p", Advance(trigger=trigger, actor=Actor(id="wang"), fields={}, comment=""))


def refused(answered: Answered) -> list[tuple[str, str]]:
    assert isinstance(answered.decision, Rejected)
    return [(reason.id, reason.message.en) for reason in answered.decision.reasons]


@pytest.mark.parametrize(("signed_on", "is_affordable"), [(date(2026, 3, 31), True), (date(2026, 4, 1), False)])
def test_the_rate_of_the_day_decides(runner: Runner, signed_on: date, is_affordable: bool) -> None:
    opened(runner, price=Money(Decimal(100), "USD"), signed_on=signed_on)
    assert isinstance(advance(runner, "order").decision, Accepted) is is_affordable


def test_missing_rate_is_the_reason_that_a_check_is_unknown(runner: Runner) -> None:
    opened(runner, price=Money(Decimal(100), "USD"), signed_on=date(2025, 12, 31))
    assert refused(advance(runner, "order")) == [
        ("budget", "Over budget (unknown: no rate USD→CNY on or before 2025-12-31 in fx)")
    ]


def test_missing_rate_is_the_reason_that_a_computed_field_is_missing(runner: Runner) -> None:
    opened(runner, price=Money(Decimal(100), "USD"), signed_on=date(2025, 12, 31))
    assert refused(advance(runner, "book")) == [
        ("value", "value is missing: no rate USD→CNY on or before 2025-12-31 in fx")
    ]


def test_missing_rate_is_told_where_a_move_is_not_offered(runner: Runner) -> None:
    opened(runner, price=Money(Decimal(100), "USD"))
    lacking = "no rate USD→EUR on or before 2026-05-01 in fx"
    message = f'not offered now: it needs convert(price, "EUR") > 1 (unknown: {lacking})'
    assert refused(advance(runner, "file")) == [("when", message)]


def test_an_empty_amount_is_the_reason_before_any_rate(runner: Runner) -> None:
    opened(runner, signed_on=date(2025, 12, 31))
    assert refused(advance(runner, "order")) == [("budget", "Over budget (unknown because price is empty)")]


def test_indicators_and_filters_convert_too(runner: Runner) -> None:
    opened(runner, price=Money(Decimal(100), "USD"), signed_on=date(2026, 4, 1))
    library = runner.definitions.library
    assert evaluate(runner.store, library, at=NOW).kpis["revenue"].value == Money(Decimal("720.0"), "CNY")
    found = filter_of('convert(price, "CNY") = 720', library.workflows["deal"], library)
    assert found.test is not None
    assert found.test({"price": Money(Decimal(100), "USD")}, NOW)
