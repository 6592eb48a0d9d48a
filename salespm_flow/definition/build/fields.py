"""Builds fields, records and parameters; knows types and literals, not the states that use them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from salespm_flow.definition.build.parties import read_parties
from salespm_flow.definition.build.reader import Findings, Reader, normalise, scalar_of
from salespm_flow.definition.findings import shown
from salespm_flow.definition.literals import infer_literal, write_value
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.syntax import KEYWORDS
from salespm_flow.expr.values import Money, Months, Value, WorkingDays
from salespm_flow.model.fields import (
    EnumOf,
    Field,
    FieldType,
    ListOf,
    MoneyOf,
    Parameter,
    Record,
    RefTo,
    Scalar,
    SimpleType,
)
from salespm_flow.nouns import dataclass

RESERVED_NAMES = KEYWORDS | frozenset(
    {
        "states",
        "owner",
        "actor",
        "risk",
        "kpi",
        "goal",
        "plan",
        "task",
        "child",
        "children",
        "parent",
        "table",
        "period",
        "reference",
    }
)
ROW_COLUMNS = frozenset({"at", "by", "first_at", "project"})
POPULATIONS = frozenset({"projects", "visits", "moves", "approvals", "tasks", "risks", "issues"})
CURRENCY_LENGTH = 3
FIELD = Bilingual("字段", "field")
RECORD = Bilingual("记录表", "record")
PathOf = Callable[[ScalarNode], str | None]


class TypeWord(StrEnum):
    """The words that `type` takes."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    ENUM = "enum"
    REF = "ref"
    PERSON = "person"
    ROLE = "role"
    FILE = "file"
    LIST = "list"


_NEEDED_KEY: Mapping[TypeWord, str] = {
    TypeWord.MONEY: "currency",
    TypeWord.ENUM: "values",
    TypeWord.REF: "to",
    TypeWord.LIST: "of",
}
_TEXT = SimpleType(Scalar.TEXT)
_ORDERED = frozenset({Scalar.INTEGER, Scalar.NUMBER, Scalar.PERCENT, Scalar.DATE, Scalar.DATETIME, Scalar.DURATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOwner:
    """Whose fields are read: the schema definition they follow, the dotted place they stand at, the states known."""

    pointer: str
    place: str
    path_of: PathOf
    reserved: frozenset[str] = RESERVED_NAMES


def read_fields(reader: Reader, owner: FieldOwner) -> Mapping[str, Field]:
    """The fields under the key `fields`, in file order."""
    fields: dict[str, Field] = {}
    for id_, name, node in reader.entries("fields"):
        check_not_reserved(reader.findings, name, owner.reserved, FIELD)
        fields[id_] = _read_field(Reader(reader.findings, node, owner.pointer), id_, owner)
    return fields


def _read_field(reader: Reader, id_: str, owner: FieldOwner) -> Field:
    type_ = read_type(reader, f"{owner.place}.{id_}")
    if type_ is None:
        reader.findings.poisoned.add(id_)
    default, minimum, maximum = _read_bounds(reader, type_)
    is_row = owner.place.startswith("records.")
    if is_row and reader.has("formula"):
        message = Bilingual("记录表的列还不能用公式计算", "A record's column cannot be computed yet")
        reader.findings.error("SF314", message, reader.key_place("formula"))
    # A reference's rows are not edited in a project, so its fields have no rights and no formulas.
    is_column = owner.pointer == "reference.field"
    formula = None if is_column else reader.expression("formula")
    return Field(
        id=id_,
        title=reader.title("title", id_),
        type=type_ or _TEXT,
        span=reader.span,
        is_required=reader.flag("required") or False,
        default=default,
        minimum=minimum,
        maximum=maximum,
        by=None if is_column else read_parties(reader, "by"),
        editable_in=None if is_column else read_editable_in(reader, owner.path_of),
        # What a formula must give is not known without a type.
        formula=None if type_ is None else formula,
    )


def read_editable_in(reader: Reader, path_of: PathOf) -> tuple[str, ...] | None:
    """The full paths of the states under `editable_in`, None where the key is absent."""
    if not reader.has("editable_in"):
        return None
    paths = (path_of(name) for name in reader.names("editable_in"))
    return tuple(path for path in paths if path is not None)


def read_type(reader: Reader, place: str) -> FieldType | None:
    """The type that a field declares, None where it is incomplete; the place of a reference is remembered."""
    reader.require("type")
    word = reader.choice("type", TypeWord)
    inner = reader.choice("of", TypeWord) if word is TypeWord.LIST else None
    # Every key is read, so that a needless one is found.
    given = {key for key in _NEEDED_KEY.values() if reader.has(key)}
    if word is None:
        return None
    needed = {_NEEDED_KEY[one] for one in (word, inner) if one is not None and one in _NEEDED_KEY}
    for key in sorted(given - needed):
        message = Bilingual(f"类型 {word} 不用键 {shown(key)}", f"The type {word} does not take the key {shown(key)}")
        reader.findings.error("SF314", message, reader.key_place(key))
    if inner is TypeWord.LIST:
        message = Bilingual("列表的元素不能再是列表", "The items of a list cannot be lists")
        reader.findings.error("SF314", message, reader.place("of"))
        return None
    missing = sorted(needed - given)
    for key in missing:
        owner = word if _NEEDED_KEY.get(word) == key or inner is None else inner
        message = Bilingual(f"类型 {owner} 需要键 {shown(key)}", f"The type {owner} needs the key {shown(key)}")
        reader.findings.error("SF314", message, reader.place("type"))
    if missing:
        return None
    if word is TypeWord.LIST:
        return None if inner is None else _list_of(_read_single(reader, inner, place))
    return _read_single(reader, word, place)


def _list_of(item: FieldType | None) -> FieldType | None:
    return None if item is None else ListOf(item)


def _read_single(reader: Reader, word: TypeWord, place: str) -> FieldType | None:
    match word:
        case TypeWord.MONEY:
            return _read_currency(reader)
        case TypeWord.ENUM:
            values = read_enum_values(reader, "values")
            if not values:
                reader.findings.unreadable(
                    reader.node("values") or reader.whole, Bilingual("可选值的映射", "a map of values")
                )
            return EnumOf(values) if values else None
        case TypeWord.REF:
            target = reader.scalar("to")
            if target is None:
                return None
            reader.findings.places[f"{place}.to"] = target
            return RefTo(target.text)
        case _:
            return SimpleType(Scalar(word.value))


def _read_currency(reader: Reader) -> FieldType | None:
    currency = reader.scalar("currency")
    if currency is None:
        return None
    if not is_currency(currency.text):
        report_currency(reader.findings, currency)
        return None
    return MoneyOf(currency.text)


def is_currency(text: str) -> bool:
    """Whether the text has the form of an ISO 4217 code."""
    return len(text) == CURRENCY_LENGTH and text.isascii() and text.isalpha() and text.isupper()


def report_currency(findings: Findings, node: ScalarNode) -> None:
    """The scalar is recorded as no currency code."""
    message = Bilingual(f"{shown(node.text)} 不是币种代码", f"{shown(node.text)} is no currency code")
    hint = Bilingual("三个大写字母，例如 CNY", "three capital letters, such as CNY")
    findings.error("SF316", message, node.span, hint)


def read_enum_values(reader: Reader, key: str) -> Mapping[str, Bilingual]:
    """The ids and titles of a closed list, in file order; a bare title may stand for its map."""
    kind = reader.pointer.partition(".")[0]
    values: dict[str, Bilingual] = {}
    for id_, _, node in reader.pairs(key):
        if isinstance(node, MapNode):
            values[id_] = Reader(reader.findings, node, f"{kind}.enumValue").title("title", id_)
        else:
            values[id_] = reader.bilingual(node, id_)
    return values


def _read_bounds(reader: Reader, type_: FieldType | None) -> tuple[Value, Value, Value]:
    """The default, minimum and maximum, each checked against the type and against each other."""
    if type_ is None:
        return None, None, None
    default = reader.literal("default", type_)
    minimum, maximum = (_read_bound(reader, key, type_) for key in ("min", "max"))
    if not is_within(minimum, None, maximum):
        message = Bilingual("最小值大于最大值", "The minimum is above the maximum")
        reader.findings.error("SF313", message, reader.place("min"))
    elif not is_within(default, minimum, maximum):
        bounds = _in_words(minimum, maximum, type_)
        message = Bilingual(f"默认值应{bounds.zh}", f"The default must be {bounds.en}")
        reader.findings.error("SF313", message, reader.place("default"))
    return default, minimum, maximum


def _in_words(minimum: Value, maximum: Value, type_: FieldType) -> Bilingual:
    low, high = write_value(minimum, type_), write_value(maximum, type_)
    if maximum is None:
        return Bilingual(f"不小于 {low}", f"at least {low}")
    if minimum is None:
        return Bilingual(f"不大于 {high}", f"at most {high}")
    return Bilingual(f"在 {low} 到 {high} 之间", f"between {low} and {high}")


def _read_bound(reader: Reader, key: str, type_: FieldType) -> Value:
    if not reader.has(key) or _is_ordered(type_):
        return reader.literal(key, type_)
    message = Bilingual(
        f"此类型没有大小，不能写 {shown(key)}", f"Values of this type have no order, so {shown(key)} says nothing"
    )
    reader.findings.error("SF314", message, reader.key_place(key))
    return None


def _is_ordered(type_: FieldType) -> bool:
    return isinstance(type_, MoneyOf) or (isinstance(type_, SimpleType) and type_.scalar in _ORDERED)


def is_within(value: Value, minimum: Value, maximum: Value) -> bool:
    """Whether the value lies between the bounds, both inclusive; what is absent or cannot be compared is no breach."""
    return _is_ascending(minimum, value) and _is_ascending(value, maximum)


def _is_ascending(low: Value, high: Value) -> bool:
    match low, high:
        case Money(amount=first, currency=one), Money(amount=second, currency=other):
            return one != other or first <= second
        case Months(count=few), Months(count=many):
            return few <= many
        case WorkingDays(days=few_days), WorkingDays(days=many_days):
            return few_days <= many_days
        case _:
            return _is_plainly_ascending(low, high)


def _is_plainly_ascending(low: Value, high: Value) -> bool:
    match low, high:
        case Decimal(), Decimal():
            return low <= high
        case timedelta(), timedelta():
            return low <= high
        case datetime(), datetime():
            return low <= high
        case (datetime(), _) | (_, datetime()):
            return True
        case date(), date():
            return low <= high
        case _:
            return True


def read_records(reader: Reader, path_of: PathOf) -> Mapping[str, Record]:
    """The records of a workflow, in file order."""
    records: dict[str, Record] = {}
    for id_, name, node in reader.entries("records"):
        check_not_reserved(reader.findings, name, RESERVED_NAMES | POPULATIONS, RECORD)
        records[id_] = _read_record(Reader(reader.findings, node, "workflow.record"), id_, path_of)
    return records


def _read_record(reader: Reader, id_: str, path_of: PathOf) -> Record:
    findings = reader.findings
    reader.require("fields")
    owner = FieldOwner(
        pointer="workflow.field",
        place=f"records.{id_}.fields",
        path_of=path_of,
        reserved=RESERVED_NAMES | ROW_COLUMNS,
    )
    poisoned_before = frozenset(findings.poisoned)
    fields = read_fields(reader, owner)
    if findings.poisoned - poisoned_before:
        # A path such as `needs.priority` is checked through the record, so the record's name is not reliable either.
        findings.poisoned.add(id_)
    key = reader.scalar("key")
    if key is not None and normalise(key.text) not in fields:
        findings.unknown("SF315", Bilingual("键列", "key column"), key, fields)
        key = None
    return Record(
        id=id_,
        title=reader.title("title", id_),
        fields=fields,
        span=reader.span,
        key=None if key is None else normalise(key.text),
        by=read_parties(reader, "by"),
        editable_in=read_editable_in(reader, path_of),
    )


def read_parameters(reader: Reader) -> Mapping[str, Parameter]:
    """The named thresholds of a document, each of the type that its literal shows."""
    parameters: dict[str, Parameter] = {}
    for id_, name, node in reader.entries("parameters"):
        check_not_reserved(reader.findings, name, RESERVED_NAMES, Bilingual("参数", "parameter"))
        scalar = scalar_of(reader.findings, node)
        if scalar is None:
            reader.findings.poisoned.add(id_)
            continue
        type_, value = infer_literal(scalar, reader.findings.zone)
        parameters[id_] = Parameter(id=id_, type=type_, value=value, span=scalar.span)
    return parameters


def check_not_reserved(findings: Findings, name: ScalarNode, reserved: frozenset[str], kind: Bilingual) -> None:
    """A reserved name is recorded as an error."""
    if name.text in reserved:
        message = Bilingual(
            f"{shown(name.text)} 是保留名，不能作{kind.zh}名",
            f"{shown(name.text)} is a reserved name and cannot name a {kind.en}",
        )
        hint = Bilingual(f"例如改为 {name.text}_1", f"for example {name.text}_1")
        findings.error("SF311", message, name.span, hint)
