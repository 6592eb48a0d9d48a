"""`status --all`: every field, record, task, risk, clock and child of a project."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.commands.standing import Standing
from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.model.project import Clock, Task

HEADINGS: Final = {
    "fields": Bilingual("字段", "Fields"),
    "records": Bilingual("记录", "Records"),
    "approvals": Bilingual("待审批", "Pending approvals"),
    "tasks": Bilingual("未完成的任务", "Open tasks"),
    "risks": Bilingual("未关闭的风险", "Open risks"),
    "clocks": Bilingual("计时", "Clocks"),
    "children": Bilingual("子项目", "Child projects"),
    "moves": Bilingual("可请求的转移", "Moves"),
}


def full_lines(session: Session, standing: Standing) -> Iterator[str]:
    """The lines, section by section; those without content are left out."""
    from salespm_flow.cli.render import Ink

    yield from _head(session, standing)
    sections = {
        "fields": _fields(session, standing),
        "records": _records(session, standing),
        "approvals": _approvals(session, standing),
        "tasks": _tasks(session, standing),
        "risks": _risks(session, standing),
        "clocks": _clocks(session, standing),
        "children": _children(session, standing),
        "moves": _moves(session, standing),
    }
    for name, lines in sections.items():
        body = list(lines)
        if body:
            yield ""
            yield session.palette.paint(session.of(HEADINGS[name]), Ink.STRONG)
            yield from (f"  {line}" for block in body for line in block.splitlines())


def _head(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.changes import outcome_text, state_text
    from salespm_flow.cli.commands.status_brief import overrides_text
    from salespm_flow.cli.render import Ink, pairs
    from salespm_flow.cli.values import moment, percent

    project, workflow, palette = standing.project, standing.compiled.workflow, session.palette
    title = f"{session.of(workflow.title)} {workflow.id} v{workflow.version}"
    yield f"{palette.paint(project.id, Ink.NAME)}  {title}"
    rows = [(session.text("状态", "State"), palette.paint(state_text(session, workflow, project), Ink.STRONG))]
    chances = [workflow.states[leaf].probability for leaf in project.leaves]
    chance = next((one for one in chances if one is not None), None)
    if chance is not None:
        rows.append((session.text("成功率", "Probability"), percent(chance)))
    if project.outcome is not None:
        rows.append((session.text("结果", "Outcome"), outcome_text(session, project.outcome)))
    rows.append((session.text("负责人", "Owner"), project.owner))
    rows.append((session.text("开始", "Opened"), moment(session, project.opened_at)))
    if project.closed_at is not None:
        rows.append((session.text("关闭", "Closed"), moment(session, project.closed_at)))
    if project.parent is not None:
        rows.append((session.text("来自项目", "Parent"), f"{project.parent.project} ({project.parent.link})"))
    if standing.overrides:
        rows.append((session.text("越权", "Overrides"), overrides_text(session, standing)))
    rows.append((session.text("修订", "Revision"), str(project.revision)))
    yield pairs(rows, palette)


def _fields(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.render import pairs
    from salespm_flow.cli.values import shown

    declared = standing.compiled.workflow.fields
    rows = [
        (f"{session.of(declared[name].title)} ({name})", shown(session, value, declared[name].type))
        for name, value in standing.fields.items()
        if value is not None
    ]
    if rows:
        yield pairs(rows, session.palette)


def _records(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import shown
    from salespm_flow.engine.context import rows_of

    workflow, project = standing.compiled.workflow, standing.project
    for name, rows in project.records.items():
        record = workflow.records.get(name)
        if record is None or not rows:
            continue
        yield f"{session.of(record.title)} ({name})"
        newest = rows_of(record, rows, project.id, standing.compiled.references)
        columns = [field for field in record.fields.values() if any(row[field.id] is not None for row in newest)]
        cells = [[shown(session, row[field.id], field.type) for field in columns] for row in newest]
        yield _indented(table([session.of(field.title) for field in columns], cells, session.palette))


def _tasks(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.commands.task_list import checked
    from salespm_flow.cli.render import Ink, table
    from salespm_flow.cli.values import NOTHING, moment, party

    def title(task: "Task") -> str:
        told = session.of(task.title) + checked(task)
        stands = session.text(f"（受阻：{task.blocked}）", f" (blocked: {task.blocked})") if task.blocked else ""
        return told + session.palette.paint(stands, Ink.BAD)

    rows = [
        (
            task.id,
            title(task),
            party(session, task.who),
            NOTHING if task.due_at is None else moment(session, task.due_at),
        )
        for task in standing.project.tasks.values()
        if task.is_open
    ]
    if rows:
        header = (session.text("编号", "Id"), session.text("任务", "Task"), session.text("谁", "Who"))
        yield table((*header, session.text("期限", "Due")), rows, session.palette)


def _approvals(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING, moment, party
    from salespm_flow.model.statuses import ApprovalStatus

    separator = session.text("、", ", ")
    rows = [
        (
            request.id,
            session.of(request.title),
            separator.join(party(session, who) for who in request.approvers),
            request.requester,
            moment(session, request.requested_at),
            NOTHING if request.due_at is None else moment(session, request.due_at),
        )
        for request in standing.project.approvals.values()
        if request.status is ApprovalStatus.PENDING
    ]
    if rows:
        header = (session.text("编号", "Id"), session.text("审批", "Approval"), session.text("审批人", "Approvers"))
        since = (session.text("申请人", "Asked by"), session.text("申请于", "Since"), session.text("期限", "Due"))
        yield table((*header, *since), rows, session.palette)


def _risks(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.changes import risk_text
    from salespm_flow.cli.values import moment, party
    from salespm_flow.model.statuses import RiskStatus

    for risk in standing.project.risks.values():
        if risk.status is RiskStatus.OPEN:
            parts = [risk_text(session, risk), f"→ {party(session, risk.owner)}"]
            if risk.response is not None:
                parts.append(f"{session.text('应对：', 'response: ')}{session.of(risk.response)}")
            if risk.due_at is not None:
                parts.append(f"{session.text('期限 ', 'due ')}{moment(session, risk.due_at)}")
            yield "  ".join(parts)


def _clocks(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.changes import clock_text
    from salespm_flow.cli.render import pairs

    rows = [(clock_text(session, clock.id), _due(session, clock)) for clock in standing.project.clocks.values()]
    if rows:
        yield pairs(rows, session.palette)


def _due(session: Session, clock: "Clock") -> str:
    from salespm_flow.cli.values import NOTHING, moment

    if clock.due_at is not None:
        refused = (
            session.text("（被拒绝，变化后重试）", " (refused; tried again after a change)") if clock.is_refused else ""
        )
        return moment(session, clock.due_at) + refused
    is_paused = clock.remaining is not None or clock.remaining_days is not None
    return session.text("暂停中", "paused") if is_paused else NOTHING


def _children(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.changes import outcome_text

    for link, born in standing.children.items():
        title = session.of(standing.compiled.workflow.links[link].title)
        for child in born:
            outcome = "" if child.outcome is None else f" [{outcome_text(session, child.outcome)}]"
            yield f"{title} {child.id}{session.colon}{child.state}{outcome}"


def _moves(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.commands.status_brief import stranger_text
    from salespm_flow.cli.render import Ink

    by_name = {state.name: state for state in standing.compiled.workflow.states.values()}
    palette = session.palette
    if standing.stranger is not None:
        yield palette.paint(stranger_text(session, standing.stranger), Ink.WARNING)
    for move in standing.moves_of_others:
        mark = palette.paint("✓", Ink.GOOD) if move.is_possible else palette.paint("✗", Ink.BAD)
        targets = session.text("、", ", ").join(session.of(by_name[name].title) for name in move.targets)
        arrow = f" → {targets}" if targets else ""
        why = "" if move.is_possible else f"  ({', '.join(dict.fromkeys(reason.id for reason in move.reasons))})"
        if move.is_possible and move.approvals:
            waits = ", ".join(approval.id for approval in move.approvals)
            why = session.text(f"  （须审批：{waits}）", f"  (needs approval: {waits})")
        yield f"{mark} {move.transition} {session.of(move.title)}{arrow}{palette.paint(why, Ink.FAINT)}"


def _indented(block: str) -> str:
    return "\n".join(f"  {line}" for line in block.splitlines())
