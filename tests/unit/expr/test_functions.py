"""One suite over every built-in function."""

import pytest

from salespm_flow.expr.check import check
from salespm_flow.expr.functions import ALIASES, FUNCTIONS, LATER
from salespm_flow.expr.parse import parse


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_example_calls_its_function_rightly(name: str) -> None:
    parsed = parse(FUNCTIONS[name].example)
    assert parsed.problems == ()
    assert parsed.node is not None
    checked = check(parsed.node, {})
    assert name in checked.calls
    assert {one.code for one in checked.problems} <= {"SF202"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_described_in_both_languages(name: str) -> None:
    description = FUNCTIONS[name].description
    assert description.zh != description.en
    assert description.en[0].isupper()


def test_aliases_and_later_functions_do_not_hide_real_ones() -> None:
    assert set(ALIASES.values()) <= FUNCTIONS.keys()
    assert not FUNCTIONS.keys() & (ALIASES.keys() | LATER.keys())
