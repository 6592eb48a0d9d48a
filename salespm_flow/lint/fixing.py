"""Applies the fixes of findings to texts: by place, so that comments and layout stay, and only where all is as found.

Edits that overlap wait for the next round; a round that does not make things better is undone, fix by fix. Knows no
files: texts in, texts out.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence

from salespm_flow.diagnostics import Diagnostic, Edit, Fix, Severity, Span
from salespm_flow.nouns import dataclass

_LINE_END = re.compile("\r\n|\r|\n")
_MOST_ROUNDS = 20
_FIRST_OF_SHAPE = "SF140"

Texts = Mapping[str, str]
# What is wrong with the files if they held these texts instead.
Examine = Callable[[Texts], Sequence[Diagnostic]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """The texts that fixes changed, by file, and the findings that they were for."""

    texts: Texts
    applied: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """Texts after some fixes, with what is wrong in them then."""

    texts: Texts
    findings: tuple[Diagnostic, ...]


def fix(findings: Sequence[Diagnostic], texts: Texts, examine: Examine, *, with_unsafe: bool = False) -> Fixed:
    """The texts after every fix that helps; with `with_unsafe` also those that guess what was meant.

    A fix stays only where afterwards its finding is gone and no new error is there.
    """
    state = _Attempt(texts=texts, findings=tuple(findings))
    applied: list[Diagnostic] = []
    refused: set[Fix] = set()
    for _ in range(_MOST_ROUNDS):
        wanted = _disjoint(_fixable(state.findings, refused, with_unsafe=with_unsafe))
        if not wanted:
            break
        together = _attempt(state, wanted, examine)
        if together is not None:
            state, done = together, list(wanted)
        else:
            state, done = _one_by_one(state, wanted, examine)
            refused |= {found.fix for found in wanted if found not in done and found.fix is not None}
        applied += done
    changed = {file: text for file, text in state.texts.items() if text != texts[file]}
    return Fixed(texts=changed, applied=tuple(applied))


def edited(text: str, edits: Iterable[Edit]) -> str | None:
    """The text after edits that do not overlap; None where it does not read as they expect it to."""
    starts = _starts(text)
    ending = _line_end(text)
    for edit in sorted(edits, key=lambda one: (one.span.line, one.span.column), reverse=True):
        begin = _offset(starts, edit.span.line, edit.span.column, len(text))
        end = _offset(starts, edit.span.end_line, edit.span.end_column, len(text))
        was = _LINE_END.sub("\n", text[begin:end])
        # What ends with a line may be the last one, which has no end.
        if was != edit.was and (end < len(text) or was != edit.was.removesuffix("\n")):
            return None
        text = text[:begin] + edit.text.replace("\n", ending) + text[end:]
    return text


def _starts(text: str) -> list[int]:
    return [0, *(found.end() for found in _LINE_END.finditer(text))]


def _line_end(text: str) -> str:
    """How the text ends its lines, as its first line does."""
    found = _LINE_END.search(text)
    return "\n" if found is None else found[0]


def _offset(starts: Sequence[int], line: int, column: int, length: int) -> int:
    return min(starts[line - 1] + column - 1, length) if line <= len(starts) else length


def _fixable(findings: Iterable[Diagnostic], refused: set[Fix], *, with_unsafe: bool) -> list[Diagnostic]:
    """What can be fixed among the most basic findings: the others may look different after that."""
    able = [
        found
        for found in findings
        if found.fix is not None and found.fix not in refused and (found.fix.is_safe or with_unsafe)
    ]
    first = min(map(_stage, able), default=0)
    return [found for found in able if _stage(found) == first]


def _disjoint(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings whose fixes do not touch those of an earlier one."""
    taken: list[Span] = []
    chosen: list[Diagnostic] = []
    for found in findings:
        places = [] if found.fix is None else [edit.span for edit in found.fix.edits]
        if not any(_touches(place, other) for place in places for other in taken):
            taken += places
            chosen.append(found)
    return tuple(chosen)


def _touches(one: Span, other: Span) -> bool:
    return (
        one.file == other.file
        and (one.line, one.column) <= (other.end_line, other.end_column)
        and (other.line, other.column) <= (one.end_line, one.end_column)
    )


def _attempt(state: _Attempt, wanted: Sequence[Diagnostic], examine: Examine) -> _Attempt | None:
    """The state after the fixes; None where one cannot be applied, or they do not help."""
    texts = dict(state.texts)
    by_file: dict[str, list[Edit]] = {}
    for found in wanted:
        for edit in () if found.fix is None else found.fix.edits:
            by_file.setdefault(edit.span.file, []).append(edit)
    for file, edits in by_file.items():
        text = edited(texts[file], edits) if file in texts else None
        if text is None:
            return None
        texts[file] = text
    after = _Attempt(texts=texts, findings=tuple(examine(texts)))
    return after if _is_better(state, after, wanted) else None


def _is_better(before: _Attempt, after: _Attempt, wanted: Sequence[Diagnostic]) -> bool:
    """Whether what was to be fixed is gone and nothing as basic has come for it.

    A file that can be read at last may show many errors that were there all along; a file that cannot be read any more
    shows few, so counting alone would praise what breaks it.
    """
    left = {_told(found, (found.span.line, found.span.column)) for found in after.findings}
    edits = [edit for found in wanted if found.fix is not None for edit in found.fix.edits]
    if any(_told(found, _moved(found.span, edits, before.texts, after.texts)) in left for found in wanted):
        return False
    basic = min(_stage(found) for found in wanted)
    return all(_errors(after.findings, stage) <= _errors(before.findings, stage) for stage in range(basic + 1))


def _told(found: Diagnostic, place: tuple[int, int]) -> tuple[str, str, str, tuple[int, int]]:
    return found.code, found.message.en, found.span.file, place


def _moved(span: Span, edits: Iterable[Edit], before: Texts, after: Texts) -> tuple[int, int]:
    """The line and column of the beginning of a place after the edits."""
    if span.file not in before:
        return span.line, span.column
    old = _starts(before[span.file])
    here = _offset(old, span.line, span.column, len(before[span.file]))
    moved = here
    for edit in edits:
        begin = _offset(old, edit.span.line, edit.span.column, len(before[span.file]))
        end = _offset(old, edit.span.end_line, edit.span.end_column, len(before[span.file]))
        if edit.span.file == span.file and end <= here and begin < here:
            moved += len(edit.text) - (end - begin)
    new = _starts(after[span.file])
    line = bisect_right(new, moved)
    return line, moved - new[line - 1] + 1


def _stage(found: Diagnostic) -> int:
    """How late in reading a finding can be made: the text, its shape, its meaning."""
    if not found.code.startswith("SF1"):
        return 2
    return int(found.code >= _FIRST_OF_SHAPE)


def _errors(findings: Sequence[Diagnostic], stage: int) -> int:
    return sum(found.severity is Severity.ERROR and _stage(found) == stage for found in findings)


def _one_by_one(state: _Attempt, wanted: Sequence[Diagnostic], examine: Examine) -> tuple[_Attempt, list[Diagnostic]]:
    """The state after those fixes that help alone, from the end of the files so that places stay right."""
    done: list[Diagnostic] = []
    for found in sorted(wanted, key=lambda one: (one.span.file, one.span.line, one.span.column), reverse=True):
        after = _attempt(state, (found,), examine)
        if after is not None:
            state = after
            done.append(found)
    return state, done
