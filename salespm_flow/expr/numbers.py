"""Bodies of the functions on numbers, amounts and lengths: signs, roundings, remainders, roots, logarithms."""

from collections.abc import Callable
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from salespm_flow.expr.arithmetic import CONTEXT, compare, finite, negate, whole
from salespm_flow.expr.scope import SLOW_STEPS, Body, Scope
from salespm_flow.expr.syntax import Operator
from salespm_flow.expr.values import Money, Months, Value, WorkingDays

_LONGEST_SCALE = 6000


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
round_half_up = rounded(ROUND_HALF_UP)
round_half_down = rounded(ROUND_HALF_DOWN)
round_up = rounded(ROUND_UP)
round_down = rounded(ROUND_DOWN)


def modulo(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The remainder with the divisor's sign, exactly; null of zero, and where the quotient has more than 34 digits."""
    dividend, divisor = arguments
    if not isinstance(dividend, Decimal) or not isinstance(divisor, Decimal):
        return None
    rest = CONTEXT.remainder(dividend, divisor)
    is_across = bool(rest) and rest.is_signed() != divisor.is_signed()
    return finite(CONTEXT.add(rest, divisor) if is_across else CONTEXT.plus(rest))


def square_root(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The square root; null of a negative number."""
    return _transcendent(scope, arguments[0], CONTEXT.sqrt)


def logarithm(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The natural logarithm; null of what is not above zero."""
    return _transcendent(scope, arguments[0], CONTEXT.ln)


def exponential(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """Euler's number to the power; null where that is too big."""
    return _transcendent(scope, arguments[0], CONTEXT.exp)


def odd(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """Whether a whole number is odd; null of any other."""
    return _has_rest(arguments[0], 1)


def even(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """Whether a whole number is even; null of any other."""
    return _has_rest(arguments[0], 0)


def _transcendent(scope: Scope, number: Value, function: Callable[[Decimal], Decimal]) -> Value:
    scope.burn(SLOW_STEPS)
    return finite(function(number)) if isinstance(number, Decimal) else None


def _has_rest(number: Value, rest: int) -> bool | None:
    """Whether the number divided by two leaves the rest; null unless it is whole."""
    if not isinstance(number, Decimal) or number != number.to_integral_value(context=CONTEXT):
        return None
    # Tens are even, and dividing a number of thousands of digits would have no exact answer.
    exponent = number.as_tuple().exponent
    is_of_tens = isinstance(exponent, int) and exponent > 0
    return rest == (0 if is_of_tens else abs(int(CONTEXT.remainder(number, Decimal(2)))))


def _quantized(number: Decimal, places: int, rounding: str) -> Decimal | None:
    exponent = number.as_tuple().exponent
    # A number without so many decimals is already round; quantizing it could overflow the precision.
    if isinstance(exponent, int) and exponent >= -places:
        return number
    unit = Decimal(1).scaleb(-places, context=CONTEXT)
    return finite(number.quantize(unit, rounding=rounding, context=CONTEXT))
