"""Values as JSON and back, exactly. Knows neither nouns nor tables.

Null, booleans and texts stand for themselves, a list is an array. Everything else is an object with one key that names
its type, such as `{"money": ["100.00", "CNY"]}`; JSON numbers stand for no value, since a reader could make floats of
them.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias, cast

from salespm_flow.expr.values import Money, Months, Range, Value, WorkingDays

Json: TypeAlias = "bool | int | str | list[Json] | tuple[Json, ...] | dict[str, Json] | None"

_PLAIN = frozenset({str, bool, type(None)})
_MICROSECOND = timedelta(microseconds=1)

# A text as JSON.
quoted = json.encoder.encode_basestring
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@lru_cache(maxsize=256)  # one decision writes the same moment into many places
def encode_time(at: datetime) -> str:
    """The moment in UTC, 27 characters, so that texts sort as moments do.

    Raises:
        ValueError: the moment has no time zone.
    """
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            raise ValueError(f"a stored moment needs a time zone: {at.isoformat()}")
        at = at.astimezone(UTC)
    return f"{at.isoformat(timespec='microseconds')[:26]}Z"


@lru_cache(maxsize=256)
def write_time(at: datetime) -> str:
    """The JSON text of `encode_time`."""
    return f'"{encode_time(at)}"'


decode_time = datetime.fromisoformat


def encode_duration(duration: timedelta) -> int:
    """The duration in microseconds."""
    return duration // _MICROSECOND


def write_duration(duration: timedelta) -> str:
    """The JSON text of `encode_duration`."""
    return str(duration // _MICROSECOND)


def decode_duration(microseconds: int) -> timedelta:
    """The duration of so many microseconds."""
    return timedelta(microseconds=microseconds)


def encode_value(value: Value) -> Json:
    """The JSON of a value, ready for an encoder written in C.

    Raises:
        TypeError: it is no value of the expression language.
    """
    kind = type(value)
    if kind in _PLAIN:
        return cast("Json", value)
    encode = _ENCODERS.get(kind)
    return encode(value) if encode is not None else _encode_relative(value)


def write_number(number: Decimal) -> str:
    """The JSON text that holds the digits of a number."""
    return f'"{number}"'


def write_value(value: Value) -> str:
    """The JSON text of `encode_value`; what fields hold most often is written at once.

    Raises:
        TypeError: it is no value of the expression language.
    """
    write = _WRITERS.get(type(value))
    return _dumps(encode_value(value)) if write is None else write(value)


def decode_value(value: Json) -> Value:
    """The value that `encode_value` was given.

    Raises:
        ValueError, TypeError, KeyError, IndexError: the JSON was made by something else.
    """
    if type(value) is dict:
        ((kind, content),) = value.items()
        return _DECODERS[kind](content)
    if type(value) is list:
        return tuple(map(decode_value, value))
    if type(value) in _PLAIN:
        return cast("Value", value)
    raise ValueError(f"no value of the expression language: {value!r}")


def _encode_relative(value: Value) -> Json:
    """A subclass of a known type is stored as that type: a StrEnum as its text."""
    for kind in (str, tuple, Mapping):
        if isinstance(value, kind):
            return str(value) if kind is str else _ENCODERS[kind](value)
    raise TypeError(f"no value of the expression language: {value!r}")


def _encode_record(value: Mapping[str, Value]) -> Json:
    return {"record": {key: encode_value(part) for key, part in value.items()}}


def _encode_range(value: Range) -> Json:
    return {"range": [encode_value(value.low), encode_value(value.high), value.low_closed, value.high_closed]}


def _decode_range(content: list[Json]) -> Range:
    low, high, low_closed, high_closed = content
    if type(low_closed) is not bool or type(high_closed) is not bool:
        raise TypeError(f"the ends of a range are closed or not: {content!r}")
    return Range(low=decode_value(low), high=decode_value(high), low_closed=low_closed, high_closed=high_closed)


# Each function is chosen by the very type it takes, which a type checker cannot follow through a table.
_ENCODERS = cast(
    "Mapping[type, Callable[[Value], Json]]",
    {
        Decimal: lambda value: {"number": str(value)},
        Money: lambda value: {"money": [str(value.amount), value.currency]},
        date: lambda value: {"date": value.isoformat()},
        datetime: lambda value: {"datetime": value.isoformat()},
        time: lambda value: {"time": value.isoformat()},
        timedelta: lambda value: {"duration": encode_duration(value)},
        Months: lambda value: {"months": value.count},
        WorkingDays: lambda value: {"working_days": str(value.days)},
        Range: _encode_range,
        tuple: lambda value: list(map(encode_value, value)),
        dict: _encode_record,
        Mapping: _encode_record,
    },
)

_WRITERS = cast(
    "Mapping[type, Callable[[Value], str]]",
    {
        type(None): lambda _value: "null",
        bool: {True: "true", False: "false"}.__getitem__,
        str: quoted,
        Decimal: lambda value: f'{{"number":"{value}"}}',
        Money: lambda value: f'{{"money":["{value.amount}",{quoted(value.currency)}]}}',
    },
)

_DECODERS = cast(
    "Mapping[str, Callable[[Json], Value]]",
    {
        "number": Decimal,
        "money": lambda content: Money(Decimal(content[0]), content[1]),
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
        "time": time.fromisoformat,
        "duration": decode_duration,
        "months": Months,
        "working_days": lambda content: WorkingDays(Decimal(content)),
        "range": _decode_range,
        "record": lambda content: {key: decode_value(part) for key, part in content.items()},
    },
)
