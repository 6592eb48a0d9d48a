"""The flow of projects in a window of time: per state and as a whole. Knows no storage."""

from datetime import datetime, timedelta
from decimal import Decimal

from salespm_flow.nouns import dataclass
from salespm_flow.rules.flow.trips import ZERO, Spans, Stay, Times, Track, Trip, Window
from salespm_flow.rules.forecast.calibration import ratio, share, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFlow:
    """What happened in one state during the window.

    `time` is of the stays that ended in the window, `age` of those that had not ended at its end. `wip` is how many
    projects were in it on average. Of the projects that left it in the window, `leak` is the share that left it to an
    end that is no success, `conversion` the share that left it to anywhere else. `load` is its share of all the time
    that projects spent in states.
    """

    state: str
    entered: int
    left: int
    time: Times | None
    age: Times | None
    wip: Decimal
    conversion: Decimal | None
    leak: Decimal | None
    load: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Little:
    """Little's law, L = λW: projects at work on average against throughput times mean time in the system.

    `ratio` is near 1 where as much came in as went out; above it work piles up.
    """

    wip: Decimal
    expected: Decimal
    ratio: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The flow in a window: what began, what ended (well or not), how long it took, where it waited.

    `lead` is from opening to a good end, `cycle` from the first move. `wip` is how many were open at the end of
    the window. `bottleneck` is the state in which projects spent most of their time; None where none was spent.
    """

    projects: int
    opened: int
    ended: int
    succeeded: int
    per_week: Decimal | None
    lead: Times | None
    cycle: Times | None
    wip: int
    moves: int
    skip_rate: Decimal | None
    regress_rate: Decimal | None
    states: tuple[StateFlow, ...]
    bottleneck: str | None
    little: Little

    @property
    def success_rate(self) -> Decimal | None:
        """The share of what ended that ended well; None of nothing."""
        return share(self.succeeded, self.ended)

    @property
    def success_interval(self) -> tuple[Decimal, Decimal] | None:
        """Where the success rate lies with a confidence of 95 %; None of nothing."""
        return wilson(self.succeeded, self.ended)


class _Desk:
    """What is counted of one state."""

    __slots__ = ("ages", "durations", "entered", "leaked", "left", "spent")

    def __init__(self) -> None:
        self.entered = self.left = self.leaked = 0
        self.spent = ZERO
        self.durations, self.ages = Spans(), Spans()


class FlowCount:
    """Counts trips, one after the other; what is held is eight bytes for each stay that counts."""

    def __init__(self, window: Window, track: Track, losses: frozenset[str]) -> None:
        self._window, self._length = window, window.length
        self._track = track
        self._losses = losses
        self._desks = {name: _Desk() for name in track.stages}
        self._projects = self._opened = self._succeeded = self._wip = 0
        self._moves = self._skips = self._regresses = 0
        self._leads, self._cycles = Spans(), Spans()
        # How long those that ended had been there: not each, since only their sum is asked for.
        self._ended, self._resided = 0, ZERO
        self._present = ZERO

    def take(self, trip: Trip) -> None:
        """The trip is counted, as far as it lies in the window."""
        window = self._window
        if trip.opened_at > window.end or (trip.ended_at is not None and trip.ended_at < window.start):
            return
        self._projects += 1
        self._opened += window.holds(trip.opened_at)
        self._present += window.overlap(trip.opened_at, trip.ended_at)
        self._wip += trip.ended_at is None or trip.ended_at > window.end
        if trip.ended_at is not None and window.holds(trip.ended_at):
            self._ended += 1
            self._resided += max(trip.ended_at - trip.opened_at, ZERO)
            if trip.is_success:
                self._succeeded += 1
                self._leads.add(trip.ended_at - trip.opened_at)
                self._cycles.add(trip.ended_at - (trip.started_at or trip.opened_at))
        for stay in trip.stays:
            self._stay(stay)
        self._steps(trip)

    def _stay(self, stay: Stay) -> None:
        desk, window = self._desks.get(stay.state), self._window
        if desk is None:
            return
        desk.entered += window.holds(stay.entered_at)
        desk.spent += window.overlap(stay.entered_at, stay.left_at)
        if stay.left_at is not None and window.holds(stay.left_at):
            desk.left += 1
            desk.durations.add(stay.left_at - stay.entered_at)
        elif stay.entered_at <= window.end and (stay.left_at is None or stay.left_at > window.end):
            desk.ages.add(window.end - stay.entered_at)

    def _steps(self, trip: Trip) -> None:
        for step in trip.steps:
            if not self._window.holds(step.at):
                continue
            self._moves += 1
            self._skips += self._track.is_skip(step)
            self._regresses += self._track.is_regress(step)
            if step.target in self._losses and step.source in self._desks:
                self._desks[step.source].leaked += 1

    def flow(self, since: datetime | None = None) -> Flow:
        """The figures, once all trips were taken; rates over time count from `since` where that is later."""
        if since is not None:
            self._length = Window(start=max(since, self._window.start), end=self._window.end).length
        whole = sum((self._desks[name].spent for name in self._track.atomic), ZERO)
        spent = {name: self._desks[name].spent for name in self._track.atomic if self._desks[name].spent}
        ended = self._ended
        return Flow(
            projects=self._projects,
            opened=self._opened,
            ended=ended,
            succeeded=self._succeeded,
            per_week=_quotient(ended * timedelta(weeks=1), self._length),
            lead=self._leads.times(),
            cycle=self._cycles.times(),
            wip=self._wip,
            moves=self._moves,
            skip_rate=share(self._skips, self._moves),
            regress_rate=share(self._regresses, self._moves),
            states=tuple(self._state(name, whole) for name in self._track.stages),
            bottleneck=max(spent, key=spent.__getitem__, default=None),
            little=self._little(ended),
        )

    def _state(self, name: str, whole: timedelta) -> StateFlow:
        desk = self._desks[name]
        return StateFlow(
            state=name,
            entered=desk.entered,
            left=desk.left,
            time=desk.durations.times(),
            age=desk.ages.times(),
            wip=_quotient(desk.spent, self._length) or Decimal(0),
            conversion=share(desk.left - desk.leaked, desk.left),
            leak=share(desk.leaked, desk.left),
            load=_quotient(desk.spent, whole),
        )

    def _little(self, ended: int) -> Little:
        wip = _quotient(self._present, self._length) or Decimal(0)
        # λW: so many ended in the window, each of which had been in the system for so long.
        expected = _quotient(self._resided, self._length) or Decimal(0)
        return Little(wip=wip, expected=expected, ratio=share_of(wip, expected) if ended else None)


def share_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """The quotient to six places; None where it is divided by nothing."""
    return None if not whole else ratio(float(part / whole))


def _quotient(part: timedelta, whole: timedelta) -> Decimal | None:
    return ratio(part / whole) if whole else None
