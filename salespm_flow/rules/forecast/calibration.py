"""Probabilities of states learned from what became of the projects that reached them. Knows no amounts, no storage."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.model.workflow import State, StateKind
from salespm_flow.nouns import dataclass

# The quantile of the normal distribution that leaves 2.5 % at either side.
_Z: Final = 1.959963984540054
_PLACES: Final = 6
# Below so many closed projects a share says too little: the interval around a half is wider than 60 points.
ENOUGH: Final = 10
_BINS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The projects that ever reached a state, each once: ended well, ended otherwise, not ended."""

    won: int = 0
    lost: int = 0
    open: int = 0

    @property
    def closed(self) -> int:
        """How many have ended; only these tell a rate."""
        return self.won + self.lost

    @property
    def rate(self) -> Decimal | None:
        """The share of the closed that ended well; None without any."""
        return share(self.won, self.closed)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Where the rate lies with a confidence of 95 %; None without any closed."""
        return wilson(self.won, self.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """What a state promises: as the definition declares it, and as its cohort tells it.

    `calibrated` is the rate of the cohort with enough closed projects: the state's own, else that of the nearest state
    around it, named by `learned_from`; None where neither has enough.
    """

    state: str
    declared: Decimal | None
    cohort: Cohort
    calibrated: Decimal | None = None
    learned_from: str | None = None

    @property
    def best(self) -> Decimal | None:
        """The calibrated probability where there is one, else the declared."""
        return self.declared if self.calibrated is None else self.calibrated


class Cohorts:
    """Counts projects by the states that they reached."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = {}

    def take(self, reached: Iterable[str], *, is_success: bool | None) -> None:
        """A project is counted in every state that it reached; None for one that has not ended."""
        place = 2 if is_success is None else 0 if is_success else 1
        counts = self._counts
        for path in reached:
            found = counts.get(path)
            if found is None:
                found = counts[path] = [0, 0, 0]
            found[place] += 1

    def of(self, path: str) -> Cohort:
        """The cohort of the state."""
        won, lost, still = self._counts.get(path, (0, 0, 0))
        return Cohort(won=won, lost=lost, open=still)


def share(part: int, whole: int) -> Decimal | None:
    """The part of the whole; None of nothing."""
    return None if not whole else CONTEXT.divide(Decimal(part), Decimal(whole))


def ratio(value: float) -> Decimal:
    """The figure as a decimal of six places, so that it reads the same on every machine."""
    return Decimal(repr(round(value, _PLACES))).normalize() + 0


def wilson(hits: int, of: int) -> tuple[Decimal, Decimal] | None:
    """The 95 % score interval of a share, ends within 0..1; None of nothing (Wilson 1927).

    Unlike the textbook interval it stays right for few cases and for shares of 0 and 1.
    """
    if not of:
        return None
    rate, square = hits / of, _Z * _Z
    scale = 1 + square / of
    middle = (rate + square / (2 * of)) / scale
    half = _Z * math.sqrt(rate * (1 - rate) / of + square / (4 * of * of)) / scale
    low = 0.0 if not hits else max(0.0, middle - half)
    high = 1.0 if hits == of else min(1.0, middle + half)
    return ratio(low), ratio(high)


def is_stage(state: State) -> bool:
    """Whether a project is on its way in the state: no end, no region, not aside."""
    return state.kind is not StateKind.FINAL and not state.is_region and not state.is_aside


def odds_of(states: Mapping[str, State], cohorts: Cohorts, *, minimum: int = ENOUGH) -> Mapping[str, Odds]:
    """What each stage promises, by path, in the order of the file."""
    found: dict[str, Odds] = {}
    for path, state in states.items():
        if not is_stage(state):
            continue
        teacher = _teacher(path, states, cohorts, minimum)
        found[path] = Odds(
            state=path,
            declared=state.probability,
            cohort=cohorts.of(path),
            calibrated=None if teacher is None else cohorts.of(teacher).rate,
            learned_from=teacher,
        )
    return found


def _teacher(path: str, states: Mapping[str, State], cohorts: Cohorts, minimum: int) -> str | None:
    at: str | None = path
    while at is not None:
        state = states[at]
        # What all projects of a parallel state pass says nothing about one of its regions.
        if not state.is_region and cohorts.of(at).closed >= max(minimum, 1):
            return at
        at = state.parent
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Predictions from `low` up to (the last: with) `high`: their mean, and the share of them that came true."""

    low: Decimal
    high: Decimal
    count: int
    predicted: Decimal
    realised: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How good predictions were: the Brier score (0 is perfect, a coin's is 0.25), and the table by tenths."""

    count: int
    brier: Decimal | None
    table: tuple[Bin, ...]


def judge(predictions: Mapping[tuple[Decimal, bool], int]) -> Verdict:
    """The verdict on probabilities whose outcome is known, each with how often it was (Brier 1950, two outcomes)."""
    count = sum(predictions.values())
    if not count:
        return Verdict(count=0, brier=None, table=())
    misses = math.fsum(times * (float(told) - came) ** 2 for (told, came), times in predictions.items())
    tenths: dict[int, dict[tuple[Decimal, bool], int]] = {}
    for (told, came), times in predictions.items():
        tenths.setdefault(min(int(told * _BINS), _BINS - 1), {})[told, came] = times
    table = tuple(_bin(number, tenths[number]) for number in sorted(tenths))
    return Verdict(count=count, brier=ratio(misses / count), table=table)


def _bin(number: int, held: Mapping[tuple[Decimal, bool], int]) -> Bin:
    count = sum(held.values())
    return Bin(
        low=Decimal(number) / _BINS,
        high=Decimal(number + 1) / _BINS,
        count=count,
        predicted=ratio(math.fsum(times * float(told) for (told, _), times in held.items()) / count),
        realised=ratio(sum(times for (_, came), times in held.items() if came) / count),
    )
