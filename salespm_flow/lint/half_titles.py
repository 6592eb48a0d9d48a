"""Titles written as a map that gives one language only, in documents of every kind. Asked for, not told to everybody.

Of workflows `titles` says it, but for the values of enums. A title that is one text serves both languages: a name.
"""

from collections.abc import Iterator
from typing import Final

from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.inspection import finding

_WORDS: Final = frozenset({"title", "message", "scope", "unit_title"})
_LANGUAGES: Final = frozenset({"zh", "en"})
_VALUES: Final = "values"
_TOLD: Final = frozenset({"workflow", "overlay"})


def findings(text: str, file: str) -> Iterator[Diagnostic]:
    """Each half title of the file."""
    root = parse(text, file).root
    if root is not None:
        kind = root.entries.get("kind")
        is_told = kind is not None and isinstance(kind.value, ScalarNode) and kind.value.text in _TOLD
        yield from _in(root, "", is_told=is_told)


def _in(node: Node, name: str, *, is_told: bool) -> Iterator[Diagnostic]:
    match node:
        case MapNode(entries=entries):
            for key, entry in entries.items():
                if key in _WORDS and isinstance(entry.value, MapNode) and not is_told:
                    yield from _half(entry.value, name)
                yield from _in(entry.value, key, is_told=is_told and key != _VALUES)
        case ListNode(items=items):
            for item in items:
                yield from _in(item, name, is_told=is_told)
        case ScalarNode():
            return


def _half(title: MapNode, name: str) -> Iterator[Diagnostic]:
    given = _LANGUAGES.intersection(title.entries)
    if len(given) != 1 or not given.issuperset(title.entries):
        return
    lacks = Bilingual("没有英文标题", "has no English title")
    if "en" in given:
        lacks = Bilingual("没有中文标题", "has no Chinese title")
    message = Bilingual(f"{shown(name)} {lacks.zh}", f"{shown(name)} {lacks.en}")
    yield finding("SF665", title.span, message, Bilingual("写 title: {zh: …, en: …}", "write title: {zh: …, en: …}"))
