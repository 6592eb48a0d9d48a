"""Tasks of a project: opening, completing and voiding them."""

from dataclasses import replace
from datetime import datetime

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.durations import later
from salespm_flow.engine.turn import Turn
from salespm_flow.model.expression import Duration
from salespm_flow.model.history import TaskChanged
from salespm_flow.model.project import Task, TaskStatus


def open_task(turn: Turn, origin: str, title: Bilingual, who: str, *, due: Duration | None) -> None:
    """A task of that origin is open; the second of one origin is `<origin>-2`, and so on."""
    number = sum(1 for task in turn.draft.tasks.values() if task.origin == origin) + 1
    due_at: datetime | None = None
    if due is not None:
        due_at = later(turn.now, due, turn.compiled.calendar, turn.compiled.zone)
    task = Task(
        id=origin if number == 1 else f"{origin}-{number}",
        origin=origin,
        title=title,
        who=who,
        opened_at=turn.now,
        due_at=due_at,
    )
    turn.change(TaskChanged(task=task))


def close_task(turn: Turn, task: Task, status: TaskStatus) -> None:
    """The task is done or void."""
    turn.change(TaskChanged(task=replace(task, status=status, closed_at=turn.now, closed_by=turn.actor.id)))


def void_tasks(turn: Turn) -> None:
    """No task is open: the project they belong to is closed."""
    for task in tuple(turn.draft.tasks.values()):
        if task.status is TaskStatus.OPEN:
            close_task(turn, task, TaskStatus.VOID)
