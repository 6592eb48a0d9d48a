"""A world for engine tests: definitions from inline YAML, a real store, a clock that the test moves."""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.running.runner import Answered, Runner
from salespm_flow.engine.running.ticking import Ticked, tick
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Actor, AddRow, Advance, CompleteTask, Open, Rejected, SetFields
from salespm_flow.model.history import OutboxItem
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project
from salespm_flow.store import open_store

WORKSPACE = """
salespm: 1
kind: workspace
timezone: Asia/Shanghai
currency: CNY
definitions: [flows]
"""
HEAD = """
salespm: 1
kind: {kind}
id: {id}
version: 1
title: {{zh: 测试, en: Test}}
"""


class MovableClock:
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        # A Monday, nine in the morning in Shanghai.
        self.moment = datetime(2026, 3, 2, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def wait(self, **span: float) -> None:
        self.moment += timedelta(**span)


class World:
    """One workspace with one store; `ask` methods return the runner's answers, `states` reads the store."""

    def __init__(self, folder: Path, documents: dict[str, str]) -> None:
        (folder / "flows").mkdir()
        (folder / "salespm.yaml").write_text(WORKSPACE, encoding="utf-8")
        for name, body in documents.items():
            kind, _, identity = name.partition("/")
            if kind == "table":
                (folder / "flows" / f"{identity}.csv").write_text(body, "utf-8")
                continue
            (folder / "flows" / f"{identity}.yaml").write_text(HEAD.format(kind=kind, id=identity) + body, "utf-8")
        loaded = load(folder)
        assert [d for d in loaded.diagnostics if d.severity == "error"] == []
        self.folder = folder
        self._begin(loaded.library, folder / "store.db")

    def _begin(self, library: Library, path: Path) -> None:
        self.clock = MovableClock()
        self.store = open_store(str(path), create=True)
        self.runner = Runner(self.store, library, self.clock)
        self.told: list[OutboxItem] = []

    def fresh(self, path: Path) -> "World":
        """A world of the same definitions with its own store and clock."""
        world = copy(self)
        world._begin(self.runner.library, path)
        return world

    def open(self, workflow: str, project: str = "p", *, owner: str = "wang", **fields: Value) -> Answered:
        return self.runner.open(workflow, Open(project=project, owner=owner, fields=fields, actor=Actor(id=owner)))

    def advance(
        self, trigger: str, project: str = "p", *, by: str = "wang", role: str = "", comment: str = "", **fields: Value
    ) -> Answered:
        request = Advance(trigger=trigger, actor=Actor(id=by, role=role), fields=fields, comment=comment)
        return self.runner.apply(project, request)

    def set(self, project: str = "p", *, by: str = "wang", role: str = "", **fields: Value) -> Answered:
        return self.put(fields, project, by=by, role=role)

    def put(self, fields: Mapping[str, Value], project: str = "p", *, by: str = "wang", role: str = "") -> Answered:
        return self.runner.apply(project, SetFields(fields=fields, actor=Actor(id=by, role=role)))

    def add(self, record: str, project: str = "p", *, by: str = "wang", role: str = "", **values: Value) -> Answered:
        return self.runner.apply(project, AddRow(record=record, values=values, actor=Actor(id=by, role=role)))

    def finish_task(self, task: str, project: str = "p", *, by: str = "wang") -> Answered:
        return self.runner.apply(project, CompleteTask(task=task, actor=Actor(id=by)))

    def tick(self) -> Ticked:
        return tick(self.runner, self.clock.now(), self.told.append)

    def project(self, project: str = "p") -> Project:
        found = self.store.project(project)
        assert found is not None
        return found

    def states(self, project: str = "p") -> list[str]:
        found = self.project(project)
        workflow = self.runner.definitions.pinned(found.pin).workflow
        return [workflow.states[leaf].name for leaf in found.leaves]


def reasons(answered: Answered) -> list[str]:
    """The ids of a refusal's reasons, in order."""
    assert isinstance(answered.decision, Rejected), answered.result
    return [reason.id for reason in answered.decision.reasons]


@pytest.fixture(name="reasons_of")
def _reasons_of() -> Callable[[Answered], list[str]]:
    return reasons


@pytest.fixture
def cny() -> Callable[[int], Money]:
    return lambda amount: Money(Decimal(amount), "CNY")


@pytest.fixture
def world_of(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], World]]:
    made: list[World] = []

    def make(documents: dict[str, str]) -> World:
        world = World(tmp_path, documents)
        made.append(world)
        return world

    yield make
    for world in made:
        world.store.close()
