"""`task`: adds, assigns, changes, blocks, ticks, completes, cancels and lists tasks."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.asking import ask
from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.commands.task_list import COMMAND as LIST
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import (
    Described,
    argument,
    arguments,
    many_option,
    option,
    project_argument,
    shared_options,
    word_option,
    writing_options,
)
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from collections.abc import Callable

    from salespm_flow.model.decision import (
        AddTask,
        BlockTask,
        CancelTask,
        CompleteTask,
        EditTask,
        TickItems,
        UnblockTask,
    )
    from salespm_flow.model.project import Project

    TaskRequest = AddTask | EditTask | TickItems | BlockTask | UnblockTask | CancelTask | CompleteTask

NONE: Final = "none"
ALL: Final = "all"
PRIORITIES: Final = ("low", "normal", "high", "urgent")


def add(
    session: Session,
    project: str,
    title: str,
    *,
    who: str | None,
    accountable: str | None,
    due: str | None,
    effort: str | None,
    priority: str | None,
    after: tuple[str, ...],
    checklist: tuple[str, ...],
) -> int:
    """The task is open, or every reason why not is told."""
    from salespm_flow.cli.due import read_due, read_effort
    from salespm_flow.cli.lookup import find_task
    from salespm_flow.model.decision import AddTask
    from salespm_flow.model.priority import Priority

    def request(found: "Project") -> AddTask:
        return AddTask(
            title=Bilingual(title, title),
            actor=session.actor,
            who=who or "",
            accountable=accountable or "",
            due=None if due is None else read_due(session, due),
            effort=None if effort is None else read_effort(effort),
            priority=Priority(priority or Priority.NORMAL),
            after=tuple(find_task(found, name) for name in after),
            checklist=checklist,
            comment=session.choices.comment or "",
        )

    return ask(session, project, request)


def edit(
    session: Session,
    project: str,
    task: str,
    *,
    who: str | None,
    accountable: str | None,
    due: str | None,
    effort: str | None,
    priority: str | None,
    after: tuple[str, ...],
    checklist: tuple[str, ...],
) -> int:
    """The task is changed, or every reason why not is told."""
    from salespm_flow.cli.due import read_due, read_effort
    from salespm_flow.cli.lookup import find_open_task, find_task
    from salespm_flow.model.decision import NO_DUE, EditTask
    from salespm_flow.model.priority import Priority

    if not any((who, accountable, due, effort, priority, after, checklist)):
        raise BilingualUsageError(Bilingual("没有说要改什么", "nothing is said to change"))

    def request(found: "Project") -> EditTask:
        new_due = NO_DUE if due == NONE else None if due is None else read_due(session, due)
        return EditTask(
            task=find_open_task(found, task),
            actor=session.actor,
            who=who,
            accountable=accountable,
            due=new_due,
            effort=None if effort is None else read_effort(effort),
            priority=None if priority is None else Priority(priority),
            after=tuple(find_task(found, name) for name in after if name != NONE) if after else None,
            checklist=checklist,
            comment=session.choices.comment or "",
        )

    return ask(session, project, request)


def assign(session: Session, project: str, task: str, who: str) -> int:
    """Somebody else does the task, or every reason why not is told."""
    from salespm_flow.cli.lookup import find_open_task
    from salespm_flow.model.decision import EditTask

    comment = session.choices.comment or ""
    return ask(
        session,
        project,
        lambda found: EditTask(task=find_open_task(found, task), actor=session.actor, who=who, comment=comment),
    )


def block(session: Session, project: str, task: str, reason: str) -> int:
    """The task is blocked, or every reason why not is told."""
    from salespm_flow.cli.lookup import find_open_task
    from salespm_flow.model.decision import BlockTask

    return ask(
        session,
        project,
        lambda found: BlockTask(task=find_open_task(found, task), actor=session.actor, comment=reason),
    )


def unblock(session: Session, project: str, task: str) -> int:
    """The task goes on, or every reason why not is told."""
    from salespm_flow.model.decision import UnblockTask

    return _ask_of_task(session, project, task, UnblockTask)


def tick(session: Session, project: str, task: str, items: tuple[str, ...], *, is_off: bool) -> int:
    """The items are ticked (with `is_off`: no more), or every reason why not is told."""
    from salespm_flow.cli.lookup import find_open_task
    from salespm_flow.model.decision import TickItems

    def request(found: "Project") -> TickItems:
        name = find_open_task(found, task)
        numbers = _numbers(items, len(found.tasks[name].checklist))
        return TickItems(
            task=name,
            actor=session.actor,
            ticked=() if is_off else numbers,
            unticked=numbers if is_off else (),
            comment=session.choices.comment or "",
        )

    return ask(session, project, request)


def _numbers(words: tuple[str, ...], count: int) -> tuple[int, ...]:
    """The numbers of the items; `all` stands for every one."""
    if words == (ALL,):
        return tuple(range(1, count + 1))
    if not words or not all(word.isascii() and word.isdigit() and len(word) < len("10000") for word in words):
        raise BilingualUsageError(
            Bilingual("请给出清单项的编号", "give the numbers of checklist items"),
            Bilingual("例如 1 3，或 all 表示全部", "such as 1 3, or all for every one"),
        )
    return tuple(int(word) for word in words)


def done(session: Session, project: str, task: str) -> int:
    """The task is done, or every reason why not is told."""
    from salespm_flow.model.decision import CompleteTask

    return _ask_of_task(session, project, task, CompleteTask)


def cancel(session: Session, project: str, task: str) -> int:
    """The task is void, or every reason why not is told."""
    from salespm_flow.model.decision import CancelTask

    return _ask_of_task(session, project, task, CancelTask)


def _ask_of_task(
    session: Session, project: str, task: str, kind: "type[UnblockTask | CompleteTask | CancelTask]"
) -> int:
    """The request of that kind, which takes no more than the task, is made; what came of it is told."""
    from salespm_flow.cli.lookup import find_open_task

    comment = session.choices.comment or ""
    return ask(
        session, project, lambda found: kind(task=find_open_task(found, task), actor=session.actor, comment=comment)
    )


WHO: Final = Bilingual(
    "谁来做：owner、manager、角色，或 person:姓名", "Who does it: owner, manager, a role, or person:NAME"
)


def _task_argument() -> Described:
    return argument("task", Bilingual("任务编号，见 task list", "The task's id, as task list shows it"))


def _work_options(due: Bilingual, after: Bilingual, checklist: Bilingual) -> tuple[Described, ...]:
    return (
        option("who", "--who", WHO, metavar="WHO"),
        option("accountable", "--accountable", Bilingual("谁担责", "Who answers for it"), metavar="WHO"),
        option("due", "--due", due, metavar="DUE"),
        option(
            "effort", "--effort", Bilingual("工作量，如 6h、2wd", "Work it takes, such as 6h or 2wd"), metavar="TIME"
        ),
        word_option("priority", "--priority", Bilingual("优先级", "How urgent it is"), PRIORITIES),
        many_option("after", "--after", after, metavar="TASK"),
        many_option("checklist", "--checklist", checklist, metavar="ITEM"),
    )


def _command(
    name: str, about: Bilingual, parameters: tuple[Described, ...], run: "Callable[..., int]"
) -> BilingualCommand:
    return BilingualCommand(name, about, (project_argument(), *parameters, *writing_options(), *shared_options()), run)


COMMAND: Final = group_of(
    "task",
    Bilingual("处理项目的任务。", "Handles the tasks of a project."),
    {
        "add": _command(
            "add",
            Bilingual(
                "添加任务；不写 --who 就是项目负责人的任务。\n"
                "例：salespm-flow task add D1 核对报价 --who legal --due 3wd --priority high",
                "Adds a task; without --who it is the project owner's.\n"
                'Example: salespm-flow task add D1 "check the quote" --who legal --due 3wd --priority high',
            ),
            (
                argument("title", Bilingual("做什么", "What is to be done")),
                *_work_options(
                    Bilingual("期限：3wd、4h、日期或时间", "When it is due: 3wd, 4h, a date or a time"),
                    Bilingual("须先完成的任务，可重复", "A task to be done before; can be repeated"),
                    Bilingual("清单项，可重复", "An item of its checklist; can be repeated"),
                ),
            ),
            add,
        ),
        "done": _command("done", Bilingual("把任务标为完成。", "Marks a task done."), (_task_argument(),), done),
        "tick": _command(
            "tick",
            Bilingual(
                "勾选清单项。\n例：salespm-flow task tick D1 offer 1 3",
                "Ticks items of a checklist.\nExample: salespm-flow task tick D1 offer 1 3",
            ),
            (_task_argument(), arguments("items", "ITEM...", Bilingual("编号，或 all", "Numbers, or all"))),
            lambda session, project, task, items: tick(session, project, task, items, is_off=False),
        ),
        "untick": _command(
            "untick",
            Bilingual("取消勾选清单项。", "Takes the ticks of items away."),
            (_task_argument(), arguments("items", "ITEM...", Bilingual("编号，或 all", "Numbers, or all"))),
            lambda session, project, task, items: tick(session, project, task, items, is_off=True),
        ),
        "assign": _command(
            "assign",
            Bilingual(
                "换人做这个任务。\n例：salespm-flow task assign D1 offer person:li",
                "Gives a task to somebody else.\nExample: salespm-flow task assign D1 offer person:li",
            ),
            (_task_argument(), argument("who", WHO)),
            assign,
        ),
        "edit": _command(
            "edit",
            Bilingual(
                "修改未完成的任务；没写的不变。\n"
                "例：salespm-flow task edit D1 offer --due 2026-03-20 --priority urgent",
                "Changes a task that is still to be done; what is not said stays.\n"
                "Example: salespm-flow task edit D1 offer --due 2026-03-20 --priority urgent",
            ),
            (
                _task_argument(),
                *_work_options(
                    Bilingual("新期限；none 表示没有期限", "When it is due; none for no date"),
                    Bilingual("须先完成的任务，可重复；none 表示没有", "A task to be done before; none for none"),
                    Bilingual("再加一个清单项，可重复", "One more item of its checklist; can be repeated"),
                ),
            ),
            edit,
        ),
        "block": _command(
            "block",
            Bilingual("任务受阻，说明原因。", "Says that a task cannot go on, and why."),
            (_task_argument(), argument("reason", Bilingual("原因", "What blocks it"))),
            block,
        ),
        "unblock": _command(
            "unblock", Bilingual("解除受阻。", "Lets a blocked task go on."), (_task_argument(),), unblock
        ),
        "cancel": _command("cancel", Bilingual("取消任务。", "Cancels a task."), (_task_argument(),), cancel),
        "list": LIST,
    },
)
