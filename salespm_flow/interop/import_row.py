"""Turns the cells of a line into what a project needs: fields, owner, state and dates. Decides and stores nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Final

from salespm_flow.definition.literals import value_reader
from salespm_flow.definition.suggest import nearest_name, suggestion
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.answers import fingerprint, plain, to_text
from salespm_flow.errors import ImportFileError, InputError
from salespm_flow.expr.values import Value
from salespm_flow.interop.csv_rows import Line, delimiter_hint, is_wide, lines_of, wide_file
from salespm_flow.interop.date_form import form_reader
from salespm_flow.model.fields import EnumOf, Field, FieldType, ListOf, RefTo, Scalar, SimpleType
from salespm_flow.model.library import ColumnMapping, ImportMapping, Reference
from salespm_flow.model.workflow import Workflow

# Cells repeat (dates, products, owners); past this many different ones a column is read cell by cell.
_REMEMBERED: Final = 10_000
_SHOWN_FINDINGS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """A line as a project: `dates` are the moments of entry by state path, in file order, None where the cell is blank.

    `fields` holds every mapped field, None where the cell is blank or cannot be resolved; `unresolved` are the latter
    with the cell's text. `digest` is the same for rows that say the same.
    """

    line: int
    key: str
    owner: str
    state: str
    fields: Mapping[str, Value]
    dates: Mapping[str, datetime | None]
    unresolved: tuple[tuple[str, str], ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says: a value, or a text that is none of the values that the field may take.

    `mark` is the same for the same value, however it is written.
    """

    value: Value
    is_resolved: bool = True
    mark: str = ""


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that cannot be read at all."""

    line: int
    column: str
    message: Bilingual
    hint: Bilingual | None


CellReader = Callable[[str], Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Reads the lines of one file; positions are of the header."""

    width: int
    key: int
    owner: int | None
    state: int
    states: CellReader
    fields: tuple[tuple[str, int, CellReader], ...]
    dates: tuple[tuple[str, int, CellReader], ...]
    names: tuple[str, ...]

    def read(self, line: Line, bad: list[BadCell]) -> ImportRow | None:
        """The row; None with every unreadable cell added to `bad`."""
        cells = line.cells
        if len(cells) != self.width:
            bad.append(BadCell(line.number, "", *_odd_width(len(cells), self.width)))
            return None
        before = len(bad)
        found = [(field, self._cell(line, index, read, bad)) for field, index, read in self.fields]
        entered = [(state, self._cell(line, index, read, bad)) for state, index, read in self.dates]
        state = self._cell(line, self.state, self.states, bad)
        key = cells[self.key].strip()
        if not key:
            bad.append(BadCell(line.number, self.names[self.key], *_NO_KEY))
        if len(bad) > before:
            return None
        owner = "" if self.owner is None else cells[self.owner].strip()
        marks = [f"{name}={cell.mark}" for name, cell in (("", state), *found, *entered)]
        return ImportRow(
            line=line.number,
            key=key,
            owner=owner,
            state=str(state.value),
            fields={field: cell.value for field, cell in found},
            dates={path: cell.value if isinstance(cell.value, datetime) else None for path, cell in entered},
            unresolved=tuple(
                (field, cells[index].strip())
                for (field, cell), (_, index, _) in zip(found, self.fields, strict=True)
                if not cell.is_resolved
            ),
            digest=fingerprint(owner, *marks),
        )

    def _cell(self, line: Line, index: int, read: CellReader, bad: list[BadCell]) -> Cell:
        try:
            return read(line.cells[index])
        except InputError as error:
            bad.append(BadCell(line.number, self.names[index], error.message, error.hint))
            return Cell(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the cells of a file mean: the mapping, the workflow it fills and the tables its fields refer to."""

    mapping: ImportMapping
    workflow: Workflow
    references: Mapping[str, Reference]
    zone: tzinfo


def read_rows(path: Path, meaning: Meaning) -> Iterator[ImportRow]:
    """The rows of a file that `check_file` has found readable, streamed.

    Raises:
        ImportFileError: the file has changed since.
    """
    lines = lines_of(path)
    reader = _reader_for(path, meaning, next(lines, None))
    bad: list[BadCell] = []
    for line in lines:
        row = reader.read(line, bad)
        if row is None:
            raise _unreadable_cells(path, bad, len(bad))
        yield row


def check_file(path: Path, meaning: Meaning) -> int:
    """The number of rows, once every cell of every row is known to be readable.

    Raises:
        ImportFileError: the file cannot be read, lacks columns, or has unreadable cells: how many, and the first ones.
    """
    lines = lines_of(path)
    reader = _reader_for(path, meaning, next(lines, None))
    rows = count = 0
    shown: list[BadCell] = []
    for line in lines:
        bad: list[BadCell] = []
        reader.read(line, bad)
        rows += 1
        count += len(bad)
        shown += bad[: _SHOWN_FINDINGS - len(shown)]
    if count:
        raise _unreadable_cells(path, shown, count)
    return rows


def unread_columns(path: Path, meaning: Meaning) -> tuple[str, ...]:
    """The columns that the mapping says nothing about, in file order.

    Raises:
        ImportFileError: the file cannot be read.
    """
    header = next(lines_of(path), None)
    wanted = frozenset(_wanted(meaning.mapping))
    return () if header is None else tuple(n for name in header.cells if (n := name.strip()) and n not in wanted)


def nearest_value(field: Field, text: str, references: Mapping[str, Reference]) -> str | None:
    """The value of the field that an unresolved text most likely means."""
    match field.type:
        case RefTo(reference=name) | ListOf(item=RefTo(reference=name)) if name in references:
            return nearest_name(text, references[name].rows)
        case EnumOf(values=values) | ListOf(item=EnumOf(values=values)):
            return nearest_name(text, values)
        case _:
            return None


def _wanted(mapping: ImportMapping) -> Iterator[str]:
    """Every column that the mapping names."""
    yield mapping.key
    yield mapping.state_column
    if mapping.owner is not None:
        yield mapping.owner
    yield from (column.column for column in mapping.fields.values())
    yield from mapping.entered.values()


def _reader_for(path: Path, meaning: Meaning, header: Line | None) -> RowReader:
    if header is None:
        raise ImportFileError(
            Bilingual(f"{path} 是空文件", f"{path} is empty"),
            Bilingual("第一行应是列名", "the first line must hold the names of the columns"),
        )
    names = tuple(name.strip() for name in header.cells)
    missing = tuple(dict.fromkeys(column for column in _wanted(meaning.mapping) if column not in names))
    if missing:
        raise wide_file(path) if is_wide(header.cells) else _missing_columns(path, missing, header.cells)
    twice = tuple(column for column in dict.fromkeys(_wanted(meaning.mapping)) if names.count(column) > 1)
    if twice:
        raise _doubled_columns(path, twice)
    mapping = meaning.mapping
    return RowReader(
        width=len(names),
        key=names.index(mapping.key),
        owner=None if mapping.owner is None else names.index(mapping.owner),
        state=names.index(mapping.state_column),
        states=_remembering(_state_reader(meaning)),
        fields=tuple(
            (column.field, names.index(column.column), _remembering(_field_reader(meaning, column)))
            for column in mapping.fields.values()
        ),
        dates=tuple(
            (_path_of(meaning.workflow, state), names.index(column), _remembering(_moment_reader(meaning, column)))
            for state, column in mapping.entered.items()
        ),
        names=names,
    )


def _remembering(read: CellReader) -> CellReader:
    known: dict[str, Cell] = {}

    def remembered(text: str) -> Cell:
        found = known.get(text)
        if found is None:
            found = _marked(read(text), text)
            if len(known) < _REMEMBERED:
                known[text] = found
        return found

    return remembered


def _marked(cell: Cell, text: str) -> Cell:
    mark = to_text({"value": plain(cell.value)}) if cell.is_resolved else to_text({"unresolved": text.strip()})
    return replace(cell, mark=mark)


def _state_reader(meaning: Meaning) -> CellReader:
    paths = {text: _path_of(meaning.workflow, state) for text, state in meaning.mapping.state_values.items()}

    def read(text: str) -> Cell:
        found = paths.get(text.strip())
        if found is None:
            zh, en = (
                ("状态为空", "the state is blank")
                if not text.strip()
                else (
                    f"映射不认识状态“{text.strip()}”",
                    f'the mapping does not know the state "{text.strip()}"',
                )
            )
            raise InputError(Bilingual(zh, en), suggestion(text.strip(), paths))
        return Cell(found)

    return read


def _path_of(workflow: Workflow, state: str) -> str:
    """The path of a state that the mapping names by its name or its path."""
    return next((path for path, known in workflow.states.items() if state in {path, known.name}), state)


def _field_reader(meaning: Meaning, column: ColumnMapping) -> CellReader:
    declared = meaning.workflow.fields[column.field].type
    read = _value_reader(meaning, declared, column.format)

    def read_cell(text: str) -> Cell:
        stripped = text.strip()
        meant = column.values.get(stripped, stripped)
        try:
            value = read(meant)
        except InputError:
            if _is_choice(declared):
                return Cell(None, is_resolved=False)
            raise
        return Cell(value) if _exists(value, declared, meaning.references) else Cell(None, is_resolved=False)

    return read_cell


def _value_reader(meaning: Meaning, declared: FieldType, form: str | None) -> Callable[[str], Value]:
    match declared:
        case SimpleType(scalar=Scalar.DATE | Scalar.DATETIME as scalar) if form is not None:
            moment = form_reader(form, meaning.zone)

            def read(text: str) -> Value:
                if not text:
                    return None
                found = moment(text)
                return found.date() if scalar is Scalar.DATE else found

            return read
        case _:
            return value_reader(declared, meaning.zone)


def _is_choice(declared: FieldType) -> bool:
    return isinstance(declared.item if isinstance(declared, ListOf) else declared, EnumOf)


def _exists(value: Value, declared: FieldType, references: Mapping[str, Reference]) -> bool:
    """Whether what the value refers to has a row; values that refer to nothing exist by themselves."""
    match declared:
        case RefTo(reference=name):
            return value is None or (name in references and value in references[name].rows)
        case ListOf(item=item) if isinstance(value, tuple):
            return all(_exists(one, item, references) for one in value)
        case _:
            return True


def _moment_reader(meaning: Meaning, column: str) -> CellReader:
    """Reads a column of `entered`, in the form and type of the field that is read from the same column."""
    mapped = next((found for found in meaning.mapping.fields.values() if found.column == column), None)
    declared: FieldType = SimpleType(Scalar.DATE)
    if mapped is not None:
        declared = meaning.workflow.fields[mapped.field].type
    read = _value_reader(meaning, declared, None if mapped is None else mapped.format)

    def read_cell(text: str) -> Cell:
        value = read(text.strip())
        match value:
            case None:
                return Cell(None)
            case datetime():
                return Cell(_in_utc(value, text))
            case date():
                return Cell(_in_utc(datetime.combine(value, time.min, meaning.zone), text))
            case _:
                raise InputError(Bilingual(f"“{text}”不是日期", f'"{text}" is not a date'))

    return read_cell


def _in_utc(moment: datetime, text: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InputError(
            Bilingual(f"日期“{text}”超出范围", f'the date "{text}" is out of range'),
            Bilingual("应在 0001 年至 9999 年之间", "expected a date within the years 0001 to 9999"),
        ) from error


_NO_KEY: Final = (
    Bilingual("没有主键", "the key is blank"),
    Bilingual("每一行都要有项目编号", "every row needs the id of its project"),
)


def _odd_width(found: int, expected: int) -> tuple[Bilingual, Bilingual]:
    return (
        Bilingual(
            f"这一行有 {found} 格，表头有 {expected} 列", f"the row has {found} cells, the header {expected} columns"
        ),
        Bilingual("含逗号的单元格要放在双引号里", "a cell with a comma stands in double quotes"),
    )


def _missing_columns(path: Path, missing: tuple[str, ...], header: list[str]) -> ImportFileError:
    names = [name.strip() for name in header]
    zh = "、".join(f"“{name}”" for name in missing)
    en = ", ".join(f'"{name}"' for name in missing)
    meant = [(name, near) for name in missing if (near := nearest_name(name, names)) is not None]
    present = Bilingual(f"文件中的列：{'、'.join(names)}", f"the file has: {', '.join(names)}")
    if meant:
        present = Bilingual(
            f"{present.zh}；是否想写 {'、'.join(f'“{near}”（而不是“{name}”）' for name, near in meant)}？",
            f"{present.en}; did you mean {', '.join(f'“{near}” for “{name}”' for name, near in meant)}?",
        )
    return ImportFileError(
        Bilingual(f"{path} 缺少映射需要的列：{zh}", f"{path} lacks columns that the mapping needs: {en}"),
        delimiter_hint(header) or present,
    )


def _doubled_columns(path: Path, twice: Iterable[str]) -> ImportFileError:
    listed = ", ".join(twice)
    return ImportFileError(
        Bilingual(f"{path} 的表头中有重复的列：{listed}", f"{path} names columns more than once: {listed}"),
        Bilingual("每个列名只能出现一次", "each name may stand once in the header"),
    )


def _unreadable_cells(path: Path, bad: Iterable[BadCell], count: int) -> ImportFileError:
    shown = tuple(bad)
    more = count - len(shown)
    zh = [f"第 {cell.line} 行{f'，列 {cell.column}' if cell.column else ''}：{cell.message.zh}" for cell in shown]
    en = [f"line {cell.line}{f', column {cell.column}' if cell.column else ''}: {cell.message.en}" for cell in shown]
    if more:
        zh.append(f"……还有 {more} 处")
        en.append(f"… and {more} more")
    cells = f"{count} cells" if count > 1 else "1 cell"
    return ImportFileError(
        Bilingual(
            "\n  ".join((f"{path} 有 {count} 处无法读取，没有导入任何内容：", *zh)),
            "\n  ".join((f"{path} has {cells} that cannot be read; nothing was imported:", *en)),
        ),
        shown[0].hint if shown else None,
    )
