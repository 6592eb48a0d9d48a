from pathlib import Path

import pytest

from tests.conformance.scxml import Interpreter, read_case, script_of


def cases(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.scxml")))


def run(path: Path) -> str | None:
    """What goes otherwise than published, None where nothing does."""
    initial, stimuli = script_of(path.with_suffix(".json"))
    interpreter = Interpreter(read_case(path.with_suffix(".scxml")))
    if interpreter.leaves != initial:
        return f"starts in {interpreter.leaves}, published {initial}"
    for number, stimulus in enumerate(stimuli, 1):
        interpreter.hear(stimulus)
        if interpreter.leaves != stimulus.leaves:
            return f"event {number} ({stimulus.event}): {interpreter.leaves}, published {stimulus.leaves}"
    return None


def test_every_published_statechart_case_ends_in_the_published_configurations(salespm_data: Path) -> None:
    folder = salespm_data / "statechart"
    if not folder.is_dir():
        pytest.skip(f"the published statechart cases are not at {folder}")
    names = cases(folder)
    deviations = {name: what for name in names if (what := run(folder / name)) is not None}
    assert (len(names), deviations) == (95, {})
