"""What other processes do to a store in the contract suite; a spawned process imports it by name."""

import os
from pathlib import Path
from threading import Event
from typing import Final

from salespm_flow.engine.ports import Answer, KpiValue, StaleWriteError
from salespm_flow.errors import StoreError
from salespm_flow.model.history import FieldSet
from salespm_flow.store import open_store
from salespm_flow.store.sqlite import open_sqlite
from tests.contract.tales import PIN, SOURCES, START, Tale, opened

# How long a turn at a shared store may be waited for: long enough for any load of the machine.
PATIENCE_SECONDS: Final = 3600


def advance(url: str, projects: tuple[str, ...], worker: str, times: int) -> None:
    """Each project is advanced so many times by this worker, deciding again whenever it was outrun."""
    store = open_store(url, wait_seconds=PATIENCE_SECONDS)
    for turn in range(times):
        for project in projects:
            while True:
                tale = Tale(tuple(store.history(project)))
                longer = tale.told(FieldSet(field=worker, value=f"turn {turn}"))
                try:
                    store.commit([longer.write(tale)])
                except StaleWriteError:
                    continue
                break
    store.close()


def advance_for_ever(url: str, project: str, journal: Path) -> None:
    """The project is advanced until the process dies; the journal holds each key before and after its commit."""
    store = open_store(url, wait_seconds=PATIENCE_SECONDS)
    with journal.open("a", encoding="utf-8", buffering=1) as notes:
        while True:
            tale = Tale(tuple(store.history(project)))
            key = f"{os.getpid()}-{len(tale.entries)}"
            notes.write(f"intent {key}\n")
            longer = tale.told(FieldSet(field="key", value=key))
            store.commit([longer.write(tale, answer=Answer(key=key, fingerprint=key, result=key))])
            notes.write(f"done {key}\n")


def create(url: str, project: str) -> None:
    """The store exists, made here or by another process at the same time, and holds the project."""
    store = open_store(url, create=True, wait_seconds=PATIENCE_SECONDS)
    store.keep_definitions(PIN, SOURCES)
    store.commit([opened(project).write()])
    store.close()


def hold(url: str, ready: Path) -> None:
    """The store is locked for writing from when `ready` exists, until the process is killed."""
    store = open_store(url)
    with store.batch():
        names = [project.id for project in store.projects()]
        tale = Tale(tuple(store.history(names[0])))
        store.commit([tale.told(FieldSet(field="held", value=True)).write(tale)])
        ready.touch()
        Event().wait()


def write_as_nobody(path: str, verdict: Path) -> None:
    """The code of what happens on a write by a user who may only read; root may write everything."""
    _be_nobody()
    try:
        store = open_sqlite(path, create=False, wait_seconds=0)
        (project,) = store.projects()
        tale = Tale(tuple(store.history(project.id)))
        store.commit([tale.told(FieldSet(field="x", value=True)).write(tale)])
        said = "written"
    except StoreError as error:
        said = error.code
    verdict.write_text(said, encoding="utf-8")


def read_then_write_as_nobody(path: str, verdict: Path) -> None:
    """What a user who may not write the folder reads there, and the codes of three writes."""
    _be_nobody()
    store = open_sqlite(path, create=False, wait_seconds=0)
    (project,) = store.projects()
    tale = Tale(tuple(store.history(project.id)))
    said = [f"{project.id}, {len(tale.entries)}, {len(list(store.verify()))} breaks"]
    longer = tale.told(FieldSet(field="x", value=True))
    other = str(Path(path).with_name("other.db"))
    for write in (
        lambda: store.commit([longer.write(tale)]),
        lambda: store.keep_kpis([KpiValue(kpi="won", value=None, population=0, at=START)]),
        lambda: open_sqlite(other, create=True, wait_seconds=0),
    ):
        try:
            write()
            said.append("written")
        except StoreError as error:
            said.append(error.code)
    store.close()
    verdict.write_text("; ".join(said), encoding="utf-8")


def _be_nobody() -> None:
    """Root may write everything."""
    if os.geteuid() == 0:
        os.setegid(65534)
        os.seteuid(65534)
