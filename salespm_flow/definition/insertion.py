"""Puts one entry into the text of a definition and touches nothing else: comments, order and style stay as they are.

Works on text and places alone; whether what comes out makes sense is for whoever loads it.
"""

from collections.abc import Sequence

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.definition.writer import WIDTH, text_of, write, write_flow
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError

_STEP = 2


def inserted(text: str, path: Sequence[str], value: Node) -> str:
    """The text with `value` under the keys of `path`; of the maps on the way those that are missing are made.

    Raises:
        InputError: something stands there already, or what is on the way is no map.
    """
    root = parse(text, "").root
    if root is None:
        raise _refused(path)
    node, known = root, 0
    while known < len(path) and path[known] in node.entries:
        inner = node.entries[path[known]].value
        if not isinstance(inner, MapNode) or known == len(path) - 1:
            raise _refused(path)
        node, known = inner, known + 1
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    rest = path[known:]
    if _is_flow(node, lines):
        return _into_flow(lines, node, rest, value)
    column = next(iter(node.entries.values())).key.span.column - 1
    after = _last_line(node, lines)
    lines.insert(after, "".join(_nested(rest, value, column)))
    return "".join(lines)


def raised(text: str) -> str:
    """The text with the next version in its header."""
    root = parse(text, "").root
    entry = None if root is None else root.entries.get("version")
    if entry is None or not isinstance(entry.value, ScalarNode) or not entry.value.text.isdecimal():
        raise _refused(("version",))
    span = entry.value.span
    lines = text.splitlines(keepends=True)
    line = lines[span.line - 1]
    lines[span.line - 1] = f"{line[: span.column - 1]}{int(entry.value.text) + 1}{line[span.end_column - 1 :]}"
    return "".join(lines)


def _refused(path: Sequence[str]) -> InputError:
    place = ".".join(path)
    return InputError(
        Bilingual(f"无法写入 {place}：那里已有内容", f"cannot write {place}: something stands there already"),
        Bilingual("换一个规则名称，或手工修改该文件", "take another name for the rule, or edit the file by hand"),
    )


def _nested(path: Sequence[str], value: Node, column: int) -> list[str]:
    *outer, last = path
    lines = [f"{' ' * (column + _STEP * depth)}{text_of(key)}:\n" for depth, key in enumerate(outer)]
    indent = " " * (column + _STEP * len(outer))
    entry = MapNode(entries={last: MapEntry(key=leaves.text(last), value=value)}, span=leaves.NOWHERE)
    told = write(entry).splitlines(keepends=True)
    if len(told) > 1 and len(line := f"{text_of(last)}: {write_flow(value)}\n") + len(indent) <= WIDTH:
        told = [line]
    return [*lines, *(f"{indent}{line}" for line in told)]


def _into_flow(lines: list[str], node: MapNode, path: Sequence[str], value: Node) -> str:
    written = write_flow(value)
    for depth, key in enumerate(reversed(path)):
        written = f"{text_of(key)}: {written}" if depth == 0 else f"{text_of(key)}: {{{written}}}"
    row, column = node.span.end_line - 1, node.span.end_column - 2  # the closing brace
    line = lines[row]
    before = line[:column].rstrip()
    comma = ", " if node.entries and not before.endswith(",") else ""
    lines[row] = f"{before}{comma}{written}{line[column:]}"
    return "".join(lines)


def _is_flow(node: MapNode | ListNode, lines: Sequence[str]) -> bool:
    return lines[node.span.line - 1][node.span.column - 1] in "{["


def _last_line(node: Node, lines: Sequence[str]) -> int:
    """The line, counted from 1, on which the node ends; what follows it there or below is no part of it."""
    match node:
        case MapNode(entries=entries) if entries and not _is_flow(node, lines):
            return _last_line(list(entries.values())[-1].value, lines)
        case ListNode(items=items) if items and not _is_flow(node, lines):
            return _last_line(items[-1], lines)
        case _:
            span = node.span
            return span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else span.end_line
