"""Shorthand for the findings about a definition file's text and shape. Knows neither YAML nor schemas."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from salespm_flow.diagnostics import Bilingual, Diagnostic, Edit, Fix, Severity, Span

QUOTED_LENGTH = 60
# What YAML 1.1 took for booleans, and what people write.
BOOLEANS: Final[Mapping[str, str]] = MappingProxyType(
    {"yes": "true", "on": "true", "no": "false", "off": "false", "是": "true", "否": "false"}
)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def error(
    code: str, span: Span, message: Bilingual, hint: Bilingual | None = None, *, fix: Fix | None = None
) -> Diagnostic:
    """A finding that stops the definition from running."""
    return Diagnostic(code=code, severity=Severity.ERROR, message=message, span=span, hint=hint, fix=fix)


def warning(code: str, span: Span, message: Bilingual, hint: Bilingual | None = None) -> Diagnostic:
    """A finding that a definition can run with."""
    return Diagnostic(code=code, severity=Severity.WARNING, message=message, span=span, hint=hint)


def point(file: str, line: int, column: int) -> Span:
    """The span of one character."""
    return Span(file=file, line=line, column=column, end_line=line, end_column=column + 1)


def replacement(span: Span, was: str, text: str, *, is_safe: bool) -> Fix:
    """The fix that writes `text` where `was` stands."""
    title = Bilingual(f"把 {shown(was)} 改成 {shown(text)}", f"replace {shown(was)} by {shown(text)}")
    return Fix(title=title, edits=(Edit(span=span, was=was, text=text),), is_safe=is_safe)


def shown(text: str) -> str:
    """A user's text between backquotes, short and on one line, safe to print on a terminal."""
    plain = _UNPRINTABLE.sub("�", text)
    return f"`{plain[:QUOTED_LENGTH]}…`" if len(plain) > QUOTED_LENGTH else f"`{plain}`"


def listed(names: Iterable[str]) -> Bilingual:
    """The names one after the other, each between backquotes."""
    quoted = tuple(shown(name) for name in names)
    return Bilingual("、".join(quoted), ", ".join(quoted))
