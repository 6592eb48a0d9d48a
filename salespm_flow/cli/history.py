"""`history`: what happened to a project, decision by decision."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import project_argument, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.model.history import Entry
    from salespm_flow.model.workflow import Workflow

DOINGS: Final = {
    "open": Bilingual("新建", "opened"),
    "advance": Bilingual("推进", "advance"),
    "set": Bilingual("修改字段", "set"),
    "record": Bilingual("登记", "record"),
    "task": Bilingual("完成任务", "task done"),
    "timer": Bilingual("计时触发", "timer"),
    "message": Bilingual("收到消息", "message"),
    "import": Bilingual("导入", "import"),
    "approve": Bilingual("审批", "approval"),
    "reassign": Bilingual("移交", "handed over from"),
}


def run(session: Session, project: str) -> int:
    """The history is told, oldest first."""
    from salespm_flow.cli.lookup import find_project, workflow_of
    from salespm_flow.cli.output import write_json, write_text

    found = find_project(session, project)
    workflow = workflow_of(session, found)
    entries = session.store.history(found.id)
    if session.is_json:
        write_json({"status": "ok", "project": found.id, "entries": [_entry_answer(workflow, one) for one in entries]})
        return 0
    for entry in entries:
        write_text("\n".join(_entry_lines(session, workflow, entry)))
    return 0


def _entry_answer(workflow: "Workflow", entry: "Entry") -> dict[str, object]:
    from salespm_flow.cli.changes_json import change_answer
    from salespm_flow.engine.answers import iso

    return {
        "number": entry.number,
        "doing": entry.doing.value,
        "name": entry.name,
        "actor": entry.actor,
        "role": entry.role,
        "acting_for": entry.acting_for,
        "at": iso(entry.at),
        "recorded_at": iso(entry.recorded_at),
        "comment": entry.comment,
        "changes": [change_answer(change, workflow) for change in entry.changes],
    }


def _entry_lines(session: Session, workflow: "Workflow", entry: "Entry") -> Iterator[str]:
    from salespm_flow.cli.changes import change_lines, clock_text
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment

    doing = DOINGS.get(entry.doing.value)
    did = entry.doing.value if doing is None else session.of(doing)
    name = clock_text(session, entry.name)
    who = f"{entry.actor} ({entry.role})" if entry.role else entry.actor
    if entry.acting_for:
        who = session.text(f"{who}，代理 {entry.acting_for}", f"{who} for {entry.acting_for}")
    palette = session.palette
    number = palette.paint(f"#{entry.number}", Ink.NAME)
    yield f"{number} {moment(session, entry.at)}  {palette.paint(f'{did} {name}'.rstrip(), Ink.STRONG)}  {who}"
    if entry.comment:
        yield f"    “{entry.comment}”"
    yield from (f"    {line}" for line in change_lines(session, workflow, entry.changes))


COMMAND: Final = BilingualCommand(
    "history",
    Bilingual("按时间列出项目的全部历史。", "Lists the whole history of a project, oldest first."),
    (project_argument(), *shared_options()),
    run,
)
