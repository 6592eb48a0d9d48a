"""The way of one project as flow figures read it, and the figures of times. Knows no storage."""

import math
from array import array
from collections.abc import Mapping
from datetime import datetime, timedelta
from heapq import merge
from typing import Final

from salespm_flow.model.workflow import State, StateKind
from salespm_flow.nouns import dataclass
from salespm_flow.rules.forecast.calibration import is_stage

ZERO: Final = timedelta(0)
_MICROSECOND: Final = timedelta(microseconds=1)
# So many durations are put in order at a time: sorting takes a Python number for each, an array only eight bytes.
_CHUNK: Final = 8192
_MANY: Final = 1000
_Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stay in a state by its name; one that is not over has no `left_at`."""

    state: str
    entered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A move between two states, by their names."""

    at: datetime
    source: str | None
    target: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A project's way. It began when it was opened, work on it when it first moved, and ended with its outcome.

    `version` is that of the definition it runs on; a project that was migrated counts for the newer one.
    """

    project: str
    version: int
    opened_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    is_success: bool
    stays: tuple[Stay, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The stretch of time that counts, both ends included."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return max(self.end - self.start, ZERO)

    def holds(self, moment: datetime | None) -> bool:
        """Whether the moment lies in it."""
        return moment is not None and self.start <= moment <= self.end

    def overlap(self, begun: datetime, ended: datetime | None) -> timedelta:
        """How much of the stretch lies in it; one that is not over lasts on. Never below zero, whatever clocks said."""
        end = self.end if ended is None else min(ended, self.end)
        return max(end - max(begun, self.start), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Durations summed up: percentiles are by nearest rank, so that each is one that was measured.

    `p50_interval` holds the median of all such projects with a confidence of at least 95 %; None of fewer than six.
    """

    count: int
    mean: timedelta
    p50: timedelta
    p85: timedelta
    p50_interval: tuple[timedelta, timedelta] | None = None


class Spans:
    """Durations to the microsecond, eight bytes each, since percentiles need every one; none counts as below zero."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = array("q")

    def add(self, span: timedelta) -> None:
        """The duration is held; one below zero, as clocks that were set back leave it, counts as none."""
        self._held.append(max(span // _MICROSECOND, 0))

    def __len__(self) -> int:
        return len(self._held)

    def total(self) -> timedelta:
        """All of them together."""
        return sum(self._held) * _MICROSECOND

    def times(self) -> Times | None:
        """The durations summed up; None without any."""
        count = len(self._held)
        if not count:
            return None
        parts = (array("q", sorted(self._held[at : at + _CHUNK])) for at in range(0, count, _CHUNK))
        held = array("q", merge(*parts))
        p50, p85 = (held[math.ceil(count * percent / 100) - 1] * _MICROSECOND for percent in (50, 85))
        outside = _outside(count)
        return Times(
            count=count,
            mean=self.total() / count,
            p50=p50,
            p85=p85,
            p50_interval=(held[outside] * _MICROSECOND, held[-1 - outside] * _MICROSECOND) if outside >= 0 else None,
        )


def _outside(count: int) -> int:
    """How many of so many measures lie outside of the 95 % interval of their median, at either side; -1 without one.

    By order statistics, whatever the distribution (Thompson 1936): a measure is below the median with a chance of one
    half, so that how many are is binomial. Beyond `_MANY` by the normal distribution.
    """
    if count > _MANY:
        return math.floor((count - _Z * math.sqrt(count)) / 2) - 1
    # The chance that at most `below` measures are below the median may be 2.5 %.
    whole, reached, below = 2**count, 0, -1
    while (reached := reached + math.comb(count, below + 1)) * 40 <= whole:
        below += 1
    return below


class Track:
    """The order of the stages, against which a move skips or goes back."""

    __slots__ = ("_places", "atomic", "stages")

    def __init__(self, states: Mapping[str, State]) -> None:
        stages = [state for state in states.values() if is_stage(state)]
        self.stages = tuple(state.name for state in stages)
        # Only what holds no other state: a project is then in one of them, but for parallel regions.
        self.atomic = tuple(state.name for state in stages if not state.children)
        self._places: dict[str, tuple[str | None, int]] = {}
        counts: dict[str | None, int] = {}
        for state in states.values():
            is_goal = state.kind is StateKind.FINAL and (state.outcome is None or state.outcome.is_success)
            if not (is_stage(state) or is_goal):
                continue
            # Of several ends that are reached as hoped for, none lies behind the other.
            place = counts.get(state.parent, 0)
            self._places[state.name] = (state.parent, place)
            if not is_goal:
                counts[state.parent] = place + 1

    def is_skip(self, step: Step) -> bool:
        """Whether a stage between the two was left out."""
        return self._leap(step) > 1

    def is_regress(self, step: Step) -> bool:
        """Whether it went back."""
        return self._leap(step) < 0

    def _leap(self, step: Step) -> int:
        """How many places on; 1 where the two do not stand in one row."""
        source, target = self._places.get(step.source or ""), self._places.get(step.target or "")
        if source is None or target is None or source[0] != target[0]:
            return 1
        return target[1] - source[1]
