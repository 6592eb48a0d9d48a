"""The request Receive: a message of another project, or of this one, is heard."""

from salespm_flow.engine.moves import fire, settle
from salespm_flow.engine.turn import Turn
from salespm_flow.model.decision import Receive
from salespm_flow.model.history import Noted
from salespm_flow.statechart import kernel


def carry_out(turn: Turn, request: Receive) -> None:
    """A message moves the project, or is recorded: nobody hears it, or its move already waits for approval."""
    if not turn.draft.is_open or not kernel.candidates(turn.compiled.chart, turn.draft.leaves, request.name):
        turn.change(Noted(topic="unheard", name=request.name))
    else:
        fire(turn, request.name)
    settle(turn)
    if not turn.draft.changes:
        # What leaves no trace would not count as delivered, come back at every tick and move what comes later.
        turn.change(Noted(topic="awaited", name=request.name))
