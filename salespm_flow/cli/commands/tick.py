"""`tick`: everything that is due happens: clocks fire, waiting moves are tried again, messages and notices go out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import dry_run_option, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.ports import DueClock
    from salespm_flow.engine.running.ticking import Failed, Ticked
    from salespm_flow.model.history import OutboxItem

PREVIEW: Final = 10_000
TOPICS: Final = {
    "moved": Bilingual("已处理", "handled"),
    "waiting": Bilingual("等待审批", "waits for approval"),
    "unheard": Bilingual("无人处理", "nobody hears it"),
    "refused": Bilingual("被拒绝", "refused"),
    "lost": Bilingual("项目不存在", "no such project"),
}


def run(session: Session) -> int:
    """What was due has happened and is told; 1 where something could not be done for a project."""
    if session.choices.dry_run:
        _preview(session)
        return 0
    from salespm_flow.cli.output import write_json, write_message, write_text
    from salespm_flow.engine.running.ticking import tick

    def tell(item: "OutboxItem") -> None:
        # Written before it counts as delivered, so that no notice is lost; JSON has its whole answer at the end.
        if not session.is_json:
            write_text(_message_line(session, item))

    ticked = tick(session.runner, session.now, tell)
    if session.is_json:
        write_json(_answer(ticked))
    else:
        for line in _lines(session, ticked):
            write_text(line)
        if not (ticked.fired or ticked.reassessed or ticked.heard or ticked.notices or ticked.failures):
            write_text(session.text("没有到期的事项", "nothing is due"))
    for failed in ticked.failures:
        write_message(_failure_line(session, failed))
    return 1 if ticked.failures else 0


def _failure_line(session: Session, failed: "Failed") -> str:
    from salespm_flow.cli.render import Ink

    mark = session.palette.paint("✗", Ink.BAD)
    return " ".join(part for part in (mark, failed.project, failed.what, failed.code) if part) + (
        f"{session.colon}{session.of(failed.message)}"
    )


def _answer(ticked: "Ticked") -> dict[str, object]:
    from salespm_flow.engine.answers import outbox_answer, texts

    return {
        "status": "failed" if ticked.failures else "ok",
        "dry_run": False,
        "fired": [{**_due_answer(fired.due), "refused": fired.is_refused} for fired in ticked.fired],
        "reassessed": list(ticked.reassessed),
        "messages": [{**outbox_answer(heard.item), "result": heard.topic} for heard in ticked.heard],
        "notices": [outbox_answer(item) for item in ticked.notices],
        "failures": [
            {"project": one.project, "what": one.what, "code": one.code, "message": texts(one.message)}
            for one in ticked.failures
        ],
    }


def _due_answer(due: "DueClock") -> dict[str, object]:
    from salespm_flow.engine.answers import iso

    return {"project": due.project, "clock": due.clock, "due_at": iso(due.due_at)}


def _lines(session: Session, ticked: "Ticked") -> Iterator[str]:
    from salespm_flow.cli.render import Ink

    for fired in ticked.fired:
        refused = session.palette.paint(session.text("（被拒绝）", " (refused)"), Ink.BAD) if fired.is_refused else ""
        yield _due_line(session, fired.due) + refused
    for project in ticked.reassessed:
        yield f"{session.text('重新评估', 'reassessed')} {session.palette.paint(project, Ink.NAME)}"
    for heard in ticked.heard:
        words = TOPICS.get(heard.topic)
        result = heard.topic if words is None else session.of(words)
        yield f"{_message_line(session, heard.item)} [{result}]"


def _due_line(session: Session, due: "DueClock") -> str:
    from salespm_flow.cli.changes import clock_text
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment

    project = session.palette.paint(due.project, Ink.NAME)
    return f"{moment(session, due.due_at)} {project} {clock_text(session, due.clock)}"


def _message_line(session: Session, item: "OutboxItem") -> str:
    from salespm_flow.cli.changes import outbox_lines
    from salespm_flow.cli.render import Ink

    (line,) = outbox_lines(session, (item,))
    return f"{session.palette.paint(item.project, Ink.NAME)} {line}"


def _preview(session: Session) -> None:
    """What is due now is told; nothing happens. What a firing would set in motion is not foreseen."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.answers import outbox_answer

    due = session.store.due(session.now, PREVIEW)
    items = session.store.outbox(session.now, PREVIEW)
    if session.is_json:
        write_json(
            {
                "status": "ok",
                "dry_run": True,
                "due": [_due_answer(one) for one in due],
                "outbox": [outbox_answer(item) for item in items],
            }
        )
        return
    lines = [_due_line(session, one) for one in due] + [_message_line(session, item) for item in items]
    write_text("\n".join(lines) or session.text("没有到期的事项", "nothing is due"))


COMMAND: Final = BilingualCommand(
    "tick",
    Bilingual(
        "触发到期的时限和定时，重试等待的转移，投递消息和通知。请定期运行；重复运行不会重复触发。",
        "Fires due SLAs and timers, tries waiting moves again, delivers messages and notices. Run it regularly; "
        "running it again repeats nothing.",
    ),
    (dry_run_option(), *shared_options()),
    run,
)
