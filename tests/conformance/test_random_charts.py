"""Random charts as YAML through loader, engine and store, beside a naive interpreter: no illegal configuration ever."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.definition.workspace import load
from salespm_flow.engine.ports import Store
from salespm_flow.engine.running.runner import Answered, Runner
from salespm_flow.model.decision import Actor, Advance, Open
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import StateKind, Workflow
from salespm_flow.store import open_store
from tests.conformance.drawn_definitions import FLAGS, definitions
from tests.conformance.naive_project import Project, RefusedError
from tests.unit.statechart.drawn import EVENTS

OWNER = Actor(id="wang")
REQUESTS = st.tuples(st.sampled_from([*EVENTS * 3, "end"]), st.dictionaries(st.sampled_from(FLAGS), st.booleans()))


class StandingClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 2, 1, tzinfo=UTC)


class Place:
    """A workspace of one workflow that is written anew for each example, and a store with all their projects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store: Store = open_store(str(folder / "store.db"), create=True)
        self._numbers = count(1)
        (folder / "flows").mkdir()
        settings_text = "{salespm: 1, kind: workspace, timezone: Asia/Shanghai, currency: CNY, definitions: [flows]}"
        (folder / "salespm.yaml").write_text(settings_text, encoding="utf-8")

    def define(self, text: str) -> Library:
        (self.folder / "flows" / "chart.yaml").write_text(text, encoding="utf-8")
        loaded = load(self.folder)
        assert loaded.errors == ()
        return loaded.library

    def open(self, library: Library) -> tuple[Runner, str, Answered]:
        runner, name = Runner(self.store, library, StandingClock()), f"p{next(self._numbers)}"
        request = Open(project=name, owner=OWNER.id, fields={}, actor=OWNER)
        return runner, name, runner.open("chart", request, is_draft=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("charts"))
    yield made
    made.store.close()


def assert_legal(workflow: Workflow, leaves: tuple[str, ...]) -> None:
    active = {".".join(leaf.split(".")[:depth]) for leaf in leaves for depth in range(1, leaf.count(".") + 2)}
    assert len(active.intersection(workflow.roots)) == (len(workflow.roots) if workflow.is_parallel else 1)
    for path in active:
        state = workflow.states[path]
        inside = active.intersection(state.children)
        expected = {StateKind.COMPOUND: 1, StateKind.PARALLEL: len(state.children)}.get(state.kind, 0)
        assert len(inside) == expected, f"{path} has {inside} active"


def stands(store: Store, name: str, workflow: Workflow) -> tuple[object, ...]:
    """All that the store keeps of where the project stands."""
    project = store.project(name)
    assert project is not None
    assert_legal(workflow, project.leaves)
    memory = {path: frozenset(remembered) for path, remembered in project.memory.items()}
    flags: Mapping[str, object] = {flag: project.fields[flag] for flag in FLAGS}
    return project.leaves, memory, project.pending, project.is_open, flags


def expected(naive: Project) -> tuple[object, ...]:
    leaves = tuple(p for p, state in naive.workflow.states.items() if p in naive.active and not state.children)
    return leaves, naive.memory, naive.pending, naive.is_open, naive.flags


@given(text=definitions(), requests=st.lists(REQUESTS, min_size=4, max_size=8))
def test_a_project_stands_where_a_naive_one_does_and_always_legally(
    place: Place, text: str, requests: list[tuple[str, Mapping[str, bool]]]
) -> None:
    library = place.define(text)
    workflow = library.workflows["chart"]
    naive = Project(workflow, FLAGS)
    runner, name, opened = place.open(library)
    try:
        naive.start()
    except RefusedError:
        assert not opened.is_accepted
        return
    assert opened.is_accepted, opened.result
    assert stands(place.store, name, workflow) == expected(naive)
    for event, flags in requests:
        answered = runner.apply(name, Advance(trigger=event, actor=OWNER, fields=dict(flags)))
        assert answered.is_accepted == naive.hear(event, flags), answered.result
        assert stands(place.store, name, workflow) == expected(naive)
