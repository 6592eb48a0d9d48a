"""Everything that a workspace defines, as one frozen value."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual, Language, Severity, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field
from salespm_flow.model.goals import GoalSet
from salespm_flow.model.migration import Migration
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.rules import KpiSet, RiskModel, Scorecard
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.model.source import Source
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import Calendar


class FileFormat(StrEnum):
    """The formats that rows are read from."""

    CSV = "csv"
    XLSX = "xlsx"


class Encoding(StrEnum):
    """The encodings that a CSV file may be in; a byte order mark is never part of the text."""

    UTF_8 = "utf-8"
    GBK = "gbk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A table that fields refer to; `rows` are by key, in file order. Live: not pinned.

    A key of several columns reads as their texts with a space between; no field can refer to such a table. `aliases`
    (alias to key) and `alias_columns` are as the document writes them; `keys` holds the aliases of both kinds with the
    keys that they mean. `sheet` and `encoding` say how the file is read.
    """

    id: str
    version: int
    title: Bilingual
    source: Source
    key: tuple[str, ...]
    fields: Mapping[str, Field]
    rows: Mapping[str, Mapping[str, Value]]
    span: Span
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    alias_columns: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sheet: str | None = None
    encoding: Encoding | None = None

    def key_of(self, text: str) -> str | None:
        """The key of the row that the text names by its key or by an alias; None where no row has it."""
        return text if text in self.rows else self.keys.get(text)


class Unmapped(StrEnum):
    """What an import does with a value that cannot be resolved."""

    REPORT = "report"
    REFUSE = "refuse"


class WrittenForm(StrEnum):
    """The forms of cells that a mapping names; any other text after `format` is a date pattern such as dd.MM.yyyy."""

    ZH_NUMBER = "zh-number"
    ZH_DATE = "zh-date"
    EXCEL_DATE = "excel-date"
    EXCEL_DATE_1904 = "excel-date-1904"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which column fills a field; `values` renames cell texts (aliases), `format` says how they are written."""

    field: str
    column: str
    values: Mapping[str, str]
    span: Span
    format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """How rows of a file become projects: a row walks through the states of `entered` that have a date.

    `entered_forms` are the forms of those dates by state, where they are written in one of their own.
    """

    id: str
    version: int
    title: Bilingual
    source: Source
    workflow: str
    format: FileFormat
    key: str
    owner: str | None
    state_column: str
    state_values: Mapping[str, str]
    fields: Mapping[str, ColumnMapping]
    entered: Mapping[str, str]
    unmapped: Unmapped
    span: Span
    as_of: str | None = None
    sheet: str | None = None
    encoding: Encoding | None = None
    entered_forms: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityChoice:
    """How bad the findings of a code count in a workspace; None: they are not reported."""

    code: str
    severity: Severity | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The settings of a folder with `salespm.yaml`; paths are relative to `root`.

    `rates` names the reference of exchange rates; `risk_categories` are those beside the nine of the language.
    """

    root: str
    language: Language | None
    currency: str
    timezone: str
    calendar: str | None
    store: str
    definitions: tuple[str, ...]
    rates: str | None = None
    severities: tuple[SeverityChoice, ...] = ()
    organisation: str | None = None
    risk_categories: Mapping[str, Bilingual] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All documents by kind and id; of a workflow the newest version stands under its id."""

    workspace: Workspace
    workflows: Mapping[str, Workflow]
    organisations: Mapping[str, Organisation]
    calendars: Mapping[str, Calendar]
    risk_models: Mapping[str, RiskModel]
    kpi_sets: Mapping[str, KpiSet]
    scorecards: Mapping[str, Scorecard]
    references: Mapping[str, Reference]
    mappings: Mapping[str, ImportMapping]
    decision_tables: Mapping[str, DecisionTable] = field(default_factory=lambda: MappingProxyType({}))
    goal_sets: Mapping[str, GoalSet] = field(default_factory=lambda: MappingProxyType({}))
    migrations: Mapping[str, Migration] = field(default_factory=lambda: MappingProxyType({}))
    scenarios: Mapping[str, Scenarios] = field(default_factory=lambda: MappingProxyType({}))


def organisation_named(workflow: Workflow, library: Library) -> str | None:
    """The id of the organisation that the workflow runs in: its own, else the workspace's; None without either."""
    return workflow.uses.organisation or library.workspace.organisation


def organisation_of(workflow: Workflow, library: Library) -> Organisation | None:
    """The organisation that the workflow runs in; None without one, and where it cannot be loaded."""
    return library.organisations.get(organisation_named(workflow, library) or "")
