"""What is wrong in a user's text, where, and how to say it in zh and en. Knows no file formats and no domain."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

from salespm_flow.nouns import dataclass


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
class Edit:
    """The characters `was` at `span` give way to `text`; an empty `was` inserts. A text that differs is not edited."""

    span: Span
    was: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Edits that remove a finding; a safe one keeps what the author meant, another one guesses it."""

    title: Bilingual
    edits: tuple[Edit, ...]
    is_safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One step of a witness, in the words of `try`: what is done to what, with which values, and where it led.

    `verb` is open, set, add, advance, approve, receive or wait; `name` is empty where nothing is named. A refused deed
    is the last one: it led nowhere.
    """

    verb: str
    name: str = ""
    values: tuple[tuple[str, str], ...] = ()
    states: tuple[str, ...] = ()
    is_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """The shortest known way into a problem: deeds from the opening on, or values alone.

    `is_replayed`: the engine itself has gone this way; else guards and gates were taken to be open.
    """

    deeds: tuple[Deed, ...]
    is_replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. `code` is permanent; `hint` says what would be accepted, such as a did-you-mean.

    `also` are the other places of the same mistake; `owing_to` is the file whose errors bring the finding about.
    """

    code: str
    severity: Severity
    message: Bilingual
    span: Span
    hint: Bilingual | None = None
    fix: Fix | None = None
    witness: Witness | None = None
    also: tuple[Span, ...] = ()
    owing_to: str | None = None


def in_source_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings by file, line and column, each distinct one once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda found: (found.span.file, found.span.line, found.span.column, found.code)))


# The longest stretch of a source line that is shown, in terminal columns.
_EXCERPT_WIDTH = 100
_ELLIPSIS = "…"
_LABELS: Mapping[Severity, Bilingual] = {
    Severity.ERROR: Bilingual("错误", "error"),
    Severity.WARNING: Bilingual("警告", "warning"),
    Severity.INFO: Bilingual("信息", "info"),
}
_HINT = Bilingual("建议：", "hint: ")
_WITNESS = Bilingual("重现：", "witness: ")
_ALSO = Bilingual("同样见于：", "also at: ")
_MOST_ALSO = 6
_REFUSED = Bilingual("（被拒绝）", " (refused)")
_NOT_REPLAYED = Bilingual("（假定条件都成立，未实际执行）", " (conditions taken to hold, not replayed)")
_LONGEST_MEASURED = 10_000
_LINE_END = re.compile("\r\n|\r|\n")
# Categories of Unicode that steer a terminal or hide text from the reader.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def render_text(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], language: Language) -> str:
    """The findings as text for a terminal: one line each, then the source line with carets, then the hint.

    `sources` maps file names to their texts; without a text a finding is shown without its line. Wide characters
    count two columns, so that the carets stand under what they mean; what steers a terminal never reaches it.
    Every line ends with a line feed.
    """
    lines_of: dict[str, list[str]] = {}
    rendered: list[str] = []
    for found in diagnostics:
        file = found.span.file
        if file not in lines_of:
            lines_of[file] = _LINE_END.split(sources.get(file, ""))
        rendered.extend(_rendered(found, lines_of[file], language))
    return "".join(f"{line}\n" for line in rendered)


def _rendered(found: Diagnostic, lines: list[str], language: Language) -> list[str]:
    span = found.span
    label = _LABELS[found.severity].of(language)
    place = f"{span.file}:{span.line}:{span.column}"
    rendered = [_printable(f"{place}: {label} {found.code} {found.message.of(language)}")]
    source = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    if source.strip():
        number = str(span.line)
        shown, carets = excerpt(source, span)
        rendered.append(f"  {number} | {shown}")
        rendered.append(f"  {' ' * len(number)} | {carets}")
    if found.hint is not None:
        rendered.append(_printable(f"  {_HINT.of(language)}{found.hint.of(language)}"))
    if found.also:
        rendered.append(_printable(f"  {_ALSO.of(language)}{also_text(found).of(language)}"))
    if found.witness is not None:
        rendered.append(_printable(f"  {_WITNESS.of(language)}{witness_text(found.witness).of(language)}"))
    return rendered


def witness_text(witness: Witness) -> Bilingual:
    """The deeds on one line, as `try` takes them, each with the states that it led to."""
    zh, en = ("; ".join(_deed_text(deed, language) for deed in witness.deeds) for language in Language)
    if witness.is_replayed:
        return Bilingual(zh, en)
    return Bilingual(f"{zh}{_NOT_REPLAYED.zh}", f"{en}{_NOT_REPLAYED.en}")


def also_text(found: Diagnostic) -> Bilingual:
    """The other places of the same mistake, the first few of many: lines of the same file, `file:line` of others."""
    here = found.span.file
    lines = [str(span.line) for span in found.also if span.file == here]
    places = [f"{span.file}:{span.line}" for span in found.also if span.file != here]
    own, others = list(dict.fromkeys(lines)), list(dict.fromkeys(places))
    left = len(own) + len(others) - _MOST_ALSO
    own, others = own[:_MOST_ALSO], others[: max(0, _MOST_ALSO - len(own))]
    zh = ([f"第 {'、'.join(own)} 行"] if own else []) + others
    en = ([f"line{'s' if len(own) > 1 else ''} {', '.join(own)}"] if own else []) + others
    more = Bilingual(f"，另有 {left} 处", f" and {left} more") if left > 0 else Bilingual("", "")
    return Bilingual(f"{'、'.join(zh)}{more.zh}", f"{', '.join(en)}{more.en}")


def _deed_text(deed: Deed, language: Language) -> str:
    words = (deed.verb, deed.name, *(f"{name}={value}" for name, value in deed.values))
    done = " ".join(word for word in words if word) + (_REFUSED.of(language) if deed.is_refused else "")
    return f"{done} → {' + '.join(deed.states)}" if deed.states else done


def excerpt(source: str, span: Span) -> tuple[str, str]:
    """The part of the line around the span that fits, and the line of carets under it."""
    begin = min(span.column - 1, len(source))
    end = span.end_column - 1 if span.end_line == span.line else len(source.rstrip())
    first, last = _window(source, begin)
    end = max(begin + 1, min(end, last))
    prefix = _ELLIPSIS if first else ""
    suffix = _ELLIPSIS if last < len(source) else ""
    indent = _width(prefix + source[first:begin])
    carets = max(1, _width(source[begin:end]))
    return prefix + _printable(source[first:last]) + suffix, " " * indent + "^" * carets


def _window(source: str, begin: int) -> tuple[int, int]:
    """The indexes between which the line is shown: all of it, or `_EXCERPT_WIDTH` columns around `begin`."""
    # A line of a megabyte is not measured, whatever its characters: nobody sees it whole.
    is_short = len(source) * 2 <= _EXCERPT_WIDTH
    if is_short or (len(source) <= _LONGEST_MEASURED and _width(source) <= _EXCERPT_WIDTH):
        return 0, len(source)
    first, room = begin, _EXCERPT_WIDTH // 3
    while first > 0 and (room := room - _width(source[first - 1])) >= 0:
        first -= 1
    last, room = first, _EXCERPT_WIDTH
    while last < len(source) and (room := room - _width(source[last])) >= 0:
        last += 1
    return first, last


def _width(text: str) -> int:
    """How many terminal columns the text takes once it is printable."""
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 2
    return 0 if unicodedata.category(character) in {"Mn", "Me"} else 1


def _printable(text: str) -> str:
    """The text with every control, direction mark and lone surrogate replaced, one for one."""
    if text.isprintable():
        return text
    return "".join(_printable_character(character) for character in text)


def _printable_character(character: str) -> str:
    if character == "\t":
        return " "
    return "\ufffd" if unicodedata.category(character) in _UNPRINTABLE else character
