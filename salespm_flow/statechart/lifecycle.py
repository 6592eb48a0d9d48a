"""The flat lives of what a project keeps: approval requests, tasks, risks, as machines of a library.

A lifecycle is data; its stock `Machine` holds no model and no state. Must not know projects, times or people.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from transitions.core import Machine

from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Which events lead from a status to the next: `moves` maps an event to the statuses it starts from and its end."""

    name: str
    statuses: tuple[str, ...]
    moves: Mapping[str, tuple[tuple[str, ...], str]]

    def __hash__(self) -> int:
        """By name: each lifecycle has its own."""
        return hash(self.name)


APPROVAL: Final = Lifecycle(
    name="approval",
    statuses=("pending", "approved", "rejected", "void", "used"),
    moves={
        "grant": (("pending",), "approved"),
        "reject": (("pending",), "rejected"),
        "use": (("approved",), "used"),
        "void": (("pending", "approved"), "void"),
    },
)
TASK: Final = Lifecycle(
    name="task",
    statuses=("open", "blocked", "done", "void"),
    moves={
        "block": (("open", "blocked"), "blocked"),
        "unblock": (("blocked",), "open"),
        "finish": (("open",), "done"),
        "void": (("open", "blocked"), "void"),
    },
)
RISK: Final = Lifecycle(
    name="risk",
    statuses=("open", "occurred", "closed"),
    moves={
        "occur": (("open",), "occurred"),
        "close": (("open",), "closed"),
        "resolve": (("occurred",), "closed"),
    },
)
LIFECYCLES: Final = (APPROVAL, TASK, RISK)


@dataclass(slots=True)
class _Token:
    """The light model of one step; it is never registered with the machine, whose list of models is scanned."""

    state: str


def step(lifecycle: Lifecycle, status: str, event: str) -> str | None:
    """The status after the event; None where the event is not allowed in that status.

    Raises:
        KeyError: the lifecycle has no such event.
    """
    token = _Token(status)
    # What is not allowed is answered with False, since invalid triggers are ignored.
    return token.state if _machine(lifecycle).events[event].trigger(token) else None


@cache
def _machine(lifecycle: Lifecycle) -> Machine:
    return Machine(
        model=None,
        states=list(lifecycle.statuses),
        transitions=[
            {"trigger": event, "source": list(sources), "dest": end}
            for event, (sources, end) in lifecycle.moves.items()
        ],
        initial=lifecycle.statuses[0],
        auto_transitions=False,
        ignore_invalid_triggers=True,
    )
