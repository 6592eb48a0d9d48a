"""Recomputes what the store's hashes promise and names every place that does not hold. Changes nothing.

Found: a changed, missing or swapped entry; a stored state that its history does not lead to; a changed definition;
damage to the file's structure. Not found: a history whose newest entries were cut off together with a stored state set
back to match, and changes to the outbox, to stored answers and to KPI figures, which no hash covers.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256

from salespm_flow.engine.ports import Broken
from salespm_flow.model.history import Entry
from salespm_flow.model.project import Pin, Project
from salespm_flow.store import sql
from salespm_flow.store.chain import ROOT, Break, next_hash, seal
from salespm_flow.store.codec import DECODE_ERRORS, EntryRow, decode_entry
from salespm_flow.store.tables import pin_seal, read_project

Fold = Callable[[Sequence[Entry]], Project | None]

_PAGE = 200


def audit(connection: sqlite3.Connection, fold: Fold) -> Iterator[Broken]:
    """Every break, in the order: the file, definitions, pins, projects by id; each page is one consistent view."""
    for find in (_damaged, _definitions, _pins, _orphans):
        with _view(connection):
            found = _found("", partial(find, connection))
        yield from found
    last = ""
    while True:
        names: list[str] = []
        with _view(connection):
            try:
                names = [name for (name,) in connection.execute(sql.IDS, (last, None, _PAGE)).fetchall()]
            except sqlite3.DatabaseError:
                return  # the file's structure is damaged, which was the first finding
            found = [broken for name in names for broken in _found(name, partial(_project, connection, name, fold))]
        yield from found
        if len(names) < _PAGE:
            return
        last = names[-1]


@contextmanager
def _view(connection: sqlite3.Connection) -> Iterator[None]:
    """One snapshot in which text that is no UTF-8 can be read, so that it is a finding and not a failure."""
    is_inside = connection.in_transaction
    if not is_inside:
        connection.execute("BEGIN")
    connection.text_factory = _any_text
    try:
        yield
    finally:
        connection.text_factory = str
        if not is_inside and connection.in_transaction:
            connection.execute("ROLLBACK")


def _any_text(content: bytes) -> str:
    return content.decode(errors="replace")


def _found(project: str, find: Callable[[], Iterator[Broken]]) -> list[Broken]:
    """What `find` finds; a page that SQLite cannot read is a finding too."""
    found = []
    try:
        for broken in find():
            found.append(broken)  # noqa: PERF402  # what was found before a failure is kept
    except sqlite3.DatabaseError:
        found.append(Broken(project=project, number=0, what=Break.DAMAGED))
    return found


def _damaged(connection: sqlite3.Connection) -> Iterator[Broken]:
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        yield Broken(project="", number=0, what=Break.DAMAGED)


def _definitions(connection: sqlite3.Connection) -> Iterator[Broken]:
    """`project` of a finding is the digest of the text."""
    for digest, kind, name, version, text, stored in connection.execute(sql.ALL_DEFINITIONS).fetchall():
        is_whole = stored == seal((digest, kind, name, version, text))
        if not is_whole or sha256(text.encode()).hexdigest() != digest:
            yield Broken(project=digest, number=0, what=Break.DEFINITION)


def _pins(connection: sqlite3.Connection) -> Iterator[Broken]:
    """`project` of a finding is the digest of the pin."""
    for digest, workflow, version, stored in connection.execute(sql.ALL_PINS).fetchall():
        members = connection.execute(sql.MEMBERS, (digest,)).fetchall()
        if stored != pin_seal(Pin(workflow=workflow, version=version, digest=digest), members):
            yield Broken(project=digest, number=0, what=Break.PIN)


def _orphans(connection: sqlite3.Connection) -> Iterator[Broken]:
    for (project,) in connection.execute(sql.ORPHANS).fetchall():
        yield Broken(project=project, number=0, what=Break.ORPHAN)


def _project(connection: sqlite3.Connection, project: str, fold: Fold) -> Iterator[Broken]:
    """The breaks of one project; its state is compared only where its history holds, so that one cause shows once."""
    head, number, is_whole = ROOT, 0, True
    entries = []
    for *columns, stored in connection.execute(sql.HASHED_ENTRIES, (project,)):
        row: EntryRow = tuple(columns)
        number += 1
        if row[1] != number:
            yield Broken(project=project, number=number, what=Break.GAP)
            is_whole, number = False, row[1]
        elif stored != next_hash(head, row):
            yield Broken(project=project, number=number, what=Break.HASH)
            is_whole = False
        else:
            entries.append(decode_entry(row))
        head = stored
    revision, last = connection.execute(sql.REVISION, (project,)).fetchone()
    if is_whole and (revision, last) != (number, head):
        yield Broken(project=project, number=number, what=Break.HEAD)
    elif is_whole and not _is_as_told(connection, project, fold(entries)):
        yield Broken(project=project, number=number, what=Break.STATE)


def _is_as_told(connection: sqlite3.Connection, project: str, told: Project | None) -> bool:
    """Whether the stored state can be read and is the one that the history tells."""
    try:
        return read_project(connection, project) == told
    except DECODE_ERRORS:
        return False
