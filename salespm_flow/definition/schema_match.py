"""Decides whether data has the shape that a JSON Schema asks for: yes or no, quickly, and never why.

The schema library explains; loading it takes longer than reading most files, and a sound document needs no
explanation. Only the keywords that our schemas use are known, and a test holds both judges to the same answers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeGuard

Schema = Mapping[str, Any]
# What a keyword accepts, the data, and the schema around the keyword.
Judge = Callable[[Any, object, "_Asked"], bool]

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
        "patternErrorMessage",
        "errorMessage",
        "x-accepts",
        "then",
        "else",
    }
)


class _Asked:
    """One schema and the definitions that its references lead to."""

    __slots__ = ("definitions", "schema")

    def __init__(self, schema: Schema, definitions: Mapping[str, Schema]) -> None:
        self.schema = schema
        self.definitions = definitions


def matches(data: object, document: Schema) -> bool:
    """Whether the data has the shape that the whole schema document asks for."""
    return _fits(data, document, document.get("$defs", {}))


def _fits(data: object, schema: bool | Schema, definitions: Mapping[str, Schema]) -> bool:  # noqa: FBT001 - JSON Schema's own form
    if isinstance(schema, bool):
        return schema
    asked = _Asked(schema, definitions)
    return all(
        JUDGES[keyword](accepted, data, asked) for keyword, accepted in schema.items() if keyword not in ANNOTATIONS
    )


def _is_number(data: object) -> TypeGuard[int | Decimal]:
    return isinstance(data, int | Decimal) and not isinstance(data, bool)


def _is_same(one: object, other: object) -> bool:
    """Equality as JSON knows it: true is not 1, wherever it stands."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_is_same(value, other[key]) for key, value in one.items())
        case list(), list():
            return len(one) == len(other) and all(map(_is_same, one, other))
        case _:
            return isinstance(one, bool) is isinstance(other, bool) and one == other


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "object": lambda data: isinstance(data, dict),
    "array": lambda data: isinstance(data, list),
    "string": lambda data: isinstance(data, str),
    "integer": lambda data: isinstance(data, int) and not isinstance(data, bool),
    "number": _is_number,
    "boolean": lambda data: isinstance(data, bool),
    "null": lambda data: data is None,
}


def _type(accepted: str | Sequence[str], data: object, _: _Asked) -> bool:
    return any(_TYPES[name](data) for name in ((accepted,) if isinstance(accepted, str) else accepted))


def _is_distinct(items: Sequence[object]) -> bool:
    """Whether no two items are the same; linear for scalars, which is all that a sound list holds."""
    scalars = [(isinstance(item, bool), item) for item in items if not isinstance(item, dict | list)]
    others = [item for item in items if isinstance(item, dict | list)]
    return len(set(scalars)) == len(scalars) and not any(
        _is_same(one, other) for index, one in enumerate(others) for other in others[:index]
    )


def _properties(accepted: Mapping[str, Schema], data: object, asked: _Asked) -> bool:
    if not isinstance(data, dict):
        return True
    return all(_fits(value, accepted[key], asked.definitions) for key, value in data.items() if key in accepted)


def _additional(accepted: bool | Schema, data: object, asked: _Asked) -> bool:  # noqa: FBT001 - JSON Schema's own form
    if not isinstance(data, dict):
        return True
    known = asked.schema.get("properties", {})
    return all(_fits(value, accepted, asked.definitions) for key, value in data.items() if key not in known)


def _dependent(accepted: Mapping[str, Sequence[str]], data: object, _: _Asked) -> bool:
    return not isinstance(data, dict) or all(
        name in data for key, needed in accepted.items() if key in data for name in needed
    )


def _if(accepted: Schema, data: object, asked: _Asked) -> bool:
    branch = "then" if _fits(data, accepted, asked.definitions) else "else"
    return _fits(data, asked.schema.get(branch, True), asked.definitions)


JUDGES: Mapping[str, Judge] = {
    "$ref": lambda accepted, data, asked: _fits(
        data, asked.definitions[accepted.removeprefix("#/$defs/")], asked.definitions
    ),
    "type": _type,
    "const": lambda accepted, data, _: _is_same(accepted, data),
    "enum": lambda accepted, data, _: any(_is_same(one, data) for one in accepted),
    "pattern": lambda accepted, data, _: not isinstance(data, str) or re.search(accepted, data) is not None,
    "minimum": lambda accepted, data, _: not _is_number(data) or data >= accepted,
    "maximum": lambda accepted, data, _: not _is_number(data) or data <= accepted,
    "items": lambda accepted, data, asked: (
        not isinstance(data, list) or all(_fits(item, accepted, asked.definitions) for item in data)
    ),
    "minItems": lambda accepted, data, _: not isinstance(data, list) or len(data) >= accepted,
    "maxItems": lambda accepted, data, _: not isinstance(data, list) or len(data) <= accepted,
    "uniqueItems": lambda accepted, data, _: not accepted or not isinstance(data, list) or _is_distinct(data),
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": lambda accepted, data, asked: (
        not isinstance(data, dict) or all(_fits(name, accepted, asked.definitions) for name in data)
    ),
    "minProperties": lambda accepted, data, _: not isinstance(data, dict) or len(data) >= accepted,
    "required": lambda accepted, data, _: not isinstance(data, dict) or all(name in data for name in accepted),
    "dependentRequired": _dependent,
    "allOf": lambda accepted, data, asked: all(_fits(data, one, asked.definitions) for one in accepted),
    "anyOf": lambda accepted, data, asked: any(_fits(data, one, asked.definitions) for one in accepted),
    "not": lambda accepted, data, asked: not _fits(data, accepted, asked.definitions),
    "if": _if,
}
