"""A definition made ready to run: programs for its expressions, the machine for its states. Frozen, thread-safe."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from salespm_flow.engine.aims import Aim, aims_of
from salespm_flow.engine.limits import limits_of
from salespm_flow.engine.witness import Witness
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import Body, Exchange, Scope
from salespm_flow.expr.syntax import Call, walk
from salespm_flow.expr.types import BOOLEAN, MoneyType, Type, Typed
from salespm_flow.expr.values import Value
from salespm_flow.model.actions import AppendRow, SetField
from salespm_flow.model.expression import Duration, Expression
from salespm_flow.model.fields import ListOf, RefTo
from salespm_flow.model.library import Library, Reference, organisation_named, organisation_of
from salespm_flow.model.names import risk_currency, risk_names, type_of, workflow_names
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.project import Pin
from salespm_flow.model.rates import exchange_of
from salespm_flow.model.rules import CATEGORIES, RiskModel
from salespm_flow.model.source import Source
from salespm_flow.model.tables import TABLE, DecisionTable, expressions_in
from salespm_flow.model.workflow import Gate, Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.statechart.chart import Chart, build_chart
from salespm_flow.statechart.machine import WorkflowMachine, machine_of
from salespm_flow.working_time import Calendar

Path = tuple[str, ...]
# What an expression is for: one text may be read as money here and as a number there, so programs are kept by both.
Purpose = str
TEST: Final[Purpose] = ""
MOMENT: Final[Purpose] = "at"
Purposed = tuple[Expression, Purpose, Typed | Type | None]
LOSS: Final[Purpose] = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One expression ready to run; `reads` are the dotted names it reads, `calls` the functions it calls."""

    run: Callable[[Scope], Value]
    reads: frozenset[Path]
    calls: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRisks:
    """A risk model with the values of its parameters and the programs of its rules.

    `tests` are the programs of the rules' `when`, by rule id: every event runs them all.
    """

    model: RiskModel
    parameters: Mapping[str, Value]
    programs: Mapping[tuple[str, Purpose], Program]
    tests: Mapping[str, Callable[[Scope], Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A pinned workflow with its risk models. `programs` are by expression text and purpose.

    `tables` are the decision tables that expressions call, `judged` the texts of the tests that come to call one.
    `limits` are the clocks that each state starts, by its path, with the time that each runs, `asides` the paths
    of the states aside, `blank` the parameters and the stored fields as a project without values has them, `computed`
    the ids of the fields with a formula.
    `order` numbers the state paths in file order, `paths` maps a state's name to its path, `completions` are the
    `done.…` patterns that some transition listens to. `risk_currency` is that of all risks, `risk_categories`
    are what they may be about.
    `needs_*` say what a snapshot must hold beside the project,
    `names` are the types of all that an expression of the workflow sees, `rates` the reference that `exchange` reads,
    `missing` the organisation, calendars, goals and references that cannot be loaded now,
    `aims` the goals that expressions may read, by id, `witness` who watches the definition being tried.
    """

    workflow: Workflow
    pin: Pin
    sources: tuple[Source, ...]
    chart: Chart
    machine: WorkflowMachine
    programs: Mapping[tuple[str, Purpose], Program]
    risks: tuple[CompiledRisks, ...]
    tables: Mapping[str, Body]
    judged: frozenset[str]
    risk_currency: str
    risk_categories: tuple[str, ...]
    calendar: Calendar
    zone: tzinfo
    organisation: Organisation | None
    references: Mapping[str, Reference]
    exchange: Exchange
    rates: str | None
    reference_fields: Mapping[str, str]
    names: Mapping[str, Typed]
    limits: Mapping[str, Mapping[str, Duration]]
    asides: frozenset[str]
    blank: Mapping[str, Value]
    computed: tuple[str, ...]
    order: Mapping[str, int]
    paths: Mapping[str, str]
    completions: frozenset[str]
    triggers: frozenset[str]
    needs_children: bool
    needs_parent: bool
    needs_kpis: bool
    aims: Mapping[str, Aim]
    needs_rates: bool
    missing: tuple[str, ...]
    witness: Witness | None = None


def compile_workflow(
    workflow: Workflow,
    models: tuple[RiskModel, ...],
    library: Library,
    *,
    pin: Pin,
    calendar: Calendar,
    zone: tzinfo,
    tables: tuple[DecisionTable, ...] = (),
) -> Compiled:
    """The workflow ready to run with its risk models and all tables that they call; everything is already checked."""
    library = replace(library, decision_tables={table.id: table for table in tables})
    names = workflow_names(workflow, library)
    states = frozenset(state.name for state in workflow.states.values())
    parts = _Parts(
        workflow=workflow,
        library=library,
        tables=tables,
        names=names,
        programs=_programs(_expressions(workflow, library), names, states),
        risks=tuple(_compiled_risks(model, workflow, library, states) for model in models),
    )
    return _assembled(parts, pin=pin, calendar=calendar, zone=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What is compiled of a workflow, before it is put together; `tables` are those that it comes to call."""

    workflow: Workflow
    library: Library
    tables: tuple[DecisionTable, ...]
    names: Mapping[str, Typed]
    programs: Mapping[tuple[str, Purpose], Program]
    risks: tuple[CompiledRisks, ...]

    def every(self) -> tuple[Program, ...]:
        """All programs, those of the risk models among them."""
        return (*self.programs.values(), *(program for risk in self.risks for program in risk.programs.values()))

    def sources(self) -> tuple[Source, ...]:
        """The texts that everything stands in."""
        return (
            self.workflow.source,
            *(risk.model.source for risk in self.risks),
            *(table.source for table in self.tables),
        )


def _assembled(parts: _Parts, *, pin: Pin, calendar: Calendar, zone: tzinfo) -> Compiled:
    workflow, library, every = parts.workflow, parts.library, parts.every()
    roots = {path[0] for program in every for path in program.reads}
    chart = build_chart(workflow)
    heard = frozenset(event for transition in workflow.transitions.values() for event in transition.events)
    return Compiled(
        workflow=workflow,
        pin=pin,
        sources=parts.sources(),
        chart=chart,
        machine=machine_of(chart),
        programs=parts.programs,
        risks=parts.risks,
        tables=compile_tables(parts.tables, library),
        judged=_judged(workflow, parts.programs),
        calendar=calendar,
        risk_currency=risk_currency(workflow, library),
        risk_categories=(*CATEGORIES, *library.workspace.risk_categories),
        zone=zone,
        organisation=organisation_of(workflow, library),
        references=library.references,
        exchange=exchange_of(library),
        rates=library.workspace.rates,
        reference_fields={f.id: f.type.reference for f in workflow.fields.values() if isinstance(f.type, RefTo)},
        names=parts.names,
        limits=limits_of(workflow),
        blank=_blank(workflow),
        computed=tuple(field.id for field in workflow.fields.values() if field.formula is not None),
        asides=frozenset(path for path, state in workflow.states.items() if state.is_aside),
        order={path: index for index, path in enumerate(workflow.states)},
        paths={state.name: path for path, state in workflow.states.items()},
        completions=frozenset(event for event in heard if event.startswith(("done.", "*"))),
        triggers=heard,
        needs_children=bool(workflow.links),
        needs_parent="parent" in roots,
        needs_kpis=not roots.isdisjoint({"kpi", "goal"}),
        aims=aims_of(library, workflow.uses.goals) if "goal" in roots else {},
        needs_rates=any("convert" in program.calls for program in every) or _converts(parts.tables),
        missing=tuple(_missing(workflow, library)),
    )


def _compiled_risks(model: RiskModel, workflow: Workflow, library: Library, states: frozenset[str]) -> CompiledRisks:
    """The model as the workflow uses it: its amounts are in the workflow's currency, its names the workflow's."""
    expressions = _in_risk_model(model, risk_currency(workflow, library))
    programs = _programs(expressions, risk_names(model, workflow, library), states)
    return CompiledRisks(
        model=model,
        parameters={name: given.value for name, given in model.parameters.items()},
        programs=programs,
        tests={rule.id: programs[rule.when.text, TEST].run for rule in model.rules.values()},
    )


def _blank(workflow: Workflow) -> Mapping[str, Value]:
    stored: dict[str, Value] = {field.id: None for field in workflow.fields.values() if field.formula is None}
    return stored | {given.id: given.value for given in workflow.parameters.values()}


def _in_risk_model(model: RiskModel, currency: str) -> Iterator[Purposed]:
    for rule in model.rules.values():
        yield rule.when, TEST, BOOLEAN
        if rule.occurs is not None:
            yield rule.occurs.when, TEST, BOOLEAN
    for value in (model.value, *(rule.value for rule in model.rules.values())):
        if value is not None:
            yield value, LOSS, MoneyType(currency)


def _missing(workflow: Workflow, library: Library) -> Iterator[str]:
    """The organisation, calendars and references that the workflow stands on and the workspace does not define now."""
    organisation = organisation_named(workflow, library)
    # Running without it would let anybody do anything.
    if organisation is not None and organisation not in library.organisations:
        yield organisation
    yield from (name for name in workflow.uses.goals if name not in library.goal_sets)
    if workflow.uses.calendar is not None and workflow.uses.calendar not in library.calendars:
        yield workflow.uses.calendar
    columns = [field for record in workflow.records.values() for field in record.fields.values()]
    types = [field.type for field in (*workflow.fields.values(), *columns)]
    items = [declared.item if isinstance(declared, ListOf) else declared for declared in types]
    tables = dict.fromkeys(item.reference for item in items if isinstance(item, RefTo))
    yield from (table for table in tables if table not in library.references)


def _converts(tables: tuple[DecisionTable, ...]) -> bool:
    nodes = (node for expression in expressions_in(tables) for node, _ in walk(expression.node))
    return any(isinstance(node, Call) and node.function == "convert" for node in nodes)


def _judged(workflow: Workflow, programs: Mapping[tuple[str, Purpose], Program]) -> frozenset[str]:
    """The texts of the tests that call a table, themselves or through the conditions and formulas they read."""
    inner = {name: (condition.text, TEST) for name, condition in workflow.conditions.items()}
    inner |= {f.id: (f.formula.text, f.id) for f in workflow.fields.values() if f.formula is not None}
    calling = {key for key, program in programs.items() if any(one.startswith(f"{TABLE}.") for one in program.calls)}
    while True:
        names = {name for name, key in inner.items() if key in calling}
        more = {key for key, program in programs.items() if any(path[0] in names for path in program.reads)} - calling
        if not more:
            return frozenset(text for text, purpose in calling if purpose == TEST)
        calling |= more


def _programs(
    expressions: Iterable[Purposed],
    names: Mapping[str, Typed],
    states: frozenset[str],
) -> Mapping[tuple[str, Purpose], Program]:
    programs: dict[tuple[str, Purpose], Program] = {}
    for expression, purpose, expected in expressions:
        if (expression.text, purpose) not in programs:
            checked = check(expression.node, names, expected, states=states)
            run = compile_node(expression.node, names, expected)
            programs[expression.text, purpose] = Program(run=run, reads=checked.reads, calls=checked.calls)
    return programs


def _expressions(workflow: Workflow, library: Library) -> Iterator[Purposed]:
    for condition in workflow.conditions.values():
        yield condition, TEST, BOOLEAN
    for field in workflow.fields.values():
        if field.formula is not None:
            yield field.formula, field.id, type_of(field.type, library.references)
    for timer in workflow.timers.values():
        if timer.at is not None:
            yield timer.at, MOMENT, None
    for transition in workflow.transitions.values():
        for when in (transition.when, *(approval.when for approval in transition.approvals.values())):
            if when is not None:
                yield when, TEST, BOOLEAN
    yield from _carried(workflow, library)
    for gate in _gates(workflow):
        yield from _in_gate(gate, workflow, library)


def _carried(workflow: Workflow, library: Library) -> Iterator[Purposed]:
    for link in workflow.links.values():
        child = library.workflows.get(link.workflow)
        for name, carried in link.carry.items():
            field = None if child is None else child.fields.get(name)
            yield carried, carried_by(link.id, name), None if field is None else type_of(field.type, library.references)


def _in_gate(gate: Gate, workflow: Workflow, library: Library) -> Iterator[Purposed]:
    for test in gate.check:
        yield test.that, TEST, BOOLEAN
    for action in gate.do:
        if isinstance(action, SetField):
            yield action.value, action.field, type_of(workflow.fields[action.field].type, library.references)
        elif isinstance(action, AppendRow):
            yield action.value, action.record, None


def carried_by(link: str, field: str) -> Purpose:
    """The purpose of the expression that fills a child's field."""
    return f"{link}.{field}"


def _gates(workflow: Workflow) -> Iterator[Gate]:
    for state in workflow.states.values():
        yield from (state.entry, state.exit)
    for transition in workflow.transitions.values():
        yield transition.gate
    for timer in workflow.timers.values():
        yield Gate(do=timer.do)
