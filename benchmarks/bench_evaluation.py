"""What evaluating one project's risk rules adds to an advance: the same move, with the shipped rules and without."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.bench_advance import AT, BLOCK, QUALIFY, prepared
from benchmarks.measure import Result, result, seconds
from salespm_flow.definition.workspace import load
from salespm_flow.engine.decide import decide
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.model.library import Library
from salespm_flow.store import open_store

PROJECTS = 400
DECISIONS = 200
RUNS = 15


def run(folder: Path) -> tuple[Result, ...]:
    """Durable advances side by side over two stores, then the decisions alone."""
    library = load().library
    pipeline = library.workflows["sales_pipeline"]
    bare = replace(pipeline, uses=replace(pipeline.uses, risks=()))
    without = replace(library, workflows={**library.workflows, pipeline.id: bare})
    count = len(library.risk_models["sales_risks"].rules)
    names = [f"D{number}" for number in range(PROJECTS + BLOCK)]
    with tempfile.TemporaryDirectory(dir=folder) as name:
        ruled, plain = (
            _runner(Path(name) / "ruled.db", library, names),
            _runner(Path(name) / "plain.db", without, names),
        )
        decided = [(_decisions(ruled), _decisions(plain)) for _ in range(RUNS)]
        durable = [
            (seconds(partial(_advance_all, ruled, block)) / BLOCK, seconds(partial(_advance_all, plain, block)) / BLOCK)
            for block in (names[start : start + BLOCK] for start in range(0, len(names), BLOCK))
        ]
        ruled.store.close()
        plain.store.close()
    against = "the same without risk rules"
    return (
        result(f"one durable advance with {count} risk rules", against, durable[1:], limit=1.3),
        result(f"one decision with {count} risk rules, in memory", against, decided),
    )


def _runner(place: Path, library: Library, names: Sequence[str]) -> Runner:
    runner = Runner(open_store(str(place), create=True), library, SystemClock())
    with runner.store.batch():
        for name in names:
            prepared(runner, name)
    return runner


def _advance_all(runner: Runner, projects: Sequence[str]) -> None:
    for project in projects:
        runner.apply(project, QUALIFY, at=AT + timedelta(hours=2))


def _decisions(runner: Runner) -> float:
    """How long one decision takes on a project that has not moved yet."""
    snapshot, compiled = runner.snapshot("D0")
    now = AT + timedelta(hours=2)
    return seconds(lambda: [decide(compiled, snapshot, QUALIFY, now) for _ in range(DECISIONS)]) / DECISIONS
