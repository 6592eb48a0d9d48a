"""Parts of a decision table's inputs in words: `amount >= 1000000, tier = key`. Knows nothing of rules."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.unparse import write_number, write_text
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.fields import FieldType, Scalar, SimpleType
from salespm_flow.rules.table_space import Box, Column, Mask, Piece

_ANY = Bilingual("任何输入", "any input")


def region(columns: Sequence[Column], box: Box) -> Bilingual:
    """What the box holds, column by column; a column that it holds whole is left out."""
    parts = [_column(column, mask) for column, mask in zip(columns, box, strict=True) if mask != column.everything]
    return Bilingual("，".join(parts), ", ".join(parts)) if parts else _ANY


def witness(columns: Sequence[Column], values: Mapping[str, Value]) -> Bilingual:
    """Values by input, as somebody would type them."""
    shown = [
        f"{one.input.id} = {shown_value(values[one.input.id], one.input.type)}"
        for one in columns
        if one.input.formula is None
    ]
    return Bilingual("，".join(shown), ", ".join(shown)) if shown else _ANY


def _column(column: Column, mask: Mask) -> str:
    name, type_ = column.input.id, column.input.type
    chosen = [piece for index, piece in enumerate(column.pieces) if mask >> index & 1]
    if any(isinstance(piece, Piece) for piece in chosen):
        return " or ".join(_span(name, first, last, type_) for first, last in _runs(column, mask))
    words = ["…" if value is None else shown_value(value, type_) for value in chosen if not isinstance(value, Piece)]
    return f"{name} = {' | '.join(words)}"


def _runs(column: Column, mask: Mask) -> Iterator[tuple[Piece, Piece]]:
    """The first and last piece of each unbroken run."""
    first: Piece | None = None
    last: Piece | None = None
    for index, piece in enumerate(column.pieces):
        is_in = bool(mask >> index & 1) and isinstance(piece, Piece)
        if is_in and isinstance(piece, Piece):
            first, last = first or piece, piece
        elif first is not None and last is not None:
            yield first, last
            first = last = None
    if first is not None and last is not None:
        yield first, last


def _span(name: str, first: Piece, last: Piece, type_: FieldType | None) -> str:
    low = None if first.low is None else _point(first.low, type_)
    high = None if last.high is None else _point(last.high, type_)
    if low is None:
        return name if high is None else f"{name} {'<=' if last.is_point else '<'} {high}"
    if high is None:
        return f"{name} {'>=' if first.is_point else '>'} {low}"
    if first is last and first.is_point:
        return f"{name} = {low}"
    return f"{name} in {'[' if first.is_point else '('}{low}..{high}{']' if last.is_point else ')'}"


def _point(point: Decimal | int, type_: FieldType | None) -> str:
    match type_:
        case SimpleType(scalar=Scalar.DATE):
            return date.fromordinal(int(point)).isoformat()
        case SimpleType(scalar=Scalar.DATETIME):
            return datetime.fromtimestamp(float(point), UTC).isoformat()
        case SimpleType(scalar=Scalar.DURATION):
            return shown_value(timedelta(microseconds=int(Decimal(point).scaleb(6))), type_)
        case _:
            return shown_value(Decimal(point), type_)


def shown_value(value: Value, type_: FieldType | None) -> str:
    """The value as somebody would type it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal() if type_ == SimpleType(Scalar.PERCENT):
            return f"{_plain(value * 100)}%"
        case Decimal():
            return _plain(value)
        case Money(amount=amount, currency=currency):
            return f"{_plain(amount)} {currency}"
        case timedelta():
            return _duration(value)
        case str():
            return value if value.isidentifier() else write_text(value)
        case _:
            return str(value)


def _plain(number: Decimal) -> str:
    short = number.normalize()
    return write_number(short.quantize(Decimal(1)) if short == short.to_integral_value() else short)


def _duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:g}s"
