"""Builds an import mapping; whether its workflow has the fields and states it names is checked later."""

from collections.abc import Mapping

from salespm_flow.definition.build.reader import Findings, Reader, normalise, scalar_of
from salespm_flow.definition.nodes import MapNode, Node, ScalarNode
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.library import ColumnMapping, Encoding, FileFormat, ImportMapping, Unmapped
from salespm_flow.model.source import Source


def build_mapping(findings: Findings, root: MapNode, source: Source) -> ImportMapping:
    """The mapping that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "mapping")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    for key in ("workflow", "format", "key", "state", "fields"):
        reader.require(key)
    workflow = reader.scalar("workflow")
    if workflow is not None:
        findings.places["workflow"] = workflow
    state_column, state_values = _read_state(reader)
    entered, entered_forms = _read_entered(reader)
    return ImportMapping(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        workflow="" if workflow is None else workflow.text,
        format=reader.choice("format", FileFormat) or FileFormat.CSV,
        key=reader.text("key") or "",
        owner=reader.text("owner"),
        state_column=state_column,
        state_values=state_values,
        fields=_read_columns(reader),
        entered=entered,
        entered_forms=entered_forms,
        unmapped=reader.choice("unmapped", Unmapped) or Unmapped.REPORT,
        as_of=_read_as_of(reader),
        sheet=reader.text("sheet"),
        encoding=reader.choice("encoding", Encoding),
        span=root.span,
    )


def _read_as_of(reader: Reader) -> str | None:
    """The day as it is written, where it is one."""
    return None if reader.literal("as_of", SimpleType(Scalar.DATE)) is None else reader.text("as_of")


def _read_state(reader: Reader) -> tuple[str, Mapping[str, str]]:
    node = reader.node("state")
    if node is None:
        return "", {}
    inner = Reader(reader.findings, node, "mapping.state")
    inner.require("from")
    return inner.text("from") or "", _read_values(inner, "state.values")


def _read_values(reader: Reader, place: str) -> Mapping[str, str]:
    values: dict[str, str] = {}
    for text, _, node in reader.pairs("values"):
        scalar = scalar_of(reader.findings, node)
        if scalar is not None:
            values[text] = scalar.text
            reader.findings.places[f"{place}.{text}"] = scalar
    return values


def _read_columns(reader: Reader) -> Mapping[str, ColumnMapping]:
    columns: dict[str, ColumnMapping] = {}
    for id_, key, node in reader.entries("fields"):
        column = _read_column(reader.findings, (id_, key), node)
        if column is not None:
            columns[id_] = column
    return columns


def _read_column(findings: Findings, named: tuple[str, ScalarNode], node: Node) -> ColumnMapping | None:
    """A column written short is its name alone."""
    id_, key = named
    if not isinstance(node, MapNode):
        scalar = scalar_of(findings, node)
        return None if scalar is None else ColumnMapping(field=id_, column=scalar.text, values={}, span=key.span)
    reader = Reader(findings, node, "mapping.column")
    reader.require("from")
    column, values, form = reader.text("from"), _read_values(reader, f"fields.{id_}.values"), reader.text("format")
    return (
        None if column is None else ColumnMapping(field=id_, column=column, values=values, format=form, span=key.span)
    )


def _read_entered(reader: Reader) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The columns by state, and their forms where they have one; a column written short is its name alone."""
    columns: dict[str, str] = {}
    forms: dict[str, str] = {}
    for written, key, node in reader.pairs("entered"):
        state = normalise(written)
        if isinstance(node, MapNode):
            inner = Reader(reader.findings, node, "mapping.moment")
            inner.require("from")
            column, form = inner.text("from"), inner.text("format")
            if form is not None:
                forms[state] = form
        else:
            scalar = scalar_of(reader.findings, node)
            column = None if scalar is None else scalar.text
        if column is not None:
            columns[state] = column
            reader.findings.places[f"entered.{state}"] = key
    return columns, forms
