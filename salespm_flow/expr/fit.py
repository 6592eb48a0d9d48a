"""Whether a term fits a type, and the type that several terms have in common. Knows no operators.

A literal bends to its neighbours: a number beside money takes the currency, a string beside an enum must be one of its
values. A bare number literal never bends to a percentage: 15 would mean 1500 %.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.findings import Findings
from salespm_flow.expr.problems import Remedy
from salespm_flow.expr.syntax import (
    Binary,
    DurationLiteral,
    ListLiteral,
    Node,
    NumberLiteral,
    Operator,
    RangeLiteral,
    RecordLiteral,
    TextLiteral,
    is_constant_number,
)
from salespm_flow.expr.temporal import parse_temporal
from salespm_flow.expr.terms import Term, element_of, is_null
from salespm_flow.expr.types import (
    TEXT,
    UNKNOWN,
    EnumType,
    Kind,
    ListType,
    MoneyType,
    RangeType,
    RecordType,
    RefType,
    Type,
    Typed,
    describe,
    kind_of,
)
from salespm_flow.expr.unparse import unparse, write_number, write_text

_TEXTS = frozenset({Kind.TEXT, Kind.ENUM, Kind.REF})
_HINT_LENGTH = 40


def common_type(terms: Iterable[Term]) -> Type:
    """The type that all terms should fit: the first one's unless a later one is more telling; UNKNOWN absorbs."""
    result: Type | None = None
    is_constant = False
    for term in terms:
        if is_null(term):
            continue
        if result is None:
            result, is_constant = term.typed.type, is_literal(term)
            continue
        result, is_constant = _more_telling(result, term, is_constant=is_constant)
    return UNKNOWN if result is None else result


def is_literal(term: Term) -> bool:
    """Whether the term is written out, so that it bends to its neighbours."""
    match term.node:
        case TextLiteral():
            return True
        case ListLiteral():
            return all(is_literal(part) for part in term.parts)
        case node:
            return is_constant_number(node)


def _more_telling(first: Type, term: Term, *, is_constant: bool) -> tuple[Type, bool]:
    """The type to go on with after `first`, which was a literal's if `is_constant`, and whether it still is one's."""
    second = term.typed.type
    if UNKNOWN in (first, second):
        return UNKNOWN, False
    if isinstance(first, ListType) and isinstance(second, ListType):
        return _more_telling_list(first, second, term, is_constant=is_constant)
    if isinstance(first, RecordType) and isinstance(second, RecordType):
        return _more_telling_record(first, second, term), False
    match kind_of(first), kind_of(second):
        case (Kind.NUMBER, Kind.PERCENT):
            return second, False
        case (Kind.NUMBER, Kind.MONEY) | (Kind.TEXT, Kind.ENUM) if is_constant:
            return second, False
        case (Kind.MONEY, Kind.MONEY) if first == MoneyType():
            return second, False
        case (Kind.ENUM | Kind.TEXT | Kind.REF, Kind.ENUM | Kind.TEXT | Kind.REF) if first != second:
            return _common_text(first, second, is_literal=is_literal(term)), False
        case _:
            return first, is_constant


def _more_telling_list(first: ListType, second: ListType, term: Term, *, is_constant: bool) -> tuple[Type, bool]:
    nullable = first.of.nullable or second.of.nullable
    # An empty list says nothing about its elements.
    if UNKNOWN in (first.of.type, second.of.type):
        known = second.of.type if first.of.type == UNKNOWN else first.of.type
        return ListType(Typed(known, nullable)), is_constant
    element, is_constant = _more_telling(first.of.type, replace(term, typed=second.of), is_constant=is_constant)
    return ListType(Typed(element, nullable)), is_constant


def _more_telling_record(first: RecordType, second: RecordType, term: Term) -> RecordType:
    """The first record's fields, each with what the second one's says about it."""
    fields: dict[str, Typed] = {}
    for name, typed in first.fields.items():
        other = second.fields.get(name, typed)
        merged, _ = _more_telling(typed.type, replace(term, typed=other), is_constant=False)
        fields[name] = Typed(merged, typed.nullable or other.nullable)
    return RecordType(fields)


def _common_text(first: Type, second: Type, *, is_literal: bool) -> Type:
    if isinstance(first, EnumType) and isinstance(second, EnumType):
        # Two enums that share nothing are never equal: keeping the first one makes the second a finding.
        shares = set(first.values) & set(second.values)
        return EnumType(tuple(dict.fromkeys((*first.values, *second.values)))) if shares else first
    return first if isinstance(first, EnumType) and is_literal else TEXT


def fit(term: Term, target: Type, findings: Findings) -> Term:
    """The term as a value of `target`; what does not fit is reported and given back with an unknown type."""
    actual = term.typed.type
    if Kind.UNKNOWN in (kind_of(actual), kind_of(target)) or is_null(term) or actual == target:
        return term
    match target:
        case ListType(of=element) if isinstance(actual, ListType):
            return _fit_list(term, element, findings)
        case RangeType(of=of) if isinstance(actual, RangeType):
            if isinstance(term.node, RangeLiteral):
                return _with_parts(term, tuple(fit(part, of, findings) for part in term.parts), target)
            fit(element_of(term, Typed(actual.of)), of, findings)
            return term
        case RecordType(fields=fields) if isinstance(actual, RecordType):
            return _fit_record(term, fields, findings)
        case _:
            return _fit_scalar(term, target, findings)


def _with_parts(term: Term, parts: tuple[Term, ...], target: Type) -> Term:
    return replace(term, parts=parts, typed=Typed(target, term.typed.nullable))


def _fit_list(term: Term, element: Typed, findings: Findings) -> Term:
    actual = term.typed.type
    if isinstance(term.node, ListLiteral):
        parts = tuple(fit(part, element.type, findings) for part in term.parts)
        nullable = any(part.typed.nullable for part in parts)
        return _with_parts(term, parts, ListType(Typed(element.type, nullable)))
    if isinstance(actual, ListType):
        fitted = fit(element_of(term, actual.of), element.type, findings)
        failed = fitted.typed.type == UNKNOWN and actual.of.type != UNKNOWN
        # Its elements are what they were, but whoever reads the list may count on no more than the common type.
        common = actual.of.type if failed else element.type
        return replace(term, typed=Typed(ListType(Typed(common, actual.of.nullable)), term.typed.nullable))
    return term


def _fit_record(term: Term, fields: Mapping[str, Typed], findings: Findings) -> Term:
    actual = term.typed.type
    if not isinstance(actual, RecordType):
        return term
    missing = next((name for name in fields if name not in actual.fields), None)
    if missing is not None:
        message = Bilingual(f"缺少字段 `{missing}`", f"the field `{missing}` is missing")
        findings.error("SF203", term.node, message)
        return replace(term, typed=Typed(UNKNOWN))
    if not isinstance(term.node, RecordLiteral):
        for name, wanted in fields.items():
            fit(replace(term, typed=actual.fields[name]), wanted.type, findings)
        return replace(term, typed=Typed(RecordType({**actual.fields, **fields}), term.typed.nullable))
    keys = [key for key, _ in term.node.entries]
    parts = tuple(
        fit(part, fields[key].type, findings) if key in fields else part
        for key, part in zip(keys, term.parts, strict=True)
    )
    typed = {key: part.typed for key, part in zip(keys, parts, strict=True)}
    return _with_parts(term, parts, RecordType(typed))


def _fit_scalar(term: Term, target: Type, findings: Findings) -> Term:
    actual = term.typed.type
    match kind_of(actual), kind_of(target):
        case Kind.NUMBER, Kind.MONEY if is_constant_number(term.node) and target != MoneyType():
            return replace(term, typed=Typed(target, term.typed.nullable))
        case Kind.MONEY, Kind.MONEY:
            return _fit_currency(term, target, findings)
        case (Kind.PERCENT, Kind.NUMBER) | (Kind.REF, Kind.TEXT | Kind.REF | Kind.ENUM):
            return term
        case Kind.NUMBER, Kind.PERCENT if not is_constant_number(term.node):
            return term
        case (Kind.ENUM, Kind.TEXT | Kind.REF) | (Kind.TEXT, Kind.REF):
            return term
        case ((Kind.TEXT | Kind.ENUM), Kind.ENUM):
            return _fit_enum(term, target, findings)
        case _:
            return mismatch(term, target, findings)


def mismatch(term: Term, target: Type, findings: Findings) -> Term:
    """Report that a term is not of the type wanted; the term with an unknown type, so that nothing follows from it."""
    wanted, actual = describe(target), describe(term.typed.type)
    message = Bilingual(f"此处需要{wanted.zh}，实际是{actual.zh}", f"{wanted.en} is expected here, this is {actual.en}")
    findings.error("SF203", term.node, message, conversion_hint(term, target))
    return replace(term, typed=Typed(UNKNOWN))


def _fit_currency(term: Term, target: Type, findings: Findings) -> Term:
    actual = term.typed.type
    if not isinstance(actual, MoneyType) or not isinstance(target, MoneyType):
        return term
    if None in (actual.currency, target.currency) or actual.currency == target.currency:
        return term
    message = Bilingual(
        f"币种不一致：{target.currency} 与 {actual.currency}",
        f"two currencies: {target.currency} and {actual.currency}",
    )
    written = f'convert({_short(term)}, "{target.currency}")'
    hint = Bilingual(f"先换算，例如 `{written}`", f"convert it first: `{written}`")
    findings.error("SF205", term.node, message, hint)
    return replace(term, typed=Typed(UNKNOWN))


def _fit_enum(term: Term, target: Type, findings: Findings) -> Term:
    if not isinstance(target, EnumType):
        return term
    match term:
        case Term(node=TextLiteral(value=value)) if value not in target.values:
            written = write_text(value)
        case Term(typed=Typed(type=EnumType(values=values))) if not set(values) & set(target.values):
            written = " | ".join(values)
        case _:
            return term
    listed = ", ".join(write_text(value) for value in target.values[:8])
    message = Bilingual(f"{written} 不是此处的枚举值", f"{written} is not one of the enum's values")
    close = findings.nearest(written.strip('"'), target.values)
    hint = Bilingual(f"可选：{listed}", f"one of {listed}")
    if not target.values:
        hint = Bilingual("此处还没有声明任何枚举值", "no value has been declared here")
    remedy = None
    if close is not None:
        meant = write_text(close)
        hint = Bilingual(f"是否指 {meant}？可选：{listed}", f"did you mean {meant}? One of {listed}")
        if isinstance(term.node, TextLiteral):
            remedy = Remedy(term.node.start, term.node.end, meant, is_safe=False)
    findings.error("SF204", term.node, message, hint, remedy=remedy)
    return replace(term, typed=Typed(UNKNOWN))


def conversion_hint(term: Term, target: Type) -> Bilingual | None:
    """How the term would be written to fit the type; None where there is no such way."""
    actual, wanted = kind_of(term.typed.type), kind_of(target)
    if actual is Kind.NUMBER and wanted is Kind.PERCENT:
        return _percent_hint(term)
    if {actual, wanted} == {Kind.WORKING, Kind.DURATION}:
        return _unit_hint(term, wanted)
    if (actual, wanted) == (Kind.DATE, Kind.DATETIME):
        # Rarely is midnight meant: the other side should be turned into a date.
        return Bilingual("把日期时间一侧写成 `date(…)`", "turn the date and time into a date by `date(…)`")
    ways = _conversions(term, target)
    return _write(*ways) if ways else None


def _conversions(term: Term, target: Type) -> tuple[str, ...]:
    """Texts that say what the term says as a value of the type."""
    shown = _short(term)
    is_written_out = isinstance(term.node, TextLiteral | NumberLiteral)
    match kind_of(term.typed.type), kind_of(target):
        case Kind.NUMBER, Kind.MONEY:
            currency = target.currency if isinstance(target, MoneyType) else None
            return (f'money({shown}, "{currency or "CNY"}")',)
        case Kind.MONEY, Kind.NUMBER:
            return (f"({shown}).amount",)
        case Kind.NUMBER, Kind.DURATION | Kind.WORKING if is_written_out:
            return (f"{shown}d", f"{shown}wd")
        case Kind.DATETIME | Kind.TEXT, Kind.DATE:
            return (f"@{shown}" if is_written_out else f"date({shown})",)
        case Kind.TEXT, Kind.NUMBER:
            return (f"number({shown})",)
        case Kind.NUMBER, Kind.DATE | Kind.DATETIME if (day := _unquoted_day(term.node)) is not None:
            return (f'@"{day}"' if kind_of(target) is Kind.DATE else f'@"{day}T00:00"',)
        case Kind.NUMBER | Kind.DATE, Kind.TEXT:
            return (f'"{shown}"' if is_written_out else f"string({shown})",)
        case _:
            return ()


def _unquoted_day(node: Node) -> str | None:
    """`2026-01-05` of a date that was written without its sign, and so reads as a subtraction."""
    match node:
        case Binary(
            operator=Operator.SUBTRACT,
            left=Binary(operator=Operator.SUBTRACT, left=NumberLiteral(value=year), right=NumberLiteral(value=month)),
            right=NumberLiteral(value=day),
        ):
            text = f"{year:0>4}-{month:0>2}-{day:0>2}"
            return text if parse_temporal(text) is not None else None
        case _:
            return None


def _percent_hint(term: Term) -> Bilingual | None:
    node = term.node
    if not isinstance(node, NumberLiteral):
        return Bilingual("百分比写作 `15%`", "a percentage is written `15%`")
    # 0.15 surely means 15 %, and 1 beside a percentage is the whole.
    shown = node.value.scaleb(2) if node.value <= 1 else node.value
    return _write(f"{write_number(shown.normalize() if shown.is_zero() else shown + 0)}%")


def _unit_hint(term: Term, kind: Kind) -> Bilingual:
    if isinstance(term.node, DurationLiteral):
        return _write(f"{write_number(term.node.amount)}{'wd' if kind is Kind.WORKING else 'd'}")
    return Bilingual("`d` 是自然日，`wd` 是工作日，不能混用", "`d` counts days, `wd` working days; they do not mix")


def _write(*ways: str) -> Bilingual:
    return Bilingual(
        "写作 " + " 或 ".join(f"`{way}`" for way in ways), "write " + " or ".join(f"`{way}`" for way in ways)
    )


def _short(term: Term) -> str:
    text = unparse(term.node)
    return text if len(text) <= _HINT_LENGTH else "…"


def is_textual(type_: Type) -> bool:
    """Whether values of the type read as text."""
    return kind_of(type_) in _TEXTS


def fit_all(terms: tuple[Term, ...], findings: Findings) -> tuple[tuple[Term, ...], Type]:
    """The terms bent to the one type they have in common, and that type; UNKNOWN after a finding."""
    target = common_type(terms)
    fitted = tuple(fit(term, target, findings) for term in terms)
    # One that does not fit is given back as unknown, though it was not unknown before.
    failed = any(
        after.typed.type == UNKNOWN and before.typed.type != UNKNOWN
        for before, after in zip(terms, fitted, strict=True)
    )
    return fitted, UNKNOWN if failed else target


def fields_of(type_: Type) -> Mapping[str, Typed] | None:
    """The fields that a path or a filter sees in a value of the type; None where it has none."""
    return type_.fields if isinstance(type_, RecordType | RefType) else None
