"""Projects made of a told history, for benchmarks that need many and not the deciding that leads to them."""

from collections.abc import Iterable
from datetime import datetime

from salespm_flow.engine.draft import replay
from salespm_flow.engine.ports import Write
from salespm_flow.model.history import Change, Doing, Entry, Moved


def write_of(name: str, told: Iterable[tuple[datetime, tuple[Change, ...]]]) -> Write:
    """What a store keeps of the project that this happened to, the first being its opening."""
    entries = tuple(
        Entry(
            project=name,
            number=place,
            doing=Doing.OPEN if place == 1 else Doing.ADVANCE,
            name="told",
            actor="wang",
            role="",
            at=moment,
            recorded_at=moment,
            comment="",
            changes=changes,
        )
        for place, (moment, changes) in enumerate(told, start=1)
    )
    project = replay(entries)
    if project is None:
        raise RuntimeError(name)
    return Write(before=None, after=project, entries=entries)


def moved(left: str | None, entered: str, by: str) -> Moved:
    """The step from one state to the next by a transition; the first state is entered by none."""
    return Moved(
        transitions=() if left is None else (by,),
        event="start" if left is None else by,
        exited=() if left is None else (left,),
        entered=(entered,),
        leaves=(entered,),
        memory={},
        state=entered,
    )
