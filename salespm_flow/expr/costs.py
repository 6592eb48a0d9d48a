"""How much fuel one evaluation of a checked tree takes. Knows no values: what depends on their size is burnt apart.

A step is what a comparison of two numbers takes. The weights are measured, and rounded up: together with the fuel of a
scope they are what bounds the time of an evaluation.
"""

from collections.abc import Mapping
from typing import Final

from salespm_flow.expr.syntax import (
    ARITHMETIC,
    COMPARISONS,
    Between,
    Binary,
    Call,
    In,
    RangeLiteral,
    RecordLiteral,
    TemporalLiteral,
)
from salespm_flow.expr.terms import Term
from salespm_flow.expr.types import Kind, kind_of

_CALL: Final = 8
# A moment is brought into the zone in force each time.
_MOMENT: Final = 6
# Both ends are compared, whatever kind they are.
_BOUNDS: Final = 6
_CALCULATED: Final[Mapping[Kind, int]] = {
    Kind.MONEY: 3,
    Kind.DURATION: 6,
    Kind.TIME: 6,
    Kind.DATE: 8,
    Kind.MONTHS: 8,
    Kind.WORKING: 8,
    Kind.DATETIME: 12,
}


def steps_of(term: Term) -> int:
    """About how many steps one evaluation takes, what its functions take for long arguments apart."""
    total = 0
    pending = [term]
    while pending:
        one = pending.pop()
        total += _steps_alone(one)
        pending.extend(one.parts)
    return total


def _steps_alone(term: Term) -> int:
    match term.node:
        case Call():
            return _CALL
        case TemporalLiteral():
            return _MOMENT
        case Between() | RangeLiteral():
            return _BOUNDS
        case In(tests=tests):
            return 1 + 2 * len(tests)
        case RecordLiteral(entries=entries):
            return 2 + len(entries)
        case Binary(operator=operator) if operator in ARITHMETIC | COMPARISONS:
            kinds = (kind_of(term.typed.type), *(kind_of(part.typed.type) for part in term.parts))
            heaviest = max(_CALCULATED.get(kind, 1) for kind in kinds)
            return heaviest if operator in ARITHMETIC else -(-heaviest // 2)
        case _:
            return 1
