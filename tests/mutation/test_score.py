"""Validation notices what is damaged in the shipped definitions; a sample here, all of it by `tests.mutation.score`."""

import random

import pytest

from tests.mutation.operators import OPERATORS
from tests.mutation.score import SEED, Shipped

# So many of each mutation that all together take some seconds.
FEW = 6
# What leaves another valid definition, and amounts that stand alone: the page tells each survivor.
MAY_SURVIVE = {"drop a transition", "swap a currency", "break a reference", "unknown role", "drop a state"}


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    """The shipped definitions, read once."""
    return Shipped()


@pytest.mark.parametrize("operator", sorted(OPERATORS.keys() - MAY_SURVIVE))
def test_a_mutant_is_noticed_wherever_it_stands(operator: str, shipped: Shipped) -> None:
    trials = [one for one in shipped.every_trial if one.mutant.operator == operator]
    chosen = random.Random(SEED).sample(trials, min(FEW, len(trials)))  # noqa: S311 - not for secrets
    assert [(one.file, one.mutant.place) for one in chosen if not shipped.notices(one)] == []
