"""Reads cells in the form that a mapping names: `zh-number`, `zh-date`, `excel-date`, or a date pattern.

Nothing is read so unless a mapping says so. Knows no columns and no files.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final

from salespm_flow.definition.cell_literals import cell_reader, moment_of
from salespm_flow.definition.findings import shown
from salespm_flow.definition.rows import IsoText
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError
from salespm_flow.expr.values import Money, Value
from salespm_flow.interop.chinese_number import EXACT, read_chinese_number
from salespm_flow.interop.date_form import form_reader
from salespm_flow.model.fields import FieldType, MoneyOf, Scalar, SimpleType
from salespm_flow.model.library import WrittenForm

TextReader = Callable[[str], Value]
_NUMERAL: Final = "(?:[0-9]{1,2}|[〇零一二三四五六七八九十]{1,3})"
_CHINESE_DATE: Final = re.compile(
    rf"(?P<year>[0-9]{{4}}|[〇零一二三四五六七八九]{{4}})\s*[年/.\-]\s*(?P<month>{_NUMERAL})\s*[月/.\-]\s*"
    rf"(?P<day>{_NUMERAL})(?:\s*[日号]|\b)"
    rf"(?:\s*T?(?P<half>凌晨|早上|上午|中午|下午|晚上)?\s*(?P<hour>{_NUMERAL})\s*[:时点]"
    rf"(?:\s*(?P<minute>{_NUMERAL})\s*分?)?(?:\s*:?\s*(?P<second>{_NUMERAL})\s*秒?)?)?"
)
_AFTERNOON: Final = frozenset({"中午", "下午", "晚上"})
_NOON: Final = 12
# Day 60 of the older epoch is a 29 February 1900 that never was; the days before it count from a day later.
_PHANTOM: Final = 60
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 -- a wall clock, the workspace's zone is added
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001 -- as above
_SECONDS: Final = 86_400


def reader_of(declared: FieldType, form: str | None, zone: tzinfo) -> TextReader:
    """A function that reads texts of the form as values of the type, None for blank ones.

    The text of a date cell is read as what it is, whatever the form says of other texts.

    Raises:
        InputError: the form itself cannot be understood.
    """
    plain = cell_reader(declared, zone)
    if form is None:
        return _hinting(plain, declared, zone)
    match declared:
        case SimpleType(scalar=Scalar.DATE | Scalar.DATETIME as scalar):
            moment = _moment_reader(form, zone)

            def read_moment(text: str) -> Value:
                if not text or text.isspace():
                    return None
                found = moment_of(text, zone) if isinstance(text, IsoText) else moment(text)
                return found.date() if scalar is Scalar.DATE else found

            return read_moment
        case _ if form == WrittenForm.ZH_NUMBER:
            return lambda text: None if not text or text.isspace() else _number_of(text, declared)
        case _:
            return plain


def _hinting(plain: TextReader, declared: FieldType, zone: tzinfo) -> TextReader:
    """As `plain`; what it refuses and a Chinese form would read is told together with the name of that form."""
    match declared:
        case SimpleType(scalar=Scalar.DATE | Scalar.DATETIME):
            form = WrittenForm.ZH_DATE
        case MoneyOf() | SimpleType(scalar=Scalar.NUMBER | Scalar.INTEGER | Scalar.PERCENT):
            form = WrittenForm.ZH_NUMBER
        case _:
            return plain
    chinese = reader_of(declared, form, zone)
    hint = Bilingual(
        f"映射为这一列写明 format: {form} 即可读取", f"the mapping reads it if it says format: {form} of the column"
    )

    def read(text: str) -> Value:
        try:
            return plain(text)
        except InputError as error:
            try:
                chinese(text)
            except InputError:
                raise error from None
            raise InputError(error.message, hint) from error

    return read


def _moment_reader(form: str, zone: tzinfo) -> Callable[[str], datetime]:
    match form:
        case WrittenForm.ZH_DATE:
            return lambda text: _chinese_date(text).replace(tzinfo=zone)
        case WrittenForm.EXCEL_DATE:
            return lambda text: _serial(text, _EPOCH).replace(tzinfo=zone)
        case WrittenForm.EXCEL_DATE_1904:
            return lambda text: _serial(text, _EPOCH_1904).replace(tzinfo=zone)
        case _:
            return form_reader(form, zone)


def _number_of(text: str, declared: FieldType) -> Value:
    """The number as a value of the type: a percentage for a percent only, a mark of money for that money only."""
    written = read_chinese_number(text)
    is_share = declared == SimpleType(Scalar.PERCENT)
    if written.is_percent is not is_share:
        raise InputError(
            Bilingual(f"{shown(text)} 不是百分比", f"{shown(text)} is not a percentage")
            if is_share
            else Bilingual(f"{shown(text)} 是百分比", f"{shown(text)} is a percentage"),
            Bilingual("例如 15% 或 百分之十五", "for example 15% or 百分之十五") if is_share else None,
        )
    _check_mark(text, written.currencies, declared)
    match declared:
        case MoneyOf(currency=currency):
            return Money(written.value, currency)
        case SimpleType(scalar=Scalar.INTEGER) if written.value != written.value.to_integral_value():
            raise InputError(Bilingual(f"{shown(text)} 不是整数", f"{shown(text)} is not a whole number"))
        case SimpleType(scalar=Scalar.INTEGER):
            return written.value.to_integral_value()
        case _:
            return EXACT.divide(written.value, 100) if is_share else written.value


def _check_mark(text: str, currencies: frozenset[str] | None, declared: FieldType) -> None:
    if currencies is None:
        return
    if not isinstance(declared, MoneyOf):
        raise InputError(Bilingual(f"{shown(text)} 是金额", f"{shown(text)} is an amount of money"))
    if declared.currency not in currencies:
        raise InputError(
            Bilingual(
                f"{shown(text)} 的币种不是 {declared.currency}",
                f"the currency of {shown(text)} is not {declared.currency}",
            ),
            Bilingual(f"请先换算成 {declared.currency}", f"convert it to {declared.currency} first"),
        )


def _chinese_date(text: str) -> datetime:
    match = _CHINESE_DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is not None:
        year, month, day, hour, minute, second = (
            _count(match[name] or "0") for name in ("year", "month", "day", "hour", "minute", "second")
        )
        if match["half"] in _AFTERNOON and 0 < hour < _NOON:
            hour += _NOON
        try:
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- the caller adds the zone
        except ValueError:
            pass
    raise InputError(
        Bilingual(f"{shown(text)} 不是日期", f"{shown(text)} is not a date"),
        Bilingual("例如 2026年1月5日 或 2026/1/5", "for example 2026年1月5日 or 2026/1/5"),
    )


def _count(digits: str) -> int:
    """The number that digits or numerals write, 0 for what writes none, which is no month or day."""
    if digits.isascii():
        return int(digits)
    try:
        return int(read_chinese_number(digits).value)
    except InputError:
        return -1


def _serial(text: str, epoch: datetime) -> datetime:
    try:
        days = Decimal(text.strip())
        seconds = int((days * _SECONDS).to_integral_value())
        if epoch is _EPOCH and int(days) < _PHANTOM:
            seconds += _SECONDS
        is_possible = days >= (1 if epoch is _EPOCH else 0) and not (epoch is _EPOCH and int(days) == _PHANTOM)
        if is_possible:
            return epoch + timedelta(seconds=seconds)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise InputError(
        Bilingual(f"{shown(text)} 不是 Excel 的日期序号", f"{shown(text)} is no serial date of a spreadsheet"),
        Bilingual("应是从纪元起的天数，例如 46027", "expected the days since the epoch, for example 46027"),
    )
