"""Guards over records: which rows to add or revise, written short."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import pytest

from salespm_flow.engine.decide import decide
from salespm_flow.engine.remedies.remedy import Remedy, remedy
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Accepted, AddRow
from salespm_flow.model.project import Snapshot
from salespm_flow.solve.change import FieldChange
from tests.unit.solve.bench import NOW, WANG, guarded, project

Given = Iterable[tuple[str, Mapping[str, Value]]]


def rows_for(guard: str, given: Given = ()) -> list[str] | None:
    compiled = guarded(guard)
    snapshot = project(compiled, {})
    for record, values in given:
        added = decide(compiled, snapshot, AddRow(record=record, values=values, actor=WANG), NOW)
        assert isinstance(added, Accepted)
        snapshot = Snapshot(project=added.project, children={}, parent=None, kpis={})
    found = remedy(compiled, snapshot, "go", actor=WANG, now=NOW)
    return None if found is None else written(found)


def written(found: Remedy) -> list[str]:
    fields = [short(change) for change in found.changes]
    rows = [
        f"{row.record}{'+' if row.is_new else f'[{row.key}]'} {', '.join(map(short, row.values))}" for row in found.rows
    ]
    return [*fields, *rows]


def short(change: FieldChange) -> str:
    return f"{change.field}=any" if change.is_any else f"{change.field}={change.after}"


def need(ref: str, size: int) -> tuple[str, Mapping[str, Value]]:
    return "needs", {"ref": ref, "size": Decimal(size)}


def part(ref: str, *, good: bool = False) -> tuple[str, Mapping[str, Value]]:
    return "parts", {"need": ref, "good": good}


TWO = (need("N1", 1), need("N2", 2))


@pytest.mark.parametrize(
    ("guard", "given", "expected"),
    [
        ("count(needs) >= 2", (), ["needs+ ref=any, size=any", "needs+ ref=any, size=any"]),
        ("some n in needs satisfies n.size > 3", TWO, ["needs+ ref=any, size=4"]),
        ("every n in needs satisfies n.size > 3", TWO, ["needs[N1] size=4", "needs[N2] size=4"]),
        ("not(some n in needs satisfies n.size < 2)", TWO, ["needs[N1] size=2"]),
        ("not(every n in needs satisfies n.size < 4)", TWO, ["needs+ ref=any, size=4"]),
        ("sum(needs.size) >= 7", TWO, ["needs+ ref=any, size=4"]),
        ("max(needs.size) = 5", TWO, ["needs+ ref=any, size=5"]),
        ("min(needs.size) >= 2", TWO, ["needs[N1] size=2"]),
        ("min(needs.size) >= 3", TWO, ["needs[N1] size=3", "needs[N2] size=3"]),
        ("count(needs[size > 3]) >= 1", TWO, ["needs+ ref=any, size=4"]),
        (
            "every n in needs satisfies (some p in parts satisfies (p.need = n.ref and p.good))",
            (*TWO, part("N1"), part("N2", good=True)),
            ["parts+ need=N1, good=True"],
        ),
        (
            "every n in needs satisfies (some p in parts satisfies p.need = n.ref)",
            TWO,
            ["parts+ need=N1", "parts+ need=N2"],
        ),
        ("a >= 3 and (some n in needs satisfies n.size = 5)", (), ["a=3", "needs+ ref=any, size=5"]),
        ("a >= 3 or count(needs) > 0", (), ["a=3"]),
        ("(some n in needs satisfies n.size = 5) or count(parts) > 3", TWO, ["needs+ ref=any, size=5"]),
        (
            "a > 20 or ((every n in needs satisfies n.size > 1) and count(parts) > 0)",
            TWO,
            ["needs[N1] size=2", "parts+ need=any"],
        ),
        ("not(count(parts) < 1 or count(needs) < 3)", TWO, ["needs+ ref=any, size=any", "parts+ need=any"]),
        ("a > 20 or not(count(parts) = 0)", (), ["parts+ need=any"]),
        ("some r in rounds satisfies r.passed", (), ["rounds+ number=any, passed=True"]),
        ("count(rounds) = 2", (), ["rounds+ number=any, passed=any", "rounds+ number=any, passed=any"]),
        ("some r in rounds satisfies r.number = 3 and r.passed", (), ["rounds+ number=3, passed=True"]),
        ("every p in parts satisfies p.good", (part("N1"),), None),
        ("count(needs) < 2", TWO, None),
    ],
)
def test_rows_are_added_or_revised(guard: str, given: Given, expected: list[str] | None) -> None:
    assert rows_for(guard, given) == expected
