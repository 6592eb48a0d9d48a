"""Gaps, overlaps, contradictions, masked rules: found, and true of the table when it is run."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.rules import table_findings as table_findings_module
from salespm_flow.rules.table_findings import table_findings
from salespm_flow.rules.table_run import TableRun
from salespm_flow.rules.table_space import space_of, subtract
from tests.unit.rules.tables import HEAD, library_of

BEFORE = HEAD.count("\n")


def found(text: str, **others: str) -> list[str]:
    """Line, code and message of each finding about the table, the first line after the header being 1."""
    library = library_of(t=text, **others)
    findings = table_findings(library.decision_tables["t"], library)
    return [f"{one.span.line - BEFORE} {one.code} {one.message.en}" for one in findings]


TWO = """hit: {hit}
inputs: {{amount: {{type: money, currency: CNY, min: 0 CNY}}, tier: {{type: enum, values: {{standard: S, key: K}}}}}}
outputs: {{limit: {{type: percent}}}}
rules:
  a: {{amount: "< 100", tier: key, limit: 10%}}
  b: {{amount: "[50..100]", limit: {second}}}
  c: {{amount: "> 100", tier: key, limit: 1%}}
"""


def test_a_unique_table_has_neither_gaps_nor_overlaps() -> None:
    assert found(TWO.format(hit="unique", second="5%")) == [
        "6 SF411 The rules a and b overlap: amount in [50..100), tier = key, for example amount = 50 CNY, tier = key",
        "1 SF410 No rule matches amount in [0..50), tier = standard, for example amount = 0 CNY, tier = standard",
        "1 SF410 No rule matches amount > 100, tier = standard, for example amount = 101 CNY, tier = standard",
    ]


def test_rules_of_an_any_table_agree() -> None:
    text = TWO.replace("limit: {{type: percent}}", "limit: {{type: percent, default: 0%}}")
    assert found(text.format(hit="any", second="10%")) == []
    assert found(text.format(hit="any", second="5%")) == [
        "6 SF412 The rules a and b match together with different answers, for example amount = 50 CNY, tier = key"
    ]


def test_a_list_policy_has_no_gaps_and_no_overlaps() -> None:
    assert found(TWO.format(hit="collect", second="5%")) == []


@pytest.mark.parametrize(
    ("hit", "output", "expected"),
    [
        ("first", "{type: number}", "7 SF413 The rule c never counts: a, b always come before it, for example x = 2"),
        (
            "priority",
            "{type: number, order: [1, 2, 3]}",
            "7 SF413 The rule c never counts: a, b always come before it, for example x = 2",
        ),
        (
            "priority",
            "{type: number, order: [3, 2, 1]}",
            "6 SF413 The rule b never counts: c always come before it, for example x = 5",
        ),
    ],
)
def test_a_rule_that_others_always_come_before_is_masked(hit: str, output: str, expected: str) -> None:
    text = f"""hit: {hit}
inputs: {{x: {{type: integer, min: 0, max: 9}}}}
outputs: {{y: {output}}}
rules:
  a: {{x: "< 5", y: 1}}
  b: {{x: "[5..7]", y: 2}}
  c: {{x: "[2..7]", y: 3}}
  d: {{x: "> 7", y: 1}}
"""
    assert found(text) == [expected]


def test_a_rule_outside_of_what_occurs_never_matches() -> None:
    text = """hit: unique
inputs: {x: {type: number, min: 0}, y: {type: text}}
outputs: {z: {type: number, default: 0}}
rules:
  a: {x: "< 0", z: 1}
  b: {x: "[5..3]", z: 2}
  c: {x: "0", z: 3}
"""
    assert found(text) == [
        "5 SF414 The rule a never matches: no value of x passes its cell",
        "6 SF414 The rule b never matches: no value of x passes its cell",
    ]


def test_whole_numbers_and_days_leave_no_room_between_neighbours() -> None:
    text = """hit: unique
inputs: {n: {type: integer}, on: {type: date}}
outputs: {z: {type: number}}
rules:
  a: {n: "<= 5", on: '<= date("2026-01-31")', z: 1}
  b: {n: ">= 6", on: '<= date("2026-01-31")', z: 2}
  c: {on: '>= date("2026-02-01")', z: 3}
"""
    assert found(text) == []
    assert found(text.replace("integer", "number")) == [
        "1 SF410 No rule matches n in (5..6), on <= 2026-01-31, for example n = 5.5, on = 2026-01-30"
    ]


def test_texts_that_no_cell_names_are_a_gap() -> None:
    text = """hit: unique
inputs: {s: {type: text}}
outputs: {z: {type: number}}
rules: {a: {s: '"x", "y"', z: 1}, b: {s: 'not("x", "y", "z")', z: 2}}
"""
    assert found(text) == ["1 SF410 No rule matches s = z, for example s = z"]


def test_what_no_box_can_tell_is_not_judged_but_still_run() -> None:
    text = """hit: unique
inputs: {x: {type: number}, double: {formula: x * 2}}
outputs: {z: {type: number}}
rules: {a: {x: "? > 5 or ? <= 5", z: 1}, b: {double: "> 100000", z: 2}}
"""
    # Not even the gap that the boxes seem to leave: the table, run, matches there.
    assert found(text) == [f"{NOT_PROVEN} (the cells of `a`, `b` are no ranges)"]
    assert found(text.replace("unique", "collect")) == []


NOT_PROVEN = "1 SF415 It is not proven that no rule overlaps or masks another, and that there is no gap"
CROSS = """hit: first
inputs: {x: {type: number, min: 0, max: 9}, y: {type: number, min: 0, max: 9}}
outputs: {z: {type: number}}
rules:
  a: {x: "[4..5]", y: "[4..5]", z: 1}
"""


@pytest.mark.parametrize(("bound", "second"), [("MOST_BOXES", ""), ("FEW_BOXES", '  b: {x: "< 9", z: 3}\n')])
def test_what_was_not_compared_to_the_end_is_not_proven(
    bound: str, second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = CROSS + second
    assert NOT_PROVEN not in [one.partition(" (")[0] for one in found(text)]
    monkeypatch.setattr(table_findings_module, bound, 1)
    assert f"{NOT_PROVEN} (there are too many combinations)" in found(text)


def test_rules_on_a_computed_input_that_part_all_its_values_are_sound() -> None:
    text = """hit: unique
inputs: {x: {type: number}, double: {type: number, formula: x * 2}}
outputs: {z: {type: number}}
rules: {a: {double: "<= 7", z: 1}, b: {double: "> 7", z: 2}}
"""
    assert found(text) == []
    assert found(text.replace("> 7", "> 8")) == [f"{NOT_PROVEN} (the cells of `a`, `b` are no ranges)"]


def test_beyond_the_first_few_it_is_told_that_there_are_more() -> None:
    rules = "\n".join(f"  r{n}: {{z: {n}}}" for n in range(5))
    text = f"hit: unique\ninputs: {{x: {{type: number}}}}\noutputs: {{z: {{type: number}}}}\nrules:\n{rules}\n"
    codes = [one.split()[1] for one in found(text)]
    assert codes == ["SF411"] * 6
    assert found(text)[-1].endswith("There are more of these: the first 5 are told")


def test_a_very_large_table_says_that_it_is_not_analysed() -> None:
    rules = "\n".join(f"  r{n}: {{x: {n}, y: {n}}}" for n in range(1001))
    text = f"hit: unique\ninputs: {{x: {{type: number}}}}\noutputs: {{y: {{type: number}}}}\nrules:\n{rules}\n"
    assert found(text) == ["1 SF415 1001 rules: above 1000 gaps and overlaps are not looked for"]


CELLS = st.one_of(
    st.just("-"),
    st.builds(lambda op, n: f"{op} {n}", st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(0, 6)),
    st.builds(
        lambda left, low, high, right: f"{left}{low}..{high}{right}",
        st.sampled_from("[("),
        st.integers(0, 6),
        st.integers(0, 6),
        st.sampled_from("])"),
    ),
    st.builds(lambda n: f"not({n})", st.integers(0, 6)),
    st.builds(lambda n, m: f"{n}, {m}", st.integers(0, 6), st.integers(0, 6)),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, st.integers(0, 2)), min_size=1, max_size=5)
HALVES = [Decimal(n) / 2 for n in range(-1, 15)]


def table_text(hit: str, rows: Sequence[tuple[str, str, int]]) -> str:
    lines = "\n".join(f'  r{n}: {{a: "{a}", b: "{b}", z: {z}}}' for n, (a, b, z) in enumerate(rows))
    return (
        f"hit: {hit}\ninputs: {{a: {{type: number}}, b: {{type: number}}}}\n"
        f"outputs: {{z: {{type: number, order: [0, 1, 2]}}}}\nrules:\n{lines}\n"
    )


@given(ROWS)
def test_boxes_hold_exactly_what_the_rules_match(rows: list[tuple[str, str, int]]) -> None:
    library = library_of(t=table_text("unique", rows))
    table = library.decision_tables["t"]
    run = TableRun(table, library)
    cells = [{name: test.node for name, test in rule.tests.items()} for rule in table.rules.values()]
    space = space_of(table.inputs.values(), cells, run.constant)
    for picks in product(*(range(len(column.pieces)) for column in space.columns)):
        values = {c.input.id: c.sample(at) for c, at in zip(space.columns, picks, strict=True)}
        answered = run.answer(values)
        assert answered is not None
        inside = [
            rule.id
            for rule, box in zip(table.rules.values(), space.boxes, strict=True)
            if box is not None and all(mask >> at & 1 for mask, at in zip(box, picks, strict=True))
        ]
        assert inside == list(answered.matched)


@given(ROWS)
def test_a_table_without_findings_answers_everything_and_one_with_findings_does_not(
    rows: list[tuple[str, str, int]],
) -> None:
    library = library_of(t=table_text("unique", rows))
    table = library.decision_tables["t"]
    codes = {one.code for one in table_findings(table, library)}
    run = TableRun(table, library)
    answers = [run.answer({"a": a, "b": b}) for a, b in product(HALVES, HALVES)]
    counts = [len(one.matched) for one in answers if one is not None]
    assert ("SF410" in codes) is (0 in counts)
    assert ("SF411" in codes) is any(count > 1 for count in counts)


@given(ROWS, st.sampled_from(["first", "priority"]))
def test_a_rule_is_called_masked_exactly_when_it_never_gives_the_answer(
    rows: list[tuple[str, str, int]], hit: str
) -> None:
    library = library_of(t=table_text(hit, rows))
    table = library.decision_tables["t"]
    masked = {one.message.en.split()[2] for one in table_findings(table, library) if one.code == "SF413"}
    run = TableRun(table, library)
    used: set[str] = set()
    matched: set[str] = set()
    rules = tuple(table.rules)
    for a, b in product(HALVES, HALVES):
        answered = run.answer({"a": a, "b": b})
        assert answered is not None
        matched |= set(answered.matched)
        if answered.matched:
            order = rules.index if hit == "first" else lambda one: (rows[rules.index(one)][2], rules.index(one))
            used.add(min(answered.matched, key=order))
    assert masked == matched - used


@given(st.lists(st.tuples(*(st.integers(1, 15) for _ in range(3))), max_size=6))
def test_subtracting_boxes_leaves_exactly_the_points_outside(taken: list[tuple[int, int, int]]) -> None:
    left: list[tuple[int, ...]] = [(15, 15, 15)]
    for box in taken:
        left, is_whole = subtract(left, box, 10_000)
        assert is_whole
    for point in product(range(4), repeat=3):
        bits = [1 << at for at in point]
        holds = sum(all(mask & bit for mask, bit in zip(box, bits, strict=True)) for box in left)
        is_taken = any(all(mask & bit for mask, bit in zip(box, bits, strict=True)) for box in taken)
        assert holds == (0 if is_taken else 1)
