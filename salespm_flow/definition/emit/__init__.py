"""Writes documents as definition files: model → YAML that builds the same model again. Knows no files.

What a model does not keep is not written: comments, the title of a calendar, the order of keys.
"""

from collections.abc import Iterable
from itertools import chain

from salespm_flow.definition.build import Document, DocumentKind, Header
from salespm_flow.definition.emit import leaves
from salespm_flow.definition.emit.decision_table import decision_table
from salespm_flow.definition.emit.goal_set import goal_set
from salespm_flow.definition.emit.migration import migration
from salespm_flow.definition.emit.organisation import organisation
from salespm_flow.definition.emit.rules import kpi_set, risk_model, scorecard
from salespm_flow.definition.emit.scenarios import scenarios
from salespm_flow.definition.emit.tables import calendar, mapping, reference, workspace
from salespm_flow.definition.emit.workflow import workflow
from salespm_flow.definition.nodes import Node
from salespm_flow.definition.writer import write
from salespm_flow.model.goals import GoalSet
from salespm_flow.model.library import ImportMapping, Reference, Workspace
from salespm_flow.model.migration import Migration
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.rules import KpiSet, RiskModel, Scorecard
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import Workflow
from salespm_flow.working_time import Calendar


def emit(document: Document, header: Header, table: str | None = None) -> str:
    """The text of a definition file; `table` is the file of a reference's rows, relative to it.

    Short forms are used where the language has them and what stands there by default is left out.
    """
    return write(leaves.entries(chain(_header(document, header), _keys(document, table))))


def _header(document: Document, header: Header) -> Iterable[tuple[str, Node | None]]:
    yield "salespm", leaves.number(1)
    yield "kind", leaves.text(header.kind.value)
    if header.kind is not DocumentKind.WORKSPACE:
        yield "id", leaves.text(header.id)
        yield "version", leaves.number(header.version)
    if not isinstance(document, Calendar | Workspace):
        yield "title", leaves.title(document.title, header.id)


def _keys(document: Document, table: str | None) -> Iterable[tuple[str, Node | None]]:
    match document:
        case Workflow():
            pairs = workflow(document)
        case Organisation():
            pairs = organisation(document)
        case RiskModel():
            pairs = risk_model(document)
        case KpiSet():
            pairs = kpi_set(document)
        case Scorecard():
            pairs = scorecard(document)
        case GoalSet():
            pairs = goal_set(document)
        case DecisionTable():
            pairs = decision_table(document)
        case Scenarios():
            pairs = scenarios(document)
        case _:
            pairs = _table_keys(document, table)
    return pairs


def _table_keys(
    document: Reference | ImportMapping | Migration | Workspace | Calendar, table: str | None
) -> Iterable[tuple[str, Node | None]]:
    match document:
        case ImportMapping():
            pairs = mapping(document)
        case Migration():
            pairs = migration(document)
        case Reference():
            pairs = reference(document, table)
        case Workspace():
            pairs = workspace(document)
        case Calendar():
            pairs = calendar(document)
    return pairs


__all__ = ["emit"]
