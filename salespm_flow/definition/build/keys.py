"""The keys that building reads, by the name of the schema definition that declares them; a test holds the two equal."""

from collections.abc import Mapping
from types import MappingProxyType

_HEADER = frozenset({"salespm", "kind", "id", "version", "title"})
_TITLE = frozenset({"zh", "en"})
_FIELD = frozenset(
    {
        "type",
        "title",
        "required",
        "default",
        "min",
        "max",
        "by",
        "editable_in",
        "formula",
        "currency",
        "values",
        "to",
        "of",
    }
)
# A row of a reference is not edited in a project, so its fields have no rights and no formulas.
_REFERENCE_FIELD = _FIELD - {"by", "editable_in", "formula"}
_COLUMN = frozenset({"type", "title", "currency", "values", "to", "of"})

_WORK = frozenset({"title", "due", "effort", "priority", "checklist"})

_WORKFLOW: Mapping[str, frozenset[str]] = {
    "workflow": _HEADER
    | {
        "domain",
        "purpose",
        "uses",
        "parameters",
        "fields",
        "records",
        "conditions",
        "links",
        "initial",
        "states",
        "regions",
        "transitions",
        "timers",
    },
    "workflow.title": _TITLE,
    "workflow.enumValue": frozenset({"title"}),
    "workflow.uses": frozenset({"organisation", "calendar", "goals", "risks", "scorecards"}),
    "workflow.field": _FIELD,
    "workflow.record": frozenset({"title", "key", "by", "editable_in", "fields"}),
    "workflow.state": frozenset(
        {
            "title",
            "function",
            "probability",
            "owner_role",
            "skills",
            "tools",
            "sla",
            "tasks",
            "entry",
            "exit",
            "initial",
            "states",
            "regions",
            "history",
            "final",
            "outcome",
            "aside",
        }
    ),
    "workflow.gate": frozenset({"require", "check", "do"}),
    "workflow.check": frozenset({"that", "message"}),
    "workflow.task": _WORK | {"accountable", "responsible", "consulted", "informed", "needs"},
    "workflow.sla": frozenset({"warn", "breach"}),
    "workflow.transition": frozenset(
        {
            "title",
            "from",
            "except",
            "to",
            "event",
            "auto",
            "when",
            "require",
            "check",
            "do",
            "by",
            "comment",
            "forward",
            "reenter",
            "approve",
            "override",
        }
    ),
    "workflow.approval": frozenset({"title", "when", "by", "quorum", "except", "due", "escalate", "after"}),
    "workflow.override": frozenset({"by", "comment"}),
    "workflow.timer": frozenset({"in", "after", "every", "at", "do"}),
    "workflow.link": frozenset({"title", "workflow", "many", "carry"}),
    "workflow.action.set": frozenset({"action", "field", "value"}),
    "workflow.action.append": frozenset({"action", "record", "value"}),
    "workflow.action.task": _WORK | {"action", "who"},
    "workflow.action.notify": frozenset({"action", "title", "who"}),
    "workflow.action.raise": frozenset({"action", "event"}),
    "workflow.action.send": frozenset({"action", "event", "to", "after"}),
    "workflow.action.spawn": frozenset({"action", "link"}),
    "workflow.action.return": frozenset({"action"}),
    "workflow.action.risk": frozenset({"action", "title", "category", "probability", "impact", "who"}),
}

_RULES: Mapping[str, frozenset[str]] = {
    "risk_model": _HEADER | {"parameters", "currency", "scales", "levels", "accept_below", "accept_by", "rules"},
    "risk_model.title": _TITLE,
    "risk_model.level": frozenset({"title", "scores"}),
    "risk_model.scales": frozenset({"probability", "impact", "value"}),
    "risk_model.impact": frozenset({"title", "cost", "days"}),
    "risk_model.rule": frozenset(
        {
            "title",
            "category",
            "when",
            "probability",
            "impact",
            "who",
            "exposure",
            "response",
            "review",
            "occurs",
            "contingency",
        }
    ),
    "risk_model.exposure": frozenset({"value", "days"}),
    "risk_model.occurs": frozenset({"when", "title"}),
    "risk_model.contingency": frozenset({"title", "who", "due"}),
    "risk_model.response": frozenset({"strategy", "title", "due", "party", "cost", "residual", "approve"}),
    "risk_model.approval": frozenset({"title", "by", "due", "escalate"}),
    "risk_model.residual": frozenset({"probability", "impact"}),
    "kpi_set": _HEADER | {"workflow", "parameters", "kpis"},
    "kpi_set.title": _TITLE,
    "kpi_set.kpi": frozenset(
        {
            "title",
            "unit",
            "better",
            "of",
            "workflow",
            "basis",
            "where",
            "formula",
            "numerator",
            "denominator",
            "per",
            "by",
            "computed",
            "source",
        }
    ),
    "goal_set": _HEADER | {"goals"},
    "goal_set.title": _TITLE,
    "goal_set.goal": frozenset(
        {
            "title",
            "kpi",
            "scope",
            "parent",
            "who",
            "baseline",
            "target",
            "ceiling",
            "starts_on",
            "ends_on",
            "tasks",
        }
    ),
    "goal_set.task": frozenset({"title", "who", "due", "contributes"}),
    "scorecard": _HEADER | {"for", "missing", "criteria", "grades", "veto"},
    "scorecard.title": _TITLE,
    "scorecard.criterion": frozenset({"kpi", "weight", "floor", "target", "stretch"}),
    "scorecard.veto": frozenset({"when", "cap", "message"}),
    "scenarios": _HEADER | {"workflow", "given", "scenarios", "invariants"},
    "scenarios.title": _TITLE,
    "scenarios.scenario": frozenset({"title", "table", "given", "steps", "expect"}),
    "scenarios.invariant": frozenset({"title", "always", "never", "eventually"}),
    "scenarios.given": frozenset({"now", "owner", "state", "fields", "records", "kpis", "mocks"}),
    "scenarios.mock": frozenset({"fails"}),
    "scenarios.table": frozenset({"columns", "rows"}),
    "scenarios.step": frozenset(
        {
            "advance",
            "set",
            "append",
            "approve",
            "reject",
            "done",
            "receive",
            "tick",
            "wait",
            "as",
            "role",
            "on",
            "comment",
            "override",
            "expect",
        }
    ),
    "scenarios.expect": frozenset(
        {
            "state",
            "status",
            "outcome",
            "probability",
            "fields",
            "refused",
            "waiting",
            "effects",
            "fired",
            "told",
            "risks",
            "level",
            "score",
            "sla",
            "that",
        }
    ),
    "decision_table": _HEADER | {"hit", "aggregate", "parameters", "inputs", "outputs", "rules"},
    "decision_table.title": _TITLE,
    "decision_table.enumValue": frozenset({"title"}),
    "decision_table.input": _COLUMN | {"min", "max", "formula"},
    "decision_table.output": _COLUMN | {"default", "order"},
    "decision_table.rule": frozenset({"message", "annotations"}),
    "decision_table.cell": frozenset({"formula"}),
}

_TABLES: Mapping[str, frozenset[str]] = {
    "organisation": _HEADER | {"skills", "units", "roles", "people"},
    "organisation.title": _TITLE,
    "organisation.skill": frozenset({"title", "family"}),
    "organisation.unit": frozenset({"title", "parent", "manager"}),
    "organisation.role": frozenset({"title", "unit", "skills", "outside"}),
    "organisation.person": frozenset(
        {"title", "unit", "roles", "skills", "hours", "rate", "deputy", "away", "left_on"}
    ),
    "calendar": _HEADER | {"country", "week", "hours", "off", "work"},
    "calendar.title": _TITLE,
    "reference": _HEADER | {"key", "fields", "aliases", "alias_columns", "source", "sheet", "encoding"},
    "reference.title": _TITLE,
    "reference.enumValue": frozenset({"title"}),
    "reference.field": _REFERENCE_FIELD,
    "mapping": _HEADER
    | {"workflow", "format", "sheet", "encoding", "key", "owner", "state", "fields", "entered", "unmapped", "as_of"},
    "mapping.title": _TITLE,
    "mapping.column": frozenset({"from", "values", "format"}),
    "mapping.moment": frozenset({"from", "format"}),
    "mapping.state": frozenset({"from", "values"}),
    "migration": _HEADER | {"workflow", "from", "to", "states", "fields", "transitions", "timers", "defaults"},
    "migration.title": _TITLE,
    "migration.branch": frozenset({"when", "to", "else"}),
    "migration.field": frozenset({"to", "values", "value"}),
    "migration.default": frozenset({"value"}),
    "workspace": _HEADER
    | {
        "language",
        "currency",
        "timezone",
        "calendar",
        "lint",
        "organisation",
        "rates",
        "risk_categories",
        "store",
        "definitions",
    },
    "workspace.title": _TITLE,
}

# What an overlay can extend; the rest has nothing that is worth changing under another name.
COMPOSABLE = ("workflow", "calendar", "risk_model", "kpi_set", "scorecard", "decision_table")

_BUILT: Mapping[str, frozenset[str]] = {**_WORKFLOW, **_RULES, **_TABLES}
_OVERLAY: Mapping[str, frozenset[str]] = {
    "overlay": frozenset({"extends"}).union(*(_BUILT[kind] for kind in COMPOSABLE)),
    "overlay.title": _TITLE,
}

READS: Mapping[str, frozenset[str]] = MappingProxyType({**_BUILT, **_OVERLAY})
