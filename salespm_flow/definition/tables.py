"""Reads CSV and XLSX files as typed rows. Knows columns and their types, not what the rows are for."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import UTC, tzinfo
from pathlib import Path
from types import MappingProxyType

from salespm_flow.definition.build.fields import is_within
from salespm_flow.definition.cell_literals import cell_reader
from salespm_flow.definition.csv_rows import fault_of
from salespm_flow.definition.encoding import is_gbk
from salespm_flow.definition.findings import error, listed, shown
from salespm_flow.definition.row_files import lines_of, merges_of
from salespm_flow.definition.rows import Line, RowFile, column_letters
from salespm_flow.definition.suggest import did_you_mean
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.errors import ImportFileError, InputError, MissingExtraError
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field
from salespm_flow.model.library import Encoding, FileFormat, Reference
from salespm_flow.nouns import dataclass

MAXIMUM_BYTES = 64 << 20
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """A file of rows: its path, the name that findings show, and where a document names it and each alias of a row."""

    path: Path
    file: str
    said_at: Span
    aliases: Mapping[str, Span] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def format(self) -> FileFormat:
        """The format that the name ends with; CSV where it says nothing else."""
        return FileFormat.XLSX if self.path.suffix.lower() in {".xlsx", ".xlsm"} else FileFormat.CSV


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a reference by key, in file order, with everything wrong in the file.

    `keys` are the aliases with the keys that they mean; `text` is the file's, None where it is no text or unreadable.
    """

    rows: Mapping[str, Row]
    diagnostics: tuple[Diagnostic, ...]
    text: str | None
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class _BrokenTableError(Exception):
    """The file cannot be read on; caught where the table is."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.code)
        self.finding = finding


def read_table(reference: Reference, source: TableSource, zone: tzinfo = UTC) -> Table:
    """The rows that the file holds for the reference."""
    text = None
    try:
        if source.format is FileFormat.CSV:
            text = _read_text(source, reference.encoding)
            lines = _csv_lines(text, source.file)
        else:
            lines = _sheet_lines(reference, source)
        header = next(lines, Line(1, []))
        if missing := tuple(_missing_columns(reference, header, source.file)):
            return Table(rows={}, diagnostics=missing, text=text)
        reading = _Reading(reference, header, source, zone)
        for line in lines:
            reading.take(line)
    except _BrokenTableError as broken:
        return Table(rows={}, diagnostics=(broken.finding,), text=text)
    keys, odd = _keys(reference, reading, source)
    return Table(rows=reading.rows, diagnostics=(*reading.findings(text), *odd), text=text, keys=keys)


class _Reading:
    """Collects rows; of each column's bad cells the first is shown and the rest counted."""

    def __init__(self, reference: Reference, header: Line, source: TableSource, zone: tzinfo) -> None:
        self.rows: dict[str, Row] = {}
        self.lines: dict[str, int] = {}
        self._file = source.file
        self._is_sheet = source.format is FileFormat.XLSX
        self._key = reference.key
        names = [name.strip() for name in header.cells]
        self._width = len(names)
        self._columns = [
            (field, names.index(field.id), cell_reader(field.type, zone)) for field in reference.fields.values()
        ]
        self._first: dict[str, tuple[int, int, InputError]] = {}
        self._bad: dict[str, int] = {}
        self._odd: list[Diagnostic] = []

    def take(self, line: Line) -> None:
        """The row is kept, or what is wrong with it is."""
        cells = line.cells
        if self._is_sheet:  # rows of a sheet end with their last filled cell
            cells = cells[: self._width] + [""] * (self._width - len(cells))
        elif len(cells) != self._width:
            message = Bilingual(
                f"这一行有 {len(cells)} 格，表头有 {self._width} 列",
                f"This line has {len(cells)} cells, the header {self._width}",
            )
            self._odd.append(error("SF354", _line(self._file, line.number), message))
            return
        row: dict[str, Value] = {}
        for column, index, read in self._columns:
            try:
                if index in line.faults:
                    raise line.faults[index]
                row[column.id] = self._cell(column, read(cells[index]))
            except InputError as wrong:
                self._bad[column.id] = self._bad.get(column.id, 0) + 1
                self._first.setdefault(column.id, (line.number, index, wrong))
        self._keep(row, line.number)

    def _keep(self, row: Row, line: int) -> None:
        # Zero and false are keys like others; only a blank cell, which is a finding of its own, gives none.
        parts = ["" if (value := row.get(name)) is None else str(value) for name in self._key]
        key = " ".join(parts) if all(parts) else ""
        if key and key in self.rows:
            first = self.lines[key]
            message = Bilingual(
                f"重复的键 {shown(key)}：第 {first} 行已有", f"The key {shown(key)} stands on line {first} already"
            )
            self._odd.append(error("SF355", _line(self._file, line), message))
        elif key:
            self.rows[key] = row
            self.lines[key] = line

    def _cell(self, column: Field, value: Value) -> Value:
        if value is None:
            if column.is_required or column.id in self._key:
                raise InputError(Bilingual("必填的格为空", "A required cell is blank"))
            return column.default
        if not is_within(value, column.minimum, column.maximum):
            raise InputError(Bilingual("值超出 `min` 和 `max`", "The value is outside `min` and `max`"))
        return value

    def findings(self, text: str | None) -> tuple[Diagnostic, ...]:
        """What is wrong: every odd line, and one finding for each column with bad cells."""
        return (*self._odd, *self._column_findings(text))

    def _column_findings(self, text: str | None) -> Iterator[Diagnostic]:
        for name, (line, index, wrong) in self._first.items():
            count = self._bad[name]
            more = (
                Bilingual("", "") if count == 1 else Bilingual(f"（共 {count} 格有误）", f" ({count} bad cells in all)")
            )
            zh, en = f"列 {shown(name)}", f"Column {shown(name)}"
            if self._is_sheet:
                cell = f"{column_letters(index)}{line}"
                zh, en = f"单元格 {cell}，{zh}", f"Cell {cell}, column {shown(name)}"
            message = Bilingual(f"{zh}：{wrong.message.zh}{more.zh}", f"{en}: {wrong.message.en}{more.en}")
            column = index + 1 if text is None else _column_in(text, line, index)
            span = Span(file=self._file, line=line, column=column, end_line=line, end_column=column + 1)
            yield error("SF353", span, message, wrong.hint)


def _keys(
    reference: Reference, reading: _Reading, source: TableSource
) -> tuple[Mapping[str, str], tuple[Diagnostic, ...]]:
    """Every alias with the key it means; one that names no row, or two, is an error."""
    keys: dict[str, str] = {}
    odd: list[Diagnostic] = []
    for alias, key in reference.aliases.items():
        place = source.aliases.get(alias, source.said_at)
        if key not in reading.rows:
            message = Bilingual(
                f"别名 {shown(alias)} 指向的 {shown(key)} 不在表中",
                f"The alias {shown(alias)} means {shown(key)}, which no row has",
            )
            odd.append(error("SF359", place, message, did_you_mean(key, reading.rows)))
        elif _means_another(alias, key, reading, keys):
            odd.append(error("SF359", place, *_two_rows(alias, key, reading, keys)))
        else:
            keys[alias] = key
    for alias, key in _column_aliases(reference, reading):
        if _means_another(alias, key, reading, keys):
            place = _line(source.file, reading.lines[key])
            odd.append(error("SF359", place, *_two_rows(alias, key, reading, keys)))
        else:
            keys[alias] = key
    return {alias: key for alias, key in keys.items() if alias != key}, tuple(odd)


def _column_aliases(reference: Reference, reading: _Reading) -> Iterator[tuple[str, str]]:
    for key, row in reading.rows.items():
        for name in reference.alias_columns:
            value = row.get(name)
            for alias in value if isinstance(value, tuple) else (value,):
                if isinstance(alias, str) and alias.strip():
                    yield alias.strip(), key


def _means_another(alias: str, key: str, reading: _Reading, keys: Mapping[str, str]) -> bool:
    return (alias in reading.rows and alias != key) or keys.get(alias, key) != key


def _two_rows(alias: str, key: str, reading: _Reading, keys: Mapping[str, str]) -> tuple[Bilingual, Bilingual]:
    other = alias if alias in reading.rows else keys[alias]
    lines = sorted((reading.lines[key], reading.lines[other]))
    message = Bilingual(
        f"{shown(alias)} 既指 {shown(other)} 又指 {shown(key)}（第 {lines[0]} 行和第 {lines[1]} 行）",
        f"{shown(alias)} means both {shown(other)} and {shown(key)} (lines {lines[0]} and {lines[1]})",
    )
    return message, Bilingual("每个别名只能指一行", "an alias means one row only")


# ----------------------------------------------------------------------------------------------------------- files


def _csv_lines(text: str, file: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    reached = 0
    try:
        for cells in reader:
            if cells:
                yield Line(reached + 1, cells)
            reached = reader.line_num
    except csv.Error as broken:
        fault = fault_of(broken)
        message = Bilingual(f"CSV 格式错误：{fault.zh}", f"This is no valid CSV: {fault.en}")
        raise _BrokenTableError(error("SF351", _line(file, max(1, reader.line_num)), message)) from broken


def _sheet_lines(reference: Reference, source: TableSource) -> Iterator[Line]:
    file = RowFile(path=source.path, format=FileFormat.XLSX, sheet=reference.sheet)
    try:
        if source.path.stat().st_size > MAXIMUM_BYTES:
            raise _BrokenTableError(_too_large(source))
        yield from lines_of(file)
        if merges := merges_of(file):
            names = listed([merge.address for merge in merges[:5]])
            message = Bilingual(
                f"表格 {shown(source.file)} 有合并单元格：{names.zh}",
                f"The table {shown(source.file)} merges cells: {names.en}",
            )
            hint = Bilingual("取消合并，并在每一格填上值", "unmerge them and fill in every cell")
            raise _BrokenTableError(error("SF351", source.said_at, message, hint))
    except (OSError, ValueError) as missing:
        raise _BrokenTableError(_unreadable(source)) from missing
    except (ImportFileError, MissingExtraError) as wrong:
        raise _BrokenTableError(error("SF351", source.said_at, wrong.message, wrong.hint)) from wrong


def _missing_columns(reference: Reference, header: Line, file: str) -> Iterator[Diagnostic]:
    names = [name.strip() for name in header.cells]
    for name in reference.fields:
        if name not in names:
            found = listed(names)
            message = Bilingual(f"缺少列 {shown(name)}", f"The column {shown(name)} is missing")
            hint = did_you_mean(name, names) or Bilingual(f"表头有 {found.zh}", f"the header has {found.en}")
            yield error("SF352", _line(file, header.number), message, hint)


def _read_text(source: TableSource, encoding: Encoding | None) -> str:
    try:
        with source.path.open("rb") as stream:
            data = stream.read(MAXIMUM_BYTES + 1)
    except (OSError, ValueError) as missing:
        raise _BrokenTableError(_unreadable(source)) from missing
    if len(data) > MAXIMUM_BYTES:
        raise _BrokenTableError(_too_large(source))
    try:
        return data.decode("gb18030" if encoding is Encoding.GBK else "utf-8-sig")
    except UnicodeDecodeError as broken:
        # GBK is what spreadsheets in China save as CSV.
        if encoding is None and is_gbk((data,)):
            return data.decode("gb18030")
        raise _BrokenTableError(_wrongly_encoded(source, data, broken)) from broken


def _wrongly_encoded(source: TableSource, data: bytes, broken: UnicodeDecodeError) -> Diagnostic:
    line = data.count(b"\n", 0, broken.start) + 1
    name = "GBK" if broken.encoding == "gb18030" else "UTF-8"
    message = Bilingual(
        f"表格文件 {shown(source.file)} 第 {line} 行不是 {name}",
        f"Line {line} of the table {shown(source.file)} is not {name}",
    )
    hint = Bilingual("请另存为 UTF-8（例如 CSV UTF-8）", "save it as UTF-8 (in Excel: CSV UTF-8)")
    return error("SF351", source.said_at, message, hint)


def _unreadable(source: TableSource) -> Diagnostic:
    message = Bilingual(f"无法读取表格文件 {shown(source.file)}", f"The table {shown(source.file)} cannot be read")
    hint = Bilingual("路径相对于本文件所在的文件夹", "the path is relative to the folder of this file")
    return error("SF350", source.said_at, message, hint)


def _too_large(source: TableSource) -> Diagnostic:
    size = MAXIMUM_BYTES >> 20
    message = Bilingual(f"表格文件超过 {size} MB", f"The table is larger than {size} MB")
    return error("SF350", source.said_at, message)


def _line(file: str, line: int) -> Span:
    return Span(file=file, line=line, column=1, end_line=line, end_column=2)


def _column_in(text: str, line: int, index: int) -> int:
    """Where the cell begins in its line, from 1; 1 where the row goes over several lines."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if start == 0:
            return 1
    column, is_quoted = 0, False
    for place in range(start, len(text)):
        if column == index:
            return place - start + 1
        mark = text[place]
        if mark == "\n":
            return 1
        if mark == '"':
            is_quoted = not is_quoted
        elif mark == "," and not is_quoted:
            column += 1
    return 1
