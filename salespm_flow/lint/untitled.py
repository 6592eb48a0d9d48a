"""Fields that nothing reads and that have no title either, so that people cannot be meant to read them."""

from collections.abc import Iterator

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.expr.syntax import Name, Path, walk
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.model.tables import expressions_in


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What neither expressions nor people read."""
    used = inspection.names_read | _required(inspection) | _elsewhere(inspection)
    for field in inspection.workflow.fields.values():
        if field.id not in used and field.title.zh == field.title.en == field.id:
            name = shown(field.id)
            message = Bilingual(
                f"字段 {name} 没有标题，也没有用到", f"The field {name} has no title, and nothing reads it"
            )
            hint = Bilingual("写 title，或删除它", "give it a `title`, or remove it")
            yield finding("SF632", field.span, message, hint)


def _required(inspection: Inspection) -> frozenset[str]:
    gates = (need.name for gate in inspection.gates() for need in gate.require)
    fields = (field.id for field in inspection.workflow.fields.values() if field.is_required)
    return frozenset((*gates, *fields))


def _elsewhere(inspection: Inspection) -> frozenset[str]:
    """Names that parents fill or read, KPIs read, or imports fill."""
    library, own = inspection.library, inspection.workflow.id
    carried = (
        name
        for other in library.workflows.values()
        for link in other.links.values()
        if link.workflow == own
        for name in link.carry
    )
    kpis = (kpi for kpis in library.kpi_sets.values() for kpi in kpis.kpis.values() if kpi.workflow == own)
    nodes = [node for kpi in kpis for expression in expressions_in(kpi) for node, _ in walk(expression.node)]
    read = (node.field if isinstance(node, Path) else node.name for node in nodes if isinstance(node, Name | Path))
    imported = (name for mapping in library.mappings.values() if mapping.workflow == own for name in mapping.fields)
    family = (
        node.field
        for other in library.workflows.values()
        if other.links
        for expression in expressions_in(other)
        for node, _ in walk(expression.node)
        if isinstance(node, Path)
    )
    return frozenset((*carried, *read, *imported, *family))
