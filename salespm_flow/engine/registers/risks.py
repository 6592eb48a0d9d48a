"""What happens to a risk of a project: it is written down, reviewed in time, occurs, ends. Knows no requests and rules.

An occurred risk is an issue: its contingency action becomes a task, and a clock tells if it is not resolved in time.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import LOSS, CompiledRisks
from salespm_flow.engine.context import Overlay, scope_over
from salespm_flow.engine.limits import ACCEPTANCE, ISSUE, REVIEW
from salespm_flow.engine.parties import resolve
from salespm_flow.engine.registers import tasks
from salespm_flow.engine.turn import Turn
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Due
from salespm_flow.model.expression import Expression, Party, PartyKind
from salespm_flow.model.history import ClockCleared, ClockSet, Noted, OutboxKind, RiskChanged
from salespm_flow.model.project import Clock, Issue, Risk
from salespm_flow.model.rules import RiskRule
from salespm_flow.model.statuses import RiskStatus, TaskStatus
from salespm_flow.nouns import dataclass
from salespm_flow.rules.exposure import Loss, loss
from salespm_flow.statechart.lifecycle import RISK, step

OCCUR: Final = "occur"
CLOSE: Final = "close"
RESOLVE: Final = "resolve"
_MANAGER: Final = Party(PartyKind.MANAGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """How an issue begins: what it is called, what is done about it, by whom and by when."""

    title: Bilingual
    action: Bilingual | None
    who: str
    due: Due | None


def record(turn: Turn, risk: Risk) -> None:
    """The risk is in the register as given, and its clocks run as its dates say."""
    turn.change(RiskChanged(risk=risk))
    issue = risk.issue if risk.status is RiskStatus.OCCURRED else None
    _keep_clock(turn, REVIEW + risk.id, risk.review_at if risk.status is RiskStatus.OPEN else None)
    _keep_clock(turn, ISSUE + risk.id, None if issue is None else issue.due_at)
    is_waiting = risk.status is RiskStatus.OPEN and bool(risk.awaits)
    _keep_clock(turn, ACCEPTANCE + risk.id, risk.agree_by if is_waiting else None)


def _keep_clock(turn: Turn, name: str, due_at: datetime | None) -> None:
    known = turn.draft.clocks.get(name)
    if due_at is None:
        if known is not None:
            turn.change(ClockCleared(id=name))
    # What lies in the past has fired, or never will.
    elif due_at > turn.now and (known is None or known.due_at != due_at):
        turn.change(ClockSet(clock=Clock(id=name, state="", started_at=turn.now, due_at=due_at)))


def remind(turn: Turn, clock: str) -> None:
    """Whose risk is to be reviewed knows it; of an issue not resolved in time the owner's manager knows too.

    Whose agreement is overdue knows it, and who stands behind them may agree as well.
    """
    if clock.startswith(ACCEPTANCE):
        _escalate(turn, turn.draft.risks[clock.removeprefix(ACCEPTANCE)])
        return
    is_review = clock.startswith(REVIEW)
    name = clock.removeprefix(REVIEW if is_review else ISSUE)
    risk = turn.draft.risks[name]
    turn.change(Noted(topic="risk.review" if is_review else "issue.late", name=name))
    if is_review:
        title = Bilingual(f"请复核风险：{risk.title.zh}", f"Please review the risk: {risk.title.en}")
        _tell(turn, risk.owner, "risk.review", title)
        return
    about = risk.title if risk.issue is None else risk.issue.title
    title = Bilingual(f"问题逾期未解决：{about.zh}", f"Not resolved in time: {about.en}")
    for who in dict.fromkeys((risk.owner, resolve(turn, _MANAGER))):
        _tell(turn, who, "issue.late", title)


def _escalate(turn: Turn, risk: Risk) -> None:
    rule = rule_of(turn, risk)
    approval = None if rule is None or rule.response is None else rule.response.approval
    turn.change(Noted(topic="acceptance.late", name=risk.id))
    further = () if approval is None or approval.escalate is None else (resolve(turn, approval.escalate),)
    awaits = tuple(dict.fromkeys((*risk.awaits, *further)))
    if awaits != risk.awaits:
        record(turn, replace(risk, awaits=awaits))
    title = Bilingual(f"风险的接受逾期未批：{risk.title.zh}", f"Its acceptance is overdue: {risk.title.en}")
    for who in awaits:
        _tell(turn, who, "acceptance.late", title)


def _tell(turn: Turn, who: str, name: str, title: Bilingual) -> None:
    turn.send(kind=OutboxKind.NOTICE, to=who, name=name, title=title, due_at=turn.now)


def status_after(risk: Risk, event: str) -> RiskStatus | None:
    """The status that the event leads to; None where it leads nowhere from the present one."""
    status = step(RISK, risk.status.value, event)
    return None if status is None else RiskStatus(status)


def begin_issue(turn: Turn, risk: Risk, occasion: Occasion) -> None:
    """The risk has occurred: its owner knows it, and what is to be done is a task."""
    task, due_at = "", None if occasion.due is None else tasks.due_at(turn, occasion.due)
    if occasion.action is not None:
        task = _task_name(turn)
        new = tasks.NewTask(origin=f"risk:{risk.id}", title=occasion.action, who=occasion.who, due=occasion.due)
        tasks.open_task(turn, new, task)
    issue = Issue(title=occasion.title, opened_at=turn.now, action=occasion.action, task=task, due_at=due_at)
    record(turn, replace(risk, status=RiskStatus.OCCURRED, issue=issue, review_at=None))
    title = Bilingual(f"风险已发生：{occasion.title.zh}", f"A risk has occurred: {occasion.title.en}")
    _tell(turn, risk.owner, "risk.occurred", title)


def _task_name(turn: Turn) -> str:
    number = 1
    while f"contingency-{number}" in turn.draft.tasks:
        number += 1
    return f"contingency-{number}"


def end(turn: Turn, risk: Risk, *, is_settled: bool) -> None:
    """The risk is closed, and what was still to be done about its issue is void.

    `is_settled` says that its rule is not to open it again while it goes on to hold.
    """
    task = None if risk.issue is None else turn.draft.tasks.get(risk.issue.task)
    if task is not None and task.is_open:
        tasks.close_task(turn, task, TaskStatus.VOID)
    closed = replace(
        risk, status=RiskStatus.CLOSED, closed_at=turn.now, review_at=None, awaits=(), is_settled=is_settled
    )
    record(turn, closed)


def occasion_of(turn: Turn, risk: Risk, rule: RiskRule | None) -> Occasion:
    """How the risk's issue begins if nothing else is said: as its rule plans it."""
    plan = None if rule is None else rule.contingency
    title = risk.title if rule is None or rule.occurs is None else rule.occurs.title or risk.title
    who = risk.owner if plan is None or plan.who is None else resolve(turn, plan.who)
    return Occasion(title=title, action=risk.contingency, who=who, due=None if plan is None else plan.due)


def rule_of(turn: Turn, risk: Risk) -> RiskRule | None:
    """The rule that found the risk; None for one found otherwise."""
    model, _, rule = risk.rule.partition(".")
    found = next((risks.model for risks in turn.compiled.risks if risks.model.id == model), None)
    return None if found is None else found.rules.get(rule)


def value_of(turn: Turn, risks: CompiledRisks, expression: Expression, purpose: str = LOSS) -> Value:
    """The value of one of the model's expressions as the project stands now, with full fuel."""
    names = turn.names()
    scope = scope_over(Overlay(risks.parameters, names) if risks.parameters else names, turn.view)
    return risks.programs[expression.text, purpose].run(scope)


def loss_of(turn: Turn, risks: CompiledRisks, impact: int, rule: RiskRule | None = None) -> Loss:
    """What is lost now if a risk of that impact occurs: as its rule says, else as the scale does."""
    model = risks.model
    stake = None if model.value is None else value_of(turn, risks, model.value)
    money, days = loss(model, impact, stake if isinstance(stake, Money) else None)
    if rule is not None and rule.value is not None:
        found = value_of(turn, risks, rule.value)
        money = found if isinstance(found, Money) else None
    return money, days if rule is None or rule.days is None else rule.days
