"""A forecast from the store, and how former ones fared against what happened. Changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from salespm_flow.engine.measure.deals import Books, Source, books, books_at, first_moment
from salespm_flow.engine.queries import calendar_of
from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.model.library import Library
from salespm_flow.model.rules import Per
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.rules.forecast.calibration import ENOUGH, Odds, Verdict, judge, odds_of
from salespm_flow.rules.forecast.deals import View
from salespm_flow.rules.forecast.outlook import Aim, Frame, Outlook, chance_of, outlook
from salespm_flow.rules.period import Period, count_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The forecast of a period with what it stands on."""

    books: Books
    frame: Frame
    odds: Mapping[str, Odds]
    outlook: Outlook


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
) -> Forecast:
    """The forecast of the frame's period; one pass over the projects of the workflow.

    Args:
        source: where the deals come from.
        frame: the period, and which deals count.
        at: the moment that counts as now.
        is_past: whether the deals count as they stood at `at`.
        minimum: how many closed projects a calibrated probability takes.
        target: what the period is to bring.
    """
    found = books(source, at, is_past=is_past)
    odds = odds_of(source.workflow.states, found.cohorts, minimum=minimum)
    aim = Aim(
        target=target,
        elapsed=elapsed(frame.period, frame.today, source.library),
        win_rate_value=found.win_rate_value,
    )
    return Forecast(books=found, frame=frame, odds=odds, outlook=outlook(frame, found.deals, found.wins, odds, aim=aim))


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
    *then, now = books_at(source, [first_moment(day, source.library).astimezone(UTC) for _, day in begun], now=at)
    states = source.workflow.states
    odds = [odds_of(states, found.cohorts, minimum=minimum) for found in then]
    formers = tuple(
        _former(Frame(period=period, today=first, counts_undated=counts_undated), one, now, known)
        for (period, first), one, known in zip(begun, then, odds, strict=True)
    )
    told: dict[View, list[tuple[Decimal, bool]]] = {view: [] for view in View}
    for one, known in zip(then, odds, strict=True):
        for view in View:
            told[view] += _predictions(one, known, view, now)
    undecided = sum(deal.project not in now.outcomes for one in then for deal in one.deals)
    return TrackRecord(
        formers=formers, verdicts={view: judge(held) for view, held in told.items()}, undecided=undecided
    )


def _former(frame: Frame, then: Books, now: Books, odds: Mapping[str, Odds]) -> Former:
    expected = outlook(frame, then.deals, (), odds)
    actual = sum((win.amount or Decimal(0) for win in now.wins if frame.period.holds(win.day)), Decimal(0))
    means = {view: expected.forecast[view].mean for view in View}
    return Former(
        period=frame.period,
        outlook=expected,
        actual=actual,
        accuracy={view: _accuracy(mean, actual) for view, mean in means.items()},
        is_within={view: one.p10 <= actual <= one.p90 for view, one in expected.forecast.items()},
    )


def _accuracy(expected: Decimal, actual: Decimal) -> Decimal | None:
    return None if not actual else round(1 - CONTEXT.divide(abs(expected - actual), actual), 6)


def _predictions(then: Books, odds: Mapping[str, Odds], view: View, now: Books) -> Iterator[tuple[Decimal, bool]]:
    for deal in then.deals:
        chance, outcome = chance_of(deal, odds, view), now.outcomes.get(deal.project)
        if chance is not None and outcome is not None:
            yield chance, outcome


def today_of(at: datetime, library: Library) -> date:
    """The day that it is at the moment in the workspace's time zone."""
    return at.astimezone(zone_named(library.workspace.timezone)).date()
