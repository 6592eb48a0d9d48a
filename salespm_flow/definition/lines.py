"""Where the characters of a source text stand, by line and column. Knows nothing of YAML events or nodes."""

import re
from bisect import bisect_right

from salespm_flow.definition import scalars

Place = tuple[int, int]

# Several times the longest expression that is read. Of a longer text only so much is placed, one character at a time,
# so that a megabyte under one key costs no more than its reading.
MAXIMUM_PLACED = 20_000

# How much of the text is looked through at once.
_STRETCH = 1 << 15

_LINE_END = re.compile("\r\n|\r|\n")


class SourceLines:
    """Indexes of a text (from 0) ↔ lines and columns (from 1). Scans the text once, and only as far as it is asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        self._scanned = 0

    def place(self, index: int) -> Place:
        """The line and column of the character at `index`."""
        starts = self._starts_until(index)
        line = bisect_right(starts, index)
        return line, index - starts[line - 1] + 1

    def between(self, begin: Place, end: Place) -> str:
        """The text from `begin` until before `end`."""
        starts = self._starts_until(len(self._text))
        return self._text[starts[begin[0] - 1] + begin[1] - 1 : starts[end[0] - 1] + end[1] - 1]

    def places(self, value: str, style: str, begin: int) -> tuple[Place, tuple[Place, ...] | None]:
        """The place of the first character of a scalar that begins at `begin`, and of every one of them.

        The second is None where the characters stand one after the other on one line. What lies beyond
        MAXIMUM_PLACED characters is said to stand where the last of these does.
        """
        begin = scalars.properties_end(self._text, begin)
        if not value:
            return self.place(begin), None
        placed = value[:MAXIMUM_PLACED]
        indexes = self._indexes(placed, style, begin)
        line_end = self._text.find("\n", indexes[0])
        is_straight = indexes[-1] - indexes[0] == len(placed) - 1 and (line_end < 0 or indexes[-1] < line_end)
        rest = len(value) - len(placed)
        if is_straight and (not rest or ("\n" not in value and self._text.startswith(value, indexes[0]))):
            return self.place(indexes[0]), None
        places = self._places_in_order(indexes)
        return places[0], (*places, *places[-1:] * rest)

    def _places_in_order(self, indexes: list[int]) -> list[Place]:
        """The place of each index; they never go down, so that each line is looked for once."""
        starts = self._starts_until(indexes[-1])
        line = bisect_right(starts, indexes[0])
        start, following = starts[line - 1], starts[line] if line < len(starts) else len(self._text) + 1
        places: list[Place] = []
        for index in indexes:
            while index >= following:
                line, start = line + 1, following
                following = starts[line] if line < len(starts) else len(self._text) + 1
            places.append((line, index - start + 1))
        return places

    def _indexes(self, value: str, style: str, begin: int) -> list[int]:
        match style:
            case "":
                return scalars.locate_in_order(self._text, begin, value)
            case '"':
                return scalars.locate_double_quoted(self._text, begin, value)
            case "'":
                return scalars.locate_in_order(self._text, begin + 1, value, quote_width=2)
            case _:
                return scalars.locate_in_order(self._text, scalars.content_begin(self._text, begin), value)

    def _starts_until(self, index: int) -> list[int]:
        """Where lines begin, complete as far as the line of `index`."""
        text = self._text
        while self._scanned <= index and self._scanned < len(text):
            end = self._scanned + _STRETCH
            # A line end of two characters is one.
            end += text.startswith("\n", end) and text[end - 1] == "\r"
            self._starts += [found.end() for found in _LINE_END.finditer(text, self._scanned, end)]
            self._scanned = end
        return self._starts
