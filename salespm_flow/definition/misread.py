"""What is not known because a key was misspelt: the names below it, and what the map around it then seems to lack.

Knows positions in texts and codes, no documents. Parses a text only where a key in it is unknown.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Diagnostic, Severity, Span
from salespm_flow.nouns import dataclass

# A key that nothing reads; in a table, a cell of no column.
_UNKNOWN_KEYS: Final = frozenset({"SF140", "SF148", "SF149", "SF402"})
_UNKNOWN_CELL: Final = "SF402"
_FIRST_OF_MEANING: Final = "SF2"
# What a map seems to lack, or to have too much of, while one of its keys is misspelt.
_LACKING: Final = frozenset({"SF313", "SF314", "SF320", "SF323", "SF327", "SF328", "SF332", "SF333", "SF335", "SF376"})
_LACKING_TOO: Final = frozenset({"SF337", "SF342", "SF387", "SF389", "SF403"})
# What follows, anywhere in the file, where the key was to be this one, or stands in this section.
_WITHOUT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "uses": frozenset({"SF202", "SF204", "SF309", "SF341", "SF371", "SF372", "SF378", "SF379"}),
        "organisation": frozenset({"SF371", "SF372", "SF378", "SF379"}),
        "risks": frozenset({"SF204", "SF309", "SF341"}),
        "workflow": frozenset({"SF202", "SF204", "SF301", "SF333"}),
        "people": frozenset({"SF376"}),
        "fields": frozenset({"SF315", "SF347"}),
        "goals": frozenset({"SF202", "SF391"}),
        "transitions": frozenset({"SF318"}),
        "scales": frozenset({"SF309", "SF331", "SF338"}),
        "inputs": frozenset({"SF202", "SF203", "SF204", "SF205", "SF402", "SF405"}),
        "outputs": frozenset({"SF203", "SF204", "SF205", "SF402", "SF403", "SF405"}),
    }
)
# What follows within the same KPI, rule or transition where the key was to be this one.
_WITHIN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "by": frozenset({"SF202"}),
        "type": frozenset({"SF203", "SF204", "SF313", "SF346"}),
        **dict.fromkeys(("residual", "probability", "impact", "exposure"), frozenset({"SF337"})),
    }
)
# Findings about a name that is known nowhere.
UNKNOWN: Final = frozenset(
    {
        *("SF202", "SF204", "SF206", "SF211", "SF301", "SF302", "SF303", "SF304", "SF305", "SF306", "SF307", "SF308"),
        *("SF309", "SF312", "SF315", "SF334", "SF340", "SF342", "SF360", "SF361", "SF362", "SF364", "SF370", "SF371"),
        *("SF372", "SF373"),
        *("SF363", "SF380", "SF385", "SF391", "SF395"),
    }
)
_MISSING: Final = "SF141"
_MEANT: Final = re.compile(r"did you mean `([^`]+)`")
_WORD: Final = re.compile(r"\w+")
_PATH: Final = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class _Misspelt:
    """An unknown key: the map it stands in, its own entry there, and the key of that map where there is one."""

    found: Diagnostic
    around: MapNode
    key: ScalarNode | None

    @property
    def meant(self) -> str:
        """The key that it was probably to be."""
        if self.found.fix is not None:
            return self.found.fix.edits[0].text
        hinted = None if self.found.hint is None else _MEANT.match(self.found.hint.en)
        return "" if hinted is None else hinted[1]


class Misread:
    """What the unknown keys among findings take with them; `texts` are the files."""

    def __init__(self, findings: Collection[Diagnostic], texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._root_of = cache(lambda file: parse(texts.get(file, ""), file).root)
        # A file of the wrong shape may be left out as a whole.
        self._broken = {
            found.span.file
            for found in findings
            if found.severity is Severity.ERROR and found.code < _FIRST_OF_MEANING and found.span.file in texts
        }
        self._misspelt = [one for found in findings if found.code in _UNKNOWN_KEYS for one in self._located(found)]
        self._lost = {
            (one.found.span.file, code)
            for one in self._misspelt
            for section in (one.meant, *self._section_of(one))
            for code in _WITHOUT.get(section, ())
            if code != one.found.code
        }
        self._names: frozenset[str] | None = None

    def explains(self, found: Diagnostic) -> bool:
        """Whether the finding would be gone if the keys were right."""
        if found.code == _MISSING:
            return any(self._is_meant(found, one) for one in self._misspelt)
        if found.code < _FIRST_OF_MEANING:
            return False
        if (found.span.file, found.code) in self._lost or any(
            self._lacks(found, one) or self._is_beside(found, one) for one in self._misspelt
        ):
            return True
        if found.code not in UNKNOWN or not self._broken:
            return False
        if found.span.file in self._broken:
            return not self._below_misspelt.isdisjoint(self._words(found.span))
        return not self._known.isdisjoint(self._words(found.span))

    def _is_beside(self, found: Diagnostic, misspelt: _Misspelt) -> bool:
        """Whether the finding follows from the misspelt key that stands in the same entry of a section."""
        if found.span.file != misspelt.found.span.file or found.code not in _WITHIN.get(misspelt.meant, ()):
            return False
        root = self._root_of(found.span.file)
        sections = () if root is None else (entry.value for entry in root.entries.values())
        entries = (one for value in sections if isinstance(value, MapNode) for one in value.entries.values())
        return any(_holds(one, found.span) and _holds(one, misspelt.found.span) for one in entries)

    def _is_meant(self, found: Diagnostic, misspelt: _Misspelt) -> bool:
        """Whether the key that is missing is the one that the misspelt one was to be."""
        if found.span.file != misspelt.found.span.file or not misspelt.meant:
            return False
        is_here = misspelt.around is self._root_of(found.span.file) or (
            misspelt.key is not None and _starts(misspelt.key.span, found.span)
        )
        return is_here and f"`{misspelt.meant}`" in found.message.en

    def _section_of(self, misspelt: _Misspelt) -> Iterator[str]:
        """The first key that leads to the misspelt one."""
        root = self._root_of(misspelt.found.span.file)
        for name, entry in () if root is None or misspelt.around is root else root.entries.items():
            if any(one is misspelt.around for one, _ in _maps(entry.value, entry.key)):
                yield name

    def _located(self, found: Diagnostic) -> Iterator[_Misspelt]:
        root = self._root_of(found.span.file)
        for around, key in () if root is None else _maps(root, None):
            if any(_starts(entry.key.span, found.span) for entry in around.entries.values()):
                yield _Misspelt(found, around, key)

    def _lacks(self, found: Diagnostic, misspelt: _Misspelt) -> bool:
        """Whether the finding is about what the map with the unknown key lacks."""
        is_later = found.code != misspelt.found.code and found.code in _LACKING | _LACKING_TOO
        if not is_later or found.span.file != misspelt.found.span.file:
            return False
        if misspelt.found.code == _UNKNOWN_CELL and f"`{misspelt.meant}`" not in found.message.en:
            return False
        if misspelt.key is not None and _starts(misspelt.key.span, found.span):
            return True
        entries = misspelt.around.entries.values()
        return any(
            _starts(entry.key.span, found.span)
            or (isinstance(entry.value, ScalarNode) and _starts(entry.value.span, found.span))
            for entry in entries
        )

    @property
    def _known(self) -> frozenset[str]:
        """Every name that the broken files define."""
        if self._names is None:
            roots = [root for file in self._broken if (root := self._root_of(file)) is not None]
            values = (entry.value for root in roots for entry in root.entries.values())
            # Where `id` itself is misspelt, what it says is still there.
            texts = (value.text for value in values if isinstance(value, ScalarNode))
            self._names = frozenset((*_names_in(roots), *texts))
        return self._names

    @property
    def _below_misspelt(self) -> frozenset[str]:
        """Every name that stands below an unknown key, as a key or in a list."""
        below = (
            entry.value
            for one in self._misspelt
            for entry in one.around.entries.values()
            if _starts(entry.key.span, one.found.span)
        )
        return frozenset(name for node in below for name in (*_names_in((node,)), *_listed(node)))

    def _words(self, span: Span) -> frozenset[str]:
        lines = self._texts.get(span.file, "").split("\n")
        if span.line > len(lines) or span.line != span.end_line:
            return frozenset()
        line = lines[span.line - 1]
        # A path is told at its first name.
        path = _PATH.match(line, span.column - 1)
        said = (line[span.column - 1 : span.end_column - 1], "" if path is None else path[0])
        return frozenset(word for text in said for word in _WORD.findall(text))


def _starts(one: Span, other: Span) -> bool:
    return (one.line, one.column) == (other.line, other.column)


def _holds(entry: MapEntry, span: Span) -> bool:
    """Whether the place is within the entry."""
    first, end = entry.key.span, entry.value.span
    return (first.line, first.column) <= (span.line, span.column) < (end.end_line, end.end_column)


def _maps(node: Node, key: ScalarNode | None) -> Iterator[tuple[MapNode, ScalarNode | None]]:
    match node:
        case MapNode(entries=entries):
            yield node, key
            for entry in entries.values():
                yield from _maps(entry.value, entry.key)
        case ListNode(items=items):
            for item in items:
                yield from _maps(item, None)
        case ScalarNode():
            return


def _names_in(nodes: Iterable[Node]) -> Iterator[str]:
    """The keys of all maps."""
    for node in nodes:
        for around, _ in _maps(node, None):
            yield from around.entries


def _listed(node: Node) -> Iterator[str]:
    """The texts of all lists."""
    match node:
        case ListNode(items=items):
            yield from (item.text for item in items if isinstance(item, ScalarNode))
        case MapNode(entries=entries):
            for entry in entries.values():
                yield from _listed(entry.value)
        case ScalarNode():
            return
