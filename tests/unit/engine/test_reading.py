"""What people look at: time limits as lights, the guide of a state, an account across projects. Nothing moves by it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from salespm_flow.engine.views.accounts import account_of
from salespm_flow.engine.views.guidance import guidance
from salespm_flow.engine.views.sla import Light, limits
from salespm_flow.expr.values import Money
from salespm_flow.model.decision import Actor
from salespm_flow.model.workflow import Outcome

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

DEAL = """
domain: sales
fields:
  amount: {type: money, currency: CNY}
  account: {type: ref, to: accounts}
  scope: {type: text}
records:
  surveys: {fields: {score: {type: integer}}}
  feedback: {key: ref, fields: {ref: {type: text}, open: {type: boolean, default: true}}}
initial: talk
states:
  talk:
    sla: {warn: 2d, breach: 4d}
    tools: [SWOT]
    skills: {negotiation: 3}
    tasks: {call: {accountable: owner, due: 1d}}
    exit: {require: [scope], check: {big: {that: amount > 5, message: too small}}}
  held: {aside: true}
  won: {final: true, outcome: won}
transitions:
  win: {from: talk, to: won}
  hold: {from: talk, to: held}
  resume: {from: held, to: talk}
"""
SITE = """
domain: delivery
fields:
  budget: {type: money, currency: CNY}
  account: {type: ref, to: accounts}
initial: work
states: {work: {}, over: {final: true, outcome: delivered}}
transitions: {hand_over: {from: work, to: over}}
"""
ACCOUNTS = """
key: name
fields: {name: {type: text}, city: {type: text}}
source: rows.csv
"""
# No test needs more than the keys.
ROWS = "name,city\nacme,苏州\nother,\n"
WORLD = {"workflow/deal": DEAL, "reference/accounts": ACCOUNTS, "table/rows": ROWS}


def lights(world: "World") -> list[Light]:
    project = world.project()
    return [
        limit.light for limit in limits(world.runner.definitions.newest("deal").workflow, project, world.clock.now())
    ]


def test_light_goes_amber_at_the_warning_and_red_at_the_breach_whether_or_not_a_tick_came(
    world_of: "MakeWorld",
) -> None:
    world = world_of(WORLD)
    world.open("deal")
    assert lights(world) == [Light.GREEN]
    world.clock.wait(days=2)
    assert lights(world) == [Light.AMBER]
    world.tick()
    assert lights(world) == [Light.AMBER]
    world.clock.wait(days=2)
    assert lights(world) == [Light.RED]
    world.tick()
    assert lights(world) == [Light.RED]


def test_limit_is_due_when_the_breach_is_once_the_warning_has_fired(world_of: "MakeWorld") -> None:
    world = world_of(WORLD)
    opened = world.clock.now()
    world.open("deal")
    world.clock.wait(days=3)
    world.tick()

    (limit,) = limits(world.runner.definitions.newest("deal").workflow, world.project(), world.clock.now())
    assert (limit.state, limit.entered_at, limit.due_at) == ("talk", opened, opened + timedelta(days=4))


def test_closed_project_has_no_limits(world_of: "MakeWorld") -> None:
    world = world_of(WORLD)
    world.open("deal", amount=Money(Decimal(6), "CNY"), scope="all")
    world.advance("win")

    assert lights(world) == []


def test_guide_tells_which_criteria_hold_and_which_do_not(world_of: "MakeWorld") -> None:
    world = world_of(WORLD)
    world.open("deal", amount=Money(Decimal(6), "CNY"))
    before = world.project()
    snapshot, compiled = world.runner.snapshot("p")

    (guide,) = guidance(compiled, snapshot, Actor(id="wang"), world.clock.now())
    assert [(one.id, one.reason is None) for one in guide.criteria] == [("scope", False), ("big", True)]
    assert [(one.skill, one.wanted, one.has) for one in guide.skills] == [("negotiation", 3, None)]
    assert [task.id for task in guide.tasks] == ["call"]
    assert world.project() == before


def test_account_sums_what_was_won_and_counts_the_newest_rows(world_of: "MakeWorld") -> None:
    world = world_of(WORLD)
    for name, customer, amount in (("a", "acme", 7), ("b", "acme", 9), ("c", "other", 100)):
        world.open("deal", name, account=customer, amount=Money(Decimal(amount), "CNY"), scope="all")
    world.add("surveys", "a", score=Decimal(4))
    world.add("surveys", "b", score=Decimal(5))
    world.add("feedback", "a", ref="F1")
    world.add("feedback", "a", ref="F1", open=False)
    world.add("feedback", "b", ref="F1")
    world.advance("win", "a")
    last = world.clock.now()

    account = account_of("accounts", "acme", world.store.projects(), world.runner.definitions.pinned)
    assert [deal.project.id for deal in account.deals] == ["a", "b"]
    assert account.revenue == {"CNY": Decimal(7)}
    assert account.records["surveys"].means == {"score": Decimal("4.5")}
    assert (account.records["feedback"].rows, account.records["feedback"].open) == (2, 1)
    assert account.last_at == last


def test_budget_of_what_delivers_a_deal_is_no_revenue(world_of: "MakeWorld") -> None:
    world = world_of(WORLD | {"workflow/site": SITE})
    world.open("deal", "a", account="acme", amount=Money(Decimal(7), "CNY"), scope="all")
    world.open("site", "b", account="acme", budget=Money(Decimal(5), "CNY"))
    world.advance("win", "a")
    world.advance("hand_over", "b")

    account = account_of("accounts", "acme", world.store.projects(), world.runner.definitions.pinned)
    assert [(deal.project.id, deal.project.outcome, deal.is_won) for deal in account.deals] == [
        ("a", Outcome.WON, True),
        ("b", Outcome.DELIVERED, False),
    ]
    assert account.revenue == {"CNY": Decimal(7)}
