"""The typed environments that expressions are checked against; `engine/context` holds the values behind them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from salespm_flow.expr.check import check
from salespm_flow.expr.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONTHS,
    NUMBER,
    PERCENT,
    TEXT,
    WORKING,
    EnumType,
    FunctionType,
    ListType,
    MoneyType,
    RecordType,
    RefType,
    Type,
    Typed,
)
from salespm_flow.expr.values import Months, WorkingDays
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import (
    EnumOf,
    Field,
    FieldType,
    ListOf,
    MoneyOf,
    Parameter,
    Record,
    RefTo,
    Scalar,
    SimpleType,
)
from salespm_flow.model.goals import Goal
from salespm_flow.model.library import Library, Reference, organisation_of
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.tables import Aggregator, DecisionTable
from salespm_flow.model.workflow import Outcome, Workflow

_SCALARS: Final[Mapping[Scalar, Type]] = {
    Scalar.TEXT: TEXT,
    Scalar.INTEGER: NUMBER,
    Scalar.NUMBER: NUMBER,
    Scalar.BOOLEAN: BOOLEAN,
    Scalar.PERCENT: PERCENT,
    Scalar.DATE: DATE,
    Scalar.DATETIME: DATETIME,
    Scalar.DURATION: DURATION,
    Scalar.PERSON: TEXT,
    Scalar.ROLE: TEXT,
    Scalar.FILE: TEXT,
}
_UNITS: Final[Mapping[str, Type]] = {
    "percent": PERCENT,
    "ratio": NUMBER,
    "count": NUMBER,
    "points": NUMBER,
    "mo": NUMBER,
    "d": DURATION,
    "h": DURATION,
}
OUTCOMES: Final = EnumType(tuple(outcome.value for outcome in Outcome))
_TASKS: Final = Typed(RecordType({name: Typed(NUMBER) for name in ("open", "overdue", "late")}))


def type_of(declared: FieldType, references: Mapping[str, Reference]) -> Type:
    """The expression type of a declared field type; a reference that does not exist reads as text."""
    match declared:
        case SimpleType(scalar=scalar):
            return _SCALARS[scalar]
        case MoneyOf(currency=currency):
            return MoneyType(currency)
        case EnumOf(values=values):
            return EnumType(tuple(values))
        case ListOf(item=item):
            return ListType(Typed(type_of(item, references)))
        case RefTo(reference=name):
            table = references.get(name)
            # No single text names a row of a table whose key has several columns.
            return (
                RefType(reference_columns(table), table.key[0]) if table is not None and len(table.key) == 1 else TEXT
            )


def type_of_parameter(given: Parameter, references: Mapping[str, Reference]) -> Type:
    """The expression type of a parameter; of a duration it depends on what it was written in."""
    match given.value:
        case WorkingDays():
            return WORKING
        case Months():
            return MONTHS
        case _:
            return type_of(given.type, references)


def type_of_unit(unit: str) -> Type:
    """The expression type of a KPI's unit; a unit that is none of the words is a currency code."""
    return _UNITS.get(unit) or MoneyType(unit)


def workflow_names(workflow: Workflow, library: Library) -> Mapping[str, Typed]:
    """What an expression of the workflow sees."""
    references = library.references
    names = {name: Typed(type_of_parameter(given, references)) for name, given in workflow.parameters.items()}
    names |= _field_names(workflow.fields.values(), references)
    names |= {
        name: Typed(ListType(Typed(record_type(record, references)))) for name, record in workflow.records.items()
    }
    names |= {name: Typed(BOOLEAN, nullable=True) for name in workflow.conditions}
    names |= _standing_names(workflow, library)
    names |= _family_names(workflow, library)
    return names


def table_type(library: Library) -> Typed:
    """The record under the name `table`: every decision table of the workspace, to be called with its inputs."""
    functions: dict[str, Typed] = {}
    for table in library.decision_tables.values():
        # A computed input is no parameter, and only those may do without a type.
        given = {one.id: type_of(one.type, library.references) for one in table.arguments if one.type is not None}
        functions[table.id] = Typed(FunctionType(given, table_result(table, library.references)))
    return Typed(RecordType(functions))


def table_result(table: DecisionTable, references: Mapping[str, Reference]) -> Typed:
    """What the table answers: null where no rule matches and no default stands, or where its rules disagree."""
    types = {one.id: Typed(type_of(one.type, references), nullable=True) for one in table.outputs.values()}
    answer: Type = RecordType(types)
    if len(types) == 1:
        answer = next(iter(types.values())).type
    match table:
        case DecisionTable(aggregate=Aggregator.COUNT):
            return Typed(NUMBER)
        case DecisionTable(hit=hit, aggregate=None) if hit.gives_list:
            return Typed(ListType(Typed(answer, nullable=_is_computed(table))))
        case DecisionTable(aggregate=aggregate):
            return Typed(answer, nullable=aggregate is not Aggregator.SUM or _is_computed(table))


def _is_computed(table: DecisionTable) -> bool:
    """Whether an answer is worked out, which may come to null."""
    return any(isinstance(one, Expression) for rule in table.rules.values() for one in rule.answers.values())


def table_names(table: DecisionTable, library: Library) -> Mapping[str, Typed]:
    """What an expression of the table sees: its parameters, its inputs and other tables.

    A computed input without a declared type has the one that its formula shows.
    """
    references = library.references
    names = {name: Typed(type_of_parameter(given, references)) for name, given in table.parameters.items()}
    names["table"] = table_type(library)
    for one in table.inputs.values():
        if one.type is not None:
            names[one.id] = Typed(type_of(one.type, references), nullable=True)
        elif one.formula is not None:
            found = check(one.formula.node, names).type
            names[one.id] = Typed(found.type, nullable=True)
    return names


def changeable_names(workflow: Workflow) -> frozenset[str]:
    """What an expression of the workflow may ask `changed(..)` about: stored fields and records."""
    stored = (field.id for field in workflow.fields.values() if field.formula is None)
    return frozenset((*stored, *workflow.records))


def risk_names(model: RiskModel, workflow: Workflow, library: Library) -> Mapping[str, Typed]:
    """What a rule of the risk model sees when the workflow uses it; the model's parameters come first."""
    own = {name: Typed(type_of_parameter(given, library.references)) for name, given in model.parameters.items()}
    return {**workflow_names(workflow, library), **own}


def row_columns(workflow: Workflow, references: Mapping[str, Reference]) -> Mapping[str, Typed]:
    """The columns of a project as a row: its fields and what every project has."""
    return {
        **_field_names(workflow.fields.values(), references),
        "id": Typed(TEXT),
        "state": Typed(EnumType(tuple(state.name for state in workflow.states.values()))),
        "outcome": Typed(OUTCOMES, nullable=True),
        "owner": Typed(TEXT),
        "opened_at": Typed(DATETIME),
        "outcome_at": Typed(DATETIME, nullable=True),
        "closed_at": Typed(DATETIME, nullable=True),
        "cycle_time": Typed(DURATION, nullable=True),
        "probability": Typed(PERCENT, nullable=True),
    }


def filter_names(workflow: Workflow, library: Library) -> Mapping[str, Typed]:
    """What the filter of a project list sees: the columns of one project."""
    return row_columns(workflow, library.references)


def kpi_type(library: Library) -> Typed:
    """The record under the name `kpi`: every KPI of the workspace, nullable because a figure may be missing."""
    every = (kpi for kpis in library.kpi_sets.values() for kpi in kpis.kpis.values())
    return Typed(RecordType({kpi.id: Typed(type_of_unit(kpi.unit), nullable=True) for kpi in every}))


def goal_type(workflow: Workflow, library: Library) -> Typed:
    """The record under the name `goal`: every goal of the sets that the workflow uses."""
    sets = (library.goal_sets[name] for name in workflow.uses.goals if name in library.goal_sets)
    goals = (goal for one in sets for goal in one.goals.values())
    return Typed(RecordType({goal.id: Typed(_goal_columns(goal)) for goal in goals}))


def _goal_columns(goal: Goal) -> RecordType:
    amount = NUMBER if goal.type is None else type_of(goal.type, {})
    return RecordType(
        {
            "target": Typed(amount, nullable=goal.target is None),
            "actual": Typed(amount, nullable=True),
            "attainment": Typed(PERCENT, nullable=True),
            "pace": Typed(NUMBER, nullable=True),
            "smart": Typed(BOOLEAN),
            "starts_on": Typed(DATE, nullable=goal.starts_on is None),
            "ends_on": Typed(DATE, nullable=goal.ends_on is None),
        }
    )


def veto_names(library: Library) -> Mapping[str, Typed]:
    """What a veto of a scorecard sees."""
    return {"kpi": kpi_type(library)}


def _field_names(fields: Iterable[Field], references: Mapping[str, Reference]) -> dict[str, Typed]:
    return {field.id: Typed(type_of(field.type, references), nullable=_is_nullable(field)) for field in fields}


def _is_nullable(field: Field) -> bool:
    # A default comes back when the field is emptied, and a required field cannot be emptied.
    return field.formula is not None or (field.default is None and not field.is_required)


def reference_columns(table: Reference) -> Mapping[str, Typed]:
    """The columns of a row of the reference."""
    # References inside a row read as text: a table may refer to itself, and one step is what designers use.
    return {
        field.id: Typed(
            TEXT if isinstance(field.type, RefTo) else type_of(field.type, {}),
            nullable=field.id not in table.key and _is_nullable(field),
        )
        for field in table.fields.values()
    }


def record_type(record: Record, references: Mapping[str, Reference]) -> RecordType:
    """A row of the record, with the columns that every row has."""
    columns = _field_names(record.fields.values(), references)
    if record.key is not None:
        columns[record.key] = Typed(columns[record.key].type)
    standing = {"at": Typed(DATETIME), "by": Typed(TEXT), "first_at": Typed(DATETIME), "project": Typed(TEXT)}
    return RecordType(columns | standing)


def _standing_names(workflow: Workflow, library: Library) -> dict[str, Typed]:
    models = (library.risk_models[name] for name in workflow.uses.risks if name in library.risk_models)
    levels = tuple(dict.fromkeys(level.id for model in models for level in model.levels))
    risk = {
        "score": Typed(NUMBER, nullable=True),
        "level": Typed(EnumType(levels), nullable=True),
        **_exposure_columns(workflow, library),
    }
    references = {
        name: Typed(ListType(Typed(RecordType(reference_columns(t))))) for name, t in library.references.items()
    }
    person = _person_columns(organisation_of(workflow, library))
    return {
        "states": Typed(ListType(Typed(EnumType(tuple(state.name for state in workflow.states.values()))))),
        "owner": Typed(RecordType({"id": Typed(TEXT), **person})),
        "actor": Typed(RecordType({"id": Typed(TEXT), "roles": Typed(ListType(Typed(TEXT))), **person})),
        "risk": Typed(RecordType(risk)),
        "kpi": kpi_type(library),
        "goal": goal_type(workflow, library),
        "table": table_type(library),
        "task": _TASKS,
        "reference": Typed(RecordType(references)),
    }


def risk_currency(workflow: Workflow, library: Library) -> str:
    """The currency that the workflow's risks count in: its first model's, else the workspace's."""
    models = (library.risk_models[name] for name in workflow.uses.risks if name in library.risk_models)
    return next((model.currency for model in models if model.currency), library.workspace.currency)


def _exposure_columns(workflow: Workflow, library: Library) -> dict[str, Typed]:
    counts = ("open", "days", "expected_days", "issues", "unanswered", "overdue")
    money = MoneyType(risk_currency(workflow, library))
    return {"exposure": Typed(money), "emv": Typed(money), **{name: Typed(NUMBER) for name in counts}}


def _person_columns(organisation: Organisation | None) -> dict[str, Typed]:
    """What an organisation says of a person beside the id; nothing without one."""
    if organisation is None:
        return {}
    skills = {skill: Typed(NUMBER, nullable=True) for skill in organisation.skills}
    return {
        "roles": Typed(ListType(Typed(_one_of(organisation.roles)))),
        "unit": Typed(_one_of(organisation.units), nullable=True),
        "skills": Typed(RecordType(skills)),
    }


def _one_of(ids: Collection[str]) -> Type:
    return EnumType(tuple(ids)) if ids else TEXT


def _family_names(workflow: Workflow, library: Library) -> dict[str, Typed]:
    kin: dict[str, Typed] = {}
    for link in workflow.links.values():
        child = library.workflows.get(link.workflow)
        if child is not None:
            columns = row_columns(child, library.references)
            stored = {
                name: typed
                for name, typed in columns.items()
                if (field := child.fields.get(name)) is None or field.formula is None
            }
            kin[link.id] = Typed(RecordType(stored), nullable=True)
    children = {name: Typed(ListType(Typed(typed.type))) for name, typed in kin.items()}
    parent = {
        "id": Typed(TEXT),
        "state": Typed(TEXT),
        "outcome": Typed(OUTCOMES, nullable=True),
        "owner": Typed(TEXT),
    }
    return {
        "child": Typed(RecordType(kin)),
        "children": Typed(RecordType(children)),
        "parent": Typed(RecordType(parent), nullable=True),
    }
