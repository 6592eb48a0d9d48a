"""The forecast of a period: what is won, what is open, what will probably come, and whether it is enough.

Pure: deals, probabilities and days come in, figures go out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.nouns import dataclass
from salespm_flow.rules.forecast.calibration import Odds
from salespm_flow.rules.forecast.deals import By, Category, Deal, View, Win, category_of, quarter_of
from salespm_flow.rules.forecast.distribution import Spread, spread
from salespm_flow.rules.period import ALWAYS, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Some deals: how many, their sum, and how many of them have no amount and so add nothing."""

    count: int = 0
    amount: Decimal = Decimal(0)
    unpriced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is to be reached in the period, and how much of the period is gone (0..1)."""

    target: Decimal | None = None
    elapsed: Decimal | None = None
    win_rate_value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The forecast of one period, or of one part of it.

    `won` closed in the period; `open` is expected to close in it. `slipped` are open deals whose date has passed,
    `undated` those without one; what of either counts is in `open` too. `categories` are not cumulative. `forecast` is
    what is won and what of the open will probably come, by view; `unknown` counts open deals of unknown probability,
    which add nothing.
    """

    won: Pile
    open: Pile
    slipped: Pile
    undated: Pile
    categories: Mapping[Category, Pile]
    forecast: Mapping[View, Spread]
    unknown: int
    target: Decimal | None = None
    attainment: Decimal | None = None
    elapsed: Decimal | None = None
    pace: Decimal | None = None
    coverage: Decimal | None = None
    coverage_needed: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a forecast is asked for: its days, the day that counts as today, and whether deals without a date count."""

    period: Period
    today: date
    counts_undated: bool = False


def outlook(
    frame: Frame, deals: Iterable[Deal], wins: Iterable[Win], odds: Mapping[str, Odds], *, aim: Aim | None = None
) -> Outlook:
    """The forecast of the period; linear in the deals, but for the spread."""
    every = tuple(deals)
    slipped = [deal for deal in every if deal.close_on is not None and deal.close_on < frame.today]
    undated = [deal for deal in every if deal.close_on is None]
    open_ = [deal for deal in every if _counts(deal, frame)]
    won = _pile(win.amount for win in wins if frame.period.holds(win.day))
    sorted_: dict[Category, list[Decimal | None]] = {category: [] for category in Category}
    for deal in open_:
        sorted_[category_of(deal, _declared(deal, odds))].append(deal.amount)
    piles = {category: _pile(amounts) for category, amounts in sorted_.items()}
    all_open = _pile(deal.amount for deal in open_)
    return Outlook(
        won=won,
        open=all_open,
        slipped=_pile(deal.amount for deal in slipped),
        undated=_pile(deal.amount for deal in undated),
        categories=piles,
        forecast={view: _spread(view, open_, odds, won.amount) for view in View},
        unknown=sum(chance_of(deal, odds, View.CALIBRATED) is None for deal in open_),
        **_against(aim or Aim(), won.amount, all_open.amount),
    )


def outlooks_by(
    frame: Frame, deals: Iterable[Deal], wins: Iterable[Win], odds: Mapping[str, Odds], *, by: By
) -> Mapping[str, Outlook]:
    """A forecast of each part, by its label; an empty label are the deals that have none. Without targets.

    By quarter, the deals of all days are cut; else those of the period.
    """
    parts: dict[str, tuple[list[Deal], list[Win]]] = {}
    for deal in deals:
        label = ("" if deal.close_on is None else quarter_of(deal.close_on)) if by is By.QUARTER else _label(deal, by)
        parts.setdefault(label, ([], []))[0].append(deal)
    for win in wins:
        label = quarter_of(win.day) if by is By.QUARTER else _label(win, by)
        parts.setdefault(label, ([], []))[1].append(win)
    if by is By.QUARTER:
        frame = Frame(period=ALWAYS, today=frame.today, counts_undated=True)
    found = {label: outlook(frame, *parts[label], odds) for label in sorted(parts)}
    return {label: one for label, one in found.items() if one.won.count or one.open.count}


def chance_of(deal: Deal, odds: Mapping[str, Odds], view: View) -> Decimal | None:
    """The probability of the deal in the view, the declared one where nothing is calibrated; None where none is."""
    found = odds.get(deal.state or "")
    if found is None:
        return None
    return found.declared if view is View.DECLARED else found.best


def _declared(deal: Deal, odds: Mapping[str, Odds]) -> Decimal | None:
    return chance_of(deal, odds, View.DECLARED)


def _label(one: Deal | Win, by: By) -> str:
    return one.labels.get(by, "")


def _counts(deal: Deal, frame: Frame) -> bool:
    if deal.close_on is None:
        return frame.counts_undated
    return frame.period.holds(deal.close_on)


def _pile(amounts: Iterable[Decimal | None]) -> Pile:
    held = list(amounts)
    known = [amount for amount in held if amount is not None]
    return Pile(count=len(held), amount=_sum(known), unpriced=len(held) - len(known))


def _sum(amounts: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = CONTEXT.add(total, amount)
    return total


def _spread(view: View, deals: Sequence[Deal], odds: Mapping[str, Odds], won: Decimal) -> Spread:
    bets = [
        (deal.amount, chance)
        for deal in deals
        if deal.amount is not None and (chance := chance_of(deal, odds, view)) is not None
    ]
    return spread(bets, base=won)


def _against(aim: Aim, won: Decimal, open_: Decimal) -> dict[str, Decimal | None]:
    """Each is None where what it is divided by is not known or not above zero."""
    target = aim.target
    attainment = _quotient(won, target)
    return {
        "target": target,
        "attainment": attainment,
        "elapsed": aim.elapsed,
        "pace": None if attainment is None else _quotient(attainment, aim.elapsed),
        # Nothing is left to cover once the target is reached.
        "coverage": None if target is None else _quotient(open_, target - won),
        "coverage_needed": _quotient(Decimal(1), aim.win_rate_value),
    }


def _quotient(part: Decimal, whole: Decimal | None) -> Decimal | None:
    return None if whole is None or whole <= 0 else round(CONTEXT.divide(part, whole), 6)
