"""The action `notify`: somebody is told, by the outbox."""

from salespm_flow.engine.parties import resolve
from salespm_flow.engine.turn import Turn
from salespm_flow.model.actions import Notify
from salespm_flow.model.history import OutboxKind


def carry_out(turn: Turn, action: Notify) -> None:
    """The notice leaves with this decision."""
    turn.send(
        kind=OutboxKind.NOTICE,
        to=resolve(turn, action.who),
        name=action.id,
        title=action.title,
        due_at=turn.now,
    )
