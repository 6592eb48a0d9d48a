"""Bodies of the functions over lists and over numbers. A null element makes the aggregate null, as in FEEL."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from salespm_flow.expr.arithmetic import CONTEXT, add, compare, divide, equal, finite, multiply, negate, whole
from salespm_flow.expr.moments import instant
from salespm_flow.expr.scope import Body, Scope
from salespm_flow.expr.syntax import Operator
from salespm_flow.expr.types import Kind, MoneyType, Type, kind_of
from salespm_flow.expr.values import Money, Months, Reference, Value, WorkingDays

_LONGEST_SCALE = 6000


def over_list(fold: Callable[[Scope, tuple[Value, ...]], Value]) -> Body:
    """The body that applies `fold` to the elements of its one argument, a list."""

    def body(scope: Scope, arguments: tuple[Value, ...]) -> Value:
        return fold(scope, elements(arguments[0]))

    return body


def elements(value: Value) -> tuple[Value, ...]:
    """The elements of a list; any other value is a list of itself, as in FEEL."""
    return value if isinstance(value, tuple) else (value,)


def zero_of(type_: Type) -> Value:
    """Zero of the type that a sum has; null where the currency is unknown."""
    match kind_of(type_):
        case Kind.MONEY:
            currency = type_.currency if isinstance(type_, MoneyType) else None
            return None if currency is None else Money(Decimal(0), currency)
        case Kind.DURATION:
            return timedelta(0)
        case Kind.MONTHS:
            return Months(0)
        case Kind.WORKING:
            return WorkingDays(Decimal(0))
        case _:
            return Decimal(0)


def count(_scope: Scope, values: tuple[Value, ...]) -> Value:
    """How many values there are, nulls among them."""
    return Decimal(len(values))


def total(scope: Scope, values: tuple[Value, ...]) -> Value:
    """The sum of one or more values."""
    if not values:
        return None
    if isinstance(values[0], Money):
        return _total_money(values, values[0].currency)
    result: Value = values[0] if _is_addable(values[0]) else None
    for value in values[1:]:
        if result is None:
            return None
        result = add(scope, result, value)
    return result


def _total_money(values: tuple[Value, ...], currency: str) -> Money | None:
    # Apart from the general way because it makes one Money instead of one per row: several times as fast over many.
    amount = Decimal(0)
    for value in values:
        if not isinstance(value, Money) or value.currency != currency:
            return None
        amount = CONTEXT.add(amount, value.amount)
    return Money(amount, currency) if amount.is_finite() else None


def mean(scope: Scope, values: tuple[Value, ...]) -> Value:
    """The arithmetic mean; null of nothing."""
    summed = total(scope, values)
    return None if summed is None else divide(scope, summed, Decimal(len(values)))


def least(_scope: Scope, values: tuple[Value, ...]) -> Value:
    """The smallest value; null of nothing, or where two cannot be compared."""
    return _extreme(values, Operator.LESS)


def greatest(_scope: Scope, values: tuple[Value, ...]) -> Value:
    """The greatest value; null of nothing, or where two cannot be compared."""
    return _extreme(values, Operator.GREATER)


def absolute(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The value without its sign."""
    value = arguments[0]
    zero: Value
    match value:
        case Money(currency=currency):
            zero = Money(Decimal(0), currency)
        case timedelta():
            zero = timedelta(0)
        case Months():
            zero = Months(0)
        case WorkingDays():
            zero = WorkingDays(Decimal(0))
        case _:
            zero = Decimal(0)
    is_negative = compare(Operator.LESS, value, zero)
    return None if is_negative is None else (negate(value) if is_negative else value)


def rounded(rounding: str) -> Body:
    """The body that rounds a number or an amount, to whole numbers or to the second argument's decimal places."""

    def body(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
        places = whole(arguments[1]) if len(arguments) > 1 else 0
        if places is None or abs(places) > _LONGEST_SCALE:
            return None
        match arguments[0]:
            case Decimal() as number:
                return _quantized(number, places, rounding)
            case Money(amount=amount, currency=currency):
                result = _quantized(amount, places, rounding)
                return None if result is None else Money(result, currency)
            case _:
                return None

    return body


floor = rounded(ROUND_FLOOR)
ceiling = rounded(ROUND_CEILING)
round_half_even = rounded(ROUND_HALF_EVEN)


def modulo(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The remainder with the divisor's sign: `a - b * floor(a / b)`."""
    dividend, divisor = arguments
    quotient = divide(scope, dividend, divisor)
    if not isinstance(quotient, Decimal):
        return None
    product = multiply(scope, divisor, _quantized(quotient, 0, ROUND_FLOOR))
    return add(scope, dividend, negate(product))


def square_root(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The square root; null of a negative number."""
    number = arguments[0]
    return finite(CONTEXT.sqrt(number)) if isinstance(number, Decimal) else None


def contains_element(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """Whether an element of the list equals the value; a null is found by null."""
    values, wanted = arguments
    burn_nested(scope, values, wanted)
    return None if values is None else any(equal(value, wanted) is True for value in elements(values))


def append(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The list with the values behind it."""
    return None if arguments[0] is None else elements(arguments[0]) + arguments[1:]


def concatenate(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """One list of all the lists' elements."""
    return tuple(value for argument in arguments for value in elements(argument))


def distinct(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements without repetitions, each where it came first."""
    scope.burn_deep(arguments[0])
    firsts: dict[object, Value] = {}
    for value in elements(arguments[0]):
        firsts.setdefault(_identity(value), value)
    return tuple(firsts.values())


def reverse(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements from last to first."""
    return elements(arguments[0])[::-1]


def positions(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The positions, from 1, at which the value stands in the list."""
    values, wanted = arguments
    burn_nested(scope, values, wanted)
    if values is None:
        return None
    found = enumerate(elements(values), start=1)
    return tuple(Decimal(position) for position, value in found if equal(value, wanted) is True)


def flatten(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements of the list and of every list within it."""
    flat: list[Value] = []
    pending = [*reversed(elements(arguments[0]))]
    while pending:
        value = pending.pop()
        if isinstance(value, tuple):
            scope.burn(len(value))
            pending.extend(reversed(value))
        else:
            flat.append(value)
    return tuple(flat)


def burn_nested(scope: Scope, values: Value, wanted: Value) -> None:
    """Take the fuel for comparing a value with the elements of a list, where that takes more than a step each."""
    if isinstance(wanted, tuple | Mapping):
        scope.burn_deep(values)


def _is_addable(value: Value) -> bool:
    return isinstance(value, Decimal | Money | timedelta | Months | WorkingDays)


def _extreme(values: tuple[Value, ...], better: Operator) -> Value:
    if not values:
        return None
    best = values[0]
    for value in values:
        is_better = compare(better, value, best)
        if is_better is None:
            return None
        if is_better:
            best = value
    return best


def _quantized(number: Decimal, places: int, rounding: str) -> Decimal | None:
    exponent = number.as_tuple().exponent
    # A number without so many decimals is already round; quantizing it could overflow the precision.
    if isinstance(exponent, int) and exponent >= -places:
        return number
    unit = Decimal(1).scaleb(-places, context=CONTEXT)
    return finite(number.quantize(unit, rounding=rounding, context=CONTEXT))


def _identity(value: Value) -> object:
    """A hashable object, the same for two values exactly when they are equal."""
    match value:
        case tuple():
            return ("list", tuple(_identity(element) for element in value))
        case Mapping():
            return ("record", frozenset((key, _identity(element)) for key, element in value.items()))
        case Reference(key=key):
            return ("str", key)
        case datetime():
            return ("datetime", instant(value))
        case _:
            return (type(value).__name__, value)
