"""Says of names that an expression does not know which workflows do: whoever writes them often means another one.

Knows findings, texts and what is defined; judges nothing anew.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import Workflow

_UNKNOWN_NAME = "SF202"
# How many workflows are named.
_MOST = 3
_FIELD = Bilingual("字段", "field")
_RECORD = Bilingual("记录", "record")


def with_owners(found: Iterable[Diagnostic], texts: Mapping[str, str], library: Library) -> tuple[Diagnostic, ...]:
    """The findings; where a name is unknown that is a field or record of other workflows, the hint names these."""
    return tuple(_told(one, texts, library) if one.code == _UNKNOWN_NAME else one for one in found)


def _told(found: Diagnostic, texts: Mapping[str, str], library: Library) -> Diagnostic:
    name = _written(found.span, texts.get(found.span.file, ""))
    owners = tuple(_owners(name, library)) if name else ()
    if not owners:
        return found
    listed = ", ".join(workflow.id for workflow in owners[:_MOST])
    more = len(owners) > _MOST
    kind = _FIELD if any(name in workflow.fields for workflow in owners) else _RECORD
    zh = f"`{name}` 是流程 {listed} {'等' if more else ''}的{kind.zh}，这里的表达式看不到它"
    en = f"`{name}` is a {kind.en} of the workflow {listed}{', …' if more else ''}, which this expression does not see"
    hint = Bilingual(zh, en)
    if found.hint is not None:
        hint = Bilingual(f"{hint.zh}；{found.hint.zh}", f"{hint.en}; {found.hint.en}")
    return replace(found, hint=hint)


def _owners(name: str, library: Library) -> Iterator[Workflow]:
    return (one for one in library.workflows.values() if name in one.fields or name in one.records)


def _written(span: Span, text: str) -> str:
    """The name that stands at the span, of a path the last one; nothing where it goes over several lines."""
    lines = text.splitlines()
    if span.line != span.end_line or not 0 < span.line <= len(lines):
        return ""
    return lines[span.line - 1][span.column - 1 : span.end_column - 1].rpartition(".")[2].strip()
