"""Flow figures as data for programs: durations in days, ratios in 0..1. Knows no terminal."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from salespm_flow.cli.commands.deal_question import plain_rate
from salespm_flow.engine.answers import Json, iso
from salespm_flow.rules.flow.contrast import Contrast
from salespm_flow.rules.flow.report import Flow, StateFlow
from salespm_flow.rules.flow.series import Burndown, Cumulative
from salespm_flow.rules.flow.trips import Times
from salespm_flow.rules.forecast.calibration import ratio


def flow_answer(flow: Flow) -> dict[str, Json]:
    """The flow of a window."""
    success = flow.success_interval
    return {
        "projects": flow.projects,
        "opened": flow.opened,
        "ended": flow.ended,
        "succeeded": flow.succeeded,
        "success_rate": plain_rate(flow.success_rate),
        "success_interval": None if success is None else [plain_rate(end) for end in success],
        "per_week": plain_rate(flow.per_week),
        "lead_time": _times(flow.lead),
        "cycle_time": _times(flow.cycle),
        "wip": flow.wip,
        "moves": flow.moves,
        "skip_rate": plain_rate(flow.skip_rate),
        "regress_rate": plain_rate(flow.regress_rate),
        "bottleneck": flow.bottleneck,
        "little": {
            "wip": plain_rate(flow.little.wip),
            "expected": plain_rate(flow.little.expected),
            "ratio": plain_rate(flow.little.ratio),
        },
        "states": [_state(one) for one in flow.states],
    }


def _state(one: StateFlow) -> dict[str, Json]:
    return {
        "state": one.state,
        "entered": one.entered,
        "left": one.left,
        "time": _times(one.time),
        "age": _times(one.age),
        "wip": plain_rate(one.wip),
        "conversion": plain_rate(one.conversion),
        "leak": plain_rate(one.leak),
        "load": plain_rate(one.load),
    }


def _times(times: Times | None) -> Json:
    if times is None:
        return None
    spans = {"mean": times.mean, "p50": times.p50, "p85": times.p85}
    between: Json = None if times.p50_interval is None else [_days(end) for end in times.p50_interval]
    return {"count": times.count, **{name: _days(span) for name, span in spans.items()}, "p50_interval": between}


def _days(span: timedelta) -> str | None:
    return plain_rate(ratio(span / timedelta(days=1)))


def contrasts_answer(found: Iterable[Contrast]) -> list[Json]:
    """Each version against the one before it."""
    return [
        {
            "before": one.before,
            "after": one.after,
            "figure": one.measure.value,
            "counts": list(one.counts),
            "verdict": one.verdict.value,
        }
        for one in found
    ]


def cumulative_answer(found: Cumulative) -> dict[str, Json]:
    """The series, one figure for each moment."""
    states: dict[str, Json] = {name: list(counts) for name, counts in found.states.items()}
    return {"moments": [iso(at) for at in found.moments], "states": states, "ended": list(found.ended)}


def burndown_answer(found: Burndown) -> dict[str, Json]:
    """The series, one figure for each moment, and the velocity of the stretches between."""
    return {
        "moments": [iso(at) for at in found.moments],
        "scope": _figures(found.scope),
        "done": _figures(found.done),
        "remaining": _figures(found.remaining),
        "ideal": _figures(found.ideal),
        "velocity": _figures(found.velocity),
        "mean_velocity": plain_rate(found.mean_velocity),
    }


def _figures(series: Iterable[Decimal]) -> list[Json]:
    return [plain_rate(one) for one in series]
