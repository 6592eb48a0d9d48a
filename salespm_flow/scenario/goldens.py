"""Writes what was got in the place of what was expected: the texts of files with their expectations brought up to date.

Only what stands in a file as a text can be rewritten; a test that is an expression is for its author.
"""

from collections.abc import Iterable, Mapping

from salespm_flow.definition.writer import text_of
from salespm_flow.diagnostics import Span
from salespm_flow.scenario.results import Failure


def brought_up_to_date(failures: Iterable[Failure], texts: Mapping[str, str]) -> Mapping[str, str]:
    """The new texts of the files that change; every place is rewritten once."""
    places: dict[str, dict[Span, str]] = {}
    for failure in failures:
        if failure.rewritten is not None and failure.span.line == failure.span.end_line:
            places.setdefault(failure.span.file, {}).setdefault(failure.span, _scalar(failure.rewritten))
    return {file: _rewritten(texts[file], edits) for file, edits in places.items() if file in texts}


def _scalar(text: str) -> str:
    return text if text.startswith("[") else text_of(text)


def _rewritten(text: str, edits: Mapping[Span, str]) -> str:
    lines = text.splitlines(keepends=True)
    # From the end, so that what is before keeps its place.
    for span in sorted(edits, key=lambda one: (one.line, one.column), reverse=True):
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + edits[span] + line[span.end_column - 1 :]
    return "".join(lines)
