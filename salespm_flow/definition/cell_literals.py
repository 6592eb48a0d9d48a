"""Reads the texts of table cells as values of a type. Knows no rows, no columns and no files."""

from datetime import UTC, datetime, tzinfo

from salespm_flow.definition.literals import TextReader, value_reader
from salespm_flow.definition.rows import IsoText
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import FieldType, Scalar, SimpleType


def cell_reader(declared: FieldType, zone: tzinfo = UTC) -> TextReader:
    """A function that reads cells as literals of the type; a date cell is also a moment, the midnight in `zone`."""
    read = value_reader(declared, zone)
    if declared != SimpleType(Scalar.DATETIME):
        return read

    def read_moment(text: str) -> Value:
        return moment_of(text, zone) if isinstance(text, IsoText) else read(text)

    return read_moment


def moment_of(text: IsoText, zone: tzinfo) -> datetime:
    """The moment that a date cell holds, by the clocks of `zone`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)
