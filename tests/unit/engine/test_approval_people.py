"""Approvals in an organisation: managers, every holder of a role, deputies of the absent."""

from collections.abc import Callable

from salespm_flow.engine.running.runner import Answered
from salespm_flow.model.decision import Actor, Advance, CastVote
from salespm_flow.model.project import Verdict
from tests.unit.engine.conftest import World, reasons

WorldOf = Callable[[dict[str, str]], World]

COMPANY = """
skills: {}
roles: {rep: {}, lead: {}, finance: {}, director: {}}
units: {market: {manager: zhao}}
people:
  wang: {unit: market, roles: [rep]}
  zhao: {unit: market, roles: [lead]}
  li:   {roles: [finance], deputy: sun, away: ["2026-03-02..2026-03-10"]}
  sun:  {roles: [finance, rep]}
  he:   {roles: [finance]}
  zhou: {roles: [director]}
"""
DEAL = """
domain: sales
uses: {{organisation: company}}
initial: talk
states: {{talk: {{}}, over: {{final: true}}}}
transitions: {{go: {{from: talk, to: over, by: [rep], approve: {{one: {{{rule}}}}}}}}}
"""


def deal(world_of: WorldOf, rule: str, *, by: str = "wang") -> World:
    world = world_of({"organisation/company": COMPANY, "workflow/deal": DEAL.format(rule=rule)})
    world.open("deal")
    assert world.runner.apply("p", Advance(trigger="go", actor=Actor(id=by))).is_waiting
    return world


def vote(world: World, by: str) -> Answered:
    return world.runner.apply("p", CastVote(approval="one", verdict=Verdict.APPROVE, actor=Actor(id=by)))


def test_the_manager_is_a_person_of_the_organisation(world_of: WorldOf) -> None:
    world = deal(world_of, "by: [manager]")

    assert world.project().approvals["one"].approvers == ("person:zhao",)
    assert reasons(vote(world, "zhou")) == ["role"]
    assert vote(world, "zhao").is_accepted
    assert world.states() == ["over"]


def test_nobody_unknown_votes(world_of: WorldOf) -> None:
    world = deal(world_of, "by: [finance]")

    assert reasons(vote(world, "nobody")) == ["actor"]


def test_all_means_everybody_who_holds_the_role(world_of: WorldOf) -> None:
    world = deal(world_of, "by: [finance], quorum: all")

    vote(world, "he")
    vote(world, "sun")
    assert world.states() == ["talk"]
    assert vote(world, "sun").is_accepted  # in the place of li, who is away
    assert [ballot.acting_for for ballot in world.project().approvals["one"].ballots] == ["", "", "li"]
    assert world.states() == ["over"]


def test_a_deputy_votes_in_the_place_of_the_absent_and_the_history_says_so(world_of: WorldOf) -> None:
    world = deal(world_of, "by: ['person:li']")

    vote(world, "sun")

    entry = tuple(world.store.history("p"))[-1]
    assert (entry.actor, entry.acting_for, world.states()) == ("sun", "li", ["over"])


def test_a_requester_does_not_approve_as_a_deputy_either(world_of: WorldOf) -> None:
    world = deal(world_of, "by: ['person:li'], except: [requester]", by="sun")

    assert reasons(vote(world, "sun")) == ["excepted"]


def test_one_human_is_one_vote_towards_a_number(world_of: WorldOf) -> None:
    world = deal(world_of, "by: [finance], quorum: 2")

    vote(world, "sun")
    assert reasons(vote(world, "sun")) == ["voted"]
    vote(world, "he")
    assert world.states() == ["over"]


def test_what_my_deputy_approved_in_my_place_does_not_serve_my_own_request(world_of: WorldOf) -> None:
    two = DEAL.format(rule="by: ['person:li'], except: [requester]}, two: {by: [director]")
    company = COMPANY.replace("li:   {roles: [finance]", "li:   {roles: [finance, rep]")
    world = world_of({"organisation/company": company, "workflow/deal": two})
    world.open("deal")
    world.runner.apply("p", Advance(trigger="go", actor=Actor(id="wang")))
    vote(world, "sun")
    assert [ballot.acting_for for ballot in world.project().approvals["one"].ballots] == ["li"]
    world.clock.wait(days=20)  # li is back

    world.runner.apply("p", Advance(trigger="go", actor=Actor(id="li")))

    asked = {request.id: request.requester for request in world.project().approvals.values()}
    assert asked == {"one": "wang", "two": "wang", "one-2": "li"}
