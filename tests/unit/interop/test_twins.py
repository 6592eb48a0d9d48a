"""Doubled keys are found exactly, whatever falls on the same place."""

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.interop.twins import Twins


@given(st.lists(st.text(max_size=2), max_size=60), st.integers(0, 1 << 20))
def test_each_key_is_told_its_first_line(keys: list[str], size: int) -> None:
    twins = Twins(size)
    for key in keys:
        twins.note(key)
    assert [twins.first_line(key, line) for line, key in enumerate(keys)] == [keys.index(key) for key in keys]


def test_keys_that_share_a_place_are_kept_apart() -> None:
    keys = [f"K{number}" for number in range(200_000)]  # some thrice as many as there are places
    twins = Twins(0)
    for key in keys:
        twins.note(key)
    assert [twins.first_line(key, line) for line, key in enumerate(keys)] == list(range(200_000))
