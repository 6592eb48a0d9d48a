"""The action `send`: an event to this project, its parent or its children, by the outbox."""

from salespm_flow.engine.durations import later
from salespm_flow.engine.turn import HOP_LIMIT, Turn
from salespm_flow.model.actions import SendEvent
from salespm_flow.model.history import SENT, Noted, OutboxKind


def carry_out(turn: Turn, action: SendEvent) -> None:
    """The event leaves with this decision; without a receiver, or after too many hops, that is recorded instead."""
    due_at = turn.now
    if action.after is not None:
        due_at = later(turn.now, action.after, turn.compiled.calendar, turn.compiled.zone)
    targets = _receivers(turn, action)
    if turn.hops >= HOP_LIMIT or not targets:
        turn.change(Noted(topic="unsent", name=action.event, reasons=("hops",) if targets else ("receiver",)))
        return
    for project, name in targets:
        if action.to != "self":
            # Both sides' histories tell of what passes between them; to oneself, the hearing alone is told.
            turn.change(Noted(topic=SENT, name=name))
        turn.send(kind=OutboxKind.EVENT, to=project, name=name, title=None, due_at=due_at)


def _receivers(turn: Turn, action: SendEvent) -> list[tuple[str, str]]:
    """The projects that get the event and the name they hear it by."""
    if action.to == "self":
        return [(turn.draft.id, action.event)]
    if action.to == "parent":
        parent = turn.draft.parent
        return [] if parent is None else [(parent.project, f"{parent.link}.{action.event}")]
    living = [child.id for child in turn.children.get(action.to, ()) if child.is_open]
    born = [birth.project for birth in turn.births if birth.link == action.to]
    return [(child, f"parent.{action.event}") for child in (*living, *born)]
