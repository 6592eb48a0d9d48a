"""Leaves out findings that only repeat another one in other words: one mistake is told once, at its cause.

A value that could not be taken is not judged again, and where a whole section could not be read, nobody is told that
the names in it are unknown. Knows places and codes, no documents.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from salespm_flow.definition.misread import Misread
from salespm_flow.diagnostics import Diagnostic

# A value refused as such; what else is said at the same place follows from it.
_REFUSED: Final = frozenset({"SF113", "SF116", "SF118", "SF144", "SF208", "SF311"})
# A tag, which is refused whatever stands behind it.
_TAG: Final = "SF113"
# A value of the wrong type or size, told at its key.
_MISSHAPEN: Final = frozenset({"SF142", "SF146"})
_FIRST_OF_MEANING: Final = "SF2"
# What is unknown where a section of a document could not be read.
_LOST: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "states": frozenset({"SF301", "SF302", "SF211", "SF320", "SF321", "SF329"}),
        "fields": frozenset({"SF303", "SF306", "SF202", "SF315"}),
        "records": frozenset({"SF304", "SF306", "SF202"}),
        "conditions": frozenset({"SF202"}),
        "parameters": frozenset({"SF202"}),
        "links": frozenset({"SF305"}),
        "inputs": frozenset({"SF402", "SF202"}),
        "outputs": frozenset({"SF401", "SF402", "SF403"}),
        "levels": frozenset({"SF309", "SF331"}),
        "grades": frozenset({"SF309", "SF335"}),
        "units": frozenset({"SF370"}),
        "people": frozenset({"SF371"}),
        "roles": frozenset({"SF372"}),
        "skills": frozenset({"SF373"}),
    }
)

# Told once a file: every KPI of a set that names no workflow lacks the same line.
_ONCE: Final = frozenset({"SF333"})
# A key that is missing, told by the schema at what lacks it and by the reader at the type that needs it.
_MISSING, _INCOMPLETE = "SF141", "SF314"
# Where the threshold is mistyped, it is not missing.
_THRESHOLD, _UNKNOWN_STEP, _UNPROVEN = "accept_below:", "SF309", "SF337"

# Where it cannot be read whether a state is final, nobody knows that none is.
_FINAL, _ENDLESS = "final", "SF329"

_Place = tuple[str, int, int]


def without_echoes(findings: Iterable[Diagnostic], texts: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """The findings but for those that another one of the same file brings about; `texts` are the files."""
    every = tuple(findings)
    refused, lost = _causes(every, texts)
    tagged = {_start(found) for found in every if found.code == _TAG}
    misread = Misread(every, texts)
    gaps = [found for found in every if found.code == _MISSING]
    told: set[tuple[str, str]] = set()
    kept: list[Diagnostic] = []
    for found in every:
        if misread.explains(found) or (found.code in _MISSHAPEN and not tagged.isdisjoint(_places(found, texts))):
            continue
        key = (found.span.file, found.code)
        is_first = key not in told
        told.add(key)
        if found.code in _REFUSED or found.code < _FIRST_OF_MEANING:
            kept.append(found)
        elif _start(found) in refused or key in lost or (found.code in _ONCE and not is_first):
            continue
        elif found.code != _INCOMPLETE or not any(_is_inside(found, gap, texts) for gap in gaps):
            kept.append(found)
    return tuple(kept)


def _causes(every: Iterable[Diagnostic], texts: Mapping[str, str]) -> tuple[set[_Place], set[tuple[str, str]]]:
    """The places of values that were refused, and which codes of which files say nothing any more."""
    refused: set[_Place] = set()
    lost: set[tuple[str, str]] = set()
    for found in every:
        if found.code in _REFUSED:
            refused.add(_start(found))
        elif found.code in _MISSHAPEN:
            line = _line(found, texts)
            refused.add(_places(found, texts)[1])
            if _key_before(line, found.span.column) == _FINAL:
                lost.add((found.span.file, _ENDLESS))
            if found.span.column == 1:
                section = line[: found.span.end_column - 1].strip("\"' ")
                lost.update((found.span.file, code) for code in _LOST.get(section, ()))
        elif found.code == _UNKNOWN_STEP and _line(found, texts).startswith(_THRESHOLD):
            lost.add((found.span.file, _UNPROVEN))
    return refused, lost


def _is_inside(found: Diagnostic, key: Diagnostic, texts: Mapping[str, str]) -> bool:
    """Whether a finding stands in the block below a key that another one is about."""
    if found.span.file != key.span.file or found.span.line < key.span.line:
        return False
    lines = texts.get(found.span.file, "").split("\n")[key.span.line : found.span.line]
    return all(len(line) - len(line.lstrip()) >= key.span.column for line in lines if line.strip())


def _places(found: Diagnostic, texts: Mapping[str, str]) -> tuple[_Place, _Place]:
    """Where a finding stands, and where the value begins if it stands at a key."""
    line = _line(found, texts)
    return _start(found), (found.span.file, found.span.line, _value_column(line, found.span.end_column))


def _key_before(line: str, column: int) -> str:
    """The key whose value begins in that column of a line."""
    before = line[: column - 1].rstrip()
    return before.removesuffix(":").rpartition("{")[2].rpartition(",")[2].strip() if before.endswith(":") else ""


def _start(found: Diagnostic) -> _Place:
    return found.span.file, found.span.line, found.span.column


def _line(found: Diagnostic, texts: Mapping[str, str]) -> str:
    lines = texts.get(found.span.file, "").split("\n")
    return lines[found.span.line - 1] if found.span.line <= len(lines) else ""


def _value_column(line: str, end: int) -> int:
    """The column of the value after a key that ends before `end`; 0 where it stands on a later line."""
    rest = line[end - 1 :].lstrip(":")
    value = rest.lstrip()
    return len(line) - len(value) + 1 if value and rest is not value else 0
