"""What is won and expected in one quarter, held as sums by state once there are many deals."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.rules.forecast.calibration import Odds
from salespm_flow.rules.forecast.deals import Deal, Win
from salespm_flow.rules.forecast.distribution import Spread, spread

# Up to so many open deals each is kept, and the spread is the forecast's own; beyond, only sums by state are.
EACH: Final = 500
_P90: Final = Decimal("1.2815515655446")


class QuarterBook:
    """Counts deals. `won` is certain; `deals` are open, `unpriced` of them without an amount."""

    __slots__ = ("_each", "_sums", "deals", "unpriced", "wins", "won")

    def __init__(self) -> None:
        self.won, self.wins = Decimal(0), 0
        self.deals = self.unpriced = 0
        self._each: list[tuple[str, Decimal]] | None = []
        # By state: the sum of the amounts and of their squares.
        self._sums: dict[str, tuple[Decimal, Decimal]] = {}

    def win(self, win: Win) -> None:
        """The deal was won in the quarter."""
        self.wins += 1
        self.won += win.amount or 0

    def expect(self, deal: Deal) -> None:
        """The open deal is expected in the quarter."""
        self.deals += 1
        amount, state = deal.amount, deal.state or ""
        if amount is None:
            self.unpriced += 1
            return
        total, squares = self._sums.get(state, (Decimal(0), Decimal(0)))
        self._sums[state] = total + amount, squares + CONTEXT.multiply(amount, amount)
        if self._each is not None:
            self._each.append((state, amount))
            if len(self._each) > EACH:
                self._each = None

    @property
    def open(self) -> Decimal:
        """The sum of the open deals."""
        return sum((total for total, _ in self._sums.values()), Decimal(0))

    def spread(self, odds: Mapping[str, Odds]) -> Spread:
        """What the quarter will probably come to, by the best known probabilities.

        With few deals as the forecast has it; with many by the normal distribution that their sum then follows.
        """
        chances = {state: found.best for state, found in odds.items() if found.best is not None}
        if self._each is not None:
            bets = [(amount, chances[state]) for state, amount in self._each if state in chances]
            return spread(bets, base=self.won)
        mean, variance = self.won, Decimal(0)
        for state, (total, squares) in self._sums.items():
            chance = chances.get(state, Decimal(0))
            mean += chance * total
            variance += chance * (1 - chance) * squares
        half = _P90 * Decimal(repr(math.sqrt(float(variance))))
        p10, p90 = (round(mean + half * sign, 2) for sign in (-1, 1))
        return Spread(mean=mean, p10=max(p10, self.won), p50=round(mean, 2), p90=p90)
