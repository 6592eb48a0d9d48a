"""Builds typed documents from nodes: one module a kind. Knows no files, no schemas and no other documents."""

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from importlib import import_module
from types import MappingProxyType

from salespm_flow.definition.build.header import LANGUAGE_VERSION, DocumentKind, Header, read_header
from salespm_flow.definition.build.keys import READS
from salespm_flow.definition.build.reader import MISSING, UNREADABLE, Findings, Mention
from salespm_flow.definition.build.reference import TableFile, build_reference
from salespm_flow.definition.build.workflow import build_workflow
from salespm_flow.definition.build.workspace import build_workspace, default_workspace
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.diagnostics import Diagnostic, Severity, Span
from salespm_flow.model.goals import GoalSet
from salespm_flow.model.library import ImportMapping, Reference, Workspace
from salespm_flow.model.migration import Migration
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.rules import KpiSet, RiskModel, Scorecard
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.model.source import Source
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import Calendar

Document = (
    Workflow
    | Organisation
    | Calendar
    | RiskModel
    | KpiSet
    | Scorecard
    | GoalSet
    | DecisionTable
    | Reference
    | ImportMapping
    | Migration
    | Scenarios
    | Workspace
)
Builder = Callable[[Findings, MapNode, Source], Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A document as far as it could be read, and all that later checks need to speak of it.

    With an error among the diagnostics the document is incomplete and only good for finding more errors.
    """

    source: Source
    document: Document
    diagnostics: tuple[Diagnostic, ...]
    expressions: Mapping[Span, ScalarNode]
    places: Mapping[str, ScalarNode]
    poisoned: frozenset[str]
    keys_read: Mapping[str, frozenset[str]]
    header_place: Span
    mentions: tuple[tuple[Mention, ScalarNode], ...]
    table: TableFile | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing in the document is an error."""
        return all(found.severity is not Severity.ERROR for found in self.diagnostics)

    @property
    def is_misshapen(self) -> bool:
        """Whether something could not be read at all, so that the schema can say more."""
        return any(found.code == UNREADABLE for found in self.diagnostics)


# Kinds that a small workspace may do without: the module of this package whose `build_<kind>` reads one, imported when
# the first comes. Checking one small file must not wait for all of them.
LATE: Mapping[DocumentKind, str] = MappingProxyType(
    {
        DocumentKind.ORGANISATION: "organisation",
        DocumentKind.CALENDAR: "calendar",
        DocumentKind.RISK_MODEL: "risk_model",
        DocumentKind.KPI_SET: "kpi_set",
        DocumentKind.SCORECARD: "scorecard",
        DocumentKind.GOAL_SET: "goal_set",
        DocumentKind.DECISION_TABLE: "decision_table",
        DocumentKind.MAPPING: "mapping",
        DocumentKind.MIGRATION: "migration",
        DocumentKind.SCENARIOS: "scenarios",
    }
)


def _read(findings: Findings, root: MapNode, source: Source) -> tuple[Document, TableFile | None]:
    match kind := DocumentKind(source.kind):
        case DocumentKind.WORKFLOW:
            return build_workflow(findings, root, source), None
        case DocumentKind.REFERENCE:
            return build_reference(findings, root, source)
        case DocumentKind.WORKSPACE:
            return build_workspace(findings, root, source.path), None
        case _:
            builder: Builder = getattr(import_module(f"{__name__}.{LATE[kind]}"), f"build_{kind.value}")
            return builder(findings, root, source), None


def build(root: MapNode, source: Source, zone: tzinfo = UTC) -> Built:
    """The document of the source's kind, with everything that is wrong in it; datetimes are read in `zone`."""
    findings = Findings(zone)
    document, table = _read(findings, root, source)
    return Built(
        source=source,
        document=document,
        diagnostics=tuple(dict.fromkeys(findings.diagnostics)),
        expressions=findings.expressions,
        places=findings.places,
        poisoned=frozenset(findings.poisoned),
        keys_read={pointer: frozenset(keys) for pointer, keys in findings.keys_read.items()},
        header_place=_header_place(root),
        mentions=tuple(findings.mentions),
        table=table,
    )


def _header_place(root: MapNode) -> Span:
    """Where the document says its version, else the whole of it."""
    version = root.entries.get("version")
    return root.span if version is None else version.value.span


__all__ = [
    "LANGUAGE_VERSION",
    "MISSING",
    "READS",
    "UNREADABLE",
    "Built",
    "Document",
    "DocumentKind",
    "Findings",
    "Header",
    "TableFile",
    "build",
    "default_workspace",
    "read_header",
]
