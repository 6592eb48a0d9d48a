"""The requests about tasks: adding, changing and completing them."""

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.moves import settle
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.tasks import close_task
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.model.decision import CompleteTask, ReasonKind
from salespm_flow.model.project import TaskStatus


def complete(turn: Turn, request: CompleteTask) -> None:
    """The task is done and the project has settled."""
    task = turn.draft.tasks.get(request.task)
    if task is None:
        zh, en = f"没有任务“{request.task}”", f'there is no task "{request.task}"'
        raise RefusalError((reason_of(request.task, ReasonKind.VALUE, Bilingual(zh, en)),))
    if task.status is not TaskStatus.OPEN:
        zh, en = f"任务“{task.id}”已经结束（{task.status}）", f'the task "{task.id}" is already {task.status}'
        raise RefusalError((reason_of(task.id, ReasonKind.STATE, Bilingual(zh, en)),))
    close_task(turn, task, TaskStatus.DONE)
    settle(turn)
