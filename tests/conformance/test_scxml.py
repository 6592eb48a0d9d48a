"""The published statechart cases, written as definitions, through loader, machine, engine and store."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from salespm_flow.model.decision import Receive
from tests.conformance.scxml import Stimulus, definition_of, script_of
from tests.unit.engine.conftest import World


@pytest.fixture
def cases(salespm_data: Path) -> Mapping[str, Path]:
    """The cases by ids that a workflow may have."""
    folder = salespm_data / "statechart"
    if not folder.is_dir():
        pytest.skip(f"the published statechart cases are not at {folder}")
    paths = sorted(path.with_suffix("") for path in folder.rglob("*.scxml"))
    return {"".join(c if c.isalnum() else "_" for c in f"{p.parent.name}_{p.name}"): p for p in paths}


@pytest.fixture
def world(cases: Mapping[str, Path], tmp_path: Path) -> Iterator[World]:
    texts = {f"workflow/{name}": definition_of(path.with_suffix(".scxml")) for name, path in cases.items()}
    made = World(tmp_path, texts)
    yield made
    made.store.close()


def run(world: World, case: str, path: Path) -> str | None:
    """What goes otherwise than published, None where nothing does."""
    initial, stimuli = script_of(path.with_suffix(".json"))
    assert world.open(case, case).is_accepted
    if leaves(world, case) != initial:
        return f"starts in {leaves(world, case)}, published {initial}"
    for number, stimulus in enumerate(stimuli, 1):
        hear(world, case, stimulus)
        if leaves(world, case) != stimulus.leaves:
            return f"event {number} ({stimulus.event}): {leaves(world, case)}, published {stimulus.leaves}"
    return None


def leaves(world: World, case: str) -> tuple[str, ...]:
    return tuple(sorted(world.states(case)))


def hear(world: World, case: str, stimulus: Stimulus) -> None:
    """Lets the time pass with what falls due in it, then the event arrives: from people, or with dots as a message."""
    if stimulus.after_ms:
        world.clock.wait(milliseconds=stimulus.after_ms)
        world.tick()
    if "." in stimulus.event:
        world.runner.apply(case, Receive(name=stimulus.event, hops=0))
    else:
        world.advance(stimulus.event, case)


def test_every_published_statechart_case_ends_in_the_published_configurations(
    cases: Mapping[str, Path], world: World
) -> None:
    deviations = {name: what for name, path in cases.items() if (what := run(world, name, path)) is not None}
    assert (len(cases), deviations) == (95, {})
