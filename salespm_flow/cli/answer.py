"""How the engine's answer to a request is told: what happened, or every reason why not."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from salespm_flow.cli.changes import approval_text, change_lines, outbox_lines, state_text
from salespm_flow.cli.context import Session
from salespm_flow.cli.output import write_json, write_message, write_text
from salespm_flow.cli.render import Ink, Palette
from salespm_flow.cli.values import moment, shown
from salespm_flow.model.decision import Accepted, Reason, ReasonKind, Rejected
from salespm_flow.model.history import SENT, ApprovalChanged, Noted
from salespm_flow.model.workflow import Workflow

if TYPE_CHECKING:
    from salespm_flow.engine.running.runner import Answered


def tell_answer(session: Session, answered: "Answered", workflow: Workflow) -> int:
    """The answer is told; the exit code that it means."""
    if session.is_json:
        write_json({**answered.result, "replayed": answered.is_replay})
    elif isinstance(answered.decision, Rejected):
        write_message(refusal_text(session, answered.decision.reasons, session.palette))
    elif answered.project is not None:
        write_text("\n".join(_accepted_lines(session, answered, workflow)))
    return 0 if answered.is_accepted else 1


def refusal_text(session: Session, reasons: tuple[Reason, ...], palette: Palette) -> str:
    """Every reason with what made it false and where the definition asks for it."""
    head = session.text(f"拒绝，共 {len(reasons)} 条原因：", f"Refused, {len(reasons)} reason(s):")
    return "\n".join((palette.paint(head, Ink.BAD), *reason_lines(session, reasons, palette)))


def reason_lines(session: Session, reasons: Iterable[Reason], palette: Palette) -> Iterator[str]:
    """The lines of each reason: its message; the values behind it; its id and place."""
    for reason in reasons:
        yield f"  {palette.paint('✗', Ink.BAD)} {session.of(reason.message)}"
        # That what is missing is empty needs no saying.
        if reason.values and reason.kind is not ReasonKind.MISSING:
            values = (f"{name} = {shown(session, value)}" for name, value in reason.values.items())
            yield f"      {session.text('，', ', ').join(values)}"
        place = "" if reason.rule is None else f" {reason.rule.file}:{reason.rule.line}:{reason.rule.column}"
        yield palette.paint(f"      [{reason.id}]{place}", Ink.FAINT)


def _accepted_lines(session: Session, answered: "Answered", workflow: Workflow) -> Iterator[str]:
    project = answered.project
    if project is None:
        return
    where = session.palette.paint(state_text(session, workflow, project), Ink.STRONG)
    mark = session.palette.paint("✓", Ink.GOOD)
    notes = []
    if answered.is_waiting:
        mark = session.palette.paint("…", Ink.WARNING)
        notes.append(session.text("等待审批，状态未变", "waits for approval, the state is unchanged"))
    if answered.is_replay:
        notes.append(session.text("此前已执行，这次未作改动", "done before; nothing was changed now"))
    if answered.result.get("dry_run") is True:
        notes.append(session.text("试运行，未写入", "dry run, nothing was written"))
    suffix = f" [{'; '.join(notes)}]" if notes else ""
    yield f"{mark} {session.palette.paint(project.id, Ink.NAME)}{session.colon}{where}{suffix}"
    if isinstance(answered.decision, Accepted):
        accepted = answered.decision
        if session.at is not None and accepted.entry.at > session.at:
            given, taken = moment(session, session.at), moment(session, accepted.entry.at)
            yield "  " + session.text(
                f"注意：--now {given} 早于项目的上一件事，已按 {taken} 记录",
                f"note: --now {given} is before the project's last event; recorded at {taken}",
            )
        # What was sent is told with where it goes, just below.
        told = [one for one in accepted.entry.changes if not (isinstance(one, Noted) and one.topic == SENT)]
        yield from (f"  {line}" for line in change_lines(session, workflow, told))
        yield from (f"  {line}" for line in _still_waiting(session, accepted))
        yield from (f"  {line}" for line in outbox_lines(session, accepted.outbox))
        for birth in accepted.births:
            label = session.palette.paint(session.text("子项目", "child project"), Ink.FAINT)
            yield f"  {label} {birth.project} ({birth.workflow})"


def _still_waiting(session: Session, accepted: Accepted) -> Iterator[str]:
    """What the move waits for already, asked for before."""
    new = {change.approval.id for change in accepted.entry.changes if isinstance(change, ApprovalChanged)}
    for name in accepted.waiting:
        if name not in new:
            yield approval_text(session, accepted.project.approvals[name])
