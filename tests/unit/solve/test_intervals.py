"""Unions of intervals behave as the sets of numbers that they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.solve.intervals import Intervals, intervals

LOW, HIGH = -12, 12
ENDS = st.integers(LOW, HIGH)
SETS = st.lists(st.tuples(ENDS, ENDS), max_size=5).map(intervals)


def members(found: Intervals) -> set[int]:
    return {number for number in range(LOW - 2, HIGH + 3) if number in found}


@given(SETS, SETS)
def test_union_and_intersection_are_those_of_the_sets(one: Intervals, other: Intervals) -> None:
    assert members(one.union(other)) == members(one) | members(other)
    assert members(one.intersection(other)) == members(one) & members(other)


@given(SETS, ENDS, ENDS)
def test_complement_holds_what_is_left(one: Intervals, low: int, high: int) -> None:
    assert members(one.complement(low, high)) == set(range(low, high + 1)) - members(one)


@given(SETS)
def test_spans_neither_overlap_nor_touch(one: Intervals) -> None:
    assert all(before[1] + 1 < after[0] for before, after in zip(one.spans, one.spans[1:], strict=False))
    assert bool(one) == bool(members(one))


@given(SETS, ENDS)
def test_nearest_is_a_member_with_the_smallest_distance(one: Intervals, number: int) -> None:
    expected = min(members(one), key=lambda member: (abs(member - number), -member), default=None)

    assert one.nearest(number) == expected


@given(SETS, ENDS)
def test_span_of_a_number_holds_it(one: Intervals, number: int) -> None:
    span = one.span_of(number)

    assert (span is None) == (number not in one)
    assert span is None or span[0] <= number <= span[1]
