"""Streams the rows of a CSV file and says clearly why a file cannot be read. Knows no columns' meaning."""

import csv
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from salespm_flow.definition.encoding import decode, is_gbk, is_utf8
from salespm_flow.definition.rows import Line, RowFile, irregular, unreadable
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ImportFileError
from salespm_flow.model.library import Encoding

# A byte order mark, as spreadsheets write it, is no part of the first column's name; GB 18030 has all of GBK and more.
CODECS: Final[Mapping[Encoding, str]] = MappingProxyType({Encoding.UTF_8: "utf-8-sig", Encoding.GBK: "gb18030"})
_KIND: Final = Bilingual(" CSV 文件", "a CSV file")
_PIECE: Final = 1 << 20
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


def lines_of(file: RowFile) -> Iterator[Line]:
    """The rows of the file in order, header first, blank lines left out; the file is never held whole.

    Raises:
        ImportFileError: the file cannot be opened, is in another encoding or is no valid CSV.
    """
    path = file.path
    reached = 0
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise irregular(path, _KIND)
        with path.open(encoding=CODECS[file.encoding or encoding_of(path)], newline="") as text:
            reader = csv.reader(text, strict=True)
            for cells in reader:
                if cells:
                    yield Line(reached + 1, cells)
                reached = reader.line_num
    except UnicodeDecodeError as error:
        raise _wrongly_encoded(file) from error
    except csv.Error as error:
        raise _no_csv(path, reached + 1, error) from error
    except OSError as error:
        raise unreadable(path, error) from error


def encoding_of(path: Path) -> Encoding:
    """The encoding that the whole file reads in: UTF-8 where it does, GBK where it looks like Chinese text in that.

    Raises:
        OSError: the file cannot be read.
    """
    return Encoding.UTF_8 if is_utf8(_pieces(path)) or not is_gbk(_pieces(path)) else Encoding.GBK


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


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


def _wrongly_encoded(file: RowFile) -> ImportFileError:
    """The error that names the byte and the line; the definition reader's guess at the encoding serves here too."""
    path = file.path
    if file.encoding is Encoding.GBK:
        return ImportFileError(
            Bilingual(f"{path} 不是 GBK 编码", f"{path} is not in GBK"),
            Bilingual("去掉 encoding: gbk，让程序自己识别", "leave encoding: gbk out, and it is found out"),
        )
    _, (found, *_) = decode(path.read_bytes(), str(path))
    message = Bilingual(
        f"{path} 第 {found.span.line} 行：{found.message.zh}", f"{path}, line {found.span.line}: {found.message.en}"
    )
    if is_gbk(_pieces(path)):
        hint = Bilingual(
            "用 --encoding gbk，在映射里写 encoding: gbk，或去掉 encoding 让程序自己识别",
            "say --encoding gbk, write encoding: gbk in the mapping, or leave encoding out and it is found out",
        )
    else:
        hint = Bilingual("请另存为“CSV UTF-8（逗号分隔）”", 'save it as "CSV UTF-8 (comma delimited)"')
    return ImportFileError(message, hint)


def wide_file(path: Path) -> ImportFileError:
    """The error for a file that is UTF-16 or UTF-32 without a mark."""
    return ImportFileError(
        Bilingual(f"{path} 是 UTF-16 或 UTF-32 编码，应为 UTF-8", f"{path} is UTF-16 or UTF-32, expected UTF-8"),
        Bilingual("请另存为“CSV UTF-8（逗号分隔）”", 'save it as "CSV UTF-8 (comma delimited)"'),
    )


def _no_csv(path: Path, line: int, error: csv.Error) -> ImportFileError:
    fault = fault_of(error)
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


def fault_of(error: csv.Error) -> Bilingual:
    """What the reader's own English words mean."""
    reason = str(error)
    for words, fault in _FAULTS:
        if words in reason:
            return fault
    return Bilingual("格式不对", "it is badly formed")
