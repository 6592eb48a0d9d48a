"""Where one case plays: a store in memory that remembers what is written, a clock that stands still, the runner."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.ports import Write
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.running.ticking import Ticked, tick
from salespm_flow.model.history import Entry, OutboxItem
from salespm_flow.model.project import Project
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Bench
from salespm_flow.store.connection import connect_in_memory, connect_to_copy
from salespm_flow.store.sqlite import SqliteStore

PROJECT: Final = "scenario"


class UndeliveredError(Exception):
    """A mock lets the delivery of a notice fail; caught where time is let pass."""


@cache
def _empty_store() -> bytes:
    """The image of an empty store: copying one takes a tenth of the time that making one takes."""
    connection = connect_in_memory()
    try:
        return connection.serialize()
    finally:
        connection.close()


def _image_of(bench: Bench) -> bytes:
    """The image of a store that holds the definitions of the bench: they are written once, not for each case."""
    if not bench.image:
        connection = connect_to_copy(_empty_store())
        store = SqliteStore(Path(":memory:"), connection)
        for compiled in bench.compiled.values():
            store.keep_definitions(compiled.pin, compiled.sources)
        bench.image.append(connection.serialize())
        store.close()
    return bench.image[0]


class RecordingStore(SqliteStore):
    """A store in memory that keeps the entries written to it in order."""

    def __init__(self, image: bytes) -> None:
        super().__init__(Path(":memory:"), connect_to_copy(image))
        self.entries: list[Entry] = []
        self._standing: dict[str, Project] = {}

    def project(self, project: str) -> Project | None:
        """As the store says; nobody else writes to it, so what was written last need not be read again."""
        return self._standing.get(project) or super().project(project)

    def projects(self, *, workflow: str | None = None, is_open: bool | None = None) -> Iterator[Project]:
        """As the store says, which need not be asked about the only project that there is."""
        if len(self._standing) != 1:
            return super().projects(workflow=workflow, is_open=is_open)
        (only,) = self._standing.values()
        is_meant = workflow in {None, only.pin.workflow} and is_open in {None, only.is_open}
        return iter((only,) if is_meant else ())

    def children(self, project: str) -> Mapping[str, tuple[Project, ...]]:
        """As the store says; the only project that there is has none."""
        return super().children(project) if len(self._standing) > 1 else {}

    def commit(self, writes: Sequence[Write]) -> None:
        """As the store does; the entries are remembered."""
        super().commit(writes)
        for write in writes:
            self.entries += write.entries
            self._standing[write.after.id] = write.after


@dataclass(slots=True, kw_only=True)
class StandingClock:
    """Tells the time that it was set to."""

    at: datetime

    def now(self) -> datetime:
        """The time that it was set to."""
        return self.at


class Stage:
    """One case's world. `fails` are the deliveries of notices that fail still, by notice; `told` those delivered."""

    def __init__(self, bench: Bench, now: datetime, fails: Mapping[str, int]) -> None:
        self.bench = bench
        self.store = RecordingStore(_image_of(bench))
        self.clock = StandingClock(at=now)
        self.runner = Runner(self.store, bench.library, self.clock)
        for compiled in bench.compiled.values():
            self.runner.definitions.adopt(compiled)
        self.fails = dict(fails)
        self.told: list[str] = []

    def close(self) -> None:
        """The memory is free again."""
        self.store.close()

    @property
    def now(self) -> datetime:
        """What time it is on this stage."""
        return self.clock.at

    def pass_until(self, at: datetime) -> Ticked | None:
        """It is that time; what is due has happened. None where a mock has cut it short, as a broken line would."""
        self.clock.at = max(at, self.clock.at)
        try:
            return tick(self.runner, self.clock.at, self._tell)
        except UndeliveredError:
            return None

    def project(self, link: str | None = None) -> Project | None:
        """The project, or the latest child of the link."""
        if link is None:
            return self.store.project(PROJECT)
        born = self.store.children(PROJECT).get(link, ())
        return born[-1] if born else None

    def compiled_for(self, project: Project) -> Compiled:
        """The definition that the project runs on."""
        return self.bench.compiled[project.pin.workflow]

    def entries_of(self, project: str, since: int = 0) -> Iterator[Entry]:
        """What the project's history tells from that entry of the stage on."""
        return (entry for entry in self.store.entries[since:] if entry.project == project)

    def tested_entries(self) -> tuple[Entry, ...]:
        """What was written of projects of the tested workflow."""
        workflow = self.bench.workflow.id
        pins = {one.id: one.pin.workflow for one in self.store.projects()}
        return tuple(entry for entry in self.store.entries if pins.get(entry.project) == workflow)

    def _tell(self, item: OutboxItem) -> None:
        if self.fails.get(item.name, 0) > 0:
            self.fails[item.name] -= 1
            raise UndeliveredError(item.name)
        self.told.append(item.name)
