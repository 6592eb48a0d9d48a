"""Writes decision tables: columns, and one line of cells per rule."""

from collections.abc import Iterator

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.emit.fields import type_keys
from salespm_flow.definition.nodes import ListNode, MapNode, Node
from salespm_flow.model.expression import Expression
from salespm_flow.model.tables import DecisionTable, TableInput, TableOutput, TableRule

Pairs = Iterator[tuple[str, Node | None]]


def decision_table(document: DecisionTable) -> Pairs:
    """The keys of the document after its header."""
    yield "hit", leaves.text(document.hit.value)
    yield "aggregate", None if document.aggregate is None else leaves.text(document.aggregate.value)
    yield "parameters", leaves.parameters(document.parameters)
    yield "inputs", leaves.section((id_, _input(one)) for id_, one in document.inputs.items())
    yield "outputs", leaves.entries((id_, _output(one)) for id_, one in document.outputs.items())
    yield "rules", leaves.entries((id_, _rule(rule, document)) for id_, rule in document.rules.items())


def _input(column: TableInput) -> MapNode:
    bounds: Pairs = iter(())
    if column.type is not None:
        bounds = iter(
            (
                ("min", leaves.literal(column.minimum, column.type)),
                ("max", leaves.literal(column.maximum, column.type)),
            )
        )
    return leaves.entries(
        (
            *(() if column.type is None else type_keys(column.type)),
            *bounds,
            ("formula", leaves.expression(column.formula)),
            ("title", leaves.title(column.title, column.id)),
        )
    )


def _output(column: TableOutput) -> MapNode:
    items = tuple(leaves.literal(value, column.type) or leaves.text("") for value in column.order)
    return leaves.entries(
        (
            *type_keys(column.type),
            ("default", leaves.literal(column.default, column.type)),
            ("order", ListNode(items=items, span=leaves.NOWHERE) if items else None),
            ("title", leaves.title(column.title, column.id)),
        )
    )


def _rule(rule: TableRule, table: DecisionTable) -> MapNode:
    return leaves.entries(
        (
            *((name, leaves.expression(test)) for name, test in rule.tests.items()),
            *((name, _answer(rule, name, table)) for name in rule.answers),
            ("message", leaves.title(rule.message)),
            ("annotations", leaves.section((name, leaves.text(text)) for name, text in rule.annotations.items())),
        )
    )


def _answer(rule: TableRule, name: str, table: DecisionTable) -> Node | None:
    answer = rule.answers[name]
    if isinstance(answer, Expression):
        return leaves.entries((("formula", leaves.expression(answer)),))
    return leaves.literal(answer, table.outputs[name].type)
