"""Tables and wrapping on a terminal, Chinese characters included."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.cli.render import SEAL, Ink, Palette, padded, pairs, palette_of, table, width_of, wrapped

PLAIN = Palette(is_coloured=False, width=None)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)


class Terminal(io.StringIO):
    """A stream that says it is a terminal of unknown size."""

    def isatty(self) -> bool:
        return True


def test_table_aligns_wide_and_narrow_characters() -> None:
    rows = [("D1", "商务谈判", "70%"), ("D20", "won", "5%")]
    assert table(("项目", "State", "p"), rows, PLAIN, right=frozenset({2})) == (
        "项目  State       p\n────  ────────  ───\nD1    商务谈判  70%\nD20   won        5%"
    )


def test_table_without_rows_keeps_its_header() -> None:
    assert table(("a", "bc"), [], PLAIN) == "a  bc\n─  ──"


def test_widest_column_gives_way_on_a_narrow_terminal() -> None:
    narrow = Palette(is_coloured=False, width=24)
    assert table(("id", "text"), [("1", "制定销售方案并与客户逐条确认")], narrow) == (
        "id  text\n──  ────────────────────\n1   制定销售方案并与客户\n    逐条确认"
    )


def test_wide_columns_give_way_together() -> None:
    words = "the scheduling system with its link to finance"
    narrow = Palette(is_coloured=False, width=48)
    lines = table(("What", "Sold", "Accepted"), [("Scope", words, words)], narrow).splitlines()
    assert lines == [
        "What   Sold                 Accepted",
        "─────  ───────────────────  ────────────────────",
        "Scope  the scheduling       the scheduling",
        "       system with its      system with its link",
        "       link to finance      to finance",
    ]
    assert max(map(width_of, lines)) == 48


def test_no_column_gives_way_to_less_than_can_be_read() -> None:
    narrow = Palette(is_coloured=False, width=20)
    lines = table(("a", "b"), [("x" * 30, "制定销售方案并与客户")], narrow).splitlines()
    assert lines[1] == f"{'─' * 16}  {'─' * 16}"


def test_line_breaks_in_a_cell_become_spaces() -> None:
    assert table(("a",), [("x\ny\tz",)], PLAIN).splitlines()[2] == "x y z"


def test_pairs_align_their_values() -> None:
    assert pairs([("状态", "won"), ("owner", "王芳")], PLAIN) == "状态   won\nowner  王芳"


def test_coloured_cells_align_as_plain_ones() -> None:
    coloured = Palette(is_coloured=True, width=12)
    rows = [(coloured.paint("赢单", Ink.GOOD), "1"), ("lost", "2")]
    assert table(("r", "n"), rows, coloured).splitlines()[2:] == [f"\033[32;{SEAL}m赢单\033[0;{SEAL}m  1", "lost  2"]


def test_colour_is_written_only_where_the_palette_has_it() -> None:
    assert PLAIN.paint("x", Ink.BAD) == "x"
    assert Palette(is_coloured=True, width=None).paint("x", Ink.BAD) == f"\033[31;{SEAL}mx\033[0;{SEAL}m"


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    stream: io.StringIO, environment: dict[str, str], expected: bool
) -> None:
    assert palette_of(environment, stream).is_coloured is expected


@given(TEXTS)
def test_padding_reaches_the_width_asked_for(text: str) -> None:
    assert width_of(padded(text, 100)) == 100


@given(TEXTS, st.integers(2, 20))
def test_wrapped_lines_fit_and_keep_every_character_but_spaces(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
