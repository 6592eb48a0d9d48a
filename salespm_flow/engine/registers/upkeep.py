"""The risk register of a project, kept by the rules of its risk models at every accepted event."""

from dataclasses import replace
from datetime import datetime

from salespm_flow.engine.compiled import TEST, Compiled, CompiledRisks
from salespm_flow.engine.context import Names, Overlay, View, scope_over
from salespm_flow.engine.durations import later
from salespm_flow.engine.parties import resolve
from salespm_flow.engine.registers.risks import begin_issue, loss_of, occasion_of, record, value_of
from salespm_flow.engine.turn import Turn
from salespm_flow.expr.scope import DEFAULT_FUEL
from salespm_flow.model.actor import Actor
from salespm_flow.model.expression import Duration, Party
from salespm_flow.model.history import RiskChanged
from salespm_flow.model.project import Snapshot
from salespm_flow.model.rules import RiskRule
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.rules.exposure import Loss
from salespm_flow.rules.risk import due_changes


def assess_risks(turn: Turn) -> None:
    """Each risk whose condition is true is open, each whose condition is false is closed; unknown changes nothing.

    What an open risk costs is what it costs now, and one whose sign of occurring is seen has occurred.
    """
    if not turn.draft.is_open:
        return  # a closed project keeps no open risks
    for risks in turn.compiled.risks:
        _assess(turn, risks)


def _assess(turn: Turn, risks: CompiledRisks) -> None:
    def due(duration: Duration) -> datetime:
        return later(turn.now, duration, turn.compiled.calendar, turn.compiled.zone)

    def owner(party: Party) -> str:
        return resolve(turn, party)

    def lost(rule: RiskRule) -> Loss:
        return loss_of(turn, risks, rule.impact, rule)

    truths, register = _truths(turn, risks), turn.draft.risks
    for risk in due_changes(risks.model, truths, register, turn.now, due=due, resolve=owner, lost=lost):
        record(turn, risk)
    if turn.draft.risks:
        _see_occurrences(turn, risks)


def risk_truths(compiled: Compiled, snapshot: Snapshot, now: datetime) -> dict[str, bool | None]:
    """Whether each risk rule of the definition holds at that moment, by `<model>.<rule>`; nothing is changed."""
    project = snapshot.project
    actor = Actor(id=project.owner)
    view = View(compiled=compiled, draft=project, snapshot=snapshot, actor=actor, now=now)
    names = Names(view)
    return {
        f"{risks.model.id}.{rule}": truth
        for risks in compiled.risks
        for rule, truth in _truths_over(risks, names, view).items()
    }


def _truths(turn: Turn, risks: CompiledRisks) -> dict[str, bool | None]:
    return _truths_over(risks, turn.names(), turn.view)


def _truths_over(risks: CompiledRisks, names: Names, view: View) -> dict[str, bool | None]:
    truths: dict[str, bool | None] = {}
    scope = scope_over(Overlay(risks.parameters, names) if risks.parameters else names, view)
    for rule, run in risks.tests.items():
        scope.fuel = DEFAULT_FUEL  # each rule has its own
        value = run(scope)
        truths[rule] = value if isinstance(value, bool) else None
    return truths


def _see_occurrences(turn: Turn, risks: CompiledRisks) -> None:
    """Each open risk of a rule whose `occurs` is true is an issue."""
    signs = {f"{risks.model.id}.{rule.id}": rule for rule in risks.model.rules.values() if rule.occurs is not None}
    for risk in tuple(turn.draft.risks.values()) if signs else ():
        rule = signs.get(risk.rule)
        if rule is None or rule.occurs is None or risk.status is not RiskStatus.OPEN:
            continue
        if value_of(turn, risks, rule.occurs.when, TEST) is True:
            begin_issue(turn, risk, occasion_of(turn, risk, rule))


def close_risks(turn: Turn) -> None:
    """No risk is open and no issue unresolved: the project they belong to is closed, and with it their clocks."""
    for risk in tuple(turn.draft.risks.values()):
        if risk.is_standing:
            closed = replace(risk, status=RiskStatus.CLOSED, closed_at=turn.now, review_at=None, awaits=())
            turn.change(RiskChanged(risk=closed))
