"""Reassign: what is one person's in a project becomes another's, by the one guarded path."""

from collections.abc import Callable

import pytest

from salespm_flow.engine.requests.handover import Holdings, holdings
from salespm_flow.engine.running.runner import Answered
from salespm_flow.engine.views.workload import Workload, workloads
from salespm_flow.model.decision import Actor, Reassign
from salespm_flow.model.history import Doing
from tests.unit.engine.conftest import World

ORGANISATION = """
skills: {talk: {}}
roles: {rep: {}, boss: {}}
units: {firm: {manager: zhou}, east: {parent: firm, manager: zhao}, west: {parent: firm, manager: lin}}
people:
  wang: {unit: east, roles: [rep], skills: {talk: 2}, deputy: he, left_on: 2026-04-01}
  he: {unit: east, roles: [rep], skills: {talk: 4}}
  zhao: {unit: east, roles: [boss]}
  lin: {unit: west, roles: [boss]}
  zhou: {unit: firm, roles: [boss]}
"""
RISKS = """
scales: {probability: {1: 10%}, impact: {1: Low}}
levels: {low: [1, 1]}
rules: {slow: {category: customer, when: 'owner.skills.talk < 3', probability: 1, impact: 1, who: owner}}
"""
WORKFLOW = """
domain: sales
uses: {organisation: firm, risks: [dangers]}
initial: open
states:
  open:
    tasks:
      brief: {accountable: owner}
      plan: {accountable: rep, responsible: owner}
      sign: {accountable: 'person:lin'}
  sold: {}
  closed: {final: true}
transitions:
  strong: {from: open, to: sold, auto: true, when: owner.skills.talk >= 5}
  close: {from: open, to: closed}
"""
Make = Callable[[dict[str, str]], World]
Reasons = Callable[[Answered], list[str]]


@pytest.fixture
def world(world_of: Make) -> World:
    made = world_of({"organisation/firm": ORGANISATION, "risk_model/dangers": RISKS, "workflow/deal": WORKFLOW})
    assert made.open("deal").is_accepted
    return made


def hand_over(world: World, leaver: str = "wang", to: str = "he", *, by: str = "zhao", why: str = "left") -> Answered:
    request = Reassign(leaver=leaver, successor=to, actor=Actor(id=by), comment=why)
    return world.runner.apply("p", request)


def test_ownership_tasks_and_risks_go_over_with_the_reason_in_the_history(world: World) -> None:
    held = holdings(world.project(), "wang")
    assert held == Holdings(owns=True, tasks=("brief", "plan"), approvals=(), risks=("dangers.slow#1",))
    assert hand_over(world).is_accepted
    project = world.project()
    assert project.owner == "he"
    assert {task.id: task.who for task in project.tasks.values()} == {
        "brief": "person:he",
        "plan": "person:he",
        "sign": "person:lin",
    }
    # The new owner talks well enough: settling has closed the risk.
    assert [(risk.owner, risk.status) for risk in project.risks.values()] == [("person:he", "closed")]
    entry = list(world.store.history("p"))[-1]
    assert (entry.doing, entry.name, entry.actor, entry.comment) == (Doing.REASSIGN, "wang", "zhao", "left")
    assert holdings(project, "wang").is_empty


def test_once_handed_over_nothing_is_left_to_do(world: World, reasons_of: Reasons) -> None:
    assert hand_over(world).is_accepted
    before = world.project()
    assert reasons_of(hand_over(world)) == ["leaver"]
    assert world.project() == before


@pytest.mark.parametrize(
    ("by", "expected"), [("zhou", []), ("zhao", []), ("wang", []), ("he", ["role"]), ("lin", ["role"])]
)
def test_the_heads_above_the_leaver_hand_over_and_the_leaver(
    world: World, reasons_of: Reasons, by: str, expected: list[str]
) -> None:
    answered = hand_over(world, by=by)
    assert ([] if answered.is_accepted else reasons_of(answered)) == expected


def test_every_reason_is_told_at_once(world: World, reasons_of: Reasons) -> None:
    assert reasons_of(hand_over(world, "lin", "zhoa", by="he", why=" ")) == ["successor", "comment", "role"]
    assert reasons_of(hand_over(world, to="wang")) == ["successor"]
    assert reasons_of(hand_over(world, "zhou", "he", by="zhou")) == ["leaver"]


def test_who_has_left_takes_nothing_over(world: World, reasons_of: Reasons) -> None:
    world.clock.wait(days=40)
    assert reasons_of(hand_over(world, "lin", "wang", by="lin")) == ["successor"]


def test_a_deputy_of_a_leaver_may_hand_over_until_it_is_done(world: World) -> None:
    world.clock.wait(days=40)
    assert hand_over(world, by="he").is_accepted
    assert list(world.store.history("p"))[-1].acting_for == "wang"


def test_somebody_no_longer_in_the_organisation_is_handed_over_by_any_head(world_of: Make, reasons_of: Reasons) -> None:
    people = ORGANISATION.replace("  wang:", "  wong:")
    made = world_of({"organisation/firm": people, "risk_model/dangers": RISKS, "workflow/deal": WORKFLOW})
    assert made.open("deal", owner="wong").is_accepted
    assert reasons_of(hand_over(made, "wang", "he", by="lin")) == ["leaver"]
    assert reasons_of(hand_over(made, "wang", "he", by="he")) == ["leaver", "role"]


def test_a_closed_project_stays_whose_it_was(world: World, reasons_of: Reasons) -> None:
    assert world.advance("close").is_accepted
    assert holdings(world.project(), "wang").is_empty
    assert reasons_of(hand_over(world)) == ["closed"]
    assert world.project().owner == "wang"


def test_a_change_of_owner_lets_waiting_moves_go(world_of: Make) -> None:
    strong = ORGANISATION.replace("talk: 4", "talk: 5")
    made = world_of({"organisation/firm": strong, "risk_model/dangers": RISKS, "workflow/deal": WORKFLOW})
    assert made.open("deal").is_accepted
    assert made.states() == ["open"]
    assert hand_over(made).is_accepted
    assert made.states() == ["sold"]


def test_without_an_organisation_anybody_hands_over(world_of: Make) -> None:
    made = world_of({"workflow/deal": "domain: sales\ninitial: open\nstates: {open: {}, closed: {final: true}}\n"})
    assert made.open("deal").is_accepted
    assert hand_over(made, by="anybody").is_accepted
    assert made.project().owner == "he"


def test_open_work_is_counted_by_person(world: World) -> None:
    assert world.open("deal", "q", owner="he").is_accepted
    counted = workloads(world.store.projects())
    assert counted == {
        "wang": Workload(projects=1, tasks=2),
        "he": Workload(projects=1, tasks=2),
        "lin": Workload(tasks=2),
    }
    assert counted["wang"].total == 3


def test_an_approval_does_not_go_to_who_must_stand_back_from_it(world_of: Make, reasons_of: Reasons) -> None:
    sale = """
domain: sales
uses: {organisation: firm}
initial: open
states: {open: {}, closed: {final: true}}
transitions:
  close: {from: open, to: closed, approve: {sign: {by: ['person:lin'], except: [requester]}}}
"""
    made = world_of({"organisation/firm": ORGANISATION, "workflow/deal": sale})
    made.open("deal", owner="he")
    assert made.advance("close", by="he").is_waiting
    assert reasons_of(hand_over(made, "lin", "he", by="zhou")) == ["excepted"]
    assert hand_over(made, "lin", "zhao", by="zhou").is_accepted
    assert made.project().approvals["sign"].approvers == ("person:zhao",)
