"""The requests about tasks: adding, changing, ticking, blocking, completing and cancelling them; who may do so.

A task is worked on (completed, ticked, blocked) by who does it or answers for it, by who made it by hand, by the
project's owner and the owner's manager; it is changed and cancelled by the same but for who only does it, since nobody
moves his own deadline. Anybody known may add one.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.moves import settle
from salespm_flow.engine.named_parties import MANAGER, OWNER, party_of, resolve_named
from salespm_flow.engine.parties import exercise
from salespm_flow.engine.reasons import guesses, reason_of
from salespm_flow.engine.registers import tasks
from salespm_flow.engine.requests.flaws import closed_reasons, may_not, text_reasons, time_reasons
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.model.decision import (
    AddTask,
    BlockTask,
    CancelTask,
    CompleteTask,
    Due,
    EditTask,
    NoDue,
    Reason,
    ReasonKind,
    TickItems,
    UnblockTask,
)
from salespm_flow.model.expression import PERSON, Party
from salespm_flow.model.history import TaskChanged
from salespm_flow.model.project import ChecklistItem, Task
from salespm_flow.model.statuses import TaskStatus

BY_HAND: Final = "task"
CHECKLIST_LIMIT: Final = 100
_STATUSES: Final = {
    TaskStatus.OPEN: Bilingual("待办", "open"),
    TaskStatus.BLOCKED: Bilingual("受阻", "blocked"),
    TaskStatus.DONE: Bilingual("已完成", "done"),
    TaskStatus.VOID: Bilingual("已取消", "cancelled"),
}
_Ask = EditTask | TickItems | BlockTask | UnblockTask | CancelTask | CompleteTask


def add(turn: Turn, request: AddTask) -> None:
    """The task is open and the project has settled."""
    reasons = [*closed_reasons(turn), *_title_reasons(request.title), *_checklist_reasons(request.checklist)]
    reasons += time_reasons(request.due, "due") + time_reasons(request.effort, "effort")
    reasons += _unknown_tasks(turn, request.after)
    who, more = resolve_named(turn, request.who or OWNER, "who")
    accountable, others = resolve_named(turn, request.accountable or request.who or OWNER, "accountable")
    if not exercise(turn, turn.actor, None):
        reasons.append(may_not(turn, Bilingual("添加任务", "add a task")))
    reasons += more if not request.accountable else (*more, *others)
    if reasons:
        raise RefusalError(tuple(reasons))
    new = tasks.NewTask(
        origin=PERSON + turn.actor.id,
        title=request.title,
        who=who,
        accountable=accountable,
        due=request.due,
        effort=request.effort,
        priority=request.priority,
        checklist=tuple(Bilingual(text, text) for text in request.checklist),
        after=tuple(dict.fromkeys(request.after)),
    )
    tasks.open_task(turn, new, _name_by_hand(turn))
    settle(turn)


def _name_by_hand(turn: Turn) -> str:
    number = sum(1 for task in turn.draft.tasks.values() if task.origin.startswith(PERSON)) + 1
    while f"{BY_HAND}-{number}" in turn.draft.tasks:
        number += 1
    return f"{BY_HAND}-{number}"


def edit(turn: Turn, request: EditTask) -> None:
    """The task is as asked for and the project has settled."""
    task = _task_of(turn, request)
    reasons = [*_still_to_do(turn, task), *_rights(turn, task, is_manager=True)]
    reasons += _checklist_reasons(request.checklist, len(task.checklist))
    due, effort = request.due, request.effort
    reasons += time_reasons(None if isinstance(due, NoDue) else due, "due") + time_reasons(effort, "effort")
    who, accountable = task.who, task.accountable
    if request.who is not None:
        who, more = resolve_named(turn, request.who or OWNER, "who")
        reasons += more
    if request.accountable is not None:
        accountable, more = resolve_named(turn, request.accountable or OWNER, "accountable")
        reasons += more
    elif who != task.who:
        # Who answered for it goes on doing so when somebody else does it.
        accountable = task.accountable or task.who
    if request.after is not None:
        reasons += _unknown_tasks(turn, request.after) or _circle(turn, task, request.after)
    if reasons:
        raise RefusalError(tuple(reasons))
    changed = replace(
        task,
        who=who,
        accountable="" if accountable == who else accountable,
        due_at=_due_after(turn, task, due),
        priority=request.priority or task.priority,
        after=task.after if request.after is None else tuple(dict.fromkeys(request.after)),
        checklist=(*task.checklist, *(ChecklistItem(text=Bilingual(text, text)) for text in request.checklist)),
        effort=task.effort if effort is None else tasks.working_time(turn, effort),
    )
    _change(turn, task, changed)


def _due_after(turn: Turn, task: Task, due: Due | NoDue | None) -> datetime | None:
    match due:
        case None:
            return task.due_at
        case NoDue():
            return None
        case _:
            return tasks.due_at(turn, due)


def tick(turn: Turn, request: TickItems) -> None:
    """The items are ticked or no more, and the project has settled."""
    task = _task_of(turn, request)
    reasons = [*_still_to_do(turn, task), *_rights(turn, task)]
    count = len(task.checklist)
    for number in dict.fromkeys((*request.ticked, *request.unticked)):
        if not 1 <= number <= count:
            zh = f"清单没有第 {number} 项（共 {count} 项）"
            reasons.append(reason_of("checklist", ReasonKind.VALUE, Bilingual(zh, f"no item {number} among {count}")))
    if reasons:
        raise RefusalError(tuple(reasons))
    items = tuple(
        replace(item, is_done=(item.is_done or number in request.ticked) and number not in request.unticked)
        for number, item in enumerate(task.checklist, start=1)
    )
    if items == task.checklist:
        message = Bilingual("清单已经是这样，没有可改的", "the checklist stands so already; nothing would change")
        raise RefusalError((reason_of("checklist", ReasonKind.STATE, message),))
    _change(turn, task, replace(task, checklist=items))


def block(turn: Turn, request: BlockTask) -> None:
    """The task is blocked, the comment says why, and the project has settled."""
    task = _task_of(turn, request)
    reasons = [*_still_to_do(turn, task), *_rights(turn, task)]
    if not request.comment.strip():
        message = Bilingual("请说明受阻的原因", "say what blocks it")
        reasons.append(reason_of("comment", ReasonKind.COMMENT, message))
    elif task.status is TaskStatus.BLOCKED and task.blocked == request.comment:
        zh, en = f"任务“{task.id}”已经因此受阻", f'the task "{task.id}" is blocked by this already'
        reasons.append(reason_of(task.id, ReasonKind.STATE, Bilingual(zh, en)))
    _follow(turn, task, tasks.BLOCK, reasons, blocked=request.comment)


def unblock(turn: Turn, request: UnblockTask) -> None:
    """The task is open again and the project has settled."""
    task = _task_of(turn, request)
    reasons = [*_still_to_do(turn, task), *_rights(turn, task)]
    if task.status is TaskStatus.OPEN:
        message = Bilingual(f"任务“{task.id}”没有受阻", f'the task "{task.id}" is not blocked')
        reasons.append(reason_of(task.id, ReasonKind.STATE, message))
    _follow(turn, task, tasks.UNBLOCK, reasons)


def cancel(turn: Turn, request: CancelTask) -> None:
    """The task is void and the project has settled; what waited for it waits no more."""
    task = _task_of(turn, request)
    _follow(turn, task, tasks.VOID, [*_still_to_do(turn, task), *_rights(turn, task, is_manager=True)])


def complete(turn: Turn, request: CompleteTask) -> None:
    """The task is done and the project has settled."""
    task = _task_of(turn, request)
    reasons = [*_still_to_do(turn, task), *_rights(turn, task)]
    if task.is_open:
        reasons += [*_hindrances(turn, task)]
    _follow(turn, task, tasks.FINISH, reasons)


def _hindrances(turn: Turn, task: Task) -> Iterable[Reason]:
    """Why an open task cannot be completed yet: what blocks it, what it waits for, what is not ticked."""
    if task.status is TaskStatus.BLOCKED:
        zh, en = f"任务受阻：{task.blocked}；请先解除", f"the task is blocked: {task.blocked}; unblock it first"
        yield reason_of("blocked", ReasonKind.STATE, Bilingual(zh, en))
    ahead = [one for name in task.after if (one := turn.draft.tasks.get(name)) is not None and one.is_open]
    if ahead:
        zh = "、".join(f"{one.title.zh}（{one.id}）" for one in ahead)
        en = ", ".join(f"{one.title.en} ({one.id})" for one in ahead)
        message = Bilingual(f"要先完成：{zh}", f"first to be done: {en}")
        yield replace(reason_of("after", ReasonKind.STATE, message), values={"after": tuple(one.id for one in ahead)})
    left = [(number, item.text) for number, item in enumerate(task.checklist, start=1) if not item.is_done]
    if left:
        zh = "、".join(f"{number} {text.zh}" for number, text in left)
        en = ", ".join(f"{number} {text.en}" for number, text in left)
        message = Bilingual(f"清单未勾选：{zh}", f"not ticked: {en}")
        yield reason_of("checklist", ReasonKind.MISSING, message)


def _follow(turn: Turn, task: Task, event: str, reasons: Iterable[Reason], *, blocked: str = "") -> None:
    """The task has gone where the event leads, and the project has settled."""
    status = tasks.status_after(task, event)
    if found := tuple(reasons):
        raise RefusalError(found)
    if status is None:
        raise RefusalError((_over(task),))
    if status in {TaskStatus.DONE, TaskStatus.VOID}:
        tasks.close_task(turn, task, status)
    else:
        turn.change(TaskChanged(task=replace(task, status=status, blocked=blocked)))
    settle(turn)


def _change(turn: Turn, task: Task, changed: Task) -> None:
    if changed != task:
        turn.change(TaskChanged(task=changed))
    settle(turn)


def _task_of(turn: Turn, request: _Ask) -> Task:
    task = turn.draft.tasks.get(request.task)
    if task is None:
        raise RefusalError((_unknown_task(turn, request.task, request.task),))
    return task


def _unknown_task(turn: Turn, named: str, reason: str) -> Reason:
    guess = guesses(named, turn.draft.tasks)
    zh, en = f"没有任务“{named}”{guess.zh}", f'there is no task "{named}"{guess.en}'
    return reason_of(reason, ReasonKind.VALUE, Bilingual(zh, en))


def _unknown_tasks(turn: Turn, names: Iterable[str]) -> list[Reason]:
    return [_unknown_task(turn, name, "after") for name in names if name not in turn.draft.tasks]


def _circle(turn: Turn, task: Task, after: tuple[str, ...]) -> list[Reason]:
    way = tasks.circle(turn.draft.tasks, task.id, after)
    if not way:
        return []
    arrows = " → ".join((*way, way[0]))
    message = Bilingual(f"任务会互相等待：{arrows}", f"tasks would wait for each other: {arrows}")
    return [replace(reason_of("after", ReasonKind.CHECK, message), values={"circle": way})]


def _still_to_do(turn: Turn, task: Task) -> list[Reason]:
    return closed_reasons(turn) if task.is_open else [_over(task)]


def _over(task: Task) -> Reason:
    status = _STATUSES[task.status]
    zh, en = f"任务“{task.id}”已经结束（{status.zh}）", f'the task "{task.id}" is already {status.en}'
    return reason_of(task.id, ReasonKind.STATE, Bilingual(zh, en))


def _rights(turn: Turn, task: Task, *, is_manager: bool = False) -> list[Reason]:
    """The reason against who asks; `is_manager` where the request is about the task itself and not the work."""
    parties = [Party(OWNER), Party(MANAGER), party_of(task.accountable or task.who)]
    if not is_manager:
        parties.append(party_of(task.who))
    if task.origin.startswith(PERSON):
        parties.append(party_of(task.origin))
    if exercise(turn, turn.actor, parties):
        return []
    return [may_not(turn, Bilingual(f"处理任务“{task.id}”", f'do this to the task "{task.id}"'), parties)]


def _title_reasons(title: Bilingual) -> list[Reason]:
    return text_reasons((title.zh, title.en), "title", Bilingual("任务标题", "the task's title"))


def _checklist_reasons(items: tuple[str, ...], present: int = 0) -> list[Reason]:
    reasons = text_reasons(items, "checklist", Bilingual("清单项", "a checklist item"))
    if len(items) + present > CHECKLIST_LIMIT:
        zh, en = f"清单超过 {CHECKLIST_LIMIT} 项", f"a checklist has at most {CHECKLIST_LIMIT} items"
        reasons.append(reason_of("checklist", ReasonKind.VALUE, Bilingual(zh, en)))
    return reasons
