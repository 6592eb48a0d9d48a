"""A definition made ready to run: programs for its expressions, the machine for its states. Frozen, thread-safe."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.types import Typed
from salespm_flow.expr.values import Value
from salespm_flow.model.actions import AppendRow, SetField
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import RefTo
from salespm_flow.model.library import Library, Reference
from salespm_flow.model.names import risk_names, workflow_names
from salespm_flow.model.project import Pin
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.source import Source
from salespm_flow.model.workflow import Gate, State, Transition, Workflow
from salespm_flow.statechart.chart import Chart, build_chart
from salespm_flow.statechart.machine import WorkflowMachine, machine_of
from salespm_flow.working_time import Calendar

Path = tuple[str, ...]
FUEL: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One expression ready to run; `reads` are the dotted names it reads."""

    run: Callable[[Scope], Value]
    reads: frozenset[Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRisks:
    """A risk model with the programs of its rules, by expression text."""

    model: RiskModel
    programs: Mapping[str, Program]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A pinned workflow with its risk models. `programs` are by expression text: one text means one thing in it.

    `order` numbers the state paths in file order, `paths` maps a state's name to its path, `completions` are the
    `done.…` patterns that some transition listens to. `needs_*` say what a snapshot must hold beside the project.
    """

    workflow: Workflow
    pin: Pin
    sources: tuple[Source, ...]
    chart: Chart
    machine: WorkflowMachine
    programs: Mapping[str, Program]
    risks: tuple[CompiledRisks, ...]
    calendar: Calendar
    zone: tzinfo
    references: Mapping[str, Reference]
    reference_fields: Mapping[str, str]
    order: Mapping[str, int]
    paths: Mapping[str, str]
    completions: frozenset[str]
    triggers: frozenset[str]
    needs_children: bool
    needs_parent: bool
    needs_kpis: bool


def compile_workflow(
    workflow: Workflow, models: tuple[RiskModel, ...], library: Library, *, pin: Pin, calendar: Calendar, zone: tzinfo
) -> Compiled:
    """The workflow ready to run with its risk models; both are already checked."""
    names = workflow_names(workflow, library)
    states = frozenset(state.name for state in workflow.states.values())
    programs = _programs(_expressions(workflow), names, states)
    risks = tuple(
        CompiledRisks(
            model=model,
            programs=_programs((r.when for r in model.rules.values()), risk_names(model, workflow, library), states),
        )
        for model in models
    )
    every = [program.reads for program in programs.values()]
    every += [program.reads for risk in risks for program in risk.programs.values()]
    roots = {path[0] for reads in every for path in reads}
    chart = build_chart(workflow)
    heard = frozenset(event for transition in workflow.transitions.values() for event in transition.events)
    return Compiled(
        workflow=workflow,
        pin=pin,
        sources=(workflow.source, *(model.source for model in models)),
        chart=chart,
        machine=machine_of(chart),
        programs=programs,
        risks=risks,
        calendar=calendar,
        zone=zone,
        references=library.references,
        reference_fields={f.id: f.type.reference for f in workflow.fields.values() if isinstance(f.type, RefTo)},
        order={path: index for index, path in enumerate(workflow.states)},
        paths={state.name: path for path, state in workflow.states.items()},
        completions=frozenset(event for event in heard if event.startswith(("done.", "*"))),
        triggers=heard,
        needs_children=bool(workflow.links),
        needs_parent="parent" in roots,
        needs_kpis="kpi" in roots,
    )


def _programs(
    expressions: Iterator[Expression], names: Mapping[str, Typed], states: frozenset[str]
) -> Mapping[str, Program]:
    programs: dict[str, Program] = {}
    for expression in expressions:
        if expression.text not in programs:
            reads = check(expression.node, names, states=states).reads
            programs[expression.text] = Program(run=compile_node(expression.node, names), reads=reads)
    return programs


def _expressions(workflow: Workflow) -> Iterator[Expression]:
    yield from workflow.conditions.values()
    for field in workflow.fields.values():
        if field.formula is not None:
            yield field.formula
    for link in workflow.links.values():
        yield from link.carry.values()
    for state in workflow.states.values():
        yield from _of_state(state)
    for transition in workflow.transitions.values():
        yield from _of_transition(transition)
    for timer in workflow.timers.values():
        if timer.at is not None:
            yield timer.at
        yield from _of_gate(Gate(do=timer.do))


def _of_state(state: State) -> Iterator[Expression]:
    yield from _of_gate(state.entry)
    yield from _of_gate(state.exit)


def _of_transition(transition: Transition) -> Iterator[Expression]:
    if transition.when is not None:
        yield transition.when
    yield from _of_gate(transition.gate)


def _of_gate(gate: Gate) -> Iterator[Expression]:
    for test in gate.check:
        yield test.that
    for action in gate.do:
        if isinstance(action, SetField | AppendRow):
            yield action.value
