"""The inputs of a decision table as a grid: each column cut into pieces that no cell divides. Pure geometry.

Every condition of a cell is then a set of pieces, kept as the bits of a whole number, and a rule a box of such sets.
Ends are exact: a piece is one value or the open interval between two. Knows neither hit policies nor what is reported.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
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
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, MoneyOf, Scalar, SimpleType
from salespm_flow.model.tables import TableInput

Mask = int
Box = tuple[Mask, ...]
# Numbers, and days or seconds as numbers, so that one order serves them all.
Point = Decimal | int
Read = Callable[[Node], Value]
_STEPPED: Final = frozenset({Scalar.INTEGER, Scalar.DATE})
_DENSE: Final = frozenset({Scalar.NUMBER, Scalar.PERCENT, Scalar.DATETIME, Scalar.DURATION})


class Opaque(Exception):  # noqa: N818 - a way out of the reading of one cell, caught in this module
    """A cell is no set of values of its column alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The values between two ends, or one value where both are the same and included; None is open to that side."""

    low: Point | None
    high: Point | None
    is_point: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """What a test accepts of an ordered column; None is open to that side."""

    low: Point | None
    high: Point | None
    low_closed: bool = False
    high_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One input and its pieces in order.

    Ordered columns have `Piece`s, the others one piece per value, closed by `None` for all values not named.
    """

    input: TableInput
    pieces: tuple[Piece | Value, ...]

    def sample(self, index: int) -> Value:
        """A value out of the piece, the roundest that is easily found."""
        piece = self.pieces[index]
        if isinstance(piece, Piece):
            return _sample(piece, self.input.type)
        return () if piece is None and isinstance(self.input.type, ListOf) else _named(piece, self.pieces)

    @property
    def everything(self) -> Mask:
        """The set of all pieces."""
        return (1 << len(self.pieces)) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The columns of a table and its rules as boxes over them; None for a rule with a cell that no box can tell."""

    columns: tuple[Column, ...]
    boxes: tuple[Box | None, ...]

    @property
    def whole(self) -> Box:
        """The box of all inputs."""
        return tuple(column.everything for column in self.columns)


Accepted = tuple[Interval, ...] | frozenset[Value]
Cells = Sequence[Mapping[str, Node]]


def space_of(inputs: Iterable[TableInput], rules: Cells, read: Read) -> Space:
    """The grid that the rules make of the inputs; a computed input and a list are opaque wherever a rule tests them.

    Args:
        inputs: the columns.
        rules: for each rule the conditions by column.
        read: gives the value of a constant expression, None of any other.
    """
    columns: list[Column] = []
    masks: list[list[Mask | None]] = []
    for column in inputs:
        tests = [rule.get(column.id) for rule in rules]
        if column.formula is not None or column.type is None or isinstance(column.type, ListOf):
            masks.append([None if test is not None else 1 for test in tests])
            columns.append(Column(input=column, pieces=(None,)))
            continue
        cut, found = _column(column, column.type, tests, read)
        columns.append(cut)
        masks.append(found)
    boxes = [_box([of_column[at] for of_column in masks]) for at in range(len(rules))]
    return Space(columns=tuple(columns), boxes=tuple(boxes))


def _box(masks: Sequence[Mask | None]) -> Box | None:
    known = tuple(mask for mask in masks if mask is not None)
    return known if len(known) == len(masks) else None


def _column(
    column: TableInput, type_: FieldType, tests: Sequence[Node | None], read: Read
) -> tuple[Column, list[Mask | None]]:
    accepted = [None if test is None else _accepted(test, column, type_, read) for test in tests]
    if is_ordered(type_):
        spans = [one for one in accepted if isinstance(one, tuple)]
        pieces = _cut(column, type_, spans)
        cut = Column(input=column, pieces=pieces)
        starts = tuple((piece.low, not piece.is_point) for piece in pieces if piece.low is not None)
    else:
        values = _values(type_, [one for one in accepted if isinstance(one, frozenset)])
        cut = Column(input=column, pieces=values)
        starts = ()
    masks: list[Mask | None] = []
    for test, one in zip(tests, accepted, strict=True):
        if test is None:
            masks.append(cut.everything)
        elif one is None:
            masks.append(None)
        elif isinstance(one, tuple):
            masks.append(_span_mask(one, starts, len(cut.pieces) - len(starts)))
        else:
            masks.append(_value_mask(test, cut.pieces))
    return cut, masks


def is_ordered(type_: FieldType) -> bool:
    """Whether the column's values are numbers, or days and times, that intervals speak of."""
    return isinstance(type_, MoneyOf) or (isinstance(type_, SimpleType) and type_.scalar in _STEPPED | _DENSE)


# What a cell accepts


def _accepted(test: Node, column: TableInput, type_: FieldType, read: Read) -> Accepted | None:
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
            return _compared(operator, _point(read(operand), type_))
        case RangeLiteral(low=low, high=high, low_closed=low_closed, high_closed=high_closed):
            ends = _point(read(low), type_), _point(read(high), type_)
            return [Interval(*ends, low_closed, high_closed)]
        case _:
            value = _point(read(test), type_)
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
    """The values that the test names; whether it accepts them or all others, `_value_mask` looks up."""
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


def _point(value: Value, type_: FieldType) -> Point:
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


# Pieces


def _cut(column: TableInput, type_: FieldType, accepted: Sequence[tuple[Interval, ...]]) -> tuple[Piece, ...]:
    """The pieces between all ends, from the column's minimum to its maximum."""
    low, high = (None if bound is None else _point(bound, type_) for bound in (column.minimum, column.maximum))
    ends = {end for spans in accepted for span in spans for end in (span.low, span.high) if end is not None}
    ends |= {end for end in (low, high) if end is not None}
    kept = sorted(end for end in ends if (low is None or end >= low) and (high is None or end <= high))
    stepped = isinstance(type_, SimpleType) and type_.scalar in _STEPPED
    pieces: list[Piece] = []
    if low is None:
        pieces.append(Piece(None, kept[0] if kept else None, is_point=False))
    for index, end in enumerate(kept):
        if not stepped or end == int(end):
            pieces.append(Piece(end, end, is_point=True))
        after = kept[index + 1] if index + 1 < len(kept) else None
        if (after is not None or high is None) and not (stepped and after is not None and _is_empty(end, after)):
            pieces.append(Piece(end, after, is_point=False))
    return tuple(pieces)


def _is_empty(low: Point, high: Point) -> bool:
    """Whether no whole number lies strictly between."""
    return int(low // 1) + 1 >= high


def _span_mask(spans: Sequence[Interval], starts: Sequence[tuple[Point, bool]], before: int) -> Mask:
    """The pieces in any of the intervals, whose ends divide none; `before` pieces have no low end."""
    mask = 0
    for span in spans:
        first, last = 0, before + len(starts)
        if span.low is not None:
            first = before + bisect_left(starts, (span.low, not span.low_closed))
        if span.high is not None:
            last = before + bisect_left(starts, (span.high, span.high_closed))
        if first < last:
            mask |= (1 << last) - (1 << first)
    return mask


def _values(type_: FieldType, named: Sequence[frozenset[Value]]) -> tuple[Value, ...]:
    match type_:
        case EnumOf(values=values):
            return tuple(values)
        case SimpleType(scalar=Scalar.BOOLEAN):
            return (True, False)
        case _:
            return (*sorted({str(value) for values in named for value in values}), None)


def _value_mask(test: Node, pieces: Sequence[Piece | Value]) -> Mask:
    return sum(1 << index for index, value in enumerate(pieces) if _accepts(test, value))


def _accepts(test: Node, value: object) -> bool:
    """Whether the test accepts the value; None stands for every value that no cell names."""
    match test:
        case BooleanLiteral(value=flag):
            return flag
        case Call(function="not", arguments=(inner,)):
            return not _accepts(inner, value)
        case Binary(operator=Operator.OR, left=left, right=right):
            return _accepts(left, value) or _accepts(right, value)
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


# Values to show


def _sample(piece: Piece, type_: FieldType | None) -> Value:
    point = _inner(piece, stepped=isinstance(type_, SimpleType) and type_.scalar in _STEPPED)
    match type_:
        case MoneyOf(currency=currency):
            return Money(Decimal(point), currency)
        case SimpleType(scalar=Scalar.DATE):
            return date.fromordinal(min(max(int(point), 1), date.max.toordinal()))
        case SimpleType(scalar=Scalar.DATETIME):
            return datetime.fromtimestamp(float(point), UTC)
        case SimpleType(scalar=Scalar.DURATION):
            return timedelta(microseconds=int(Decimal(point).scaleb(6)))
        case _:
            return Decimal(point)


def _inner(piece: Piece, *, stepped: bool) -> Point:
    match piece:
        case Piece(low=None, high=None):
            return Decimal(0)
        case Piece(low=None, high=high) if high is not None:
            return -(-high // 1) - 1
        case Piece(low=low, high=None) if low is not None:
            return low // 1 + 1
        case Piece(low=low, high=high) if low is not None and high is not None:
            if piece.is_point:
                return low
            whole = low // 1 + 1
            return whole if stepped or whole < high else (Decimal(low) + Decimal(high)) / 2
        case _:
            return Decimal(0)


def _named(value: Value, values: Sequence[Piece | Value]) -> Value:
    """The value itself; for all that no cell names a text that differs from every one of them."""
    if value is not None:
        return value
    other = "…"
    while other in values:
        other += "…"
    return other


# Boxes


def meet(one: Box, other: Box) -> Box | None:
    """What both boxes hold; None where that is nothing."""
    both: list[Mask] = []
    for mine, theirs in zip(one, other, strict=True):
        shared = mine & theirs
        if not shared:
            return None
        both.append(shared)
    return tuple(both)


def subtract(boxes: Iterable[Box], taken: Box, limit: int) -> tuple[list[Box], bool]:
    """What the boxes hold beside `taken`, in boxes that share nothing, and whether all of it was kept.

    At most `limit` boxes are kept: what is left out may be missed, what is given is right.
    """
    rest: list[Box] = []
    for box in boxes:
        # A loop, since this is where the time goes.
        for mine, theirs in zip(box, taken, strict=True):
            if not mine & theirs:
                rest.append(box)
                break
        else:
            rest += _split(box, taken)
    return rest[:limit], len(rest) <= limit


def _split(box: Box, taken: Box) -> list[Box]:
    parts: list[Box] = []
    core = list(box)
    for index, mask in enumerate(taken):
        outside = core[index] & ~mask
        if outside:
            parts.append((*core[:index], outside, *core[index + 1 :]))
            core[index] &= mask
    return parts
