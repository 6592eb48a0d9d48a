"""Overrides: what they set aside, for whom, what they never do, and how the history counts them."""

from collections.abc import Callable
from decimal import Decimal

from salespm_flow.engine.running.runner import Answered
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Actor, Advance, Open
from salespm_flow.model.history import Moved
from tests.unit.engine.conftest import World, reasons

WorldOf = Callable[[dict[str, str]], World]

DEAL = """
domain: sales
initial: talk
fields:
  size: {type: integer, min: 0, by: [rep, director]}
  note: {type: text}
  terms: {type: text}
  sealed: {type: boolean}
states:
  talk: {exit: {require: [terms]}}
  contract: {entry: {check: {sealed: sealed}}}
  closed: {final: true}
transitions:
  agree:
    from: talk
    to: contract
    by: [rep]
    when: size > 0
    require: [note]
    approve: {big: {when: size > 100, by: [lead]}}
    override: {by: [director], comment: required}
  close: {from: contract, to: closed}
  silent: {from: talk, to: contract, by: [rep], require: [note], override: {by: [director], comment: optional}}
"""


def deal(world_of: WorldOf, **fields: Value) -> World:
    world = world_of({"workflow/deal": DEAL})
    world.runner.open("deal", Open(project="p", owner="wang", fields=fields, actor=Actor(id="wang")))
    return world


def override(
    world: World, trigger: str = "agree", *, role: str = "director", comment: str = "urgent", **fields: Value
) -> Answered:
    actor = Actor(id="zhou", role=role)
    request = Advance(trigger=trigger, actor=actor, comment=comment, fields=fields, is_override=True)
    return world.runner.apply("p", request)


def waived(world: World) -> list[tuple[str, ...]]:
    changes = [change for entry in world.store.history("p") for change in entry.changes]
    return [change.waived for change in changes if isinstance(change, Moved) and change.transitions]


def test_requirements_checks_approvals_and_gates_are_waived_and_recorded(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(200))

    answered = override(world)

    assert (answered.result["status"], world.states()) == ("accepted", ["contract"])
    assert waived(world) == [("role", "note", "terms", "sealed", "big")]


def test_who_may_not_override_gets_every_reason(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(200))

    assert reasons(override(world, role="rep", comment="")) == ["note", "terms", "sealed", "override", "comment"]


def test_who_may_override_and_says_no_reason_is_told_just_that(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(200))

    assert reasons(override(world, comment="")) == ["comment"]


def test_what_is_not_offered_stays_so(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(0))

    assert "when" in reasons(override(world))


def test_values_are_never_waived(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(1))

    assert reasons(override(world, size=Decimal(-1)))[0] == "size"


def test_the_state_is_never_waived(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(1))
    override(world)

    assert reasons(override(world)) == ["state"]


def test_a_transition_without_override_cannot_be_overridden(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(1), sealed=True)
    override(world)

    assert override(world, "close").result["status"] == "accepted"
    assert waived(world)[-1] == ()


def test_an_override_that_waives_nothing_is_an_ordinary_move(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(1), note="x", terms="x", sealed=True)

    override(world, role="rep", comment="")

    assert (waived(world), world.states()) == ([()], ["contract"])


def test_a_comment_may_be_left_out_where_the_definition_says_so(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(1))

    assert override(world, "silent", comment="").result["status"] == "accepted"


def test_a_pending_request_is_void_once_overridden(world_of: WorldOf) -> None:
    world = deal(world_of, size=Decimal(200), note="x", terms="x", sealed=True)
    world.advance("agree", role="rep")

    override(world)

    assert [one.status.value for one in world.project().approvals.values()] == ["void"]
    assert waived(world) == [("role", "big")]


def test_a_contract_is_never_waived(world_of: WorldOf) -> None:
    parent = """
domain: sales
fields: {scope: {type: text}}
initial: talk
links: {work: {workflow: child, carry: {scope: scope}}}
states: {talk: {}, over: {final: true}}
transitions:
  go:
    from: talk
    to: over
    require: [scope]
    override: {by: [director]}
    do: {start: {action: spawn, link: work}}
"""
    child = """
domain: delivery
fields: {scope: {type: text}}
initial: plan
states: {plan: {entry: {require: [scope]}}, over: {final: true}}
transitions: {finish: {from: plan, to: over}}
"""
    world = world_of({"workflow/deal": parent, "workflow/child": child})
    world.open("deal")

    assert reasons(override(world, "go")) == ["scope"]
    assert world.states() == ["talk"]
