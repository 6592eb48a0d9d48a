"""What one pass must compute to answer many KPIs: distinct row expressions, populations, tallies and what joins them.

Knows no rows: a plan is made once from definitions and used for any number of passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from salespm_flow.expr.aggregates import zero_of
from salespm_flow.expr.check import Checked, check
from salespm_flow.expr.evaluate import compile_node, compile_term
from salespm_flow.expr.scope import Compiled
from salespm_flow.expr.syntax import Call, For, Name, Node, Path, walk
from salespm_flow.expr.types import BOOLEAN, NUMBER, TEXT, ListType, RecordType, RefType, Type, Typed
from salespm_flow.expr.values import Value
from salespm_flow.model.figures import FIGURE, grouping_of, kpis_read
from salespm_flow.model.names import type_of_unit
from salespm_flow.model.populations import GROUPS, moment_of
from salespm_flow.model.rules import Computed, Kpi
from salespm_flow.nouns import dataclass
from salespm_flow.rules.groups import GROUP_KEY, lower_groups
from salespm_flow.rules.groups import cell as group_cell
from salespm_flow.rules.lower import LIST, ROW, Aggregate, Lowered, RowsNeeded, lower, placeholder

PERIOD = "period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One aggregate of a population; `filters` and `value` are indexes of the plan's cells."""

    function: str
    filters: tuple[int, ...]
    value: int | None
    zero: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The rows that share a moment, a `where` and a grouping, with all that is asked of them.

    `moment` is the column that puts a row into the period, None where every row is in it; `where` and `by` are indexes
    of the plan's cells. `slots` are asked of all rows, `group_slots` of each group. With `keeps_firsts` rows count at
    any time, and of each group its first moment is kept.
    """

    moment: str | None
    where: int | None
    by: int | None = None
    slots: tuple[Slot, ...]
    group_slots: tuple[Slot, ...] = ()
    keeps_rows: bool
    keeps_groups: bool = False
    keeps_firsts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTallies:
    """A figure made of tallies: `slots[n]` is the population's slot behind `placeholder(n)`.

    With `group_slots` it sees its groups as records: of each the population's group slot behind each column. `each` are
    the keys and the values of the groups, where the figure is the greatest or the least of them.
    """

    run: Compiled
    slots: tuple[int, ...]
    group_slots: tuple[int, ...] = ()
    each: tuple[Compiled, Compiled] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FromRows:
    """A figure that needs the list of all rows of its population, under `name`, or the lists of its groups."""

    run: Compiled
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FromElsewhere:
    """A computed figure, which no expression says."""

    computed: Computed


Figure = FromTallies | FromRows | FromElsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiPlan:
    """KPIs of one population of rows, ready for any number of passes; shared freely between threads.

    `cells` are the distinct expressions over one row. `figures` hold for each KPI its `formula`, or its `numerator`
    and `denominator`. `columns` are the columns that the KPIs read: a caller may leave the others out of its rows;
    `columns_of` are those of one KPI. `inner_columns` are the columns read from the record in the column `project`.
    `materialised` names the KPIs whose formula no single pass can answer, so that their rows are kept in memory.
    `reads` are the figures that each KPI reads. `needs_period` names those that a period open to one side leaves
    without a value, `reads_period` those that look at the period at all, `converting` those that need exchange rates.
    """

    kpis: tuple[Kpi, ...]
    cells: tuple[Compiled, ...]
    populations: tuple[Population, ...]
    population_of: Mapping[str, int]
    figures: Mapping[str, Mapping[str, Figure]]
    columns: frozenset[str]
    columns_of: Mapping[str, tuple[str, ...]]
    inner_columns: frozenset[str]
    materialised: tuple[str, ...]
    reads: Mapping[str, tuple[str, ...]]
    needs_period: frozenset[str]
    reads_period: frozenset[str]
    converting: frozenset[str]


def plan_kpis(kpis: Sequence[Kpi], names: Mapping[str, Typed]) -> KpiPlan:
    """The plan of KPIs that were checked without an error.

    Args:
        kpis: all of one population and one workflow.
        names: what their formulas see: the population, a list of records, under its name, and what stands around it.
    """
    return _Planner(names).plan(tuple(kpis))


@dataclass(frozen=True, slots=True)
class _Key:
    moment: str | None
    where: int | None
    by: int | None
    keeps_firsts: bool


@dataclass(slots=True, kw_only=True)
class _Group:
    """A population while its KPIs are being planned."""

    key: _Key
    slots: list[Slot] = field(default_factory=list)
    group_slots: list[Slot] = field(default_factory=list)
    keeps_rows: bool = False
    keeps_groups: bool = False


@dataclass(frozen=True, slots=True)
class _Cell:
    compiled: Compiled
    type: Typed
    columns: frozenset[str]
    inner: frozenset[str]


class _Planner:
    def __init__(self, names: Mapping[str, Typed]) -> None:
        self.names = names
        self.row_names: Mapping[str, Typed] = {}
        self.fields: Mapping[str, Typed] = {}
        self.cells: dict[Node, int] = {}
        self.made: list[_Cell] = []
        self.groups: dict[_Key, _Group] = {}
        self.read: dict[str, frozenset[str]] = {}
        self.inner: set[str] = set()
        self.asks_all = False
        self.converting: set[str] = set()
        self.needs_period: set[str] = set()
        self.reads_period: set[str] = set()

    def plan(self, kpis: tuple[Kpi, ...]) -> KpiPlan:
        if kpis:
            self.open_rows(kpis[0].of)
        figures: dict[str, Mapping[str, Figure]] = {}
        group_of: dict[str, _Key] = {}
        for kpi in kpis:
            self.read[kpi.id] = frozenset()
            figures[kpi.id], group_of[kpi.id] = self.figures(kpi)
        order = tuple(self.groups)
        columns = {kpi.id: self.shown(kpi, group_of[kpi.id]) for kpi in kpis}
        every = frozenset(name for names in columns.values() for name in names)
        return KpiPlan(
            kpis=kpis,
            cells=tuple(cell.compiled for cell in self.made),
            populations=tuple(_frozen(group) for group in self.groups.values()),
            population_of={name: order.index(key) for name, key in group_of.items()},
            figures=figures,
            columns=every | self.fields.keys() if self.asks_all else every,
            columns_of=columns,
            inner_columns=self.every_inner() if self.asks_all else frozenset(self.inner),
            materialised=tuple(
                name for name, parts in figures.items() if any(isinstance(part, FromRows) for part in parts.values())
            ),
            reads={kpi.id: kpis_read(kpi) for kpi in kpis},
            needs_period=frozenset(self.needs_period),
            reads_period=frozenset(self.reads_period),
            converting=frozenset(self.converting),
        )

    def shown(self, kpi: Kpi, key: _Key) -> tuple[str, ...]:
        """The columns that the KPI reads, the moment first, then as the rows have them."""
        moment = () if key.moment is None else (key.moment,)
        return (*moment, *(name for name in self.fields if name in self.read[kpi.id] and name not in moment))

    def every_inner(self) -> frozenset[str]:
        project = self.fields.get("project")
        return (
            frozenset(project.type.fields) if project is not None and isinstance(project.type, RefType) else frozenset()
        )

    def open_rows(self, population: str) -> None:
        """Take the columns of the population from its type."""
        rows = self.names[population].type
        record = rows.of.type if isinstance(rows, ListType) else None
        self.fields = record.fields if isinstance(record, RecordType) else {}
        lists = {population, GROUPS, FIGURE}
        around = {name: typed for name, typed in self.names.items() if name not in lists}
        self.row_names = {**around, **self.fields, ROW: Typed(RecordType(self.fields))}

    def figures(self, kpi: Kpi) -> tuple[Mapping[str, Figure], _Key]:
        where = None if kpi.where is None else self.cell(kpi, kpi.where.node)
        grouping = grouping_of(kpi, self.fields)
        by = None if grouping is None else self.cell(kpi, grouping)
        keeps_firsts = kpi.computed is Computed.FIRST_WINS
        key = _Key(moment_of(kpi), where, by, keeps_firsts)
        group = self.groups.setdefault(key, _Group(key=key))
        if kpi.computed is not None:
            # Nothing of an open period can be first, and nobody's hours in it can be told.
            self.needs_period.add(kpi.id)
            return {"computed": FromElsewhere(computed=kpi.computed)}, key
        if kpi.per is not None:
            self.needs_period.add(kpi.id)
        return {part: self.figure(kpi, group, part) for part in kpi.formulas}, key

    def cell(self, kpi: Kpi, node: Node) -> int:
        """The index of the expression over one row; equal expressions are one cell."""
        if node not in self.cells:
            checked = check(node, self.row_names)
            paths = tuple(path[1:] if path[0] == ROW else path for path in checked.reads)
            found = _Cell(
                compile_term(checked.term, checked.slots),
                checked.type,
                frozenset(path[0] for path in paths if path and path[0] in self.fields),
                frozenset(path[1] for path in paths if len(path) > 1 and path[0] == "project"),
            )
            self.cells[node] = len(self.made)
            self.made.append(found)
        index = self.cells[node]
        self.note(kpi, check(node, self.row_names))
        self.read[kpi.id] |= self.made[index].columns
        self.inner |= self.made[index].inner
        return index

    def note(self, kpi: Kpi, checked: Checked) -> None:
        """What the KPI looks at beside its rows is remembered."""
        if "convert" in checked.calls:
            self.converting.add(kpi.id)
        if any(path[0] == PERIOD for path in checked.reads):
            self.reads_period.add(kpi.id)
        # A row taken as a whole is all of its columns.
        self.asks_all = self.asks_all or (ROW,) in checked.reads

    def figure(self, kpi: Kpi, group: _Group, part: str) -> Figure:
        node = kpi.formulas[part].node
        expected = type_of_unit(kpi.unit) if part == "formula" else None
        names = dict(self.names)
        if kpi.by is not None:
            names[GROUPS] = Typed(ListType(self.names[kpi.of]))
        whole = names
        self.note(kpi, check(node, whole, expected))
        group_slots: tuple[int, ...] = ()
        lowered_node: Node | None = node
        if kpi.by is not None:
            lowered_node, element, group_slots = self.group_aggregates(kpi, group, node)
            keyed = {GROUP_KEY: Typed(TEXT), **element}
            names = {**whole, GROUPS: Typed(ListType(Typed(RecordType(keyed))))}
        lowered = None if lowered_node is None else lower(lowered_node, kpi.of)
        if not isinstance(lowered, Lowered) or not self.are_plain(lowered.aggregates):
            group.keeps_rows = True
            group.keeps_groups = group.keeps_groups or kpi.by is not None
            self.asks_all = True
            return FromRows(run=compile_node(node, whole, expected), name=kpi.of)
        slots = tuple(self.slot(kpi, group.slots, aggregate) for aggregate in lowered.aggregates)
        results = tuple(self.result_type(aggregate) for aggregate in lowered.aggregates)
        names |= {placeholder(index): typed for index, typed in enumerate(results)}
        run = compile_node(lowered.remainder, names, expected)
        each = None if kpi.by is None else _each(lowered.remainder, names)
        return FromTallies(run=run, slots=slots, group_slots=group_slots, each=each)

    def group_aggregates(
        self, kpi: Kpi, group: _Group, node: Node
    ) -> tuple[Node | None, Mapping[str, Typed], tuple[int, ...]]:
        """The formula over records of aggregates, the columns of such a record and the slots that fill them.

        The formula is None where it needs the lists of rows.
        """
        lowered = lower_groups(node, GROUPS)
        if isinstance(lowered, RowsNeeded) or not self.are_plain(lowered.aggregates):
            return None, {}, ()
        slots = tuple(self.slot(kpi, group.group_slots, aggregate) for aggregate in lowered.aggregates)
        columns = {group_cell(index): self.result_type(one) for index, one in enumerate(lowered.aggregates)}
        return lowered.remainder, columns, slots

    def are_plain(self, aggregates: Sequence[Aggregate]) -> bool:
        """Whether one row at a time tells them: filters that are conditions, and no figure known only at the end.

        `rows[3]` is the third row, which takes all of them.
        """
        parts = (part for one in aggregates for part in (*one.filters, *(() if one.value is None else (one.value,))))
        if any(isinstance(node, Name) and node.name == FIGURE for part in parts for node, _ in walk(part)):
            return False
        filters = (one for aggregate in aggregates for one in aggregate.filters)
        return all(check(one, self.row_names).type.type == BOOLEAN for one in filters)

    def slot(self, kpi: Kpi, slots: list[Slot], aggregate: Aggregate) -> int:
        filters = tuple(self.cell(kpi, one) for one in aggregate.filters)
        value = None if aggregate.value is None else self.cell(kpi, aggregate.value)
        zero = zero_of(self.made[value].type.type) if value is not None and aggregate.function == "sum" else None
        found = Slot(function=aggregate.function, filters=filters, value=value, zero=zero)
        if found not in slots:
            slots.append(found)
        return slots.index(found)

    def result_type(self, aggregate: Aggregate) -> Typed:
        if aggregate.value is None:
            return Typed(NUMBER)
        element = check(aggregate.value, self.row_names).type
        if aggregate.function == LIST:
            return Typed(ListType(element))
        of: Type = element.type
        return Typed(of, nullable=element.nullable or aggregate.function != "sum")


def _each(remainder: Node, names: Mapping[str, Typed]) -> tuple[Compiled, Compiled] | None:
    """What tells the keys of the groups and their values, where the formula is `max(for g in groups return …)`."""
    match remainder:
        case Call(function="max" | "min", arguments=(For(bindings=(binding,)) as loop,)):
            group = Name(name=binding.name, start=loop.start, end=loop.end)
            key = Path(of=group, field=GROUP_KEY, start=loop.start, end=loop.end)
            return compile_node(replace(loop, body=key), names), compile_node(loop, names)
        case _:
            return None


def _frozen(group: _Group) -> Population:
    return Population(
        moment=group.key.moment,
        where=group.key.where,
        by=group.key.by,
        slots=tuple(group.slots),
        group_slots=tuple(group.group_slots),
        keeps_rows=group.keeps_rows,
        keeps_groups=group.keeps_groups,
        keeps_firsts=group.key.keeps_firsts,
    )
