"""Reads a definition file and parses its text into positioned nodes: the only place that knows the YAML library.

Whatever the bytes and the text are, the answer is a value; nothing about a user's file is raised.
"""

import re
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from salespm_flow.definition import encoding
from salespm_flow.definition.assembly import Assembly
from salespm_flow.definition.findings import error, point, shown
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.definition.syntax_errors import Complaint, translate
from salespm_flow.diagnostics import Bilingual, Diagnostic, in_source_order
from salespm_flow.nouns import dataclass

MAXIMUM_BYTES = 1 << 20

# The C parser is some ten times faster; where the library was built without it, the Python one gives the same events.
_LOADER: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """The text of a file, None where it cannot be used; the findings say why."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseResult:
    """The document of a text, None where so much is wrong that looking further would only mislead."""

    root: MapNode | None
    diagnostics: tuple[Diagnostic, ...]


def read_text(path: Path, file: str | None = None) -> ReadResult:
    """The file's text without a byte order mark; `file` is the name that findings show, else the path itself."""
    name = str(path) if file is None else file
    try:
        # Opening a pipe would wait for a writer for ever; what is not there fails below with its own words.
        if not path.is_file() and path.exists() and not path.is_dir():
            return ReadResult(text=None, diagnostics=(_no_file(name),))
        with path.open("rb") as stream:
            data = stream.read(MAXIMUM_BYTES + 1)
    except (OSError, ValueError) as problem:
        return ReadResult(text=None, diagnostics=(_unreadable(name, problem),))
    if len(data) > MAXIMUM_BYTES:
        return ReadResult(text=None, diagnostics=(_too_large(name),))
    text, findings = encoding.decode(data, name)
    return ReadResult(text=text, diagnostics=findings)


def parse(text: str, file: str) -> ParseResult:
    """The document that `text` holds, with every finding about it in source order."""
    text, findings = encoding.without_mark(text, file)
    refused = _too_large(file) if _is_too_large(text) else encoding.refused_character(text, file)
    if refused is not None:
        return ParseResult(root=None, diagnostics=(*findings, refused))
    assembly = Assembly(text, file)
    try:
        _assemble(text, assembly)
    except yaml.MarkedYAMLError as problem:
        assembly.findings.append(translate(_complaint(problem), file, tuple(_LINE_END.split(text))))
        assembly.is_whole = False
    except (yaml.YAMLError, ValueError) as problem:
        # The Python parser lets ValueError out for an escape past U+10FFFF and for absurd version numbers.
        complaint = Complaint(context="", context_place=None, problem=str(problem), problem_place=None)
        assembly.findings.append(translate(complaint, file, tuple(_LINE_END.split(text))))
        assembly.is_whole = False
    assembly.finish()
    root = _checked_root(assembly, file)
    return ParseResult(root=root, diagnostics=in_source_order((*findings, *assembly.findings)))


def _assemble(text: str, assembly: Assembly) -> None:
    documents = 0
    # The events have both of their marks, which the library's types leave open.
    parser: Any = _LOADER(text)
    following, take_scalar = parser.get_event, assembly.scalar
    try:
        while (event := following()) is not None:
            kind = event.__class__
            # In the order of how many there are; the stream's and documents' ends carry nothing.
            if kind is ScalarEvent:
                take_scalar(event)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                assembly.end(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                assembly.begin(event, is_map=kind is MappingStartEvent, is_flow=bool(event.flow_style))
            elif kind is AliasEvent:
                assembly.alias(event.anchor or "", event)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    assembly.refuse_document(event)
            if assembly.is_stopped:
                return
    finally:
        parser.dispose()


def _checked_root(assembly: Assembly, file: str) -> MapNode | None:
    root = assembly.root
    if isinstance(root, MapNode):
        return root if assembly.is_whole else None
    if assembly.findings:
        return None
    hint = Bilingual("文档以 `salespm: 1` 和 `kind:` 开头", "a document begins with `salespm: 1` and `kind:`")
    if root is None or (isinstance(root, ScalarNode) and root.value is None):
        empty = Bilingual("文件是空的", "the file is empty")
        assembly.findings.append(error("SF107", point(file, 1, 1), empty, hint))
    else:
        message = Bilingual("文档应是若干 `键: 值`", "a document is a map of `key: value` lines")
        assembly.findings.append(error("SF119", root.span, message, hint))
    return None


def _complaint(problem: yaml.MarkedYAMLError) -> Complaint:
    return Complaint(
        context=problem.context or "",
        context_place=_place(problem.context_mark),
        problem=problem.problem or "",
        problem_place=_place(problem.problem_mark),
    )


def _place(mark: yaml.Mark | None) -> tuple[int, int] | None:
    return None if mark is None else (mark.line + 1, mark.column + 1)


def _is_too_large(text: str) -> bool:
    # Lone surrogates have no UTF-8 form; they are refused later, by name.
    return len(text) > MAXIMUM_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES


def _too_large(file: str) -> Diagnostic:
    message = Bilingual(f"文件超过 {MAXIMUM_BYTES // 1024} KiB", f"the file is larger than {MAXIMUM_BYTES // 1024} KiB")
    hint = Bilingual("请拆分成多个文件", "split it into several files")
    return error("SF102", point(file, 1, 1), message, hint)


def _no_file(file: str) -> Diagnostic:
    message = Bilingual(f"{shown(file)} 不是普通文件", f"{shown(file)} is not a regular file")
    return error("SF101", point(file, 1, 1), message)


def _unreadable(file: str, problem: OSError | ValueError) -> Diagnostic:
    match problem:
        case FileNotFoundError():
            message = Bilingual(f"文件 {shown(file)} 不存在", f"the file {shown(file)} does not exist")
        case IsADirectoryError():
            message = Bilingual(f"{shown(file)} 是文件夹，不是文件", f"{shown(file)} is a folder, not a file")
        case PermissionError():
            message = Bilingual(f"没有读取文件 {shown(file)} 的权限", f"no permission to read the file {shown(file)}")
        case OSError():
            reason = problem.strerror or type(problem).__name__
            message = Bilingual(
                f"无法读取文件 {shown(file)}（{reason}）", f"the file {shown(file)} cannot be read ({reason})"
            )
        case _:
            message = Bilingual(f"{shown(file)} 不是有效的文件名", f"{shown(file)} is no valid file name")
    return error("SF101", point(file, 1, 1), message)
