"""The sum of amounts each of which comes or does not: exact while that is cheap, else simulated. Knows no deals."""

import math
import random
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from heapq import merge
from itertools import accumulate, chain
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
# So many amounts are put in order at a time: sorting takes a Python number for each, an array only eight bytes.
_CHUNK: Final = 8192

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


class Amounts:
    """Amounts to the hundredth, eight bytes each: what a spread must know of every deal."""

    __slots__ = ("_huge", "_usual")

    def __init__(self, cents: Iterable[int] = ()) -> None:
        self._usual = array("q")
        self._huge: list[int] = []
        for one in cents:
            self._take(one)

    def add(self, amount: Decimal) -> None:
        """The amount is held, rounded to the hundredth; nothing is held of one that comes to zero."""
        cents = round(amount * _CENTS)
        if cents:
            self._take(cents)

    def _take(self, cents: int) -> None:
        try:
            self._usual.append(cents)
        except OverflowError:
            self._huge.append(cents)

    def __iter__(self) -> Iterator[int]:
        yield from self._usual
        yield from self._huge

    def __len__(self) -> int:
        return len(self._usual) + len(self._huge)

    def in_order(self) -> "Amounts":
        """The same amounts; those that fit into eight bytes smallest first, before the others."""
        held = self._usual
        parts = (array("q", sorted(held[start : start + _CHUNK])) for start in range(0, len(held), _CHUNK))
        return Amounts(chain(merge(*parts), sorted(self._huge)))

    def joined(self, other: "Amounts") -> "Amounts":
        """The amounts of both."""
        return Amounts(chain(self, other))

    def divided(self, unit: int) -> "Amounts":
        """Each in units, of which it is a whole number."""
        return self if unit == 1 else Amounts(cents // unit for cents in self)


def spread(bets: Iterable[Bet], *, base: Decimal = Decimal(0), limit: int = EXACT_ADDITIONS) -> Spread:
    """What the amounts sum up to, each of which comes with its probability, independently of the others.

    Args:
        bets: amount and probability of each.
        base: what is certain already.
        limit: how many additions the exact way may take.
    """
    held: dict[Decimal, Amounts] = {}
    for amount, probability in bets:
        held.setdefault(probability, Amounts()).add(amount)
    return spread_of(held, base=base, limit=limit)


def spread_of(held: Mapping[Decimal, Amounts], *, base: Decimal = Decimal(0), limit: int = EXACT_ADDITIONS) -> Spread:
    """What the amounts, held by their probability, sum up to; each comes independently of the others.

    A Poisson binomial distribution over amounts, by convolution; beyond `limit` additions it is drawn with a fixed
    seed, so that the same deals give the same figures, whatever order they come in.
    """
    sure = sum(sum(amounts) for probability, amounts in held.items() if probability >= 1)
    open_ = {p: held[p].in_order() for p in sorted(held) if 0 < p < 1 and held[p]}
    mean = base + (sure + sum((p * sum(amounts) for p, amounts in open_.items()), Decimal(0))) / _CENTS
    if not open_:
        certain = base + Decimal(sure) / _CENTS
        return Spread(mean=mean, p10=certain, p50=certain, p90=certain)
    unit = reduce(math.gcd, (cents for amounts in open_.values() for cents in amounts))
    steps = {float(p): amounts.divided(unit) for p, amounts in open_.items()}
    exact = _exact(steps, limit)
    found, runs = (_quantiles(exact), 0) if exact is not None else (_drawn(steps), RUNS)
    p10, p50, p90 = (base + Decimal(sure + steps_ * unit) / _CENTS for steps_ in found)
    return Spread(mean=mean, p10=p10, p50=p50, p90=p90, runs=runs)


def _exact(steps: Mapping[float, Amounts], limit: int) -> dict[int, float] | None:
    """The probability of each sum; None where that would take too long."""
    count = sum(map(len, steps.values()))
    # Each amount adds one sum at least, so that many of them need not be tried.
    if count * (count + 1) > limit:
        return None
    return _convolved(sorted((step, p) for p, amounts in steps.items() for step in amounts), limit)


def _convolved(steps: Sequence[tuple[int, float]], limit: int) -> dict[int, float] | None:
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


def _drawn(steps: Mapping[float, Amounts]) -> tuple[int, ...]:
    """The quantiles of as many draws as `RUNS`."""
    source = random.Random(_SEED)  # noqa: S311 -- a seeded simulation, no secret
    groups = [_Group(probability, amounts) for probability, amounts in steps.items()]
    sums = sorted(sum(group.draw(source) for group in groups) for _ in range(RUNS))
    return tuple(sums[math.ceil(RUNS * q / 100) - 1] for q in _QUANTILES)


class _Group:
    """Deals of one probability, drawn all at once: one bit of a long integer for each.

    Bit planes of the amounts turn a draw into a handful of operations on long integers, however many deals there are.
    """

    __slots__ = ("_digits", "_planes", "_size")

    def __init__(self, probability: float, amounts: Amounts) -> None:
        self._size = len(amounts)
        # At least one in the last digit: what is possible must not become impossible.
        whole = min(max(round(probability * 2**_DIGITS), 1), 2**_DIGITS - 1)
        shift = (whole & -whole).bit_length() - 1
        self._digits = tuple(bool(whole >> place & 1) for place in range(shift, _DIGITS))
        width = max(map(abs, amounts)).bit_length()
        signs = (1, -1) if min(amounts) < 0 else (1,)
        self._planes = tuple(
            (sign * (1 << place), plane)
            for sign in signs
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


def _plane(amounts: Amounts, place: int, sign: int) -> int:
    """The deals, as bits, whose amount has this sign and this binary digit; the first deal is the first digit."""
    is_set, is_clear = b"10"
    digits = bytes(is_set if one * sign > 0 and abs(one) >> place & 1 else is_clear for one in amounts)
    return int(digits, 2)
