"""What no program may claim through the Python API: to be the engine, or a role that the workflow does not know."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.running.runner import Answered
from salespm_flow.model.decision import Accepted, Actor, AddTask, Advance, Open, Reassign, Rejected

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

DEAL = """
domain: sales
initial: talk
states: {talk: {}, over: {final: true}}
transitions: {close: {from: talk, to: over, by: [rep]}}
"""
ENGINE = ("actor", '"system" is the engine itself and cannot act here')
STRANGER = ("role", 'deal has no role "reb"; did you mean rep?')


@pytest.fixture
def world(world_of: "Callable[[dict[str, str]], World]") -> "World":
    return world_of({"workflow/deal": DEAL})


def told(answered: Answered) -> list[tuple[str, str]]:
    assert isinstance(answered.decision, Rejected)
    return [(reason.id, reason.message.en) for reason in answered.decision.reasons]


@pytest.mark.parametrize(("actor", "reason"), [(Actor(id="system"), ENGINE), (Actor(id="wang", role="reb"), STRANGER)])
def test_claim_that_nobody_can_make_is_refused(world: "World", actor: Actor, reason: tuple[str, str]) -> None:
    opening = Open(project="p", owner="wang", fields={}, actor=actor)
    assert told(world.runner.open("deal", opening)) == [reason]
    assert world.store.project("p") is None
    assert world.open("deal").is_accepted
    closing = Advance(trigger="close", actor=actor, fields={}, comment="")
    assert told(world.runner.apply("p", closing)) == [reason]
    assert world.project().revision == 1


def test_role_that_the_workflow_knows_is_taken(world: "World") -> None:
    world.open("deal")
    assert isinstance(world.advance("close", role="rep").decision, Accepted)


def test_nothing_is_given_to_the_engine_to_do(world: "World") -> None:
    wang = Actor(id="wang")
    opening = Open(project="q", owner="system", fields={}, actor=wang)
    assert told(world.runner.open("deal", opening)) == [
        ("owner", '"system" is the engine itself and cannot be the owner')
    ]
    world.open("deal")
    handing_over = Reassign(leaver="wang", successor="system", actor=wang, comment="left")
    assert told(world.runner.apply("p", handing_over)) == [
        ("successor", '"system" is the engine itself and cannot take over')
    ]
    adding = AddTask(title=Bilingual("a", "a"), who="person:system", actor=wang)
    assert told(world.runner.apply("p", adding)) == [("who", '"system" is the engine itself and cannot take a task')]


def test_a_pattern_is_no_trigger(world_of: "Callable[[dict[str, str]], World]") -> None:
    every = (
        DEAL.replace("close:", "any: {event: '*', from: talk, to: over}\n  close:")
        .replace("transitions: {", "transitions:\n  ")
        .replace("[rep]}}", "[rep]}")
    )
    made = world_of({"workflow/deal": every})
    made.open("deal")
    assert told(made.advance("*")) == [("*", 'the workflow has no transition "*"')]
