"""Where each character of a scalar stands in the file."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salespm_flow.definition import source
from salespm_flow.definition.lines import MAXIMUM_PLACED, SourceLines
from salespm_flow.definition.nodes import ScalarNode


def scalar_of(text: str) -> ScalarNode:
    """The value of the key `a`."""
    result = source.parse(text, "a.yaml")
    assert result.diagnostics == ()
    assert result.root is not None
    node = result.root.entries["a"].value
    assert isinstance(node, ScalarNode)
    return node


def place(node: ScalarNode, index: int) -> tuple[int, int]:
    """The place of the character at `index` of the node's text, as its contract says."""
    return node.offsets[index] if node.offsets is not None else (node.start[0], node.start[1] + index)


def character_at(text: str, where: tuple[int, int]) -> str:
    """The character of the source that stands at a line and column."""
    line = text.split("\n")[where[0] - 1]
    return line[where[1] - 1 : where[1]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: x > 1", "x > 1"),
        ('a: "x > 1"', "x > 1"),
        ("a: '甲 > 1'", "甲 > 1"),
        ("a: &anchor x > 1", "x > 1"),
        ("a: &anchor\n  x > 1", "x > 1"),
        ("a: |-\n  x > 1", "x > 1"),
        ("a: >-\n\n  x > 1\n", None),
    ],
)
def test_a_scalar_on_one_line_needs_no_offsets(text: str, value: str | None) -> None:
    node = scalar_of(text)
    if value is not None:
        assert (node.text, node.offsets) == (value, None)
    assert all(character_at(text, place(node, index)) == char for index, char in enumerate(node.text) if char > " ")


@pytest.mark.parametrize(
    "text",
    [
        "a: 'it''s x'",
        "a: '''quoted'' text'",
        "a: it''s fine\n  and more",
        "a: |\n  甲 > 1\n    and b\n\n  or c\n",
        "a: |2\n    indented\n  less\n",
        "a: >-\n  default(x, 1) <\n  y or\n\n  z\n",
        "a: >+\n  one\n  two\n\n\n",
        "a: one\n  two\n  three",
        'a: "one\n  two\n\n  three"',
        'a: "one \\\n   two"',
        "a: |- # comment with words\n  words here\nb: 1",
        "a: |\r\n  one\r\n  two\r\n",
        "a: '\U0001f600 甲' \nb: 1",
    ],
)
def test_every_visible_character_is_found(text: str) -> None:
    node = scalar_of(text)
    found = [character_at(text, place(node, index)) for index, char in enumerate(node.text) if char > " "]
    assert "".join(found) == "".join(node.text.split())


def test_escapes_stand_where_their_backslash_stands() -> None:
    node = scalar_of('a: "x\\t\\u4e2d = \\x41\\U00000042 > y"')
    assert node.text == "x\t中 = AB > y"
    assert node.offsets is not None
    columns = dict(zip(node.text, (column for _, column in node.offsets), strict=True))
    assert {char: columns[char] for char in "x\t中=ABy"} == {
        "x": 5,
        "\t": 6,
        "中": 8,
        "=": 15,
        "A": 17,
        "B": 21,
        "y": 34,
    }


def test_an_escape_after_a_folded_line_is_found() -> None:
    node = scalar_of('a: "one\n\n\n   \\tx"')
    assert node.text == "one\n\n\tx"
    assert node.offsets == ((1, 5), (1, 6), (1, 7), (1, 8), (1, 8), (4, 4), (4, 6))


def test_the_span_of_a_block_scalar_ends_with_its_text() -> None:
    span = scalar_of("a: |\n  one\n  two\n\n\n# comment\nb: 1\n").span
    assert (span.line, span.column, span.end_line) == (1, 4, 3)


WORDS = st.text(st.sampled_from("ab甲'\"\\:#> \n"), max_size=20)


@given(WORDS)
@example("'")
@example("a'b")
@example("\n\n a")
def test_each_character_of_a_quoted_text_is_found(words: str) -> None:
    line = " ".join(words.split())
    text = "a: '" + line.replace("'", "''") + "'"
    node = scalar_of(text)
    assert node.text == line
    assert "".join(character_at(text, place(node, index)) for index in range(len(line))) == line


@given(st.lists(st.sampled_from(["a > 1", "甲 = 'x'", "", "b: c", "# no comment", "it''s"]), min_size=1))
def test_each_character_of_a_block_is_found(lines: list[str]) -> None:
    for style in ("|", ">", "|-", ">+"):
        text = f"a: {style}\n" + "".join(f"  {line}\n" if line else "\n" for line in lines) + "b: 1\n"
        node = scalar_of(text)
        for index, char in enumerate(node.text):
            if char > " ":
                assert character_at(text, place(node, index)) == char


@pytest.mark.parametrize("begin", ["|\n  ", ">-\n  ", "\n  "])
def test_of_a_very_long_text_only_the_beginning_is_placed(begin: str) -> None:
    text = f"a: {begin}{'x > 1 and ' * 3000}\n  true"
    node = scalar_of(text)
    assert node.offsets is not None
    assert len(node.offsets) == len(node.text)
    assert all(character_at(text, place(node, index)) == node.text[index] for index in range(0, MAXIMUM_PLACED, 2))
    assert set(node.offsets[MAXIMUM_PLACED:]) == {node.offsets[MAXIMUM_PLACED - 1]}


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_a_very_long_text_on_one_line_needs_no_offsets(quote: str) -> None:
    assert scalar_of(f"a: {quote}{'x > 1 and ' * 30000}true{quote}").offsets is None


@given(st.lists(st.sampled_from(["a", "商", "\n", "\r\n", "\r", "x" * 40_000]), max_size=12).map("".join))
@example("x" * ((1 << 15) - 1) + "\r\ny")
def test_places_are_those_of_lines_counted_from_the_beginning(text: str) -> None:
    starts = [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]
    lines = SourceLines(text)
    for index in (0, len(text) // 2, len(text)):
        line = max(at for at, start in enumerate(starts) if start <= index)
        assert lines.place(index) == (line + 1, index - starts[line] + 1)
