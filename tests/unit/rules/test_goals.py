"""Attainment, pace by working days, and sums of parts."""

from dataclasses import replace
from datetime import UTC, date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.expr.parse import parse
from salespm_flow.expr.values import Money
from salespm_flow.model.expression import Expression
from salespm_flow.model.goals import GoalTask
from salespm_flow.model.rules import Basis, Better, Kpi
from salespm_flow.rules.goals import Progress, child_sum, elapsed_share, is_total, stand, task_sum
from salespm_flow.working_time import Calendar, Shift, Weekday
from tests.unit.rules.test_smart import REVENUE, SPAN, WHOLE, usd

WEEK = Calendar(
    id="week",
    zone=UTC,
    country=None,
    week=(Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI),
    shifts=(Shift(time(9), time(17)),),
    off=frozenset(),
    work=frozenset(),
)
# Ten working days: Monday to Friday, twice.
FORTNIGHT = replace(WHOLE, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 14))


def counted(text: str, kpi: Kpi = REVENUE) -> Kpi:
    node = parse(text).node
    assert node is not None
    return replace(kpi, formula=Expression(text=text, node=node, place=SPAN))


TOTAL = counted("sum(projects.amount)")


def test_pace_is_attainment_over_the_working_days_that_have_begun() -> None:
    standing = stand(FORTNIGHT, TOTAL, usd(300), today=date(2026, 6, 5), calendar=WEEK)
    assert (standing.attainment, standing.elapsed, standing.pace, standing.projected, standing.progress) == (
        Decimal("0.3"),
        Decimal("0.5"),
        Decimal("0.6"),
        usd(600),
        Progress.BEHIND,
    )


def test_a_weekend_changes_no_pace() -> None:
    days = (date(2026, 6, 5), date(2026, 6, 6), date(2026, 6, 7))
    assert {stand(FORTNIGHT, TOTAL, usd(500), today=day, calendar=WEEK).pace for day in days} == {Decimal(1)}


@pytest.mark.parametrize(
    ("today", "actual", "progress"),
    [
        (date(2026, 5, 31), 0, Progress.AHEAD_OF_START),
        (date(2026, 6, 1), 100, Progress.ON_PACE),
        (date(2026, 6, 1), 99, Progress.BEHIND),
        (date(2026, 6, 3), 1000, Progress.REACHED),
        (date(2026, 6, 14), 999, Progress.BEHIND),
        (date(2026, 6, 15), 999, Progress.MISSED),
        (date(2026, 6, 15), 1000, Progress.REACHED),
    ],
)
def test_progress_follows_pace_until_the_period_is_over(today: date, actual: int, progress: Progress) -> None:
    assert stand(FORTNIGHT, TOTAL, usd(actual), today=today, calendar=WEEK).progress is progress


def test_without_a_value_nothing_is_known() -> None:
    standing = stand(FORTNIGHT, TOTAL, None, today=date(2026, 6, 5), calendar=WEEK)
    assert (standing.attainment, standing.pace, standing.projected, standing.progress) == (
        None,
        None,
        None,
        Progress.UNKNOWN,
    )


def test_a_level_paces_by_what_it_is_and_not_by_days() -> None:
    share = replace(REVENUE, unit="percent")
    goal = replace(FORTNIGHT, target=Decimal("0.5"), baseline=Decimal("0.3"), ceiling=Decimal("0.6"))
    standing = stand(goal, share, Decimal("0.4"), today=date(2026, 6, 1), calendar=WEEK)
    assert (standing.pace, standing.projected) == (Decimal("0.8"), None)


def test_where_less_is_better_attainment_is_the_way_from_the_baseline() -> None:
    kpi = replace(REVENUE, unit="count", better=Better.LOWER, basis=Basis.AS_OF)
    goal = replace(FORTNIGHT, baseline=Decimal(60), target=Decimal(40), ceiling=Decimal(30))
    assert stand(goal, kpi, Decimal(50), today=date(2026, 6, 5), calendar=WEEK).attainment == Decimal("0.5")
    assert stand(
        replace(goal, baseline=None), kpi, Decimal(50), today=date(2026, 6, 5), calendar=WEEK
    ).attainment == Decimal("0.8")


def test_another_currency_is_no_attainment() -> None:
    other = Money(Decimal(500), "CNY")
    assert stand(FORTNIGHT, TOTAL, other, today=date(2026, 6, 5), calendar=WEEK).attainment is None


def test_only_sums_and_counts_are_totals() -> None:
    assert is_total(TOTAL)
    assert is_total(counted("count(projects)", replace(REVENUE, unit="count")))
    assert not is_total(counted("mean(projects.amount)"))
    assert not is_total(replace(TOTAL, basis=Basis.AS_OF))
    assert not is_total(replace(REVENUE, unit="percent"))


def test_children_that_fill_the_period_must_sum_to_the_goal() -> None:
    first = replace(FORTNIGHT, id="first", target=usd(400), ends_on=date(2026, 6, 7))
    second = replace(FORTNIGHT, id="second", target=usd(500), starts_on=date(2026, 6, 8))
    found = child_sum(FORTNIGHT, (first, second), TOTAL)
    assert found is not None
    assert (found.parts, found.sum, found.missing, found.is_whole) == (
        ("first", "second"),
        usd(900),
        Decimal(100),
        True,
    )
    partial = child_sum(FORTNIGHT, (second,), TOTAL)
    assert partial is not None
    assert not partial.is_whole


def test_children_of_a_level_have_no_sum() -> None:
    assert child_sum(FORTNIGHT, (replace(FORTNIGHT, id="x"),), replace(REVENUE, unit="percent")) is None


def test_tasks_sum_to_the_goal_once_all_of_them_say_their_part() -> None:
    tasks = tuple(GoalTask(id=name, title=WHOLE.title, span=SPAN, contributes=usd(400)) for name in ("a", "b"))
    found = task_sum(replace(WHOLE, tasks=tasks))
    assert found is not None
    assert (found.sum, found.missing, found.is_whole) == (usd(800), Decimal(200), True)
    silent = task_sum(replace(WHOLE, tasks=(*tasks, replace(tasks[0], id="c", contributes=None))))
    assert silent is not None
    assert not silent.is_whole


def test_a_period_without_a_working_day_has_no_pace() -> None:
    weekend = replace(WHOLE, starts_on=date(2026, 6, 6), ends_on=date(2026, 6, 7))
    assert elapsed_share(weekend, date(2026, 6, 6), WEEK) is None
    assert stand(weekend, TOTAL, usd(1), today=date(2026, 6, 6), calendar=WEEK).pace is None


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_the_elapsed_share_never_falls_and_stays_in_bounds(one: date, other: date) -> None:
    early, late = sorted((one, other))
    before, after = elapsed_share(WHOLE, early, WEEK), elapsed_share(WHOLE, late, WEEK)
    assert before is not None
    assert after is not None
    assert 0 <= before <= after <= 1
