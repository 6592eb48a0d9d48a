"""`status`: where a project stands, or stood at an earlier time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import option, project_argument, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import UnknownNameError

if TYPE_CHECKING:
    from datetime import datetime

    from salespm_flow.engine.compiled import Compiled
    from salespm_flow.engine.offers import Offer
    from salespm_flow.expr.values import Value
    from salespm_flow.model.project import Clock, Project, Task

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that is shown of a project; `fields` holds the computed ones too, `moves` is empty for the past."""

    project: "Project"
    compiled: "Compiled"
    fields: "Mapping[str, Value]"
    children: "Mapping[str, tuple[Project, ...]]"
    moves: "tuple[Offer, ...]"


def run(session: Session, project: str, *, as_of: str | None) -> int:
    """The project's standing is told."""
    from salespm_flow.cli.lookup import find_project
    from salespm_flow.cli.output import write_json, write_text

    found = find_project(session, project)
    standing = _standing(session, found.id, None if as_of is None else session.moment(as_of))
    if session.is_json:
        write_json(_answer(standing))
    else:
        write_text("\n".join(_lines(session, standing)))
    return 0


def _standing(session: Session, project: str, as_of: "datetime | None") -> Standing:
    from salespm_flow.engine.context import Names, View
    from salespm_flow.engine.draft import draft_of
    from salespm_flow.engine.offers import offers

    snapshot, compiled = session.runner.snapshot(project)
    now = session.now if as_of is None else as_of
    if as_of is not None:
        then = session.runner.as_of(project, as_of)
        if then is None:
            raise UnknownNameError(
                Bilingual(f"项目 {project} 在那时还不存在", f"the project {project} did not exist yet at that time"),
                Bilingual("见 history", "see its history"),
            )
        snapshot = replace(snapshot, project=then)
    moment = max(now, snapshot.project.updated_at)
    draft = draft_of(snapshot.project, moment)
    names = Names(View(compiled=compiled, draft=draft, snapshot=snapshot, actor=session.actor, now=moment))
    return Standing(
        project=snapshot.project,
        compiled=compiled,
        fields={name: names[name] for name in compiled.workflow.fields},
        children=snapshot.children if as_of is None else {},
        moves=offers(compiled, snapshot, session.actor, now) if as_of is None else (),
    )


# ------------------------------------------------------------------------------------------------------------ JSON


def _answer(standing: Standing) -> dict[str, object]:
    from salespm_flow.cli.changes_json import clock_answer, risk_answer, row_answer, task_answer
    from salespm_flow.cli.why import move_answer
    from salespm_flow.engine.answers import approval_answer, iso, plain, project_answer

    project = standing.project
    ended = project.closed_at
    return {
        "status": "ok",
        **project_answer(project, standing.compiled.workflow),
        "digest": project.pin.digest,
        "opened_at": iso(project.opened_at),
        "updated_at": iso(project.updated_at),
        "closed_at": None if ended is None else iso(ended),
        "parent": None if project.parent is None else project.parent.project,
        "fields": {name: plain(value) for name, value in standing.fields.items()},
        "records": {name: [row_answer(row) for row in rows] for name, rows in project.records.items()},
        "approvals": [approval_answer(request) for request in project.approvals.values()],
        "tasks": [task_answer(task) for task in project.tasks.values()],
        "risks": [risk_answer(risk) for risk in project.risks.values()],
        "clocks": [clock_answer(clock) for clock in project.clocks.values()],
        "pending": list(project.pending),
        "children": {link: [child.id for child in born] for link, born in standing.children.items()},
        "moves": [move_answer(move) for move in standing.moves],
    }


# ------------------------------------------------------------------------------------------------------------ text


def _lines(session: Session, standing: Standing) -> Iterator[str]:
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
    from salespm_flow.cli.render import Ink, table
    from salespm_flow.cli.task_list import checked
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
    from salespm_flow.model.project import ApprovalStatus

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
    from salespm_flow.model.project import RiskStatus

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
    for link, born in standing.children.items():
        title = session.of(standing.compiled.workflow.links[link].title)
        for child in born:
            outcome = "" if child.outcome is None else f" [{child.outcome.value}]"
            yield f"{title} {child.id}: {child.state}{outcome}"


def _moves(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.render import Ink

    by_name = {state.name: state for state in standing.compiled.workflow.states.values()}
    palette = session.palette
    for move in standing.moves:
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


COMMAND: Final = BilingualCommand(
    "status",
    Bilingual(
        "查看项目的状态、字段、记录、任务、风险、计时和可请求的转移。",
        "Shows a project's state, fields, records, tasks, risks, clocks and the moves it has.",
    ),
    (
        project_argument(),
        option("as_of", "--as-of", Bilingual("查看当时的状态", "Show it as it stood then"), metavar="TIME"),
        *shared_options(),
    ),
    run,
)
