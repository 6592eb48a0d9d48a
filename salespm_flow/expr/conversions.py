"""Bodies of the functions that make one kind of value from another, or take the place of none. Knows no clock."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from salespm_flow.expr.arithmetic import CONTEXT, whole
from salespm_flow.expr.moments import local, zoned
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.syntax import Node, TextLiteral
from salespm_flow.expr.temporal import (
    parse_date,
    parse_datetime,
    parse_duration,
    parse_time,
    write_instant,
    write_temporal,
)
from salespm_flow.expr.tokens import MAX_DIGITS
from salespm_flow.expr.types import DURATION, MONTHS, MoneyType, Type, Typed
from salespm_flow.expr.unparse import write_number, write_text
from salespm_flow.expr.values import Money, Months, Range, Reference, Value, WorkingDays
from salespm_flow.expr.zones import zone_called, zone_of_offset

_NUMBER = re.compile(r"-?\d{1,34}(\.\d{1,34})?", re.ASCII)
_THOUSANDS = (None, " ", ",", ".")
_DECIMALS = (None, ",", ".")
_SWAPPED = str.maketrans(",.", ".,")
_MINUTE = 60
# Steps that writing a part of a value takes.
_TO_WRITE = 6
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def text_of(value: Value) -> str:
    """The text of a text, an enum value or a reference; any other value is written out."""
    return value if isinstance(value, str) else write_value(value)


def write_value(value: Value) -> str:
    """The value as text a person can read; what has a literal is written as one, but a text as itself."""
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return value
        case Decimal():
            return write_number(value)
        case Money(amount=amount, currency=currency):
            return f"{write_number(amount)} {currency}"
        case WorkingDays(days=days):
            return f"{write_number(days)}wd"
        case Reference(key=key):
            return key
        case Range() | tuple() | Mapping():
            return _write_collection(value)
        case _:
            return write_instant(value) if isinstance(value, datetime) else write_temporal(value)


def _write_collection(value: "Range | tuple[Value, ...] | Mapping[str, Value]") -> str:
    match value:
        case Range(low=low, high=high):
            opening, closing = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
            return f"{opening}{_write_inner(low)}..{_write_inner(high)}{closing}"
        case tuple():
            return f"[{', '.join(_write_inner(element) for element in value)}]"
        case _:
            return "{" + ", ".join(f"{key}: {_write_inner(element)}" for key, element in value.items()) + "}"


def _write_inner(value: Value) -> str:
    return write_text(value) if isinstance(value, str) else write_value(value)


def to_string(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The value as text."""
    scope.burn_deep(arguments[0], _TO_WRITE)
    return write_value(arguments[0])


def to_number(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The number that the text spells; null where it spells none."""
    if isinstance(arguments[0], Decimal):
        return arguments[0]
    text = text_of(arguments[0]).strip()
    if not _NUMBER.fullmatch(text) or sum(char.isdigit() for char in text) > MAX_DIGITS:
        return None
    return CONTEXT.create_decimal(text)


def to_number_by_marks(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The number that the text spells with the marks given for thousands and for decimals; null for none of them."""
    text, thousands, decimals = arguments
    if not isinstance(text, str) or thousands not in _THOUSANDS or decimals not in _DECIMALS or thousands == decimals:
        return None
    plain = text if thousands is None else text.replace(str(thousands), "")
    # With a decimal comma a point that is no thousands mark spells no number.
    return to_number(_scope, (plain.translate(_SWAPPED) if decimals == "," else plain,))


def to_money(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The amount in the currency; null where that is no three-letter code."""
    amount, currency = arguments
    known = isinstance(currency, str) and _CURRENCY.fullmatch(currency) is not None
    return Money(amount, currency) if known and isinstance(amount, Decimal) and isinstance(currency, str) else None


def is_currency(code: str) -> bool:
    """Whether the text has the form of an ISO 4217 code."""
    return _CURRENCY.fullmatch(code) is not None


def money_type(_typed: tuple[Typed, ...], nodes: tuple[Node, ...]) -> Type:
    """Money in the currency written as the second argument."""
    currency = nodes[1]
    is_code = isinstance(currency, TextLiteral) and _CURRENCY.fullmatch(currency.value)
    return MoneyType(currency.value) if is_code and isinstance(currency, TextLiteral) else MoneyType()


def to_duration(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The duration that the ISO 8601 text spells."""
    return parse_duration(text_of(arguments[0]))


def duration_type(_typed: tuple[Typed, ...], nodes: tuple[Node, ...]) -> Type:
    """A duration in months where the argument is a text that spells one."""
    text = nodes[0]
    return MONTHS if isinstance(text, TextLiteral) and isinstance(parse_duration(text.value), Months) else DURATION


def to_date(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The date of an instant in the zone in force, or that a text spells, or of year, month and day."""
    match arguments:
        case (datetime() as moment,):
            there = local(scope, moment)
            return None if there is None else there.date()
        case (date() as given,):
            return given
        case (year, month, day):
            return _date_of(year, month, day)
        case (str() | Reference() as text,):
            return parse_date(text_of(text))
        case _:
            return None


def to_time(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The time of day of an instant in the zone in force, or that a text spells, or of its parts, if with an offset."""
    match arguments:
        case (datetime() as moment,):
            there = local(scope, moment)
            return None if there is None else there.time()
        case (time() as moment,):
            return moment
        case (Decimal() as hour, Decimal() as minute, Decimal() as second):
            return _time_of(hour, minute, second)
        case (_, _, _, offset):
            clock = to_time(scope, arguments[:3])
            return _in_zone(clock, offset) if isinstance(clock, time) else None
        case (str() | Reference() as text,):
            return parse_time(text_of(text))
        case _:
            return None


def to_datetime(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The instant of a date and a time, of six parts, if with an offset or a zone's name, or that a text spells.

    What names no zone is in the zone in force.
    """
    match arguments:
        case (datetime() as moment,):
            return moment
        case (date(), time() as moment):
            day = to_date(scope, arguments[:1])
            return zoned(scope, datetime.combine(day, moment)) if isinstance(day, date) else None
        case (_, _, _, _, _, _):
            return to_datetime(scope, (to_date(scope, arguments[:3]), to_time(scope, arguments[3:])))
        case (_, _, _, _, _, _, zone):
            clock = to_time(scope, arguments[3:6])
            there = _in_zone(clock, zone) if isinstance(clock, time) else None
            return to_datetime(scope, (to_date(scope, arguments[:3]), there))
        case (str() | Reference() as text,):
            read = parse_datetime(text_of(text))
            return None if read is None else zoned(scope, read)
        case _:
            return None


def _in_zone(moment: time, zone: Value) -> time | None:
    """The time at an offset or in the zone of that name; as it is where neither is given."""
    match zone:
        case None:
            return moment
        case timedelta():
            found: tzinfo | None = zone_of_offset(zone)
        case str() | Reference():
            found = zone_called(text_of(zone))
        case _:
            found = None
    return None if found is None else moment.replace(tzinfo=found)


def _date_of(*parts: Value) -> date | None:
    year, month, day = (whole(part) for part in parts)
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time_of(*parts: Decimal) -> time | None:
    """The time of an hour, a minute and a second, which may have parts."""
    rest = parts[2] % 1 if abs(parts[2]) < _MINUTE else Decimal(0)
    hour, minute, second = (whole(part) for part in (parts[0], parts[1], CONTEXT.subtract(parts[2], rest)))
    if hour is None or minute is None or second is None:
        return None
    try:
        return time(hour, minute, second, int(rest.scaleb(6)))
    except ValueError:
        return None


def default(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The first value, or the second where the first is null."""
    return arguments[1] if arguments[0] is None else arguments[0]


def is_defined(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """Whether the value is not null."""
    return arguments[0] is not None


def negation(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The opposite of a boolean."""
    return not arguments[0] if isinstance(arguments[0], bool) else None
