"""Reads and writes the tables through an open connection and transaction. Decides nothing about either."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, cast

from salespm_flow.engine.ports import AlreadyDeliveredError, Answer, KpiValue, StaleWriteError, Write
from salespm_flow.model.project import Pin, Project
from salespm_flow.model.source import Source
from salespm_flow.store import sql
from salespm_flow.store.chain import ROOT, seal
from salespm_flow.store.codec import (
    INDEXED,
    MUTABLE,
    ClockRow,
    Registers,
    decode_approval,
    decode_clock,
    decode_project,
    decode_record_row,
    decode_risk,
    decode_task,
    dumps,
    encode_answer,
    encode_approval,
    encode_approvers,
    encode_clock,
    encode_kpi,
    encode_project,
    encode_record_row,
    encode_risk,
    encode_task,
)
from salespm_flow.store.staging import Staging, Stored, chained

# From so many writes on, asking for all projects at once costs less than for each alone.
_MANY: Final = 8
# Where the columns of a clock, the widest register, end in a row of `sql.PROJECT`.
_CLOCK_END: Final = 10


def stage(connection: sqlite3.Connection, staging: Staging, writes: Sequence[Write]) -> None:
    """All writes are staged, or none.

    Raises:
        StaleWriteError: what a write was decided on is no longer so.
        ValueError, TypeError: the writes do not fit together or hold what no store can keep; a bug of the caller.
    """
    found = _fresh(connection, staging, writes)
    _check_delivered(connection, staging, writes)
    for write in writes:
        if write.answer is not None and read_answer(connection, staging, write.after.id, write.answer.key) is not None:
            raise StaleWriteError(f"{write.after.id} already has an answer under the key {write.answer.key}")
    if any(write.before is None and write.after.parent is not None for write in writes):
        flush(connection, staging)
        _check_children(connection, writes)
    prepared = []
    for write in writes:  # all are encoded before the first is staged, since a value may prove unfit
        stored = found[write.after.id]
        chain = chained(write, stored)
        found[write.after.id] = Stored(write.after.revision, chain.links[-1][2] if chain.links else stored.head)
        prepared.append((write, stored, chain))
    for write, stored, chain in prepared:
        staging.add(write, stored, chain)


def _fresh(connection: sqlite3.Connection, staging: Staging, writes: Sequence[Write]) -> dict[str, Stored]:
    """What the store has of each project, once every write is known to start from its project's newest revision."""
    found = _stored_of_many(connection, staging, writes) if len(writes) >= _MANY else {}
    reached: dict[str, int] = {}
    for write in writes:
        name = write.after.id
        if name not in found:
            found[name] = staging.stored(name) or _stored(connection, name)
        revision = reached.get(name, found[name].revision)
        expected = None if write.before is None else write.before.revision
        if revision != expected:
            raise StaleWriteError(f"{name} is at revision {revision}, not at {expected}")
        reached[name] = write.after.revision
    return found


def _stored_of_many(connection: sqlite3.Connection, staging: Staging, writes: Sequence[Write]) -> dict[str, Stored]:
    """What the tables have of all projects that are not staged, in one statement; those that are new are left out."""
    names = [write.after.id for write in writes if staging.stored(write.after.id) is None]
    rows = connection.execute(sql.REVISIONS, (dumps(names),)).fetchall()
    return {name: Stored(revision, head) for name, revision, head in rows}


def _stored(connection: sqlite3.Connection, project: str) -> Stored:
    row = connection.execute(sql.REVISION, (project,)).fetchone()
    return Stored(None, ROOT) if row is None else Stored(*row)


def _check_delivered(connection: sqlite3.Connection, staging: Staging, writes: Sequence[Write]) -> None:
    """An outbox item is consumed once: whoever comes second decides again, without it."""
    if not any(write.delivered for write in writes):
        return
    sent = {item.id for write in writes for item in write.outbox}
    taken: set[str] = set()
    for name in (name for write in writes for name in write.delivered):
        is_waiting = (
            name in sent
            or name in staging.outbox
            or connection.execute(sql.UNDELIVERED, (name,)).fetchone() is not None
        )
        if not is_waiting or name in staging.delivered or name in taken:
            raise AlreadyDeliveredError(f"the outbox item {name} is already delivered")
        taken.add(name)


def _check_children(connection: sqlite3.Connection, writes: Sequence[Write]) -> None:
    """A link that is not `many` has one live child; a child that these writes close makes room."""
    closed = {write.after.id for write in writes if not write.after.is_open}
    opened: set[tuple[str, str]] = set()
    for write in writes:
        parent = write.after.parent
        if write.before is not None or parent is None or parent.is_many or not write.after.is_open:
            continue
        link = (parent.project, parent.link)
        live = {name for (name,) in connection.execute(sql.LIVE_CHILDREN, link).fetchall()}
        if live - closed or link in opened:
            raise StaleWriteError(f"{parent.project} already has a live child by the link {parent.link}")
        opened.add(link)


def flush(connection: sqlite3.Connection, staging: Staging) -> None:
    """Everything staged is in the tables, within the transaction that is open.

    `stage` has checked it under the same lock, so that a constraint that fails here means a damaged file.
    """
    if staging.is_empty:
        return
    _write_projects(connection, staging)
    connection.executemany(sql.INSERT_ENTRY, [(*row, output, head) for row, output, head in staging.entries])
    _write_registers(connection, staging)
    if staging.outbox:
        connection.executemany(sql.INSERT_OUTBOX, [(*row, entry) for row, entry in staging.outbox.values()])
    if staging.delivered:
        connection.executemany(sql.DELIVER, [(name,) for name in staging.delivered])
    if staging.answers:
        connection.executemany(sql.INSERT_ANSWER, [_answer(key[0], *kept) for key, kept in staging.answers.items()])
    staging.clear()


def _answer(project: str, answer: Answer, entry: int | None) -> tuple[object, ...]:
    row = encode_answer(project, answer)
    return (*row, entry, seal(row) if entry is None else None)


def _write_projects(connection: sqlite3.Connection, staging: Staging) -> None:
    changed = []
    indexed = []
    opened = []
    for name, staged in staging.projects.items():
        before, after = staged.before, staged.after
        row = encode_project(after)
        if before is None:
            opened.append((*row, staged.head))
            continue
        key = staged.head, name, before.revision
        if (before.pin, before.closed_at, before.owner) == (after.pin, after.closed_at, after.owner):
            changed.append((*row[MUTABLE:], *key))
        else:
            indexed.append((*row[INDEXED:], *key))
    # Changes first: a child that closes makes room for its successor.
    for statement, rows in ((sql.UPDATE_PROJECT, changed), (sql.UPDATE_INDEXED, indexed)):
        if rows and connection.executemany(statement, rows).rowcount != len(rows):
            raise sqlite3.DatabaseError("the index of the projects does not find their rows")
    if opened:
        connection.executemany(sql.INSERT_PROJECT, opened)


def _write_registers(connection: sqlite3.Connection, staging: Staging) -> None:
    """The registers' rows; those of which nothing is staged cost nothing, which a single advance feels."""
    write = connection.executemany
    if staging.cleared:
        write(sql.DELETE_CLOCK, list(staging.cleared))
    if staging.clocks:
        write(sql.UPSERT_CLOCK, [encode_clock(project, clock) for (project, _), clock in staging.clocks.items()])
    if staging.rows:
        rows = [(project, record, row.number, encode_record_row(row)) for project, record, row in staging.rows]
        write(sql.INSERT_RECORD, rows)
    if staging.tasks:
        write(sql.UPSERT_TASK, [(*key, encode_task(task)) for key, task in staging.tasks.items()])
    if staging.risks:
        write(sql.UPSERT_RISK, [(*key, encode_risk(risk)) for key, risk in staging.risks.items()])
    if staging.approvals:
        requests = staging.approvals.items()
        write(sql.UPSERT_APPROVAL, [(*key, encode_approval(request)) for key, request in requests])
        write(sql.DELETE_APPROVERS, list(staging.approvals))
        approvers = [row for (project, _), request in requests for row in encode_approvers(project, request)]
        write(sql.INSERT_APPROVER, approvers)


def read_answer(connection: sqlite3.Connection, staging: Staging, project: str, key: str) -> Answer | None:
    """What was answered under the key, staged or stored."""
    answered = staging.answers.get((project, key))
    staged = staging.projects.get(project)
    if answered is not None or (staged is not None and staged.before is None):  # a new project has no rows yet
        return None if answered is None else answered[0]
    row = connection.execute(sql.ANSWER, (project, key)).fetchone()
    return None if row is None else Answer(key=row[0], fingerprint=row[1], result=row[2])


def read_project(connection: sqlite3.Connection, name: str) -> Project | None:
    """The project of that id, read by one statement."""
    rows = connection.execute(sql.PROJECT, (name,)).fetchall()
    rows.sort()  # by table, then in the order in which they came
    registers = Registers()
    for row in rows[1:]:
        _keep(registers, row[0], row[2:_CLOCK_END])
    return decode_project(rows[0][2:], registers) if rows and not rows[0][0] else None


def read_projects(connection: sqlite3.Connection, names: Sequence[str]) -> tuple[Project, ...]:
    """The projects of these ids, by id; those that do not exist are left out."""
    page = (dumps(names),)
    rows = connection.execute(sql.PROJECTS, page).fetchall()
    if not rows:
        return ()
    registers = {row[0]: Registers() for row in rows}
    for table, statement in sql.REGISTERS.items():
        for row in connection.execute(statement, page).fetchall():
            if table == "clocks":  # which nearly every project has
                registers[row[0]].clocks[row[1]] = decode_clock(row)
            else:
                _keep(registers[row[0]], table, row)
    return tuple(decode_project(row, registers[row[0]]) for row in rows)


def _keep(registers: Registers, table: str, row: Sequence[str]) -> None:
    """The row of that table is one of the project's registers."""
    name, body = row[1], row[2]
    match table:
        case "records":
            registers.records[name] = (*registers.records.get(name, ()), decode_record_row(body))
        case "tasks":
            registers.tasks[name] = decode_task(body)
        case "risks":
            registers.risks[name] = decode_risk(body)
        case "approvals":
            registers.approvals[name] = decode_approval(body)
        case _:
            registers.clocks[name] = decode_clock(cast("ClockRow", row))


def write_definitions(connection: sqlite3.Connection, pin: Pin, sources: Sequence[Source]) -> None:
    """The pin and its texts are in the tables; what is there already stays as it is."""
    if connection.execute(sql.HAS_PIN, (pin.digest,)).fetchone() is not None:
        return
    connection.execute(
        sql.INSERT_PIN,
        (pin.digest, pin.workflow, pin.version, pin_seal(pin, [(source.digest, source.path) for source in sources])),
    )
    for position, source in enumerate(sources):
        columns = (source.digest, source.kind, source.id, source.version, source.text)
        connection.execute(sql.INSERT_DEFINITION, (*columns, seal(columns)))
        connection.execute(sql.INSERT_MEMBER, (pin.digest, position, source.digest, source.path))


def read_definitions(connection: sqlite3.Connection, pin: str) -> tuple[Source, ...]:
    """The texts of a pin, in the order they were kept in."""
    return tuple(
        Source(kind=kind, id=name, version=version, path=path, text=text, digest=digest)
        for kind, name, version, path, text, digest in connection.execute(sql.DEFINITIONS, (pin,)).fetchall()
    )


def write_kpis(connection: sqlite3.Connection, values: Iterable[KpiValue]) -> None:
    """The figures are in the table, and the seal over all figures is renewed."""
    rows = map(encode_kpi, values)
    connection.executemany(sql.UPSERT_KPI, ((*row, seal(row)) for row in rows))
    connection.execute(sql.SEAL_KPIS, (kpis_seal(connection.execute(sql.KPI_SEALS).fetchall()),))


def kpis_seal(rows: Iterable[tuple[str, bytes]]) -> bytes:
    """The hash over the names and seals of all figures, in order."""
    return seal(part for kpi, stored in rows for part in (kpi, stored.hex()))


def pin_seal(pin: Pin, members: Iterable[tuple[str, str]]) -> bytes:
    """The hash over a pin and the digests and paths of its texts, in order."""
    return seal([pin.digest, pin.workflow, pin.version, *(part for member in members for part in member)])
