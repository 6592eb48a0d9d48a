"""Whether values may be written: known name, right type and bounds, allowed actor, allowed state. Changes nothing."""

from collections.abc import Iterable, Mapping
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.engine.gates import claim_asked, is_present, name_actor, name_parties
from salespm_flow.engine.parties import exercise
from salespm_flow.engine.places import active_paths, is_within
from salespm_flow.engine.reasons import guesses
from salespm_flow.engine.turn import Turn
from salespm_flow.engine.values import compare, fits, flaw_of, label, shown
from salespm_flow.expr.types import describe
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.fields import Field, FieldType, ListOf, Record, RefTo, Scalar, SimpleType
from salespm_flow.model.names import type_of

_OWNER: Final = Party(PartyKind.OWNER)


def field_reasons(turn: Turn, values: Mapping[str, Value]) -> tuple[Reason, ...]:
    """Every reason against giving the fields these values now."""
    reasons: list[Reason] = []
    rights: dict[tuple[Party, ...] | None, bool] = {}  # most fields name no writers: one look at the right serves all
    for name, value in values.items():
        field = turn.compiled.workflow.fields.get(name)
        if field is None:
            reasons.append(unknown_field(name, turn.compiled.workflow.id, turn.compiled.workflow.fields))
            continue
        if field.by not in rights:
            rights[field.by] = _may_write(turn, field)
        reasons += _permission(turn, field, is_writer=rights[field.by])
        reasons += value_reasons(turn, field, value)
    return tuple(reasons)


def value_reasons(turn: Turn, field: Field, value: Value) -> list[Reason]:
    """Every reason against the value itself, whoever gives it."""
    if field.formula is not None:
        return [_computed(field)]
    if not is_present(value) and field.is_required and field.default is None:
        return [_required(field)]
    if value is None:
        return []
    if not fits(value, field.type):
        return [_wrong_type(field, value)]
    if (flaw := flaw_of(value)) is not None:
        return [_about(field, flaw, shown(value))]
    return [*_bounds(field, value), *_reference(turn, field, field.type, value)]


def row_reasons(turn: Turn, record: Record, values: Mapping[str, Value]) -> tuple[Reason, ...]:
    """Every reason against adding the row now; `values` is the whole row, what it takes over included."""
    reasons = _permission(turn, record, is_writer=_may_write(turn, record))
    for name, value in values.items():
        field = record.fields.get(name)
        if field is None:
            reasons.append(unknown_field(name, record.id, record.fields))
        else:
            reasons += value_reasons(turn, field, value)
    for field in record.fields.values():
        must = field.is_required or field.id == record.key
        if must and not is_present(values.get(field.id)) and not any(reason.id == field.id for reason in reasons):
            reasons.append(_required(field))
    return tuple(reasons)


def _may_write(turn: Turn, noun: Field | Record) -> bool:
    return exercise(turn, turn.actor, _writers(turn, noun.by))


def _permission(turn: Turn, noun: Field | Record, *, is_writer: bool) -> list[Reason]:
    reasons = []
    if not turn.draft.is_open:
        reasons.append(_reason(noun.id, ReasonKind.CLOSED, Bilingual("项目已关闭", "the project is closed"), noun.span))
    if not is_writer:
        reasons.append(_not_a_writer(turn, noun))
    if noun.editable_in is not None and not any(
        is_within(leaf, path) for leaf in turn.draft.leaves for path in noun.editable_in
    ):
        name = label(noun.id, noun.title)
        states = [turn.compiled.workflow.states[path] for path in noun.editable_in]
        named = [label(state.name, state.title) for state in states]
        zh, en = (
            f"{name.zh}只能在这些状态修改：{'、'.join(one.zh for one in named)}",
            f"{name.en} can be changed only in: {', '.join(one.en for one in named)}",
        )
        reasons.append(_reason(noun.id, ReasonKind.STATE, Bilingual(zh, en), noun.span))
    return reasons


def _not_a_writer(turn: Turn, noun: Field | Record) -> Reason:
    name, who, writers = label(noun.id, noun.title), name_actor(turn.actor), _writers(turn, noun.by)
    allowed, unclaimed = name_parties(writers), claim_asked(turn, turn.actor, writers)
    zh = f"{who.zh}无权修改{name.zh}：需要 {allowed.zh}{unclaimed.zh}"
    en = f"{who.en} may not change {name.en}: it takes {allowed.en}{unclaimed.en}"
    return _reason("role", ReasonKind.ROLE, Bilingual(zh, en), noun.span)


def _writers(turn: Turn, by: tuple[Party, ...] | None) -> tuple[Party, ...]:
    if by is not None:
        return by
    states = turn.compiled.workflow.states
    roles = [states[path].owner_role for path in active_paths(turn.draft.leaves)]
    return (_OWNER, *[Party(PartyKind.ROLE, role) for role in dict.fromkeys(roles) if role is not None])


def _bounds(field: Field, value: Value) -> list[Reason]:
    reasons: list[Reason] = []
    if field.minimum is not None and compare(value, field.minimum) in {-1, None}:
        reasons.append(_out_of_bounds(field, value, field.minimum, Bilingual("不能小于", "must not be below")))
    if field.maximum is not None and compare(value, field.maximum) in {1, None}:
        reasons.append(_out_of_bounds(field, value, field.maximum, Bilingual("不能大于", "must not be above")))
    return reasons


def _out_of_bounds(field: Field, value: Value, bound: Value, words: Bilingual) -> Reason:
    limit = shown(bound, field.type)
    if compare(value, bound) is None:
        zh, en = f"无法与 {limit} 比较，请用相同的单位", f"cannot be compared with {limit}; give it in the same unit"
    else:
        got = shown(value, field.type)
        zh, en = f"{words.zh} {limit}，得到 {got}", f"{words.en} {limit}, got {got}"
    return _about(field, Bilingual(zh, en), value)


def _reference(turn: Turn, field: Field, declared: FieldType, value: Value) -> list[Reason]:
    """Reasons against keys that no row has; a table that is not there lets any key pass."""
    if isinstance(declared, ListOf) and isinstance(value, tuple):
        return [reason for one in value for reason in _reference(turn, field, declared.item, one)]
    if isinstance(declared, SimpleType):
        return _membership(turn, field, declared.scalar, value)
    reference = turn.compiled.references.get(declared.reference) if isinstance(declared, RefTo) else None
    if reference is None or not isinstance(value, str) or value in reference.rows:
        return []
    guess = guesses(value, reference.rows)
    zh = f"的值“{shown(value)}”不在参照表 {reference.id} 中{guess.zh}"
    en = f'is "{shown(value)}", which is not in the reference {reference.id}{guess.en}'
    return [_about(field, Bilingual(zh, en), value)]


def _membership(turn: Turn, field: Field, scalar: Scalar, value: Value) -> list[Reason]:
    """Reasons against a role or person that the organisation does not have; without one any name passes."""
    organisation = turn.compiled.organisation
    if organisation is None or not isinstance(value, str) or scalar not in {Scalar.ROLE, Scalar.PERSON}:
        return []
    known = organisation.roles if scalar is Scalar.ROLE else organisation.people
    if value in known:
        return []
    guess = guesses(value, known)
    zh = f"的值“{shown(value)}”不在组织 {organisation.id} 中{guess.zh}"
    en = f'is "{shown(value)}", which is not in the organisation {organisation.id}{guess.en}'
    return [_about(field, Bilingual(zh, en), value)]


def _required(field: Field) -> Reason:
    name = label(field.id, field.title)
    message = Bilingual(f"{name.zh}必须填写", f"{name.en} must be given")
    return _reason(field.id, ReasonKind.MISSING, message, field.span)


def _computed(field: Field) -> Reason:
    return _about(field, Bilingual("由公式计算，不能填写", "is computed and cannot be given"), None)


def _wrong_type(field: Field, value: Value) -> Reason:
    is_whole = field.type == SimpleType(Scalar.INTEGER)
    wanted = Bilingual("整数", "a whole number") if is_whole else describe(type_of(field.type, {}))
    got = shown(value)
    space = " " if wanted.zh[:1].isascii() else ""
    return _about(field, Bilingual(f"需要{space}{wanted.zh}，得到 {got}", f"takes {wanted.en}, got {got}"), got)


def unknown_field(name: str, owner: str, known: Iterable[str]) -> Reason:
    """The reason against a name that the workflow or record does not have."""
    guess = guesses(name, known)
    zh, en = f"{owner} 没有字段“{shown(name)}”{guess.zh}", f'{owner} has no field "{shown(name)}"{guess.en}'
    return _reason(name, ReasonKind.VALUE, Bilingual(zh, en), None)


def _about(field: Field, words: Bilingual, value: Value) -> Reason:
    """The reason that says these words of the field."""
    name = label(field.id, field.title)
    return Reason(
        id=field.id,
        kind=ReasonKind.VALUE,
        message=Bilingual(f"{name.zh}{words.zh}", f"{name.en} {words.en}"),
        rule=field.span,
        values={field.id: value},
    )


def _reason(name: str, kind: ReasonKind, message: Bilingual, rule: Span | None) -> Reason:
    return Reason(id=name, kind=kind, message=message, rule=rule, values={}, transition="")
