"""The functions that say how two ranges, or a range and a point, lie to each other."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.forms import A_POINT, A_RANGE
from salespm_flow.expr.intervals import relation
from salespm_flow.expr.signatures import Function, Nulls, Parameter, Signature
from salespm_flow.expr.types import BOOLEAN

_POINTS = (A_POINT, A_POINT)
_POINT_RANGE = (A_POINT, A_RANGE)
_RANGE_POINT = (A_RANGE, A_POINT)
_RANGES = (A_RANGE, A_RANGE)


def _relation(
    name: str, description: Bilingual, example: str, *, takes: tuple[tuple[Parameter, Parameter], ...]
) -> Function:
    # Null for any arguments, because a range may have a bound that is null.
    body = relation(name)
    signatures = tuple(
        Signature(parameters=parameters, result=BOOLEAN, body=body, nulls=Nulls.ALWAYS, alike=True)
        for parameters in takes
    )
    return Function(signatures=signatures, description=description, example=example)


INTERVAL_FUNCTIONS: Mapping[str, Function] = {
    "before": _relation(
        "before",
        Bilingual("前者是否整个在后者之前", "Whether the first lies wholly before the second"),
        "before([1..5], 6)",
        takes=(_POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES),
    ),
    "after": _relation(
        "after",
        Bilingual("前者是否整个在后者之后", "Whether the first lies wholly after the second"),
        "after([5..9], [1..5))",
        takes=(_POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES),
    ),
    "meets": _relation(
        "meets",
        Bilingual("前者的终点是否正是后者的起点", "Whether the first ends where the second starts"),
        "meets([1..5], [5..9])",
        takes=(_RANGES,),
    ),
    "met by": _relation(
        "met by",
        Bilingual("前者的起点是否正是后者的终点", "Whether the first starts where the second ends"),
        "met by([5..9], [1..5])",
        takes=(_RANGES,),
    ),
    "overlaps": _relation(
        "overlaps",
        Bilingual("两个区间是否有共同的值", "Whether the ranges have a value in common"),
        'overlaps([@"2026-03-01"..@"2026-03-10"], [@"2026-03-10"..@"2026-03-20"])',
        takes=(_RANGES,),
    ),
    "overlaps before": _relation(
        "overlaps before",
        Bilingual("前者是否先开始，并在后者之中结束", "Whether the first starts earlier and ends within the second"),
        "overlaps before([1..5], [3..9])",
        takes=(_RANGES,),
    ),
    "overlaps after": _relation(
        "overlaps after",
        Bilingual("前者是否在后者之中开始，并且后结束", "Whether the first starts within the second and ends later"),
        "overlaps after([3..9], [1..5])",
        takes=(_RANGES,),
    ),
    "includes": _relation(
        "includes",
        Bilingual("前者是否包含后者", "Whether the second lies within the first"),
        "includes([1..9], 5)",
        takes=(_RANGE_POINT, _RANGES),
    ),
    "during": _relation(
        "during",
        Bilingual("前者是否在后者之中", "Whether the first lies within the second"),
        "during([2..5], [1..9])",
        takes=(_POINT_RANGE, _RANGES),
    ),
    "starts": _relation(
        "starts",
        Bilingual("前者是否从后者的起点开始并在其中", "Whether the first starts the second and lies within it"),
        "starts([1..5], [1..9])",
        takes=(_POINT_RANGE, _RANGES),
    ),
    "started by": _relation(
        "started by",
        Bilingual("后者是否从前者的起点开始并在其中", "Whether the second starts the first and lies within it"),
        "started by([1..9], [1..5])",
        takes=(_RANGE_POINT, _RANGES),
    ),
    "finishes": _relation(
        "finishes",
        Bilingual("前者是否到后者的终点结束并在其中", "Whether the first finishes the second and lies within it"),
        "finishes([5..9], [1..9])",
        takes=(_POINT_RANGE, _RANGES),
    ),
    "finished by": _relation(
        "finished by",
        Bilingual("后者是否到前者的终点结束并在其中", "Whether the second finishes the first and lies within it"),
        "finished by([1..9], [5..9])",
        takes=(_RANGE_POINT, _RANGES),
    ),
    "coincides": _relation(
        "coincides",
        Bilingual("两者是否完全相同", "Whether both are the same"),
        "coincides([1..5], [1..5])",
        takes=(_POINTS, _RANGES),
    ),
}
