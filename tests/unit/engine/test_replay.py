"""Random histories on a nested, parallel chart: stored is what the history says, always legal, always the same."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salespm_flow.engine.decide import decide
from salespm_flow.engine.draft import replay
from salespm_flow.engine.places import active_paths
from salespm_flow.engine.views.offers import offers, why
from salespm_flow.model.decision import Accepted, Actor, Advance
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import StateKind, Workflow

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

PARENT = """
domain: sales
uses: {risks: [dangers]}
fields:
  n: {type: integer, default: 0, min: -50, max: 50}
  day: {type: date}
  note: {type: text}
records: {log: {key: ref, fields: {ref: {type: integer}, what: {type: text, required: true}}}}
links: {kid: {workflow: kid, many: true, carry: {size: n}}}
initial: active
states:
  active:
    history: deep
    initial: work
    states:
      work:
        regions:
          doing:
            initial: building
            states:
              building: {sla: {warn: 1d, breach: 2wd}, exit: {require: [note]}}
              stuck: {aside: true, sla: {warn: 3d}}
              checking: {entry: {check: {small: n < 20}}}
              built: {final: true}
          light:
            history: shallow
            initial: green
            states:
              green: {exit: {do: {tell: {action: raise, event: blink}}}}
              red: {entry: {do: {more: {action: set, field: n, value: n + 1}}}}
      wrap: {outcome: won, tasks: {sum: {title: {zh: 总结, en: Sum up}, accountable: owner, due: 2wd}}}
  held: {aside: true, sla: {breach: 1mo}}
  closed: {final: true}
  lost: {final: true, outcome: lost}
transitions:
  check: {from: building, to: checking}
  stick: {from: [building, checking], to: stuck, comment: required}
  free: {from: stuck, to: building}
  back: {from: checking, to: building}
  build: {from: checking, to: built}
  redo: {from: doing, to: building, when: n < 40, do: {up: {action: set, field: n, value: n + 2}}}
  finish: {event: done.doing, from: work, to: wrap, when: n > 2}
  to_red: {from: green, to: red, auto: true, when: n > 5}
  to_green: {from: red, to: green, auto: true, when: n <= 5}
  blink: {from: active, do: {log: {action: append, record: log, value: '{ref: n, what: "blink"}'}}}
  hold: {from: any, except: [held], to: held}
  resume: {from: held, to: active.history}
  again: {from: wrap, to: work}
  restart: {from: active, to: work, reenter: true}
  kid: {from: work, do: {start: {action: spawn, link: kid}, greet: {action: send, event: grow, to: kid}}}
  warned: {event: [sla.warn.building, 'sla.breach.*'], from: any, do: {down: {action: set, field: n, value: n - 1}}}
  answered:
    event: kid.grown
    from: any
    do: {up: {action: set, field: n, value: n + 1}, more: {action: send, event: grow, to: kid}}
  kid_done: {event: kid.done, from: any, do: {tell: {action: notify, title: {zh: 完成, en: Done}, who: owner}}}
  close: {from: wrap, to: closed, require: [note]}
  lose: {from: any, to: lost}
timers:
  weekly: {in: active, every: 3d, do: {look: {action: task, title: {zh: 检查, en: Look}, who: owner, due: 1d}}}
  date: {in: work, at: day, do: {ask: {action: notify, title: {zh: 问, en: Ask}, who: owner}}}
  stale: {in: held, after: 2wd, do: {go: {action: raise, event: resume}}}
  pushed: {in: checking, after: 2d, do: {go: {action: raise, event: build}}}
"""
KID = """
domain: delivery
fields: {size: {type: integer}}
initial: small
states: {small: {}, big: {final: true, outcome: delivered}}
transitions:
  grow:
    event: [grow, parent.grow]
    from: small
    do: {tell: {action: send, event: grown, to: parent}, up: {action: set, field: size, value: "default(size, 0) + 1"}}
  end: {from: small, to: big, auto: true, when: size > 3}
"""
DANGERS = """
scales: {probability: {1: 10%, 2: 30%, 3: 50%, 4: 70%, 5: 90%}, impact: {1: 很低, 2: 低, 3: 中, 4: 高, 5: 很高}}
levels: {low: [1, 5], medium: [6, 11], high: [12, 25]}
rules:
  many: {category: market, when: n > 3, probability: 2, impact: 2, who: owner, title: {zh: 多, en: Many}}
  late: {category: market, when: task.overdue > 0, probability: 4, impact: 4, who: owner, title: {zh: 晚, en: Late}}
"""
DOCUMENTS = {"workflow/parent": PARENT, "workflow/kid": KID, "risk_model/dangers": DANGERS}
TRIGGERS = [
    "check",
    "stick",
    "free",
    "back",
    "build",
    "redo",
    "blink",
    "hold",
    "resume",
    "again",
    "restart",
    "kid",
    "close",
    "lose",
    "finish",
    "to_red",
    "grow",
    "nothing",
]

Operation = tuple[str, int]
OPERATIONS: st.SearchStrategy[list[Operation]] = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(TRIGGERS), st.integers(0, 1)),
        st.tuples(st.just("set n"), st.integers(-60, 60)),
        st.tuples(st.just("set day"), st.integers(-3, 9)),
        st.tuples(st.just("set note"), st.integers(0, 2)),
        st.tuples(st.just("add"), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.integers(1, 200)),
        st.tuples(st.just("tick"), st.just(0)),
        st.tuples(st.just("task"), st.just(0)),
    ),
    max_size=30,
)


def do(world: "World", operation: Operation) -> None:
    name, number = operation
    match name:
        case "set n":
            world.set(n=Decimal(number))
        case "set day":
            world.set(day=(world.clock.now() + timedelta(days=number)).date())
        case "set note":
            world.set(note=[None, " ", "note"][number])
        case "add":
            world.add("log", ref=Decimal(number), what="x")
        case "wait":
            world.clock.wait(hours=number)
        case "tick":
            assert world.tick().failures == ()
            again = world.tick()
            assert (again.fired, again.reassessed, again.heard, again.notices) == ((), (), (), ())
        case "task":
            for task in world.project().tasks:
                world.finish_task(task)
        case _:
            world.advance(name, comment="because" if number else "")


@cache
def _world() -> "World":
    """The definitions, read once; every example has its own store and clock."""
    from tests.unit.engine.conftest import World

    with TemporaryDirectory() as folder:
        world = World(Path(folder), DOCUMENTS)
        world.store.close()
    return world


def run(folder: str, operations: Iterable[Operation]) -> "tuple[World, tuple[Project, ...]]":
    world = _world().fresh(Path(folder) / "store.db")
    world.open("parent")
    for operation in operations:
        do(world, operation)
        check_project(world)
    return world, tuple(world.store.projects())


def check_project(world: "World") -> None:
    project = world.project()
    workflow = world.runner.definitions.pinned(project.pin).workflow
    assert is_legal(workflow, workflow.initial, project.leaves)
    active = active_paths(project.leaves)
    for clock in project.clocks.values():
        is_running = clock.due_at is not None
        assert project.is_open
        assert not is_running or clock.state in active
        assert clock.state in active or any(workflow.states[path].is_aside for path in active)
    if not project.is_open:
        assert not project.pending
        assert not any(task.status == "open" for task in project.tasks.values())
        assert not any(risk.status == "open" for risk in project.risks.values())
    assert replay(world.store.history("p")) == project


def is_legal(workflow: Workflow, roots: Sequence[str], leaves: Sequence[str]) -> bool:
    """Exactly one child of each active compound state is active, each of every parallel one, and leaves have none."""
    active = set(active_paths(leaves))
    for path in active:
        state = workflow.states[path]
        inside = [child for child in state.children if child in active]
        expected = {StateKind.COMPOUND: 1, StateKind.PARALLEL: len(state.children)}.get(state.kind, 0)
        if len(inside) != expected or (path in leaves) is not (expected == 0):
            return False
    return sum(1 for path in workflow.roots if path in active) == 1 and bool(roots)


SLOW = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(OPERATIONS)
def test_stored_project_is_what_its_history_says_and_always_legal(operations: list[Operation]) -> None:
    with TemporaryDirectory() as folder:
        world, projects = run(folder, operations)
        assert list(world.store.verify()) == []
        for project in projects:
            assert replay(world.store.history(project.id)) == project
        world.store.close()


@SLOW
@given(OPERATIONS)
def test_equal_requests_make_equal_projects(operations: list[Operation]) -> None:
    with TemporaryDirectory() as folder, TemporaryDirectory() as other:
        first, projects = run(folder, operations)
        second, others = run(other, operations)
        assert projects == others
        assert first.told == second.told
        first.store.close()
        second.store.close()


@SLOW
@given(OPERATIONS)
def test_deciding_changes_nothing_and_why_agrees_with_it(operations: list[Operation]) -> None:
    with TemporaryDirectory() as folder:
        world, _ = run(folder, operations)
        snapshot, compiled = world.runner.snapshot("p")
        before, actor, now = repr(snapshot), Actor(id="wang"), world.clock.now()
        possible = {t for offer in offers(compiled, snapshot, actor, now) if offer.is_possible for t in offer.triggers}
        for trigger in TRIGGERS:
            request = Advance(trigger=trigger, actor=actor, fields={}, comment="because")
            first, second = decide(compiled, snapshot, request, now), decide(compiled, snapshot, request, now)
            assert first == second
            assert isinstance(first, Accepted) is not bool(why(compiled, snapshot, trigger, actor=actor, now=now))
            # A possible offer may still be refused by what the move sets in motion, never the other way round.
            assert isinstance(first, Accepted) <= (trigger in possible)
        assert repr(snapshot) == before
        world.store.close()
