"""Makes findings about inherited lines point at what the overlay says that brought them about.

Knows composed nodes and findings, not how either came to be.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from salespm_flow.definition.compose import EXTENDS, Composition, Path
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span

# Sections whose names expressions read: a change there can break an expression anywhere.
_NAMED = ("parameters", "fields", "records", "conditions", "links")
_NAME = re.compile(r"[^\W\d]\w*")
_SHOWN = re.compile("`[^`]+`")

Start = tuple[int, int]
# Where a node or key begins, the keys that lead to it, and its text where it is a scalar.
Landmark = tuple[Start, Path, str]


def pointed(composition: Composition, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings, what stands in the base told at the place of the overlay that brought it about."""
    causes: _Causes | None = None
    for found in findings:
        if found.span.file == composition.overlay.span.file:
            yield found
            continue
        # Few overlays need it, and then often: whoever removes a field may break a hundred lines.
        causes = causes or _Causes(composition)
        origin = f"{found.span.file}:{found.span.line}"
        message = Bilingual(f"{found.message.zh}（继承自 {origin}）", f"{found.message.en} (inherited from {origin})")
        yield replace(found, message=message, span=causes.of(found), fix=None)


class _Causes:
    """What an overlay says, arranged so that the cause of each finding is near at hand."""

    def __init__(self, composition: Composition) -> None:
        self._overlay = composition.overlay
        self._removed = {shown(name): span for name, span in composition.removed.items()}
        self._changed = _changed(composition.overlay)
        self._landmarks: dict[str, list[Landmark]] = {}
        for span, path, text in _places(composition.root, ()):
            self._landmarks.setdefault(span.file, []).append(((span.line, span.column), path, text))
        for landmarks in self._landmarks.values():
            landmarks.sort(key=lambda landmark: (landmark[0], len(landmark[1])))

    def of(self, found: Diagnostic) -> Span:
        """Where the overlay took away or changed what the finding is about, else the innermost key around it."""
        for word in _SHOWN.findall(found.message.en):
            if word in self._removed:
                return self._removed[word]
        path, text = self._around(found.span)
        for name in _NAME.findall(text):
            if name in self._changed:
                return self._changed[name]
        node: Node = self._overlay
        place = self._overlay.entries[EXTENDS].value.span
        for step in path:
            if not isinstance(node, MapNode) or step not in node.entries:
                break
            place, node = node.entries[step].key.span, node.entries[step].value
        return place

    def _around(self, span: Span) -> tuple[Path, str]:
        """The keys that lead to the node that a place lies in, and its text."""
        landmarks = self._landmarks.get(span.file, [])
        index = bisect_right(landmarks, (span.line, span.column), key=lambda landmark: landmark[0])
        _, path, text = landmarks[index - 1] if index else ((1, 1), (), "")
        return path, text


def _changed(overlay: MapNode) -> Mapping[str, Span]:
    """What expressions may read and the overlay writes."""
    sections = (overlay.entries[name].value for name in _NAMED if name in overlay.entries)
    return {
        name: entry.key.span
        for section in sections
        if isinstance(section, MapNode)
        for name, entry in section.entries.items()
    }


def _places(node: Node, path: Path) -> Iterator[tuple[Span, Path, str]]:
    yield node.span, path, node.text if isinstance(node, ScalarNode) else ""
    match node:
        case MapNode(entries=entries):
            for name, entry in entries.items():
                yield entry.key.span, (*path, name), ""
                yield from _places(entry.value, (*path, name))
        case ListNode(items=items):
            for item in items:
                yield from _places(item, path)
        case ScalarNode():
            return
