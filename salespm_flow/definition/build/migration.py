"""Builds a migration; whether the versions have the states and fields it names is checked later."""

from collections.abc import Iterator, Mapping

from salespm_flow.definition.build.reader import Findings, Reader, normalise, scalar_of
from salespm_flow.definition.nodes import MapNode, Node, ScalarNode
from salespm_flow.model.migration import Branch, FieldCourse, Filling, Migration
from salespm_flow.model.source import Source


def build_migration(findings: Findings, root: MapNode, source: Source) -> Migration:
    """The migration that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "migration")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    for key in ("workflow", "from", "to"):
        reader.require(key)
    workflow = reader.scalar("workflow")
    if workflow is not None:
        findings.places["workflow"] = workflow
    return Migration(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        workflow="" if workflow is None else workflow.text,
        from_version=reader.integer("from") or 0,
        to_version=reader.integer("to") or 0,
        states={
            normalise(name): tuple(_branches(reader, name, key, node)) for name, key, node in reader.pairs("states")
        },
        fields=_read_fields(reader),
        transitions=_read_renamed(reader, "transitions"),
        timers=_read_renamed(reader, "timers"),
        defaults=_read_defaults(reader),
        span=root.span,
    )


def _branches(reader: Reader, name: str, key: ScalarNode, node: Node) -> Iterator[Branch]:
    """The ways out of a state; one written short is its target alone, null where the projects stay."""
    if _is_null(node):
        yield Branch(to=None, span=key.span)
        return
    if not isinstance(node, MapNode):
        scalar = scalar_of(reader.findings, node)
        if scalar is not None:
            yield Branch(to=_target(reader, name, scalar), span=key.span)
        return
    inner = Reader(reader.findings, node, "migration.branch")
    inner.require("to")
    when, to = inner.expression("when"), inner.node("to")
    if to is not None and _is_null(to):
        yield Branch(to=None, span=key.span, when=when)
    elif to is not None and (scalar := scalar_of(reader.findings, to)) is not None:
        yield Branch(to=_target(reader, name, scalar), span=key.span, when=when)
    otherwise = inner.node("else")
    if otherwise is not None:
        yield from _branches(reader, f"{name}.else", key, otherwise)


def _is_null(node: Node) -> bool:
    """Whether `null` is written: there is no counterpart."""
    return isinstance(node, ScalarNode) and node.value is None and not node.is_quoted


def _target(reader: Reader, name: str, node: ScalarNode) -> str:
    reader.findings.places[f"states.{name}"] = node
    return normalise(node.text)


def _read_fields(reader: Reader) -> Mapping[str, FieldCourse]:
    courses: dict[str, FieldCourse] = {}
    for name, key, node in reader.entries("fields"):
        if _is_null(node):
            courses[name] = FieldCourse(field=name, to=None, span=key.span, values={})
            continue
        if not isinstance(node, MapNode):
            scalar = scalar_of(reader.findings, node)
            if scalar is not None:
                to = _field(reader, name, scalar)
                courses[name] = FieldCourse(field=name, to=to, span=key.span, values={})
            continue
        inner = Reader(reader.findings, node, "migration.field")
        to_node = inner.scalar("to")
        scalars = ((text, scalar_of(reader.findings, value)) for text, _, value in inner.pairs("values"))
        values = {text: scalar.text for text, scalar in scalars if scalar is not None}
        courses[name] = FieldCourse(
            field=name,
            to=name if to_node is None else _field(reader, name, to_node),
            span=key.span,
            values=values,
            value=inner.expression("value"),
        )
    return courses


def _field(reader: Reader, name: str, node: ScalarNode) -> str:
    reader.findings.places[f"fields.{name}"] = node
    return normalise(node.text)


def _read_renamed(reader: Reader, section: str) -> Mapping[str, str]:
    """Older ids with their newer ones."""
    renamed: dict[str, str] = {}
    for name, _, node in reader.entries(section):
        scalar = scalar_of(reader.findings, node)
        if scalar is not None:
            reader.findings.places[f"{section}.{name}"] = scalar
            renamed[name] = normalise(scalar.text)
    return renamed


def _read_defaults(reader: Reader) -> Mapping[str, Filling]:
    fillings: dict[str, Filling] = {}
    for name, key, node in reader.entries("defaults"):
        reader.findings.places[f"defaults.{name}"] = key
        if isinstance(node, MapNode):
            inner = Reader(reader.findings, node, "migration.default")
            inner.require("value")
            value = inner.expression("value")
            if value is not None:
                fillings[name] = Filling(field=name, value=value, span=key.span)
            continue
        scalar = scalar_of(reader.findings, node)
        if scalar is not None:
            fillings[name] = Filling(field=name, value=scalar.text, span=key.span)
    return fillings
