"""Running a decision table by itself: constants of its cells, and what it answers to given values. Knows no project."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import OutOfFuel, Scope
from salespm_flow.expr.syntax import (
    BooleanLiteral,
    Call,
    Name,
    Node,
    NumberLiteral,
    PercentLiteral,
    TextLiteral,
    walk,
)
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Library
from salespm_flow.model.names import table_names
from salespm_flow.model.tables import DecisionTable, tables_behind
from salespm_flow.nouns import dataclass
from salespm_flow.rules.decision_table import CompiledTable, compile_tables
from salespm_flow.working_time import plain_calendar

# What gives the same at every moment.
_CONSTANT: Final = frozenset({"date", "time", "date and time", "duration", "money", "number", "string"})
_SOME_TIME: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """The stays of no project."""

    def is_in(self, _state: str) -> bool:
        return False

    def entered_at(self, _state: str) -> datetime | None:
        return None

    def changed_at(self, _name: str) -> datetime | None:
        return None


def some_scope(names: Mapping[str, Value]) -> Scope:
    """A scope over the names at a fixed moment, for what does not depend on the moment."""
    return Scope(names=names, now=_SOME_TIME, zone=UTC, calendar=plain_calendar(UTC), stays=_Nowhere())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a table says to some values: its answer, the ids of the rules that matched, whether they contradict."""

    value: Value
    matched: tuple[str, ...]
    is_conflict: bool


class TableRun:
    """A table ready to be run by itself, with those that it calls."""

    def __init__(self, table: DecisionTable, library: Library) -> None:
        found = tables_behind((table.id,), {**library.decision_tables, table.id: table})
        compiled = compile_tables(found, library)[table.id]
        if not isinstance(compiled, CompiledTable):  # what compile_tables gives
            raise TypeError(type(compiled).__name__)
        self.compiled = compiled
        self._parameters = {name: given.value for name, given in table.parameters.items()}
        self._names = table_names(table, library)

    def constant(self, node: Node) -> Value:
        """The value of an expression that is the same for all inputs and at every moment; None of any other."""
        match node:
            case NumberLiteral(value=number) | PercentLiteral(value=number):
                return number
            case TextLiteral(value=text):
                return text
            case BooleanLiteral(value=flag):
                return flag
            case _:
                return self._worked_out(node)

    def _worked_out(self, node: Node) -> Value:
        for one, _ in walk(node):
            if isinstance(one, Name) and one.name not in self._parameters:
                return None
            if isinstance(one, Call) and one.function not in _CONSTANT:
                return None
        checked = check(node, self._names)
        if any(problem.severity == "error" for problem in checked.problems):
            return None
        return compile_node(node, self._names)(some_scope(self._parameters))

    def answer(self, values: Mapping[str, Value]) -> Answered | None:
        """What the table says to the values, by input; None where it would take too many steps."""
        scope = some_scope({})
        scope.conflicts = []
        arguments = tuple(values.get(name) for name in self.compiled.arguments)
        try:
            value, matches = self.compiled.explained(scope, arguments)
        except OutOfFuel:
            return None
        matched = tuple(match.rule.id for match in matches)
        return Answered(value=value, matched=matched, is_conflict=bool(scope.conflicts))
