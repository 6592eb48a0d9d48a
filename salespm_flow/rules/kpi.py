"""KPIs over a population: planned once, then answered all together in one pass over its rows.

Knows neither projects nor storage: a row is a mapping of columns, and where rows come from is the caller's business.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from salespm_flow.expr.arithmetic import divide
from salespm_flow.expr.moments import local
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.values import Value
from salespm_flow.model.rules import Basis, Kpi
from salespm_flow.rules.lower import ROW, placeholder
from salespm_flow.rules.plan import MOMENTS, Figure, FromRows, FromTallies, KpiPlan, Population, plan_kpis
from salespm_flow.rules.tally import Tally

__all__ = ["ALWAYS", "KpiPlan", "KpiResult", "Period", "evaluate_kpis", "plan_kpis"]

ScopeOf = Callable[[Mapping[str, Value]], Scope]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that count, both ends included; None is open to that side."""

    start: date | None = None
    end: date | None = None


ALWAYS: Final = Period()


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiResult:
    """What a KPI came to; `value` None means n/a: a zero denominator, nothing to average, or an unknown among the rows.

    A percent or ratio is a number (15 % is 0.15) with the numerator and denominator it was made of; a unit that is a
    currency gives money, `d` and `h` a duration of full precision, which a face shows in that unit. `population` is
    how many rows the figure is about.
    """

    kpi: Kpi
    value: Value
    population: int
    numerator: Value = None
    denominator: Value = None


def evaluate_kpis(
    plan: KpiPlan, rows: Iterable[Mapping[str, Value]], scope_of: ScopeOf, period: Period = ALWAYS
) -> Mapping[str, KpiResult]:
    """All KPIs of the plan by id, from one pass over the rows.

    A row belongs to a KPI where its `where` is true and its moment lies in the period: `opened_at`, `outcome_at` or
    `closed_at` by the KPI's basis, by the clocks of the scope's zone; without that moment it lies in no period, not
    even in ALWAYS. With the basis `as_of` every row belongs. Memory does not grow with the rows, but for the KPIs
    that `plan.materialised` names.

    Args:
        plan: from `plan_kpis`.
        rows: complete rows; a column that is absent reads as null.
        scope_of: makes a scope over the names, called once a row and once at the end.
        period: which days count.

    Raises:
        OutOfFuel: an expression took more steps than its scope allows.
    """
    around: Mapping[str, Value] = {"period": {"start": period.start, "end": period.end}}
    gathered = tuple(_Gathered(population) for population in plan.populations)
    for row in rows:
        cells = _Cells(plan, scope_of({**around, **row, ROW: row}))
        for group in gathered:
            group.take(row, cells, period)
    final = scope_of(around)
    return {
        kpi.id: _result(kpi, gathered[plan.population_of[kpi.id]], plan.figures[kpi.id], (final, scope_of))
        for kpi in plan.kpis
    }


class _Cells:
    """The row expressions of a plan over one row, each evaluated at most once and only when asked for."""

    __slots__ = ("plan", "scope", "seen")

    def __init__(self, plan: KpiPlan, scope: Scope) -> None:
        self.plan = plan
        self.scope = scope
        self.seen: dict[int, Value] = {}

    def __getitem__(self, index: int) -> Value:
        if index not in self.seen:
            self.seen[index] = self.plan.cells[index](self.scope)
        return self.seen[index]


class _Gathered:
    """What the pass has gathered about one population so far."""

    __slots__ = ("population", "rows", "size", "tallies")

    def __init__(self, population: Population) -> None:
        self.population = population
        self.size = 0
        self.tallies = tuple(Tally(slot.function, slot.zero) for slot in population.slots)
        self.rows: list[Mapping[str, Value]] = []

    def take(self, row: Mapping[str, Value], cells: _Cells, period: Period) -> None:
        population = self.population
        if not _is_in(row, population.basis, period, cells.scope):
            return
        if population.where is not None and cells[population.where] is not True:
            return
        self.size += 1
        if population.keeps_rows:
            self.rows.append(row)
        for slot, tally in zip(population.slots, self.tallies, strict=True):
            if all(cells[index] is True for index in slot.filters):
                tally.take(cells.scope, None if slot.value is None else cells[slot.value])


def _is_in(row: Mapping[str, Value], basis: Basis, period: Period, scope: Scope) -> bool:
    """Whether the row's moment lies in the period."""
    if basis is Basis.AS_OF:
        return True
    moment = row.get(MOMENTS[basis])
    if not isinstance(moment, datetime):
        return False
    if period == ALWAYS:
        return True
    there = local(scope, moment)
    if there is None:
        return False
    day = there.date()
    return (period.start is None or period.start <= day) and (period.end is None or day <= period.end)


def _result(kpi: Kpi, gathered: _Gathered, figures: Mapping[str, Figure], scopes: tuple[Scope, ScopeOf]) -> KpiResult:
    final, _ = scopes
    values = {part: _value(figure, gathered, scopes) for part, figure in figures.items()}
    if "formula" in values:
        return KpiResult(kpi=kpi, value=values["formula"], population=gathered.size)
    numerator, denominator = values.get("numerator"), values.get("denominator")
    share = divide(final, numerator, denominator)
    return KpiResult(kpi=kpi, value=share, population=gathered.size, numerator=numerator, denominator=denominator)


def _value(figure: Figure, gathered: _Gathered, scopes: tuple[Scope, ScopeOf]) -> Value:
    final, scope_of = scopes
    names: dict[str, Value] = dict(final.names)
    match figure:
        case FromTallies(run=run, slots=slots):
            for position, slot in enumerate(slots):
                names[placeholder(position)] = gathered.tallies[slot].result(final)
        case FromRows(run=run, name=name):
            names[name] = tuple(gathered.rows)
    return run(scope_of(names))
