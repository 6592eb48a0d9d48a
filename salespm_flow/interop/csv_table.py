"""Writes a table as CSV. Texts that a spreadsheet would run as formulas are marked as texts."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import BinaryIO, Final

from salespm_flow.definition.literals import write_value
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ExportError
from salespm_flow.expr.values import Money, Reference, Value
from salespm_flow.interop.table import Column, ExportTable
from salespm_flow.interop.writing import Style
from salespm_flow.model.fields import EnumOf, ListOf, RefTo, Scalar, SimpleType

# What a spreadsheet takes for a formula, and what has been marked before: the mark must come off again once each time.
_RUNS: Final = re.compile("'*[=+\\-@\t\r]")
_MARKED: Final = re.compile("'+[=+\\-@\t\r]")
_FREE: Final = frozenset({Scalar.TEXT, Scalar.PERSON, Scalar.ROLE, Scalar.FILE})


def write_csv(table: ExportTable, stream: BinaryIO, style: Style) -> int:
    """The number of rows that the stream now holds after its header.

    Raises:
        ExportError: the encoding lacks a character.
    """
    text = io.TextIOWrapper(stream, encoding=style.encoding, newline="", write_through=False)
    count = 0
    try:
        writer = csv.writer(text, lineterminator="\r\n" if style.encoding != "utf-8" else "\n")
        writer.writerow([guarded(style.header(column)) for column in table.columns])
        for cells in _texts(table, style.zone):
            writer.writerow(cells)
            count += 1
        text.flush()
    except UnicodeEncodeError as error:
        raise _lacking(error, count + 1) from error
    finally:
        # The stream stays the caller's, also where what is left in the buffer cannot be encoded.
        _let_go(text)
    return count


def _let_go(text: io.TextIOWrapper) -> None:
    try:
        text.detach()
    except (UnicodeEncodeError, ValueError):
        return


def _texts(table: ExportTable, zone: tzinfo) -> Iterator[list[str]]:
    for row in table.rows:
        yield [cell_text(value, column, zone) for value, column in zip(row, table.columns, strict=True)]


def cell_text(value: Value, column: Column, zone: tzinfo) -> str:
    """The text of a cell, which an import reads back as the value: money without its currency, moments in `zone`."""
    match value:
        case None:
            return ""
        case Money():
            return write_value(value.amount, SimpleType(Scalar.NUMBER))
        case datetime():
            return value.astimezone(zone).isoformat(timespec="seconds")
        case Reference(key=key):
            return guarded(key)
        case _:
            text = write_value(value, column.type)
            return guarded(text) if _is_free(column) else text


def _is_free(column: Column) -> bool:
    """Whether people choose the texts of the column."""
    match column.type:
        case SimpleType(scalar=scalar):
            return scalar in _FREE
        case RefTo() | ListOf() | EnumOf():
            return True
        case _:
            return False


def guarded(text: str) -> str:
    """The text with the mark `'` in front where a spreadsheet would run it."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """The text without the mark that `guarded` puts in front."""
    return text[1:] if text.startswith("'") and _MARKED.match(text) else text


def _lacking(error: UnicodeEncodeError, row: int) -> ExportError:
    character = error.object[error.start]
    name = "GBK" if error.encoding == "gbk" else error.encoding.upper()
    return ExportError(
        Bilingual(
            f"第 {row} 行前后有字符“{character}”（U+{ord(character):04X}），{name} 编码中没有",
            f'near row {row} stands "{character}" (U+{ord(character):04X}), which {name} does not have',
        ),
        Bilingual("用 --encoding utf-8-sig", "use --encoding utf-8-sig"),
    )
