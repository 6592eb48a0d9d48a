"""Reads who a document is: its kind, id and version. Whether the rest fits the kind is for others."""

from enum import StrEnum

from salespm_flow.definition.build.reader import is_identifier, normalise
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.nouns import dataclass

LANGUAGE_VERSION = 1


class DocumentKind(StrEnum):
    """The kinds of document that can be loaded."""

    WORKFLOW = "workflow"
    ORGANISATION = "organisation"
    CALENDAR = "calendar"
    RISK_MODEL = "risk_model"
    KPI_SET = "kpi_set"
    SCORECARD = "scorecard"
    GOAL_SET = "goal_set"
    DECISION_TABLE = "decision_table"
    REFERENCE = "reference"
    MAPPING = "mapping"
    MIGRATION = "migration"
    SCENARIOS = "scenarios"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who a document is."""

    kind: DocumentKind
    id: str
    version: int


def read_header(root: MapNode) -> Header | None:
    """The header, None where it does not say what to build: then the schema says what is wrong with it."""
    kind, id_, version = (_scalar(root, key) for key in ("kind", "id", "version"))
    language = _scalar(root, "salespm")
    if kind is None or language is None or _number(language) != LANGUAGE_VERSION or kind.text not in set(DocumentKind):
        return None
    if kind.text == DocumentKind.WORKSPACE:
        return Header(kind=DocumentKind.WORKSPACE, id="workspace", version=1)
    if id_ is None or version is None or not is_identifier(id_.text) or _number(version) < 1:
        return None
    return Header(kind=DocumentKind(kind.text), id=normalise(id_.text), version=_number(version))


def _scalar(root: MapNode, key: str) -> ScalarNode | None:
    entry = root.entries.get(key)
    found = None if entry is None else entry.value
    return found if isinstance(found, ScalarNode) and found.text else None


def _number(node: ScalarNode) -> int:
    """The whole number that the scalar writes, zero where it is none."""
    return node.value if isinstance(node.value, int) and not isinstance(node.value, bool) else 0
