"""What concerns people across all projects, read by indexes in pages. Knows no rules of the domain."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from salespm_flow.engine.ports import Stay
from salespm_flow.model.project import Clock, Pin
from salespm_flow.store import sql
from salespm_flow.store.codec import decode_clock, dumps, loads
from salespm_flow.store.values import decode_time

PAGE = 200
# So many owners are asked for at once: each costs a look into the index for every state.
OWNERS = 50
Row = tuple[str, str, str, str, str]
StayRow = tuple[str, str, int, str, str, str, str]
Item = TypeVar("Item")
View = Callable[[str], AbstractContextManager[sqlite3.Connection]]


def read_by_party(
    view: View, statement: str, parties: Sequence[str], decode: Callable[[Row], Item]
) -> Iterator[tuple[Row, Item]]:
    """The rows of the statement for each party: by due date, then project and id; each page is one consistent view."""
    for party in dict.fromkeys(parties):
        last: tuple[str, str, str] = ("", "", "")
        while True:
            with view(f"worklist of {party}") as connection:
                page = [(row, decode(row)) for row in connection.execute(statement, (party, *last, PAGE)).fetchall()]
            yield from page
            if len(page) < PAGE:
                break
            last = page[-1][0][:3]


def read_overdue(
    view: View, owners: Sequence[str], now: str, decode: Callable[[Row], Item]
) -> Iterator[tuple[Row, Item]]:
    """The open tasks of the owners' open projects that are due before `now`, by project and id."""
    for owner in dict.fromkeys(owners):
        last: tuple[str, str] = ("", "")
        while True:
            with view(f"overdue tasks of {owner}") as connection:
                found = connection.execute(sql.OWNER_TASKS, (owner, now, *last, PAGE)).fetchall()
                page = [(row, decode(row)) for row in found]
            yield from page
            if len(page) < PAGE:
                break
            last = page[-1][0][1:3]


def read_stays(view: View, owners: Sequence[str], workflows: Sequence[str] | None) -> Iterator[Stay]:
    """Where the owners' open projects stand and the time limits that run there, by owner and project."""
    wanted = None if workflows is None else dumps(list(workflows))
    for owner in dict.fromkeys(owners):
        last = ""
        while True:
            with view(f"projects of {owner}") as connection:
                rows = connection.execute(sql.OWNER_PROJECTS, (owner, last, PAGE, wanted)).fetchall()
                page = _stays(connection, rows)
            yield from page
            if len(page) < PAGE:
                break
            last = page[-1].project


def read_places(view: View, owners: Sequence[str], workflows: Sequence[str], states: Sequence[str]) -> Iterator[Stay]:
    """As `read_stays`, of the projects of these workflows alone that stand in one of the states, given by name."""
    every = tuple(dict.fromkeys(owners))
    for begin in range(0, len(every), OWNERS):
        some = every[begin : begin + OWNERS]
        with view(f"projects of {', '.join(some[:1])}…") as connection:
            wanted = (dumps(list(some)), dumps(list(states)), dumps(list(workflows)))
            page = _stays(connection, connection.execute(sql.PLACED_PROJECTS, wanted).fetchall())
        yield from page


def _stays(connection: sqlite3.Connection, rows: Sequence[StayRow]) -> list[Stay]:
    clocks: dict[str, dict[str, Clock]] = {row[0]: {} for row in rows}
    for row in connection.execute(sql.LIMITS, (dumps(list(clocks)),)) if rows else ():
        clocks[row[0]][row[1]] = decode_clock(row)
    return [
        Stay(
            project=name,
            owner=owner,
            pin=Pin(workflow=workflow, version=version, digest=digest),
            leaves=tuple(loads(leaves)),
            entered={path: decode_time(at) for path, at in loads(entered).items()},
            clocks=clocks[name],
        )
        for name, workflow, version, digest, leaves, entered, owner in rows
    ]
