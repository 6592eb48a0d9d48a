"""Walks a document and its schema together: which keys stand where, and what the schema says about each.

Reads schemas by itself, apart from the program's own judges, so that a fault of theirs cannot hide here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.schema import plain, schema_text
from salespm_flow.definition.schema_match import matches
from salespm_flow.definition.source import parse

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """A key that the schema knows: where it begins (from 1), its value, what the schema says, and what stands beside.

    `path` leads through the schema and is the same for all places that share a rule; `absent` are the keys that the
    map could have beside those it has; `words` are the values that the schema lists.
    """

    path: tuple[str, ...]
    name: str
    line: int
    column: int
    value: Node
    help: str
    absent: frozenset[str]
    words: tuple[str, ...]


def key_places(text: str, kind: str) -> Iterator[KeyPlace]:
    """Every key of the document that the schema of its kind knows, in the order of the text."""
    root = parse(text, "file").root
    assert root is not None
    document = json.loads(schema_text(kind))
    yield from _walk(root, (document,), document, (kind,))


def _walk(node: Node, schemas: Sequence[Schema], document: Schema, path: tuple[str, ...]) -> Iterator[KeyPlace]:
    applied = tuple(part for schema in schemas for part in _parts(schema, node, document))
    match node:
        case MapNode():
            known = {name for part in applied for name in part.get("properties", {})}
            for name, entry in node.entries.items():
                inner = tuple(part["properties"][name] for part in applied if name in part.get("properties", {}))
                if inner:
                    span = entry.key.span
                    yield KeyPlace(
                        path=(*path, name),
                        name=name,
                        line=span.line,
                        column=span.column,
                        value=entry.value,
                        help=next((one["markdownDescription"] for one in inner if "markdownDescription" in one), ""),
                        absent=frozenset(known - node.entries.keys()),
                        words=_words(inner, entry.value, document),
                    )
                    yield from _walk(entry.value, inner, document, (*path, name))
                else:
                    others = _schemas(applied, "additionalProperties")
                    yield from _walk(entry.value, others, document, (*path, "*"))
        case ListNode():
            for item in node.items:
                yield from _walk(item, _schemas(applied, "items"), document, (*path, "[]"))
        case ScalarNode():
            pass


def _schemas(parts: Sequence[Schema], keyword: str) -> tuple[Schema, ...]:
    return tuple(part[keyword] for part in parts if isinstance(part.get(keyword), dict))


def _words(schemas: Sequence[Schema], value: Node, document: Schema) -> tuple[str, ...]:
    parts = [part for schema in schemas for part in _parts(schema, value, document)]
    return tuple(dict.fromkeys(str(word) for part in parts for word in part.get("enum", ())))


def _parts(schema: Schema, node: Node, document: Schema) -> Iterator[Schema]:
    """The schema and all that it refers to and that applies to the node."""
    yield schema
    if "$ref" in schema:
        yield from _parts(document["$defs"][schema["$ref"].removeprefix("#/$defs/")], node, document)
    for part in schema.get("allOf", ()):
        yield from _parts(part, node, document)
    for part in schema.get("anyOf", ()):
        if _fits(part, node, document):
            yield from _parts(part, node, document)
    if "if" in schema:
        branch = schema.get("then" if _fits(schema["if"], node, document) else "else")
        if isinstance(branch, dict):
            yield from _parts(branch, node, document)


def _fits(schema: Schema, node: Node, document: Schema) -> bool:
    return matches(plain(node), {**schema, "$defs": document["$defs"]})
