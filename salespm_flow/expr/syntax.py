"""The nodes of an expression's tree, each with its character offsets. Knows neither types nor values' meaning.

Offsets take no part in equality, so that two trees are equal exactly when they say the same.
"""

from collections.abc import Iterator
from dataclasses import field as dataclass_field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from salespm_flow.expr.values import Months
from salespm_flow.expr.zones import without_fold
from salespm_flow.nouns import dataclass

MAX_LENGTH = 4000
MAX_DEPTH = 64


class Operator(StrEnum):
    """The infix operators, as written."""

    OR = "or"
    AND = "and"
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    POWER = "**"


ORDERINGS = frozenset({Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL})
EQUALITIES = frozenset({Operator.EQUAL, Operator.UNEQUAL})
COMPARISONS = ORDERINGS | EQUALITIES
CONNECTIVES = frozenset({Operator.AND, Operator.OR})
ARITHMETIC = frozenset(Operator) - COMPARISONS - CONNECTIVES


class Unit(StrEnum):
    """The suffixes of duration literals; `wd` counts working days, `mo` and `y` calendar months."""

    MILLISECOND = "ms"
    SECOND = "s"
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WORKING_DAY = "wd"
    WEEK = "w"
    MONTH = "mo"
    YEAR = "y"


class Quantifier(StrEnum):
    """Whether one element or all of them must satisfy."""

    SOME = "some"
    EVERY = "every"


KEYWORDS = frozenset(
    "and or if then else some every in satisfies for return between true false null".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NullLiteral:
    """`null`."""

    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BooleanLiteral:
    """`true` or `false`."""

    value: bool
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLiteral:
    """A number that is not negative: the sign is an operator."""

    value: Decimal
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentLiteral:
    """`15%`; `value` is the ratio 0.15."""

    value: Decimal
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLiteral:
    """A string, escapes resolved."""

    value: str
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationLiteral:
    """`30d`, `5wd`, `3mo`: an amount in one unit."""

    amount: Decimal
    unit: Unit
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporalLiteral:
    """`@"2026-01-05"`; a datetime without offset means the time zone in force where it is evaluated.

    A moment that the clocks of its zone alone do not tell (the second of an hour shown twice, or in an hour left out)
    is kept with its offset, since no text could say it in its zone.
    """

    value: date | datetime | time | timedelta | Months
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.value, datetime) and self.value.fold:
            object.__setattr__(self, "value", without_fold(self.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name, NFC-normalised."""

    name: str
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """`of.field`; over a list it reads the field of every element."""

    of: "Node"
    field: str
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function applied to arguments; `function` may hold spaces (`string length`) or dots (`table.limit`).

    `names` are those of the parameters that the arguments are for, one each; empty where the order says it.
    """

    function: str
    arguments: "tuple[Node, ...]"
    names: tuple[str, ...] = ()
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Negate:
    """`-operand`."""

    operand: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """`left operator right`."""

    operator: Operator
    left: "Node"
    right: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """`value between low and high`, both ends included."""

    value: "Node"
    low: "Node"
    high: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """`> 5`: a comparison whose left side is the value before `in`; stands only among the tests of an In."""

    __test__ = False  # pytest must not take it for a test class

    operator: Operator
    operand: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """`value in (tests)`: true when any test is; a list is tested by membership, a range by its bounds."""

    value: "Node"
    tests: "tuple[Node, ...]"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeLiteral:
    """`[low..high]`, with `(` or `)` at an end that is not included."""

    low: "Node"
    high: "Node"
    low_closed: bool
    high_closed: bool
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLiteral:
    """`[a, b]`."""

    items: "tuple[Node, ...]"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLiteral:
    """`{a: 1}`; keys in the order written, each once."""

    entries: "tuple[tuple[str, Node], ...]"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """`if condition then … else …`; a null condition takes the else branch."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """`name in source` of a quantifier or a `for`; later bindings see earlier ones."""

    name: str
    source: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantified:
    """`some x in xs satisfies …` or `every …`."""

    quantifier: Quantifier
    bindings: tuple[Binding, ...]
    body: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """`for x in xs return …`: the list of the results."""

    bindings: tuple[Binding, ...]
    body: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """`of[predicate]`: the elements that satisfy, or the element at a number counted from 1 (from the end if < 0)."""

    of: "Node"
    predicate: "Node"
    start: int = dataclass_field(compare=False)
    end: int = dataclass_field(compare=False)


Literal = (
    NullLiteral | BooleanLiteral | NumberLiteral | PercentLiteral | TextLiteral | DurationLiteral | TemporalLiteral
)
Operation = Negate | Binary | Between | Test | In
Construction = RangeLiteral | ListLiteral | RecordLiteral
Control = If | Quantified | For | Filter
Node = Literal | Name | Path | Call | Operation | Construction | Control


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order written."""
    match node:
        case Path() | Negate() | Test() | Filter() | If():
            return _few_children(node)
        case Call(arguments=nodes) | ListLiteral(items=nodes):
            return nodes
        case Binary(left=first, right=second) | RangeLiteral(low=first, high=second):
            return (first, second)
        case Between(value=value, low=low, high=high):
            return (value, low, high)
        case In(value=value, tests=tests):
            return (value, *tests)
        case RecordLiteral(entries=entries):
            return tuple(entry for _, entry in entries)
        case Quantified(bindings=bindings, body=body) | For(bindings=bindings, body=body):
            return (*(binding.source for binding in bindings), body)
        case _:
            return ()


def _few_children(node: Path | Negate | Test | Filter | If) -> tuple[Node, ...]:
    match node:
        case Path(of=of):
            return (of,)
        case Negate(operand=operand) | Test(operand=operand):
            return (operand,)
        case Filter(of=of, predicate=predicate):
            return (of, predicate)
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node of the tree with its level (the root is 1), parents first; safe on trees of any depth."""
    pending = [(node, 1)]
    while pending:
        current, level = pending.pop()
        yield current, level
        pending.extend((child, level + 1) for child in reversed(children(current)))


def is_constant_number(node: Node) -> bool:
    """Whether the node is made of number literals only, so that it may take a currency from its neighbour."""
    match node:
        case NumberLiteral():
            return True
        case Negate(operand=operand):
            return is_constant_number(operand)
        case Binary(operator=operator, left=left, right=right) if operator in ARITHMETIC:
            return is_constant_number(left) and is_constant_number(right)
        case _:
            return False
