"""Overlays: what an entry says in vain, and what an overlay brings about, all told at the overlay's own lines."""

from collections.abc import Iterable, Iterator

from salespm_flow.definition.compose import EXTENDS, Composition
from salespm_flow.definition.findings import shown
from salespm_flow.definition.inherited import pointed
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.inspection import finding
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import Workflow

_EDITS = frozenset({"add", "remove"})
# Who an overlay is says nothing about its base.
_HEADER = frozenset({"salespm", "kind", "id", "version", "title", "extends", "after"})


def in_vain(composition: Composition) -> Iterator[Diagnostic]:
    """Entries that change nothing of the base, and items both added and removed."""
    base = composition.base
    for name, entry in composition.overlay.entries.items():
        if name not in _HEADER and name in base.entries:
            yield from _compared(name, base.entries[name].value, entry.value)


def brought_about(composition: Composition, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings about the whole at the overlay's lines."""
    return pointed(composition, findings)


def base_of(composition: Composition, library: Library) -> Workflow | None:
    """The workflow that the overlay extends, where it is the newest of its name."""
    extends = composition.overlay.entries[EXTENDS].value
    name, _, version = (extends.text if isinstance(extends, ScalarNode) else "").partition("@")
    base = library.workflows.get(name)
    return base if base is not None and str(base.version) == version else None


def _compared(name: str, base: Node, over: Node) -> Iterator[Diagnostic]:
    match base, over:
        case _, MapNode(entries=entries) if entries and _EDITS.issuperset(entries) and not isinstance(base, MapNode):
            yield from _edit(base, over)
        case MapNode(), MapNode(entries=entries):
            for key, entry in entries.items():
                if key in base.entries and key != "after":
                    yield from _compared(key, base.entries[key].value, entry.value)
        case _ if _text(base) is not None and _text(base) == _text(over):
            message = Bilingual(
                f"{shown(name)} 与被扩展的文档相同，不起作用",
                f"{shown(name)} says what the extended document says anyway",
            )
            yield finding("SF670", over.span, message, Bilingual("请删除它", "remove it"))


def _edit(base: Node, edit: MapNode) -> Iterator[Diagnostic]:
    items = base.items if isinstance(base, ListNode) else (base,)
    present = {item.text for item in items if isinstance(item, ScalarNode)}
    added, removed = _items(edit, "add"), _items(edit, "remove")
    gone = {item.text for item in removed}
    for item in added:
        if item.text in gone:
            message = Bilingual(f"{shown(item.text)} 又加又删", f"{shown(item.text)} is both added and removed")
            yield finding("SF671", item.span, message, Bilingual("只留一处", "keep one of the two"))
        elif item.text in present:
            message = Bilingual(f"{shown(item.text)} 本来就有，不必再加", f"{shown(item.text)} is there already")
            yield finding("SF670", item.span, message, Bilingual("请删除它", "remove it"))


def _items(edit: MapNode, key: str) -> tuple[ScalarNode, ...]:
    entry = edit.entries.get(key)
    items = entry.value.items if entry is not None and isinstance(entry.value, ListNode) else ()
    return tuple(item for item in items if isinstance(item, ScalarNode))


def _text(node: Node) -> tuple[str, ...] | None:
    """What a scalar or a list of scalars says."""
    match node:
        case ScalarNode(text=text):
            return (text,)
        case ListNode(items=items) if all(isinstance(item, ScalarNode) for item in items):
            return ("[", *(item.text for item in items if isinstance(item, ScalarNode)))
        case _:
            return None
