"""Since when a time limit is breached and how long that is, as the limit counts. Changes nothing."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from salespm_flow.engine.durations import later
from salespm_flow.engine.limits import BREACH
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.history import Noted
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import State
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import working_days_between

_TOPIC: Final = BREACH.removesuffix(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """When a time limit was breached; `working_days` since then, None where the limit counts days of the calendar."""

    breached_at: datetime
    working_days: Decimal | None


def lateness(runner: Runner, project: str, state: str, now: datetime) -> Lateness | None:
    """How late the project is in that state, given by its name; None where its time limit is not breached.

    Reads the history, since the clock of a breach that was told is gone.

    Raises:
        PinnedDefinitionError: the project's definition is lost.
        CalendarError: the calendar cannot answer.
        StoreError: the store failed.
    """
    found = runner.store.project(project)
    if found is None:
        return None
    compiled = runner.definitions.pinned(found.pin)
    stood = next((one for one in compiled.workflow.states.values() if one.name == state), None)
    if stood is None or stood.sla is None or stood.sla.breach is None:
        return None
    entered_at = found.entered.get(stood.path, found.opened_at)
    # Clocks of the past are silent in an import: nothing told of the breach.
    reckoned = later(entered_at, stood.sla.breach, compiled.calendar, compiled.zone)
    breached_at = _breached_at(runner, found, stood) or reckoned
    if breached_at > now:
        return None
    counts_work = isinstance(stood.sla.breach, WorkingDays)
    days = working_days_between(compiled.calendar, breached_at, now) if counts_work else None
    return Lateness(breached_at=breached_at, working_days=days)


def _breached_at(runner: Runner, project: Project, state: State) -> datetime | None:
    """When the running clock is due, else when the newest history of the state told of its breach."""
    clock = project.clocks.get(BREACH + state.name)
    if clock is not None and clock.due_at is not None:
        return clock.due_at
    told = None
    for entry in runner.store.history(project.id):
        if any(isinstance(one, Noted) and (one.topic, one.name) == (_TOPIC, state.name) for one in entry.changes):
            told = entry.at
    return told
