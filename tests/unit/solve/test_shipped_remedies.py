"""Every refusal on the way of the shipped workflows has a remedy that a person would call sensible."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.remedies.remedy import remedy
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Actor, AddRow, Advance, CastVote, Open, SetFields
from salespm_flow.model.project import Verdict
from salespm_flow.solve.change import FieldChange
from salespm_flow.store.sqlite import SqliteStore, open_sqlite

SELLER = Actor(id="wang", role="sales_rep")
SALES_MANAGER = Actor(id="zhao", role="sales_manager")
LEGAL = Actor(id="li", role="legal")
PROJECT_MANAGER = Actor(id="qian", role="project_manager")
DIRECTOR = Actor(id="zhou", role="director")
CHILD = "D1.delivery.1"


@dataclass(slots=True)
class HandClock:
    """A clock that the test turns."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class Desk:
    """One deal: what is done to it, and what `remedy` proposes, written short."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.clock = HandClock(datetime(2026, 3, 2, 2, tzinfo=UTC))
        self.runner = Runner(store, load().library, self.clock)
        self.project = "D1"
        self.runner.open("sales_pipeline", Open(project="D1", owner=SELLER.id, fields={}, actor=SELLER))

    def set(self, actor: Actor = SELLER, **fields: Value) -> None:
        assert self.runner.apply(self.project, SetFields(fields=fields, actor=actor)).is_accepted

    def add(self, record: str, actor: Actor = SELLER, **values: Value) -> None:
        assert self.runner.apply(self.project, AddRow(record=record, values=values, actor=actor)).is_accepted

    def move(self, trigger: str, actor: Actor = SELLER, **fields: Value) -> None:
        answered = self.runner.apply(self.project, Advance(trigger=trigger, actor=actor, fields=fields))
        assert answered.is_accepted, answered.result

    def approve(self, approval: str, actor: Actor) -> None:
        vote = CastVote(approval=approval, verdict=Verdict.APPROVE, actor=actor)
        assert self.runner.apply(self.project, vote).is_accepted

    def told(self, trigger: str, actor: Actor = SELLER) -> list[str] | None:
        snapshot, compiled = self.runner.snapshot(self.project)
        found = remedy(compiled, snapshot, trigger, actor=actor, now=self.clock.now())
        if found is None:
            return None
        rows = [
            f"{row.record}{'+' if row.is_new else f'[{row.key}]'} {', '.join(map(short, row.values))}"
            for row in found.rows
        ]
        return [*map(short, found.changes), *rows, *(f"also {reason.id}" for reason in found.others)]


def short(change: FieldChange) -> str:
    if change.is_any:
        return f"{change.field}: any"
    before = "" if change.before is None else f"{plain(change.before)} -> "
    ends = "" if change.low == change.high else f" [{plain(change.low)}..{plain(change.high)}]"
    choices = " of " + "/".join(map(plain, change.choices)) if len(change.choices) > 1 else ""
    return f"{change.field}: {before}{plain(change.after)}{ends}{choices}"


def plain(value: Value) -> str:
    if value is None:
        return ""
    return str(value.amount) if isinstance(value, Money) else str(value)


def cny(amount: int) -> Money:
    return Money(Decimal(amount), "CNY")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_sqlite(str(tmp_path / "store.db"), create=True, wait_seconds=5)
    yield Desk(store)
    store.close()


def to_prospecting(desk: Desk) -> None:
    desk.add("market_notes", trend="数字化", source="行业报告")
    desk.move("qualify", market_size=cny(1000), target_segment="装备制造")


def to_discovery(desk: Desk) -> None:
    to_prospecting(desk)
    desk.move("contact", account="华兴制造", channel="referral", fit_score=Decimal(80))
    desk.add("contacts", name="李总", trust=Decimal(2))
    desk.add("activities", sort="visit")
    desk.move("discover")


def to_proposal(desk: Desk) -> None:
    to_discovery(desk)
    desk.add("contacts", name="李总", trust=Decimal(4))
    for ref in ("N1", "N2"):
        desk.add("needs", ref=ref, need="生产排程")
    for element in ("budget", "authority", "need", "timeline"):
        desk.add("bant", element=element, score=Decimal(2), evidence="会议纪要", seen_on=date(2026, 3, 2))
    desk.move("propose")


def to_negotiation(desk: Desk) -> None:
    to_proposal(desk)
    for need in ("N1", "N2"):
        desk.add("solution", item=f"item {need}", need=need)
    desk.add("contacts", name="李总", decides=True)
    desk.set(amount=cny(860_000), cost=cny(600_000), scope="排程", decision_on=date(2026, 4, 10))
    desk.move("negotiate")
    desk.set(promised_on=date(2026, 9, 30), payment_terms="三期")


def to_contract(desk: Desk) -> None:
    to_negotiation(desk)
    desk.move("agree")


def to_delivery(desk: Desk) -> None:
    to_contract(desk)
    desk.move("sign", LEGAL, contract_no="C-1", signed_on=date(2026, 3, 2))
    desk.project = CHILD


def to_planning(desk: Desk) -> None:
    to_delivery(desk)
    desk.set(PROJECT_MANAGER, start_on=date(2026, 5, 6), objective="上线")
    for aspect in ("technical", "economic", "schedule"):
        desk.add("feasibility", PROJECT_MANAGER, aspect=aspect, feasible=True)
    desk.add("milestones", PROJECT_MANAGER, name="上线", due=date(2026, 9, 1))
    desk.move("accept", PROJECT_MANAGER)
    desk.approve("go", DIRECTOR)


def to_working(desk: Desk) -> None:
    to_planning(desk)
    desk.add("deliverables", PROJECT_MANAGER, name="排程系统")
    desk.move("baseline", PROJECT_MANAGER)


def to_closing(desk: Desk) -> None:
    to_working(desk)
    desk.move("submit", PROJECT_MANAGER)
    desk.add("inspections", PROJECT_MANAGER, deliverable="排程系统", round=Decimal(1), passed=True)
    desk.move("pass", PROJECT_MANAGER)


def test_what_is_missing_is_to_be_filled_in_with_anything(desk: Desk) -> None:
    assert desk.told("qualify") == [
        "market_size: any",
        "target_segment: any",
        "market_notes+ trend: any, source: any",
    ]


def test_wrong_role_is_said_beside_the_change(desk: Desk) -> None:
    desk.set(market_size=cny(1000), target_segment="装备制造")

    assert desk.told("qualify", LEGAL) == ["market_notes+ trend: any, source: any", "also role"]


def test_nothing_is_proposed_where_no_field_helps(desk: Desk) -> None:
    assert desk.told("sign", LEGAL) is None


def test_comment_alone_needs_no_change(desk: Desk) -> None:
    to_negotiation(desk)

    assert desk.told("rework", SALES_MANAGER) == ["also comment"]


def test_accepted_move_needs_no_remedy(desk: Desk) -> None:
    to_negotiation(desk)

    assert desk.told("agree") is None


def test_score_rises_to_its_threshold(desk: Desk) -> None:
    to_prospecting(desk)
    desk.set(fit_score=Decimal(45), channel="web")

    assert desk.told("contact") == ["account: any", "fit_score: 45 -> 60 [60..100]"]


def test_loss_needs_a_reason_that_needs_nothing_more(desk: Desk) -> None:
    assert desk.told("lose") == ["lost_reason: price of price/product_fit/timing/no_decision"]

    desk.set(lost_reason="rival")

    assert desk.told("lose") == ["lost_to: any"]


def test_contacts_and_activities_are_recorded(desk: Desk) -> None:
    to_prospecting(desk)
    desk.move("contact", account="华兴制造", channel="referral", fit_score=Decimal(80))

    assert desk.told("discover") == ["contacts+ name: any", "activities+ sort: any"]


def test_qualification_asks_for_every_element(desk: Desk) -> None:
    to_discovery(desk)

    assert desk.told("propose") == [
        "contacts+ name: any, trust: 3 [3..5]",
        "needs+ ref: any, need: any",
        *(
            f"bant+ element: {one}, score: 2 [2..3], evidence: any, seen_on: 2026-03-02"
            for one in ("budget", "authority", "need", "timeline")
        ),
    ]


def test_low_scores_rise_where_no_element_is_left_to_add(desk: Desk) -> None:
    to_discovery(desk)
    desk.add("contacts", name="李总", trust=Decimal(4))
    desk.add("needs", ref="N1", need="排程")
    for element, score in (("budget", 0), ("authority", 2), ("need", 2), ("timeline", 3)):
        desk.add("bant", element=element, score=Decimal(score), evidence="会议纪要", seen_on=date(2026, 3, 2))

    assert desk.told("propose") == ["bant[budget] score: 0 -> 1 [1..3]"]


def test_uncovered_need_gets_a_solution(desk: Desk) -> None:
    to_proposal(desk)
    desk.add("solution", item="排程模块", need="N1")
    desk.set(amount=cny(860_000), cost=cny(600_000), scope="排程")

    assert desk.told("negotiate") == [
        "decision_on: any",
        "contacts+ name: any, decides: True",
        "solution+ item: any, need: N2",
    ]


def test_late_material_is_ready_by_its_day(desk: Desk) -> None:
    to_proposal(desk)
    for need in ("N1", "N2"):
        desk.add("solution", item=f"item {need}", need=need)
    desk.add("contacts", name="李总", decides=True)
    desk.add("materials", name="样品", sort="sample", needed_by=date(2026, 3, 10), ready_on=date(2026, 3, 12))
    desk.set(amount=cny(860_000), cost=cny(600_000), scope="排程", decision_on=date(2026, 4, 10))

    assert desk.told("negotiate") == ["materials[样品] ready_on: 2026-03-12 -> 2026-03-10 [..2026-03-10]"]


def test_what_waits_for_approval_is_not_refused_and_needs_no_remedy(desk: Desk) -> None:
    to_negotiation(desk)
    desk.set(discount=Decimal("0.2"), cost=cny(700_000))

    assert desk.told("agree") is None


def test_open_objection_is_closed(desk: Desk) -> None:
    to_negotiation(desk)
    desk.add("objections", ref="O1", text="价格", blocking=True)

    assert desk.told("agree") == ["objections[O1] open: True -> False"]


def test_contract_is_signed_by_today(desk: Desk) -> None:
    to_contract(desk)

    assert desk.told("sign") == ["contract_no: any", "signed_on: 2026-03-02 [..2026-03-02]", "also role"]


def test_acceptance_of_the_project_asks_for_its_charter(desk: Desk) -> None:
    to_delivery(desk)

    assert desk.told("accept", PROJECT_MANAGER) == [
        "objective: any",
        "start_on: 2026-03-02 [..2026-09-29]",
        *(f"feasibility+ aspect: {one}, feasible: True" for one in ("technical", "economic", "schedule")),
        "milestones+ name: any, due: any",
    ]


def test_denied_feasibility_is_granted_and_the_last_aspect_added(desk: Desk) -> None:
    to_delivery(desk)
    desk.set(PROJECT_MANAGER, start_on=date(2026, 5, 6), objective="上线")
    desk.add("feasibility", PROJECT_MANAGER, aspect="technical", feasible=True)
    desk.add("feasibility", PROJECT_MANAGER, aspect="economic", feasible=False)
    desk.add("milestones", PROJECT_MANAGER, name="上线", due=date(2026, 9, 1))

    assert desk.told("accept", PROJECT_MANAGER) == [
        "feasibility[economic] feasible: False -> True",
        "feasibility+ aspect: schedule, feasible: True",
    ]


def test_late_milestone_moves_the_deadline(desk: Desk) -> None:
    to_planning(desk)
    desk.add("deliverables", PROJECT_MANAGER, name="排程系统")
    desk.add("milestones", PROJECT_MANAGER, name="上线", due=date(2026, 11, 1))

    assert desk.told("baseline", PROJECT_MANAGER) == ["deadline: 2026-09-30 -> 2026-11-01 [2026-11-01..]"]


def test_correction_is_recorded_first(desk: Desk) -> None:
    to_working(desk)
    desk.add("spending", PROJECT_MANAGER, category="labour", amount=cny(700_000))

    assert desk.told("correct", PROJECT_MANAGER) == ["corrections+ cause: any, measure: any, due: any"]


def test_failed_inspection_is_followed_by_a_passed_one(desk: Desk) -> None:
    to_working(desk)
    desk.move("submit", PROJECT_MANAGER)
    passed = ["inspections+ deliverable: 排程系统, round: any, passed: True"]

    assert desk.told("pass", PROJECT_MANAGER) == passed

    desk.add("inspections", PROJECT_MANAGER, deliverable="排程系统", round=Decimal(1), passed=False)

    assert desk.told("pass", PROJECT_MANAGER) == passed


def test_closing_asks_for_reports_reasons_and_acceptance(desk: Desk) -> None:
    to_closing(desk)
    desk.add("problems", PROJECT_MANAGER, ref="P1", text="接口")
    desk.clock.moment = datetime(2026, 10, 15, 2, tzinfo=UTC)

    assert desk.told("close", PROJECT_MANAGER) == [
        "acceptance_report: any",
        "summary: any",
        "delay_cause: any",
        "deliverables[排程系统] accepted_on: any",
        "problems[P1] closed_at: any",
        "lessons+ context: any, advice: any, success: any",
    ]
