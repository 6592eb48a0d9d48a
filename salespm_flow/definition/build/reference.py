"""Builds a reference table without its rows: `tables` reads those."""

from collections.abc import Mapping
from typing import Final

from salespm_flow.definition.build.fields import FieldOwner, read_fields
from salespm_flow.definition.build.reader import Findings, Reader, normalise, scalar_of
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import MapNode
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.syntax import KEYWORDS
from salespm_flow.model.fields import Field, ListOf, Scalar, SimpleType
from salespm_flow.model.library import Encoding, Reference
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass

_TEXT: Final = SimpleType(Scalar.TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """Where a reference's rows stand, relative to its document, and where the document says so and each alias."""

    path: str
    span: Span
    aliases: Mapping[str, Span]


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
    aliases, places = _read_aliases(reader)
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
        aliases=aliases,
        alias_columns=_read_alias_columns(reader, fields),
        sheet=reader.text("sheet"),
        encoding=reader.choice("encoding", Encoding),
    )
    return reference, None if file is None else TableFile(path=file.text, span=file.span, aliases=places)


def _read_aliases(reader: Reader) -> tuple[Mapping[str, str], Mapping[str, Span]]:
    aliases: dict[str, str] = {}
    places: dict[str, Span] = {}
    for alias, key, node in reader.pairs("aliases"):
        scalar = scalar_of(reader.findings, node)
        if scalar is not None:
            aliases[alias], places[alias] = scalar.text, key.span
    return aliases, places


def _read_alias_columns(reader: Reader, fields: Mapping[str, Field]) -> tuple[str, ...]:
    columns = reader.names("alias_columns")
    for column in columns:
        field = fields.get(normalise(column.text))
        if field is None:
            reader.findings.unknown("SF315", Bilingual("别名列", "alias column"), column, fields)
        elif field.type not in {_TEXT, ListOf(_TEXT)}:
            message = Bilingual(
                f"别名列 {shown(field.id)} 应为文本或文本列表", f"The alias column {shown(field.id)} must hold text"
            )
            reader.findings.error("SF359", message, column.span)
    return tuple(normalise(column.text) for column in columns)
