"""Writes nodes as YAML text that reads back as the same nodes; knows no kinds of document and no YAML library.

What is short stands on one line, what is long in blocks; a text is quoted where it would not read back as itself.
"""

import re
from collections.abc import Iterator

from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.scalars import resolve

WIDTH = 110
_STEP = 2
# Characters that mean nothing to YAML, in a block and between brackets alike.
_PLAIN = re.compile(
    r"[\w(（“](?:[\w .%/+=<>()*!?;，。（）：；！？、“”《》·—…-]*[\w.%/+=<>()*!?;，。（）：；！？、“”《》·—…-])?"
)


def write(root: MapNode) -> str:
    """The document as text that ends with a line end; sections of named things are always blocks."""
    return "".join(f"{line}\n" for line in _block(root, 0))


def write_flow(node: Node) -> str:
    """The node on one line, as it stands between brackets or behind a key."""
    return _flow(node)


def _block(node: MapNode, depth: int) -> Iterator[str]:
    indent = " " * (_STEP * depth)
    for entry in node.entries.values():
        key = f"{indent}{_key(entry.key)}:"
        value = entry.value
        if isinstance(value, ScalarNode) or _is_short(value, len(key), depth):
            yield f"{key} {_flow(value)}"
            continue
        yield key
        if isinstance(value, MapNode):
            yield from _block(value, depth + 1)
        else:
            yield from _items(value, depth + 1)


def _items(node: ListNode, depth: int) -> Iterator[str]:
    indent = " " * (_STEP * depth)
    for item in node.items:
        if not isinstance(item, MapNode) or not item.entries or len(indent) + len(_flow(item)) < WIDTH:
            # Lists hold bare values and short maps, such as a scenario's steps.
            yield f"{indent}- {_flow(item)}"
            continue
        first, *rest = _block(item, depth + 1)
        yield f"{indent}- {first.lstrip(' ')}"
        yield from rest


def _is_short(node: ListNode | MapNode, before: int, depth: int) -> bool:
    if (
        isinstance(node, MapNode)
        and depth == 0
        and any(isinstance(one.value, MapNode) for one in node.entries.values())
    ):
        return False
    return before + len(_flow(node)) < WIDTH


def _flow(node: Node) -> str:
    match node:
        case ScalarNode():
            return _scalar(node)
        case ListNode():
            return f"[{', '.join(_flow(item) for item in node.items)}]"
        case MapNode():
            inner = (f"{_key(entry.key)}: {_flow(entry.value)}" for entry in node.entries.values())
            return f"{{{', '.join(inner)}}}"


def _scalar(node: ScalarNode) -> str:
    if node.is_quoted:
        # Of an undeclared literal the quotes say that it is a text.
        return _quoted(node.text)
    if isinstance(node.value, str):
        return text_of(node.value)
    return node.text or "null"


def _key(node: ScalarNode) -> str:
    # Keys are always text, so a number needs no quotes.
    return node.text if node.text.isascii() and node.text.isdigit() else text_of(node.text)


def text_of(text: str) -> str:
    """The text as a scalar, quoted where it would read as something else without."""
    if _PLAIN.fullmatch(text) and resolve(text) == text:
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    if character == "\n":
        return "\\n"
    return f"\\U{ord(character):08X}"
