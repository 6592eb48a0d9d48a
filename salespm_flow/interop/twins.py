"""Finds rows of one file that have the same key, in memory that does not grow with the keys. Knows no rows."""

from typing import Final

_FEWEST_BITS: Final = 1 << 16


class Twins:
    """Told every key once (`note`), it then says of a key told again whether a line before had it (`first_line`).

    The first pass sets one bit for each key and remembers the places that were set already; in the second only keys
    that fall on such a place are kept. `size` is about the bytes of all rows together: a bit for each is plenty.
    """

    def __init__(self, size: int) -> None:
        bits = max(_FEWEST_BITS, 1 << size.bit_length())
        self._mask = bits - 1
        self._seen = bytearray(bits // 8)
        self._shared: set[int] = set()
        self._lines: dict[str, int] = {}

    def note(self, key: str) -> None:
        """The key is in the file."""
        place = hash(key) & self._mask
        byte, bit = place >> 3, 1 << (place & 7)
        if self._seen[byte] & bit:
            self._shared.add(place)
        else:
            self._seen[byte] |= bit

    def first_line(self, key: str, line: int) -> int:
        """The line on which the key stood first; `line` itself where it did not stand before."""
        return line if hash(key) & self._mask not in self._shared else self._lines.setdefault(key, line)
