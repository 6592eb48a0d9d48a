"""Turns money of one currency into another at a rate that the scope knows. Knows no table of rates."""

from datetime import date
from decimal import Context

from salespm_flow.expr.arithmetic import CONTEXT, finite
from salespm_flow.expr.conversions import text_of
from salespm_flow.expr.dates import today
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.tokens import MAX_DIGITS
from salespm_flow.expr.values import Money, Value

# An amount times two rates is exact in three times the digits, so that a conversion rounds once.
_WIDE = Context(prec=3 * MAX_DIGITS, Emin=CONTEXT.Emin, Emax=CONTEXT.Emax, traps=[])


def convert(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The money in the currency of the second argument, at the rate of a day or of today; null without a rate."""
    money, target = arguments[0], text_of(arguments[1])
    on = arguments[2] if len(arguments) > 2 else today(scope, ())  # noqa: PLR2004 -- the third argument is optional
    if not isinstance(money, Money) or not isinstance(on, date):
        return None
    if money.currency == target:
        return money
    rate = scope.exchange(money.currency, target, on)
    if rate is None:
        return None
    over, under = rate
    amount = finite(CONTEXT.divide(_WIDE.multiply(money.amount, over), under))
    return None if amount is None else Money(amount, target)
