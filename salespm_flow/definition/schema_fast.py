"""Judges shapes with the quick schema library, an extra: the only place that knows it.

Its answers are those of the other library, in the same order, and a test holds them so. Where the two would differ,
which is at decimals that are whole (`1.0`) and at ends of lines in patterns, this one says that it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from salespm_flow.definition.schema_match import Schema

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

    from salespm_flow.definition.shape import Violation


def is_at_hand() -> bool:
    """Whether the library is installed."""
    return find_spec("jsonschema_rs") is not None


class QuickJudge:
    """The library's judge of one schema document."""

    def __init__(self, document: Schema) -> None:
        from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 - an extra

        self._document = document
        self._library = Draft202012Validator(dict(document))

    def is_surely_sound(self, data: object) -> bool:
        """Whether the data has the right shape for every judge; False may also mean that this one cannot tell."""
        try:
            return self._library.is_valid(data) and not _holds_whole_decimal(data)
        except ValueError:  # text that has no UTF-8 form
            return False

    def violations(self, data: object) -> tuple[Violation, ...] | None:
        """Every way in which the data differs from the schema, in the order of that; None where it cannot tell."""
        if _holds_whole_decimal(data):
            return None
        try:
            errors = sorted(self._library.iter_errors(data), key=lambda error: _order(self._document, error))
        except ValueError:
            return None
        found = [_violation(self._document, data, error) for error in errors]
        return tuple(one for one in found if not _is_end_of_line(one)) or None


def _violation(document: Schema, data: object, error: ValidationError) -> Violation:
    from salespm_flow.definition.shape import Violation  # noqa: PLC0415 - only where something is wrong

    is_about_key = error.kind.name == "propertyNames"
    inner = getattr(error.kind, "error", error) if is_about_key else error
    *outside, keyword = error.schema_path
    schema: Any = document
    for step in outside:
        schema = schema[step]
    is_schema = isinstance(schema, Mapping) and error.kind.name != "falseSchema"
    return Violation(
        path=_path(data, error.instance_path),
        keyword=str(keyword) if is_schema else "None",
        accepted=schema[keyword] if is_schema else None,
        schema=schema if is_schema else {},
        instance=inner.instance,
        is_about_key=is_about_key,
    )


def _path(data: object, steps: Sequence[str | int]) -> tuple[str | int, ...]:
    """The path with keys as text; the library takes a key of digits for an index."""
    found: list[str | int] = []
    inner: Any = data
    for step in steps:
        found.append(str(step) if isinstance(inner, dict) else step)
        inner = inner[found[-1]]
    return tuple(found)


def _order(document: Schema, error: ValidationError) -> tuple[int, ...]:
    """Where the schema says what is violated, in the order in which it is written, through references."""
    found: list[int] = []
    schema: Any = document
    for step in error.evaluation_path:
        if isinstance(schema, Mapping):
            key = str(step)
            # What follows a condition is looked at where the condition stands.
            placed = "if" if key in {"then", "else"} else key
            found.append(list(schema).index(placed) if placed in schema else len(schema))
            schema = schema.get(key)
            if key == "$ref":
                schema = document["$defs"][str(schema).removeprefix("#/$defs/")]
        elif isinstance(schema, Sequence) and isinstance(step, int):
            found.append(step)
            schema = schema[step]
    return tuple(found)


def _is_end_of_line(found: Violation) -> bool:
    """Whether only the end of a last line keeps the text from its pattern: the other library lets that pass."""
    return (
        found.keyword == "pattern"
        and isinstance(found.instance, str)
        and re.search(found.accepted, found.instance) is not None
    )


def _holds_whole_decimal(data: object) -> bool:
    pending = [data]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending += one.values()
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, Decimal) and one == one.to_integral_value():
            return True
    return False
