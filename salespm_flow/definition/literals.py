"""Reads a literal as the type it is declared with, and writes a value so that it reads back.

One reader serves YAML, the command line and CSV; it knows fields' types and nothing of files or documents.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from types import MappingProxyType

from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.suggest import did_you_mean
from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.errors import InputError
from salespm_flow.expr.values import Money, Months, Value, WorkingDays
from salespm_flow.model.expression import Duration
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, MoneyOf, RefTo, Scalar, SimpleType

TextReader = Callable[[str], Value]

MAXIMUM_DIGITS = 34
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_MONEY = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)(?: ?([A-Z]{3}))?")
_DURATION = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)([a-z]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_SEPARATOR = re.compile("[,，]")

_SECONDS: Mapping[str, Decimal] = MappingProxyType(
    {
        "ms": Decimal("0.001"),
        "s": Decimal(1),
        "min": Decimal(60),
        "h": Decimal(3600),
        "d": Decimal(86400),
        "w": Decimal(604800),
    }
)
_MONTHS: Mapping[str, int] = MappingProxyType({"mo": 1, "y": 12})
_DURATION_UNITS = "ms s min h d wd w mo y"


def parse_value(text: str, type_: FieldType, zone: tzinfo = UTC) -> Value:
    """The value that `text` writes, None for blank text; a datetime without offset is taken in `zone`.

    Raises:
        InputError: The text is no literal of the type.
    """
    return value_reader(type_, zone)(text)


def value_reader(type_: FieldType, zone: tzinfo = UTC) -> TextReader:
    """A function that reads texts of one type, for many cells of one column; it raises as `parse_value` does."""
    read = _reader_of(type_, zone)

    def read_unless_blank(text: str) -> Value:
        return read(text) if text and not text.isspace() else None

    return read_unless_blank


def read_literal(node: Node, type_: FieldType, zone: tzinfo = UTC) -> Value:
    """The value that a YAML node writes; a list type takes a sequence or one comma-separated text.

    Raises:
        InputError: The node is no literal of the type.
    """
    match node:
        case ScalarNode():
            if node.value is None and not node.is_quoted:
                raise InputError(Bilingual("这里缺少值", "A value is missing here"))
            return parse_value(node.text, type_, zone)
        case ListNode() if isinstance(type_, ListOf):
            return tuple(read_literal(item, type_.item, zone) for item in node.items)
        case ListNode():
            raise InputError(Bilingual("这里应是单个值，不能是列表", "One value is expected here, not a list"))
        case MapNode():
            raise InputError(Bilingual("这里应是值，不能是映射", "A value is expected here, not a map"))


def infer_literal(node: ScalarNode, zone: tzinfo = UTC) -> tuple[FieldType, Value]:
    """The type that an undeclared literal shows by its form, and its value; quoted scalars are text."""
    text = node.text
    if isinstance(node.value, bool) and not node.is_quoted:
        return SimpleType(Scalar.BOOLEAN), node.value
    if node.is_quoted:
        return SimpleType(Scalar.TEXT), text
    money = _MONEY.fullmatch(text)
    if money is not None and money[2]:
        return MoneyOf(money[2]), Money(_decimal(money[1]), money[2])
    for scalar in (Scalar.NUMBER, Scalar.PERCENT, Scalar.DURATION, Scalar.DATE, Scalar.DATETIME):
        try:
            return SimpleType(scalar), parse_value(text, SimpleType(scalar), zone)
        except InputError:
            continue
    return SimpleType(Scalar.TEXT), text


def parse_duration(text: str) -> Duration:
    """The duration that `text` writes, such as `5wd`.

    Raises:
        InputError: The text is no duration.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise _refused(text, Bilingual("时长", "a duration"), _duration_hint(text))
    amount, unit = _decimal(match[1]), match[2]
    if unit in _SECONDS:
        return _span_of_time(text, amount * _SECONDS[unit])
    if unit == "wd":
        return WorkingDays(amount)
    if unit in _MONTHS and amount == amount.to_integral_value():
        return Months(int(amount) * _MONTHS[unit])
    raise _refused(text, Bilingual("时长", "a duration"), _duration_hint(text))


def write_value(value: Value, type_: FieldType, language: Language | None = None) -> str:
    """The text that `parse_value` reads back as `value`; with a language an enum value is written by its title."""
    match type_, value:
        case _, None:
            return ""
        case EnumOf(values=titles), str() if language is not None and value in titles:
            return titles[value].of(language)
        case ListOf(item=item), tuple():
            return ", ".join(write_value(one, item, language) for one in value)
        case SimpleType(scalar=Scalar.PERCENT), Decimal():
            return f"{_plain(value * 100)}%"
        case _:
            return _write_plain(value)


def write_duration(value: Duration) -> str:
    """The shortest text that reads back as the duration."""
    match value:
        case Months(count=count):
            return f"{count // 12}y" if count and count % 12 == 0 else f"{count}mo"
        case WorkingDays(days=days):
            return f"{_plain(days)}wd"
        case timedelta():
            return _in_units(value, ("d", "h", "min", "s"))


def write_hours(value: timedelta) -> str:
    """The shortest text that reads back as the span, in no unit longer than hours."""
    return _in_units(value, ("h", "min", "s"))


def _in_units(value: timedelta, units: tuple[str, ...]) -> str:
    thousandths = value // timedelta(milliseconds=1)
    for unit in units:
        size = int(_SECONDS[unit] * 1000)
        if thousandths % size == 0:
            return f"{thousandths // size}{unit}"
    return f"{thousandths}ms"


def _write_plain(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return _plain(value)
        case Money(amount=amount, currency=currency):
            return f"{_plain(amount)} {currency}"
        case timedelta() | Months() | WorkingDays():
            return write_duration(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _plain(number: Decimal) -> str:
    """The number without exponent and without trailing zeros after the point."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _reader_of(type_: FieldType, zone: tzinfo) -> TextReader:
    match type_:
        case SimpleType(scalar=Scalar.DATETIME):
            return lambda text: _read_datetime(text, zone)
        case SimpleType(scalar=scalar):
            return _SCALARS[scalar]
        case MoneyOf(currency=currency):
            return lambda text: _read_money(text, currency)
        case EnumOf():
            return _enum_reader(type_)
        case RefTo():
            return str.strip
        case ListOf(item=item):
            read = value_reader(item, zone)
            return lambda text: tuple(read(part.strip()) for part in _SEPARATOR.split(text))


def _decimal(text: str) -> Decimal:
    if len(text) > MAXIMUM_DIGITS + 2:
        raise InputError(
            Bilingual(f"数字超过 {MAXIMUM_DIGITS} 位", f"The number has more than {MAXIMUM_DIGITS} digits"),
        )
    return Decimal(text)


def _read_number(text: str) -> Value:
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped) is None:
        raise _refused(
            text,
            Bilingual("数字", "a number"),
            Bilingual("例如 12.5，不带千位分隔符", "for example 12.5, without thousands separators"),
        )
    return _decimal(stripped)


def _read_integer(text: str) -> Value:
    stripped = text.strip()
    if _INTEGER.fullmatch(stripped) is None:
        raise _refused(text, Bilingual("整数", "a whole number"), Bilingual("例如 12", "for example 12"))
    return _decimal(stripped)


def _read_percent(text: str) -> Value:
    stripped = text.strip()
    number = stripped[:-1].rstrip() if stripped.endswith("%") else None
    if number is None or _NUMBER.fullmatch(number) is None:
        bare = _NUMBER.fullmatch(stripped) is not None
        hint = (
            Bilingual(f"请写成 {stripped}%", f"write {stripped}%") if bare else Bilingual("例如 15%", "for example 15%")
        )
        raise _refused(text, Bilingual("百分比", "a percentage"), hint)
    return _decimal(number) / 100


def _read_boolean(text: str) -> Value:
    match text.strip().lower():
        case "true":
            return True
        case "false":
            return False
        case _:
            raise _refused(
                text, Bilingual("布尔值", "a boolean"), Bilingual("请写 true 或 false", "write true or false")
            )


def _read_date(text: str) -> Value:
    stripped = text.strip()
    if _DATE.fullmatch(stripped) is not None:
        try:
            return date.fromisoformat(stripped)
        except ValueError:
            pass
    raise _refused(text, Bilingual("日期", "a date"), Bilingual("请写成 2026-03-02 的形式", "write it like 2026-03-02"))


def _read_datetime(text: str, zone: tzinfo) -> Value:
    stripped = text.strip()
    match = _DATETIME.fullmatch(stripped)
    if match is not None:
        try:
            moment = datetime.fromisoformat(stripped)
        except ValueError:
            pass
        else:
            return moment if match[1] else moment.replace(tzinfo=zone)
    hint = Bilingual(
        "请写成 2026-03-02T09:00 或 2026-03-02T09:00+08:00", "write it like 2026-03-02T09:00 or 2026-03-02T09:00+08:00"
    )
    raise _refused(text, Bilingual("日期时间", "a date and time"), hint)


def _read_money(text: str, currency: str) -> Value:
    match = _MONEY.fullmatch(text.strip())
    if match is None:
        hint = Bilingual(f"请写成 300000 {currency}", f"write it like 300000 {currency}")
        raise _refused(text, Bilingual("金额", "an amount of money"), hint)
    if match[2] and match[2] != currency:
        raise InputError(
            Bilingual(
                f"金额应使用币种 {currency}，却写成 {match[2]}", f"The amount must be in {currency}, not {match[2]}"
            ),
            Bilingual(f"请先换算成 {currency}", f"convert it to {currency} first"),
        )
    return Money(_decimal(match[1]), currency)


def _enum_reader(type_: EnumOf) -> TextReader:
    """Ids first; a title that only one value has is accepted too."""
    by_text: dict[str, str] = {}
    for language in Language:
        titles = [title.of(language) for title in type_.values.values()]
        by_text |= {
            title.of(language): id_ for id_, title in type_.values.items() if titles.count(title.of(language)) == 1
        }
    by_text |= {id_: id_ for id_ in type_.values}

    def read(text: str) -> Value:
        found = by_text.get(text) or by_text.get(text.strip())
        if found is None:
            listed = ", ".join(type_.values)
            hint = did_you_mean(text.strip(), type_.values) or Bilingual(f"可选值：{listed}", f"one of: {listed}")
            raise InputError(Bilingual(f"{shown(text)} 不是可选值", f"{shown(text)} is none of the values"), hint)
        return found

    return read


_SCALARS: Mapping[Scalar, TextReader] = MappingProxyType(
    {
        Scalar.TEXT: lambda text: text,
        Scalar.INTEGER: _read_integer,
        Scalar.NUMBER: _read_number,
        Scalar.BOOLEAN: _read_boolean,
        Scalar.PERCENT: _read_percent,
        Scalar.DATE: _read_date,
        Scalar.DURATION: parse_duration,
        Scalar.PERSON: str.strip,
        Scalar.ROLE: str.strip,
        Scalar.FILE: str.strip,
    }
)


def _span_of_time(text: str, seconds: Decimal) -> timedelta:
    try:
        return timedelta(microseconds=int(seconds * 1_000_000))
    except OverflowError:
        raise InputError(Bilingual(f"时长 {shown(text)} 太大", f"The duration {shown(text)} is too long")) from None


def _duration_hint(text: str) -> Bilingual:
    compact = text.strip().replace(" ", "").lower()
    match = _DURATION.fullmatch(compact)
    if match is not None and match[2] == "m":
        return Bilingual(
            f"m 有歧义：分钟写 {match[1]}min，月写 {match[1]}mo", f"m is ambiguous: write {match[1]}min or {match[1]}mo"
        )
    if match is not None and match[2] in _DURATION_UNITS.split() and "." not in match[1]:
        return Bilingual(f"请写成 {compact}", f"write {compact}")
    return Bilingual(
        f"数字后紧跟单位：{_DURATION_UNITS}，例如 5wd",
        f"a number with one of the units {_DURATION_UNITS}, for example 5wd",
    )


def _refused(text: str, kind: Bilingual, hint: Bilingual) -> InputError:
    """The error for a text that is not of the kind; full-width characters are the commonest cause, so said first."""
    half_width = unicodedata.normalize("NFKC", text)
    if half_width != text:
        hint = Bilingual(
            f"含全角字符，请写成 {shown(half_width)}", f"it has full-width characters, write {shown(half_width)}"
        )
    return InputError(Bilingual(f"{shown(text)} 不是{kind.zh}", f"{shown(text)} is not {kind.en}"), hint)
