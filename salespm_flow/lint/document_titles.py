"""Titles left out or given in one language only, in documents of every kind. Asked for, not told to everybody.

Of workflows `titles` says it, but for the values of enums. A title that is one text serves both languages: a name.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.lint.inspection import finding

_WORDS: Final = frozenset({"title", "message", "scope", "unit_title"})
_LANGUAGES: Final = frozenset({"zh", "en"})
_VALUES: Final = "values"
_TOLD: Final = frozenset({"workflow", "overlay"})
_ANY: Final = "*"
# A title in both languages as nearly all are written, without anything that might mean more than it says.
_PAIR: Final = re.compile(r"""\{zh: [^][{}"',:#&*!?|>\\\n]+, en: [^][{}"',:#&*!?|>\\\n]+\}""")
# Where none of these is left, no key is a language: keys may also be escaped, or stand behind an alias.
_MAY_BE_HALF: Final = re.compile(r"""\b(?:zh|en)\b["']?\s*:|[*\\]""")
_WORKFLOW: Final = re.compile(r"^kind: workflow$", re.MULTILINE)

# Where documents of each kind have titles, as paths of keys; the document itself first. What a schema demands is not
# here, nor are migrations, named after what they lead to, nor tests, whose words are for those who wrote them.
TITLED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "calendar": ((),),
        "decision_table": ((), ("inputs", _ANY), ("outputs", _ANY)),
        "goal_set": ((), ("goals", _ANY), ("goals", _ANY, "tasks", _ANY)),
        "kpi_set": ((), ("kpis", _ANY)),
        "mapping": ((),),
        "organisation": ((), ("skills", _ANY), ("units", _ANY), ("roles", _ANY), ("people", _ANY)),
        "reference": ((), ("fields", _ANY)),
        "risk_model": ((), ("rules", _ANY), ("rules", _ANY, "occurs")),
        "scorecard": ((),),
    }
)


def findings(text: str, file: str) -> Iterator[Diagnostic]:
    """Each missing or half title of the file."""
    if _WORKFLOW.search(text) and _MAY_BE_HALF.search(_PAIR.sub("", text)) is None:
        return  # told without parsing once more
    root = parse(text, file).root
    if root is None:
        return
    kind = _text(root, "kind")
    for path in TITLED.get(kind, ()):
        yield from _left_out(root, path, (_text(root, "id"), _place(root)))
    yield from _in(root, "", is_told=kind in _TOLD)


def _text(root: MapNode, key: str) -> str:
    entry = root.entries.get(key)
    return entry.value.text if entry is not None and isinstance(entry.value, ScalarNode) else ""


def _place(root: MapNode) -> Span:
    entry = root.entries.get("id")
    return root.span if entry is None else entry.value.span


def _left_out(node: Node, path: tuple[str, ...], known_as: tuple[str, Span]) -> Iterator[Diagnostic]:
    """Each map at the path below the node that has no title; `known_as` is the node's name and where it stands."""
    if not isinstance(node, MapNode):
        return
    if not path:
        if "title" not in node.entries:
            name, span = known_as
            yield _finding(name, span, Bilingual("没有标题", "has no title"))
        return
    for key, entry in node.entries.items():
        if path[0] in {key, _ANY}:
            yield from _left_out(entry.value, path[1:], (key, entry.key.span))


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
    yield _finding(name, title.span, lacks)


def _finding(name: str, span: Span, lacks: Bilingual) -> Diagnostic:
    message = Bilingual(f"{shown(name)} {lacks.zh}", f"{shown(name)} {lacks.en}")
    return finding("SF665", span, message, Bilingual("写 title: {zh: …, en: …}", "write title: {zh: …, en: …}"))
