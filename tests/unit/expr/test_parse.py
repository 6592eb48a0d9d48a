"""Text to tree and back."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salespm_flow.expr.functions import FUNCTIONS
from salespm_flow.expr.parse import parse
from salespm_flow.expr.problems import MOST_PROBLEMS
from salespm_flow.expr.syntax import (
    KEYWORDS,
    MAX_DEPTH,
    Binary,
    Call,
    Name,
    Node,
    NumberLiteral,
    Operator,
    walk,
)
from salespm_flow.expr.unparse import unparse
from salespm_flow.expr.words import SPACED_FUNCTIONS


def read(text: str) -> Node:
    parsed = parse(text)
    assert parsed.problems == ()
    assert parsed.node is not None
    return parsed.node


def refusal(text: str) -> list[tuple[str, int, int, str | None]]:
    return [(one.code, one.start, one.end, None if one.hint is None else one.hint.en) for one in parse(text).problems]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a+b*c", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("-a ** b", "-a ** b"),
        ("-(a ** b)", "-(a ** b)"),
        ("a ** b ** c", "a ** b ** c"),
        ("a or b and c", "a or b and c"),
        ("(a or b) and c", "(a or b) and c"),
        ("(a < b) = c", "(a < b) = c"),
        ("x in [1..5]", "x in ([1..5])"),
        ("x in (1..5]", "x in ((1..5])"),
        ('x in (<5, >=10, "a")', 'x in (< 5, >= 10, "a")'),
        ("x in xs and y", "x in (xs) and y"),
        ("x between 1 and 2 and y", "x between 1 and 2 and y"),
        ("if a then b else c + 1", "if a then b else c + 1"),
        ("(if a then b else c) + 1", "(if a then b else c) + 1"),
        ("count(f) = 3 and (every x in f satisfies x.ok)", "count(f) = 3 and (every x in f satisfies x.ok)"),
        ("some x in xs, y in x.ys satisfies x = y", "some x in xs, y in x.ys satisfies x = y"),
        ("for i in 1..5 return i", "for i in [1..5] return i"),
        ("xs[a > 1][2].b", "xs[a > 1][2].b"),
        ('{a: 1, "b c": {}}', '{a: 1, "b c": {}}'),
        ("date(date)", "date(date)"),
        ("(date) and time(x)", "(date) and time(x)"),
        ("date  and\ttime(x)", "date and time(x)"),
        ("x between (date) and time(y)", "x between (date) and time(y)"),
        ("table.limit(1)", "table.limit(1)"),
        ("1..5", None),
        ("1e3 + 1.50 + 15% + 30d + 5wd + 2h + 1y + 3mo + 100ms + 5min", None),
        ('@"2026-01-05"', '@"2026-01-05"'),
        ('@"2026-01-05T10:00:00+08:00"', '@"2026-01-05T10:00:00+08:00"'),
        ('@"P1DT2H"', '@"P1DT2H"'),
        (r'"a\"\\\n\u4e2d"', r'"a\"\\\n中"'),
        ("a.in.for", "a.in.for"),
        ("金额 > 5 and _x1 < 2", "金额 > 5 and _x1 < 2"),
    ],
)
def test_text_has_one_reading_and_one_canonical_text(text: str, canonical: str | None) -> None:
    if canonical is None:
        wrapped = f"[{text}]"
        assert read(unparse(read(wrapped))) == read(wrapped)
        return
    assert unparse(read(text)) == canonical
    assert read(canonical) == read(text)


def test_nodes_know_where_they_stand() -> None:
    node = read("a + count( b )")
    assert isinstance(node, Binary)
    assert (node.left.start, node.left.end, node.right.start, node.right.end) == (0, 1, 4, 14)


def test_names_are_normalised() -> None:
    assert read("cafe\u0301") == Name(name="caf\u00e9", start=0, end=0)


def test_function_names_with_spaces_are_those_of_the_table() -> None:
    assert set(SPACED_FUNCTIONS) == {name for name in FUNCTIONS if " " in name}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("SF201", 0, 0, "a value is expected here")]),
        ("a and", [("SF201", 5, 5, "a value is expected here")]),
        ("a b", [("SF201", 2, 3, None)]),
        ("a > 50,000", [("SF201", 6, 7, "numbers take no thousands separator: `50000`")]),
        ("a > 5 CNY", [("SF201", 6, 9, 'write `money(5, "CNY")`; beside money the number will do')]),
        ("a in ]1..5[", [("SF201", 5, 6, "a range without its ends is written `(1..5)`")]),
        ('a like "b"', [("SF201", 2, 6, "write `contains(a, b)` or `starts with(a, b)`")]),
        ("not a", [("SF201", 4, 5, "write `not(…)`")]),
        ("a is null", [("SF201", 2, 4, "write `= null`")]),
        ("a == b", [("SF201", 2, 4, "equality is written `=`")]),
        ("a <> b", [("SF201", 2, 4, "inequality is written `!=`")]),
        ("a && b", [("SF201", 2, 4, "write `and`")]),
        ("'x'", [("SF201", 0, 1, 'strings take double quotes: "price"')]),
        ("a < b < c", [("SF201", 6, 7, "write `b between a and c` or `a < b and b < c`")]),
        ("30m", [("SF201", 0, 3, "write `30min` or `30mo`")]),
        ("amount > 5万", [("SF201", 9, 11, "write `50000`")]),
        ("5days", [("SF201", 0, 5, "units are ms s min h d wd w mo y; a percentage is `15%`")]),
        ("5 %", [("SF201", 2, 3, "write `15%` without a space, or `modulo(a, b)`")]),
        ('"abc', [("SF201", 0, 4, 'close it with `"`')]),
        ('@"2026-02-30"', [("SF201", 0, 13, 'such as `@"2026-01-05"`, `@"2026-01-05T09:30:00+08:00"`, `@"P5D"`')]),
        ('@"2026-02-03T09:00@Asia/Shanghia"', [("SF201", 0, 33, "such as `Asia/Shanghai`, `UTC`")]),
        (r'"\ud800"', [("SF201", 1, 3, r"one of \n \t \r \" \\ \uXXXX \UXXXXXXXX")]),
        ("{a: 1, a: 2}", [("SF201", 7, 8, "a key not used before is expected here")]),
        ("some x xs satisfies 1", [("SF201", 7, 9, "`in` is expected here")]),
        ("a.1", [("SF201", 2, 3, "a name is expected after `.`")]),
        ("1.5mo", [("SF208", 0, 5, None)]),
        ("9" * 5, []),
        ("9" * 35, [("SF208", 0, 35, None)]),
        ("1e9999999999999", [("SF208", 0, 15, None)]),
    ],
)
def test_unreadable_text_is_refused_with_place_and_hint(text: str, expected: list[tuple[str, int, int, str]]) -> None:
    assert refusal(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a in (1 2)", "a number is not expected here"),
        ("a 15%", "a percentage is not expected here"),
        ("a 5d", "a duration is not expected here"),
        ('a "b"', "text is not expected here"),
        ('a @"2026-01-05"', "a date or time is not expected here"),
        ("sort(a, function(x, y) x > y)", "`function(…)` is not available: rules define no functions"),
        ("(function(x) x)(1)", "`function(…)` is not available: rules define no functions"),
    ],
)
def test_what_cannot_stand_here_is_called_by_its_name(text: str, message: str) -> None:
    assert [one.message.en for one in parse(text).problems] == [message]


def test_full_width_characters_are_one_finding_and_leave_a_tree() -> None:
    parsed = parse("max（amount，５０）　＞ “甲（）” and a≥1")
    assert [(one.code, one.start, one.end) for one in parsed.problems] == [("SF209", 3, 29)]
    assert parsed.problems[0].hint is not None
    assert parsed.problems[0].hint.zh == '写作 `max(amount,50) > "甲（）" and a>=1`'
    assert parsed.node == read('max(amount,50) > "甲（）" and a>=1')


def test_a_long_text_of_full_width_characters_is_not_repeated() -> None:
    hints = [problem.hint.en for problem in parse("（" * 1000).problems if problem.hint is not None]
    assert hints == ["write half-width punctuation and digits", "split it into conditions"]


def test_full_width_characters_inside_strings_are_text() -> None:
    assert refusal('a = "（），＞“”５"') == []


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "[" * 3999,
        "-" * 3999,
        "{a:" * 1000,
        "not(" * 900 + "a" + ")" * 300,
        "1" + "+1" * 1900,
        "x" + "[1]" * 1000,
        "x" + ".a" * 1900,
        "if " * 1300,
        "some x in " * 300,
        "9" * 5000,
    ],
)
def test_hostile_size_is_one_finding(text: str) -> None:
    assert [one.code for one in parse(text).problems] == ["SF208"]


SYMBOLS = "+ - * / ** = != < <= > >= ( ) [ ] { } , : . .. （ ） ＞"
ATOMS = "1 15% 30d 5wd 1e3 0.5 a b date time not 5万 30m"
PHRASES = ('"s"', '@"2026-01-05"', "string length", "date and time")
WORDS = st.sampled_from((*sorted(KEYWORDS), *SYMBOLS.split(), *ATOMS.split(), *PHRASES))


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map(" ".join), st.lists(WORDS).map("".join)))
@example("\\")
@example('"\\')
@example('"\\u12')
@example("@")
@example("1.")
def test_parse_never_raises(text: str) -> None:
    parsed = parse(text)
    assert parsed.node is not None or parsed.problems
    assert all(0 <= one.start <= one.end <= len(text) for one in parsed.problems)
    if parsed.node is not None and not parsed.problems:
        assert read(unparse(parsed.node)) == parsed.node
        assert all(0 <= node.start < node.end <= len(text) for node, _ in walk(parsed.node))


def test_the_deepest_tree_allowed_can_be_written_and_read_again() -> None:
    node: Node = Name(name="a", start=0, end=0)
    one = NumberLiteral(value=Decimal(1), start=0, end=0)
    for _ in range(MAX_DEPTH - 1):
        node = Binary(operator=Operator.ADD, left=node, right=one, start=0, end=0)
    assert read(unparse(node)) == node


def test_a_call_keeps_its_arguments_in_order() -> None:
    one, two = (Name(name=name, start=0, end=0) for name in ("x", "y"))
    assert read("f(x, y)") == Call(function="f", arguments=(one, two), start=0, end=0)


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("a\u202e = 1", (1, 2), "a character that cannot be seen: U+202E RIGHT-TO-LEFT OVERRIDE", "delete it"),
        ("a\u200b = 1", (1, 2), "a character that cannot be seen: U+200B ZERO WIDTH SPACE", "delete it"),
        ("a = \x00", (4, 5), "a character that cannot be seen: U+0000", "delete it"),
        ("\ud800", (0, 1), "a character that cannot be seen: U+D800", "delete it"),
        (
            'a = "x\u2066y"',
            (6, 7),
            "the string has the character U+2066 LEFT-TO-RIGHT ISOLATE",
            r"delete it, or write `\u2066`",
        ),
        ('a = "\udfff"', (5, 6), "the string has the character U+DFFF", "delete it"),
    ],
)
def test_characters_that_deceive_the_reader_are_refused_by_name(
    text: str, place: tuple[int, int], message: str, hint: str
) -> None:
    (problem,) = parse(text).problems
    assert (problem.code, (problem.start, problem.end), problem.message.en) == ("SF201", place, message)
    assert problem.hint is not None
    assert problem.hint.en == hint
    message.encode()


def test_a_turning_character_may_be_written_as_an_escape() -> None:
    assert unparse(read(r'"a\u202Eb"')) == r'"a\u202Eb"'


@pytest.mark.parametrize(
    "text", ['"' + r"\q" * 1990 + '"', '"' + "\u202e" * 3990 + '"', r'"\q"' * 990, "5万 " * 1300, "5m " * 1300]
)
def test_no_text_has_more_findings_than_anybody_reads(text: str) -> None:
    assert len(parse(text).problems) == MOST_PROBLEMS


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('substring(string: "a", start position: 2)', (16, 17)),
        ("before(point: 1, range: [1..2])", (12, 13)),
        ('split("a", delimiter: ",")', (20, 21)),
    ],
)
def test_arguments_have_no_names(text: str, place: tuple[int, int]) -> None:
    assert refusal(text) == [("SF201", *place, "write the arguments in their order, without names")]


def test_a_long_chain_is_not_called_nested() -> None:
    (problem,) = parse(" and ".join(["a"] * (MAX_DEPTH + 1))).problems
    assert (problem.code, problem.message.en) == ("SF208", f"the expression joins over {MAX_DEPTH} operations in a row")
