"""Parts of a project's report about its work: tasks, approvals, standing risks."""

from collections.abc import Iterable, Iterator

from salespm_flow.engine.measure.portfolio import RiskLine, model_of
from salespm_flow.model.project import ApprovalRequest, Risk, Task
from salespm_flow.report.management.lines import risk_table
from salespm_flow.report.management.page import Cell, Section
from salespm_flow.report.management.project_told import ROWS, ToldProject
from salespm_flow.report.management.risk_parts import matrix_section, risk_note
from salespm_flow.report.management.words import APPROVAL_STATUSES, TASK_STATUSES
from salespm_flow.report.values import NOTHING
from salespm_flow.rules.risk_matrix import matrix_of


def work_sections(told: ToldProject) -> Iterator[Section]:
    """The tasks, what is still to be done first, and the approvals; each only where there are any."""
    text, project, now = told.sheet.text, told.project, told.sheet.inquiry.at
    tasks = sorted(project.tasks.values(), key=lambda task: (not task.is_open, task.due_at or now, task.id))
    if tasks:
        rows = tuple(_task(told, task) for task in tasks)
        heads = (text("任务", "Task"), text("谁做", "Who"), text("期限", "Due"), text("状况", "Status"))
        yield told.listed("tasks", text("任务", "Tasks"), heads, rows)
    if project.approvals:
        rows = tuple(_approval(told, one) for one in reversed(tuple(project.approvals.values())))
        heads = (
            text("审批", "Approval"),
            text("申请人", "Asked by"),
            text("申请日", "Asked on"),
            text("状况", "Status"),
        )
        yield told.listed("approvals", text("审批", "Approvals"), heads, rows)


def _task(told: ToldProject, task: Task) -> tuple[Cell, ...]:
    sheet = told.sheet
    is_late = task.is_open and task.due_at is not None and task.due_at < sheet.inquiry.at
    due = sheet.day(task.due_at)
    return (
        Cell(sheet.of(task.title)),
        Cell(sheet.party(task.who)),
        Cell(due, told.note if due != NOTHING else "", "bad" if is_late else ""),
        Cell(sheet.of(TASK_STATUSES[task.status.value])),
    )


def _approval(told: ToldProject, one: ApprovalRequest) -> tuple[Cell, ...]:
    sheet = told.sheet
    return (
        Cell(sheet.of(one.title)),
        Cell(one.requester),
        Cell(sheet.day(one.requested_at), told.note),
        Cell(sheet.of(APPROVAL_STATUSES[one.status.value])),
    )


def risk_sections(told: ToldProject) -> Iterator[Section]:
    """The matrix of each model that judges a standing risk, and these risks; nothing without any."""
    models = {one.model.id: one.model for one in told.compiled.risks}
    risks = [risk for risk in told.project.risks.values() if risk.is_standing]
    if not models or not risks:
        return
    note = risk_note(told.sheet, len(risks))
    for name, model in models.items():
        own = [(told.project.id, risk) for risk in risks if model_of(risk, models).id == name]
        if own:
            yield matrix_section(told.sheet, name, matrix_of(model, own), note)
    yield _risk_list(told, risks, note)


def _risk_list(told: ToldProject, risks: Iterable[Risk], note: str) -> Section:
    models = {one.model.id: one.model for one in told.compiled.risks}
    lines = []
    for risk in sorted(risks, key=lambda one: (-one.score, one.id)):
        ranks = [level.id for level in model_of(risk, models).levels]
        rank = ranks.index(risk.level) if risk.level in ranks else 0
        lines.append(RiskLine(project=told.project.id, risk=risk, rank=rank, levels=len(ranks)))
    title = told.sheet.text("风险", "Risks")
    table = risk_table(told.sheet, title, lines[:ROWS], note, count=len(lines))
    return Section(id="risk-list", title=title, blocks=(table,))
