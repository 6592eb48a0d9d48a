"""The action `return`: the project is given back to the one that started it, with the comment as the reason."""

from salespm_flow.engine.actions import send
from salespm_flow.engine.turn import Turn
from salespm_flow.model.actions import ReturnToParent, SendEvent


def carry_out(turn: Turn, action: ReturnToParent) -> None:
    """The parent will hear `<link>.returned`."""
    send.carry_out(turn, SendEvent(id=action.id, event="returned", to="parent", span=action.span))
