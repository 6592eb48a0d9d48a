"""The shipped sales scorecard over a stream of projects, ours and by the same formulas in the package rule-engine."""

import importlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.context import row_of
from salespm_flow.engine.queries import scopes_of
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.library import Library
from salespm_flow.model.populations import kpi_names
from salespm_flow.model.project import Project
from salespm_flow.rules.kpi import ALWAYS, KpiPass, KpiResult, plan_kpis
from salespm_flow.rules.scorecard import score

CARD = "sales_scorecard"
# What the KPIs of the card say, in the peer's language: which projects count, and what is added up of each.
FORMULAS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "revenue": ("outcome == 'won' and amount != null", ("amount",)),
    "gross_margin": ("outcome == 'won' and amount != null and cost != null", ("amount - cost", "amount")),
    "win_rate": ("outcome == 'won' or outcome == 'lost'", ("outcome == 'won'",)),
    "satisfied": ("outcome == 'won' and satisfaction != null", ("satisfaction >= 4",)),
    "cycle": ("outcome == 'won'", ("cycle_days",)),
}


class OurCard:
    """The card as the engine fills it in: one pass over the projects for all its KPIs."""

    def __init__(self, library: Library, compiled: Compiled, now: datetime) -> None:
        self.compiled, self.now = compiled, now
        self.card = library.scorecards[CARD]
        every = {kpi.id: kpi for kpis in library.kpi_sets.values() for kpi in kpis.kpis.values()}
        self.kpis = [every[criterion.kpi] for criterion in self.card.criteria.values()]
        plan = plan_kpis(self.kpis, kpi_names(self.kpis[0], compiled.workflow, library))
        self.columns = frozenset(plan.columns)
        scoped = scopes_of(library)
        self.passing = KpiPass(plan, lambda names: scoped(names, now), ALWAYS)

    def take(self, projects: Iterable[Project]) -> None:
        """The projects are counted."""
        for project in projects:
            self.passing.take(row_of(project, self.compiled, self.now, self.columns))

    def figures(self) -> dict[str, Value]:
        """The KPIs of the card by id; that the card can be scored is seen on the way."""
        known: dict[str, KpiResult] = {kpi.id: self.passing.result(kpi, {}) for kpi in self.kpis}
        figures = {name: result.value for name, result in known.items()}
        if score(self.card, figures, {}).total is None:
            raise AssertionError("the card has no figure")
        return figures


class PeerCard:
    """The loop that a straightforward program would have: a rule for each condition, a rule for each value."""

    def __init__(self, package: str) -> None:
        peer = importlib.import_module(package)
        context = peer.Context(default_value=None)
        self.rules: dict[str, tuple[Callable[[object], bool], tuple[Callable[[object], object], ...]]] = {
            name: (
                peer.Rule(where, context=context).matches,
                tuple(peer.Rule(text, context=context).evaluate for text in values),
            )
            for name, (where, values) in FORMULAS.items()
        }
        self.counts = dict.fromkeys(FORMULAS, 0)
        self.sums = {name: [Decimal(0)] * len(values) for name, (_, values) in FORMULAS.items()}

    def take(self, rows: Iterable[Mapping[str, object]]) -> None:
        """The rows are counted."""
        for row in rows:
            for name, (counts, values) in self.rules.items():
                if counts(row):
                    self.counts[name] += 1
                    sums = self.sums[name]
                    for place, value in enumerate(values):
                        sums[place] += Decimal(value(row))  # type: ignore[arg-type]  # a number or a truth

    def figures(self) -> dict[str, Decimal]:
        """The same figures as plain numbers: amounts in CNY, the cycle in days."""
        sums, counts = self.sums, self.counts
        return {
            "revenue": sums["revenue"][0],
            "gross_margin": sums["gross_margin"][0] / sums["gross_margin"][1],
            "win_rate": sums["win_rate"][0] / counts["win_rate"],
            "satisfied": sums["satisfied"][0] / counts["satisfied"],
            "cycle": sums["cycle"][0] / counts["cycle"],
        }


def agree(ours: OurCard, theirs: PeerCard) -> None:
    """Both sides come to the same figures, or the comparison would mean nothing."""
    found = {name: _plain(value) for name, value in ours.figures().items()}
    other = theirs.figures()
    if {name: round(value, 6) for name, value in found.items()} != {n: round(v, 6) for n, v in other.items()}:
        raise AssertionError(f"{found} and {other}")


def _plain(value: Value) -> Decimal:
    match value:
        case Money(amount=amount):
            return amount
        case Decimal():
            return value
        case _:
            return Decimal(value.total_seconds()) / 86_400  # type: ignore[union-attr]  # a mean of durations
