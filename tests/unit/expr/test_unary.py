"""Cells of decision tables: unary tests to conditions."""

import pytest

from salespm_flow.expr.unary import parse_cell
from salespm_flow.expr.unparse import unparse


def condition(text: str, *, takes_words: bool = False) -> str:
    """The condition that a cell of the column `x` puts, as an expression."""
    parsed = parse_cell(text, "x", takes_words=takes_words)
    assert parsed.problems == ()
    assert parsed.node is not None
    return unparse(parsed.node)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("-", "true"),
        ("5", "x in (5)"),
        ("-5", "x in (-5)"),
        ("< 100000", "x in (< 100000)"),
        (">=18", "x in (>= 18)"),
        ("[1..5]", "x in ([1..5])"),
        ("(1..5]", "x in ((1..5])"),
        ("[100000..1000000)", "x in ([100000..1000000))"),
        ('"a", "b"', 'x in ("a", "b")'),
        ('not("a", "b")', 'not(x in ("a", "b"))'),
        ("not(< 5)", "not(x in (< 5))"),
        ("null", "x = null"),
        ("null, 5", "x = null or x in (5)"),
        ("not(null)", "not(x = null)"),
        ('contains(?, "CRM")', 'contains(x, "CRM")'),
        ("? > 5 and ? < limit", "x > 5 and x < limit"),
        ("true", "x in (true)"),
        ('< date("2026-01-05")', 'x in (< date("2026-01-05"))'),
    ],
)
def test_a_cell_is_a_condition_on_its_column(cell: str, expected: str) -> None:
    assert condition(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("key", 'x in ("key")'), ("key, 普通", 'x in ("key", "普通")'), ("not(key)", 'not(x in ("key"))')],
)
def test_a_bare_word_in_a_column_of_ids_is_an_id(cell: str, expected: str) -> None:
    assert condition(cell, takes_words=True) == expected


@pytest.mark.parametrize(
    ("cell", "place"),
    [("", (0, 0)), ("< ", (2, 2)), ("[1..5", (5, 5)), ("5 6", (2, 3)), ("not()", (4, 5)), ("a = = b", (2, 3))],
)
def test_a_cell_that_cannot_be_read_is_told_where(cell: str, place: tuple[int, int]) -> None:
    parsed = parse_cell(cell, "x")
    assert parsed.node is None
    assert [(one.code, one.start, one.end) for one in parsed.problems] == [("SF201", *place)]


def test_a_question_mark_stands_for_nothing_outside_a_cell() -> None:
    from salespm_flow.expr.parse import parse

    assert [one.code for one in parse("? > 5").problems] == ["SF201"]
