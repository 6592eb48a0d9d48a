"""Migrating running projects of the sales pipeline in batches, against bare batched statements of the same rows."""

import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.measure import Result, result, seconds
from benchmarks.rows import TABLES, Change, Row, Statements, changes, connect, copy_definitions, statements, write
from salespm_flow.cli.collector import spare_the_collector
from salespm_flow.definition.workspace import load
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.evolve.migrating import BATCH, Job, Migrating
from salespm_flow.model.actor import Actor
from salespm_flow.model.library import Library
from salespm_flow.model.migration import Migration
from salespm_flow.store import open_store
from tests.acceptance import fleet

RUNS = 5
COUNT = 10_000
AT = datetime(2026, 3, 9, 9, tzinfo=UTC)


def run(folder: Path) -> tuple[Result, ...]:
    """The ratio of bare time to ours, there and back."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        root = fleet.workspace(Path(name))
        fleet.launch(root, COUNT)
        fleet.second_version(root)
        library = load(root).library
        first, there, back = root / "salespm.db", root / "there.db", root / "back.db"
        shutil.copy(first, there)
        migrate(library, there, is_back=False)
        shutil.copy(there, back)
        migrate(library, back, is_back=True)
        return (
            _compared("migration of 10,000 projects", library, (first, there), is_back=False),
            _compared("rolling them back", library, (there, back), is_back=True),
        )


def _compared(what: str, library: Library, places: tuple[Path, Path], *, is_back: bool) -> Result:
    before, after = places
    batches, texts = _batches(before, after)
    # As the command does; for both sides, and so that the rows of the peer are not walked while ours runs.
    spare_the_collector()
    runs = []
    for _ in range(RUNS):
        ours, bare = before.with_name("ours.db"), before.with_name("bare.db")
        for copy in (ours, bare):
            shutil.copy(before, copy)
        taken = seconds(partial(migrate, library, ours, is_back=is_back))
        runs.append((taken, _bare(bare, after, batches, texts)))
    return result(what, "bare batched statements of the same rows", runs, floor=0.25)


def migrate(library: Library, place: Path, *, is_back: bool) -> None:
    """The projects of the store are on the other version."""
    store = open_store(str(place))
    runner = Runner(store, library, SystemClock())
    migration = library.migrations["pipeline_next"]
    tally = Migrating(runner, _job(runner, migration, is_back=is_back), is_dry=False).run()
    store.close()
    if (tally.moved, tally.stayed) != (COUNT, ()):
        raise RuntimeError(tally.moved)


def _job(runner: Runner, migration: Migration, *, is_back: bool) -> Job:
    definitions = runner.definitions
    target = definitions.newest(migration.workflow)
    if is_back:
        pin = definitions.pin_of(migration.workflow, migration.from_version)
        if pin is None:
            raise RuntimeError(migration.from_version)
        target = definitions.pinned(pin)
    return Job(migration=migration, target=target, actor=Actor(id="bench"), comment="", now=AT, is_back=is_back)


def _batches(before: Path, after: Path) -> tuple[list[list[Change]], dict[str, Statements]]:
    """What leads from one store to the other, in the transactions in which it happened."""
    connections = connect(before), connect(after)
    texts = dict(statements(connections[0]))
    old, new = (_by_project(connection) for connection in connections)
    for connection in connections:
        connection.close()
    names = sorted(old)
    batches = []
    for start in range(0, len(names), BATCH):
        merged: dict[str, list[Change]] = {}
        for name in names[start : start + BATCH]:
            for change in changes(old[name], new[name], texts):
                merged.setdefault(change.table, []).append(change)
        batches.append([_together(table, merged[table]) for table in TABLES if table in merged])
    return batches, texts


def _together(table: str, found: list[Change]) -> Change:
    return Change(
        table,
        inserts=tuple(row for one in found for row in one.inserts),
        updates=tuple(update for one in found for update in one.updates),
        deletes=tuple(key for one in found for key in one.deletes),
    )


def _by_project(connection: sqlite3.Connection) -> dict[str, dict[str, list[Row]]]:
    grouped: dict[str, dict[str, list[Row]]] = {}
    for table, column in TABLES.items():
        cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 -- the names are our own
        position = [str(description[0]) for description in cursor.description].index(column)
        for row in cursor:
            rows = grouped.setdefault(str(row[position]), {name: [] for name in TABLES})
            rows[table].append(row)
    return grouped


def _bare(place: Path, after: Path, batches: list[list[Change]], texts: dict[str, Statements]) -> float:
    """The time to write the rows into a copy of the store as it was."""
    connection = connect(place)
    for table in ("pin_members", "definitions", "pins"):
        connection.execute(f"DROP TRIGGER {table}_no_delete")
    connection.execute("PRAGMA foreign_keys = OFF")
    for table in ("pin_members", "definitions", "pins"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- names above
    copy_definitions(connection, after)
    connection.execute("PRAGMA foreign_keys = ON")

    def work() -> None:
        for batch in batches:
            write(connection, batch, texts)

    taken = seconds(work)
    connection.close()
    return taken
