"""What the solver proves agrees with trying every value of small fields."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings

from salespm_flow.engine.remedies.proof import Proof, Proved, proof
from salespm_flow.expr.values import Value
from tests.unit.solve.bench import NOW, WANG, guarded, passes, project
from tests.unit.solve.guards import GRID, two_field_cases


def proved(guard: str, **fields: Value) -> Proof:
    compiled = guarded(guard)
    return proof(compiled, project(compiled, fields), "go", actor=WANG, now=NOW)


@settings(max_examples=40)
@given(two_field_cases())
def test_proof_knows_the_fewest_changes_and_when_there_are_none(case: tuple[str, Mapping[str, Value]]) -> None:
    guard, before = case
    compiled = guarded(guard)
    if passes(compiled, before):
        return
    names = list(before)
    counts = [
        sum(value != before[name] for name, value in zip(names, values, strict=True))
        for values in product(*(GRID[name] for name in names))
        if passes(compiled, dict(zip(names, values, strict=True)))
    ]

    found = proof(compiled, project(compiled, before), "go", actor=WANG, now=NOW)

    if found.proved is Proved.UNDECIDED:
        assert "max(" in guard
    elif found.remedy is None:
        assert (found.proved, counts) == (Proved.IMPOSSIBLE, [])
    else:
        assert (found.proved, len(found.remedy.changes)) == (Proved.SMALLEST, min(counts))


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        ("a > 12", Proved.IMPOSSIBLE),
        ("a < b and b < a", Proved.IMPOSSIBLE),
        ("d > until and until > d", Proved.IMPOSSIBLE),
        ("share > 100%", Proved.IMPOSSIBLE),
        ('t = "x" and t = "y"', Proved.IMPOSSIBLE),
        ("count(needs) > 3", Proved.IMPOSSIBLE),
        ("a > 3", Proved.SMALLEST),
        ("share between 10% and 30%", Proved.SMALLEST),
        ("until - d >= 30d and d > today()", Proved.SMALLEST),
        ('e = "x" and f and p > limit', Proved.SMALLEST),
        ("not(big) and p != null", Proved.SMALLEST),
        ("if f then a > 12 else b > 3", Proved.SMALLEST),
        ('default(e, "x") in ("y", "z") and a in (> 4, [2..3])', Proved.SMALLEST),
        ("-a * 2 <= 0 - 8 and (a > 3) = f", Proved.SMALLEST),
        ('d + 5d = until and d in [@"2026-01-01"..@"2026-01-31"]', Proved.SMALLEST),
        ("d + 5wd > until", Proved.UNDECIDED),
        ("d + 5d = until", Proved.SMALLEST),
        ('e > "a"', Proved.UNDECIDED),
        ("n ** 2 > 50", Proved.UNDECIDED),
        ("at < now() and span > 36h", Proved.SMALLEST),
        ("a = null and b != null", Proved.SMALLEST),
        ("string length(t) > 3", Proved.UNDECIDED),
    ],
)
def test_verdict_is_the_certain_one(guard: str, expected: Proved) -> None:
    assert proved(guard).proved is expected


def test_many_fields_that_hang_together_are_solved_at_once() -> None:
    guard = "a + b = 20 and a - b = 4 and n = a * 3 and p = 10% and m > 500 and c > m"

    found = proved(guard)

    assert found.proved is Proved.SMALLEST
    assert found.remedy is not None
    after = {change.field: change.after for change in found.remedy.changes}
    assert {name: after[name] for name in ("a", "b", "n", "p")} == {
        "a": Decimal(12),
        "b": Decimal(8),
        "n": Decimal(36),
        "p": Decimal("0.1"),
    }
