"""What a response to a risk must prove before it counts, and the risk with it. Each strategy proves something else."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.named_parties import party_of, resolve_named
from salespm_flow.engine.parties import right_of
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.registers import tasks
from salespm_flow.engine.registers.risks import rule_of
from salespm_flow.engine.requests.flaws import text_reasons, time_reasons
from salespm_flow.engine.turn import Turn
from salespm_flow.expr.values import Money
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.project import Assessment, Risk
from salespm_flow.model.risk_requests import Answering
from salespm_flow.model.rules import RiskModel, Strategy
from salespm_flow.rules.exposure import shrunk
from salespm_flow.rules.risk import assessment, present

_MANAGER = (Party(PartyKind.MANAGER),)
# Two centuries of working days; a sum of such delays can still be shown and rounded.
MOST_DAYS: Final = 50_000


def answered(turn: Turn, model: RiskModel, risk: Risk, answering: Answering) -> tuple[Risk, tuple[Reason, ...]]:
    """The risk with the response in place of any former one, and every reason against it."""
    party, reasons = resolve_named(turn, answering.party, "party") if answering.party else ("", ())
    residual = _residual(model, risk, answering)
    found = [
        *text_reasons((answering.title.zh, answering.title.en), "response", Bilingual("应对", "the response")),
        *time_reasons(answering.due, "due"),
        *money_reasons(turn, answering.cost, "cost"),
        *money_reasons(turn, answering.money, "money"),
        *days_reasons(answering.days),
        *reasons,
    ]
    if answering.residual is not None:
        found += step_reasons(model, answering.residual.probability, answering.residual.impact, lowest=0)
    if not found:
        found += _unproven(turn, model, risk, (answering, residual))
    if found:
        return risk, tuple(found)
    is_accepted = answering.strategy is Strategy.ACCEPT
    return replace(
        risk,
        strategy=answering.strategy.value,
        response=answering.title,
        due_at=None if answering.due is None else tasks.due_at(turn, answering.due),
        party=party,
        cost=answering.cost,
        residual=residual,
        scope_change=answering.scope_change.strip(),
        approved_by=turn.actor.id if is_accepted and not _is_below(model, risk) else "",
        awaits=(),
        done_at=None,
    ), ()


def _residual(model: RiskModel, risk: Risk, answering: Answering) -> Assessment | None:
    left = answering.residual
    if left is None:
        return None
    money, days = shrunk(model, (risk.impact, left.impact), (risk.money, risk.days))
    lost = (money if answering.money is None else answering.money, days if answering.days is None else answering.days)
    return assessment(model, left.probability, left.impact, lost)


def _unproven(
    turn: Turn, model: RiskModel, risk: Risk, proposed: tuple[Answering, Assessment | None]
) -> Iterator[Reason]:
    """The reason why the response does not prove what its strategy claims."""
    answering, residual = proposed
    match answering.strategy:
        case Strategy.AVOID if (residual is None or residual.chance > 0) and not answering.scope_change.strip():
            yield _reason(
                "residual",
                "规避须使剩余概率为 0，或记录范围变更",
                "to avoid a risk leaves it a probability of 0, or records a change of scope",
            )
        case Strategy.TRANSFER:
            if not answering.party:
                yield _reason("party", "转移须写明转给谁", "to transfer a risk names who takes it")
            if answering.cost is None:
                yield _reason("cost", "转移须写明代价", "to transfer a risk says what that costs")
        case Strategy.MITIGATE if residual is None or residual.score >= present(risk).score:
            yield _reason(
                "residual",
                f"减轻须使剩余分低于 {risk.score}",
                f"to mitigate a risk leaves it a score below {risk.score}",
            )
        case Strategy.ACCEPT if not _is_below(model, risk):
            yield from _not_approved(turn, model, risk)
        case _:
            return


def _is_below(model: RiskModel, risk: Risk) -> bool:
    """Whether anybody who may answer the risk may accept it."""
    bound = next((level.lowest for level in model.levels if level.id == model.accept_below), None)
    return bound is not None and risk.score < bound


def _not_approved(turn: Turn, model: RiskModel, risk: Risk) -> Iterator[Reason]:
    rule = rule_of(turn, risk)
    approval = None if rule is None or rule.response is None else rule.response.approval
    # Whom it was escalated to is among those it waits for.
    own = () if approval is None else tuple(dict.fromkeys((*approval.by, *map(party_of, risk.awaits))))
    parties = own or model.accept_by or _MANAGER
    if right_of(turn, turn.actor, parties) is not None:
        return
    names = [party.name or party.kind.value for party in parties]
    zh = f"等级 {risk.level} 的风险须由 {'、'.join(names)} 接受"
    en = f"a risk of the level {risk.level} can be accepted only by {', '.join(names)}"
    yield reason_of("accept", ReasonKind.APPROVAL, Bilingual(zh, en))


def _reason(name: str, zh: str, en: str) -> Reason:
    return reason_of(name, ReasonKind.MISSING, Bilingual(zh, en))


def step_reasons(model: RiskModel, probability: int, impact: int, *, lowest: int = 1) -> Iterator[Reason]:
    """The reasons against steps that the model's scales do not have; `lowest` 0 allows none at all."""
    scales = (
        ("probability", probability, tuple(model.probabilities), Bilingual("概率等级", "the step of probability")),
        ("impact", impact, tuple(model.impacts), Bilingual("影响等级", "the step of impact")),
    )
    for name, step, known, noun in scales:
        if step in known or step == lowest == 0:
            continue
        listed = ", ".join(str(one) for one in known)
        zh, en = (
            f"{noun.zh} {step} 不在量表中；可用：{listed}",
            f"{noun.en} {step} is not on the scale; known: {listed}",
        )
        yield reason_of(name, ReasonKind.VALUE, Bilingual(zh, en))


def money_reasons(turn: Turn, money: Money | None, name: str) -> Iterator[Reason]:
    """The reason against an amount that is below zero, no number, or not in the currency of the project's risks."""
    if money is None:
        return
    currency = turn.compiled.risk_currency
    if money.currency != currency:
        zh, en = (
            f"{name}：风险按 {currency} 计，不是 {money.currency}",
            f"{name}: risks count in {currency}, not {money.currency}",
        )
        yield reason_of(name, ReasonKind.VALUE, Bilingual(zh, en))
    elif not money.amount.is_finite() or money.amount < 0:
        yield reason_of(name, ReasonKind.VALUE, Bilingual(f"{name} 不能为负数", f"{name} must not be below zero"))


def days_reasons(days: Decimal | None) -> Iterator[Reason]:
    """The reason against days below zero, or more than any calendar could count."""
    if days is None or (days.is_finite() and 0 <= days <= MOST_DAYS):
        return
    message = Bilingual("天数不能为负数", "days must not be below zero")
    if days > MOST_DAYS:
        message = Bilingual(f"天数不能超过 {MOST_DAYS:,}", f"days must not be more than {MOST_DAYS:,}")
    yield reason_of("days", ReasonKind.VALUE, message)
