"""Which moves a project has now, and every reason against each; the question `why`, asked without moving anything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.decide import decide
from salespm_flow.engine.draft import draft_of
from salespm_flow.engine.gates import is_offered, move_reasons
from salespm_flow.engine.registers.approvals import approval_reasons
from salespm_flow.engine.registers.ballots import may_vote
from salespm_flow.engine.turn import Turn
from salespm_flow.model.decision import Actor, Advance, Reason, ReasonKind, Rejected
from salespm_flow.model.project import ApprovalRequest, Snapshot
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Transition
from salespm_flow.nouns import dataclass
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import Arrow

# A comment that is there; `why` is asked before anybody has written one.
_SOME: Final = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A transition from the present states: possible exactly when there is no reason against it.

    `approvals` are what the move would wait for, which is no reason against asking for it.
    """

    transition: str
    triggers: tuple[str, ...]
    title: Bilingual
    targets: tuple[str, ...]
    reasons: tuple[Reason, ...]
    approvals: tuple[Reason, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands against it."""
        return not self.reasons


def offers(compiled: Compiled, snapshot: Snapshot, actor: Actor, now: datetime) -> tuple[Offer, ...]:
    """Every transition that the actor could ask for from the present states, in file order.

    A required comment is no reason: it comes with the request. Of two transitions of one trigger that both hold, the
    one that would not be taken says so.
    """
    turn = _turn(compiled, snapshot, actor, now)
    if not turn.draft.is_open:
        return ()
    found: list[Offer] = []
    for transition in compiled.workflow.transitions.values():
        triggers = tuple(event for event in transition.events if "." not in event and event != "*")
        arrows = kernel.candidates(compiled.chart, turn.draft.leaves, triggers[0]) if triggers else ()
        arrow = next((one for one in arrows if one.id == transition.id), None)
        if arrow is not None:
            step = kernel.step(compiled.chart, turn.draft.leaves, turn.draft.memory, (arrow,))
            reasons = tuple(r for r in move_reasons(turn, transition, step, actor) if r.kind is not ReasonKind.COMMENT)
            reasons = reasons or _behind(turn, transition, arrows, triggers[0])
            offer = _offer(compiled, transition, triggers, reasons)
            if transition.approvals:
                offer = replace(offer, approvals=approval_reasons(turn, transition, actor))
            found.append(offer)
    return tuple(found)


def approvals_to_decide(
    compiled: Compiled, snapshot: Snapshot, actor: Actor, now: datetime
) -> tuple[ApprovalRequest, ...]:
    """The pending requests on which the actor can vote now, oldest first."""
    turn = _turn(compiled, snapshot, actor, now)
    pending = (one for one in turn.draft.approvals.values() if one.status is ApprovalStatus.PENDING)
    return tuple(request for request in pending if may_vote(turn, request))


def why(compiled: Compiled, snapshot: Snapshot, trigger: str, *, actor: Actor, now: datetime) -> tuple[Reason, ...]:
    """Every reason against the trigger now; none when it would be accepted (a required comment left aside)."""
    # Asked of the one guarded path itself, so that the answer can never differ from what advancing says.
    decision = decide(compiled, snapshot, Advance(trigger=trigger, actor=actor, fields={}, comment=_SOME), now)
    return decision.reasons if isinstance(decision, Rejected) else ()


def _behind(turn: Turn, transition: Transition, arrows: Sequence[Arrow], trigger: str) -> tuple[Reason, ...]:
    """The reason against a transition that holds, where others of its trigger go first."""
    transitions = turn.compiled.workflow.transitions
    answers = {arrow.id: is_offered(turn, transitions[arrow.id]) for arrow in arrows}
    step = turn.compiled.machine.fire(turn.draft.leaves, turn.draft.memory, trigger, answers)
    first = () if step is None else tuple(arrow.id for arrow in step.arrows)
    if not first or transition.id in first:
        return ()
    names = ", ".join(first)
    message = Bilingual(f"“{trigger}”此时先走 {names}", f'"{trigger}" takes {names} first')
    return (
        Reason(
            id="when",
            kind=ReasonKind.WHEN,
            message=message,
            rule=transition.span,
            values={},
            transition=transition.id,
        ),
    )


def _turn(compiled: Compiled, snapshot: Snapshot, actor: Actor, now: datetime) -> Turn:
    moment = max(now, snapshot.project.updated_at)
    return Turn(compiled, draft_of(snapshot.project, moment), snapshot, actor, now=moment)


def _offer(compiled: Compiled, transition: Transition, triggers: tuple[str, ...], reasons: tuple[Reason, ...]) -> Offer:
    states = compiled.workflow.states
    return Offer(
        transition=transition.id,
        triggers=triggers,
        title=transition.title,
        targets=tuple(states[target.path].name for target in transition.to),
        reasons=reasons,
    )
