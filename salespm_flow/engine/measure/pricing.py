"""What a project is worth, in the currency that a figure counts in; keeps apart what no rate converts."""

from datetime import date
from decimal import Decimal

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.scope import Exchange
from salespm_flow.expr.values import Money
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project
from salespm_flow.model.rates import exchange_of


class Pricing:
    """Reads the amount of projects. `apart` are those that no rate converts: their number and sum by currency."""

    __slots__ = ("_currency", "_exchange", "_field", "apart")

    def __init__(self, field: str | None, currency: str, library: Library) -> None:
        self._field, self._currency = field, currency
        self._exchange: Exchange = exchange_of(library)
        self.apart: dict[str, tuple[int, Decimal]] = {}

    def amount(self, project: Project, on: date) -> Decimal | None:
        """The project's amount by the rate of the day; None where it has none, or none that could be converted."""
        value = project.fields.get(self._field) if self._field is not None else None
        if not isinstance(value, Money):
            return None
        if value.currency == self._currency:
            return value.amount
        rate = self._exchange(value.currency, self._currency, on)
        if rate is None:
            count, amount = self.apart.get(value.currency, (0, Decimal(0)))
            self.apart[value.currency] = (count + 1, amount + value.amount)
            return None
        times, by = rate
        return CONTEXT.divide(CONTEXT.multiply(value.amount, times), by)
