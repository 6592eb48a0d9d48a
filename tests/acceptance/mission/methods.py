"""Several methods side by side: Scrum, Kanban, both with the pipeline, and trades that change what ships."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.contrast.dimensions import contrast
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Actor, AddNote, AddTask, Advance, CompleteTask, Open
from salespm_flow.model.priority import Priority
from tests.acceptance.mission.documents import SELLING
from tests.acceptance.mission.world import World
from tests.acceptance.test_shipped_workflows import PROJECT_MANAGER, SELLER, Desk, cny, sell, told

DOCUMENTS = (
    *SELLING,
    "scrum",
    "scrum_risks",
    "kanban",
    "kanban_risks",
    "hybrid_sales",
    "road_project",
    "software_sales",
)


def _open(desk: Desk, workflow: str, **fields: object) -> object:
    request = Open(project="P", owner="qian", fields=fields, actor=Actor(id="qian"))  # type: ignore[arg-type]  # values
    return told(desk.runner.open(workflow, request))


def scrum(world: World) -> None:
    """Backlog, sprint, review, retrospective; velocity and what remains."""
    with world.desk() as desk:
        assert _open(desk, "scrum", product="MES") == "refining"
        for story, points in (("排程", 8), ("报表", 5)):
            desk.row("P", "backlog", PROJECT_MANAGER, story=story, points=Decimal(points))
        assert desk.move("P", "start", PROJECT_MANAGER) == {"sprint_goal", "planned"}
        desk.row("P", "backlog", PROJECT_MANAGER, story="排程", points=Decimal(8), in_sprint=True)
        assert desk.move("P", "start", PROJECT_MANAGER, sprint_goal="能排程") == "sprint"
        assert "timer.over" in desk.wait(14)
        assert desk.move("P", "reflect", PROJECT_MANAGER) == {"counted"}
        desk.row("P", "backlog", PROJECT_MANAGER, story="排程", points=Decimal(8), in_sprint=True, accepted=True)
        desk.row("P", "sprints", PROJECT_MANAGER, aim="能排程", accepted=Decimal(8), goal_met=True)
        assert desk.move("P", "reflect", PROJECT_MANAGER) == "retrospective"
        assert desk.move("P", "release", PROJECT_MANAGER) == {"when", "learned"}
        assert desk.move("P", "again", PROJECT_MANAGER) == {"learned"}
        desk.row("P", "improvements", PROJECT_MANAGER, measure="每日站会")
        assert desk.move("P", "again", PROJECT_MANAGER) == "refining"
        snapshot, compiled = desk.runner.snapshot("P")
        assert {"velocity", "remaining", "committed"} <= set(compiled.workflow.fields)
        assert snapshot.project.fields.get("sprint_goal") is None


def kanban(world: World) -> None:
    """No fourth item is begun while three are in progress."""
    with world.desk() as desk:
        assert _open(desk, "kanban", purpose="方案") == "working"
        for item in ("调研", "报价", "样机"):
            assert desk.move("P", "pull", PROJECT_MANAGER, next_item=item) == "working"
        assert desk.move("P", "pull", PROJECT_MANAGER, next_item="评审") == {"within_limit"}
        project = desk.store.project("P")
        assert project is not None
        assert [row.values["item"] for row in project.records["items"]] == ["调研", "报价", "样机"]
        assert desk.move("P", "close", PROJECT_MANAGER) == {"drained"}
        first, *_ = project.tasks
        desk.runner.apply("P", CompleteTask(task=first, actor=PROJECT_MANAGER))
        assert desk.move("P", "pull", PROJECT_MANAGER, next_item="评审") == "working"


def side_by_side(world: World) -> None:
    """Which method a project follows is the choice of its workflow; one store holds them all."""
    with world.desk() as desk:
        method: Mapping[str, tuple[str, dict[str, Value]]] = {
            "S": ("scrum", {"product": "MES"}),
            "K": ("kanban", {"purpose": "MES"}),
            "P": ("pm_lifecycle", {"scope": "MES", "budget": cny(1), "deadline": date(2026, 9, 30)}),
        }
        for project, (workflow, fields) in method.items():
            request = Open(project=project, owner="qian", fields=fields, actor=Actor(id="qian"))
            desk.runner.open(workflow, request)
        found = {one.id: one.state for one in desk.store.projects(is_open=True)}
        assert found == {"S": "refining", "K": "working", "P": "initiation"}
        desk.row("K", "items", PROJECT_MANAGER, item="报价")
        assert desk.move("K", "close", PROJECT_MANAGER) == {"drained"}
        desk.row("S", "backlog", PROJECT_MANAGER, story="排程", points=Decimal(8), in_sprint=True)
        desk.move("S", "start", PROJECT_MANAGER, sprint_goal="能排程")
        assert "timer.over" in desk.wait(14)


def validated(world: World) -> None:
    """What is merged into the definitions is judged before: none of them has an error."""
    assert [(found.code, found.span.file) for found in world.errors] == []
    assert {"sales_pipeline", "software_sales", "hybrid_sales"} <= set(world.library.workflows)


def hybrid(world: World) -> None:
    """The deal's offer is worked out on a board, its delivery in the lifecycle."""
    with world.desk() as desk:
        workflow = world.workflow("hybrid_sales")
        assert {name: link.workflow for name, link in workflow.links.items()} == {
            "delivery": "pm_lifecycle",
            "board": "kanban",
        }
        desk.open("A", "hybrid_sales", market_size=cny(1), target_segment="装备制造", account="华兴制造", channel="web")
        desk.row("A", "market_notes", trend="数字化", source="行业报告")
        desk.move("A", "qualify")
        desk.move("A", "contact", fit_score=Decimal(90))
        desk.row("A", "contacts", name="李总", decides=True, trust=Decimal(4))
        desk.row("A", "activities", sort="visit")
        desk.move("A", "discover")
        desk.row("A", "needs", ref="N1", need="排程")
        day = date(2026, 3, 2)
        for element in ("budget", "authority", "need", "timeline"):
            desk.row("A", "bant", element=element, score=Decimal(2), evidence="纪要", seen_on=day)
        assert desk.move("A", "propose") == "proposal"
        (board,) = desk.store.children("A")["board"]
        assert board.fields["purpose"] == "华兴制造"
        refused = desk.move("A", "negotiate")
        assert isinstance(refused, set)
        assert "board_done" in refused
        closing = Advance(trigger="close", actor=SELLER)
        assert told(desk.runner.apply(board.id, closing)) == "closed"
        refused = desk.move("A", "negotiate")
        assert isinstance(refused, set)
        assert "board_done" not in refused


def roads(world: World) -> None:
    """A road is shared between partners and cut into sections; the shares and the sections add up."""
    with world.desk() as desk:
        fields = {"scope": "G1", "budget": cny(400_000), "deadline": date(2026, 9, 30)}
        assert _open(desk, "road_project", **fields) == "initiation"
        for aspect in ("technical", "economic", "schedule"):
            desk.row("P", "feasibility", PROJECT_MANAGER, aspect=aspect, feasible=True)
        desk.row("P", "milestones", PROJECT_MANAGER, name="通车", due=date(2026, 9, 1))
        start = date(2026, 3, 16)
        refused = desk.move("P", "accept", PROJECT_MANAGER, objective="通车", start_on=start)
        assert refused == {"length_km", "partners", "shared"}
        for party, risk, benefit in (("政府", "0.4", "0.3"), ("企业", "0.6", "0.6")):
            desk.row(
                "P", "partners", PROJECT_MANAGER, party=party, risk_share=Decimal(risk), benefit_share=Decimal(benefit)
            )
        move = {"objective": "通车", "start_on": start, "length_km": Decimal(30)}
        assert desk.move("P", "accept", PROJECT_MANAGER, **move) == {"shared"}  # type: ignore[arg-type]  # values
        shares = {"risk_share": Decimal("0.6"), "benefit_share": Decimal("0.7")}
        desk.row("P", "partners", PROJECT_MANAGER, party="企业", **shares)
        assert desk.move("P", "accept", PROJECT_MANAGER, **move) == "planning"  # type: ignore[arg-type]  # values
        desk.row("P", "deliverables", PROJECT_MANAGER, name="道路")
        section = {"length_km": Decimal(20), "crew": "一队", "due": date(2026, 10, 1)}
        desk.row("P", "sections", PROJECT_MANAGER, section="K0", **section)  # type: ignore[arg-type]  # values
        assert desk.move("P", "baseline", PROJECT_MANAGER) == {"whole_road", "in_time"}


def tailoring(world: World) -> None:
    """An overlay changes thresholds, stages, fields and gates of what ships, and says nothing of the rest."""
    with world.desk() as desk:
        desk.open("S", "software_sales", target_segment="装备制造")
        desk.row("S", "market_notes", trend="数字化", source="行业报告")
        assert desk.move("S", "qualify") == "prospecting"
        assert desk.move("S", "contact", account="华兴制造", channel="web", fit_score=Decimal(65)) == {"fit"}
        assert desk.move("S", "contact", account="华兴制造", channel="web", fit_score=Decimal(70)) == "first_contact"
        software = world.workflow("software_sales")
        assert software.states["trial"].probability == Decimal("0.6")
        assert "forgotten" not in software.timers


def by_hand(world: World) -> None:
    """A project takes tasks with priorities, notes, and says who does what."""
    with world.desk() as desk:
        sell(desk, "A")
        title = Bilingual("准备演示", "Prepare the demonstration")
        task = AddTask(title=title, actor=SELLER, who="presales", priority=Priority.HIGH)
        assert told(desk.runner.apply("A", task)) == "negotiation"
        assert told(desk.runner.apply("A", AddNote(comment="客户很满意", actor=SELLER))) == "negotiation"
        project = desk.store.project("A")
        assert project is not None
        found = {one.origin: one for one in project.tasks.values()}
        offer = found["offer"]
        assert (offer.who, offer.accountable) == ("role:presales", "person:wang")
        (added,) = (one for one in project.tasks.values() if one.title == title)
        assert (added.who, added.priority) == ("role:presales", Priority.HIGH)


def compared(world: World) -> None:
    """Project management and sales are told apart by goal, stages, skills, flow and indicators."""
    found = contrast(world.workflow("pm_lifecycle"), world.workflow("sales_pipeline"), world.library, Language.EN)
    assert [one.topic.value for one in found.dimensions] == ["goal", "stages", "skills", "flow", "indicators"]
    assert found.summary.startswith("Project lifecycle: Deliver what the customer asked for")
    assert "Sales pipeline: Turn prospects into customers" in found.summary
    goal = found.dimensions[0].difference
    assert "bound from its first day by scope, budget, deadline" in goal
    assert "counts as a success at “After-sales service”" in goal
