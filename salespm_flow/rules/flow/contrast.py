"""Whether two versions of a process can be told apart by what ended under each. Knows no storage."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise

from salespm_flow.nouns import dataclass
from salespm_flow.rules.flow.report import Flow
from salespm_flow.rules.flow.trips import Times
from salespm_flow.rules.forecast.calibration import ENOUGH


class Measure(StrEnum):
    """What versions are held against each other in."""

    SUCCESS_RATE = "success_rate"
    LEAD_TIME = "lead_time"
    CYCLE_TIME = "cycle_time"


class Verdict(StrEnum):
    """What two figures tell: too few cases, a difference that may be chance, or one that is hardly."""

    TOO_FEW = "too_few"
    UNSURE = "unsure"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two versions by one measure: how many cases each has, and the verdict.

    They are different where their intervals of 95 % do not meet: a difference that is called one is then chance in less
    than one case of a hundred, at the price that small differences stay unsure (Schenker and Gentleman 2001).
    """

    before: int
    after: int
    measure: Measure
    counts: tuple[int, int]
    verdict: Verdict


def contrasts(flows: Mapping[int, Flow]) -> tuple[Contrast, ...]:
    """Each version, in order, against the one before it, by each measure."""
    return tuple(
        _contrast((before, after), measure, (flows[before], flows[after]))
        for before, after in pairwise(sorted(flows))
        for measure in Measure
    )


def _contrast(versions: tuple[int, int], measure: Measure, flows: tuple[Flow, Flow]) -> Contrast:
    before, after = versions
    first, second = (_counted(flow, measure) for flow in flows)
    return Contrast(
        before=before, after=after, measure=measure, counts=(first, second), verdict=_verdict(measure, flows)
    )


def _counted(flow: Flow, measure: Measure) -> int:
    if measure is Measure.SUCCESS_RATE:
        return flow.ended
    times = times_by(flow, measure)
    return 0 if times is None else times.count


def times_by(flow: Flow, measure: Measure) -> Times | None:
    """The durations that a measure is of; None where it is of none."""
    match measure:
        case Measure.SUCCESS_RATE:
            return None
        case Measure.LEAD_TIME:
            return flow.lead
        case Measure.CYCLE_TIME:
            return flow.cycle


def _verdict(measure: Measure, flows: tuple[Flow, Flow]) -> Verdict:
    if min(_counted(flow, measure) for flow in flows) < ENOUGH:
        return Verdict.TOO_FEW
    first, second = (_interval(flow, measure) for flow in flows)
    if first is None or second is None:
        return Verdict.TOO_FEW
    return Verdict.DIFFERENT if first[1] < second[0] or second[1] < first[0] else Verdict.UNSURE


def _interval(flow: Flow, measure: Measure) -> tuple[float, float] | None:
    """Where the figure lies with a confidence of 95 %: the rate, or the median in seconds."""
    times = times_by(flow, measure)
    if times is None or times.p50_interval is None:
        ends = flow.success_interval if measure is Measure.SUCCESS_RATE else None
        return None if ends is None else (float(ends[0]), float(ends[1]))
    low, high = times.p50_interval
    return low.total_seconds(), high.total_seconds()
