"""The values of one term cut into cells, on each of which every comparison with the constants at hand is the same."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import floor
from typing import Final

from salespm_flow.expr.types import EnumType, Kind, MoneyType, Typed, kind_of
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field, ListOf
from salespm_flow.model.library import Reference
from salespm_flow.solve.domain import (
    ANY_TEXT,
    Choice,
    Domain,
    Free,
    Measure,
    Ordered,
    domain_of,
    measure_of,
    refined,
    tick_near,
    value_at,
)

TODAY: Final = date(2026, 1, 5)
_FINE: Final = Fraction(1, 10**8)
_FAR: Final = 10**20
_MOST_CHOICES: Final = 200
_MEASURES: Final = {
    Kind.NUMBER: (Measure.NUMBER, _FINE),
    Kind.PERCENT: (Measure.NUMBER, _FINE),
    Kind.MONEY: (Measure.MONEY, _FINE),
    Kind.DATE: (Measure.DATE, Fraction(1)),
    Kind.DATETIME: (Measure.DATETIME, Fraction(1)),
    Kind.DURATION: (Measure.DURATION, Fraction(1)),
}
# What terms may be to be cut into cells.
CUT: Final = frozenset({*_MEASURES, Kind.BOOLEAN, Kind.TEXT, Kind.ENUM, Kind.REF})


def field_cells(field: Field, references: Mapping[str, Reference], spoken: Iterable[Value]) -> tuple[Value, ...] | None:
    """A value out of each cell of a stored field; None where its values cannot be cut."""
    if isinstance(field.type, ListOf):
        return None
    return _cells(domain_of(field, references), tuple(spoken))


def typed_cells(typed: Typed, spoken: Iterable[Value], *, is_count: bool = False) -> tuple[Value, ...] | None:
    """A value out of each cell of a term of that type, whatever it is worked out from; None as above."""
    kind = kind_of(typed.type)
    if isinstance(typed.type, EnumType):
        return _cells(Choice(values=typed.type.values), tuple(spoken))
    if kind is Kind.BOOLEAN:
        return (True, False)
    if kind in {Kind.TEXT, Kind.REF}:
        return _cells(Free(sample=ANY_TEXT), tuple(spoken))
    if kind not in _MEASURES:
        return None
    measure, step = _MEASURES[kind]
    if is_count:
        step = Fraction(1)
    currency = typed.type.currency or "" if isinstance(typed.type, MoneyType) else ""
    domain = Ordered(
        measure=measure,
        step=step,
        low=0 if is_count else -_FAR,
        high=_FAR,
        is_low_open=True,
        is_high_open=True,
        currency=currency,
    )
    if measure not in {Measure.NUMBER, Measure.MONEY}:
        domain = _within_calendar(domain)
    return _cells(domain, tuple(spoken))


def _within_calendar(domain: Ordered) -> Ordered:
    lowest = {Measure.DATE: date(1970, 1, 1).toordinal(), Measure.DATETIME: 0}.get(domain.measure, -10 * 366 * 24)
    highest = {
        Measure.DATE: date(2199, 12, 31).toordinal(),
        Measure.DATETIME: 230 * 366 * 24 * 60,
    }.get(domain.measure, 10 * 366 * 24)
    return Ordered(
        measure=domain.measure, step=domain.step, low=lowest, high=highest, is_low_open=True, is_high_open=True
    )


def _cells(domain: Domain, spoken: tuple[Value, ...]) -> tuple[Value, ...] | None:
    match domain:
        case Choice(values=values) if len(values) > _MOST_CHOICES:
            known = frozenset(values)
            named = dict.fromkeys(value for value in spoken if value in known)
            return (*named, next(value for value in values if value not in named))
        case Choice(values=values):
            return values
        case Free(sample=str() as sample):
            return (sample, *dict.fromkeys(value for value in spoken if isinstance(value, str)))
        case Ordered():
            return _ordered_cells(domain, spoken)
        case _:
            return None


def _ordered_cells(domain: Ordered, spoken: tuple[Value, ...]) -> tuple[Value, ...] | None:
    points = [measure_of(value) for value in spoken]
    known = [point for point in points if point is not None]
    if len(known) < len(points):
        return None
    domain = refined(domain, known)
    cuts: set[int] = set()
    for point in known:
        tick = point / domain.step
        cuts |= {int(tick), int(tick) + 1} if tick.denominator == 1 else {floor(tick) + 1}
    starts = [domain.low, *sorted(cut for cut in cuts if domain.low < cut <= domain.high)]
    ends = [start - 1 for start in starts[1:]] + [domain.high]
    if domain.low > domain.high:
        return ()
    near = tick_near(domain, None, TODAY)
    return tuple(value_at(domain, min(max(near, low), high)) for low, high in zip(starts, ends, strict=True))
