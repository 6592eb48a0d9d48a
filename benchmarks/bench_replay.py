"""Replaying the 8,800 deals of the CRM export in batches, against bare batched statements of the very same rows."""

import os
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.measure import Result, result, seconds
from benchmarks.rows import TABLES, Change, Statements, connect, copy_definitions, statements, write
from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.interop.table_import import run_import
from salespm_flow.model.library import Library
from salespm_flow.store import open_store

RUNS = 5
# As many projects as the store puts into one transaction.
BATCH = 1_000
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
SETTINGS = (
    "salespm: 1\nkind: workspace\nid: crm\nversion: 1\ncurrency: USD\ntimezone: UTC\ndefinitions: [definitions]\n"
)


def published() -> Path | None:
    """The folder of the CRM export, None where it is not at hand: $SALESPM_DATA, else `../shared/data`."""
    named = os.environ.get("SALESPM_DATA")
    folder = (Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data") / "crm"
    return folder if folder.is_dir() else None


def run(folder: Path) -> tuple[Result, ...]:
    """The ratio of bare time to ours; nothing where the published data is not at hand."""
    data = published()
    if data is None:
        return ()
    with tempfile.TemporaryDirectory(dir=folder) as name:
        root = Path(name)
        library = _library(root, data)
        deals = data / "sales_pipeline.csv"
        replay(library, deals, root / "warm.db")
        batches, texts = _batches(root / "warm.db")
        runs = []
        for number in range(RUNS):
            ours = seconds(partial(replay, library, deals, root / f"ours{number}.db"))
            runs.append((ours, _bare(root, batches, texts)))
    return (result("replay of 8,800 deals", "bare batched statements of the same rows", runs, floor=0.1),)


def replay(library: Library, deals: Path, place: Path) -> None:
    """The deals are projects of a new store."""
    store = open_store(str(place), create=True)
    run_import(Runner(store, library, SystemClock()), library.mappings["crm_import"], deals, at=AT)
    store.close()


def _library(root: Path, data: Path) -> Library:
    definitions = root / "definitions"
    shutil.copytree(shipped_definitions() / "crm", definitions)
    for name in ("accounts.csv", "products.csv"):
        (definitions / name).write_bytes((data / name).read_bytes())
    (root / "salespm.yaml").write_text(SETTINGS, encoding="utf-8")
    return load(root).library


def _batches(place: Path) -> tuple[list[list[Change]], dict[str, Statements]]:
    """The rows of a replayed store in the transactions in which they came."""
    connection = connect(place)
    texts = dict(statements(connection))
    order = [name for (name,) in connection.execute("SELECT id FROM projects ORDER BY number")]
    rows = {table: _by_project(connection, table, column) for table, column in TABLES.items()}
    connection.close()
    batches = []
    for start in range(0, len(order), BATCH):
        names = order[start : start + BATCH]
        found = {
            table: [row for name in names for row in by_project.get(name, ())] for table, by_project in rows.items()
        }
        batches.append([Change(table, tuple(some)) for table, some in found.items() if some])
    return batches, texts


def _by_project(connection: sqlite3.Connection, table: str, column: str) -> dict[str, list[tuple[object, ...]]]:
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 -- the names are our own
    position = [str(description[0]) for description in cursor.description].index(column)
    grouped: dict[str, list[tuple[object, ...]]] = {}
    for row in cursor:
        grouped.setdefault(str(row[position]), []).append(row)
    return grouped


def _bare(root: Path, batches: list[list[Change]], texts: dict[str, Statements]) -> float:
    """The time to write the rows into an empty store of the same form."""
    place = root / "bare.db"
    place.unlink(missing_ok=True)
    open_store(str(place), create=True).close()
    connection = connect(place)
    copy_definitions(connection, root / "warm.db")

    def work() -> None:
        for batch in batches:
            write(connection, batch, texts)

    taken = seconds(work)
    connection.close()
    return taken
