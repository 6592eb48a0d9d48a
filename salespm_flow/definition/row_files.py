"""Reads rows from a file in whichever format it is. The one door to both readers; knows no columns' meaning."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from salespm_flow.definition import csv_rows, sheets
from salespm_flow.definition.rows import Line, Merge, RowFile, unreadable
from salespm_flow.model.library import FileFormat

READERS: Final[Mapping[FileFormat, Callable[[RowFile], Iterator[Line]]]] = MappingProxyType(
    {FileFormat.CSV: csv_rows.lines_of, FileFormat.XLSX: sheets.lines_of}
)


def lines_of(file: RowFile) -> Iterator[Line]:
    """The rows of the file in order, the header first, streamed.

    Raises:
        MissingExtraError: the library for the format is not installed.
        ImportFileError: the file cannot be read.
    """
    return READERS[file.format](file)


def merges_of(file: RowFile) -> tuple[Merge, ...]:
    """The merged ranges of a sheet; no other file has any.

    Raises:
        ImportFileError: the file cannot be read.
    """
    return sheets.merges_of(file) if file.format is FileFormat.XLSX else ()


def settled(file: RowFile) -> RowFile:
    """The file with its encoding found out, so that it need not be again.

    Raises:
        ImportFileError: the file cannot be read.
    """
    if file.format is not FileFormat.CSV or file.encoding is not None or not file.path.is_file():
        return file
    try:
        return replace(file, encoding=csv_rows.encoding_of(file.path))
    except OSError as error:
        raise unreadable(file.path, error) from error
