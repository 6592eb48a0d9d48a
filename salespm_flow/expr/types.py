"""The static types of expressions, each with whether null can occur. Knows no values and no workflow."""

from collections.abc import Mapping
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass


class Kind(StrEnum):
    """What family a type belongs to; UNKNOWN absorbs every finding that would follow from an earlier one."""

    BOOLEAN = "boolean"
    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DURATION = "duration"
    MONTHS = "months"
    WORKING = "working"
    ENUM = "enum"
    REF = "ref"
    LIST = "list"
    RECORD = "record"
    RANGE = "range"
    FUNCTION = "function"
    NULL = "null"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A type that its kind says whole: none of money, enum, ref, list, record, range, function."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class MoneyType:
    """Money in one currency; None where the currency is known only at run time."""

    currency: str | None = None


@dataclass(frozen=True, slots=True)
class EnumType:
    """Text out of the declared `values`."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListType:
    """A list whose elements are `of`."""

    of: "Typed"


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record with exactly these fields."""

    fields: "Mapping[str, Typed]"


@dataclass(frozen=True, slots=True)
class RefType:
    """A reference: text when compared or printed, a record of `fields` on a path; `key` names the key field."""

    fields: "Mapping[str, Typed]"
    key: str


@dataclass(frozen=True, slots=True)
class RangeType:
    """An interval of values of one ordered type."""

    of: "Type"


@dataclass(frozen=True, slots=True)
class FunctionType:
    """What a call of a name applies: its parameters by name, in the order of positional arguments, and its result.

    Every parameter takes null. The value behind it is a `Body`.
    """

    parameters: "Mapping[str, Type]"
    result: "Typed"


Type = SimpleType | MoneyType | EnumType | ListType | RecordType | RefType | RangeType | FunctionType


@dataclass(frozen=True, slots=True)
class Typed:
    """A type, and whether null is possible beside its values."""

    type: Type
    nullable: bool = False


BOOLEAN = SimpleType(Kind.BOOLEAN)
TEXT = SimpleType(Kind.TEXT)
NUMBER = SimpleType(Kind.NUMBER)
PERCENT = SimpleType(Kind.PERCENT)
DATE = SimpleType(Kind.DATE)
DATETIME = SimpleType(Kind.DATETIME)
TIME = SimpleType(Kind.TIME)
DURATION = SimpleType(Kind.DURATION)
MONTHS = SimpleType(Kind.MONTHS)
WORKING = SimpleType(Kind.WORKING)
NULL = SimpleType(Kind.NULL)
UNKNOWN = SimpleType(Kind.UNKNOWN)

ORDERED = frozenset(
    {
        Kind.NUMBER,
        Kind.PERCENT,
        Kind.MONEY,
        Kind.TEXT,
        Kind.REF,
        Kind.DATE,
        Kind.DATETIME,
        Kind.TIME,
        Kind.DURATION,
        Kind.MONTHS,
        Kind.WORKING,
    }
)

# What a path reads from a value that is no record; weekday counts from Monday = 1, as ISO 8601 does.
_DATE_PARTS: Mapping[str, Type] = {"year": NUMBER, "month": NUMBER, "day": NUMBER, "weekday": NUMBER}
_TIME_PARTS: Mapping[str, Type] = {"hour": NUMBER, "minute": NUMBER, "second": NUMBER}
_ZONE_PARTS: Mapping[str, Type] = {"offset": DURATION, "timezone": TEXT}
# Of a time only one that was written with them has these.
SELDOM_THERE = frozenset({(Kind.TIME, "offset"), (Kind.TIME, "timezone"), (Kind.DATETIME, "timezone")})
PROPERTIES: Mapping[Kind, Mapping[str, Type]] = {
    Kind.DATE: _DATE_PARTS,
    Kind.TIME: {**_TIME_PARTS, **_ZONE_PARTS},
    Kind.DATETIME: {**_DATE_PARTS, **_TIME_PARTS, **_ZONE_PARTS, "date": DATE, "time": TIME},
    Kind.DURATION: {"days": NUMBER, "hours": NUMBER, "minutes": NUMBER, "seconds": NUMBER},
    Kind.MONTHS: {"years": NUMBER, "months": NUMBER},
    Kind.WORKING: {"days": NUMBER},
    Kind.MONEY: {"amount": NUMBER, "currency": TEXT},
}

_SHOWN_VALUES = 6
_SIMPLE_NAMES: Mapping[Kind, Bilingual] = {
    Kind.BOOLEAN: Bilingual("布尔值", "a boolean"),
    Kind.TEXT: Bilingual("文本", "text"),
    Kind.NUMBER: Bilingual("数字", "a number"),
    Kind.PERCENT: Bilingual("百分比", "a percentage"),
    Kind.MONEY: Bilingual("金额", "money"),
    Kind.DATE: Bilingual("日期", "a date"),
    Kind.DATETIME: Bilingual("日期时间", "a date and time"),
    Kind.TIME: Bilingual("时刻", "a time"),
    Kind.DURATION: Bilingual("时长", "a duration"),
    Kind.MONTHS: Bilingual("年月时长", "a duration in months"),
    Kind.WORKING: Bilingual("工作日时长", "a duration in working days"),
    Kind.ENUM: Bilingual("枚举值", "an enum value"),
    Kind.REF: Bilingual("引用", "a reference"),
    Kind.LIST: Bilingual("列表", "a list"),
    Kind.RECORD: Bilingual("记录", "a record"),
    Kind.RANGE: Bilingual("区间", "a range"),
    Kind.FUNCTION: Bilingual("函数", "a function"),
    Kind.NULL: Bilingual("空值 null", "null"),
    Kind.UNKNOWN: Bilingual("未知类型", "an unknown type"),
}


def kind_of(type_: Type) -> Kind:
    """The family of a type."""
    match type_:
        case SimpleType(kind=kind):
            return kind
        case MoneyType():
            return Kind.MONEY
        case EnumType():
            return Kind.ENUM
        case ListType():
            return Kind.LIST
        case RecordType():
            return Kind.RECORD
        case RefType():
            return Kind.REF
        case RangeType():
            return Kind.RANGE
        case FunctionType():
            return Kind.FUNCTION


def describe_kind(kind: Kind) -> Bilingual:
    """What a person calls values of this family."""
    return _SIMPLE_NAMES[kind]


def describe(type_: Type) -> Bilingual:
    """What a person calls a value of this type, with currency, enum values and element type where they exist."""
    match type_:
        case MoneyType(currency=str(currency)):
            return Bilingual(f"金额（{currency}）", f"money in {currency}")
        case EnumType(values=values):
            listed = " | ".join(values[:_SHOWN_VALUES]) + (" | …" if len(values) > _SHOWN_VALUES else "")
            return Bilingual(f"枚举值（{listed}）", f"an enum value ({listed})")
        case ListType(of=Typed(type=of)) if kind_of(of) is not Kind.UNKNOWN:
            element = describe(of)
            return Bilingual(f"{element.zh}的列表", f"a list of {_bare(element.en)}")
        case RangeType(of=of):
            element = describe(of)
            return Bilingual(f"{element.zh}的区间", f"a range of {_bare(element.en)}")
        case _:
            return describe_kind(kind_of(type_))


def _bare(english: str) -> str:
    return english.removeprefix("a ").removeprefix("an ")
