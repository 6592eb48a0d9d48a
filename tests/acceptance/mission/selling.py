"""How a deal is sold: the stages of the pipeline, what each asks for, what follows the contract."""

from datetime import date, timedelta
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.risk_requests import AddRisk, Answering, RespondToRisk
from salespm_flow.model.rules import Strategy
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.rules.exposure import response_value
from tests.acceptance.mission.documents import SELLING
from tests.acceptance.mission.world import World
from tests.acceptance.test_shipped_workflows import DIRECTOR, LEGAL, SALES_MANAGER, SELLER, Desk, cny, sell, sign, told

DOCUMENTS = SELLING
DAY = date(2026, 3, 2)


def stage(world: World, desk: Desk, path: str) -> tuple[object, ...]:
    """How likely the stage that the deal is in makes it, who works in it, which clocks run."""
    project = desk.store.project("A")
    assert project is not None
    assert project.leaves == (path,)
    state = world.state("sales_pipeline", path)
    clocks = sorted(name for name in project.clocks if name.startswith("sla.") and name.endswith(f".{state.name}"))
    return state.probability, state.owner_role, [name.split(".")[1] for name in clocks]


CLOCKS = ["breach", "warn"]


def first_stages(world: World) -> None:
    with world.desk() as desk:
        desk.open("A")
        assert stage(world, desk, "market_research") == (Decimal("0.05"), "sales_rep", CLOCKS)
        assert desk.move("A", "qualify") == {"market_size", "target_segment", "market_notes"}
        desk.row("A", "market_notes", trend="数字化", source="行业报告")
        desk.move("A", "qualify", market_size=cny(1), target_segment="装备制造")
        assert stage(world, desk, "prospecting") == (Decimal("0.10"), "sales_rep", CLOCKS)
        assert desk.move("A", "contact") == {"account", "channel", "fit_score", "fit"}
        desk.move("A", "contact", account="华兴制造", channel="web", fit_score=Decimal(60))
        assert stage(world, desk, "communication.first_contact") == (Decimal("0.20"), "sales_rep", CLOCKS)
        assert desk.move("A", "discover") == {"contacts", "activities"}
        desk.row("A", "contacts", name="李总", decides=True, trust=Decimal(4))
        desk.row("A", "activities", sort="visit")
        desk.move("A", "discover")
        assert stage(world, desk, "communication.discovery")[:2] == (Decimal("0.25"), "sales_rep")
        project = desk.store.project("A")
        assert project is not None
        assert {"sla.warn.communication", "sla.breach.communication"} <= set(project.clocks)
        assert desk.move("A", "propose") == {"needs", "qualified"}
        desk.row("A", "needs", ref="N1", need="排程")
        for element in ("budget", "authority", "need", "timeline"):
            desk.row("A", "bant", element=element, score=Decimal(2), evidence="纪要", seen_on=DAY)
        desk.move("A", "propose")
        assert stage(world, desk, "proposal") == (Decimal("0.50"), "sales_rep", CLOCKS)
        assert desk.move("A", "negotiate") == {"solution", "amount", "cost", "scope", "covered", "decision_on"}


def last_stages(world: World) -> None:
    with world.desk() as desk:
        sell(desk, "A")
        assert stage(world, desk, "negotiation") == (Decimal("0.70"), "sales_rep", CLOCKS)
        desk.fill("A", payment_terms=None, promised_on=None)
        assert desk.move("A", "agree") == {"payment_terms", "promised_on"}
        desk.move("A", "agree", payment_terms="30/70", promised_on=date(2026, 9, 30))
        assert stage(world, desk, "contract") == (Decimal("0.90"), "legal", CLOCKS)
        assert desk.move("A", "sign", LEGAL) == {"contract_no", "signed_on", "dates"}
        desk.move("A", "sign", LEGAL, contract_no="C", signed_on=DAY)
        assert stage(world, desk, "after_sales.follow_up")[1:] == ("sales_rep", CLOCKS)
        assert desk.move("A", "settle") == {"surveys"}
        project = desk.store.project("A")
        assert project is not None
        assert project.outcome == "won"
        desk.row("A", "surveys", score=Decimal(5))
        desk.move("A", "settle")
        assert stage(world, desk, "after_sales.care")[1] == "sales_rep"
        assert "timer.cadence" in desk.wait(91)


def lost_deals(world: World) -> None:
    with world.desk() as desk:
        desk.open("A")
        assert desk.move("A", "lose") == {"lost_reason"}
        assert desk.move("A", "lose", lost_reason="rival") == {"rival_named"}
        desk.row("A", "rivals", name="对手公司")
        assert [risk.partition(".")[2] for risk in desk.open_risks("A")] == ["rival_present#1"]
        assert desk.move("A", "lose", lost_reason="rival", lost_to="对手公司") == "lost"
        desk.open("B")
        assert desk.move("B", "lose", lost_reason="no_decision") == "lost"
        lost = desk.store.project("B")
        assert lost is not None
        assert (lost.outcome, lost.is_open) == ("lost", False)


def research(world: World) -> None:
    with world.desk() as desk:
        desk.open("A")
        assert desk.move("A", "qualify") == {"market_size", "target_segment", "market_notes"}
        assert desk.row("A", "market_notes", trend="数字化") == {"source"}
        desk.row("A", "market_notes", trend="数字化", source="行业报告")
        assert desk.move("A", "qualify", market_size=cny(1), target_segment="装备制造") == "prospecting"
        assert desk.fill("A", campaign="春季展会") == "prospecting"
        assert desk.move("A", "contact", account="华兴制造", fit_score=Decimal(59)) == {"channel", "fit"}
        assert desk.move("A", "contact", account="华兴制造", channel="event", fit_score=Decimal(60)) == "first_contact"


def discovery(world: World) -> None:
    with world.desk() as desk:
        desk.open("A", market_size=cny(1), target_segment="装备制造", account="华兴制造", channel="web")
        desk.row("A", "market_notes", trend="数字化", source="行业报告")
        desk.move("A", "qualify")
        desk.move("A", "contact", fit_score=Decimal(90))
        assert desk.move("A", "discover") == {"contacts", "activities"}
        desk.row("A", "contacts", name="李总", trust=Decimal(2))
        desk.row("A", "activities", sort="visit")
        desk.move("A", "discover")
        for element in ("budget", "authority", "need", "timeline"):
            desk.row("A", "bant", element=element, score=Decimal(element != "need") * 3, evidence="纪要", seen_on=DAY)
        assert desk.move("A", "propose") == {"needs", "qualified", "trusted"}
        desk.row("A", "bant", element="need", score=Decimal(2), evidence="纪要", seen_on=DAY)
        desk.row("A", "needs", ref="N1", need="排程", evidence="访谈", priority=Decimal(5))
        desk.row("A", "contacts", name="李总", trust=Decimal(3))
        assert desk.move("A", "propose") == "proposal"
        desk.fill("A", amount=cny(1), cost=cny(1), scope="MES")
        desk.row("A", "solution", item="MES", need="N9")
        assert desk.move("A", "negotiate") == {"covered", "decision_on", "decider"}
        desk.row("A", "solution", item="MES", need="N1")
        assert desk.move("A", "negotiate") == {"decision_on", "decider"}
        desk.row("A", "contacts", name="李总", trust=Decimal(3), decides=True)
        assert desk.move("A", "negotiate", decision_on=DAY) == "negotiation"


def bargaining(world: World) -> None:
    with world.desk() as desk:
        sell(desk, "A")
        desk.row("A", "activities", sort="talks")
        desk.row("A", "activities", sort="development")
        project = desk.store.project("A")
        assert project is not None
        assert [row.values["sort"] for row in project.records["activities"]] == ["visit", "talks", "development"]
        desk.row("A", "objections", ref="O1", text="太贵", blocking=True)
        desk.fill("A", payment_terms=None)
        assert desk.move("A", "agree") == {"no_blocker", "payment_terms"}
        desk.row("A", "objections", ref="O1", text="太贵", blocking=True, open=False)
        # 12 % is within the limit of all and of a key customer, not within that of an ordinary one.
        sell(desk, "B")
        assert desk.move("B", "agree", discount=Decimal("0.12")) == "contract"
        desk.fill("A", account="远航物流", discount=Decimal("0.12"), payment_terms="30/70")
        assert desk.move("A", "agree") == "negotiation"
        assert desk.approvals("A") == {"discount": "pending"}
        assert desk.vote("A", "discount", SALES_MANAGER) == "contract"
        assert desk.move("A", "sign", LEGAL) == {"contract_no", "signed_on", "dates"}
        assert desk.move("A", "sign", LEGAL, contract_no="C", signed_on=DAY) == "follow_up"


def after_the_contract(world: World) -> None:
    with world.desk() as desk:
        sell(desk, "A")
        child = sign(desk, "A")
        project = desk.store.project("A")
        assert project is not None
        assert {"visit"} <= {task.origin for task in project.tasks.values()}
        assert {"sla.warn.follow_up", "sla.breach.follow_up"} <= set(desk.wait(8))
        desk.row("A", "surveys", score=Decimal(2))
        desk.row("A", "feedback", ref="F1", text="慢")
        desk.move("A", "settle")
        assert "timer.cadence" in desk.wait(91)
        refused = desk.move("A", "finish", SALES_MANAGER)
        assert refused == {"answered", "delivered", "content"}
        handed = desk.store.project(child)
        assert handed is not None
        assert handed.fields["account"] == "华兴制造"
        assert handed.fields["contacts"] == ("李总",)


def touch(world: World) -> None:
    with world.desk() as desk:
        sell(desk, "A")
        desk.wait(22)
        assert {"sales_risks.out_of_touch#1"} <= set(desk.open_risks("A"))
        desk.row("A", "activities", sort="call")
        assert "sales_risks.out_of_touch#1" not in desk.open_risks("A")
        desk.wait(3)
        assert "sales_risks.stalled#1" not in desk.open_risks("A")
        desk.wait(1)
        assert {"sales_risks.stalled#1"} <= set(desk.open_risks("A"))


def materials(world: World) -> None:
    with world.desk() as desk:
        sell(desk, "A")
        desk.row("A", "materials", name="样机", sort="sample", needed_by=date(2026, 3, 6))
        desk.row("A", "materials", name="手册", sort="collateral", needed_by=date(2026, 3, 20))
        desk.row("A", "activities", sort="promotion")
        project = desk.store.project("A")
        assert project is not None
        assert [row.values["sort"] for row in project.records["materials"]] == ["sample", "collateral"]
        assert {"sales_risks.samples_late#1"} <= set(desk.open_risks("A"))
        assert desk.move("A", "rework", SALES_MANAGER, comment="样机") == "proposal"
        assert desk.move("A", "negotiate") == {"material_ready"}
        desk.row("A", "materials", name="样机", sort="sample", needed_by=date(2026, 3, 6), ready_on=DAY)
        desk.row("A", "materials", name="手册", sort="collateral", needed_by=date(2026, 3, 20), ready_on=DAY)
        assert "sales_risks.samples_late#1" not in desk.open_risks("A")
        assert desk.move("A", "negotiate") == "negotiation"


def handoff(world: World) -> None:
    with world.desk() as desk:
        sell(desk, "A")
        child = sign(desk, "A")
        handed = desk.store.project(child)
        assert handed is not None
        assert set(handed.fields) == {"account", "scope", "requirements", "contacts", "budget", "deadline"}
        assert len(desk.store.children("A")["delivery"]) == 1
        assert desk.move(child, "give_back", LEGAL, comment="缺接口") == {"role"}
        manager = world.company.units["projects"].manager
        assert manager is not None
        returned = desk.runner  # the project manager's unit owns what is delivered
        assert returned.library.organisations["company"].roles["project_manager"].unit == "projects"
        assert world.company.roles["sales_rep"].unit == "market"
        assert world.company.people["wang"].unit == "east"
        assert world.company.units["east"].manager == "zhao"


def market_risks(world: World) -> None:
    with world.desk() as desk:
        sell(desk, "A")
        desk.wait(1)
        desk.row("A", "market_notes", trend="降价", source="协会")
        desk.row("A", "needs", ref="N2", need="追溯")
        desk.row("A", "rivals", name="对手", price=cny(260_000))
        desk.fill("A", promised_on=date(2026, 3, 20))
        opened = {risk.partition(".")[2].partition("#")[0] for risk in desk.open_risks("A")}
        assert opened >= {"market_moved", "needs_changed", "rival_present", "price_war", "tight_promise"}
        desk.wait(20)
        project = desk.store.project("A")
        assert project is not None
        occurred = project.risks["sales_risks.tight_promise#1"]
        assert occurred.status is RiskStatus.OCCURRED
        assert occurred.issue is not None
        assert occurred.issue.task in project.tasks


def answered(world: World) -> None:
    """A risk is assessed by the scales and answered by when it is to be; its answer is worth what it saves."""
    with world.desk() as desk:
        sell(desk, "A")
        desk.row("A", "rivals", name="对手")
        project = desk.store.project("A")
        assert project is not None
        risk = project.risks["sales_risks.rival_present#1"]
        assert (risk.probability, risk.impact, risk.score, risk.level) == (3, 4, 12, "high")
        assert (risk.chance, risk.money, risk.days) == (Decimal("0.5"), cny(60_000), Decimal(20))
        assert risk.response is not None
        assert risk.due_at == desk.clock.moment + timedelta(days=3)
        # 50 % of 60,000 before, 30 % of 60,000 after.
        assert response_value(risk) == cny(12_000)


def accepting(world: World) -> None:
    """From a high level on only a director may accept a risk; below it anybody who handles it."""
    with world.desk() as desk:
        sell(desk, "A")
        bear = Answering(strategy=Strategy.ACCEPT, title=Bilingual("承担", "Bear it"))
        for name, impact in (("low", 1), ("high", 4)):
            title = Bilingual(name, name)
            risk = AddRisk(title=title, category="market", probability=4, impact=impact, actor=SELLER)
            assert told(desk.runner.apply("A", risk)) == "negotiation"
        for risk_id, actor, said in (
            ("risk-1", SELLER, "negotiation"),
            ("risk-2", SELLER, {"accept"}),
            ("risk-2", DIRECTOR, "negotiation"),
        ):
            answer = RespondToRisk(risk=risk_id, answering=bear, actor=actor)
            assert told(desk.runner.apply("A", answer)) == said


def talks(world: World) -> None:
    """Talks are recorded; the contract's number is legal's alone, and only while the contract is made."""
    with world.desk() as desk:
        sell(desk, "A")
        assert desk.row("A", "activities", sort="talks") == "negotiation"
        assert desk.fill("A", LEGAL, contract_no="C") == {"contract_no"}
        desk.move("A", "agree")
        assert desk.fill("A", SELLER, contract_no="C") == {"role"}
        assert desk.fill("A", LEGAL, contract_no="C") == "contract"


def first_answers(world: World) -> None:
    """A rule's risk names its category, its steps, its owner, its answer and what remains."""
    with world.desk() as desk:
        sell(desk, "A")
        desk.row("A", "rivals", name="对手", price=cny(260_000))
        desk.row("A", "materials", name="样机", sort="sample", needed_by=date(2026, 3, 6))
        desk.fill("A", promised_on=date(2026, 3, 20))
        project = desk.store.project("A")
        assert project is not None
        found = {name.partition(".")[2]: risk for name, risk in project.risks.items()}
        rival, late, tight = found["rival_present#1"], found["samples_late#1"], found["tight_promise#1"]
        assert (rival.category, rival.score, rival.level, rival.owner) == ("competitor", 12, "high", "person:wang")
        assert (rival.chance, rival.money) == (Decimal("0.5"), cny(60_000))
        assert (rival.strategy, rival.residual is not None and rival.residual.score) == ("mitigate", 8)
        assert (late.strategy, late.party, late.cost) == ("transfer", "role:partner", cny(5000))
        assert (tight.strategy, tight.residual is not None and tight.residual.score) == ("avoid", 0)
