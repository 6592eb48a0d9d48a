"""A seller's and a lawyer's worklist among 100,000 projects, against the bare statement that reads their tasks."""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
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
from salespm_flow.engine.views.worklist import Parties, parties_of, worklist
from salespm_flow.model.decision import Actor
from salespm_flow.model.history import ClockSet, Doing, Entry, Moved, Opened, TaskChanged
from salespm_flow.model.library import Library
from salespm_flow.model.project import Clock, Pin, Task
from salespm_flow.model.statuses import TaskStatus
from salespm_flow.store import open_store

PROJECTS = 100_000
# Each owns a hundred projects, as many as a busy seller has open.
OWNERS = 1_000
REPEATS = 21
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
NOW = START + timedelta(days=20)
# One deal in two hundred waits for its signature: for the role that looks after that state, whoever owns the deal.
SIGNING_EVERY = 200
MINE = PROJECTS // OWNERS
SIGNING = PROJECTS // SIGNING_EVERY
BARE = """SELECT due, tasks.project, tasks.id, owner, tasks.body
    FROM tasks JOIN projects ON projects.id = tasks.project
    WHERE party = ? AND is_open ORDER BY due, tasks.project, tasks.id"""


def run(folder: Path) -> tuple[Result, ...]:
    """The tasks and the whole worklists against the bare statement, its rows parsed."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name) / "projects.db"
        library = _staffed(load().library)
        runner = Runner(open_store(str(place), create=True), library, SystemClock())
        compiled = runner.definitions.openable("sales_pipeline", is_draft=False)
        runner.definitions.keep(compiled)
        with runner.store.batch():
            for number in range(PROJECTS):
                runner.store.commit((_write(number, compiled.pin),))
        bare = sqlite3.connect(place)
        seller, lawyer = (parties_of(library, Actor(id=name), NOW) for name in ("owner107", "lawyer1"))
        his, theirs = (
            partial(_bare, bare, "person:owner107", MINE),
            partial(_bare, bare, "role:legal", SIGNING),
        )
        tasks = _runs(partial(_tasks, runner, seller), his)
        whole = _runs(partial(_whole, runner, seller, MINE), his)
        signing = _runs(partial(_whole, runner, lawyer, 2 * SIGNING), theirs)
        bare.close()
        runner.store.close()
    against = "the bare statement that reads the tasks, parsed"
    return (
        result("100 open tasks of one person among 100,000 projects", against, tasks[1:], limit=5.0),
        result("the whole worklist: tasks, approvals, time limits, overdue, risks", against, whole[1:]),
        result("the whole worklist of who shares a role's 500 deals of many owners", against, signing[1:]),
    )


def _runs(ours: Callable[[], object], peer: Callable[[], object]) -> list[tuple[float, float]]:
    return [(seconds(ours), seconds(peer)) for _ in range(REPEATS)]


def _staffed(library: Library) -> Library:
    """The library whose organisation has a thousand sellers and, for all of them, ten lawyers."""
    company = library.organisations["company"]
    some = next(iter(company.people.values()))
    hired = [(f"owner{number}", "sales_rep") for number in range(OWNERS)]
    hired += [(f"lawyer{number}", "legal") for number in range(10)]
    people = {name: replace(some, id=name, roles=(role,), unit=None, deputy=None, away=()) for name, role in hired}
    return replace(library, organisations={**library.organisations, "company": replace(company, people=people)})


def _tasks(runner: Runner, who: Parties) -> None:
    if sum(1 for _ in runner.store.tasks_of((f"person:{who.actor.id}",))) != MINE:
        raise RuntimeError("tasks are missing")


def _whole(runner: Runner, who: Parties, least: int) -> None:
    found = worklist(runner, who, NOW)
    if sum(map(len, found.values())) < least:
        raise RuntimeError("items are missing")


def _bare(connection: sqlite3.Connection, party: str, count: int) -> None:
    if len([json.loads(row[-1]) for row in connection.execute(BARE, (party,)).fetchall()]) != count:
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
    """A deal in its first state, or before its signature, with an open task, a done one and a running time limit."""
    owner = f"owner{number % OWNERS}"
    is_signing = number % SIGNING_EVERY == number // OWNERS % SIGNING_EVERY
    state, who = ("contract", "role:legal") if is_signing else ("market_research", f"person:{owner}")
    yield Opened(pin=pin, owner=owner)
    yield Moved(
        transitions=(), event="", exited=(), entered=(state,), leaves=(state,), memory={}, state=state, is_forward=True
    )
    due_at = START + timedelta(hours=number % 800)
    title = Bilingual("事", "It")
    yield TaskChanged(task=Task(id="open", origin="open", title=title, who=who, opened_at=START, due_at=due_at))
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
