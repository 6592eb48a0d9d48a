"""The engine is left alone with a project's clocks until it stands where it stood: the witness of a timer round."""

from collections.abc import Collection

from salespm_flow.diagnostics import Witness
from salespm_flow.engine.limits import TIMER
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.replay import Walk

_MOST_FIRINGS = 60


def witness_of_round(
    inspection: Inspection, number: int, within: Collection[tuple[str, ...]]
) -> tuple[tuple[str, ...], Witness] | None:
    """The timers that moved the project and the deeds of the whole round; None where time leads out, or too far.

    `number` is the configuration to begin from, `within` the leaves of all that belong to the circle.
    """
    walk = inspection.stage.walk(inspection.space.way(number), inspection.space)
    seen: list[tuple[str, ...]] = []
    timers: dict[str, None] = {}
    for _ in range(_MOST_FIRINGS):
        if walk is None or walk.project.leaves not in within:
            return None
        if walk.project.leaves in seen and timers:
            return tuple(timers), Witness(deeds=walk.deeds, is_replayed=True)
        clock = _next(walk)
        after = None if clock is None else inspection.stage.waited(walk, clock)
        if clock is not None and after is not None and after.project.entered != walk.project.entered:
            seen.append(walk.project.leaves)
            if clock.startswith(TIMER):
                timers[clock.removeprefix(TIMER)] = None
        walk = after
    return None


def _next(walk: Walk) -> str | None:
    """The clock that is due first."""
    due = [(clock.due_at, clock.id) for clock in walk.project.clocks.values() if clock.due_at is not None]
    return min(due)[1] if due else None
