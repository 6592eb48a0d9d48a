"""What the cells of a decision table accept: intervals of ordered columns, named values of the others. Pure geometry.

A cell that speaks of more than its own column, or of what is no constant, is opaque. Knows no table.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from salespm_flow.expr.syntax import (
    Binary,
    BooleanLiteral,
    Call,
    In,
    Name,
    Node,
    NullLiteral,
    Operator,
    RangeLiteral,
    Test,
)
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.fields import FieldType, MoneyOf, Scalar, SimpleType
from salespm_flow.model.tables import TableInput
from salespm_flow.nouns import dataclass

# Numbers, and days or seconds as numbers, so that one order serves them all.
Point = Decimal | int
Read = Callable[[Node], Value]
STEPPED: Final = frozenset({Scalar.INTEGER, Scalar.DATE})
_DENSE: Final = frozenset({Scalar.NUMBER, Scalar.PERCENT, Scalar.DATETIME, Scalar.DURATION})


class Opaque(Exception):  # noqa: N818 - a way out of the reading of one cell, caught in this module
    """A cell is no set of values of its column alone."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What a test accepts of an ordered column; None is open to that side."""

    low: Point | None
    high: Point | None
    low_closed: bool = False
    high_closed: bool = False


Accepted = tuple[Interval, ...] | frozenset[Value]


def is_ordered(type_: FieldType) -> bool:
    """Whether the column's values are numbers, or days and times, that intervals speak of."""
    return isinstance(type_, MoneyOf) or (isinstance(type_, SimpleType) and type_.scalar in STEPPED | _DENSE)


def accepted(test: Node, column: TableInput, type_: FieldType, read: Read) -> Accepted | None:
    """The values that the condition lets through, for a column without order those that it names; None if opaque."""
    try:
        if is_ordered(type_):
            return tuple(_intervals(test, column, type_, read))
        return _listed(test, column, read)
    except Opaque:
        return None


def _intervals(test: Node, column: TableInput, type_: FieldType, read: Read) -> list[Interval]:
    match test:
        case BooleanLiteral(value=flag):
            return [Interval(None, None)] if flag else []
        case In(value=Name(name=name), tests=tests) if name == column.id:
            return [one for inner in tests for one in _interval(inner, type_, read)]
        case Call(function="not", arguments=(inner,)):
            return _outside(_intervals(inner, column, type_, read))
        case Binary(operator=Operator.EQUAL, right=NullLiteral()):
            return []
        case Binary(operator=Operator.OR, left=left, right=right):
            return [*_intervals(left, column, type_, read), *_intervals(right, column, type_, read)]
        case _:
            raise Opaque


def _interval(test: Node, type_: FieldType, read: Read) -> list[Interval]:
    match test:
        case Test(operator=operator, operand=operand):
            return _compared(operator, point_of(read(operand), type_))
        case RangeLiteral(low=low, high=high, low_closed=low_closed, high_closed=high_closed):
            ends = point_of(read(low), type_), point_of(read(high), type_)
            return [Interval(*ends, low_closed, high_closed)]
        case _:
            value = point_of(read(test), type_)
            return [Interval(value, value, low_closed=True, high_closed=True)]


def _compared(operator: Operator, value: Point) -> list[Interval]:
    match operator:
        case Operator.LESS:
            return [Interval(None, value)]
        case Operator.LESS_EQUAL:
            return [Interval(None, value, high_closed=True)]
        case Operator.GREATER:
            return [Interval(value, None)]
        case Operator.GREATER_EQUAL:
            return [Interval(value, None, low_closed=True)]
        case Operator.EQUAL:
            return [Interval(value, value, low_closed=True, high_closed=True)]
        case Operator.UNEQUAL:
            return [Interval(None, value), Interval(value, None)]
        case _:
            raise Opaque


def _outside(spans: Sequence[Interval]) -> list[Interval]:
    """What none of the intervals holds."""
    left = [Interval(None, None)]
    for span in spans:
        rest: list[Interval] = []
        for one in left:
            rest += _minus(one, span)
        left = rest
    return left


def _minus(one: Interval, span: Interval) -> list[Interval]:
    below = Interval(None, span.low, high_closed=not span.low_closed)
    above = Interval(span.high, None, low_closed=not span.high_closed)
    found = ([] if span.low is None else [_both(one, below)]) + ([] if span.high is None else [_both(one, above)])
    return [part for part in found if part is not None]


def _both(one: Interval, other: Interval) -> Interval | None:
    low, low_closed = one.low, one.low_closed
    if other.low is not None and (low is None or other.low > low or (other.low == low and not other.low_closed)):
        low, low_closed = other.low, other.low_closed
    high, high_closed = one.high, one.high_closed
    if other.high is not None and (high is None or other.high < high or (other.high == high and not other.high_closed)):
        high, high_closed = other.high, other.high_closed
    if low is not None and high is not None and (low > high or (low == high and not (low_closed and high_closed))):
        return None
    return Interval(low, high, low_closed, high_closed)


def _listed(test: Node, column: TableInput, read: Read) -> frozenset[Value]:
    """The values that the test names; whether it accepts them or all others, `accepts` tells."""
    match test:
        case BooleanLiteral():
            return frozenset()
        case In(value=Name(name=name), tests=tests) if name == column.id:
            return frozenset(_constant(inner, read) for inner in tests)
        case Call(function="not", arguments=(inner,)):
            return _listed(inner, column, read)
        case Binary(operator=Operator.EQUAL, right=NullLiteral()):
            return frozenset()
        case Binary(operator=Operator.OR, left=left, right=right):
            return _listed(left, column, read) | _listed(right, column, read)
        case _:
            raise Opaque


def _constant(node: Node, read: Read) -> Value:
    match node:
        case Test(operator=Operator.EQUAL | Operator.UNEQUAL, operand=operand):
            return _constant(operand, read)
        case Test() | RangeLiteral():
            raise Opaque
        case _:
            value = read(node)
    if not isinstance(value, str | bool):
        raise Opaque
    return value


def point_of(value: Value, type_: FieldType) -> Point:
    """The value as a number in the order of its type.

    Raises:
        Opaque: it has none.
    """
    match value:
        case Money(amount=amount) if isinstance(type_, MoneyOf):
            return amount
        case bool():
            raise Opaque
        case Decimal():
            return value
        case datetime():
            return Decimal(str(value.timestamp()))
        case date():
            return value.toordinal()
        case timedelta():
            return Decimal(value // timedelta(microseconds=1)).scaleb(-6)
        case _:
            raise Opaque


def accepts(test: Node, value: object) -> bool:
    """Whether the test accepts the value; None stands for every value that no cell names."""
    match test:
        case BooleanLiteral(value=flag):
            return flag
        case Call(function="not", arguments=(inner,)):
            return not accepts(inner, value)
        case Binary(operator=Operator.OR, left=left, right=right):
            return accepts(left, value) or accepts(right, value)
        case In(tests=tests):
            return any(_meets(one, value) for one in tests)
        case _:
            return False


def _meets(test: Node, value: object) -> bool:
    match test:
        case Test(operator=Operator.UNEQUAL, operand=operand):
            return not _meets(operand, value)
        case Test(operand=operand):
            return _meets(operand, value)
        case _:
            return value is not None and getattr(test, "value", None) == value
