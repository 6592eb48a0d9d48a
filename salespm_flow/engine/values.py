"""What a value must be like to be kept: of its declared type, in order with its bounds, storable. Knows no project."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, Months, Reference, Value, WorkingDays
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, MoneyOf, RefTo, Scalar, SimpleType

# The numbers of the expression language are those of IEEE 754 decimal128.
DIGITS: Final = 34
LARGEST_EXPONENT: Final = 6144
SMALLEST_EXPONENT: Final = -6176
TEXT_LIMIT: Final = 100_000
LIST_LIMIT: Final = 10_000
IDENTITY_LIMIT: Final = 200
SHOWN: Final = 60
# Lone surrogates are no text, and control characters would act on whoever's terminal shows them.
_UNPRINTABLE: Final = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
# What turns the direction of writing would make one name look like another.
_UNPRINTABLE_OR_BREAK: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
# A day from either end of the calendar, every zone still has a date.
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 30, tzinfo=UTC)

_Test = Callable[[Value], bool]


def _is_number(value: Value) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _is_integer(value: Value) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value()


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_boolean(value: Value) -> bool:
    return isinstance(value, bool)


def _is_date(value: Value) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_datetime(value: Value) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _is_duration(value: Value) -> bool:
    return isinstance(value, timedelta | Months) or (isinstance(value, WorkingDays) and value.days.is_finite())


_TESTS: Final[Mapping[Scalar, _Test]] = {
    Scalar.TEXT: _is_text,
    Scalar.INTEGER: _is_integer,
    Scalar.NUMBER: _is_number,
    Scalar.BOOLEAN: _is_boolean,
    Scalar.PERCENT: _is_number,
    Scalar.DATE: _is_date,
    Scalar.DATETIME: _is_datetime,
    Scalar.DURATION: _is_duration,
    Scalar.PERSON: _is_text,
    Scalar.ROLE: _is_text,
    Scalar.FILE: _is_text,
}


def fits(value: Value, declared: FieldType) -> bool:
    """Whether a value (not None) is one of the declared type."""
    match declared:
        case SimpleType(scalar=scalar):
            return _TESTS[scalar](value)
        case MoneyOf(currency=currency):
            return isinstance(value, Money) and value.currency == currency and value.amount.is_finite()
        case EnumOf(values=values):
            return isinstance(value, str) and value in values
        case RefTo():
            return isinstance(value, str)
        case ListOf(item=item):
            return isinstance(value, tuple) and all(fits(one, item) for one in value)


def flaw_of(value: Value) -> Bilingual | None:
    """Why the value cannot be kept although it is of its type; None where it can."""
    match value:
        case str():
            return text_flaw(value)
        case Decimal() as number:
            return _number_flaw(number)
        case Money(amount=number) | WorkingDays(days=number):
            return _number_flaw(number)
        case datetime() as moment if not _EARLIEST <= moment <= _LATEST:
            return Bilingual("超出公元 1 至 9999 年", "lies outside the years 1 to 9999")
        case tuple() if len(value) > LIST_LIMIT:
            return Bilingual(f"超过 {LIST_LIMIT} 项", f"has more than {LIST_LIMIT} items")
        case tuple():
            return next((flaw for one in value if (flaw := flaw_of(one)) is not None), None)
        case _:
            return None


def text_flaw(text: str) -> Bilingual | None:
    """Why the text cannot be kept; None where it can."""
    if len(text) > TEXT_LIMIT:
        return Bilingual(f"超过 {TEXT_LIMIT} 个字符", f"is longer than {TEXT_LIMIT} characters")
    if not text.isprintable() and _UNPRINTABLE.search(text):
        return Bilingual("含有控制字符或无效字符", "holds control characters or what is no text")
    return None


def identity_flaw(text: str) -> Bilingual | None:
    """Why the text cannot name a person, role or project; None where it can."""
    if not text.strip():
        return Bilingual("不能为空", "must not be empty")
    if len(text) > IDENTITY_LIMIT:
        return Bilingual(f"超过 {IDENTITY_LIMIT} 个字符", f"is longer than {IDENTITY_LIMIT} characters")
    if not text.isprintable() and _UNPRINTABLE_OR_BREAK.search(text):
        return Bilingual("含有换行、控制字符或无效字符", "holds line breaks, control characters or what is no text")
    return None


def _number_flaw(number: Decimal) -> Bilingual | None:
    _, digits, exponent = number.as_tuple()
    # NaN and the infinities have a letter for an exponent.
    is_exact = isinstance(exponent, int) and exponent >= SMALLEST_EXPONENT and len(digits) <= DIGITS
    if is_exact and number.adjusted() <= LARGEST_EXPONENT:
        return None
    zh, en = f"超过 {DIGITS} 位有效数字，或过大、过小", f"has more than {DIGITS} digits, or is too large or too small"
    return Bilingual(zh, en)


def compare(value: Value, bound: Value) -> int | None:
    """-1, 0 or 1 as the value is below, at or above the bound; None where the two have no order."""
    match value, bound:
        case Money(amount=amount, currency=currency), Money(amount=limit, currency=other) if currency == other:
            return compare(amount, limit)
        case (Decimal(), Decimal()) | (timedelta(), timedelta()) | (datetime(), datetime()):
            return _order(value, bound)
        case Months(count=left), Months(count=right):
            return (left > right) - (left < right)
        case WorkingDays(days=days), WorkingDays(days=limit):
            return _order(days, limit)
        case date(), date() if type(value) is type(bound):
            return _order(value, bound)
        case _:
            return None


def _order(left: Value, right: Value) -> int:
    # Called with two values of one ordered type only, which the arms of `compare` know and a type checker does not.
    return (left > right) - (left < right)  # type: ignore[operator]


def kept(value: Value) -> Value:
    """The value as a field or column keeps it: a reference by its key."""
    if isinstance(value, Reference):
        return value.key
    if isinstance(value, tuple):
        return tuple(kept(one) for one in value)
    return value


def shown(value: Value, declared: FieldType | None = None) -> str:
    """The value as a message shows it, cut where it is long."""
    match value:
        case Money(amount=amount, currency=currency):
            text = f"{amount} {currency}"
        case Months(count=count):
            text = f"{count}mo"
        case WorkingDays(days=days):
            text = f"{days}wd"
        case Decimal() if declared == SimpleType(Scalar.PERCENT) and value.is_finite() and flaw_of(value) is None:
            text = f"{(value * 100).normalize():f}%"
        case tuple():
            text = ", ".join(shown(one) for one in value[:SHOWN])
        case _:
            text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def label(noun: str, title: Bilingual) -> Bilingual:
    """How a message names a field or record: by title and id, by the id alone where it has no title."""
    zh = f"“{noun}”" if title.zh == noun else f"“{title.zh}”（{noun}）"
    return Bilingual(zh, noun if title.en == noun else f"{title.en} ({noun})")
