"""Which figures a KPI reads, what makes its groups, and in which order figures can be worked out. Knows no values."""

from collections.abc import Iterable, Mapping
from typing import Final

from salespm_flow.expr.syntax import Name, Node, Path, walk
from salespm_flow.expr.types import RefType, Typed
from salespm_flow.model.library import Library
from salespm_flow.model.rules import Computed, Kpi

FIGURE: Final = "kpi"


def kpis_read(kpi: Kpi) -> tuple[str, ...]:
    """The ids of the figures that the KPI's formulas read, each once."""
    nodes = (node for expression in kpi.formulas.values() for node, _ in walk(expression.node))
    found = (
        node.field for node in nodes if isinstance(node, Path) and isinstance(node.of, Name) and node.of.name == FIGURE
    )
    return tuple(dict.fromkeys(found))


def kpis_behind(name: str, library: Library) -> frozenset[str]:
    """The ids of all figures that the named one reads, or they in turn."""
    every = {kpi.id: kpi for kpis in library.kpi_sets.values() for kpi in kpis.kpis.values()}
    found: set[str] = set()
    pending = [name]
    while pending:
        kpi = every.get(pending.pop())
        for read in () if kpi is None else kpis_read(kpi):
            if read not in found:
                found.add(read)
                pending.append(read)
    return frozenset(found)


def in_reading_order(kpis: Iterable[Kpi]) -> tuple[Kpi, ...]:
    """The KPIs, each after those among them that it reads; those that read each other in a ring come last."""
    waiting = {kpi.id: kpi for kpi in kpis}
    ordered: list[Kpi] = []
    while waiting:
        ready = [kpi for kpi in waiting.values() if waiting.keys().isdisjoint(kpis_read(kpi))]
        for kpi in ready or tuple(waiting.values()):
            ordered.append(kpi)
            del waiting[kpi.id]
    return tuple(ordered)


def grouping_of(kpi: Kpi, columns: Mapping[str, Typed]) -> Node | None:
    """What makes the groups of a KPI over rows of these columns: `by`, else for first wins the only reference.

    None where it has no groups, or where there is no such column.
    """
    if kpi.by is not None:
        return kpi.by.node
    if kpi.computed is not Computed.FIRST_WINS:
        return None
    found = reference_columns_of(columns)
    return Name(name=found[0], start=0, end=0) if len(found) == 1 else None


def reference_columns_of(columns: Mapping[str, Typed]) -> tuple[str, ...]:
    """The columns that refer to a table's rows; not the one that leads to the row's project."""
    return tuple(name for name, typed in columns.items() if isinstance(typed.type, RefType) and name != "project")
