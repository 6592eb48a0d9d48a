"""Looks into an XLSX file as the ZIP package that it is, before anything of it is read: sheets, sizes, merged cells.

What is no such package, is encrypted or would unpack to far more than it is gets refused here. Reads no cells.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final
from xml.etree import ElementTree as ET

from salespm_flow.definition.findings import listed, shown
from salespm_flow.definition.rows import Merge
from salespm_flow.definition.suggest import did_you_mean
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import ImportFileError
from salespm_flow.nouns import dataclass

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_SHARED: Final = "xl/sharedstrings.xml"
_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID: Final = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
# The container of the old formats, also of an encrypted file of the new one.
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_CHUNK: Final = 1 << 20
# A tag may lie across two chunks; none that is looked for is longer.
_OVERLAP: Final = 200
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MERGE: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,80}?ref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"
)
_MOST_MERGES: Final = 10_000
# Sheets are streamed; what is read whole has a lower limit, and strings one between.
LARGEST_SHEET: Final = 2 << 30
LARGEST_STRINGS: Final = 256 << 20
LARGEST_PART: Final = 32 << 20
# Sheets of equal rows reach 1:100; nothing honest of this size comes near 1:400.
_SUSPECT: Final = 64 << 20
_DENSEST: Final = 400


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of the workbook: its name and the part that holds its cells."""

    name: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An XLSX file whose parts have bounded sizes. `sheets` are in order, hidden ones last."""

    path: Path
    archive: zipfile.ZipFile
    sheets: tuple[SheetPart, ...]

    def sheet(self, name: str | None) -> SheetPart:
        """The sheet of the name, or the first visible one.

        Raises:
            ImportFileError: there is none.
        """
        if name is None:
            return self.sheets[0]
        found = next((sheet for sheet in self.sheets if sheet.name == name), None)
        if found is None:
            known = tuple(sheet.name for sheet in self.sheets)
            names = listed(known)
            raise ImportFileError(
                Bilingual(f"{self.path} 没有工作表 {shown(name)}", f"{self.path} has no sheet {shown(name)}"),
                did_you_mean(name, known) or Bilingual(f"文件中有：{names.zh}", f"the file has: {names.en}"),
            )
        return found

    def has_formulas(self, sheet: SheetPart) -> bool:
        """Whether some cell of the sheet is a formula."""
        return any(_FORMULA.search(chunk) is not None for chunk in self._chunks(sheet))

    def merges(self, sheet: SheetPart) -> tuple[Merge, ...]:
        """The merged ranges of the sheet, in the file's order."""
        found: dict[bytes, Merge] = {}
        for chunk in self._chunks(sheet):
            for match in _MERGE.finditer(chunk):
                left, top, right, bottom = match.groups()
                address = b"%b%b:%b%b" % (left, top, right, bottom)
                found[address] = Merge(address.decode("ascii"), _position(left), _position(right))
            if len(found) > _MOST_MERGES:
                break
        return tuple(found.values())

    def _chunks(self, sheet: SheetPart) -> Iterator[bytes]:
        """The text of the sheet in pieces that overlap.

        Raises:
            ImportFileError: it is damaged.
        """
        end = b""
        try:
            with self.archive.open(sheet.part) as stream:
                while data := stream.read(_CHUNK):
                    yield end + data
                    end = data[-_OVERLAP:]
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError) as error:
            raise damaged(self.path) from error


@contextmanager
def open_package(stream: BinaryIO, path: Path) -> Iterator[Package]:
    """The package in the stream.

    Raises:
        ImportFileError: it is no XLSX file, is encrypted or damaged, or would unpack to too much.
    """
    start = stream.read(len(_COMPOUND))
    stream.seek(0)
    if start == _COMPOUND:
        raise _compound(path, is_encrypted=_ENCRYPTED in stream.read(_CHUNK))
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise (damaged(path) if start.startswith(b"PK") else _no_package(path)) from error
    with archive:
        names = {info.filename for info in archive.infolist()}
        if _WORKBOOK not in names:
            raise _no_workbook(path, names)
        _check_sizes(archive, path)
        try:
            sheets = _sheets(archive)
        except (zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, KeyError, RuntimeError) as error:
            raise damaged(path) from error
        if not sheets:
            raise ImportFileError(Bilingual(f"{path} 没有工作表", f"{path} has no sheet with cells"))
        yield Package(path=path, archive=archive, sheets=sheets)


def _sheets(archive: zipfile.ZipFile) -> tuple[SheetPart, ...]:
    """The sheets with cells, visible ones first; charts are none."""
    parts = {
        element.get("Id"): _resolved(element.get("Target", ""))
        for element in ET.fromstring(archive.read(_RELATIONS))  # noqa: S314 -- expat bounds entities itself
        if element.get("Type", "").endswith("/worksheet")
    }
    visible: list[SheetPart] = []
    hidden: list[SheetPart] = []
    for element in ET.fromstring(archive.read(_WORKBOOK)).iter():  # noqa: S314 -- as above
        part = parts.get(element.get(_ID) or element.get(_STRICT_ID))
        if element.tag.endswith("}sheet") and part is not None:
            kept = visible if element.get("state", "visible") == "visible" else hidden
            kept.append(SheetPart(element.get("name", ""), part))
    return (*visible, *hidden)


def _resolved(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _check_sizes(archive: zipfile.ZipFile, path: Path) -> None:
    """The parts are no larger than is sensible; unpacking stops at the size that a part declares."""
    for info in archive.infolist():
        if info.flag_bits & 1:
            raise _compound(path, is_encrypted=True)
        name = info.filename.lower()
        is_sheet = name.startswith("xl/worksheets/")
        limit = LARGEST_SHEET if is_sheet else LARGEST_STRINGS if name == _SHARED else LARGEST_PART
        # Pictures and macros are never read.
        is_read = name.endswith((".xml", ".rels"))
        is_bomb = info.file_size > _SUSPECT and info.file_size > _DENSEST * max(info.compress_size, 1)
        if is_read and (info.file_size > limit or is_bomb):
            size = info.file_size >> 20
            raise ImportFileError(
                Bilingual(
                    f"{path} 中的 {info.filename} 解压后有 {size:,} MB，超过限制",
                    f"{info.filename} in {path} would unpack to {size:,} MB, which is refused",
                ),
                Bilingual("请改用 CSV，或拆成几个文件", "use CSV instead, or split it into several files"),
            )


def _position(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def damaged(path: Path) -> ImportFileError:
    """The error for a file whose parts cannot be read."""
    return ImportFileError(
        Bilingual(f"{path} 已损坏，无法作为 XLSX 读取", f"{path} is damaged and cannot be read as XLSX"),
        Bilingual("用表格软件打开并另存为 .xlsx", "open it in a spreadsheet and save it as .xlsx"),
    )


def _compound(path: Path, *, is_encrypted: bool) -> ImportFileError:
    if is_encrypted:
        return ImportFileError(
            Bilingual(f"{path} 已加密", f"{path} is encrypted"),
            Bilingual("去掉密码后另存", "save it without a password"),
        )
    return ImportFileError(
        Bilingual(f"{path} 是旧的 .xls 格式", f"{path} is in the old format .xls"),
        Bilingual("另存为 .xlsx 或 CSV", "save it as .xlsx or CSV"),
    )


def _no_package(path: Path) -> ImportFileError:
    return ImportFileError(
        Bilingual(f"{path} 不是 XLSX 文件", f"{path} is no XLSX file"),
        Bilingual("CSV 文件请声明 format: csv", "for a CSV file say format: csv"),
    )


def _no_workbook(path: Path, names: set[str]) -> ImportFileError:
    if "xl/workbook.bin" in names:
        zh, en = "是二进制的 .xlsb 格式", "is in the binary format .xlsb"
    elif "content.xml" in names:
        zh, en = "是 OpenDocument 表格", "is an OpenDocument spreadsheet"
    else:
        zh, en = "里没有工作簿", "holds no workbook"
    return ImportFileError(
        Bilingual(f"{path} {zh}", f"{path} {en}"), Bilingual("另存为 .xlsx 或 CSV", "save it as .xlsx or CSV")
    )
