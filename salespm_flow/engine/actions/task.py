"""The action `task`: somebody gets something to do."""

from salespm_flow.engine.parties import resolve
from salespm_flow.engine.tasks import open_task
from salespm_flow.engine.turn import Turn
from salespm_flow.model.actions import OpenTask


def carry_out(turn: Turn, action: OpenTask) -> None:
    """The task is open."""
    open_task(turn, action.id, action.title, resolve(turn, action.who), due=action.due)
