"""Parameters and conditions that nothing reads: they mean nothing to people either."""

from collections.abc import Iterator

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.inspection import Inspection, finding

_REMOVE = Bilingual("请删除它，或在条件里用它", "remove it, or use it in a condition")


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What nothing reads."""
    workflow = inspection.workflow
    read = inspection.names_read
    for parameter in workflow.parameters.values():
        if parameter.id not in read:
            name = shown(parameter.id)
            message = Bilingual(f"没有表达式用到参数 {name}", f"No expression reads the parameter {name}")
            yield finding("SF631", parameter.span, message, _REMOVE)
    for id_, condition in workflow.conditions.items():
        if id_ not in read:
            message = Bilingual(f"没有表达式用到条件 {shown(id_)}", f"No expression reads the condition {shown(id_)}")
            yield finding("SF631", condition.place, message, _REMOVE)
