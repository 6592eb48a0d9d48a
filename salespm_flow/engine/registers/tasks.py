"""Tasks of a project: opening them, their life, and who waits for whom. Knows no requests."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.durations import later, moment_of
from salespm_flow.engine.parties import resolve
from salespm_flow.engine.turn import Turn
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.decision import Due
from salespm_flow.model.expression import Effort
from salespm_flow.model.history import Moved, TaskChanged
from salespm_flow.model.priority import Priority
from salespm_flow.model.project import ChecklistItem, Task
from salespm_flow.model.statuses import TaskStatus
from salespm_flow.model.workflow import State, StateTask
from salespm_flow.nouns import dataclass
from salespm_flow.statechart.lifecycle import TASK, step

FINISH: Final = "finish"
BLOCK: Final = "block"
UNBLOCK: Final = "unblock"
VOID: Final = "void"
_LAST_MINUTE: Final = time(23, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to be opened; parties are resolved, `accountable` empty for the same as `who`."""

    origin: str
    title: Bilingual
    who: str
    accountable: str = ""
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    due: Due | None = None
    effort: Effort | None = None
    priority: Priority = Priority.NORMAL
    checklist: tuple[Bilingual, ...] = ()
    after: tuple[str, ...] = ()


def open_task(turn: Turn, new: NewTask, name: str = "") -> None:
    """The task is open, under the name or, without one, under the next of its origin (`brief`, `brief-2`)."""
    task = Task(
        id=name or next_name(turn.draft.tasks, new.origin),
        origin=new.origin,
        title=new.title,
        who=new.who,
        opened_at=turn.now,
        due_at=None if new.due is None else due_at(turn, new.due),
        accountable="" if new.accountable == new.who else new.accountable,
        consulted=new.consulted,
        informed=new.informed,
        priority=new.priority,
        after=new.after,
        checklist=tuple(ChecklistItem(text=text) for text in new.checklist),
        effort=None if new.effort is None else working_time(turn, new.effort),
    )
    turn.change(TaskChanged(task=task))


def next_name(tasks: Mapping[str, Task], origin: str) -> str:
    """The id of the next task of that origin; a hyphen is in no id of a definition."""
    if origin not in tasks:
        return origin
    number = max(2, sum(1 for task in tasks.values() if task.origin == origin) + 1)
    while f"{origin}-{number}" in tasks:
        number += 1
    return f"{origin}-{number}"


def open_state_tasks(turn: Turn, state: State) -> None:
    """The tasks of the state just entered are open.

    One that an earlier stay left open is not made again, and after a return by history none that was made before.
    """
    if not state.tasks:
        return
    tasks = turn.draft.tasks
    is_resumed = _is_resumed(turn)
    former = {template.id: newest(tasks, template.id) for template in state.tasks}
    kept = {name: task.id for name, task in former.items() if task is not None and (is_resumed or task.is_open)}
    made = [template for template in state.tasks if template.id not in kept]
    # All names first: a task may wait for one that stands below it.
    names = kept | {template.id: next_name(tasks, template.id) for template in made}
    for template in made:
        open_task(turn, _of_template(turn, template, names), names[template.id])


def _of_template(turn: Turn, template: StateTask, names: Mapping[str, str]) -> NewTask:
    return NewTask(
        origin=template.id,
        title=template.title,
        who=resolve(turn, template.responsible),
        accountable=resolve(turn, template.accountable),
        consulted=tuple(resolve(turn, party) for party in template.consulted),
        informed=tuple(resolve(turn, party) for party in template.informed),
        due=template.due,
        effort=template.effort,
        priority=template.priority,
        checklist=template.checklist,
        after=_awaited(turn.draft.tasks, template, names),
    )


def _awaited(tasks: Mapping[str, Task], template: StateTask, names: Mapping[str, str]) -> tuple[str, ...]:
    """The tasks that this one waits for; what was needed and never came to be is not waited for."""
    found = []
    for need in template.needs:
        if need in names:
            found.append(names[need])
        elif (task := newest(tasks, need)) is not None:
            found.append(task.id)
    return tuple(dict.fromkeys(found))


def _is_resumed(turn: Turn) -> bool:
    transitions = turn.compiled.workflow.transitions
    moved = next((change for change in reversed(turn.draft.changes) if isinstance(change, Moved)), None)
    return moved is not None and any(target.is_history for name in moved.transitions for target in transitions[name].to)


def newest(tasks: Mapping[str, Task], origin: str) -> Task | None:
    """The task of that origin that was opened last."""
    return next((task for task in reversed(tuple(tasks.values())) if task.origin == origin), None)


def due_at(turn: Turn, due: Due) -> datetime:
    """When it is due: so long from now by the project's calendar, at that moment, or in the last minute of that day.

    Raises:
        CalendarError: the calendar cannot answer, or the instant lies outside the years 1 to 9999.
    """
    match due:
        case datetime():
            return due
        case date():
            return moment_of(due, _LAST_MINUTE, turn.compiled.zone)
        case _:
            return later(turn.now, due, turn.compiled.calendar, turn.compiled.zone)


def working_time(turn: Turn, effort: Effort) -> timedelta:
    """The effort in hours; a working day has those of the project's calendar."""
    if not isinstance(effort, WorkingDays):
        return effort
    day = timedelta()
    for shift in turn.compiled.calendar.shifts:
        ends = timedelta(hours=shift.end.hour, minutes=shift.end.minute) or timedelta(days=1)
        day += ends - timedelta(hours=shift.start.hour, minutes=shift.start.minute)
    return timedelta(seconds=int(effort.days * int(day.total_seconds())))


def status_after(task: Task, event: str) -> TaskStatus | None:
    """The status that the event leads to; None where it leads nowhere from the present one."""
    status = step(TASK, task.status.value, event)
    return None if status is None else TaskStatus(status)


def close_task(turn: Turn, task: Task, status: TaskStatus) -> None:
    """The task is done or void; nothing blocks it any more."""
    closed = replace(task, status=status, closed_at=turn.now, closed_by=turn.actor.id, blocked="")
    turn.change(TaskChanged(task=closed))


def void_tasks(turn: Turn) -> None:
    """No task is open: the project they belong to is closed."""
    for task in tuple(turn.draft.tasks.values()):
        if task.is_open:
            close_task(turn, task, TaskStatus.VOID)


def circle(tasks: Mapping[str, Task], task: str, after: Iterable[str]) -> tuple[str, ...]:
    """The way by which the task would wait for itself, itself first, if it came after these; empty where there is none.

    Linear in the tasks and what they wait for.
    """
    came_from: dict[str, str] = {}
    waiting = [(name, task) for name in after]
    while waiting:
        name, before = waiting.pop()
        if name == task:
            return tuple(reversed((*_way_back(came_from, task, before),)))
        if name in came_from or name not in tasks:
            continue
        came_from[name] = before
        waiting += [(further, name) for further in tasks[name].after]
    return ()


def _way_back(came_from: Mapping[str, str], task: str, name: str) -> Iterable[str]:
    while name != task:
        yield name
        name = came_from[name]
    yield task
