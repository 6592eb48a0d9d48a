"""The action `raise`: an event in this project, handled before the decision ends."""

from salespm_flow.engine.turn import Turn
from salespm_flow.model.actions import RaiseEvent


def carry_out(turn: Turn, action: RaiseEvent) -> None:
    """The event waits in the queue; refused there, it refuses the whole decision."""
    turn.queue.append((action.event, True))
