"""The engine is left alone with a project's clocks until it stands where it stood: the witness of a timer round."""

from collections.abc import Collection

from salespm_flow.diagnostics import Witness
from salespm_flow.engine.limits import TIMER
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.replay import Walk
from salespm_flow.nouns import dataclass

_MOST_FIRINGS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The timers that moved the project, and the deeds of the round; no witness where it was not gone to its end."""

    timers: tuple[str, ...]
    witness: Witness | None


def round_from(inspection: Inspection, number: int, within: Collection[tuple[str, ...]]) -> Round | None:
    """What time does with a project left alone; None where it leads out, or comes to rest.

    `number` is the configuration to begin from, `within` the leaves of all that belong to the circle.
    """
    walk = inspection.stage.walk(inspection.space.way(number), inspection.space)
    seen: list[tuple[str, ...]] = []
    timers: dict[str, None] = {}
    for _ in range(_MOST_FIRINGS):
        if walk is None:
            break
        if walk.project.leaves not in within:
            return None
        if walk.project.leaves in seen and timers:
            return Round(timers=tuple(timers), witness=Witness(deeds=walk.deeds, is_replayed=True))
        clock = _next(walk)
        if clock is None:
            return None
        after = inspection.stage.waited(walk, clock)
        if after is not None and after.project.entered != walk.project.entered:
            seen.append(walk.project.leaves)
            if clock.startswith(TIMER):
                timers[clock.removeprefix(TIMER)] = None
        walk = after
    return Round(timers=tuple(timers), witness=None)


def _next(walk: Walk) -> str | None:
    """The clock that is due first."""
    due = [(clock.due_at, clock.id) for clock in walk.project.clocks.values() if clock.due_at is not None]
    return min(due)[1] if due else None
