"""How frozen nouns become JSON objects and back, read off their annotations. Knows no noun by name.

A noun becomes an object of its fields; a noun that is one of a union says its class under `is`. The plan of a class is
made once, so that encoding runs no reflection.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Generic, TypeVar, get_args, get_origin, get_type_hints

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass
from salespm_flow.store.values import (
    decode_duration,
    decode_time,
    decode_value,
    encode_duration,
    encode_time,
    encode_value,
)

Noun = TypeVar("Noun")
# A conversion of one field; None leaves the field as it is. What goes in and out is known to the annotations alone.
_Convert = Callable[..., object] | None

_AS_IT_IS = frozenset({str, int, bool, NoneType})
TAG = "is"


@dataclass(frozen=True, slots=True)
class Shape(Generic[Noun]):
    """The plan of one class: `encode` makes its JSON object, `decode` takes that object back."""

    encode: Callable[[Noun], dict[str, object]]
    decode: Callable[[Mapping[str, object]], Noun]


def shape_of(noun: type[Noun]) -> Shape[Noun]:
    """The plan of a dataclass, from its annotations.

    Raises:
        TypeError: a field is annotated with a type that has no place in a store.
    """
    return _shape(noun, is_tagged=False)


def union_of(nouns: Iterable[type[Noun]]) -> Shape[Noun]:
    """The plan of a union: each object says its class under `is`."""
    encoders = {}
    decoders = {}
    for noun in nouns:
        shape = _shape(noun, is_tagged=True)
        encoders[noun] = shape.encode
        decoders[noun.__name__] = shape.decode

    def encode(thing: Noun) -> dict[str, object]:
        return encoders[type(thing)](thing)

    def decode(content: Mapping[str, object]) -> Noun:
        arguments = dict(content)
        return decoders[str(arguments.pop(TAG))](arguments)

    return Shape(encode, decode)


def _shape(noun: type[Noun], *, is_tagged: bool) -> Shape[Noun]:
    hints = get_type_hints(noun)
    names = tuple(field.name for field in fields(noun))  # type: ignore[arg-type]  # no type says "a dataclass"
    conversions = {name: _conversion(hints[name]) for name in names}
    outward = tuple((name, outward) for name, (outward, _) in conversions.items() if outward is not None)
    inward = tuple((name, inward) for name, (_, inward) in conversions.items() if inward is not None)
    keys = (TAG, *names) if is_tagged else names
    attributes = ("__class__.__name__", *names) if is_tagged else names
    # attrgetter gives a bare value for a single name: a spare makes it a tuple, and zip stops before it.
    read = attrgetter(*attributes, "__class__") if len(attributes) == 1 else attrgetter(*attributes)

    def encode(thing: Noun) -> dict[str, object]:
        content: dict[str, object] = dict(zip(keys, read(thing)))  # noqa: B905  # a spare is left over
        for name, convert in outward:
            content[name] = convert(content[name])
        return content

    def decode(content: Mapping[str, object]) -> Noun:
        arguments = dict(content)
        for name, convert in inward:
            if name in arguments:  # a field newer than the text takes its default
                arguments[name] = convert(arguments[name])
        return noun(**arguments)

    return Shape(encode, decode)


def _conversion(hint: object) -> tuple[_Convert, _Convert]:
    """How a field of that annotation goes to JSON and comes back."""
    if hint == Value:
        return encode_value, decode_value
    if hint in _AS_IT_IS:
        return None, None
    arguments = get_args(hint)
    if isinstance(hint, UnionType) or type(hint).__name__ == "_UnionGenericAlias":
        return _optional_conversion(arguments)
    origin = get_origin(hint)
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return _tuple_conversion(_conversion(arguments[0]))
    if origin is Mapping and arguments[0] is str:
        return _mapping_conversion(_conversion(arguments[1]))
    if isinstance(hint, type):
        return _class_conversion(hint)
    raise TypeError(f"no form in a store for {hint!r}")


def _class_conversion(hint: type) -> tuple[_Convert, _Convert]:
    if issubclass(hint, StrEnum):
        return None, {member.value: member for member in hint}.__getitem__  # a StrEnum is its text
    if hint is Bilingual:
        return lambda text: (text.zh, text.en), lambda pair: Bilingual(*pair)
    if is_dataclass(hint):
        shape = shape_of(hint)
        return shape.encode, shape.decode
    if hint in _SCALARS:
        return _SCALARS[hint]
    raise TypeError(f"no form in a store for {hint!r}")


_SCALARS: Mapping[type, tuple[_Convert, _Convert]] = {
    datetime: (encode_time, decode_time),
    timedelta: (encode_duration, decode_duration),
    Decimal: (str, Decimal),
}


def _optional_conversion(members: tuple[object, ...]) -> tuple[_Convert, _Convert]:
    present = tuple(member for member in members if member is not NoneType)
    if len(present) != 1 or len(present) == len(members):
        raise TypeError(f"no form in a store for a union of {members!r}")
    outward, inward = _conversion(present[0])
    return _unless_none(outward), _unless_none(inward)


def _unless_none(convert: _Convert) -> _Convert:
    if convert is None:
        return None
    return lambda value: None if value is None else convert(value)


def _tuple_conversion(item: tuple[_Convert, _Convert]) -> tuple[_Convert, _Convert]:
    outward, inward = item
    encode = None if outward is None else lambda values: tuple(map(outward, values))
    return encode, (tuple if inward is None else lambda values: tuple(map(inward, values)))


def _mapping_conversion(item: tuple[_Convert, _Convert]) -> tuple[_Convert, _Convert]:
    outward, inward = item
    # The encoder written in C knows `dict` alone, so another kind of Mapping is copied into one.
    encode = dict if outward is None else lambda values: {key: outward(value) for key, value in values.items()}
    return encode, (None if inward is None else lambda values: {key: inward(value) for key, value in values.items()})
