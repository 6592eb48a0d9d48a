"""Bytes of a definition file → text, or one finding that says which encoding was met. Knows nothing of YAML."""

import codecs
import re
import unicodedata
from collections.abc import Iterable

from salespm_flow.definition.findings import error, point, warning
from salespm_flow.diagnostics import Bilingual, Diagnostic

BYTE_ORDER_MARK = "\ufeff"
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE = 1000
_HIGH = bytes(range(0x80, 0x100))
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Line separators of YAML 1.1 (U+0085, U+2028, U+2029) are refused too: the reader would count them as line ends while
# editors and YAML 1.2 do not, and every position after one would be wrong. What turns the direction of writing (U+202A
# to U+202E, U+2066 to U+2069) would show a reviewer another rule than the one that runs.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|\r|\n")
_SAVE_AS_UTF8 = Bilingual("请用编辑器把文件另存为 UTF-8", "save the file as UTF-8 in your editor")


def decode(data: bytes, file: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The text that the bytes hold, without a byte order mark; None with one error where they are not UTF-8 text."""
    if _is_wide(data):
        message = Bilingual("文件是 UTF-16 或 UTF-32 编码，应为 UTF-8", "the file is UTF-16 or UTF-32, expected UTF-8")
        return None, (error("SF104", point(file, 1, 1), message, _SAVE_AS_UTF8),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as found:
        return None, (_not_utf8(data, found.start, file),)
    text, marks = without_mark(text, file)
    refused = refused_character(text, file)
    return (text, marks) if refused is None else (None, (refused,))


def without_mark(text: str, file: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text without a byte order mark at its start, and a warning if there was one."""
    if not text.startswith(BYTE_ORDER_MARK):
        return text, ()
    message = Bilingual(
        "文件开头有字节顺序标记（BOM），已忽略", "the file starts with a byte order mark, which is ignored"
    )
    hint = Bilingual("请另存为不带 BOM 的 UTF-8", "save the file as UTF-8 without BOM")
    return text.removeprefix(BYTE_ORDER_MARK), (warning("SF106", point(file, 1, 1), message, hint),)


def refused_character(text: str, file: str) -> Diagnostic | None:
    """An error at the first character that no definition may hold.

    They are controls, those of the direction of writing too, line separators and lone surrogates.
    """
    found = _REFUSED.search(text)
    if found is None:
        return None
    line, start = 1, 0
    for line_end in _LINE_END.finditer(text, 0, found.start()):
        line, start = line + 1, line_end.end()
    name = f"U+{ord(found[0]):04X} {unicodedata.name(found[0], '')}".rstrip()
    message = Bilingual(f"不允许的不可见字符 {name}", f"the invisible character {name} is not accepted")
    hint = Bilingual("请删除它", "remove it")
    return error("SF105", point(file, line, found.start() - start + 1), message, hint)


def holds_refused_character(text: str) -> bool:
    """Whether a value, after its escapes were read, holds a character that no definition may hold."""
    return _REFUSED.search(text) is not None


def _is_wide(data: bytes) -> bool:
    """Whether the bytes look like UTF-16 or UTF-32, with or without a mark."""
    sample = data[:_SAMPLE]
    # ASCII written as UTF-16 is half zeros; a stray NUL in UTF-8 text is not.
    return data.startswith(_WIDE_MARKS) or sample.count(0) * 3 > len(sample)


def _not_utf8(data: bytes, offset: int, file: str) -> Diagnostic:
    before = data[:offset].decode("utf-8")
    lines = _LINE_END.split(before)
    byte = f"0x{data[offset]:02X}"
    if _looks_like_gbk(data):
        message = Bilingual(
            f"文件不是 UTF-8（第 {offset + 1} 个字节是 {byte}），看起来是 GBK",
            f"the file is not UTF-8 (byte {offset + 1} is {byte}); it looks like GBK",
        )
    else:
        message = Bilingual(
            f"文件不是 UTF-8（第 {offset + 1} 个字节是 {byte}），可能是 Latin-1 等其他编码",
            f"the file is not UTF-8 (byte {offset + 1} is {byte}); it may be Latin-1 or another encoding",
        )
    return error("SF103", point(file, len(lines), len(lines[-1]) + 1), message, _SAVE_AS_UTF8)


def _looks_like_gbk(data: bytes) -> bool:
    return is_gbk((data,))


def is_gbk(pieces: Iterable[bytes]) -> bool:
    """Whether the bytes read as GBK and come in pairs, as Chinese does and accented letters do not."""
    decoder = codecs.getincrementaldecoder("gbk")()
    runs = even = 0
    rest = b""
    try:
        for piece in pieces:
            decoder.decode(piece)
            whole = rest + piece
            # A run may go on in the next piece.
            end = len(whole.rstrip(_HIGH))
            rest = whole[end:]
            lengths = [len(run) for run in _HIGH_RUN.findall(whole[:end])]
            runs, even = runs + len(lengths), even + sum(length % 2 == 0 for length in lengths)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    if rest:
        runs, even = runs + 1, even + (len(rest) % 2 == 0)
    return 2 * even > runs


def is_utf8(pieces: Iterable[bytes]) -> bool:
    """Whether the bytes are UTF-8, with or without a byte order mark."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces:
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
