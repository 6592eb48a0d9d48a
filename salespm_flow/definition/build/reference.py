"""Builds a reference table without its rows: `tables` reads those."""

from dataclasses import dataclass

from salespm_flow.definition.build.fields import FieldOwner, read_fields
from salespm_flow.definition.build.reader import Findings, Reader, normalise
from salespm_flow.definition.nodes import MapNode
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.syntax import KEYWORDS
from salespm_flow.model.library import Reference
from salespm_flow.model.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """Where a reference's rows stand, relative to its document, and where the document says so."""

    path: str
    span: Span


def build_reference(findings: Findings, root: MapNode, source: Source) -> tuple[Reference, TableFile | None]:
    """The reference that the document writes, with no rows yet, and the file that holds them."""
    reader = Reader(findings, root, "reference")
    for name in ("salespm", "kind", "id", "version"):
        reader.node(name)
    for name in ("key", "fields", "source"):
        reader.require(name)
    owner = FieldOwner(pointer="reference.field", place="fields", path_of=lambda _: None, reserved=KEYWORDS)
    fields = read_fields(reader, owner)
    keys = reader.names("key")
    for key in keys:
        if normalise(key.text) not in fields:
            findings.unknown("SF315", Bilingual("键列", "key column"), key, fields)
    file = reader.scalar("source")
    reference = Reference(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        key=tuple(normalise(key.text) for key in keys),
        fields=fields,
        rows={},
        span=root.span,
    )
    return reference, None if file is None else TableFile(path=file.text, span=file.span)
