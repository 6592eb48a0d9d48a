"""A SQLite store that is broken, foreign, full or not to be written says so, and nothing is half-written."""

import multiprocessing
import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.engine.ports import Answer, Broken, KpiValue
from salespm_flow.errors import StoreError
from salespm_flow.model.history import FieldSet
from salespm_flow.store import open_store
from salespm_flow.store.chain import BREAKS, Break
from salespm_flow.store.schema import APPLICATION_ID, MIGRATIONS
from salespm_flow.store.sqlite import SqliteStore, open_sqlite
from tests.contract import writers
from tests.contract.tales import PIN, SOURCES, START, moved, notice, opened, rich_tale

spawn = multiprocessing.get_context("spawn")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with three projects, closed."""
    path = tmp_path / "projects.db"
    store = open_store(str(path), create=True)
    store.keep_definitions(PIN, SOURCES)
    store.commit([rich_tale("a").write(), opened("b").write(), rich_tale("c").write()])
    store.close()
    return path


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """That store, open."""
    store = open_sqlite(str(path), create=False, wait_seconds=0)
    yield store
    store.close()


def refusal(path: Path, *, create: bool = False) -> tuple[str, bool]:
    """The code with which the file is refused, and whether it is untouched and both languages say where it is."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as caught:
        open_store(str(path), create=create, wait_seconds=0)
    message, hint = caught.value.message, caught.value.hint
    assert hint is not None
    assert message.zh != message.en
    return caught.value.code, (path.read_bytes() if path.is_file() else None) == before and str(path) in message.zh


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("content", [b"amount,owner\n1,li\n" * 99, "不是数据库".encode("gbk"), b"SQLite format 3\x00"])
def test_file_of_another_kind_is_no_store(tmp_path: Path, content: bytes, *, create: bool) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(content)
    assert refusal(path, create=create) == ("SF512", True)


@pytest.mark.parametrize("create", [False, True])
def test_database_of_another_program_is_no_store(tmp_path: Path, *, create: bool) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (text)")
    other.close()
    assert refusal(path, create=create) == ("SF512", True)


def test_folder_and_empty_file_are_no_store(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    assert (refusal(tmp_path), refusal(empty)) == (("SF512", True), ("SF512", True))
    open_store(str(empty), create=True).close()
    open_store(str(empty)).close()


def test_missing_file_and_missing_folder_are_said_to_be_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.db") == ("SF511", True)
    assert refusal(tmp_path / "none" / "none.db", create=True) == ("SF511", True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pages", [0.3, 1, 7, 20.5])
def test_truncated_file_is_damaged(path: Path, pages: float) -> None:
    path.write_bytes(path.read_bytes()[: int(4096 * pages)])
    assert refusal(path) == ("SF513", True)


def test_newer_format_is_refused(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    raw.close()
    assert refusal(path) == ("SF514", True)


def test_store_opened_for_creation_is_opened_as_it_is(path: Path) -> None:
    store = open_store(f"sqlite://{path}", create=True)
    assert store.project("b") == opened("b").project
    store.close()


def test_full_disk_undoes_the_whole_write(store: SqliteStore) -> None:
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    big = opened("big", FieldSet(field="text", value="x" * 100_000))
    with pytest.raises(StoreError) as caught:
        store.commit([opened("small").write(), big.write()])
    assert caught.value.code == "SF517"
    assert (store.project("small"), store.project("big")) == (None, None)
    store._connection.execute("PRAGMA max_page_count = 100000")
    store.commit([opened("small").write(), big.write()])
    assert list(store.verify()) == []


def test_full_disk_in_a_batch_is_told_again_at_its_end(store: SqliteStore) -> None:
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    big = opened("big", FieldSet(field="text", value="x" * 100_000))

    def play() -> None:
        with store.batch():
            store.commit([big.write()])
            with pytest.raises(StoreError):
                store.children("big")
            with pytest.raises(StoreError):
                store.commit([opened("small").write()])

    with pytest.raises(StoreError) as caught:
        play()
    assert caught.value.code == "SF517"
    assert [project.id for project in store.projects()] == ["a", "b", "c"]
    store.commit([opened("small").write()])
    assert list(store.verify()) == []


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="file permissions are those of POSIX")
def test_read_only_file_is_said_to_be_read_only() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, verdict = Path(folder) / "projects.db", Path(folder) / "verdict"
        store = open_store(str(path), create=True)
        store.keep_definitions(PIN, SOURCES)
        store.commit([opened("p").write()])
        before = path.read_bytes()
        path.chmod(0o444)
        verdict.touch()
        verdict.chmod(0o666)
        Path(folder).chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        process = spawn.Process(target=writers.write_as_nobody, args=(str(path), verdict))
        process.start()
        process.join()
        assert (verdict.read_text(encoding="utf-8"), path.read_bytes() == before) == ("SF516", True)
        store.close()


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="file permissions are those of POSIX")
@pytest.mark.parametrize("is_file_writable", [False, True])
def test_store_in_a_folder_that_cannot_be_written_is_read_and_not_written(*, is_file_writable: bool) -> None:
    with tempfile.TemporaryDirectory() as outer:
        folder, verdict = Path(outer) / "medium", Path(outer) / "verdict"
        folder.mkdir()
        path = folder / "projects.db"
        store = open_store(str(path), create=True)
        store.keep_definitions(PIN, SOURCES)
        store.commit([opened("p").write()])
        store.close()
        before = path.read_bytes()
        path.chmod(0o666 if is_file_writable else 0o444)
        verdict.touch()
        verdict.chmod(0o666)
        Path(outer).chmod(0o755)
        folder.chmod(0o555)
        process = spawn.Process(target=writers.read_then_write_as_nobody, args=(str(path), verdict))
        process.start()
        process.join()
        said = verdict.read_text(encoding="utf-8")
        assert (said, path.read_bytes() == before) == ("p, 1, 0 breaks; SF516; SF516; SF516", True)
        assert [file.name for file in folder.iterdir()] == ["projects.db"]
        folder.chmod(0o755)


def found(store: SqliteStore) -> list[tuple[str, int, str]]:
    """What `verify` finds, as plain facts."""
    return [(broken.project, broken.number, broken.what) for broken in store.verify()]


def tampered(path: Path, *statements: str) -> list[tuple[str, int, str]]:
    """What `verify` finds after somebody with the file at hand has run the statements."""
    raw = sqlite3.connect(path)
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert raw.execute(statement).rowcount > 0
    for _, text in triggers:
        raw.execute(text)
    raw.commit()
    raw.close()
    return found_in(path)


def found_in(path: Path) -> list[tuple[str, int, str]]:
    """What `verify` finds in the file."""
    store = open_sqlite(str(path), create=False, wait_seconds=0)
    try:
        return found(store)
    finally:
        store.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("doing", "'set'"),
        ("name", "'went'"),
        ("actor", "'wu'"),
        ("role", "'boss'"),
        ("at", "'2026-01-01T00:00:00.000000Z'"),
        ("recorded_at", "'2026-01-01T00:00:00.000000Z'"),
        ("comment", "''"),
        ("changes", "replace(changes, '120000.00', '920000.00')"),
        ("changes", "'[]'"),
        ("changes", "'{'"),
        ("changes", "CAST(x'5bff5d' AS TEXT)"),
    ],
)
def test_changed_entry_is_found(path: Path, column: str, value: str) -> None:
    changed = f"UPDATE entries SET {column} = {value} WHERE project = 'a' AND number = 1"  # noqa: S608  # our own
    assert tampered(path, changed) == [("a", 1, Break.HASH)]


def test_missing_swapped_and_cut_off_entries_are_found(path: Path) -> None:
    assert tampered(path, "DELETE FROM entries WHERE project = 'a' AND number = 2") == [("a", 2, Break.GAP)]
    assert tampered(path, "DELETE FROM entries WHERE project = 'c' AND number = 3") == [
        ("a", 2, Break.GAP),
        ("c", 2, Break.HEAD),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE projects SET owner = 'wu' WHERE id = 'a'",
        "UPDATE projects SET state = 'lost' WHERE id = 'a'",
        "UPDATE projects SET outcome = 'lost' WHERE id = 'a'",
        "UPDATE projects SET outcome = 'stolen' WHERE id = 'a'",
        "UPDATE projects SET closed_at = NULL WHERE id = 'a'",
        "UPDATE projects SET body = replace(body, '120000.00', '920000.00') WHERE id = 'a'",
        "UPDATE projects SET body = '{' WHERE id = 'a'",
        "UPDATE projects SET body = CAST(x'7bff7d' AS TEXT) WHERE id = 'a'",
        "UPDATE tasks SET body = replace(body, 'Call', 'Kill') WHERE project = 'a'",
        "UPDATE risks SET body = replace(body, '12', '99') WHERE project = 'a'",
        "UPDATE clocks SET is_refused = 1 WHERE project = 'a'",
        "UPDATE records SET body = replace(body, '0.10', '0.90') WHERE project = 'a' AND number = 1",
        "DELETE FROM tasks WHERE project = 'a'",
    ],
)
def test_changed_state_is_found(path: Path, statement: str) -> None:
    assert tampered(path, statement) == [("a", 3, Break.STATE)]


def test_changed_revision_is_found(path: Path) -> None:
    assert tampered(path, "UPDATE projects SET revision = 2 WHERE id = 'a'") == [("a", 3, Break.HEAD)]


def test_changed_definition_is_found(path: Path) -> None:
    digest = SOURCES[0].digest
    changed = f"UPDATE definitions SET text = text || ' ' WHERE digest = '{digest}'"  # noqa: S608  # our own
    assert tampered(path, changed) == [(digest, 0, Break.DEFINITION)]


def test_changed_pin_is_found(path: Path) -> None:
    assert tampered(path, "UPDATE pin_members SET path = 'x' WHERE position = 1") == [(PIN.digest, 0, Break.PIN)]


def test_rows_of_a_project_that_is_gone_are_found(path: Path) -> None:
    assert tampered(path, "DELETE FROM projects WHERE id = 'a'") == [("a", 0, Break.ORPHAN)]


def sent(path: Path) -> None:
    """The project d has sent two items and answered with its second entry; figures are kept."""
    store = open_store(str(path))
    first = opened("d")
    answer = Answer(key="k", fingerprint="f", result='{"status": "ok"}')
    second = first.told(moved("won"))
    items = (notice("d#2.2", 1, project="d"), notice("d#2.1", 2, project="d"))
    store.commit([first.write(), second.write(first, outbox=items, answer=answer)])
    third = second.told(moved("lost"))
    store.commit([third.write(second, delivered=("d#2.1",))])
    store.commit([third.write(third, answer=replace(answer, key="unchanged"))])
    figures = [KpiValue(kpi=name, value=Decimal(1), population=2, at=START) for name in ("won", "lost")]
    store.keep_kpis(figures)
    store.keep_kpis(figures[:1])
    assert list(store.verify()) == []
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox SET recipient = 'person:me' WHERE id = 'd#2.1'",
        "UPDATE outbox SET title = NULL WHERE id = 'd#2.2'",
        "UPDATE outbox SET due_at = '2029-01-01T00:00:00.000000Z' WHERE id = 'd#2.2'",
        "UPDATE outbox SET kind = 'event', hops = 1 WHERE id = 'd#2.2'",
        "UPDATE outbox SET id = 'd#2.3' WHERE id = 'd#2.2'",
        "DELETE FROM outbox WHERE id = 'd#2.2'",
        "DELETE FROM outbox",
        "INSERT INTO outbox SELECT 'x', project, kind, recipient, name, NULL, due_at, 0, '', 2, 0 FROM outbox LIMIT 1",
        "UPDATE answers SET result = '{}' WHERE key = 'k'",
        "UPDATE answers SET fingerprint = 'g' WHERE key = 'k'",
        "UPDATE answers SET key = 'j' WHERE key = 'k'",
        "DELETE FROM answers",
    ],
)
def test_changed_added_or_removed_output_of_an_entry_is_found(path: Path, statement: str) -> None:
    sent(path)
    assert tampered(path, statement) == [("d", 2, Break.OUTPUT)]


def test_output_moved_to_another_entry_is_found(path: Path) -> None:
    sent(path)
    assert tampered(path, "UPDATE outbox SET entry = 9 WHERE id = 'd#2.1'") == [
        ("d", 2, Break.OUTPUT),
        ("d", 9, Break.OUTPUT),
    ]


def test_changed_answer_that_no_entry_vouches_for_is_found(path: Path) -> None:
    sent(path)
    assert tampered(path, "UPDATE answers SET result = '' WHERE key = 'unchanged'") == [("d", 0, Break.ANSWER)]


@pytest.mark.parametrize("column", ["value = '9'", "population = 9", "at = '2029-01-01T00:00:00.000000Z'"])
def test_changed_figure_is_found(path: Path, column: str) -> None:
    sent(path)
    changed = f"UPDATE kpis SET {column} WHERE kpi = 'won'"  # noqa: S608  # our own
    assert tampered(path, changed) == [("won", 0, Break.KPI)]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM kpis WHERE kpi = 'won'", "DELETE FROM kpis", "DELETE FROM kpi_seal"]
)
def test_removed_figure_is_found(path: Path, statement: str) -> None:
    sent(path)
    assert tampered(path, statement) == [("", 0, Break.KPI)]


@pytest.mark.parametrize(
    ("statements", "name"),
    [
        (("DROP TRIGGER entries_no_update",), "entries_no_update"),
        (
            (
                "DROP TRIGGER entries_no_update",
                "CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT 1; END",
            ),
            "entries_no_update",
        ),
        (("CREATE TRIGGER more AFTER INSERT ON outbox BEGIN DELETE FROM outbox; END",), "more"),
        (("DROP INDEX outbox_due",), "outbox_due"),
        (("ALTER TABLE kpis ADD COLUMN note TEXT",), "kpis"),
    ],
)
def test_changed_schema_is_found(path: Path, statements: tuple[str, ...], name: str) -> None:
    raw = sqlite3.connect(path)
    for statement in statements:
        raw.execute(statement)
    raw.close()
    assert found_in(path) == [(name, 0, Break.SCHEMA)]


def test_statistics_of_the_planner_are_no_finding(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute("ANALYZE")
    raw.execute("VACUUM")
    raw.close()
    assert found_in(path) == []


def test_outbox_that_no_entry_sent_is_no_write(store: SqliteStore) -> None:
    tale = opened("b")
    with pytest.raises(ValueError, match="not sent by its entries"):
        store.commit([tale.write(tale, outbox=(notice("b#1.1", 0, project="b"),))])
    with pytest.raises(ValueError, match="not sent by its entries"):
        store.commit([tale.told(moved("won")).write(tale, outbox=(notice("c#2.1", 0, project="c"),))])
    assert store.outbox(START, 9) == ()


def test_flipped_bits_of_the_file_are_found(path: Path) -> None:
    content = path.read_bytes()
    for text in (b"120000.00", b"person:li", "打电话".encode(), b'"sales_rep"'[1:-1], b"salespm: 1"):
        place = content.rindex(text)
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x04]) + content[place + 1 :])
        store = open_sqlite(str(path), create=False, wait_seconds=0)
        assert found(store) != [], text
        store.close()
    path.write_bytes(content)


def test_page_of_noise_is_found_and_reading_it_is_a_clear_failure(path: Path) -> None:
    raw = sqlite3.connect(path)
    (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entries'").fetchone()
    raw.close()
    content = path.read_bytes()
    path.write_bytes(content[: (page - 1) * 4096] + bytes([0xA5]) * 4096 + content[page * 4096 :])
    store = open_sqlite(str(path), create=False, wait_seconds=0)
    assert ("", 0, Break.DAMAGED) in found(store)
    with pytest.raises(StoreError) as caught:
        list(store.histories())
    assert caught.value.code == "SF513"
    store.close()


@pytest.mark.parametrize(
    "read", [lambda store: store.project("a"), lambda store: list(store.projects()), lambda store: store.children("b")]
)
@pytest.mark.parametrize("body", ["'{'", "'{}'", "CAST(x'7bff7d' AS TEXT)"])
def test_reading_a_broken_body_is_a_clear_failure(path: Path, read: Callable[[SqliteStore], object], body: str) -> None:
    tampered(path, f"UPDATE projects SET body = {body}, parent = 'b' WHERE id = 'a'")  # noqa: S608  # our own
    store = open_sqlite(str(path), create=False, wait_seconds=0)
    with pytest.raises(StoreError) as caught:
        read(store)
    assert caught.value.code == "SF513"
    store.close()


@pytest.mark.parametrize("table", ["entries", "definitions", "pins", "pin_members"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid + 1", "UPDATE {} SET {}"])
def test_what_is_written_once_can_be_neither_changed_nor_deleted(store: SqliteStore, table: str, deed: str) -> None:
    column = {"entries": "comment = ''", "pin_members": "path = ''"}.get(table, "version = 9")
    statement = deed.format(table, column).replace("rowid = rowid + 1", column)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store._connection.execute(statement)


def test_every_kind_of_break_is_described() -> None:
    assert set(BREAKS) == set(Break)


def test_file_says_whose_it_is(path: Path) -> None:
    raw = sqlite3.connect(path)
    pragmas = [
        raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version", "journal_mode")
    ]
    raw.close()
    assert pragmas == [APPLICATION_ID, len(MIGRATIONS), "wal"]


def test_connection_waits_for_the_disk_and_checks_references(store: SqliteStore) -> None:
    full, on = 2, 1
    pragmas = [store._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")]
    assert pragmas == [full, on]


def test_stale_revision_is_refused_by_the_table_too(store: SqliteStore) -> None:
    tale = opened("b")
    store.commit([tale.told(moved("won")).write(tale)])
    assert store.project("b") == tale.told(moved("won")).project
    assert list(store.verify()) == list[Broken]()
