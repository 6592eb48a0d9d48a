"""The clocks that a state starts when it is entered, and for how long each runs. Knows no project."""

from collections.abc import Iterator, Mapping
from typing import Final

from salespm_flow.model.expression import Duration
from salespm_flow.model.workflow import State, Workflow

WARN: Final = "sla.warn."
BREACH: Final = "sla.breach."
TIMER: Final = "timer."
APPROVAL: Final = "approval."
REVIEW: Final = "review."
ISSUE: Final = "issue."
ACCEPTANCE: Final = "acceptance."


def limits_of(workflow: Workflow) -> Mapping[str, Mapping[str, Duration]]:
    """For the path of every state its clocks that run for a time, by id; those on a date are not among them."""
    return {path: dict(_limits(state, workflow)) for path, state in workflow.states.items()}


def _limits(state: State, workflow: Workflow) -> Iterator[tuple[str, Duration]]:
    if state.sla is not None:
        if state.sla.warn is not None:
            yield WARN + state.name, state.sla.warn
        if state.sla.breach is not None:
            yield BREACH + state.name, state.sla.breach
    for timer in workflow.timers.values():
        duration = timer.after or timer.every
        if timer.state == state.path and duration is not None:
            yield TIMER + timer.id, duration
