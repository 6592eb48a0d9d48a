"""Scorecards: KPI values become points, points a total, the total a grade. Knows not where the values come from."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from typing import Final

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.moments import microseconds
from salespm_flow.expr.values import Money, Value, WorkingDays
from salespm_flow.model.rules import Criterion, Missing, Scorecard
from salespm_flow.nouns import dataclass

AT_FLOOR: Final = Decimal(0)
AT_TARGET: Final = Decimal(100)
AT_STRETCH: Final = Decimal(120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one criterion gave; `points` is None where the KPI has no value, `weight` is the card's, in 0..1."""

    criterion: str
    value: Value
    points: Decimal | None
    weight: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A scored card.

    `total` is the weighted mean of the points (0..120), None when nothing could be scored, then `grade` is None too.
    `earned` is the grade before any veto, `capped_by` the vetoes that lowered it, `undecided` those that are unknown;
    an unknown veto lowers nothing. `missing` are the criteria without a value.
    """

    card: str
    total: Decimal | None
    grade: str | None
    earned: str | None
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    capped_by: tuple[str, ...]
    undecided: tuple[str, ...]


def score(card: Scorecard, kpis: Mapping[str, Value], vetoes: Mapping[str, bool | None]) -> Score:
    """The card filled in with these KPI values.

    Args:
        card: criteria, grades and vetoes.
        kpis: values by KPI id; absent and None both mean that there is no value.
        vetoes: whether each veto's `when` holds, by veto id.
    """
    lines = tuple(_line(criterion, kpis.get(criterion.kpi)) for criterion in card.criteria.values())
    total = _total(lines, card.missing)
    earned = None if total is None else _grade(card, total)
    capped_by = tuple(name for name in card.veto if vetoes.get(name) and _is_lowered(card, earned, name))
    caps = [card.veto[name].cap for name in capped_by]
    order = tuple(card.grades)
    return Score(
        card=card.id,
        total=total,
        grade=max(caps, key=order.index) if caps else earned,
        earned=earned,
        lines=lines,
        missing=tuple(line.criterion for line in lines if line.points is None),
        capped_by=capped_by,
        undecided=tuple(name for name in card.veto if vetoes.get(name) is None),
    )


def points(criterion: Criterion, value: Value) -> Decimal | None:
    """The points of a value: floor, target and stretch earn 0, 100 and 120, straight lines between, flat outside.

    A floor above the target means that less is better. Without a stretch nothing earns more than 100. None for a value
    that is absent or not measured as the criterion is (another currency, a number for a duration).
    """
    floor, target = measure(criterion.floor, criterion.target), measure(criterion.target, criterion.target)
    reached, stretch = measure(value, criterion.target), measure(criterion.stretch, criterion.target)
    if floor is None or target is None or reached is None:
        return None
    if target < floor:
        # Mirrored at zero, less becomes more, and one reading of the line does for both directions.
        floor, target, reached = -floor, -target, -reached
        stretch = None if stretch is None else -stretch
    if reached < target:
        return _between(AT_FLOOR, AT_TARGET, _share(floor, target, reached))
    if stretch is None:
        return AT_TARGET
    return _between(AT_TARGET, AT_STRETCH, _share(target, stretch, reached))


def _line(criterion: Criterion, value: Value) -> Line:
    return Line(criterion=criterion.id, value=value, points=points(criterion, value), weight=criterion.weight)


def _total(lines: tuple[Line, ...], missing: Missing) -> Decimal | None:
    """The weighted mean; criteria without a value leave the mean or count as zero. None if no criterion has one."""
    scored = [(line.points, line.weight) for line in lines if line.points is not None]
    if missing is Missing.ZERO and scored:
        scored += [(AT_FLOOR, line.weight) for line in lines if line.points is None]
    weight = reduce(CONTEXT.add, (share for _, share in scored), Decimal(0))
    if not weight:
        return None
    return CONTEXT.divide(reduce(CONTEXT.add, (CONTEXT.multiply(*one) for one in scored), Decimal(0)), weight)


def _grade(card: Scorecard, total: Decimal) -> str | None:
    """The best grade that the total reaches, under all of them the worst."""
    reached = (name for name, lowest in card.grades.items() if total >= lowest)
    return next(reached, next(reversed(tuple(card.grades)), None))


def _is_lowered(card: Scorecard, earned: str | None, veto: str) -> bool:
    order = tuple(card.grades)
    return earned is not None and order.index(card.veto[veto].cap) > order.index(earned)


def measure(value: Value, like: Value) -> Decimal | None:
    """The value as a number comparable with `like`; None where the two are not of one kind."""
    match value, like:
        case Money(amount=amount, currency=one), Money(currency=other):
            return amount if one == other else None
        case timedelta(), timedelta():
            return Decimal(microseconds(value))
        case WorkingDays(days=days), WorkingDays():
            return days
        case Decimal(), Decimal():
            return value
        case _:
            return None


def _share(low: Decimal, high: Decimal, reached: Decimal) -> Decimal:
    """How far `reached` is from `low` to `high`, clamped to 0..1; without width between them, all or nothing."""
    if high <= low:
        return Decimal(reached >= high)
    return min(max(CONTEXT.divide(CONTEXT.subtract(reached, low), CONTEXT.subtract(high, low)), Decimal(0)), Decimal(1))


def _between(low: Decimal, high: Decimal, share: Decimal) -> Decimal:
    return CONTEXT.add(low, CONTEXT.multiply(high - low, share))
