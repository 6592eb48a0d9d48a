"""A YAML document as positioned nodes: the only form in which untyped text travels, and only inside this package."""

from collections.abc import Mapping
from decimal import Decimal

from salespm_flow.diagnostics import Span
from salespm_flow.nouns import dataclass

Plain = None | bool | int | Decimal | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """One scalar. `value` is read by YAML 1.2 core rules (dates stay text); `text` is what it reads as a string.

    `offsets` maps each character of `text` to its (line, column) in the file where the scalar is not plain and on one
    line; None means that character k of `text` stands `k` columns after `start`.
    """

    value: Plain
    text: str
    span: Span
    is_quoted: bool
    start: tuple[int, int]
    offsets: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A sequence in file order."""

    items: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEntry:
    """One key with its value; keys are always text."""

    key: ScalarNode
    value: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNode:
    """A mapping in file order, by key text; `span` covers it whole, for a document root too."""

    entries: Mapping[str, MapEntry]
    span: Span


Node = ScalarNode | ListNode | MapNode


def text_span(node: ScalarNode, start: int, end: int) -> Span:
    """Where the characters from `start` to before `end` of a scalar's text stand in its file."""
    last = max(start, end - 1)
    first_line, first_column = _position(node, start)
    last_line, last_column = _position(node, last)
    return Span(
        file=node.span.file,
        line=first_line,
        column=first_column,
        end_line=last_line,
        end_column=last_column + 1,
    )


def _position(node: ScalarNode, offset: int) -> tuple[int, int]:
    if node.offsets is None:
        return node.start[0], node.start[1] + offset
    if not node.offsets:
        return node.start
    if offset < len(node.offsets):
        return node.offsets[offset]
    line, column = node.offsets[-1]
    return line, column + 1
