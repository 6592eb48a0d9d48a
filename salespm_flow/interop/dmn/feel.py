"""Names and texts: DMN's names with spaces become ids, and FEEL texts speak of the ids. Knows no model.

Only names are changed, outside of strings, and numbers that begin with a point; everything else stays as it is written,
so that what our rule language lacks is found by its own checker.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from salespm_flow.expr.syntax import KEYWORDS

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_POINT: Final = re.compile(r"(?<![\w.)\]])\.(?=\d)")
_EDGE: Final = r"(?<![\w.])"
_AFTER_POINT: Final = re.compile(r"\.\s*")


def identifier(name: str, taken: Collection[str] = (), reserved: Collection[str] = ()) -> str:
    """An id that looks like the name and is not taken: `Full Name` becomes `Full_Name`."""
    plain = re.sub(r"\W+", "_", unicodedata.normalize("NFC", name.strip())).strip("_") or "x"
    if plain[0].isdigit():
        plain = f"_{plain}"
    if plain in KEYWORDS or plain in reserved:
        plain = f"{plain}_1"
    found, number = plain, 2
    while found in taken:
        found, number = f"{plain}_{number}", number + 1
    return found


class Names:
    """What names stand for in a text: each written name, of words and points, with what is written instead."""

    def __init__(self, known: Mapping[str, str], fields: Mapping[str, str] | None = None) -> None:
        self.known = dict(known)
        self.fields = {name: id_ for name, id_ in (fields or {}).items() if name != id_}
        self._pattern = _pattern(known, _EDGE)
        self._field_pattern = _pattern(self.fields, r"(?<=\.)")

    def extended(self, more: Mapping[str, str]) -> "Names":
        """These names and some more, which win."""
        return Names({**self.known, **more}, self.fields)

    def rewritten(self, text: str) -> str:
        """The text with ids for names; strings stay as they are."""
        parts: list[str] = []
        at = 0
        for string in _STRING.finditer(text):
            parts += (self._plain(text[at : string.start()]), string.group())
            at = string.end()
        return "".join((*parts, self._plain(text[at:]))).strip()

    def _plain(self, text: str) -> str:
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self.known[_normal(found.group())], text)
        if self._field_pattern is not None:
            text = self._field_pattern.sub(lambda found: self.fields[_normal(found.group())], text)
        return _POINT.sub("0.", text)


def _pattern(names: Iterable[str], before: str) -> re.Pattern[str] | None:
    """Any of the names, the longest first, with any spaces between its words."""
    ordered = sorted((name for name in names if name), key=len, reverse=True)
    if not ordered:
        return None
    return re.compile(f"{before}(?:{'|'.join(map(_written, ordered))})(?!\\w)")


def _written(name: str) -> str:
    words = (re.escape(word) for word in name.split())
    return r"\s+".join(words).replace(r"\.", r"\s*\.\s*")


def _normal(found: str) -> str:
    """The name as it was declared: single spaces, none around points."""
    return re.sub(r"\s*\.\s*", ".", " ".join(found.split()))
