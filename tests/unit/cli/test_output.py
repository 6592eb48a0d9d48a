"""What may pass the one door to a terminal."""

import io

import pytest

from salespm_flow.cli.output import printable
from salespm_flow.cli.render import Ink, Palette


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Always."""
        return True


COLOURED = Palette(is_coloured=True, width=None)


def test_own_colours_reach_a_terminal_and_no_other_stream() -> None:
    text = f"a {COLOURED.paint('bad', Ink.BAD)} b"
    assert printable(text, Terminal()) == "a \033[31mbad\033[0m b"
    assert printable(text, io.StringIO()) == "a bad b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\033[31mred\033[0m", "\ufffd[31mred\ufffd[0m"),
        ("\033]0;title\a", "\ufffd]0;title\ufffd"),
        ("\x9b2J\x7f\r\0", "\ufffd2J\ufffd\ufffd\ufffd"),
        ("\u202eabc\u2066\u2069", "\ufffdabc\ufffd\ufffd"),
        ("中文\tand\nlines", "中文\tand\nlines"),
    ],
)
def test_given_text_cannot_steer_a_terminal(text: str, shown: str) -> None:
    assert printable(text, Terminal()) == shown
    assert printable(text, io.StringIO()) == shown
    assert printable(COLOURED.paint(text, Ink.GOOD), Terminal()) == f"\033[32m{shown}\033[0m"
