"""Which moves a project has now, and every reason against each; the question `why`, asked without moving anything."""

from dataclasses import dataclass
from datetime import datetime

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.draft import draft_of
from salespm_flow.engine.gates import move_reasons
from salespm_flow.engine.moves import refusals
from salespm_flow.engine.turn import Turn
from salespm_flow.model.decision import Actor, Reason
from salespm_flow.model.project import Snapshot
from salespm_flow.model.workflow import Transition
from salespm_flow.statechart import kernel


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A transition from the present states: possible exactly when there is no reason against it."""

    transition: str
    triggers: tuple[str, ...]
    title: Bilingual
    targets: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands against it."""
        return not self.reasons


def offers(compiled: Compiled, snapshot: Snapshot, actor: Actor, now: datetime) -> tuple[Offer, ...]:
    """Every transition that the actor could ask for from the present states, in file order."""
    turn = _turn(compiled, snapshot, actor, now)
    draft = turn.draft
    if not draft.is_open:
        return ()
    found: list[Offer] = []
    for transition in compiled.workflow.transitions.values():
        triggers = tuple(event for event in transition.events if "." not in event and event != "*")
        for trigger in triggers[:1]:
            arrows = kernel.candidates(compiled.chart, draft.leaves, trigger)
            arrow = next((one for one in arrows if one.id == transition.id), None)
            if arrow is not None:
                step = kernel.step(compiled.chart, draft.leaves, draft.memory, (arrow,))
                reasons = tuple(r for r in move_reasons(turn, transition, step, "") if r.id != "comment")
                found.append(_offer(compiled, transition, triggers, reasons))
    return tuple(found)


def why(compiled: Compiled, snapshot: Snapshot, trigger: str, *, actor: Actor, now: datetime) -> tuple[Reason, ...]:
    """Every reason against the trigger now; none when it would be accepted (a required comment left aside)."""
    turn = _turn(compiled, snapshot, actor, now)
    possible = [o for o in offers(compiled, snapshot, actor, now) if trigger in o.triggers and o.is_possible]
    return () if possible else tuple(r for r in refusals(turn, trigger, "") if r.id != "comment")


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
