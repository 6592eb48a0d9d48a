"""A remedy is always accepted by the engine, and no smaller one exists among all values of small fields."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespm_flow.engine.remedies.remedy import remedy
from salespm_flow.expr.values import Money, Value
from tests.unit.solve.bench import NOW, WANG, guarded, passes, project
from tests.unit.solve.guards import ATOMS, GRID, NUMBERS, guards, two_field_cases


@st.composite
def one_field_cases(draw: st.DrawFn) -> tuple[str, str, Value]:
    name = draw(st.sampled_from(list(GRID)))
    return name, draw(guards(ATOMS[name])), draw(st.sampled_from(GRID[name]))


@settings(max_examples=60)
@given(one_field_cases())
def test_one_field_takes_the_nearest_value_there_is(case: tuple[str, str, Value]) -> None:
    name, guard, before = case
    compiled = guarded(guard)
    good = [value for value in GRID[name] if passes(compiled, {name: value})]

    found = remedy(compiled, project(compiled, {name: before}), "go", actor=WANG, now=NOW)

    assert (found is None) == (before in good or not good)
    if found is None:
        return
    (change,) = found.changes
    assert change.after in good
    assert not change.is_any or {value for value in GRID[name] if value is not None} <= set(good)
    assert all(value in good for value in (change.low, change.high, *change.choices) if value is not None)
    numbers = [value for value in good if isinstance(value, Decimal)]
    if isinstance(before, Decimal) and numbers:
        assert isinstance(change.after, Decimal)
        assert abs(change.after - before) == min(abs(value - before) for value in numbers)


@settings(max_examples=40)
@given(two_field_cases())
def test_two_fields_change_no_more_than_they_must(case: tuple[str, Mapping[str, Value]]) -> None:
    guard, before = case
    compiled = guarded(guard)
    names = list(before)
    good = [
        values
        for values in product(*(GRID[name] for name in names))
        if passes(compiled, dict(zip(names, values, strict=True)))
    ]
    fewest = min(
        (sum(value != before[name] for name, value in zip(names, one, strict=True)) for one in good), default=0
    )

    found = remedy(compiled, project(compiled, before), "go", actor=WANG, now=NOW)

    assert (0 if found is None else len(found.changes)) == fewest
    if found is not None:
        assert passes(compiled, {**before, **{change.field: change.after for change in found.changes}})


MIXED = st.sampled_from(
    [
        "share >= 20%",
        "share between 10% and 30%",
        "m > 100 and c < m",
        "m * (100% - p) >= 900",
        "p <= limit",
        "not(big)",
        "big or m > 5000",
        "d <= today()",
        "d <= today() and d <= until",
        "until - d >= 30d",
        "d + 5d > until",
        "d.year = 2027",
        "n > 2.5",
        "n * n <= 10",
        "n = 0.125",
        "at < now()",
        "span > 36h",
        't = "yes" or t = "no"',
        "t != null and string length(t) > 0",
        'starts with(t, "HT")',
        'e = "x" and t != null',
        "f and a + b >= 5",
    ]
)
VALUES: Mapping[str, st.SearchStrategy[Value]] = {
    "a": st.sampled_from(NUMBERS),
    "b": st.sampled_from(NUMBERS),
    "n": st.none() | st.decimals(-100, 100, places=2),
    "p": st.none() | st.decimals(0, 1, places=3),
    "m": st.none() | st.integers(0, 5000).map(lambda amount: Money(Decimal(amount), "CNY")),
    "c": st.none() | st.integers(0, 5000).map(lambda amount: Money(Decimal(amount), "CNY")),
    "d": st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    "until": st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    "e": st.sampled_from([None, "x", "y", "z"]),
    "f": st.sampled_from([None, True, False]),
    "t": st.sampled_from([None, "yes", "maybe"]),
}


@settings(max_examples=60)
@given(guards(MIXED), st.fixed_dictionaries(VALUES))
def test_remedy_is_accepted_whatever_the_types(guard: str, before: Mapping[str, Value]) -> None:
    compiled = guarded(guard)

    found = remedy(compiled, project(compiled, before), "go", actor=WANG, now=NOW)

    if found is None:
        return
    assert found.rows == ()
    after = {**before, **{change.field: change.after for change in found.changes}}
    assert not passes(compiled, before)
    assert passes(compiled, after)


@pytest.mark.parametrize("guard", MIXED.elements)  # type: ignore[attr-defined]  # the list it was made of
def test_each_shape_of_guard_is_solved_from_nothing(guard: str) -> None:
    compiled = guarded(guard)

    found = remedy(compiled, project(compiled, {}), "go", actor=WANG, now=NOW)

    assert found is not None
    assert passes(compiled, {change.field: change.after for change in found.changes})
