"""KPIs over a population: planned once, then answered all together in one pass over its rows.

Knows neither projects nor storage: a row is a mapping of columns, and where rows come from is the caller's business.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from salespm_flow.expr.arithmetic import divide
from salespm_flow.expr.moments import local
from salespm_flow.expr.scope import DEFAULT_FUEL, OutOfFuel, Scope
from salespm_flow.expr.values import Money, Reference, Value
from salespm_flow.model.figures import FIGURE, in_reading_order
from salespm_flow.model.populations import GROUPS
from salespm_flow.model.rules import Computed, Kpi
from salespm_flow.nouns import dataclass
from salespm_flow.rules import absence
from salespm_flow.rules.absence import Absence
from salespm_flow.rules.groups import GROUP_KEY
from salespm_flow.rules.groups import cell as group_cell
from salespm_flow.rules.lower import ROW, placeholder
from salespm_flow.rules.period import ALWAYS, Period, count_of, facts_of
from salespm_flow.rules.plan import (
    PERIOD,
    Figure,
    FromElsewhere,
    FromRows,
    FromTallies,
    KpiPlan,
    Population,
    Slot,
    plan_kpis,
)
from salespm_flow.rules.tally import Tally

__all__ = ["ALWAYS", "CAPACITY", "KpiPass", "KpiPlan", "KpiResult", "Period", "evaluate_kpis", "plan_kpis"]

ScopeOf = Callable[[Mapping[str, Value]], Scope]
# The name under which the caller gives the hours that people can work in the period; no author can write it.
CAPACITY: Final = "$capacity"
# What a formula over the list of its rows may take for each of them.
_STEPS_A_ROW: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiResult:
    """What a KPI came to; `value` None means n/a, and `absence` says why.

    A percent or ratio is a number (15 % is 0.15) with the numerator and denominator it was made of; a unit that is a
    currency gives money, `d` and `h` a duration of full precision, which a face shows in that unit. `population` is
    how many rows the figure is about, `sample` the first of them, as far as a sample was asked for. `groups` are the
    values of the groups by key, in the order of their first rows, where the figure is the greatest or least of them.
    """

    kpi: Kpi
    value: Value
    population: int
    numerator: Value = None
    denominator: Value = None
    absence: Absence | None = None
    sample: tuple[Mapping[str, Value], ...] = ()
    groups: tuple[tuple[str, Value], ...] = ()


def evaluate_kpis(
    plan: KpiPlan, rows: Iterable[Mapping[str, Value]], scope_of: ScopeOf, period: Period = ALWAYS
) -> Mapping[str, KpiResult]:
    """All KPIs of the plan by id, from one pass over the rows.

    A row belongs to a KPI where its `where` is true and its moment lies in the period, by the clocks of the scope's
    zone; without that moment it lies in no period, not even in ALWAYS. With the basis `as_of` every row belongs. Memory
    does not grow with the rows, but for the KPIs that `plan.materialised` names and for groups.

    Args:
        plan: from `plan_kpis`.
        rows: complete rows; a column that is absent reads as null.
        scope_of: makes a scope over the names, called once a row and once at the end.
        period: which days count.
    """
    reading = KpiPass(plan, scope_of, period)
    for row in rows:
        reading.take(row)
    known: dict[str, KpiResult] = {}
    for kpi in in_reading_order(plan.kpis):
        known[kpi.id] = reading.result(kpi, known)
    return {kpi.id: known[kpi.id] for kpi in plan.kpis}


class KpiPass:
    """One pass over the rows of a plan's population; the rows may come from anywhere, one by one."""

    def __init__(self, plan: KpiPlan, scope_of: ScopeOf, period: Period, *, samples: int = 0) -> None:
        self.plan = plan
        self.period = period
        self._scope_of = scope_of
        self._calendar = scope_of({}).calendar
        self._around: Mapping[str, Value] = {PERIOD: facts_of(period, self._calendar)}
        self._gathered = tuple(_Gathered(population, samples, period) for population in plan.populations)

    def take(self, row: Mapping[str, Value]) -> None:
        """The row is counted wherever it belongs."""
        cells = _Cells(self.plan, self._scope_of({**self._around, **row, ROW: row}))
        for group in self._gathered:
            if not group.is_exhausted:
                try:
                    group.take(row, cells)
                except OutOfFuel:
                    group.is_exhausted = True

    def result(self, kpi: Kpi, known: Mapping[str, KpiResult], extra: Mapping[str, Value] | None = None) -> KpiResult:
        """What the KPI of the plan comes to, once all rows were taken.

        Args:
            kpi: one of the plan's.
            known: the results of the figures that it reads.
            extra: what else is known, such as CAPACITY.
        """
        gathered = self._gathered[self.plan.population_of[kpi.id]]
        bare = KpiResult(kpi=kpi, value=None, population=gathered.size, sample=tuple(gathered.sample))
        hindrance = self._hindrance(kpi, gathered, known)
        if hindrance is not None:
            return replace(bare, absence=hindrance)
        reads: dict[str, Value] = {name: result.value for name, result in known.items()}
        names: Mapping[str, Value] = {**self._around, FIGURE: reads, **(extra or {})}
        try:
            figures = self.plan.figures[kpi.id]
            values = {part: self._value(one, gathered, names) for part, one in figures.items()}
            told = self._groups(next(iter(figures.values())), gathered, names)
        except OutOfFuel:
            return replace(bare, absence=absence.TOO_LARGE)
        bare = replace(bare, groups=told) if told else bare
        final = self._scope_of(names)
        whole = next(iter(values.values()))
        if "denominator" in values:
            bare = replace(bare, numerator=values["numerator"], denominator=values["denominator"])
            whole = divide(final, values["numerator"], values["denominator"])
        if whole is not None and kpi.per is not None:
            count = count_of(self.period, kpi.per, self._calendar)
            whole = None if not count else divide(final, whole, count)
        if isinstance(whole, Money) and whole.currency != kpi.unit:
            # Amounts that an older definition left in another currency, where there is no rate for them.
            return replace(bare, absence=absence.mixed_currencies(whole.currency, kpi.unit))
        found = replace(bare, value=whole)
        return found if whole is not None else replace(found, absence=self._why(found, gathered, known))

    def _hindrance(self, kpi: Kpi, gathered: "_Gathered", known: Mapping[str, KpiResult]) -> Absence | None:
        """What keeps the figure from being worked out at all."""
        if not known.keys() >= set(self.plan.reads[kpi.id]):
            return absence.CYCLE
        if self.period.days is None and kpi.id in self.plan.needs_period:
            return absence.OPEN_PERIOD
        return absence.TOO_LARGE if gathered.is_exhausted else None

    def _value(self, figure: Figure, gathered: "_Gathered", names: Mapping[str, Value]) -> Value:
        match figure:
            case FromTallies(run=run):
                scope = self._over_tallies(figure, gathered, names)
            case FromRows(run=run, name=name):
                lists = {} if gathered.population.by is None else {GROUPS: gathered.group_lists()}
                scope = self._scope_of({**names, name: tuple(gathered.rows), **lists})
                scope.fuel = DEFAULT_FUEL + _STEPS_A_ROW * len(gathered.rows)
            case FromElsewhere(computed=computed):
                return self._computed(computed, gathered, names)
        return run(scope)

    def _over_tallies(self, figure: FromTallies, gathered: "_Gathered", names: Mapping[str, Value]) -> Scope:
        final = self._scope_of(names)
        results = {placeholder(place): gathered.tallies[n].result(final) for place, n in enumerate(figure.slots)}
        grouped = gathered.population.by is not None
        groups = {GROUPS: gathered.group_records(final, figure.group_slots)} if grouped else {}
        scope = self._scope_of({**names, **results, **groups})
        scope.fuel = DEFAULT_FUEL + _STEPS_A_ROW * (len(gathered.groups) + gathered.size)
        return scope

    def _groups(
        self, figure: Figure, gathered: "_Gathered", names: Mapping[str, Value]
    ) -> tuple[tuple[str, Value], ...]:
        """The groups behind the figure, in the order in which their first rows came."""
        if not isinstance(figure, FromTallies) or figure.each is None:
            return ()
        keys, values = (run(self._over_tallies(figure, gathered, names)) for run in figure.each)
        if not isinstance(keys, tuple) or not isinstance(values, tuple):
            return ()
        return tuple((str(key), value) for key, value in zip(keys, values, strict=True))

    def _computed(self, computed: Computed, gathered: "_Gathered", names: Mapping[str, Value]) -> Value:
        match computed:
            case Computed.FIRST_WINS:
                return Decimal(sum(1 for first in gathered.firsts.values() if self.period.holds(first)))
            case Computed.CAPACITY_HOURS:
                return names.get(CAPACITY)

    def _why(self, result: KpiResult, gathered: "_Gathered", known: Mapping[str, KpiResult]) -> Absence:
        """Why the figure came to nothing."""
        kpi = result.kpi
        read = next((known[name] for name in self.plan.reads[kpi.id] if known[name].value is None), None)
        if read is not None:
            return absence.missing_kpi(read.kpi.id, read.absence)
        if kpi.computed is Computed.CAPACITY_HOURS:
            return absence.NO_ORGANISATION
        tallies = tuple(self._tallies(kpi, gathered))
        mixed = next((tally.currencies for tally in tallies if tally.currencies is not None), None)
        if mixed is not None:
            return absence.mixed_currencies(*mixed)
        unknown = max((tally.unknown for tally in tallies), default=0)
        if unknown:
            return absence.unknown_values(unknown, gathered.size)
        if result.denominator is not None and result.numerator is not None:
            return absence.ZERO_DENOMINATOR
        if self.period.days is None and kpi.id in self.plan.reads_period:
            return absence.OPEN_PERIOD
        if not gathered.size:
            return absence.EMPTY
        return absence.ZERO_PERIOD if kpi.per is not None else absence.UNKNOWN

    def _tallies(self, kpi: Kpi, gathered: "_Gathered") -> Iterator[Tally]:
        for figure in self.plan.figures[kpi.id].values():
            if isinstance(figure, FromTallies):
                yield from (gathered.tallies[slot] for slot in figure.slots)
                yield from (tallies[slot] for tallies in gathered.groups.values() for slot in figure.group_slots)


class _Cells(dict[int, Value]):
    """The row expressions of a plan over one row, each evaluated at most once and only when asked for."""

    __slots__ = ("plan", "scope")

    def __init__(self, plan: KpiPlan, scope: Scope) -> None:
        super().__init__()
        self.plan = plan
        self.scope = scope

    def __missing__(self, index: int) -> Value:
        value = self[index] = self.plan.cells[index](self.scope)
        return value


class _Gathered:
    """What the pass has gathered about one population so far."""

    __slots__ = (
        "counted",
        "firsts",
        "groups",
        "is_exhausted",
        "needs_day",
        "period",
        "population",
        "room",
        "rows",
        "rows_of",
        "sample",
        "size",
        "tallies",
    )

    def __init__(self, population: Population, samples: int, period: Period) -> None:
        self.population = population
        self.period = period
        self.needs_day = population.keeps_firsts or period != ALWAYS
        self.size = 0
        self.tallies = _tallies(population.slots)
        self.counted = tuple(zip(population.slots, self.tallies, strict=True))
        self.groups: dict[Hashable, tuple[Tally, ...]] = {}
        self.rows: list[Mapping[str, Value]] = []
        self.rows_of: dict[Hashable, list[Mapping[str, Value]]] = {}
        self.firsts: dict[Hashable, date] = {}
        self.sample: list[Mapping[str, Value]] = []
        self.room = samples
        self.is_exhausted = False

    def take(self, row: Mapping[str, Value], cells: _Cells) -> None:
        """The row is counted, where it belongs to the population.

        Raises:
            OutOfFuel: An expression over the row takes more steps than are allowed.
        """
        population = self.population
        day = None
        if population.moment is not None:
            moment = row.get(population.moment)
            if not isinstance(moment, datetime):
                return
            if self.needs_day:
                there = local(cells.scope, moment)
                day = None if there is None else there.date()
                if day is None or not (population.keeps_firsts or self.period.holds(day)):
                    return
        if population.where is not None and cells[population.where] is not True:
            return
        self.size += 1
        if self.room > 0:
            self.room -= 1
            self.sample.append(row)
        if population.keeps_rows:
            self.rows.append(row)
        _count(self.counted, cells)
        if population.by is not None:
            self._group(row, cells, population.by, day)

    def _group(self, row: Mapping[str, Value], cells: _Cells, by: int, day: date | None) -> None:
        """The row is counted in its group; a row without a key is in none."""
        population, key = self.population, cells[by]
        if isinstance(key, Reference):
            key = key.key
        if key is None or not isinstance(key, Hashable):
            return
        if population.keeps_firsts and day is not None:
            self.firsts[key] = min(self.firsts.get(key, day), day)
            return
        if key not in self.groups:
            self.groups[key] = _tallies(population.group_slots)
        _count(zip(population.group_slots, self.groups[key], strict=True), cells)
        if population.keeps_groups:
            self.rows_of.setdefault(key, []).append(row)

    def group_records(self, scope: Scope, slots: Sequence[int]) -> tuple[Mapping[str, Value], ...]:
        """Each group as a record of the results of these slots."""
        return tuple(
            {GROUP_KEY: _word(key), **{group_cell(n): tallies[slot].result(scope) for n, slot in enumerate(slots)}}
            for key, tallies in self.groups.items()
        )

    def group_lists(self) -> tuple[tuple[Mapping[str, Value], ...], ...]:
        """Each group as the list of its rows."""
        return tuple(tuple(rows) for rows in self.rows_of.values())


def _word(key: Hashable) -> str:
    return f"{key:f}" if isinstance(key, Decimal) else str(key)


def _tallies(slots: Sequence[Slot]) -> tuple[Tally, ...]:
    return tuple(Tally(slot.function, slot.zero) for slot in slots)


def _count(slots: Iterable[tuple[Slot, Tally]], cells: _Cells) -> None:
    for slot, tally in slots:
        for index in slot.filters:
            if cells[index] is not True:
                break
        else:
            tally.take(cells.scope, None if slot.value is None else cells[slot.value])
