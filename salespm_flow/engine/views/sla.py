"""How a project stands against the time limits of the states it is in, read off its clocks."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from salespm_flow.engine.limits import BREACH, WARN
from salespm_flow.engine.places import active_paths
from salespm_flow.model.project import Clock, Project
from salespm_flow.model.workflow import State, Workflow
from salespm_flow.nouns import dataclass


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


class Place(Protocol):
    """Where a project stands, since when and by which clocks: a whole project, or as much as a list of many reads."""

    @property
    def leaves(self) -> tuple[str, ...]:
        """The full paths of the active leaves."""
        ...

    @property
    def entered(self) -> Mapping[str, datetime]:
        """When each state was last entered."""
        ...

    @property
    def clocks(self) -> Mapping[str, Clock]:
        """The clocks by id; at least those of time limits."""
        ...


def limits(workflow: Workflow, project: Project, now: datetime) -> tuple[Limit, ...]:
    """The time limits of the active states, the worst first."""
    return limits_at(workflow, project, now) if project.is_open else ()


def limits_at(workflow: Workflow, place: Place, now: datetime) -> tuple[Limit, ...]:
    """As `limits`, for where an open project stands."""
    found = _limits(workflow, place, now)
    order = list(Light)
    return tuple(sorted(found, key=lambda limit: -order.index(limit.light)))


def _limits(workflow: Workflow, place: Place, now: datetime) -> Iterator[Limit]:
    for path in active_paths(place.leaves):
        state = workflow.states[path]
        if state.sla is None:
            continue
        warned, warns_at = _stage(place, state, WARN, now) if state.sla.warn is not None else (False, None)
        broken, breaks_at = _stage(place, state, BREACH, now) if state.sla.breach is not None else (False, None)
        light = Light.RED if broken else Light.AMBER if warned else Light.GREEN
        due_at = None if broken else warns_at or breaks_at
        yield Limit(state=state.name, entered_at=place.entered[path], light=light, due_at=due_at)


def _stage(place: Place, state: State, stage: str, now: datetime) -> tuple[bool, datetime | None]:
    """Whether the stage is reached, else when it will be; a clock that is gone has fired."""
    clock = place.clocks.get(stage + state.name)
    if clock is None or (clock.due_at is not None and clock.due_at <= now):
        return True, None
    return False, clock.due_at
