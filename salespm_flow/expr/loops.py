"""Closures of the loops: quantifiers, `for` and filters. Each visit of an element burns the steps of what is evaluated.

Variables live in the scope's slots, which the checker numbered by nesting depth.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from salespm_flow.expr.arithmetic import CONTEXT, whole
from salespm_flow.expr.costs import steps_of
from salespm_flow.expr.scope import Compiled, OutOfFuel, Scope
from salespm_flow.expr.syntax import Quantified, Quantifier
from salespm_flow.expr.terms import Term
from salespm_flow.expr.types import Kind, kind_of
from salespm_flow.expr.values import Range, Value

# A number of a range is made, and then kept or left out.
_A_NUMBER_STEPS = 3

CompilePart = Callable[[Term], Compiled]


def compile_quantified(term: Term, node: Quantified, compile_part: CompilePart) -> Compiled:
    """The closure of `some` or `every`: a three-valued or / and over the body's answers, null over a null list."""
    decisive = node.quantifier is Quantifier.SOME
    if len(term.parts) == 2:  # noqa: PLR2004 - one list and the body
        return _quantified_over_one(term, compile_part, decisive=decisive)
    visits = _visits(term, compile_part)
    body = compile_part(term.parts[-1])

    def run(scope: Scope) -> Value:
        answer: Value = not decisive
        for known in visits(scope):
            found = body(scope) if known else None
            if found is decisive:
                return decisive
            if found is None:
                answer = None
        return answer

    return run


def _quantified_over_one(term: Term, compile_part: CompilePart, *, decisive: bool) -> Compiled:
    """As over several lists, several times as fast: no generator, and fuel is taken without a call."""
    source, body = (compile_part(part) for part in term.parts)
    slot = term.slot
    cost = steps_of(term.parts[-1])

    def run(scope: Scope) -> Value:
        values = _elements(scope, source(scope))
        if values is None:
            return None
        answer: Value = not decisive
        slots = scope.locals
        for value in values:
            scope.fuel = fuel = scope.fuel - cost
            if fuel < 0:
                raise OutOfFuel
            slots[slot] = value
            found = body(scope)
            if found is decisive:
                return decisive
            if found is None:
                answer = None
        return answer

    return run


def compile_for(term: Term, compile_part: CompilePart) -> Compiled:
    """The closure of `for`: the list of the body's results, null over a null list."""
    visits = _visits(term, compile_part)
    body = compile_part(term.parts[-1])

    def run(scope: Scope) -> Value:
        results: list[Value] = []
        for known in visits(scope):
            if not known:
                return None
            results.append(body(scope))
        return tuple(results)

    return run


def compile_filter(term: Term, compile_part: CompilePart) -> Compiled:
    """The closure of `of[predicate]`: the elements for which it is true, or the one at the number it gives."""
    of = compile_part(term.parts[0])
    predicate = compile_part(term.parts[1])
    slot = term.slot
    cost = steps_of(term.parts[1])
    if kind_of(term.parts[1].typed.type) is Kind.NUMBER:
        return _index(of, predicate, slot)

    def run(scope: Scope) -> Value:
        values = of(scope)
        if values is None:
            return None
        if not isinstance(values, tuple):
            values = (values,)
        kept: list[Value] = []
        for value in values:
            scope.burn(cost)
            scope.locals[slot] = value
            answer = predicate(scope)
            if answer is True:
                kept.append(value)
            elif type(answer) is Decimal:
                return _at(values, answer)
        return tuple(kept)

    return run


def _index(of: Compiled, position: Compiled, slot: int) -> Compiled:
    def run(scope: Scope) -> Value:
        values = of(scope)
        scope.locals[slot] = None  # a position is one for the whole list, so there is no row it could read
        at = position(scope)
        if values is None or not isinstance(at, Decimal):
            return None
        return _at(values if isinstance(values, tuple) else (values,), at)

    return run


def _at(values: tuple[Value, ...], position: Decimal) -> Value:
    """The element counted from 1, or from the end if negative; null where there is none."""
    at = whole(position)
    if at is None or not 1 <= abs(at) <= len(values):
        return None
    return values[at - 1 if at > 0 else at]


def _visits(term: Term, compile_part: CompilePart) -> Callable[[Scope], Iterator[bool]]:
    """A function that visits every combination of the bound lists' elements, later ones fastest.

    Each visit has the variables in their slots and yields True; a null list yields one False instead of its elements.
    """
    sources = tuple(compile_part(part) for part in term.parts[:-1])
    first_slot = term.slot
    cost = steps_of(term.parts[-1])

    def visit(scope: Scope, index: int) -> Iterator[bool]:
        if index == len(sources):
            yield True
            return
        values = _elements(scope, sources[index](scope))
        if values is None:
            yield False
            return
        for value in values:
            scope.burn(cost)
            scope.locals[first_slot + index] = value
            yield from visit(scope, index + 1)

    def visit_one(scope: Scope) -> Iterator[bool]:
        values = _elements(scope, sources[0](scope))
        if values is None:
            yield False
            return
        slots = scope.locals
        for value in values:
            scope.burn(cost)
            slots[first_slot] = value
            yield True

    return visit_one if len(sources) == 1 else lambda scope: visit(scope, 0)


def _elements(scope: Scope, source: Value) -> tuple[Value, ...] | None:
    """The elements of a list, or the numbers of a range one apart; any other value is a list of itself."""
    if source is None or isinstance(source, tuple):
        return source
    if not isinstance(source, Range):
        return (source,)
    low, high = source.low, source.high
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return None
    # Checked before anything is built: a range may hold more numbers than there is memory.
    count = CONTEXT.subtract(high, low)
    if not count.is_finite() or count < 0:
        return ()
    scope.burn(_A_NUMBER_STEPS * int(min(count, Decimal(10**12))))
    numbers = [CONTEXT.add(low, Decimal(step)) for step in range(int(count) + 1)]
    inside = (
        number for number in numbers if (source.low_closed or number > low) and (source.high_closed or number < high)
    )
    return tuple(inside)
