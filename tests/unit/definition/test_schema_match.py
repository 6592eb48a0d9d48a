"""Deciding whether a shape is right, held to the schema library's answers."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from salespm_flow.definition import source
from salespm_flow.definition.schema import KINDS, PlainData, kind_of, plain, schema_text
from salespm_flow.definition.schema_match import ANNOTATIONS, MAKERS, matches

WORKSPACE = """\
{salespm: 1, kind: workspace, language: zh, currency: CNY, timezone: Asia/Shanghai, calendar: cn_office,
 store: salespm.db, definitions: [workflows]}
"""
Place = tuple[str | int, ...]


def document_of(text: str) -> tuple[str, PlainData]:
    """The kind and the bare data of a sound text."""
    root = source.parse(text, "a.yaml").root
    assert root is not None
    kind, _ = kind_of(root)
    assert kind is not None
    return kind, plain(root)


TEXTS = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parents[3] / "workflows").rglob("*.yaml"))]
DOCUMENTS = [document_of(text) for text in (*TEXTS, WORKSPACE)]
VALUES: list[PlainData] = (
    [None, True, False, 0, 1, 2, -1, Decimal("1.5"), "", "x", "a b", "1", "5wd", "15%", "CNY", "any", "owner",
     "person:", "09:00-12:00", [], ["x"], ["x", "x"], [1, True], [1, 2], [[]], {}, {"x": "x"}, {"zh": "x"}, {"1": "x"},
     {"x": {}}, {"type": "money"}, {"type": "list", "of": "enum"}, {"action": "set"},
     {"action": "task", "who": "owner"}]
)  # fmt: skip
ODD = st.sampled_from(VALUES)


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """The parsed schema of a kind."""
    found: dict[str, Any] = json.loads(schema_text(kind))
    return found


@cache
def library_of(kind: str) -> Draft202012Validator:
    """The schema library's judge of a kind."""
    return Draft202012Validator(schema_of(kind))


def places(data: PlainData, here: Place = ()) -> Iterator[Place]:
    """Every place in the data but the root."""
    if here:
        yield here
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*here, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from places(value, (*here, index))


def changed(data: PlainData, place: Place, change: tuple[str, PlainData]) -> PlainData:
    """The data with what stands at the place replaced, removed, doubled or under another key."""
    step, *rest = place
    how, new = change
    if isinstance(data, list):
        assert isinstance(step, int)
        inner = [changed(data[step], tuple(rest), change)] if rest else list(around(data[step], how, new))
        return [*data[:step], *inner, *data[step + 1 :]]
    assert isinstance(data, dict)
    assert isinstance(step, str)
    if rest:
        return data | {step: changed(data[step], tuple(rest), change)}
    renamed = {"rename": str(new), "double": f"{step}_2"}.get(how)
    kept = {key: value for key, value in data.items() if key != step or how == "double"}
    if how == "remove":
        return kept
    return kept | ({step: new} if renamed is None else {renamed: data[step]})


def around(item: PlainData, how: str, new: PlainData) -> tuple[PlainData, ...]:
    """What stands in a list instead of the item."""
    return {"remove": (), "double": (item, item)}.get(how, (new,))


PLACES = [tuple(places(data)) for _, data in DOCUMENTS]


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, PlainData]:
    """A document with one or two changes, anywhere."""
    index = draw(st.integers(0, len(DOCUMENTS) - 1))
    kind, data = DOCUMENTS[index]
    how = st.sampled_from(["replace", "remove", "double", "rename"])
    data = changed(data, draw(st.sampled_from(PLACES[index])), (draw(how), draw(ODD)))
    if draw(st.booleans()):
        data = changed(data, draw(st.sampled_from(tuple(places(data)))), (draw(how), draw(ODD)))
    return kind, data


@given(changes())
@settings(max_examples=400, deadline=None)
def test_both_judges_agree_on_changed_documents(given_: tuple[str, PlainData]) -> None:
    kind, data = given_
    assert matches(data, schema_of(kind)) is library_of(kind).is_valid(data)


@pytest.mark.parametrize("kind", KINDS)
def test_both_judges_agree_on_every_definition_and_odd_value(kind: str) -> None:
    definitions = schema_of(kind)["$defs"]

    @given(ODD)
    @settings(max_examples=60, deadline=None)
    def agree(value: PlainData) -> None:
        for name in definitions:
            schema = {"$ref": f"#/$defs/{name}", "$defs": definitions}
            assert matches(value, schema) is Draft202012Validator(schema).is_valid(value), name

    agree()


def keywords(schema: object) -> Iterator[str]:
    """Every keyword of a schema, not the names that it declares."""
    if not isinstance(schema, dict):
        return
    for keyword, accepted in schema.items():
        yield keyword
        if keyword in {"properties", "$defs"}:
            inner = list(accepted.values())
        else:
            inner = accepted if keyword in {"allOf", "anyOf"} else [accepted] if keyword not in ANNOTATIONS else []
        if keyword in {"then", "else"}:
            inner = [accepted]
        for one in inner:
            yield from keywords(one) if keyword not in {"const", "enum", "dependentRequired"} else ()


@pytest.mark.parametrize("kind", KINDS)
def test_every_keyword_of_a_schema_is_known(kind: str) -> None:
    assert set(keywords(schema_of(kind))) <= {*MAKERS, *ANNOTATIONS}
