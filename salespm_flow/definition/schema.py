"""Checks the shape of a document against the JSON Schema of its kind: the only place that knows the schema library.

The schemas are the files that editors use too, so that an editor and this program never disagree. The library
explains what is wrong; whether anything is, `schema_match` decides, because the library takes long to load. Where the
quick library is installed (`schema_fast`), it explains, and decides as soon as there are many documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from salespm_flow.definition.findings import error, point, shown
from salespm_flow.definition.later import LATER_KINDS
from salespm_flow.definition.nodes import MapNode, Node, Plain, ScalarNode
from salespm_flow.definition.schema_fast import QuickJudge, is_at_hand
from salespm_flow.definition.schema_match import Judge, judge_of
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

    from salespm_flow.definition.shape import Violation

# The one kind that is not built itself: it is laid over a document of another kind.
OVERLAY = "overlay"
KINDS: tuple[str, ...] = (
    "workflow",
    "organisation",
    "calendar",
    "risk_model",
    "kpi_set",
    "scorecard",
    "goal_set",
    "decision_table",
    "reference",
    "mapping",
    "migration",
    "scenarios",
    "workspace",
    OVERLAY,
)

# The wheel carries the folder inside the package; in a checkout it lies beside it.
_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "_shipped" / "schemas", _PACKAGE.parent / "schemas")

# The quick library takes as long to load as our own judge takes for so many documents.
_FEW = 200

PlainData = Plain | list["PlainData"] | dict[str, "PlainData"]


def schema_text(kind: str) -> str:
    """The text of the JSON Schema for a kind of document.

    Raises:
        KeyError: There is no such kind; `KINDS` has them all.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    for folder in _FOLDERS:
        path = folder / f"{kind}.schema.json"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"{kind}.schema.json is missing from the installation")


def properties(kind: str) -> Mapping[str, frozenset[str]]:
    """The keys that each map of a document may have, by the map's name: `workflow`, `workflow.state`, ….

    Only maps that say which keys they have count; one that merely chooses among others by a tag (`action`) does not.
    Of a map with columns of its own, such as a decision table's rule, the keys are those that stand beside them.
    """
    document = _document(kind)
    found = {kind: frozenset(document["properties"])}
    for name, definition in document.get("$defs", {}).items():
        if "properties" in definition and "additionalProperties" in definition:
            found[f"{kind}.{name}"] = frozenset(definition["properties"])
    return MappingProxyType(found)


def kind_of(root: MapNode) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The kind that a document says it is; None with one error where it says none, or one that does not exist."""
    entry = root.entries.get("kind")
    if entry is None:
        message = Bilingual("缺少 `kind`", "`kind` is missing")
        return None, (
            error("SF141", point(root.span.file, root.span.line, root.span.column), message, suggestion("", KINDS)),
        )
    node = entry.value
    if isinstance(node, ScalarNode) and node.text in KINDS:
        return node.text, ()
    text = node.text if isinstance(node, ScalarNode) else ""
    fix = renaming(node, KINDS) if isinstance(node, ScalarNode) else None
    message = Bilingual(f"不认识的文档种类 {shown(text)}", f"unknown kind of document {shown(text)}")
    if not text.strip():
        message = Bilingual("`kind` 应为一个文档种类的名称", "`kind` must be the name of a kind of document")
    if text in LATER_KINDS:
        message = Bilingual(
            f"本版本还没有文档种类 {shown(text)}", f"this version has no kind of document {shown(text)} yet"
        )
        return None, (error("SF150", node.span, message, LATER_KINDS[text]),)
    listed = ", ".join(KINDS)
    hint = suggestion(text, KINDS) or Bilingual(f"可用：{listed}", f"known: {listed}")
    return None, (error("SF150", node.span, message, hint, fix=fix),)


def check_shape(root: MapNode, kind: str) -> tuple[Diagnostic, ...]:
    """Everything in which the document differs from the shape of its kind, in source order, root causes only."""
    data = plain(root)
    return () if _judge(kind)(data) else _explained(root, kind, data)


def _explained(root: MapNode, kind: str, data: PlainData) -> tuple[Diagnostic, ...]:
    from salespm_flow.definition.shape import tell  # noqa: PLC0415 - only where something is wrong

    quick = _quick_judge(kind)
    found = None if quick is None else quick.violations(data)
    return tell(root, violations(kind, data) if found is None else found)


def violations(kind: str, data: PlainData) -> Iterator[Violation]:
    """Every way in which the data differs from the schema of a kind, as the schema library sees it."""
    from salespm_flow.definition.shape import Violation  # noqa: PLC0415 - as above

    for found in _validator(kind).iter_errors(data):
        yield Violation(
            path=tuple(found.absolute_path),
            keyword=str(found.validator),
            accepted=found.validator_value,
            schema=found.schema if isinstance(found.schema, Mapping) else {},
            instance=found.instance,
            is_about_key="propertyNames" in found.absolute_schema_path,
        )


def plain(node: Node) -> PlainData:
    """The node as bare data; depth is bounded by the parser."""
    match node:
        case ScalarNode():
            return node.value
        case MapNode():
            return {name: plain(entry.value) for name, entry in node.entries.items()}
        case _:
            return [plain(item) for item in node.items]


@cache
def _document(kind: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(schema_text(kind))
    return document


@cache
def _judge(kind: str) -> Judge:
    own, asked = judge_of(_document(kind)), count()

    def judge(data: object) -> bool:
        quick = None if next(asked) < _FEW else _quick_judge(kind)
        return (quick is not None and quick.is_surely_sound(data)) or own(data)

    return judge


@cache
def _quick_judge(kind: str) -> QuickJudge | None:
    return QuickJudge(_document(kind)) if is_at_hand() else None


@cache
def _validator(kind: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - takes longer to import than most files to check

    return Draft202012Validator(_document(kind))
