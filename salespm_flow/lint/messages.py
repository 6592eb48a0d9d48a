"""What projects of a family tell each other: messages that nobody hears or sends, and families that never stop growing.

Only what all workflows at hand agree on is told: of a workflow that nothing links to, nothing is known of its parents.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from salespm_flow.definition.findings import listed, shown
from salespm_flow.definition.suggest import did_you_mean
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.model.actions import Action, ReturnToParent, SendEvent, SpawnChild
from salespm_flow.model.workflow import Link, StateKind, Transition, Workflow
from salespm_flow.statechart.chart import ANY_EVENT, matches

if TYPE_CHECKING:
    from salespm_flow.diagnostics import Witness

_PARENT = "parent"
# What every child tells its parent of its own accord.
_DONE, _RETURNED = "done", "returned"


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What is wrong between the workflow and its relatives."""
    workflow = inspection.workflow
    parents = inspection.surroundings.parents(workflow.id)
    yield from _unheard(inspection, parents)
    yield from _unsent(inspection, parents)
    yield from _endless_family(inspection)


def actions_of(workflow: Workflow) -> Iterator[Action]:
    """Every action of the workflow."""
    for state in workflow.states.values():
        yield from (*state.entry.do, *state.exit.do)
    for transition in workflow.transitions.values():
        yield from transition.gate.do
    for timer in workflow.timers.values():
        yield from timer.do


def _hears(workflow: Workflow, event: str) -> bool:
    return any(matches(pattern, event) for one in workflow.transitions.values() for pattern in one.events)


def _unheard(inspection: Inspection, parents: Sequence[tuple[Workflow, Link]]) -> Iterator[Diagnostic]:
    workflow = inspection.workflow
    for action in actions_of(workflow):
        if not isinstance(action, SendEvent):
            continue
        if action.to == _PARENT:
            deaf = [other.id for other, link in parents if not _hears(other, f"{link.id}.{action.event}")]
            if deaf and len(deaf) == len(parents):
                witness = _silence(inspection, action, *parents[0])
                yield _not_heard(action, deaf, f"{parents[0][1].id}.{action.event}", witness)
        elif action.to in workflow.links:
            link = workflow.links[action.to]
            child = inspection.library.workflows.get(link.workflow)
            if child is not None and not _hears(child, f"{_PARENT}.{action.event}"):
                witness = _silence(inspection, action, child, link)
                yield _not_heard(action, [child.id], f"{_PARENT}.{action.event}", witness)


def _silence(inspection: Inspection, action: SendEvent, receiver: Workflow, link: Link) -> "Witness | None":
    from salespm_flow.lint.families import witness_of_silence  # noqa: PLC0415 - the engine only where it is needed

    return witness_of_silence(inspection, action, receiver, link)


def _not_heard(action: SendEvent, deaf: list[str], heard: str, witness: "Witness | None") -> Diagnostic:
    names = listed(deaf)
    message = Bilingual(
        f"{names.zh} 没有转移监听 {shown(heard)}，发出的 {shown(action.event)} 没有人理会",
        f"No transition of {names.en} listens to {shown(heard)}: nobody hears {shown(action.event)}",
    )
    hint = Bilingual(f"在对方加 event: {heard} 的转移", f"add a transition with event: {heard} on the other side")
    return finding("SF650", action.span, message, hint, witness=witness)


def _unsent(inspection: Inspection, parents: Sequence[tuple[Workflow, Link]]) -> Iterator[Diagnostic]:
    for transition in inspection.workflow.transitions.values():
        for event in transition.events:
            first, dot, said = event.partition(".")
            if not dot or ANY_EVENT in said:
                continue
            speakers = _speakers(inspection, first, parents)
            if speakers is None or any(said in words for words in speakers.values()):
                continue
            names = listed(speakers)
            message = Bilingual(
                f"{names.zh} 不会发 {shown(said)}，{shown(event)} 不会出现",
                f"{names.en} never sends {shown(said)}, so {shown(event)} never comes",
            )
            sent = sorted({word for one in speakers.values() for word in one})
            words = listed(sent)
            all_sent = Bilingual(f"它会发：{words.zh}", f"it sends: {words.en}") if sent else None
            hint = did_you_mean(said, sent) or all_sent
            yield finding("SF651", transition.span, message, hint, witness=_waiting(inspection, transition))


def _waiting(inspection: Inspection, transition: Transition) -> "Witness | None":
    """How a project comes to wait for the transition."""
    from salespm_flow.lint.attempts import passages_of  # noqa: PLC0415 - as above

    here = next(passages_of(inspection, transition), None)
    return None if here is None else inspection.stage.witness(inspection.space.way(here.number), inspection.space)


def _speakers(
    inspection: Inspection, first: str, parents: Sequence[tuple[Workflow, Link]]
) -> dict[str, frozenset[str]] | None:
    """Who may send events that begin so, with what each sends; None where that is not known."""
    link = inspection.workflow.links.get(first)
    if link is not None:
        child = inspection.library.workflows.get(link.workflow)
        return None if child is None else {child.id: _said(child, _PARENT)}
    if first == _PARENT and parents:
        return {other.id: _said(other, one.id) for other, one in parents}
    return None


def _said(workflow: Workflow, to: str) -> frozenset[str]:
    words = {action.event for action in actions_of(workflow) if isinstance(action, SendEvent) and action.to == to}
    if to == _PARENT:
        if any(state.kind is StateKind.FINAL for state in workflow.states.values()):
            words.add(_DONE)
        if any(isinstance(action, ReturnToParent) for action in actions_of(workflow)):
            words.add(_RETURNED)
    return frozenset(words)


def _endless_family(inspection: Inspection) -> Iterator[Diagnostic]:
    """Children that are started at once, and start children at once, until it comes back to this workflow."""
    library, start = inspection.library, inspection.workflow
    pending: list[tuple[str, ...]] = [(start.id,)]
    seen: set[str] = set()
    while pending:
        path = pending.pop()
        here = library.workflows.get(path[-1])
        for action in () if here is None else _at_entry(here):
            child = here.links[action.link].workflow if here is not None and action.link in here.links else None
            if child == start.id:
                yield _family(inspection, path)
                return
            if child is not None and child not in seen:
                seen.add(child)
                pending.append((*path, child))


def _at_entry(workflow: Workflow) -> Iterator[SpawnChild]:
    """What is started the moment a project begins: by its initial states, whatever anybody does."""
    pending = list(workflow.initial)
    while pending:
        state = workflow.states[pending.pop()]
        yield from (action for action in state.entry.do if isinstance(action, SpawnChild))
        pending += state.initial or (state.children if state.kind is StateKind.PARALLEL else ())


def _family(inspection: Inspection, path: tuple[str, ...]) -> Diagnostic:
    names = " → ".join((*path, path[0]))
    message = Bilingual(f"项目会无尽地建立子项目：{names}", f"Projects start each other for ever: {names}")
    hint = Bilingual("在后面的状态、由人推动的转移里建立", "start the child in a transition that somebody takes")
    from salespm_flow.lint.families import witness_of_generations  # noqa: PLC0415 - as above

    witness = witness_of_generations(inspection, path)
    return finding("SF652", inspection.workflow.span, message, hint, witness=witness)
