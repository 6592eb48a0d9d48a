"""The forecast of a period: what is won, what is open, what will probably come, and whether it is enough.

Pure: deals, probabilities and days come in, figures go out.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.nouns import dataclass
from salespm_flow.rules.forecast.calibration import Odds
from salespm_flow.rules.forecast.deals import By, Category, Deal, View, Win, category_of, quarter_of
from salespm_flow.rules.forecast.distribution import Amounts, Spread, spread_of
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


class _Sum:
    """Counts deals and adds up what they bring."""

    __slots__ = ("amount", "count", "unpriced")

    def __init__(self) -> None:
        self.count = self.unpriced = 0
        self.amount = Decimal(0)

    def add(self, amount: Decimal | None) -> None:
        self.count += 1
        if amount is None:
            self.unpriced += 1
        else:
            self.amount = CONTEXT.add(self.amount, amount)

    def pile(self) -> Pile:
        return Pile(count=self.count, amount=self.amount, unpriced=self.unpriced)


class Ledger:
    """Takes deals and wins one by one; holds sums, and of each open deal that counts its amount for the spread."""

    __slots__ = ("_amounts", "_frame", "_open", "_slipped", "_undated", "_won")

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._won, self._slipped, self._undated = _Sum(), _Sum(), _Sum()
        # By the state they stand in, and the category that they name themselves.
        self._open: dict[tuple[str, Category | None], _Sum] = {}
        self._amounts: dict[str, Amounts] = {}

    def take(self, one: Deal | Win) -> None:
        """It is counted, as far as it belongs to the period."""
        if isinstance(one, Deal):
            self._expect(one)
        elif self._frame.period.holds(one.day):
            self._won.add(one.amount)

    def _expect(self, deal: Deal) -> None:
        if deal.close_on is None:
            self._undated.add(deal.amount)
        elif deal.close_on < self._frame.today:
            self._slipped.add(deal.amount)
        if not _counts(deal, self._frame):
            return
        state = deal.state or ""
        key = state, deal.category
        found = self._open.get(key)
        if found is None:
            found = self._open[key] = _Sum()
        found.add(deal.amount)
        if deal.amount is not None:
            amounts = self._amounts.get(state)
            if amounts is None:
                amounts = self._amounts[state] = Amounts()
            amounts.add(deal.amount)

    def outlook(self, odds: Mapping[str, Odds], aim: Aim | None = None) -> Outlook:
        """The forecast of what was taken."""
        won, every = self._won.pile(), tuple(one.pile() for one in self._open.values())
        categories: dict[Category, list[Pile]] = {category: [] for category in Category}
        for (state, named), pile in zip(self._open, every, strict=True):
            categories[category_of(named, chance_of(state, odds, View.DECLARED))].append(pile)
        open_ = _together(every)
        return Outlook(
            won=won,
            open=open_,
            slipped=self._slipped.pile(),
            undated=self._undated.pile(),
            categories={category: _together(piles) for category, piles in categories.items()},
            forecast={view: self._spread(view, odds, won.amount) for view in View},
            unknown=sum(
                pile.count
                for (state, _), pile in zip(self._open, every, strict=True)
                if chance_of(state, odds, View.CALIBRATED) is None
            ),
            **_against(aim or Aim(), won.amount, open_.amount),
        )

    def _spread(self, view: View, odds: Mapping[str, Odds], won: Decimal) -> Spread:
        held: dict[Decimal, Amounts] = {}
        for state, amounts in self._amounts.items():
            chance = chance_of(state, odds, view)
            if chance is not None:
                held[chance] = held[chance].joined(amounts) if chance in held else amounts
        return spread_of(held, base=won)


# Which part of a whole a deal or a win belongs to; None where it belongs to none.
Cut = Callable[[Deal | Win], str | None]


class Parts:
    """Ledgers of the parts that a whole is cut into, by their label; an empty label are the deals that have none."""

    __slots__ = ("_cut", "_frame", "_ledgers")

    def __init__(self, frame: Frame, cut: Cut) -> None:
        self._frame, self._cut = frame, cut
        self._ledgers: dict[str, Ledger] = {}

    def take(self, one: Deal | Win) -> None:
        """It is counted in its part."""
        label = self._cut(one)
        if label is None:
            return
        ledger = self._ledgers.get(label)
        if ledger is None:
            ledger = self._ledgers[label] = Ledger(self._frame)
        ledger.take(one)

    def outlooks(self, odds: Mapping[str, Odds]) -> Mapping[str, Outlook]:
        """The forecast of each part in which anything is won or open, without targets."""
        found = {label: self._ledgers[label].outlook(odds) for label in sorted(self._ledgers)}
        return {label: one for label, one in found.items() if one.won.count or one.open.count}


def parts_by(frame: Frame, by: By) -> Parts:
    """Ledgers by quarter, over the deals of all days; else by label, over those of the frame."""
    if by is By.QUARTER:
        return Parts(Frame(period=ALWAYS, today=frame.today, counts_undated=True), _quarter)
    return Parts(frame, lambda one: one.labels.get(by, ""))


def parts_by_state(frame: Frame) -> Parts:
    """Ledgers of the open deals by the state they stand in; those that stand aside under the empty label."""
    return Parts(frame, lambda one: (one.state or "") if isinstance(one, Deal) else None)


def _quarter(one: Deal | Win) -> str:
    day = one.close_on if isinstance(one, Deal) else one.day
    return "" if day is None else quarter_of(day)


def chance_of(state: str, odds: Mapping[str, Odds], view: View) -> Decimal | None:
    """The probability of a deal in the state; the declared one where nothing is calibrated; None where none is."""
    found = odds.get(state)
    if found is None:
        return None
    return found.declared if view is View.DECLARED else found.best


def _counts(deal: Deal, frame: Frame) -> bool:
    if deal.close_on is None:
        return frame.counts_undated
    return frame.period.holds(deal.close_on)


def _together(piles: Sequence[Pile]) -> Pile:
    amount = Decimal(0)
    for pile in piles:
        amount = CONTEXT.add(amount, pile.amount)
    return Pile(count=sum(pile.count for pile in piles), amount=amount, unpriced=sum(pile.unpriced for pile in piles))


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
