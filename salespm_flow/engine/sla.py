"""How a project stands against the time limits of the states it is in, read off its clocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from salespm_flow.engine.limits import BREACH, WARN
from salespm_flow.engine.places import active_paths
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import State, Workflow


class Light(StrEnum):
    """The state of a time limit, the best first."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The time limit of one active state: amber from the warning on, red from the breach; `due_at` is the next of both.

    None is due once the limit is breached.
    """

    state: str
    entered_at: datetime
    light: Light
    due_at: datetime | None


def limits(workflow: Workflow, project: Project, now: datetime) -> tuple[Limit, ...]:
    """The time limits of the active states, the worst first."""
    found = [] if not project.is_open else list(_limits(workflow, project, now))
    order = list(Light)
    return tuple(sorted(found, key=lambda limit: -order.index(limit.light)))


def _limits(workflow: Workflow, project: Project, now: datetime) -> Iterator[Limit]:
    for path in active_paths(project.leaves):
        state = workflow.states[path]
        if state.sla is None:
            continue
        warned, warns_at = _stage(project, state, WARN, now) if state.sla.warn is not None else (False, None)
        broken, breaks_at = _stage(project, state, BREACH, now) if state.sla.breach is not None else (False, None)
        light = Light.RED if broken else Light.AMBER if warned else Light.GREEN
        due_at = None if broken else warns_at or breaks_at
        yield Limit(state=state.name, entered_at=project.entered[path], light=light, due_at=due_at)


def _stage(project: Project, state: State, stage: str, now: datetime) -> tuple[bool, datetime | None]:
    """Whether the stage is reached, else when it will be; a clock that is gone has fired."""
    clock = project.clocks.get(stage + state.name)
    if clock is None or (clock.due_at is not None and clock.due_at <= now):
        return True, None
    return False, clock.due_at
