"""The action `risk`: a risk enters the register by hand, scored on the workflow's first risk model."""

from salespm_flow.engine.parties import resolve
from salespm_flow.engine.turn import Turn
from salespm_flow.model.actions import OpenRisk
from salespm_flow.model.history import RiskChanged
from salespm_flow.model.project import Risk
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.rules.risk import assess


def carry_out(turn: Turn, action: OpenRisk) -> None:
    """The risk is open; one that the same action opened before and that is still open is left as it is."""
    same = [risk for risk in turn.draft.risks.values() if risk.rule == action.id]
    if any(risk.status is RiskStatus.OPEN for risk in same):
        return
    score, level = assess(turn.compiled.risks[0].model, action.probability, action.impact)
    turn.change(
        RiskChanged(
            risk=Risk(
                id=f"{action.id}#{len(same) + 1}",
                rule=action.id,
                title=action.title,
                category=action.category,
                probability=action.probability,
                impact=action.impact,
                score=score,
                level=level,
                owner=resolve(turn, action.who),
                opened_at=turn.now,
            )
        )
    )
