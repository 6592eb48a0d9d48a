"""The characters of a string: its escapes, and those that would show it as another one. Knows no tokens."""

import re
import sys
import unicodedata

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.problems import Problem

# Characters that turn the direction of what is shown: a reader would see another text than is evaluated.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\", "/": "/"}
_UNICODE_ESCAPE = re.compile(r"u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})", re.ASCII)
_SURROGATES = range(0xD800, 0xE000)


def unescaped(text: str, start: int) -> tuple[str | None, int]:
    """What the escape that starts there stands for, None if nothing, and the position after it."""
    following = text[start + 1 : start + 2]
    if following in _ESCAPES:
        return _ESCAPES[following], start + 2
    found = _UNICODE_ESCAPE.match(text, start + 1)
    code = int(found[1] or found[2], 16) if found else -1
    # A lone surrogate could never be printed or stored as UTF-8.
    if found and code <= sys.maxunicode and code not in _SURROGATES:
        return chr(code), found.end()
    return None, start + 2


def escaped(char: str) -> str:
    """The escape that a string takes for a character of four hexadecimal digits."""
    return f"\\u{ord(char):04X}"


def name_of(char: str) -> str:
    """The character's code and its name in Unicode, if it has one."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def refusal_of(char: str, at: int) -> Problem:
    """The finding of a character of a string that would show it as another one, or not at all."""
    message = Bilingual(f"字符串中有字符 {name_of(char)}", f"the string has the character {name_of(char)}")
    hint = (
        Bilingual("删去它", "delete it")
        if ord(char) in _SURROGATES
        else Bilingual(f"删去它，或写作 `{escaped(char)}`", f"delete it, or write `{escaped(char)}`")
    )
    return Problem(code="SF201", message=message, start=at, end=at + 1, hint=hint)
