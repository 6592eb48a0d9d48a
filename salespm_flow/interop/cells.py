"""Reads cells as the values that a mapping says they are. Knows no rows and no files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final

from salespm_flow.definition.findings import shown
from salespm_flow.definition.rows import IsoText
from salespm_flow.definition.suggest import suggestion
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.answers import plain, to_text
from salespm_flow.errors import InputError
from salespm_flow.expr.values import Value
from salespm_flow.interop.csv_table import unguarded
from salespm_flow.interop.written_form import reader_of
from salespm_flow.model.fields import EnumOf, Field, FieldType, ListOf, RefTo, Scalar, SimpleType
from salespm_flow.model.library import ColumnMapping, ImportMapping, Reference
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.suggest import nearest_name

# Cells repeat (dates, products, owners); past this many different ones a column is read cell by cell.
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says: a value, or a text that is none of the values that the field may take.

    `mark` is the same for the same value, however it is written.
    """

    value: Value
    is_resolved: bool = True
    mark: str = ""


# The length of a day's ISO text; what is longer has a time.
_DAY: Final = 10

CellReader = Callable[[str], Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the cells of a file mean: the mapping, the workflow it fills and the tables its fields refer to."""

    mapping: ImportMapping
    workflow: Workflow
    references: Mapping[str, Reference]
    zone: tzinfo


def remembering(read: CellReader) -> CellReader:
    """The reader, which reads equal texts once and marks each cell."""
    known: dict[str, Cell] = {}
    # A date's own text may equal one that a form reads as another day.
    dates: dict[str, Cell] = {}

    def remembered(text: str) -> Cell:
        kept = dates if isinstance(text, IsoText) else known
        found = kept.get(text)
        if found is None:
            found = _marked(read(text), text)
            if len(kept) < _REMEMBERED:
                kept[text] = found
        return found

    return remembered


def _marked(cell: Cell, text: str) -> Cell:
    mark = to_text({"value": plain(cell.value)}) if cell.is_resolved else to_text({"unresolved": text.strip()})
    return replace(cell, mark=mark)


def read_key(text: str) -> Cell:
    """The key of a row, which must not be blank."""
    if not text or text.isspace():
        raise InputError(
            Bilingual("没有主键", "the key is blank"),
            Bilingual("每一行都要有项目编号", "every row needs the id of its project"),
        )
    return Cell(unguarded(text.strip()))


def read_text(text: str) -> Cell:
    """The text itself."""
    return Cell(unguarded(text.strip()))


def read_nothing(_text: str) -> Cell:
    """A blank, whatever the cell says."""
    return Cell("")


def state_reader(meaning: Meaning) -> CellReader:
    """Reads the column that tells the state, as its full path."""
    paths = {text: path_of(meaning.workflow, state) for text, state in meaning.mapping.state_values.items()}

    def read(text: str) -> Cell:
        found = paths.get(text.strip())
        if found is None:
            blank = Bilingual("状态为空", "the state is blank")
            name = shown(text.strip())
            unknown = Bilingual(f"映射不认识状态 {name}", f"the mapping does not know the state {name}")
            raise InputError(unknown if text.strip() else blank, suggestion(text.strip(), paths))
        return Cell(found)

    return read


def path_of(workflow: Workflow, state: str) -> str:
    """The path of a state that the mapping names by its name or its path."""
    return next((path for path, known in workflow.states.items() if state in {path, known.name}), state)


def field_reader(meaning: Meaning, column: ColumnMapping) -> CellReader:
    """Reads a column as the field it fills: aliases first, then the type, then whether what it names exists."""
    declared = meaning.workflow.fields[column.field].type
    read = reader_of(declared, column.format, meaning.zone)

    def read_cell(text: str) -> Cell:
        stripped = text if isinstance(text, IsoText) else unguarded(text.strip())
        meant = column.values.get(stripped, stripped)
        try:
            value = read(meant)
        except InputError:
            if _is_choice(declared):
                return Cell(None, is_resolved=False)
            raise
        found = _canonical(value, declared, meaning.references)
        return Cell(None, is_resolved=False) if found is None and value is not None else Cell(found)

    return read_cell


def _is_choice(declared: FieldType) -> bool:
    return isinstance(declared.item if isinstance(declared, ListOf) else declared, EnumOf)


def _canonical(value: Value, declared: FieldType, references: Mapping[str, Reference]) -> Value:
    """The value with keys in place of aliases, None where it names no row; values that refer to nothing stay."""
    match declared:
        case RefTo(reference=name):
            return references[name].key_of(value) if name in references and isinstance(value, str) else None
        case ListOf(item=item) if isinstance(value, tuple):
            found = tuple(_canonical(one, item, references) for one in value)
            return None if None in found else found
        case _:
            return value


def moment_reader(meaning: Meaning, state: str) -> CellReader:
    """Reads the column that dates the state: in its own form, else as the field that is read from the same column.

    A column that is neither holds days or moments as ISO texts.
    """
    column = meaning.mapping.entered[state]
    mapped = next((found for found in meaning.mapping.fields.values() if found.column == column), None)
    declared: FieldType = SimpleType(Scalar.DATE)
    if mapped is not None:
        declared = meaning.workflow.fields[mapped.field].type
    form = meaning.mapping.entered_forms.get(state) or (None if mapped is None else mapped.format)
    read = reader_of(declared, form, meaning.zone)
    read_moment = reader_of(SimpleType(Scalar.DATETIME), None, meaning.zone)
    is_plain = mapped is None and form is None

    def read_cell(text: str) -> Cell:
        if is_plain and len(text.strip()) > _DAY:
            return Cell(_in_utc(_aware(read_moment(text)), text))
        value = read(text if isinstance(text, IsoText) else text.strip())
        match value:
            case None:
                return Cell(None)
            case datetime():
                return Cell(_in_utc(value, text))
            case date():
                return Cell(_in_utc(datetime.combine(value, time.min, meaning.zone), text))
            case _:
                raise InputError(Bilingual(f"{shown(text)} 不是日期", f"{shown(text)} is not a date"))

    return read_cell


def _aware(value: Value) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(value)
    return value


def _in_utc(moment: datetime, text: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InputError(
            Bilingual(f"日期 {shown(text)} 超出范围", f"the date {shown(text)} is out of range"),
            Bilingual("应在 0001 年至 9999 年之间", "expected a date within the years 0001 to 9999"),
        ) from error


def nearest_value(field: Field, text: str, references: Mapping[str, Reference]) -> str | None:
    """The value of the field that an unresolved text most likely means."""
    match field.type:
        case RefTo(reference=name) | ListOf(item=RefTo(reference=name)) if name in references:
            return nearest_name(text, references[name].rows)
        case EnumOf(values=values) | ListOf(item=EnumOf(values=values)):
            return nearest_name(text, values)
        case _:
            return None
