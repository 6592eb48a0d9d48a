"""Risks: how bad one is, how bad the open ones are together, and which entries a rule opens or closes.

Whether a rule's `when` is true is found elsewhere; here nothing is evaluated and no clock is read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from salespm_flow.model.expression import Duration, Party
from salespm_flow.model.project import Risk, RiskStatus
from salespm_flow.model.rules import Level, RiskModel, RiskRule


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSummary:
    """The open risks together: the worst score and level (None without an open risk) and how many are open."""

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


def summary(risks: Iterable[Risk], levels: Sequence[Level]) -> RiskSummary:
    """The worst score and the worst level among the open risks.

    Args:
        risks: entries of a register, open or not.
        levels: the bands of all models that made these entries; of two levels the one whose band starts higher is
            the worse. Where two models give one name to different bands, the higher band counts.
    """
    severity: dict[str, int] = {}
    for level in levels:
        severity[level.id] = max(level.lowest, severity.get(level.id, level.lowest))
    standing = [risk for risk in risks if risk.status is RiskStatus.OPEN]
    if not standing:
        return RiskSummary(score=None, level=None, open=0)
    worst = max(standing, key=lambda risk: (severity.get(risk.level, 0), risk.score))
    return RiskSummary(score=max(risk.score for risk in standing), level=worst.level, open=len(standing))


def due_changes(
    model: RiskModel,
    truths: Mapping[str, bool | None],
    register: Mapping[str, Risk],
    now: datetime,
    *,
    due: Callable[[Duration], datetime],
    resolve: Callable[[Party], str],
) -> tuple[Risk, ...]:
    """The entries to write so that the register says what the rules say, in the order of the rules.

    A rule that is true opens an entry unless one of it is open; false closes the open one; null (or absent from
    `truths`) changes nothing, because what is unknown neither began nor ended.

    Args:
        model: the rules.
        truths: whether each rule's `when` holds, by rule id.
        register: all entries of the project by id, those of other models and those opened by hand included.
        now: when entries open and close.
        due: the moment that lies a duration after `now`, by the calendar in force.
        resolve: the party as `Risk.owner` holds it.
    """
    changes: list[Risk] = []
    known: dict[str, list[Risk]] = {}
    for risk in register.values():
        known.setdefault(risk.rule, []).append(risk)
    for rule in model.rules.values():
        truth = truths.get(rule.id)
        if truth is None or not (truth or known):
            continue
        origin = f"{model.id}.{rule.id}"
        past = known.get(origin, ())
        standing = [risk for risk in past if risk.status is RiskStatus.OPEN]
        if truth and not standing:
            length = None if rule.response is None else rule.response.due
            entry = _opened(model, rule, f"{origin}#{len(past) + 1}", now)
            changes.append(replace(entry, owner=resolve(rule.who), due_at=None if length is None else due(length)))
        elif not truth:
            changes.extend(replace(risk, status=RiskStatus.CLOSED, closed_at=now) for risk in standing)
    return tuple(changes)


def _opened(model: RiskModel, rule: RiskRule, identity: str, now: datetime) -> Risk:
    """The new entry; its owner and due time are filled in by the caller."""
    score, level = assess(model, rule.probability, rule.impact)
    response = rule.response
    return Risk(
        id=identity,
        rule=f"{model.id}.{rule.id}",
        title=rule.title,
        category=rule.category,
        probability=rule.probability,
        impact=rule.impact,
        score=score,
        level=level,
        owner="",
        opened_at=now,
        strategy=None if response is None else response.strategy.value,
        response=None if response is None else response.title,
    )
