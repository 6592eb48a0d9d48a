"""Expressions as terms of the solver, null and unknown truth included. Knows neither goals nor how they are solved.

A quantity is a number with a flag for null; a truth is a pair, since what is not true need not be false.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from typing import Final

import z3

from salespm_flow.expr.syntax import (
    ARITHMETIC,
    CONNECTIVES,
    ORDERINGS,
    Between,
    Binary,
    Call,
    If,
    In,
    ListLiteral,
    Name,
    Negate,
    Node,
    Operator,
    RangeLiteral,
    Test,
)
from salespm_flow.expr.values import Money, Value
from salespm_flow.nouns import dataclass
from salespm_flow.solve.domain import key_of, measure_of
from salespm_flow.solve.world import World

_HOURS_A_DAY: Final = 24


class InexpressibleError(Exception):
    """An expression says what the solver's terms cannot; caught by `prove`, never seen outside."""


class Sort(StrEnum):
    """What the number of a quantity counts; texts and booleans are numbered."""

    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    HOURS = "hours"
    TEXT = "text"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Whether a value is null, and its number where it is not."""

    is_null: z3.BoolRef
    number: z3.ArithRef
    sort: Sort


@dataclass(frozen=True, slots=True)
class Truth:
    """A three-valued truth: null where it is neither."""

    is_true: z3.BoolRef
    is_false: z3.BoolRef


_ORDERS: Final[Mapping[Operator, Callable[[z3.ArithRef, z3.ArithRef], z3.BoolRef]]] = {
    Operator.LESS: lambda left, right: left < right,
    Operator.LESS_EQUAL: lambda left, right: left <= right,
    Operator.GREATER: lambda left, right: left > right,
    Operator.GREATER_EQUAL: lambda left, right: left >= right,
}


class Translator:
    """Terms over the `variables`; everything that reads none of them is what it comes to now."""

    __slots__ = ("_texts", "_world", "variables")

    def __init__(self, world: World) -> None:
        self._world = world
        self._texts: dict[str, int] = {}
        self.variables: dict[str, Quantity] = {}

    def number_of(self, value: Value) -> Fraction:
        """The number that stands for the value.

        Raises:
            InexpressibleError: there is none.
        """
        match key_of(value):
            case bool() as truth:
                return Fraction(int(truth))
            case str() as text:
                return Fraction(self._texts.setdefault(text, len(self._texts)))
            case other:
                amount = measure_of(other)
                if amount is None:
                    raise InexpressibleError
                return amount

    def quantity(self, node: Node) -> Quantity:
        """The term of an expression's value.

        Raises:
            InexpressibleError: there is none.
        """
        if isinstance(node, Name) and node.name in self.variables:
            return self.variables[node.name]
        if not self._world.names_in(node) & self.variables.keys():
            return self._constant(self._world.value(node, {}))
        match node:
            case Name(name=name) if (inner := self._world.definition(name)) is not None:
                return self.quantity(inner)
            case Negate(operand=operand):
                found = self.quantity(operand)
                return Quantity(found.is_null, -found.number, found.sort)
            case Binary(operator=operator, left=left, right=right) if operator in ARITHMETIC:
                return _calculated(operator, self.quantity(left), self.quantity(right))
            case Call(function="default", arguments=(first, second)):
                return _chosen(z3.Not(self.quantity(first).is_null), self.quantity(first), self.quantity(second))
            case If(condition=condition, then=then, otherwise=otherwise):
                return _chosen(self.truth(condition).is_true, self.quantity(then), self.quantity(otherwise))
            case Binary() | Between() | In() | Call(function="not"):
                truth = self.truth(node)
                unknown = z3.Not(z3.Or(truth.is_true, truth.is_false))
                return Quantity(unknown, z3.If(truth.is_true, z3.RealVal(1), z3.RealVal(0)), Sort.BOOLEAN)
            case _:
                raise InexpressibleError

    def truth(self, node: Node) -> Truth:
        """The term of a condition.

        Raises:
            InexpressibleError: there is none.
        """
        match node:
            case Binary(operator=operator, left=left, right=right) if operator in CONNECTIVES:
                return _joined(operator, (self.truth(left), self.truth(right)))
            case Call(function="not", arguments=(operand,)):
                inner = self.truth(operand)
                return Truth(inner.is_false, inner.is_true)
            case Binary(operator=operator, left=left, right=right) if operator not in ARITHMETIC:
                return _compared(operator, self.quantity(left), self.quantity(right))
            case Between(value=value, low=low, high=high):
                return self._between(value, low, high)
            case In(value=value, tests=tests):
                return _joined(Operator.OR, [self._test(value, test) for test in tests])
            case _:
                found = self.quantity(node)
                if found.sort is not Sort.BOOLEAN:
                    raise InexpressibleError
                given = z3.Not(found.is_null)
                return Truth(z3.And(given, found.number == 1), z3.And(given, found.number == 0))

    def _between(self, value: Node, low: Node, high: Node) -> Truth:
        middle = self.quantity(value)
        above = _compared(Operator.GREATER_EQUAL, middle, self.quantity(low))
        return _joined(Operator.AND, (above, _compared(Operator.LESS_EQUAL, middle, self.quantity(high))))

    def _test(self, value: Node, test: Node) -> Truth:
        found = self.quantity(value)
        match test:
            case Test(operator=operator, operand=operand):
                return _compared(operator, found, self.quantity(operand))
            case RangeLiteral(low=low, high=high, low_closed=low_closed, high_closed=high_closed):
                above = Operator.GREATER_EQUAL if low_closed else Operator.GREATER
                below = Operator.LESS_EQUAL if high_closed else Operator.LESS
                ends = (_compared(above, found, self.quantity(low)), _compared(below, found, self.quantity(high)))
                return _joined(Operator.AND, ends)
            case ListLiteral(items=items):
                return _joined(Operator.OR, [_compared(Operator.EQUAL, found, self.quantity(item)) for item in items])
            case _:
                return _compared(Operator.EQUAL, found, self.quantity(test))

    def _constant(self, value: Value) -> Quantity:
        if value is None:
            return Quantity(z3.BoolVal(True), z3.RealVal(0), Sort.NUMBER)
        return Quantity(z3.BoolVal(False), real(self.number_of(value)), sort_of(value))


def real(number: Fraction) -> z3.RatNumRef:
    """The number as a term."""
    return z3.Q(number.numerator, number.denominator)


def sort_of(value: Value) -> Sort:
    """What the number that stands for the value counts.

    Raises:
        InexpressibleError: it has none.
    """
    match key_of(value):
        case bool():
            return Sort.BOOLEAN
        case str():
            return Sort.TEXT
        case Decimal() | Money():
            return Sort.NUMBER
        case datetime():
            return Sort.DATETIME
        case date():
            return Sort.DATE
        case timedelta():
            return Sort.HOURS
        case _:
            raise InexpressibleError


def _chosen(condition: z3.BoolRef, then: Quantity, otherwise: Quantity) -> Quantity:
    return Quantity(
        z3.If(condition, then.is_null, otherwise.is_null),
        z3.If(condition, then.number, otherwise.number),
        _shared(then, otherwise),
    )


def _shared(first: Quantity, second: Quantity) -> Sort:
    # What is always null may stand for any sort.
    if z3.is_true(first.is_null):
        return second.sort
    if z3.is_true(second.is_null) or first.sort is second.sort:
        return first.sort
    raise InexpressibleError


def _calculated(operator: Operator, left: Quantity, right: Quantity) -> Quantity:
    is_null = z3.Or(left.is_null, right.is_null)
    match left.sort, operator, right.sort:
        case (Sort.DATE, Operator.ADD | Operator.SUBTRACT, Sort.HOURS) if z3.is_rational_value(right.number):
            days = right.number.as_fraction() / _HOURS_A_DAY
            if days.denominator != 1:
                raise InexpressibleError
            shift = real(days if operator is Operator.ADD else -days)
            return Quantity(is_null, left.number + shift, Sort.DATE)
        case (Sort.DATE, Operator.SUBTRACT, Sort.DATE):
            return Quantity(is_null, (left.number - right.number) * _HOURS_A_DAY, Sort.HOURS)
        case (Sort.NUMBER | Sort.HOURS, Operator.ADD, other) if other is left.sort:
            return Quantity(is_null, left.number + right.number, left.sort)
        case (Sort.NUMBER | Sort.HOURS, Operator.SUBTRACT, other) if other is left.sort:
            return Quantity(is_null, left.number - right.number, left.sort)
        case (Sort.NUMBER, Operator.MULTIPLY, Sort.NUMBER):
            return Quantity(is_null, left.number * right.number, Sort.NUMBER)
        case (Sort.NUMBER, Operator.DIVIDE, Sort.NUMBER):
            by_zero = right.number == 0
            divisor = z3.If(by_zero, z3.RealVal(1), right.number)
            return Quantity(z3.Or(is_null, by_zero), left.number / divisor, Sort.NUMBER)
        case _:
            raise InexpressibleError


def _compared(operator: Operator, left: Quantity, right: Quantity) -> Truth:
    sort = _shared(left, right)
    given = z3.And(z3.Not(left.is_null), z3.Not(right.is_null))
    if operator in ORDERINGS:
        if sort in (Sort.TEXT, Sort.BOOLEAN):
            raise InexpressibleError
        holds = _ORDERS[operator](left.number, right.number)
        return Truth(z3.And(given, holds), z3.And(given, z3.Not(holds)))
    # Two nulls are equal, a null and a value are not: an equality is never unknown.
    equal = z3.Or(z3.And(left.is_null, right.is_null), z3.And(given, left.number == right.number))
    return Truth(equal, z3.Not(equal)) if operator is Operator.EQUAL else Truth(z3.Not(equal), equal)


def _joined(operator: Operator, truths: Iterable[Truth]) -> Truth:
    def both(first: Truth, second: Truth) -> Truth:
        if operator is Operator.AND:
            return Truth(z3.And(first.is_true, second.is_true), z3.Or(first.is_false, second.is_false))
        return Truth(z3.Or(first.is_true, second.is_true), z3.And(first.is_false, second.is_false))

    return reduce(both, truths)
