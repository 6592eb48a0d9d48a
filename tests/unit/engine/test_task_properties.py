"""Random sequences of requests about tasks: what always holds, and worklists equal to a recount from the history."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.draft import replay
from salespm_flow.engine.views.worklist import Section, parties_of, worklist
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.decision import (
    NO_DUE,
    Actor,
    AddTask,
    Advance,
    BlockTask,
    CancelTask,
    CompleteTask,
    EditTask,
    Request,
    TickItems,
    UnblockTask,
)
from salespm_flow.model.history import Entry, Opened, OwnerChanged, TaskChanged
from salespm_flow.model.priority import Priority
from salespm_flow.model.project import Project, Task
from salespm_flow.model.statuses import TaskStatus

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

FLOW = """
domain: delivery
initial: a
states:
  a:
    tasks:
      x: {accountable: owner, responsible: seller, due: 1wd}
      y: {accountable: owner, needs: [x, z], checklist: [one, two]}
      z: {accountable: seller, priority: high, due: 4h}
  b:
    history: deep
    initial: c
    states: {c: {tasks: {w: {accountable: owner, needs: [y]}}}, d: {}}
  aside: {aside: true}
  end: {final: true, outcome: delivered}
transitions:
  go: {from: a, to: b, do: {call: {action: task, who: seller, due: 2h}}}
  back: {from: b, to: a}
  pause: {from: b, to: aside}
  resume: {from: aside, to: b.history}
  finish: {from: [a, b], to: end}
"""
ACTORS = (Actor(id="wang"), Actor(id="li", role="seller"), Actor(id="mei"))
WHO = ("", "seller", "person:li", "person:mei", "owner")
TITLE = Bilingual("事", "It")
Operation = tuple[str, int, int, int]
OPERATIONS: st.SearchStrategy[list[Operation]] = st.lists(
    st.tuples(
        st.sampled_from(
            ("add", "add", "done", "done", "done", "edit", "edit", "tick", "block", "unblock", "cancel", "move", "wait")
        ),
        st.integers(0, 5),
        st.integers(0, 2),
        st.integers(0, 9),
    ),
    max_size=25,
)


@cache
def _world() -> "World":
    from tests.unit.engine.conftest import World

    with TemporaryDirectory() as folder:
        world = World(Path(folder), {"workflow/flow": FLOW})
        world.store.close()
    return world


def request_of(project: Project, operation: Operation) -> Request:
    """The request that the numbers pick; about a task of the project where it has any."""
    kind, which, who, spice = operation
    names = list(project.tasks)
    actor, name = ACTORS[who], names[which % len(names)]
    other = names[spice % len(names)]
    match kind:
        case "add":
            due = (None, WorkingDays(Decimal(1)), timedelta(hours=3), date(2026, 3, 4))[spice % 4]
            after = (name, other) if spice % 2 else ()
            return AddTask(
                title=TITLE,
                actor=actor,
                who=WHO[spice % 5],
                due=due,
                after=after,
                priority=tuple(Priority)[spice % 4],
                checklist=("one",) * (spice % 3),
            )
        case "done":
            return CompleteTask(task=name, actor=actor)
        case "edit":
            due_now = (None, NO_DUE, timedelta(hours=1))[spice % 3]
            return EditTask(task=name, actor=actor, after=(other,), who=WHO[which % 5], due=due_now)
        case "tick":
            return TickItems(task=name, actor=actor, ticked=(1, 2)[: len(project.tasks[name].checklist)])
        case "block":
            return BlockTask(task=name, actor=actor, comment="why" * (spice % 2))
        case "unblock":
            return UnblockTask(task=name, actor=actor)
        case "cancel":
            return CancelTask(task=name, actor=actor)
        case _:
            return Advance(trigger=("go", "back", "pause", "resume", "go", "finish")[which], actor=ACTORS[0])


def has_circle(tasks: dict[str, Task]) -> bool:
    """Whether following what is waited for comes back somewhere, found by taking away what waits for nothing."""
    left = {name: {one for one in task.after if one in tasks} for name, task in tasks.items()}
    while free := [name for name, after in left.items() if not after & left.keys()]:
        for name in free:
            del left[name]
    return bool(left)


def recounted(entries: Iterable[Entry]) -> dict[str, dict[str, tuple[str, str, datetime | None]]]:
    """Open tasks as (owner, who, due) by project and id, straight from the histories."""
    owners: dict[str, str] = {}
    tasks: dict[str, dict[str, Task]] = {}
    for entry in entries:
        for change in entry.changes:
            match change:
                case Opened(owner=owner) | OwnerChanged(owner=owner):
                    owners[entry.project] = owner
                case TaskChanged(task=task):
                    tasks.setdefault(entry.project, {})[task.id] = task
                case _:
                    pass
    return {
        project: {
            name: (owners[project], task.who, task.due_at)
            for name, task in some.items()
            if task.status in {TaskStatus.OPEN, TaskStatus.BLOCKED}
        }
        for project, some in tasks.items()
    }


def expected_tasks(world: "World", parties: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for project, some in recounted(world.store.histories()).items():
        yield from ((project, name) for name, (_, who, _) in some.items() if who in parties)


def expected_overdue(world: "World", actor: Actor, parties: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    now = world.clock.now()
    for project, some in recounted(world.store.histories()).items():
        for name, (owner, who, due_at) in some.items():
            if owner == actor.id and who not in parties and due_at is not None and due_at < now:
                yield project, name


@settings(max_examples=150, deadline=None)
@given(OPERATIONS)
def test_whatever_is_asked_of_tasks_order_replay_and_worklists_hold(operations: list[Operation]) -> None:
    with TemporaryDirectory() as folder:
        world = _world().fresh(Path(folder) / "store.db")
        world.open("flow")
        world.open("flow", "q", owner="li")
        for operation in operations:
            name = "pq"[operation[3] % 2]
            if operation[0] == "wait":
                world.clock.wait(hours=1 + operation[1])
            else:
                world.runner.apply(name, request_of(world.project(name), operation))
            check(world.project(name), world)
        for actor in ACTORS:
            check_worklist(world, actor)
        assert list(world.store.verify()) == []
        world.store.close()


def check(project: Project, world: "World") -> None:
    tasks = dict(project.tasks)
    assert replay(world.store.history(project.id)) == project
    assert not has_circle(tasks)
    for task in tasks.values():
        assert (task.status is TaskStatus.BLOCKED) is bool(task.blocked)
        assert (task.closed_at is None) is task.is_open
        if task.status is TaskStatus.DONE:
            assert not any(tasks[name].is_open for name in task.after)
            assert all(item.is_done for item in task.checklist)
    if not project.is_open:
        assert not any(task.is_open for task in tasks.values())


def check_worklist(world: "World", actor: Actor) -> None:
    now = world.clock.now()
    who = parties_of(world.runner.library, actor, now)
    found = worklist(world.runner, who, now)
    mine = [(item.project, item.id) for item in found[Section.TASKS]]
    assert sorted(mine) == sorted(expected_tasks(world, who.parties))
    late = [(item.project, item.id) for item in found[Section.OVERDUE]]
    assert sorted(late) == sorted(expected_overdue(world, actor, who.parties))
    for items in found.values():
        dates = [item.due_at or datetime.max.replace(tzinfo=UTC) for item in items]
        assert dates == sorted(dates)
    for item in found[Section.TASKS]:
        tasks = world.project(item.project).tasks
        awaited = tuple(name for name in tasks[item.id].after if tasks[name].is_open)
        assert (item.standing.value == "waiting") is (bool(awaited) and not tasks[item.id].blocked)
