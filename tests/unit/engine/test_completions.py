"""Completions, closing and messages: what waits is not lost, what is over stays over, families come to rest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from salespm_flow.engine.running.runner import Answered
from salespm_flow.model.decision import FireClock
from salespm_flow.model.history import Noted, OutcomeReached
from salespm_flow.model.statuses import RiskStatus

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

ROUNDS = """
domain: delivery
fields: {n: {type: integer, default: 0}, ok: {type: boolean, default: false}}
initial: work
states:
  work: {initial: doing, states: {doing: {}, made: {final: true}}}
  over: {final: true}
transitions:
  make: {from: doing, to: made}
  more:
    event: done.work
    from: work
    to: made
    when: n < 3
    reenter: true
    do: {up: {action: set, field: n, value: n + 1}}
  finish: {event: done.work, from: work, to: over, when: ok}
  reopen: {from: work, to: doing}
"""


def test_completion_raised_again_by_its_own_transition_is_not_lost(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/rounds": ROUNDS})
    world.open("rounds")
    world.advance("make")

    assert world.project().fields["n"] == Decimal(3)
    assert world.project().pending == ("done.work",)
    world.set(ok=True)
    assert world.states() == ["over"]


def test_completion_ends_when_what_was_complete_is_reopened(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/rounds": ROUNDS})
    world.open("rounds", n=Decimal(3))
    world.advance("make")
    world.advance("reopen")
    assert world.project().pending == ()

    world.set(ok=True)
    assert world.states() == ["doing"]


CLOSING = """
domain: delivery
uses: {risks: [dangers]}
fields: {n: {type: integer, default: 9}, day: {type: date}}
regions:
  one: {initial: a, states: {a: {}, x: {final: true}}}
  two: {initial: b, states: {b: {}, y: {final: true, outcome: delivered}}}
transitions:
  left: {from: a, to: x}
  right: {from: b, to: y, do: {call: {action: raise, event: nobody}}}
  poke: {from: one, do: {up: {action: set, field: n, value: n + 1}}}
timers:
  date: {in: one, at: day, do: {up: {action: set, field: n, value: n + 1}}}
"""
DANGERS = """
scales: {probability: {1: 10%, 2: 30%, 3: 50%, 4: 70%, 5: 90%}, impact: {1: 很低, 2: 低, 3: 中, 4: 高, 5: 很高}}
levels: {low: [1, 5], medium: [6, 11], high: [12, 25]}
rules: {many: {category: market, when: n > 3, probability: 2, impact: 2, who: owner, title: {zh: 多, en: Many}}}
"""


def test_closed_project_stays_as_it_closed(world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]) -> None:
    world = world_of({"workflow/closing": CLOSING, "risk_model/dangers": DANGERS})
    world.open("closing", day=(world.clock.now() + timedelta(days=2)).date())
    world.advance("left")
    assert world.project().is_open
    world.advance("right")

    closed = world.project()
    assert (closed.is_open, dict(closed.clocks), closed.pending) == (False, {}, ())
    assert [risk.status for risk in closed.risks.values()] == [RiskStatus.CLOSED]
    assert reasons_of(world.advance("poke")) == ["closed"]
    assert reasons_of(world.set(n=Decimal(1))) == ["n"]
    assert reasons_of(world.runner.apply("p", FireClock(clock="timer.date"))) == ["timer.date"]
    world.clock.wait(days=30)
    world.tick()
    assert world.project() == closed


WON = """
domain: sales
initial: talk
states: {talk: {}, won: {outcome: won}, over: {final: true}}
transitions: {win: {from: talk, to: won}, undo: {from: won, to: talk}, end: {from: won, to: over}}
"""


def test_outcome_is_dated_by_its_latest_entry(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/won": WON})
    world.open("won")
    world.advance("win")
    world.advance("undo")
    world.clock.wait(days=5)
    world.advance("win")
    world.advance("end")

    assert (world.project().outcome, world.project().outcome_at) == ("won", world.clock.now())
    reached = [c for e in world.store.history("p") for c in e.changes if isinstance(c, OutcomeReached)]
    assert len(reached) == 2


PING = """
domain: sales
links: {kid: {workflow: pong, carry: {}}}
initial: a
states: {a: {}, z: {final: true}}
transitions:
  begin: {from: a, do: {start: {action: spawn, link: kid}, call: {action: send, event: ping, to: kid}}}
  answer: {event: kid.pong, from: a, do: {call: {action: send, event: ping, to: kid}}}
  end: {from: a, to: z}
"""
PONG = """
domain: delivery
initial: a
states: {a: {}, z: {final: true}}
transitions:
  answer: {event: parent.ping, from: a, do: {call: {action: send, event: pong, to: parent}}}
  end: {from: a, to: z}
"""


def test_ping_pong_stops_at_the_hop_limit(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/ping": PING, "workflow/pong": PONG})
    world.open("ping")
    # The child born in the same decision hears the message already.
    world.advance("begin")

    assert len(world.tick().heard) == 16
    entries = [*world.store.history("p"), *world.store.history("p.kid.1")]
    notes = [(c.topic, c.reasons) for e in entries for c in e.changes if isinstance(c, Noted)]
    assert sorted(notes) == [("sent", ())] * 16 + [("unsent", ("hops",))]


BREED = """
domain: sales
links: {kid: {workflow: mayfly, carry: {}}}
initial: a
states: {a: {}, z: {final: true}}
transitions:
  begin: {from: a, do: {start: {action: spawn, link: kid}}}
  again: {event: kid.done, from: a, do: {start: {action: spawn, link: kid}}}
  end: {from: a, to: z}
"""
MAYFLY = """
domain: delivery
initial: a
states: {a: {}, z: {final: true}}
transitions: {die: {from: a, to: z, auto: true}}
"""


def test_children_that_end_at_once_do_not_breed_for_ever(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/breed": BREED, "workflow/mayfly": MAYFLY})
    world.open("breed")
    world.advance("begin")
    world.tick()

    assert len(world.store.children("p")["kid"]) == 17
    assert world.tick().heard == ()


GROWING = """
domain: sales
links: {kids: {workflow: growing, many: true, carry: {}}}
initial: a
states: {a: {entry: {do: {one: {action: spawn, link: kids}, two: {action: spawn, link: kids}}}}, z: {final: true}}
transitions: {end: {from: a, to: z}}
"""


def test_births_without_end_are_refused(world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]) -> None:
    world = world_of({"workflow/growing": GROWING})

    assert reasons_of(world.open("growing")) == ["kids"]
    assert list(world.store.projects()) == []


def test_child_takes_no_existing_project(world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]) -> None:
    world = world_of({"workflow/ping": PING, "workflow/pong": PONG})
    world.open("ping")
    # Opened when no workflow had a link of that name yet.
    library = world.runner.library
    world.runner.definitions.library = replace(library, workflows={"pong": library.workflows["pong"]})
    assert world.open("pong", "p.kid.1").is_accepted
    world.runner.definitions.library = library

    assert reasons_of(world.advance("begin")) == ["project"]
