"""What a row of a table file is, whichever format holds it, and how its place is named. Reads no file itself."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ImportFileError, InputError
from salespm_flow.model.library import Encoding, FileFormat
from salespm_flow.nouns import dataclass

_NO_FAULTS: Final[Mapping[int, InputError]] = MappingProxyType({})
_LETTERS: Final = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFile:
    """A file of rows: `encoding` None means to find out, `sheet` None the first visible one."""

    path: Path
    format: FileFormat = FileFormat.CSV
    encoding: Encoding | None = None
    sheet: str | None = None

    def cell(self, number: int, index: int) -> str:
        """How a person finds the cell in a sheet, such as `C12`."""
        return f"{column_letters(index)}{number}"

    def cell_place(self, number: int, index: int, column: str) -> Bilingual:
        """How a person who looks at row `number` finds the cell; `column` is its name in the header."""
        if self.format is FileFormat.XLSX:
            cell = self.cell(number, index)
            return Bilingual(f"单元格 {cell}，列 {column}", f"cell {cell}, column {column}")
        return Bilingual(f"列 {column}", f"column {column}")


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one row as texts, and the line or row of the file it starts on; the header is the first.

    `faults` says of some positions why the cell there has no text, such as a formula that was never calculated.
    """

    number: int
    cells: list[str]
    faults: Mapping[int, InputError] = field(default_factory=lambda: _NO_FAULTS)


class IsoText(str):
    """The text of a cell that holds a date by its own type, always in ISO form, whatever form a mapping expects."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range of a sheet: its address, and the positions of its first and last column from 0."""

    address: str
    first: int
    last: int


def column_letters(index: int) -> str:
    """The letters of the column at the position, from 0: A, B … Z, AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def unreadable(path: Path, error: OSError) -> ImportFileError:
    """The error for a file that the system does not give."""
    match error:
        case FileNotFoundError():
            message = Bilingual(f"没有文件 {path}", f"there is no file {path}")
        case PermissionError():
            message = Bilingual(f"没有读取 {path} 的权限", f"{path} may not be read: permission denied")
        case _:
            reason = error.strerror or str(error)
            message = Bilingual(f"无法读取 {path}：{reason}", f"{path} cannot be read: {reason}")
    return ImportFileError(message)


def irregular(path: Path, kind: Bilingual) -> ImportFileError:
    """The error for what would never end or can be read only once; files are read more than once."""
    if path.is_dir():
        return ImportFileError(
            Bilingual(f"{path} 是文件夹，不是{kind.zh}", f"{path} is a folder, not {kind.en}"),
        )
    return ImportFileError(
        Bilingual(f"{path} 不是普通文件", f"{path} is no regular file"),
        Bilingual(f"先把内容存成一个{kind.zh}", f"save what it gives in {kind.en} first"),
    )
