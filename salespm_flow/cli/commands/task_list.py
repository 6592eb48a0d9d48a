"""`task list`: the tasks of a project, of everybody, or mine."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, flag, shared_options, word_option
from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from salespm_flow.cli.foresight import Foresight
    from salespm_flow.model.project import Project, Task

STATUSES: Final = {
    "open": Bilingual("待办", "open"),
    "blocked": Bilingual("受阻", "blocked"),
    "done": Bilingual("完成", "done"),
    "void": Bilingual("取消", "cancelled"),
}
PRIORITIES: Final = {
    "low": Bilingual("低", "low"),
    "normal": Bilingual("普通", "normal"),
    "high": Bilingual("高", "high"),
    "urgent": Bilingual("紧急", "urgent"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A task and the project that it belongs to; `waits_for` are the tasks to be done before, where that is known."""

    project: str
    task: "Task"
    waits_for: tuple[str, ...] = ()


def run(
    session: Session, project: str | None, *, is_mine: bool, is_overdue: bool, is_all: bool, priority: str | None
) -> int:
    """The matching tasks are told, what is due first first."""
    from salespm_flow.cli.output import write_json, write_message, write_text

    now = session.now
    listed = [
        one
        for one in _found(session, project, is_mine=is_mine, is_all=is_all)
        if (is_all or one.task.is_open)
        and (not is_overdue or _is_late(one.task, now))
        and (priority is None or one.task.priority.value == priority)
    ]
    listed.sort(key=lambda one: (not one.task.is_open, one.task.due_at is None, one.task.due_at or now, one.project))
    if session.is_json:
        from salespm_flow.cli.changes_json import task_answer
        from salespm_flow.cli.foresight import Foresight

        foresight = Foresight(session)
        answers = [
            {
                "project": one.project,
                **task_answer(one.task),
                "overdue": _is_late(one.task, now),
                "provisional": one.task.is_open and foresight.is_provisional(one.project, one.task.due_at),
            }
            for one in listed
        ]
        write_json({"status": "ok", "tasks": answers})
    elif listed:
        write_text(_table(session, listed, has_project=project is None))
    else:
        write_message(session.text("没有符合的任务", "no task matches"))
    return 0


def _is_late(task: "Task", now: "datetime") -> bool:
    return task.is_open and task.due_at is not None and task.due_at < now


def _found(session: Session, project: str | None, *, is_mine: bool, is_all: bool) -> Iterator[Listed]:
    """The tasks of the project, else everybody's or mine in the open projects."""
    if not is_mine:
        yield from _of_projects(session, project)
        return
    from salespm_flow.engine.views.worklist import parties_of

    mine = parties_of(session.library, session.actor, session.now).parties
    if project is None and not is_all:
        yield from _to_do(session, mine)
    else:  # no index holds what is done
        yield from (one for one in _of_projects(session, project) if one.task.who in mine)


def _to_do(session: Session, parties: tuple[str, ...]) -> Iterator[Listed]:
    """What the parties are to do; of projects only those are read where a task waits for others."""
    projects: dict[str, Project | None] = {}
    for found in session.store.tasks_of(parties):
        if found.task.after and found.project not in projects:
            projects[found.project] = session.store.project(found.project)
        yield _listed(found.project, found.task, projects.get(found.project))


def _of_projects(session: Session, project: str | None) -> Iterator[Listed]:
    from salespm_flow.cli.lookup import find_project

    projects = session.store.projects(is_open=True) if project is None else (find_project(session, project),)
    for found in projects:
        yield from (_listed(found.id, task, found) for task in found.tasks.values())


def _listed(name: str, task: "Task", project: "Project | None") -> Listed:
    tasks = {} if project is None else project.tasks
    return Listed(name, task, tuple(one for one in task.after if one in tasks and tasks[one].is_open))


def _table(session: Session, listed: Iterable[Listed], *, has_project: bool) -> str:
    from salespm_flow.cli.foresight import Foresight
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING, party

    header = (
        session.text("期限", "Due"),
        session.text("优先级", "Priority"),
        session.text("状态", "Status"),
        session.text("编号", "Id"),
        session.text("任务", "Task"),
        session.text("谁", "Who"),
    )
    rows, foresight = [], Foresight(session)
    for one in listed:
        task = one.task
        row = (
            _due(session, foresight, one) if task.is_open else NOTHING,
            priority_text(session, task.priority.value),
            _status(session, one),
            task.id,
            session.of(task.title) + checked(task),
            party(session, task.who),
        )
        rows.append((one.project, *row) if has_project else row)
    return table((session.text("项目", "Project"), *header) if has_project else header, rows, session.palette)


def _due(session: Session, foresight: "Foresight", one: Listed) -> str:
    from salespm_flow.cli.due import due_text

    due_at = one.task.due_at
    return due_text(session, due_at, session.now, is_provisional=foresight.is_provisional(one.project, due_at))


def priority_text(session: Session, priority: str) -> str:
    """The priority in words; high ones coloured."""
    from salespm_flow.cli.render import Ink

    words = session.of(PRIORITIES[priority])
    inks = {"urgent": Ink.BAD, "high": Ink.WARNING}
    return session.palette.paint(words, inks[priority]) if priority in inks else words


def checked(task: "Task") -> str:
    """How much of the checklist is ticked; empty without one."""
    if not task.checklist:
        return ""
    return f" [{sum(item.is_done for item in task.checklist)}/{len(task.checklist)}]"


def _status(session: Session, one: Listed) -> str:
    from salespm_flow.cli.render import Ink

    words = session.of(STATUSES[one.task.status.value])
    if one.task.blocked:
        return session.palette.paint(
            session.text(f"{words}：{one.task.blocked}", f"{words}: {one.task.blocked}"), Ink.BAD
        )
    if one.waits_for and one.task.is_open:
        names = session.text("、", ", ").join(one.waits_for)
        return session.text(f"等待 {names}", f"waits for {names}")
    return words


COMMAND: Final = BilingualCommand(
    "list",
    Bilingual(
        "列出任务，先到期的在前；不写项目就列出所有进行中的项目的任务。\n例：salespm-flow task list --mine --as wang",
        "Lists tasks, what is due first first; without a project those of all open projects.\n"
        "Example: salespm-flow task list --mine --as wang",
    ),
    (
        argument(
            "project",
            Bilingual("项目编号，可只写开头几位", "The project's id; its first characters are enough"),
            is_required=False,
        ),
        flag(
            "is_mine", "--mine", Bilingual("只列操作人本人和所任角色的", "Only those of who acts, by name and by role")
        ),
        flag("is_overdue", "--overdue", Bilingual("只列逾期的", "Only overdue ones")),
        flag("is_all", "--all", Bilingual("也列已完成和已取消的", "Done and cancelled ones too")),
        word_option(
            "priority", "--priority", Bilingual("只列这个优先级的", "Only those of this priority"), tuple(PRIORITIES)
        ),
        *shared_options(),
    ),
    run,
)
