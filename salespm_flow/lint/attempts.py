"""Witnesses that end with an attempt: the engine refuses it for the reason that a finding tells, or does other things.

What can never happen has no way into it. Shown is the shortest way to where it is tried in vain.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from salespm_flow.diagnostics import Deed, Span, Witness
from salespm_flow.engine.decide import decide
from salespm_flow.engine.places import active_paths
from salespm_flow.engine.remedies.trial import world_of
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.replay import Stage, Walk
from salespm_flow.lint.space import AUTOMATIC, Move, Space
from salespm_flow.model.decision import SYSTEM, Accepted, Actor, Advance, Receive, Rejected
from salespm_flow.model.history import Moved
from salespm_flow.model.workflow import Gate, Transition
from salespm_flow.nouns import dataclass
from salespm_flow.statechart import kernel

_SYSTEM = Actor(id=SYSTEM)
# So many places are tried, the nearest first.
_MOST_TRIED = 12


@dataclass(frozen=True, slots=True)
class Passage:
    """A configuration, by number, and what is tried there: a transition by an event (empty: none is needed)."""

    number: int
    event: str
    transition: Transition


def passages_of(inspection: Inspection, transition: Transition, space: Space | None = None) -> Iterator[Passage]:
    """Where the transition may be tried, the nearest first, whether or not it is ever taken there."""
    for number, one in enumerate((space or inspection.space).configurations):
        if not set(active_paths(one.leaves)).isdisjoint(transition.sources):
            for event in transition.events or (AUTOMATIC,):
                yield Passage(number, event, transition)


def passages_through(inspection: Inspection, gate: Gate) -> Iterator[Passage]:
    """The moves that go through the gate, the nearest first."""
    for number, move in moves_through(inspection, gate):
        for arrow in move.arrows:
            yield Passage(number, move.event, inspection.workflow.transitions[arrow.id])


def moves_through(inspection: Inspection, gate: Gate) -> Iterator[tuple[int, Move]]:
    """The moves that pass the gate, whether it binds them or not, with the configuration that they leave."""
    chart, workflow, space = inspection.openness.chart, inspection.workflow, inspection.space
    for number, moves in enumerate(space.moves):
        here = space.configurations[number]
        for move in moves:
            gates = [workflow.transitions[arrow.id].gate for arrow in move.arrows]
            step = kernel.step(chart, here.leaves, dict(here.memory), move.arrows)
            gates += [workflow.states[path].exit for path in step.exited]
            gates += [workflow.states[path].entry for path in step.entered]
            if any(one is gate for one in gates):
                yield number, move


def witness_of_refusal(
    inspection: Inspection, passages: Iterable[Passage], rules: Collection[Span], space: Space | None = None
) -> Witness | None:
    """How to be refused by one of the rules, known by their places; without such a way, the way to where it is tried.

    A passage is refused too where the engine takes another transition in its place, or none.
    """
    space = space or inspection.space
    nearest: Passage | None = None
    for passage in islice(passages, _MOST_TRIED):
        nearest = nearest or passage
        walk = inspection.stage.walk(space.way(passage.number), space)
        deed = None if walk is None else _attempt(inspection.stage, walk, passage, rules)
        if walk is not None and deed is not None:
            return Witness(deeds=(*walk.deeds, *deed), is_replayed=True)
    return None if nearest is None else inspection.stage.witness(space.way(nearest.number), space)


def witness_of_another(inspection: Inspection, walk: Walk, passage: Passage) -> Witness | None:
    """The walk and how the engine then takes another transition in place of the one tried; None where it does not."""
    deeds = _attempt(inspection.stage, walk, passage, ())
    return None if deeds is None else Witness(deeds=(*walk.deeds, *deeds), is_replayed=True)


def refusal_of(inspection: Inspection, transition: Transition, space: Space | None = None) -> Witness | None:
    """How to be refused the transition for its condition, or to get another one; else the way to its source."""
    rules = () if transition.when is None else (transition.when.place,)
    return witness_of_refusal(inspection, passages_of(inspection, transition, space), rules, space)


def witness_of_taking(inspection: Inspection, transition: Transition) -> Witness | None:
    """How to come to where the transition's condition holds and take it; without such a way, the way to its source."""
    stage, space = inspection.stage, inspection.space
    when = transition.when
    nearest: int | None = None
    for number, moves in enumerate(space.moves):
        for move in moves:
            if when is None or all(arrow.id != transition.id for arrow in move.arrows):
                continue
            nearest = number if nearest is None else nearest
            walk = stage.walk(space.way(number), space)
            if walk is None:
                continue
            world = world_of(stage.compiled, stage.snapshot(walk.project), _SYSTEM, walk.now)
            if world.value(when.node, {}) is True:
                taken = stage.moved(walk, move)
                return Witness(deeds=(taken or walk).deeds, is_replayed=True)
    return None if nearest is None else stage.witness(space.way(nearest), space)


def _attempt(stage: Stage, walk: Walk, passage: Passage, rules: Collection[Span]) -> Sequence[Deed] | None:
    """What is done in vain; None where it succeeds, or is refused for another reason only."""
    event = passage.event
    if event == AUTOMATIC or event.startswith("done."):
        return ()  # it would have come by itself
    if "." in event:
        return _waited(stage, walk, event) if event.startswith("sla.") else _heard(stage, walk, passage)
    for actor in stage.actors(passage.transition.by, walk.project):
        request = Advance(trigger=event, actor=actor, comment="?")
        decision = decide(stage.compiled, stage.snapshot(walk.project), request, walk.now)
        deed = Deed(verb="advance", name=event)
        if isinstance(decision, Rejected):
            if any(reason.rule in rules for reason in decision.reasons):
                return (replace(deed, is_refused=True),)
        elif _goes_elsewhere(decision, passage.transition):
            return (replace(deed, states=stage.names(decision.project)),)
    return None


def _goes_elsewhere(decision: Accepted, transition: Transition) -> bool:
    taken = [one for change in decision.entry.changes if isinstance(change, Moved) for one in change.transitions]
    return bool(taken) and transition.id not in taken


def _waited(stage: Stage, walk: Walk, event: str) -> Sequence[Deed] | None:
    after = stage.waited(walk, event)
    return None if after is None or after.project.entered != walk.project.entered else after.deeds[len(walk.deeds) :]


def _heard(stage: Stage, walk: Walk, passage: Passage) -> Sequence[Deed] | None:
    request = Receive(name=passage.event, hops=0)
    decision = decide(stage.compiled, stage.snapshot(walk.project), request, walk.now)
    if not isinstance(decision, Accepted):
        return None
    if decision.project.entered != walk.project.entered and not _goes_elsewhere(decision, passage.transition):
        return None
    return (Deed(verb="receive", name=passage.event, states=stage.names(decision.project)),)
