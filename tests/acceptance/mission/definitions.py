"""The shipped definitions with one node taken out: what is left of them, read in the process, without a copy on disk.

A node is named by the id of its document and the keys on the way to it, `pm_lifecycle/states/closed`; the last word may
also be an item of a list, `sales_pipeline/states/market_research/exit/require/market_notes`. A map or list that loses
its last entry goes with it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import Draft, draft_of, find_files, read_draft
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.diagnostics import Diagnostic, Severity, Span
from salespm_flow.model.library import Library
from salespm_flow.model.zones import zone_named

ROOT = shipped_definitions()
SETTINGS = """\
salespm: 1
kind: workspace
id: mission
version: 1
currency: CNY
timezone: Asia/Shanghai
calendar: cn_office
rates: exchange_rates
definitions: ["{folder}"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """A library, and the errors that keep documents out of it."""

    library: Library
    errors: tuple[Diagnostic, ...]


class Shipped:
    """All shipped files, each read once; a library is put together from those that are asked for."""

    def __init__(self, folder: Path) -> None:
        (folder / "salespm.yaml").write_text(SETTINGS.format(folder=ROOT.as_posix()), encoding="utf-8")
        loaded = load(folder)
        assert loaded.errors == ()
        self.workspace = loaded.library.workspace
        self.zone = zone_named(self.workspace.timezone)
        self.drafts: Mapping[str, Draft] = {path.stem: self._read(path) for path in find_files(ROOT)}

    def _read(self, path: Path) -> Draft:
        return read_draft(path, path.relative_to(ROOT.parent).as_posix(), self.zone)

    def definitions(self, documents: Collection[str], without: str = "") -> Definitions:
        """What the documents define together, `without` a node of one of them."""
        name, _, path = without.partition("/")
        chosen = {one: self.drafts[one] for one in documents}
        if name:
            chosen[name] = self._mutilated(self.drafts[name], path.split("/"))
        collected = collect(tuple(chosen.values()), self.workspace, self.zone)
        errors = tuple(found for found in collected.diagnostics if found.severity is Severity.ERROR)
        return Definitions(library=collected.library, errors=errors)

    def _mutilated(self, draft: Draft, keys: list[str]) -> Draft:
        assert draft.text is not None
        text = without(draft.text, keys)
        return draft_of(text, (draft.path, draft.file), self.zone)


def without(text: str, keys: list[str]) -> str:
    """The document's text without the node that the keys lead to.

    Raises:
        KeyError: There is no such node.
    """
    root = _parsed(text)
    trail = list(_trail(root, keys))
    # What holds nothing else goes too: an empty map would be a mistake of another kind.
    while len(trail) > 1 and _size(trail[-1][0]) == 1:
        trail.pop()
    return _cut(text, trail[-1][1])


@cache
def _parsed(text: str) -> MapNode:
    root = parse(text, "document").root
    assert root is not None
    return root


def _size(parent: Node) -> int:
    match parent:
        case MapNode(entries=entries):
            return len(entries)
        case ListNode(items=items):
            return len(items)
        case _:
            return 0


def _trail(root: Node, keys: list[str]) -> Iterator[tuple[Node, Span]]:
    """Each step to the node: what holds it, and where it stands with its key."""
    here = root
    for key in keys:
        match here:
            case MapNode(entries=entries) if key in entries:
                entry = entries[key]
                yield here, _from_to(entry.key.span, entry.value.span)
                here = entry.value
            case ListNode(items=items):
                item = next((one for one in items if isinstance(one, ScalarNode) and one.text == key), None)
                if item is None:
                    raise KeyError("/".join(keys))
                yield here, item.span
                here = item
            case _:
                raise KeyError("/".join(keys))


def _from_to(start: Span, end: Span) -> Span:
    return Span(file=start.file, line=start.line, column=start.column, end_line=end.end_line, end_column=end.end_column)


def _cut(text: str, span: Span) -> str:
    """The text without what stands at the span, and without the comma that set it apart."""
    lines = text.splitlines(keepends=True)
    before = "".join(lines[: span.line - 1]) + lines[span.line - 1][: span.column - 1]
    after = lines[span.end_line - 1][span.end_column - 1 :] + "".join(lines[span.end_line :])
    if before.rpartition("\n")[2].strip() == "":
        # An entry of a block: its lines go whole.
        return before.rpartition("\n")[0] + "\n" + after.partition("\n")[2]
    if (comma := re.match(r"\s*,\s*", after)) is not None:
        return before + after[comma.end() :]
    return re.sub(r",\s*$", "", before) + after
