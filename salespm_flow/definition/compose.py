"""Lays an overlay over the document that it extends: nodes in, nodes out. Knows no files and no models.

Maps merge by key, `key: null` removes, lists replace or take `{add, remove}`, a state may say `after:` which sibling
it comes. What the overlay writes keeps its own place in the file, what it leaves alone keeps the base's.
"""

from collections.abc import Iterable, Iterator, Mapping

from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.nouns import dataclass

Path = tuple[str, ...]

ADD, REMOVE, AFTER, EXTENDS = "add", "remove", "after", "extends"
_STATES = frozenset({"states", "regions"})
_TITLES = frozenset({"title", "message"})
# Who a composed document is comes from the overlay, what it is from the base.
_FROM_BASE = frozenset({"salespm", "kind"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A composed document of a base and an overlay; `removed` tells by name where the overlay took something out."""

    root: MapNode
    base: MapNode
    overlay: MapNode
    removed: Mapping[str, Span]
    diagnostics: tuple[Diagnostic, ...]


def compose(base: MapNode, overlay: MapNode) -> Composition:
    """The document of the base's kind under the overlay's name, with what the overlay says in vain."""
    merge = _Merge()
    own = {key: entry for key, entry in overlay.entries.items() if key not in _FROM_BASE and key != EXTENDS}
    root = merge.maps(base, MapNode(entries=own, span=overlay.span), ())
    return Composition(root=root, base=base, overlay=overlay, removed=merge.removed, diagnostics=tuple(merge.findings))


class _Merge:
    """One pass over both documents, and what it finds."""

    def __init__(self) -> None:
        self.findings: list[Diagnostic] = []
        self.removed: dict[str, Span] = {}

    def maps(self, base: MapNode, over: MapNode, path: Path) -> MapNode:
        """The base's entries with the overlay's, in the base's order; new ones come last."""
        entries = dict(base.entries)
        for name, entry in over.entries.items():
            present = entries.get(name)
            if _is_null(entry.value):
                self._remove(entries, entry)
            elif present is None:
                entries[name] = MapEntry(key=entry.key, value=self._settled(entry.value, (*path, name)))
            else:
                merged = self._values(present.value, entry.value, (*path, name))
                entries[name] = MapEntry(key=entry.key, value=merged)
        return MapNode(entries=self._in_order(entries, over, path), span=over.span)

    def _remove(self, entries: dict[str, MapEntry], entry: MapEntry) -> None:
        name = entry.key.text
        if name in entries:
            del entries[name]
            self.removed[name] = entry.key.span
        else:
            self._in_vain(entry.key, entries)

    def _in_vain(self, node: ScalarNode, known: Iterable[str]) -> None:
        message = Bilingual(f"没有 {shown(node.text)} 可删", f"There is no {shown(node.text)} to remove")
        self.findings.append(error("SF363", node.span, message, suggestion(node.text, tuple(known))))

    def _values(self, base: Node, over: Node, path: Path) -> Node:
        if isinstance(over, MapNode) and not isinstance(base, MapNode) and _is_edit(over):
            return self._edited(base, over)
        # Of a title, short is whole: it replaces both languages.
        is_whole = path[-1] in _TITLES
        long_base, long_over = _written_out(base, over, path), over if is_whole else _written_out(over, base, path)
        if isinstance(long_base, MapNode) and isinstance(long_over, MapNode):
            return self.maps(long_base, long_over, path)
        return self._settled(over, path)

    def _edited(self, base: Node, edit: MapNode) -> ListNode:
        items = list(base.items) if isinstance(base, ListNode) else [base]
        for gone in _scalars(edit, REMOVE):
            kept = [item for item in items if not (isinstance(item, ScalarNode) and item.text == gone.text)]
            if len(kept) == len(items):
                self._in_vain(gone, [item.text for item in items if isinstance(item, ScalarNode)])
            else:
                self.removed[gone.text] = gone.span
            items = kept
        present = {item.text for item in items if isinstance(item, ScalarNode)}
        items += [item for item in _scalars(edit, ADD) if item.text not in present]
        return ListNode(items=tuple(items), span=edit.span)

    def _settled(self, node: Node, path: Path) -> Node:
        """What the overlay says where the base says nothing."""
        if not isinstance(node, MapNode):
            return node
        if node.entries and _is_edit(node):
            return self._edited(ListNode(items=(), span=node.span), node)
        entries = {
            name: MapEntry(key=entry.key, value=self._settled(entry.value, (*path, name)))
            for name, entry in node.entries.items()
        }
        return MapNode(entries=self._in_order(entries, node, path), span=node.span)

    def _in_order(self, entries: Mapping[str, MapEntry], over: MapNode, path: Path) -> Mapping[str, MapEntry]:
        """The entries with each state behind the sibling that it names, without the names."""
        if not _holds_states(path):
            return entries
        entries = {name: _without_after(entry) for name, entry in entries.items()}
        order = list(entries)
        last: dict[str, str] = {}
        for name, sibling in self._placed(entries, over):
            order.remove(name)
            order.insert(order.index(last.get(sibling, sibling)) + 1, name)
            # Several behind one sibling keep the order of the file.
            last[sibling] = name
        return {name: entries[name] for name in order}

    def _placed(self, entries: Mapping[str, MapEntry], over: MapNode) -> Iterator[tuple[str, str]]:
        """Each state with the sibling it stands behind, that one first if it has to find its own place."""
        waiting: dict[str, ScalarNode] = {}
        for name, entry in over.entries.items():
            sibling = _after(entry)
            if sibling is None or name not in entries:
                continue
            if sibling.text not in entries or sibling.text == name:
                self._no_sibling(sibling, [one for one in entries if one != name])
            else:
                waiting[name] = sibling
        while ready := [name for name, sibling in waiting.items() if sibling.text not in waiting]:
            yield from ((name, waiting.pop(name).text) for name in ready)
        for sibling in tuple(waiting.values())[:1]:
            names = ", ".join(waiting)
            message = Bilingual(f"这些状态的 `after` 绕成了一圈：{names}", f"`after` leads in a circle: {names}")
            self.findings.append(error("SF364", sibling.span, message))

    def _no_sibling(self, node: ScalarNode, known: list[str]) -> None:
        message = Bilingual(f"这一层没有状态 {shown(node.text)}", f"There is no state {shown(node.text)} on this level")
        self.findings.append(
            error("SF364", node.span, message, suggestion(node.text, known), fix=renaming(node, known))
        )


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None and not node.is_quoted


def _is_edit(node: MapNode) -> bool:
    """Whether the map says what to add to a list and what to remove from it."""
    return {ADD, REMOVE}.issuperset(node.entries) and all(
        isinstance(entry.value, ListNode) for entry in node.entries.values()
    )


def _scalars(edit: MapNode, key: str) -> tuple[ScalarNode, ...]:
    entry = edit.entries.get(key)
    items = entry.value.items if entry is not None and isinstance(entry.value, ListNode) else ()
    return tuple(item for item in items if isinstance(item, ScalarNode))


def _written_out(node: Node, other: Node, path: Path) -> Node:
    """The long form of what is written short, where a map stands on the other side."""
    if not isinstance(node, ScalarNode) or not isinstance(other, MapNode):
        return node
    if path[-1] in _TITLES:
        return _map_of(node, ("zh", "en"))
    is_check = len(path) > 1 and path[-2] == "check"
    return _map_of(node, ("that",)) if is_check else node


def _map_of(node: ScalarNode, keys: tuple[str, ...]) -> MapNode:
    entries = {
        key: MapEntry(
            key=ScalarNode(value=key, text=key, span=node.span, is_quoted=False, start=node.start), value=node
        )
        for key in keys
    }
    return MapNode(entries=entries, span=node.span)


def _holds_states(path: Path) -> bool:
    """Whether states stand by name in the map at the path: `states`, `states.a.regions`, …."""
    return len(path) % 2 == 1 and all(step in _STATES for step in path[::2])


def _after(entry: MapEntry) -> ScalarNode | None:
    found = entry.value.entries.get(AFTER) if isinstance(entry.value, MapNode) else None
    return found.value if found is not None and isinstance(found.value, ScalarNode) else None


def _without_after(entry: MapEntry) -> MapEntry:
    if _after(entry) is None or not isinstance(entry.value, MapNode):
        return entry
    kept = {name: inner for name, inner in entry.value.entries.items() if name != AFTER}
    return MapEntry(key=entry.key, value=MapNode(entries=kept, span=entry.value.span))
