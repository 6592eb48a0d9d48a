"""Keeps the state names of a base document meaning what they meant, when an overlay adds states of the same names.

A name is the shortest suffix of a path that is unique in its file: a new state can make it ambiguous. Only such names
are written longer; knows neither overlays nor how they merge.
"""

import re
from collections.abc import Callable

from salespm_flow.definition.build.reader import Findings, Reader
from salespm_flow.definition.build.state_tree import StateTree, read_state_tree
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode

Path = tuple[str, ...]
Rename = Callable[[str], str]

_HISTORY = ".history"
_IN_EXPRESSION = re.compile(r'\b((?:in_state|entered|time_in)\s*\(\s*")([^"]*)(")')
_EVENT = re.compile(r"((?:done|sla\.warn|sla\.breach)\.)(.+)")
_MOVES = frozenset({"from", "except", "to"})
_TITLES = frozenset({"title", "message"})


def tree_of(root: MapNode) -> StateTree:
    """The states of a workflow document, whatever else is wrong with it."""
    unheard = Findings()
    return read_state_tree(unheard, Reader(unheard, root, "workflow"))


def with_lasting_names(base: MapNode, composed: MapNode) -> MapNode:
    """The base with every state name that the composed document would read otherwise written long enough."""
    before, after = tree_of(base), tree_of(composed)
    changed = [path for path, name in before.names.items() if path in after.places and after.matches(name) != (path,)]
    if not changed:
        return base

    def rename(name: str) -> str:
        found = before.matches(name)
        return after.names[found[0]] if len(found) == 1 and found[0] in changed else name

    renamed = _renamed(base, (), rename)
    return renamed if isinstance(renamed, MapNode) else base


def _renamed(node: Node, path: Path, rename: Rename) -> Node:
    match node:
        case MapNode(entries=entries):
            inner = {
                name: MapEntry(key=entry.key, value=_renamed(entry.value, (*path, name), rename))
                for name, entry in entries.items()
            }
            return MapNode(entries=inner, span=node.span)
        case ListNode():
            return ListNode(items=tuple(_renamed(item, path, rename) for item in node.items), span=node.span)
        case ScalarNode():
            return _with_text(node, _text(node.text, path, rename)) if isinstance(node.value, str) else node


def _text(text: str, path: Path, rename: Rename) -> str:
    if _names_states(path):
        stem = text.removesuffix(_HISTORY)
        return rename(stem) + text[len(stem) :]
    if path[-1] == "event":
        return _EVENT.sub(lambda found: found[1] + rename(found[2]), text)
    if not _TITLES.isdisjoint(path[-2:]):
        return text
    return _IN_EXPRESSION.sub(lambda found: found[1] + rename(found[2]) + found[3], text)


def _names_states(path: Path) -> bool:
    match path:
        case ("transitions", _, key):
            return key in _MOVES
        case ("timers", _, "in"):
            return True
        case ("fields", _, "editable_in") | ("records", _, "editable_in") | ("records", _, "fields", _, "editable_in"):
            return True
        case _:
            return False


def _with_text(node: ScalarNode, text: str) -> ScalarNode:
    if text == node.text:
        return node
    return ScalarNode(value=text, text=text, span=node.span, is_quoted=node.is_quoted, start=node.start)
