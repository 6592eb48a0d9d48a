"""The sum of amounts each of which comes or does not: exact while that is cheap, else simulated. Knows no deals."""

import math
import random
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Final

from salespm_flow.nouns import dataclass

# Additions that an exact answer may cost: some 19 deals of any amounts, or hundreds of deals in round ones.
EXACT_ADDITIONS: Final = 1_000_000
RUNS: Final = 2_000
_SEED: Final = 1
# Binary digits of a probability that a simulated draw honours.
_DIGITS: Final = 24
_CENTS: Final = 100
_QUANTILES: Final = (10, 50, 90)

Bet = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A sum and how far it may go: with a chance of at least 10, 50 and 90 % it is no more than these.

    `runs` is 0 where the distribution is exact, else the number of draws it was simulated with.
    """

    mean: Decimal
    p10: Decimal
    p50: Decimal
    p90: Decimal
    runs: int = 0


def spread(bets: Iterable[Bet], *, base: Decimal = Decimal(0), limit: int = EXACT_ADDITIONS) -> Spread:
    """What the amounts sum up to, each of which comes with its probability, independently of the others.

    A Poisson binomial distribution over amounts, by convolution; beyond `limit` additions it is drawn with a fixed
    seed, so that the same deals give the same figures. Amounts count to the hundredth.

    Args:
        bets: amount and probability of each.
        base: what is certain already.
        limit: how many additions the exact way may take.
    """
    sure, open_ = _sorted_out(bets)
    mean = base + (sure + sum((p * a for a, p in open_), Decimal(0))) / _CENTS
    if not open_:
        certain = base + Decimal(sure) / _CENTS
        return Spread(mean=mean, p10=certain, p50=certain, p90=certain)
    unit = math.gcd(*(amount for amount, _ in open_))
    steps = [(amount // unit, float(p)) for amount, p in open_]
    exact = _convolved(steps, limit)
    found, runs = (_quantiles(exact), 0) if exact is not None else (_drawn(steps), RUNS)
    p10, p50, p90 = (base + Decimal(sure + steps_ * unit) / _CENTS for steps_ in found)
    return Spread(mean=mean, p10=p10, p50=p50, p90=p90, runs=runs)


def _sorted_out(bets: Iterable[Bet]) -> tuple[int, list[tuple[int, Decimal]]]:
    """In hundredths: the sum of what is certain, and what is open, in an order that does not hang on the caller's."""
    sure, open_ = 0, []
    for amount, probability in bets:
        cents = round(amount * _CENTS)
        if probability >= 1:
            sure += cents
        elif probability > 0 and cents:
            open_.append((cents, probability))
    return sure, sorted(open_)


def _convolved(steps: Sequence[tuple[int, float]], limit: int) -> dict[int, float] | None:
    """The probability of each sum; None where that would take too long."""
    chances = {0: 1.0}
    left = limit
    for step, probability in steps:
        left -= 2 * len(chances)
        if left < 0:
            return None
        grown = {at: chance * (1 - probability) for at, chance in chances.items()}
        for at, chance in chances.items():
            grown[at + step] = grown.get(at + step, 0.0) + chance * probability
        chances = grown
    return chances


def _quantiles(chances: dict[int, float]) -> tuple[int, ...]:
    sums = sorted(chances)
    reached = list(accumulate(chances[at] for at in sums))
    # The last digits of a running sum are noise: a chance of exactly one half must count as reached.
    return tuple(
        next((at for at, below in zip(sums, reached, strict=True) if below >= q / 100 - 1e-9), sums[-1])
        for q in _QUANTILES
    )


def _drawn(steps: Sequence[tuple[int, float]]) -> tuple[int, ...]:
    """The quantiles of as many draws as `RUNS`."""
    source = random.Random(_SEED)  # noqa: S311 -- a seeded simulation, no secret
    groups = [_Group(probability, steps) for probability in sorted({p for _, p in steps})]
    sums = sorted(sum(group.draw(source) for group in groups) for _ in range(RUNS))
    return tuple(sums[math.ceil(RUNS * q / 100) - 1] for q in _QUANTILES)


class _Group:
    """Deals of one probability, drawn all at once: one bit of a long integer for each.

    Bit planes of the amounts turn a draw into a handful of operations on long integers, however many deals there are.
    """

    __slots__ = ("_digits", "_planes", "_size")

    def __init__(self, probability: float, steps: Sequence[tuple[int, float]]) -> None:
        amounts = [step for step, p in steps if p == probability]
        self._size = len(amounts)
        # At least one in the last digit: what is possible must not become impossible.
        whole = min(max(round(probability * 2**_DIGITS), 1), 2**_DIGITS - 1)
        shift = (whole & -whole).bit_length() - 1
        self._digits = tuple(bool(whole >> place & 1) for place in range(shift, _DIGITS))
        width = max(map(abs, amounts)).bit_length()
        self._planes = tuple(
            (sign * (1 << place), plane)
            for sign in (1, -1)
            for place in range(width)
            if (plane := _plane(amounts, place, sign))
        )

    def draw(self, source: random.Random) -> int:
        """The sum of the amounts that came this time."""
        size, bits = self._size, source.getrandbits
        # From the last digit of the probability to the first, each a fair coin for every deal: the comparison of a
        # random fraction with the probability, digit by digit.
        came = 0
        for digit in self._digits:
            came = came | bits(size) if digit else came & bits(size)
        return sum(weight * (came & plane).bit_count() for weight, plane in self._planes)


def _plane(amounts: Sequence[int], place: int, sign: int) -> int:
    """The deals, as bits, whose amount has this sign and this binary digit."""
    digits = "".join("1" if amount * sign > 0 and abs(amount) >> place & 1 else "0" for amount in reversed(amounts))
    return int(digits, 2)
