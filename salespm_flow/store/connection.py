"""Opens a SQLite store's file and checks that it is one: ours, whole, of a version we know. Knows no nouns."""

import os
import sqlite3
from pathlib import Path

from salespm_flow.store.faults import fault_of, missing, newer, no_folder, not_a_store, read_only, truncated
from salespm_flow.store.schema import APPLICATION_ID, MIGRATIONS

_HEADER_SIZE = 100
_MAGIC = b"SQLite format 3\x00"


def connect(path: Path, *, create: bool, wait_seconds: float) -> sqlite3.Connection:
    """A connection to the store at `path`, brought to the newest format; a new store where `create` allows it.

    What is there and is no store of ours is never touched.

    Raises:
        StoreError: with the code of what is wrong.
    """
    _check_place(path, create=create)
    place = str(path)
    uri = f"{path.absolute().as_uri()}?{_access(path, create=create)}"
    try:
        connection = sqlite3.connect(uri, timeout=wait_seconds, isolation_level=None, uri=True)
    except sqlite3.Error as error:
        raise fault_of(error, place) from error
    try:
        _prepare(connection, place, create=create)
    except sqlite3.Error as error:
        connection.close()
        raise fault_of(error, place) from error
    except BaseException:
        connection.close()
        raise
    return connection


def connect_in_memory() -> sqlite3.Connection:
    """A connection to a new, empty store in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _prepare(connection, ":memory:", create=True)
    return connection


def connect_to_copy(image: bytes) -> sqlite3.Connection:
    """A connection to a store in memory that holds what the image of another one (`serialize`) holds."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(image)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _check_place(path: Path, *, create: bool) -> None:
    if not path.exists():
        if not create:
            raise missing(str(path))
        if not path.parent.is_dir():
            raise no_folder(str(path))
        if not _is_writable(path.parent):
            raise read_only(str(path))
    elif not path.is_file():
        raise not_a_store(str(path))
    else:
        _check_length(path)


def _access(path: Path, *, create: bool) -> str:
    """How SQLite opens the file.

    Reading a store takes a log and its index beside it, which a folder that cannot be written does not let SQLite make.
    Without a log the file is whole by itself, and is read as one that nobody changes: a writer with more rights than
    ours who starts later is not seen. Where there is a log, we read beside its writer.
    """
    if _is_writable(path.parent):
        return "mode=rwc" if create else "mode=rw"
    log, index = (path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm"))
    if log.exists() and (index.exists() or log.stat().st_size):
        return "mode=rw"  # falls back to reading where the file cannot be written
    return "mode=ro&immutable=1"


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _check_length(path: Path) -> None:
    """SQLite notices a missing page only when it reads it, so the file's own page count is compared first.

    While a write-ahead log holds pages, the file may rightly be shorter; its checkpoint completes it.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_SIZE)
    except OSError:
        return  # SQLite will say why
    if not header.startswith(_MAGIC):
        if header:
            raise not_a_store(str(path))
        return
    page_size = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    expected = pages * (65536 if page_size == 1 else page_size)
    actual = path.stat().st_size
    if actual < expected and not (log.exists() and log.stat().st_size):
        raise truncated(str(path), actual, expected)


def _prepare(connection: sqlite3.Connection, place: str, *, create: bool) -> None:
    version = _checked_version(connection, place, create=create)
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    if version < len(MIGRATIONS):
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode = WAL")
        _migrate(connection, place)


def _checked_version(connection: sqlite3.Connection, place: str, *, create: bool) -> int:
    """The format version of our file; 0 for an empty file that may become one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application or version or tables or not create:
            raise not_a_store(place)
        return 0
    if version > len(MIGRATIONS):
        raise newer(place, version, len(MIGRATIONS))
    return int(version)


def _migrate(connection: sqlite3.Connection, place: str) -> None:
    """All missing migrations are applied in one transaction, or none; another process may have been faster."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _checked_version(connection, place, create=True)
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
