"""One durable advance of the sales pipeline in process, against the bare transaction that writes the same rows."""

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from benchmarks.measure import Result, result, seconds
from benchmarks.rows import Change, Statements, changes, connect, rows_of, statements, write
from salespm_flow.definition.workspace import load
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.expr.values import Money
from salespm_flow.model.decision import Actor, AddRow, Advance, Open, Request
from salespm_flow.store import open_store

PROJECTS = 400
# Each side runs a block of advances on end: one alone is at the mercy of one flush of the disk, and taking turns would
# measure how fast a processor fills its caches anew.
BLOCK = 20
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
WANG = Actor(id="wang", role="sales_rep")
QUALIFY = Advance(
    trigger="qualify",
    actor=WANG,
    fields={"market_size": Money(Decimal(80_000_000), "CNY"), "target_segment": "discrete manufacturers"},
)


def run(folder: Path) -> tuple[Result, ...]:
    """The ratio of bare time to ours, over blocks of advances."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        root = Path(name)
        place, bare_place = root / "ours.db", root / "bare.db"
        library = load().library
        runner = Runner(open_store(str(place), create=True), library, SystemClock())
        names = [f"D{number}" for number in range(PROJECTS + BLOCK)]
        with runner.store.batch():
            for project in names:
                prepared(runner, project)
        runner.store.close()
        shutil.copyfile(place, bare_place)
        runner = Runner(open_store(str(place)), library, SystemClock())
        runs = _interleaved(runner, place, bare_place, names)
        runner.store.close()
    return (result("one durable advance of sales_pipeline", "the bare transaction of the same rows", runs, floor=0.5),)


def prepared(runner: Runner, project: str) -> None:
    """The project stands before its first advance, with everything that it asks for."""
    requests: tuple[Request, ...] = (
        AddRow(record="market_notes", values={"trend": "the cloud", "source": "trade body"}, actor=WANG),
    )
    runner.open("sales_pipeline", Open(project=project, owner="wang", fields={}, actor=WANG), at=AT)
    for request in requests:
        answered = runner.apply(project, request, at=AT + timedelta(hours=1))
        if not answered.is_accepted:
            raise RuntimeError(answered.result)


def _interleaved(runner: Runner, place: Path, bare_place: Path, names: list[str]) -> list[tuple[float, float]]:
    """(ours, bare) for each block; the first one only warms both up."""
    looking, bare = connect(place), connect(bare_place)
    texts = statements(bare)
    runs = []
    for start in range(0, len(names), BLOCK):
        block = names[start : start + BLOCK]
        before = [rows_of(looking, project) for project in block]
        ours = seconds(partial(_advance_all, runner, block))
        after = [rows_of(looking, project) for project in block]
        works = [changes(old, new, texts) for old, new in zip(before, after, strict=True)]
        theirs = seconds(partial(_write_all, bare, works, texts))
        runs.append((ours / BLOCK, theirs / BLOCK))
    looking.close()
    bare.close()
    return runs[1:]


def _advance_all(runner: Runner, projects: Sequence[str]) -> None:
    for project in projects:
        _advance(runner, project)


def _write_all(bare: sqlite3.Connection, works: Sequence[tuple[Change, ...]], texts: Mapping[str, Statements]) -> None:
    for work in works:
        write(bare, work, texts)


def _advance(runner: Runner, project: str) -> None:
    answered = runner.apply(project, QUALIFY, at=AT + timedelta(hours=2))
    if not answered.is_accepted:
        raise RuntimeError(answered.result)
