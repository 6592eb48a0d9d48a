"""The engine lets one person ask for a move and approve it: the witness that duties are not apart."""

from collections.abc import Sequence

from salespm_flow.diagnostics import Witness
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.space import Move
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Transition


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
