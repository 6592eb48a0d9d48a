"""Closures of the shapes that guards usually have: comparisons with constants, joined conditions, plain arithmetic.

Each gives exactly what the general way gives, without its detours; a test holds them to that. Knows no nodes.
"""

from collections.abc import Callable
from decimal import Decimal

from salespm_flow.expr import arithmetic
from salespm_flow.expr.scope import CHARACTERS_A_STEP, TO_COMPARE, Compiled, Scope
from salespm_flow.expr.syntax import Operator
from salespm_flow.expr.values import Money, Value

# What `type(x) is` tells apart, and Python orders as we do.
_PLAIN = frozenset({Decimal, str})


def all_of(parts: tuple[Compiled, ...]) -> Compiled:
    """The closure of `and` over two or more conditions, three-valued."""
    match parts:
        case (first, second):
            return _both(first, second)
        case (first, second, third):
            return _three(first, second, third)
        case _:
            pass

    def run(scope: Scope) -> Value:
        answer: Value = True
        for part in parts:
            found = part(scope)
            if found is False:
                return False
            if found is not True:
                answer = None
        return answer

    return run


def _both(left: Compiled, right: Compiled) -> Compiled:
    """Two conditions are the usual number, and a loop over them would take as long as they do."""

    def run(scope: Scope) -> Value:
        first = left(scope)
        if first is False:
            return False
        second = right(scope)
        if second is False:
            return False
        return True if first is True and second is True else None

    return run


def _three(left: Compiled, middle: Compiled, right: Compiled) -> Compiled:
    """As `_both`, of three."""

    def run(scope: Scope) -> Value:
        first = left(scope)
        if first is False:
            return False
        second = middle(scope)
        if second is False:
            return False
        third = right(scope)
        if third is False:
            return False
        return True if first is True and second is True and third is True else None

    return run


def any_of(parts: tuple[Compiled, ...]) -> Compiled:
    """The closure of `or` over two or more conditions, three-valued."""

    def run(scope: Scope) -> Value:
        answer: Value = False
        for part in parts:
            found = part(scope)
            if found is True:
                return True
            if found is not False:
                answer = None
        return answer

    return run


def ordering(operator: Operator, left: Compiled, right: Compiled) -> Compiled:
    """The closure of `left operator right`."""
    test = arithmetic.ORDERING_TESTS[operator]
    compare = arithmetic.compare

    def run(scope: Scope) -> Value:
        first = left(scope)
        if first is None:
            return None
        second = right(scope)
        if type(first) is Decimal and type(second) is Decimal:
            return test(first, second)
        if type(first) is Money and type(second) is Money and first.currency == second.currency:
            return test(first.amount, second.amount)
        return compare(operator, first, second)

    return run


def ordering_with(operator: Operator, left: Compiled, constant: Value) -> Compiled:
    """The closure of `left operator constant`."""
    test = arithmetic.ORDERING_TESTS[operator]
    compare = arithmetic.compare
    kind = type(constant)

    def run(scope: Scope) -> Value:
        value = left(scope)
        return test(value, constant) if type(value) is kind else compare(operator, value, constant)

    def run_money(scope: Scope) -> Value:
        value = left(scope)
        if type(value) is Money and value.currency == currency:
            return test(value.amount, amount)
        return compare(operator, value, constant)

    if isinstance(constant, Money):
        amount, currency = constant.amount, constant.currency
        return run_money
    return run if kind in arithmetic.PLAIN_ORDER else lambda scope: compare(operator, left(scope), constant)


def equality(left: Compiled, right: Compiled, *, is_wanted: bool) -> Compiled:
    """The closure of `left = right`, or of `!=` where equality is not wanted."""
    equal = arithmetic.equal

    def run(scope: Scope) -> Value:
        first = left(scope)
        second = right(scope)
        if type(first) is tuple and type(second) is tuple:
            scope.burn_deep(first, TO_COMPARE)
        answer = equal(first, second)
        return None if answer is None else answer is is_wanted

    return run


def equality_with(left: Compiled, constant: Value, *, is_wanted: bool) -> Compiled:
    """The closure of `left = constant`, or of `!=`."""
    equal = arithmetic.equal
    kind = type(constant)

    def run(scope: Scope) -> Value:
        value = left(scope)
        answer = value == constant if type(value) is kind else equal(value, constant)
        return None if answer is None else answer is is_wanted

    return run if kind in _PLAIN else equality(left, lambda _scope: constant, is_wanted=is_wanted)


def one_of(value: Compiled, texts: frozenset[str]) -> Compiled:
    """The closure of `value in (..)` for texts."""
    equal = arithmetic.equal

    def run(scope: Scope) -> Value:
        tested = value(scope)
        if type(tested) is str:
            return tested in texts
        answers = [equal(tested, text) for text in texts]
        return True if True in answers else None if None in answers else False

    return run


def of_text_and_constant(
    function: Callable[[str, str], Value], text: Compiled, constant: str, general: Compiled
) -> Compiled:
    """The closure of a function on two texts, the second one constant; `general` takes what is no short text."""

    def run(scope: Scope) -> Value:
        value = text(scope)
        if type(value) is str and len(value) < CHARACTERS_A_STEP:
            return function(value, constant)
        return None if value is None else general(scope)

    return run


def calculation(
    general: arithmetic.Operation, exact: Callable[[Decimal, Decimal], Decimal] | None, sides: tuple[Compiled, Compiled]
) -> Compiled:
    """The closure of an arithmetic operator; `exact` does it for two numbers and may answer with no finite number."""
    left, right = sides

    def run(scope: Scope) -> Value:
        first = left(scope)
        if first is None:
            return None
        second = right(scope)
        if exact is not None and type(first) is Decimal and type(second) is Decimal:
            result = exact(first, second)
            return result if result.is_finite() else None
        return None if second is None else general(scope, first, second)

    return run
