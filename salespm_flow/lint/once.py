"""Tells one mistake once among all that is to be reported: a name that is known nowhere, and a base with errors.

Comes after suppressions and the baseline, which speak of single places: what is left out here is told elsewhere in the
same report. Knows places, codes and words, no documents.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from salespm_flow.definition.misread import UNKNOWN
from salespm_flow.diagnostics import Diagnostic, Fix, Severity, Span
from salespm_flow.suggest import nearest_name

# Below this are the codes of what keeps a document from running.
_OF_ANALYSES: Final = "SF6"
# Two sides of one misspelt name: a message that nobody hears and an event awaited in vain, a role that nobody holds and
# one that somebody holds in vain.
_AWAITED: Final = frozenset({"SF318", "SF651"})
_OTHER_SIDES: Final[Mapping[str, frozenset[str]]] = MappingProxyType({"SF650": _AWAITED, "SF376": frozenset({"SF372"})})
# A value of the wrong type, or a name that is none of an enumeration's.
_VALUE: Final = "SF312"
_NO_SUCH_VALUE: Final = "is none of the values"
_SCENARIOS: Final = re.compile(r"^kind:\s*scenarios\b", re.MULTILINE)
_QUOTED: Final = re.compile(r"`([^`]+)`")
_WORD: Final = re.compile(r"\w+")


def told_once(findings: Sequence[Diagnostic], texts: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """The findings, in their order, but for those that another one brings about.

    Of several about one unknown name the first stays, with the others' places.
    """
    causes = _causes(findings, texts)
    alike: dict[str, list[Diagnostic]] = {}
    for found in causes:
        name = _unknown_name(found, texts)
        if name is not None:
            alike.setdefault(name, []).append(found)
    first = {id(together[0]): together for together in alike.values()}
    repeated = {id(found) for together in alike.values() for found in together[1:]}
    return tuple(
        _with_places(found, first[id(found)][1:]) if id(found) in first else found
        for found in causes
        if id(found) not in repeated
    )


def _causes(findings: Sequence[Diagnostic], texts: Mapping[str, str]) -> Sequence[Diagnostic]:
    """The findings but for those that may be gone once another file is mended: a base, or what a test is about."""
    errors = [found for found in findings if found.severity is Severity.ERROR and found.owing_to is None]
    broken = frozenset(found.span.file for found in errors if found.code < _OF_ANALYSES)
    files = {found.span.file for found in findings}
    tests = frozenset(file for file in files if _SCENARIOS.search(texts.get(file, "")))

    def named(codes: Collection[str]) -> frozenset[str]:
        return frozenset(_quoted(found)[-1] for found in findings if found.code in codes and _quoted(found))

    def is_effect(found: Diagnostic) -> bool:
        if found.owing_to is not None:
            return found.owing_to in broken
        if found.code in _OTHER_SIDES:
            return _resembles(_quoted(found)[-1:], named(_OTHER_SIDES[found.code]))
        if found.code not in UNKNOWN or found.span.file not in tests:
            return False
        return bool(broken - tests) or _resembles(_quoted(found)[-1:], named(_AWAITED))

    return [found for found in findings if not is_effect(found)]


def _resembles(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether a name looks like one of the others, whatever link it comes by."""
    ends = [other.rpartition(".")[2] for other in others]
    return any(nearest_name(name.rpartition(".")[2], ends) is not None for name in names)


def _quoted(found: Diagnostic) -> list[str]:
    quoted: list[str] = _QUOTED.findall(found.message.en)
    return quoted


def _with_places(first: Diagnostic, others: Sequence[Diagnostic]) -> Diagnostic:
    if not others:
        return first
    return replace(first, also=tuple(dict.fromkeys(one.span for one in others)), fix=_together(first, others))


def _together(first: Diagnostic, others: Iterable[Diagnostic]) -> Fix | None:
    """The fix of all places; of the first alone where one of the others is mended in another way."""
    fix = first.fix
    if fix is None:
        return None
    more = [one.fix for one in others]
    meant = {edit.text for edit in fix.edits}
    if any(one is None or {edit.text for edit in one.edits} != meant for one in more):
        return fix
    return replace(fix, edits=(*fix.edits, *(edit for one in more if one is not None for edit in one.edits)))


def _unknown_name(found: Diagnostic, texts: Mapping[str, str]) -> str | None:
    """The name that the finding does not know, where it is about such a one."""
    if found.code not in UNKNOWN or (found.code == _VALUE and _NO_SUCH_VALUE not in found.message.en):
        return None
    # In an expression a value of an enumeration stands in quotation marks.
    said = _text(found.span, texts).strip('"')
    words = {said, *_WORD.findall(said)}
    quoted = _quoted(found)
    named = [name for name in quoted if name in words]
    if named:
        return named[-1]
    # What stands for the name is a whole row, or a step of a scale, which is no name.
    return quoted[0] if len(quoted) == 1 else said if said in _WORD.findall(found.message.en) else None


def _text(span: Span, texts: Mapping[str, str]) -> str:
    lines = texts.get(span.file, "").split("\n")
    if span.line != span.end_line or span.line > len(lines):
        return ""
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]
