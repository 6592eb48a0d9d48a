"""Every shipped KPI over one small world; each value is worked out by hand beside it.

The second quarter of 2026, asked for on the tenth of July. It has 91 days, and 61 working days in the shipped calendar:
April has 22 weekdays less the 6th (Qingming); May has 21 less the 1st, 4th and 5th (Labour Day) and with Saturday the
9th made up; June has 22 less the 19th (Dragon Boat): 21 + 19 + 21.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest

from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.engine.measure.evaluation import ALWAYS, Evaluation, Question, evaluate_many
from salespm_flow.engine.measure.subjects import EVERYTHING, Subject, SubjectKind
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.model.project import Assessment, Issue, Risk
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus
from salespm_flow.rules.period import Period
from salespm_flow.store.sqlite import SqliteStore, open_in_memory
from tests.acceptance.kpi_world import Tale, at, cny, same, written

SETTINGS = """\
salespm: 1
kind: workspace
id: figures
version: 1
currency: CNY
timezone: Asia/Shanghai
calendar: cn_office
rates: exchange_rates
definitions: ["{folder}"]
"""
QUARTER = Period(start=date(2026, 4, 1), end=date(2026, 6, 30))
SHIPPED = ("pipeline_kpis", "finance_kpis", "customer_kpis", "project_kpis", "handoff_kpis", "people_kpis", "flow_kpis")
SETS = (*SHIPPED, "risk_kpis", "sales_kpis", "delivery_kpis", "sales_project_kpis")
DONE = "active.delivery.execution"


def deal(runner: Runner, name: str, opened: str, owner: str = "wang") -> Tale:
    return Tale(runner, "sales_pipeline", name, opened, owner)


def deals(runner: Runner) -> None:
    """Ten deals: three won before the quarter, three won and two lost in it, two open."""
    # Before: D1 Hua 100,000 in 30 days, D8 Ming 50,000, D9 San 80,000.
    for name, account, opened, won, amount, cost in (
        ("D1", "华兴制造", "01-10", "02-09", 100_000, 60_000),
        ("D8", "明德医疗", "02-03", "03-05", 50_000, 30_000),
        ("D9", "三江", "03-10", "03-20", 80_000, 50_000),
    ):
        tale = deal(runner, name, opened).fields(opened, account=account, amount=cny(amount), cost=cny(cost))
        tale.fields(opened, target_segment="装备制造").outcome(won, "won").end()
    # D2: Hua again, 200,000 at 20 % off, in 30 days, by referral.
    tale = deal(runner, "D2", "04-01").fields(
        "04-01", account="华兴制造", amount=cny(200_000), cost=cny(120_000), discount=Decimal("0.2"), channel="referral"
    )
    tale.row("04-01 15:00", "activities", sort="call").row("04-03", "activities", sort="visit")
    tale.move("04-02", "qualify", "prospecting").move("04-12", "propose", "proposal").outcome("05-01", "won")
    # Two needs, of which the solution covers one.
    tale.row("04-10", "needs", ref="N1", need="scheduling").row("04-10", "needs", ref="N2", need="finance")
    tale.row("04-14", "solution", item="scheduler", need="N1")
    tale.row("05-06", "surveys", score=Decimal(5), recommend=Decimal(10), effort=Decimal(2))
    tale.row("05-07", "surveys", score=Decimal(3), recommend=Decimal(6), effort=Decimal(4))
    for ref, raised, settled in (("F1", "05-10", "05-11"), ("F2", "06-01", "06-05")):
        tale.row(raised, "feedback", ref=ref, text="late", open=True)
        tale.row(settled, "feedback", ref=ref, text="late", open=False)
    tale.row("06-10", "feedback", ref="F3", text="late again", open=True)
    tale.row("04-15", "rivals", name="领航软件")
    tale.approval("N1", "04-20", "04-20 19:00", ApprovalStatus.REJECTED).end()
    # D3: Xin for the first time, 300,000 in 60 days.
    tale = deal(runner, "D3", "04-11", "he").fields(
        "04-11", account="新元", amount=cny(300_000), cost=cny(240_000), discount=Decimal(0), channel="web"
    )
    tale.fields("04-11", target_segment="半导体", campaign="展会")
    tale.row("04-12", "activities", by="he", sort="call").move("04-12", "qualify", "prospecting")
    tale.row("06-20", "surveys", score=Decimal(4), recommend=Decimal(9), effort=Decimal(3))
    tale.row("06-21", "surveys", score=Decimal(4), recommend=Decimal(8)).outcome("06-10", "won").end()
    # D10: Hua a third time, 100,000 in 30 days.
    tale = deal(runner, "D10", "05-21").fields(
        "05-21", account="华兴制造", amount=cny(100_000), cost=cny(60_000), discount=Decimal(0), channel="event"
    )
    tale.outcome("06-20", "won").end()
    # Lost: D4 100,000 to a rival, D5 400,000 for its price.
    for name, opened, lost, amount, why in (
        ("D4", "04-05", "05-05", 100_000, "rival"),
        ("D5", "04-20", "06-01", 400_000, "price"),
    ):
        tale = deal(runner, name, opened).fields(opened, amount=cny(amount)).fields(lost, lost_reason=why)
        tale.row(opened, "rivals", name="领航软件" if why == "rival" else "远图科技")
        tale.outcome(lost, "lost").end()
    # D6: open in negotiation, to be decided on 27 June in the end; back to the proposal once, in against a rule.
    tale = deal(runner, "D6", "05-01").fields("05-01", amount=cny(500_000), decision_on=date(2026, 6, 20))
    tale.fields("05-20", decision_on=date(2026, 6, 30)).fields("06-10", decision_on=date(2026, 6, 25))
    tale.fields("06-15", decision_on=date(2026, 6, 27))  # put off twice, and once brought forward
    tale.move("05-05", "negotiate", "negotiation", waived=True).move("05-15", "rework", "proposal", back=True)
    tale.move("05-25", "negotiate", "negotiation").approval("N1", "05-20", "05-20 15:00", ApprovalStatus.USED)
    tale.approval("N2", "05-30", None, ApprovalStatus.PENDING).end()
    # D7: open in prospecting, to be decided in September.
    tale = deal(runner, "D7", "06-01", "he").fields("06-01", amount=cny(50_000), decision_on=date(2026, 9, 30))
    tale.row("06-01 19:00", "activities", by="he", sort="call").move("06-02", "qualify", "prospecting").end()


def projects(runner: Runner) -> None:
    """Two delivered projects, one under way, one returned."""
    first, second = _delivered(runner)
    _work(first, second)
    first.end()
    second.end()
    tale = Tale(runner, "pm_lifecycle", "P3", "06-01", "qian").fields(
        "06-01", scope="c", requirements=("z",), budget=cny(300_000), deadline=date(2026, 12, 31)
    )
    tale.move("06-06", "accept", "active.planning").row("06-10", "spending", category="labour", amount=cny(30_000))
    tale.row("06-06", "milestones", name="m4", due=date(2026, 6, 15))
    tale.row("06-06", "milestones", name="m5", due=date(2026, 12, 1))
    tale.row("06-07", "deliverables", name="d4").row("06-07", "deliverables", name="d5")
    tale.row("06-07", "requirement_items", ref="r6", baselined=True, dropped=False)
    tale.row("06-20", "problems", ref="p3", text="open")
    tale.task("t4", "06-08", None, None).task("t5", "06-08", None, None, blocked="parts").task(
        "t6", "06-09", None, None
    )
    tale.end()
    tale = Tale(runner, "pm_lifecycle", "P4", "05-01", "qian").fields(
        "05-01", account="华兴制造", scope="d", contacts=("Lu",), budget=cny(50_000), deadline=date(2026, 8, 1)
    )
    tale.move("05-03", "give_back", "returned", back=True).outcome("05-03", "returned").end()
    _selling(runner)


def _selling(runner: Runner) -> None:
    """Three sales projects: one as planned, one late and too dear, one that missed its goal."""
    for name, ended, due, budget, spent, why in (
        ("S1", "06-20", date(2026, 6, 30), 100_000, 90_000, None),
        ("S2", "06-25", date(2026, 6, 20), 50_000, 60_000, None),
        ("S3", "06-29", date(2026, 6, 30), 30_000, 20_000, "market"),
    ):
        tale = Tale(runner, "sales_project", name, "04-01", "zhao")
        tale.fields("04-01", budget=cny(budget), ends_on=due).row("05-01", "spending", amount=cny(spent))
        tale.fields(ended, miss_cause=why).outcome(ended, "delivered").end()


def _delivered(runner: Runner) -> tuple[Tale, Tale]:
    """P1 on 20 June, ten days late, 20,000 over 100,000; P2 on 30 May, eleven days early, 50,000 under 200,000."""
    first = Tale(runner, "pm_lifecycle", "P1", "04-01", "qian").fields(
        "04-01",
        account="华兴制造",
        scope="a",
        requirements=("x", "y"),
        contacts=("Lu",),
        budget=cny(100_000),
        start_on=date(2026, 4, 1),
        deadline=date(2026, 6, 10),
    )
    # Accepted after three days; of 16 days in execution ten are worked.
    first.move("04-04", "accept", "active.planning").move("04-10", "baseline", f"{DONE}.working")
    first.move("04-15", "block", f"{DONE}.blocked", back=True).move("04-17", "unblock", f"{DONE}.working", back=True)
    first.move("04-22", "submit", f"{DONE}.review").move("04-26", "pass", f"{DONE}.complete")
    first.outcome("06-20", "delivered")
    second = Tale(runner, "pm_lifecycle", "P2", "04-10", "qian").fields(
        "04-10",
        account="新元",
        scope="b",
        requirements=("x",),
        contacts=("Bo",),
        budget=cny(200_000),
        start_on=date(2026, 4, 10),
        deadline=date(2026, 6, 10),
    )
    second.move("04-11", "accept", "active.planning", waived=True).outcome("05-30", "delivered")
    return first, second


def _work(first: Tale, second: Tale) -> None:
    """What was spent, found, promised, logged and done in the two delivered projects."""
    first.row("04-20", "spending", category="labour", amount=cny(70_000))
    first.row("04-21", "spending", category="labour", amount=cny(20_000), quality="prevention")
    first.row("06-19", "spending", category="material", amount=cny(30_000), quality="external")
    second.row("05-20", "spending", category="labour", amount=cny(140_000))
    second.row("05-21", "spending", category="labour", amount=cny(10_000), quality="appraisal")
    first.row("04-05", "milestones", name="m1", due=date(2026, 4, 20), met_on=date(2026, 4, 20))
    first.row("04-05", "milestones", name="m2", due=date(2026, 5, 20), met_on=date(2026, 5, 25))
    second.row("04-12", "milestones", name="m3", due=date(2026, 5, 10), met_on=date(2026, 5, 9))
    first.row("04-06", "deliverables", name="d1").row("04-06", "deliverables", name="d2")
    second.row("04-13", "deliverables", name="d3")
    for ref, is_late in (("f1", False), ("f2", False), ("f3", True)):
        first.row("06-01", "defects", ref=ref, delivered=is_late)
    second.row("05-02", "defects", ref="f4", delivered=False)
    first.row("04-23", "inspections", deliverable="d1", round=Decimal(1), passed=True)
    first.row("04-23", "inspections", deliverable="d2", round=Decimal(1), passed=False)
    first.row("04-25", "inspections", deliverable="d2", round=Decimal(2), passed=True)
    second.row("05-25", "inspections", deliverable="d3", round=Decimal(1), passed=True)
    for ref, is_baselined in (("r1", True), ("r2", True), ("r3", False)):
        accepted = date(2026, 6, 18)
        first.row("06-18", "requirement_items", ref=ref, baselined=is_baselined, dropped=False, accepted_on=accepted)
    accepted = date(2026, 5, 28)
    second.row("05-28", "requirement_items", ref="r4", baselined=True, dropped=False, accepted_on=accepted)
    second.row("05-28", "requirement_items", ref="r5", baselined=True, dropped=True)
    first.row("05-03", "changes", what="more", reason="asked")
    second.row("05-04", "changes", what="less", reason="asked")
    for tale, ref, raised, closed in ((first, "p1", "05-01", "05-05"), (second, "p2", "05-10", "05-12")):
        tale.row(raised, "problems", ref=ref, text="broken")
        tale.row(closed, "problems", ref=ref, text="broken", closed_at=at(closed))
    first.row("05-15", "sprints", name="s4", committed=Decimal(10), accepted=Decimal(8), goal_met=False)
    second.row("04-25", "sprints", name="s1", committed=Decimal(20), accepted=Decimal(18), goal_met=True)
    second.row("05-09", "sprints", name="s2", committed=Decimal(22), accepted=Decimal(22), goal_met=True)
    second.row("05-23", "sprints", name="s3", committed=Decimal(20))
    for tale, person, day, hours, is_rework in (
        (first, "sun", date(2026, 4, 20), 40, False),
        (first, "sun", date(2026, 4, 27), 8, True),
        (second, "qian", date(2026, 5, 20), 32, False),
    ):
        worked = timedelta(hours=hours)
        tale.row(f"{day:%m-%d}", "timesheets", person=person, worked_on=day, hours=worked, rework=is_rework)
    first.row("06-19", "peer_reviews", person="sun", score=Decimal(4))
    second.row("05-29", "peer_reviews", person="sun", score=Decimal(5))
    # Done in 2, 10 and 4 days; the second late.
    first.task("t1", "04-06", "04-10", "04-08").task("t2", "04-10", "04-15", "04-20")
    second.task("t3", "05-01", "05-08", "05-05")
    for risk in _risks():
        (first if risk.id in {"R1", "R2"} else second).risk(risk)


def _risks() -> Iterator[Risk]:
    yield _risk("R1", 12, "0.7", 100_000, strategy="mitigate")
    yield _risk("R2", 6, "0.3", 50_000)
    yield _risk("R3", 20, "0.9", 200_000)
    before = Assessment(probability=4, impact=4, score=16, level="high", chance=Decimal("0.7"), money=cny(100_000))
    yield _risk("R4", 4, "0.1", 100_000, status=RiskStatus.CLOSED, inherent=before, cost=cny(20_000))
    seen = Issue(title=same("i"), opened_at=at("05-10"), resolved_at=at("05-14"), money=cny(30_000))
    yield _risk("R5", 9, "0.5", 40_000, status=RiskStatus.OCCURRED, issue=seen, done_at=at("05-08"))
    yield _risk("R7", 4, "0.4", 10_000, status=RiskStatus.CLOSED, done_at=at("05-20"))
    unseen = Issue(title=same("i"), opened_at=at("06-01"), resolved_at=at("06-03"), money=cny(10_000))
    yield _risk("R6", 9, "0.5", 40_000, status=RiskStatus.OCCURRED, issue=unseen, is_foreseen=False)


def _risk(name: str, score: int, chance: str, money: int, **given: object) -> Risk:
    facts = {"category": "schedule", "probability": 3, "impact": 3, "level": "medium", "owner": "person:qian"}
    opened = at("05-06")
    return Risk(
        id=name,
        rule="delivery_risks.x",
        title=same(name),
        score=score,
        opened_at=opened,
        chance=Decimal(chance),
        money=cny(money),
        **facts,  # type: ignore[arg-type]  # plain facts of the register entry
        **given,  # type: ignore[arg-type]  # as above
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    root = tmp_path_factory.mktemp("kpis")
    (root / "salespm.yaml").write_text(SETTINGS.format(folder=shipped_definitions().as_posix()), encoding="utf-8")
    loaded = load(root)
    assert loaded.diagnostics == ()
    store = open_in_memory()
    runner = Runner(store, loaded.library, SystemClock())
    deals(runner)
    projects(runner)
    yield runner
    store.close()


def asked(
    world: Runner, period: Period = QUARTER, subject: Subject = EVERYTHING, *, past: datetime | None = None
) -> Evaluation:
    library = world.definitions.library
    (answer,) = evaluate_many(
        world.store,
        library,
        (Question(period=period, subject=subject),),
        at=past or at("07-10"),
        is_past=past is not None,
    )
    return answer


# Won in the quarter: D2 200,000 of 250,000 (cost 120,000), D3 300,000 (240,000), D10 100,000 (60,000).
EXPECTED = MappingProxyType(
    {
        # sales_kpis
        "revenue": "600000 CNY",  # 200,000 + 300,000 + 100,000
        "deals_won": "3",
        "deal_size": "200000 CNY",  # 600,000 / 3
        "win_rate": "0.6",  # 3 of 3 won and 2 lost
        "conversion": "0.428571",  # 3 of the 7 opened: D2 D3 D4 D5 D6 D7 D10
        "rival_losses": "0.5",  # D4 of D4 and D5
        "no_decision_losses": "0",
        "cycle": "960 h",  # (30 + 60 + 30) / 3 = 40 days
        "open_pipeline": "550000 CNY",  # D6 and D7
        "gross_margin": "0.3",  # (600,000 - 420,000) / 600,000
        "satisfied": "1",  # D2 has a mean of 4, D3 of 4; D10 did not answer
        # pipeline_kpis
        "quota": "7000000 CNY",  # 2,300,000 + 2,300,000 + 2,400,000
        "attainment": "0.085714",  # 600,000 / 7,000,000
        "quota_deals": "32",  # 10 + 10 + 12
        "attainment_by_count": "0.09375",  # 3 / 32
        "pace": "0.085714",  # all of the quarter's working days are gone
        "run_rate": "2406593.41 CNY",  # 600,000 x 365 / 91
        "revenue_growth": "1.608696",  # 600,000 after the 230,000 of 91 days before: D1, D8 and D9
        "win_rate_value": "0.545455",  # 600,000 / (600,000 + 500,000)
        "median_cycle": "720 h",  # 30, 30, 60 days
        "weighted_pipeline": "355000 CNY",  # 500,000 x 70 % + 50,000 x 10 %
        "weighted_forecast": "955000 CNY",  # 355,000 + 600,000
        "qualified_open": "1",  # D6
        "pipeline_velocity": "3000 CNY",  # 200,000 x 1 x 0.6 / 40
        "due_pipeline": "500000 CNY",  # D6 on 27 June
        "pipeline_coverage": "0.078125",  # 500,000 / (7,000,000 - 600,000)
        "coverage_needed": "1.833333",  # 11 / 6
        "slipped": "500000 CNY",  # D6
        "push_count": "2",  # D6 from the 20th to the 30th, and from the 25th to the 27th
        "rotting": "1",  # D6 in negotiation since 25 May, D7 in prospecting since 2 June: more than 20 working days
        "lead_conversion": "0.666667",  # of D2, D3 and D7, two are won
        "best_channel_conversion": "1",  # all of them: each channel brought one deal, which was won
        "rival_win_rate": "0",  # none of one against 远图科技 (D5); one of two against 领航软件 (D2, D4)
        "best_campaign": "300000 CNY",  # D3
        "needs_coverage": "0.5",  # one of D2's two
        "proposal_hit_rate": "1",  # D2; D6 is open
        "speed_to_lead": "10 h",  # 6, 24 and 10 hours
        "activity_rate": "0.032787",  # 4 / 2 people / 61 working days
        "activities_per_win": "1.333333",  # 4 / 3
        "discount_rate": "0.076923",  # 50,000 / (250,000 + 300,000 + 100,000)
        "largest_loss_reason": "0.5",  # one of two
        # finance_kpis
        "selling_cost": "375000 CNY",  # 125,000 + 130,000 + 120,000
        "marketing_cost": "126000 CNY",  # 40,000 + 42,000 + 44,000
        "cost_of_sales": "0.625",  # 375,000 / 600,000
        "net_margin": "-0.325",  # (600,000 - 420,000 - 375,000) / 600,000
        "contribution": "180000 CNY",  # 600,000 - 420,000
        "acquisition_cost": "501000 CNY",  # 501,000 / 1
        "leads": "7",  # D2 D3 D4 D5 D6 D7 D10
        "cost_per_lead": "18000 CNY",  # 126,000 / 7
        "orders_per_customer": "6.016484",  # 3 x 365 / 91 / 2
        "lifetime_value": "1082967.03 CNY",  # 200,000 x 6.016484 x 0.3 x 3
        "discounted_lifetime_value": "503528.29 CNY",  # 360,989.01 + 109,390.61 + 33,148.67: times 1/3.3 each year
        "value_to_cost": "2.161611",  # 1,082,967.03 / 501,000
        "payback": "16.654247",  # 501,000 / (360,989.01 / 12)
        "market_sales": "79500000 CNY",  # 26.2 + 26.5 + 26.8 million
        "rival_sales": "12750000 CNY",  # 4.20 + 4.25 + 4.30 million
        "market_share": "0.007547",  # 600,000 / 79,500,000
        "relative_market_share": "0.047059",  # 600,000 / 12,750,000
        # customer_kpis
        "new_customers": "1",  # Xin; Hua was first won in February
        "new_segments": "1",  # D3's; the others were won before
        "new_customer_share": "0.5",  # 300,000 of Xin of 600,000
        "penetration": "0.4",  # two customers, five accounts on the list
        "csat": "0.75",  # 5, 4, 4 of 5, 3, 4, 4
        "csat_mean": "4",
        "survey_response": "0.666667",  # D2 and D3 of three
        "nps": "0.25",  # 10 and 9 against 6, of four
        "effort_score": "3",  # (2 + 4 + 3) / 3
        "repurchase": "0.5",  # Hua of Hua and Xin
        "retention": "0.333333",  # Hua of Hua, Ming and San
        "churn": "0.666667",
        "net_revenue_retention": "1.304348",  # 300,000 / 230,000
        "gross_revenue_retention": "0.434783",  # 100,000 / 230,000
        "share_of_wallet": "0.040541",  # 300,000 of Hua / 7,400,000
        "referral_share": "0.333333",  # D2
        "loyalty_index": "45.416667",  # 100 x (0.4/3 + 0.2/2 + 0.3 x 1.25/2 + 0.1/3)
        "complaint_time": "60 h",  # (24 + 96) / 2
        "complaints_in_time": "0.5",
        # sales_project_kpis
        "project_budget_used": "0.944444",  # 170,000 / 180,000
        "project_on_time": "0.666667",  # S1 and S3
        "goal_within_budget": "0.333333",  # S1
        # delivery_kpis
        "on_time_rate": "0.5",  # P2
        "within_budget_rate": "0.5",  # P2
        "delivery_success": "0.5",  # P2
        "delivery_time": "1560 h",  # (80 + 50) / 2 = 65 days
        "budget_used": "0.9",  # 270,000 / 300,000
        # project_kpis
        "actual_cost": "300000 CNY",  # 120,000 + 150,000 + 30,000
        "budget_at_completion": "650000 CNY",  # 100,000 + 200,000 + 300,000 + 50,000
        "share_spent": "0.461538",  # 300 / 650
        "milestone_hit": "0.5",  # m1 and m3 of m1 to m4
        "schedule_slip": "-12 h",  # (10 - 11) / 2 days
        "duration_overrun": "-0.007634",  # -1 / (70 + 61)
        "budget_overrun": "-0.1",  # -30,000 / 300,000
        "estimate_error": "0.25",  # (20/120 + 50/150) / 2
        "estimate_good": "0.5",  # P1: 16.7 %
        "defects_found": "4",
        "deliverables_made": "5",
        "defect_density": "0.8",
        "defect_removal": "0.75",
        "first_pass_acceptance": "0.666667",  # d1 and d3 of three
        "requirements_met": "0.6",  # r1 r2 r4 of r1 r2 r4 r5 r6
        "scope_creep": "0.2",  # (5 - 5 + 1) / 5
        "changes_made": "2",
        "baseline_items": "5",
        "change_rate": "0.4",
        "quality_cost": "60000 CNY",  # 20,000 + 30,000 + 10,000
        "failure_cost_share": "0.5",  # 30,000 / 60,000
        "issue_time": "72 h",  # (4 + 2) / 2 days
        "issue_age": "480 h",  # p3 since 20 June
        "sprint_velocity": "16",  # (8 + 18 + 22) / 3
        "sprint_goal_rate": "0.666667",
        "sprint_remaining": "24",  # 2 + 2 + 0 + 20
        # handoff_kpis
        "handoff_time": "72 h",  # (3 + 1 + 5) / 3 days
        "handoff_complete": "0.875",  # 21 of 24: P3 lacks account and contacts, P4 requirements
        "handoff_return": "0.25",
        "promise_kept": "0.666667",  # P1 kept its scope only, P2 all three: 4 of 6
        # people_kpis
        "hours_worked": "80 h",
        "capacity": "3872 h",  # 8 people x 61 x 8 h, less 4 days of wang
        "utilisation": "0.020661",  # 80 / 3,872
        "idle_share": "0.979339",  # 1 - 80 / 3,872
        "rework_rate": "0.1",
        "prompt_tasks": "0.666667",
        "blocked_tasks": "0.333333",
        "peer_score": "4.5",
        "teamwork": "77.708333",  # 25 x (2/3 + 2/3 + 0.9 + 3.5/4)
        # flow_kpis
        "throughput": "0.230769",  # 3 / 13 weeks
        "throughput_per_person": "0.230769",  # one person did all three
        "lead_time": "128 h",  # (2 + 10 + 4) / 3 days
        "lead_time_p50": "96 h",
        "lead_time_p85": "240 h",  # the third of three
        "cycle_time": "384 h",  # P1 from 10 to 26 April
        "cycle_time_p50": "384 h",
        "cycle_time_p85": "384 h",
        "flow_efficiency": "0.625",  # 10 of 16 days
        "blocked_time": "0.125",  # 2 of 16 days
        "work_in_progress": "3",
        "little_work_in_progress": "0.175824",  # 3/13 a week x 16/3 days / 7
        "gate_compliance": "0.833333",  # one of six forward moves was waived
        "sales_gate_compliance": "0.833333",  # one of six
        "overrides": "1",
        "regress_rate": "0.142857",  # one of seven moves
        "negotiation_time": "240 h",
        "approval_time": "8 h",  # (10 + 6) / 2
        # risk_kpis
        "risk_score_mean": "12.666667",  # (12 + 6 + 20) / 3
        "risk_score_worst": "20",
        "expected_loss": "265000 CNY",  # 70,000 + 15,000 + 180,000
        "risk_reduction": "0.75",  # (16 - 4) / 16
        "risk_leverage": "3",  # (70,000 - 10,000) / 20,000
        "risk_response_rate": "0.5",  # R1 of R1 and R3
        "risk_control": "0.75",  # 30,000 of 40,000
        "risk_hit_rate": "0.5",
        "response_effectiveness": "0.5",  # R7 stayed away after its response, R5 came all the same
        "risk_calibration": "1",  # R5 of R4, R5 and R7, of which 0.1 + 0.5 + 0.4 were to
        "risk_issue_time": "72 h",  # (4 + 2) / 2 days
    }
)


def shipped(evaluation: Evaluation, world: Runner) -> dict[str, str]:
    sets = world.definitions.library.kpi_sets
    mine = [name for one in SETS for name in sets[one].kpis]
    return written({name: evaluation.kpis[name].value for name in mine})


def test_every_shipped_figure_is_what_a_hand_works_out(world: Runner) -> None:
    assert shipped(asked(world), world) == dict(EXPECTED)


def test_every_shipped_figure_says_what_it_is_in_both_languages(world: Runner) -> None:
    sets = world.definitions.library.kpi_sets
    every = [kpi for one in SETS for kpi in sets[one].kpis.values()]

    assert [kpi.id for kpi in every if kpi.title.zh == kpi.title.en or not kpi.source.en] == []


def test_an_empty_store_has_no_share_mean_or_quotient(world: Runner) -> None:
    library = world.definitions.library
    (answer,) = evaluate_many(open_in_memory(), library, (Question(period=QUARTER),), at=at("07-10"))

    undecided = [one.kpi.id for one in answer.kpis.values() if one.value is None and one.absence is None]
    shares = [name for name, one in answer.kpis.items() if one.kpi.denominator is not None and one.value is not None]
    assert undecided == []
    # Nothing was sold, of a quota and in a market that exist; nobody came, of those on a list.
    assert set(shares) & EXPECTED.keys() == {
        "attainment",
        "attainment_by_count",
        "idle_share",
        "pace",
        "pipeline_coverage",
        "penetration",
        "market_share",
        "relative_market_share",
        "share_of_wallet",
        "utilisation",
    }


def test_figures_of_a_person_and_of_the_team_above(world: Runner) -> None:
    of = {
        name: shipped(asked(world, subject=Subject(kind=kind, id=name)), world)
        for kind, name in ((SubjectKind.PERSON, "he"), (SubjectKind.TEAM, "east"), (SubjectKind.PROJECT, "P1"))
    }

    # D3 is of he; wang and he are both in the east, where nobody owns a delivery project.
    assert (of["he"]["revenue"], of["he"]["activity_rate"]) == ("300000 CNY", "0.032787")  # 2 / 1 / 61
    assert (of["east"]["revenue"], of["east"]["actual_cost"]) == ("600000 CNY", "0 CNY")
    assert (of["P1"]["actual_cost"], of["P1"]["revenue"]) == ("120000 CNY", "0 CNY")


def test_figures_as_of_a_past_day_forget_what_came_later(world: Runner) -> None:
    past = shipped(asked(world, ALWAYS, past=datetime(2026, 5, 3, tzinfo=UTC)), world)

    # By 3 May D1, D8, D9 and D2 are won; D3, D4, D5 and D6 are open.
    assert (past["revenue"], past["deals_won"]) == ("430000 CNY", "4")
    assert past["open_pipeline"] == "1300000 CNY"  # 300,000 + 100,000 + 400,000 + 500,000
    assert (past["actual_cost"], past["work_in_progress"]) == ("90000 CNY", "0")


def test_figures_are_the_same_over_a_store_that_was_copied(world: Runner) -> None:
    assert isinstance(world.store, SqliteStore)
    copy = world.store.copied()

    (again,) = evaluate_many(copy, world.definitions.library, (Question(period=QUARTER),), at=at("07-10"))

    assert {name: one.value for name, one in again.kpis.items()} == {
        name: one.value for name, one in asked(world).kpis.items()
    }
    assert tuple(copy.verify()) == ()
    copy.close()


def test_a_figure_that_is_the_best_of_its_groups_tells_them(world: Runner) -> None:
    found = asked(world).kpis
    assert written(dict(found["rival_win_rate"].groups)) == {"领航软件": "0.5", "远图科技": "0"}
    assert written(dict(found["best_campaign"].groups)) == {"展会": "300000 CNY"}
    assert found["revenue"].groups == ()


def test_the_figures_of_one_project_are_those_that_a_pass_over_all_comes_to(world: Runner) -> None:
    """Only the project and its children are read; beside another question all of them are."""
    library = world.definitions.library
    own = Question(period=QUARTER, subject=Subject(kind=SubjectKind.PROJECT, id="P1"))
    for past in (False, True):
        (alone,) = evaluate_many(world.store, library, (own,), at=at("07-10"), is_past=past)
        beside, _ = evaluate_many(world.store, library, (own, Question()), at=at("07-10"), is_past=past)
        assert alone == beside
