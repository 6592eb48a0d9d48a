"""What a tick does when time was long, processes are several, or a project is broken; and what cannot be computed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.decide import decide
from salespm_flow.engine.running.runner import Answered, Runner
from salespm_flow.engine.running.ticking import tick
from salespm_flow.errors import PinnedDefinitionError
from salespm_flow.expr.values import Months, Value, WorkingDays
from salespm_flow.model.decision import Accepted, Actor, Advance, Annotate, FireClock, Open, Receive, Rejected
from salespm_flow.model.history import Noted
from salespm_flow.model.project import Snapshot
from salespm_flow.store import open_store

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

WATCH = """
domain: sales
fields:
  n: {type: integer, default: 0}
  day: {type: date}
  seen: {type: datetime}
  fit: {type: boolean, default: false}
initial: talk
states: {talk: {sla: {warn: 1d, breach: 1mo}}, held: {aside: true}, over: {final: true}}
transitions:
  hold: {from: talk, to: held}
  resume: {from: held, to: talk}
  again: {from: talk, to: talk}
  end: {from: talk, to: over, when: fit}
  ready: {event: ready, from: talk, do: {up: {action: set, field: n, value: n + 100}}}
timers:
  daily:
    in: talk
    every: 1d
    do: {up: {action: set, field: n, value: n + 1}, see: {action: set, field: seen, value: now()}}
  date: {in: talk, at: day, do: {up: {action: set, field: n, value: n + 1000}}}
  stop: {in: talk, after: 10d, do: {go: {action: raise, event: end}}}
"""


def due_times(world: "World", name: str) -> list[datetime]:
    return [one.due.due_at for one in world.tick().fired if one.due.clock == name]


def test_long_sleep_is_caught_up_in_due_order_over_all_projects(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/watch": WATCH})
    start = world.clock.now()
    for name in ("q", "p"):
        world.open("watch", name)
    world.clock.wait(days=3, hours=1)

    fired = [(one.due.project, one.due.clock, one.due.due_at - start) for one in world.tick().fired]

    assert fired == [
        ("p", "sla.warn.talk", timedelta(days=1)),
        ("p", "timer.daily", timedelta(days=1)),
        ("q", "sla.warn.talk", timedelta(days=1)),
        ("q", "timer.daily", timedelta(days=1)),
        ("p", "timer.daily", timedelta(days=2)),
        ("q", "timer.daily", timedelta(days=2)),
        ("p", "timer.daily", timedelta(days=3)),
        ("q", "timer.daily", timedelta(days=3)),
    ]
    assert world.project().fields["seen"] == start + timedelta(days=3)


def test_entering_again_restarts_clocks_and_months_keep_the_local_time(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/watch": WATCH})
    world.clock.moment = datetime(2026, 1, 31, 1, tzinfo=UTC)
    world.open("watch")
    assert world.project().clocks["sla.breach.talk"].due_at == datetime(2026, 2, 28, 1, tzinfo=UTC)
    world.clock.wait(hours=20)
    world.advance("again")

    assert world.project().clocks["sla.warn.talk"].due_at == world.clock.now() + timedelta(days=1)


def test_clock_that_is_due_when_paused_fires_before_the_pause(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/watch": WATCH})
    world.open("watch")
    due_at = world.project().clocks["sla.warn.talk"].due_at
    world.clock.wait(days=2)
    world.advance("hold")
    world.clock.wait(days=5)
    assert world.tick().fired == ()
    world.advance("resume")

    fired = [entry.at for entry in world.store.history("p") if entry.name == "sla.warn.talk"]
    assert fired == [due_at]


def test_date_that_has_fired_stays_quiet_after_a_pause_and_one_that_passed_meanwhile_fires(
    world_of: "MakeWorld",
) -> None:
    world = world_of({"workflow/watch": WATCH})
    world.open("watch", day=date(2026, 3, 3))
    world.clock.wait(days=2)
    assert len(due_times(world, "timer.date")) == 1
    world.advance("hold")
    world.clock.wait(days=1)
    world.advance("resume")
    assert due_times(world, "timer.date") == []

    world.set(day=date(2026, 3, 7))
    world.advance("hold")
    world.clock.wait(days=9)
    assert world.tick().fired == ()
    world.advance("resume")
    assert len(due_times(world, "timer.date")) == 1


def test_import_silences_past_clocks_for_good(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/watch": WATCH})
    past = world.clock.now() - timedelta(days=20)
    request = Open(project="p", owner="wang", fields={"day": past.date()}, actor=Actor(id="wang"))
    world.runner.open("watch", request, at=past)
    now = world.clock.now()

    world.runner.apply("p", Annotate(notes=(), quiet_until=now, actor=Actor(id="wang")))
    world.set(fit=True)

    assert world.tick().fired == ()
    assert {name: clock.due_at for name, clock in world.project().clocks.items() if clock.due_at} == {
        "sla.breach.talk": datetime(2026, 3, 10, 1, tzinfo=UTC),
        "timer.daily": now + timedelta(days=1),
    }


def test_clock_cannot_be_fired_before_its_time(
    world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]
) -> None:
    world = world_of({"workflow/watch": WATCH})
    world.open("watch")
    before = world.project()

    assert reasons_of(world.runner.apply("p", FireClock(clock="timer.daily"))) == ["timer.daily"]
    assert world.project() == before


def test_refused_clock_is_retried_after_a_change_only(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/watch": WATCH})
    world.open("watch")
    world.clock.wait(days=10)
    assert [one.is_refused for one in world.tick().fired if one.due.clock == "timer.stop"] == [True]
    assert due_times(world, "timer.stop") == []

    world.set(fit=True)
    world.tick()
    assert world.states() == ["over"]


def test_message_that_another_tick_has_delivered_is_heard_once(world_of: "MakeWorld") -> None:
    text = WATCH.replace(
        "again: {from: talk, to: talk}", "call: {from: talk, do: {s: {action: send, event: ready, to: self}}}"
    )
    world = world_of({"workflow/watch": text})
    world.open("watch")
    world.advance("call")
    other = Runner(open_store(str(world.folder / "store.db")), load(world.folder).library, world.clock)
    (item,) = world.store.outbox(world.clock.now(), 10)
    assert len(tick(other, world.clock.now(), world.told.append).heard) == 1

    again, is_written = world.runner.decide_write(
        "p", Receive(name=item.name, hops=item.hops), at=world.clock.now(), delivered=(item.id,)
    )

    other.store.close()
    assert isinstance(again.decision, Accepted)
    assert (is_written, world.project().fields["n"]) == (False, Decimal(100))


def test_broken_project_stops_no_other(world_of: "MakeWorld", monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of({"workflow/watch": WATCH})
    path = world.folder / "flows" / "watch.yaml"
    for name in ("a", "b"):
        world.open("watch", name)
    path.write_text(path.read_text("utf-8").replace("version: 1", "version: 2").replace("n + 1}", "n + 2}"), "utf-8")
    newer = Runner(world.store, load(world.folder).library, world.clock)
    newer.open("watch", Open(project="c", owner="wang", fields={}, actor=Actor(id="wang")))
    # The texts of version 1 are lost.
    monkeypatch.setattr(world.store, "definitions", lambda _pin: ())
    world.clock.wait(days=1, hours=1)

    ticked = tick(newer, world.clock.now(), world.told.append)

    assert [(one.due.project, one.due.clock) for one in ticked.fired] == [("c", "sla.warn.talk"), ("c", "timer.daily")]
    assert {(one.project, one.what, one.code) for one in ticked.failures} >= {
        ("a", "timer.daily", PinnedDefinitionError.code),
        ("b", "sla.warn.talk", PinnedDefinitionError.code),
    }


FAR = """
domain: sales
uses: {calendar: office}
fields:
  day: {type: date}
  span: {type: duration}
  many: {type: list, of: integer}
  n: {type: integer, default: 0}
initial: talk
states:
  talk: {}
  late: {tasks: {call: {title: {zh: 打, en: Call}, accountable: owner, due: 9000wd}}}
  z: {final: true}
transitions:
  late: {from: talk, to: late}
  burn:
    from: talk
    require: [many]
    do:
      set:
        action: set
        field: n
        value: count(many[(some a in many satisfies (some b in many satisfies a + b = -1))])
  end: {from: talk, to: z}
  think:
    event: woken
    from: talk
    to: z
    when: some a in many satisfies (some b in many satisfies (some c in many satisfies a + b + c = -1))
  wake: {from: talk, do: {go: {action: send, event: woken, to: self}}}
timers:
  soon: {in: talk, after: 1d, do: {go: {action: raise, event: burn}}}
  far: {in: talk, at: day, do: {up: {action: set, field: n, value: n + 1}}}
"""
OFFICE = """
week: [mon, tue, wed, thu, fri]
hours: ["09:00-18:00"]
"""
MANY = tuple(Decimal(number) for number in range(400))


def far(world_of: "MakeWorld") -> "World":
    return world_of({"workflow/far": FAR, "calendar/office": OFFICE})


def test_expression_without_fuel_refuses_and_writes_nothing(
    world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]
) -> None:
    world = far(world_of)
    world.open("far")
    world.put({"many": MANY})
    before = world.project()

    refused = world.advance("burn")

    assert reasons_of(refused) == ["SF230"]
    assert world.project() == before


def test_timer_and_message_without_fuel_are_refused_once_and_let_others_go_on(world_of: "MakeWorld") -> None:
    world = far(world_of)
    for name in ("a", "b"):
        world.open("far", name)
    world.put({"many": MANY}, "a")
    world.put({"many": (Decimal(1),)}, "b")
    world.advance("wake", "a")
    world.advance("wake", "b")
    world.clock.wait(days=2)

    ticked = world.tick()

    assert [(one.due.project, one.is_refused) for one in ticked.fired] == [("a", True), ("b", False)]
    assert [(heard.item.to, heard.topic) for heard in ticked.heard] == [("a", "refused"), ("b", "refused")]
    notes = [c.reasons for e in world.store.history("a") for c in e.changes if isinstance(c, Noted)]
    assert notes == [("SF230",), ("SF230",)]
    assert world.tick() == type(ticked)(fired=(), reassessed=(), heard=(), notices=())


@pytest.mark.parametrize("day", [date.min, date.max])
def test_date_beyond_the_calendar_is_refused_or_waits(
    world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]], day: date
) -> None:
    world = far(world_of)
    world.open("far")
    answered = world.put({"day": day})

    if day == date.min:  # in Shanghai it begins before the first year
        assert reasons_of(answered) == ["SF530"]
    else:
        assert answered.is_accepted
        assert world.tick().fired == ()


def test_moment_near_the_end_of_time_refuses(world_of: "MakeWorld") -> None:
    world = far(world_of)
    world.open("far")
    snapshot, compiled = world.runner.snapshot("p")

    request = Advance(trigger="late", actor=Actor(id="wang"), fields={})
    decision = decide(compiled, snapshot, request, datetime(9990, 1, 1, tzinfo=UTC))

    assert isinstance(decision, Rejected)
    assert [(reason.id, reason.transition) for reason in decision.reasons] == [("SF530", "")]


@pytest.mark.parametrize("span", [Months(10**12), timedelta.max, WorkingDays(Decimal("1E+30"))])
def test_endless_durations_can_be_kept_and_harm_nothing(world_of: "MakeWorld", span: Value) -> None:
    world = far(world_of)
    world.open("far")

    assert world.put({"span": span}).is_accepted
    assert world.project().fields["span"] == span
    assert isinstance(world.runner.snapshot("p")[0], Snapshot)
