"""Builds positioned nodes from a stream of YAML events, within limits; knows no parser and no document kinds.

Nodes are built straight from events, without recursion, so that no input can exhaust the stack or the memory: a limit
ends the assembly (`is_stopped`) at the event that exceeds it.
"""

import unicodedata
from dataclasses import field, replace
from typing import NamedTuple, Protocol

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


class Mark(Protocol):
    """A place in a text, counted from 0."""

    @property
    def line(self) -> int:
        """The line."""

    @property
    def column(self) -> int:
        """The character of the line."""

    @property
    def index(self) -> int:
        """The character of the text."""


class Stretch(Protocol):
    """Something between two places, the second exclusive."""

    @property
    def start_mark(self) -> Mark:
        """Where it begins."""

    @property
    def end_mark(self) -> Mark:
        """Where it ends."""


class Part(Stretch, Protocol):
    """A value, with what stands before it: an anchor and a tag, None where there is none."""

    @property
    def anchor(self) -> str | None:
        """The name that aliases know it by."""

    @property
    def tag(self) -> str | None:
        """What it says it is."""


class ScalarPart(Part, Protocol):
    """A scalar; `style` is its first character (a quote, `|` or `>`), a plain one has none."""

    @property
    def value(self) -> str:
        """What it reads as."""

    @property
    def style(self) -> str | None:
        """How it is written."""


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet. `key` is None while a map waits for its next key."""

    begin: Mark
    end: Mark
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

    def scalar(self, part: ScalarPart) -> None:
        """Takes a scalar."""
        self._nodes += 1
        if self._nodes > MAXIMUM_NODES:
            self._stop(refusals.too_many_values(self._span(part), MAXIMUM_NODES))
            return
        text, anchor = part.value, part.anchor
        if text and not part.style and anchor is None and part.tag is None:
            # Nearly all of them, and most of what a document is made of.
            begin, end = part.start_mark, part.end_mark
            line = begin.line
            value = scalars.resolve(text)
            if line == end.line and not isinstance(value, scalars.OutOfRange):
                place = (line + 1, begin.column + 1, end.column + 1)
                self._add_plain(ScalarNode.plain(value, text, self._file, place))
                return
        elif not text and not part.style:
            self._check_tag(part)
            if part.start_mark.index == part.end_mark.index and self._is_flow_value():
                self._refuse_missing_value()
                return
        else:
            self._check_tag(part)
        node = self._odd_scalar(part)
        if anchor is not None:
            self._anchors[anchor] = _Anchored(node, 1, 0)
        self._add(node, 1, 0)

    def begin(self, part: Part, *, is_map: bool, is_flow: bool) -> None:
        """Opens a collection."""
        if len(self._open) >= MAXIMUM_DEPTH:
            self._stop(refusals.too_deep(self._span(part), MAXIMUM_DEPTH))
            return
        self._nodes += 1
        if self._nodes > MAXIMUM_NODES:
            self._stop(refusals.too_many_values(self._span(part), MAXIMUM_NODES))
            return
        self._check_tag(part)
        self._open.append(_Open(part.start_mark, part.end_mark, part.anchor, is_map, is_flow))

    def end(self, stretch: Stretch) -> None:
        """Closes the collection opened last."""
        closing = self._open.pop()
        node = self._collection(closing, stretch.end_mark)
        if closing.anchor is not None:
            self._anchors[closing.anchor] = _Anchored(node, closing.size, closing.height)
        self._add(node, closing.size, closing.height)

    def alias(self, anchor: str, stretch: Stretch) -> None:
        """Puts the anchored node in once more; what stands behind aliases counts against the limits each time."""
        self._aliases += 1
        known = self._anchors.get(anchor)
        size = known.size if known is not None else 1
        self._aliased_nodes += size
        if self._aliases > MAXIMUM_ALIASES or self._aliased_nodes > MAXIMUM_ALIASED_NODES:
            self._stop_at_aliases(stretch)
        elif known is None:
            self._refuse_alias(anchor, stretch)
        elif len(self._open) + known.height > MAXIMUM_DEPTH:
            self._stop(refusals.too_deep(self._span(stretch), MAXIMUM_DEPTH))
        else:
            self._add(known.node, known.size, known.height)

    def refuse_document(self, stretch: Stretch) -> None:
        """Ends the assembly: a second document begins."""
        self._stop(refusals.second_document(self._span(stretch)))

    def finish(self) -> None:
        """Reports what is said once per document."""
        if self._merge_keys:
            self.findings.append(refusals.merge_keys(self._merge_keys))

    # Limits

    def _stop_at_aliases(self, stretch: Stretch) -> None:
        if self._merge_keys:
            # Merging is what the aliases are for, so saying that it is not accepted says enough.
            self.is_stopped, self.is_whole = True, False
        else:
            self._stop(refusals.too_many_aliases(self._span(stretch), MAXIMUM_ALIASES, MAXIMUM_ALIASED_NODES))

    def _stop(self, found: Diagnostic) -> None:
        self.findings.append(found)
        self.is_stopped = True
        self.is_whole = False

    # What the language leaves out of YAML

    def _refuse_alias(self, anchor: str, stretch: Stretch) -> None:
        is_inside_itself = any(collection.anchor == anchor for collection in self._open)
        found = refusals.alias_unknown(self._span(stretch), anchor, is_inside_itself=is_inside_itself)
        self.findings.append(found)
        self.is_whole = False
        span = self._span(stretch)
        node = ScalarNode(value=None, text="", span=span, is_quoted=False, start=(span.line, span.column))
        self._add(node, 1, 0)

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
        return collection.is_map and collection.is_flow and not _waits_for_key(collection)

    def _add(self, node: Node, size: int, height: int) -> None:
        if not self._open:
            self.root = node
            return
        collection = self._open[-1]
        collection.size += size
        if height >= collection.height:
            collection.height = height + 1
        if not collection.is_map:
            collection.items.append(node)
        elif collection.key is None and not collection.is_key_refused:
            self._add_key(collection, node)
        else:
            self._add_value(collection, node)

    def _add_plain(self, node: ScalarNode) -> None:
        """As `_add`, for the plain scalars that most nodes are."""
        if not self._open:
            self.root = node
            return
        collection = self._open[-1]
        collection.size += 1
        if not collection.is_map:
            collection.items.append(node)
        elif (key := collection.key) is not None:
            collection.key = None
            name = key.text
            if name in collection.entries or not name.isascii():
                collection.key = key
                self._add_value(collection, node)
            else:
                collection.entries[name] = MapEntry(key, node)
        elif node.text != MERGE_KEY and not collection.is_key_refused:
            collection.key = node
        else:
            self._add(node, 0, 0)

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

    def _collection(self, closing: _Open, end: Mark) -> Node:
        line, column = end.line + 1, end.column + 1
        if not closing.is_flow:
            # A block collection ends, for the parser, where the next token begins: lines below its last value.
            last = next(reversed(closing.entries.values())).value if closing.entries else None
            last = closing.items[-1] if closing.items else last
            if last is not None:
                span = last.span
                line, column = span.end_line, span.end_column
            else:
                line, column = closing.end.line + 1, closing.end.column + 1
        begin = closing.begin
        span = Span(file=self._file, line=begin.line + 1, column=begin.column + 1, end_line=line, end_column=column)
        if closing.is_map:
            return MapNode(entries=closing.entries, span=span)
        return ListNode(items=tuple(closing.items), span=span)

    def _odd_scalar(self, part: ScalarPart) -> ScalarNode:
        """The node of a scalar that may be quoted, named, tagged or empty."""
        span, text, style = self._span(part), part.value, part.style or ""
        if style == '"' and holds_refused_character(text):
            text = self._without_refused(text, span)
        value: Plain = text
        if not style and part.tag is None:
            read = scalars.resolve(text)
            value = self._refuse_number(span, text) if isinstance(read, scalars.OutOfRange) else read
        start, offsets = (span.line, span.column), None
        if style or span.line != span.end_line or part.anchor is not None or part.tag is not None:
            start, offsets = self._lines.places(text, style, part.start_mark.index)
        if style in ("|", ">"):
            last = offsets[-1] if offsets else (start[0], start[1] + max(len(text), 1) - 1)
            span = self._span_of_block(span, last) if text else self._span_of_block(span, (span.line, span.column))
        return ScalarNode(value=value, text=text, span=span, is_quoted=bool(style), start=start, offsets=offsets)

    def _check_tag(self, part: Part) -> None:
        if part.tag is not None:
            self.findings.append(refusals.tagged(self._span(part), part.tag))

    def _refuse_number(self, span: Span, text: str) -> int:
        self.findings.append(refusals.number_out_of_range(span, text, scalars.MAXIMUM_DIGITS))
        # Any number will do: the definition cannot run, and a number spares a second finding about the type.
        return 1

    def _without_refused(self, text: str, span: Span) -> str:
        self.findings.append(refusals.control_escaped(span))
        return "".join(character for character in text if not holds_refused_character(character))

    def _span(self, stretch: Stretch) -> Span:
        begin, end = stretch.start_mark, stretch.end_mark
        return Span(
            file=self._file,
            line=begin.line + 1,
            column=begin.column + 1,
            end_line=end.line + 1,
            end_column=end.column + 1,
        )

    def _span_of_block(self, span: Span, last: Place) -> Span:
        """The span of a block scalar up to its last character; the parser ends it where the next token begins."""
        line, column = last
        return Span(file=span.file, line=span.line, column=span.column, end_line=line, end_column=column + 1)


def _waits_for_key(collection: _Open) -> bool:
    return collection.is_map and collection.key is None and not collection.is_key_refused


def _has_open_bracket(text: str) -> bool:
    return sum(map(text.count, "([{")) > sum(map(text.count, ")]}"))
