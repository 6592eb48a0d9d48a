"""Recomputes what the store's hashes promise and names every place that does not hold. Changes nothing.

Found: a changed, missing or swapped entry; an outbox item or answer that is not as its entry wrote it, or is missing; a
stored state that its history does not lead to; a changed definition; a changed, added or removed KPI figure; a table
whose rows were renumbered or taken out of its middle; a table, index or trigger that is not as the migrations make it;
damage to the file's structure.

Not found: a history whose newest entries were cut off together with a stored state set back to match; whether an outbox
item was delivered, which changes after its entry and is only known to be 0 or 1; a removed answer to a request that
changed nothing; a KPI figure removed before newer figures were kept, which renews the seal over all.
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
from salespm_flow.store.chain import ROOT, Break, next_hash, output_digest, seal
from salespm_flow.store.codec import (
    DECODE_ERRORS,
    AnswerRow,
    EntryRow,
    OutboxRow,
    decode_entry,
    encode_approval,
    encode_approvers,
    encode_project,
    encode_record_row,
    encode_risk,
    encode_task,
    loads,
)
from salespm_flow.store.schema import MIGRATIONS
from salespm_flow.store.tables import kpis_seal, pin_seal, read_project

Fold = Callable[[Sequence[Entry]], Project | None]

_PAGE = 200


def audit(connection: sqlite3.Connection, fold: Fold) -> Iterator[Broken]:
    """Every break, in the order: the file, its tables, definitions, pins, answers, KPI figures, projects by id.

    Each page is one consistent view. What is only the numbering of rows comes last, and only where all else holds: a
    row that somebody removed is told by what it leaves behind.
    """
    is_whole = True
    for broken in _breaks(connection, fold):
        is_whole = False
        yield broken
    if is_whole:
        with _view(connection):
            found = _found("", partial(_rows, connection))
        yield from found


def _breaks(connection: sqlite3.Connection, fold: Fold) -> Iterator[Broken]:
    for find in (_damaged, _schema, _definitions, _pins, _answers, _kpis, _orphans):
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


def _schema(connection: sqlite3.Connection) -> Iterator[Broken]:
    """`project` of a finding is the name of the table, index or trigger."""
    model = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in (statement for statements in MIGRATIONS for statement in statements):
            model.execute(statement)
        differing = _made(connection) ^ _made(model)
    finally:
        model.close()
    for name in sorted({name for name, _, _ in differing}):
        yield Broken(project=name, number=0, what=Break.SCHEMA)


def _made(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Name, kind and text of all that was made by a statement; SQLite's own indexes and statistics are not."""
    rows = connection.execute(sql.SCHEMA).fetchall()
    return {(name, kind, text or "") for name, kind, text in rows if not name.startswith("sqlite_")}


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


def _answers(connection: sqlite3.Connection) -> Iterator[Broken]:
    """Those that no entry vouches for."""
    for *columns, stored in connection.execute(sql.SEALED_ANSWERS).fetchall():
        if stored != seal(columns):
            yield Broken(project=columns[0], number=0, what=Break.ANSWER)


def _kpis(connection: sqlite3.Connection) -> Iterator[Broken]:
    """`project` of a finding is the KPI; empty where the figures are not those that were kept."""
    rows = connection.execute(sql.SEALED_KPIS).fetchall()
    for *columns, stored in rows:
        if stored != seal(columns):
            yield Broken(project=columns[0], number=0, what=Break.KPI)
    if connection.execute(sql.KPI_SEAL).fetchall() != [(kpis_seal((row[0], row[-1]) for row in rows),)]:
        yield Broken(project="", number=0, what=Break.KPI)


def _orphans(connection: sqlite3.Connection) -> Iterator[Broken]:
    for (project,) in connection.execute(sql.ORPHANS).fetchall():
        yield Broken(project=project, number=0, what=Break.ORPHAN)


def _rows(connection: sqlite3.Connection) -> Iterator[Broken]:
    """`project` of a finding is the name of the table."""
    for (table,) in connection.execute(sql.RENUMBERED).fetchall():
        yield Broken(project=table, number=0, what=Break.ROW)


def _project(connection: sqlite3.Connection, project: str, fold: Fold) -> Iterator[Broken]:
    """The breaks of one project; its state is compared only where its history holds, so that one cause shows once."""
    head, number, is_whole = ROOT, 0, True
    entries = []
    outputs = _outputs(connection, project)
    for *columns, output, stored in connection.execute(sql.HASHED_ENTRIES, (project,)):
        row: EntryRow = tuple(columns)
        number += 1
        written = outputs.pop(row[1], "")
        if row[1] != number:
            yield Broken(project=project, number=number, what=Break.GAP)
            is_whole, number = False, row[1]
        elif stored != next_hash(head, row, output):
            yield Broken(project=project, number=number, what=Break.HASH)
            is_whole = False
        else:
            entries.append(decode_entry(row))
            if written != output:
                yield Broken(project=project, number=number, what=Break.OUTPUT)
        head = stored
    for entry in sorted(outputs) if is_whole else ():
        yield Broken(project=project, number=entry, what=Break.OUTPUT)
    revision, last = connection.execute(sql.REVISION, (project,)).fetchone()
    if is_whole and (revision, last) != (number, head):
        yield Broken(project=project, number=number, what=Break.HEAD)
    elif is_whole and not _is_as_told(connection, project, fold(entries)):
        yield Broken(project=project, number=number, what=Break.STATE)


def _outputs(connection: sqlite3.Connection, project: str) -> dict[int, str]:
    """The digest of the stored outbox items and answers of each entry that has any."""
    written: dict[int, tuple[list[OutboxRow], list[AnswerRow]]] = {}
    item: OutboxRow
    answer: AnswerRow
    for entry, *columns in connection.execute(sql.OUTBOX_OF, (project,)):
        item = tuple(columns)
        written.setdefault(entry, ([], []))[0].append(item)
    for entry, *columns in connection.execute(sql.ANSWERS_OF, (project,)):
        answer = tuple(columns)
        written.setdefault(entry, ([], []))[1].append(answer)
    return {entry: output_digest(items, answers) for entry, (items, answers) in written.items()}


def _is_as_told(connection: sqlite3.Connection, project: str, told: Project | None) -> bool:
    """Whether the stored state can be read and is the one that the history tells."""
    if told is None:
        return False
    waiting = sorted(row for request in told.approvals.values() for row in encode_approvers(project, request))
    stored = connection.execute(sql.APPROVERS_OF, (project,)).fetchall()
    parent = told.parent
    # A project without a parent is read without looking at the link, so the columns are compared too.
    link = (None, None, 0) if parent is None else (parent.project, parent.link, int(parent.is_many))
    if connection.execute(sql.LINK, (project,)).fetchone() != link:
        return False
    try:
        same = read_project(connection, project) == told and stored == [(*row[:2], row[3]) for row in waiting]
        return same and _are_bodies_told(connection, told)
    except DECODE_ERRORS:
        return False


def _are_bodies_told(connection: sqlite3.Connection, told: Project) -> bool:
    """Whether the stored bodies say nothing that the project does not.

    A reader passes over a key that it does not know and takes the default, which may be the value that was there: the
    texts are compared too. One written by an older program may lack a key.
    """
    bodies = {("projects", told.id, 0): encode_project(told)[-1]}
    bodies.update(
        (("records", record, row.number), encode_record_row(row))
        for record, rows in told.records.items()
        for row in rows
    )
    bodies.update((("tasks", name, 0), encode_task(task)) for name, task in told.tasks.items())
    bodies.update((("risks", name, 0), encode_risk(risk)) for name, risk in told.risks.items())
    bodies.update((("approvals", name, 0), encode_approval(request)) for name, request in told.approvals.items())
    for *key, body in connection.execute(sql.BODIES, (told.id,)).fetchall():
        expected = bodies.get((key[0], key[1], key[2]))
        if expected is None or (body != expected and not _is_within(loads(body), loads(expected))):
            return False
    return True


def _is_within(stored: object, told: object) -> bool:
    """Whether all that a JSON value says is said by the other one too."""
    match stored, told:
        case dict(), dict():
            return all(key in told and _is_within(value, told[key]) for key, value in stored.items())
        case list(), list():
            return len(stored) == len(told) and all(map(_is_within, stored, told))
        case _:
            return stored == told
