"""The matrix of a risk model has no holes. That steps rise and levels join is told where the model is read."""

from collections.abc import Iterator, Sequence

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.model.rules import RiskModel


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What is wrong with the scales of the models that the workflow uses."""
    for name in inspection.workflow.uses.risks:
        model = inspection.library.risk_models.get(name)
        if model is not None:
            yield from _scales(model)


def _scales(model: RiskModel) -> Iterator[Diagnostic]:
    for scale, steps in (("probability", tuple(model.probabilities)), ("impact", tuple(model.impacts))):
        missing = _holes(steps)
        if missing:
            numbers = ", ".join(str(step) for step in missing)
            message = Bilingual(
                f"{shown(model.id)} 的 {scale} 量表缺少 {numbers}",
                f"The {scale} scale of {shown(model.id)} lacks {numbers}",
            )
            hint = Bilingual("补上这些级别", "write these steps too")
            yield finding("SF660", model.span, message, hint)


def _holes(steps: Sequence[int]) -> tuple[int, ...]:
    return tuple(step for step in range(1, max(steps, default=0)) if step not in steps)
