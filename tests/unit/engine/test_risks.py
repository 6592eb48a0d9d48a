"""A risk is identified, assessed, answered, reviewed, occurs and ends; each change is one decision of the history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.context import Names, View
from salespm_flow.engine.draft import draft_of, replay
from salespm_flow.engine.running.runner import Answered
from salespm_flow.engine.views.worklist import Section, parties_of, worklist
from salespm_flow.expr.values import Money, WorkingDays
from salespm_flow.model.decision import Actor, Advance, Request
from salespm_flow.model.project import Risk
from salespm_flow.model.risk_requests import (
    AddRisk,
    Answering,
    CloseRisk,
    RaiseIssue,
    ResolveIssue,
    RespondToRisk,
    ReviewRisk,
    RiskOccurred,
)
from salespm_flow.model.rules import Residual, Strategy
from salespm_flow.model.statuses import RiskStatus, TaskStatus
from salespm_flow.rules.exposure import response_value
from tests.unit.engine.conftest import reasons

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

WorldOf = Callable[[dict[str, str]], "World"]

COMPANY = """
roles: {rep: {}, boss: {}, partner: {outside: true}}
units: {sales: {manager: zhao}, north: {parent: sales}}
people:
  wang: {unit: north, roles: [rep]}
  li: {unit: north, roles: [rep]}
  zhao: {unit: sales, roles: [boss]}
"""
DANGERS = """
scales:
  probability: {1: 10%, 2: 50%, 3: 90%}
  impact:
    1: {title: low, cost: 1%, days: 1wd}
    2: {title: medium, cost: 10%, days: 5wd}
    3: {title: high, cost: 40%, days: 20wd}
  value: amount
levels: {low: [1, 2], medium: [3, 5], high: [6, 9]}
accept_below: medium
rules:
  rival:
    category: competitor
    title: {zh: 对手降价, en: A rival undercuts us}
    when: rivals > 0
    probability: 2
    impact: 2
    who: owner
    review: 2wd
    response: {strategy: mitigate, title: Add value, due: 1wd, residual: {probability: 1, impact: 2}}
    occurs: {when: rivals > 2, title: {zh: 价格战, en: Price war}}
    contingency: {title: {zh: 重新报价, en: Offer anew}, who: boss, due: 1d}
  penalty:
    category: legal
    when: late
    probability: 3
    impact: 3
    who: owner
    exposure: {value: amount * 50%, days: 3wd}
    response: {strategy: accept, title: Bear it, approve: {bear: {by: [boss], due: 2d, escalate: person:li}}}
"""
FLOW = """
domain: sales
uses: {organisation: company, risks: [dangers]}
fields:
  amount: {type: money, currency: CNY}
  rivals: {type: integer}
  late: {type: boolean}
initial: talk
states: {talk: {}, sold: {final: true, outcome: won}}
transitions:
  sell:
    from: talk
    to: sold
    check:
      appetite: {that: 'default(risk.level, "low") != "high"', message: {zh: 风险太高, en: Too risky}}
      reserve: {that: risk.emv <= amount * 20%, message: {zh: 风险敞口太大, en: Too much exposed}}
"""
WANG, ZHAO, LI = Actor(id="wang"), Actor(id="zhao"), Actor(id="li")
RIVAL = "dangers.rival#1"


@pytest.fixture
def world(world_of: WorldOf) -> "World":
    made = world_of({"organisation/company": COMPANY, "risk_model/dangers": DANGERS, "workflow/flow": FLOW})
    made.open("flow", "p", owner="wang", amount=yuan(1000))
    return made


def yuan(amount: int | str) -> Money:
    return Money(Decimal(amount), "CNY")


def text(words: str) -> Bilingual:
    return Bilingual(words, words)


def ask(world: "World", request: Request) -> Answered:
    answered = world.runner.apply("p", request)
    project = world.project()
    # Whatever happens to a risk, the history alone gives the same project.
    assert replay(world.store.history("p")) == project
    return answered


def done(world: "World", request: Request) -> Risk:
    answered = ask(world, request)
    assert answered.is_accepted, answered.result
    return list(world.project().risks.values())[-1]


def added(world: "World", probability: int = 2, impact: int = 2, **given: object) -> Risk:
    request = AddRisk(title=text("x"), category="market", probability=probability, impact=impact, actor=WANG)
    return done(world, replace(request, **given))  # type: ignore[arg-type]  # named by the test


def answer(strategy: Strategy, **given: object) -> Answering:
    return replace(Answering(strategy=strategy, title=text("act")), **given)  # type: ignore[arg-type]  # as above


def respond(risk: str, answering: Answering, actor: Actor = WANG) -> RespondToRisk:
    return RespondToRisk(risk=risk, answering=answering, actor=actor)


def test_a_rule_opens_a_risk_with_what_it_may_cost_and_when_it_is_reviewed(world: "World") -> None:
    world.set(rivals=Decimal(1))
    risk = world.project().risks[RIVAL]
    assert (risk.chance, risk.money, risk.days) == (Decimal("0.5"), yuan(100), Decimal(5))
    assert risk.residual is not None
    assert (risk.residual.score, risk.residual.chance, risk.residual.money) == (2, Decimal("0.1"), yuan(100))
    assert risk.review_at == world.clock.now() + timedelta(days=1, hours=9)  # the end of the second working day
    assert world.project().clocks[f"review.{RIVAL}"].due_at == risk.review_at
    assert response_value(risk) == yuan(40)


def test_what_a_rule_risk_costs_follows_the_project_until_a_person_judges_it(world: "World") -> None:
    world.set(rivals=Decimal(1))
    world.put({"amount": yuan(3000)})
    assert world.project().risks[RIVAL].money == yuan(300)
    done(world, ReviewRisk(risk=RIVAL, actor=WANG, money=yuan(70)))
    world.put({"amount": yuan(9000)})
    assert (world.project().risks[RIVAL].money, world.project().risks[RIVAL].assessed_by) == (yuan(70), "wang")


def test_the_exposure_of_a_rule_comes_before_that_of_the_scale(world: "World") -> None:
    world.put({"late": True})
    risk = world.project().risks["dangers.penalty#1"]
    assert (risk.money, risk.days) == (yuan(500), Decimal(3))


def test_a_rule_with_an_unknown_amount_opens_a_risk_of_unknown_cost(world_of: WorldOf) -> None:
    world = world_of({"organisation/company": COMPANY, "risk_model/dangers": DANGERS, "workflow/flow": FLOW})
    world.open("flow", "p", owner="wang", rivals=Decimal(1), late=True)
    assert [risk.money for risk in world.project().risks.values()] == [None, None]


def test_anybody_known_adds_a_risk_and_owns_the_saying_of_it(world: "World") -> None:
    risk = added(
        world, 3, 1, actor=LI, who="person:zhao", cause="strike", effect="no parts", money=yuan(5), days=Decimal(2)
    )
    assert risk == Risk(
        id="risk-1",
        rule="person:li",
        title=text("x"),
        category="market",
        probability=3,
        impact=1,
        score=3,
        level="medium",
        owner="person:zhao",
        opened_at=world.clock.now(),
        chance=Decimal("0.9"),
        money=yuan(5),
        days=Decimal(2),
        assessed_by="li",
        cause="strike",
        effect="no parts",
    )
    *_, last = world.store.history("p")
    assert (last.doing, last.name, last.actor) == ("add_risk", "risk-1", "li")


def test_every_fault_of_a_new_risk_is_told_at_once(world: "World") -> None:
    request = AddRisk(
        title=text(" "),
        category="weather",
        probability=9,
        impact=9,
        actor=WANG,
        who="nobody",
        money=Money(Decimal(1), "USD"),
        days=Decimal(-1),
        review=timedelta(),
    )
    assert reasons(ask(world, request)) == [
        "title", "category", "who", "probability", "impact", "review", "money", "days",
    ]  # fmt: skip


def test_a_workflow_without_a_risk_model_has_no_risks(world_of: WorldOf) -> None:
    bare = FLOW.replace(", risks: [dangers]", "").replace("check:", "").split("      appetite")[0]
    world = world_of({"organisation/company": COMPANY, "workflow/flow": bare})
    world.open("flow", "p", owner="wang")
    request = AddRisk(title=text("x"), category="market", probability=1, impact=1, actor=WANG)
    assert reasons(ask(world, request)) == ["risks"]


@pytest.mark.parametrize(
    ("answering", "missing"),
    [
        (answer(Strategy.AVOID), ["residual"]),
        (answer(Strategy.AVOID, residual=Residual(probability=1, impact=1)), ["residual"]),
        (answer(Strategy.AVOID, residual=Residual(probability=0, impact=2)), []),
        (answer(Strategy.AVOID, scope_change="no export"), []),
        (answer(Strategy.TRANSFER), ["party", "cost"]),
        (answer(Strategy.TRANSFER, party="partner", cost=yuan(5)), []),
        (answer(Strategy.MITIGATE), ["residual"]),
        (answer(Strategy.MITIGATE, residual=Residual(probability=2, impact=2)), ["residual"]),
        (answer(Strategy.MITIGATE, residual=Residual(probability=1, impact=2)), []),
        (answer(Strategy.MITIGATE, residual=Residual(probability=7, impact=2)), ["probability"]),
        (answer(Strategy.ACCEPT), ["accept"]),
    ],
)
def test_every_strategy_must_prove_itself(world: "World", answering: Answering, missing: list[str]) -> None:
    added(world)
    answered = ask(world, respond("risk-1", answering))
    assert ([] if answered.is_accepted else reasons(answered)) == missing


def test_a_low_risk_may_be_accepted_by_its_owner_a_higher_one_by_the_manager_alone(world: "World") -> None:
    added(world, 1, 2)
    added(world, 3, 3)
    assert done(world, respond("risk-1", answer(Strategy.ACCEPT))).approved_by == ""
    assert reasons(ask(world, respond("risk-2", answer(Strategy.ACCEPT)))) == ["accept"]
    assert done(world, respond("risk-2", answer(Strategy.ACCEPT), ZHAO)).approved_by == "zhao"


def test_an_acceptance_that_a_rule_proposes_counts_once_it_is_approved(world: "World") -> None:
    world.put({"late": True})
    name = "dangers.penalty#1"
    assert world.project().risks[name].awaits == ("role:boss",)
    assert reasons(ask(world, ReviewRisk(risk=name, actor=WANG, is_done=True))) == ["accept"]
    assert reasons(ask(world, respond(name, answer(Strategy.ACCEPT)))) == ["accept"]
    accepted = done(world, respond(name, answer(Strategy.ACCEPT), ZHAO))
    assert (accepted.awaits, accepted.approved_by) == ((), "zhao")


def test_an_acceptance_that_nobody_approves_in_time_escalates(world: "World") -> None:
    world.put({"late": True})
    name = "dangers.penalty#1"
    assert reasons(ask(world, respond(name, answer(Strategy.ACCEPT), LI))) == ["role", "accept"]
    world.clock.wait(days=2)
    world.tick()
    assert [(item.to, item.name) for item in world.told] == [
        ("role:boss", "acceptance.late"),
        ("person:li", "acceptance.late"),
    ]
    assert world.project().risks[name].awaits == ("role:boss", "person:li")
    accepted = done(world, respond(name, answer(Strategy.ACCEPT), LI))
    assert (accepted.awaits, accepted.approved_by) == ((), "li")
    assert world.project().clocks == {}


def test_strangers_may_not_handle_a_risk(world: "World") -> None:
    added(world)
    requests: tuple[Request, ...] = (
        respond("risk-1", answer(Strategy.AVOID, scope_change="x"), LI),
        ReviewRisk(risk="risk-1", actor=LI),
        RiskOccurred(risk="risk-1", actor=LI),
        CloseRisk(risk="risk-1", actor=LI, comment="x"),
    )
    assert [reasons(ask(world, request)) for request in requests] == [["role"]] * 4


def test_a_done_response_leaves_the_residual_risk_and_keeps_what_it_was(world: "World") -> None:
    world.set(rivals=Decimal(1))
    risk = done(world, ReviewRisk(risk=RIVAL, actor=WANG, is_done=True))
    assert (risk.score, risk.level, risk.chance, risk.done_at) == (2, "low", Decimal("0.1"), world.clock.now())
    assert risk.inherent is not None
    assert (risk.inherent.score, response_value(risk)) == (4, yuan(40))
    assert reasons(ask(world, ReviewRisk(risk=RIVAL, actor=WANG, is_done=True))) == ["response"]


def test_appetite_blocks_a_move_until_the_response_is_done(world: "World") -> None:
    added(world, 3, 3, answering=answer(Strategy.MITIGATE, residual=Residual(probability=1, impact=1)))
    assert reasons(world.advance("sell")) == ["appetite", "reserve"]
    done(world, ReviewRisk(risk="risk-1", actor=WANG, is_done=True))
    assert world.advance("sell").is_accepted
    assert [risk.status for risk in world.project().risks.values()] == [RiskStatus.CLOSED]


def test_a_review_that_is_due_is_told_and_stands_in_the_worklist_until_it_is_held(world: "World") -> None:
    world.set(rivals=Decimal(1))
    world.clock.wait(days=3)
    world.tick()
    who = parties_of(world.runner.library, WANG, world.clock.now())
    titles = [item.title.en for item in worklist(world.runner, who, world.clock.now())[Section.REVIEWS]]
    assert [(item.to, item.name) for item in world.told] == [("person:wang", "risk.review")]
    assert titles == ["Add value", "A rival undercuts us"]
    held = done(world, ReviewRisk(risk=RIVAL, actor=WANG, comment="still so", is_done=True))
    assert held.review_at == world.clock.now() + timedelta(days=1, hours=9)
    assert worklist(world.runner, who, world.clock.now())[Section.REVIEWS] == ()
    world.tick()
    assert len(world.told) == 1


def test_a_risk_that_occurs_is_an_issue_with_its_contingency_task_and_clock(world: "World") -> None:
    world.set(rivals=Decimal(1))
    world.set(rivals=Decimal(3))
    project = world.project()
    risk = project.risks[RIVAL]
    assert risk.status is RiskStatus.OCCURRED
    assert risk.issue is not None
    assert (risk.issue.title.en, risk.issue.task) == ("Price war", "contingency-1")
    task = project.tasks["contingency-1"]
    assert (task.title.en, task.who, task.due_at) == ("Offer anew", "role:boss", risk.issue.due_at)
    assert set(project.clocks) == {f"issue.{RIVAL}"}
    world.clock.wait(days=1)
    world.tick()
    assert [(item.to, item.name) for item in world.told] == [
        ("person:wang", "risk.occurred"),
        ("person:wang", "issue.late"),
        ("person:zhao", "issue.late"),
    ]


def test_a_resolved_issue_keeps_what_it_cost_and_comes_back_only_after_its_rule_was_false(world: "World") -> None:
    world.set(rivals=Decimal(1))
    world.set(rivals=Decimal(3))
    unsaid = ResolveIssue(risk=RIVAL, actor=WANG, comment="")
    assert reasons(ask(world, unsaid)) == ["comment"]
    done(world, ResolveIssue(risk=RIVAL, actor=WANG, comment="matched", money=yuan(80), days=Decimal(1)))
    risk = world.project().risks[RIVAL]
    assert risk.issue is not None
    assert (risk.status, risk.issue.resolution, risk.issue.money) == (RiskStatus.CLOSED, "matched", yuan(80))
    assert world.project().tasks["contingency-1"].status is TaskStatus.VOID
    world.set(rivals=Decimal(4))
    assert len(world.project().risks) == 1
    world.set(rivals=Decimal(0))
    world.set(rivals=Decimal(1))
    assert list(world.project().risks) == [RIVAL, "dangers.rival#2"]


def test_a_risk_closed_by_hand_stays_closed_while_its_rule_holds(world: "World") -> None:
    world.set(rivals=Decimal(1))
    assert reasons(ask(world, CloseRisk(risk=RIVAL, actor=WANG, comment=" "))) == ["comment"]
    done(world, CloseRisk(risk=RIVAL, actor=WANG, comment="they have left"))
    world.set(rivals=Decimal(2))
    assert [risk.status for risk in world.project().risks.values()] == [RiskStatus.CLOSED]
    assert world.project().clocks == {}


def test_what_nobody_foresaw_is_an_issue_at_once(world: "World") -> None:
    request = RaiseIssue(
        title=text("fire"), category="quality", impact=3, actor=WANG, action=text("call"), due=timedelta(hours=1)
    )
    risk = done(world, request)
    assert (risk.id, risk.status, risk.is_foreseen, risk.chance, risk.money) == (
        "risk-1",
        RiskStatus.OCCURRED,
        False,
        Decimal(1),
        yuan(400),
    )
    assert reasons(world.advance("sell")) == ["appetite"]  # it counts for the level, but what is certain is no EMV


def test_a_risk_that_is_over_can_neither_occur_nor_be_answered(world: "World") -> None:
    added(world)
    done(world, CloseRisk(risk="risk-1", actor=WANG, comment="gone"))
    requests: tuple[Request, ...] = (
        RiskOccurred(risk="risk-1", actor=WANG),
        respond("risk-1", answer(Strategy.AVOID, scope_change="x")),
        CloseRisk(risk="risk-1", actor=WANG, comment="x"),
        ResolveIssue(risk="risk-1", actor=WANG, comment="x"),
        ReviewRisk(risk="risk-2", actor=WANG),
    )
    assert [reasons(ask(world, request)) for request in requests] == [["risk-1"]] * 4 + [["risk-2"]]


def test_expressions_see_the_sums_of_open_risks(world: "World") -> None:
    added(world, 2, 2)
    added(world, 3, 1, answering=answer(Strategy.AVOID, scope_change="x", due=WorkingDays(Decimal(1))))
    world.clock.wait(days=2)
    project = world.project()
    compiled = world.runner.definitions.pinned(project.pin)

    view = View(
        compiled=compiled, draft=draft_of(project, world.clock.now()), snapshot=None, actor=WANG, now=world.clock.now()
    )
    assert Names(view)["risk"] == {
        "score": Decimal(4),
        "level": "medium",
        "open": Decimal(2),
        "exposure": yuan("110"),
        "emv": yuan("59"),
        "days": Decimal(6),
        "expected_days": Decimal("3.4"),
        "issues": Decimal(0),
        "unanswered": Decimal(1),
        "overdue": Decimal(1),
    }


def test_a_closed_project_keeps_no_open_risk_and_takes_no_new_one(world: "World") -> None:
    added(world, 1, 1, review=timedelta(days=1))
    assert world.runner.apply("p", Advance(trigger="sell", actor=WANG)).is_accepted
    assert world.project().clocks == {}
    request = AddRisk(title=text("x"), category="market", probability=1, impact=1, actor=WANG)
    assert reasons(ask(world, request)) == ["closed"]
