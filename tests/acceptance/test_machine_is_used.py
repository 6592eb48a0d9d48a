"""No shipped workflow moves by any other way than the trigger of the machine library."""

from collections.abc import Sequence

import pytest
from transitions.core import Event

from salespm_flow.definition.cases import suite_of
from salespm_flow.definition.workspace import load
from salespm_flow.model.history import Entry, Moved
from salespm_flow.scenario.bench import bench_of
from salespm_flow.scenario.running import run_case


def moves() -> int:
    """How many transitions projects take while every shipped scenario is played."""
    library = load(with_scenarios=True).library
    entries: list[Entry] = []

    def tell(written: Sequence[Entry]) -> None:
        entries.extend(written)

    for document in library.scenarios.values():
        bench = bench_of(library.workflows[document.workflow], library)
        for case in suite_of(document, library)[0].cases:
            run_case(bench, case, tell)
    return sum(bool(isinstance(change, Moved) and change.transitions) for entry in entries for change in entry.changes)


def test_nothing_moves_without_the_trigger_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    assert moves()
    monkeypatch.setattr(Event, "trigger", lambda *_, **__: False)
    assert moves() == 0
