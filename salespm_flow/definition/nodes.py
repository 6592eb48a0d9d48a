"""A YAML document as positioned nodes: the only form in which untyped text travels, and only inside this package."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from salespm_flow.diagnostics import Span
from salespm_flow.nouns import dataclass

Plain = None | bool | int | Decimal | str
_NEW: Final = object.__new__


class ScalarNode:
    """One scalar. `value` is read by YAML 1.2 core rules (dates stay text); `text` is what it reads as a string.

    `offsets` maps each character of `text` to its (line, column) in the file where the scalar is not plain and on one
    line; None means that character k of `text` stands `k` columns after `start`.

    No dataclass: there are hundreds in a small file, and few are asked where they stand, so that places are kept as
    bare numbers and made into a span when somebody asks. Nobody changes one.
    """

    __slots__ = (
        "_column",
        "_end_column",
        "_end_line",
        "_file",
        "_line",
        "_start",
        "is_quoted",
        "offsets",
        "text",
        "value",
    )

    is_quoted: bool
    offsets: tuple[tuple[int, int], ...] | None
    text: str
    value: Plain

    def __init__(
        self,
        *,
        value: Plain,
        text: str,
        span: Span,
        is_quoted: bool,
        start: tuple[int, int],
        offsets: tuple[tuple[int, int], ...] | None = None,
    ) -> None:
        self.value = value
        self.text = text
        self.is_quoted = is_quoted
        self.offsets = offsets
        self._file = span.file
        self._line = span.line
        self._column = span.column
        self._end_line = span.end_line
        self._end_column = span.end_column
        self._start: tuple[int, int] | None = start

    @classmethod
    def plain(cls, value: Plain, text: str, file: str, place: tuple[int, int, int]) -> "ScalarNode":
        """One without quotes, on one line; `place` is that line and where it begins and ends there."""
        node: ScalarNode = _NEW(cls)
        node.value = value
        node.text = text
        node.is_quoted = False
        node.offsets = None
        node._file = file
        node._line, node._column, node._end_column = place
        node._end_line = node._line
        node._start = None
        return node

    @property
    def span(self) -> Span:
        """Where it stands, quotes included."""
        return Span(
            file=self._file,
            line=self._line,
            column=self._column,
            end_line=self._end_line,
            end_column=self._end_column,
        )

    @property
    def start(self) -> tuple[int, int]:
        """The line and column of its first character."""
        return (self._line, self._column) if self._start is None else self._start

    def __eq__(self, other: object) -> bool:
        return _parts(self) == _parts(other) if isinstance(other, ScalarNode) else NotImplemented

    def __hash__(self) -> int:
        return hash(_parts(self))

    def __repr__(self) -> str:
        return f"ScalarNode({self.text!r} at {self._file}:{self._line}:{self._column})"


def _parts(node: ScalarNode) -> tuple[object, ...]:
    return (node.value, node.text, node.span, node.is_quoted, node.start, node.offsets)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A sequence in file order."""

    items: tuple["Node", ...]
    span: Span


class MapEntry(NamedTuple):
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
