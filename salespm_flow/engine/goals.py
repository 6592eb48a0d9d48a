"""Tracking goals: their KPIs worked out over their own periods, and kept as what guards read under `goal`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from salespm_flow.engine.aims import PREFIX, Aim, aims_of
from salespm_flow.engine.evaluation import Period, evaluate
from salespm_flow.engine.ports import KpiValue, Store
from salespm_flow.expr.values import Value
from salespm_flow.model.goals import Goal
from salespm_flow.model.library import Library
from salespm_flow.rules.goals import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A goal with its standing; `population` is how many rows the actual value is about."""

    aim: Aim
    standing: Standing
    population: int


def track(store: Store, library: Library, *, at: datetime) -> Mapping[str, Tracked]:
    """Every goal of the workspace by id, over what the store holds; reads only.

    A goal's KPI is worked out from its first day to the earlier of its last day and the day of `at`: one pass over
    the projects for each such period, however many goals share it.
    """
    aims = aims_of(library)
    periods: dict[tuple[date, date], list[Aim]] = {}
    for aim in aims.values():
        period = _period(aim, at)
        if period is not None:
            periods.setdefault(period, []).append(aim)
    found: dict[str, tuple[Value, int]] = {}
    for (start, end), group in periods.items():
        wanted = {aim.kpi.id for aim in group if aim.kpi is not None}
        figures = evaluate(store, _only(library, wanted), at=at, period=Period(start=start, end=end)).kpis
        for aim in group:
            if aim.kpi is not None and aim.kpi.id in figures:
                figure = figures[aim.kpi.id]
                found[aim.goal.id] = (figure.value, figure.population)
    return {name: _tracked(aim, found.get(name, (None, 0)), at) for name, aim in aims.items()}


def keep_goals(store: Store, tracked: Mapping[str, Tracked], at: datetime) -> None:
    """The actual values are the snapshot that guards read as `goal.<id>` from now on."""
    store.keep_kpis(
        tuple(
            KpiValue(kpi=PREFIX + name, value=one.standing.actual, population=one.population, at=at)
            for name, one in tracked.items()
        )
    )


def children_of(goal: Goal, library: Library) -> tuple[Goal, ...]:
    """The goals that name this one as their parent, in the order of their sets."""
    sets = library.goal_sets.values()
    return tuple(one for goals in sets for one in goals.goals.values() if one.parent == goal.id)


def _tracked(aim: Aim, found: tuple[Value, int], at: datetime) -> Tracked:
    actual, population = found
    return Tracked(aim=aim, standing=aim.stand(actual, at), population=population)


def _period(aim: Aim, at: datetime) -> tuple[date, date] | None:
    """The days whose rows count; None for a goal without a KPI or dates, or one that has not begun."""
    start, end = aim.goal.starts_on, aim.goal.ends_on
    today = at.astimezone(aim.zone).date()
    if aim.kpi is None or start is None or end is None or today < start:
        return None
    return start, min(end, today)


def _only(library: Library, kpis: set[str]) -> Library:
    """The library with no other KPIs than these and without scorecards: nothing else is worked out."""
    sets = {
        name: replace(one, kpis={id_: kpi for id_, kpi in one.kpis.items() if id_ in kpis})
        for name, one in library.kpi_sets.items()
        if not kpis.isdisjoint(one.kpis)
    }
    return replace(library, kpi_sets=sets, scorecards={})
