"""Imports a file of rows by a mapping: every row becomes a project, or revises its own, through the guarded path.

The whole file is read once before anything is written, so that what is no table is refused whole. Rows are then
written in batches, each project whole; an import that was stopped is completed by running it again. What a row said is
kept as a digest beside its project, so that a row that says the same again is left alone.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Final

from salespm_flow.definition.row_files import settled
from salespm_flow.definition.rows import RowFile
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.answers import to_text
from salespm_flow.engine.ports import Answer, StaleWriteError
from salespm_flow.engine.running.runner import Runner
from salespm_flow.errors import ConflictError
from salespm_flow.interop.cells import Meaning, nearest_value
from salespm_flow.interop.import_report import Fate, ImportReport, Taken, Tally
from salespm_flow.interop.import_row import BadCell, ImportRow, check_file, read_rows, unread_columns
from salespm_flow.interop.itinerary import Itinerary
from salespm_flow.interop.passage import Ground, Passage, RefusedRowError
from salespm_flow.interop.twins import Twins
from salespm_flow.model.decision import SYSTEM, Actor, Reason, ReasonKind
from salespm_flow.model.history import Noted
from salespm_flow.model.library import FileFormat, ImportMapping, Unmapped
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass

Progress = Callable[[int, int], None]
RETRIES: Final = 20
# Who acts for a row whose owner is not named.
IMPORTER: Final = "import"
_STEP: Final = 100


class ImportStoppedError(Exception):
    """The import was asked to stop; `rows` are in the store, each whole."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.rows = rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    ground: Ground
    twins: Twins
    mapping: ImportMapping
    importer: str
    is_dry_run: bool

    @property
    def runner(self) -> Runner:
        return self.ground.runner


def run_import(
    runner: Runner,
    mapping: ImportMapping,
    path: Path,
    *,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
    importer: str = IMPORTER,
    is_stopped: Callable[[], bool] | None = None,
    on_row: Callable[[ImportRow, Taken], None] | None = None,
) -> ImportReport:
    """Every row of the file is a project, or is refused with its reasons; importing the file again changes nothing.

    A row with a cell that cannot be read is refused like any other: the rest of the file is imported.

    A row walks through the states of `entered` that have a date to its own state, as its owner and dated by the file;
    `importer` acts for rows without an owner. A blank date is taken from `as_of` (else from `at`) and noted as
    assumed; a text that cannot be resolved leaves its field empty and is noted. Clocks that would be due by `at` are
    stopped, and nobody is notified of the past. `progress` hears how many rows of how many are done; `is_stopped` is
    asked between two rows, `on_row` hears what became of each.

    Raises:
        ImportStoppedError: `is_stopped` said so; the rows before are durable.
        MissingExtraError: the library for the file's format is not installed.
        ImportFileError: the file cannot be read, lacks columns or merges cells of them; nothing was written.
        UnknownNameError: the mapping's workflow does not exist.
        PinnedDefinitionError: the workflow's text changed under running projects without a new version.
        ConflictError: other writers kept changing the same project.
        StoreError: the store failed; rows up to the last batch are durable, each whole.
    """
    meaning, ground = _prepared(runner, mapping, at)
    file = settled(file_of(mapping, path))
    twins = _twins_of(file)
    watch = _Watch(rows=check_file(file, meaning, twins), progress=progress, is_stopped=is_stopped, on_row=on_row)
    if not dry_run:
        runner.definitions.keep(ground.itinerary.compiled)
    job = _Job(ground=ground, twins=twins, mapping=mapping, importer=importer, is_dry_run=dry_run)
    tally = Tally()
    # A block that is left early, but not by an exception, keeps what was written in it.
    with nullcontext() if dry_run else runner.store.batch():
        is_whole = watch.sees_all(_accounted(job, read_rows(file, meaning), tally))
    if not is_whole:
        raise ImportStoppedError(tally.kept)
    return tally.report(nearest=_nearest(tally, meaning), unread=unread_columns(file, meaning))


def _prepared(runner: Runner, mapping: ImportMapping, at: datetime) -> tuple[Meaning, Ground]:
    """What the cells of the mapping's rows mean, and what every row is imported with."""
    compiled = runner.definitions.openable(mapping.workflow)
    zone = zone_named(runner.library.workspace.timezone)
    meaning = Meaning(mapping=mapping, workflow=compiled.workflow, references=runner.library.references, zone=zone)
    kpis = {name: found.value for name, found in runner.store.kpis().items()} if compiled.needs_kpis else {}
    itinerary = Itinerary(compiled, mapping)
    return meaning, Ground(runner=runner, itinerary=itinerary, at=at, as_of=_as_of(mapping, at, zone), kpis=kpis)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """Who hears how the import goes on, and who may stop it."""

    rows: int
    progress: Progress | None
    is_stopped: Callable[[], bool] | None
    on_row: Callable[[ImportRow, Taken], None] | None

    def sees_all(self, accounted: Iterable[tuple[ImportRow, Taken]]) -> bool:
        """Whether every row was taken; False where somebody stopped before the last."""
        for number, (row, taken) in enumerate(accounted, start=1):
            if self.on_row is not None:
                self.on_row(row, taken)
            if self.progress is not None and (number % _STEP == 0 or number == self.rows):
                self.progress(number, self.rows)
            if number < self.rows and self.is_stopped is not None and self.is_stopped():
                return False
        return True


def _nearest(tally: Tally, meaning: Meaning) -> dict[tuple[str, str], str | None]:
    """What each text that could not be resolved probably means, by field and text."""
    return {
        (name, text): nearest_value(meaning.workflow.fields[name], text, meaning.references)
        for name, texts in tally.unresolved_texts
        for text in texts
    }


def file_of(mapping: ImportMapping, path: Path) -> RowFile:
    """The file, to be read as the mapping says."""
    return RowFile(path=path, format=mapping.format, encoding=mapping.encoding, sheet=mapping.sheet)


def _twins_of(file: RowFile) -> Twins:
    """A finder of doubled keys for a file of this size; what a sheet unpacks to is some ten times its file."""
    try:
        size = file.path.stat().st_size
    except OSError:  # reading it will tell
        return Twins(0)
    return Twins(size * 8 if file.format is FileFormat.XLSX else size)


def _accounted(job: _Job, rows: Iterable[ImportRow], tally: Tally) -> Iterator[tuple[ImportRow, Taken]]:
    """Each row with what became of it, once it is imported or refused and counted."""
    for row in rows:
        first = job.twins.first_line(row.key, row.line)
        taken = _unread(row) if row.unread else _taken(job, row) if first == row.line else _duplicate(row, first)
        tally.add(row, taken)
        yield row, taken


def _as_of(mapping: ImportMapping, at: datetime, zone: tzinfo) -> datetime:
    if mapping.as_of is None:
        return at
    return datetime.combine(date.fromisoformat(mapping.as_of), time.min, zone).astimezone(UTC)


def _taken(job: _Job, row: ImportRow) -> Taken:
    """The row is imported, or every reason why not."""
    if row.unresolved and job.mapping.unmapped is Unmapped.REFUSE:
        return Taken(fate=Fate.REFUSED, reasons=tuple(_unresolved(name, text) for name, text in row.unresolved))
    if row.owner == SYSTEM:
        return Taken(fate=Fate.REFUSED, reasons=(_reserved_owner(),))
    for _ in range(RETRIES):
        key, known = _last_answer(job, row)
        if known is not None and known.fingerprint == row.digest:
            return Taken(fate=Fate.UNCHANGED)
        try:
            return _created(job, row, key) if known is None else _revised(job, row, key)
        except RefusedRowError as refusal:
            return Taken(fate=Fate.REFUSED, reasons=refusal.reasons)
        except StaleWriteError:
            continue
    raise ConflictError(
        Bilingual(f"项目 {row.key} 一直被其他进程修改", f"other writers kept changing the project {row.key}"),
        Bilingual("请稍后再导入一次：已导入的行不会重复", "import again later: rows already imported are not doubled"),
    )


def _last_answer(job: _Job, row: ImportRow) -> tuple[str, Answer | None]:
    """What the row said at its last import, and the key under which its next one is kept.

    Answers are never changed, so that each import that found something new has a key of its own.
    """
    store, stem = job.runner.store, f"import:{job.mapping.id}"
    key, last, number = stem, None, 1
    while (found := store.answer(row.key, key)) is not None:
        last, number = found, number + 1
        key = f"{stem}:{number}"
    return key, last


def _created(job: _Job, row: ImportRow, key: str) -> Taken:
    """A project that no import knows is new; where another door has made it, it is revised.

    Raises:
        RefusedRowError: with every reason.
        StaleWriteError: another process was faster.
    """
    passage = Passage(job.ground, row, Actor(id=row.owner or job.importer), None)
    try:
        passage.open()
    except RefusedRowError:
        if job.runner.store.project(row.key) is not None:
            return _revised(job, row, key)
        raise
    if job.is_dry_run:
        # A store that is not being written to answers at once; in a batch, asking would end its transaction.
        if job.runner.store.project(row.key) is not None:
            return _revised(job, row, key)
        return Taken(fate=Fate.CREATED, entries=passage.entries, is_assumed=passage.is_assumed)
    try:
        _commit(job, passage, key)
    except StaleWriteError:
        if job.runner.store.project(row.key) is None:
            raise
        return _revised(job, row, key)
    return Taken(fate=Fate.CREATED, entries=passage.entries, is_assumed=passage.is_assumed)


def _revised(job: _Job, row: ImportRow, key: str) -> Taken:
    """The project has what the row newly says, on the definition it is pinned to.

    Raises:
        RefusedRowError: with every reason.
        StaleWriteError: another process was faster.
    """
    snapshot, compiled = job.runner.snapshot(row.key)
    if compiled.workflow.id != job.mapping.workflow:
        raise RefusedRowError((_other_workflow(compiled.workflow.id, job.mapping.workflow),))
    ground = job.ground
    if compiled is not ground.itinerary.compiled:
        ground = replace(ground, itinerary=Itinerary(compiled, job.mapping))
    noted = frozenset(
        change for entry in job.runner.store.history(row.key) for change in entry.changes if isinstance(change, Noted)
    )
    passage = Passage(ground, row, Actor(id=row.owner or job.importer), snapshot)
    passage.revise(noted)
    if not job.is_dry_run:
        _commit(job, passage, key)
    fate = Fate.REVISED if passage.entries else Fate.UNCHANGED
    return Taken(fate=fate, entries=passage.entries, is_assumed=passage.is_assumed)


def _commit(job: _Job, passage: Passage, key: str) -> None:
    project = passage.project
    result = to_text(
        {"status": "accepted", "project": project.id, "revision": project.revision, "state": project.state}
    )
    answer = Answer(key=key, fingerprint=passage.row.digest, result=result)
    job.runner.store.commit(passage.writes(answer))


def _unread(row: ImportRow) -> Taken:
    """The row is refused for each cell that cannot be read: which one, what it says, what would be accepted."""
    return Taken(fate=Fate.REFUSED, reasons=tuple(_unread_cell(cell) for cell in row.unread))


def _unread_cell(cell: BadCell) -> Reason:
    message = cell.message
    if cell.column:
        message = Bilingual(f"{cell.place.zh}：{message.zh}", f"{cell.place.en}: {message.en}")
    if cell.hint is not None:
        message = Bilingual(f"{message.zh}；{cell.hint.zh}", f"{message.en}; {cell.hint.en}")
    name = f"cell.{cell.column}" if cell.column else "width"
    values = {"column": cell.column, "value": cell.text} if cell.column else {}
    return Reason(id=name, kind=ReasonKind.VALUE, message=message, rule=None, values=values)


def _duplicate(row: ImportRow, first: int) -> Taken:
    message = Bilingual(f"第 {first} 行的主键已是 {row.key}", f"line {first} of the file has the key {row.key} already")
    return Taken(fate=Fate.REFUSED, reasons=(_reason("duplicate", message),))


def _unresolved(name: str, text: str) -> Reason:
    return _reason(name, Bilingual(f"“{text}”不是 {name} 的可选值", f'"{text}" is no value of {name}'))


def _reserved_owner() -> Reason:
    return _reason("owner", Bilingual(f"负责人不能是“{SYSTEM}”", f'the owner must not be "{SYSTEM}"'))


def _other_workflow(found: str, expected: str) -> Reason:
    return _reason(
        "workflow",
        Bilingual(
            f"已有同名项目，属于流程 {found}，不是 {expected}",
            f"a project of that name exists in the workflow {found}, not {expected}",
        ),
    )


def _reason(name: str, message: Bilingual) -> Reason:
    return Reason(id=name, kind=ReasonKind.VALUE, message=message, rule=None, values={})
