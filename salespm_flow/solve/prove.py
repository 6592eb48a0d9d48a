"""Proof that a change takes the fewest fields there are, or that no change of fields will do.

It needs the extra `prove` and is imported only where it is asked for. Values are counted in the steps of their domains,
rows are taken as they are. What is not said in comparisons, arithmetic and connectives, or takes too long, stays
undecided.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Final

import z3

from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass
from salespm_flow.solve.change import Changed
from salespm_flow.solve.clues import NO_CLUES
from salespm_flow.solve.domain import Choice, Measure, Ordered, choices_of, measure_of, value_at
from salespm_flow.solve.line import Unknown
from salespm_flow.solve.propose import (
    Proposal,
    clues_of,
    parts_of_all,
    proposal_of,
    settable_fields,
    unknown_of,
)
from salespm_flow.solve.smt import InexpressibleError, Quantity, Sort, Translator, real, sort_of
from salespm_flow.solve.world import Demand, Goal, World

_TIME_LIMIT_MS: Final = 3000
_SORTS: Final = {Measure.DATE: Sort.DATE, Measure.DATETIME: Sort.DATETIME, Measure.DURATION: Sort.HOURS}


class Verdict(StrEnum):
    """What became of a proof that gave no values."""

    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variable:
    """An unknown as the solver sees it; `values` are an unordered domain's by the numbers that stand for them."""

    unknown: Unknown
    quantity: Quantity
    changes: z3.BoolRef
    tick: z3.ArithRef
    values: Mapping[int, Value]


def prove(world: World, demands: Iterable[Demand]) -> Proposal | Verdict:
    """A change of the fewest fields under which all demands hold, or that there is none, or that nobody knows."""
    parts = parts_of_all(world, demands)
    solver = z3.Optimize()
    solver.set("timeout", _TIME_LIMIT_MS)
    try:
        variables = _posed(world, parts, solver)
    except InexpressibleError:
        return Verdict.UNDECIDED
    count = [z3.If(variable.changes, 1, 0) for variable in variables]
    solver.minimize(z3.Sum([*count, z3.IntVal(0)]))
    answer = solver.check()
    if answer == z3.unsat:
        return Verdict.IMPOSSIBLE
    if answer != z3.sat:
        return Verdict.UNDECIDED
    return proposal_of(world, parts, _read(solver.model(), variables))


def _posed(world: World, parts: Sequence[Demand], solver: z3.Optimize) -> tuple[_Variable, ...]:
    """The solver knows the variables and the demands.

    Raises:
        InexpressibleError: a demand has no term.
    """
    translator = Translator(world)
    read = frozenset[str]().union(*(world.reads(part) for part in parts)) & settable_fields(world)
    fields = [field for field in world.workflow.fields.values() if field.id in read]
    clues = reduce(add, (clues_of(world, part) for part in parts), NO_CLUES)
    compared = (side for pair in clues.pairs for side in (pair.left, pair.right))
    spoken = [world.value(node, {}) for node in (*clues.literals, *compared)]
    variables = tuple(_variable(translator, unknown_of(world, field, {}), spoken, solver) for field in fields)
    translator.variables.update({variable.unknown.name: variable.quantity for variable in variables})
    for part in parts:
        if isinstance(part, Goal):
            truth = translator.truth(part.node)
            solver.add(truth.is_true if part.wanted else truth.is_false)
        elif part.name in translator.variables:
            solver.add(z3.Not(translator.variables[part.name].is_null))
        elif (inner := world.definition(part.name)) is not None:
            solver.add(z3.Not(translator.quantity(inner).is_null))
        else:
            solver.add(world.meets(part, {}))
    return variables


def _variable(translator: Translator, unknown: Unknown, spoken: Sequence[Value], solver: z3.Optimize) -> _Variable:
    name, domain = unknown.name, unknown.domain
    tick, is_null = z3.Int(name), z3.Bool(f"{name} is null")
    changes = z3.Bool(f"{name} changes")
    values: dict[int, Value] = {}
    if isinstance(domain, Ordered):
        solver.add(tick >= domain.low, tick <= domain.high)
        number, sort = z3.ToReal(tick) * real(domain.step), _SORTS.get(domain.measure, Sort.NUMBER)
        now = measure_of(unknown.before)
    else:
        choices = choices_of(domain, spoken)
        if not choices or (isinstance(domain, Choice) and len(choices) < len(domain.values)):
            raise InexpressibleError
        sort = sort_of(choices[0])
        values = {int(translator.number_of(choice)): choice for choice in choices}
        solver.add(z3.Or([tick == number for number in values]))
        number = z3.ToReal(tick)
        now = None if unknown.before is None else translator.number_of(unknown.before)
    solver.add(_change_rule(unknown, changes, is_null, now=now, number=number))
    # A present value need not lie on a step.
    kept = number if now is None else z3.If(changes, number, real(now))
    return _Variable(unknown=unknown, quantity=Quantity(is_null, kept, sort), changes=changes, tick=tick, values=values)


def _change_rule(
    unknown: Unknown, changes: z3.BoolRef, is_null: z3.BoolRef, *, now: Fraction | None, number: z3.ArithRef
) -> z3.BoolRef:
    if now is None:
        return changes == z3.Not(is_null)
    if not unknown.is_emptiable:
        return z3.And(z3.Not(is_null), z3.Implies(changes, number != real(now)))
    return z3.And(z3.Implies(is_null, changes), z3.Implies(z3.And(changes, z3.Not(is_null)), number != real(now)))


def _read(model: z3.ModelRef, variables: Sequence[_Variable]) -> Changed:
    """The values of what changes."""
    found: dict[str, Value] = {}
    for variable in variables:
        if not z3.is_true(model.eval(variable.changes, model_completion=True)):
            continue
        name, domain = variable.unknown.name, variable.unknown.domain
        tick = model.eval(variable.tick, model_completion=True).as_long()
        if z3.is_true(model.eval(variable.quantity.is_null, model_completion=True)):
            found[name] = None
        elif isinstance(domain, Ordered):
            found[name] = value_at(domain, tick)
        else:
            found[name] = variable.values[tick]
    return found
