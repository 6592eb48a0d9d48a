"""Risks: how bad one is, what it may cost, how bad all are together, and which entries a rule opens or closes.

Whether a rule's `when` is true is found elsewhere; here nothing is evaluated and no clock is read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from salespm_flow.model.expression import Duration, Party
from salespm_flow.model.project import Assessment, Risk
from salespm_flow.model.rules import Level, RiskModel, RiskRule
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.nouns import dataclass
from salespm_flow.rules.exposure import Loss, shrunk

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSummary:
    """The standing risks together: the worst score and level (None without one) and how many are open.

    What has occurred and is not resolved counts for the worst, not for the open ones.
    """

    score: int | None
    level: str | None
    open: int


def assess(model: RiskModel, probability: int, impact: int) -> tuple[int, str]:
    """The score of two steps of the model's scales, probability times impact, and the level whose band holds it.

    A score that lies in no band belongs to the nearest band below it, under all bands to the lowest one.
    """
    score = probability * impact
    reached = [level.id for level in model.levels if level.lowest <= score]
    return score, reached[-1] if reached else model.levels[0].id


def assessment(model: RiskModel, probability: int, impact: int, lost: Loss) -> Assessment:
    """The whole judgement of two steps; a probability of 0 is none at all, as of an avoided risk."""
    score, level = assess(model, probability, impact)
    chance = model.probabilities.get(probability, _NOTHING)
    money, days = lost
    return Assessment(
        probability=probability, impact=impact, score=score, level=level, chance=chance, money=money, days=days
    )


def judged(risk: Risk, found: Assessment) -> Risk:
    """The risk with another judgement of how bad it is now."""
    return replace(
        risk,
        probability=found.probability,
        impact=found.impact,
        score=found.score,
        level=found.level,
        chance=found.chance,
        money=found.money,
        days=found.days,
    )


def present(risk: Risk) -> Assessment:
    """How bad the risk is now."""
    return Assessment(
        probability=risk.probability,
        impact=risk.impact,
        score=risk.score,
        level=risk.level,
        chance=_NOTHING if risk.chance is None else risk.chance,
        money=risk.money,
        days=risk.days,
    )


def summary(risks: Iterable[Risk], levels: Sequence[Level]) -> RiskSummary:
    """The worst score and the worst level among the standing risks.

    Args:
        risks: entries of a register, open or not.
        levels: the bands of all models that made these entries; of two levels the one whose band starts higher is
            the worse. Where two models give one name to different bands, the higher band counts.
    """
    severity: dict[str, int] = {}
    for level in levels:
        severity[level.id] = max(level.lowest, severity.get(level.id, level.lowest))
    standing = [risk for risk in risks if risk.is_standing]
    if not standing:
        return RiskSummary(score=None, level=None, open=0)
    worst = max(standing, key=lambda risk: (severity.get(risk.level, 0), risk.score))
    return RiskSummary(
        score=max(risk.score for risk in standing),
        level=worst.level,
        open=sum(risk.status is RiskStatus.OPEN for risk in standing),
    )


def due_changes(
    model: RiskModel,
    truths: Mapping[str, bool | None],
    register: Mapping[str, Risk],
    now: datetime,
    *,
    due: Callable[[Duration], datetime],
    resolve: Callable[[Party], str],
    lost: Callable[[RiskRule], Loss] = lambda _: (None, None),
) -> tuple[Risk, ...]:
    """The entries to write so that the register says what the rules say, in the order of the rules.

    A rule that is true opens an entry unless one of it stands, or was ended by a person while the rule held; false
    closes the open one and lets the rule open another; null (or absent from `truths`) changes nothing, because what is
    unknown neither began nor ended. What has occurred stands until its issue is resolved.

    Args:
        model: the rules.
        truths: whether each rule's `when` holds, by rule id.
        register: all entries of the project by id, those of other models and those opened by hand included.
        now: when entries open and close.
        due: the moment that lies a duration after `now`, by the calendar in force.
        resolve: the party as `Risk.owner` holds it.
        lost: the money and the days that a rule's risk costs if it occurs, as they are now.
    """
    changes: list[Risk] = []
    known = _by_rule(register.values())
    for rule in model.rules.values():
        truth = truths.get(rule.id)
        if truth is None or not (truth or known):
            continue
        past = known.get(f"{model.id}.{rule.id}", ())
        if not truth:
            changes.extend(_ended(past, now))
        elif any(risk.is_standing or risk.is_settled for risk in past):
            changes.extend(_renewed(model, rule, past, lost))
        else:
            entry = _opened(model, rule, (len(past) + 1, now), lost(rule))
            changes.append(_dated(entry, rule, due=due, resolve=resolve))
    return tuple(changes)


def _by_rule(entries: Iterable[Risk]) -> Mapping[str, list[Risk]]:
    known: dict[str, list[Risk]] = {}
    for risk in entries:
        known.setdefault(risk.rule, []).append(risk)
    return known


def _ended(past: Iterable[Risk], now: datetime) -> Iterator[Risk]:
    for risk in past:
        if risk.status is RiskStatus.OPEN:
            yield replace(risk, status=RiskStatus.CLOSED, closed_at=now, review_at=None)
        elif risk.is_settled:
            yield replace(risk, is_settled=False)


def _renewed(
    model: RiskModel,
    rule: RiskRule,
    past: Iterable[Risk],
    lost: Callable[[RiskRule], Loss],
) -> Iterator[Risk]:
    """The open entries whose loss is another now; what a person judged, or a response has changed, stays as it is."""
    for risk in past:
        if risk.status is not RiskStatus.OPEN or risk.assessed_by or risk.done_at is not None:
            continue
        now_lost = lost(rule)
        if now_lost == (risk.money, risk.days):
            continue
        found = assessment(model, risk.probability, risk.impact, now_lost)
        yield replace(judged(risk, found), residual=_residual(model, rule, now_lost))


def _opened(model: RiskModel, rule: RiskRule, numbered: tuple[int, datetime], lost: Loss) -> Risk:
    """The new entry, by its number among the rule's and when it opens; who and by when are filled in by `_dated`."""
    number, now = numbered
    found = assessment(model, rule.probability, rule.impact, lost)
    response = rule.response
    return Risk(
        id=f"{model.id}.{rule.id}#{number}",
        rule=f"{model.id}.{rule.id}",
        title=rule.title,
        category=rule.category,
        probability=found.probability,
        impact=found.impact,
        score=found.score,
        level=found.level,
        owner="",
        opened_at=now,
        chance=found.chance,
        money=found.money,
        days=found.days,
        strategy=None if response is None else response.strategy.value,
        response=None if response is None else response.title,
        party="" if response is None or response.party is None else f"role:{response.party}",
        cost=None if response is None else response.cost,
        residual=_residual(model, rule, lost),
        contingency=None if rule.contingency is None else rule.contingency.title,
    )


def _dated(
    entry: Risk, rule: RiskRule, *, due: Callable[[Duration], datetime], resolve: Callable[[Party], str]
) -> Risk:
    length = None if rule.response is None else rule.response.due
    approval = None if rule.response is None else rule.response.approval
    return replace(
        entry,
        owner=resolve(rule.who),
        awaits=() if approval is None else tuple(resolve(party) for party in approval.by),
        agree_by=None if approval is None or approval.due is None else due(approval.due),
        due_at=None if length is None else due(length),
        review_at=None if rule.review is None else due(rule.review),
    )


def _residual(model: RiskModel, rule: RiskRule, lost: Loss) -> Assessment | None:
    """How bad the rule's risk is to be after its response.

    Where the impact stays, so does what it costs; else the loss shrinks as the scale says, or as the steps do.
    """
    if rule.response is None or rule.response.residual is None:
        return None
    left = rule.response.residual
    return assessment(model, left.probability, left.impact, shrunk(model, (rule.impact, left.impact), lost))
