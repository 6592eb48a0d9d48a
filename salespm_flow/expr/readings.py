"""Closures that read a name or a field and compare it with a constant, in one: most guards are made of these.

Each gives exactly what the general way gives, without a call for the reading; a test holds them to that.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from salespm_flow.expr import arithmetic
from salespm_flow.expr.paths import field_of
from salespm_flow.expr.scope import CHARACTERS_A_STEP, Compiled, Scope
from salespm_flow.expr.syntax import EQUALITIES, ORDERINGS, Name, Operator, Path
from salespm_flow.expr.terms import Place, Term
from salespm_flow.expr.values import Money, Value
from salespm_flow.nouns import dataclass

# What `type(x) is` tells apart, and `==` compares as we do.
_PLAIN = frozenset({Decimal, str})
# The operator, and what does it for two numbers, raising where there is no finite one: so no result is looked at.
_ARITHMETIC: Mapping[Operator, tuple[arithmetic.Operation, Callable[[Decimal, Decimal], Decimal]]] = {
    Operator.ADD: (arithmetic.add, arithmetic.STRICT.add),
    Operator.SUBTRACT: (arithmetic.subtract, arithmetic.STRICT.subtract),
    Operator.MULTIPLY: (arithmetic.multiply, arithmetic.STRICT.multiply),
    Operator.DIVIDE: (arithmetic.divide, arithmetic.STRICT.divide),
}


@dataclass(frozen=True, slots=True)
class OfName:
    """A free name."""

    name: str


@dataclass(frozen=True, slots=True)
class OfField:
    """A field of a free name."""

    name: str
    field: str


@dataclass(frozen=True, slots=True)
class OfLocal:
    """A field of a loop's variable."""

    slot: int
    field: str


Reading = OfName | OfField | OfLocal


def reading_of(term: Term) -> Reading | None:
    """What the term reads, where it does nothing else."""
    match term:
        case Term(node=Name(name=name), place=Place.FREE):
            return OfName(name)
        case Term(node=Path(field=field), parts=(Term(node=Name(name=name), place=Place.FREE),)):
            return OfField(name, field)
        case Term(node=Path(field=field), parts=(Term(node=Name(), place=Place.LOCAL, slot=slot),)):
            return OfLocal(slot, field)
        case _:
            return None


def at_once(sides: tuple[Term, ...], operator: Operator, constant: Value) -> Compiled | None:
    """The closure of the operator between the sides, the right one `constant` if that is not null.

    None where the sides are not as simple as that.
    """
    left = reading_of(sides[0])
    if left is None:
        return None
    if operator in ORDERINGS:
        return None if constant is None else _ordering_with(operator, left, constant)
    if operator in _ARITHMETIC:
        right = reading_of(sides[1])
        if not isinstance(left, OfName) or not isinstance(right, OfName):
            return None
        return _calculation(*_ARITHMETIC[operator], (left.name, right.name))
    if operator in EQUALITIES and constant is not None:
        return _equality_with(left, constant, is_wanted=operator is Operator.EQUAL)
    return None


def _ordering_with(operator: Operator, reading: Reading, constant: Value) -> Compiled | None:
    """The closure of `reading operator constant`; None where there is no short way."""
    test = arithmetic.ORDERING_TESTS[operator]
    compare = arithmetic.compare
    if isinstance(constant, Money):
        return _money_ordering(operator, reading.name, constant) if isinstance(reading, OfName) else None
    if type(constant) not in arithmetic.PLAIN_ORDER:
        return None

    def otherwise(value: Value) -> Value:
        return compare(operator, value, constant)

    return _compared(reading, (test, constant), otherwise)


def _equality_with(reading: Reading, constant: Value, *, is_wanted: bool) -> Compiled | None:
    """The closure of `reading = constant`, or of `!=`; None where there is no short way."""
    if type(constant) not in _PLAIN:
        return None
    equal = arithmetic.equal

    def test(value: Value, constant: Value) -> bool:
        return (value == constant) is is_wanted

    def otherwise(value: Value) -> Value:
        answer = equal(value, constant)
        return None if answer is None else answer is is_wanted

    return _equal_texts(reading, constant, otherwise) if is_wanted else _compared(reading, (test, constant), otherwise)


def one_of(reading: Reading, texts: frozenset[str]) -> Compiled | None:
    """The closure of `reading in (..)` for texts; None where there is no short way."""
    if not isinstance(reading, OfName):
        return None
    name = reading.name
    equal = arithmetic.equal

    def run(scope: Scope) -> Value:
        tested = scope.names.get(name)
        if type(tested) is str:
            return tested in texts
        answers = [equal(tested, text) for text in texts]
        return True if True in answers else None if None in answers else False

    return run


def _calculation(
    general: arithmetic.Operation, exact: Callable[[Decimal, Decimal], Decimal], names: tuple[str, str]
) -> Compiled:
    """The closure of an arithmetic operator between two names; `exact` does it for two numbers, or raises."""
    left, right = names

    def run(scope: Scope) -> Value:
        known = scope.names
        first, second = known.get(left), known.get(right)
        if type(first) is Decimal and type(second) is Decimal:
            try:
                return exact(first, second)
            except ArithmeticError:  # no finite number
                return None
        return None if first is None or second is None else general(scope, first, second)

    return run


def of_text_and_constant(
    function: Callable[[str, str], Value], reading: OfLocal, constant: str, general: Compiled
) -> Compiled:
    """As the shortcut of that name, for a field of a loop's variable."""
    slot, field = reading.slot, reading.field

    def run(scope: Scope) -> Value:
        record = scope.locals[slot]
        value = record.get(field) if type(record) is dict else field_of(scope, record, field)
        if type(value) is str and len(value) < CHARACTERS_A_STEP:
            return function(value, constant)
        return None if value is None else general(scope)

    return run


def _money_ordering(operator: Operator, name: str, constant: Money) -> Compiled:
    test = arithmetic.ORDERING_TESTS[operator]
    compare = arithmetic.compare
    amount, currency = constant.amount, constant.currency

    def run(scope: Scope) -> Value:
        value = scope.names.get(name)
        if type(value) is Money and value.currency == currency:
            return test(value.amount, amount)
        return compare(operator, value, constant)

    return run


def _compared(
    reading: Reading, tested: tuple[Callable[..., bool], Value], otherwise: Callable[[Value], Value]
) -> Compiled:
    """The closure that applies the test to a value of the constant's own type, else what comes otherwise."""
    test, constant = tested
    kind = type(constant)
    match reading:
        case OfName(name=name):

            def run_name(scope: Scope) -> Value:
                value = scope.names.get(name)
                return test(value, constant) if type(value) is kind else otherwise(value)

            return run_name
        case OfField(name=name, field=field):

            def run_field(scope: Scope) -> Value:
                record = scope.names.get(name)
                value = record.get(field) if type(record) is dict else field_of(scope, record, field)
                return test(value, constant) if type(value) is kind else otherwise(value)

            return run_field
        case OfLocal(slot=slot, field=field):

            def run_local(scope: Scope) -> Value:
                record = scope.locals[slot]
                value = record.get(field) if type(record) is dict else field_of(scope, record, field)
                return test(value, constant) if type(value) is kind else otherwise(value)

            return run_local


def _equal_texts(reading: Reading, constant: Value, otherwise: Callable[[Value], Value]) -> Compiled:
    """As `_compared` by equality, which takes no call."""
    kind = type(constant)
    match reading:
        case OfName(name=name):

            def run_name(scope: Scope) -> Value:
                value = scope.names.get(name)
                return value == constant if type(value) is kind else otherwise(value)

            return run_name
        case OfField(name=name, field=field):

            def run_field(scope: Scope) -> Value:
                record = scope.names.get(name)
                value = record.get(field) if type(record) is dict else field_of(scope, record, field)
                return value == constant if type(value) is kind else otherwise(value)

            return run_field
        case OfLocal(slot=slot, field=field):

            def run_local(scope: Scope) -> Value:
                record = scope.locals[slot]
                value = record.get(field) if type(record) is dict else field_of(scope, record, field)
                return value == constant if type(value) is kind else otherwise(value)

            return run_local
