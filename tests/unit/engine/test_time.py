"""What time does: SLA, timers, pauses, refusals and messages; ticking twice is ticking once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from salespm_flow.engine.views.sla import Light, limits
from salespm_flow.model.history import Noted

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

TALKS = """
domain: sales
fields: {decide: {type: date}, reason: {type: text}, level: {type: integer, default: 0}}
initial: talk
states:
  talk: {sla: {warn: 2d, breach: 5wd}}
  held: {aside: true}
  ended: {}
  lost: {final: true, outcome: lost}
transitions:
  hold: {from: talk, to: held}
  resume: {from: held, to: talk}
  drop: {from: talk, to: lost, require: [reason]}
  heard: {event: sla.warn.talk, from: talk, do: {up: {action: set, field: level, value: level + 1}}}
  end: {from: talk, to: ended}
timers:
  weekly: {in: talk, every: 7d, do: {look: {action: task, title: {zh: 检查, en: Check}, who: owner}}}
  date: {in: talk, at: decide, do: {ask: {action: notify, title: {zh: 询问, en: Ask}, who: owner}}}
  stale: {in: talk, after: 30d, do: {lose: {action: raise, event: drop}}}
"""


def fired(world: "World") -> list[tuple[str, datetime]]:
    return [(one.due.clock, one.due.due_at) for one in world.tick().fired]


def test_clocks_fire_in_due_order_at_their_due_time(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/talks": TALKS})
    world.open("talks")
    start = world.clock.moment
    world.clock.wait(days=15)

    assert fired(world) == [
        ("sla.warn.talk", start + timedelta(days=2)),
        # Five working days of nine to six end on Friday at six.
        ("sla.breach.talk", start + timedelta(days=4, hours=9)),
        ("timer.weekly", start + timedelta(days=7)),
        ("timer.weekly", start + timedelta(days=14)),
    ]
    assert world.project().fields["level"] == Decimal(1)
    assert [entry.at for entry in world.store.history("p")][-1] == start + timedelta(days=14)


def test_second_tick_does_nothing(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/talks": TALKS})
    world.open("talks")
    world.clock.wait(days=15)
    world.tick()
    before = world.project()

    again = world.tick()

    assert (again.fired, again.reassessed, again.heard, again.notices) == ((), (), (), ())
    assert world.project() == before


def test_pause_stops_the_clocks_and_return_continues_them(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/talks": TALKS})
    world.open("talks")
    world.clock.wait(days=1)
    world.advance("hold")
    world.clock.wait(days=100)
    assert fired(world) == []

    world.advance("resume")
    resumed = world.clock.moment
    world.clock.wait(days=2)

    assert fired(world) == [("sla.warn.talk", resumed + timedelta(days=1))]


def test_what_has_fired_before_a_pause_does_not_fire_again_on_return(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/talks": TALKS})
    world.open("talks")
    world.clock.wait(days=3)
    assert [name for name, _ in fired(world)] == ["sla.warn.talk"]
    before = world.project()

    for _ in range(2):
        world.advance("hold")
        world.clock.wait(days=100)
        assert fired(world) == []
        world.advance("resume")

    workflow = world.runner.definitions.pinned(before.pin).workflow
    assert [limit.light for limit in limits(workflow, world.project(), world.clock.moment)] == [Light.AMBER]
    assert set(world.project().clocks) == set(before.clocks)
    resumed = world.clock.moment
    world.clock.wait(days=4)
    # The breach was left with two working days of nine hours, the week with four days.
    assert fired(world) == [
        ("sla.breach.talk", resumed + timedelta(days=1, hours=9)),
        ("timer.weekly", resumed + timedelta(days=4)),
    ]


def test_leaving_late_does_not_hide_the_breach(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/talks": TALKS})
    world.open("talks")
    opened = world.clock.moment
    world.clock.wait(days=3)

    assert world.advance("end").is_accepted

    entries = list(world.store.history("p"))
    assert [(entry.name, entry.at) for entry in entries[1:]] == [
        ("sla.warn.talk", opened + timedelta(days=2)),
        ("end", opened + timedelta(days=3)),
    ]


def test_leaving_for_good_stops_the_clocks(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/talks": TALKS})
    world.open("talks")
    world.advance("end")
    world.clock.wait(days=100)

    assert fired(world) == []
    assert not world.project().clocks


def test_date_timer_follows_its_field_and_fires_once(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/talks": TALKS})
    world.open("talks")
    world.set(decide=date(2026, 3, 10))
    world.set(decide=date(2026, 3, 3))
    world.clock.wait(days=1)
    # The day begins at midnight in Shanghai.
    assert fired(world) == [("timer.date", datetime(2026, 3, 2, 16, tzinfo=UTC))]
    assert [item.name for item in world.told] == ["ask"]

    world.set(reason="other")
    world.clock.wait(hours=1)
    assert fired(world) == []


def test_refused_firing_is_recorded_once_and_tried_after_the_next_change(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/talks": TALKS})
    world.open("talks")
    world.clock.wait(days=31)
    world.tick()
    world.tick()
    notes = [c for e in world.store.history("p") for c in e.changes if isinstance(c, Noted) and c.topic == "refused"]
    assert [(note.name, note.reasons) for note in notes] == [("timer.stale", ("reason",))]
    assert world.states() == ["talk"]

    world.set(reason="price")
    world.tick()

    assert world.states() == ["lost"]


RED = """
domain: delivery
initial: green
states: {green: {tasks: {look: {title: {zh: 看, en: Look}, accountable: owner, due: 3d}}}, red: {}, z: {final: true}}
transitions:
  turn: {from: green, to: red, auto: true, when: task.overdue > 0}
  end: {from: red, to: z}
"""


def test_tick_tries_what_only_time_changes(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/red": RED})
    world.open("red")
    world.clock.wait(days=2)
    world.tick()
    assert world.states() == ["green"]
    world.clock.wait(days=2)

    assert world.tick().reassessed == ("p",)
    assert world.states() == ["red"]


SALE = """
domain: sales
fields: {amount: {type: integer, default: 7}, told: {type: boolean, default: false}}
links: {delivery: {workflow: delivery, carry: {size: amount * 2}}}
initial: talk
states: {talk: {}, signed: {}, over: {final: true, outcome: won}}
transitions:
  sign: {from: talk, to: signed, do: {start: {action: spawn, link: delivery}}}
  again: {from: signed, do: {start: {action: spawn, link: delivery}}}
  hear: {event: delivery.accepted, from: signed, do: {note: {action: set, field: told, value: true}}}
  finish: {event: delivery.done, from: signed, to: over, when: child.delivery.outcome = "delivered"}
  nudge: {from: signed, do: {call: {action: send, event: hurry, to: delivery, after: 1d}}}
"""
WORK = """
domain: delivery
fields: {size: {type: integer, required: true, max: 20}, hurried: {type: boolean, default: false}}
initial: start
states: {start: {}, work: {}, ready: {final: true, outcome: delivered}}
transitions:
  accept: {from: start, to: work, do: {tell: {action: send, event: accepted, to: parent}}}
  finish: {from: work, to: ready}
  hurry: {event: parent.hurry, from: work, do: {note: {action: set, field: hurried, value: true}}}
"""


def test_child_is_born_in_the_same_transaction_and_only_once(
    world_of: "MakeWorld", reasons_of: Callable[[object], list[str]]
) -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    signed = world.advance("sign")
    assert signed.result["children"] == ["p.delivery.1"]
    child = world.project("p.delivery.1")
    assert (child.fields["size"], child.owner) == (Decimal(14), "wang")
    assert child.parent is not None
    assert child.parent.project == "p"

    assert reasons_of(world.advance("again")) == ["delivery"]


def test_child_that_cannot_start_refuses_the_move(
    world_of: "MakeWorld", reasons_of: Callable[[object], list[str]]
) -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale", amount=Decimal(11))

    assert reasons_of(world.advance("sign")) == ["size"]
    assert world.states() == ["talk"]
    assert world.store.project("p.delivery.1") is None


def test_messages_go_both_ways_by_the_outbox(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.advance("sign")
    world.advance("accept", "p.delivery.1")
    assert world.project().fields["told"] is False
    world.tick()
    assert world.project().fields["told"] is True

    world.advance("nudge")
    assert world.tick().heard == ()
    world.clock.wait(days=1)
    world.tick()
    assert world.project("p.delivery.1").fields["hurried"] is True
    world.advance("finish", "p.delivery.1")
    world.tick()
    assert world.states() == ["over"]


def test_unheard_message_is_recorded(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.advance("sign")
    world.advance("nudge")
    world.clock.wait(days=2)

    assert [heard.topic for heard in world.tick().heard] == ["unheard"]


MONTHLY = """
domain: sales
initial: talk
states: {talk: {}, over: {final: true}}
transitions: {end: {from: talk, to: over}}
timers:
  month: {in: talk, every: 1mo, do: {tell: {action: notify, who: owner, title: {zh: 月报, en: Report}}}}
  quarter: {in: talk, every: 3mo, do: {tell: {action: notify, who: owner, title: {zh: 季报, en: Report}}}}
"""


def test_rhythm_of_months_begun_on_the_31st_comes_back_to_it(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/flow": MONTHLY})
    world.clock.moment = datetime(2027, 10, 31, 9, tzinfo=UTC)
    world.open("flow")
    world.clock.moment = datetime(2028, 5, 1, tzinfo=UTC)

    fired = [(one.due.clock, f"{one.due.due_at:%m-%d %H}") for one in world.tick().fired]

    assert [day for name, day in fired if name == "timer.month"] == [
        "11-30 09", "12-31 09", "01-31 09", "02-29 09", "03-31 09", "04-30 09"
    ]  # fmt: skip
    assert [day for name, day in fired if name == "timer.quarter"] == ["01-31 09", "04-30 09"]
