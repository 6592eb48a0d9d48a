"""Setting rules aside: what an override may waive, for whom, and what it never does. Changes nothing."""

from collections.abc import Iterator
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.gates import move_reasons, name_actor, name_parties
from salespm_flow.engine.parties import exercise, may
from salespm_flow.engine.registers.approvals import approval_reasons
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.model.decision import Actor, Reason, ReasonKind
from salespm_flow.model.workflow import Transition
from salespm_flow.statechart.kernel import Step

# Who may override needs no other right to make the move.
_WAIVABLE: Final = frozenset({ReasonKind.MISSING, ReasonKind.CHECK, ReasonKind.APPROVAL, ReasonKind.ROLE})


def waive(turn: Turn, moves: tuple[tuple[Transition, Step], ...], actor: Actor) -> tuple[str, ...]:
    """The ids of the reasons that the override sets aside; none where nothing stands against the moves.

    Raises:
        RefusalError: with every reason that no override sets aside, or against the override itself.
    """
    waived: dict[str, None] = {}
    refused: list[Reason] = []
    for transition, own in moves:
        reasons = move_reasons(turn, transition, own, actor)
        approvals = approval_reasons(turn, transition, actor)
        if not reasons and not approvals:
            continue
        powerless = _powerless(turn, transition, actor)
        unsaid = tuple(_unsaid(turn, transition))
        if powerless is not None:
            refused += (
                *reasons,
                powerless,
                *(one for one in unsaid if one.id not in {reason.id for reason in reasons}),
            )
            continue
        # What the override would set aside is nothing to mend: who only left the comment out is told just that.
        fixed = tuple(reason for reason in reasons if reason.kind not in _WAIVABLE)
        refused += (*fixed, *(one for one in unsaid if one.id not in {reason.id for reason in fixed}))
        waived |= dict.fromkeys(reason.id for reason in (*reasons, *approvals) if reason.kind in _WAIVABLE)
        exercise(turn, actor, None if transition.override is None else transition.override.by)
    if refused:
        raise RefusalError(tuple(refused))
    return tuple(waived)


def _powerless(turn: Turn, transition: Transition, actor: Actor) -> Reason | None:
    """Why the actor may not override the transition; None where he may."""
    override = transition.override
    if override is None:
        zh, en = f"“{transition.id}”不允许越权", f'"{transition.id}" cannot be overridden'
        return _reason("override", ReasonKind.ROLE, Bilingual(zh, en), transition)
    if may(turn, actor, override.by):
        return None
    allowed, who = name_parties(override.by), name_actor(actor)
    zh = f"{who.zh}不能越权放行：需要 {allowed.zh}"
    en = f"{who.en} may not override: it takes {allowed.en}"
    return _reason("override", ReasonKind.ROLE, Bilingual(zh, en), transition)


def _unsaid(turn: Turn, transition: Transition) -> Iterator[Reason]:
    """That the override lacks the comment that it needs."""
    if transition.override is not None and transition.override.needs_comment and not turn.comment.strip():
        zh, en = "越权须写说明（--comment）", "an override needs a comment (--comment)"
        yield _reason("comment", ReasonKind.COMMENT, Bilingual(zh, en), transition)


def _reason(name: str, kind: ReasonKind, message: Bilingual, transition: Transition) -> Reason:
    override = transition.override
    rule = transition.span if override is None else override.span
    return Reason(id=name, kind=kind, message=message, rule=rule, values={}, transition=transition.id)
