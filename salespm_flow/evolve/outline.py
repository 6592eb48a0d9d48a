"""A document as entries by path, in one spelling: what two versions are compared by. Knows no kind of document."""

from collections.abc import Iterator, Mapping

from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.nouns import dataclass

_HEADER = frozenset({"salespm", "kind", "id", "version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What stands under one key of a section: its own keys with their texts, by path below it."""

    section: str
    name: str
    texts: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where it stands; a section of one value has no name."""
        return f"{self.section}.{self.name}" if self.name else self.section


def outline(text: str) -> dict[str, Entry]:
    """The entries of a document that was written by `emit`, by path."""
    root = parse(text, "").root
    if root is None:
        raise ValueError(text)
    return {entry.path: entry for key, one in root.entries.items() for entry in _entries(key, one.value)}


def _entries(section: str, node: Node) -> Iterator[Entry]:
    if section in _HEADER:
        return
    if section != "title" and isinstance(node, MapNode):
        for name, one in node.entries.items():
            yield Entry(section=section, name=name, texts=dict(_texts("", one.value)))
    else:
        yield Entry(section=section, name="", texts=dict(_texts("", node)))


def _texts(path: str, node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case ScalarNode(text=text):
            yield path, " ".join(text.split())
        case MapNode(entries=entries):
            for key, one in entries.items():
                yield from _texts(f"{path}.{key}" if path else key, one.value)
        case ListNode(items=items) if all(isinstance(item, ScalarNode) for item in items):
            yield path, ", ".join(item.text for item in items if isinstance(item, ScalarNode))
        case ListNode(items=items):
            for at, item in enumerate(items, 1):
                yield from _texts(f"{path}.{at}" if path else str(at), item)
