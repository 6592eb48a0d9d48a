"""Whether moves that hold could also open the projects they give birth to; asked of the runner, nothing is written."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.views.offers import Offer, offers
from salespm_flow.model.decision import Actor, Advance, Reason, ReasonKind, Rejected
from salespm_flow.model.project import Snapshot

# A comment that is there; a prospect is asked for before anybody has written one.
_SOME: Final = "?"


def prospects(runner: Runner, project: tuple[Snapshot, Compiled], actor: Actor, now: datetime) -> tuple[Offer, ...]:
    """As `offers`; a move whose child cannot start has the reasons against the child.

    Raises:
        UnknownNameError, PinnedDefinitionError, LiveDefinitionError: a child has no definition to stand on.
    """
    snapshot, compiled = project
    found = offers(compiled, snapshot, actor, now)
    if not compiled.workflow.links:
        return found
    return tuple(
        replace(one, reasons=births_refused(runner, project, one.triggers[0], actor=actor, now=now))
        if one.is_possible
        else one
        for one in found
    )


def births_refused(
    runner: Runner, project: tuple[Snapshot, Compiled], trigger: str, *, actor: Actor, now: datetime
) -> tuple[Reason, ...]:
    """Every reason why a child that the trigger gives birth to cannot start; none where it opens no child."""
    snapshot, compiled = project
    request = Advance(trigger=trigger, actor=actor, fields={}, comment=_SOME)
    at = max(now, snapshot.project.updated_at)
    decision = runner.decide(compiled, snapshot, request, at=at, recorded_at=at).decision
    if not isinstance(decision, Rejected):
        return ()
    return tuple(reason for reason in decision.reasons if reason.kind is ReasonKind.CHILD)
