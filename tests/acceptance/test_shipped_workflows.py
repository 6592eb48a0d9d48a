"""The shipped definitions are sound and carry a deal from market research to a delivered project."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.measure.evaluation import evaluate
from salespm_flow.engine.running.runner import Answered, Runner
from salespm_flow.engine.running.ticking import tick
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Actor, AddRow, Advance, CastVote, Open, Rejected, SetFields
from salespm_flow.model.library import Library
from salespm_flow.model.project import Verdict
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.store.sqlite import SqliteStore, open_sqlite

SELLER = Actor(id="wang", role="sales_rep")
SALES_MANAGER = Actor(id="zhao", role="sales_manager")
FINANCE = Actor(id="wu", role="finance")
LEGAL = Actor(id="li", role="legal")
PROJECT_MANAGER = Actor(id="qian", role="project_manager")
MEMBER = Actor(id="sun", role="project_member")
DIRECTOR = Actor(id="zhou", role="director")


def cny(amount: int) -> Money:
    return Money(Decimal(amount), "CNY")


@dataclass(slots=True)
class HandClock:
    """A clock that the test turns."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class Desk:
    """Does to projects what people do, and tells what came of it: the state, or the ids of every reason."""

    def __init__(self, store: SqliteStore, library: Library | None = None) -> None:
        self.store = store
        self.clock = HandClock(datetime(2026, 3, 2, 2, tzinfo=UTC))
        self.runner = Runner(store, load().library if library is None else library, self.clock)

    def open(self, project: str, workflow: str = "sales_pipeline", **fields: Value) -> str | set[str]:
        request = Open(project=project, owner=SELLER.id, fields=fields, actor=SELLER)
        return told(self.runner.open(workflow, request))

    def move(
        self, project: str, trigger: str, actor: Actor = SELLER, *, comment: str = "", **fields: Value
    ) -> str | set[str]:
        return told(self.runner.apply(project, Advance(trigger=trigger, actor=actor, fields=fields, comment=comment)))

    def fill(self, project: str, actor: Actor = SELLER, **fields: Value) -> str | set[str]:
        return told(self.runner.apply(project, SetFields(fields=fields, actor=actor)))

    def row(self, project: str, record: str, actor: Actor = SELLER, **values: Value) -> str | set[str]:
        return told(self.runner.apply(project, AddRow(record=record, values=values, actor=actor)))

    def vote(self, project: str, approval: str, actor: Actor) -> str | set[str]:
        return told(self.runner.apply(project, CastVote(approval=approval, verdict=Verdict.APPROVE, actor=actor)))

    def approvals(self, project: str) -> dict[str, str]:
        found = self.store.project(project)
        assert found is not None
        return {name: request.status.value for name, request in found.approvals.items()}

    def wait(self, days: int) -> list[str]:
        """Time passes; the events that were heard and the clocks that fired."""
        self.clock.moment += timedelta(days=days)
        ticked = tick(self.runner, self.clock.moment, lambda _notice: None)
        return [*(fired.due.clock for fired in ticked.fired), *(heard.item.name for heard in ticked.heard)]

    def leaves(self, project: str) -> tuple[str, ...]:
        found = self.store.project(project)
        assert found is not None
        return found.leaves

    def open_risks(self, project: str) -> list[str]:
        found = self.store.project(project)
        assert found is not None
        return [risk.id for risk in found.risks.values() if risk.status is RiskStatus.OPEN]


def told(answered: Answered) -> str | set[str]:
    if isinstance(answered.decision, Rejected):
        return {reason.id for reason in answered.decision.reasons}
    assert answered.project is not None
    return answered.project.state


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_sqlite(str(tmp_path / "store.db"), create=True, wait_seconds=5)
    yield Desk(store)
    store.close()


def sell(desk: Desk, project: str) -> None:
    """Bring a new deal to the negotiation table."""
    desk.open(project, market_size=cny(5_000_000), target_segment="装备制造")
    desk.row(project, "market_notes", trend="数字化", source="行业报告")
    assert desk.move(project, "qualify") == "prospecting"
    assert (
        desk.move(project, "contact", account="华兴制造", channel="referral", fit_score=Decimal(80)) == "first_contact"
    )
    desk.row(project, "contacts", name="李总", decides=True, trust=Decimal(4))
    desk.row(project, "activities", sort="visit")
    assert desk.move(project, "discover") == "discovery"
    desk.row(project, "needs", ref="N1", need="生产排程")
    for element in ("budget", "authority", "need", "timeline"):
        desk.row(
            project, "bant", element=element, score=Decimal(2), evidence="会议纪要", seen_on=desk.clock.moment.date()
        )
    assert desk.move(project, "propose") == "proposal"
    desk.row(project, "solution", item="MES", need="N1", price=cny(300_000))
    desk.fill(project, amount=cny(300_000), cost=cny(200_000), scope="MES 上线")
    assert desk.move(project, "negotiate", decision_on=date(2026, 3, 20)) == "negotiation"
    desk.fill(project, payment_terms="30/60/10", promised_on=date(2026, 9, 30))


def sign(desk: Desk, project: str) -> str:
    """Sign the negotiated deal; the id of the delivery project."""
    assert desk.move(project, "agree") == "contract"
    assert desk.move(project, "sign", LEGAL, contract_no="C-1", signed_on=date(2026, 3, 2)) == "follow_up"
    (child,) = desk.store.children(project)["delivery"]
    return child.id


def begin(desk: Desk, child: str) -> None:
    """Bring a signed project into delivery."""
    for aspect in ("technical", "economic", "schedule"):
        desk.row(child, "feasibility", PROJECT_MANAGER, aspect=aspect, feasible=True)
    desk.row(child, "milestones", PROJECT_MANAGER, name="上线", due=date(2026, 9, 1))
    accepted = desk.move(child, "accept", PROJECT_MANAGER, objective="MES 上线", start_on=date(2026, 3, 16))
    assert accepted == "planning"
    desk.row(child, "deliverables", PROJECT_MANAGER, name="系统")
    assert desk.move(child, "baseline", PROJECT_MANAGER) == "delivery"


def test_shipped_definitions_have_no_findings_by_types_or_by_schema() -> None:
    loaded = load(check_shape=True)
    assert loaded.diagnostics == ()
    assert set(loaded.library.workflows) == {
        "sales_pipeline",
        "sales_project",
        "pm_lifecycle",
        "crm_deals",
        "software_sales",
        "engineering_bid",
        "enterprise_sales",
        "hybrid_sales",
        "kanban",
        "lesson",
        "road_project",
        "scrum",
        "software_implementation",
    }


def test_every_stage_names_what_it_still_asks_for(desk: Desk) -> None:
    desk.open("A")
    assert desk.move("A", "qualify") == {"market_size", "target_segment", "market_notes"}
    desk.row("A", "market_notes", trend="数字化", source="行业报告")
    desk.move("A", "qualify", market_size=cny(1), target_segment="装备制造")
    assert desk.move("A", "contact", account="华兴制造", channel="web", fit_score=Decimal(10)) == {"fit"}
    desk.move("A", "contact", account="华兴制造", channel="web", fit_score=Decimal(60))
    assert desk.move("A", "discover") == {"contacts", "activities"}


def test_deal_beyond_the_limits_takes_the_manager_and_finance_in_turn(desk: Desk) -> None:
    sell(desk, "A")
    desk.fill("A", cost=cny(280_000), discount=Decimal("0.2"))
    assert desk.move("A", "agree") == "negotiation"
    assert desk.approvals("A") == {"discount": "pending"}
    assert desk.vote("A", "discount", SELLER) == {"excepted"}
    assert desk.vote("A", "discount", SALES_MANAGER) == "negotiation"
    assert desk.approvals("A") == {"discount": "approved", "margin": "pending"}
    assert desk.vote("A", "margin", FINANCE) == "contract"
    assert desk.approvals("A") == {"discount": "used", "margin": "used"}


def test_the_table_of_limits_says_from_which_discount_on_the_manager_approves(desk: Desk) -> None:
    # 300,000 CNY: 15 % to a key account, 10 % to an ordinary one.
    for project, account in (("KEY", "华兴制造"), ("PLAIN", "远航物流")):
        sell(desk, project)
        desk.fill(project, account=account)
    assert desk.move("KEY", "agree", discount=Decimal("0.12")) == "contract"
    assert desk.move("PLAIN", "agree", discount=Decimal("0.12")) == "negotiation"
    assert desk.approvals("PLAIN") == {"discount": "pending"}


def test_changed_discount_voids_its_approval_and_a_director_may_override(desk: Desk) -> None:
    sell(desk, "A")
    desk.move("A", "agree", discount=Decimal("0.2"))
    desk.fill("A", discount=Decimal("0.25"))
    assert desk.approvals("A") == {"discount": "void"}
    assert desk.vote("A", "discount", SALES_MANAGER) == {"discount"}
    override = Advance(trigger="agree", actor=DIRECTOR, comment="战略客户", is_override=True)
    assert told(desk.runner.apply("A", override)) == "contract"


def test_approval_that_nobody_gives_goes_to_the_director(desk: Desk) -> None:
    sell(desk, "A")
    desk.move("A", "agree", discount=Decimal("0.2"))
    assert "approval.discount" in desk.wait(3)
    assert desk.vote("A", "discount", DIRECTOR) == "contract"


def test_need_that_comes_up_after_the_proposal_is_a_risk(desk: Desk) -> None:
    sell(desk, "D1")
    assert "sales_risks.needs_changed#1" not in desk.open_risks("D1")

    desk.wait(1)
    desk.row("D1", "needs", ref="N2", need="质量追溯")
    assert "sales_risks.needs_changed#1" in desk.open_risks("D1")


def test_customer_whom_nobody_calls_is_a_risk_until_somebody_does(desk: Desk) -> None:
    sell(desk, "A")
    assert "sales_risks.out_of_touch#1" not in desk.open_risks("A")
    desk.wait(18)  # fifteen working days
    assert "sales_risks.out_of_touch#1" not in desk.open_risks("A")
    desk.wait(3)
    assert "sales_risks.out_of_touch#1" in desk.open_risks("A")
    desk.row("A", "activities", sort="call")
    assert "sales_risks.out_of_touch#1" not in desk.open_risks("A")


def test_project_without_a_review_is_at_risk_and_a_hold_begins_the_count_anew(desk: Desk) -> None:
    sell(desk, "A")
    child = sign(desk, "A")
    begin(desk, child)
    desk.wait(17)
    assert "delivery_risks.unreviewed#1" in desk.open_risks(child)
    desk.row(child, "reviews", PROJECT_MANAGER, result="按计划")
    assert "delivery_risks.unreviewed#1" not in desk.open_risks(child)
    desk.move(child, "hold", PROJECT_MANAGER, comment="客户要求")
    desk.wait(40)
    assert desk.move(child, "resume", PROJECT_MANAGER) == "delivery"
    assert not [risk for risk in desk.open_risks(child) if "unreviewed" in risk]
    desk.wait(20)
    assert [risk for risk in desk.open_risks(child) if "unreviewed" in risk] == ["delivery_risks.unreviewed#2"]


def test_milestone_that_passes_unmet_is_a_risk(desk: Desk) -> None:
    sell(desk, "A")
    child = sign(desk, "A")
    begin(desk, child)
    desk.row(child, "milestones", PROJECT_MANAGER, name="蓝图", due=date(2026, 3, 10))
    desk.wait(10)
    assert "delivery_risks.milestone_missed#1" in desk.open_risks(child)
    desk.row(child, "milestones", PROJECT_MANAGER, name="蓝图", due=date(2026, 3, 10), met_on=date(2026, 3, 12))
    assert "delivery_risks.milestone_missed#1" not in desk.open_risks(child)


def test_large_budget_and_a_new_baseline_are_for_the_director(desk: Desk) -> None:
    sell(desk, "A")
    desk.fill("A", cost=cny(600_000), amount=cny(900_000))
    child = sign(desk, "A")
    for aspect in ("technical", "economic", "schedule"):
        desk.row(child, "feasibility", PROJECT_MANAGER, aspect=aspect, feasible=True)
    desk.row(child, "milestones", PROJECT_MANAGER, name="上线", due=date(2026, 9, 1))
    asked = desk.move(child, "accept", PROJECT_MANAGER, objective="上线", start_on=date(2026, 3, 16))
    assert (asked, desk.approvals(child)) == ("initiation", {"go": "pending"})
    assert desk.vote(child, "go", PROJECT_MANAGER) == {"excepted"}
    assert desk.vote(child, "go", DIRECTOR) == "planning"
    desk.row(child, "deliverables", PROJECT_MANAGER, name="系统")
    assert desk.move(child, "baseline", PROJECT_MANAGER) == "delivery"
    assert desk.move(child, "replan", PROJECT_MANAGER, comment="范围扩大") == "delivery"
    assert desk.approvals(child)["rebaseline"] == "pending"
    assert desk.move(child, "hold", PROJECT_MANAGER, comment="等待") == "on_hold"
    assert desk.vote(child, "rebaseline", DIRECTOR) == "on_hold"
    assert desk.move(child, "resume", PROJECT_MANAGER) == "delivery"
    assert desk.approvals(child)["rebaseline"] in {"approved", "used"}


def test_lost_deal_has_a_reason_and_a_rival_has_a_name(desk: Desk) -> None:
    desk.open("A")
    assert desk.move("A", "lose") == {"lost_reason"}
    assert desk.move("A", "lose", lost_reason="rival") == {"rival_named"}
    assert desk.move("A", "lose", lost_reason="rival", lost_to="对手公司") == "lost"
    desk.open("B")
    assert desk.move("B", "lose", lost_reason="no_decision") == "lost"


def test_forgotten_lead_is_lost_to_no_decision(desk: Desk) -> None:
    desk.open("A", market_size=cny(1), target_segment="装备制造")
    desk.row("A", "market_notes", trend="数字化", source="行业报告")
    desk.move("A", "qualify")
    assert desk.wait(121) == ["sla.warn.prospecting", "sla.breach.prospecting", "timer.forgotten"]
    project = desk.store.project("A")
    assert project is not None
    assert (project.state, project.fields["lost_reason"]) == ("lost", "no_decision")


def test_signing_hands_over_once_and_both_projects_hear_of_each_other(desk: Desk) -> None:
    sell(desk, "A")
    child = sign(desk, "A")
    handed = desk.store.project(child)
    assert handed is not None
    assert handed.fields == {
        "account": "华兴制造",
        "scope": "MES 上线",
        "requirements": ("生产排程",),
        "contacts": ("李总",),
        "budget": cny(200_000),
        "deadline": date(2026, 9, 30),
    }
    assert desk.move("A", "sign", LEGAL) == {"state"}
    assert len(desk.store.children("A")["delivery"]) == 1
    begin(desk, child)
    assert "delivery.accepted" in desk.wait(0)
    sales = desk.store.project("A")
    assert sales is not None
    assert any(task.origin == "introduce" for task in sales.tasks.values())


def test_traffic_light_follows_the_spending_and_red_asks_for_a_corrective_action(desk: Desk) -> None:
    sell(desk, "A")
    child = sign(desk, "A")
    begin(desk, child)
    monitoring = "active.delivery.monitoring"
    assert desk.leaves(child) == ("active.delivery.execution.working", f"{monitoring}.green")
    desk.row(child, "spending", PROJECT_MANAGER, category="labour", amount=cny(185_000))
    assert desk.leaves(child)[1] == f"{monitoring}.amber"
    assert desk.open_risks(child) == ["delivery_risks.overspend#1"]
    desk.row(child, "spending", PROJECT_MANAGER, category="labour", amount=cny(25_000))
    assert desk.leaves(child)[1] == f"{monitoring}.red.analysing"
    assert desk.move(child, "correct", PROJECT_MANAGER) == {"acted"}
    desk.row(child, "corrections", PROJECT_MANAGER, cause="加班", measure="限制加班", due=date(2026, 4, 1))
    assert desk.move(child, "correct", PROJECT_MANAGER) == "delivery"
    desk.fill(child, DIRECTOR, budget=cny(300_000))
    assert desk.leaves(child)[1] == f"{monitoring}.green"
    assert desk.open_risks(child) == []


def test_held_project_resumes_where_each_region_stood(desk: Desk) -> None:
    sell(desk, "A")
    child = sign(desk, "A")
    begin(desk, child)
    desk.move(child, "submit", MEMBER)
    before = desk.leaves(child)
    assert desk.move(child, "hold", PROJECT_MANAGER, comment="客户要求") == "on_hold"
    assert desk.move(child, "resume", PROJECT_MANAGER) == "delivery"
    assert desk.leaves(child) == before == ("active.delivery.execution.review", "active.delivery.monitoring.green")


def test_delivered_project_lets_the_deal_be_finished_and_the_kpis_count_both(desk: Desk) -> None:
    sell(desk, "A")
    child = sign(desk, "A")
    begin(desk, child)
    desk.row(child, "spending", PROJECT_MANAGER, category="labour", amount=cny(100_000))
    desk.move(child, "submit", MEMBER)
    assert desk.move(child, "pass", PROJECT_MANAGER) == {"inspections", "quality"}
    desk.row(child, "inspections", PROJECT_MANAGER, deliverable="系统", round=Decimal(1), passed=True)
    assert desk.move(child, "pass", PROJECT_MANAGER) == "closing"
    assert desk.move(child, "close", PROJECT_MANAGER) == {"acceptance_report", "summary", "lessons", "accepted"}
    desk.row(child, "lessons", PROJECT_MANAGER, context="排程", advice="尽早试运行", success=True)
    desk.row(child, "deliverables", PROJECT_MANAGER, name="系统", accepted_by="李总", accepted_on=date(2026, 3, 2))
    assert desk.move("A", "finish", SALES_MANAGER) == {"state"}
    desk.row("A", "surveys", score=Decimal(5))
    assert desk.move("A", "settle") == "care"
    assert desk.move("A", "finish", SALES_MANAGER) == {"delivered"}
    assert desk.move(child, "close", PROJECT_MANAGER, acceptance_report="验收单 1", summary="按期完成") == "closed"
    assert "delivery.done" in desk.wait(0)
    assert desk.move("A", "finish", SALES_MANAGER) == "closed"
    results = evaluate(desk.store, desk.runner.library, at=desk.clock.moment)
    values = {name: result.value for name, result in results.kpis.items()}
    assert values["revenue"] == cny(300_000)
    assert str(values["gross_margin"]) == "0." + "3" * 34
    assert (values["win_rate"], values["satisfied"], values["delivery_success"]) == (1, 1, 1)
    assert (values["budget_used"], values["crm_win_rate"]) == (Decimal("0.5"), None)
    # Revenue earns 30 of 100 points, everything else its stretch: 40 % x 30 + 60 % x 120.
    card = results.scores["sales_scorecard"]
    assert (card.total, card.grade, card.missing) == (Decimal(84), "B", ())


def test_software_deal_is_sold_by_a_trial(desk: Desk) -> None:
    desk.open("S", "software_sales", target_segment="装备制造")
    desk.row("S", "market_notes", trend="数字化", source="行业报告")
    assert desk.move("S", "qualify") == "prospecting"
    assert desk.move("S", "contact", account="华兴制造", channel="web", fit_score=Decimal(65)) == {"fit"}
    desk.move("S", "contact", account="华兴制造", channel="web", fit_score=Decimal(70))
    desk.row("S", "contacts", name="李总", decides=True, trust=Decimal(4))
    desk.row("S", "activities", sort="demo")
    desk.move("S", "discover")
    desk.row("S", "needs", ref="N1", need="生产排程")
    for element in ("budget", "authority", "need", "timeline"):
        desk.row("S", "bant", element=element, score=Decimal(2), evidence="会议纪要", seen_on=date(2026, 3, 2))
    assert desk.move("S", "propose") == "proposal"
    desk.row("S", "solution", item="MES", need="N1", price=cny(300_000))
    desk.fill("S", amount=cny(300_000), cost=cny(200_000), scope="MES 上线")
    presales = Actor(id="he", role="presales")
    assert desk.move("S", "negotiate") == {"state"}
    assert desk.move("S", "try_out", presales) == {"seats", "recurring"}
    desk.fill("S", seats=Decimal(50), recurring=cny(60_000))
    assert desk.move("S", "try_out", presales) == "trial"
    assert desk.move("S", "negotiate", decision_on=date(2026, 3, 20)) == {"trials"}
    desk.row("S", "trials", presales, goal_text="排程准确", passed=True)
    assert desk.move("S", "negotiate", decision_on=date(2026, 3, 20)) == "negotiation"
