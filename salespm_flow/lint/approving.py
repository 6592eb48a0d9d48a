"""The engine lets one person ask for a move and approve it: the witness that duties are not apart."""

from collections.abc import Sequence

from salespm_flow.diagnostics import Deed, Witness
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.replay import Walk
from salespm_flow.lint.space import Move
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Transition


def witness_of_nobody(inspection: Inspection, way: Sequence[Move], transition: Transition) -> Witness | None:
    """The deeds of the only one who may ask, whom the engine then does not let approve; None where it was not shown."""
    stage = inspection.stage
    walk = stage.walk(way)
    trigger = next((event for event in transition.events if "." not in event and event != "*"), None)
    if walk is None or trigger is None:
        return None
    for actor in stage.actors(transition.by, walk.project):
        held = stage.asked(walk, trigger, actor, is_held=True)
        pending = () if held is None else _pending(held, transition)
        if held is not None and pending and all(stage.voted(held, one, actor) is None for one in pending):
            name = held.project.approvals[pending[0]].approval
            refused = Deed(verb="approve", name=name, is_refused=True)
            return Witness(deeds=(*held.deeds, refused), is_replayed=True)
    return None


def _pending(walk: Walk, transition: Transition) -> tuple[str, ...]:
    requests = walk.project.approvals.values()
    return tuple(
        one.id for one in requests if one.status is ApprovalStatus.PENDING and one.approval in transition.approvals
    )


def witness_of_both(inspection: Inspection, way: Sequence[Move], transition: Transition) -> Witness | None:
    """The deeds of the one who asks and approves; None where nobody could be led to do so."""
    stage = inspection.stage
    walk = stage.walk(way)
    trigger = next((event for event in transition.events if "." not in event and event != "*"), None)
    if walk is None or trigger is None:
        return None
    for actor in stage.actors(transition.by, walk.project):
        held = stage.asked(walk, trigger, actor, is_held=True)
        if held is None:
            continue
        for request in held.project.approvals.values():
            if request.status is not ApprovalStatus.PENDING:
                continue
            voted = stage.voted(held, request.id, actor)
            if voted is not None:
                return Witness(deeds=voted.deeds, is_replayed=True)
    return None
