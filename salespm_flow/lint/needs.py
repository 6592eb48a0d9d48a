"""What a gate requires, but what can only be given where a project comes later, or never.

The proof goes over the configurations: none in which the field may be edited leads to the move that asks for it. That
it could be given at the very beginning, or by an action or import, is looked at too.
"""

from collections.abc import Iterator

from salespm_flow.definition.findings import listed, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.engine.places import is_within
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.model.actions import AppendRow, SetField
from salespm_flow.model.fields import Field, Record
from salespm_flow.model.workflow import Gate, Requirement, State, StateKind, Transition
from salespm_flow.statechart import kernel


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Each requirement that comes too early."""
    if not inspection.space.is_whole:
        return
    workflow = inspection.workflow
    nouns: dict[str, Field | Record] = {**workflow.fields, **workflow.records}
    late = {
        name: noun for name, noun in nouns.items() if noun.editable_in is not None and not _is_set(inspection, name)
    }
    for gate, passages in _passages(inspection):
        for need in gate.require:
            noun = late.get(need.name)
            if noun is None or (isinstance(noun, Field) and noun.default is not None):
                continue
            if not _can_be_given(inspection, noun, passages):
                yield _too_early(inspection, gate, need, noun)


def _is_set(inspection: Inspection, name: str) -> bool:
    """Whether an action gives it."""
    workflow = inspection.workflow
    actions = [action for gate in inspection.gates() for action in gate.do]
    actions += [action for timer in workflow.timers.values() for action in timer.do]
    return any(
        (isinstance(action, SetField) and action.field == name)
        or (isinstance(action, AppendRow) and action.record == name)
        for action in actions
    )


def _passages(inspection: Inspection) -> Iterator[tuple[Gate, frozenset[tuple[int, int]]]]:
    """Every gate that requires something, with the moves (from, to, by number) that go through it."""
    chart, workflow = inspection.openness.chart, inspection.workflow
    gates: dict[int, Gate] = {}
    passages: dict[int, set[tuple[int, int]]] = {}
    for number, moves in enumerate(inspection.space.moves):
        here = inspection.space.configurations[number]
        for move in moves:
            step = kernel.step(chart, here.leaves, dict(here.memory), move.arrows)
            transitions = [workflow.transitions[arrow.id] for arrow in move.arrows]
            passed = [one.gate for one in transitions] + [workflow.states[path].entry for path in step.entered]
            passed += [
                workflow.states[path].exit
                for path in step.exited
                if any(_binds(inspection, path, transition) for transition in transitions)
            ]
            for gate in passed:
                if gate.require:
                    gates[id(gate)] = gate
                    passages.setdefault(id(gate), set()).add((number, move.target))
    for key, gate in gates.items():
        yield gate, frozenset(passages[key])


def _binds(inspection: Inspection, left: str, transition: Transition) -> bool:
    """Whether the departure is bound by the state's gate, as far as the definition alone says it."""
    states = inspection.workflow.states
    order = {path: number for number, path in enumerate(states)}
    targets = [states[target.path] for target in transition.to]
    if transition.is_forward is not None:
        return transition.is_forward
    if any(target.is_aside or _is_failure(target) for target in targets) or states[left].is_aside:
        return False
    return not targets or not all(order[target.path] < order[left] for target in targets)


def _is_failure(target: State) -> bool:
    return target.kind is StateKind.FINAL and target.outcome is not None and not target.outcome.is_success


def _can_be_given(inspection: Inspection, noun: Field | Record, passages: frozenset[tuple[int, int]]) -> bool:
    """Whether a project can be where it may be edited, and go on to the gate, before it has gone through."""
    space = inspection.space
    seen, pending = {0}, [0]
    before: dict[int, list[int]] = {}
    while pending:
        number = pending.pop()
        for move in space.moves[number]:
            if (number, move.target) in passages:
                continue
            before.setdefault(move.target, []).append(number)
            if move.target not in seen:
                seen.add(move.target)
                pending.append(move.target)
    useful = {source for source, _ in passages if source in seen}
    pending = list(useful)
    while pending:
        for number in before.get(pending.pop(), ()):
            if number not in useful:
                useful.add(number)
                pending.append(number)
    return any(
        is_within(leaf, path)
        for number in useful
        for leaf in space.configurations[number].leaves
        for path in noun.editable_in or ()
    )


def _too_early(inspection: Inspection, gate: Gate, need: Requirement, noun: Field | Record) -> Diagnostic:
    from salespm_flow.lint.attempts import (  # noqa: PLC0415 - the engine only where there is something to say
        passages_through,
        witness_of_refusal,
    )

    states = listed(inspection.state(path).name for path in noun.editable_in or ())
    name = shown(need.name)
    message = Bilingual(
        f"这里要求 {name}，但它只能在 {states.zh} 填写，项目那时还没到过",
        f"{name} is required here, but can only be given in {states.en}, where no project has been by then",
    )
    hint = Bilingual("改 editable_in，或在以后才要求", "widen `editable_in`, or require it later")
    witness = witness_of_refusal(inspection, passages_through(inspection, gate), {need.span})
    return finding("SF630", need.span, message, hint, witness=witness)
