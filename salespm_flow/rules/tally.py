"""One aggregate, filled value by value. The same folds as the functions over lists, so the answers are the same."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from salespm_flow.expr.aggregates import greatest, least, total
from salespm_flow.expr.arithmetic import divide
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

    __slots__ = ("_count", "_fold", "_function", "_value", "_values", "_zero", "currencies", "unknown")

    def __init__(self, function: str, zero: Value) -> None:
        self._function = function
        self._zero = zero
        self._fold = _FOLDS.get(function)
        self._count = 0
        self._value: Value = None
        self._values: list[Value] | None = [] if function == LIST else None
        self.unknown = 0
        self.currencies: tuple[str, str] | None = None

    def take(self, scope: Scope, value: Value) -> None:
        """The value is part of the figure."""
        self._count += 1
        if value is None and self._function != "count":
            self.unknown += 1
        if self._values is not None:
            self._values.append(value)
        if self._fold is None:
            return
        if self._count == 1:
            self._value = self._fold(scope, (value,))
        elif self._value is not None:
            before = self._value
            self._value = self._fold(scope, (before, value))
            if self._value is None and isinstance(before, Money) and isinstance(value, Money):
                self.currencies = (before.currency, value.currency)

    def result(self, scope: Scope) -> Value:
        """What the function gives over the list of all values taken so far, in their order."""
        if self._function == "count":
            return Decimal(self._count)
        if self._values is not None:
            return tuple(self._values)
        if not self._count:
            return self._zero if self._function == "sum" else None
        if self._function == "mean":
            return None if self._value is None else divide(scope, self._value, Decimal(self._count))
        return self._value
