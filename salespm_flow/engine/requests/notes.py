"""The requests that only write into the history: an import's remarks, a person's note, and the passing of time."""

from salespm_flow.engine.moves import settle
from salespm_flow.engine.registers.clocks import silence_clocks
from salespm_flow.engine.turn import Turn
from salespm_flow.model.decision import AddNote, Annotate, Reassess
from salespm_flow.model.history import Noted


def annotate(turn: Turn, request: Annotate) -> None:
    """What the import assumed is noted, and no clock is due at or before its time."""
    for note in request.notes:
        turn.change(note)
    silence_clocks(turn, request.quiet_until)


def add_note(turn: Turn, request: AddNote) -> None:  # noqa: ARG001 -- every request is carried out in the same way
    """The note stands in the history; its text is the entry's comment. A closed project takes notes too."""
    turn.change(Noted(topic="note", name=""))


def reassess(turn: Turn, request: Reassess) -> None:  # noqa: ARG001 -- as above
    """The project has settled at the present time."""
    settle(turn)
