"""The operators on run-time values: what is not defined is null, never an exception, never NaN. Knows no nodes.

All decimals go through one 34-digit half-even context that traps nothing (DMN 1.5, 10.3.2.3.1: IEEE 754 decimal128).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from operator import ge, gt, le, lt

from salespm_flow.expr.moments import difference, duration_of, instant, microseconds, shift, since_midnight
from salespm_flow.expr.scope import SLOW_STEPS, Scope
from salespm_flow.expr.syntax import Operator
from salespm_flow.expr.tokens import EXACT
from salespm_flow.expr.values import Money, Months, Range, Reference, Value, WorkingDays

CONTEXT = EXACT
# The same arithmetic, raising where CONTEXT would give an infinity or no number.
STRICT = Context(
    prec=EXACT.prec,
    rounding=EXACT.rounding,
    Emin=EXACT.Emin,
    Emax=EXACT.Emax,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)

# A power beyond this would take long and mean nothing.
MAX_EXPONENT = 1_000_000

Operation = Callable[[Scope, Value, Value], Value]


def finite(value: Decimal) -> Decimal | None:
    """The value, or null where it is NaN or infinite."""
    return value if value.is_finite() else None


def whole(value: Value) -> int | None:
    """The number as an int; null for anything that is no whole number within MAX_EXPONENT."""
    if not isinstance(value, Decimal) or not abs(value) <= MAX_EXPONENT:
        return None
    return int(value) if value == value.to_integral_value(context=CONTEXT) else None


def add(scope: Scope, left: Value, right: Value) -> Value:
    """`left + right`."""
    if type(left) is Decimal and type(right) is Decimal:
        return finite(CONTEXT.add(left, right))
    return _add_others(scope, _key(left), _key(right))


def subtract(scope: Scope, left: Value, right: Value) -> Value:
    """`left - right`."""
    if type(left) is Decimal and type(right) is Decimal:
        return finite(CONTEXT.subtract(left, right))
    return _subtract_others(scope, left, right)


def multiply(_scope: Scope, left: Value, right: Value) -> Value:
    """`left * right`."""
    if type(left) is Decimal and type(right) is Decimal:
        return finite(CONTEXT.multiply(left, right))
    if type(left) is Decimal:
        left, right = right, left
    return _scaled(left, right, CONTEXT.multiply) if type(right) is Decimal else None


def divide(_scope: Scope, left: Value, right: Value) -> Value:
    """`left / right`; null for a zero divisor."""
    if type(right) is Decimal:
        if not right:
            return None
        return finite(CONTEXT.divide(left, right)) if type(left) is Decimal else _scaled(left, right, CONTEXT.divide)
    match left, right:
        case Money(amount=first, currency=one), Money(amount=second, currency=other) if one == other:
            return _ratio(first, second)
        case timedelta(), timedelta():
            return _ratio(Decimal(microseconds(left)), Decimal(microseconds(right)))
        case Months(count=first_count), Months(count=second_count):
            return _ratio(Decimal(first_count), Decimal(second_count))
        case WorkingDays(days=first), WorkingDays(days=second):
            return _ratio(first, second)
        case _:
            return None


def power(scope: Scope, left: Value, right: Value) -> Value:
    """`left ** right`; null beyond MAX_EXPONENT."""
    if type(left) is not Decimal or type(right) is not Decimal or abs(right) > MAX_EXPONENT:
        return None
    scope.burn(SLOW_STEPS)
    return finite(CONTEXT.power(left, right))


def negate(value: Value) -> Value:
    """`-value`."""
    match value:
        case Decimal():
            return CONTEXT.minus(value)
        case Money(amount=amount, currency=currency):
            return Money(CONTEXT.minus(amount), currency)
        case timedelta():
            return duration_of(-Decimal(microseconds(value)))
        case Months(count=count):
            return Months(-count)
        case WorkingDays(days=days):
            return WorkingDays(CONTEXT.minus(days))
        case _:
            return None


def equal(left: Value, right: Value) -> bool | None:
    """Whether both are the same value; two nulls are, a null and a value are not, two unlike types are null."""
    if left is None or right is None:
        return left is right
    if type(left) is type(right) and type(left) in _PLAIN_EQUALITY:
        return bool(left == right)
    match left, right:
        case tuple(), tuple():
            if len(left) != len(right):
                return False
            return _all_equal(zip(left, right, strict=True))
        case Range(), Range():
            if (left.low_closed, left.high_closed) != (right.low_closed, right.high_closed):
                return False
            return _all_equal(((left.low, right.low), (left.high, right.high)))
        case Mapping(), Mapping():
            return _all_equal((left[key], right[key]) for key in left) if left.keys() == right.keys() else False
        case _:
            keys = _ordered_keys(left, right)
            return None if keys is None else bool(keys[0] == keys[1])


def compare(operator: Operator, left: Value, right: Value) -> bool | None:
    """`left operator right` for an ordering; null beside a null, an unordered or an unlike type."""
    keys = _ordered_keys(left, right)
    return None if keys is None else ORDERING_TESTS[operator](*keys)


def within(value: Value, bounds: Range) -> bool | None:
    """Whether the value lies in the range: both of its comparisons, joined by a three-valued and."""
    above = compare(Operator.GREATER_EQUAL if bounds.low_closed else Operator.GREATER, value, bounds.low)
    below = compare(Operator.LESS_EQUAL if bounds.high_closed else Operator.LESS, value, bounds.high)
    if above is False or below is False:
        return False
    return None if above is None or below is None else True


# `lt` and its kin are typed for anything that compares; the keys they get are of one ordered type.
ORDERING_TESTS: Mapping[Operator, Callable[..., bool]] = {
    Operator.LESS: lt,
    Operator.LESS_EQUAL: le,
    Operator.GREATER: gt,
    Operator.GREATER_EQUAL: ge,
}

_PLAIN_EQUALITY = frozenset({bool, str, Decimal, date, timedelta, Months, WorkingDays})
# No times: two of them may have offsets, or one of them have none.
PLAIN_ORDER = frozenset({str, Decimal, date, timedelta})


def _ordered_keys(left: Value, right: Value) -> tuple[object, object] | None:
    """Two like Python values that compare as the given ones do; None where these cannot be compared."""
    left, right = _key(left), _key(right)
    if type(left) is not type(right):
        return None
    match left, right:
        case Money(amount=first, currency=one), Money(amount=second, currency=other):
            return (first, second) if one == other else None
        case datetime(), datetime():
            first_instant, second_instant = instant(left), instant(right)
            return None if first_instant is None or second_instant is None else (first_instant, second_instant)
        case time(), time():
            return since_midnight(left, right)
        case Months(count=first_count), Months(count=second_count):
            return first_count, second_count
        case WorkingDays(days=first), WorkingDays(days=second):
            return first, second
        case _:
            return (left, right) if type(left) in PLAIN_ORDER else None


def _all_equal(pairs: Iterable[tuple[Value, Value]]) -> bool | None:
    answers = [equal(first, second) for first, second in pairs]
    if False in answers:
        return False
    return None if None in answers else True


def _ratio(first: Decimal, second: Decimal) -> Decimal | None:
    return finite(CONTEXT.divide(first, second)) if second else None


def _scaled(value: Value, factor: Decimal, scale: Callable[[Decimal, Decimal], Decimal]) -> Value:
    """The money or duration multiplied or divided by a number; months must come out whole."""
    match value:
        case Money(amount=amount, currency=currency):
            scaled = finite(scale(amount, factor))
            return None if scaled is None else Money(scaled, currency)
        case timedelta():
            return duration_of(scale(Decimal(microseconds(value)), factor))
        case Months(count=count):
            months = scale(Decimal(count), factor)
            whole = months.is_finite() and months == months.to_integral_value(context=CONTEXT)
            return Months(int(months)) if whole and abs(months) <= MAX_EXPONENT else None
        case WorkingDays(days=days):
            scaled = finite(scale(days, factor))
            return None if scaled is None else WorkingDays(scaled)
        case _:
            return None


def _key(value: Value) -> Value:
    return value.key if isinstance(value, Reference) else value


def _add_others(scope: Scope, left: Value, right: Value) -> Value:
    match left, right:
        case str(), str():
            joined = left + right
            scope.burn_text(joined)
            return joined
        case Money(amount=first, currency=one), Money(amount=second, currency=other):
            return _money(CONTEXT.add(first, second), one) if one == other else None
        case Months(count=first_count), Months(count=second_count):
            return Months(first_count + second_count)
        case WorkingDays(days=first), WorkingDays(days=second):
            return _working_days(CONTEXT.add(first, second))
        case timedelta(), timedelta():
            return duration_of(Decimal(microseconds(left) + microseconds(right)))
        case date() | time(), timedelta() | Months() | WorkingDays():
            return shift(scope, left, right)
        case timedelta() | Months() | WorkingDays(), date() | time():
            return shift(scope, right, left)
        case _:
            return None


def _subtract_others(scope: Scope, left: Value, right: Value) -> Value:
    match left, right:
        case date() | time(), date() | time():
            return difference(left, right)
        case Money() | Months() | WorkingDays() | timedelta() | date() | time(), (
            Money() | Months() | WorkingDays() | timedelta()
        ):
            return add(scope, left, negate(right))
        case _:
            return None


def _money(amount: Decimal, currency: str) -> Money | None:
    return Money(amount, currency) if amount.is_finite() else None


def _working_days(days: Decimal) -> WorkingDays | None:
    return WorkingDays(days) if days.is_finite() else None
