"""Type rules of the operators, over terms already checked. Knows no names and no functions."""

from collections.abc import Mapping
from dataclasses import replace

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.arithmetic import MAX_EXPONENT
from salespm_flow.expr.findings import Findings
from salespm_flow.expr.fit import conversion_hint, fit, fit_all, is_textual, mismatch
from salespm_flow.expr.syntax import (
    ARITHMETIC,
    CONNECTIVES,
    EQUALITIES,
    Between,
    Binary,
    In,
    Negate,
    Node,
    NumberLiteral,
    Operator,
    PercentLiteral,
    Test,
    is_constant_number,
)
from salespm_flow.expr.terms import Term, element_of, is_null
from salespm_flow.expr.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONTHS,
    NUMBER,
    ORDERED,
    PERCENT,
    TEXT,
    TIME,
    UNKNOWN,
    WORKING,
    Kind,
    ListType,
    MoneyType,
    RangeType,
    Type,
    Typed,
    describe,
    kind_of,
)

_NUMERIC = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.MONEY})
_LENGTHS = frozenset({Kind.DURATION, Kind.MONTHS, Kind.WORKING})

# What `left + right` of unlike or unscaled kinds gives; the numeric kinds are joined by their common type instead.
_SUMS: Mapping[tuple[Kind, Kind], Type] = {
    (Kind.DURATION, Kind.DURATION): DURATION,
    (Kind.MONTHS, Kind.MONTHS): MONTHS,
    (Kind.WORKING, Kind.WORKING): WORKING,
    **{(Kind.DATE, length): DATE for length in _LENGTHS},
    **{(Kind.DATETIME, length): DATETIME for length in _LENGTHS},
    (Kind.TIME, Kind.DURATION): TIME,
}
_ADDITIONS = {**_SUMS, **{(right, left): result for (left, right), result in _SUMS.items()}}
_SUBTRACTIONS = {
    **_SUMS,
    (Kind.DATE, Kind.DATE): DURATION,
    (Kind.DATETIME, Kind.DATETIME): DURATION,
    (Kind.TIME, Kind.TIME): DURATION,
}
_QUOTIENTS: Mapping[tuple[Kind, Kind], Type] = {
    (Kind.NUMBER, Kind.NUMBER): NUMBER,
    (Kind.NUMBER, Kind.PERCENT): NUMBER,
    (Kind.PERCENT, Kind.NUMBER): PERCENT,
    (Kind.PERCENT, Kind.PERCENT): NUMBER,
    (Kind.DURATION, Kind.DURATION): NUMBER,
    (Kind.MONTHS, Kind.MONTHS): NUMBER,
    (Kind.WORKING, Kind.WORKING): NUMBER,
}


def binary(node: Binary, left: Term, right: Term, findings: Findings) -> Term:
    """The term of an infix operator."""
    if node.operator in CONNECTIVES:
        parts = tuple(condition(part, findings) for part in (left, right))
        return _term(node, BOOLEAN, parts)
    if node.operator in ARITHMETIC:
        return _arithmetic(node, left, right, findings)
    return comparison(node, node.operator, (left, right), findings)


def condition(term: Term, findings: Findings) -> Term:
    """The term as a boolean; anything else is reported."""
    if kind_of(term.typed.type) in (Kind.BOOLEAN, Kind.UNKNOWN, Kind.NULL):
        return term
    return mismatch(term, BOOLEAN, findings)


def comparison(node: Node, operator: Operator, sides: tuple[Term, Term], findings: Findings) -> Term:
    """The term of `left operator right`; only an ordering can be null."""
    unordered = [] if operator in EQUALITIES else [side for side in sides if not _is_ordered(side.typed.type)]
    if unordered:
        # Said before anything about the other side, which would not matter then.
        require_order(unordered[0], unordered[0].typed.type, findings)
        return Term(node=node, typed=Typed(BOOLEAN), parts=sides)
    parts, _type = fit_all(sides, findings)
    if operator in EQUALITIES:
        return Term(node=node, typed=Typed(BOOLEAN), parts=parts)
    if any(is_null(part) for part in parts):
        findings.only_null(node, Bilingual("与空值比较写作 `= null`", "compare with null by `= null`"))
        return Term(node=node, typed=Typed(BOOLEAN, nullable=True), parts=parts)
    return _term(node, BOOLEAN, parts)


def require_order(term: Term, type_: Type, findings: Findings) -> None:
    """Report a type that has no order; the declared order of enum values is none that text could be compared by."""
    if _is_ordered(type_):
        return
    described = describe(type_)
    findings.error(
        "SF203",
        term.node,
        Bilingual(f"{described.zh}不能比较大小", f"{described.en} has no order"),
        Bilingual("可用 `=`、`!=` 或 `in (…)`", "use `=`, `!=` or `in (…)`"),
    )


def _is_ordered(type_: Type) -> bool:
    return kind_of(type_) in ORDERED | {Kind.UNKNOWN, Kind.NULL}


def negation(node: Negate, operand: Term, findings: Findings) -> Term:
    """The term of a minus sign."""
    kind = kind_of(operand.typed.type)
    if kind in _NUMERIC | _LENGTHS | {Kind.UNKNOWN}:
        return Term(node=node, typed=operand.typed, parts=(operand,))
    if kind is Kind.NULL:
        findings.only_null(node)
        return Term(node=node, typed=operand.typed, parts=(operand,))
    return Term(node=node, typed=Typed(UNKNOWN), parts=(mismatch(operand, NUMBER, findings),))


def between(node: Between, sides: tuple[Term, Term, Term], findings: Findings) -> Term:
    """The term of `value between low and high`."""
    parts, type_ = fit_all(sides, findings)
    if any(is_null(part) for part in parts):
        findings.only_null(node)
    else:
        require_order(parts[0], type_, findings)
    return _term(node, BOOLEAN, parts)


def membership(node: In, value: Term, tests: tuple[Term, ...], findings: Findings) -> Term:
    """The term of `value in (tests)`; the value bends to the first test that it has to."""
    fitted: list[Term] = []
    for test in tests:
        value, checked = _membership_test(value, test, findings)
        fitted.append(checked)
    if len(tests) == 1 and is_null(tests[0]):
        findings.only_null(node, Bilingual("与空值比较写作 `= null`", "compare with null by `= null`"))
    nullable = any(_is_nullable_test(value, test) for test in fitted)
    return Term(node=node, typed=Typed(BOOLEAN, nullable), parts=(value, *fitted))


def _membership_test(value: Term, test: Term, findings: Findings) -> tuple[Term, Term]:
    match test:
        case Term(node=Test(operator=operator), parts=(operand,)):
            (first, second), type_ = fit_all((value, operand), findings)
            if operator not in EQUALITIES:
                require_order(first, type_, findings)
            return _kept(value, first), replace(test, parts=(second,), typed=Typed(BOOLEAN, second.typed.nullable))
        case Term(typed=Typed(type=ListType(of=element))):
            (first, _), type_ = fit_all((value, element_of(test, element)), findings)
            return _kept(value, first), fit(test, ListType(Typed(type_, element.nullable)), findings)
        case Term(typed=Typed(type=RangeType(of=of))):
            (first, _), type_ = fit_all((value, element_of(test, Typed(of))), findings)
            require_order(first, type_, findings)
            return _kept(value, first), fit(test, RangeType(type_), findings)
        case _:
            (first, second), _type = fit_all((value, test), findings)
            return _kept(value, first), second


def _kept(value: Term, fitted: Term) -> Term:
    """The value as the first finding left it, so that the next tests do not report it again."""
    return fitted if fitted.typed.type != UNKNOWN or value.typed.type == UNKNOWN else value


def _is_nullable_test(value: Term, test: Term) -> bool:
    match test:
        case Term(node=Test(operator=operator)) if operator not in EQUALITIES:
            return value.typed.nullable or test.typed.nullable
        case Term(typed=Typed(type=RangeType())):
            return value.typed.nullable or test.typed.nullable or any(part.typed.nullable for part in test.parts)
        case Term(typed=Typed(type=ListType())):
            return test.typed.nullable
        case _:
            return False


def _arithmetic(node: Binary, left: Term, right: Term, findings: Findings) -> Term:
    if is_null(left) or is_null(right):
        findings.only_null(node)
        return Term(node=node, typed=Typed(UNKNOWN, nullable=True), parts=(left, right))
    if UNKNOWN in (left.typed.type, right.typed.type):
        return Term(node=node, typed=Typed(UNKNOWN, nullable=True), parts=(left, right))
    match node.operator:
        case Operator.ADD | Operator.SUBTRACT:
            return _sum(node, left, right, findings)
        case Operator.MULTIPLY:
            result = _product_type(left, right)
        case Operator.DIVIDE:
            return _quotient(node, left, right, findings)
        case _:
            result = _power_type(left, right)
    if result is None:
        return _refused(node, left, right, findings)
    if node.operator is Operator.POWER and isinstance(right.node, NumberLiteral) and right.node.value > MAX_EXPONENT:
        findings.only_null(node, Bilingual(f"指数至多为 {MAX_EXPONENT}", f"an exponent is at most {MAX_EXPONENT}"))
    return _term(node, result, (left, right), nullable=node.operator is Operator.POWER)


def _sum(node: Binary, left: Term, right: Term, findings: Findings) -> Term:
    kinds = (kind_of(left.typed.type), kind_of(right.typed.type))
    if set(kinds) <= _NUMERIC:
        parts, type_ = fit_all((left, right), findings)
        return _term(node, type_, parts)
    if node.operator is Operator.ADD and is_textual(left.typed.type) and is_textual(right.typed.type):
        return _term(node, TEXT, (left, right))
    table = _ADDITIONS if node.operator is Operator.ADD else _SUBTRACTIONS
    result = table.get(kinds)
    return _refused(node, left, right, findings) if result is None else _term(node, result, (left, right))


def _product_type(left: Term, right: Term) -> Type | None:
    kinds = (kind_of(left.typed.type), kind_of(right.typed.type))
    match kinds:
        case (Kind.PERCENT, Kind.PERCENT):
            return PERCENT
        case (Kind.NUMBER | Kind.PERCENT, Kind.NUMBER | Kind.PERCENT):
            return NUMBER
        case (Kind.MONEY | Kind.DURATION | Kind.MONTHS | Kind.WORKING, Kind.NUMBER | Kind.PERCENT):
            return left.typed.type
        case (Kind.NUMBER | Kind.PERCENT, Kind.MONEY | Kind.DURATION | Kind.MONTHS | Kind.WORKING):
            return right.typed.type
        case _:
            return None


def _quotient(node: Binary, left: Term, right: Term, findings: Findings) -> Term:
    if isinstance(right.node, NumberLiteral | PercentLiteral) and not right.node.value:
        findings.only_null(node, Bilingual("除数为零", "the divisor is zero"))
    kinds = (kind_of(left.typed.type), kind_of(right.typed.type))
    parts: tuple[Term, ...] = (left, right)
    result = _QUOTIENTS.get(kinds)
    if kinds == (Kind.MONEY, Kind.MONEY):
        parts, common = fit_all(parts, findings)
        result = NUMBER if isinstance(common, MoneyType) else UNKNOWN
    elif kinds[0] in _LENGTHS | {Kind.MONEY} and kinds[1] in (Kind.NUMBER, Kind.PERCENT):
        result = left.typed.type
    if result is None:
        return _refused(node, left, right, findings)
    return _term(node, result, parts, nullable=not is_constant_number(right.node))


def _power_type(left: Term, right: Term) -> Type | None:
    kinds = {kind_of(left.typed.type), kind_of(right.typed.type)}
    return NUMBER if kinds <= {Kind.NUMBER, Kind.PERCENT} else None


def _refused(node: Binary, left: Term, right: Term, findings: Findings) -> Term:
    first, second = describe(left.typed.type), describe(right.typed.type)
    message = Bilingual(
        f"`{node.operator}` 不能用于{first.zh}与{second.zh}",
        f"`{node.operator}` does not take {first.en} and {second.en}",
    )
    hint = _joining_hint(node.operator, left, right)
    findings.error("SF203", node, message, hint)
    return Term(node=node, typed=Typed(UNKNOWN), parts=(left, right))


def _joining_hint(operator: Operator, left: Term, right: Term) -> Bilingual | None:
    kinds = (kind_of(left.typed.type), kind_of(right.typed.type))
    match kinds:
        case (Kind.DATE | Kind.DATETIME, Kind.NUMBER):
            return conversion_hint(right, DURATION)
        case (Kind.DATETIME, Kind.DATE):
            return conversion_hint(left, DATE)
        case (Kind.DATE, Kind.DATETIME):
            return conversion_hint(right, DATE)
        case (Kind.TEXT | Kind.ENUM | Kind.REF, _):
            return conversion_hint(right, TEXT) if operator is Operator.ADD else conversion_hint(left, NUMBER)
        case _:
            return conversion_hint(right, left.typed.type) or conversion_hint(left, right.typed.type)


def _term(node: Node, type_: Type, parts: tuple[Term, ...], *, nullable: bool = False) -> Term:
    """A term that is null when any of its parts is, or also else if `nullable`."""
    return Term(node=node, typed=Typed(type_, nullable or any(part.typed.nullable for part in parts)), parts=parts)
