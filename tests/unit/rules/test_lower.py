"""A formula over a population is split into aggregates and a remainder, or it says which part needs all rows."""

import pytest

from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import Name, Node
from salespm_flow.expr.unparse import unparse
from salespm_flow.rules.lower import ROW, Aggregate, Lowered, RowsNeeded, lower, placeholder


def tree(text: str) -> Node:
    parsed = parse(text)
    assert parsed.node is not None
    assert parsed.problems == ()
    return parsed.node


def column(name: str) -> Node:
    return lower_value(f"sum(projects.{name})")


def lower_value(text: str) -> Node:
    lowered = lower(tree(text), "projects")
    assert isinstance(lowered, Lowered)
    assert lowered.aggregates[0].value is not None
    return lowered.aggregates[0].value


def only(aggregate: Aggregate) -> Lowered:
    return Lowered(aggregates=(aggregate,), remainder=Name(name=placeholder(0), start=0, end=0))


def test_count_of_the_population_is_an_aggregate_without_a_value() -> None:
    assert lower(tree("count(projects)"), "projects") == only(Aggregate(function="count"))


def test_filters_become_the_filters_of_the_aggregate_innermost_first() -> None:
    lowered = lower(tree('count(projects[outcome = "won"][amount > 5])'), "projects")
    assert lowered == only(Aggregate(function="count", filters=(tree('outcome = "won"'), tree("amount > 5"))))


@pytest.mark.parametrize("function", ["sum", "mean", "min", "max"])
def test_column_is_read_from_the_row(function: str) -> None:
    lowered = lower(tree(f"{function}(projects[amount > 5].account.tier)"), "projects")
    assert isinstance(lowered, Lowered)
    (aggregate,) = lowered.aggregates
    assert (aggregate.function, aggregate.filters) == (function, (tree("amount > 5"),))
    assert aggregate.value is not None
    assert unparse(aggregate.value) == f"{ROW}.account.tier"


def test_for_is_an_aggregate_of_its_body_with_the_variable_read_from_the_row() -> None:
    value = lower_value("sum(for p in projects return if p.amount > 1 then p.amount * -p.probability else 0)")
    assert unparse(value) == f"if {ROW}.amount > 1 then {ROW}.amount * -{ROW}.probability else 0"


def test_count_of_a_column_or_a_for_counts_the_rows() -> None:
    assert lower(tree("count(projects.amount)"), "projects") == only(Aggregate(function="count"))
    assert lower(tree("count(for p in projects return p.amount)"), "projects") == only(Aggregate(function="count"))


def test_what_joins_aggregates_remains_and_equal_aggregates_stand_once() -> None:
    lowered = lower(tree("(sum(projects.amount) - sum(projects.cost)) / sum(projects.amount)"), "projects")
    assert isinstance(lowered, Lowered)
    assert [(one.function, one.value) for one in lowered.aggregates] == [
        ("sum", column("amount")),
        ("sum", column("cost")),
    ]
    assert unparse(lowered.remainder) == "($0 - $1) / $0"


def test_every_kind_of_part_is_searched() -> None:
    text = (
        "if count(projects) between -count(projects) and max(1, count(projects)) and count(projects) in "
        "(> count(projects), [0..count(projects)]) then [count(projects), {a: count(projects)}.a] else period.start"
    )
    lowered = lower(tree(text), "projects")
    assert isinstance(lowered, Lowered)
    assert unparse(lowered.remainder) == text.replace("count(projects)", "$0")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("projects", "projects"),
        ("sum(projects)", "projects"),
        ("count(distinct values(projects))", "projects"),
        ("some p in projects satisfies p.amount > 1", "some p in projects satisfies p.amount > 1"),
        ("count(projects[amount = max(projects.amount)])", "projects[amount = max(projects.amount)]"),
        ("sum(projects.amount[item > 5])", "projects.amount[item > 5]"),
        ("count(projects[item.amount > 5])", "projects[item.amount > 5]"),
        (
            "sum(for x in [1, 2] return count(projects[amount > x]))",
            "for x in [1, 2] return count(projects[amount > x])",
        ),
        ("sum(for p in projects return count(p.needs[p > 1]))", "for p in projects return count(p.needs[p > 1])"),
        ("sum(for p in projects, q in projects return 1)", "for p in projects, q in projects return 1"),
    ],
)
def test_formula_that_one_pass_cannot_answer_names_the_part_that_needs_all_rows(text: str, part: str) -> None:
    lowered = lower(tree(text), "projects")
    assert isinstance(lowered, RowsNeeded)
    assert unparse(lowered.part) == part


def test_formula_without_the_population_is_all_remainder() -> None:
    assert lower(tree("1 + 2"), "projects") == Lowered(aggregates=(), remainder=tree("1 + 2"))
