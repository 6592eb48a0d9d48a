"""Reads CSV files as typed rows. Knows columns and their types, not what the rows are for."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path

from salespm_flow.definition.build.fields import is_within
from salespm_flow.definition.findings import error, listed, shown
from salespm_flow.definition.literals import value_reader
from salespm_flow.definition.suggest import did_you_mean
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.errors import InputError
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field
from salespm_flow.model.library import Reference

MAXIMUM_BYTES = 64 << 20
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """A file of rows: its path, the name that findings show, and where a document names it."""

    path: Path
    file: str
    said_at: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a reference by key, in file order, with everything wrong in the file; `text` None if unreadable."""

    rows: Mapping[str, Row]
    diagnostics: tuple[Diagnostic, ...]
    text: str | None


def read_table(reference: Reference, source: TableSource, zone: tzinfo = UTC) -> Table:
    """The rows that the file holds for the reference."""
    text, problem = _read_text(source)
    if text is None:
        return Table(rows={}, diagnostics=() if problem is None else (problem,), text=None)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        missing = tuple(_missing_columns(reference, header, source.file))
        if missing:
            return Table(rows={}, diagnostics=missing, text=text)
        reading = _Reading(reference, header, source.file, zone)
        for cells in lines:
            reading.take(cells, lines.line_num)
    except csv.Error as broken:
        message = Bilingual(f"CSV 格式错误：{broken}", f"This is no valid CSV: {broken}")
        return Table(
            rows={}, diagnostics=(error("SF351", _line(source.file, max(1, lines.line_num)), message),), text=text
        )
    return Table(rows=reading.rows, diagnostics=reading.findings(), text=text)


class _Reading:
    """Collects rows; of each column's bad cells the first is shown and the rest counted."""

    def __init__(self, reference: Reference, header: list[str], file: str, zone: tzinfo) -> None:
        self.rows: dict[str, Row] = {}
        self._file = file
        self._key = reference.key
        names = [name.strip() for name in header]
        self._width = len(names)
        self._columns = [
            (field, names.index(field.id), value_reader(field.type, zone)) for field in reference.fields.values()
        ]
        self._first: dict[str, tuple[str, int, InputError]] = {}
        self._bad: dict[str, int] = {}
        self._odd: list[Diagnostic] = []

    def take(self, cells: list[str], line: int) -> None:
        """The row is kept, or what is wrong with it is."""
        if not cells:
            return
        if len(cells) != self._width:
            message = Bilingual(
                f"这一行有 {len(cells)} 格，表头有 {self._width} 列",
                f"This line has {len(cells)} cells, the header {self._width}",
            )
            self._odd.append(error("SF354", _line(self._file, line), message))
            return
        row: dict[str, Value] = {}
        for field, index, read in self._columns:
            try:
                row[field.id] = self._cell(field, read(cells[index]))
            except InputError as wrong:
                self._bad[field.id] = self._bad.get(field.id, 0) + 1
                self._first.setdefault(field.id, (cells[index], line, wrong))
        parts = [str(row.get(name) or "") for name in self._key]
        key = " ".join(parts) if all(parts) else ""
        if key and key in self.rows:
            message = Bilingual(f"重复的键 {shown(key)}", f"The key {shown(key)} stands twice")
            self._odd.append(error("SF355", _line(self._file, line), message))
        elif key:
            self.rows[key] = row

    def _cell(self, field: Field, value: Value) -> Value:
        if value is None:
            if field.is_required or field.id in self._key:
                raise InputError(Bilingual("必填的格为空", "A required cell is blank"))
            return field.default
        if not is_within(value, field.minimum, field.maximum):
            raise InputError(Bilingual("值超出 `min` 和 `max`", "The value is outside `min` and `max`"))
        return value

    def findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong: every odd line, and one finding for each column with bad cells."""
        return (*self._odd, *self._column_findings())

    def _column_findings(self) -> Iterator[Diagnostic]:
        for name, (_, line, wrong) in self._first.items():
            count = self._bad[name]
            more = (
                Bilingual("", "") if count == 1 else Bilingual(f"（共 {count} 格有误）", f" ({count} bad cells in all)")
            )
            message = Bilingual(
                f"列 {shown(name)}：{wrong.message.zh}{more.zh}",
                f"Column {shown(name)}: {wrong.message.en}{more.en}",
            )
            yield error("SF353", _line(self._file, line), message, wrong.hint)


def _missing_columns(reference: Reference, header: list[str], file: str) -> Iterator[Diagnostic]:
    names = [name.strip() for name in header]
    for name in reference.fields:
        if name not in names:
            found = listed(names)
            message = Bilingual(f"缺少列 {shown(name)}", f"The column {shown(name)} is missing")
            hint = did_you_mean(name, names) or Bilingual(f"表头有 {found.zh}", f"the header has {found.en}")
            yield error("SF352", _line(file, 1), message, hint)


def _read_text(source: TableSource) -> tuple[str | None, Diagnostic | None]:
    try:
        with source.path.open("rb") as stream:
            data = stream.read(MAXIMUM_BYTES + 1)
    except (OSError, ValueError):
        message = Bilingual(f"无法读取表格文件 {shown(source.file)}", f"The table {shown(source.file)} cannot be read")
        hint = Bilingual("路径相对于本文件所在的文件夹", "the path is relative to the folder of this file")
        return None, error("SF350", source.said_at, message, hint)
    if len(data) > MAXIMUM_BYTES:
        size = MAXIMUM_BYTES >> 20
        message = Bilingual(f"表格文件超过 {size} MB", f"The table is larger than {size} MB")
        return None, error("SF350", source.said_at, message)
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        message = Bilingual(
            f"表格文件 {shown(source.file)} 第 {line} 行不是 UTF-8",
            f"Line {line} of the table {shown(source.file)} is not UTF-8",
        )
        hint = Bilingual("请另存为 UTF-8（例如 CSV UTF-8）", "save it as UTF-8 (in Excel: CSV UTF-8)")
        return None, error("SF351", source.said_at, message, hint)


def _line(file: str, line: int) -> Span:
    return Span(file=file, line=line, column=1, end_line=line, end_column=2)
