"""All values of one unknown that make its expressions true, and the one nearest to what it is now."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Final

from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass
from salespm_flow.solve.clues import Clues, measured_difference, root
from salespm_flow.solve.domain import (
    Choice,
    Domain,
    Free,
    Measure,
    Ordered,
    choices_of,
    key_of,
    measure_of,
    refined,
    tick_near,
    value_at,
    value_of,
)
from salespm_flow.solve.intervals import Intervals, intervals
from salespm_flow.solve.rhythm import Rhythm, rhythm_of
from salespm_flow.solve.samples import attempts_at

Assignment = Mapping[str, Value]

# To empty a field is the last thing to propose.
_EMPTYING: Final = Fraction(1000)
_MOST_CANDIDATES: Final = 16
_WIDEST_LEAP: Final = 12
# Where nothing is known, a hundredth is as good as one, and reads worse.
_WHOLE: Final = 2
_MOST_ROOTS: Final = 3
_YEARS: Final = {Measure.DATE: 365, Measure.DATETIME: 365 * 24 * 60}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Something that may take another value of its domain; `near` is where to look if `before` is null."""

    name: str
    domain: Domain
    before: Value
    near: Value
    is_emptiable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value for an unknown, and what else would do, as in FieldChange; `distance` is relative to what it was."""

    value: Value
    distance: Fraction
    is_any: bool = False
    low: Value = None
    high: Value = None
    choices: tuple[Value, ...] = ()


class Trial:
    """What is to become true and how it is tried; after `tries` evaluations nothing holds any more."""

    __slots__ = ("_holds", "clues", "left", "today", "value")

    def __init__(
        self,
        *,
        value: Callable[[Node, Assignment], Value],
        holds: Callable[[Assignment], bool],
        clues: Clues,
        today: date,
        tries: int,
    ) -> None:
        self.value = value
        self.clues = clues
        self.today = today
        self.left = tries
        self._holds = holds

    def holds(self, assignment: Assignment) -> bool:
        """Whether all that is to become true is so under the assignment."""
        self.left -= 1
        return self.left >= 0 and self._holds(assignment)


def best_option(trial: Trial, unknown: Unknown, fixed: Assignment) -> Option | None:
    """The value nearest to the present one that makes everything true, the other unknowns being `fixed`."""
    found = (
        _on_line(trial, unknown, unknown.domain, fixed)
        if isinstance(unknown.domain, Ordered)
        else _among_choices(trial, unknown, fixed)
    )
    if found is None and _may_empty(unknown) and trial.holds({**fixed, unknown.name: None}):
        return Option(value=None, distance=_EMPTYING)
    return found


def _may_empty(unknown: Unknown) -> bool:
    return unknown.is_emptiable and unknown.before is not None


def _among_choices(trial: Trial, unknown: Unknown, fixed: Assignment) -> Option | None:
    if isinstance(unknown.domain, Free):
        return _written(trial, unknown, unknown.domain, fixed)
    values = _choices(trial, unknown, fixed)
    good = tuple(value for value in values if trial.holds({**fixed, unknown.name: value}))
    if not good:
        return None
    is_any = len(good) == len(values) and unknown.before is None
    return Option(value=good[0], distance=replacing(unknown), is_any=is_any, choices=() if is_any else good)


def _written(trial: Trial, unknown: Unknown, domain: Free, fixed: Assignment) -> Option | None:
    """Something to be written there: anything, if all that was tried for it will do, else the nearest that will."""

    def holds(value: Value) -> bool:
        return trial.holds({**fixed, unknown.name: value})

    attempts = attempts_at(domain, key_of(unknown.before), _spoken(trial, unknown, fixed))
    if all(holds(probe) for probe in attempts.probes):
        return Option(value=domain.sample, distance=replacing(unknown), is_any=True)
    good = next((value for value in attempts.values if holds(value)), None)
    return None if good is None else Option(value=good, distance=replacing(unknown))


def replacing(unknown: Unknown) -> Fraction:
    """How much it means that another value replaces the present one: what nobody chose gives way first.

    What is required gives way last: it is what the project was begun with.
    """
    if unknown.before is None:
        return Fraction(0)
    if unknown.before == unknown.near:
        return Fraction(1, 2)
    return Fraction(3, 4) if unknown.is_emptiable else Fraction(1)


def _spoken(trial: Trial, unknown: Unknown, fixed: Assignment) -> tuple[Value, ...]:
    """The values that the rules speak of; what is compared with the unknown may be a column, not a literal."""
    spoken = [trial.value(literal, fixed) for literal in trial.clues.literals]
    if not isinstance(unknown.domain, Choice):
        for pair in trial.clues.pairs:
            spoken += [trial.value(pair.left, fixed), trial.value(pair.right, fixed)]
    return tuple(spoken)


def _choices(trial: Trial, unknown: Unknown, fixed: Assignment) -> tuple[Value, ...]:
    spoken = _spoken(trial, unknown, fixed)
    now = key_of(unknown.before)
    values = choices_of(unknown.domain, spoken)
    if isinstance(unknown.domain, Free):
        values = tuple(dict.fromkeys((*values, *attempts_at(unknown.domain, now, spoken).values)))
    return tuple(value for value in values if value != now or now is None)


def _on_line(trial: Trial, unknown: Unknown, domain: Ordered, fixed: Assignment) -> Option | None:
    roots = tuple(_roots(trial, unknown, domain, fixed))
    domain = refined(domain, (*roots, *_known(measure_of(unknown.before))))
    start = tick_near(domain, unknown.near if unknown.before is None else unknown.before, trial.today)

    def holds(tick: int) -> bool:
        return trial.holds({**fixed, unknown.name: value_at(domain, tick)})

    rhythm = rhythm_of(trial.clues.rounds, domain)
    ticks = _ticks(domain, start, roots, is_known=unknown.before is not None)
    if rhythm is not None:
        ticks = _in_rhythm(domain, (start, *_near(start, roots, domain)), rhythm, ticks)
    good = _truth(ticks, holds, widest=domain.high - domain.low if rhythm is None else rhythm.grain)
    if unknown.before is not None:
        good = good.intersection(Intervals(((start, start),)).complement(domain.low, domain.high))
    nearest = _nearest(unknown, domain, good, start)
    if nearest is None:
        return None
    span = good.span_of(nearest) or (nearest, nearest)
    is_any = unknown.before is None and span == (domain.low, domain.high)
    value = value_at(domain, nearest)
    return Option(
        value=value,
        distance=replacing(unknown) * _way(domain, start, nearest) + surprise(unknown, value),
        is_any=is_any,
        low=None if is_any or (span[0] == domain.low and domain.is_low_open) else value_at(domain, span[0]),
        high=None if is_any or (span[1] == domain.high and domain.is_high_open) else value_at(domain, span[1]),
    )


def _nearest(unknown: Unknown, domain: Ordered, good: Intervals, start: int) -> int | None:
    """The nearest step; from nothing one that people would mean, if there is any."""
    if unknown.before is not None:
        return good.nearest(start)
    likely = good.within(0, _most(domain))
    return likely.nearest(start) if likely else good.nearest(start)


def _most(domain: Ordered) -> int:
    return min(domain.high, ceil(1 / domain.step)) if domain.is_share else domain.high


def surprise(unknown: Unknown, value: Value) -> Fraction:
    """How far from what people mean it is to fill the unknown with the value: below zero, or more than the whole."""
    amount = measure_of(value)
    if unknown.before is not None or amount is None or not isinstance(unknown.domain, Ordered):
        return Fraction(0)
    is_likely = amount >= 0 and (amount <= 1 or not unknown.domain.is_share)
    return Fraction(0) if is_likely else Fraction(1)


def _way(domain: Ordered, start: int, end: int) -> Fraction:
    """How far it is, as a share: of the range where both ends are declared, of a year, else of the value itself."""
    steps = abs(end - start)
    if not domain.is_low_open and not domain.is_high_open:
        return Fraction(steps, max(domain.high - domain.low, 1))
    year = _YEARS.get(domain.measure)
    if year is not None:
        return steps * domain.step / year
    return Fraction(steps, max(abs(start), ceil(1 / domain.step)))


def _known(amount: Fraction | None) -> tuple[Fraction, ...]:
    return () if amount is None else (amount,)


def _roots(trial: Trial, unknown: Unknown, domain: Ordered, fixed: Assignment) -> Iterator[Fraction]:
    """Where the two sides of a comparison meet, and every literal that the unknown could be compared with."""
    start = tick_near(domain, unknown.near if unknown.before is None else unknown.before, trial.today) * domain.step
    for pair in trial.clues.pairs:

        def difference(value: Value, left: Node = pair.left, right: Node = pair.right) -> Fraction | None:
            assignment = {**fixed, unknown.name: value}
            return measured_difference(trial.value(left, assignment), trial.value(right, assignment))

        found = root(domain, start, difference)
        if found is not None:
            yield found
    for literal in trial.clues.literals:
        value = trial.value(literal, fixed)
        amount = measure_of(value)
        if amount is not None and type(value) is type(value_of(domain, start)):
            yield amount


def _ticks(domain: Ordered, start: int, roots: Iterable[Fraction], *, is_known: bool) -> tuple[int, ...]:
    """Every step to try: around each root, the ends of the domain, and ever wider leaps from the start."""
    ticks = {start, domain.low, domain.high}
    for found in roots:
        low, high = floor(found / domain.step), ceil(found / domain.step)
        ticks |= {low - 1, low, high, high + 1}
    for leap in range(0 if is_known or domain.step >= 1 else _WHOLE, _WIDEST_LEAP):
        ticks |= {start - 10**leap, start + 10**leap}
    return tuple(sorted(tick for tick in ticks if domain.low <= tick <= domain.high))


def _near(start: int, roots: Iterable[Fraction], domain: Ordered) -> tuple[int, ...]:
    """The steps of the roots nearest to the start."""
    steps = dict.fromkeys(round(found / domain.step) for found in roots)
    return tuple(sorted(steps, key=lambda step: abs(step - start))[:_MOST_ROOTS])


def _in_rhythm(domain: Ordered, anchors: Iterable[int], rhythm: Rhythm, ticks: Iterable[int]) -> tuple[int, ...]:
    """The steps with all those around the anchors at which something that comes again could change."""
    rounds = range(-rhythm.reach, rhythm.reach + 1, rhythm.grain)
    found = {*ticks, *(anchor + step for anchor in anchors for step in rounds)}
    return tuple(sorted(tick for tick in found if domain.low <= tick <= domain.high))


def _truth(ticks: Sequence[int], holds: Callable[[int], bool], *, widest: int) -> Intervals:
    """Where it holds, as far as the steps tried tell; between two that differ the border is found by halving.

    Nothing is told of what lies between two steps farther apart than `widest`.
    """
    spans: list[tuple[int, int]] = []
    before: tuple[int, bool] | None = None
    for tick in ticks:
        now = holds(tick)
        if before is not None and tick - before[0] > widest:
            before = None
        if before is not None and before[1] and now:
            spans.append((before[0], tick))
        elif before is not None and before[1] != now:
            last, first = _border(before[0], tick, holds, is_falling=before[1])
            spans.append((before[0], last) if before[1] else (first, tick))
        elif now:
            spans.append((tick, tick))
        before = (tick, now)
    return intervals(spans)


def _border(low: int, high: int, holds: Callable[[int], bool], *, is_falling: bool) -> tuple[int, int]:
    """Two neighbouring steps between which the truth changes."""
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle) is is_falling:
            low = middle
        else:
            high = middle
    return low, high


def candidates(trial: Trial, unknown: Unknown, fixed: Assignment) -> tuple[Value, ...]:
    """The values worth trying for an unknown that does not suffice alone, the nearest first."""
    empty = (None,) if _may_empty(unknown) else ()
    if not isinstance(unknown.domain, Ordered):
        return (*_choices(trial, unknown, fixed)[:_MOST_CANDIDATES], *empty)
    roots = tuple(_roots(trial, unknown, unknown.domain, fixed))
    domain = refined(unknown.domain, (*roots, *_known(measure_of(unknown.before))))
    start = tick_near(domain, unknown.near if unknown.before is None else unknown.before, trial.today)
    around = _ticks(domain, start, roots, is_known=unknown.before is not None)
    is_new = unknown.before is None
    ticks = sorted(around, key=lambda tick: (is_new and tick < 0, abs(tick - start), -tick))
    other = [tick for tick in ticks if is_new or tick != start][:_MOST_CANDIDATES]
    if is_new and domain.step < 1:
        other.sort(key=lambda tick: (tick < 0, tick % 10**_WHOLE != 0))
    return (*(value_at(domain, tick) for tick in other), *empty)
