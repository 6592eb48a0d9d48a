"""What happened in one decision, as lines for a person. Knows no storage."""

from collections.abc import Iterable, Iterator
from typing import Final

from salespm_flow.cli.context import Session
from salespm_flow.cli.render import Ink
from salespm_flow.cli.values import moment, party, shown
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.model.history import (
    ApprovalChanged,
    Change,
    Closed,
    FieldSet,
    Migrated,
    Moved,
    Noted,
    OutboxItem,
    OutboxKind,
    OutcomeReached,
    OwnerChanged,
    RiskChanged,
    RowAdded,
    TaskChanged,
)
from salespm_flow.model.project import ApprovalRequest, Ballot, Project, Risk, Row, Task, Verdict
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus, TaskStatus
from salespm_flow.model.workflow import Outcome, Workflow
from salespm_flow.report.management.words import OUTCOMES

LEVELS_THAT_ALARM: Final = frozenset({"high", "extreme"})
CLOCK_PARTS: Final = {
    "sla.warn": Bilingual("时限预警", "SLA warning"),
    "sla.breach": Bilingual("超出时限", "SLA breach"),
    "timer": Bilingual("定时", "timer"),
    "approval": Bilingual("审批期限", "approval due"),
}
TOPICS: Final = {
    "note": Bilingual("备注", "note"),
    "sent": Bilingual("发出消息", "message sent"),
    "unheard": Bilingual("无人处理的消息", "nobody hears"),
    "awaited": Bilingual("已在等待审批的消息", "already waits for approval"),
    "unsent": Bilingual("消息未发出", "message not sent"),
    "refused": Bilingual("被拒绝", "refused"),
    "risk.review": Bilingual("风险待复核", "risk to be reviewed"),
    "acceptance.late": Bilingual("风险的接受逾期未批", "acceptance of a risk overdue"),
    "issue.late": Bilingual("问题逾期未解决", "issue not resolved in time"),
    **CLOCK_PARTS,
}
OBSTACLES: Final = {
    "receiver": Bilingual("没有收件人", "there is nobody to hear it"),
    "hops": Bilingual("转发次数太多", "passed on too often"),
}


def change_lines(session: Session, workflow: Workflow, changes: Iterable[Change]) -> Iterator[str]:
    """One line for each change that a person asks about; the engine's own bookkeeping is left out."""
    for change in changes:
        line = _line(session, workflow, change)
        if line:
            yield line


def outbox_lines(session: Session, items: Iterable[OutboxItem]) -> Iterator[str]:
    """One line for each message or notice."""
    for item in items:
        if item.kind is OutboxKind.NOTICE:
            title = item.name if item.title is None else session.of(item.title)
            yield _labelled(session, Bilingual("通知", "notice"), f"{party(session, item.to)}{session.colon}{title}")
        else:
            yield _labelled(session, Bilingual("消息", "message"), f"{item.name} → {item.to}")


def state_text(session: Session, workflow: Workflow, project: Project) -> str:
    """Where the project stands: the titles of its active leaves with their names."""
    states = [workflow.states[leaf] for leaf in project.leaves]
    return session.text("、", ", ").join(f"{session.of(state.title)} ({state.name})" for state in states)


def outcome_text(session: Session, outcome: Outcome) -> str:
    """The outcome in words, coloured by success."""
    return session.palette.paint(session.of(OUTCOMES[outcome.value]), Ink.GOOD if outcome.is_success else Ink.BAD)


def clock_text(session: Session, clock: str) -> str:
    """What a clock is, in words."""
    for prefix, words in CLOCK_PARTS.items():
        if clock.startswith(f"{prefix}."):
            return f"{session.of(words)} {clock.removeprefix(f'{prefix}.')}"
    return clock


def level_words(session: Session, risk: Risk) -> str:
    """The title of the risk's level, by the workspace's models."""
    from salespm_flow.model.risk_levels import level_title

    return session.of(level_title(risk.level, risk.rule, session.library.risk_models))


def risk_text(session: Session, risk: Risk) -> str:
    """A risk's title, level and score."""
    level = f"{level_words(session, risk)} {risk.score}"
    ink = Ink.BAD if risk.level in LEVELS_THAT_ALARM else Ink.WARNING
    return f"{session.of(risk.title)} [{session.palette.paint(level, ink)}]"


def _line(session: Session, workflow: Workflow, change: Change) -> str:  # noqa: C901, PLR0911 -- one arm for each kind
    match change:
        case Moved():
            return _move(session, workflow, change)
        case FieldSet(field=name, value=value):
            return _labelled(session, Bilingual("字段", "field"), _field(session, workflow, name, value))
        case RowAdded(record=record, row=row):
            return _labelled(session, Bilingual("记录", "record"), _row(session, workflow, record, row))
        case TaskChanged(task=task):
            return _task(session, task)
        case RiskChanged(risk=risk):
            return _risk(session, risk)
        case ApprovalChanged(approval=request):
            return approval_text(session, request)
        case OwnerChanged(owner=owner):
            return _labelled(session, Bilingual("负责人", "owner"), owner)
        case OutcomeReached(outcome=outcome):
            return _labelled(session, Bilingual("结果", "outcome"), outcome_text(session, outcome))
        case Closed():
            return _labelled(session, Bilingual("项目", "project"), session.text("已关闭", "closed"))
        case Noted():
            return _note(session, change)
        case Migrated():
            return _migration(session, workflow, change)
        case _:
            return ""


def _migration(session: Session, workflow: Workflow, change: Migrated) -> str:
    former, pin = change.former.version, change.pin.version
    states = [workflow.states[path] for path in change.leaves]
    where = session.text("、", ", ").join(f"{session.of(state.title)} ({state.name})" for state in states)
    gone = session.text("、", ", ").join(f"{name} = {shown(session, value)}" for name, value in change.dropped.items())
    told = session.text(f"第 {former} 版 → 第 {pin} 版", f"version {former} → {pin}")
    left = session.text(f"；移除 {gone}", f"; removed {gone}") if gone else ""
    arrived = session.palette.paint(where, Ink.STRONG)
    return _labelled(session, Bilingual("迁移", "migration"), f"{told}{session.colon}{arrived}{left}")


def _move(session: Session, workflow: Workflow, moved: Moved) -> str:
    names = [f"{session.of(workflow.transitions[name].title)} ({name})" for name in moved.transitions]
    states = [workflow.states[path] for path in moved.entered if not workflow.states[path].children]
    where = session.text("、", ", ").join(f"{session.of(state.title)} ({state.name})" for state in states)
    arrow = f" → {session.palette.paint(where, Ink.STRONG)}" if where else ""
    how = " + ".join(names) if names else session.text("开始", "start")
    waived = session.text("、", ", ").join(moved.waived)
    aside = session.text(f"，越权：{waived}", f"; overridden: {waived}") if waived else ""
    return _labelled(session, Bilingual("转移", "move"), how + arrow + session.palette.paint(aside, Ink.WARNING))


def _field(session: Session, workflow: Workflow, name: str, value: Value) -> str:
    field = workflow.fields.get(name)
    if field is None:
        return name
    return f"{session.of(field.title)} ({name}) = {shown(session, value, field.type)}"


def _row(session: Session, workflow: Workflow, record: str, row: Row) -> str:
    declared = workflow.records.get(record)
    if declared is None:
        return record
    cells = [
        f"{session.of(declared.fields[name].title)} {shown(session, value, declared.fields[name].type)}"
        for name, value in row.values.items()
        if name in declared.fields and value is not None
    ]
    return f"{session.of(declared.title)} #{row.number}{session.colon}{session.text('，', ', ').join(cells)}"


def _task(session: Session, task: Task) -> str:
    title = f"{session.of(task.title)} ({task.id})"
    match task.status:
        case TaskStatus.OPEN:
            due = "" if task.due_at is None else session.text("，期限 ", ", due ") + moment(session, task.due_at)
            ticked = [item for item in task.checklist if item.is_done]
            boxes = f" [{len(ticked)}/{len(task.checklist)}]" if ticked else ""
            return _labelled(session, Bilingual("任务", "task"), f"{title} → {party(session, task.who)}{due}{boxes}")
        case TaskStatus.BLOCKED:
            return _labelled(session, Bilingual("任务受阻", "task blocked"), f"{title}{session.colon}{task.blocked}")
        case TaskStatus.DONE:
            return _labelled(session, Bilingual("完成任务", "task done"), title)
        case TaskStatus.VOID:
            return _labelled(session, Bilingual("取消任务", "task void"), title)


VERDICTS: Final = {Verdict.APPROVE: Bilingual("同意", "approves"), Verdict.REJECT: Bilingual("拒绝", "rejects")}


def approval_text(session: Session, request: ApprovalRequest) -> str:
    """An approval request: what of it has just changed, as far as its own value tells."""
    title = f"{session.of(request.title)} ({request.id})"
    ballot = request.ballots[-1] if request.ballots else None
    match request.status:
        case ApprovalStatus.PENDING if request.escalated_at and (ballot is None or ballot.at < request.escalated_at):
            return _labelled(
                session,
                Bilingual("审批升级", "approval escalated"),
                f"{title} → {party(session, request.escalated_to)}",
            )
        case ApprovalStatus.PENDING if ballot is not None:
            told = f"{title}{session.colon}{ballot_text(session, ballot)}"
            return _labelled(session, Bilingual("审批意见", "verdict"), told)
        case ApprovalStatus.PENDING:
            approvers = session.text("、", ", ").join(party(session, who) for who in request.approvers)
            due = "" if request.due_at is None else session.text("，期限 ", ", due ") + moment(session, request.due_at)
            return _labelled(session, Bilingual("等待审批", "waits for approval"), f"{title} → {approvers}{due}")
        case ApprovalStatus.APPROVED:
            return _labelled(session, Bilingual("审批通过", "approved"), title)
        case ApprovalStatus.REJECTED:
            return _labelled(session, Bilingual("审批被拒", "rejected"), title)
        case ApprovalStatus.VOID:
            return _labelled(session, Bilingual("审批作废", "approval void"), title)
        case ApprovalStatus.USED:
            return ""  # the move itself tells


def ballot_text(session: Session, ballot: Ballot) -> str:
    """Who said what, and in whose place."""
    who = f"{ballot.by} ({ballot.role})" if ballot.role else ballot.by
    stead = session.text(f"（代 {ballot.acting_for}）", f" (for {ballot.acting_for})") if ballot.acting_for else ""
    words = f"{who}{stead} {session.of(VERDICTS[ballot.verdict])}"
    return f"{words} “{ballot.comment}”" if ballot.comment else words


def _risk(session: Session, risk: Risk) -> str:
    if risk.status is RiskStatus.CLOSED:
        is_resolved = risk.issue is not None and risk.issue.resolved_at is not None
        label = Bilingual("问题解决", "issue resolved") if is_resolved else Bilingual("风险解除", "risk closed")
        return _labelled(session, label, session.of(risk.title))
    if risk.issue is not None:
        title = f"{session.of(risk.issue.title)} → {party(session, risk.owner)}"
        return _labelled(session, Bilingual("风险发生", "risk occurred"), title)
    response = "" if risk.response is None else session.text("，应对：", "; response: ") + session.of(risk.response)
    owner = f" → {party(session, risk.owner)}"
    return _labelled(session, Bilingual("风险", "risk"), f"{risk_text(session, risk)}{owner}{response}")


def _note(session: Session, note: Noted) -> str:
    if note.topic == "note":
        return ""  # the comment of its entry is the note
    words = TOPICS.get(note.topic)
    topic = note.topic if words is None else session.of(words)
    told = ", ".join(session.of(OBSTACLES[one]) if one in OBSTACLES else one for one in note.reasons)
    reasons = f" ({told})" if told else ""
    return _labelled(session, Bilingual("备注", "note"), f"{topic}{session.colon}{note.name}{reasons}")


def _labelled(session: Session, label: Bilingual, text: str) -> str:
    return f"{session.palette.paint(session.of(label), Ink.FAINT)} {text}"
