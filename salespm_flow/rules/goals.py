"""Where goals stand: attainment and pace by working days, and what the parts of a goal come to together.

Knows neither files nor where the actual value comes from.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Final

from salespm_flow.errors import CalendarError
from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.syntax import Call, walk
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.goals import Goal
from salespm_flow.model.rules import Basis, Better, Kpi
from salespm_flow.nouns import dataclass
from salespm_flow.rules.scorecard import measure
from salespm_flow.working_time import Calendar, working_days_count

_DAY: Final = timedelta(days=1)
# A figure made with one of these does not grow with the days of a period.
_LEVELS: Final = frozenset({"mean", "median", "min", "max", "mode", "stddev"})
ON_PACE: Final = Decimal(1)


class Progress(StrEnum):
    """Where a goal stands on a day."""

    UNKNOWN = "unknown"
    AHEAD_OF_START = "not_started"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    REACHED = "reached"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A goal on a day; what cannot be known is None.

    `attainment` is actual against target (1 is reached), `elapsed` the share of the period's working days that have
    begun, in 0..1, `pace` attainment over elapsed (1 is on the line), `projected` what the pace leads to at the end.
    """

    goal: Goal
    actual: Value
    attainment: Decimal | None
    elapsed: Decimal | None
    pace: Decimal | None
    projected: Value
    progress: Progress


def stand(goal: Goal, kpi: Kpi | None, actual: Value, *, today: date, calendar: Calendar) -> Standing:
    """The goal's standing on `today`, which counts as begun.

    A total (money or a count that sums up) should grow with the working days; a level (a share, a mean) should be
    there all the time, so its pace is its attainment. Where less is better, attainment is the way made from the
    baseline to the target, without a baseline target over actual.
    """
    attainment = _attainment(goal, kpi, actual)
    elapsed = elapsed_share(goal, today, calendar)
    is_summed = kpi is not None and is_total(kpi)
    pace, projected = attainment, None
    if is_summed:
        pace = None if attainment is None or not elapsed else CONTEXT.divide(attainment, elapsed)
        projected = _projected(actual, elapsed)
    elif elapsed is None or not elapsed:
        pace = None
    return Standing(
        goal=goal,
        actual=actual,
        attainment=attainment,
        elapsed=elapsed,
        pace=pace,
        projected=projected,
        progress=_progress(goal, attainment, pace, today),
    )


def elapsed_share(goal: Goal, today: date, calendar: Calendar) -> Decimal | None:
    """The share of the goal's working days that have begun on `today`.

    None without both dates or a working day, and for a period that is too long to be counted: one such goal must not
    take the others' figures away.
    """
    if goal.starts_on is None or goal.ends_on is None or goal.ends_on < goal.starts_on:
        return None
    after = _next(goal.ends_on)
    begun = min(max(_next(today), goal.starts_on), after)
    try:
        whole = working_days_count(calendar, goal.starts_on, after)
        gone = working_days_count(calendar, goal.starts_on, begun)
    except CalendarError:
        return None
    return CONTEXT.divide(Decimal(gone), Decimal(whole)) if whole else None


def is_total(kpi: Kpi) -> bool:
    """Whether the figure adds up over time and over parts: money or a count, neither a stock nor a mean."""
    if kpi.unit in {"percent", "ratio", "d", "h"} or kpi.basis is Basis.AS_OF or kpi.formula is None:
        return False
    return not any(isinstance(node, Call) and node.function in _LEVELS for node, _ in walk(kpi.formula.node))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What the parts of a goal come to: the targets of its children, or what its tasks contribute.

    `missing` is positive where the parts come to less than the target. `is_whole` says that the parts claim to be
    all of it: children that fill the parent's period without a gap, or tasks that all state their part.
    """

    goal: Goal
    parts: tuple[str, ...]
    sum: Value
    missing: Decimal
    is_whole: bool


def child_sum(goal: Goal, children: Iterable[Goal], kpi: Kpi | None) -> Sum | None:
    """The sum of the children that aim at the same KPI; None where a sum says nothing (a level, nothing to sum)."""
    parts = tuple(
        child for child in children if child.kpi == goal.kpi and measure(child.target, goal.target) is not None
    )
    if kpi is None or not is_total(kpi) or not parts or goal.target is None:
        return None
    return _sum(goal, {part.id: part.target for part in parts}, is_whole=_fills(goal, parts))


def task_sum(goal: Goal) -> Sum | None:
    """The sum of what the goal's tasks contribute; None where none says."""
    parts = {task.id: task.contributes for task in goal.tasks if measure(task.contributes, goal.target) is not None}
    if goal.target is None or not parts:
        return None
    return _sum(goal, parts, is_whole=len(parts) == len(goal.tasks))


def _sum(goal: Goal, parts: Mapping[str, Value], *, is_whole: bool) -> Sum:
    amounts = [amount for part in parts.values() if (amount := measure(part, goal.target)) is not None]
    total = reduce(CONTEXT.add, amounts, Decimal(0))
    target = measure(goal.target, goal.target) or Decimal(0)
    summed = Money(total, goal.target.currency) if isinstance(goal.target, Money) else total
    missing = CONTEXT.subtract(target, total)
    return Sum(goal=goal, parts=tuple(parts), sum=summed, missing=missing, is_whole=is_whole)


def _fills(goal: Goal, parts: Iterable[Goal]) -> bool:
    """Whether the periods of the parts together hold every day of the goal's."""
    if goal.starts_on is None or goal.ends_on is None:
        return False
    periods = sorted((part.starts_on, part.ends_on) for part in parts if part.starts_on and part.ends_on)
    reached = goal.starts_on
    for start, end in periods:
        if start > reached:
            return False
        reached = max(reached, _next(end))
    return reached > goal.ends_on


def _attainment(goal: Goal, kpi: Kpi | None, actual: Value) -> Decimal | None:
    reached, target = measure(actual, goal.target), measure(goal.target, goal.target)
    if reached is None or target is None:
        return None
    if kpi is None or kpi.better is Better.HIGHER:
        return CONTEXT.divide(reached, target) if target else None
    baseline = measure(goal.baseline, goal.target)
    if baseline is not None and baseline != target:
        return CONTEXT.divide(CONTEXT.subtract(baseline, reached), CONTEXT.subtract(baseline, target))
    return CONTEXT.divide(target, reached) if reached else None


def _projected(actual: Value, elapsed: Decimal | None) -> Value:
    if not elapsed:
        return None
    match actual:
        case Money(amount=amount, currency=currency):
            return Money(CONTEXT.divide(amount, elapsed), currency)
        case Decimal():
            return CONTEXT.divide(actual, elapsed)
        case _:
            return None


def _progress(goal: Goal, attainment: Decimal | None, pace: Decimal | None, today: date) -> Progress:
    if goal.starts_on is not None and today < goal.starts_on:
        return Progress.AHEAD_OF_START
    if attainment is None:
        return Progress.UNKNOWN
    if attainment >= 1:
        return Progress.REACHED
    if goal.ends_on is not None and today > goal.ends_on:
        return Progress.MISSED
    if pace is None:
        return Progress.UNKNOWN
    return Progress.ON_PACE if pace >= ON_PACE else Progress.BEHIND


def _next(day: date) -> date:
    return day if day == date.max else day + _DAY
