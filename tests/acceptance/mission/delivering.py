"""How a project is delivered: the stages of the lifecycle, what each asks for, what is watched meanwhile."""

from datetime import date, timedelta
from decimal import Decimal

from salespm_flow.engine.context import row_of
from salespm_flow.engine.views.guidance import guidance
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Actor, CompleteTask, Open
from tests.acceptance.mission.documents import DELIVERY
from tests.acceptance.mission.world import World
from tests.acceptance.test_shipped_workflows import DIRECTOR, MEMBER, PROJECT_MANAGER, SELLER, Desk, begin, cny, told

DOCUMENTS = DELIVERY
DAY = date(2026, 3, 2)
MONITORING = "active.delivery.monitoring"


def opened(desk: Desk, **more: object) -> None:
    """A project of 200,000 CNY to the end of September, not accepted yet."""
    fields = {"scope": "MES 上线", "budget": cny(200_000), "deadline": date(2026, 9, 30), **more}
    request = Open(project="P", owner="qian", fields=fields, actor=Actor(id="qian"))  # type: ignore[arg-type]  # values
    assert told(desk.runner.open("pm_lifecycle", request)) == "initiation"


def under_way(desk: Desk, **more: object) -> None:
    opened(desk, **more)
    begin(desk, "P")


def closing(desk: Desk) -> None:
    """A project whose work is done and inspected."""
    under_way(desk)
    desk.move("P", "submit", MEMBER)
    desk.row("P", "inspections", PROJECT_MANAGER, deliverable="系统", round=Decimal(1), passed=True)
    assert desk.move("P", "pass", PROJECT_MANAGER) == "closing"


def stages(world: World) -> None:
    """Each stage has its time limit, its tasks and its gate; monitoring runs beside execution."""
    with world.desk() as desk:
        opened(desk)
        clocks, origins = _held(desk)
        assert ({"sla.warn.initiation", "sla.breach.initiation"} <= clocks, "charter" in origins) == (True, True)
        assert desk.move("P", "accept", PROJECT_MANAGER) == {
            "objective",
            "start_on",
            "feasibility",
            "milestones",
            "dates",
            "feasible",
        }
        for aspect in ("technical", "economic", "schedule"):
            desk.row("P", "feasibility", PROJECT_MANAGER, aspect=aspect, feasible=True)
        desk.row("P", "milestones", PROJECT_MANAGER, name="上线", due=date(2027, 9, 1))
        desk.move("P", "accept", PROJECT_MANAGER, objective="上线", start_on=date(2026, 3, 16))
        clocks, origins = _held(desk)
        assert ({"sla.warn.planning", "sla.breach.planning"} <= clocks, {"breakdown", "schedule"} <= origins) == (
            True,
            True,
        )
        assert desk.move("P", "baseline", PROJECT_MANAGER) == {"deliverables", "ordered"}
        desk.row("P", "milestones", PROJECT_MANAGER, name="上线", due=date(2026, 9, 1))
        desk.row("P", "deliverables", PROJECT_MANAGER, name="系统")
        desk.move("P", "baseline", PROJECT_MANAGER)
        assert desk.leaves("P") == ("active.delivery.execution.working", f"{MONITORING}.green")
        desk.move("P", "submit", MEMBER)
        assert desk.move("P", "pass", PROJECT_MANAGER) == {"inspections", "quality"}
        desk.row("P", "inspections", PROJECT_MANAGER, deliverable="系统", round=Decimal(1), passed=True)
        desk.move("P", "pass", PROJECT_MANAGER)
        clocks, origins = _held(desk)
        assert ({"sla.warn.closing", "sla.breach.closing"} <= clocks, "retrospective" in origins) == (True, True)
        assert desk.move("P", "close", PROJECT_MANAGER) == {"acceptance_report", "summary", "lessons", "accepted"}
        assert desk.move("P", "cancel", DIRECTOR, comment="客户破产") == "cancelled"
        ended = desk.store.project("P")
        assert ended is not None
        assert (ended.outcome, ended.is_open) == ("cancelled", False)


def _held(desk: Desk) -> tuple[set[str], set[str]]:
    """The clocks and the origins of the tasks of the project."""
    project = desk.store.project("P")
    assert project is not None
    return set(project.clocks), {task.origin for task in project.tasks.values()}


def initiation(world: World) -> None:
    with world.desk() as desk:
        opened(desk, budget=cny(0))
        desk.row("P", "milestones", PROJECT_MANAGER, name="上线", due=date(2026, 9, 1))
        for aspect in ("technical", "economic"):
            desk.row("P", "feasibility", PROJECT_MANAGER, aspect=aspect, feasible=True)
        assert desk.move("P", "accept", PROJECT_MANAGER) == {"objective", "start_on", "budget_set", "dates", "feasible"}
        desk.row("P", "feasibility", PROJECT_MANAGER, aspect="schedule", feasible=False)
        desk.fill("P", DIRECTOR, budget=cny(600_000))
        desk.fill("P", PROJECT_MANAGER, objective="上线", start_on=date(2026, 10, 1))
        assert desk.move("P", "accept", PROJECT_MANAGER) == {"dates", "feasible"}
        desk.row("P", "feasibility", PROJECT_MANAGER, aspect="schedule", feasible=True)
        desk.fill("P", PROJECT_MANAGER, start_on=date(2026, 3, 16))
        assert desk.move("P", "accept", PROJECT_MANAGER) == "initiation"
        assert desk.approvals("P") == {"go": "pending"}
        assert desk.vote("P", "go", DIRECTOR) == "planning"


def scope(world: World) -> None:
    with world.desk() as desk:
        request = Open(project="X", owner="qian", fields={}, actor=Actor(id="qian"))
        assert told(desk.runner.open("pm_lifecycle", request)) == {"scope", "budget", "deadline"}
        under_way(desk)
        for number in range(3):
            desk.row("P", "changes", PROJECT_MANAGER, what=f"接口 {number}", reason="客户要求")
        assert "delivery_risks.scope_grows#1" in desk.open_risks("P")
        assert desk.move("P", "replan", PROJECT_MANAGER) == {"comment"}
        assert desk.move("P", "replan", PROJECT_MANAGER, comment="范围扩大") == "delivery"
        assert desk.approvals("P") == {"rebaseline": "pending"}
        assert desk.vote("P", "rebaseline", DIRECTOR) == "delivery"


def milestones(world: World) -> None:
    with world.desk() as desk:
        closing(desk)
        desk.row("P", "milestones", PROJECT_MANAGER, name="蓝图", due=date(2026, 3, 6))
        desk.wait(7)
        assert "delivery_risks.milestone_missed#1" in desk.open_risks("P")
        refused = desk.move("P", "close", PROJECT_MANAGER)
        assert isinstance(refused, set)
        assert "delay_explained" in refused
        desk.row("P", "milestones", PROJECT_MANAGER, name="蓝图", due=date(2026, 3, 6), met_on=date(2026, 3, 6))
        refused = desk.move("P", "close", PROJECT_MANAGER)
        assert isinstance(refused, set)
        assert "delay_explained" not in refused
        assert "delivery_risks.milestone_missed#1" not in desk.open_risks("P")


def acceptance(world: World) -> None:
    with world.desk() as desk:
        closing(desk)
        desk.row("P", "problems", PROJECT_MANAGER, ref="I1", text="接口超时")
        assert desk.move("P", "close", PROJECT_MANAGER) == {
            "acceptance_report",
            "summary",
            "lessons",
            "accepted",
            "solved",
        }
        desk.row("P", "problems", PROJECT_MANAGER, ref="I1", text="接口超时", closed_at=desk.clock.moment)
        desk.row("P", "deliverables", PROJECT_MANAGER, name="系统", accepted_by="李总", accepted_on=DAY)
        assert desk.row("P", "lessons", PROJECT_MANAGER, context="排程", advice="早试") == {"success"}
        desk.row("P", "lessons", PROJECT_MANAGER, context="排程", advice="早试", success=True)
        project = desk.store.project("P")
        assert project is not None
        assert {task.origin for task in project.tasks.values()} >= {"retrospective"}
        assert desk.move("P", "close", PROJECT_MANAGER, acceptance_report="签字", summary="按期") == "closed"


def quality(world: World) -> None:
    with world.desk() as desk:
        under_way(desk)
        desk.row("P", "deliverables", PROJECT_MANAGER, name="手册")
        desk.move("P", "submit", MEMBER)
        for number in (1, 2):
            desk.row("P", "inspections", PROJECT_MANAGER, deliverable="系统", round=Decimal(number), passed=False)
        assert "delivery_risks.failed_inspections#1" in desk.open_risks("P")
        desk.row("P", "inspections", PROJECT_MANAGER, deliverable="系统", round=Decimal(3), passed=True)
        assert desk.move("P", "pass", PROJECT_MANAGER) == {"quality"}
        desk.row("P", "inspections", PROJECT_MANAGER, deliverable="手册", round=Decimal(1), passed=True)
        assert desk.move("P", "pass", PROJECT_MANAGER) == "closing"


def money(world: World) -> None:
    """Money is spent by category, watched at 80 %, amber at 90 %, red at 100 %; red asks for a corrective action."""
    with world.desk() as desk:
        under_way(desk)
        spent = {"labour": 100_000, "equipment": 30_000, "material": 35_000}
        for category, amount in spent.items():
            assert desk.row("P", "spending", PROJECT_MANAGER, category=category, amount=cny(amount)) == "delivery"
        assert desk.open_risks("P") == ["delivery_risks.overspend#1"]
        desk.row("P", "spending", PROJECT_MANAGER, category="labour", amount=cny(20_000))
        assert desk.leaves("P")[1] == f"{MONITORING}.amber"
        desk.row("P", "spending", PROJECT_MANAGER, category="labour", amount=cny(20_000))
        assert desk.leaves("P")[1] == f"{MONITORING}.red.analysing"
        assert desk.move("P", "correct", PROJECT_MANAGER) == {"acted"}
        desk.row("P", "corrections", PROJECT_MANAGER, cause="加班", measure="限制加班", due=date(2026, 4, 1))
        assert desk.move("P", "correct", PROJECT_MANAGER) == "delivery"
        desk.fill("P", DIRECTOR, budget=cny(400_000))
        assert desk.leaves("P")[1] == f"{MONITORING}.green"


def watching(world: World) -> None:
    """Time alone brings reviews, warnings and risks."""
    with world.desk() as desk:
        under_way(desk)
        fired = desk.wait(17)
        assert "timer.weekly_review" in fired
        assert "delivery_risks.unreviewed#1" in desk.open_risks("P")
        fired = desk.wait(186)  # to the 21st of September, ten working days and National Day's make-up before the end
        assert "timer.deadline_near" in fired
        assert "delivery_risks.past_deadline#1" not in desk.open_risks("P")
        desk.wait(40)
        assert "delivery_risks.past_deadline#1" in desk.open_risks("P")


def tasks(world: World) -> None:
    """A stage brings its tasks: who answers for them, who does them, who is asked and told, by when."""
    with world.desk() as desk:
        opened(desk)
        for aspect in ("technical", "economic", "schedule"):
            desk.row("P", "feasibility", PROJECT_MANAGER, aspect=aspect, feasible=True)
        desk.row("P", "milestones", PROJECT_MANAGER, name="上线", due=date(2026, 9, 1))
        desk.move("P", "accept", PROJECT_MANAGER, objective="上线", start_on=date(2026, 3, 16))
        project = desk.store.project("P")
        assert project is not None
        found = {task.origin: task for task in project.tasks.values()}
        assert all(task.due_at is not None and task.who for task in found.values())
        schedule, breakdown = found["schedule"], found["breakdown"]
        assert (schedule.who, schedule.accountable) == ("role:project_manager", "")
        assert (schedule.consulted, schedule.informed) == (("role:finance",), ("role:customer",))
        assert (breakdown.who, breakdown.accountable) == ("role:project_member", "role:project_manager")
        # Five working days on; Saturday the 7th is one of them.
        assert breakdown.due_at == desk.clock.moment + timedelta(days=5)
        done = CompleteTask(task=breakdown.id, actor=MEMBER)
        assert told(desk.runner.apply("P", done)) == "planning"


def due_dates(world: World) -> None:
    """What a stage brings is due after so many working days of the company's calendar."""
    with world.desk() as desk:
        opened(desk)
        begin(desk, "P")
        project = desk.store.project("P")
        assert project is not None
        due = {task.origin: task.due_at for task in project.tasks.values()}
        # From Monday the 2nd of March; Saturday the 7th is worked.
        days = {"charter": 3, "breakdown": 5, "schedule": 11}
        assert due == {name: desk.clock.moment + timedelta(days=after) for name, after in days.items()}


def spending(world: World) -> None:
    """What is spent has a category, and turns the light amber before it turns it red."""
    with world.desk() as desk:
        under_way(desk)
        assert desk.row("P", "spending", PROJECT_MANAGER, amount=cny(1)) == {"category"}
        for category in ("labour", "material", "equipment"):
            assert desk.row("P", "spending", PROJECT_MANAGER, category=category, amount=cny(1000)) == "delivery"
        assert desk.leaves("P")[1] == f"{MONITORING}.green"
        desk.row("P", "spending", PROJECT_MANAGER, category="labour", amount=cny(180_000))
        assert desk.leaves("P")[1] == f"{MONITORING}.amber"


def earlier_lessons(world: World) -> None:
    """A project knows from its first day what projects of the customer's sector have taught."""
    with world.desk() as desk:
        for project, account in (("P", "华兴制造"), ("Q", "明德医疗"), ("R", "北岸零售")):
            fields: dict[str, Value] = {"scope": "x", "budget": cny(1), "deadline": date(2026, 9, 30)}
            fields["account"] = account
            desk.runner.open("pm_lifecycle", Open(project=project, owner="qian", fields=fields, actor=Actor(id="qian")))
        read = {}
        for name in ("P", "Q", "R"):
            snapshot, compiled = desk.runner.snapshot(name)
            read[name] = row_of(snapshot.project, compiled, desk.clock.moment)["earlier_lessons"]
        assert read == {
            "P": ("合同中锁定设备价格", "验收前至少试运行两周"),
            "Q": ("启动时即请法务审查数据条款",),
            "R": (),
        }


def roles(world: World) -> None:
    """Who may do what: the manager leads, the member does the work, sales does neither."""
    with world.desk() as desk:
        opened(desk)
        assert desk.move("P", "accept", SELLER, comment="x") >= {"role"}  # type: ignore[operator]  # refused, so a set
        for aspect in ("technical", "economic", "schedule"):
            desk.row("P", "feasibility", PROJECT_MANAGER, aspect=aspect, feasible=True)
        desk.row("P", "milestones", PROJECT_MANAGER, name="上线", due=date(2026, 9, 1))
        desk.move("P", "accept", PROJECT_MANAGER, objective="上线", start_on=date(2026, 3, 16))
        desk.row("P", "deliverables", PROJECT_MANAGER, name="系统")
        assert desk.move("P", "baseline", MEMBER) == {"role"}
        assert desk.move("P", "baseline", PROJECT_MANAGER) == "delivery"
        assert desk.move("P", "submit", SELLER) == {"role"}
        assert desk.move("P", "submit", MEMBER) == "delivery"


def tools(world: World) -> None:
    """The guide of a stage shows its tools, its criteria and the skills that it asks for."""
    with world.desk() as desk:
        opened(desk)
        snapshot, compiled = desk.runner.snapshot("P")
        (guide,) = guidance(compiled, snapshot, PROJECT_MANAGER, desk.clock.moment)
        assert guide.state.tools == ("charter", "feasibility study")
        assert {one.id for one in guide.criteria} >= {"objective", "scope", "budget", "start_on"}
        assert [(one.skill, one.wanted, one.has) for one in guide.skills] == [
            ("organising", 3, 4),
            ("risk_assessment", 3, 0),
        ]


def outcomes(world: World) -> None:
    """The lifecycle is of delivery, begins once and ends delivered, returned or cancelled."""
    lifecycle = world.workflow("pm_lifecycle")
    assert (lifecycle.domain, lifecycle.initial) == ("delivery", ("initiation",))
    with world.desk() as desk:
        closing(desk)
        desk.row("P", "deliverables", PROJECT_MANAGER, name="系统", accepted_by="李总", accepted_on=DAY)
        desk.row("P", "lessons", PROJECT_MANAGER, context="排程", advice="早试", success=True)
        desk.move("P", "close", PROJECT_MANAGER, acceptance_report="签字", summary="按期")
        project = desk.store.project("P")
        assert project is not None
        assert (project.outcome, project.is_open) == ("delivered", False)


def blocked(world: World) -> None:
    """Blocked work has a clock, a reason, and becomes a risk."""
    with world.desk() as desk:
        under_way(desk)
        assert desk.move("P", "block", MEMBER) == {"comment"}
        desk.move("P", "block", MEMBER, comment="等设备")
        assert "sla.warn.blocked" in desk.wait(2)
        desk.wait(1)
        assert "delivery_risks.blocked_long#1" not in desk.open_risks("P")
        desk.wait(1)
        assert "delivery_risks.blocked_long#1" in desk.open_risks("P")
        assert desk.move("P", "unblock", MEMBER) == "delivery"
