"""Reads numbers as Chinese tables write them: `5万`, `￥1,234.50`, `百分之十五`. Knows no columns and no files."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Context, Decimal
from types import MappingProxyType
from typing import Final

from salespm_flow.definition.findings import shown
from salespm_flow.definition.literals import MAXIMUM_DIGITS
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError
from salespm_flow.nouns import dataclass

_DIGITS: Final[Mapping[str, int]] = MappingProxyType(
    {
        digit: value
        for value, row in enumerate(("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
        for digit in row
    }
)
_TENS: Final[Mapping[str, int]] = MappingProxyType({"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000})
_MYRIADS: Final[Mapping[str, int]] = MappingProxyType({"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8})
_UNITS: Final = "".join((*_TENS, *_MYRIADS))
# Which currencies a mark can mean; a longer mark before one that is its end.
_MARKS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "人民币": frozenset({"CNY"}),
        "RMB": frozenset({"CNY"}),
        "HK$": frozenset({"HKD"}),
        "US$": frozenset({"USD"}),
        "美元": frozenset({"USD"}),
        "欧元": frozenset({"EUR"}),
        "港元": frozenset({"HKD"}),
        "日元": frozenset({"JPY"}),
        "元": frozenset({"CNY"}),
        "¥": frozenset({"CNY", "JPY"}),
        "$": frozenset({"USD"}),
        "€": frozenset({"EUR"}),
    }
)
_CODE: Final = re.compile("[A-Z]{3}")
_ARABIC: Final = re.compile(rf"((?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?)([{_UNITS}]*)")
_NEGATIVE: Final = ("-", "−", "负")
# No digit that may be written is rounded away, as the context of the thread would.
EXACT: Final = Context(prec=2 * MAXIMUM_DIGITS)
_HINT: Final = Bilingual("例如 5万、1.2亿、￥1,234.50、百分之十五", "for example 5万, 1.2亿, ￥1,234.50 or 百分之十五")


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it is written: its value, whether it is a percentage (15% is 15), and what currencies its mark means.

    `currencies` None: it has no mark.
    """

    value: Decimal
    is_percent: bool
    currencies: frozenset[str] | None


def read_chinese_number(text: str) -> Written:
    """The number that the text writes, in digits of any width or in Chinese numerals.

    Raises:
        InputError: it writes none, or one that can be meant in two ways, such as 一万五.
    """
    rest = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if rest.startswith("(") and rest.endswith(")"):  # accountants' minus
        rest = f"-{rest[1:-1]}"
    rest, currencies = _without_mark(rest)
    rest, is_negative = _without_sign(rest)
    if currencies is None:
        rest, currencies = _without_mark(rest)
    is_percent = rest.startswith("百分之") or rest.endswith("%")
    rest = rest.removeprefix("百分之").removesuffix("%")
    value = _arabic(rest) if rest[:1].isdigit() else _numeral(rest)
    if value is None:
        raise InputError(Bilingual(f"{shown(text)} 不是数字", f"{shown(text)} is not a number"), _HINT)
    if value == value.to_integral_value():  # 1.2万 is 12000, not 12000.0
        value = value.to_integral_value()
    return Written(EXACT.minus(value) if is_negative else value, is_percent, currencies)


def _without_sign(text: str) -> tuple[str, bool]:
    for sign in _NEGATIVE:
        if text.startswith(sign):
            return text.removeprefix(sign), True
    return text.removeprefix("+"), False


def _without_mark(text: str) -> tuple[str, frozenset[str] | None]:
    for mark, currencies in _MARKS.items():
        if text.startswith(mark):
            return text.removeprefix(mark), currencies
        if text.endswith(mark):
            return text.removesuffix(mark), currencies
    for code, rest in ((text[:3], text[3:]), (text[-3:], text[:-3])):
        if _CODE.fullmatch(code):
            return rest, frozenset({code})
    return text, None


def _arabic(text: str) -> Decimal | None:
    """Digits with units, the larger first: `1亿2000万`."""
    if len(text) > MAXIMUM_DIGITS + 2:
        return None
    total, place, last = Decimal(0), 0, None
    while place < len(text):
        match = _ARABIC.match(text, place)
        if match is None:
            return None
        unit = _product(match[2])
        # After a unit only a smaller one goes on; a last part without any is meant in two ways.
        if last is not None and (unit >= last or unit == 1):
            return None
        total = EXACT.add(total, EXACT.multiply(Decimal(match[1].replace(",", "")), unit))
        place, last = match.end(), unit
    return total if last is not None else None


def _product(units: str) -> int:
    product = 1
    for unit in units:
        product *= _TENS.get(unit) or _MYRIADS[unit]
    return product


def _numeral(text: str) -> Decimal | None:
    """Chinese numerals, with 点 before decimals."""
    whole, point, decimals = text.partition("点")
    value = _whole(whole)
    if value is None or (point and not decimals) or any(digit not in _DIGITS for digit in decimals):
        return None
    fraction = "".join(str(_DIGITS[digit]) for digit in decimals)
    return Decimal(f"{value}.{fraction}") if fraction else Decimal(value)


def _whole(text: str) -> int | None:
    if not text or any(sign not in _DIGITS and sign not in _UNITS for sign in text):
        return None
    if len(text) > 1 and all(sign in _DIGITS for sign in text):  # digit by digit, as a year: 二〇二六
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total = section = 0
    digit: int | None = None
    for place, sign in enumerate(text):
        if sign in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[sign]
        elif sign in _TENS:
            section += (1 if digit is None else digit) * _TENS[sign]
            digit = None
        else:
            section += digit or 0
            total = (total + section) * _MYRIADS[sign] if sign in "亿億" else total + section * _MYRIADS[sign]
            section, digit = 0, None
            if place == 0:
                return None
    # 一万五 is 15,000 to one reader and 10,005 to another.
    if digit and len(text) > 1 and text[-2] not in "十拾零〇":
        return None
    return total + section + (digit or 0)
