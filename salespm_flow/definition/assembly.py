"""Builds positioned nodes from a stream of YAML events, within limits; knows no parser and no document kinds.

Nodes are built straight from events, without recursion, so that no input can exhaust the stack or the memory: a limit
ends the assembly (`is_stopped`) at the event that exceeds it.
"""

import unicodedata
from dataclasses import field, replace
from typing import NamedTuple

from salespm_flow.definition import refusals, scalars
from salespm_flow.definition.encoding import holds_refused_character
from salespm_flow.definition.lines import Place, SourceLines
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, Plain, ScalarNode
from salespm_flow.diagnostics import Diagnostic, Span
from salespm_flow.nouns import dataclass

MAXIMUM_DEPTH = 64
MAXIMUM_NODES = 100_000
MAXIMUM_ALIASES = 100
MAXIMUM_ALIASED_NODES = 10_000

MERGE_KEY = "<<"


class Extent(NamedTuple):
    """Where an event stands: lines and columns count from 1, offsets from 0, ends are exclusive."""

    line: int
    column: int
    offset: int
    end_line: int
    end_column: int
    end_offset: int


class Properties(NamedTuple):
    """What stands before a value: an anchor and a tag, None where there is none."""

    anchor: str | None
    tag: str | None


NOWHERE = Extent(1, 1, 0, 1, 1, 0)
NO_PROPERTIES = Properties(None, None)


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet. `key` is None while a map waits for its next key."""

    extent: Extent
    anchor: str | None
    is_map: bool
    is_flow: bool
    size: int = 1
    height: int = 1
    key: ScalarNode | None = None
    is_key_refused: bool = False
    cut: Place | None = None
    entries: dict[str, MapEntry] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)

    @property
    def waits_for_key(self) -> bool:
        return self.is_map and self.key is None and not self.is_key_refused


class _Anchored(NamedTuple):
    """An anchored node with the number of nodes in it and how deep they nest."""

    node: Node
    size: int
    height: int


class Assembly:
    """The nodes of one document so far. Feed it events in order; then read `root` and `findings`."""

    def __init__(self, source: str, file: str) -> None:
        self.root: Node | None = None
        self.findings: list[Diagnostic] = []
        self.is_stopped = False
        self.is_whole = True
        self._lines = SourceLines(source)
        self._file = file
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = 0
        self._aliases = 0
        self._aliased_nodes = 0
        self._merge_keys: list[Span] = []

    def scalar(self, text: str, style: str, extent: Extent, properties: Properties) -> None:
        """Takes a scalar; `style` is its first character (a quote, `|` or `>`), empty for a plain one."""
        if not self._counts(extent):
            return
        if properties.tag is not None:
            self.findings.append(refusals.tagged(self._span(extent), properties.tag))
        if not text and not style and extent.offset == extent.end_offset and self._is_flow_value():
            self._refuse_missing_value()
            return
        node = self._scalar_node(text, style, extent, properties)
        if properties.anchor is not None:
            self._anchors[properties.anchor] = _Anchored(node, 1, 0)
        self._add(node, 1, 0)

    def begin(self, extent: Extent, properties: Properties, *, is_map: bool, is_flow: bool) -> None:
        """Opens a collection."""
        if len(self._open) >= MAXIMUM_DEPTH:
            self._stop(refusals.too_deep(self._span(extent), MAXIMUM_DEPTH))
        if self.is_stopped or not self._counts(extent):
            return
        if properties.tag is not None:
            self.findings.append(refusals.tagged(self._span(extent), properties.tag))
        self._open.append(_Open(extent, properties.anchor, is_map, is_flow))

    def end(self, extent: Extent) -> None:
        """Closes the collection opened last."""
        closing = self._open.pop()
        node = self._collection(closing, extent)
        if closing.anchor is not None:
            self._anchors[closing.anchor] = _Anchored(node, closing.size, closing.height)
        self._add(node, closing.size, closing.height)

    def alias(self, anchor: str, extent: Extent) -> None:
        """Puts the anchored node in once more; what stands behind aliases counts against the limits each time."""
        self._aliases += 1
        known = self._anchors.get(anchor)
        size = known.size if known is not None else 1
        self._aliased_nodes += size
        if self._aliases > MAXIMUM_ALIASES or self._aliased_nodes > MAXIMUM_ALIASED_NODES:
            self._stop_at_aliases(extent)
        elif known is None:
            self._refuse_alias(anchor, extent)
        elif len(self._open) + known.height > MAXIMUM_DEPTH:
            self._stop(refusals.too_deep(self._span(extent), MAXIMUM_DEPTH))
        else:
            self._add(known.node, known.size, known.height)

    def refuse_document(self, extent: Extent) -> None:
        """Ends the assembly: a second document begins."""
        self._stop(refusals.second_document(self._span(extent)))

    def finish(self) -> None:
        """Reports what is said once per document."""
        if self._merge_keys:
            self.findings.append(refusals.merge_keys(self._merge_keys))

    # Limits

    def _counts(self, extent: Extent) -> bool:
        self._nodes += 1
        if self._nodes <= MAXIMUM_NODES:
            return True
        self._stop(refusals.too_many_values(self._span(extent), MAXIMUM_NODES))
        return False

    def _stop_at_aliases(self, extent: Extent) -> None:
        if self._merge_keys:
            # Merging is what the aliases are for, so saying that it is not accepted says enough.
            self.is_stopped, self.is_whole = True, False
        else:
            self._stop(refusals.too_many_aliases(self._span(extent), MAXIMUM_ALIASES, MAXIMUM_ALIASED_NODES))

    def _stop(self, found: Diagnostic) -> None:
        self.findings.append(found)
        self.is_stopped = True
        self.is_whole = False

    # What the language leaves out of YAML

    def _refuse_alias(self, anchor: str, extent: Extent) -> None:
        is_inside_itself = any(collection.anchor == anchor for collection in self._open)
        found = refusals.alias_unknown(self._span(extent), anchor, is_inside_itself=is_inside_itself)
        self.findings.append(found)
        self.is_whole = False
        self._add(self._scalar_node("", "", extent, NO_PROPERTIES), 1, 0)

    def _refuse_missing_value(self) -> None:
        collection = self._open[-1]
        key = collection.key
        collection.key = None
        if key is None:
            collection.is_key_refused = False
            return
        whole = self._rejoined(collection, key)
        found = refusals.value_missing(key.span, key.text, whole)
        if whole is not None and collection.cut == whole.start:
            # Two commas in one expression are one thing that is wrong; it now ends later.
            self.findings[-1] = replace(self.findings[-1], fix=found.fix)
        else:
            self.findings.append(found)
        collection.cut = None if whole is None else whole.start

    def _rejoined(self, collection: _Open, key: ScalarNode) -> ScalarNode | None:
        """A value cut in two by a comma, as in `{a: f(x, 1)}`, has its end back, so that no other finding follows.

        None where the key before it was no such value.
        """
        if not collection.entries:
            return None
        name, entry = next(reversed(collection.entries.items()))
        cut = entry.value
        if not isinstance(cut, ScalarNode) or cut.is_quoted or not _has_open_bracket(cut.text):
            return None
        span = Span(
            file=self._file,
            line=cut.span.line,
            column=cut.span.column,
            end_line=key.span.end_line,
            end_column=key.span.end_column,
        )
        text = self._lines.between((span.line, span.column), (span.end_line, span.end_column))
        whole = ScalarNode(value=text, text=text, span=span, is_quoted=False, start=cut.start)
        collection.entries[name] = MapEntry(key=entry.key, value=whole)
        return whole

    # Nodes

    def _is_flow_value(self) -> bool:
        if not self._open:
            return False
        collection = self._open[-1]
        return collection.is_map and collection.is_flow and not collection.waits_for_key

    def _add(self, node: Node, size: int, height: int) -> None:
        if not self._open:
            self.root = node
            return
        collection = self._open[-1]
        collection.size += size
        collection.height = max(collection.height, height + 1)
        if not collection.is_map:
            collection.items.append(node)
        elif collection.waits_for_key:
            self._add_key(collection, node)
        else:
            self._add_value(collection, node)

    def _add_key(self, collection: _Open, node: Node) -> None:
        if isinstance(node, ScalarNode) and (node.text != MERGE_KEY or node.is_quoted):
            collection.key = node
            return
        collection.is_key_refused = True
        if isinstance(node, ScalarNode):
            self._merge_keys.append(node.span)
            self.is_whole = False
            return
        self.findings.append(refusals.key_no_text(node.span))

    def _add_value(self, collection: _Open, node: Node) -> None:
        key, collection.key = collection.key, None
        collection.is_key_refused = False
        if key is None:
            return
        name = key.text if key.text.isascii() else unicodedata.normalize("NFC", key.text)
        first = collection.entries.get(name)
        if first is None:
            collection.entries[name] = MapEntry(key=key, value=node)
        else:
            self.findings.append(refusals.key_repeated(key.span, name, first.key.span))

    def _collection(self, closing: _Open, extent: Extent) -> Node:
        begin = closing.extent
        end_line, end_column = extent.end_line, extent.end_column
        if not closing.is_flow:
            # A block collection ends, for the parser, where the next token begins: lines below its last value.
            last = next(reversed(closing.entries.values())).value if closing.entries else None
            last = closing.items[-1] if closing.items else last
            if last is not None:
                end_line, end_column = last.span.end_line, last.span.end_column
            else:
                end_line, end_column = begin.end_line, begin.end_column
        span = Span(file=self._file, line=begin.line, column=begin.column, end_line=end_line, end_column=end_column)
        if closing.is_map:
            return MapNode(entries=closing.entries, span=span)
        return ListNode(items=tuple(closing.items), span=span)

    def _scalar_node(self, text: str, style: str, extent: Extent, properties: Properties) -> ScalarNode:
        span = self._span(extent)
        if style == '"' and holds_refused_character(text):
            text = self._without_refused(text, span)
        value = text if style or properties.tag is not None else self._resolved(text, span)
        start, offsets = (extent.line, extent.column), None
        if style or extent.line != extent.end_line or properties != NO_PROPERTIES:
            start, offsets = self._lines.places(text, style, extent.offset)
        if style in ("|", ">"):
            last = offsets[-1] if offsets else (start[0], start[1] + max(len(text), 1) - 1)
            span = self._span_of_block(span, last) if text else self._span_of_block(span, (span.line, span.column))
        return ScalarNode(value=value, text=text, span=span, is_quoted=bool(style), start=start, offsets=offsets)

    def _resolved(self, text: str, span: Span) -> Plain:
        value = scalars.resolve(text)
        if not isinstance(value, scalars.OutOfRange):
            return value
        self.findings.append(refusals.number_out_of_range(span, text, scalars.MAXIMUM_DIGITS))
        # Any number will do: the definition cannot run, and a number spares a second finding about the type.
        return 1

    def _without_refused(self, text: str, span: Span) -> str:
        self.findings.append(refusals.control_escaped(span))
        return "".join(character for character in text if not holds_refused_character(character))

    def _span(self, extent: Extent) -> Span:
        return Span(
            file=self._file,
            line=extent.line,
            column=extent.column,
            end_line=extent.end_line,
            end_column=extent.end_column,
        )

    def _span_of_block(self, span: Span, last: Place) -> Span:
        """The span of a block scalar up to its last character; the parser ends it where the next token begins."""
        line, column = last
        return Span(file=span.file, line=span.line, column=span.column, end_line=line, end_column=column + 1)


def _has_open_bracket(text: str) -> bool:
    return sum(map(text.count, "([{")) > sum(map(text.count, ")]}"))
