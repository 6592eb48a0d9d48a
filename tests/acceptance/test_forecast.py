"""`forecast`, `pipeline`, `funnel` from the command line: figures, and what is said where there is nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terminal import Scene, Terminal, enter, scene

NOW = "--now 2026-07-06T09:00 --lang en"
WORKFLOW = """salespm: 1
kind: workflow
id: offers
version: 1
domain: sales
title: {zh: 报价, en: Offers}
fields:
  amount:         {type: money, currency: CNY, title: {zh: 金额, en: Amount}}
  expected_close: {type: date, title: {zh: 预计成交日, en: Expected close}}
initial: lead
states:
  lead:  {title: {zh: 线索, en: Lead}, probability: 20%}
  talks: {title: {zh: 谈判, en: Talks}, probability: 80%}
  sure:  {title: {zh: 已定, en: Sure}, probability: 100%}
  dead:  {title: {zh: 无望, en: Dead}, probability: 0%}
  won:   {title: {zh: 赢单, en: Won}, final: true, outcome: won}
  lost:  {title: {zh: 丢单, en: Lost}, final: true, outcome: lost}
transitions:
  meet:  {title: {zh: 谈判, en: Meet}, from: lead, to: talks, by: [owner]}
  back:  {title: {zh: 退回, en: Back}, from: talks, to: lead, by: [owner]}
  fix:   {title: {zh: 定下, en: Fix}, from: talks, to: sure, by: [owner]}
  bury:  {title: {zh: 搁下, en: Bury}, from: talks, to: dead, by: [owner]}
  win:   {title: {zh: 成交, en: Win}, from: talks, to: won, by: [owner]}
  lose:  {title: {zh: 丢单, en: Lose}, from: any, to: lost, by: [owner]}
"""


def _prepare(_terminal: Terminal) -> None:
    Path("workflows").mkdir(exist_ok=True)
    Path("workflows/offers.yaml").write_text(WORKFLOW, encoding="utf-8")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("forecast"), _prepare)


@pytest.fixture
def terminal(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    enter(stage.folder, monkeypatch)
    return stage.again(monkeypatch)


def open_deal(terminal: Terminal, name: str, *words: str, on: str = "2026-04-01", amount: str = "100") -> None:
    worth = f"amount={amount}" if amount else ""
    terminal.done(f"new offers --id {name} {worth} expected_close=2026-08-01 --as wang --now {on}T09:00")
    for place, word in enumerate(words):
        terminal.done(f"advance {name} {word} --as wang --now {on}T{10 + place // 60:02}:{place % 60:02}")


def told(terminal: Terminal, line: str) -> dict[str, Any]:
    return terminal.data(f"{line} {NOW}")


def means(answer: dict[str, Any]) -> tuple[str, str]:
    views = answer["forecast"]
    return views["declared"]["weighted"]["amount"], views["calibrated"]["weighted"]["amount"]


def states(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["state"]: one for one in answer["states"]}


def test_calibrated_probability_stands_beside_the_declared_one(terminal: Terminal) -> None:
    for number in range(3):
        open_deal(terminal, f"W{number}", "meet", "win")
    open_deal(terminal, "L", "meet", "lose")
    open_deal(terminal, "O", "meet", amount="1000")

    answer = told(terminal, "forecast offers --minimum 4")

    assert means(answer) == ("800.00", "750.00")
    talks = states(answer)["talks"]
    assert (talks["declared"], talks["calibrated"], talks["won"], talks["lost"], talks["open"]) == (
        "0.8",
        "0.75",
        3,
        1,
        1,
    )
    assert talks["interval"] == ["0.300642", "0.954413"]
    # With fewer closed deals than are asked for, the declared one stands in.
    assert means(told(terminal, "forecast offers --minimum 5")) == ("800.00", "800.00")


def test_without_history_the_declared_probabilities_are_all_there_is(terminal: Terminal) -> None:
    open_deal(terminal, "ONLY")

    answer = told(terminal, "forecast offers")

    assert means(answer) == ("20.00", "20.00")
    assert (states(answer)["lead"]["calibrated"], states(answer)["lead"]["interval"]) == (None, None)
    assert (answer["win_rate_value"], answer["coverage_needed"]) == (None, None)


def test_an_empty_store_is_forecast_as_nothing(terminal: Terminal) -> None:
    assert means(told(terminal, "forecast offers --former 2")) == ("0.00", "0.00")
    assert told(terminal, "pipeline offers")["states"] == []
    assert {one["reached"] for one in told(terminal, "funnel offers")["states"]} == {0}
    for command in ("forecast", "pipeline", "funnel"):
        assert terminal.done(f"{command} offers {NOW}").startswith("Offers: ")


def test_all_lost_calibrates_to_nothing_and_coverage_needed_is_not_told(terminal: Terminal) -> None:
    for number in range(3):
        open_deal(terminal, f"L{number}", "lose")
    open_deal(terminal, "O")

    answer = told(terminal, "forecast offers --minimum 3 --target 1000")

    assert means(answer) == ("20.00", "0.00")
    assert states(answer)["lead"]["interval"] == ["0", "0.561497"]
    assert (answer["win_rate_value"], answer["coverage_needed"], answer["coverage"]) == ("0", None, "0.1")


def test_probabilities_of_nothing_and_of_everything_leave_no_spread(terminal: Terminal) -> None:
    open_deal(terminal, "S", "meet", "fix")
    open_deal(terminal, "D", "meet", "bury", amount="7000")

    answer = told(terminal, "forecast offers")

    assert {name: one["amount"] for name, one in answer["forecast"]["declared"].items() if name != "runs"} == {
        "weighted": "100.00",
        "p10": "100.00",
        "p50": "100.00",
        "p90": "100.00",
    }
    assert answer["categories"]["omitted"]["amount"] == "7000.00"


def test_deals_without_an_amount_are_counted_apart(terminal: Terminal) -> None:
    open_deal(terminal, "A", amount="")
    open_deal(terminal, "B")

    assert told(terminal, "forecast offers")["open"] == {
        "count": 2,
        "amount": "100.00",
        "currency": "CNY",
        "unpriced": 1,
    }


def test_back_and_forth_fifty_times_counts_once_in_cohorts_and_funnel(terminal: Terminal) -> None:
    open_deal(terminal, "Z", *["meet", "back"] * 50, "meet", "lose")

    answer = told(terminal, "funnel offers")

    assert [(one["reached"], one["went_on"], one["lost"]) for one in answer["states"][:2]] == [(1, 1, 0), (1, 0, 1)]
    assert states(told(terminal, "forecast offers"))["talks"]["lost"] == 1


def test_a_quarter_that_has_not_begun_has_no_pace(terminal: Terminal) -> None:
    open_deal(terminal, "O")

    answer = told(terminal, "forecast offers --period 2027-Q1 --target 1000")

    assert (answer["elapsed"], answer["pace"], answer["won"]["count"], answer["open"]["count"]) == ("0", None, 0, 0)


def test_former_forecasts_stand_on_what_was_known_then(terminal: Terminal) -> None:
    terminal.done("new offers --id A amount=100 expected_close=2026-05-01 --as wang --now 2026-03-01T09:00")
    # The amount was raised after the quarter had begun: the forecast of its first day did not know it.
    terminal.done("set A amount=400 --as wang --now 2026-04-20T09:00")
    terminal.done("advance A meet --as wang --now 2026-04-21T09:00", "advance A win --as wang --now 2026-04-22T09:00")

    former = told(terminal, "forecast offers --former 1")["former"]

    assert [(one["start"], one["actual"]["amount"]) for one in former["periods"]] == [("2026-04-01", "400.00")]
    assert means(former["periods"][0]) == ("20.00", "20.00")
    # 1 - |20 - 400| / 400; (0.2 - 1)²
    assert former["periods"][0]["accuracy"]["declared"] == "0.05"
    assert (former["predictions"]["declared"]["brier"], former["predictions"]["declared"]["count"]) == ("0.64", 1)


def test_forecast_is_as_of_a_past_day(terminal: Terminal) -> None:
    open_deal(terminal, "A", on="2026-04-01")
    open_deal(terminal, "B", on="2026-05-01")

    assert told(terminal, "forecast offers --as-of 2026-04-15 --period 2026-Q3")["open"]["count"] == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("forecast nothing", 'there is no workflow "nothing"'),
        ("forecast offers --amount expected_close", 'the field "expected_close" holds no money'),
        ("forecast offers --close amount", 'the field "amount" holds no date'),
        ("forecast offers --close nowhere", 'there is no field "nowhere"'),
        ("forecast offers --period soon", '"soon" is no period'),
        ("forecast offers --goal quarter_revenue", "the target is no amount in CNY"),
        ("forecast offers --goal quarter_revenue --target 5", "give --goal or --target, not both"),
        ("forecast", "say which workflow to show"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(terminal: Terminal, line: str, message: str) -> None:
    answer = terminal.type(f"{line} {NOW}")

    assert answer.code != 0
    assert message in answer.err


def test_two_runs_as_of_the_same_time_are_identical(terminal: Terminal) -> None:
    for number in range(30):
        open_deal(terminal, f"O{number}", amount=str(1000 + number * 37 + number**3))

    first = terminal.done(f"forecast offers {NOW} --by quarter")

    assert "seeded draws" in first
    assert terminal.done(f"forecast offers {NOW} --by quarter") == first


GOALS = """salespm: 1
kind: goal_set
id: offer_goals
version: 1
goals:
  third: {kpi: revenue, target: 1000 CNY, starts_on: 2026-07-01, ends_on: 2026-09-30}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A workspace of its own, read anew with every command."""
    enter(tmp_path, monkeypatch)
    terminal = Terminal(is_reading_again=True)
    terminal.done("init --template sales --lang en")
    _prepare(terminal)
    return terminal


@pytest.mark.parametrize(("rates", "wanted"), [(True, ("420.00", [])), (False, ("20.00", ["EUR", "USD"]))])
def test_three_currencies_are_one_sum_by_rates_and_told_apart_without(
    rates: bool, wanted: tuple[str, list[str]], own: Terminal
) -> None:
    for version, currency in enumerate(("USD", "EUR", "CNY"), start=1):
        text = WORKFLOW.replace("version: 1", f"version: {version}").replace("currency: CNY", f"currency: {currency}")
        Path("workflows/offers.yaml").write_text(text, encoding="utf-8")
        open_deal(own, currency)
    if not rates:
        settings = Path("salespm.yaml")
        settings.write_text(settings.read_text("utf-8").replace("rates: exchange_rates\n", ""), encoding="utf-8")
    answer = told(own, "forecast offers --period 2026-Q3")
    apart = sorted(one["currency"] for one in answer["apart"])
    if rates:
        assert apart == []
        assert float(means(answer)[0]) == pytest.approx(20 + 20 * (7.1 + 8.15), rel=0.02)
    else:
        assert (means(answer)[0], apart) == wanted


def test_the_one_goal_over_the_period_is_what_pace_is_told_to(own: Terminal) -> None:
    Path("workflows/offer_goals.yaml").write_text(GOALS, encoding="utf-8")
    open_deal(own, "W", "meet", on="2026-07-02", amount="400")
    own.done("advance W win --as wang --now 2026-07-05T09:00")
    answer = told(own, "forecast offers --period 2026-Q3")
    assert (answer["goal"], answer["target"]["amount"], answer["attainment"]) == ("third", "1000.00", "0.4")
    assert told(own, "forecast offers --period 2026-Q3 --target 800")["goal"] is None
    assert told(own, "forecast offers --period 2026-08")["goal"] is None
    Path("workflows/offer_goals.yaml").write_text(
        GOALS + GOALS.splitlines()[-1].replace("third", "other") + "\n", "utf-8"
    )
    assert told(own, "forecast offers --period 2026-Q3")["goal"] is None
