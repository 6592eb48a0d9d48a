"""Flow over days: how many projects were in each state, how much was left to do, how much was done in between."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate, pairwise

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.nouns import dataclass
from salespm_flow.rules.flow.trips import Track, Trip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative:
    """How many projects were in each state at each moment, and how many had ended by then."""

    moments: tuple[datetime, ...]
    states: Mapping[str, tuple[int, ...]]
    ended: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A piece of work: since when it is known, when it was done or dropped, and its size."""

    known_at: datetime
    size: Decimal
    done_at: datetime | None = None
    dropped_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Burndown:
    """At each moment: the work known and not dropped, what of it was done, and what remained.

    `ideal` goes in a straight line from what remained at the first moment to nothing at the last. `velocity` is what
    was done between one moment and the next: one figure less than there are moments.
    """

    moments: tuple[datetime, ...]
    scope: tuple[Decimal, ...]
    done: tuple[Decimal, ...]

    @property
    def remaining(self) -> tuple[Decimal, ...]:
        """What was left to do."""
        return tuple(scope - done for scope, done in zip(self.scope, self.done, strict=True))

    @property
    def ideal(self) -> tuple[Decimal, ...]:
        """What should have been left to do."""
        first, steps = self.remaining[0], max(len(self.moments) - 1, 1)
        return tuple(round(first * (steps - place) / steps, 2) for place in range(len(self.moments)))

    @property
    def velocity(self) -> tuple[Decimal, ...]:
        """What was done from moment to moment."""
        return tuple(after - before for before, after in pairwise(self.done))

    @property
    def mean_velocity(self) -> Decimal | None:
        """What was done from one moment to the next on average; None of a single moment."""
        steps = len(self.moments) - 1
        return None if steps < 1 else CONTEXT.divide(self.done[-1] - self.done[0], Decimal(steps))


class CumulativeCount:
    """Counts trips at moments; what is held is a number for each state and moment."""

    def __init__(self, moments: Sequence[datetime], track: Track) -> None:
        self._moments = tuple(moments)
        self._changes = {name: [0] * (len(self._moments) + 1) for name in track.atomic}
        self._ended = [0] * (len(self._moments) + 1)

    def take(self, trip: Trip) -> None:
        """The trip is counted: in the state that it was in at each moment."""
        for stay in trip.stays:
            changes = self._changes.get(stay.state)
            if changes is not None:
                changes[bisect_left(self._moments, stay.entered_at)] += 1
                if stay.left_at is not None:
                    # A clock that was set back must not take out what was never in.
                    changes[bisect_left(self._moments, max(stay.left_at, stay.entered_at))] -= 1
        if trip.ended_at is not None:
            self._ended[bisect_left(self._moments, trip.ended_at)] += 1

    def cumulative(self) -> Cumulative:
        """The series, once all trips were taken."""
        return Cumulative(
            moments=self._moments,
            states={name: tuple(accumulate(changes[:-1])) for name, changes in self._changes.items()},
            ended=tuple(accumulate(self._ended[:-1])),
        )


def burndown(items: Iterable[Item], moments: Sequence[datetime]) -> Burndown:
    """The work over the moments, which are in order. An item that was dropped is out of the scope from then on."""
    scope, done = [Decimal(0)] * (len(moments) + 1), [Decimal(0)] * (len(moments) + 1)
    for item in items:
        scope[bisect_left(moments, item.known_at)] += item.size
        if item.done_at is not None:
            done[bisect_left(moments, max(item.done_at, item.known_at))] += item.size
        elif item.dropped_at is not None:
            scope[bisect_left(moments, max(item.dropped_at, item.known_at))] -= item.size
    return Burndown(moments=tuple(moments), scope=tuple(accumulate(scope[:-1])), done=tuple(accumulate(done[:-1])))
