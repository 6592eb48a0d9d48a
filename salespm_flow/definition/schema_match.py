"""Decides whether data has the shape that a JSON Schema asks for: yes or no, quickly, and never why.

The schema library explains; loading it takes longer than reading most files, and a sound document needs no
explanation. Only the keywords that our schemas use are known, and a test holds both judges to the same answers. A
judge is made of closures, each part when the first document needs it: a small document meets little of its schema.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

Schema = Mapping[str, Any]
# Whether data is as it should be.
Judge = Callable[[object], bool]

# What editors read, and the two keywords that only say something beside `if`.
ANNOTATIONS = frozenset(
    {
        "$schema",
        "$id",
        "$defs",
        "title",
        "description",
        "markdownDescription",
        "enumDescriptions",
        "defaultSnippets",
        "examples",
        "patternErrorMessage",
        "errorMessage",
        "x-accepts",
        "then",
        "else",
    }
)


def matches(data: object, document: Schema) -> bool:
    """Whether the data has the shape that the whole schema document asks for."""
    return judge_of(document)(data)


def judge_of(document: Schema) -> Judge:
    """The judge of a whole schema document; it is worth keeping."""
    return _Bench(document.get("$defs", {})).judge(document)


class _Bench:
    """Makes the judges of the schemas of one document, those of its definitions once."""

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self._made: dict[str, Judge] = {}

    def judge(self, schema: bool | Schema) -> Judge:  # noqa: FBT001 - JSON Schema's own form
        """The judge of a schema. What lies deeper in the data gets its judge when data is there."""
        if isinstance(schema, bool):
            return _anything if schema else _nothing
        keywords = [keyword for keyword in schema if keyword not in ANNOTATIONS]
        if "additionalProperties" in keywords and "properties" in keywords:
            keywords.remove("properties")  # those are told apart from the others on one walk over the data
        judges = tuple(MAKERS[keyword](schema[keyword], schema, self) for keyword in keywords)
        match judges:
            case ():
                return _anything
            case (judge,):
                return judge
            case (first, second):
                return lambda data: first(data) and second(data)
            case _:
                return _together(judges)

    def named(self, reference: str) -> Judge:
        """The judge of the definition that a reference leads to."""
        name = reference.removeprefix("#/$defs/")
        if name not in self._made:
            self._made[name] = self.judge(self._definitions[name])
        return self._made[name]

    def later(self, schema: bool | Schema) -> Judge:  # noqa: FBT001 - as above
        """A judge that is made when it is first asked; so a definition may come back to itself."""
        made: list[Judge] = []

        def judge(data: object) -> bool:
            if not made:
                made.append(self.judge(schema))
            return made[0](data)

        return judge


# What a keyword accepts, the schema around it, and where judges are made.
Maker = Callable[[Any, Schema, _Bench], Judge]


def _anything(_: object) -> bool:
    return True


def _nothing(_: object) -> bool:
    return False


def _together(judges: Sequence[Judge]) -> Judge:
    def judge(data: object) -> bool:
        for one in judges:  # noqa: SIM110 -- a generator for every value costs as much as most judges
            if not one(data):
                return False
        return True

    return judge


def _is_same(one: object, other: object) -> bool:
    """Equality as JSON knows it: true is not 1, wherever it stands."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_is_same(value, other[key]) for key, value in one.items())
        case list(), list():
            return len(one) == len(other) and all(map(_is_same, one, other))
        case _:
            return isinstance(one, bool) is isinstance(other, bool) and one == other


# The very classes of bare data, so that true is no number.
_CLASSES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal),
    "boolean": (bool,),
    "null": (type(None),),
}
_NUMBERS = frozenset(_CLASSES["number"])


def _type(accepted: str | Sequence[str], _: Schema, __: _Bench) -> Judge:
    names = (accepted,) if isinstance(accepted, str) else accepted
    classes = frozenset(one for name in names for one in _CLASSES[name])
    return lambda data: data.__class__ in classes


def _enum(accepted: Sequence[object], _: Schema, __: _Bench) -> Judge:
    if all(isinstance(one, str) for one in accepted):
        known = frozenset(accepted)
        return lambda data: isinstance(data, str) and data in known
    return lambda data: any(_is_same(one, data) for one in accepted)


def _pattern(accepted: str, _: Schema, __: _Bench) -> Judge:
    search = re.compile(accepted).search
    return lambda data: not isinstance(data, str) or search(data) is not None


def _is_distinct(items: Sequence[object]) -> bool:
    """Whether no two items are the same; linear for scalars, which is all that a sound list holds."""
    scalars = [(isinstance(item, bool), item) for item in items if not isinstance(item, dict | list)]
    others = [item for item in items if isinstance(item, dict | list)]
    return len(set(scalars)) == len(scalars) and not any(
        _is_same(one, other) for index, one in enumerate(others) for other in others[:index]
    )


def _items(accepted: Schema, _: Schema, bench: _Bench) -> Judge:
    judge = bench.later(accepted)
    return lambda data: not isinstance(data, list) or all(map(judge, data))


def _members(accepted: bool | Schema, schema: Schema, bench: _Bench) -> Judge:  # noqa: FBT001 - JSON Schema's own form
    """Judges the values of a map: those of known keys by `properties`, the others as `accepted` says."""
    known: Mapping[str, bool | Schema] = schema.get("properties", {})
    judges: dict[str, Judge] = {}
    others = bench.later(accepted)

    def judge(data: object) -> bool:
        if not isinstance(data, dict):
            return True
        for key, value in data.items():
            one = judges.get(key)
            if one is None:
                one = others
                if key in known:
                    one = judges[key] = bench.judge(known[key])
            if not one(value):
                return False
        return True

    return judge


def _names(accepted: Schema, _: Schema, bench: _Bench) -> Judge:
    judge = bench.judge(accepted)
    return lambda data: not isinstance(data, dict) or all(map(judge, data))


def _required(accepted: Sequence[str], _: Schema, __: _Bench) -> Judge:
    needed = frozenset(accepted)
    return lambda data: not isinstance(data, dict) or needed <= data.keys()


def _dependent(accepted: Mapping[str, Sequence[str]], _: Schema, __: _Bench) -> Judge:
    return lambda data: (
        not isinstance(data, dict)
        or all(name in data for key, needed in accepted.items() if key in data for name in needed)
    )


def _all(accepted: Sequence[Schema], _: Schema, bench: _Bench) -> Judge:
    return _together([bench.judge(one) for one in accepted])


def _any(accepted: Sequence[Schema], _: Schema, bench: _Bench) -> Judge:
    judges = [bench.judge(one) for one in accepted]
    return lambda data: any(judge(data) for judge in judges)


def _not(accepted: Schema, _: Schema, bench: _Bench) -> Judge:
    judge = bench.judge(accepted)
    return lambda data: not judge(data)


def _if(accepted: Schema, schema: Schema, bench: _Bench) -> Judge:
    asked = bench.judge(accepted)
    then, otherwise = bench.later(schema.get("then", True)), bench.later(schema.get("else", True))
    return lambda data: then(data) if asked(data) else otherwise(data)


def _sized(kind: type[list[object]] | type[dict[str, object]], least: int, most: float) -> Judge:
    return lambda data: not isinstance(data, kind) or least <= len(data) <= most


def _bounded(least: Decimal | float, most: Decimal | float) -> Judge:
    return lambda data: data.__class__ not in _NUMBERS or least <= data <= most  # type: ignore[operator]


_ENDLESS = float("inf")
MAKERS: Mapping[str, Maker] = {
    "$ref": lambda accepted, _, bench: bench.named(accepted),
    "type": _type,
    "const": lambda accepted, *_: lambda data: _is_same(accepted, data),
    "enum": _enum,
    "pattern": _pattern,
    "minimum": lambda accepted, *_: _bounded(accepted, _ENDLESS),
    "maximum": lambda accepted, *_: _bounded(-_ENDLESS, accepted),
    "items": _items,
    "minItems": lambda accepted, *_: _sized(list, accepted, _ENDLESS),
    "maxItems": lambda accepted, *_: _sized(list, 0, accepted),
    "uniqueItems": lambda accepted, *_: lambda data: not accepted or not isinstance(data, list) or _is_distinct(data),
    "properties": lambda _, schema, bench: _members(accepted=True, schema=schema, bench=bench),
    "additionalProperties": _members,
    "propertyNames": _names,
    "minProperties": lambda accepted, *_: _sized(dict, accepted, _ENDLESS),
    "required": _required,
    "dependentRequired": _dependent,
    "allOf": _all,
    "anyOf": _any,
    "not": _not,
    "if": _if,
}
