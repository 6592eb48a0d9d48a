"""Versions of a process against each other: what is too few, what may be chance, what differs."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from salespm_flow.rules.flow.contrast import Contrast, Measure, Verdict, contrasts
from salespm_flow.rules.flow.report import Flow, Little
from salespm_flow.rules.flow.trips import Spans

NOTHING = Flow(
    projects=0,
    opened=0,
    ended=0,
    succeeded=0,
    per_week=None,
    lead=None,
    cycle=None,
    wip=0,
    moves=0,
    skip_rate=None,
    regress_rate=None,
    states=(),
    bottleneck=None,
    little=Little(wip=Decimal(0), expected=Decimal(0), ratio=None),
)


def flow(ended: int, won: int, *days: int) -> Flow:
    spans = Spans()
    for number in days:
        spans.add(timedelta(days=number))
    return replace(NOTHING, ended=ended, succeeded=won, lead=spans.times(), cycle=spans.times())


@pytest.mark.parametrize(
    ("before", "after", "verdicts"),
    [
        (NOTHING, flow(50, 50, *range(50)), ("too_few", "too_few", "too_few")),
        # Nine of nine against ten of ten: one of them is below ten.
        (flow(9, 9, *range(9)), flow(10, 10, *range(100, 110)), ("too_few", "too_few", "too_few")),
        # 5 of 10 lies within 24 and 76 %, 8 of 10 within 49 and 94 %: they meet. Of ten days the second to the ninth.
        (flow(10, 5, *range(10)), flow(10, 8, *range(5, 15)), ("unsure", "unsure", "unsure")),
        # 10 of 100 within 6 and 17 %, 50 of 100 within 40 and 60 %; the days do not meet.
        (flow(100, 10, *range(10)), flow(100, 50, *range(20, 70)), ("different", "different", "different")),
    ],
)
def test_versions_differ_where_their_intervals_do_not_meet(
    before: Flow, after: Flow, verdicts: tuple[str, str, str]
) -> None:
    assert tuple(one.verdict.value for one in contrasts({2: after, 1: before})) == verdicts


def test_each_version_is_held_against_the_one_before_it() -> None:
    found = contrasts({1: NOTHING, 3: flow(3, 1, 8), 7: NOTHING})

    assert [(one.before, one.after) for one in found] == [(1, 3)] * 3 + [(3, 7)] * 3
    assert found[1] == Contrast(before=1, after=3, measure=Measure.LEAD_TIME, counts=(0, 1), verdict=Verdict.TOO_FEW)
    assert contrasts({4: NOTHING}) == contrasts({}) == ()
