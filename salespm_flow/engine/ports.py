"""What the engine asks of the world: a store and a clock. Knows no implementation of either."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from salespm_flow.expr.values import Value
from salespm_flow.model.history import Entry, OutboxItem
from salespm_flow.model.project import ApprovalRequest, Pin, Project, Risk, Task
from salespm_flow.model.project import Clock as ProjectClock
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered under an idempotency key: the request's fingerprint and the result as JSON text."""

    key: str
    fingerprint: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What one transaction does to one project.

    `before` is the project that was decided on (None: it must not exist yet); the write holds only if the stored
    revision is still its revision. `entries` are all entries between the two, in order. `delivered` are ids of
    outbox items (of any project) that this write consumes.
    """

    before: Project | None
    after: Project
    entries: tuple[Entry, ...]
    outbox: tuple[OutboxItem, ...] = ()
    delivered: tuple[str, ...] = ()
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueClock:
    """A clock whose time has come."""

    project: str
    clock: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedTask:
    """A task that is still to be done, and the project with its owner."""

    project: str
    owner: str
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedApproval:
    """A pending approval request, and the project with its owner."""

    project: str
    owner: str
    request: ApprovalRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRisk:
    """An open risk, and the project with its owner."""

    project: str
    owner: str
    risk: Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where an open project stands and since when, with the clocks of its states' time limits, by id."""

    project: str
    owner: str
    pin: Pin
    leaves: tuple[str, ...]
    entered: Mapping[str, datetime]
    clocks: Mapping[str, ProjectClock]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A place where the stored history does not agree with its hashes or with the stored state."""

    project: str
    number: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiValue:
    """One stored figure; `value` None means n/a. `population` is the number of rows behind it."""

    kpi: str
    value: Value
    population: int
    at: datetime


class StaleWriteError(Exception):
    """A write's `before` is no longer what the store holds; the runner decides again."""


class AlreadyDeliveredError(StaleWriteError):
    """An outbox item that a write consumes was consumed before; deciding again would hear it twice."""


class Store(Protocol):
    """Durable truth. Every method raises StoreError with a clear message when the medium fails."""

    def project(self, project: str) -> Project | None:
        """The project as stored now."""
        ...

    def projects(self, *, workflow: str | None = None, is_open: bool | None = None) -> Iterator[Project]:
        """The matching projects, by id, streamed."""
        ...

    def ids(self, *, prefix: str = "") -> Iterator[str]:
        """The ids of all projects that begin so, in order, streamed; nothing else of them is read."""
        ...

    def children(self, project: str) -> Mapping[str, tuple[Project, ...]]:
        """The children of a project by link, oldest first."""
        ...

    def answer(self, project: str, key: str) -> Answer | None:
        """What was answered before under this key of this project."""
        ...

    def commit(self, writes: Sequence[Write]) -> None:
        """All writes are durable, or none; raises StaleWriteError when one is out of date."""
        ...

    def batch(self) -> AbstractContextManager[None]:
        """Commits inside the block share transactions of bounded size; the block's end makes all durable."""
        ...

    def history(self, project: str) -> Iterator[Entry]:
        """The entries of a project, oldest first, streamed."""
        ...

    def newest_entries(self, projects: Sequence[str]) -> Mapping[str, Entry]:
        """The newest entry of each of these projects; asked of all together, for whoever has many to look at."""
        ...

    def histories(self) -> Iterator[Entry]:
        """All entries, grouped by project, oldest first, streamed."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[DueClock, ...]:
        """The earliest clocks due at or before `now`, in due order."""
        ...

    def tasks_of(self, parties: Sequence[str]) -> Iterator[AssignedTask]:
        """The tasks that these parties (`person:…`, `role:…`) are to do, by party, then due date, those without last.

        This and the four below read what they yield and no other project, streamed in pages.
        """
        ...

    def approvals_of(self, parties: Sequence[str]) -> Iterator[AwaitedApproval]:
        """The pending requests that these parties may approve, by party, then due date, those without last.

        A request that waits for several of the parties comes once for each.
        """
        ...

    def risks_of(self, parties: Sequence[str]) -> Iterator[OwnedRisk]:
        """The open risks that these parties own, by party, then the date their response is due, those without last."""
        ...

    def overdue_tasks(self, owners: Sequence[str], now: datetime) -> Iterator[AssignedTask]:
        """The tasks due before `now` in the open projects of these people, whoever is to do them; by owner, project."""
        ...

    def stays_of(self, owners: Sequence[str], workflows: Sequence[str] | None = None) -> Iterator[Stay]:
        """The open projects of these people, of all workflows or of these, by owner and id."""
        ...

    def stays_in(self, owners: Sequence[str], workflows: Sequence[str], states: Sequence[str]) -> Iterator[Stay]:
        """The open projects of these people and workflows whose `Project.state` is one of the names; by owner, id.

        Reads no project that stands elsewhere.
        """
        ...

    def outbox(self, now: datetime, limit: int) -> tuple[OutboxItem, ...]:
        """Undelivered items due at or before `now`, in due order."""
        ...

    def outbox_of(self, project: str) -> Mapping[int, tuple[OutboxItem, ...]]:
        """All that the project ever sent, delivered or not, by the number of the entry that sent it."""
        ...

    def deliver(self, items: Sequence[str]) -> None:
        """The items count as delivered."""
        ...

    def keep_definitions(self, pin: Pin, sources: Sequence[Source]) -> None:
        """The pin's texts are stored; storing them again changes nothing."""
        ...

    def definitions(self, pin: str) -> tuple[Source, ...]:
        """The texts kept under a pin's digest, the workflow first; empty if unknown."""
        ...

    def digests(self, workflow: str, version: int) -> tuple[str, ...]:
        """The pin digests under which projects of that version were started, oldest first."""
        ...

    def pins(self, workflow: str) -> tuple[Pin, ...]:
        """Every version of the workflow whose texts are kept, oldest first, also those that no project runs on."""
        ...

    def keep_kpis(self, values: Sequence[KpiValue]) -> None:
        """The figures are the newest snapshot."""
        ...

    def kpis(self) -> Mapping[str, KpiValue]:
        """The newest figure of each KPI."""
        ...

    def verify(self) -> Iterator[Broken]:
        """Every break of a hash chain, of a stored state against its history, or of a definition text."""
        ...

    def close(self) -> None:
        """Releases the medium."""
        ...
