"""The inputs of a decision table as a grid: each column cut into pieces that no cell divides. Pure geometry.

Every condition of a cell is then a set of pieces, kept as the bits of a whole number, and a rule a box of such sets.
Ends are exact: a piece is one value or the open interval between two. Knows neither hit policies nor what is reported.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, MoneyOf, Scalar, SimpleType
from salespm_flow.model.tables import TableInput
from salespm_flow.nouns import dataclass
from salespm_flow.rules.table_cells import STEPPED, Interval, Point, Read, accepted, accepts, is_ordered, point_of

Mask = int
Box = tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """The values between two ends, or one value where both are the same and included; None is open to that side."""

    low: Point | None
    high: Point | None
    is_point: bool


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
    lets = [None if test is None else accepted(test, column, type_, read) for test in tests]
    if is_ordered(type_):
        spans = [one for one in lets if isinstance(one, tuple)]
        pieces = _cut(column, type_, spans)
        cut = Column(input=column, pieces=pieces)
        starts = tuple((piece.low, not piece.is_point) for piece in pieces if piece.low is not None)
    else:
        values = _values(type_, [one for one in lets if isinstance(one, frozenset)])
        cut = Column(input=column, pieces=values)
        starts = ()
    masks: list[Mask | None] = []
    for test, one in zip(tests, lets, strict=True):
        if test is None:
            masks.append(cut.everything)
        elif one is None:
            masks.append(None)
        elif isinstance(one, tuple):
            masks.append(_span_mask(one, starts, len(cut.pieces) - len(starts)))
        else:
            masks.append(_value_mask(test, cut.pieces))
    return cut, masks


# Pieces


def _cut(column: TableInput, type_: FieldType, spans: Sequence[tuple[Interval, ...]]) -> tuple[Piece, ...]:
    """The pieces between all ends, from the column's minimum to its maximum."""
    low, high = (None if bound is None else point_of(bound, type_) for bound in (column.minimum, column.maximum))
    ends = {end for some in spans for span in some for end in (span.low, span.high) if end is not None}
    ends |= {end for end in (low, high) if end is not None}
    kept = sorted(end for end in ends if (low is None or end >= low) and (high is None or end <= high))
    stepped = isinstance(type_, SimpleType) and type_.scalar in STEPPED
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
    return sum(1 << index for index, value in enumerate(pieces) if accepts(test, value))


# Values to show


def _sample(piece: Piece, type_: FieldType | None) -> Value:
    point = _inner(piece, stepped=isinstance(type_, SimpleType) and type_.scalar in STEPPED)
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
