"""How frozen nouns become JSON texts and come back, read off their annotations. Knows no noun by name.

A noun becomes an object of its fields; a noun that is one of a union says its class under `is`. The plan of a class is
made once, so that encoding runs no reflection. Texts are written as such, the names of the fields being part of the
plan: a dict for an encoder to walk would be half of what an advance encodes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Generic, TypeVar, get_args, get_origin, get_type_hints

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass
from salespm_flow.store.values import (
    decode_duration,
    decode_time,
    decode_value,
    quoted,
    write_duration,
    write_number,
    write_time,
    write_value,
)

Noun = TypeVar("Noun")
# What goes in and out is known to the annotations alone: how a field that is not None becomes a text, and how its JSON
# comes back; None leaves that as it is.
_Write = Callable[..., str]
_Read = Callable[..., object] | None

TAG = "is"


@dataclass(frozen=True, slots=True)
class Shape(Generic[Noun]):
    """The plan of one class: `encode` writes its JSON object, `decode` takes that object, parsed, back."""

    encode: Callable[[Noun], str]
    decode: Callable[[Mapping[str, object]], Noun]


def shape_of(noun: type[Noun]) -> Shape[Noun]:
    """The plan of a dataclass, from its annotations.

    Raises:
        TypeError: a field is annotated with a type that has no place in a store.
    """
    return _shape(noun)


def encoder_of(noun: type[Noun], names: Sequence[str]) -> Callable[[Noun], str]:
    """Writes the JSON object of these fields alone.

    Raises:
        TypeError: one of them is annotated with a type that has no place in a store.
    """
    hints = get_type_hints(noun)
    return _encoder({name: hints[name] for name in names})


def union_of(nouns: Iterable[type[Noun]]) -> Shape[Noun]:
    """The plan of a union: each object says its class under `is`."""
    encoders = {}
    decoders = {}
    for noun in nouns:
        shape = _shape(noun, tag=noun.__name__)
        encoders[noun] = shape.encode
        decoders[noun.__name__] = shape.decode

    def encode(thing: Noun) -> str:
        return encoders[type(thing)](thing)

    def decode(content: Mapping[str, object]) -> Noun:
        return decoders[str(content[TAG])](content)

    return Shape(encode, decode)


def _shape(noun: type[Noun], *, tag: str = "") -> Shape[Noun]:
    hints = get_type_hints(noun)
    names = tuple(field.name for field in fields(noun))  # type: ignore[arg-type]  # no type says "a dataclass"
    hinted = {name: hints[name] for name in names}
    return Shape(_encoder(hinted, tag=tag), _decoder(noun, hinted, tag=tag))


def _decoder(noun: type[Noun], hints: Mapping[str, object], *, tag: str) -> Callable[[Mapping[str, object]], Noun]:
    """Makes the noun of an object of the fields of these names and annotations, its tag among them if it has one."""
    count = len(hints) + bool(tag)
    reads = {name: _conversion(hint)[1] for name, hint in hints.items()}
    made: Callable[[Mapping[str, object]], Noun] | None = None

    def decode(content: Mapping[str, object]) -> Noun:
        nonlocal made
        if len(content) != count:  # a field newer than the text takes its default
            return noun(**{name: _read(value, reads.get(name)) for name, value in content.items() if name != TAG})
        if made is None:  # compiled where it is first needed, as the encoder
            made = _compiled_decoder(noun, hints)
        return made(content)

    return decode


def _read(value: object, read: _Read) -> object:
    return value if read is None else read(value)


def _compiled_decoder(noun: type[Noun], hints: Mapping[str, object]) -> Callable[[Mapping[str, object]], Noun]:
    """One call of the noun with its fields out of an object that has them all."""
    names: dict[str, object] = {"_noun": noun}
    parts = []
    for place, (name, hint) in enumerate(hints.items()):
        value = f"content[{name!r}]"
        present = _present(hint)
        read = _conversion(present or hint)[1]
        if read is not None:
            names[f"_{place}"] = read
            value = f"_{place}({value})" if present is None else f"None if {value} is None else _{place}({value})"
        parts.append(f"{name}={value}")
    made: Callable[[Mapping[str, object]], Noun] = eval(f"lambda content: _noun({', '.join(parts)})", names)  # noqa: S307 -- our names
    return made


def _encoder(hints: Mapping[str, object], *, tag: str = "") -> Callable[..., str]:
    """Writes an object of the fields of these names and annotations."""
    made: Callable[[object], str] | None = None

    def encode(thing: object) -> str:
        nonlocal made
        if made is None:  # compiled where it is first needed: most commands write few of the nouns
            made = _compiled(hints, tag)
        return made(thing)

    return encode


def _compiled(hints: Mapping[str, object], tag: str) -> Callable[[object], str]:
    """One expression that joins the texts of the fields: no loop and no call but each field's own."""
    writers: dict[str, object] = {}
    parts = [repr("{" + (f"{quoted(TAG)}:{quoted(tag)}" if tag else ""))]
    for place, (name, hint) in enumerate(hints.items()):
        # None is told apart here, by less than a call.
        writers[f"_{place}"] = _conversion(_present(hint) or hint)[0]
        comma = "," if place or tag else ""
        parts += [repr(f"{comma}{quoted(name)}:"), f"('null' if thing.{name} is None else _{place}(thing.{name}))"]
    joined: Callable[[object], str] = eval(f"lambda thing: {' + '.join(parts)} + '}}'", writers)  # noqa: S307 -- our names
    return joined


def _conversion(hint: object) -> tuple[_Write, _Read]:
    """How a field of that annotation becomes a text and comes back."""
    if hint == Value:
        return write_value, decode_value
    if isinstance(hint, type) and hint in _AS_IT_IS:
        return _AS_IT_IS[hint], None
    arguments = get_args(hint)
    if isinstance(hint, UnionType) or type(hint).__name__ == "_UnionGenericAlias":
        return _optional_conversion(hint)
    origin = get_origin(hint)
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return _tuple_conversion(_conversion(arguments[0]))
    if origin is Mapping and arguments[0] is str:
        return _mapping_conversion(_conversion(arguments[1]))
    if isinstance(hint, type):
        return _class_conversion(hint)
    raise TypeError(f"no form in a store for {hint!r}")


def _class_conversion(hint: type) -> tuple[_Write, _Read]:
    if issubclass(hint, StrEnum):
        by_value = {member.value: member for member in hint}
        return {member: quoted(value) for value, member in by_value.items()}.__getitem__, by_value.__getitem__
    if hint is Bilingual:
        return lambda text: f"[{quoted(text.zh)},{quoted(text.en)}]", lambda pair: Bilingual(*pair)
    if is_dataclass(hint):
        shape = shape_of(hint)
        return shape.encode, shape.decode
    if hint in _SCALARS:
        return _SCALARS[hint]
    raise TypeError(f"no form in a store for {hint!r}")


_AS_IT_IS: Mapping[type, _Write] = {
    str: quoted,
    int: str,
    bool: {True: "true", False: "false"}.__getitem__,
}
_SCALARS: Mapping[type, tuple[_Write, _Read]] = {
    datetime: (write_time, decode_time),
    timedelta: (write_duration, decode_duration),
    Decimal: (write_number, Decimal),
}


def _present(hint: object) -> object:
    """What the annotation allows beside None; None where it is not of that kind."""
    members = get_args(hint)
    present = tuple(member for member in members if member is not NoneType)
    return present[0] if len(present) == 1 < len(members) else None


def _optional_conversion(hint: object) -> tuple[_Write, _Read]:
    present = _present(hint)
    if present is None:
        raise TypeError(f"no form in a store for a union of {get_args(hint)!r}")
    write, inward = _conversion(present)
    read = None if inward is None else lambda value: None if value is None else inward(value)
    return lambda value: "null" if value is None else write(value), read


def _tuple_conversion(item: tuple[_Write, _Read]) -> tuple[_Write, _Read]:
    write, inward = item

    def write_all(values: tuple[object, ...]) -> str:
        return f"[{','.join(map(write, values))}]" if values else "[]"

    return write_all, (tuple if inward is None else lambda values: tuple(map(inward, values)))


def _mapping_conversion(item: tuple[_Write, _Read]) -> tuple[_Write, _Read]:
    write, inward = item

    def write_all(values: Mapping[str, object]) -> str:
        if not values:  # as most are
            return "{}"
        return "{" + ",".join([f"{quoted(key)}:{write(value)}" for key, value in values.items()]) + "}"

    return write_all, (None if inward is None else lambda values: {key: inward(value) for key, value in values.items()})
