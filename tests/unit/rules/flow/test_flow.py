"""Flow figures of a handful of trips, against figures worked out by hand."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.model.workflow import State
from salespm_flow.rules.flow.report import FlowCount, Little
from salespm_flow.rules.flow.series import CumulativeCount, Item, burndown
from salespm_flow.rules.flow.trips import Spans, Stay, Step, Times, Track, Trip, Window

START = datetime(2026, 3, 1, tzinfo=UTC)
LOSSES = frozenset({"cancelled"})


@pytest.fixture(scope="module")
def states() -> Mapping[str, State]:
    """Four stages in a row, a good end and a bad one."""
    return MappingProxyType(load().library.workflows["scrum"].states)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def times_of(durations: Iterable[timedelta]) -> Times | None:
    spans = Spans()
    for one in durations:
        spans.add(one)
    return spans.times()


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], None),
        ([3], (1, 3, 3, 3)),
        # The 2nd of 4 is at 50 %, the 4th (3.4 rounded up) at 85 %.
        ([4, 1, 2, 9], (4, 4, 2, 9)),
        ([-1, 5], (2, 2.5, 0, 5)),
        (range(1, 21), (20, 10.5, 10, 17)),
    ],
)
def test_percentiles_are_by_nearest_rank(spans: list[float], expected: tuple[int, float, float, float] | None) -> None:
    found = times_of(map(days, spans))

    if expected is None:
        assert found is None
    else:
        count, mean, p50, p85 = expected
        assert found is not None
        assert (found.count, found.mean, found.p50, found.p85) == (count, days(mean), days(p50), days(p85))


@pytest.mark.parametrize(
    ("count", "ranks"),
    [
        # No more than r - 1 of n coins fall on one side with a chance of at most 2.5 %: ranks r and n + 1 - r.
        (5, None),
        (6, (1, 6)),
        (9, (2, 8)),
        (20, (6, 15)),
        (100, (40, 61)),
        # (n - 1.96 √n) / 2 where there are many.
        (10_000, (4902, 5099)),
    ],
)
def test_interval_of_the_median_is_by_order_statistics(count: int, ranks: tuple[int, int] | None) -> None:
    found = times_of(days(number) for number in range(count, 0, -1))

    assert found is not None
    assert found.p50_interval == (None if ranks is None else (days(ranks[0]), days(ranks[1])))


def test_window_overlap_is_never_below_zero() -> None:
    window = Window(start=day(10), end=day(20))

    assert window.overlap(day(5), day(12)) == days(2)
    assert window.overlap(day(15), None) == days(5)
    # Clocks that went wrong: begun after the end, over before it began.
    assert window.overlap(day(25), None) == days(0)
    assert window.overlap(day(18), day(11)) == days(0)


def test_burndown_and_velocity_follow_what_was_done_and_dropped() -> None:
    items = [
        Item(known_at=day(0), size=Decimal(5), done_at=day(6)),
        Item(known_at=day(0), size=Decimal(3)),
        Item(known_at=day(8), size=Decimal(2), done_at=day(14)),
        Item(known_at=day(0), size=Decimal(1), dropped_at=day(9)),
    ]

    found = burndown(items, [day(0), day(7), day(14)])

    assert list(map(float, found.scope)) == [9, 9, 10]
    assert list(map(float, found.done)) == [0, 5, 7]
    assert list(map(float, found.remaining)) == [9, 4, 3]
    assert list(map(float, found.ideal)) == [9, 4.5, 0]
    assert list(map(float, found.velocity)) == [5, 2]


def stages(states: Mapping[str, State]) -> tuple[str, str, str]:
    first, second, third, *_ = Track(states).stages
    return first, second, third


def trip(states: Mapping[str, State], moves: list[tuple[float, str]], end: float | None, *, is_success: bool) -> Trip:
    """A trip through stages, entered on the days given; the last is left on the day of the end."""
    lefts = [*(at for at, _ in moves[1:]), end]
    names = [name for _, name in moves]
    target = next(s.name for s in states.values() if s.outcome is not None and s.outcome.is_success is is_success)
    return Trip(
        project="P",
        version=1,
        opened_at=day(moves[0][0]),
        started_at=day(moves[1][0]) if len(moves) > 1 else None,
        ended_at=None if end is None else day(end),
        is_success=is_success and end is not None,
        stays=tuple(
            Stay(state=name, entered_at=day(at), left_at=None if left is None else day(left))
            for (at, name), left in zip(moves, lefts, strict=True)
        ),
        steps=(
            *(Step(at=day(at), source=a, target=b) for (at, b), a in zip(moves[1:], names, strict=False)),
            *((Step(at=day(end), source=names[-1], target=target),) if end is not None else ()),
        ),
    )


def test_flow_counts_what_happened_in_the_window(states: Mapping[str, State]) -> None:
    a, b, c = stages(states)
    count = FlowCount(Window(start=day(0), end=day(70)), Track(states), LOSSES)
    count.take(trip(states, [(0, a), (10, b), (20, c)], 30, is_success=True))
    count.take(trip(states, [(0, a), (20, c), (30, b)], 40, is_success=False))
    count.take(trip(states, [(60, a)], None, is_success=False))
    count.take(trip(states, [(80, a)], None, is_success=False))  # after the window

    flow = count.flow()

    assert (flow.projects, flow.opened, flow.ended, flow.succeeded, flow.wip) == (3, 3, 2, 1, 1)
    assert flow.per_week == Decimal("0.2")
    assert (flow.lead, flow.cycle) == (times_of([days(30)]), times_of([days(20)]))
    # Six moves: from a to c and from c to the end one was left out, from c to b it went back.
    assert flow.moves == 6
    assert round(flow.skip_rate or 0, 6) == Decimal("0.333333")
    assert round(flow.regress_rate or 0, 6) == Decimal("0.166667")
    # 30 + 40 + 10 project days over 70; those that ended took 70 project days.
    assert flow.little == Little(wip=Decimal("1.142857"), expected=Decimal(1), ratio=Decimal("1.142857"))
    by_name = {one.state: one for one in flow.states}
    assert (by_name[a].entered, by_name[a].left, by_name[a].time, by_name[a].age) == (
        3,
        2,
        times_of([days(10), days(20)]),
        times_of([days(10)]),
    )
    assert (by_name[b].left, by_name[b].leak, by_name[b].conversion) == (2, Decimal("0.5"), Decimal("0.5"))
    assert flow.bottleneck == a
    assert by_name[a].load == Decimal("0.5")


def test_nothing_flows_in_an_empty_window(states: Mapping[str, State]) -> None:
    flow = FlowCount(Window(start=day(5), end=day(5)), Track(states), LOSSES).flow()

    assert (flow.per_week, flow.lead, flow.skip_rate, flow.bottleneck, flow.little.ratio) == (
        None,
        None,
        None,
        None,
        None,
    )


def test_a_project_that_went_back_and_forth_is_in_one_state_at_a_time(states: Mapping[str, State]) -> None:
    a, b, _ = stages(states)
    count = CumulativeCount([day(0.5), day(7.5), day(200)], Track(states))
    count.take(trip(states, [(number, (a, b)[number % 2]) for number in range(101)], 150, is_success=True))

    found = count.cumulative()

    assert (found.states[a], found.states[b], found.ended) == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
