"""One person's worklist among 100,000 projects, against the bare statement that reads its tasks."""

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.measure import Result, result, seconds
from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.draft import replay
from salespm_flow.engine.ports import Write
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.engine.views.worklist import Parties, worklist
from salespm_flow.model.decision import Actor
from salespm_flow.model.history import ClockSet, Doing, Entry, Moved, Opened, TaskChanged
from salespm_flow.model.project import Clock, Pin, Task
from salespm_flow.model.statuses import TaskStatus
from salespm_flow.store import open_store

PROJECTS = 100_000
# Each owns a hundred projects, as many as a busy seller has open.
OWNERS = 1_000
REPEATS = 21
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
NOW = START + timedelta(days=20)
WHO = Parties(actor=Actor(id="owner7"), parties=("person:owner7",), owners=("owner7",))
BARE = """SELECT due, tasks.project, tasks.id, owner, tasks.body
    FROM tasks JOIN projects ON projects.id = tasks.project
    WHERE party = 'person:owner7' AND is_open ORDER BY due, tasks.project, tasks.id"""


def run(folder: Path) -> tuple[Result, ...]:
    """The tasks and the whole worklist against the bare statement, its rows parsed."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name) / "projects.db"
        library = load().library
        runner = Runner(open_store(str(place), create=True), library, SystemClock())
        compiled = runner.definitions.openable("sales_pipeline", is_draft=False)
        runner.definitions.keep(compiled)
        with runner.store.batch():
            for number in range(PROJECTS):
                runner.store.commit((_write(number, compiled.pin),))
        bare = sqlite3.connect(place)
        tasks = [(seconds(partial(_tasks, runner)), seconds(partial(_bare, bare))) for _ in range(REPEATS)]
        whole = [(seconds(partial(_whole, runner)), seconds(partial(_bare, bare))) for _ in range(REPEATS)]
        bare.close()
        runner.store.close()
    against = "the bare statement that reads the tasks, parsed"
    return (
        result("100 open tasks of one person among 100,000 projects", against, tasks[1:], limit=5.0),
        result("the whole worklist: tasks, approvals, time limits, overdue, risks", against, whole[1:]),
    )


def _tasks(runner: Runner) -> None:
    if sum(1 for _ in runner.store.tasks_of(WHO.parties)) != PROJECTS // OWNERS:
        raise RuntimeError("tasks are missing")


def _whole(runner: Runner) -> None:
    found = worklist(runner, WHO, NOW)
    if sum(map(len, found.values())) < PROJECTS // OWNERS:
        raise RuntimeError("items are missing")


def _bare(connection: sqlite3.Connection) -> None:
    if len([json.loads(row[-1]) for row in connection.execute(BARE).fetchall()]) != PROJECTS // OWNERS:
        raise RuntimeError("rows are missing")


def _write(number: int, pin: Pin) -> Write:
    entry = Entry(
        project=f"P{number:06}",
        number=1,
        doing=Doing.OPEN,
        name=pin.workflow,
        actor="owner",
        role="",
        at=START,
        recorded_at=START,
        comment="",
        changes=tuple(_changes(number, pin)),
    )
    project = replay((entry,))
    if project is None:
        raise RuntimeError("an entry makes a project")
    return Write(before=None, after=project, entries=(entry,))


def _changes(number: int, pin: Pin) -> Iterator[Opened | Moved | TaskChanged | ClockSet]:
    """A deal in its first state with an open task, a done one and a running time limit."""
    owner = f"owner{number % OWNERS}"
    state = "market_research"
    yield Opened(pin=pin, owner=owner)
    yield Moved(
        transitions=(), event="", exited=(), entered=(state,), leaves=(state,), memory={}, state=state, is_forward=True
    )
    due_at = START + timedelta(hours=number % 800)
    title = Bilingual("事", "It")
    yield TaskChanged(
        task=Task(id="open", origin="open", title=title, who=f"person:{owner}", opened_at=START, due_at=due_at)
    )
    yield TaskChanged(
        task=Task(
            id="done",
            origin="done",
            title=title,
            who=f"person:{owner}",
            opened_at=START,
            status=TaskStatus.DONE,
            closed_at=START,
            closed_by=owner,
        )
    )
    yield ClockSet(clock=Clock(id=f"sla.breach.{state}", state=state, started_at=START, due_at=due_at))
