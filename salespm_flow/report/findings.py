"""What the forms of findings share: what is reported, to whom, and how places and words are told to machines."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from salespm_flow.diagnostics import Bilingual, Diagnostic, Language, Span, also_text, witness_text
from salespm_flow.lint.judgement import Judgement, identified
from salespm_flow.lint.outline import Identity, identities
from salespm_flow.lint.pages import page_path
from salespm_flow.nouns import dataclass

# JSON itself escapes only some of the characters that steer a terminal.
_STEERING = re.compile("[\0-\b\v-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ALSO = Bilingual("同样见于：", "also at: ")
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsReport:
    """All that a form needs. `base` is the folder that paths are told from, as CI systems know files from theirs.

    `docs` is the address under which the pages of codes are published, where they are.
    """

    judgement: Judgement
    language: Language
    base: Path
    docs: str | None = None

    def name(self, file: str) -> str:
        """The file as it is called from `base`; one outside keeps the name that findings show."""
        path = self.judgement.paths.get(file)
        if path is None:
            return file
        resolved, base = path.resolve(), self.base.resolve()
        return resolved.relative_to(base).as_posix() if resolved.is_relative_to(base) else file

    def message(self, found: Diagnostic) -> str:
        """The message on one line, with the hint, the witness and the other places where there are such."""
        parts = [found.message.of(self.language)]
        parts += [] if found.hint is None else [f"({found.hint.of(self.language)})"]
        parts += [] if found.witness is None else [f"[{witness_text(found.witness).of(self.language)}]"]
        parts += [] if not found.also else [f"[{_ALSO.of(self.language)}{also_text(found).of(self.language)}]"]
        return " ".join(parts)

    def help_uri(self, code: str) -> str | None:
        """Where the page of a code is: on the web where it is published, else on this machine."""
        if self.docs is not None:
            return f"{self.docs.rstrip('/')}/{code}.md"
        path = page_path(code)
        return None if path is None else path.as_uri()

    def identities(self) -> tuple[Identity, ...]:
        """What each reported finding is about, in the same order."""
        return identified(self.judgement)

    def silenced_identities(self) -> tuple[Identity, ...]:
        """What each silenced finding is about, in the same order."""
        return identities((one.found for one in self.judgement.silenced), self.judgement.texts)


def fingerprint(identity: Identity) -> str:
    """A digest that stays the same while lines move: of code, document, path and place among its like."""
    words = (identity.code, identity.document, identity.path, str(identity.ordinal))
    return sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def json_text(data: object) -> str:
    """The data as indented JSON; Chinese stays readable, what steers a terminal is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


class CodeUnits:
    """Columns counted in UTF-16 code units, as editors and SARIF count them; every text is split once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._lines: dict[str, list[str]] = {}

    def columns(self, span: Span) -> tuple[int, int]:
        """The first column of the span and the one after its last, from 1."""
        return self._column(span.file, span.line, span.column), self._column(span.file, span.end_line, span.end_column)

    def _column(self, file: str, line: int, column: int) -> int:
        if file not in self._lines:
            self._lines[file] = _LINE_END.split(self._texts.get(file, ""))
        lines = self._lines[file]
        before = lines[line - 1][: column - 1] if line <= len(lines) else ""
        return column + sum(ord(character) > 0xFFFF for character in before)  # noqa: PLR2004 - the basic plane
