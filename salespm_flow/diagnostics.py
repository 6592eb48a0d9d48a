"""What is wrong in a user's text, where, and how to say it in zh and en. Knows no file formats and no domain."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language in which everything a person sees exists."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages; the two may be equal where the author wrote only one."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """The text in `language`."""
        return self.zh if language is Language.ZH else self.en


class Severity(StrEnum):
    """How bad a finding is; only an error stops a definition from running."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in a text: lines and columns count from 1 in characters, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. `code` is permanent; `hint` says what would be accepted, such as a did-you-mean."""

    code: str
    severity: Severity
    message: Bilingual
    span: Span
    hint: Bilingual | None = None


def in_source_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings by file, line and column, each distinct one once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda found: (found.span.file, found.span.line, found.span.column, found.code)))
