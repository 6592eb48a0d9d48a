"""Text on a terminal: widths of Chinese characters, tables, colours. Knows nothing of what is shown.

The tables are our own: loading a library for them would cost more than the whole command.
"""

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from typing import Final, TextIO

from salespm_flow.nouns import dataclass

GAP: Final = "  "
MINIMUM_COLUMN: Final = 16
WIDE: Final = frozenset("WF")
# Marks the colours that this process makes, so that no text it is given can pass for one; the door takes it off.
SEAL: Final = str(int.from_bytes(os.urandom(8)))
COLOUR: Final = re.compile("\033\\[[0-9;]*m")
# They take no cell of their own: combining marks, joiners and other format characters.
ZERO_WIDTH: Final = frozenset({"Mn", "Me", "Cf"})


class Ink(StrEnum):
    """What a text is coloured for."""

    STRONG = "1"
    FAINT = "2"
    GOOD = "32"
    BAD = "31"
    WARNING = "33"
    NAME = "36"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours, or none; `width` is the terminal's in cells, None where lines may be of any length."""

    is_coloured: bool
    width: int | None

    def paint(self, text: str, ink: Ink) -> str:
        """The text in a colour, as it is without colours."""
        return f"\033[{ink.value};{SEAL}m{text}\033[0;{SEAL}m" if self.is_coloured and text else text


def indented(palette: Palette, cells: int = 2) -> Palette:
    """The palette for lines that are shown so many cells further to the right."""
    return palette if palette.width is None else replace(palette, width=max(palette.width - cells, 1))


def palette_of(environment: Mapping[str, str], stream: TextIO | None = None) -> Palette:
    """Colours on a terminal unless NO_COLOR is set to anything or the terminal is dumb."""
    out = sys.stdout if stream is None else stream
    if not out.isatty():
        return Palette(is_coloured=False, width=None)
    is_coloured = not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    try:
        width = os.get_terminal_size(out.fileno()).columns
    except OSError:
        width = 0
    return Palette(is_coloured=is_coloured, width=width or None)


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if unicodedata.category(character) in ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in WIDE else 1


def width_of(text: str) -> int:
    """How many cells the text takes on a terminal; colours take none."""
    if "\033" in text:
        text = COLOUR.sub("", text)
    return len(text) if text.isascii() else sum(map(_cells, text))


def padded(text: str, width: int) -> str:
    """The text with spaces up to `width` cells."""
    return text + " " * (width - width_of(text))


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """The text in lines of at most `width` cells, broken at spaces and between wide characters; at least one line.

    A coloured text stays whole, so that no colour runs on into its neighbours.
    """
    if "\033" in text:
        return (text,)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph, width):
            if line and width_of(line) + width_of(piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return tuple(lines)


def _pieces(text: str, width: int) -> Iterable[str]:
    """What must stay together: words with the spaces after them, and single wide characters; long words are cut."""
    word = ""
    for character in text:
        is_wide = _cells(character) > 1
        if word and (is_wide or (word[-1] == " " and character != " ") or width_of(word) >= width):
            yield word
            word = ""
        word += character
        if is_wide:
            yield word
            word = ""
    if word:
        yield word


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], palette: Palette, *, right: frozenset[int] = frozenset()
) -> str:
    """A table with a ruled header; `right` are the columns of numbers. The widest column gives way on a terminal."""
    body = [tuple(_one_line(cell) for cell in row) for row in rows]
    widths = [max(width_of(cell) for cell in column) for column in zip(header, *body, strict=True)]
    _squeeze(widths, palette.width)
    lines = [palette.paint(_aligned(header, widths, right), Ink.STRONG)]
    lines.append(palette.paint(GAP.join("─" * width for width in widths).rstrip(), Ink.FAINT))
    for row in body:
        cells = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        height = max(map(len, cells))
        levels = ([cell[level] if level < len(cell) else "" for cell in cells] for level in range(height))
        lines.extend(_aligned(level, widths, right) for level in levels)
    return "\n".join(lines)


def pairs(rows: Sequence[tuple[str, str]], palette: Palette) -> str:
    """Names with their values, aligned."""
    width = max((width_of(name) for name, _ in rows), default=0)
    room = None if palette.width is None else max(palette.width - width - len(GAP), MINIMUM_COLUMN)
    lines: list[str] = []
    for name, value in rows:
        first, *rest = (value,) if room is None else wrapped(value, room)
        lines.append(f"{palette.paint(padded(name, width), Ink.FAINT)}{GAP}{first}".rstrip())
        lines += [f"{' ' * width}{GAP}{line}" for line in rest]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\t" in text or "\r" in text else text


def _squeeze(widths: list[int], limit: int | None) -> None:
    """The widest columns give way, all to the same width, until the lines fit or no column has more than the least."""
    if limit is None:
        return
    surplus = sum(widths) + len(GAP) * (len(widths) - 1) - limit
    while surplus > 0:
        widest = max(widths)
        if widest <= MINIMUM_COLUMN:
            return
        wide = [number for number, width in enumerate(widths) if width == widest]
        second = max((width for width in widths if width < widest), default=0)
        floor = max(second, MINIMUM_COLUMN, widest - -(-surplus // len(wide)))
        for number in wide:
            step = min(widest - floor, surplus)
            widths[number] -= step
            surplus -= step


def _aligned(cells: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> str:
    parts = [
        " " * (width - width_of(cell)) + cell if number in right else padded(cell, width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return GAP.join(parts).rstrip()
