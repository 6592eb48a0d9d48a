"""What waits for a person: by name, by role, as a deputy and as the manager of others."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.views.worklist import Parties, Section, Standing, WorkItem, parties_of, worklist
from salespm_flow.model.decision import Actor, AddTask, BlockTask, CastVote
from salespm_flow.model.project import Verdict

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

WorldOf = Callable[[dict[str, str]], "World"]

COMPANY = """
roles: {rep: {}, boss: {}, legal: {}}
units: {sales: {manager: zhao}, north: {parent: sales}}
people:
  wang: {unit: north, roles: [rep]}
  li: {unit: north, roles: [rep, legal], deputy: wang, away: ["2026-03-02..2026-03-03"]}
  zhao: {unit: sales, roles: [boss]}
"""
DANGERS = """
scales: {probability: {1: 10%, 2: 50%}, impact: {1: {title: low}, 2: {title: high}}}
levels: {low: [1, 4]}
rules:
  late: {category: customer, when: task.open > 0, probability: 2, impact: 2, who: owner,
         response: {strategy: mitigate, title: Call, due: 1d, residual: {probability: 1, impact: 2}}}
"""
FLOW = """
domain: sales
uses: {organisation: company, risks: [dangers]}
initial: talk
states:
  talk:
    title: {zh: 洽谈, en: Talking}
    sla: {warn: 1d, breach: 2d}
    tasks:
      call: {accountable: owner, due: 1h}
      check: {accountable: owner, responsible: legal, needs: [call], due: 2h}
  sold: {final: true, outcome: won}
transitions:
  sell: {from: talk, to: sold, by: [rep], approve: {price: {title: {zh: 价, en: Price}, by: [boss], due: 1d}}}
"""


@pytest.fixture
def world(world_of: WorldOf) -> "World":
    made = world_of({"organisation/company": COMPANY, "risk_model/dangers": DANGERS, "workflow/flow": FLOW})
    made.open("flow", "p", owner="wang")
    made.open("flow", "q", owner="li")
    return made


def who(world: "World", name: str, role: str = "") -> Parties:
    return parties_of(world.runner.library, Actor(id=name, role=role), world.clock.now())


def items(world: "World", name: str, section: Section) -> list[WorkItem]:
    return list(worklist(world.runner, who(world, name), world.clock.now())[section])


def ids(world: "World", name: str, section: Section) -> list[tuple[str, str]]:
    return [(item.project, item.id) for item in items(world, name, section)]


def test_deputy_is_addressed_as_the_absent_colleague_too(world: "World") -> None:
    wang = who(world, "wang")
    assert wang.parties == ("person:wang", "person:li", "role:rep", "role:legal")
    assert wang.owners == ("wang", "li")
    world.clock.wait(days=3)
    assert who(world, "wang").parties == ("person:wang", "role:rep")


def test_claimed_role_is_the_only_one_that_counts(world: "World") -> None:
    assert who(world, "li", "rep").parties == ("person:li", "role:rep")


def test_manager_is_concerned_by_the_projects_of_his_people(world: "World") -> None:
    assert who(world, "zhao").owners == ("zhao", "wang", "li")


def test_without_an_organisation_name_and_claimed_role_are_all(world_of: WorldOf) -> None:
    alone = world_of({"workflow/flow": FLOW.replace("organisation: company, ", ""), "risk_model/dangers": DANGERS})
    assert who(alone, "wang") == Parties(actor=Actor(id="wang"), parties=("person:wang",), owners=("wang",))
    assert who(alone, "wang", "rep").parties == ("person:wang", "role:rep")


def test_tasks_are_told_by_name_and_role_with_what_they_wait_for(world: "World") -> None:
    assert items(world, "li", Section.TASKS) == [
        WorkItem(
            section=Section.TASKS,
            project="q",
            owner="li",
            id="call",
            title=Bilingual("call", "call"),
            party="person:li",
            due_at=datetime(2026, 3, 2, 2, tzinfo=UTC),
            since=datetime(2026, 3, 2, 1, tzinfo=UTC),
        ),
        *(
            WorkItem(
                section=Section.TASKS,
                project=project,
                owner=owner,
                id="check",
                title=Bilingual("check", "check"),
                party="role:legal",
                standing=Standing.WAITING,
                due_at=datetime(2026, 3, 2, 3, tzinfo=UTC),
                since=datetime(2026, 3, 2, 1, tzinfo=UTC),
                waits_for=("call",),
            )
            for project, owner in (("p", "wang"), ("q", "li"))
        ),
    ]


def test_blocked_task_says_what_blocks_it(world: "World") -> None:
    world.runner.apply("p", BlockTask(task="call", actor=Actor(id="wang"), comment="no line"))
    (blocked,) = [item for item in items(world, "wang", Section.TASKS) if item.standing is Standing.BLOCKED]
    assert (blocked.id, blocked.waits_for) == ("call", ("no line",))


def test_overdue_work_of_others_is_told_to_owner_and_manager(world: "World") -> None:
    world.clock.wait(days=5)  # li is back, so wang does not stand for him
    assert ids(world, "wang", Section.OVERDUE) == [("p", "check")]
    assert ids(world, "zhao", Section.OVERDUE) == [("p", "call"), ("q", "call"), ("p", "check"), ("q", "check")]
    assert [item.is_overdue(world.clock.now()) for item in items(world, "zhao", Section.OVERDUE)] == [True] * 4


def test_time_limits_are_told_as_they_stand_with_or_without_a_tick(world: "World") -> None:
    assert items(world, "zhao", Section.LIMITS) == []
    world.clock.wait(days=1)
    before = items(world, "zhao", Section.LIMITS)
    world.tick()
    assert items(world, "zhao", Section.LIMITS) == before
    assert [(item.project, item.standing) for item in before] == [("p", Standing.WARNED), ("q", Standing.WARNED)]
    world.clock.wait(days=1)
    assert [item.standing for item in items(world, "zhao", Section.LIMITS)] == [Standing.BREACHED] * 2
    assert ids(world, "wang", Section.LIMITS) == [("p", "talk")]  # li is back


OFFICE = """
roles: {rep: {}, boss: {}, legal: {}}
units: {sales: {}, office: {manager: zhao}}
people:
  wang: {unit: sales, roles: [rep]}
  chen: {unit: sales, roles: [rep]}
  li: {unit: office, roles: [legal]}
  zhao: {roles: [boss]}
"""
IN_CHARGE = """
domain: delivery
uses: {organisation: company}
initial: draw_up
states:
  draw_up: {title: Drawing up, owner_role: legal, sla: {warn: 1d, breach: 2d}}
  drawn_up: {final: true, outcome: delivered}
transitions: {finish: {from: draw_up, to: drawn_up, by: [legal]}}
"""


def test_time_limit_is_told_to_the_role_in_charge_where_the_owner_does_not_hold_it(world_of: WorldOf) -> None:
    world = world_of({"organisation/company": OFFICE, "workflow/papers": IN_CHARGE})
    world.open("papers", "p", owner="wang")
    world.open("papers", "q", owner="li")
    world.clock.wait(days=1)

    (own, handed) = items(world, "li", Section.LIMITS)
    assert [(one.project, one.party, one.owner) for one in (own, handed)] == [
        ("p", "role:legal", "wang"),
        ("q", "person:li", "li"),
    ]
    assert ids(world, "wang", Section.LIMITS) == []
    assert ids(world, "chen", Section.LIMITS) == []
    # The manager of who is in charge is concerned too.
    assert ids(world, "zhao", Section.LIMITS) == [("p", "draw_up"), ("q", "draw_up")]


def test_risk_response_is_told_once_it_is_due(world: "World") -> None:
    assert items(world, "wang", Section.REVIEWS) == []
    world.clock.wait(days=4)
    due = [(item.project, item.title.en) for item in items(world, "wang", Section.REVIEWS)]
    assert due == [("p", "Call")]


def test_approval_is_told_to_who_can_vote_and_no_more_once_he_has(world: "World") -> None:
    assert world.advance("sell", by="wang").is_waiting
    (asked,) = items(world, "zhao", Section.APPROVALS)
    assert (asked.project, asked.title.en, asked.party, asked.requester) == ("p", "Price", "role:boss", "wang")
    assert items(world, "wang", Section.APPROVALS) == []


def test_closed_projects_ask_for_nothing(world: "World") -> None:
    world.runner.apply("p", AddTask(title=Bilingual("x", "x"), actor=Actor(id="wang"), due=timedelta(hours=1)))
    world.advance("sell", by="wang")
    request = items(world, "zhao", Section.APPROVALS)[0]
    world.runner.apply("p", CastVote(approval=request.id, verdict=Verdict.APPROVE, actor=Actor(id="zhao")))
    world.clock.wait(days=9)
    assert not world.project().is_open
    found = worklist(world.runner, who(world, "wang"), world.clock.now())
    assert [item for some in found.values() for item in some if item.project == "p"] == []
