"""Everything that a workspace defines, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual, Language, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field
from salespm_flow.model.rules import KpiSet, RiskModel, Scorecard
from salespm_flow.model.source import Source
from salespm_flow.model.workflow import Workflow
from salespm_flow.working_time import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A table that fields refer to; `rows` are by key, in file order. Live: not pinned.

    A key of several columns reads as their texts with a space between; no field can refer to such a table.
    """

    id: str
    version: int
    title: Bilingual
    source: Source
    key: tuple[str, ...]
    fields: Mapping[str, Field]
    rows: Mapping[str, Mapping[str, Value]]
    span: Span


class Unmapped(StrEnum):
    """What an import does with a value that cannot be resolved."""

    REPORT = "report"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which column fills a field; `values` renames cell texts (aliases), `format` reads dates."""

    field: str
    column: str
    values: Mapping[str, str]
    span: Span
    format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """How rows of a file become projects: a row walks through the states of `entered` that have a date."""

    id: str
    version: int
    title: Bilingual
    source: Source
    workflow: str
    format: str
    key: str
    owner: str | None
    state_column: str
    state_values: Mapping[str, str]
    fields: Mapping[str, ColumnMapping]
    entered: Mapping[str, str]
    unmapped: Unmapped
    span: Span
    as_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The settings of a folder with `salespm.yaml`; paths are relative to `root`.

    `rates` names the reference of exchange rates.
    """

    root: str
    language: Language | None
    currency: str
    timezone: str
    calendar: str | None
    store: str
    definitions: tuple[str, ...]
    rates: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All documents by kind and id; of a workflow the newest version stands under its id."""

    workspace: Workspace
    workflows: Mapping[str, Workflow]
    calendars: Mapping[str, Calendar]
    risk_models: Mapping[str, RiskModel]
    kpi_sets: Mapping[str, KpiSet]
    scorecards: Mapping[str, Scorecard]
    references: Mapping[str, Reference]
    mappings: Mapping[str, ImportMapping]
