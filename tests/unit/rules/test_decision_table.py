"""Decision tables: what each hit policy answers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from salespm_flow.expr.scope import OutOfFuel
from salespm_flow.expr.values import Money, Value
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.rules.table_run import some_scope
from tests.unit.rules.tables import answer, ask, library_of

AGES = """
inputs: {age: {type: number}}
outputs: {fee: {type: number}}
rules:
  adult: {age: ">= 18", fee: 10}
  teen: {age: ">= 12", fee: 5}
  old: {age: ">= 65", fee: 7}
"""
WORDS = """
inputs: {age: {type: number}}
outputs: {word: {type: enum, values: {best: 最好, good: 好, poor: 差}}}
rules:
  adult: {age: ">= 18", word: good}
  any: {word: poor}
  old: {age: ">= 65", word: best}
"""


@pytest.mark.parametrize(
    ("hit", "age", "expected"),
    [
        ("unique", 13, 5),
        ("unique", 3, None),
        ("first", 70, 10),
        ("first", 13, 5),
        ("rule_order", 70, (10, 5, 7)),
        ("rule_order", 3, ()),
        ("collect", 70, (10, 5, 7)),
        ("collect\naggregate: sum", 70, 22),
        ("collect\naggregate: sum", 3, 0),
        ("collect\naggregate: min", 70, 5),
        ("collect\naggregate: max", 70, 10),
        ("collect\naggregate: max", 3, None),
        ("collect\naggregate: count", 70, 3),
        ("collect\naggregate: count", 3, 0),
    ],
)
def test_each_policy_answers_as_the_standard_says(hit: str, age: int, expected: Value) -> None:
    assert answer(f"hit: {hit}{AGES}", age) == expected


@pytest.mark.parametrize(
    ("hit", "age", "expected"),
    [
        ("priority", 70, "best"),
        ("priority", 20, "good"),
        ("priority", 3, "poor"),
        ("output_order", 70, ("best", "good", "poor")),
    ],
)
def test_the_order_of_enum_values_is_their_priority(hit: str, age: int, expected: Value) -> None:
    assert answer(f"hit: {hit}{WORDS}", age) == expected


def test_an_order_may_be_given_to_other_outputs() -> None:
    text = AGES.replace("fee: {type: number}", "fee: {type: number, order: [5, 7, 10]}")
    assert answer(f"hit: priority{text}", 70) == 5
    assert answer(f"hit: output_order{text}", 70) == (5, 7, 10)


def test_a_violated_unique_is_null_and_names_every_rule_that_matched() -> None:
    found, conflicts = ask(f"hit: unique{AGES}", 70)
    assert found is None
    assert [(one.name, one.choices, [place.line for place in one.places]) for one in conflicts] == [
        ("table.t", ("adult", "teen", "old"), [9, 10, 11])
    ]
    assert conflicts[0].message.en == (
        "the rules adult (t.yaml:9) and teen (t.yaml:10) and old (t.yaml:11) of the decision table t match together, "
        "where only one may"
    )
    assert "规则 adult（t.yaml:9）、teen（t.yaml:10）" in conflicts[0].message.zh


def test_any_may_match_more_than_once_while_the_answers_are_the_same() -> None:
    same = "hit: any\ninputs: {x: {type: number}}\noutputs: {y: {type: text}}\nrules:\n  a: {x: '> 1', y: A}\n"
    assert answer(same + "  b: {x: '> 2', y: A}\n", 5) == "A"
    found, conflicts = ask(same + "  b: {x: '> 2', y: B}\n", 5)
    assert (found, [one.choices for one in conflicts]) == (None, [("a", "b")])


def test_several_outputs_make_a_record_and_defaults_stand_where_nothing_matches() -> None:
    text = """
hit: first
inputs: {on: {type: date}, paid: {type: boolean}}
outputs: {fee: {type: money, currency: CNY}, word: {type: text, default: none}}
rules:
  late: {on: '> date("2026-03-01")', paid: false, fee: 5, word: late}
"""
    assert answer(text, date(2026, 3, 2), False) == {"fee": Money(Decimal(5), "CNY"), "word": "late"}
    assert answer(text, date(2026, 3, 2), True) == {"fee": None, "word": "none"}
    assert answer(text.replace("first", "rule_order"), date(2026, 1, 1), None) == ({"fee": None, "word": "none"},)


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", None, True),
        ("null", None, True),
        ("null", 1, False),
        ("not(null)", None, False),
        ("not(null)", 1, True),
        ("not(1, 2)", 3, True),
        ("not(1, 2)", 2, False),
        ("[1..5)", 5, False),
        ("(1..5]", 5, True),
        ("< 1, > 5", 6, True),
        ("? = top", 3, True),
        ("modulo(?, 2) = 0", 4, True),
        ("> 1", None, False),
    ],
)
def test_cells_are_unary_tests(cell: str, value: Value, *, expected: bool) -> None:
    text = f"""
hit: first
parameters: {{top: 3}}
inputs: {{x: {{type: number}}}}
outputs: {{y: {{type: boolean, default: false}}}}
rules: {{a: {{x: "{cell}", y: true}}}}
"""
    assert answer(text, value) is expected


def test_ids_stand_bare_in_columns_of_ids() -> None:
    text = """
hit: unique
inputs: {tier: {type: enum, values: {standard: 普通, key-account: 重点, gold: 金}}, who: {type: role}}
outputs: {limit: {type: percent, default: 0%}}
rules:
  a: {tier: key-account, who: sales_rep, limit: 10%}
  b: {tier: "standard, gold", who: not(legal), limit: 5%}
"""
    assert answer(text, "key-account", "sales_rep") == Decimal("0.1")
    assert answer(text, "gold", "sales_rep") == Decimal("0.05")
    assert answer(text, "gold", "legal") == 0


def test_inputs_and_answers_may_be_computed_and_tables_call_each_other() -> None:
    text = """
hit: unique
inputs: {salary: {type: number}, yearly: {formula: salary * 12}, rate: {formula: 'table.rates(yearly: yearly)'}}
outputs: {tax: {type: number}}
rules: {all: {yearly: "> 0", tax: {formula: yearly * rate}}}
"""
    rates = """
hit: first
inputs: {yearly: {type: number}}
outputs: {rate: {type: percent}}
rules: {high: {yearly: "> 100", rate: 20%}, low: {rate: 10%}}
"""
    assert answer(text, 10, rates=rates) == 24
    assert answer(text, 5, rates=rates) == 6


def test_durations_are_compared_as_durations() -> None:
    text = (
        "hit: unique\ninputs: {d: {type: duration}}\noutputs: {y: {type: boolean}}\nrules: {a: {d: '> 2d', y: true}}\n"
    )
    assert answer(text, timedelta(days=3)) is True
    assert answer(text, timedelta(hours=30)) is None


def test_a_table_burns_fuel_for_each_of_its_rules() -> None:
    library = library_of(t=f"hit: first{AGES}")
    scope = some_scope({})
    scope.fuel = 2
    with pytest.raises(OutOfFuel):
        compile_tables(library.decision_tables.values(), library)["t"](scope, (Decimal(1),))
