"""Bodies of the functions that say how two ranges, or a range and a point, lie to each other. Knows no types.

DMN 1.5, table 78, spells every relation out case by case. Here each bound is a place on the line: an excluded start
lies a touch after its value, an excluded end a touch before it, and a point is a range that starts and ends there.
Each relation is then a few comparisons of places.
"""

from collections.abc import Mapping

from salespm_flow.expr.arithmetic import compare
from salespm_flow.expr.scope import Body, Scope
from salespm_flow.expr.syntax import Operator
from salespm_flow.expr.values import Range, Value
from salespm_flow.nouns import dataclass

# Up to four comparisons of places.
_STEPS = 12

_Place = tuple[Value, int]  # a value, and a touch after (1) or before (-1) it


@dataclass(frozen=True, slots=True)
class _Span:
    """The places of the first and the last."""

    start: _Place
    end: _Place


# What must hold of (start of a, start of b), (start of a, end of b), (end of a, start of b), (end of a, end of b):
# the signs that the comparison may have; None allows all.
_Signs = frozenset[int] | None
_BEFORE, _SAME, _AFTER = frozenset({-1}), frozenset({0}), frozenset({1})
_NOT_AFTER, _NOT_BEFORE = _BEFORE | _SAME, _AFTER | _SAME
_RELATIONS: Mapping[str, tuple[_Signs, _Signs, _Signs, _Signs]] = {
    "before": (None, None, _BEFORE, None),
    "after": (None, _AFTER, None, None),
    "meets": (None, None, _SAME, None),
    "met by": (None, _SAME, None, None),
    "overlaps": (None, _NOT_AFTER, _NOT_BEFORE, None),
    "overlaps before": (_BEFORE, None, _NOT_BEFORE, _NOT_AFTER),
    "overlaps after": (_AFTER, _NOT_AFTER, None, _NOT_BEFORE),
    "finishes": (_NOT_BEFORE, None, None, _SAME),
    "finished by": (_NOT_AFTER, None, None, _SAME),
    "includes": (_NOT_AFTER, None, None, _NOT_BEFORE),
    "during": (_NOT_BEFORE, None, None, _NOT_AFTER),
    "starts": (_SAME, None, None, _NOT_AFTER),
    "started by": (_SAME, None, None, _NOT_BEFORE),
    "coincides": (_SAME, None, None, _SAME),
}


def relation(name: str) -> Body:
    """The body of the relation of that name: three-valued, null beside a bound that is null or cannot be compared."""
    wanted = _RELATIONS[name]

    def body(scope: Scope, arguments: tuple[Value, ...]) -> Value:
        scope.burn(_STEPS)
        first, second = _span(arguments[0]), _span(arguments[1])
        pairs = (
            (first.start, second.start),
            (first.start, second.end),
            (first.end, second.start),
            (first.end, second.end),
        )
        answer: Value = True
        for signs, (left, right) in zip(wanted, pairs, strict=True):
            if signs is None:
                continue
            sign = _sign(left, right)
            if sign is None:
                answer = None
            elif sign not in signs:
                return False
        return answer

    return body


def _span(value: Value) -> _Span:
    if not isinstance(value, Range):
        return _Span((value, 0), (value, 0))
    return _Span((value.low, 0 if value.low_closed else 1), (value.high, 0 if value.high_closed else -1))


def _sign(left: _Place, right: _Place) -> int | None:
    """-1, 0 or 1 as the left place lies before, at or after the right one; null where their values do not compare."""
    is_less = compare(Operator.LESS, left[0], right[0])
    if is_less is None:
        return None
    if is_less:
        return -1
    if compare(Operator.GREATER, left[0], right[0]):
        return 1
    return (left[1] > right[1]) - (left[1] < right[1])
