"""The five elements of a sales project: goals, organisation, plan, risks, evaluation. Told where it is asked for."""

from collections.abc import Iterator

from salespm_flow.definition.findings import listed
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.model.workflow import Domain


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """One finding that names what a sales workflow lacks."""
    workflow = inspection.workflow
    uses = workflow.uses
    # One that uses none of them is a list of deals, not a project that is managed.
    if workflow.domain is not Domain.SALES or not (uses.organisation or uses.risks or uses.scorecards):
        return
    has = {
        "goals": bool(uses.goals) or _aims_at_sales(inspection),
        "organisation": inspection.organisation is not None,
        "plan": any(state.tasks or state.sla for state in workflow.states.values()),
        "risks": bool(workflow.uses.risks),
        "evaluation": bool(workflow.uses.scorecards) or _is_measured(inspection),
    }
    missing = [name for name, is_there in has.items() if not is_there]
    if missing:
        names = listed(missing)
        message = Bilingual(f"销售项目缺少要素：{names.zh}", f"A sales project without {names.en}")
        hint = Bilingual(
            "五要素：目标、组织、计划、风险、评价；见 uses 以及状态的 tasks、sla",
            "its elements are goals, organisation, plan, risks, evaluation: see `uses`, `tasks` and `sla`",
        )
        yield finding("SF666", workflow.span, message, hint)


def _aims_at_sales(inspection: Inspection) -> bool:
    """Whether a goal is set for a KPI of some sales workflow: what an overlay changes is sold for the same goals."""
    library = inspection.library
    kpis = {kpi.id: kpi.workflow for kpis in library.kpi_sets.values() for kpi in kpis.kpis.values()}
    goals = (goal for goals in library.goal_sets.values() for goal in goals.goals.values() if goal.kpi is not None)
    aimed = (library.workflows.get(kpis.get(goal.kpi or "") or "") for goal in goals)
    return any(workflow is not None and workflow.domain is Domain.SALES for workflow in aimed)


def _is_measured(inspection: Inspection) -> bool:
    """Whether a KPI counts projects of the workflow."""
    kpis = (kpi for kpis in inspection.library.kpi_sets.values() for kpi in kpis.kpis.values())
    return any(kpi.workflow == inspection.workflow.id for kpi in kpis)
