"""How a sales project is managed: plan, organise, execute, control, evaluate; its goal, its risks, its causes."""

from datetime import UTC, date, datetime
from decimal import Decimal

from salespm_flow.engine.aims import aims_of
from salespm_flow.engine.measure.goals import keep_goals, track
from salespm_flow.model.goals import all_goals
from salespm_flow.rules.goal_findings import goal_findings
from salespm_flow.rules.goals import Progress, task_sum
from salespm_flow.rules.smart import smart as smart_verdicts
from tests.acceptance.mission.documents import SALES_PROJECT
from tests.acceptance.mission.world import World
from tests.acceptance.test_goals import MISSING_IN_AN_EMPTY_PLAN, planned, running
from tests.acceptance.test_shipped_workflows import DIRECTOR, SALES_MANAGER, Desk, cny, sell, sign

DOCUMENTS = SALES_PROJECT
APRIL = datetime(2026, 4, 1, 3, tzinfo=UTC)


def _judge_goals(desk: Desk, world: World) -> None:
    keep_goals(desk.store, track(desk.store, world.library, at=desk.clock.moment), desk.clock.moment)


def planning(world: World) -> None:
    with world.desk(APRIL) as desk:
        desk.open("S", "sales_project")
        assert desk.move("S", "planned", SALES_MANAGER) == MISSING_IN_AN_EMPTY_PLAN
        project = desk.store.project("S")
        assert project is not None
        assert {"sla.warn.plan", "sla.breach.plan"} <= set(project.clocks)
        planned_again = [task.origin for task in project.tasks.values()]
        assert planned_again == ["draft"]


def budget(world: World) -> None:
    """A budget is the sum of its lines, each of a category, the reserve among them."""
    with world.desk(APRIL) as desk:
        planned(desk)
        desk.row("S", "budget_lines", SALES_MANAGER, category="reserve", planned=cny(20_000))
        assert desk.move("S", "planned", SALES_MANAGER) == {"budget_adds_up"}
        desk.row("S", "budget_lines", SALES_MANAGER, category="labour", planned=cny(150_000))
        desk.row("S", "budget_lines", SALES_MANAGER, category="promotion", planned=cny(30_000))
        assert desk.row("S", "strategy", SALES_MANAGER, offer="MES") == {"channel"}
        assert desk.move("S", "planned", SALES_MANAGER) == "plan"
        assert desk.approvals("S") == {"go": "pending"}
        assert desk.vote("S", "go", DIRECTOR) == "organise"


def organising(world: World) -> None:
    with world.desk(APRIL) as desk:
        planned(desk)
        desk.move("S", "planned", SALES_MANAGER)
        desk.vote("S", "go", DIRECTOR)
        assert desk.move("S", "staffed", SALES_MANAGER) == {"team", "channels", "agreements", "roles_filled"}
        assert desk.row("S", "team", SALES_MANAGER, person="wang", role="sales_rep") == {"duty"}
        desk.row("S", "team", SALES_MANAGER, person="wang", role="sales_rep", duty="销售")
        desk.row("S", "channels", SALES_MANAGER, audience="客户", topic="进展", medium="会议")
        desk.row("S", "agreements", SALES_MANAGER, rule="每周例会", escalate="director")
        assert desk.move("S", "staffed", SALES_MANAGER) == {"roles_filled"}
        desk.row("S", "team", SALES_MANAGER, person="zhao", role="sales_manager", duty="管理")
        desk.row("S", "materials", SALES_MANAGER, name="样机", quantity=Decimal(3), needed_by=date(2026, 4, 4))
        assert desk.move("S", "staffed", SALES_MANAGER) == {"material_ready"}
        assert "sales_project_risks.material_late#1" in desk.open_risks("S")
        day = date(2026, 4, 1)
        needed = date(2026, 4, 4)
        desk.row("S", "materials", SALES_MANAGER, name="样机", quantity=Decimal(3), needed_by=needed, ready_on=day)
        assert desk.move("S", "staffed", SALES_MANAGER) == "run"


def staffing(world: World) -> None:
    """Nobody starts before the roles are filled, the channels named, the agreements made."""
    with world.desk(APRIL) as desk:
        planned(desk)
        desk.move("S", "planned", SALES_MANAGER)
        desk.vote("S", "go", DIRECTOR)
        desk.row("S", "team", SALES_MANAGER, person="wang", role="sales_rep", duty="销售")
        assert desk.move("S", "staffed", SALES_MANAGER) == {"channels", "agreements", "roles_filled"}
        desk.row("S", "team", SALES_MANAGER, person="zhao", role="sales_manager", duty="管理")
        assert desk.move("S", "staffed", SALES_MANAGER) == {"channels", "agreements"}
        assert desk.row("S", "channels", SALES_MANAGER, audience="客户", topic="进展") == {"medium"}
        desk.row("S", "channels", SALES_MANAGER, audience="客户", topic="进展", medium="会议")
        assert desk.move("S", "staffed", SALES_MANAGER) == {"agreements"}
        desk.row("S", "agreements", SALES_MANAGER, rule="每周例会", escalate="director")
        assert desk.move("S", "staffed", SALES_MANAGER) == "run"


def lessons(world: World) -> None:
    """What went well and what did not is written down with advice; improvements have an owner and a day."""
    with world.desk(APRIL) as desk:
        running(desk)
        desk.move("S", "stop", SALES_MANAGER)
        assert desk.leaves("S") == ("evaluate",)
        refused = desk.move("S", "close", SALES_MANAGER)
        assert isinstance(refused, set)
        assert {"lessons", "improvements"} <= refused
        assert desk.row("S", "lessons", SALES_MANAGER, context="展会") == {"advice", "success"}
        assert desk.row("S", "improvements", SALES_MANAGER, measure="复查") == {"person", "due"}
        desk.row("S", "lessons", SALES_MANAGER, context="展会", advice="提前准备", success=True)
        desk.row("S", "improvements", SALES_MANAGER, measure="复查", person="zhao", due=date(2026, 8, 1))
        refused = desk.move("S", "close", SALES_MANAGER)
        assert isinstance(refused, set)
        assert refused.isdisjoint({"lessons", "improvements"})


def executing(world: World) -> None:
    with world.desk(APRIL) as desk:
        running(desk)
        assert desk.leaves("S") == ("run.execute.selling", "run.control.green")
        desk.move("S", "open_deal")
        (deal,) = desk.store.children("S")["deals"]
        assert (deal.pin.workflow, deal.fields["target_segment"]) == ("sales_pipeline", "装备制造")
        assert "timer.weekly" in desk.wait(8)
        assert desk.move("S", "adjust", SALES_MANAGER) == {"comment"}
        desk.move("S", "adjust", SALES_MANAGER, comment="改打医疗行业")
        assert desk.approvals("S")["change"] == "pending"
        desk.vote("S", "change", DIRECTOR)
        assert desk.approvals("S")["change"] == "used"


def control(world: World) -> None:
    """The light follows the goal's pace and the money; red asks for a corrective action."""
    with world.desk(APRIL) as desk:
        running(desk)
        desk.row("S", "spending", SALES_MANAGER, amount=cny(170_000))
        assert "sales_project_risks.budget_short#1" in desk.open_risks("S")
        desk.clock.moment = datetime(2026, 5, 6, 3, tzinfo=UTC)
        _judge_goals(desk, world)
        desk.wait(1)
        assert desk.leaves("S")[1] == "run.control.red.analysing"
        assert "sales_project_risks.behind_pace#1" in desk.open_risks("S")
        assert desk.move("S", "correct", SALES_MANAGER) == {"acted"}
        desk.row("S", "corrections", SALES_MANAGER, cause="商机不足", measure="增加拜访", due=date(2026, 5, 20))
        desk.move("S", "correct", SALES_MANAGER)
        sell(desk, "A")
        desk.fill("A", amount=cny(7_100_000), cost=cny(1000), promised_on=date(2026, 9, 30))
        desk.row(
            "A", "meddpicc", element="paper_process", score=Decimal(2), evidence="采购流程", seen_on=date(2026, 5, 6)
        )
        sign(desk, "A")
        _judge_goals(desk, world)
        desk.wait(0)
        desk.fill("S", SALES_MANAGER, scope="华东")
        # The goal is reached; late tasks keep the light amber.
        assert desk.leaves("S")[1] == "run.control.amber"


def evaluation(world: World) -> None:
    """No project is closed before every cause that is due has been named, with lessons and improvements."""
    with world.desk(APRIL) as desk:
        running(desk)
        desk.row("S", "materials", SALES_MANAGER, name="样机", quantity=Decimal(3), needed_by=date(2026, 5, 1))
        desk.clock.moment = datetime(2026, 7, 2, 3, tzinfo=UTC)
        _judge_goals(desk, world)
        desk.wait(1)
        desk.row("S", "corrections", SALES_MANAGER, cause="商机不足", measure="增加拜访", due=date(2026, 7, 20))
        assert desk.leaves("S") == ("evaluate",)
        causes = {"miss_explained", "delay_explained", "waste_explained", "response_explained"}
        assert desk.move("S", "close", SALES_MANAGER) == {"grade", "lessons", "improvements", *causes}
        project = desk.store.project("S")
        assert project is not None
        assert {"sla.warn.evaluate"} <= set(project.clocks)
        assert desk.row("S", "lessons", SALES_MANAGER, context="展会", advice="提前") == {"success"}
        assert desk.row("S", "improvements", SALES_MANAGER, measure="复查") == {"person", "due"}
        desk.row("S", "lessons", SALES_MANAGER, context="展会", advice="提前", success=False)
        desk.row("S", "improvements", SALES_MANAGER, measure="复查", person="zhao", due=date(2026, 8, 1))
        desk.fill("S", SALES_MANAGER, grade="C", miss_cause="competitor", delay_cause="customer")
        assert desk.move("S", "close", SALES_MANAGER) == {"waste_explained", "response_explained"}
        desk.fill("S", SALES_MANAGER, waste_cause="surplus", response_cause="late")
        assert desk.move("S", "close", SALES_MANAGER) == "closed"


def functions(world: World) -> None:
    """Every stage serves one of the management functions; the five steps follow each other."""
    project = world.workflow("sales_project")
    tagged = {path: str(state.function) for path, state in project.states.items() if state.function is not None}
    assert tagged == {
        "plan": "plan",
        "organise": "organise",
        "run.execute.selling": "implement",
        "run.control.green": "control",
        "run.control.amber": "control",
        "run.control.red": "control",
        "evaluate": "evaluate",
    }
    uses = project.uses
    assert (uses.organisation, uses.goals, uses.risks, uses.scorecards) == (
        "company",
        ("quarter_goals",),
        ("sales_project_risks",),
        ("sales_project_scorecard",),
    )
    assert project.domain == "sales"


def smart(world: World) -> None:
    """Each letter holds for a reason that stands in the goal."""
    aims = aims_of(world.library)
    assert {name: [one.letter.value for one in aim.verdicts if one.holds] for name, aim in aims.items()} == {
        name: list("SMART") for name in ("quarter_revenue", "april_revenue", "may_revenue", "june_revenue")
    }
    # April is relevant for the quarter that it serves, whoever else reads it.
    april, every = aims["april_revenue"], all_goals(world.library.goal_sets.values())
    served = every.get(april.goal.parent or "")
    assert all(one.holds for one in smart_verdicts(april.goal, april.kpi, parent=served, users=()))


def challenge(world: World) -> None:
    """The target is above what was, below what can be; its parts add up, each with who and when."""
    goal = all_goals(world.library.goal_sets.values())["quarter_revenue"]
    assert [str(getattr(one, "amount", None)) for one in (goal.baseline, goal.target, goal.ceiling)] == [
        "850000",
        "1000000",
        "1250000",
    ]
    assert [(task.id, task.who is not None, task.due is not None) for task in goal.tasks] == [
        ("keep", True, True),
        ("win", True, True),
        ("fair", True, True),
    ]
    whole = task_sum(goal)
    assert whole is not None
    assert list(goal_findings(world.library.goal_sets["quarter_goals"], world.library)) == []


def attainment(world: World) -> None:
    """USD 1,000,000 within the quarter: a tenth won in the fourth of 65 working days."""
    with world.desk(datetime(2026, 4, 8, 3, tzinfo=UTC)) as desk:
        sell(desk, "A")
        desk.fill("A", amount=cny(710_000), cost=cny(355_000))
        sign(desk, "A")
        tracked = track(desk.store, world.library, at=desk.clock.moment)
        standing = tracked["quarter_revenue"].standing
        assert (standing.attainment, standing.progress) == (Decimal("0.1"), Progress.ON_PACE)
        assert tracked["april_revenue"].aim.goal.parent == "quarter_revenue"
