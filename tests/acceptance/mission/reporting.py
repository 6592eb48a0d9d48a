"""What managers read: the pages of `report`, their figures as a hand worked them out, and what they name."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Actor, AddTask, CompleteTask, Open
from salespm_flow.report.management.page import Facts, Page, Picture, Table, Tiles, Words
from salespm_flow.report.management.portfolio import portfolio_page
from salespm_flow.report.management.project import project_page
from salespm_flow.report.management.quarter import quarter_page
from salespm_flow.report.management.sheet import Inquiry
from salespm_flow.report.management.team import team_page
from salespm_flow.rules.period import Period
from tests.acceptance.kpi_world import at
from tests.acceptance.mission.figures import DOCUMENTS as FIGURES
from tests.acceptance.mission.world import World
from tests.acceptance.test_kpis import QUARTER
from tests.acceptance.test_shipped_workflows import PROJECT_MANAGER, SELLER, Desk, cny, sell, sign

DOCUMENTS = (*FIGURES, "commission", "commission_tiers", "commission_kpis")
SPRING = Period(start=date(2026, 3, 1), end=date(2026, 5, 31))


def words(page: Page) -> dict[str, dict[str, tuple[str, ...]]]:
    """What the tables, tiles and facts of each section say: by their first words, those that follow."""
    told: dict[str, dict[str, tuple[str, ...]]] = {}
    for section in page.sections:
        lines = told.setdefault(section.id, {})
        for block in section.blocks:
            match block:
                case Table(rows=rows) | Picture(data=Table(rows=rows)):
                    lines |= {row[0].words: tuple(cell.words for cell in row[1:]) for row in rows}
                case Tiles(tiles=tiles):
                    lines |= {tile.label: (tile.value, tile.told) for tile in tiles}
                case Facts(pairs=pairs):
                    lines |= {name: (cell.words,) for name, cell in pairs}
                case Words(words=said):
                    lines[said] = ()
    return told


def _asked(runner: Runner, now: datetime, period: Period) -> Inquiry:
    return Inquiry(runner=runner, at=now, language=Language.EN, period=period)


def _of_desk(desk: Desk) -> Inquiry:
    return _asked(desk.runner, desk.clock.moment, SPRING)


def closing(world: World) -> None:
    """P1 came ten days late and 20 % too dear: neither goal is met; what was learned stands there too."""
    inquiry = _asked(world.quarter(), at("07-10"), QUARTER)
    project = inquiry.runner.store.project("P1")
    assert project is not None
    told = words(project_page(inquiry, project, is_closing=True))["indicators"]
    assert told["On-time rate"][2:] == ("90%", "0%", "0", "at or under the floor")
    assert told["Within-budget rate"][2:] == ("90%", "0%", "0", "at or under the floor")
    with world.desk() as desk:
        _deliver(desk, acceptance_report="R-1", summary="上线")
        desk.row("P", "lessons", PROJECT_MANAGER, context="接口", advice="提前联调", success=False)
        project = desk.store.project("P")
        assert project is not None
        page = words(project_page(_of_desk(desk), project, is_closing=True))
        assert {"Acceptance report": ("R-1",), "Summary": ("上线",)}.items() <= page["fields"].items()
        assert [line[:3] for line in page["record-lessons"].values()] == [("接口", "提前联调", "no")]
        assert page["result"]["Outcome"][0] == "open"


def _deliver(desk: Desk, **fields: str) -> None:
    given: dict[str, Value] = {"scope": "MES", "budget": cny(100_000), "deadline": date(2026, 9, 30), **fields}
    request = Open(project="P", owner="qian", fields=given, actor=Actor(id="qian"))
    assert desk.runner.open("pm_lifecycle", request).project is not None


def supervision(world: World) -> None:
    """Who works where, what is late, which issues are open, what no goal needs, how much each has to do."""
    with world.desk(datetime(2026, 4, 20, 3, tzinfo=UTC)) as desk:
        desk.open("A")
        _deliver(desk)
        due, bid = datetime(2026, 5, 7, 3, tzinfo=UTC), Bilingual("投标", "Bid")
        task = AddTask(title=bid, actor=SELLER, who="person:wang", due=due, effort=timedelta(hours=200))
        assert desk.runner.apply("A", task).decision
        for _ in range(2):
            desk.row("P", "spending", PROJECT_MANAGER, category="material", amount=cny(60_000))
        desk.wait(7)
        page = words(team_page(_of_desk(desk)))
        assert page["assignments"]["wang"] == ("“Bid” is due while away", "A · 2026-05-07")
        assert page["assignments"]["qian"] == ("1 + 0", "—")
        assert page["supervision"]["Write the charter"] == ("Project manager", "P", "2026-04-23", "overdue")
        assert page["supervision"]["Write the market brief"] == ("wang", "A", "2026-04-23", "overdue")
        assert page["supervision"]["wang"] == ("1", "0")
        assert page["issues"]["qian"][1] == "P"
        assert page["issues"]["qian"][3:] == ("Change the supplier or ask for more budget", "2026-04-22")
        assert "Write the charter" in page["aimless"]
        assert "Write the market brief" not in page["aimless"]
        # Four weeks from the 27th of April have 18 working days, of which wang is away for four: 200 of 112 hours.
        assert page["load"]["wang"][:6] == ("2", "0", "0", "200 h", "112 h", "178.57%")
        assert page["load"]["wang"][-1] == "too much"


def allocation(world: World) -> None:
    """Hours logged against hours there were; and how far a project has come."""
    with world.desk(datetime(2026, 4, 20, 3, tzinfo=UTC)) as desk:
        _deliver(desk)
        for person, hours in (("sun", 400), ("sun", 200), ("qian", 8)):
            worked = {"worked_on": date(2026, 4, 21), "hours": timedelta(hours=hours)}
            desk.row("P", "timesheets", PROJECT_MANAGER, person=person, **worked)  # type: ignore[arg-type]  # values
        load = words(team_page(_of_desk(desk)))["load"]
        # March to May have 22 + 21 + 19 working days of eight hours.
        assert load["sun"][6:] == ("600 h", "504 h", "119.05%", "too much")
        assert load["qian"][6:] == ("8 h", "504 h", "1.59%", "too little")
        assert desk.wait(6)
        project = desk.store.project("P")
        assert project is not None
        progress = words(project_page(_of_desk(desk), project))["progress"]
        assert progress == {
            "Tasks done": ("0%", "0 of 1"),
            "Overdue tasks": ("1", ""),
            "Blocked tasks": ("0", ""),
            "Time limit": ("near", "next limit 2026-04-27"),
        }


def versions(world: World) -> None:
    """The deals of one version beside those of the next: how many came out well, how soon, and where they waited."""
    with world.desk() as desk:
        desk.open("B")
        desk.wait(40)
        desk.move("B", "lose", lost_reason="price")
        sell(desk, "A")
        desk.wait(10)
        sign(desk, "A")
        workflow = world.workflow("sales_pipeline")
        newer = replace(workflow, version=workflow.version + 1)
        workflows = {**world.library.workflows, workflow.id: newer}
        later = Desk(desk.store, replace(world.library, workflows=workflows))
        later.clock.moment = desk.clock.moment
        sell(later, "C")
        later.wait(2)
        sign(later, "C")
        told = words(quarter_page(_of_desk(later)))["process-sales_pipeline"]
        assert told["version 1"] == ("2026-03-02", "2", "2", "50%", "0.13", "10 d")
        assert told["version 2"][1:4] == ("1", "1", "100%")
        assert told["version 2"][-1] == "2 d"
        assert "Bottleneck: Market research." in told
        assert told["Market research"][0] == "74.07%"  # 40 days of 54: ten and two in negotiation, two after the sale


def activities(world: World) -> None:
    """What was to be done in spring, against what was."""
    with world.desk() as desk:
        sell(desk, "A")
        desk.wait(3)
        project = desk.store.project("A")
        assert project is not None
        for task in project.tasks.values():
            if task.origin in {"brief", "interview"}:
                desk.runner.apply("A", CompleteTask(task=task.id, actor=SELLER))
        told = words(quarter_page(_of_desk(desk)))["planned"]
        assert told["Sales pipeline · Write the market brief"] == ("1", "1", "0", "0", "0", "100%")
        assert told["Sales pipeline · Interview the customer"] == ("1", "1", "0", "0", "0", "100%")
        assert told["Sales pipeline · Write the offer"] == ("1", "0", "0", "0", "1", "0%")


def _quarter(world: World) -> dict[str, dict[str, tuple[str, ...]]]:
    return words(quarter_page(_asked(world.quarter(), at("07-10"), QUARTER)))


def indicators(world: World) -> None:
    """Each indicator of the cards with floor, target, actual value and standing."""
    told = _quarter(world)["indicators"]
    assert told["Delivery success"] == ("Project management scorecard", "40%", "80%", "50%", "25", "below the target")
    assert told["Gross margin"] == ("Sales scorecard", "10%", "25%", "30%", "120", "reached")
    assert told["Mean sales cycle"][1:] == ("180 d", "90 d", "40 d", "120", "reached")


def market(world: World) -> None:
    """Against whom deals are won; how often and how soon customers are spoken to; how content they are."""
    told = _quarter(world)
    assert told["groups"]["Win rate against the strongest rival"]
    assert told["figures-pipeline_kpis"]["Win rate against the strongest rival"] == ("0%", "3")
    assert told["figures-pipeline_kpis"]["Activities per salesperson and working day"] == ("0.03", "4")
    assert told["figures-pipeline_kpis"]["Median time to the first activity"] == ("10 h", "4")
    assert told["figures-customer_kpis"]["Customer satisfaction"] == ("75%", "4")
    assert told["figures-customer_kpis"]["Retention"][0] == "33.33%"
    assert told["figures-customer_kpis"]["Loyalty index"][0] == "45.42 points"


def quality(world: World) -> None:
    """Defects and complaints; references and renewals; needs covered and accepted."""
    told = _quarter(world)
    assert told["figures-project_kpis"]["Defects per deliverable"][0] == "0.8"
    assert told["figures-customer_kpis"]["Feedback settled in time"][0] == "50%"
    assert told["figures-customer_kpis"]["Share of referrals"][0] == "33.33%"
    assert told["figures-customer_kpis"]["Net revenue retention"][0] == "130.43%"
    assert told["figures-pipeline_kpis"]["Needs that the solution covers"][0] == "50%"
    assert told["figures-project_kpis"]["Requirements met"][0] == "60%"


def whole(world: World) -> None:
    """Both families on one page: what is sold and what is delivered; and who comes first."""
    told = _quarter(world)
    assert told["figures-sales_kpis"]["Win rate"][0] == "60%"
    assert told["figures-delivery_kpis"]["Delivery success"][0] == "50%"
    assert told["figures-commission_kpis"]["Quota attainment"][0] == "60%"
    inquiry = _asked(world.quarter(), at("07-10"), QUARTER)
    overview = words(portfolio_page(inquiry))["overview"]
    assert overview["Sales pipeline: open"] == ("2", "550,000 CNY")
    assert overview["Project lifecycle: open"][0] == "1"
    ranking = [block for one in team_page(inquiry).sections if one.id == "ranking" for block in one.blocks]
    assert isinstance(ranking[0], Table)
    rows = [tuple(cell.words for cell in row) for row in ranking[0].rows]
    assert [row[1:] for row in rows if row[0] == "Sales scorecard"][:2] == [("1", "wang", "81"), ("2", "he", "76")]
