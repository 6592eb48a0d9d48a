"""The risk register of a project, kept by the rules of its risk models at every accepted event."""

from dataclasses import replace
from datetime import datetime

from salespm_flow.engine.compiled import TEST, CompiledRisks
from salespm_flow.engine.context import Overlay, scope_over
from salespm_flow.engine.durations import later
from salespm_flow.engine.parties import resolve
from salespm_flow.engine.turn import Turn
from salespm_flow.expr.scope import DEFAULT_FUEL
from salespm_flow.model.expression import Duration, Party
from salespm_flow.model.history import RiskChanged
from salespm_flow.model.project import RiskStatus
from salespm_flow.rules.risk import due_changes


def assess_risks(turn: Turn) -> None:
    """Each risk whose condition is true is open, each whose condition is false is closed; unknown changes nothing."""
    if not turn.draft.is_open:
        return  # a closed project keeps no open risks

    def due(duration: Duration) -> datetime:
        return later(turn.now, duration, turn.compiled.calendar, turn.compiled.zone)

    def owner(party: Party) -> str:
        return resolve(turn, party)

    for risks in turn.compiled.risks:
        for risk in due_changes(risks.model, _truths(turn, risks), turn.draft.risks, turn.now, due=due, resolve=owner):
            turn.change(RiskChanged(risk=risk))


def _truths(turn: Turn, risks: CompiledRisks) -> dict[str, bool | None]:
    names = Overlay(risks.parameters, turn.names()) if risks.parameters else turn.names()
    truths: dict[str, bool | None] = {}
    scope = scope_over(names, turn.view)
    for rule in risks.model.rules.values():
        scope.fuel = DEFAULT_FUEL  # each rule has its own
        value = risks.programs[rule.when.text, TEST].run(scope)
        truths[rule.id] = value if isinstance(value, bool) else None
    return truths


def close_risks(turn: Turn) -> None:
    """No risk is open: the project they belong to is closed."""
    for risk in tuple(turn.draft.risks.values()):
        if risk.status is RiskStatus.OPEN:
            turn.change(RiskChanged(risk=replace(risk, status=RiskStatus.CLOSED, closed_at=turn.now)))
