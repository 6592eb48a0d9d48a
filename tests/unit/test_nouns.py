"""The dataclasses of this project are those of the standard library in all that can be asked of them."""

import copy
import dataclasses
import pickle
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from salespm_flow import nouns

# A class of which a test asks what it takes and has.
Class = type[Any]


def _noun(decorator: Callable[..., Callable[[type], type]], **options: bool) -> Class:
    @decorator(slots=True, **options)
    class Noun:
        """A noun."""

        name: str
        place: int = dataclasses.field(compare=False)
        secret: str = dataclasses.field(default="hidden", repr=False)
        rest: Mapping[str, int] = dataclasses.field(default_factory=lambda: MappingProxyType({}), compare=False)

        def shouted(self) -> str:
            return self.name.upper()

    return Noun


BOTH = pytest.mark.parametrize(
    "options",
    [
        {"frozen": True, "kw_only": True},
        {"frozen": True},
        {"kw_only": True},
        {},
        {"frozen": True, "kw_only": True, "eq": False},
    ],
)


def _said(noun: Class) -> tuple[object, ...]:
    """All that can be asked of a class and of what it makes."""
    first, same, other = noun(name="a", place=1), noun(name="a", place=2), noun(name="b", place=1, rest={"x": 1})
    return (
        repr(first),
        repr(other),
        first.secret,
        dict(first.rest),
        dict(other.rest),
        first.shouted(),
        first == same,
        first == other,
        first == 1,
        noun.__hash__ is None,
        noun.__slots__,
        noun.__match_args__,
        noun.__doc__,
        [(one.name, one.default, one.kw_only, one.compare) for one in dataclasses.fields(noun)],
        repr(dataclasses.replace(first, name="c")),
        dataclasses.asdict(dataclasses.replace(first, rest={})),
        repr(copy.copy(first)),
    )


@BOTH
def test_nouns_answer_as_those_of_the_standard_library(options: dict[str, bool]) -> None:
    assert _said(_noun(nouns.dataclass, **options)) == _said(_noun(dataclasses.dataclass, **options))


@BOTH
@pytest.mark.parametrize("wrong", [{}, {"name": "a"}, {"name": "a", "place": 1, "else": 2}])
def test_wrong_arguments_are_refused_with_the_same_words(options: dict[str, bool], wrong: dict[str, object]) -> None:
    told: list[str] = []
    for decorator in (nouns.dataclass, dataclasses.dataclass):
        with pytest.raises(TypeError) as caught:
            _noun(decorator, **options)(**wrong)
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_places_are_taken_only_where_fields_have_them() -> None:
    assert _noun(nouns.dataclass, frozen=True)("a", 1).name == "a"
    with pytest.raises(TypeError):
        _noun(nouns.dataclass, frozen=True, kw_only=True)("a", 1)


def test_frozen_noun_refuses_every_change() -> None:
    noun = _noun(nouns.dataclass, frozen=True)(name="a", place=1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        noun.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'more'"):
        noun.more = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
        del noun.name
    assert noun.name == "a"


def test_noun_that_is_not_frozen_is_changed_and_has_no_hash() -> None:
    noun = _noun(nouns.dataclass)(name="a", place=1)
    noun.name = "b"
    assert noun == _noun(nouns.dataclass)(name="b", place=1) or noun.name == "b"
    with pytest.raises(TypeError, match="unhashable"):
        hash(noun)


def test_equal_nouns_have_equal_hashes() -> None:
    noun = _noun(nouns.dataclass, frozen=True)
    assert hash(noun(name="a", place=1)) == hash(noun(name="a", place=2))
    assert len({noun(name="a", place=1), noun(name="a", place=2), noun(name="b", place=1)}) == 2


@nouns.dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two numbers in order."""

    low: int
    high: int
    width: int = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", self.high - self.low)

    def __hash__(self) -> int:
        return 7


def test_own_methods_are_kept_and_what_follows_from_the_fields_is_worked_out() -> None:
    pair = Pair(low=1, high=3)
    assert (pair.width, hash(pair), repr(pair), pair == Pair(low=1, high=3)) == (2, 7, "Pair(low=1, high=3)", True)
    assert pickle.loads(pickle.dumps(pair)) == pair  # noqa: S301 -- our own bytes


@nouns.dataclass(frozen=True, slots=True)
class Nothing:
    """No fields."""


def test_noun_without_fields_is_like_any_other_of_its_kind() -> None:
    assert (Nothing(), hash(Nothing()), repr(Nothing())) == (Nothing(), hash(()), "Nothing()")


def test_class_without_slots_is_made_by_the_standard_library() -> None:
    @nouns.dataclass(frozen=True)
    class Plain:
        name: str

    assert (Plain("a"), hasattr(Plain("a"), "__dict__")) == (Plain("a"), True)
