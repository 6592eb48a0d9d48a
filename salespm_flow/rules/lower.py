"""A formula over a population split in two: aggregates that one pass over the rows fills, and what joins them.

Tree in, tree out. Knows no values, no types and no KPI.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from salespm_flow.expr.syntax import (
    Between,
    Binary,
    Call,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Name,
    Negate,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    RecordLiteral,
    Test,
    walk,
)
from salespm_flow.nouns import dataclass

AGGREGATES: Final = frozenset({"count", "sum", "mean", "min", "max"})
# What keeps the values themselves, for functions that need all of them at once, such as a median.
LIST: Final = "list"

# The row as a whole, where a path or a `for` needs it. No author can write this name, so it captures nothing.
ROW: Final = "$row"
_ELEMENT: Final = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """One figure over the rows: `function` of `value` over those rows for which every one of `filters` is true.

    `filters` see the columns of the row by name; `value` sees the row under the name ROW. Both see the names that
    stand around the formula. `value` is None for `count`, which asks only how many rows there are. The function LIST
    gives the values themselves.
    """

    function: str
    filters: tuple[Node, ...] = ()
    value: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A formula as `remainder` over the names `placeholder(0)`, `placeholder(1)`, … of its aggregates' results."""

    aggregates: tuple[Aggregate, ...]
    remainder: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsNeeded:
    """A formula that can only be evaluated over the list of all rows, because of `part` of it."""

    part: Node


class _NotLowerableError(Exception):
    def __init__(self, part: Node) -> None:
        super().__init__()
        self.part = part


def placeholder(index: int) -> str:
    """The name under which the remainder reads the result of the aggregate at `index`."""
    return f"${index}"


def lower(formula: Node, population: str) -> Lowered | RowsNeeded:
    """The formula split into aggregates over the rows called `population` and a remainder that is free of them.

    Lowered are `count sum mean min max` of the population, filtered any number of times, then a column (`.amount`),
    or a `for` with one variable, and such a column or `for` by itself, as the list of its values. Equal aggregates
    stand once. Evaluating the remainder over the aggregates' results equals evaluating the formula over the list of
    rows.
    """
    found: dict[Aggregate, int] = {}
    try:
        remainder = _split(formula, population, found)
    except _NotLowerableError as failure:
        return RowsNeeded(part=failure.part)
    return Lowered(aggregates=tuple(found), remainder=remainder)


def _split(node: Node, population: str, found: dict[Aggregate, int]) -> Node:
    if not _mentions(node, population):
        return node
    if isinstance(node, Call) and node.function in AGGREGATES and len(node.arguments) == 1:
        aggregate = _aggregate(node.function, node.arguments[0], population)
        if aggregate is not None:
            return _place(aggregate, found, node)
    if isinstance(node, Path | For):
        values = _aggregate(LIST, node, population)
        if values is not None:
            return _place(values, found, node)
    # A variable or a column could stand between the aggregate and its rows, so nothing is lowered inside these.
    if isinstance(node, Name | Quantified | For | Filter):
        raise _NotLowerableError(node)
    return with_parts(node, lambda part: _split(part, population, found))


def _place(aggregate: Aggregate, found: dict[Aggregate, int], node: Node) -> Name:
    index = found.setdefault(aggregate, len(found))
    return Name(name=placeholder(index), start=node.start, end=node.end)


def _aggregate(function: str, argument: Node, population: str) -> Aggregate | None:
    """The aggregate that the function's argument describes; None for an argument of another shape."""
    counts = function == "count"
    match argument:
        case For(bindings=(binding,), body=body):
            filters = _filters(binding.source, population)
            value = None if counts else _over_row(body, binding.name)
            fits = not _mentions(body, population) and (counts or value is not None)
        case Path():
            rows, value = _column(argument, population)
            filters = _filters(rows, population)
            value, fits = (None if counts else value), True
        case _:
            filters, value, fits = _filters(argument, population), None, counts
    return Aggregate(function=function, filters=filters, value=value) if fits and filters is not None else None


def _filters(rows: Node, population: str) -> tuple[Node, ...] | None:
    """The predicates of `population[a][b]`, innermost first; None for any other expression."""
    match rows:
        case Name(name=name) if name == population:
            return ()
        case Filter(of=of, predicate=predicate) if not (
            _mentions(predicate, population) or _mentions(predicate, _ELEMENT)
        ):
            inner = _filters(of, population)
            return None if inner is None else (*inner, predicate)
        case _:
            return None


def _column(path: Path, population: str) -> tuple[Node, Node]:
    """`rows.a.b` as the rows and the path `ROW.a.b`."""
    match path.of:
        case Path() as inner:
            rows, value = _column(inner, population)
            return rows, replace(path, of=value)
        case rows:
            return rows, replace(path, of=Name(name=ROW, start=rows.start, end=rows.end))


def _over_row(body: Node, variable: str) -> Node | None:
    """The body of a `for` with its variable called ROW; None where an inner scope could capture the variable."""
    scopes = (node for node, _ in walk(body) if isinstance(node, Quantified | For | Filter))
    if any(_mentions(scope, variable) for scope in scopes):
        return None
    return _renamed(body, variable)


def _renamed(node: Node, variable: str) -> Node:
    if isinstance(node, Name):
        return replace(node, name=ROW) if node.name == variable else node
    if isinstance(node, Quantified | For | Filter):
        return node
    return with_parts(node, lambda part: _renamed(part, variable))


def _mentions(node: Node, name: str) -> bool:
    return any(isinstance(part, Name) and part.name == name for part, _ in walk(node))


def with_parts(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with every part changed; nodes that open a scope of names are left as they are."""
    match node:
        case Path(of=of):
            return replace(node, of=change(of))
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(change(part) for part in arguments))
        case ListLiteral(items=items):
            return replace(node, items=tuple(change(part) for part in items))
        case RecordLiteral(entries=entries):
            return replace(node, entries=tuple((key, change(part)) for key, part in entries))
        case If(condition=condition, then=then, otherwise=otherwise):
            return replace(node, condition=change(condition), then=change(then), otherwise=change(otherwise))
        case Negate() | Test() | Binary() | Between() | In() | RangeLiteral():
            return _with_operands(node, change)
        case _:
            return node


def _with_operands(node: Negate | Test | Binary | Between | In | RangeLiteral, change: Callable[[Node], Node]) -> Node:
    match node:
        case Negate(operand=operand) | Test(operand=operand):
            return replace(node, operand=change(operand))
        case Binary(left=left, right=right):
            return replace(node, left=change(left), right=change(right))
        case Between(value=value, low=low, high=high):
            return replace(node, value=change(value), low=change(low), high=change(high))
        case In(value=value, tests=tests):
            return replace(node, value=change(value), tests=tuple(change(test) for test in tests))
        case RangeLiteral(low=low, high=high):
            return replace(node, low=change(low), high=change(high))
