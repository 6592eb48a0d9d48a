"""Closures that read names and fields, and what a path reads from a date or an amount."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.moments import local, microseconds
from salespm_flow.expr.scope import Compiled, Scope
from salespm_flow.expr.syntax import Name
from salespm_flow.expr.terms import Place, Term
from salespm_flow.expr.values import Money, Months, Reference, Value, WorkingDays
from salespm_flow.expr.zones import zone_name

_MICROSECONDS: Mapping[str, int] = {
    "days": 86_400_000_000,
    "hours": 3_600_000_000,
    "minutes": 60_000_000,
    "seconds": 1_000_000,
}


def compile_name(name: str, place: Place, slot: int) -> Compiled:
    """The closure that reads a name where the checker found it; what is absent is null."""
    match place:
        case Place.FREE:
            return lambda scope: scope.names.get(name)
        case Place.LOCAL:
            return lambda scope: scope.locals[slot]
        case Place.ROW:
            return lambda scope: field_of(scope, scope.locals[slot], name)
        case Place.ROW_OR_FREE:
            return lambda scope: _row_or_free(scope, scope.locals[slot], name)


def compile_path(of: Term, field: str, compile_part: Callable[[Term], Compiled]) -> Compiled:
    """The closure that reads a field of a part."""
    if isinstance(of.node, Name) and of.place is Place.LOCAL:
        return _field_of_local(of.slot, field)
    if isinstance(of.node, Name) and of.place is Place.FREE:
        return _field_of_free(of.node.name, field)
    compiled = compile_part(of)
    return lambda scope: field_of(scope, compiled(scope), field)


# A record is usually a dict: asked for here, it takes no further call.


def _field_of_local(slot: int, field: str) -> Compiled:
    def run(scope: Scope) -> Value:
        value = scope.locals[slot]
        return value.get(field) if type(value) is dict else field_of(scope, value, field)

    return run


def _field_of_free(name: str, field: str) -> Compiled:
    def run(scope: Scope) -> Value:
        value = scope.names.get(name)
        return value.get(field) if type(value) is dict else field_of(scope, value, field)

    return run


def field_of(scope: Scope, value: Value, field: str) -> Value:
    """The field of a record or a reference's row, a part of a date or an amount; of a list, each element's."""
    if type(value) is dict:
        return value.get(field)
    match value:
        case None:
            return None
        case tuple():
            scope.burn(len(value))
            return tuple([field_of(scope, element, field) for element in value])
        case Mapping():
            return value.get(field)
        case Reference(row=row):
            return None if row is None else row.get(field)
        case _:
            return _part_of(scope, value, field)


def _part_of(scope: Scope, value: Value, field: str) -> Value:
    match value:
        case Money(amount=amount, currency=currency):
            parts: Mapping[str, Value] = {"amount": amount, "currency": currency}
            return parts.get(field)
        case timedelta() | Months() | WorkingDays():
            return _length_part(value, field)
        case date() | time():
            return _moment_part(scope, value, field)
        case _:
            return None


def _row_or_free(scope: Scope, row: Value, name: str) -> Value:
    if isinstance(row, Reference):
        row = row.row
    return row[name] if isinstance(row, Mapping) and name in row else scope.names.get(name)


def _length_part(value: timedelta | Months | WorkingDays, field: str) -> Value:
    """The whole length in one unit, with fractions; years and months are the two parts of a length in months."""
    match value:
        case timedelta():
            unit = _MICROSECONDS.get(field)
            return None if unit is None else CONTEXT.divide(Decimal(microseconds(value)), Decimal(unit))
        case Months(count=count):
            years = int(count / 12)
            return {"years": Decimal(years), "months": Decimal(count - years * 12)}.get(field)
        case WorkingDays(days=days):
            return days if field == "days" else None


def _moment_part(scope: Scope, value: date | time, field: str) -> Value:
    if isinstance(value, datetime):
        there = local(scope, value)
        if there is None:
            return None
        value = there
        if field in ("date", "time"):
            return there.date() if field == "date" else there.time()
    if field == "offset":
        return value.utcoffset() if isinstance(value, datetime | time) else None
    if field == "timezone":
        return zone_name(value.tzinfo) if isinstance(value, datetime | time) else None
    if field == "weekday":
        return Decimal(value.isoweekday()) if isinstance(value, date) else None
    if field == "second" and isinstance(value, datetime | time):
        return CONTEXT.add(Decimal(value.second), Decimal(value.microsecond).scaleb(-6, context=CONTEXT))
    if field not in ("year", "month", "day", "hour", "minute"):
        return None
    part = getattr(value, field, None)
    return Decimal(part) if isinstance(part, int) else None
