"""The life of a risk on the command line, from the list to the matrix; and every shipped rule acts once."""

import xml.etree.ElementTree as ET

import pytest

from tests.acceptance.terminal import Cli, Scene, scene

WANG = ("--as", "wang", "--now", "2026-03-02T09:00")
QIAN = ("--as", "qian", "--now", "2026-03-02T09:00")
JSON = ("--format", "json")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A fresh workspace of the shipped definitions with one deal of 300,000 CNY."""
    deal = "new sales_pipeline --id D1 amount=300000 cost=200000 --as wang --now 2026-03-02T09:00"
    return scene(tmp_path_factory.mktemp("risks"), lambda terminal: terminal.done(deal))


@pytest.fixture
def cli(begun: Scene, monkeypatch: pytest.MonkeyPatch) -> Cli:
    return begun.again(monkeypatch)


def opened(cli: Cli, project: str) -> dict[str, str]:
    """The rules whose risks stand, with their status."""
    told = cli("risk", "list", project, *JSON)
    return {risk["rule"].partition(".")[2]: risk["status"] for risk in told.data["risks"]}


def test_a_risk_lives_from_the_list_to_its_end(cli: Cli) -> None:
    steps = (
        ("risk", "add", "D1", "budget cut", "--category", "customer", "--probability", "3", "--impact", "4", *WANG),
        ("risk", "respond", "D1", "risk-1", "mitigate", "fix the budget", "--residual", "2x4", "--cost", "1000", *WANG),
        ("risk", "review", "D1", "risk-1", "--done", "--review", "5wd", *WANG),
        ("risk", "occur", "D1", "risk-1", "--action", "ask the board", "--due", "2d", *WANG),
        ("issue", "resolve", "D1", "risk-1", "paid from reserve", "--cost", "2500", *WANG),
    )
    assert [cli(*step).code for step in steps] == [0] * 5
    risk = cli("risk", "show", "D1", "risk-1", *JSON).data
    assert (risk["status"], risk["inherent"]["score"], risk["score"]) == ("closed", 12, 8)
    assert risk["response_value"] == {"amount": "11000", "currency": "CNY"}
    assert (risk["issue"]["resolution"], risk["issue"]["cost"]["amount"]) == ("paid from reserve", "2500")


def test_a_response_that_proves_nothing_is_refused_with_what_it_lacks(cli: Cli) -> None:
    cli("risk", "add", "D1", "x", "--category", "market", "--probability", "4", "--impact", "5", *WANG)
    told = cli("risk", "respond", "D1", "risk-1", "transfer", "insure it", *WANG)
    assert told.code == 1
    assert "to transfer a risk names who takes it" in told.out + told.err
    assert "to transfer a risk says what that costs" in told.out + told.err
    told = cli("risk", "respond", "D1", "risk-1", "accept", "bear it", *WANG, *JSON)
    assert (told.code, [reason["id"] for reason in told.data["reasons"]]) == (1, ["accept"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("risk", "add", "D1", "x"), "give --category, --probability and --impact"),
        (("risk", "show", "D1", "nothing"), 'there is no risk "nothing"'),
        (("risk", "respond", "D1", "risk-1", "pray", "x"), 'there is no strategy "pray"'),
        (("risk", "respond", "D1", "risk-1", "avoid", "x", "--residual", "much"), "such as 2x3"),
        (("risk", "review", "D1", "risk-1", "--days", "soon"), "such as 5"),
        (("risk", "review", "D1", "risk-1", "--days", "1e999"), "such as 5"),
        (("risk", "review", "D1", "risk-1", "--days", "50001"), "days must not be more than 50,000"),
        (("risk", "matrix", "--model", "sale_risks"), "did you mean `sales_risks`?"),
        (("issue", "add", "D1", "x"), "give --category and --impact"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_can(cli: Cli, words: tuple[str, ...], message: str) -> None:
    cli("risk", "add", "D1", "x", "--category", "market", "--probability", "1", "--impact", "1", *WANG)
    told = cli(*words, *WANG)
    assert told.code != 0
    assert message in told.err


def test_the_matrix_counts_risks_on_the_terminal_as_json_and_as_a_picture(cli: Cli) -> None:
    cli("risk", "add", "D1", "x", "--category", "market", "--probability", "3", "--impact", "4", *WANG)
    human = cli("risk", "matrix", "D1", "--lang", "zh").out
    assert "概率＼影响" in human
    assert "▓ 高 12–19：1" in human
    cells = cli("risk", "matrix", "D1", *JSON).data["cells"]
    assert [(one["probability"], one["impact"], one["risks"]) for one in cells if one["count"]] == [
        (3, 4, ["D1 risk-1"])
    ]
    assert cli("risk", "matrix", "--model", "sales_risks", "--format", "svg").out.startswith("<svg ")


def test_without_a_model_the_matrix_of_each_that_has_risks_is_told(cli: Cli) -> None:
    empty = cli("risk", "matrix", *JSON).data
    assert len(empty["matrices"]) == 1
    assert sum(one["count"] for one in empty["cells"]) == 0
    cli("risk", "add", "D1", "x", "--category", "market", "--probability", "3", "--impact", "4", *WANG)
    assert cli("new", "kanban", "--id", "K1", "purpose=x", *WANG).code == 0
    cli("risk", "add", "K1", "y", "--category", "schedule", "--probability", "2", "--impact", "2", *WANG)
    told = cli("risk", "matrix", *JSON).data
    assert {one["model"]: one["levels"] for one in told["matrices"]} == {
        "sales_risks": {"low": 0, "medium": 0, "high": 1, "extreme": 0},
        "kanban_risks": {"low": 1, "medium": 0, "high": 0, "extreme": 0},
    }
    human = cli("risk", "matrix", "--lang", "en").out
    assert human.count("Probability \\ impact") == 2
    drawn = ET.fromstring(cli("risk", "matrix", "--format", "svg").out)  # noqa: S314 -- our own text
    assert len(drawn.findall("{http://www.w3.org/2000/svg}svg")) == 2


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh", "已成为问题：解决后用 issue resolve 了结"), ("en", "settle it by `issue resolve`")],
)
def test_closing_a_risk_that_occurred_says_how_it_ends(cli: Cli, language: str, told: str) -> None:
    cli("risk", "add", "D1", "x", "--category", "market", "--probability", "3", "--impact", "4", *WANG)
    assert cli("risk", "occur", "D1", "risk-1", *WANG).code == 0
    refused = cli("risk", "close", "D1", "risk-1", "gone", "--lang", language, *WANG)
    assert refused.code == 1
    assert told in refused.out + refused.err


def test_the_portfolio_adds_up_what_its_risks_may_cost(cli: Cli) -> None:
    assert cli("new", "sales_pipeline", "--id", "D2", "amount=100000", "cost=1000", *WANG).code == 0
    for project in ("D1", "D2"):
        cli("risk", "add", project, "x", "--category", "market", "--probability", "3", "--impact", "4", *WANG)
    sums = cli("risk", "list", *JSON).data["sums"]["CNY"]
    assert (sums["exposure"], sums["emv"], sums["unanswered"]) == ("80000", "40000", 2)


def record(cli: Cli, project: str, name: str, actor: tuple[str, ...], *values: str) -> None:
    told = cli("record", "add", project, name, *values, *actor)
    assert told.code == 0, told.err


def test_the_sales_rules_act(cli: Cli) -> None:
    record(cli, "D1", "rivals", WANG, "name=Acme", "price=100000")
    record(cli, "D1", "materials", WANG, "name=box", "sort=sample", "needed_by=2026-03-04")
    assert cli("set", "D1", "cost=290000", "promised_on=2026-03-10", *WANG).code == 0
    found = opened(cli, "D1")
    assert found == dict.fromkeys(("rival_present", "price_war", "samples_late", "tight_promise", "low_margin"), "open")
    cli("tick", "--now", "2026-03-12T09:00")
    found = opened(cli, "D1")
    assert (found["samples_late"], found["tight_promise"]) == ("occurred", "occurred")
    tasks = cli("task", "list", "D1", *JSON).data["tasks"]
    assert {task["title"]["en"] for task in tasks} >= {
        "Send what there is and tell the customer",
        "Agree a new date with the customer",
    }


def test_the_delivery_rules_act(cli: Cli) -> None:
    fields = ("scope=all", "budget=100000", "deadline=2026-06-01")
    assert cli("new", "pm_lifecycle", "--id", "P1", *fields, *QIAN).code == 0
    record(cli, "P1", "spending", QIAN, "category=material", "amount=85000")
    record(cli, "P1", "rivals", QIAN, "name=Acme")
    record(cli, "P1", "feasibility", QIAN, "aspect=technical", "feasible=false")
    for number in ("1", "2", "3"):
        record(cli, "P1", "changes", QIAN, f"what={number}", "reason=x")
        record(cli, "P1", "inspections", QIAN, "deliverable=d", f"round={number}", "passed=false")
    found = opened(cli, "P1")
    assert found == dict.fromkeys(
        (
            "material_prices",
            "rival_at_customer",
            "overspend",
            "unproven_technology",
            "scope_grows",
            "failed_inspections",
        ),
        "open",
    )
    record(cli, "P1", "spending", QIAN, "category=material", "amount=20000")
    assert opened(cli, "P1")["material_prices"] == "occurred"
    cli("tick", "--now", "2026-07-01T09:00")
    assert opened(cli, "P1")["past_deadline"] == "open"
