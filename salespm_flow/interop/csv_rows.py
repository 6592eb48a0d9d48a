"""Streams the rows of a CSV file and says clearly why a file cannot be read. Knows no columns' meaning."""

import csv
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from salespm_flow.definition.encoding import decode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ImportFileError

# A byte order mark, as spreadsheets write it, is no part of the first column's name.
ENCODING: Final = "utf-8-sig"
_OTHER_DELIMITERS: Final = (";", "\t", "|")
_LONGEST_CELL: Final = csv.field_size_limit()
_FAULTS: Final = (
    (
        "field larger than field limit",
        Bilingual(
            f"有单元格超过 {_LONGEST_CELL:,} 个字符，可能是引号没有闭合",
            f"a cell is longer than {_LONGEST_CELL:,} characters; perhaps a quote is never closed",
        ),
    ),
    ("unexpected end of data", Bilingual("引号没有闭合", "a quote is never closed")),
    ("expected after", Bilingual("闭合的引号后面还有文字", "text follows a closing quote")),
    ("new-line character seen", Bilingual("单独的回车不能换行", "a lone carriage return breaks a line")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one row and the line of the file it starts on; the header is the first."""

    number: int
    cells: list[str]


def lines_of(path: Path) -> Iterator[Line]:
    """The rows of the file in order, header first, blank lines left out; the file is never held whole.

    Raises:
        ImportFileError: the file cannot be opened, is not UTF-8 or is no valid CSV.
    """
    reached = 0
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _irregular(path)
        with path.open(encoding=ENCODING, newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if cells:
                    yield Line(reached + 1, cells)
                reached = reader.line_num
    except UnicodeDecodeError as error:
        raise _wrongly_encoded(path) from error
    except csv.Error as error:
        raise _no_csv(path, reached + 1, error) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def delimiter_hint(header: list[str]) -> Bilingual | None:
    """What to say where the whole header is one cell because columns are not separated by commas."""
    if len(header) != 1:
        return None
    found = next((mark for mark in _OTHER_DELIMITERS if mark in header[0]), None)
    if found is None:
        return None
    zh, en = ("制表符", "tabs") if found == "\t" else (f"“{found}”", f'"{found}"')
    return Bilingual(f"列似乎用{zh}分隔：请用逗号分隔的 CSV", f"the columns seem to be separated by {en}: use commas")


def is_wide(header: list[str]) -> bool:
    """Whether the header holds NUL characters, as UTF-16 text does when it is read as UTF-8."""
    return any("\0" in name for name in header)


def _wrongly_encoded(path: Path) -> ImportFileError:
    """The error that names the byte and the line; the definition reader's guess at the encoding serves here too."""
    _, (found, *_) = decode(path.read_bytes(), str(path))
    message = Bilingual(
        f"{path} 第 {found.span.line} 行：{found.message.zh}", f"{path}, line {found.span.line}: {found.message.en}"
    )
    hint = Bilingual("请另存为“CSV UTF-8（逗号分隔）”", 'save it as "CSV UTF-8 (comma delimited)"')
    return ImportFileError(message, hint)


def wide_file(path: Path) -> ImportFileError:
    """The error for a file that is UTF-16 or UTF-32 without a mark."""
    return ImportFileError(
        Bilingual(f"{path} 是 UTF-16 或 UTF-32 编码，应为 UTF-8", f"{path} is UTF-16 or UTF-32, expected UTF-8"),
        Bilingual("请另存为“CSV UTF-8（逗号分隔）”", 'save it as "CSV UTF-8 (comma delimited)"'),
    )


def _irregular(path: Path) -> ImportFileError:
    """The error for what would never end or can be read only once; the file is read more than once."""
    if path.is_dir():
        return ImportFileError(Bilingual(f"{path} 是文件夹，不是 CSV 文件", f"{path} is a folder, not a CSV file"))
    return ImportFileError(
        Bilingual(f"{path} 不是普通文件", f"{path} is no regular file"),
        Bilingual("先把内容存成一个 CSV 文件", "save what it gives in a CSV file first"),
    )


def _no_csv(path: Path, line: int, error: csv.Error) -> ImportFileError:
    fault = _fault(str(error))
    return ImportFileError(
        Bilingual(
            f"{path} 第 {line} 行起不是有效的 CSV：{fault.zh}",
            f"{path} is no valid CSV from line {line} on: {fault.en}",
        ),
        Bilingual(
            "检查引号：含逗号、引号或换行的单元格要整个放在双引号里，其中的引号写两次",
            "check the quotes: a cell with commas, quotes or line breaks stands in double quotes, its quotes doubled",
        ),
    )


def _fault(reason: str) -> Bilingual:
    """What the reader's own English words mean."""
    for words, fault in _FAULTS:
        if words in reason:
            return fault
    return Bilingual("格式不对", "it is badly formed")


def _unreadable(path: Path, error: OSError) -> ImportFileError:
    match error:
        case FileNotFoundError():
            message = Bilingual(f"没有文件 {path}", f"there is no file {path}")
        case PermissionError():
            message = Bilingual(f"没有读取 {path} 的权限", f"{path} may not be read: permission denied")
        case _:
            reason = error.strerror or str(error)
            message = Bilingual(f"无法读取 {path}：{reason}", f"{path} cannot be read: {reason}")
    return ImportFileError(message)
