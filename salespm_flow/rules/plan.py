"""What one pass must compute to answer many KPIs: distinct row expressions, populations, tallies and what joins them.

Knows no rows: a plan is made once from definitions and used for any number of passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from salespm_flow.expr.aggregates import zero_of
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node, compile_term
from salespm_flow.expr.scope import Compiled
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.types import BOOLEAN, NUMBER, ListType, RecordType, Typed
from salespm_flow.expr.values import Value
from salespm_flow.model.names import type_of_unit
from salespm_flow.model.rules import Basis, Kpi
from salespm_flow.rules.lower import ROW, Aggregate, Lowered, lower, placeholder


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One aggregate of a population; `filters` and `value` are indexes of the plan's cells."""

    function: str
    filters: tuple[int, ...]
    value: int | None
    zero: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The rows that share a basis and a `where` (an index of the plan's cells), with all that is asked of them."""

    basis: Basis
    where: int | None
    slots: tuple[Slot, ...]
    keeps_rows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTallies:
    """A figure made of tallies: `slots[n]` is the population's slot behind `placeholder(n)`."""

    run: Compiled
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FromRows:
    """A figure that needs the list of all rows of its population, under `name`."""

    run: Compiled
    name: str


Figure = FromTallies | FromRows

# The column that puts a row into the period; with the basis `as_of` every row is in it.
MOMENTS: Final[Mapping[Basis, str]] = {
    Basis.CREATED: "opened_at",
    Basis.OUTCOME: "outcome_at",
    Basis.CLOSED: "closed_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiPlan:
    """KPIs of one population of rows, ready for any number of passes; shared freely between threads.

    `cells` are the distinct expressions over one row. `figures` hold for each KPI its `formula`, or its `numerator`
    and `denominator`. `columns` are the columns that the KPIs read: a caller may leave the others out of its rows.
    `materialised` names the KPIs whose formula no single pass can answer, so that their rows are kept in memory.
    """

    kpis: tuple[Kpi, ...]
    cells: tuple[Compiled, ...]
    populations: tuple[Population, ...]
    population_of: Mapping[str, int]
    figures: Mapping[str, Mapping[str, Figure]]
    columns: frozenset[str]
    materialised: tuple[str, ...]


def plan_kpis(kpis: Sequence[Kpi], names: Mapping[str, Typed]) -> KpiPlan:
    """The plan of KPIs that were checked without an error.

    Args:
        kpis: all of one population and one workflow.
        names: what their formulas see: the population, a list of records, under its name, and what stands around it.
    """
    return _Planner(names).plan(tuple(kpis))


@dataclass(slots=True, kw_only=True)
class _Group:
    """A population while its KPIs are being planned."""

    basis: Basis
    where: int | None
    slots: dict[tuple[str, tuple[int, ...], int | None], Slot]
    keeps_rows: bool = False


class _Planner:
    def __init__(self, names: Mapping[str, Typed]) -> None:
        self.names = names
        self.row_names: Mapping[str, Typed] = {}
        self.fields: Mapping[str, Typed] = {}
        self.cells: dict[Node, tuple[Compiled, Typed]] = {}
        self.groups: dict[tuple[Basis, int | None], _Group] = {}
        self.columns: set[str] = set()

    def plan(self, kpis: tuple[Kpi, ...]) -> KpiPlan:
        if kpis:
            self.open_rows(kpis[0].of)
        figures: dict[str, Mapping[str, Figure]] = {}
        population_of: dict[str, int] = {}
        for kpi in kpis:
            where = None if kpi.where is None else self.cell(kpi.where.node)
            group = self.groups.setdefault((kpi.basis, where), _Group(basis=kpi.basis, where=where, slots={}))
            population_of[kpi.id] = tuple(self.groups.values()).index(group)
            figures[kpi.id] = {part: self.figure(kpi, group, part) for part in _parts(kpi)}
        moments = {MOMENTS[kpi.basis] for kpi in kpis if kpi.basis in MOMENTS}
        return KpiPlan(
            kpis=kpis,
            cells=tuple(compiled for compiled, _ in self.cells.values()),
            populations=tuple(_frozen(group) for group in self.groups.values()),
            population_of=population_of,
            figures=figures,
            columns=frozenset(self.columns | moments),
            materialised=tuple(
                name for name, parts in figures.items() if any(isinstance(part, FromRows) for part in parts.values())
            ),
        )

    def open_rows(self, population: str) -> None:
        """Take the columns of the population from its type."""
        rows = self.names[population].type
        record = rows.of.type if isinstance(rows, ListType) else None
        self.fields = record.fields if isinstance(record, RecordType) else {}
        around = {name: typed for name, typed in self.names.items() if name != population}
        self.row_names = {**around, **self.fields, ROW: Typed(RecordType(self.fields))}

    def cell(self, node: Node) -> int:
        """The index of the expression over one row; equal expressions are one cell."""
        if node not in self.cells:
            checked = check(node, self.row_names)
            paths = (path[1:] if path[0] == ROW else path for path in checked.reads)
            self.columns |= {path[0] for path in paths if path and path[0] in self.fields}
            self.cells[node] = (compile_term(checked.term, checked.slots), checked.type)
        return tuple(self.cells).index(node)

    def type_of(self, cell: int) -> Typed:
        return tuple(self.cells.values())[cell][1]

    def figure(self, kpi: Kpi, group: _Group, part: str) -> Figure:
        node = _parts(kpi)[part]
        expected = type_of_unit(kpi.unit) if part == "formula" else None
        lowered = lower(node, kpi.of)
        if not isinstance(lowered, Lowered) or not self.are_tests(lowered):
            group.keeps_rows = True
            self.columns |= self.fields.keys()
            return FromRows(run=compile_node(node, self.names, expected), name=kpi.of)
        slots = tuple(self.slot(group, aggregate) for aggregate in lowered.aggregates)
        results = tuple(self.result_type(aggregate) for aggregate in lowered.aggregates)
        names = {**self.names, **{placeholder(index): typed for index, typed in enumerate(results)}}
        return FromTallies(run=compile_node(lowered.remainder, names, expected), slots=slots)

    def are_tests(self, lowered: Lowered) -> bool:
        """Whether all filters are conditions: `rows[3]` is the third row, which takes all of them."""
        filters = (one for aggregate in lowered.aggregates for one in aggregate.filters)
        return all(check(one, self.row_names).type.type == BOOLEAN for one in filters)

    def slot(self, group: _Group, aggregate: Aggregate) -> int:
        filters = tuple(self.cell(one) for one in aggregate.filters)
        value = None if aggregate.value is None else self.cell(aggregate.value)
        zero = zero_of(self.type_of(value).type) if value is not None and aggregate.function == "sum" else None
        key = (aggregate.function, filters, value)
        group.slots.setdefault(key, Slot(function=aggregate.function, filters=filters, value=value, zero=zero))
        return tuple(group.slots).index(key)

    def result_type(self, aggregate: Aggregate) -> Typed:
        if aggregate.value is None:
            return Typed(NUMBER)
        element = check(aggregate.value, self.row_names).type
        return Typed(element.type, nullable=element.nullable or aggregate.function != "sum")


def _parts(kpi: Kpi) -> Mapping[str, Node]:
    """The KPI's expressions by what they are: a formula, or a numerator and a denominator."""
    given = {"formula": kpi.formula, "numerator": kpi.numerator, "denominator": kpi.denominator}
    return {part: expression.node for part, expression in given.items() if expression is not None}


def _frozen(group: _Group) -> Population:
    return Population(
        basis=group.basis, where=group.where, slots=tuple(group.slots.values()), keeps_rows=group.keeps_rows
    )
