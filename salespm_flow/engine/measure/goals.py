"""Tracking goals: their KPIs worked out over their own periods, and kept as what guards read under `goal`."""

from collections.abc import Mapping
from datetime import datetime

from salespm_flow.engine.aims import PREFIX, Aim, aims_of
from salespm_flow.engine.measure.evaluation import Period, Question, evaluate_many
from salespm_flow.engine.ports import KpiValue, Store
from salespm_flow.model.goals import Goal
from salespm_flow.model.library import Library
from salespm_flow.nouns import dataclass
from salespm_flow.rules.goals import Standing
from salespm_flow.rules.kpi import KpiResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A goal with its standing; `population` is how many rows the actual value is about."""

    aim: Aim
    standing: Standing
    population: int


def track(store: Store, library: Library, *, at: datetime, is_past: bool = False) -> Mapping[str, Tracked]:
    """Every goal of the workspace by id; reads only, in one pass over the store.

    A goal's KPI is worked out from its first day to the earlier of its last day and the day of `at`.

    Args:
        store: where the projects are.
        library: the goals and their KPIs.
        at: the moment that counts as now.
        is_past: whether the projects count as they stood at `at`, instead of as they stand.
    """
    aims = aims_of(library)
    periods = {name: period for name, aim in aims.items() if (period := _period(aim, at)) is not None}
    wanted = {aims[name].kpi_id for name in periods}
    # Goals of one period ask one question.
    distinct = tuple(dict.fromkeys(periods.values()))
    questions = tuple(Question(period=period) for period in distinct)
    answers = evaluate_many(store, library, questions, at=at, is_past=is_past, only=wanted) if questions else ()
    figures = {period: answer.kpis for period, answer in zip(distinct, answers, strict=True)}
    return {name: _tracked(aim, _figure(aim, figures, periods.get(name)), at) for name, aim in aims.items()}


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


def _figure(aim: Aim, figures: Mapping[Period, Mapping[str, KpiResult]], period: Period | None) -> KpiResult | None:
    return None if period is None else figures[period].get(aim.kpi_id)


def _tracked(aim: Aim, figure: KpiResult | None, at: datetime) -> Tracked:
    value, population = (None, 0) if figure is None else (figure.value, figure.population)
    return Tracked(aim=aim, standing=aim.stand(value, at), population=population)


def _period(aim: Aim, at: datetime) -> Period | None:
    """The days whose rows count; None for a goal without a KPI or dates, or one that has not begun."""
    start, end = aim.goal.starts_on, aim.goal.ends_on
    today = at.astimezone(aim.zone).date()
    if aim.kpi is None or start is None or end is None or today < start:
        return None
    return Period(start=start, end=min(end, today))
