"""Which figures a KPI reads, and in which order figures can be worked out. Knows no values."""

from collections.abc import Iterable
from typing import Final

from salespm_flow.expr.syntax import Name, Path, walk
from salespm_flow.model.library import Library
from salespm_flow.model.rules import Kpi

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
