"""Writes a table as a sheet of an XLSX file, streamed. The only writer of XLSX; its library is an extra."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO, Final

from salespm_flow.definition.literals import write_value
from salespm_flow.definition.rows import column_letters
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ExportError, MissingExtraError
from salespm_flow.expr.values import Money, Value
from salespm_flow.interop.table import PERCENT, Column, ExportTable
from salespm_flow.interop.writing import Style

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LAST_ROW: Final = 1_048_576
LONGEST_TEXT: Final = 32_767
# A binary number keeps this many digits; what has more is written as text.
_EXACT: Final = 15
_FIRST_DAY: Final = date(1900, 3, 1)
_FORBIDDEN_IN_TITLES: Final = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_LONGEST_TITLE: Final = 31

Plain = str | int | float | bool | date | datetime | None


def write_xlsx(table: ExportTable, stream: BinaryIO, style: Style) -> int:
    """The number of rows that the workbook in the stream now has below its header.

    Numbers and dates are numbers and dates of the sheet, moments told in the style's zone; no text is a formula.

    Raises:
        MissingExtraError: the library is not installed.
        ExportError: there are more rows than a sheet has, or a text is longer than a cell.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingExtraError(
            Bilingual("写入 XLSX 文件需要 openpyxl", "writing XLSX files needs openpyxl"), "xlsx"
        ) from error
    book = Workbook(write_only=True)
    try:
        count = _fill(book, table, style)
        book.save(stream)
    except BaseException:
        _abandon(book)
        raise
    return count


def _fill(book: "Workbook", table: ExportTable, style: Style) -> int:
    sheet: WriteOnlyWorksheet = book.create_sheet(_title(table, style))
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, style.header(column)) for column in table.columns])
    count = 0
    for row in table.rows:
        count += 1
        if count >= LAST_ROW:
            raise ExportError(
                Bilingual(f"超过 {LAST_ROW - 1:,} 行，一个工作表放不下", f"there are more than {LAST_ROW - 1:,} rows"),
                Bilingual("用 --format csv，或用 --where 缩小范围", "use --format csv, or narrow it with --where"),
            )
        sheet.append(list(_cells(sheet, table, row, number=count, zone=style.zone)))
    return count


def _cells(
    sheet: "WriteOnlyWorksheet", table: ExportTable, row: tuple[Value, ...], *, number: int, zone: tzinfo
) -> "Iterator[Plain | Cell]":
    for index, (value, column) in enumerate(zip(row, table.columns, strict=True)):
        plain = plain_value(value, column, zone)
        if isinstance(plain, str):
            if len(plain) > LONGEST_TEXT:
                raise _too_long(f"{column_letters(index)}{number + 1}")
            # The library takes what begins so for a formula.
            yield _text(sheet, plain) if plain.startswith("=") else plain
        elif column.type == PERCENT and isinstance(plain, int | float):
            yield _percent(sheet, plain)
        else:
            yield plain


def plain_value(value: Value, column: Column, zone: tzinfo) -> Plain:
    """The value as a cell holds it: a number, a date, or a text that an import reads back."""
    match value:
        case None | bool():
            return value
        case Money(amount=amount):
            return _number(amount)
        case Decimal():
            found = _number(value)
            return write_value(value, column.type) if isinstance(found, str) else found
        case datetime():
            moment = value.astimezone(zone).replace(tzinfo=None, microsecond=0)
            return moment if moment.date() >= _FIRST_DAY else moment.isoformat()
        case date():
            return value if value >= _FIRST_DAY else value.isoformat()
        case _:
            return write_value(value, column.type)


def _number(number: Decimal) -> int | float | str:
    if len(number.normalize().as_tuple().digits) > _EXACT:
        return f"{number:f}"
    return int(number) if number == number.to_integral_value() else float(number)


def _text(sheet: "WriteOnlyWorksheet", text: str) -> "Cell":
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _percent(sheet: "WriteOnlyWorksheet", ratio: float) -> "Cell":
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=ratio)
    cell.number_format = "0.00%"
    return cell


def _bold(sheet: "WriteOnlyWorksheet", text: str) -> "Cell":
    from openpyxl.styles import Font

    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _title(table: ExportTable, style: Style) -> str:
    return table.title.of(style.language).translate(_FORBIDDEN_IN_TITLES).strip("'")[:_LONGEST_TITLE] or table.id


def _too_long(address: str) -> ExportError:
    return ExportError(
        Bilingual(
            f"单元格 {address} 的文本超过 {LONGEST_TEXT:,} 个字符",
            f"the text of cell {address} is longer than {LONGEST_TEXT:,}",
        ),
        Bilingual("用 --format csv 或 jsonl", "use --format csv or jsonl"),
    )


def _abandon(book: "Workbook") -> None:
    """The library's temporary files are closed."""
    with suppress(Exception):
        for sheet in book.worksheets:
            sheet.close()
