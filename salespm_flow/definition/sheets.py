"""Streams the rows of a sheet of an XLSX file as texts, and says clearly why a file cannot be read.

The only reader of XLSX; the library for it is an extra and is loaded when a file is opened. Knows no columns' meaning.
"""

import re
import stat
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from salespm_flow.definition.findings import shown
from salespm_flow.definition.literals import write_duration
from salespm_flow.definition.packages import damaged, open_package
from salespm_flow.definition.rows import IsoText, Line, Merge, RowFile, irregular, unreadable
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ImportFileError, InputError, MissingExtraError

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.workbook.workbook import Workbook

    SheetCell = Cell | MergedCell

LAST_ROW: Final = 1_048_576
_ROWS_AT_ONCE: Final = 500
_KIND: Final = Bilingual(" XLSX 文件", "an XLSX file")
# Quoted words of a number format are shown as they are and say nothing about the number.
_QUOTED: Final = re.compile(r'"[^"]*"|\\.')
_DIGITS: Final = ".15g"  # what a spreadsheet shows of a binary number; the digits after are noise
# What the library raises on damaged parts; none of it says more than that they are damaged.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # XML that is not well formed
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    OverflowError,
)

CellTexts = tuple[list[str], dict[int, InputError]]


def lines_of(file: RowFile) -> Iterator[Line]:
    """The rows of the sheet in order, the header first, without blank rows; the sheet is never held whole.

    Numbers have the 15 digits that a spreadsheet shows, dates are ISO texts, a percentage keeps its sign. A formula has
    the value that the file stores for it. Rows end with their last filled cell.

    Raises:
        MissingExtraError: the library is not installed.
        ImportFileError: the file cannot be opened, is no XLSX file, is damaged or encrypted, or lacks the sheet.
    """
    with _opened(file.path) as stream, open_package(stream, file.path) as package:
        part = package.sheet(file.sheet)
        with ExitStack() as books:
            values = _book(stream, books, file.path, is_computed=True)
            formulas = _book(stream, books, file.path, is_computed=False) if package.has_formulas(part) else None
            rows = _rows(values, part.name)
            plain = None if formulas is None else _rows(formulas, part.name)
            yield from _lines(file, rows, plain)


def merges_of(file: RowFile) -> tuple[Merge, ...]:
    """The merged ranges of the sheet; only the first cell of one has a value.

    Raises:
        ImportFileError: as `lines_of`.
    """
    with _opened(file.path) as stream, open_package(stream, file.path) as package:
        return package.merges(package.sheet(file.sheet))


def _lines(
    file: RowFile, rows: "Iterator[tuple[SheetCell, ...]]", formulas: "Iterator[tuple[SheetCell, ...]] | None"
) -> Iterator[Line]:
    number = 0
    while chunk := _next_rows(rows, file.path):
        written = None if formulas is None else _next_rows(formulas, file.path)
        for place, cells in enumerate(chunk):
            number += 1
            if number > LAST_ROW:
                raise _too_long(file.path)
            texts, faults = _texts(cells, file.path)
            if written is not None and place < len(written):
                faults |= _uncomputed(cells, written[place])
            if texts or faults:
                yield Line(number, texts, faults)


def _next_rows(rows: "Iterator[tuple[SheetCell, ...]]", path: Path) -> "list[tuple[SheetCell, ...]]":
    """The next rows; the library's own remarks about a file are not for its reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(islice(rows, _ROWS_AT_ONCE))
        except _DAMAGE as error:
            raise damaged(path) from error


def _rows(book: "Workbook", sheet: str) -> "Iterator[tuple[SheetCell, ...]]":
    found = book[sheet]
    # What a file says of its own size is often wrong, and then rows would be missing.
    found.reset_dimensions()
    rows: Iterator[tuple[SheetCell, ...]] = found.iter_rows()
    return rows


def _book(stream: BinaryIO, books: ExitStack, path: Path, *, is_computed: bool) -> "Workbook":
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingExtraError(
            Bilingual("读取 XLSX 文件需要 openpyxl", "reading XLSX files needs openpyxl"), "xlsx"
        ) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(stream, read_only=True, data_only=is_computed, keep_links=False)
        except (*_DAMAGE, OSError) as error:
            raise damaged(path) from error
    books.callback(book.close)
    return book


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise irregular(path, _KIND)
        stream = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error
    with stream:
        yield stream


# ------------------------------------------------------------------------------------------------------------- cells


def _texts(cells: "tuple[SheetCell, ...]", path: Path) -> CellTexts:
    """The texts of a row up to its last filled cell, and what is wrong with cells that hold no value.

    Raises:
        ImportFileError: a cell is in a style that the file does not have.
    """
    texts: list[str] = []
    faults: dict[int, InputError] = {}
    filled = 0
    for index, cell in enumerate(cells):
        value = cell.value
        try:
            text = value if isinstance(value, str) else _text(cell)
        except LookupError as error:  # a style is looked up when it is asked for
            raise damaged(path) from error
        texts.append(text)
        if cell.data_type == "e":
            faults[index] = _failed(text)
        if text and not text.isspace():
            filled = index + 1
    return texts[:filled], faults


def _text(cell: "SheetCell") -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value, cell.number_format)
        case datetime():
            return _moment(value)
        case date() | time():
            return IsoText(value.isoformat())
        case timedelta():
            return write_duration(value)
        case _:  # rich text and what later versions bring
            return str(value)


def _number(value: float, form: str) -> str:
    number = Decimal(value) if isinstance(value, int) else Decimal(format(value, _DIGITS))
    if "%" in form and "%" in _QUOTED.sub("", form):
        return f"{(number * 100).normalize():f}%"
    return format(number, "f")


def _moment(value: datetime) -> IsoText:
    if value.time() == time.min:
        return IsoText(value.date().isoformat())
    # Spreadsheets count days in binary fractions: what is finer than a second is noise.
    return IsoText((value + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat())


def _uncomputed(values: "tuple[SheetCell, ...]", written: "tuple[SheetCell, ...]") -> Mapping[int, InputError]:
    """What is wrong with the formulas whose value the file does not store."""
    faults: dict[int, InputError] = {}
    for index, cell in enumerate(written):
        # A formula that gave an empty text has the type of a text although it has no value.
        if cell.data_type == "f" and (
            index >= len(values) or (values[index].value is None and values[index].data_type != "str")
        ):
            faults[index] = InputError(
                Bilingual("公式没有存储计算结果", "the file stores no value for this formula"),
                Bilingual("用表格软件打开并保存，或粘贴为数值", "open and save it in a spreadsheet, or paste values"),
            )
    return faults


def _failed(text: str) -> InputError:
    return InputError(
        Bilingual(f"单元格的值是错误 {shown(text)}", f"the cell holds the error {shown(text)}"),
        Bilingual("改正公式或填入值", "mend the formula or give a value"),
    )


# ------------------------------------------------------------------------------------------------------------ errors


def _too_long(path: Path) -> ImportFileError:
    return ImportFileError(
        Bilingual(f"{path} 的行号超过 {LAST_ROW:,}", f"{path} has rows beyond {LAST_ROW:,}"),
        Bilingual("XLSX 的工作表没有这么多行", "no sheet of an XLSX file has so many"),
    )
