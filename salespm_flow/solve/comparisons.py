"""Takes comparisons apart: the one term that is compared with constants, and the same question in one form.

Knows trees only; `constants` are the names whose values never change.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from enum import Enum, auto
from typing import Final

from salespm_flow.expr.syntax import (
    COMPARISONS,
    Between,
    Binary,
    Call,
    In,
    ListLiteral,
    Name,
    Negate,
    Node,
    Operator,
    RangeLiteral,
    Test,
    walk,
)


class Want(Enum):
    """What a condition is to come to; an unknown one (null) is neither true nor false."""

    TRUE = auto()
    FALSE = auto()
    NOT_TRUE = auto()
    NOT_FALSE = auto()


OPPOSITE: Final = {
    Want.TRUE: Want.FALSE,
    Want.FALSE: Want.TRUE,
    Want.NOT_TRUE: Want.NOT_FALSE,
    Want.NOT_FALSE: Want.NOT_TRUE,
}
Constants = Collection[str]
# What these make of constants is constant; a time is not, which hangs on a zone.
_TIMELESS: Final = frozenset({"date", "duration", "number"})


def is_constant(node: Node, constants: Constants) -> bool:
    """Whether the node says the same everywhere, whatever the project, the moment and the zone."""
    return all(
        found.name in constants
        if isinstance(found, Name)
        else not isinstance(found, Call) or found.function in _TIMELESS
        for found, _ in walk(node)
    )


def compared(node: Node, constants: Constants) -> Node | None:
    """The one term that the node compares with constants; None where there is no such."""
    match node:
        case Binary(operator=operator, left=left, right=right) if operator in COMPARISONS:
            fixed = (is_constant(left, constants), is_constant(right, constants))
            sides = {(False, True): left, (True, False): right}
            return _inside_default(sides[fixed], constants) if fixed in sides else None
        case Between(value=value, low=low, high=high):
            is_fixed = is_constant(low, constants) and is_constant(high, constants)
        case In(value=value, tests=tests):
            is_fixed = all(is_constant(one, constants) for test in tests for one in _ends(test))
        case _:
            return None
    return _inside_default(value, constants) if is_fixed and not is_constant(value, constants) else None


def _inside_default(node: Node, constants: Constants) -> Node | None:
    """The term itself; under `default` with a constant, the term that it stands in for."""
    match node:
        case Call(function="default", arguments=(inner, fallback)) if is_constant(fallback, constants):
            return inner
        case Negate():
            return None
        case _:
            return node


def constants_in(node: Node, constants: Constants) -> Iterator[Node]:
    """What the comparison sets its term against, and what stands in for the term."""
    match node:
        case Binary(left=left, right=right):
            sides: tuple[Node, ...] = (left, right)
        case Between(value=value, low=low, high=high):
            sides = (value, low, high)
        case In(value=value, tests=tests):
            sides = (value, *(one for test in tests for one in _ends(test)))
        case _:
            return
    for side in sides:
        match side:
            case Call(function="default", arguments=(_, fallback)) if is_constant(fallback, constants):
                yield fallback
            case _ if is_constant(side, constants):
                yield side
            case _:
                pass


def _ends(test: Node) -> tuple[Node, ...]:
    match test:
        case Test(operand=operand):
            return (operand,)
        case RangeLiteral(low=low, high=high):
            return (low, high)
        case ListLiteral(items=items):
            return items
        case _:
            return (test,)


def is_count(node: Node) -> bool:
    """Whether the term counts something."""
    return isinstance(node, Call) and node.function == "count"


def with_stand_in(node: Node, term: Node, stand_in: Name) -> Node:
    """The comparison with a name in the term's place."""

    def swap(side: Node) -> Node:
        if side == term:
            return stand_in
        if isinstance(side, Call) and side.function == "default":
            return replace(side, arguments=(stand_in, side.arguments[1]))
        return side

    match node:
        case Binary(left=left, right=right):
            return replace(node, left=swap(left), right=swap(right))
        case Between(value=value):
            return replace(node, value=swap(value))
        case In(value=value):
            return replace(node, value=swap(value))
        case _:
            return stand_in


def canonical(node: Node, want: Want) -> tuple[Node, Want]:
    """The same question in one form: `a > b` as `b < a`, `a >= b` as not `a < b`, `a != b` as not `a = b`."""
    match node:
        case Binary(operator=Operator.GREATER, left=left, right=right):
            return replace(node, operator=Operator.LESS, left=right, right=left), want
        case Binary(operator=Operator.LESS_EQUAL, left=left, right=right):
            return replace(node, operator=Operator.LESS, left=right, right=left), OPPOSITE[want]
        case Binary(operator=Operator.GREATER_EQUAL):
            return replace(node, operator=Operator.LESS), OPPOSITE[want]
        case Binary(operator=Operator.UNEQUAL):
            return replace(node, operator=Operator.EQUAL), OPPOSITE[want]
        case _:
            return node, want
