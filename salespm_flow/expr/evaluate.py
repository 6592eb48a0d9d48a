"""Checked trees to Python closures. Knows no domain; builds no code text.

A closure takes the scope and gives the value; it is built once and called often, from many threads, each with its own
scope. Only loops and list functions burn fuel: an expression's length bounds everything else.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from salespm_flow.expr import arithmetic, readings, shortcuts
from salespm_flow.expr.applications import compile_application
from salespm_flow.expr.check import check
from salespm_flow.expr.conversions import text_of
from salespm_flow.expr.lists import burn_nested
from salespm_flow.expr.literals import duration_value
from salespm_flow.expr.loops import compile_filter, compile_for, compile_quantified
from salespm_flow.expr.moments import zoned
from salespm_flow.expr.paths import compile_name, compile_path
from salespm_flow.expr.scope import CHARACTERS_A_STEP, DEFAULT_FUEL, Body, Compiled, OutOfFuel, Scope, StateClock
from salespm_flow.expr.signatures import Signature, takes_nulls
from salespm_flow.expr.syntax import (
    ORDERINGS,
    Between,
    Binary,
    BooleanLiteral,
    Call,
    DurationLiteral,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    NullLiteral,
    NumberLiteral,
    Operator,
    Path,
    PercentLiteral,
    Quantified,
    RangeLiteral,
    RecordLiteral,
    TemporalLiteral,
    Test,
    TextLiteral,
    is_constant_number,
)
from salespm_flow.expr.terms import Term, is_null
from salespm_flow.expr.types import Kind, ListType, MoneyType, RangeType, RefType, Type, Typed
from salespm_flow.expr.values import Money, Range, Value

__all__ = ["DEFAULT_FUEL", "Compiled", "OutOfFuel", "Scope", "StateClock", "compile_node", "compile_term"]

# The operator, and what does it for two numbers; a power burns fuel.
_ARITHMETIC: Mapping[Operator, tuple[arithmetic.Operation, Callable[[Decimal, Decimal], Decimal] | None]] = {
    Operator.ADD: (arithmetic.add, arithmetic.CONTEXT.add),
    Operator.SUBTRACT: (arithmetic.subtract, arithmetic.CONTEXT.subtract),
    Operator.MULTIPLY: (arithmetic.multiply, arithmetic.CONTEXT.multiply),
    Operator.DIVIDE: (arithmetic.divide, arithmetic.CONTEXT.divide),
    Operator.POWER: (arithmetic.power, None),
}


def compile_node(node: Node, names: Mapping[str, Typed], expected: Typed | Type | None = None) -> Compiled:
    """The closure of an expression that `check` found no error in, with literals bent to `expected`.

    Calling it raises OutOfFuel and nothing else; a value that is not of its declared type makes the result null.
    """
    checked = check(node, names, expected)
    return compile_term(checked.term, checked.slots)


def compile_term(term: Term, slots: int) -> Compiled:
    """The closure of a checked tree whose variables take `slots` slots."""
    body = _compile(term)
    if not slots:
        return body

    def run(scope: Scope) -> Value:
        # A name may be computed on reading, by another expression on the same scope: its variables are not ours.
        outer = scope.locals
        scope.locals = [None] * slots
        try:
            return body(scope)
        finally:
            scope.locals = outer

    return run


def _compile(term: Term) -> Compiled:
    node = term.node
    if isinstance(term.typed.type, MoneyType) and is_constant_number(node):
        return _constant_money(term, term.typed.type)
    match node:
        case Name(name=name):
            return compile_name(name, term.place, term.slot)
        case Path(field=field):
            return compile_path(term.parts[0], field, _compile)
        case Call():
            return _called(term, node)
        case Binary() | Negate() | Between() | In() | Test():
            return _operation(term, node)
        case If() | Quantified() | For() | Filter():
            return _control(term, node)
        case RangeLiteral() | ListLiteral() | RecordLiteral():
            return _construction(term, node)
        case _:
            return _literal(node)


def _constant(value: Value) -> Compiled:
    return lambda _scope: value


def _constant_money(term: Term, type_: MoneyType) -> Compiled:
    """A number that stands for money; null where no currency can be told."""
    currency = type_.currency
    if currency is None:
        return _constant(None)
    node = term.node
    if isinstance(node, NumberLiteral):
        return _constant(Money(node.value, currency))
    number = compile_node(node, {})

    def run(scope: Scope) -> Value:
        amount = number(scope)
        return Money(amount, currency) if type(amount) is Decimal else None

    return run


def _literal(node: Literal) -> Compiled:
    match node:
        case NullLiteral():
            return _constant(None)
        case BooleanLiteral(value=flag):
            return _constant(flag)
        case NumberLiteral(value=number) | PercentLiteral(value=number):
            return _constant(number)
        case TextLiteral(value=text):
            return _constant(text)
        case DurationLiteral(amount=amount, unit=unit):
            return _constant(duration_value(amount, unit))
        case TemporalLiteral(value=datetime(tzinfo=None) as moment):
            return lambda scope: zoned(scope, moment)
        case TemporalLiteral(value=value):
            return _constant(value)


def _operation(term: Term, node: Binary | Negate | Between | In | Test) -> Compiled:
    match node:
        case Binary(operator=Operator.AND):
            parts = _joined(term, Operator.AND)
            return shortcuts.all_of(parts)
        case Binary(operator=Operator.OR):
            return shortcuts.any_of(_joined(term, Operator.OR))
        case _:
            pass
    parts = tuple(_compile(part) for part in term.parts)
    match node:
        case Negate():
            operand = parts[0]
            return lambda scope: arithmetic.negate(operand(scope))
        case Between():
            return _between(parts)
        case In():
            return _membership(term, parts)
        case Binary(operator=operator):
            return _binary(term, operator, parts)
        case Test():
            return _constant(None)  # has no value without the one before `in`, which reads its part


def _binary(term: Term, operator: Operator, parts: tuple[Compiled, ...]) -> Compiled:
    left, right = parts
    constant = _constant_of(term.parts[1])
    short = readings.at_once(term.parts, operator, constant)
    if short is not None:
        return short
    if operator in ORDERINGS:
        if constant is None:
            return shortcuts.ordering(operator, left, right)
        return shortcuts.ordering_with(operator, left, constant)
    arithmetical = _ARITHMETIC.get(operator)
    if arithmetical is not None:
        return shortcuts.calculation(*arithmetical, (left, right))
    is_wanted = operator is Operator.EQUAL
    if constant is None:
        return shortcuts.equality(left, right, is_wanted=is_wanted)
    return shortcuts.equality_with(left, constant, is_wanted=is_wanted)


def _constant_of(term: Term) -> Value:
    """The value of a literal that is the same in every scope; null for any other term."""
    node = term.node
    match node:
        case NumberLiteral(value=number) if isinstance(term.typed.type, MoneyType):
            currency = term.typed.type.currency
            return None if currency is None else Money(number, currency)
        case NumberLiteral(value=number) | PercentLiteral(value=number):
            return number
        case TextLiteral(value=text):
            return text
        case DurationLiteral(amount=amount, unit=unit):
            return duration_value(amount, unit)
        case TemporalLiteral(value=value) if not isinstance(value, datetime):
            return value
        case _:
            return None


def _joined(term: Term, operator: Operator) -> tuple[Compiled, ...]:
    """The closures of the conditions that the operator joins, however they are nested."""
    flat: list[Compiled] = []
    for part in term.parts:
        is_same = isinstance(part.node, Binary) and part.node.operator is operator
        flat.extend(_joined(part, operator) if is_same else (_compile(part),))
    return tuple(flat)


def _between(parts: tuple[Compiled, ...]) -> Compiled:
    value, low, high = parts

    def run(scope: Scope) -> Value:
        bounds = Range(low=low(scope), high=high(scope), low_closed=True, high_closed=True)
        return arithmetic.within(value(scope), bounds)

    return run


def _membership(term: Term, parts: tuple[Compiled, ...]) -> Compiled:
    if len(parts) == 2 and is_null(term.parts[1]):  # noqa: PLR2004 - the value and its only test
        return _constant(None)
    value = parts[0]
    texts = [part.node.value for part in term.parts[1:] if isinstance(part.node, TextLiteral)]
    if len(texts) == len(term.parts) - 1:
        reading = readings.reading_of(term.parts[0])
        short = None if reading is None else readings.one_of(reading, frozenset(texts))
        return short or shortcuts.one_of(value, frozenset(texts))
    tests = tuple(_test(part) for part in term.parts[1:])

    def run(scope: Scope) -> Value:
        tested = value(scope)
        answer: Value = False
        for test in tests:
            found = test(scope, tested)
            if found is True:
                return True
            if found is None:
                answer = None
        return answer

    return run


def _test(term: Term) -> Callable[[Scope, Value], bool | None]:
    node = term.node
    if isinstance(node, Test):
        return _comparison_test(node.operator, _compile(term.parts[0]))
    against = _compile(term)
    spreads_null = isinstance(term.typed.type, ListType | RangeType)

    def run(scope: Scope, value: Value) -> bool | None:
        bound = against(scope)
        if isinstance(bound, tuple):
            scope.burn(len(bound))
            burn_nested(scope, bound, value)
            return any(arithmetic.equal(value, element) is True for element in bound)
        if isinstance(bound, Range):
            return arithmetic.within(value, bound)
        return None if bound is None and spreads_null else arithmetic.equal(value, bound)

    return run


def _comparison_test(operator: Operator, operand: Compiled) -> Callable[[Scope, Value], bool | None]:
    if operator in ORDERINGS:
        return lambda scope, value: arithmetic.compare(operator, value, operand(scope))
    is_wanted = operator is Operator.EQUAL

    def run(scope: Scope, value: Value) -> bool | None:
        answer = arithmetic.equal(value, operand(scope))
        return None if answer is None else answer is is_wanted

    return run


def _construction(term: Term, node: RangeLiteral | ListLiteral | RecordLiteral) -> Compiled:
    parts = tuple(_compile(part) for part in term.parts)
    match node:
        case ListLiteral():
            return lambda scope: tuple([part(scope) for part in parts])
        case RecordLiteral(entries=entries):
            keys = tuple(key for key, _ in entries)
            return lambda scope: {key: part(scope) for key, part in zip(keys, parts, strict=True)}
        case RangeLiteral(low_closed=low_closed, high_closed=high_closed):
            low, high = parts
            return lambda scope: Range(low=low(scope), high=high(scope), low_closed=low_closed, high_closed=high_closed)


def _control(term: Term, node: If | Quantified | For | Filter) -> Compiled:
    match node:
        case If():
            condition, then, otherwise = (_compile(part) for part in term.parts)
            return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)
        case Quantified():
            return compile_quantified(term, node, _compile)
        case For():
            return compile_for(term, _compile)
        case Filter():
            return compile_filter(term, _compile)


def _called(term: Term, node: Call) -> Compiled:
    if term.callee is not None:
        return compile_application(term, node, term.callee, _compile)
    # A call without a signature has a finding, and is null for whoever evaluates it all the same.
    return _constant(None) if term.signature is None else _call(term, term.signature)


def _call(term: Term, signature: Signature) -> Compiled:
    arguments = tuple(_argument(part, signature, at) for at, part in enumerate(term.parts))
    body = signature.body
    strict = not takes_nulls(signature.nulls)
    names = tuple(part.node.value for part in term.parts if isinstance(part.node, TextLiteral))
    if len(names) == len(arguments) and all(len(name) < CHARACTERS_A_STEP for name in names):
        return lambda scope: body(scope, names)  # as of a state, or without any: nothing to evaluate, no fuel to burn
    if len(arguments) == 1 and strict:
        empty = None if signature.when_empty is None else signature.when_empty(term.typed.type)
        return _unary_call(arguments[0], body, empty)

    def run(scope: Scope) -> Value:
        values = tuple([argument(scope) for argument in arguments])
        if strict and None in values:
            return None
        for value in values:
            if type(value) is tuple:
                scope.burn(len(value))
            elif type(value) is str:
                scope.burn_text(value)
        return body(scope, values)

    constant = _constant_of(term.parts[-1])
    if signature.on_texts is not None and len(arguments) == 2 and isinstance(constant, str):  # noqa: PLR2004
        reading = readings.reading_of(term.parts[0])
        if isinstance(reading, readings.OfLocal):
            return readings.of_text_and_constant(signature.on_texts, reading, constant, run)
        return shortcuts.of_text_and_constant(signature.on_texts, arguments[0], constant, run)
    return run


def _unary_call(argument: Compiled, body: Body, empty: Value) -> Compiled:
    def run(scope: Scope) -> Value:
        value = argument(scope)
        if value is None:
            return None
        if type(value) is tuple:
            if not value:
                return body(scope, ((),)) if empty is None else empty
            scope.burn(len(value))
        elif type(value) is str:
            scope.burn_text(value)
        return body(scope, (value,))

    return run


def _argument(term: Term, signature: Signature, at: int) -> Compiled:
    """The argument's closure; a reference goes as its key to a parameter that takes text and not just anything."""
    compiled = _compile(term)
    kinds = signature.parameter(at).kinds
    if not isinstance(term.typed.type, RefType) or Kind.RECORD in kinds:
        return compiled

    def run(scope: Scope) -> Value:
        value = compiled(scope)
        return None if value is None else text_of(value)

    return run
