"""What actions do: one file for each, all listed here. The order of a gate's actions is the file's."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from salespm_flow.engine.actions import append, give_back, notify, raise_event, risk, send, set_field, spawn, task
from salespm_flow.engine.turn import Turn
from salespm_flow.model.actions import (
    Action,
    AppendRow,
    Notify,
    OpenRisk,
    OpenTask,
    RaiseEvent,
    ReturnToParent,
    SendEvent,
    SetField,
    SpawnChild,
)

# The value types differ by key, which a dict's type cannot say; `carry_out` pairs each action with its own entry.
ACTIONS: Final[Mapping[type[Action], tuple[str, Callable[[Turn, Any], None]]]] = {
    SetField: ("set", set_field.carry_out),
    AppendRow: ("append", append.carry_out),
    OpenTask: ("task", task.carry_out),
    Notify: ("notify", notify.carry_out),
    RaiseEvent: ("raise", raise_event.carry_out),
    SendEvent: ("send", send.carry_out),
    SpawnChild: ("spawn", spawn.carry_out),
    ReturnToParent: ("return", give_back.carry_out),
    OpenRisk: ("risk", risk.carry_out),
}


def carry_out(turn: Turn, actions: Iterable[Action]) -> None:
    """The actions are done, in order.

    Raises:
        RefusalError: one of them cannot be done, so the whole decision does not hold.
    """
    for action in actions:
        ACTIONS[type(action)][1](turn, action)
