"""Fields that nothing reads and that have no title either, so that people cannot be meant to read them."""

from collections.abc import Iterator

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.inspection import Inspection, finding


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What neither expressions nor people read."""
    used = inspection.names_read | _required(inspection) | inspection.surroundings.names_used(inspection.workflow.id)
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
