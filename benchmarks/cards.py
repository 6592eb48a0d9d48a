"""The KPIs behind the shipped scorecards over a stream of projects, ours and by the same formulas in rule-engine."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from benchmarks.portfolio import Figure, Plain, Whole
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.context import row_of
from salespm_flow.engine.queries import scopes_of
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.library import Library
from salespm_flow.model.populations import kpi_names
from salespm_flow.model.project import Project
from salespm_flow.rules.kpi import ALWAYS, KpiPass, plan_kpis


class OurCard:
    """The figures as the engine works them out: one pass over the projects for all of them."""

    def __init__(self, library: Library, compiled: Compiled, wanted: Iterable[str], now: datetime) -> None:
        self.compiled, self.now = compiled, now
        every = {kpi.id: kpi for kpis in library.kpi_sets.values() for kpi in kpis.kpis.values()}
        self.kpis = [every[name] for name in wanted]
        plan = plan_kpis(self.kpis, kpi_names(self.kpis[0], compiled.workflow, library))
        self.columns = frozenset(plan.columns)
        scoped = scopes_of(library)
        self.passing = KpiPass(plan, lambda names: scoped(names, now), ALWAYS)

    def take(self, projects: Iterable[Project]) -> None:
        """The projects are counted."""
        self.count(self.read(projects))

    def read(self, projects: Iterable[Project]) -> Iterator[Mapping[str, Value]]:
        """The projects as rows, computed fields among them."""
        return (row_of(project, self.compiled, self.now, self.columns) for project in projects)

    def count(self, rows: Iterable[Mapping[str, Value]]) -> None:
        """The rows are counted."""
        for row in rows:
            self.passing.take(row)

    def figures(self) -> dict[str, Value]:
        """The KPIs by id."""
        return {kpi.id: self.passing.result(kpi, {}).value for kpi in self.kpis}


class PeerCard:
    """The loop that a straightforward program would have: a rule for each condition, a rule for each value."""

    def __init__(self, package: str, figures: Mapping[str, Figure]) -> None:
        peer = importlib.import_module(package)
        context = peer.Context(default_value=None)
        self.wholes = {name: figure.whole for name, figure in figures.items()}
        self.rules: dict[str, tuple[Callable[[object], bool], tuple[Callable[[object], object], ...]]] = {
            name: (
                peer.Rule(figure.where, context=context).matches,
                tuple(peer.Rule(text, context=context).evaluate for text in figure.values),
            )
            for name, figure in figures.items()
        }
        self.counts = dict.fromkeys(figures, 0)
        self.sums = {name: [Decimal(0)] * len(figure.values) for name, figure in figures.items()}

    def take(self, rows: Iterable[Plain]) -> None:
        """The rows are counted."""
        for row in rows:
            for name, (counts, values) in self.rules.items():
                if counts(row):
                    self.counts[name] += 1
                    sums = self.sums[name]
                    for place, value in enumerate(values):
                        sums[place] += Decimal(value(row))  # type: ignore[arg-type]  # a number or a truth

    def figures(self) -> dict[str, Decimal]:
        """The same figures as plain numbers: amounts in CNY, durations in days."""
        return {name: self._whole(name) for name in self.rules}

    def _whole(self, name: str) -> Decimal:
        sums = self.sums[name]
        match self.wholes[name]:
            case Whole.SUM:
                return sums[0]
            case Whole.MEAN:
                return sums[0] / self.counts[name]
            case Whole.RATIO:
                return sums[0] / sums[1]


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
