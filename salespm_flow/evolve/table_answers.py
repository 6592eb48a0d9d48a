"""Where two versions of a decision table answer differently: both are run over every cell of their common grid.

Rows in another order, split, merged or renamed that answer the same are no difference.
"""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Final

from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Library
from salespm_flow.model.tables import DecisionTable
from salespm_flow.nouns import dataclass
from salespm_flow.rules.table_run import TableRun
from salespm_flow.rules.table_space import Space, space_of

_MOST_CELLS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """Values of the inputs that the versions answer differently; None where a version has no answer.

    `matched` and `former` are the ids of the rules that say so now and said so before.
    """

    values: dict[str, Value]
    was: Value
    now: Value
    former: tuple[str, ...]
    matched: tuple[str, ...]


def shifted_answers(old: DecisionTable, new: DecisionTable, library: Library) -> tuple[Shifted, ...] | None:
    """One cell for each pair of rules and answers that differ; None where the grid cannot tell or is too large."""
    if [(one.id, one.type) for one in old.arguments] != [(one.id, one.type) for one in new.arguments]:
        return None
    runs = TableRun(old, library), TableRun(new, library)
    space = _common(old, new, runs)
    if None in space.boxes or prod(len(column.pieces) for column in space.columns) > _MOST_CELLS:
        return None
    found: dict[object, Shifted] = {}
    for values in _cells(space):
        was, now = runs[0].answer(values), runs[1].answer(values)
        if was is None or now is None:
            return None
        if (was.value, was.is_conflict) != (now.value, now.is_conflict):
            one = Shifted(values=values, was=was.value, now=now.value, former=was.matched, matched=now.matched)
            found.setdefault((was.matched, now.matched), one)
    return tuple(found.values())


def _common(old: DecisionTable, new: DecisionTable, runs: tuple[TableRun, TableRun]) -> Space:
    rules = [*old.rules.values(), *new.rules.values()]
    cells = [{name: test.node for name, test in rule.tests.items()} for rule in rules]
    former = {id(test.node) for rule in old.rules.values() for test in rule.tests.values()}

    def read(node: Node) -> Value:
        return runs[0 if id(node) in former else 1].constant(node)

    return space_of(new.inputs.values(), cells, read)


def _cells(space: Space) -> Iterator[dict[str, Value]]:
    names = [column.input.id for column in space.columns if column.input.formula is None]
    samples = [
        [column.sample(at) for at in range(len(column.pieces))]
        for column in space.columns
        if column.input.formula is None
    ]
    for values in product(*samples):
        yield dict(zip(names, values, strict=True))
