"""A table to be written to a file: typed columns and a stream of rows. Knows no file format and no store."""

from collections.abc import Iterator
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import FieldType, Scalar, SimpleType
from salespm_flow.nouns import dataclass

TEXT: Final = SimpleType(Scalar.TEXT)
INTEGER: Final = SimpleType(Scalar.INTEGER)
BOOLEAN: Final = SimpleType(Scalar.BOOLEAN)
PERCENT: Final = SimpleType(Scalar.PERCENT)
MOMENT: Final = SimpleType(Scalar.DATETIME)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its stable id, what people call it, and the type of its values.

    `is_count` tells the program's own whole numbers, which are numbers in JSON too, from those of fields.
    """

    id: str
    title: Bilingual
    type: FieldType = TEXT
    is_count: bool = False


def count_column(name: str, title: Bilingual) -> Column:
    """A column of the program's own whole numbers."""
    return Column(name, title, INTEGER, is_count=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """Rows with one value for each column, None where there is none; they are read once, while they are written."""

    id: str
    title: Bilingual
    columns: tuple[Column, ...]
    rows: Iterator[tuple[Value, ...]]
