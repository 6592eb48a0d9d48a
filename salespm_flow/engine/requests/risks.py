"""The requests about risks and issues: adding, answering, reviewing, occurring, closing, resolving; who may do so.

A risk is handled by whom it belongs to, by who put it on the list, by the project's owner and the owner's manager.
Anybody known may add one, since whoever foresees trouble should be able to say so.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import CompiledRisks
from salespm_flow.engine.durations import later
from salespm_flow.engine.moves import settle
from salespm_flow.engine.named_parties import MANAGER, OWNER, party_of, resolve_named
from salespm_flow.engine.parties import exercise
from salespm_flow.engine.reasons import guesses, reason_of
from salespm_flow.engine.registers import tasks
from salespm_flow.engine.registers.risks import (
    CLOSE,
    OCCUR,
    RESOLVE,
    Occasion,
    begin_issue,
    end,
    loss_of,
    occasion_of,
    record,
    rule_of,
    status_after,
)
from salespm_flow.engine.requests.flaws import closed_reasons, may_not, text_reasons, time_reasons
from salespm_flow.engine.requests.risk_answers import answered, days_reasons, money_reasons, step_reasons
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.expr.values import Money
from salespm_flow.model.decision import Due, Reason, ReasonKind
from salespm_flow.model.expression import Party
from salespm_flow.model.project import Risk
from salespm_flow.model.risk_requests import (
    AddRisk,
    CloseRisk,
    RaiseIssue,
    ResolveIssue,
    RespondToRisk,
    ReviewRisk,
    RiskOccurred,
)
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.rules.exposure import shrunk
from salespm_flow.rules.risk import assessment, judged, present

BY_HAND: Final = "risk"
_BY_PERSON: Final = "person:"
_STATUSES: Final = {
    RiskStatus.OPEN: Bilingual("未发生", "open"),
    RiskStatus.OCCURRED: Bilingual("已发生", "occurred"),
    RiskStatus.CLOSED: Bilingual("已关闭", "closed"),
}
# What can be done with a risk that stands so.
_WAYS: Final = {
    RiskStatus.OPEN: Bilingual(
        "：已经发生就用 risk occur，不会再发生就用 risk close",
        ": say `risk occur` if it came true, `risk close` if it will not",
    ),
    RiskStatus.OCCURRED: Bilingual(
        "，已成为问题：解决后用 issue resolve 了结", ", so it is an issue now: settle it by `issue resolve`"
    ),
    RiskStatus.CLOSED: Bilingual("：再次出现时用 risk add 登记", ": if it comes up again, put it down by `risk add`"),
}
_Ask = RespondToRisk | ReviewRisk | RiskOccurred | CloseRisk | ResolveIssue


def add(turn: Turn, request: AddRisk) -> None:
    """The risk is on the list and the project has settled."""
    risks = _model(turn)
    who, reasons = resolve_named(turn, request.who or OWNER, "who")
    found = [*closed_reasons(turn), *_about(request.title, request.category, turn.compiled.risk_categories), *reasons]
    found += [*step_reasons(risks.model, request.probability, request.impact), *time_reasons(request.review, "review")]
    found += [*money_reasons(turn, request.money, "money"), *days_reasons(request.days)]
    words = [text for text in (request.cause, request.effect) if text]
    found += text_reasons(words, "text", Bilingual("原因和后果", "cause and effect"))
    if request.contingency is not None:
        found += _text(request.contingency, "contingency", Bilingual("应急措施", "the contingency action"))
    if not exercise(turn, turn.actor, None):
        found.append(may_not(turn, Bilingual("登记风险", "add a risk")))
    _refuse(found)
    money, days = loss_of(turn, risks, request.impact)
    lost = (money if request.money is None else request.money, days if request.days is None else request.days)
    risk = replace(
        _new(turn, risks, request, lost),
        owner=who,
        cause=request.cause,
        effect=request.effect,
        contingency=request.contingency,
        review_at=_when(turn, request.review),
    )
    if request.answering is not None:
        risk, reasons = answered(turn, risks.model, risk, request.answering)
        _refuse(reasons)
    record(turn, risk)
    settle(turn)


def raise_issue(turn: Turn, request: RaiseIssue) -> None:
    """What nobody had foreseen is an issue and the project has settled."""
    risks = _model(turn)
    who, reasons = resolve_named(turn, request.who or OWNER, "who")
    certain = max(risks.model.probabilities)
    found = [*closed_reasons(turn), *_about(request.title, request.category, turn.compiled.risk_categories), *reasons]
    found += [*step_reasons(risks.model, certain, request.impact), *time_reasons(request.due, "due")]
    if request.action is not None:
        found += _text(request.action, "action", Bilingual("措施", "the action"))
    if not exercise(turn, turn.actor, None):
        found.append(may_not(turn, Bilingual("登记问题", "raise an issue")))
    _refuse(found)
    lost = loss_of(turn, risks, request.impact)
    seen = AddRisk(
        title=request.title,
        category=request.category,
        probability=certain,
        impact=request.impact,
        actor=request.actor,
    )
    risk = replace(_new(turn, risks, seen, lost), owner=who, chance=Decimal(1), is_foreseen=False)
    begin_issue(turn, risk, Occasion(title=request.title, action=request.action, who=who, due=request.due))
    settle(turn)


def respond(turn: Turn, request: RespondToRisk) -> None:
    """The risk is answered so and the project has settled."""
    risk = _risk_of(turn, request)
    approvers = [party_of(one) for one in risk.awaits]
    reasons = [*_standing(turn, risk, RiskStatus.OPEN), *_rights(turn, risk, (*approvers, *_acceptors(turn, risk)))]
    after, more = answered(turn, _model(turn, risk).model, risk, request.answering)
    _refuse((*reasons, *more))
    record(turn, after)
    settle(turn)


def _acceptors(turn: Turn, risk: Risk) -> tuple[Party, ...]:
    """Who may accept what others may not, and so may answer the risk."""
    return _model(turn, risk).model.accept_by


def review(turn: Turn, request: ReviewRisk) -> None:
    """The risk was looked at, is as bad as it was judged, and the project has settled."""
    risk = _risk_of(turn, request)
    risks = _model(turn, risk)
    probability = risk.probability if request.probability is None else request.probability
    impact = risk.impact if request.impact is None else request.impact
    reasons = [*_standing(turn, risk, RiskStatus.OPEN), *_rights(turn, risk), *time_reasons(request.review, "review")]
    # What is as it was needs no place on the scale: an avoided risk has none.
    if (probability, impact) != (risk.probability, risk.impact):
        reasons += step_reasons(risks.model, probability, impact, lowest=0)
    reasons += [*money_reasons(turn, request.money, "money"), *days_reasons(request.days)]
    owner = risk.owner
    if request.who is not None:
        owner, more = resolve_named(turn, request.who or OWNER, "who")
        reasons += more
    if request.is_done:
        reasons += _hindrances(risk)
    _refuse(reasons)
    looked = replace(risk, owner=owner, reviewed_at=turn.now, review_at=_next_review(turn, risk, request.review))
    looked = _rejudged(turn, risks, looked, request)
    record(turn, _done(turn, looked) if request.is_done else looked)
    settle(turn)


def _rejudged(turn: Turn, risks: CompiledRisks, risk: Risk, request: ReviewRisk) -> Risk:
    """The risk as the review judges it; without a judgement as it was."""
    said = (request.probability, request.impact, request.money, request.days)
    if said == (None, None, None, None):
        return risk
    probability = risk.probability if request.probability is None else request.probability
    impact = risk.impact if request.impact is None else request.impact
    money, days = risk.money, risk.days
    if impact != risk.impact:
        money, days = shrunk(risks.model, (risk.impact, impact), (money, days))
    lost = (money if request.money is None else request.money, days if request.days is None else request.days)
    return replace(judged(risk, assessment(risks.model, probability, impact, lost)), assessed_by=turn.actor.id)


def _done(turn: Turn, risk: Risk) -> Risk:
    """The risk whose response is done: it is as bad as was to remain, where that was said."""
    before = risk.inherent or present(risk)
    after = risk if risk.residual is None else judged(risk, risk.residual)
    return replace(after, inherent=before, done_at=turn.now)


def _hindrances(risk: Risk) -> Iterable[Reason]:
    if risk.strategy is None:
        message = Bilingual("还没有应对，谈不上完成", "nothing is done without a response; respond first")
        yield reason_of("response", ReasonKind.MISSING, message)
    elif risk.awaits:
        listed = ", ".join(risk.awaits)
        message = Bilingual(f"接受风险仍待批准：{listed}", f"its acceptance waits for approval: {listed}")
        yield reason_of("accept", ReasonKind.APPROVAL, message)
    elif risk.done_at is not None:
        yield reason_of("response", ReasonKind.STATE, Bilingual("应对已经完成", "its response is done already"))


def _next_review(turn: Turn, risk: Risk, given: Due | None) -> datetime | None:
    rule = rule_of(turn, risk)
    if given is not None:
        return _when(turn, given)
    if rule is not None and rule.review is not None:
        return later(turn.now, rule.review, turn.compiled.calendar, turn.compiled.zone)
    # By hand no cadence is kept: what lies ahead stays, what was due has been done.
    return risk.review_at if risk.review_at is not None and risk.review_at > turn.now else None


def occur(turn: Turn, request: RiskOccurred) -> None:
    """The risk is an issue and the project has settled."""
    risk = _risk_of(turn, request)
    reasons = [*_ends(turn, risk, OCCUR), *_rights(turn, risk), *time_reasons(request.due, "due")]
    who = ""
    if request.who:
        who, more = resolve_named(turn, request.who, "who")
        reasons += more
    for text, name in ((request.title, "title"), (request.action, "action")):
        if text is not None:
            reasons += _text(text, name, Bilingual("标题和措施", "title and action"))
    _refuse(reasons)
    plan = occasion_of(turn, risk, rule_of(turn, risk))
    occasion = Occasion(
        title=request.title or plan.title,
        action=request.action or plan.action,
        who=who or plan.who,
        due=request.due or plan.due,
    )
    begin_issue(turn, risk, occasion)
    settle(turn)


def close(turn: Turn, request: CloseRisk) -> None:
    """The risk is closed without having occurred and the project has settled."""
    risk = _risk_of(turn, request)
    _refuse([*_ends(turn, risk, CLOSE), *_rights(turn, risk), *_unsaid(turn, "为何关闭", "why it is closed")])
    end(turn, risk, is_settled=not risk.rule.startswith(_BY_PERSON))
    settle(turn)


def resolve_issue(turn: Turn, request: ResolveIssue) -> None:
    """The issue is resolved, what it cost is kept, and the project has settled."""
    risk = _risk_of(turn, request)
    reasons = [*_ends(turn, risk, RESOLVE), *_rights(turn, risk), *_unsaid(turn, "如何解决", "how it was resolved")]
    reasons += [*money_reasons(turn, request.money, "money"), *days_reasons(request.days)]
    _refuse(reasons)
    issue = (
        None
        if risk.issue is None
        else replace(
            risk.issue,
            resolved_at=turn.now,
            resolved_by=turn.actor.id,
            resolution=turn.comment,
            money=request.money,
            days=request.days,
        )
    )
    end(turn, replace(risk, issue=issue), is_settled=not risk.rule.startswith(_BY_PERSON))
    settle(turn)


def _new(turn: Turn, risks: CompiledRisks, request: AddRisk, lost: tuple[Money | None, Decimal | None]) -> Risk:
    found = assessment(risks.model, request.probability, request.impact, lost)
    return Risk(
        id=_name_by_hand(turn),
        rule=f"{_BY_PERSON}{turn.actor.id}",
        title=request.title,
        category=request.category,
        probability=found.probability,
        impact=found.impact,
        score=found.score,
        level=found.level,
        owner="",
        opened_at=turn.now,
        chance=found.chance,
        money=found.money,
        days=found.days,
        assessed_by=turn.actor.id,
    )


def _name_by_hand(turn: Turn) -> str:
    number = sum(1 for risk in turn.draft.risks.values() if risk.rule.startswith(_BY_PERSON)) + 1
    return f"{BY_HAND}-{number}"


def _model(turn: Turn, risk: Risk | None = None) -> CompiledRisks:
    """The model that the risk is judged by: its rule's, else the workflow's first."""
    every = turn.compiled.risks
    if not every:
        zh = f"流程 {turn.compiled.workflow.id} 没有风险模型"
        en = f"the workflow {turn.compiled.workflow.id} has no risk model (uses: {{risks: [...]}})"
        raise RefusalError((reason_of("risks", ReasonKind.STATE, Bilingual(zh, en)),))
    name = "" if risk is None else risk.rule.partition(".")[0]
    return next((risks for risks in every if risks.model.id == name), every[0])


def _risk_of(turn: Turn, request: _Ask) -> Risk:
    risk = turn.draft.risks.get(request.risk)
    if risk is None:
        guess = guesses(request.risk, turn.draft.risks)
        zh, en = f"没有风险“{request.risk}”{guess.zh}", f'there is no risk "{request.risk}"{guess.en}'
        raise RefusalError((reason_of(request.risk, ReasonKind.VALUE, Bilingual(zh, en)),))
    return risk


def _ends(turn: Turn, risk: Risk, event: str) -> list[Reason]:
    """The reason against what leads out of the risk's status, where nothing does."""
    if not turn.draft.is_open:
        return closed_reasons(turn)
    return [] if status_after(risk, event) is not None else [_elsewhere(risk)]


def _standing(turn: Turn, risk: Risk, status: RiskStatus) -> list[Reason]:
    if not turn.draft.is_open:
        return closed_reasons(turn)
    return [] if risk.status is status else [_elsewhere(risk)]


def _elsewhere(risk: Risk) -> Reason:
    status, ways = _STATUSES[risk.status], _WAYS[risk.status]
    zh, en = f"风险“{risk.id}”{status.zh}{ways.zh}", f'the risk "{risk.id}" is {status.en}{ways.en}'
    return reason_of(risk.id, ReasonKind.STATE, Bilingual(zh, en))


def _rights(turn: Turn, risk: Risk, more: Iterable[Party] = ()) -> list[Reason]:
    parties = [Party(OWNER), Party(MANAGER), party_of(risk.owner), *more]
    if risk.rule.startswith(_BY_PERSON):
        parties.append(party_of(risk.rule))
    if exercise(turn, turn.actor, parties):
        return []
    return [may_not(turn, Bilingual(f"处理风险“{risk.id}”", f'do this to the risk "{risk.id}"'), parties)]


def _about(title: Bilingual, category: str, known: Collection[str]) -> list[Reason]:
    reasons = _text(title, "title", Bilingual("标题", "the title"))
    if category not in known:
        guess = guesses(category, known)
        listed = ", ".join(known)
        zh = f"没有风险类别“{category}”{guess.zh}；可用：{listed}"
        en = f'there is no category "{category}"{guess.en}; known: {listed}'
        reasons.append(reason_of("category", ReasonKind.VALUE, Bilingual(zh, en)))
    return reasons


def _text(text: Bilingual, name: str, noun: Bilingual) -> list[Reason]:
    return text_reasons((text.zh, text.en), name, noun)


def _unsaid(turn: Turn, zh: str, en: str) -> list[Reason]:
    if turn.comment.strip():
        return []
    return [reason_of("comment", ReasonKind.COMMENT, Bilingual(f"请说明{zh}", f"say {en}"))]


def _when(turn: Turn, due: Due | None) -> datetime | None:
    return None if due is None else tasks.due_at(turn, due)


def _refuse(reasons: Iterable[Reason]) -> None:
    if found := tuple(reasons):
        raise RefusalError(found)
