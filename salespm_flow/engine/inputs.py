"""Whether values may be written: known name, right type and bounds, allowed actor, allowed state. Changes nothing."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.engine.gates import is_present, may
from salespm_flow.engine.places import active_paths, is_within
from salespm_flow.engine.turn import Turn
from salespm_flow.expr.types import describe
from salespm_flow.expr.values import Money, Months, Value, WorkingDays
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.fields import EnumOf, Field, FieldType, ListOf, MoneyOf, Record, RefTo, Scalar, SimpleType
from salespm_flow.model.names import type_of

_Test = Callable[[Value], bool]


def _is_number(value: Value) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _is_integer(value: Value) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value()


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_boolean(value: Value) -> bool:
    return isinstance(value, bool)


def _is_date(value: Value) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_datetime(value: Value) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _is_duration(value: Value) -> bool:
    return isinstance(value, timedelta | Months | WorkingDays)


_TESTS: Final[Mapping[Scalar, _Test]] = {
    Scalar.TEXT: _is_text,
    Scalar.INTEGER: _is_integer,
    Scalar.NUMBER: _is_number,
    Scalar.BOOLEAN: _is_boolean,
    Scalar.PERCENT: _is_number,
    Scalar.DATE: _is_date,
    Scalar.DATETIME: _is_datetime,
    Scalar.DURATION: _is_duration,
    Scalar.PERSON: _is_text,
    Scalar.ROLE: _is_text,
    Scalar.FILE: _is_text,
}


def fits(value: Value, declared: FieldType) -> bool:
    """Whether a value (not None) is one of the declared type."""
    match declared:
        case SimpleType(scalar=scalar):
            return _TESTS[scalar](value)
        case MoneyOf(currency=currency):
            return isinstance(value, Money) and value.currency == currency
        case EnumOf(values=values):
            return isinstance(value, str) and value in values
        case RefTo():
            return isinstance(value, str)
        case ListOf(item=item):
            return isinstance(value, tuple) and all(fits(one, item) for one in value)


def field_reasons(turn: Turn, values: Mapping[str, Value]) -> tuple[Reason, ...]:
    """Every reason against giving the fields these values now."""
    reasons: list[Reason] = []
    for name, value in values.items():
        field = turn.compiled.workflow.fields.get(name)
        if field is None:
            reasons.append(_unknown(name, turn.compiled.workflow.id))
            continue
        reasons += _permission(turn, field)
        reasons += value_reasons(turn, field, value)
    return tuple(reasons)


def value_reasons(turn: Turn, field: Field, value: Value) -> list[Reason]:
    """Every reason against the value itself, whoever gives it."""
    if field.formula is not None:
        return [_computed(field)]
    if value is None:
        return [_required(field)] if field.is_required else []
    if not fits(value, field.type):
        return [_wrong_type(field, value)]
    reasons = _bounds(field, value)
    if isinstance(field.type, RefTo):
        reasons += _reference(turn, field, field.type.reference, value)
    return reasons


def row_reasons(turn: Turn, record: Record, values: Mapping[str, Value]) -> tuple[Reason, ...]:
    """Every reason against adding the row now; `values` is the whole row, what it takes over included."""
    reasons = _permission(turn, record)
    for name, value in values.items():
        field = record.fields.get(name)
        reasons += [_unknown(name, record.id)] if field is None else value_reasons(turn, field, value)
    for field in record.fields.values():
        must = field.is_required or field.id == record.key
        if must and not is_present(values.get(field.id)) and not any(reason.id == field.id for reason in reasons):
            reasons.append(_required(field))
    return tuple(reasons)


def _permission(turn: Turn, noun: Field | Record) -> list[Reason]:
    reasons = []
    if not turn.draft.is_open:
        reasons.append(_reason(noun.id, ReasonKind.CLOSED, Bilingual("项目已关闭", "the project is closed"), noun.span))
    if not may(turn.actor, _writers(turn, noun.by), turn.draft.owner):
        who = f"{turn.actor.id} ({turn.actor.role})" if turn.actor.role else turn.actor.id
        zh = f"{who} 无权修改“{noun.title.zh}”（{noun.id}）"
        reasons.append(
            _reason(
                "role", ReasonKind.ROLE, Bilingual(zh, f"{who} may not change {noun.title.en} ({noun.id})"), noun.span
            )
        )
    if noun.editable_in is not None and not any(
        is_within(leaf, path) for leaf in turn.draft.leaves for path in noun.editable_in
    ):
        names = ", ".join(turn.compiled.workflow.states[path].name for path in noun.editable_in)
        zh = f"“{noun.title.zh}”（{noun.id}）只能在这些状态修改：{names}"
        en = f"{noun.title.en} ({noun.id}) can be changed only in: {names}"
        reasons.append(_reason(noun.id, ReasonKind.STATE, Bilingual(zh, en), noun.span))
    return reasons


def _writers(turn: Turn, by: tuple[Party, ...] | None) -> tuple[Party, ...]:
    if by is not None:
        return by
    states = turn.compiled.workflow.states
    roles = dict.fromkeys(states[path].owner_role for path in active_paths(turn.draft.leaves))
    return (Party(PartyKind.OWNER), *(Party(PartyKind.ROLE, role) for role in roles if role is not None))


def _bounds(field: Field, value: Value) -> list[Reason]:
    reasons = []
    if field.minimum is not None and (compare(value, field.minimum) or 0) < 0:
        reasons.append(_bound(field, "不能小于", "must not be below", field.minimum))
    if field.maximum is not None and (compare(value, field.maximum) or 0) > 0:
        reasons.append(_bound(field, "不能大于", "must not be above", field.maximum))
    return reasons


def compare(value: Value, bound: Value) -> int | None:
    """-1, 0 or 1 as the value is below, at or above the bound; None where the two have no order."""
    match value, bound:
        case Money(amount=amount, currency=currency), Money(amount=limit, currency=other) if currency == other:
            return compare(amount, limit)
        case Decimal() as number, Decimal() as limit:
            return (number > limit) - (number < limit)
        case timedelta() as length, timedelta() as limit:
            return (length > limit) - (length < limit)
        case datetime() as moment, datetime() as limit:
            return (moment > limit) - (moment < limit)
        case date() as day, date() as limit if type(day) is type(limit):
            return (day > limit) - (day < limit)
        case _:
            return None


def _reference(turn: Turn, field: Field, table: str, value: Value) -> list[Reason]:
    reference = turn.compiled.references.get(table)
    if reference is None or not isinstance(value, str) or value in reference.rows:
        return []
    close = get_close_matches(value, reference.rows, n=3)
    zh = f"“{value}”不在引用表 {table} 中" + (f"，是不是：{'、'.join(close)}" if close else "")
    en = f'"{value}" is not in the reference {table}' + (f"; did you mean {', '.join(close)}?" if close else "")
    return [_about(field, Bilingual(zh, en), value)]


def _bound(field: Field, zh: str, en: str, bound: Value) -> Reason:
    shown = f"{bound.amount} {bound.currency}" if isinstance(bound, Money) else str(bound)
    return _about(field, Bilingual(f"“{field.title.zh}”（{field.id}）{zh} {shown}", f"{field.id} {en} {shown}"), bound)


def _required(field: Field) -> Reason:
    zh, en = f"“{field.title.zh}”（{field.id}）必须填写", f"{field.title.en} ({field.id}) must be given"
    return _reason(field.id, ReasonKind.MISSING, Bilingual(zh, en), field.span)


def _computed(field: Field) -> Reason:
    zh, en = f"“{field.title.zh}”（{field.id}）由公式计算，不能填写", f"{field.id} is computed and cannot be given"
    return _about(field, Bilingual(zh, en), None)


def _wrong_type(field: Field, value: Value) -> Reason:
    wanted = describe(type_of(field.type, {}))
    zh = f"“{field.title.zh}”（{field.id}）需要{wanted.zh}，得到 {value!s}"
    return _about(field, Bilingual(zh, f"{field.id} takes {wanted.en}, got {value!s}"), value)


def _unknown(name: str, owner: str) -> Reason:
    message = Bilingual(f"{owner} 没有字段“{name}”", f'{owner} has no field "{name}"')
    return _reason(name, ReasonKind.VALUE, message, None)


def _about(field: Field, message: Bilingual, value: Value) -> Reason:
    return Reason(
        id=field.id, kind=ReasonKind.VALUE, message=message, rule=field.span, values={field.id: value}, transition=""
    )


def _reason(name: str, kind: ReasonKind, message: Bilingual, rule: Span | None) -> Reason:
    return Reason(id=name, kind=kind, message=message, rule=rule, values={}, transition="")
