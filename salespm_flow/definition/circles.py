"""Finds decision tables that come back to themselves through the tables they call. Knows no files."""

from collections.abc import Iterator, Mapping

from salespm_flow.definition.findings import error, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.expr.syntax import Call, walk
from salespm_flow.model.tables import TABLE, DecisionTable, called_tables, expressions_in, tables_behind


def check_circle(table: DecisionTable, tables: Mapping[str, DecisionTable]) -> Iterator[Diagnostic]:
    """The calls of the table that lead back to it, each told where it stands: such a call would never end."""
    for name in called_tables(table, table.source):
        behind = {one.id for one in tables_behind((name,), tables)}
        if table.id not in behind:
            continue
        message = Bilingual(
            f"决策表 {shown(table.id)} 经由 {shown(name)} 又调用自己",
            f"The decision table {shown(table.id)} calls itself through {shown(name)}",
        )
        for expression in expressions_in(table):
            calls = (node.function for node, _ in walk(expression.node) if isinstance(node, Call))
            if f"{TABLE}.{name}" in calls:
                yield error("SF406", expression.place, message)
