"""Lists every expression of a document with the names it sees and the type it must have. Reports nothing."""

from collections.abc import Iterator, Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.types import BOOLEAN, Kind, MoneyType, RecordType, Type, Typed, describe_kind
from salespm_flow.model.actions import Action, AppendRow, SetField
from salespm_flow.model.expression import Expression
from salespm_flow.model.library import Library
from salespm_flow.model.names import (
    changeable_names,
    risk_names,
    table_names,
    type_of,
    type_of_unit,
    veto_names,
    workflow_names,
)
from salespm_flow.model.populations import kpi_names, kpi_row_names
from salespm_flow.model.rules import Kpi, RiskModel, Scorecard
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import Gate, State, Transition, Workflow
from salespm_flow.nouns import dataclass

MOMENTS = frozenset({Kind.DATE, Kind.DATETIME})
KEYS = frozenset({Kind.TEXT, Kind.ENUM, Kind.REF, Kind.NUMBER, Kind.BOOLEAN, Kind.DATE})
AMOUNTS = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.DURATION, Kind.WORKING, Kind.MONTHS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """An expression and what is asked of it: a type it must fit, or kinds of which its result must be one.

    `columns` are those that a record-valued expression may give; `states` and `changeable` the names that it may write
    as text.
    """

    expression: Expression
    names: Mapping[str, Typed]
    expected: Type | None = None
    kinds: frozenset[Kind] = frozenset()
    columns: RecordType | None = None
    states: frozenset[str] | None = None
    changeable: frozenset[str] | None = None

    def accepted(self) -> Bilingual:
        """The accepted kinds in words."""
        words = [describe_kind(kind) for kind in Kind if kind in self.kinds]
        return Bilingual("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def workflow_demands(workflow: Workflow, library: Library) -> Iterator[Demand]:
    """The demands of a workflow, part by part; carried values are demanded by `carry_demands`."""
    names = workflow_names(workflow, library)
    states, changeable = _quoted(workflow)
    for expression in _claims(workflow):
        yield Demand(expression=expression, names=names, expected=BOOLEAN, states=states, changeable=changeable)
    for field in workflow.fields.values():
        if field.formula is not None:
            expected = type_of(field.type, library.references)
            yield Demand(expression=field.formula, names=names, expected=expected, states=states, changeable=changeable)
    for timer in workflow.timers.values():
        if timer.at is not None:
            yield Demand(expression=timer.at, names=names, kinds=MOMENTS, states=states, changeable=changeable)
    for action in all_actions(workflow):
        yield from _action_demands(action, workflow, library, names)


def _claims(workflow: Workflow) -> Iterator[Expression]:
    """The expressions that are true or false."""
    yield from workflow.conditions.values()
    for gate in _gates(workflow):
        yield from (check.that for check in gate.check)
    for transition in workflow.transitions.values():
        if transition.when is not None:
            yield transition.when
        yield from (approval.when for approval in transition.approvals.values() if approval.when is not None)


def _action_demands(
    action: Action, workflow: Workflow, library: Library, names: Mapping[str, Typed]
) -> Iterator[Demand]:
    states, changeable = _quoted(workflow)
    match action:
        case SetField(field=field, value=value):
            expected = type_of(workflow.fields[field].type, library.references)
            yield Demand(expression=value, names=names, expected=expected, states=states, changeable=changeable)
        case AppendRow(record=record, value=value):
            fields = workflow.records[record].fields.values()
            columns = RecordType(
                {
                    field.id: Typed(
                        type_of(field.type, library.references),
                        nullable=not field.is_required and field.id != workflow.records[record].key,
                    )
                    for field in fields
                }
            )
            yield Demand(
                expression=value,
                names=names,
                kinds=frozenset({Kind.RECORD}),
                columns=columns,
                states=states,
                changeable=changeable,
            )
        case _:
            return


def carry_demands(workflow: Workflow, library: Library) -> Iterator[Demand]:
    """The demands of what links carry, as far as the child has the field."""
    names = workflow_names(workflow, library)
    states, changeable = _quoted(workflow)
    for link in workflow.links.values():
        child = library.workflows.get(link.workflow)
        for name, expression in link.carry.items():
            field = None if child is None else child.fields.get(name)
            expected = None if field is None else type_of(field.type, library.references)
            yield Demand(expression=expression, names=names, expected=expected, states=states, changeable=changeable)


def risk_demands(model: RiskModel, library: Library) -> Iterator[Demand]:
    """The demands of a risk model's rules under every workflow that uses it."""
    for workflow in library.workflows.values():
        if model.id not in workflow.uses.risks:
            continue
        names = risk_names(model, workflow, library)
        states, changeable = _quoted(workflow)
        money = MoneyType(model.currency or library.workspace.currency)
        claims = [rule.when for rule in model.rules.values()]
        claims += [rule.occurs.when for rule in model.rules.values() if rule.occurs is not None]
        for claim in claims:
            yield Demand(expression=claim, names=names, expected=BOOLEAN, states=states, changeable=changeable)
        for value in (model.value, *(rule.value for rule in model.rules.values())):
            if value is not None:
                yield Demand(expression=value, names=names, expected=money, states=states, changeable=changeable)


def kpi_demands(kpi: Kpi, library: Library) -> Iterator[Demand]:
    """The demands of a KPI whose population exists: the condition sees one row, the formulas all of them."""
    workflow = library.workflows.get(kpi.workflow or "")
    row = kpi_row_names(kpi, workflow, library)
    if kpi.where is not None:
        yield Demand(expression=kpi.where, names=row, expected=BOOLEAN)
    if kpi.by is not None:
        yield Demand(expression=kpi.by, names=row, kinds=KEYS)
    whole = kpi_names(kpi, workflow, library)
    for part, expression in kpi.formulas.items():
        if part == "formula":
            yield Demand(expression=expression, names=whole, expected=type_of_unit(kpi.unit))
        else:
            yield Demand(expression=expression, names=whole, kinds=AMOUNTS)


def table_demands(table: DecisionTable, library: Library) -> Iterator[Demand]:
    """The demands of a decision table: an input is computed from those before it, a cell from all of them."""
    names = dict(table_names(table, library))
    references = library.references
    every, later = tuple(table.inputs.values()), dict(names)
    for one in reversed(every):
        later.pop(one.id, None)
        if one.formula is not None:
            expected = None if one.type is None else type_of(one.type, references)
            yield Demand(expression=one.formula, names=dict(later), expected=expected)
    for rule in table.rules.values():
        for name, test in rule.tests.items():
            # A column whose type cannot be read has been told.
            if name in names:
                yield Demand(expression=test, names=names, expected=BOOLEAN)
        for name, answer in rule.answers.items():
            if isinstance(answer, Expression) and name in table.outputs:
                yield Demand(expression=answer, names=names, expected=type_of(table.outputs[name].type, references))


def veto_demands(scorecard: Scorecard, library: Library) -> Iterator[Demand]:
    """The demands of a scorecard's vetoes."""
    names = veto_names(library)
    for veto in scorecard.veto.values():
        yield Demand(expression=veto.when, names=names, expected=BOOLEAN)


def _quoted(workflow: Workflow) -> tuple[frozenset[str], frozenset[str]]:
    """The states of the workflow and what `changed(..)` may ask about."""
    return frozenset(state.name for state in workflow.states.values()), changeable_names(workflow)


def _gates(workflow: Workflow) -> Iterator[Gate]:
    holders: tuple[State | Transition, ...] = (*workflow.states.values(), *workflow.transitions.values())
    for holder in holders:
        match holder:
            case State():
                yield holder.entry
                yield holder.exit
            case Transition():
                yield holder.gate


def all_actions(workflow: Workflow) -> tuple[Action, ...]:
    """Every action of a workflow."""
    in_gates = (action for gate in _gates(workflow) for action in gate.do)
    return (*in_gates, *(action for timer in workflow.timers.values() for action in timer.do))
