"""The action `task`: somebody gets something to do."""

from salespm_flow.engine.parties import resolve
from salespm_flow.engine.registers.tasks import NewTask, open_task
from salespm_flow.engine.turn import Turn
from salespm_flow.model.actions import OpenTask


def carry_out(turn: Turn, action: OpenTask) -> None:
    """The task is open."""
    new = NewTask(
        origin=action.id,
        title=action.title,
        who=resolve(turn, action.who),
        due=action.due,
        effort=action.effort,
        priority=action.priority,
        checklist=action.checklist,
    )
    open_task(turn, new)
