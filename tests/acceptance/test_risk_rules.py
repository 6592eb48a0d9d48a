"""The shipped rules that read states, records and tasks over time: when each opens, what it may cost, when it ends.

The deal is worth 300,000 CNY, the project has a budget of 200,000 CNY. The scales say 30, 50 and 70 % for the steps 2
to 4 of probability, 5, 10 and 20 % of the value for the steps 2 to 4 of impact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from salespm_flow.expr.values import Money
from salespm_flow.model.decision import CompleteTask
from salespm_flow.model.project import Risk
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.rules.exposure import response_value
from salespm_flow.store.sqlite import open_in_memory
from tests.acceptance.test_goals import running
from tests.acceptance.test_shipped_workflows import (
    MEMBER,
    PROJECT_MANAGER,
    SALES_MANAGER,
    Desk,
    begin,
    cny,
    sell,
    sign,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a risk is held to be: steps, level, chance times loss before its response, what the response is worth."""

    steps: tuple[int, int]
    level: str
    expected: Money
    worth: Money | None


@pytest.fixture
def desk() -> Iterator[Desk]:
    store = open_in_memory()
    yield Desk(store)
    store.close()


@pytest.fixture
def deal(desk: Desk) -> Desk:
    """Deal A at the negotiation table since Monday the 2nd of March, ten in the morning."""
    sell(desk, "A")
    return desk


@pytest.fixture
def delivery(deal: Desk) -> Desk:
    """Its project, in delivery since the same morning."""
    begin(deal, sign(deal, "A"))
    return deal


def risk(desk: Desk, rule: str) -> Risk:
    """The latest risk of the rule, in the deal or in its project."""
    child = desk.store.children("A").get("delivery", ())
    projects = [desk.store.project("A"), *child]
    found = [
        one
        for project in projects
        if project is not None
        for one in project.risks.values()
        if one.rule.partition(".")[2] == rule
    ]
    assert found, rule
    return found[-1]


def is_open(desk: Desk, rule: str) -> bool:
    names = ("A", *(one.id for one in desk.store.children("A").get("delivery", ())))
    return any(f".{rule}#" in name for project in names for name in desk.open_risks(project))


def judged(one: Risk) -> Judged:
    assert one.chance is not None
    assert one.money is not None
    expected = Money((one.chance * one.money.amount).normalize() + 0, one.money.currency)
    return Judged((one.probability, one.impact), one.level, expected, response_value(one))


def child_of(desk: Desk) -> str:
    (child,) = desk.store.children("A")["delivery"]
    return child.id


def test_market_moved_counts_notes_from_the_proposal_on(deal: Desk) -> None:
    deal.wait(1)
    # The note of the research is older than the proposal; both were made in the same minute here, so it counts.
    assert is_open(deal, "market_moved")
    assert judged(risk(deal, "market_moved")) == Judged((3, 3), "medium", cny(15_000), None)
    assert risk(deal, "market_moved").strategy == "accept"


def test_market_moved_does_not_count_what_was_known_before_the_proposal(desk: Desk) -> None:
    desk.open("A", market_size=cny(5_000_000), target_segment="装备制造")
    desk.row("A", "market_notes", trend="数字化", source="行业报告")
    assert not is_open(desk, "market_moved")
    desk.wait(1)
    sell_on(desk)
    assert not is_open(desk, "market_moved")
    desk.row("A", "market_notes", trend="降价", source="协会")
    assert is_open(desk, "market_moved")


def sell_on(desk: Desk) -> None:
    """Deal A, researched, comes to its proposal."""
    desk.move("A", "qualify")
    desk.move("A", "contact", account="华兴制造", channel="referral", fit_score=Decimal(80))
    desk.row("A", "contacts", name="李总", decides=True, trust=Decimal(4))
    desk.row("A", "activities", sort="visit")
    desk.move("A", "discover")
    desk.row("A", "needs", ref="N1", need="生产排程")
    day = desk.clock.moment.date()
    for element in ("budget", "authority", "need", "timeline"):
        desk.row("A", "bant", element=element, score=Decimal(2), evidence="会议纪要", seen_on=day)
    assert desk.move("A", "propose") == "proposal"


def test_needs_changed_is_opened_by_a_need_after_the_proposal(deal: Desk) -> None:
    assert not is_open(deal, "needs_changed")
    deal.wait(1)
    deal.row("A", "needs", ref="N2", need="质量追溯")
    # 70 % of 30,000; 30 % remains: 21,000 - 9,000.
    assert judged(risk(deal, "needs_changed")) == Judged((4, 3), "high", cny(21_000), cny(12_000))


def test_stalled_opens_after_25_days_and_has_occurred_after_45(deal: Desk) -> None:
    deal.wait(25)
    assert not is_open(deal, "stalled")
    deal.wait(1)
    assert judged(risk(deal, "stalled")) == Judged((4, 3), "high", cny(21_000), cny(12_000))
    deal.wait(19)
    assert risk(deal, "stalled").status is RiskStatus.OPEN
    deal.wait(1)
    occurred = risk(deal, "stalled")
    assert occurred.status is RiskStatus.OCCURRED
    assert occurred.issue is not None
    project = deal.store.project("A")
    assert project is not None
    task = project.tasks[occurred.issue.task]
    assert (task.who, task.title.en) == ("role:sales_manager", "Have a manager call and judge the deal anew")


def test_out_of_touch_counts_working_days_since_the_last_activity(deal: Desk) -> None:
    deal.wait(18)  # 20 March: fifteen, with Saturday the 7th
    assert not is_open(deal, "out_of_touch")
    deal.wait(3)
    # 50 % of 30,000; 30 % of 15,000 remains: 15,000 - 4,500.
    assert judged(risk(deal, "out_of_touch")) == Judged((3, 3), "medium", cny(15_000), cny(10_500))
    deal.row("A", "activities", sort="call")
    assert not is_open(deal, "out_of_touch")


def test_uncovered_needs_opens_in_negotiation_and_is_reviewed_every_week(deal: Desk) -> None:
    assert not is_open(deal, "uncovered_needs")
    deal.row("A", "needs", ref="N2", need="质量追溯")
    # 70 % of 60,000; 10 % remains: 42,000 - 6,000.
    found = risk(deal, "uncovered_needs")
    assert judged(found) == Judged((4, 4), "high", cny(42_000), cny(36_000))
    assert found.review_at == datetime(2026, 3, 6, 18, tzinfo=UTC)  # the end of the fifth working day
    deal.row("A", "solution", item="追溯", need="N2", price=cny(1))
    assert not is_open(deal, "uncovered_needs")


def test_late_work_opens_with_the_third_overdue_task_and_ends_when_one_is_done(delivery: Desk) -> None:
    delivery.wait(5)  # the charter and the breakdown are late; the weekly review is due on this Saturday
    assert not is_open(delivery, "late_work")
    delivery.wait(1)
    # 70 % of 40,000; 30 % remains: 28,000 - 12,000.
    assert judged(risk(delivery, "late_work")) == Judged((4, 4), "high", cny(28_000), cny(16_000))
    delivery.runner.apply(child_of(delivery), CompleteTask(task="charter", actor=PROJECT_MANAGER))
    assert not is_open(delivery, "late_work")


def test_milestone_missed_opens_the_day_after_and_ends_when_it_is_met(delivery: Desk) -> None:
    child = child_of(delivery)
    delivery.row(child, "milestones", PROJECT_MANAGER, name="蓝图", due=date(2026, 3, 10))
    delivery.wait(8)
    assert not is_open(delivery, "milestone_missed")
    delivery.wait(1)
    # 70 % of 20,000; 30 % remains: 14,000 - 6,000.
    assert judged(risk(delivery, "milestone_missed")) == Judged((4, 3), "high", cny(14_000), cny(8_000))
    delivery.row(child, "milestones", PROJECT_MANAGER, name="蓝图", due=date(2026, 3, 10), met_on=date(2026, 3, 11))
    assert not is_open(delivery, "milestone_missed")


def test_unreviewed_opens_after_ten_working_days_without_a_review(delivery: Desk) -> None:
    delivery.wait(11)  # 13 March: ten, with Saturday the 7th
    assert not is_open(delivery, "unreviewed")
    delivery.wait(3)
    # 50 % of 20,000; 30 % of 10,000 remains: 10,000 - 3,000.
    assert judged(risk(delivery, "unreviewed")) == Judged((3, 3), "medium", cny(10_000), cny(7_000))
    delivery.row(child_of(delivery), "reviews", PROJECT_MANAGER, result="按计划")
    assert not is_open(delivery, "unreviewed")


def test_blocked_long_opens_after_three_days_and_its_response_costs_more_than_it_saves(delivery: Desk) -> None:
    child = child_of(delivery)
    delivery.move(child, "block", MEMBER, comment="等设备")
    delivery.wait(3)
    assert not is_open(delivery, "blocked_long")
    delivery.wait(1)
    # 70 % of 20,000; 30 % of 10,000 remains, for 30,000: 14,000 - 3,000 - 30,000.
    found = risk(delivery, "blocked_long")
    assert judged(found) == Judged((4, 3), "high", cny(14_000), cny(-19_000))
    assert (found.party, found.cost) == ("role:partner", cny(30_000))
    delivery.move(child, "unblock", MEMBER)
    assert not is_open(delivery, "blocked_long")


@pytest.mark.parametrize("risk", ["customers_hesitate", "deep_discounts"])
def test_three_deals_of_a_sales_project_are_a_pattern(desk: Desk, risk: str) -> None:
    desk.clock.moment = datetime(2026, 4, 1, 3, tzinfo=UTC)
    running(desk)
    for number in range(3):
        assert f"sales_project_risks.{risk}#1" not in desk.open_risks("S")
        assert desk.move("S", "open_deal") == "run"
        deal = desk.store.children("S")["deals"][number].id
        if risk == "deep_discounts":
            desk.fill(deal, discount=Decimal("0.2"))
        else:
            assert desk.move(deal, "lose", lost_reason="no_decision") == "lost"
    # The project looks at its deals with its next event.
    desk.fill("S", SALES_MANAGER, scope="华东")
    assert f"sales_project_risks.{risk}#1" in desk.open_risks("S")
