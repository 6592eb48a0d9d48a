"""A forecast from the store, and how former ones fared against what happened. Changes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from salespm_flow.engine.measure.deals import Books, Clerk, Source, books, first_moment, standings
from salespm_flow.engine.queries import calendar_of
from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project
from salespm_flow.model.rules import Per
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.rules.forecast.calibration import ENOUGH, Odds, Verdict, judge, odds_of
from salespm_flow.rules.forecast.deals import Deal, View, Win
from salespm_flow.rules.forecast.outlook import Aim, Frame, Ledger, Outlook, Parts, chance_of
from salespm_flow.rules.period import Period, count_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The forecast of a period with what it stands on."""

    books: Books
    frame: Frame
    odds: Mapping[str, Odds]
    outlook: Outlook
    parts: Mapping[str, Outlook]
    minimum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A forecast as it was when its period began, and what the period came to.

    `accuracy` is 1 - |forecast - actual| / actual by view; None where nothing was won.
    """

    period: Period
    outlook: Outlook
    actual: Decimal
    accuracy: Mapping[View, Decimal | None]
    is_within: Mapping[View, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How former forecasts fared: period by period, and deal by deal by view; `undecided` deals are still open."""

    formers: tuple[Former, ...]
    verdicts: Mapping[View, Verdict]
    undecided: int


def forecast(
    source: Source,
    frame: Frame,
    *,
    at: datetime,
    is_past: bool = False,
    minimum: int = ENOUGH,
    target: Decimal | None = None,
    parts: Parts | None = None,
) -> Forecast:
    """The forecast of the frame's period; one pass over the projects of the workflow.

    Args:
        source: where the deals come from.
        frame: the period, and which deals count.
        at: the moment that counts as now.
        is_past: whether the deals count as they stood at `at`.
        minimum: how many closed projects a calibrated probability takes.
        target: what the period is to bring.
        parts: what else the deals are counted in.
    """
    ledger = Ledger(frame)
    takers = (ledger.take,) if parts is None else (ledger.take, parts.take)
    found = books(source, at, is_past=is_past, takers=takers)
    odds = odds_of(source.workflow.states, found.cohorts, minimum=minimum)
    aim = Aim(
        target=target,
        elapsed=elapsed(frame.period, frame.today, source.library),
        win_rate_value=found.win_rate_value,
    )
    return Forecast(
        books=found,
        frame=frame,
        odds=odds,
        outlook=ledger.outlook(odds, aim),
        parts={} if parts is None else parts.outlooks(odds),
        minimum=minimum,
    )


def elapsed(period: Period, today: date, library: Library) -> Decimal | None:
    """The share of the period's working days that have begun, today's among them; None where they cannot be counted."""
    start, end = period.start, period.end
    if start is None or end is None:
        return None
    if today < start:
        return Decimal(0)
    calendar = calendar_of(library)
    gone = count_of(Period(start=start, end=min(today, end)), Per.WORKING_DAY, calendar)
    whole = count_of(period, Per.WORKING_DAY, calendar)
    return None if gone is None or not whole else round(gone / whole, 6)


def track_record(
    source: Source, periods: Sequence[Period], *, at: datetime, counts_undated: bool = False, minimum: int = ENOUGH
) -> TrackRecord:
    """The forecasts as they were the moment before each period began, against what is known at `at`.

    Each stands on what was known then: deals, amounts and calibration alike. One pass over the histories.

    Args:
        source: where the deals come from.
        periods: closed ones, oldest first.
        at: the moment that counts as now.
        counts_undated: whether deals without a date counted.
        minimum: how many closed projects a calibrated probability takes.
    """
    begun = [(period, period.start) for period in periods if period.start is not None]
    pasts = [_Past(source, Frame(period=period, today=first, counts_undated=counts_undated)) for period, first in begun]
    clerk = Clerk(source, at)
    for standing in standings(source.store, [*(past.at for past in pasts), at]):
        stood = [None if project is None else past.state(project) for past, project in zip(pasts, standing)]  # noqa: B905 -- the last of the standing is how it stands now
        now = next(standing)
        came = None if now is None or now.outcome is None else now.outcome.is_success
        win = None if now is None else clerk.take(now)
        for past, state in zip(pasts, stood, strict=True):
            past.learn(state, win if isinstance(win, Win) else None, came=came)
    told: dict[View, Counter[tuple[Decimal, bool]]] = {view: Counter() for view in View}
    odds = [odds_of(source.workflow.states, past.clerk.books.cohorts, minimum=minimum) for past in pasts]
    for past, known in zip(pasts, odds, strict=True):
        for view in View:
            told[view] += past.predictions(known, view)
    return TrackRecord(
        formers=tuple(past.former(known) for past, known in zip(pasts, odds, strict=True)),
        verdicts={view: judge(held) for view, held in told.items()},
        undecided=sum(past.undecided for past in pasts),
    )


class _Past:
    """What was known the moment before a period began, and what became of it: counts and sums, no project."""

    def __init__(self, source: Source, frame: Frame) -> None:
        self.at = first_moment(frame.today, source.library).astimezone(UTC)
        self.clerk = Clerk(source, self.at)
        self.undecided = 0
        self._frame, self._ledger = frame, Ledger(frame)
        self._actual = Decimal(0)
        # How many of the deals that were open then, by state, came to this end.
        self._ends: Counter[tuple[str, bool]] = Counter()

    def state(self, project: Project) -> str | None:
        """The project is counted as it stood then; its state, empty for one that stood aside, None for no open deal."""
        deal = self.clerk.take(project)
        if not isinstance(deal, Deal):
            return None
        self._ledger.take(deal)
        return deal.state or ""

    def learn(self, state: str | None, win: Win | None, *, came: bool | None) -> None:
        """What became of a project that was open in the state then, if it was; whether it is a win by now."""
        if state is not None and came is None:
            self.undecided += 1
        elif state is not None and came is not None:
            self._ends[state, came] += 1
        if win is not None and self._frame.period.holds(win.day):
            self._actual += win.amount or 0

    def predictions(self, odds: Mapping[str, Odds], view: View) -> Counter[tuple[Decimal, bool]]:
        """How often which probability was told of a deal that came, or did not."""
        found: Counter[tuple[Decimal, bool]] = Counter()
        for (state, came), count in self._ends.items():
            chance = chance_of(state, odds, view)
            if chance is not None:
                found[chance, came] += count
        return found

    def former(self, odds: Mapping[str, Odds]) -> Former:
        """The forecast as it was, and what the period came to."""
        expected, actual = self._ledger.outlook(odds), self._actual
        return Former(
            period=self._frame.period,
            outlook=expected,
            actual=actual,
            accuracy={view: _accuracy(one.mean, actual) for view, one in expected.forecast.items()},
            is_within={view: one.p10 <= actual <= one.p90 for view, one in expected.forecast.items()},
        )


def _accuracy(expected: Decimal, actual: Decimal) -> Decimal | None:
    return None if not actual else round(1 - CONTEXT.divide(abs(expected - actual), actual), 6)


def today_of(at: datetime, library: Library) -> date:
    """The day that it is at the moment in the workspace's time zone."""
    return at.astimezone(zone_named(library.workspace.timezone)).date()
