"""The store in one SQLite file: transactions, batches and what the engine's port asks. Knows no rules of the domain.

One connection per object, used by the thread that opened it; any number of processes may open the same file. Readers
never wait. Streams are read in pages, so that no statement stays open while the caller writes.
"""

import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from salespm_flow.engine.draft import replay
from salespm_flow.engine.ports import (
    Answer,
    AssignedTask,
    AwaitedApproval,
    Broken,
    DueClock,
    KpiValue,
    OwnedRisk,
    Stay,
    Write,
)
from salespm_flow.errors import StoreError
from salespm_flow.model.history import Entry, OutboxItem
from salespm_flow.model.project import Pin, Project
from salespm_flow.model.source import Source
from salespm_flow.store import sql
from salespm_flow.store.audit import audit
from salespm_flow.store.codec import (
    DECODE_ERRORS,
    decode_approval,
    decode_entry,
    decode_kpi,
    decode_outbox,
    decode_risk,
    decode_task,
    dumps,
)
from salespm_flow.store.connection import connect, connect_in_memory
from salespm_flow.store.faults import damaged, fault_of, not_text
from salespm_flow.store.staging import Staging
from salespm_flow.store.tables import (
    flush,
    read_answer,
    read_definitions,
    read_project,
    read_projects,
    stage,
    write_definitions,
    write_kpis,
)
from salespm_flow.store.values import decode_time, encode_time
from salespm_flow.store.worklists import read_by_party, read_overdue, read_places, read_stays

# A transaction of a batch: large enough that its disk flush costs little per write, small enough that other writers
# wait for a fraction of a second only.
_BATCH_WRITES = 1_000
_PAGE_PROJECTS = 500
_PAGE_ENTRIES = 2_000
_LAST_CHARACTER = chr(sys.maxunicode)


class SqliteStore:
    """A `Store` over one file."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._place = str(path)
        self._connection = connection
        self._staging = Staging()
        self._is_batch = False
        self._batched = 0
        # Why the open batch lost writes that had been accepted; it can then only end by saying so.
        self._lost: StoreError | None = None

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """What SQLite raises leaves as a StoreError, with the transaction rolled back."""
        try:
            yield
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise self._fail(error) from error

    def _fail(self, error: sqlite3.Error | UnicodeEncodeError) -> StoreError:
        fault = fault_of(error, self._place) if isinstance(error, sqlite3.Error) else not_text(self._place)
        if self._is_batch and (self._batched or self._connection.in_transaction):
            self._lost = fault
        self._roll_back()
        return fault

    def _roll_back(self) -> None:
        self._staging.clear()
        self._batched = 0
        if self._connection.in_transaction:  # a full disk has rolled back by itself
            self._connection.execute("ROLLBACK")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; in a batch, the one that its writes share."""
        if self._lost is not None:
            raise self._lost
        with self._guarded():
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            if self._is_batch:
                yield
                return
            try:
                yield
                self._make_durable()
            finally:
                self._roll_back()

    def _make_durable(self) -> None:
        flush(self._connection, self._staging)
        self._connection.execute("COMMIT")
        self._batched = 0

    @contextmanager
    def _viewing(self, where: str) -> Iterator[sqlite3.Connection]:
        """One consistent view of the tables; `where` tells what is read, should it prove damaged."""
        with self._guarded():
            is_inside = self._connection.in_transaction
            if not is_inside:
                self._connection.execute("BEGIN")
            try:
                yield self._connection
            except DECODE_ERRORS as error:
                raise damaged(self._place, where) from error
            finally:
                if not is_inside:
                    self._roll_back()

    @contextmanager
    def _reading(self, where: str) -> Iterator[sqlite3.Connection]:
        """As `_viewing`, with what this object's batch has not written to the tables yet."""
        self._settle()
        with self._viewing(where) as connection:
            yield connection

    def _settle(self) -> None:
        with self._guarded():
            flush(self._connection, self._staging)

    def commit(self, writes: Sequence[Write]) -> None:
        """All writes are durable, or none; raises StaleWriteError when one is out of date."""
        # As in `_writing`, but without its context managers, which would be a tenth of an import's time.
        if self._lost is not None:
            raise self._lost
        try:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            stage(self._connection, self._staging, writes)
            self._batched += len(writes)
            if not self._is_batch or self._batched >= _BATCH_WRITES:
                self._make_durable()
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise self._fail(error) from error
        except BaseException:
            if not self._is_batch:
                self._roll_back()
            raise

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Commits inside the block share transactions of bounded size; the block's end makes all durable.

        A block left by an exception loses the writes of its last transaction, whole.
        """
        if self._is_batch:  # the outer block decides
            yield
            return
        self._is_batch = True
        try:
            yield
            if self._lost is not None:
                raise self._lost
            with self._guarded():
                if self._connection.in_transaction:
                    self._make_durable()
        finally:
            self._is_batch = False
            self._lost = None
            self._roll_back()

    def project(self, project: str) -> Project | None:
        """The project as stored now."""
        staged = self._staging.projects.get(project)
        if staged is not None:
            return staged.after
        try:
            return read_project(self._connection, project)
        except sqlite3.Error as error:
            raise self._fail(error) from error
        except DECODE_ERRORS as error:
            raise damaged(self._place, project) from error

    def projects(self, *, workflow: str | None = None, is_open: bool | None = None) -> Iterator[Project]:
        """The matching projects, by id, streamed; each page is one consistent view."""
        query = sql.IDS if workflow is None else sql.IDS_OF_WORKFLOW
        last = ""
        while True:
            filters = (last, is_open, _PAGE_PROJECTS)
            with self._reading(f"projects > {last!r}") as connection:
                names = _first(connection.execute(query, filters if workflow is None else (*filters, workflow)))
                page = read_projects(connection, names)
            yield from page
            if len(names) < _PAGE_PROJECTS:
                return
            last = names[-1]

    def ids(self, *, prefix: str = "") -> Iterator[str]:
        """The ids of all projects that begin so, in order, streamed; nothing else of them is read."""
        last, end = "", prefix + _LAST_CHARACTER
        while True:
            with self._reading(f"projects > {last!r}") as connection:
                page = _first(connection.execute(sql.IDS_FROM, (last, prefix, end, _PAGE_ENTRIES)))
            yield from page
            if len(page) < _PAGE_ENTRIES:
                return
            last = page[-1]

    def children(self, project: str) -> Mapping[str, tuple[Project, ...]]:
        """The children of a project by link, oldest first."""
        try:  # the view below is spared where there are none, as every advance asks
            flush(self._connection, self._staging)
            if self._connection.execute(sql.CHILD_IDS, (project,)).fetchone() is None:
                return {}
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise self._fail(error) from error
        with self._viewing(project) as connection:
            names = _first(connection.execute(sql.CHILD_IDS, (project,)))
            found = {child.id: child for child in read_projects(connection, names)} if names else {}
        children: dict[str, tuple[Project, ...]] = {}
        for child in map(found.__getitem__, names):
            if child.parent is not None:
                children[child.parent.link] = (*children.get(child.parent.link, ()), child)
        return children

    def answer(self, project: str, key: str) -> Answer | None:
        """What was answered before under this key of this project."""
        with self._guarded():
            return read_answer(self._connection, self._staging, project, key)

    def history(self, project: str) -> Iterator[Entry]:
        """The entries of a project, oldest first, streamed."""
        number = 0
        while True:
            with self._reading(f"{project} #{number + 1}") as connection:
                rows = connection.execute(sql.ENTRIES_OF, (project, number, _PAGE_ENTRIES)).fetchall()
                page = tuple(map(decode_entry, rows))
            yield from page
            if len(page) < _PAGE_ENTRIES:
                return
            number = page[-1].number

    def newest_entries(self, projects: Sequence[str]) -> Mapping[str, Entry]:
        """The newest entry of each of these projects, in one statement."""
        with self._reading("entries") as connection:
            rows = connection.execute(sql.NEWEST_ENTRIES, (dumps(projects),)).fetchall()
            return {row[0]: decode_entry(row) for row in rows}

    def histories(self) -> Iterator[Entry]:
        """All entries, grouped by project, oldest first, streamed."""
        last = ("", 0)
        while True:
            with self._reading(f"{last[0]} #{last[1] + 1}") as connection:
                page = tuple(map(decode_entry, connection.execute(sql.ENTRIES, (*last, _PAGE_ENTRIES)).fetchall()))
            yield from page
            if len(page) < _PAGE_ENTRIES:
                return
            last = (page[-1].project, page[-1].number)

    def due(self, now: datetime, limit: int) -> tuple[DueClock, ...]:
        """The earliest clocks due at or before `now`, in due order; a refused clock waits until it is set again."""
        with self._reading("clocks") as connection:
            rows = connection.execute(sql.DUE, (encode_time(now), limit)).fetchall()
            return tuple(DueClock(project=project, clock=clock, due_at=decode_time(at)) for project, clock, at in rows)

    def tasks_of(self, parties: Sequence[str]) -> Iterator[AssignedTask]:
        """The tasks that these parties are to do, by party, then due date, those without last."""
        for row, task in read_by_party(self._reading, sql.PARTY_TASKS, parties, lambda row: decode_task(row[4])):
            yield AssignedTask(project=row[1], owner=row[3], task=task)

    def approvals_of(self, parties: Sequence[str]) -> Iterator[AwaitedApproval]:
        """The pending requests that these parties may approve, by party, then due date, those without last."""
        found = read_by_party(self._reading, sql.PARTY_APPROVALS, parties, lambda row: decode_approval(row[4]))
        for row, request in found:
            yield AwaitedApproval(project=row[1], owner=row[3], request=request)

    def risks_of(self, parties: Sequence[str]) -> Iterator[OwnedRisk]:
        """The open risks that these parties own, by party, then the date their response is due, those without last."""
        for row, risk in read_by_party(self._reading, sql.PARTY_RISKS, parties, lambda row: decode_risk(row[4])):
            yield OwnedRisk(project=row[1], owner=row[3], risk=risk)

    def overdue_tasks(self, owners: Sequence[str], now: datetime) -> Iterator[AssignedTask]:
        """The tasks due before `now` in the open projects of these people, whoever is to do them; by owner, project."""
        for row, task in read_overdue(self._reading, owners, encode_time(now), lambda row: decode_task(row[4])):
            yield AssignedTask(project=row[1], owner=row[3], task=task)

    def stays_of(self, owners: Sequence[str], workflows: Sequence[str] | None = None) -> Iterator[Stay]:
        """The open projects of these people, of all workflows or of these, by owner and id."""
        return read_stays(self._reading, owners, workflows)

    def stays_in(self, owners: Sequence[str], workflows: Sequence[str], states: Sequence[str]) -> Iterator[Stay]:
        """The open projects of these people and workflows that stand in one of the states, by owner and id."""
        return read_places(self._reading, owners, workflows, states)

    def outbox(self, now: datetime, limit: int) -> tuple[OutboxItem, ...]:
        """Undelivered items due at or before `now`, in due order."""
        with self._reading("outbox") as connection:
            return tuple(map(decode_outbox, connection.execute(sql.OUTBOX, (encode_time(now), limit)).fetchall()))

    def outbox_of(self, project: str) -> Mapping[int, tuple[OutboxItem, ...]]:
        """All that the project ever sent, delivered or not, by the number of the entry that sent it."""
        sent: dict[int, tuple[OutboxItem, ...]] = {}
        with self._reading(f"what {project} sent") as connection:
            for number, *columns in connection.execute(sql.OUTBOX_OF, (project,)):
                sent[number] = (*sent.get(number, ()), decode_outbox(tuple(columns)))
        return sent

    def deliver(self, items: Sequence[str]) -> None:
        """The items count as delivered."""
        with self._writing():
            flush(self._connection, self._staging)
            self._connection.executemany(sql.DELIVER, ((name,) for name in items))

    def keep_definitions(self, pin: Pin, sources: Sequence[Source]) -> None:
        """The pin's texts are stored; storing them again changes nothing."""
        with self._guarded():
            if self._connection.execute(sql.HAS_PIN, (pin.digest,)).fetchone() is not None:
                return
        with self._writing():
            write_definitions(self._connection, pin, sources)

    def definitions(self, pin: str) -> tuple[Source, ...]:
        """The texts kept under a pin's digest, the workflow first; empty if unknown."""
        with self._reading(f"definitions {pin}") as connection:
            return read_definitions(connection, pin)

    def digests(self, workflow: str, version: int) -> tuple[str, ...]:
        """The pin digests under which projects of that version were started, oldest first."""
        with self._reading("pins") as connection:
            return tuple(_first(connection.execute(sql.DIGESTS, (workflow, version))))

    def pins(self, workflow: str) -> tuple[Pin, ...]:
        """Every version of the workflow whose texts are kept, oldest first, also those that no project runs on."""
        with self._reading("pins") as connection:
            rows = connection.execute(sql.PINS, (workflow,)).fetchall()
        return tuple(Pin(workflow=workflow, version=version, digest=digest) for version, digest in rows)

    def keep_kpis(self, values: Sequence[KpiValue]) -> None:
        """The figures are the newest snapshot."""
        with self._writing():
            write_kpis(self._connection, values)

    def kpis(self) -> Mapping[str, KpiValue]:
        """The newest figure of each KPI."""
        with self._reading("kpis") as connection:
            return {row[0]: decode_kpi(row) for row in connection.execute(sql.KPIS).fetchall()}

    def verify(self) -> Iterator[Broken]:
        """Every break that `audit` finds, which says what it covers."""
        self._settle()
        with self._guarded():
            yield from audit(self._connection, replay)

    def copied(self) -> "SqliteStore":
        """A store in memory that holds what this one holds now; the two go separate ways."""
        self._settle()
        copy = open_in_memory()
        with self._guarded():
            self._connection.backup(copy._connection)  # noqa: SLF001 -- of our own class
        return copy

    def close(self) -> None:
        """Releases the medium."""
        self._roll_back()
        self._connection.close()


def open_sqlite(path: str, *, create: bool, wait_seconds: float) -> SqliteStore:
    """The store in the file at `path`; `wait_seconds` bounds the wait for another writer.

    Raises:
        StoreError: with the code of what is wrong; what was there is untouched.
    """
    return SqliteStore(Path(path), connect(Path(path), create=create, wait_seconds=wait_seconds))


def open_in_memory() -> SqliteStore:
    """An empty store that no file holds: gone when it is closed."""
    return SqliteStore(Path(":memory:"), connect_in_memory())


def _first(rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [row[0] for row in rows]
