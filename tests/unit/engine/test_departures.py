"""Exit gates bind every departure but those to earlier, failed or aside places; and what stepping aside pauses."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from salespm_flow.engine.running.runner import Answered
from salespm_flow.engine.views.offers import offers, why
from salespm_flow.model.decision import Actor
from salespm_flow.model.history import Moved

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

# Every state that can be left asks for a field that nobody fills, so that a bound departure is refused by its name.
PLANT = """
domain: delivery
fields: {f_a: {type: text}, f_b: {type: text}, f_d: {type: text}, f_p: {type: text}, f_r: {type: text}}
initial: first
states:
  first: {exit: {require: [f_a]}}
  talk: {initial: early, states: {early: {}, late: {exit: {require: [f_b]}}}}
  plant:
    exit: {require: [f_p]}
    regions:
      doing:
        exit: {require: [f_r]}
        initial: design
        states: {design: {exit: {require: [f_d]}}, blocked: {aside: true}, made: {}}
      light: {initial: green, states: {green: {}, red: {}}}
  parking: {initial: held, states: {held: {aside: true}, sold: {}}}
  returned: {final: true, outcome: returned}
  over: {final: true, outcome: delivered}
  closed: {final: true}
transitions:
  to_late: {from: first, to: late, forward: false}
  to_early: {from: late, to: early}
  to_talk: {from: late, to: talk}
  to_first: {from: [late, plant], to: first}
  to_plant: {from: [first, talk], to: plant, forward: false}
  block: {from: design, to: blocked}
  unblock: {from: blocked, to: made}
  leave: {from: plant, to: parking.sold}
  any_leave: {from: any, to: sold}
  park: {from: [plant, first], to: parking}
  unpark: {from: held, to: over}
  bring_back: {from: plant, to: returned}
  deliver: {from: plant, to: over}
  close: {from: plant, to: closed}
  redo: {from: design, to: design}
  act: {from: plant}
  both: {from: plant, to: [blocked, red]}
"""


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        (["to_late", "to_early"], []),
        (["to_late", "to_first"], []),
        # Talk begins with an earlier state, but talk itself is left and is not earlier than itself: it has no gate.
        (["to_late", "to_talk"], []),
        (["to_plant", "block"], []),
        (["to_plant", "block", "unblock"], []),
        (["to_plant", "leave"], ["f_d", "f_r", "f_p"]),
        # One region set aside frees itself, not the other states that are left.
        (["to_plant", "block", "leave"], ["f_p"]),
        (["to_plant", "block", "any_leave"], ["f_p"]),
        (["to_plant", "park"], []),
        (["to_plant", "park", "unpark"], []),
        (["to_plant", "bring_back"], []),
        (["to_plant", "to_first"], []),
        (["to_plant", "deliver"], ["f_d", "f_r", "f_p"]),
        (["to_plant", "close"], ["f_d", "f_r", "f_p"]),
        (["to_plant", "redo"], ["f_d"]),
        (["to_plant", "act"], []),
        (["to_plant", "both"], []),
        (["any_leave"], ["f_a"]),
        (["park"], []),
    ],
)
def test_exit_gates_bind_forward_departures_only(
    world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]], moves: list[str], expected: list[str]
) -> None:
    world = world_of({"workflow/plant": PLANT})
    world.open("plant")
    *first, last = moves
    for trigger in first:
        assert world.advance(trigger).is_accepted, trigger

    answered = world.advance(last)

    assert ([] if answered.is_accepted else reasons_of(answered)) == expected


def test_moved_says_whether_exit_gates_applied(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/plant": PLANT})
    world.open("plant", f_d="x", f_r="x", f_p="x")
    for trigger in ("to_plant", "block", "unblock", "leave"):
        assert world.advance(trigger).is_accepted

    moved = [c for e in world.store.history("p") for c in e.changes if isinstance(c, Moved) and c.transitions]
    assert [(m.transitions, m.is_forward) for m in moved] == [
        (("to_plant",), False),
        (("block",), False),
        (("unblock",), False),
        (("leave",), True),
    ]


TWO_REGIONS = """
domain: delivery
fields: {f: {type: text}}
initial: work
states:
  work:
    regions:
      one: {initial: a1, states: {a1: {sla: {breach: 2d}}, a2: {aside: true}, a3: {sla: {breach: 2d}}}}
      two: {initial: b1, states: {b1: {sla: {breach: 2d}, exit: {require: [f]}}, b2: {aside: true}, b3: {}}}
  over: {final: true}
transitions:
  one_aside: {event: go, from: a1, to: a2}
  two_on: {event: [go, on], from: b1, to: b3}
  back: {from: a2, to: a1}
  elsewhere: {from: a2, to: a3}
  to_a1: {from: a3, to: a1}
  two_aside: {from: b1, to: b2}
  end: {from: work, to: over}
"""


def test_a_step_of_two_regions_pauses_and_binds_each_by_its_own_move(
    world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]
) -> None:
    world = world_of({"workflow/two": TWO_REGIONS})
    world.open("two")
    assert reasons_of(world.advance("go")) == ["f"]

    assert world.advance("go", f="x").is_accepted

    assert world.states() == ["a2", "b3"]
    # One is set aside: its clock waits. Two is left for good.
    assert {name: clock.due_at for name, clock in world.project().clocks.items()} == {"sla.breach.a1": None}
    *_, entry = world.store.history("p")
    assert [c.is_forward for c in entry.changes if isinstance(c, Moved)] == [True]


def test_clock_left_behind_starts_anew_though_another_region_is_aside(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/two": TWO_REGIONS})
    world.open("two")
    assert world.advance("go", f="x").is_accepted
    world.advance("elsewhere")
    world.clock.wait(days=1)
    world.advance("to_a1")

    assert world.project().clocks["sla.breach.a1"].due_at == world.clock.now() + timedelta(days=2)


def test_paused_clock_waits_while_two_regions_are_aside(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/two": TWO_REGIONS.replace("event: [go, on]", "event: on")})
    world.open("two")
    world.clock.wait(days=1)
    world.advance("go")
    world.advance("two_aside")
    world.clock.wait(days=10)
    world.advance("back")

    clocks = world.project().clocks
    assert clocks["sla.breach.a1"].due_at == world.clock.now() + timedelta(days=1)
    assert clocks["sla.breach.b1"].remaining == timedelta(days=1)


TWIN = """
domain: sales
fields: {n: {type: integer, default: 5}, f: {type: text}}
initial: a
states: {a: {}, b: {}, c: {final: true}}
transitions:
  small: {event: go, from: a, to: b, when: n < 10, require: [f]}
  large: {event: go, from: a, to: c}
"""


def test_when_chooses_and_gates_refuse(world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]) -> None:
    world = world_of({"workflow/twin": TWIN})
    world.open("twin")
    assert reasons_of(world.advance("go")) == ["f"]

    snapshot, compiled = world.runner.snapshot("p")
    actor, now = Actor(id="wang"), world.clock.now()
    assert [r.id for r in why(compiled, snapshot, "go", actor=actor, now=now)] == ["f"]
    assert {
        o.transition: [(r.id, r.message.en) for r in o.reasons] for o in offers(compiled, snapshot, actor, now)
    } == {
        "small": [("f", "f is missing")],
        "large": [("when", '"go" takes small first')],
    }
    assert world.advance("go", n=Decimal(10)).is_accepted
    assert world.states() == ["c"]


PARTIES = """
domain: sales
initial: a
states: {a: {}, b: {}, c: {}, z: {final: true}}
transitions:
  own: {from: a, by: [owner]}
  named: {from: a, by: ["person:li"]}
  roled: {from: a, by: [boss]}
  pushed: {event: push, from: a, to: b, by: [boss]}
  push_on: {from: a, do: {go: {action: raise, event: push}}}
  auto_on: {from: b, to: c, auto: true, by: [boss]}
  quiet: {from: c, to: z, comment: required}
timers: {shut: {in: c, after: 1d, do: {go: {action: raise, event: quiet}}}}
"""


@pytest.mark.parametrize(
    ("trigger", "by", "role", "is_allowed"),
    [
        ("own", "wang", "", True),
        ("own", "li", "boss", False),
        ("named", "li", "", True),
        ("named", "wang", "", False),
        ("roled", "li", "boss", True),
        ("roled", "boss", "", False),
    ],
)
def test_by_covers_owner_person_and_role(
    world_of: "MakeWorld", trigger: str, by: str, role: str, is_allowed: bool
) -> None:
    world = world_of({"workflow/parties": PARTIES})
    world.open("parties")

    assert world.advance(trigger, by=by, role=role).is_accepted is is_allowed


def test_what_the_definition_asks_for_itself_is_exempt_from_by_only(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/parties": PARTIES})
    world.open("parties")
    assert not world.advance("push").is_accepted

    # The raised event and the auto act as the system, though wang is no boss.
    assert world.advance("push_on").is_accepted
    assert world.states() == ["c"]
    world.clock.wait(days=2)
    # A timer has no comment to give.
    assert [one.is_refused for one in world.tick().fired] == [True]
    assert world.advance("quiet", comment="done").is_accepted
