"""One YAML scalar: its value by the YAML 1.2 core rules, and where each of its characters stands in the source."""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from salespm_flow.definition.nodes import Plain
from salespm_flow.nouns import dataclass

MAXIMUM_DIGITS = 34
MAXIMUM_EXPONENT = 99

_CONSTANTS: Mapping[str, bool | None] = MappingProxyType(
    {
        "": None,
        "~": None,
        "null": None,
        "Null": None,
        "NULL": None,
        "true": True,
        "True": True,
        "TRUE": True,
        "false": False,
        "False": False,
        "FALSE": False,
    }
)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?")
_OTHER_BASE = re.compile(r"0o([0-7]+)|0x([0-9a-fA-F]+)")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MAY_BEGIN_NUMBER = frozenset("+-.0123456789")
_BLANK = frozenset(" \t\r\n")
_ESCAPE_DIGITS: Mapping[str, int] = MappingProxyType({"x": 2, "u": 4, "U": 8})


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """A number that is not accepted: too many digits, too large an exponent, or not finite."""


def resolve(text: str) -> Plain | OutOfRange:
    """The value that a plain scalar has in YAML 1.2; dates, times, `on` and `yes` stay text.

    Numbers are bounded before they are built: Python's integers take quadratic time and a small exponent can stand
    for gigabytes of digits.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _MAY_BEGIN_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= MAXIMUM_DIGITS else OutOfRange()
    number = _DECIMAL.fullmatch(text)
    if number is not None:
        return _decimal(text, number[1])
    other = _OTHER_BASE.fullmatch(text)
    if other is not None:
        digits, base = (other[1], 8) if other[1] else (other[2], 16)
        return int(digits, base) if len(digits) <= MAXIMUM_DIGITS else OutOfRange()
    return OutOfRange() if _NOT_FINITE.fullmatch(text) else text


def _decimal(text: str, exponent: str | None) -> Decimal | OutOfRange:
    mantissa = text if exponent is None else text[: -len(exponent) - 1]
    if len(mantissa) > MAXIMUM_DIGITS + 2 or (exponent is not None and not _is_small(exponent)):
        return OutOfRange()
    return Decimal(text)


def _is_small(exponent: str) -> bool:
    return len(exponent) <= MAXIMUM_DIGITS and abs(int(exponent)) <= MAXIMUM_EXPONENT


def locate_double_quoted(source: str, begin: int, text: str) -> list[int]:
    """The source index of each character of a double-quoted scalar whose opening quote stands at `begin`."""
    if "\\" not in text and "\n" not in text and source.startswith(text, begin + 1):
        return list(range(begin + 1, begin + 1 + len(text)))  # nothing escaped or folded: told at once, however long
    found: list[int] = []
    index = begin + 1
    folded = 0
    for character in text:
        if folded:
            # n line ends with nothing between them stand for n - 1 characters, which share a place.
            folded -= 1
            found.append(found[-1])
            continue
        index = _after_line_continuations(source, index)
        found.append(min(index, len(source)))
        after_blanks = _after_blanks(source, index)
        line_ends = source.count("\n", index, after_blanks)
        if source.startswith("\\", index):
            index += 2 + _ESCAPE_DIGITS.get(source[index + 1 : index + 2], 0)
        elif line_ends and character in _BLANK:
            folded, index = max(line_ends - 2, 0), after_blanks
        else:
            index += 1
    return found


def locate_in_order(source: str, begin: int, text: str, *, quote_width: int = 1) -> list[int]:
    """The source index of each character of a plain, single-quoted or block scalar whose content begins at `begin`.

    Folding changes blanks only, so all other characters are found in order; a blank of the text stands where the
    character before it ends. `quote_width` is how many characters a single quote takes in the source.
    """
    if "\n" not in text and "'" not in text and source.startswith(text, begin):
        return list(range(begin, begin + len(text)))
    found: list[int] = []
    index = begin
    for character in text:
        if character not in _BLANK:
            index = _after_blanks(source, index)
        found.append(min(index, len(source)))
        index += quote_width if character == "'" else 1
    return found


def content_begin(source: str, begin: int) -> int:
    """The index after the header line of the block scalar that begins at `begin`."""
    end = source.find("\n", begin)
    return len(source) if end < 0 else end + 1


def properties_end(source: str, begin: int) -> int:
    """The index of the scalar itself where an anchor or a tag stands before it at `begin`."""
    index = begin
    while index < len(source) and source[index] in "&!":
        while index < len(source) and source[index] not in _BLANK:
            index += 1
        index = _after_blanks(source, index)
    return index


def _after_line_continuations(source: str, index: int) -> int:
    """The index after any escaped line ends, which stand for no character, and the indentation that follows them."""
    while source.startswith(("\\\n", "\\\r"), index):
        index = _after_blanks(source, index + 1)
    return index


def _after_blanks(source: str, index: int) -> int:
    while index < len(source) and source[index] in _BLANK:
        index += 1
    return index
