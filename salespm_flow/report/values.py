"""How values look to a person: grouped amounts, percent, local times, titles of enum values. Never read back."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final, Protocol

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, Months, Reference, Value, WorkingDays
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, Scalar, SimpleType

NOTHING: Final = "—"
YES: Final = Bilingual("是", "yes")
NO: Final = Bilingual("否", "no")
LONGEST_LIST: Final = 6
PLACES: Final = Decimal("0.0001")
UNITS: Final = {"d": (timedelta(days=1), Bilingual("天", "d")), "h": (timedelta(hours=1), Bilingual("小时", "h"))}
COUNTED: Final = {"mo": Bilingual("个月", "months"), "points": Bilingual("分", "points")}


class Reader(Protocol):
    """Who reads: in which language, by the clocks of which zone."""

    def text(self, zh: str, en: str) -> str:
        """The one of the two that is in the reader's language."""
        ...

    def of(self, text: Bilingual) -> str:
        """The text in the reader's language."""
        ...

    @property
    def zone(self) -> tzinfo:
        """The zone whose clocks tell the time."""
        ...


def shown(reader: Reader, value: Value, kind: FieldType | None = None) -> str:
    """The value as a person reads it; `kind` is its declared type where it has one."""
    match kind, value:
        case _, None:
            return NOTHING
        case SimpleType(scalar=Scalar.PERCENT), Decimal():
            return percent(value)
        case EnumOf(values=titles), str() if value in titles:
            return reader.of(titles[value])
        case ListOf(item=item), tuple():
            return _joined(reader, (shown(reader, one, item) for one in value)) or NOTHING
        case _:
            return _plain(reader, value)


def _plain(reader: Reader, value: Value) -> str:
    match value:
        case bool():
            return reader.of(YES if value else NO)
        case Decimal():
            return number(value)
        case Money(amount=amount, currency=currency):
            return f"{number(round(amount, 2))} {currency}"
        case tuple():
            return _joined(reader, (_plain(reader, one) for one in value)) or NOTHING
        case Mapping():
            pairs = ((name, one) for name, one in value.items() if one is not None)
            return _joined(reader, (f"{name} = {_plain(reader, one)}" for name, one in pairs))
        case _:
            return _rare(reader, value)


def _rare(reader: Reader, value: Value) -> str:
    match value:
        case None:
            return NOTHING
        case Reference(key=key):
            return key
        case datetime():
            return moment(reader, value)
        case timedelta() | Months() | WorkingDays():
            from salespm_flow.definition.literals import write_duration  # noqa: PLC0415 -- rare here, and large

            return write_duration(value)
        case _:
            return str(value)


def number(value: Decimal) -> str:
    """The number with grouped digits, at most four places (one beyond 10 to the 20th as it is), no trailing zeros."""
    rounded = value.quantize(PLACES) if abs(value) < Decimal(10) ** 20 else value
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Decimal) -> str:
    """The ratio as percent with at most two places."""
    text = f"{(value * 100).quantize(Decimal('0.01')):,f}".rstrip("0").rstrip(".")
    return f"{text}%"


def figure(reader: Reader, value: Value, unit: str) -> str:
    """A KPI's value in its unit."""
    if value is None:
        return reader.text("无数据", "n/a")
    if unit == "percent" and isinstance(value, Decimal):
        return percent(value)
    if unit in UNITS and isinstance(value, timedelta):
        size, word = UNITS[unit]
        hundredths = Decimal(value // timedelta(microseconds=1)) / Decimal(size // timedelta(microseconds=1))
        return f"{number(hundredths.quantize(Decimal('0.01')))} {reader.of(word)}"
    if isinstance(value, Decimal):
        counted = f" {reader.of(COUNTED[unit])}" if unit in COUNTED else ""
        return f"{number(value.quantize(Decimal('0.01')))}{counted}"
    return shown(reader, value)


def moment(reader: Reader, value: datetime) -> str:
    """The instant in the workspace's time zone, to the minute."""
    return value.astimezone(reader.zone).strftime("%Y-%m-%d %H:%M")


def party(reader: Reader, resolved: str) -> str:
    """A resolved party, such as `person:wang`, as a person reads it."""
    kind, _, name = resolved.partition(":")
    return reader.text(f"角色 {name}", f"role {name}") if kind == "role" else name


def _joined(reader: Reader, parts: Iterable[str]) -> str:
    listed = list(parts)
    surplus = len(listed) - LONGEST_LIST
    joint = reader.text("、", ", ")
    if surplus > 0:
        rest = reader.text(f"等 {len(listed)} 项", f", … {len(listed)} in all")
        return joint.join(listed[:LONGEST_LIST]) + rest
    return joint.join(listed)
