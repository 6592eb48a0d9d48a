"""Every figure of `forecast`, `pipeline`, `funnel` and `flow`, against counts made by hand from ten deals.

The formulas stand here once more, in the plainest form, so that nothing is compared with itself.
"""

from collections.abc import Mapping
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terminal import Scene, Terminal, enter, scene

NOW = "--now 2026-07-06T09:00 --lang en"
TEAM = """salespm: 1
kind: organisation
id: two_teams
version: 1
title: {zh: 两组, en: Two teams}
units: {east: {title: {zh: 东组, en: East}}, west: {title: {zh: 西组, en: West}}}
roles: {seller: {title: {zh: 销售, en: Seller}, unit: east}}
people:
  wang: {title: {zh: 王芳, en: Wang Fang}, unit: east, roles: [seller]}
  he:   {title: {zh: 何军, en: He Jun}, unit: west, roles: [seller]}
"""
OFFERS = """salespm: 1
kind: workflow
id: offers
version: 1
domain: sales
title: {zh: 报价, en: Offers}
uses: {organisation: two_teams}
fields:
  amount:         {type: money, currency: CNY, title: {zh: 金额, en: Amount}}
  product:        {type: text, title: {zh: 产品, en: Product}}
  expected_close: {type: date, title: {zh: 预计成交日, en: Expected close}}
initial: lead
states:
  lead:     {title: {zh: 线索, en: Lead}, probability: 20%}
  talks:    {title: {zh: 谈判, en: Talks}, probability: 50%}
  contract: {title: {zh: 合同, en: Contract}, probability: 80%}
  won:      {title: {zh: 赢单, en: Won}, final: true, outcome: won}
  lost:     {title: {zh: 丢单, en: Lost}, final: true, outcome: lost}
transitions:
  meet: {title: {zh: 谈判, en: Meet}, from: lead, to: talks, by: [owner]}
  sign: {title: {zh: 签约, en: Sign}, from: talks, to: contract, by: [owner]}
  win:  {title: {zh: 成交, en: Win}, from: [talks, contract], to: won, by: [owner]}
  lose: {title: {zh: 丢单, en: Lose}, from: any, to: lost, by: [owner]}
"""
# Name, owner, product, amount, expected close, opened; then the moves with their days.
DEALS = """
W1 wang Basic 100  2026-05-01 2026-03-10 meet=03-20 win=04-20
W2 he   Plus  300  2026-07-10 2026-04-05 meet=04-15 win=07-02
L1 wang Basic 200  2026-06-01 2026-03-15 lose=05-10
L2 he   Plus  400  2026-06-10 2026-04-10 meet=04-30 lose=06-01
O1 wang Basic 1000 2026-08-15 2026-05-01 meet=05-20
O2 he   Plus  500  2026-09-10 2026-05-05
O3 wang Plus  800  2026-06-20 2026-03-25
O4 he   Basic -    2026-09-01 2026-05-12 meet=06-01
O5 wang Basic 250  -          2026-06-01 meet=06-15
O6 he   Plus  600  2026-10-20 2026-06-05 meet=06-10 sign=06-25
"""


def _prepare(terminal: Terminal) -> None:
    Path("workflows").mkdir(exist_ok=True)
    Path("workflows/two_teams.yaml").write_text(TEAM, encoding="utf-8")
    Path("workflows/offers.yaml").write_text(OFFERS, encoding="utf-8")
    for line in DEALS.split("\n")[1:-1]:
        name, owner, product, amount, close, opened, *moves = line.split()
        told = [f"product={product}"]
        told += [f"amount={amount}"] if amount != "-" else []
        told += [f"expected_close={close}"] if close != "-" else []
        terminal.done(f"new offers --id {name} {' '.join(told)} --as {owner} --now {opened}T09:00")
        for word, day in (move.split("=") for move in moves):
            terminal.done(f"advance {name} {word} --as {owner} --now 2026-{day}T09:00")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("hand"), lambda _: _prepare(Terminal(is_reading_again=True)))


@pytest.fixture
def terminal(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    enter(stage.folder, monkeypatch)
    return stage.again(monkeypatch)


@pytest.fixture
def third(terminal: Terminal) -> dict[str, Any]:
    """The third quarter, four working days old."""
    return terminal.data(f"forecast offers --minimum 3 --target 2000 {NOW}")


def pile(count: int, amount: str, unpriced: int = 0) -> dict[str, Any]:
    return {"count": count, "amount": amount, "currency": "CNY", "unpriced": unpriced}


def figures(spread: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(spread[name]["amount"] for name in ("weighted", "p10", "p50", "p90"))


def test_what_is_won_open_slipped_and_undated(third: dict[str, Any]) -> None:
    assert third["projects"] == 10
    assert third["won"] == pile(1, "300.00")  # W2; W1 was won in April
    assert third["open"] == pile(3, "1500.00", 1)  # O1, O2, and O4 without an amount
    assert third["slipped"] == pile(1, "800.00")  # O3, due on 20 June
    assert third["undated"] == pile(1, "250.00")  # O5


def test_categories_are_of_declared_probabilities(terminal: Terminal, third: dict[str, Any]) -> None:
    # 50 % in talks: O1 and O4. 20 % as a lead: O2. The contract, O6 at 80 %, is expected in the fourth quarter.
    assert third["categories"] == {
        "omitted": pile(0, "0.00"),
        "pipeline": pile(1, "500.00"),
        "best_case": pile(2, "1000.00", 1),
        "commit": pile(0, "0.00"),
    }
    assert terminal.data(f"forecast offers --period 2026-Q4 {NOW}")["categories"]["commit"] == pile(1, "600.00")


def test_probabilities_are_learned_from_those_that_reached_the_state_and_ended(third: dict[str, Any]) -> None:
    told = {one["state"]: (one["won"], one["lost"], one["open"], one["calibrated"]) for one in third["states"]}
    assert told == {
        "lead": (2, 2, 6, "0.5"),  # all ten were leads; W1 and W2 won, L1 and L2 lost
        "talks": (2, 1, 4, "0.666667"),  # L1 never came so far
        "contract": (0, 0, 1, None),
    }
    for one, won, closed in (("lead", 2, 4), ("talks", 2, 3)):
        share, z = won / closed, 1.959964
        middle = (share + z**2 / (2 * closed)) / (1 + z**2 / closed)
        half = z * sqrt(share * (1 - share) / closed + z**2 / (4 * closed**2)) / (1 + z**2 / closed)
        (interval,) = (state["interval"] for state in third["states"] if state["state"] == one)
        assert [float(end) for end in interval] == pytest.approx([middle - half, middle + half], abs=1e-5)


def test_weighted_amount_and_spread(third: dict[str, Any]) -> None:
    # Declared: 300 + 1000 × 0.5 + 500 × 0.2 = 900. Sums of the open ones: 0 with 0.5 × 0.8 = 0.4, 500 with 0.1, 1000
    # with 0.4, 1500 with 0.1; together 0.4, 0.5, 0.9, 1: a tenth at 0, a half at 500, nine tenths at 1000; 300 is won.
    assert figures(third["forecast"]["declared"]) == ("900.00", "300.00", "800.00", "1300.00")
    # Calibrated: 300 + 1000 × 2/3 + 500 × 1/2 = 1216.67. Sums: 0 with 1/6, 500 with 1/6, 1000 with 1/3, 1500 with 1/3.
    assert figures(third["forecast"]["calibrated"]) == ("1216.67", "300.00", "1300.00", "1800.00")


def test_attainment_pace_and_coverage(third: dict[str, Any]) -> None:
    # July, August and September have 23 + 21 + 22 weekdays; the company's outing on 10 July and Mid-Autumn are off, the
    # Sunday of 20 September is worked. Of these 1, 2, 3 and 6 July have begun.
    gone = round(4 / (23 + 21 + 22 - 2 + 1), 6)
    assert (third["attainment"], third["elapsed"]) == ("0.15", str(gone))  # 300 of 2000
    assert float(third["pace"]) == pytest.approx(0.15 / gone, abs=1e-6)
    assert float(third["coverage"]) == pytest.approx(1500 / (2000 - 300), abs=1e-6)
    # Won 100 + 300, of 100 + 300 + 200 + 400 that ended: 0.4 by value, so that 2.5 times the gap is needed.
    assert (third["win_rate_value"], third["coverage_needed"]) == ("0.4", "2.5")
    assert third["reasons"] == {}


@pytest.mark.parametrize(
    ("by", "parts"),
    [
        ("quarter", {"": (0, 250), "2026-Q2": (100, 800), "2026-Q3": (300, 1500), "2026-Q4": (0, 600)}),
        ("team", {"east": (0, 1000), "west": (300, 500)}),
        ("product", {"Basic": (0, 1000), "Plus": (300, 500)}),
        ("person", {"he": (300, 500), "wang": (0, 1000)}),
    ],
)
def test_parts_add_up_to_what_each_deal_belongs_to(
    terminal: Terminal, by: str, parts: dict[str, tuple[int, int]]
) -> None:
    told = terminal.data(f"forecast offers --by {by} --minimum 3 {NOW}")["by"]["parts"]
    assert {one["label"]: (float(one["won"]["amount"]), float(one["open"]["amount"])) for one in told} == parts
    if by == "person":
        # O2 and O4 are Mr He's: 300 + 500 × 0.2, or × 0.5; O1 is Ms Wang's: 1000 × 0.5, or × 2/3.
        means = {one["label"]: [figures(one["forecast"][view])[0] for view in one["forecast"]] for one in told}
        assert means == {"he": ["400.00", "550.00"], "wang": ["500.00", "666.67"]}


def test_former_forecast_is_that_of_the_night_before_the_quarter(terminal: Terminal) -> None:
    former = terminal.data(f"forecast offers --former 1 --minimum 3 {NOW}")["former"]
    (second,) = former["periods"]
    # On 31 March: W1 (100) in talks, L1 (200) and O3 (800) leads, nothing ended, so that both views are the declared.
    # 50 + 40 + 160 = 250. Sums: 0 with 0.32, 100 up to 0.64, 200 to 0.72, 300 to 0.8, 800 to 0.88, 900 to 0.96.
    for view in ("declared", "calibrated"):
        assert figures(second["forecast"][view]) == ("250.00", "0.00", "100.00", "900.00")
        # W1 alone was won from April to June: 1 - |250 - 100| / 100.
        assert (second["actual"]["amount"], second["accuracy"][view], second["within"][view]) == (
            "100.00",
            "-0.5",
            True,
        )
        told = former["predictions"][view]
        # (0.5 - 1)² of W1 and (0.2 - 0)² of L1, halved.
        assert (told["count"], told["brier"]) == (2, "0.145")
        assert [tuple(one.values()) for one in told["table"]] == [
            ("0.2", "0.3", 1, "0.2", "0"),
            ("0.5", "0.6", 1, "0.5", "1"),
        ]
    assert former["undecided"] == 1  # O3


def test_a_deal_that_changed_hands_counts_for_the_forecast_of_its_former_owner(terminal: Terminal) -> None:
    terminal.done("reassign --from wang --to he --project O3 --reason leave --as wang --now 2026-06-30T09:00")
    terminal.done("advance O3 lose --as he --now 2026-07-01T09:00")
    told = terminal.data(f"forecast offers --former 1 --person wang {NOW}")["former"]
    # As above, and (0.2 - 0)² of O3.
    assert (told["predictions"]["declared"]["brier"], told["undecided"]) == (str(round((0.25 + 0.04 + 0.04) / 3, 6)), 0)


def test_pipeline_adds_up_stage_by_stage(terminal: Terminal) -> None:
    told = terminal.data(f"pipeline offers --minimum 3 {NOW}")
    rows = {
        one["state"]: (
            one["open"]["count"],
            one["open"]["amount"],
            *(figures(view)[0] for view in one["forecast"].values()),
        )
        for one in told["states"]
    }
    assert rows == {
        "lead": (2, "1300.00", "260.00", "650.00"),  # O2 and O3: × 0.2, × 0.5
        "talks": (3, "1250.00", "625.00", "833.33"),  # O1, O4 and O5: × 0.5, × 2/3
        "contract": (1, "600.00", "480.00", "480.00"),  # O6: × 0.8, nothing learned
    }
    assert (told["open"], told["slipped"], told["undated"]) == (
        pile(6, "3150.00", 1),
        pile(1, "800.00"),
        pile(1, "250.00"),
    )


def test_funnel_counts_each_deal_once_in_each_stage(terminal: Terminal) -> None:
    told = terminal.data(f"funnel offers {NOW}")["states"]
    keys = ("state", "reached", "went_on", "lost", "waiting", "conversion", "leak")
    assert [tuple(one[key] for key in keys) for one in told] == [
        # Seven went to talks, L1 was lost, O2 and O3 wait: 7 of 8, 1 of 8.
        ("lead", 10, 7, 1, 2, "0.875", "0.125"),
        # W1, W2 and O6 went on, L2 was lost, O1, O4 and O5 wait: 3 of 4, 1 of 4.
        ("talks", 7, 3, 1, 3, "0.75", "0.25"),
        ("contract", 1, 0, 0, 1, None, None),
    ]


def test_flow_of_the_second_quarter(terminal: Terminal) -> None:
    told = terminal.data(f"flow report offers --period 2026-04-01..2026-06-30 {NOW}")
    length = 91.0
    # Days since 1 April 0:00; what happened at 9:00 is 0.375 days into its day. Before the quarter counts from 0.
    nine = 0.375
    # From when to when each was there; 91 where it lasted on.
    stays: dict[str, list[tuple[float, float]]] = {
        "lead": [
            (0, 39 + nine),  # L1, lost on 10 May
            (4 + nine, 14 + nine),  # W2
            (9 + nine, 29 + nine),  # L2
            (30 + nine, 49 + nine),  # O1
            (34 + nine, 91),  # O2
            (0, 91),  # O3
            (41 + nine, 61 + nine),  # O4
            (61 + nine, 75 + nine),  # O5
            (65 + nine, 70 + nine),  # O6
        ],
        "talks": [
            (0, 19 + nine),  # W1, won on 20 April
            (14 + nine, 91),  # W2
            (29 + nine, 61 + nine),  # L2, lost on 1 June
            (49 + nine, 91),  # O1
            (61 + nine, 91),  # O4
            (75 + nine, 91),  # O5
            (70 + nine, 85 + nine),  # O6
        ],
        "contract": [(85 + nine, 91)],  # O6
    }
    spent = {state: sum(end - start for start, end in held) for state, held in stays.items()}
    states = {one["state"]: one for one in told["states"]}
    for state, days in spent.items():
        assert float(states[state]["wip"]) == pytest.approx(days / length, abs=1e-5)
        assert float(states[state]["load"]) == pytest.approx(days / sum(spent.values()), abs=1e-5)
    assert told["bottleneck"] == max(spent, key=spent.__getitem__) == "lead"
    # W1 was won after 41 days, 31 of them from the first move; L1 ended after 56, L2 after 52.
    assert (told["opened"], told["ended"], told["succeeded"], told["wip"]) == (7, 3, 1, 7)
    assert (told["lead_time"]["p50"], told["cycle_time"]["p50"]) == ("41", "31")
    assert float(told["per_week"]) == pytest.approx(3 / (length / 7), abs=1e-5)
    work, through = sum(spent.values()) / length, (41 + 56 + 52) / length
    little = {name: float(figure) for name, figure in told["little"].items()}
    assert little == pytest.approx({"wip": work, "expected": through, "ratio": work / through}, abs=1e-5)
    # Left in the quarter: seven leads, whole stays of 56 (L1), 10, 20, 19, 20, 14 and 5 days.
    held = sorted([56, 10, 20, 19, 20, 14, 5])
    time = states["lead"]["time"]
    assert (time["count"], time["p50"], time["p85"]) == (7, str(held[ceil(3.5) - 1]), str(held[ceil(5.95) - 1]))
    assert float(time["mean"]) == pytest.approx(sum(held) / 7, abs=1e-5)
    # One of seven was lost from lead; of three that left talks W1 won, L2 lost, O6 went on.
    assert float(states["lead"]["leak"]) == pytest.approx(1 / 7, abs=1e-5)
    assert float(states["talks"]["conversion"]) == pytest.approx(2 / 3, abs=1e-5)
    # Ten moves in the quarter: W1 1, W2 1, L1 1, L2 2, O1 1, O4 1, O5 1, O6 2. W1 skipped the contract; the way to an
    # end that is no success skips nothing, and nobody went back.
    assert (told["moves"], told["skip_rate"], told["regress_rate"]) == (10, "0.1", "0")


def test_cumulative_flow_and_burndown_of_the_second_quarter(terminal: Terminal) -> None:
    span = f"--period 2026-04-01..2026-06-30 --every 30 {NOW}"
    flow = terminal.data(f"flow cumulative offers {span}")
    # At the end of 1 April, 1 May, 31 May and 30 June. L1, O3 were leads at first; W2, L2 came in April.
    assert flow["states"] == {"lead": [2, 3, 3, 2], "talks": [1, 2, 3, 4], "contract": [0, 0, 0, 1]}
    assert flow["ended"] == [0, 1, 2, 3]
    burnt = terminal.data(f"flow burndown offers {span}")
    # Three were known at first; W2, L2 and O1 came, then O2 and O4 while L1 was lost, then O5 and O6 while L2 was.
    assert (burnt["scope"], burnt["done"]) == (["3", "6", "7", "8"], ["0", "1", "1", "1"])
    assert burnt["remaining"] == ["3", "5", "6", "7"]
    # From three in a straight line to nothing in three steps; one done in the first of them.
    assert (burnt["ideal"], burnt["velocity"], burnt["mean_velocity"]) == (
        ["3", "2", "1", "0"],
        ["1", "0", "0"],
        "0.333333",
    )
