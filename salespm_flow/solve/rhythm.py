"""What an expression reads of an unknown that comes again and again: a weekday, a month, an hour, a remainder.

Between two roots of a comparison such an expression is not the same everywhere, so every step is tried as far as its
longest round reaches, and nothing is claimed of what lies between two steps that are farther apart.
"""

from collections.abc import Mapping
from typing import Final

from salespm_flow.expr.syntax import Call, Node, Path
from salespm_flow.nouns import dataclass
from salespm_flow.solve.domain import Measure, Ordered

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
# How often it may change and when it comes again, in minutes.
_PARTS: Final[Mapping[str, tuple[int, int]]] = {
    "weekday": (_DAY, 7 * _DAY),
    "day": (_DAY, 31 * _DAY),
    "month": (_DAY, 366 * _DAY),
    "hour": (_HOUR, _DAY),
    "minute": (1, _HOUR),
    "time": (1, _DAY),
    "offset": (_HOUR, 366 * _DAY),
}
_CALLS: Final[Mapping[str, tuple[int, int]]] = {
    "day of week": (_DAY, 7 * _DAY),
    "month of year": (_DAY, 366 * _DAY),
    "week of year": (_DAY, 371 * _DAY),
    "day of year": (_DAY, 366 * _DAY),
}
_ARITHMETIC: Final = frozenset({"modulo", "even", "odd"})
_MOST_STEPS: Final = 400
_ROUND_OF_NUMBERS: Final = 60


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How far to look in both directions, and how far apart two steps may be for what lies between; in steps."""

    grain: int
    reach: int


def rounds_in(node: Node) -> frozenset[str]:
    """The parts and functions that come again, of those that the node itself reads."""
    match node:
        case Path(field=field) if field in _PARTS:
            return frozenset({field})
        case Call(function=function) if function in _CALLS or function in _ARITHMETIC:
            return frozenset({function})
        case _:
            return frozenset()


def rhythm_of(rounds: frozenset[str], domain: Ordered) -> Rhythm | None:
    """The rhythm in which an unknown of that domain is to be tried; None where nothing comes again."""
    if domain.measure in (Measure.DATE, Measure.DATETIME):
        known = [_PARTS.get(name) or _CALLS.get(name) for name in rounds]
        lengths = [length for length in known if length is not None]
        if not lengths:
            return None
        grain, reach = min(length[0] for length in lengths), max(length[1] for length in lengths)
        if domain.measure is Measure.DATE:
            return Rhythm(1, min(reach // _DAY, _MOST_STEPS))
        return Rhythm(grain, min(reach // grain, _MOST_STEPS) * grain)
    return Rhythm(1, _ROUND_OF_NUMBERS) if rounds & _ARITHMETIC else None
