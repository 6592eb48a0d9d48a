"""`verify` finds a change of any one value in any row of any table, but for the two columns that it says it cannot."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from salespm_flow.engine.ports import Answer, KpiValue
from salespm_flow.model.history import ApprovalChanged
from salespm_flow.store import open_store
from tests.contract.tales import PIN, SOURCES, START, notice, opened, rich_tale
from tests.contract.test_worklists import REQUEST

# Delivery comes after the entry that vouches for the item; the order of clocks, which may be removed, means nothing.
UNVOUCHED = {("outbox", "is_delivered"), ("clocks", "number")}
TABLES = (
    *("definitions", "pins", "pin_members", "projects", "entries", "records", "tasks", "risks", "approvals"),
    *("approvers", "clocks", "outbox", "answers", "kpis", "kpi_seal"),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a row or more in every table."""
    path = tmp_path_factory.mktemp("values") / "projects.db"
    store = open_store(str(path), create=True)
    store.keep_definitions(PIN, SOURCES)
    answer = Answer(key="k", fingerprint="f", result="{}")
    request = ApprovalChanged(approval=replace(REQUEST, approvers=("role:boss", "person:li"), due_at=START))
    sent = (notice("b.1", 1, project="b"),)
    store.commit([rich_tale("a").write(answer=answer), opened("b", request).write(outbox=sent), rich_tale("c").write()])
    store.keep_kpis([KpiValue(kpi="won", value=None, population=0, at=START)])
    store.close()
    return path


def changed(value: str | int | bytes | None) -> str | int | bytes:
    """The value with one letter, bit or count changed."""
    match value:
        case None:
            return "x"
        case int():
            return value + 1
        case bytes():
            return bytes([value[0] ^ 1, *value[1:]])
        case str():
            middle = len(value) // 2
            return f"{value[:middle]}{chr(ord(value[middle]) ^ 1)}{value[middle + 1 :]}" if value else "x"


@pytest.mark.parametrize("table", TABLES)
def test_change_of_any_value_is_found(path: Path, tmp_path: Path, table: str) -> None:
    copy = tmp_path / "copy.db"
    whole = path.read_bytes()
    with sqlite3.connect(path) as reader:
        columns = [row[1] for row in reader.execute(f"PRAGMA table_info({table})")]
        rows = reader.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608  # our own names
    reader.close()
    assert rows
    missed = []
    for row in {rows[0], rows[-1]}:
        for column, value in zip(columns, row, strict=True):
            copy.write_bytes(whole)
            if _tampered(copy, table, column, changed(value), dict(zip(columns, row, strict=True))):
                store = open_store(str(copy), wait_seconds=0)
                if not list(store.verify()):
                    missed.append((table, column))
                store.close()
    assert set(missed) <= UNVOUCHED


def _tampered(path: Path, table: str, column: str, value: object, row: dict[str, object]) -> bool:
    """Whether SQLite itself let the change pass; the triggers, which would not, are taken out and put back."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA ignore_check_constraints = ON")
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    here = " AND ".join(f"{name} IS ?" for name in row)
    try:
        done = raw.execute(f"UPDATE {table} SET {column} = ? WHERE {here}", (value, *row.values()))  # noqa: S608
    except sqlite3.IntegrityError:
        return False
    else:
        assert done.rowcount == 1
        for _, text in triggers:
            raw.execute(text)
        return True
    finally:
        raw.close()
