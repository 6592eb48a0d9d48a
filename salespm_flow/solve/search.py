"""The smallest assignment of several unknowns: the fewest of them, then none that was already given, then the nearest.

Goals that share no unknown are solved apart; together they are smallest because each is. Within such a group every
set of unknowns is tried by size; the last of a set is solved exactly, the others among what their comparisons suggest.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Final

from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass
from salespm_flow.solve.line import Assignment, Option, Trial, Unknown, best_option, candidates, replacing, surprise

_MOST_TOGETHER: Final = 4
_MOST_PREFIXES: Final = 64

Options = Mapping[str, Option]


@dataclass(frozen=True, slots=True)
class _Found:
    cost: tuple[int, Fraction]
    options: Options


def smallest(trial: Trial, unknowns: Sequence[Unknown], forced: frozenset[str]) -> Options | None:
    """The smallest change of the unknowns under which the trial holds; None where none was found.

    Those `forced` change in any case.
    """
    always = [unknown for unknown in unknowns if unknown.name in forced]
    others = [unknown for unknown in unknowns if unknown.name not in forced]
    for size in range(max(1, len(always)), max(_MOST_TOGETHER, len(always)) + 1):
        found = [
            found
            for chosen in combinations(others, size - len(always))
            if (found := _together(trial, (*always, *chosen))) is not None
        ]
        if found:
            return min(found, key=lambda one: one.cost).options
    return None


def _together(trial: Trial, chosen: Sequence[Unknown]) -> _Found | None:
    """The smallest change of exactly these unknowns."""
    *first, last = chosen
    best: _Found | None = None
    for prefix in _prefixes(trial, first):
        option = best_option(trial, last, prefix)
        if option is None:
            continue
        options = {unknown.name: _fixed(unknown, prefix[unknown.name]) for unknown in first}
        options[last.name] = option if not first else Option(value=option.value, distance=option.distance)
        found = _Found(_cost(chosen, options), options)
        if best is None or found.cost < best.cost:
            best = found
    if best is None or not first:
        return best
    moved = loosened(trial, chosen, best.options)
    return _Found(_cost(chosen, moved), moved)


def _prefixes(trial: Trial, unknowns: Sequence[Unknown]) -> Iterator[Assignment]:
    """Assignments of these unknowns worth trying, the nearest values first."""
    prefixes: Sequence[Assignment] = [{}]
    for unknown in unknowns:
        prefixes = [
            {**prefix, unknown.name: value} for prefix in prefixes for value in candidates(trial, unknown, prefix)
        ][:_MOST_PREFIXES]
    yield from prefixes


def _fixed(unknown: Unknown, value: Value) -> Option:
    return Option(value=value, distance=replacing(unknown) + surprise(unknown, value))


def loosened(trial: Trial, chosen: Sequence[Unknown], options: Options) -> Options:
    """The same change, each value moved as near as the others allow, with what else would do in its place."""
    moved = dict(options)
    for unknown in chosen:
        rest = {name: option.value for name, option in moved.items() if name != unknown.name}
        option = best_option(trial, unknown, rest)
        if option is not None:
            moved[unknown.name] = option
    return moved


def _cost(chosen: Iterable[Unknown], options: Options) -> tuple[int, Fraction]:
    altered = sum(unknown.before is not None for unknown in chosen)
    return altered, sum((option.distance for option in options.values()), Fraction(0))


def groups(reads: Iterable[frozenset[str]]) -> tuple[frozenset[int], ...]:
    """The goals, by number, that hang together because they read something in common, in order of the first one."""
    found: list[tuple[set[int], set[str]]] = []
    for number, names in enumerate(reads):
        numbers, joined = {number}, set(names)
        apart = []
        for group in found:
            if group[1] & joined:
                numbers |= group[0]
                joined |= group[1]
            else:
                apart.append(group)
        found = [*apart, (numbers, joined)]
    return tuple(sorted((frozenset(numbers) for numbers, _ in found), key=min))
