"""The way of one project, read from its history: how long it stayed where, and each of its moves. Knows no storage."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from salespm_flow.expr.values import Value
from salespm_flow.model.history import Entry, Migrated, Moved
from salespm_flow.model.workflow import State
from salespm_flow.nouns import dataclass

_NONE: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Stays in the order in which they began (the outer state first), and moves in the order in which they were made.

    Both are rows as `model.populations` describes them, without the project. The entry into the initial states is no
    move: nothing was left.
    """

    visits: tuple[dict[str, Value], ...]
    moves: tuple[dict[str, Value], ...]


def journey_of(entries: Iterable[Entry], states: Mapping[str, State], now: datetime) -> Journey:
    """The way that the entries tell, as it looks at `now`: a stay that is not over lasts until then.

    A state that the definition no longer has keeps its full path as its name. Where a clock was set back, or ran ahead
    of `now`, a stay counts as none, never as less.
    """
    visits: list[dict[str, Value]] = []
    moves: list[dict[str, Value]] = []
    standing: dict[str, dict[str, Value]] = {}
    counts: dict[str, int] = {}
    for entry in entries:
        for change in entry.changes:
            if isinstance(change, Migrated):
                standing = _renamed(standing, visits, change, states)
            if not isinstance(change, Moved):
                continue
            if change.transitions:
                moves.append(_move(entry, change, states))
            for path in change.exited:
                visit = standing.pop(path, None)
                if visit is not None:
                    _leave(visit, entry.at, change, states)
            for path in change.entered:
                counts[path] = counts.get(path, 0) + 1
                visit = _visit(path, entry.at, counts[path], states)
                standing[path] = visit
                visits.append(visit)
    for visit in standing.values():
        entered = visit["entered_at"]
        visit["duration"] = max(now - entered, _NONE) if isinstance(entered, datetime) else None
    return Journey(visits=tuple(visits), moves=tuple(moves))


def _renamed(
    standing: Mapping[str, dict[str, Value]],
    visits: Iterable[dict[str, Value]],
    change: Migrated,
    states: Mapping[str, State],
) -> dict[str, dict[str, Value]]:
    """The stays that last, under the names that a migration gives their states; those over are renamed too.

    A state that became several keeps its own name for the stays that were over, where it still has one.
    """
    names = {_name(old, states): _name(new, states) for old, new in change.states.items()}
    for visit in visits:
        state = visit["state"]
        if isinstance(state, str):
            visit["state"] = names.get(state, state)
    return {change.states.get(path, path): visit for path, visit in standing.items()}


def _visit(path: str, at: datetime, number: int, states: Mapping[str, State]) -> dict[str, Value]:
    return {
        "state": _name(path, states),
        "entered_at": at,
        "left_at": None,
        "duration": None,
        "overridden": False,
        "number": Decimal(number),
        "left_by": None,
        "left_to": None,
    }


def _leave(visit: dict[str, Value], at: datetime, change: Moved, states: Mapping[str, State]) -> None:
    entered = visit["entered_at"]
    visit["left_at"] = at
    visit["duration"] = max(at - entered, _NONE) if isinstance(entered, datetime) else None
    visit["overridden"] = bool(change.waived)
    visit["left_by"] = next(iter(change.transitions), None)
    visit["left_to"] = _outermost(change.entered, states)


def _move(entry: Entry, change: Moved, states: Mapping[str, State]) -> dict[str, Value]:
    return {
        "transition": change.transitions[0],
        "from": _outermost(tuple(reversed(change.exited)), states),
        "to": _outermost(change.entered, states),
        "at": entry.at,
        "by": entry.actor,
        "overridden": bool(change.waived),
        "forward": change.is_forward,
        "comment": entry.comment,
    }


def _outermost(paths: tuple[str, ...], states: Mapping[str, State]) -> str | None:
    """The name of the first of the paths, which are outermost first; None where a move leaves or enters nothing."""
    return _name(paths[0], states) if paths else None


def _name(path: str, states: Mapping[str, State]) -> str:
    found = states.get(path)
    return path if found is None else found.name
