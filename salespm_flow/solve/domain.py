"""Which values a declared field can take: values that can be counted off, a choice of a few, or what only people know.

Ordered values are counted in whole steps (a cent, a day, a hundredth of a percent), so that a bound that is not
included is simply the step before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Final

from salespm_flow.expr.values import Money, Months, Reference, Value, WorkingDays
from salespm_flow.model.fields import EnumOf, Field, FieldType, ListOf, MoneyOf, RefTo, Scalar, SimpleType
from salespm_flow.model.library import Reference as Table
from salespm_flow.nouns import dataclass

# A text that nobody means: what holds for it holds for any text that somebody would write.
ANY_TEXT: Final = "…"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SOME_DAY: Final = date(2000, 1, 3)
_LARGEST: Final = 10**12
_FINEST_PLACES: Final = 8
_MOST_CHOICES: Final = 200


class Measure(StrEnum):
    """What an ordered value counts: plain numbers, money, days, minutes since 1970, hours."""

    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Values counted in `step`s of the measure, from `low` to `high` steps; an end is open where none is declared.

    A share is a part of a whole, seldom above it.
    """

    measure: Measure
    step: Fraction
    low: int
    high: int
    is_low_open: bool
    is_high_open: bool
    currency: str = ""
    is_share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a few values, in the order declared."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """A value that only a person can give; `sample` stands for it. Of a list, `items` says what may stand in it."""

    sample: Value
    items: "Domain | None" = None


Domain = Ordered | Choice | Free

_STEPS: Final[Mapping[Scalar, tuple[Measure, Fraction]]] = {
    Scalar.INTEGER: (Measure.NUMBER, Fraction(1)),
    Scalar.NUMBER: (Measure.NUMBER, Fraction(1, 100)),
    Scalar.PERCENT: (Measure.NUMBER, Fraction(1, 10_000)),
    Scalar.DATE: (Measure.DATE, Fraction(1)),
    Scalar.DATETIME: (Measure.DATETIME, Fraction(1)),
    Scalar.DURATION: (Measure.DURATION, Fraction(1)),
}
_LIMITS: Final[Mapping[Measure, tuple[int, int]]] = {
    Measure.NUMBER: (-_LARGEST, _LARGEST),
    Measure.MONEY: (-_LARGEST, _LARGEST),
    Measure.DATE: (date(1970, 1, 1).toordinal(), date(2199, 12, 31).toordinal()),
    Measure.DATETIME: (0, 230 * 366 * 24 * 60),
    Measure.DURATION: (0, 10 * 366 * 24),
}


def domain_of(field: Field, references: Mapping[str, Table], roles: Iterable[str] = ()) -> Domain:
    """The values that the field can take, within its declared bounds."""
    return _domain(field.type, field, references, tuple(roles))


def _domain(declared: FieldType, field: Field, references: Mapping[str, Table], roles: tuple[str, ...]) -> Domain:
    match declared:
        case MoneyOf(currency=currency):
            return _ordered(Measure.MONEY, Fraction(1, 100), field, currency)
        case EnumOf(values=values):
            return Choice(values=tuple(values))
        case RefTo(reference=name):
            table = references.get(name)
            return _keys(() if table is None else tuple(table.rows))
        case ListOf(item=item):
            unbounded = replace(field, minimum=None, maximum=None)
            items = _domain(item, unbounded, references, roles)
            return Free(sample=(sample_of(items, _SOME_DAY),), items=items)
        case SimpleType(scalar=Scalar.BOOLEAN):
            return Choice(values=(True, False))
        case SimpleType(scalar=Scalar.ROLE) if roles:
            return Choice(values=roles)
        case SimpleType(scalar=scalar) if scalar in _STEPS:
            measure, step = _STEPS[scalar]
            return replace(_ordered(measure, step, field), is_share=scalar is Scalar.PERCENT)
        case SimpleType():
            return Free(sample=ANY_TEXT)


def _keys(keys: tuple[str, ...]) -> Domain:
    return Choice(values=keys) if keys else Free(sample=ANY_TEXT)


def _ordered(measure: Measure, step: Fraction, field: Field, currency: str = "") -> Ordered:
    lowest, highest = _LIMITS[measure]
    low, high = measure_of(field.minimum), measure_of(field.maximum)
    return Ordered(
        measure=measure,
        step=step,
        low=ceil((Fraction(lowest) if low is None else low) / step),
        high=floor((Fraction(highest) if high is None else high) / step),
        is_low_open=low is None,
        is_high_open=high is None,
        currency=currency,
    )


def refined(domain: Ordered, points: Iterable[Fraction]) -> Ordered:
    """The domain in steps fine enough to hit the points exactly, where a few more decimal places do."""
    if domain.measure is not Measure.NUMBER or domain.step >= 1:
        return domain
    wanted = [point for point in points if (point / domain.step * 10**_FINEST_PLACES).denominator == 1]
    for places in range(_FINEST_PLACES):
        step = domain.step / 10**places
        if all((point / step).denominator == 1 for point in wanted):
            factor = 10**places
            return replace(domain, step=step, low=domain.low * factor, high=domain.high * factor)
    return domain


def measure_of(value: Value) -> Fraction | None:
    """The value as a number in the unit of its measure; None of what is not ordered."""
    match value:
        case Decimal() if value.is_finite():
            return Fraction(value)
        case Money(amount=amount) | WorkingDays(days=amount):
            return Fraction(amount)
        case Months(count=count):
            return Fraction(count)
        case timedelta():
            return Fraction(value // timedelta(microseconds=1), 3_600_000_000)
        case datetime() if value.tzinfo is not None:
            return Fraction((value - _EPOCH) // timedelta(seconds=1), 60)
        case date() if not isinstance(value, datetime):
            return Fraction(value.toordinal())
        case _:
            return None


def value_at(domain: Ordered, tick: int) -> Value:
    """The value that many steps from zero."""
    return value_of(domain, tick * domain.step)


def value_of(domain: Ordered, amount: Fraction) -> Value:
    """The value of that measure; of a measure in whole units the one at or before it."""
    match domain.measure:
        case Measure.NUMBER:
            return _decimal(amount)
        case Measure.MONEY:
            return Money(_decimal(amount), domain.currency)
        case Measure.DATE:
            return date.fromordinal(min(max(floor(amount), 1), date.max.toordinal()))
        case Measure.DATETIME:
            return _EPOCH + timedelta(minutes=floor(amount))
        case Measure.DURATION:
            return timedelta(hours=floor(amount))


def _decimal(amount: Fraction) -> Decimal:
    quotient = Decimal(amount.numerator) / Decimal(amount.denominator)
    return quotient.quantize(Decimal(1)) if quotient == quotient.to_integral_value() else quotient


def tick_near(domain: Ordered, value: Value, today: date) -> int:
    """Where to look first: at the value, else at today or zero; inside the bounds."""
    amount = measure_of(value)
    if amount is None:
        amount = {
            Measure.DATE: Fraction(today.toordinal()),
            Measure.DATETIME: Fraction((today - _EPOCH.date()).days * 24 * 60),
        }.get(domain.measure, Fraction(0))
    return min(max(round(amount / domain.step), domain.low), domain.high)


def sample_of(domain: Domain, today: date) -> Value:
    """Some value of the domain, of times one near today."""
    match domain:
        case Ordered():
            return value_at(domain, tick_near(domain, None, today))
        case Choice(values=values):
            return values[0] if values else None
        case Free(sample=sample):
            return sample


def choices_of(domain: Domain, wanted: Iterable[Value]) -> tuple[Value, ...]:
    """The values of an unordered domain to try, those that the rules speak of (`wanted`) first."""
    spoken = tuple(dict.fromkeys(key_of(value) for value in wanted if isinstance(key_of(value), str)))
    match domain:
        case Choice(values=values) if len(values) > _MOST_CHOICES:
            known = frozenset(values)
            return tuple(dict.fromkeys((*(text for text in spoken if text in known), *values[:_MOST_CHOICES])))
        case Choice(values=values):
            return values
        case Free(sample=str() as sample):
            return (sample, *spoken)
        case Free(sample=sample):
            return (sample,)
        case Ordered():
            return ()


def key_of(value: Value) -> Value:
    """The value as it is stored: of a reference its key."""
    return value.key if isinstance(value, Reference) else value
