"""Witnesses in which relatives take part: a message leaves and the other side stays deaf; children open children."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from salespm_flow.diagnostics import Deed, Witness
from salespm_flow.engine.decide import decide
from salespm_flow.engine.limits import TIMER
from salespm_flow.engine.places import active_paths
from salespm_flow.lint.attempts import moves_through
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.replay import NOW, Relatives, Stage, Walk
from salespm_flow.lint.space import Move
from salespm_flow.model.actions import SendEvent
from salespm_flow.model.decision import Accepted, Actor, Birth, Open, Receive
from salespm_flow.model.history import OutboxKind
from salespm_flow.model.project import ParentLink, Project
from salespm_flow.model.workflow import Link, Workflow
from salespm_flow.statechart import kernel

_MOST_TRIED: Final = 12


def witness_of_silence(inspection: Inspection, action: SendEvent, receiver: Workflow, link: Link) -> Witness | None:
    """How the event comes to be sent; the receiver, in its first state, has then made nothing of it.

    `link` joins the two; None where no way was found on which the engine sends it.
    """
    library, workflow = inspection.library, inspection.workflow
    other = Stage(library, receiver).opened()
    if other is None:
        return None
    if action.to == "parent":
        alone, heard = Relatives(parent=other.project, link=link.id), f"{link.id}.{action.event}"
        circles: tuple[Relatives, ...] = (alone,)
    else:
        heard = f"parent.{action.event}"
        # The child may be one that is born on the way, or one that has long been there.
        circles = (Relatives(), Relatives(children=((link.id, (other.project,)),)))
    if not _is_deaf(Stage(library, receiver), other, heard):
        return None
    for way in islice(_ways(inspection, action), _MOST_TRIED):
        for relatives in circles:
            walk = Stage(library, workflow, relatives).walk(way)
            if walk is not None and any(one.kind is OutboxKind.EVENT and one.name == heard for one in walk.sent):
                return Witness(deeds=walk.deeds, is_replayed=True)
    return None


def _is_deaf(stage: Stage, walk: Walk, event: str) -> bool:
    decision = decide(stage.compiled, stage.snapshot(walk.project), Receive(name=event, hops=0), walk.now)
    return not isinstance(decision, Accepted) or decision.project.entered == walk.project.entered


def _ways(inspection: Inspection, action: SendEvent) -> Iterator[tuple[Move, ...]]:
    """Ways that end where the action is carried out, the nearest first; what the opening does has the empty way."""
    workflow, space = inspection.workflow, inspection.space
    opened = kernel.initial_step(inspection.openness.chart).entered
    if any(one is action for path in opened for one in workflow.states[path].entry.do):
        yield ()
    for gate in inspection.gates():
        if any(one is action for one in gate.do):
            for number, move in moves_through(inspection, gate):
                yield (*space.way(number), move)
    for timer in workflow.timers.values():
        if any(one is action for one in timer.do):
            for number, one in enumerate(space.configurations):
                if timer.state in active_paths(one.leaves):
                    yield (*space.way(number), Move(f"{TIMER}{timer.id}", (), number))


def witness_of_generations(inspection: Inspection, path: Sequence[str]) -> Witness | None:
    """The openings of one generation after the other, each by the one before, down to the first workflow again."""
    library = inspection.library
    start = Stage(library, inspection.workflow)
    opened = start.opened()
    if opened is None:
        return None
    deeds = [replace(opened.deeds[0], name=path[0])]
    stage, parent, births = start, opened.project, opened.births
    for name in (*path[1:], path[0]):
        birth = next((one for one in births if one.workflow == name), None)
        born = None if birth is None else _born(Stage(library, library.workflows[name]), birth, stage, parent)
        if born is None:
            return None
        stage = Stage(library, library.workflows[name])
        parent, births = born.project, born.births
        deeds.append(Deed(verb="open", name=name, states=stage.names(born.project)))
    return Witness(deeds=tuple(deeds), is_replayed=True)


def _born(child: Stage, birth: Birth, above: Stage, parent: Project) -> Accepted | None:
    request = Open(
        project=birth.project,
        owner=birth.owner,
        actor=Actor(id=birth.owner),
        fields=birth.fields,
        parent=ParentLink(project=parent.id, link=birth.link, is_many=above.workflow.links[birth.link].is_many),
    )
    decision = decide(child.compiled, None, request, NOW)
    return decision if isinstance(decision, Accepted) else None
