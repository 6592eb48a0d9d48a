"""A reference read as exchange rates: which columns it must have, and the rate from one currency to another on a day.

A row says that one unit of `currency` is `rate` units of `to` from the day `on`; a table without the column `to` gives
its rates in the workspace's currency. Knows no documents but references.
"""

import re
from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Context, Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.scope import Exchange, no_exchange
from salespm_flow.expr.tokens import MAX_DIGITS
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import EnumOf, FieldType, Scalar, SimpleType
from salespm_flow.model.library import Library, Reference

CURRENCY: Final = "currency"
TO: Final = "to"
ON: Final = "on"
RATE: Final = "rate"
_CODE: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_Quote = tuple[date, Decimal]
# Two rates multiply without rounding, whatever the context of the thread is; the conversion rounds once.
_WIDE: Final = Context(prec=2 * MAX_DIGITS)


def column_flaws(reference: Reference) -> Iterator[Bilingual]:
    """What keeps the reference from being a table of rates, column by column."""
    wanted = {CURRENCY: Bilingual("文本", "text"), ON: Bilingual("日期", "date"), RATE: Bilingual("数字", "number")}
    for name, type_ in wanted.items():
        field = reference.fields.get(name)
        if field is None:
            yield Bilingual(f"缺少列 `{name}`（{type_.zh}）", f"the column `{name}` ({type_.en}) is missing")
        elif not _is(field.type, name):
            yield Bilingual(f"列 `{name}` 应为{type_.zh}", f"the column `{name}` must be a {type_.en}")
    to = reference.fields.get(TO)
    if to is not None and not _is(to.type, TO):
        yield Bilingual(f"列 `{TO}` 应为文本", f"the column `{TO}` must be a text")


def _is(declared: FieldType, column: str) -> bool:
    match declared:
        case EnumOf():
            return column in {CURRENCY, TO}
        case SimpleType(scalar=scalar):
            return scalar is {ON: Scalar.DATE, RATE: Scalar.NUMBER}.get(column, Scalar.TEXT)
        case _:
            return False


def row_flaws(reference: Reference) -> Iterator[str]:
    """The keys of the rows that give no rate: no currency code, no date, or a rate that is not above zero."""
    for key, row in reference.rows.items():
        if _quote(row, "XXX") is None:
            yield key


def exchange_of(library: Library) -> Exchange:
    """The rates of the workspace: of the newest row up to the day, turned round or over the workspace's currency."""
    reference = library.references.get(library.workspace.rates or "")
    if reference is None or any(column_flaws(reference)):
        return no_exchange
    base = library.workspace.currency
    quotes: dict[tuple[str, str], list[_Quote]] = {}
    for row in reference.rows.values():
        found = _quote(row, base)
        if found is not None:
            pair, quote = found
            insort(quotes.setdefault(pair, []), quote)

    def exchange(source: str, target: str, on: date) -> tuple[Decimal, Decimal] | None:
        direct = _either_way(quotes, source, target, on)
        if direct is not None:
            return direct
        first, second = _either_way(quotes, source, base, on), _either_way(quotes, base, target, on)
        if first is None or second is None:
            return None
        return _WIDE.multiply(first[0], second[0]), _WIDE.multiply(first[1], second[1])

    return exchange


def _quote(row: Mapping[str, Value], base: str) -> tuple[tuple[str, str], _Quote] | None:
    match row.get(CURRENCY), row.get(TO, base), row.get(ON), row.get(RATE):
        case str() as source, str() as target, date() as on, Decimal() as rate if rate > 0:
            return ((source, target), (on, rate)) if _CODE.fullmatch(source) and _CODE.fullmatch(target) else None
        case _:
            return None


def _either_way(
    quotes: Mapping[tuple[str, str], list[_Quote]], source: str, target: str, on: date
) -> tuple[Decimal, Decimal] | None:
    one = Decimal(1)
    rate = _newest(quotes.get((source, target), ()), on)
    if rate is not None:
        return rate, one
    inverse = _newest(quotes.get((target, source), ()), on)
    return None if inverse is None else (one, inverse)


def _newest(quotes: "list[_Quote] | tuple[()]", on: date) -> Decimal | None:
    at = bisect_right(quotes, on, key=lambda quote: quote[0])
    return quotes[at - 1][1] if at else None
