"""The engine lets one person ask for a move and approve it: the witness that duties are not apart."""

from collections.abc import Sequence

from salespm_flow.diagnostics import Deed, Witness
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.replay import Walk
from salespm_flow.lint.space import Move
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Approval, Transition
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """An approval that a transition takes."""

    transition: Transition
    approval: Approval


def _needing(inspection: Inspection, walk: Walk | None, approval: Approval) -> Walk | None:
    """The walk where the approval is asked for, which may depend on a condition."""
    if walk is None or approval.when is None:
        return walk
    return inspection.stage.made_true(walk, approval.when.node) or walk


def witness_of_nobody(inspection: Inspection, way: Sequence[Move], asked: Asked) -> Witness | None:
    """The deeds of the only one who may ask, whom the engine then does not let approve; None where it was not shown."""
    stage, transition = inspection.stage, asked.transition
    walk = _needing(inspection, stage.walk(way), asked.approval)
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


def witness_of_both(inspection: Inspection, way: Sequence[Move], asked: Asked) -> Witness | None:
    """The deeds of the one who asks and approves; None where nobody could be led to do so."""
    stage, transition = inspection.stage, asked.transition
    walk = _needing(inspection, stage.walk(way), asked.approval)
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
