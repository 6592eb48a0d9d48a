"""Frozen dataclasses that cost little to define: their methods are made when first needed, not when imported.

`dataclass` stands in for the one of the standard library, which compiles six methods for each class: half of the time
that a short command takes. Types, fields, `replace`, equality, hashes and texts are the same, and a test holds them so.
Knows none of the nouns.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Class = TypeVar("Class", bound=type)
_UNSET: Final = object()

__all__ = ["dataclass"]


def _define(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False, eq: bool = True
) -> Callable[[Class], Class]:
    """A class decorator as `dataclasses.dataclass`; a class without slots is left to that one."""

    def defined(plain: Class) -> Class:
        if not slots:
            return dataclasses.dataclass(plain, frozen=frozen, kw_only=kw_only, eq=eq)  # type: ignore[return-value]
        # Without a text the library would work out a signature for it, which takes longer than all the rest.
        plain.__doc__ = plain.__doc__ or plain.__name__
        # The library itself finds the fields and lays out the slots; only what it would compile is ours.
        made: type[DataclassInstance] = dataclasses.dataclass(
            plain, init=False, repr=False, eq=False, slots=True, kw_only=kw_only
        )
        methods: dict[str, object] = {"__init__": _init_when_called(made, is_frozen=frozen), "__repr__": _text}
        methods |= _comparison(made) if eq else {}
        methods |= _FROZEN if frozen else {"__hash__": None} if eq else {}
        for name, method in methods.items():
            if plain.__dict__.get(name) is None:
                setattr(made, name, method)
        return cast("Class", made)

    return defined


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _define


def _comparison(noun: "type[DataclassInstance]") -> dict[str, object]:
    values = _values(tuple(field.name for field in dataclasses.fields(noun) if field.compare))

    def is_equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": is_equal, "__hash__": hashed}


def _values(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """Reads the values of these names as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda _noun: ()
    get = attrgetter(names[0])
    return lambda noun: (get(noun),)


def _init_when_called(noun: "type[DataclassInstance]", *, is_frozen: bool) -> Callable[..., None]:
    def init(self: object, *args: object, **keywords: object) -> None:
        written = _written_init(noun, is_frozen=is_frozen)
        type.__setattr__(noun, "__init__", written)
        written(self, *args, **keywords)

    return init


def _written_init(noun: "type[DataclassInstance]", *, is_frozen: bool) -> Callable[..., None]:
    """The initialiser that takes the fields; of what is frozen it sets the slots past the refusal to change them."""
    given = [field for field in dataclasses.fields(noun) if field.init]
    by_place = [_parameter(field) for field in given if not field.kw_only]
    by_name = [_parameter(field) for field in given if field.kw_only]
    names: dict[str, Any] = {"_unset": _UNSET}
    lines: list[str] = []
    for field in given:
        name = value = field.name
        names[f"_default_{name}"] = field.default
        names[f"_set_{name}"] = noun.__dict__[name].__set__
        if field.default_factory is not dataclasses.MISSING:
            names[f"_make_{name}"] = field.default_factory
            value = f"_make_{name}() if {name} is _unset else {name}"
        lines.append(f"_set_{name}(self, {value})" if is_frozen else f"self.{name} = {value}")
    if hasattr(noun, "__post_init__"):
        lines.append("self.__post_init__()")
    head = ", ".join(("self", *by_place, *(("*", *by_name) if by_name else ())))
    text = "\n    ".join((f"def __init__({head}):", *(lines or ["pass"])))
    exec(text, names)  # noqa: S102 -- as the standard library does; the text has only the names of our own fields
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{noun.__qualname__}.__init__"
    return init


def _parameter(field: "dataclasses.Field[Any]") -> str:
    if field.default is not dataclasses.MISSING:
        return f"{field.name}=_default_{field.name}"
    return field.name if field.default_factory is dataclasses.MISSING else f"{field.name}=_unset"


def _text(self: "DataclassInstance") -> str:
    shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({shown})"


def _refuse_change(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_removal(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: "DataclassInstance") -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: "DataclassInstance", state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_FROZEN: Final[dict[str, object]] = {
    "__setattr__": _refuse_change,
    "__delattr__": _refuse_removal,
    "__getstate__": _state,
    "__setstate__": _restore,
}
