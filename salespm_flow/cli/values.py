"""How values look to a person: grouped amounts, percent, local times, titles of enum values. Never read back."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, Months, Reference, Value, WorkingDays
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, Scalar, SimpleType

NOTHING: Final = "—"
YES: Final = Bilingual("是", "yes")
NO: Final = Bilingual("否", "no")
LONGEST_LIST: Final = 6
PLACES: Final = Decimal("0.0001")


def shown(session: Session, value: Value, kind: FieldType | None = None) -> str:
    """The value as a person reads it; `kind` is its declared type where it has one."""
    match kind, value:
        case _, None:
            return NOTHING
        case SimpleType(scalar=Scalar.PERCENT), Decimal():
            return percent(value)
        case EnumOf(values=titles), str() if value in titles:
            return session.of(titles[value])
        case ListOf(item=item), tuple():
            return _joined(session, (shown(session, one, item) for one in value))
        case _:
            return _plain(session, value)


def _plain(session: Session, value: Value) -> str:
    match value:
        case bool():
            return session.of(YES if value else NO)
        case Decimal():
            return number(value)
        case Money(amount=amount, currency=currency):
            return f"{number(round(amount, 2))} {currency}"
        case tuple():
            return _joined(session, (_plain(session, one) for one in value)) or NOTHING
        case Mapping():
            pairs = ((name, one) for name, one in value.items() if one is not None)
            return _joined(session, (f"{name} = {_plain(session, one)}" for name, one in pairs))
        case _:
            return _rare(session, value)


def _rare(session: Session, value: Value) -> str:
    match value:
        case None:
            return NOTHING
        case Reference(key=key):
            return key
        case datetime():
            return moment(session, value)
        case timedelta() | Months() | WorkingDays():
            from salespm_flow.definition.literals import write_duration

            return write_duration(value)
        case _:
            return str(value)


def number(value: Decimal) -> str:
    """The number with grouped digits, at most four places, no trailing zeros."""
    rounded = value.quantize(PLACES) if value == value.to_integral_value() or abs(value) < Decimal(10) ** 20 else value
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Decimal) -> str:
    """The ratio as percent with at most two places."""
    text = f"{(value * 100).quantize(Decimal('0.01')):,f}".rstrip("0").rstrip(".")
    return f"{text}%"


def moment(session: Session, value: datetime) -> str:
    """The instant in the workspace's time zone, to the minute."""
    return value.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")


def party(session: Session, resolved: str) -> str:
    """A resolved party, such as `person:wang`, as a person reads it."""
    kind, _, name = resolved.partition(":")
    return session.text(f"角色 {name}", f"role {name}") if kind == "role" else name


def _joined(session: Session, parts: Iterable[str]) -> str:
    listed = list(parts)
    surplus = len(listed) - LONGEST_LIST
    if surplus > 0:
        listed[LONGEST_LIST:] = [session.text(f"等 {len(listed)} 项", f"… {len(listed)} in all")]
    return session.text("、", ", ").join(listed)
