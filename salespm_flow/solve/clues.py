"""Where to look for the value of an unknown: what the comparisons of an expression set it against.

Between two neighbouring roots of its comparisons an expression in one unknown is the same everywhere, so the roots and
their neighbours are all that needs to be tried.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

from salespm_flow.expr.syntax import (
    COMPARISONS,
    Between,
    Binary,
    Filter,
    For,
    In,
    ListLiteral,
    Literal,
    Name,
    Node,
    Quantified,
    RangeLiteral,
    Test,
    children,
)
from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass
from salespm_flow.solve.domain import Ordered, measure_of, value_of
from salespm_flow.solve.rhythm import rounds_in
from salespm_flow.solve.world import World

_STEPS_TO_A_ROOT = 12
_FARTHEST = 10**15


@dataclass(frozen=True, slots=True)
class Pair:
    """Two expressions that are compared with each other."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What an expression compares, and every literal in it, those inside loops included.

    `rounds` are the parts and functions in it that come again and again, as a weekday does.
    """

    pairs: tuple[Pair, ...]
    literals: tuple[Node, ...]
    rounds: frozenset[str] = frozenset()

    def __add__(self, other: "Clues") -> "Clues":
        return Clues(
            pairs=self.pairs + other.pairs,
            literals=self.literals + other.literals,
            rounds=self.rounds | other.rounds,
        )


NO_CLUES = Clues(pairs=(), literals=())


def clues_in(node: Node, world: World) -> Clues:
    """The clues of the expression and of the conditions and formulas that it reads."""
    pairs: list[Pair] = []
    literals: list[Node] = []
    rounds: frozenset[str] = frozenset()
    seen: set[str] = set()
    pending: list[tuple[Node, bool]] = [(node, False)]
    while pending:
        found, is_local = pending.pop()
        if isinstance(found, Name) and found.name not in seen:
            seen.add(found.name)
            inner = world.definition(found.name)
            pending += [] if inner is None else [(inner, False)]
        elif isinstance(found, Literal) or (isinstance(found, Name) and found.name in world.workflow.parameters):
            literals.append(found)
        rounds |= rounds_in(found)
        # What compares a loop's variable has no value outside the loop.
        is_local = is_local or isinstance(found, Quantified | For | Filter)
        if not is_local:
            pairs += _pairs_at(found)
        pending += [(child, is_local) for child in reversed(children(found))]
    return Clues(pairs=tuple(pairs), literals=tuple(literals), rounds=rounds)


def _pairs_at(node: Node) -> Iterator[Pair]:
    match node:
        case Binary(operator=operator, left=left, right=right) if operator in COMPARISONS:
            yield Pair(left, right)
        case Between(value=value, low=low, high=high):
            yield from (Pair(value, low), Pair(value, high))
        case In(value=value, tests=tests):
            for test in tests:
                yield from (Pair(value, operand) for operand in _operands(test))
        case _:
            pass


def _operands(test: Node) -> tuple[Node, ...]:
    match test:
        case Test(operand=operand):
            return (operand,)
        case RangeLiteral(low=low, high=high):
            return (low, high)
        case ListLiteral(items=items):
            return items
        case _:
            return (test,)


def root(domain: Ordered, start: Fraction, difference: Callable[[Value], Fraction | None]) -> Fraction | None:
    """Where the difference of two sides is zero, by the secant method: exact at once where it is linear.

    None where the unknown does not matter, or where no root was found in a few steps.
    """
    points = _starts(domain, start, difference)
    if points is None:
        return None
    (first, at_first), (second, at_second) = points
    for _ in range(_STEPS_TO_A_ROOT):
        if at_first == at_second:
            return None
        first, second, at_first = second, second - at_second * (second - first) / (at_second - at_first), at_second
        second = _shortened(second)
        if abs(second) > _FARTHEST:
            return None
        found = difference(value_of(domain, second))
        if found is None:
            return None
        if found == 0 or abs(second - first) < domain.step / 4:
            return second
        at_second = found
    return None


def _starts(
    domain: Ordered, start: Fraction, difference: Callable[[Value], Fraction | None]
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]] | None:
    """Two points with differences that differ; a difference of null says nothing."""
    unit = max(domain.step, Fraction(1) if domain.step <= 1 else domain.step)
    known: list[tuple[Fraction, Fraction]] = []
    for point in (start, start + unit, start - unit, start + 1000 * unit, start + abs(start) / 8 + 2 * unit):
        found = difference(value_of(domain, point))
        if found is None or any(other == found for _, other in known):
            continue
        known.append((point, found))
        if len(known) > 1:
            return known[0], known[1]
    return None


def _shortened(point: Fraction) -> Fraction:
    # Values hold 34 digits; longer fractions would only cost time.
    return point if point.denominator < 10**30 else point.limit_denominator(10**20)


def measured_difference(left: Value, right: Value) -> Fraction | None:
    """How far the left value is above the right one; None where they are not ordered."""
    first, second = measure_of(left), measure_of(right)
    return None if first is None or second is None else first - second
