"""The one place that writes data and messages. What steers a terminal comes out of here only if the program made it."""

import json
import re
import sys
from collections.abc import Mapping
from typing import Final, TextIO

from salespm_flow.cli.render import SEAL

# Controls but for line feed and tab, separators of lines, and what turns the direction of text, as ids and cells may
# hold them.
STEERING: Final = re.compile("[\0-\b\v-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
OWN_COLOUR: Final = re.compile(f"\033\\[([0-9]+);{SEAL}m")
REPLACEMENT: Final = "\ufffd"


class Data:
    """A stream for data in a format of its own, such as CSV: it is changed on a terminal only."""

    def write(self, text: str) -> int:
        """The text is on standard output."""
        return sys.stdout.write(printable(text, sys.stdout) if sys.stdout.isatty() else text)


def write_text(text: str) -> None:
    """The text is on standard output, one newline at its end."""
    write_piece(text.rstrip("\n") + "\n")


def write_piece(text: str) -> None:
    """The text is on standard output, its end as it is."""
    sys.stdout.write(printable(text, sys.stdout))


def write_json(data: Mapping[str, object]) -> None:
    """The data is on standard output as indented JSON; Chinese stays readable."""
    # JSON itself escapes only some of the controls.
    text = json.dumps(data, ensure_ascii=False, indent=2)
    sys.stdout.write(STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def write_message(text: str) -> None:
    """The text is on the error stream: said to a person, no data."""
    sys.stderr.write(printable(text.rstrip("\n"), sys.stderr) + "\n")


def printable(text: str, stream: TextIO) -> str:
    """The text with the program's own colours where the stream is a terminal, every other control replaced."""
    if not STEERING.search(text):
        return text
    is_terminal = stream.isatty()
    # With one group, what splits stands between the pieces.
    pieces = OWN_COLOUR.split(text)
    for place, piece in enumerate(pieces):
        if place % 2:
            pieces[place] = f"\033[{piece}m" if is_terminal else ""
        else:
            pieces[place] = STEERING.sub(REPLACEMENT, piece)
    return "".join(pieces)
