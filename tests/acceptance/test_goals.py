"""USD 1,000,000 of sales within the quarter: SMART, tracked over a quarter of deals, and read by a sales project."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from salespm_flow.cli.main import main
from salespm_flow.definition.workspace import load
from salespm_flow.engine.aims import aims_of
from salespm_flow.engine.measure.goals import keep_goals, track
from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.values import Money
from salespm_flow.rules.goals import Progress
from salespm_flow.store.sqlite import open_sqlite
from tests.acceptance.test_shipped_workflows import DIRECTOR, SALES_MANAGER, Desk, cny, sell, sign

# The shipped rate from April on.
USD = Decimal("7.1")
# From this amount on a deal is signed with evidence of who decides and of how the paper is signed.
LARGE = 5_000_000
MEDDPICC = ("economic_buyer", "champion", "paper_process")
MISSING_IN_AN_EMPTY_PLAN = {
    "scope",
    "segment",
    "starts_on",
    "ends_on",
    "budget",
    "budget_lines",
    "strategy",
    "dates",
    "goal_in_time",
    "budget_adds_up",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_sqlite(str(tmp_path / "store.db"), create=True, wait_seconds=5)
    yield Desk(store)
    store.close()


def win(desk: Desk, project: str, amount: int, day: datetime) -> None:
    """A deal won on the day."""
    desk.clock.moment = day
    sell(desk, project)
    desk.fill(project, amount=cny(amount), cost=cny(amount // 2))
    for element in MEDDPICC if amount >= LARGE else ():
        desk.row(project, "meddpicc", element=element, score=Decimal(2), evidence="会议纪要", seen_on=day.date())
    sign(desk, project)


def standing(desk: Desk, at: datetime) -> tuple[Decimal, Decimal | None, Decimal | None, Progress]:
    """Actual USD to the cent, attainment and pace to three places, and progress, of the shipped goal."""
    found = track(desk.store, desk.runner.definitions.library, at=at)["quarter_revenue"].standing
    assert isinstance(found.actual, Money)
    assert found.actual.currency == "USD"
    shares = tuple(None if one is None else round(one, 3) for one in (found.attainment, found.pace))
    return round(found.actual.amount, 2), shares[0], shares[1], found.progress


def test_the_shipped_goal_is_smart_in_all_five_letters() -> None:
    aims = aims_of(load().library)
    assert {name: [one.letter.value for one in aim.verdicts if one.holds] for name, aim in aims.items()} == {
        name: list("SMART") for name in ("quarter_revenue", "april_revenue", "may_revenue", "june_revenue")
    }


def test_a_seeded_quarter_of_deals_is_tracked_to_attainment_and_pace(desk: Desk) -> None:
    chance = Random(7)  # noqa: S311 - a seeded quarter, no secret
    won: list[tuple[datetime, int]] = []
    for month, deals in ((4, 5), (5, 6), (6, 8)):
        days = sorted(chance.sample(range(1, 29), deals))
        won += [(datetime(2026, month, day, 3, tzinfo=UTC), chance.randrange(200_000, 460_000, 1000)) for day in days]
    for number, (day, amount) in enumerate(won):
        win(desk, f"D-{number}", amount, day)
    win(desk, "EARLY", 5_000_000, datetime(2026, 3, 31, 3, tzinfo=UTC))

    for month, last, begun in ((4, 30, 22), (5, 31, 43), (6, 30, 65)):
        at = datetime(2026, month, last, 4, tzinfo=UTC)
        total = sum((CONTEXT.divide(Decimal(one), USD) for day, one in won if day <= at), Decimal(0))
        attained = total / 1_000_000
        # The plain calendar of a folder without settings works Monday to Friday.
        assert standing(desk, at)[:3] == (
            round(total, 2),
            round(attained, 3),
            round(attained * 65 / begun, 3),
        )


def test_a_reached_goal_says_so_before_the_quarter_ends(desk: Desk) -> None:
    win(desk, "BIG", 7_100_000, datetime(2026, 4, 8, 3, tzinfo=UTC))
    assert standing(desk, datetime(2026, 5, 4, 3, tzinfo=UTC)) == (
        Decimal("1000000.00"),
        Decimal(1),
        Decimal("2.708"),
        Progress.REACHED,
    )


def planned(desk: Desk, **fields: object) -> None:
    """A sales project that may leave its plan."""
    desk.open("S", "sales_project")
    desk.row("S", "strategy", SALES_MANAGER, offer="MES", channel="直销")
    desk.row("S", "budget_lines", SALES_MANAGER, category="labour", planned=cny(200_000))
    desk.fill(
        "S",
        SALES_MANAGER,
        scope="华东",
        segment="装备制造",
        starts_on=date(2026, 4, 1),
        ends_on=date(2026, 6, 30),
        budget=cny(200_000),
    )
    assert fields == {}


def running(desk: Desk) -> None:
    """A sales project that sells."""
    planned(desk)
    desk.move("S", "planned", SALES_MANAGER)
    desk.vote("S", "go", DIRECTOR)
    for person, role in (("wang", "sales_rep"), ("zhao", "sales_manager")):
        desk.row("S", "team", SALES_MANAGER, person=person, role=role, duty="销售")
    desk.row("S", "channels", SALES_MANAGER, audience="客户", topic="进展", medium="会议")
    desk.row("S", "agreements", SALES_MANAGER, rule="每周例会", escalate="director")
    assert desk.move("S", "staffed", SALES_MANAGER) != {"role"}


def test_a_sales_project_leaves_its_plan_only_when_all_of_it_is_there(desk: Desk) -> None:
    desk.open("S", "sales_project")
    assert desk.move("S", "planned", SALES_MANAGER) == MISSING_IN_AN_EMPTY_PLAN


def test_a_sales_project_turns_red_when_the_goal_falls_behind(desk: Desk) -> None:
    desk.clock.moment = datetime(2026, 4, 1, 3, tzinfo=UTC)
    running(desk)
    assert desk.leaves("S") == ("run.execute.selling", "run.control.green")

    desk.clock.moment = datetime(2026, 5, 6, 3, tzinfo=UTC)
    keep_goals(
        desk.store,
        track(desk.store, desk.runner.definitions.library, at=desk.clock.moment),
        desk.clock.moment,
    )
    desk.wait(1)

    assert desk.leaves("S") == ("run.execute.selling", "run.control.red.analysing")
    assert "sales_project_risks.behind_pace#1" in desk.open_risks("S")
    assert desk.move("S", "correct", SALES_MANAGER) == {"acted"}
    desk.row("S", "corrections", SALES_MANAGER, cause="商机不足", measure="增加拜访", due=date(2026, 5, 20))
    desk.move("S", "correct", SALES_MANAGER)
    assert desk.leaves("S") == ("run.execute.selling", "run.control.red.correcting")


def test_deals_of_a_sales_project_are_its_children_and_count_as_sold(desk: Desk) -> None:
    desk.clock.moment = datetime(2026, 4, 1, 3, tzinfo=UTC)
    running(desk)
    desk.move("S", "open_deal")
    (deal,) = desk.store.children("S")["deals"]
    assert (deal.pin.workflow, deal.fields["target_segment"]) == ("sales_pipeline", "装备制造")


def test_a_sales_project_closes_only_with_every_cause_that_is_due(desk: Desk) -> None:
    desk.clock.moment = datetime(2026, 4, 1, 3, tzinfo=UTC)
    running(desk)
    desk.row("S", "materials", SALES_MANAGER, name="样机", quantity=Decimal(3), needed_by=date(2026, 5, 1))
    desk.clock.moment = datetime(2026, 7, 2, 3, tzinfo=UTC)
    keep_goals(
        desk.store,
        track(desk.store, desk.runner.definitions.library, at=desk.clock.moment),
        desk.clock.moment,
    )
    desk.wait(1)
    # The end of selling waits for what the red light asks for.
    assert desk.leaves("S") == ("run.execute.finished", "run.control.red.analysing")
    desk.row("S", "corrections", SALES_MANAGER, cause="商机不足", measure="增加拜访", due=date(2026, 7, 20))
    assert desk.leaves("S") == ("evaluate",)
    everything = {"grade", "lessons", "improvements"}
    causes = {"miss_explained", "delay_explained", "waste_explained", "response_explained"}
    assert desk.move("S", "close", SALES_MANAGER) == everything | causes

    desk.row("S", "lessons", SALES_MANAGER, context="展会", advice="提前准备", success=False)
    desk.row("S", "improvements", SALES_MANAGER, measure="每月复查", person="zhao", due=date(2026, 8, 1))
    reasons = {
        "miss_cause": ("competitor", "miss_explained"),
        "delay_cause": ("customer", "delay_explained"),
        "waste_cause": ("surplus", "waste_explained"),
        "response_cause": ("late", "response_explained"),
    }
    desk.fill("S", SALES_MANAGER, grade="C")
    for field, (cause, check) in reasons.items():
        refused = desk.move("S", "close", SALES_MANAGER)
        assert check in refused
        desk.fill("S", SALES_MANAGER, **{field: cause})
    assert desk.move("S", "close", SALES_MANAGER) == "closed"


def test_the_command_line_tells_goals_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path)
    assert main(["init", folder, "--lang", "en"]) == 0
    capsys.readouterr()
    rest = ["--workspace", folder, "--as-of", "2026-05-15"]
    assert main(["goal", "list", "--lang", "zh", *rest]) == 0
    assert "在季度内实现 100 万美元的销售额  quarter_revenue  1,000,000 USD" in capsys.readouterr().out
    assert main(["goal", "show", "quarter_revenue", "--lang", "en", *rest]) == 0
    shown = capsys.readouterr().out
    assert "SMART 5/5" in shown
    assert "sum 1,000,000 USD, equal to the target (april_revenue, may_revenue, june_revenue)" in shown
    assert main(["goal", "list", "--format", "json", *rest]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [(goal["id"], goal["progress"], "".join(goal["smart"])) for goal in answer["goals"]] == [
        ("quarter_revenue", "behind", "SMART"),
        ("april_revenue", "missed", "SMART"),
        ("may_revenue", "behind", "SMART"),
        ("june_revenue", "not_started", "SMART"),
    ]
    assert main(["goal", "check", "--workspace", folder]) == 0
    capsys.readouterr()
    assert main(["goal", "show", "quarter_revenu", "--workspace", folder, "--lang", "en"]) == 1
    assert "quarter_revenue" in capsys.readouterr().err


def test_evaluate_keeps_what_guards_read_of_goals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path)
    assert main(["init", folder, "--lang", "en"]) == 0
    assert main(["evaluate", "--workspace", folder, "--now", "2026-05-15"]) == 0
    capsys.readouterr()
    store = open_sqlite(str(tmp_path / "salespm.db"), create=False, wait_seconds=5)
    kept = {name: one.value for name, one in store.kpis().items() if name.startswith("goal.")}
    store.close()
    nothing = Money(Decimal(0), "USD")
    assert kept == {
        "goal.quarter_revenue": nothing,
        "goal.april_revenue": nothing,
        "goal.may_revenue": nothing,
        "goal.june_revenue": None,
    }


def test_a_goal_that_is_not_smart_is_told_with_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [d]\n")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "g.yaml").write_text(
        "salespm: 1\nkind: goal_set\nid: g\nversion: 1\ngoals: {more: {title: More}}\n"
    )
    assert main(["goal", "check", "more", "--workspace", str(tmp_path), "--lang", "en"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "SMART 0/5  More  more",
        "  ✗ S specific: does not name a KPI and a scope and an owner",
        "      → kpi: revenue",
        "      → scope: {zh: 全部产品与客户, en: All products and customers}",
        "      → who: sales_manager",
        "  ✗ M measurable: nothing measures it",
        "      → kpi: revenue",
        "  ✗ A achievable: without a target nothing can be said",
        "  ✗ R relevant: it serves no other goal, and no workflow uses it",
        "      → parent: year_revenue",
        "  ✗ T time-bound: has no first day and no last day",
        "      → starts_on: 2026-01-01",
        "      → ends_on: 2026-12-31",
    ]


def test_a_card_rates_whom_it_is_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path)
    assert main(["init", folder, "--lang", "en"]) == 0
    capsys.readouterr()
    where = ["--workspace", folder, "--lang", "en"]
    assert main(["scorecard", "show", "pm_scorecard", "--person", "qian", "--format", "json", *where]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["for"], answer["scorecard"]["grade"], len(answer["scorecard"]["missing"])) == (
        {"kind": "person", "id": "qian"},
        None,
        5,
    )
    # What was not measured earns nothing on this card, but a card without any figure has no grade.
    assert main(["scorecard", "show", "sales_project_scorecard", *where]) == 0
    assert "Sales project scorecard" in capsys.readouterr().out
    assert main(["scorecard", "show", "pm_scorecard", "--team", "east", *where]) == 2
    assert "give --person" in capsys.readouterr().err
