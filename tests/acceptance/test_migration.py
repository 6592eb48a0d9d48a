"""Running projects migrated to the next version of the sales pipeline with a kill -9 in the middle, and back."""

import os
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.definitions import Definitions
from salespm_flow.engine.ports import Store
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.model.history import Doing
from salespm_flow.model.project import Project
from salespm_flow.store import open_store
from tests.acceptance import fleet
from tests.acceptance.stopping import stopped
from tests.acceptance.terminal import Terminal

# Ten thousand where SALESPM_MIGRATED says so; the way is the same.
COUNT = int(os.environ.get("SALESPM_MIGRATED", "1000"))
BATCH = max(COUNT // 50, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with running projects and the next version of their workflow."""
    made = fleet.workspace(tmp_path_factory.mktemp("fleet"))
    fleet.launch(made, COUNT)
    fleet.second_version(made)
    here = Path.cwd()
    os.chdir(made)
    yield made
    os.chdir(here)


@pytest.fixture(scope="module")
def before(folder: Path) -> dict[str, Project]:
    """The projects before anything is migrated."""
    return standing(folder)


@pytest.fixture(scope="module")
def migrated(folder: Path, before: dict[str, Project]) -> int:
    """How many projects were on the newer version when the first run was killed; a second has done the rest."""
    assert len(before) == COUNT
    words = ["migrate", "pipeline_next", "--apply", "--as", "wang", "--batch", str(BATCH)]
    command = stopped(signal.SIGKILL, COUNT // 10 // BATCH, *words)
    assert subprocess.run(command, cwd=folder, check=False).returncode == -signal.SIGKILL
    done = moved(folder)
    told = Terminal().data("migrate pipeline_next --apply --as wang")
    assert (told["moved"], told["passed"], told["stayed"]) == (COUNT - done, done, [])
    return done


def standing(folder: Path) -> dict[str, Project]:
    store = open_store(str(folder / "salespm.db"))
    try:
        return fleet.standing(store)
    finally:
        store.close()


def moved(folder: Path) -> int:
    """How many projects stand on the newer version."""
    connection = sqlite3.connect(folder / "salespm.db")
    try:
        ((count,),) = connection.execute("SELECT count(*) FROM projects WHERE version = 2")
    finally:
        connection.close()
    return int(count)


def doings(store: Store) -> Counter[tuple[Doing, ...]]:
    """How many projects have which history."""
    told: dict[str, tuple[Doing, ...]] = {}
    for entry in store.histories():
        told[entry.project] = (*told.get(entry.project, ()), entry.doing)
    return Counter(told.values())


def test_killed_run_is_completed_by_the_next(folder: Path, before: dict[str, Project], migrated: int) -> None:
    after = standing(folder)

    # Whole batches only, and not all of them: the kill came in between.
    assert 0 < migrated < COUNT
    assert migrated % BATCH == 0
    # All counted, none lost, none moved twice.
    assert list(after) == list(before)
    store = open_store(str(folder / "salespm.db"))
    assert doings(store) == {(Doing.OPEN, Doing.MIGRATE): COUNT}
    assert list(store.verify()) == []
    store.close()


def test_every_project_stands_where_the_migration_says(folder: Path, before: dict[str, Project], migrated: int) -> None:
    assert migrated
    after = standing(folder)

    for name, old in before.items():
        new = after[name]
        amount = old.fields["amount"]
        is_large = getattr(amount, "amount", 0) > 100_000
        expected = {"market_research": "targeting", "negotiation": "board" if is_large else "desk"}
        assert new.state == expected.get(old.state, old.state)
        assert set(new.fields) == set(old.fields) - {"market_size"}
        assert (new.pin.version, new.revision, new.owner) == (2, old.revision + 1, old.owner)
        (entered,) = {old.entered[leaf] for leaf in old.leaves}
        assert {new.entered[leaf] for leaf in new.leaves} == {entered}


def test_timers_count_from_the_original_entry(folder: Path, before: dict[str, Project], migrated: int) -> None:
    assert migrated
    after = standing(folder)

    renamed = next(name for name, project in before.items() if project.state == "market_research")
    assert {
        clock.id.replace("targeting", "market_research"): clock.due_at for clock in after[renamed].clocks.values()
    } == {clock.id: clock.due_at for clock in before[renamed].clocks.values()}
    split = next(name for name, project in after.items() if project.state == "board")
    clocks = after[split].clocks
    # What the whole had, it has still; the part's own time limit began with the stay.
    assert set(before[split].clocks) < set(clocks)
    assert set(clocks) - set(before[split].clocks) == {"sla.warn.board"}
    assert clocks["sla.warn.board"].started_at == after[split].entered["negotiation.board"]
    assert clocks["sla.warn.board"].started_at == before[split].entered["negotiation"]


def test_past_is_read_across_the_migration(folder: Path, before: dict[str, Project], migrated: int) -> None:
    assert migrated
    store = open_store(str(folder / "salespm.db"))
    runner = Runner(store, load(folder).library, SystemClock())

    then = runner.as_of("p00000", fleet.NOW + timedelta(days=1))

    assert then == before["p00000"]
    assert "(market_research)" in Terminal().done("status p00000 --as-of 2026-03-05")
    store.close()


def test_removed_definition_strands_no_project(folder: Path, migrated: int) -> None:
    """The store keeps what projects are pinned to: the files may go."""
    assert migrated
    store = open_store(str(folder / "salespm.db"))
    runner = Runner(store, load(folder).library, SystemClock())
    without = replace(runner.library, workflows={})
    definitions = Definitions(store, without)

    pins = {project.pin for project in store.projects()}
    assert {definitions.pinned(pin).workflow.version for pin in pins} == {2}
    assert [pin.version for pin in store.pins("sales_pipeline")] == [1, 2]
    assert {definitions.pinned(pin).workflow.version for pin in store.pins("sales_pipeline")} == {1, 2}
    store.close()


def test_rolled_back_projects_are_as_they_were(folder: Path, before: dict[str, Project], migrated: int) -> None:
    assert migrated
    terminal = Terminal()

    planned = terminal.data("migrate pipeline_next --rollback --apply --dry-run --as wang")
    told = terminal.data("migrate pipeline_next --rollback --apply --as wang")

    assert (planned["moved"], planned["dry_run"]) == (told["moved"], True) == (COUNT, True)
    after = standing(folder)
    assert {
        name: replace(project, revision=before[name].revision, updated_at=before[name].updated_at)
        for name, project in after.items()
    } == before
    store = open_store(str(folder / "salespm.db"))
    assert doings(store) == {(Doing.OPEN, Doing.MIGRATE, Doing.ROLL_BACK): COUNT}
    assert list(store.verify()) == []
    store.close()
