"""Writes a workflow: what its states inherit is written once, `any` and short forms where they say the same."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.emit.actions import actions
from salespm_flow.definition.emit.fields import Names, fields, records
from salespm_flow.definition.nodes import MapNode, Node
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.workflow import (
    Approval,
    Check,
    Gate,
    Link,
    Override,
    Quorum,
    Sla,
    State,
    StateKind,
    StateTask,
    Timer,
    Transition,
    Workflow,
)
from salespm_flow.nouns import dataclass

Pairs = Iterable[tuple[str, Node | None]]

_PERCENT = SimpleType(Scalar.PERCENT)
# As many sources are named one by one rather than called `any`.
_FEW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heritage:
    """What a state takes from those around it unless it says its own."""

    probability: Decimal | None = None
    owner_role: str | None = None


def workflow(document: Workflow) -> Pairs:
    """The keys of the document after its header."""
    states = {path: state.name for path, state in document.states.items()}
    yield "domain", leaves.text(document.domain.value)
    yield "purpose", leaves.title(document.purpose)
    yield "uses", _uses(document)
    yield "parameters", leaves.parameters(document.parameters)
    yield "fields", fields(document.fields, states) if document.fields else None
    yield "records", records(document.records, states)
    yield "conditions", leaves.expressions(document.conditions)
    yield "links", leaves.section((id_, _link(link)) for id_, link in document.links.items())
    yield "initial", _initial(document.initial)
    yield "regions" if document.is_parallel else "states", _children(document, document.roots, _Heritage())
    yield (
        "transitions",
        leaves.section((id_, _transition(one, document, states)) for id_, one in document.transitions.items()),
    )
    yield "timers", leaves.section((id_, _timer(timer, states)) for id_, timer in document.timers.items())


def _uses(document: Workflow) -> Node | None:
    uses = document.uses
    return leaves.section(
        (
            ("organisation", None if uses.organisation is None else leaves.text(uses.organisation)),
            ("calendar", None if uses.calendar is None else leaves.text(uses.calendar)),
            ("goals", leaves.names(uses.goals)),
            ("risks", leaves.names(uses.risks)),
            ("scorecards", leaves.names(uses.scorecards)),
        )
    )


def _link(link: Link) -> MapNode:
    return leaves.entries(
        (
            ("title", leaves.title(link.title, link.id)),
            ("workflow", leaves.text(link.workflow)),
            ("many", leaves.true_if(link.is_many)),
            ("carry", leaves.expressions(link.carry)),
        )
    )


def _initial(paths: tuple[str, ...]) -> Node | None:
    return leaves.one_or_more(_own_id(path) for path in paths)


def _own_id(path: str) -> str:
    return path.rpartition(".")[2]


# States


def _children(document: Workflow, paths: tuple[str, ...], around: _Heritage) -> MapNode:
    return leaves.entries((_own_id(path), _state(document, document.states[path], around)) for path in paths)


def _state(document: Workflow, state: State, around: _Heritage) -> MapNode:
    own = around
    # A region carries no probability, and an outcome decides it.
    if not state.is_region and state.outcome is None and state.probability != around.probability:
        own = replace(own, probability=state.probability)
    if state.owner_role != around.owner_role:
        own = replace(own, owner_role=state.owner_role)
    inside = _children(document, state.children, own) if state.children else None
    return leaves.entries(chain(_description(state, around, own), _duties(state), _inside(state, inside)))


def _description(state: State, around: _Heritage, own: _Heritage) -> Iterator[tuple[str, Node | None]]:
    yield "title", leaves.title(state.title, _own_id(state.path))
    yield "function", None if state.function is None else leaves.text(state.function.value)
    yield "final", leaves.true_if(state.kind is StateKind.FINAL)
    yield "outcome", None if state.outcome is None else leaves.text(state.outcome.value)
    yield "aside", leaves.true_if(state.is_aside)
    yield "history", None if state.memory is None else leaves.text(state.memory.value)
    if own.probability != around.probability:
        yield "probability", leaves.literal(own.probability, _PERCENT)
    if own.owner_role is not None and own.owner_role != around.owner_role:
        yield "owner_role", leaves.text(own.owner_role)


def _duties(state: State) -> Iterator[tuple[str, Node | None]]:
    yield "skills", leaves.section((skill, leaves.number(level)) for skill, level in state.skills.items())
    yield "tools", leaves.names(state.tools)
    yield "sla", None if state.sla is None else _sla(state.sla)
    yield "tasks", leaves.section((task.id, _task(task)) for task in state.tasks)
    yield "entry", leaves.section(_gate(state.entry))
    yield "exit", leaves.section(_gate(state.exit))


def _inside(state: State, inside: MapNode | None) -> Iterator[tuple[str, Node | None]]:
    yield "initial", _initial(state.initial)
    yield "regions" if state.kind is StateKind.PARALLEL else "states", inside


def _sla(sla: Sla) -> MapNode:
    return leaves.entries((("warn", leaves.duration(sla.warn)), ("breach", leaves.duration(sla.breach))))


def _task(task: StateTask) -> MapNode:
    responsible = None if task.responsible == task.accountable else leaves.party(task.responsible)
    return leaves.entries(
        (
            ("title", leaves.title(task.title, task.id)),
            ("accountable", leaves.party(task.accountable)),
            ("responsible", responsible),
            ("consulted", leaves.parties(task.consulted)),
            ("informed", leaves.parties(task.informed)),
            ("needs", leaves.names(task.needs)),
            *leaves.work(task.due, task.effort, task.priority, task.checklist),
        )
    )


def _gate(gate: Gate) -> Iterator[tuple[str, Node | None]]:
    yield "require", leaves.names(one.name for one in gate.require)
    yield "check", leaves.section((check.id, _check(check)) for check in gate.check)
    yield "do", actions(gate.do)


def _check(check: Check) -> Node | None:
    that = leaves.expression(check.that)
    if check.message is None:
        return that
    return leaves.entries((("that", that), ("message", leaves.title(check.message))))


# Moves and clocks


def _transition(transition: Transition, document: Workflow, states: Names) -> MapNode:
    return leaves.entries(
        (
            ("title", leaves.title(transition.title, transition.id)),
            *_events(transition),
            *_sources(transition, document, states),
            ("to", _targets(transition, states)),
            ("reenter", leaves.true_if(transition.reenters)),
            ("by", leaves.parties(transition.by)),
            ("comment", leaves.text("required") if transition.needs_comment else None),
            ("forward", None if transition.is_forward is None else leaves.bare(str(transition.is_forward).lower())),
            ("when", leaves.expression(transition.when)),
            *_gate(transition.gate),
            ("approve", leaves.section((one.id, _approval(one)) for one in transition.approvals.values())),
            ("override", None if transition.override is None else _override(transition.override)),
        )
    )


def _approval(approval: Approval) -> MapNode:
    quorum = approval.quorum
    return leaves.entries(
        (
            ("title", leaves.title(approval.title, approval.id)),
            ("when", leaves.expression(approval.when)),
            ("by", leaves.parties(approval.by)),
            ("quorum", None if quorum is Quorum.ANY else leaves.bare(str(quorum))),
            ("except", leaves.parties(approval.excepted)),
            ("due", leaves.duration(approval.due)),
            ("escalate", None if approval.escalate is None else leaves.party(approval.escalate)),
            ("after", None if approval.after is None else leaves.text(approval.after)),
        )
    )


def _override(override: Override) -> MapNode:
    comment = None if override.needs_comment else leaves.text("optional")
    return leaves.entries((("by", leaves.parties(override.by)), ("comment", comment)))


def _events(transition: Transition) -> Pairs:
    if transition.is_auto:
        yield "auto", leaves.true_if(transition.is_auto)
    elif transition.events != (transition.id,):
        yield "event", leaves.one_or_more(transition.events)


def _sources(transition: Transition, document: Workflow, states: Names) -> Pairs:
    """`any` where nearly all states are meant, with the few that are not."""
    open_roots = tuple(path for path in document.roots if document.states[path].kind is not StateKind.FINAL)
    kept = tuple(path for path in open_roots if path in transition.sources)
    others = tuple(path for path in open_roots if path not in transition.sources)
    if not document.is_parallel and kept == transition.sources and len(kept) > max(_FEW, 2 * len(others)):
        yield "from", leaves.text("any")
        yield "except", leaves.names(states[path] for path in others)
    else:
        yield "from", leaves.one_or_more(states[path] for path in transition.sources)


def _targets(transition: Transition, states: Names) -> Node | None:
    written = (
        f"{states[target.path]}.history" if target.is_history else states[target.path] for target in transition.to
    )
    return leaves.one_or_more(written)


def _timer(timer: Timer, states: Names) -> MapNode:
    return leaves.entries(
        (
            ("in", leaves.text(states[timer.state])),
            ("after", leaves.duration(timer.after)),
            ("every", leaves.duration(timer.every)),
            ("at", leaves.expression(timer.at)),
            ("do", actions(timer.do)),
        )
    )
