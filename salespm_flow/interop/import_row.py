"""Turns the cells of a line into what a project needs: fields, owner, state and dates. Decides and stores nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from salespm_flow.definition.csv_rows import delimiter_hint, is_wide, wide_file
from salespm_flow.definition.findings import listed, shown
from salespm_flow.definition.row_files import lines_of, merges_of
from salespm_flow.definition.rows import Line, RowFile
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ImportFileError, InputError
from salespm_flow.expr.values import Value
from salespm_flow.interop.cells import (
    Cell,
    CellReader,
    Meaning,
    field_reader,
    moment_reader,
    path_of,
    read_key,
    read_nothing,
    read_text,
    remembering,
    state_reader,
)
from salespm_flow.interop.csv_table import unguarded
from salespm_flow.interop.twins import Twins
from salespm_flow.model.library import FileFormat, ImportMapping
from salespm_flow.nouns import dataclass
from salespm_flow.suggest import nearest_name

SHOWN_NAMES: Final = 10
# Past this many columns no guess is made at what a missing one is called: it would take minutes.
_GUESSED_NAMES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """A line as a project: `dates` are the moments of entry by state path, in file order, None where the cell is blank.

    `fields` holds every mapped field, None where the cell is blank or cannot be resolved; `unresolved` are the latter
    with the cell's text. `digest` is the same for rows that say the same. A row with `unread` cells says nothing else
    but its key, as far as that can be read.
    """

    line: int
    key: str
    owner: str
    state: str
    fields: Mapping[str, Value]
    dates: Mapping[str, datetime | None]
    unresolved: tuple[tuple[str, str], ...]
    digest: str
    unread: "tuple[BadCell, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCell:
    """A cell that cannot be read at all, or a whole row where `column` is blank.

    `place` names the cell for a person who looks at the row, `hint` what would be accepted.
    """

    column: str
    text: str
    place: Bilingual
    message: Bilingual
    hint: Bilingual | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Reads the lines of one file. `columns` are positions in the header with their readers.

    They come as key, owner and state, then one for each of `fields`, then one for each state of `dates`.
    """

    names: tuple[str, ...]
    columns: tuple[tuple[int, CellReader], ...]
    fields: tuple[str, ...]
    dates: tuple[str, ...]

    def read(self, line: Line) -> ImportRow:
        """The row.

        Raises:
            InputError: a cell cannot be read.
        """
        texts = line.cells
        if line.faults:
            self._raise_fault(line)
        cells = [read(texts[index]) for index, read in self.columns]
        key, owner, state = cells[:3]
        found, entered = cells[3 : 3 + len(self.fields)], cells[3 + len(self.fields) :]
        return ImportRow(
            line=line.number,
            key=str(key.value),
            owner=str(owner.value),
            state=str(state.value),
            fields={name: cell.value for name, cell in zip(self.fields, found, strict=True)},
            dates={
                path: cell.value if isinstance(cell.value, datetime) else None
                for path, cell in zip(self.dates, entered, strict=True)
            },
            unresolved=tuple(
                (name, texts[index].strip())
                for name, cell, (index, _) in zip(self.fields, found, self.columns[3:], strict=False)
                if not cell.is_resolved
            ),
            digest=self._digest(cells[1:]),
        )

    @property
    def key(self) -> int:
        """The position of the key."""
        return self.columns[0][0]

    def rest(self, line: Line, file: RowFile) -> ImportRow:
        """What is left of a line that cannot be read: its key, and every cell that is wrong."""
        key = unguarded(line.cells[self.key].strip()) if len(line.cells) > self.key else ""
        return ImportRow(
            line=line.number,
            key=key,
            owner="",
            state="",
            fields={},
            dates={},
            unresolved=(),
            digest="",
            unread=tuple(self._bad_cells(line, file)),
        )

    def _bad_cells(self, line: Line, file: RowFile) -> Iterator[BadCell]:
        """Every cell that cannot be read, once; one column may fill a field and date several states."""
        texts = line.cells
        if len(texts) != len(self.names):
            yield _odd_width(len(texts), len(self.names))
            return
        told: set[int] = set()
        for index, read in self.columns:
            try:
                if index in line.faults:
                    raise line.faults[index]
                read(texts[index])
            except InputError as error:
                if index not in told:
                    told.add(index)
                    yield BadCell(
                        column=self.names[index],
                        text=texts[index],
                        place=file.cell_place(line.number, index, self.names[index]),
                        message=error.message,
                        hint=error.hint,
                    )

    def _raise_fault(self, line: Line) -> None:
        for index, _ in self.columns:
            if index in line.faults:
                raise line.faults[index]

    def _digest(self, cells: Sequence[Cell]) -> str:
        # Marks are JSON texts, which hold no line break. The names count too: another mapping may swap two fields.
        text = "\n".join((*self.fields, *self.dates, *[cell.mark for cell in cells]))
        return sha256(text.encode()).hexdigest()


def read_rows(file: RowFile, meaning: Meaning) -> Iterator[ImportRow]:
    """The rows of a file, streamed; one that cannot be read says which of its cells are wrong.

    Raises:
        ImportFileError: the file cannot be read or lacks columns.
    """
    lines = lines_of(file)
    reader = _reader_for(file, meaning, next(lines, None))
    width = len(reader.names)
    for line in _of_width(lines, file, width):
        try:
            row = reader.read(line) if len(line.cells) == width else reader.rest(line, file)
        except InputError:
            row = reader.rest(line, file)
        yield row


def check_file(file: RowFile, meaning: Meaning, twins: Twins) -> int:
    """The number of rows, once the whole file is known to be a table with the columns; `twins` has heard every key.

    Raises:
        ImportFileError: the file cannot be read, lacks columns or merges cells of them.
    """
    lines = lines_of(file)
    reader = _reader_for(file, meaning, next(lines, None))
    _refuse_merges(file, reader)
    rows = 0
    for line in _of_width(lines, file, len(reader.names)):
        rows += 1
        if len(line.cells) > reader.key:
            twins.note(unguarded(line.cells[reader.key].strip()))
    return rows


def _of_width(lines: Iterable[Line], file: RowFile, width: int) -> Iterator[Line]:
    """The lines; those of a sheet, which end with their last filled cell, as wide as the header.

    What stands beside the table, below no name, is no part of it.
    """
    if file.format is not FileFormat.XLSX:
        yield from lines
        return
    for line in lines:
        cells = line.cells[:width]
        if any(cells) or line.faults:
            yield Line(line.number, cells + [""] * (width - len(cells)), line.faults)


def unread_columns(file: RowFile, meaning: Meaning) -> tuple[str, ...]:
    """The columns that the mapping says nothing about, in file order.

    Raises:
        ImportFileError: the file cannot be read.
    """
    header = next(lines_of(file), None)
    wanted = frozenset(_wanted(meaning.mapping))
    return () if header is None else tuple(n for name in header.cells if (n := name.strip()) and n not in wanted)


def _wanted(mapping: ImportMapping) -> Iterator[str]:
    """Every column that the mapping names."""
    yield mapping.key
    yield mapping.state_column
    if mapping.owner is not None:
        yield mapping.owner
    yield from (column.column for column in mapping.fields.values())
    yield from mapping.entered.values()


def _reader_for(file: RowFile, meaning: Meaning, header: Line | None) -> RowReader:
    path = file.path
    if header is None:
        raise ImportFileError(
            Bilingual(f"{path} 是空文件", f"{path} is empty"),
            Bilingual("第一行应是列名", "the first line must hold the names of the columns"),
        )
    names = tuple(name.strip() for name in header.cells)
    missing = tuple(dict.fromkeys(column for column in _wanted(meaning.mapping) if column not in names))
    if missing:
        raise wide_file(path) if is_wide(header.cells) else _missing_columns(file, missing, header.cells)
    twice = tuple(column for column in dict.fromkeys(_wanted(meaning.mapping)) if names.count(column) > 1)
    if twice:
        raise _doubled_columns(file, twice)
    return _reader(meaning, names)


def _reader(meaning: Meaning, names: tuple[str, ...]) -> RowReader:
    mapping = meaning.mapping
    fields, dates = tuple(mapping.fields.values()), tuple(mapping.entered.items())
    columns: list[tuple[str, CellReader]] = [
        (mapping.key, read_key),
        (mapping.owner or mapping.key, remembering(read_text if mapping.owner is not None else read_nothing)),
        (mapping.state_column, remembering(state_reader(meaning))),
    ]
    columns += ((column.column, remembering(field_reader(meaning, column))) for column in fields)
    columns += ((column, remembering(moment_reader(meaning, state))) for state, column in dates)
    return RowReader(
        names=names,
        columns=tuple((names.index(column), read) for column, read in columns),
        fields=tuple(column.field for column in fields),
        dates=tuple(path_of(meaning.workflow, state) for state, _ in dates),
    )


def _refuse_merges(file: RowFile, reader: RowReader) -> None:
    """No cell of a column that is read is part of a merged range, where all cells but the first would be blank."""
    read = {index for index, _ in reader.columns}
    bad = [merge.address for merge in merges_of(file) if any(merge.first <= index <= merge.last for index in read)]
    if bad:
        names = _first_names(bad)
        raise ImportFileError(
            Bilingual(
                f"{file.path} 的这些区域有合并单元格：{names.zh}",
                f"{file.path} merges cells in columns that are read: {names.en}",
            ),
            Bilingual("取消合并，并在每一格填上值", "unmerge them and fill in every cell"),
        )


def _odd_width(found: int, expected: int) -> BadCell:
    return BadCell(
        column="",
        text="",
        place=Bilingual("", ""),
        message=Bilingual(
            f"这一行有 {found} 格，表头有 {expected} 列",
            f"cells in the row: {found}; columns in the header: {expected}",
        ),
        hint=Bilingual("含逗号的单元格要放在双引号里", "a cell with a comma stands in double quotes"),
    )


def _missing_columns(file: RowFile, missing: tuple[str, ...], header: list[str]) -> ImportFileError:
    names = [name.strip() for name in header]
    lacking, found = _first_names(missing), _first_names(names)
    candidates = names if len(names) <= _GUESSED_NAMES else []
    meant = [(shown(near), shown(name)) for name in missing if (near := nearest_name(name, candidates)) is not None]
    hint = Bilingual(f"文件中的列：{found.zh}", f"the file has: {found.en}")
    if meant:
        zh = "、".join(f"{near}（而不是 {name}）" for near, name in meant)
        en = ", ".join(f"{near} for {name}" for near, name in meant)
        hint = Bilingual(f"{hint.zh}；是否想写 {zh}？", f"{hint.en}; did you mean {en}?")
    return ImportFileError(
        Bilingual(
            f"{file.path} 缺少映射需要的列：{lacking.zh}",
            f"{file.path} lacks columns that the mapping needs: {lacking.en}",
        ),
        delimiter_hint(header) or hint,
    )


def _first_names(names: Sequence[str]) -> Bilingual:
    """The first `SHOWN_NAMES` names, and how many more there are."""
    shown, more = listed(names[:SHOWN_NAMES]), len(names) - SHOWN_NAMES
    return Bilingual(f"{shown.zh} ……还有 {more} 个", f"{shown.en} … and {more} more") if more > 0 else shown


def _doubled_columns(file: RowFile, twice: Sequence[str]) -> ImportFileError:
    names = _first_names(twice)
    return ImportFileError(
        Bilingual(
            f"{file.path} 的表头中有重复的列：{names.zh}", f"{file.path} names columns more than once: {names.en}"
        ),
        Bilingual("每个列名只能出现一次", "each name may stand once in the header"),
    )
