"""The schema files themselves: valid, complete, and the same words as the model."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from salespm_flow.definition.build.keys import READS
from salespm_flow.definition.codes import CODES
from salespm_flow.definition.schema import KINDS, properties, schema_text
from salespm_flow.model.fields import Scalar
from salespm_flow.model.library import Unmapped
from salespm_flow.model.rules import Basis, Better, Computed, Missing, Per, Strategy
from salespm_flow.model.workflow import Domain, Function, Memory, Outcome


def document(kind: str) -> dict[str, Any]:
    """The schema of a kind."""
    found: dict[str, Any] = json.loads(schema_text(kind))
    return found


def schemas_in(schema: object) -> Iterator[dict[str, Any]]:
    """Every map inside a schema."""
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from schemas_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from schemas_in(inner)


@pytest.mark.parametrize("kind", KINDS)
def test_each_schema_is_valid_and_names_itself(kind: str) -> None:
    schema = document(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{kind}.schema.json"
    assert schema["properties"]["kind"]["const"] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_has_hover_text_in_both_languages(kind: str) -> None:
    for schema in schemas_in(document(kind)):
        if schema.get("additionalProperties") is False:
            for name, described in schema["properties"].items():
                assert not re.search("[\u4e00-\u9fff]", described["description"]), name
                chinese, english = described["markdownDescription"].split("\n\n")
                assert re.search("[\u4e00-\u9fff]", chinese), name
                assert english == described["description"]
        if "enum" in schema and "enumDescriptions" in schema:
            assert len(schema["enum"]) == len(schema["enumDescriptions"])


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_choose_by_tag_and_use_patterns_that_editors_know(kind: str) -> None:
    for schema in schemas_in(document(kind)):
        assert "oneOf" not in schema
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            assert "\\p" not in pattern
            assert schema["x-accepts"].keys() == {"zh", "en"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_definition_is_used(kind: str) -> None:
    schema = document(kind)
    used = {found["$ref"].removeprefix("#/$defs/") for found in schemas_in(schema) if "$ref" in found}
    assert used == set(schema["$defs"])


def test_an_unknown_kind_has_no_schema() -> None:
    with pytest.raises(KeyError):
        schema_text("plan")


def test_the_keys_that_building_reads_are_the_schemas_properties() -> None:
    known = {name: keys for kind in KINDS for name, keys in properties(kind).items()}
    assert known == READS


def accepted(kind: str, definition: str, key: str) -> set[str]:
    """The values that a key may have."""
    schema = document(kind)
    place = schema["$defs"][definition] if definition else schema
    return set(place["properties"][key]["enum"])


def test_the_words_that_a_key_takes_are_those_of_the_model() -> None:
    assert accepted("workflow", "", "domain") == set(Domain)
    assert accepted("workflow", "state", "function") == set(Function)
    assert accepted("workflow", "state", "outcome") == set(Outcome)
    assert accepted("workflow", "state", "history") == set(Memory)
    assert accepted("workflow", "field", "type") == set(Scalar) | {"money", "enum", "ref", "list"}
    assert accepted("risk_model", "response", "strategy") == set(Strategy)
    assert accepted("kpi_set", "kpi", "better") == set(Better)
    assert accepted("kpi_set", "kpi", "per") == set(Per)
    assert accepted("kpi_set", "kpi", "computed") == set(Computed)
    words = document("kpi_set")["$defs"]["kpi"]["properties"]["basis"]["pattern"]
    assert [basis for basis in Basis if re.search(rf"\b{basis}\b", words) is None] == []
    assert accepted("scorecard", "", "missing") == set(Missing)
    assert accepted("mapping", "", "unmapped") == set(Unmapped)


def test_every_code_has_a_title_in_both_languages() -> None:
    assert all(re.fullmatch("SF1[0-9]{2}", code) and title.zh and title.en for code, title in CODES.items())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_offers_a_whole_document_that_its_schema_accepts(kind: str) -> None:
    schema = document(kind)
    (snippet,) = schema["defaultSnippets"]
    body = json.loads(re.sub(r"\$\{\d+:([^}]*)\}|\$\d+", r"\1", json.dumps(snippet["body"])))
    assert snippet["label"] == kind
    assert body["kind"] == kind
    assert [found.message for found in Draft202012Validator(schema).iter_errors(body)] == []
