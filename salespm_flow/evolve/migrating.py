"""Takes projects to another version in batches: read, decided, written with compare-and-set. Knows no command.

What is on the other version already is passed by, so that a run that was killed is simply run again. A batch is one
transaction: of a project either everything has happened or nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.draft import replay
from salespm_flow.engine.ports import StaleWriteError, Write
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.running.runner import RETRIES, Runner
from salespm_flow.errors import InputError, PinnedDefinitionError, SalesPMFlowError, StoreError
from salespm_flow.evolve.course import Course, prepare
from salespm_flow.evolve.relocation import Relocated, Stays, relocate
from salespm_flow.evolve.rollback import Arrival, arrival_in, given_up, restored, turned_round, undone
from salespm_flow.expr.values import Value
from salespm_flow.model.actor import Actor
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.history import Doing, Entry
from salespm_flow.model.migration import Migration
from salespm_flow.model.project import Project, Snapshot
from salespm_flow.nouns import dataclass

# Large enough that a disk flush costs little per project, small enough that others wait for a fraction of a second.
BATCH: Final = 500

# Hears of each project that moves, as it was and as it is then.
Heard = Callable[[Project, Project], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A migration to `target`, or back from it; who asks for it, why, and the time that counts."""

    migration: Migration
    target: Compiled
    actor: Actor
    comment: str
    now: datetime
    is_back: bool = False

    @property
    def from_version(self) -> int:
        """The version that the projects are on."""
        return self.migration.to_version if self.is_back else self.migration.from_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Stayed:
    """A project that does not move: the state it is in, by name, and every reason."""

    project: str
    state: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of a job. `ways` counts moves by the older and the newer states, `passed` those there already."""

    moved: int
    passed: int
    ways: Mapping[tuple[str, str], int]
    stayed: tuple[Stayed, ...]


class Migrating:
    """One run of a job over a store."""

    def __init__(
        self, runner: Runner, job: Job, *, is_dry: bool, batch: int = BATCH, heard: Heard | None = None
    ) -> None:
        self._runner = runner
        self._job = job
        self._is_dry = is_dry
        self._batch = batch
        self._heard = heard
        self._courses: dict[str, Course] = {}
        self._moved = 0
        self._passed = 0
        self._ways: dict[tuple[str, str], int] = {}
        self._stayed: list[Stayed] = []
        # Of the batch at hand: when it is written down, and on the way back the newest entries of its projects.
        self._recorded_at = job.now
        self._newest: Mapping[str, Entry] = {}

    def run(self, progress: Callable[[int], None] | None = None) -> Tally:
        """All projects of the older version have moved or are told with reasons; `progress` hears of each batch.

        Raises:
            InputError: the migration does not fit the versions; nothing was written.
            StoreError: the store failed; the batches before are durable.
            PinnedDefinitionError: the texts of an older version are lost.
        """
        if not self._is_dry:
            self._runner.definitions.keep(self._job.target)
        projects = self._runner.store.projects(workflow=self._job.target.workflow.id, is_open=True)
        due = filter(self._is_due, projects)
        while batch := tuple(islice(due, self._batch)):
            self._take(batch)
            if progress is not None:
                progress(len(batch))
        return Tally(moved=self._moved, passed=self._passed, ways=self._ways, stayed=tuple(self._stayed))

    def _is_due(self, project: Project) -> bool:
        if project.pin.digest == self._job.target.pin.digest:
            self._passed += 1
            return False
        return project.pin.version == self._job.from_version

    def _take(self, batch: Sequence[Project]) -> None:
        """The projects of the batch that can move have moved, in one transaction."""
        self._recorded_at = self._runner.clock.now()
        self._newest = self._runner.store.newest_entries([one.id for one in batch]) if self._job.is_back else {}
        writes = [write for project in batch if (write := self._decided(project)) is not None]
        if self._is_dry or not writes:
            return
        store = self._runner.store
        with store.batch():
            try:
                store.commit(writes)
            except StaleWriteError:  # somebody was faster with one of them
                for write in writes:
                    self._commit_alone(write)

    def _commit_alone(self, write: Write) -> None:
        store = self._runner.store
        for _ in range(RETRIES):
            try:
                store.commit((write,))
            except StaleWriteError:
                self._forget(write)
                found = store.project(write.after.id)
                if found is None or not found.is_open or not self._is_due(found):
                    return
                decided = self._decided(found)
                if decided is None:
                    return
                write = decided
            else:
                return
        self._forget(write)
        words = Bilingual("一直被其他进程修改", "other writers kept changing it")
        reason = reason_of("outrun", ReasonKind.LIMIT, words)
        self._stayed.append(Stayed(project=write.after.id, state=write.after.state, reasons=(reason,)))

    def _forget(self, write: Write) -> None:
        """The write did not happen and is not counted."""
        self._moved -= 1
        if write.before is not None:
            way = write.before.state, write.after.state
            self._ways[way] -= 1

    def _decided(self, project: Project) -> Write | None:
        """The write that moves the project, counted; None where it stays, which is told."""
        now = max(self._job.now, project.updated_at)
        try:
            found = self._way_of(project, now)
        except (InputError, StoreError, PinnedDefinitionError):
            raise
        except SalesPMFlowError as error:  # of one project alone: a calendar that cannot answer, no fuel
            found = Stays(reasons=(reason_of(error.code, ReasonKind.LIMIT, error.message),))
        if found is None:
            return None
        if isinstance(found, Stays):
            self._stayed.append(Stayed(project=project.id, state=project.state, reasons=found.reasons))
            return None
        if self._heard is not None:
            self._heard(project, found.project)
        self._moved += 1
        way = project.state, found.project.state
        self._ways[way] = self._ways.get(way, 0) + 1
        return Write(before=project, after=found.project, entries=(self._entry(found, now),))

    def _entry(self, found: Relocated, now: datetime) -> Entry:
        job, pin = self._job, self._job.target.pin
        return Entry(
            project=found.project.id,
            number=found.project.revision,
            doing=Doing.ROLL_BACK if job.is_back else Doing.MIGRATE,
            name=f"{pin.workflow}@{pin.version}",
            actor=job.actor.id,
            role=job.actor.role,
            at=now,
            recorded_at=self._recorded_at,
            comment=job.comment,
            changes=found.changes,
        )

    def _way_of(self, project: Project, now: datetime) -> Relocated | Stays | None:
        if not self._job.is_back:
            return self._relocated(project, now, {})
        arrival = self._arrival(project)
        if arrival is None or arrival.change.former.digest != self._job.target.pin.digest:
            self._passed += 1  # it began on the newer version, or came there from another
            return None
        if arrival.entry.number != project.revision:
            return self._relocated(project, now, given_up(arrival, self._job.migration))
        before = undone(project, arrival, now) or self._before(project, now)
        return restored(project, before, arrival)

    def _before(self, project: Project, now: datetime) -> Project:
        """The project as its history tells it without the newest entry, one revision on."""
        told = replay(self._history(project)[:-1])
        if told is None:  # a migration is never the first entry
            raise ValueError(project.id)
        return replace(told, revision=project.revision + 1, updated_at=now)

    def _arrival(self, project: Project) -> Arrival | None:
        """How the project came to its version: mostly by its newest entry, which spares reading all the others."""
        newest = self._newest.get(project.id)
        found = None if newest is None or newest.number != project.revision else arrival_in(project, (newest,))
        return found or arrival_in(project, reversed(self._history(project)))

    def _history(self, project: Project) -> tuple[Entry, ...]:
        return tuple(self._runner.store.history(project.id))

    def _relocated(self, project: Project, now: datetime, restored_values: Mapping[str, Value]) -> Relocated | Stays:
        course = self._course(self._runner.definitions.pinned(project.pin))
        if course.is_alone:  # which spares several queries for each of many projects
            snapshot = Snapshot(project=project, children={}, parent=None, kpis={})
        else:
            snapshot, _ = self._runner.snapshot_of(project)
        return relocate(course, snapshot, now, restored=restored_values)

    def _course(self, old: Compiled) -> Course:
        """The course from that version; several texts may stand under the older number."""
        digest = old.pin.digest
        if digest not in self._courses:
            migration = self._job.migration
            if self._job.is_back:
                migration = turned_round(migration, self._job.target.workflow, old.workflow)
            self._courses[digest] = prepare(migration, old, self._job.target)
        return self._courses[digest]
