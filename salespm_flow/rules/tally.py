"""One aggregate, filled value by value. The same folds as the functions over lists, so the answers are the same."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from salespm_flow.expr.aggregates import greatest, least, total
from salespm_flow.expr.arithmetic import CONTEXT, divide, finite
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.values import Money, Value
from salespm_flow.rules.lower import LIST

_FOLDS: Final[Mapping[str, Callable[[Scope, tuple[Value, ...]], Value]]] = {
    "sum": total,
    "mean": total,
    "min": least,
    "max": greatest,
}


class Tally:
    """A running `count`, `sum`, `mean`, `min` or `max`; `zero` is the sum of nothing. One null value makes it null.

    A `list` keeps the values themselves.

    `unknown` is how many of the values were null, `currencies` are two that met and cannot be added.
    """

    __slots__ = (
        "_amount",
        "_currency",
        "_fold",
        "_function",
        "_size",
        "_value",
        "_values",
        "_zero",
        "currencies",
        "unknown",
    )

    def __init__(self, function: str, zero: Value) -> None:
        self._function = function
        self._zero = zero
        self._fold = _FOLDS.get(function)
        self._size = 0
        self._value: Value = None
        # A sum of money while it runs, since a Money for each row would cost more than the addition.
        self._amount: Decimal | None = None
        self._currency = ""
        self._values: list[Value] | None = [] if function == LIST else None
        self.unknown = 0
        self.currencies: tuple[str, str] | None = None

    def take(self, scope: Scope, value: Value) -> None:
        """The value is part of the figure."""
        self._size += 1
        if self._fold is None:
            if value is None and self._function != "count":
                self.unknown += 1
            if self._values is not None:
                self._values.append(value)
        elif self._amount is not None and type(value) is Money and value.currency == self._currency:
            self._amount = finite(CONTEXT.add(self._amount, value.amount))
        else:
            self._settle()
            self._fold_in(scope, self._fold, value)

    def _fold_in(self, scope: Scope, fold: Callable[[Scope, tuple[Value, ...]], Value], value: Value) -> None:
        if value is None:
            self.unknown += 1
        if self._size == 1:
            self._value = fold(scope, (value,))
        elif self._value is not None:
            before = self._value
            self._value = fold(scope, (before, value))
            if self._value is None and isinstance(before, Money) and isinstance(value, Money):
                self.currencies = (before.currency, value.currency)
        if fold is total and type(self._value) is Money:
            self._amount, self._currency = self._value.amount, self._value.currency

    def _settle(self) -> None:
        """The running amount, if there is one, is the value."""
        if self._currency:
            self._value = None if self._amount is None else Money(self._amount, self._currency)
            self._amount, self._currency = None, ""

    def result(self, scope: Scope) -> Value:
        """What the function gives over the list of all values taken so far, in their order."""
        if self._function == "count":
            return Decimal(self._size)
        if self._values is not None:
            return tuple(self._values)
        if not self._size:
            return self._zero if self._function == "sum" else None
        self._settle()
        if self._function == "mean":
            return None if self._value is None else divide(scope, self._value, Decimal(self._size))
        return self._value
