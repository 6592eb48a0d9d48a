"""Decision tables as frozen nouns, and which tables a document calls; `rules` evaluates them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.syntax import Call, walk
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import FieldType, Parameter
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass

# What calls of tables begin with.
TABLE = "table"


class HitPolicy(StrEnum):
    """What a table answers where several of its rules match (DMN 1.5, section 8.2.8)."""

    UNIQUE = "unique"
    ANY = "any"
    FIRST = "first"
    PRIORITY = "priority"
    RULE_ORDER = "rule_order"
    OUTPUT_ORDER = "output_order"
    COLLECT = "collect"

    @property
    def gives_list(self) -> bool:
        """Whether every match counts, unless an aggregator makes one value of them."""
        return self in {HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT}

    @property
    def needs_order(self) -> bool:
        """Whether the order of the outputs' values decides."""
        return self in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}

    @property
    def is_single(self) -> bool:
        """Whether matches must not disagree."""
        return self in {HitPolicy.UNIQUE, HitPolicy.ANY}


class Aggregator(StrEnum):
    """How `collect` makes one value of all matches."""

    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInput:
    """A column of conditions. With `formula` it is computed from the inputs before it and is no parameter of calls.

    `minimum` and `maximum`, both inclusive, say which values occur: what lies outside is no gap.
    """

    id: str
    title: Bilingual
    type: FieldType | None
    span: Span
    minimum: Value = None
    maximum: Value = None
    formula: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutput:
    """A column of answers. `default` stands where no rule matches, `order` lists values by falling priority.

    Without `order` the values of an enum are in the order of their declaration.
    """

    id: str
    title: Bilingual
    type: FieldType
    span: Span
    default: Value = None
    order: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRule:
    """One row: a condition per input that it tests, on the input's name, and an answer per output.

    An answer is a value, or an expression over the inputs. The text of a condition is the cell's.
    """

    id: str
    span: Span
    tests: Mapping[str, Expression]
    answers: Mapping[str, Value | Expression]
    message: Bilingual | None = None
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTable:
    """A function from inputs to outputs, written as rules; one output gives a value, several a record.

    `place` is where the hit policy stands: what is said of all rules together is said there.
    """

    id: str
    version: int
    title: Bilingual
    source: Source
    hit: HitPolicy
    aggregate: Aggregator | None
    parameters: Mapping[str, Parameter]
    inputs: Mapping[str, TableInput]
    outputs: Mapping[str, TableOutput]
    rules: Mapping[str, TableRule]
    span: Span
    place: Span

    @property
    def arguments(self) -> tuple[TableInput, ...]:
        """The inputs that a call gives, in the order of positional arguments."""
        return tuple(one for one in self.inputs.values() if one.formula is None)


def expressions_in(noun: object) -> Iterator[Expression]:
    """Every expression that a document holds, at whatever depth, in the order of its parts."""
    # Depth first without recursion: what comes first is on top. A chain of generators would take ten times as long.
    pending = [noun]
    while pending:
        one = pending.pop()
        if isinstance(one, Expression):
            yield one
            continue
        kind: type = one.__class__
        parts: Iterable[object]
        if kind not in _COLLECTIONS:
            parts = [getattr(one, name) for name in _parts(kind)]
        elif isinstance(one, Mapping):
            parts = [*one.values()][::-1]
        else:
            parts = [*one][::-1]  # type: ignore[misc]  # a tuple or a frozenset, as the set of kinds says
        for part in parts:
            kind = part.__class__
            if kind not in _BARE and (part or kind not in _COLLECTIONS):
                pending.append(part)


# Nearly every noun has some of these, and none of them an expression.
_BARE: frozenset[type] = frozenset({str, int, bool, type(None), Span, Bilingual, Source})
# What the parts of nouns are collected in; asking whether something is a `Mapping` takes ten times as long.
_COLLECTIONS: frozenset[type] = frozenset({tuple, frozenset, dict, MappingProxyType})


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """The names of a noun's fields, last first; anything else has none."""
    return tuple(part.name for part in reversed(fields(kind))) if is_dataclass(kind) else ()


def called_tables(document: object, source: Source) -> tuple[str, ...]:
    """The ids of the tables that a document calls, each once; the source's text says quickly that there are none."""
    if f"{TABLE}." not in source.text:
        return ()
    calls = (
        node.function.removeprefix(f"{TABLE}.")
        for expression in expressions_in(document)
        for node, _ in walk(expression.node)
        if isinstance(node, Call) and node.function.startswith(f"{TABLE}.")
    )
    return tuple(dict.fromkeys(calls))


def tables_behind(called: tuple[str, ...], tables: Mapping[str, DecisionTable]) -> tuple[DecisionTable, ...]:
    """The tables of those ids with all that they call in turn, sorted by id; what does not exist is left out."""
    found: dict[str, DecisionTable] = {}
    pending = list(called)
    while pending:
        table = tables.get(pending.pop())
        if table is not None and table.id not in found:
            found[table.id] = table
            pending += called_tables(table, table.source)
    return tuple(found[id_] for id_ in sorted(found))
