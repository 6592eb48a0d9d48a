"""Says what a place in a definition file is, in words that outlive edits: the document and the path of keys to it.

A baseline and the fingerprints of reports are keyed by this, because lines move. Knows nodes, not findings' meaning.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.diagnostics import Diagnostic, Span

Start = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """What a finding is about: its code, the document (`workflow sales`, else the file) and the path of keys in it.

    `ordinal` counts from 1 among the findings of one code at one path.
    """

    code: str
    document: str
    path: str
    ordinal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One file: its document's name, and every node's beginning with the path that leads to it, in file order."""

    document: str
    starts: tuple[Start, ...]
    paths: tuple[str, ...]

    def path(self, span: Span) -> str:
        """The path of the innermost node that begins at or before the place, empty above all of them."""
        index = bisect_right(self.starts, (span.line, span.column))
        return self.paths[index - 1] if index else ""


def outline_of(text: str, file: str) -> Outline:
    """The outline of a file's text; of one that cannot be parsed only the file's name is known."""
    root = parse(text, file).root
    if root is None:
        return Outline(document=file, starts=(), paths=())
    # Of two nodes at one place the inner one comes later, and later wins.
    landmarks = sorted(_landmarks(root, ""), key=lambda landmark: (landmark[0], len(landmark[1])))
    return Outline(
        document=_document(root) or file,
        starts=tuple(start for start, _ in landmarks),
        paths=tuple(path for _, path in landmarks),
    )


def identities(findings: Iterable[Diagnostic], texts: Mapping[str, str]) -> tuple[Identity, ...]:
    """What each finding is about, in the order given; every text is parsed at most once."""
    outlines: dict[str, Outline] = {}
    counted: Counter[tuple[str, str, str]] = Counter()
    found: list[Identity] = []
    for one in findings:
        file = one.span.file
        if file not in outlines:
            outlines[file] = outline_of(texts.get(file, ""), file)
        outline = outlines[file]
        key = (one.code, outline.document, outline.path(one.span))
        counted[key] += 1
        found.append(Identity(*key, counted[key]))
    return tuple(found)


def _document(root: MapNode) -> str:
    """The kind and id that a document says it has; a workspace has no id."""
    words = [
        entry.value.text
        for key in ("kind", "id")
        if (entry := root.entries.get(key)) is not None and isinstance(entry.value, ScalarNode)
    ]
    return " ".join(words) if len(words) > 1 or words == ["workspace"] else ""


def _landmarks(node: Node, path: str) -> Iterator[tuple[Start, str]]:
    yield (node.span.line, node.span.column), path
    match node:
        case MapNode(entries=entries):
            for name, entry in entries.items():
                inner = f"{path}.{name}" if path else name
                yield (entry.key.span.line, entry.key.span.column), inner
                yield from _landmarks(entry.value, inner)
        case ListNode(items=items):
            for number, item in enumerate(items):
                # A named item is known by its name: others may come before it.
                name = item.text if isinstance(item, ScalarNode) else str(number)
                yield from _landmarks(item, f"{path}[{name}]")
        case ScalarNode():
            return
