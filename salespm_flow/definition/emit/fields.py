"""Writes fields and records of workflows and references."""

from collections.abc import Iterator, Mapping

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.nodes import MapNode, Node
from salespm_flow.model.fields import EnumOf, Field, FieldType, ListOf, MoneyOf, Record, RefTo, SimpleType

Names = Mapping[str, str]


def fields(declared: Mapping[str, Field], states: Names) -> MapNode:
    """The fields by name; `states` are the written names of the states by path."""
    return leaves.entries((id_, _field(field, states)) for id_, field in declared.items())


def _field(field: Field, states: Names) -> MapNode:
    return leaves.entries(
        (
            *type_keys(field.type),
            ("required", leaves.true_if(field.is_required)),
            ("default", leaves.literal(field.default, field.type)),
            ("min", leaves.literal(field.minimum, field.type)),
            ("max", leaves.literal(field.maximum, field.type)),
            ("by", leaves.parties(field.by)),
            ("editable_in", _editable_in(field.editable_in, states)),
            ("formula", leaves.expression(field.formula)),
            ("title", leaves.title(field.title, field.id)),
        )
    )


def type_keys(type_: FieldType) -> Iterator[tuple[str, Node | None]]:
    """The keys that declare a type."""
    match type_:
        case ListOf(item=item):
            yield "type", leaves.text("list")
            for key, node in type_keys(item):
                yield "of" if key == "type" else key, node
        case SimpleType(scalar=scalar):
            yield "type", leaves.text(scalar.value)
        case MoneyOf(currency=currency):
            yield "type", leaves.text("money")
            yield "currency", leaves.text(currency)
        case RefTo(reference=reference):
            yield "type", leaves.text("ref")
            yield "to", leaves.text(reference)
        case EnumOf(values=values):
            yield "type", leaves.text("enum")
            yield "values", leaves.titles(values)


def _editable_in(paths: tuple[str, ...] | None, states: Names) -> Node | None:
    return leaves.names(states[path] for path in paths or ())


def records(declared: Mapping[str, Record], states: Names) -> MapNode | None:
    """The records by name, nothing where there are none."""
    return leaves.section((id_, _record(record, states)) for id_, record in declared.items())


def _record(record: Record, states: Names) -> MapNode:
    return leaves.entries(
        (
            ("title", leaves.title(record.title, record.id)),
            ("key", None if record.key is None else leaves.text(record.key)),
            ("by", leaves.parties(record.by)),
            ("editable_in", _editable_in(record.editable_in, states)),
            ("fields", fields(record.fields, states)),
        )
    )
