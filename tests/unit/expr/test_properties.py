"""What holds for every expression: trees are written and read back alike, and well-typed ones are safe to evaluate."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from salespm_flow.diagnostics import Severity
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import OutOfFuel, compile_node
from salespm_flow.expr.functions import FUNCTIONS
from salespm_flow.expr.functions.intervals import INTERVAL_FUNCTIONS
from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import (
    ARITHMETIC,
    COMPARISONS,
    CONNECTIVES,
    KEYWORDS,
    ORDERINGS,
    Between,
    Binary,
    Binding,
    BooleanLiteral,
    Call,
    DurationLiteral,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Name,
    Negate,
    Node,
    NullLiteral,
    NumberLiteral,
    Operator,
    Path,
    PercentLiteral,
    Quantified,
    Quantifier,
    RangeLiteral,
    RecordLiteral,
    TemporalLiteral,
    Test,
    TextLiteral,
    Unit,
)
from salespm_flow.expr.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    PERCENT,
    TEXT,
    EnumType,
    Kind,
    ListType,
    MoneyType,
    RangeType,
    RecordType,
    RefType,
    Type,
    Typed,
    kind_of,
)
from salespm_flow.expr.unparse import unparse
from salespm_flow.expr.values import Money, Months, Range, Reference, Value, WorkingDays

if TYPE_CHECKING:
    from tests.unit.expr.conftest import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
CNY = MoneyType("CNY")
LEVELS = ("low", "high")
ROW = RecordType({"n": Typed(NUMBER, nullable=True), "m": Typed(CNY, nullable=True), "t": Typed(TEXT)})

NAMES: Mapping[str, Typed] = {
    "b": Typed(BOOLEAN, nullable=True),
    "n": Typed(NUMBER, nullable=True),
    "p": Typed(PERCENT, nullable=True),
    "m": Typed(CNY, nullable=True),
    "t": Typed(TEXT, nullable=True),
    "e": Typed(EnumType(LEVELS), nullable=True),
    "d": Typed(DATE, nullable=True),
    "i": Typed(DATETIME, nullable=True),
    "u": Typed(DURATION, nullable=True),
    "r": Typed(ROW, nullable=True),
    "rows": Typed(ListType(Typed(ROW)), nullable=True),
    "ns": Typed(ListType(Typed(NUMBER, nullable=True)), nullable=True),
    "ref": Typed(RefType({"n": Typed(NUMBER)}, "k"), nullable=True),
}

numbers = st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
) | st.sampled_from([Decimal(0), Decimal(1), Decimal("1e6000"), Decimal("-1e-6000"), Decimal("9" * 34)])
amounts = st.builds(Money, numbers, st.just("CNY"))
texts = st.text(max_size=5)
dates = st.dates()
zones = st.sampled_from([UTC, SHANGHAI, ZoneInfo("Europe/Berlin"), timezone(-timedelta(hours=3, minutes=30))])
instants = st.datetimes(timezones=zones)
lengths = st.timedeltas()
rows = st.fixed_dictionaries({"n": st.none() | numbers, "m": st.none() | amounts, "t": texts})
worlds = st.fixed_dictionaries(
    {
        "b": st.none() | st.booleans(),
        "n": st.none() | numbers,
        "p": st.none() | numbers,
        "m": st.none() | amounts,
        "t": st.none() | texts,
        "e": st.none() | st.sampled_from(LEVELS),
        "d": st.none() | dates,
        "i": st.none() | instants,
        "u": st.none() | lengths,
        "r": st.none() | rows,
        "rows": st.none() | st.lists(rows, max_size=3).map(tuple),
        "ns": st.none() | st.lists(st.none() | numbers, max_size=4).map(tuple),
        "ref": st.none()
        | st.builds(lambda key, row: Reference(key=key, row=row), texts, st.none() | st.just({"n": Decimal(2)})),
    }
)

Nodes = st.SearchStrategy[Node]


def name(text: str) -> Node:
    return Name(name=text, start=0, end=0)


def binary(operator: Operator, left: Node, right: Node) -> Node:
    return Binary(operator=operator, left=left, right=right, start=0, end=0)


def call(function: str, *arguments: Node) -> Node:
    return Call(function=function, arguments=arguments, start=0, end=0)


def of_names(*names: str) -> Nodes:
    return st.sampled_from(names).map(name)


natural = st.integers(0, 10**8).map(lambda hundredths: Decimal(hundredths) / 100)
number_literals: Nodes = natural.map(lambda value: NumberLiteral(value=value, start=0, end=0))
percent_literals: Nodes = natural.map(lambda value: PercentLiteral(value=value, start=0, end=0))
text_literals: Nodes = (
    st.text(max_size=6).filter(str.isprintable).map(lambda value: TextLiteral(value=value, start=0, end=0))
)
duration_literals: Nodes = st.builds(
    lambda amount, unit: DurationLiteral(amount=Decimal(amount), unit=unit, start=0, end=0),
    st.integers(0, 100),
    st.sampled_from(Unit),
)
elapsed_literals: Nodes = st.builds(
    lambda amount, unit: DurationLiteral(amount=Decimal(amount), unit=unit, start=0, end=0),
    st.integers(0, 100),
    st.sampled_from([Unit.DAY, Unit.HOUR, Unit.MINUTE, Unit.MILLISECOND]),
)
temporal_literals: Nodes = (
    dates
    | st.datetimes(timezones=st.none() | zones)
    | st.times(timezones=st.none() | zones)
    | lengths
    | st.integers(-9999, 9999).map(Months)
).map(lambda value: TemporalLiteral(value=value, start=0, end=0))


@cache
def typed_nodes(kind: Kind, depth: int) -> Nodes:
    """Well-typed trees of a kind: a table of leaves, and of ways to build bigger ones."""
    leaves, grow = GROWTH[kind]
    return leaves if depth <= 0 else leaves | grow(depth - 1) | of_any_kind(kind, depth - 1)


@cache
def pairs(kind: Kind, depth: int) -> st.SearchStrategy[tuple[Node, Node]]:
    return st.tuples(typed_nodes(kind, depth), typed_nodes(kind, depth))


def number(value: int) -> Node:
    literal = NumberLiteral(value=Decimal(abs(value)), start=0, end=0)
    return Negate(operand=literal, start=0, end=0) if value < 0 else literal


def listed(*items: Node) -> Node:
    return ListLiteral(items=items, start=0, end=0)


def interval(low: Node, high: Node, *, closed: tuple[bool, bool] = (True, True)) -> Node:
    return RangeLiteral(low=low, high=high, low_closed=closed[0], high_closed=closed[1], start=0, end=0)


def at(of: Node, position: Node) -> Node:
    return Filter(of=of, predicate=position, start=0, end=0)


def loop(source: Node, body: Node) -> Node:
    return For(bindings=(Binding(name="x", source=source, start=0, end=0),), body=body, start=0, end=0)


def of_any_kind(kind: Kind, depth: int) -> Nodes:
    """Trees that give a value of whatever kind they are made of: choices, lists, records, loops."""
    two = pairs(kind, depth)
    positions = st.integers(-2, 3).map(number)
    ways = [
        st.builds(
            lambda condition, sides: If(condition=condition, then=sides[0], otherwise=sides[1], start=0, end=0),
            typed_nodes(Kind.BOOLEAN, depth),
            two,
        ),
        two.map(lambda sides: call("default", *sides)),
        two.map(lambda sides: at(loop(listed(*sides), name("x")), number(1))),
        two.map(lambda sides: at(loop(interval(number(1), number(3)), sides[0]), number(2))),
        two.map(
            lambda sides: Path(of=RecordLiteral(entries=(("k", sides[0]),), start=0, end=0), field="k", start=0, end=0)
        ),
        st.builds(
            lambda function, sides, position: at(call(function, listed(*sides), position, sides[0]), number(1)),
            st.sampled_from(["insert before", "list replace"]),
            two,
            positions,
        ),
        st.builds(
            lambda function, sides, position: at(call(function, listed(*sides), position), number(1)),
            st.sampled_from(["remove", "sublist"]),
            two,
            positions,
        ),
        st.builds(
            lambda function, sides: at(call(function, listed(*sides), listed(sides[0])), number(-1)),
            st.sampled_from(["union", "concatenate"]),
            two,
        ),
        two.map(lambda sides: at(call("append", listed(sides[0]), sides[1], sides[1]), number(2))),
    ]
    if kind in ORDERED_KINDS:
        ways += [
            st.builds(call, st.sampled_from(["min", "max"]), two.map(lambda sides: listed(*sides))),
            st.builds(
                lambda function, sides: at(call(function, listed(*sides)), number(1)),
                st.sampled_from(["sort", "mode", "distinct values", "reverse"]),
                two,
            ),
        ]
    if kind in ADDABLE_KINDS:
        ways.append(st.builds(call, st.sampled_from(["median", "mean", "sum"]), two.map(lambda sides: listed(*sides))))
    return st.one_of(ways)


def relations(depth: int) -> Nodes:
    """How ranges and points of one kind lie to each other."""
    sides = st.sampled_from(ORDERED_KINDS).flatmap(lambda kind: st.tuples(pairs(kind, depth), pairs(kind, depth)))
    closed = st.tuples(st.booleans(), st.booleans())
    return st.one_of(
        st.builds(
            lambda function, ends, one, other: call(
                function, interval(*ends[0], closed=one), interval(*ends[1], closed=other)
            ),
            st.sampled_from(sorted(INTERVAL_FUNCTIONS)),
            sides,
            closed,
            closed,
        ),
        st.builds(
            lambda function, ends, one: call(function, ends[0][0], interval(*ends[1], closed=one)),
            st.sampled_from(["before", "after", "during", "starts", "finishes"]),
            sides,
            closed,
        ),
        st.builds(
            lambda function, ends, one: call(function, interval(*ends[1], closed=one), ends[0][0]),
            st.sampled_from(["before", "after", "includes", "started by", "finished by"]),
            sides,
            closed,
        ),
    )


ADDABLE_KINDS = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.DURATION)
ORDERED_KINDS = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.DURATION)


def booleans(depth: int) -> Nodes:
    sides = st.sampled_from(ORDERED_KINDS).flatmap(lambda kind: pairs(kind, depth))
    condition = typed_nodes(Kind.BOOLEAN, depth)
    source = typed_nodes(Kind.LIST, depth)
    return st.one_of(
        st.builds(lambda op, two: binary(op, *two), st.sampled_from(sorted(COMPARISONS)), sides),
        st.builds(binary, st.sampled_from(sorted(CONNECTIVES)), condition, condition),
        condition.map(lambda one: call("not", one)),
        sides.map(lambda two: Between(value=two[0], low=two[1], high=two[1], start=0, end=0)),
        st.builds(
            lambda op, two: In(
                value=two[0],
                tests=(
                    Test(operator=op, operand=two[1], start=0, end=0),
                    RangeLiteral(low=two[1], high=two[1], low_closed=True, high_closed=False, start=0, end=0),
                    ListLiteral(items=(two[1], two[0]), start=0, end=0),
                    two[1],
                ),
                start=0,
                end=0,
            ),
            st.sampled_from(sorted(ORDERINGS)),
            sides,
        ),
        st.builds(
            lambda quantifier, one, body: Quantified(
                quantifier=quantifier,
                bindings=(Binding(name="r", source=one, start=0, end=0),),
                body=body,
                start=0,
                end=0,
            ),
            st.sampled_from(Quantifier),
            source,
            condition,
        ),
        typed_nodes(Kind.TEXT, depth).map(lambda one: call("contains", one, name("ref"))),
        sides.map(lambda two: call("is defined", two[0])),
        relations(depth),
        st.builds(
            lambda function, one, other: call(function, listed(one, other)),
            st.sampled_from(["all", "any"]),
            condition,
            condition,
        ),
        st.builds(call, st.sampled_from(["all", "any"]), condition, condition),
        st.builds(call, st.sampled_from(["odd", "even"]), typed_nodes(Kind.NUMBER, depth)),
        st.builds(call, st.sampled_from(["starts with", "ends with"]), typed_nodes(Kind.TEXT, depth), text_literals),
    )


def figures(kind: Kind, field: str) -> Callable[[int], Nodes]:
    """Trees of a number-like kind, which may be summed over a row's field."""

    def grow(depth: int) -> Nodes:
        two = pairs(kind, depth)
        listed = typed_nodes(Kind.LIST, depth).map(lambda of: Path(of=of, field=field, start=0, end=0))
        factor = typed_nodes(Kind.NUMBER, depth)
        additive = st.sampled_from([Operator.ADD, Operator.SUBTRACT])
        scaling = st.sampled_from([Operator.MULTIPLY, Operator.DIVIDE])
        return st.one_of(
            st.builds(lambda op, sides: binary(op, *sides), additive, two),
            st.builds(lambda op, sides, by: binary(op, sides[0], by), scaling, two, factor),
            two.map(lambda sides: Negate(operand=sides[0], start=0, end=0)),
            two.map(lambda sides: call("max", *sides)),
            st.builds(
                lambda function, sides, by: call(function, sides[0], by),
                st.sampled_from(["round", "round up", "round half up", "floor"]),
                two,
                factor,
            ),
            st.builds(call, st.sampled_from(["sum", "mean", "min", "max"]), listed),
        )

    return grow


def plain_numbers(depth: int) -> Nodes:
    two = pairs(Kind.NUMBER, depth)
    operators = st.sampled_from(sorted(ARITHMETIC))
    functions = st.sampled_from(["abs", "floor", "ceiling", "sqrt", "log", "exp"])
    return st.one_of(
        figures(Kind.NUMBER, "n")(depth),
        st.builds(lambda op, sides: binary(op, *sides), operators, two),
        st.builds(call, functions, typed_nodes(Kind.NUMBER, depth)),
        two.map(lambda sides: call("modulo", *sides)),
        typed_nodes(Kind.LIST, depth).map(lambda of: call("count", of)),
        typed_nodes(Kind.TEXT, depth).map(lambda text: call("string length", text)),
        pairs(Kind.DATE, depth).map(lambda sides: call("working days", *sides)),
        st.builds(call, st.sampled_from(["day of year", "week of year"]), typed_nodes(Kind.DATE, depth)),
        st.builds(call, st.sampled_from(["product", "stddev", "count"]), st.just(name("ns"))),
        st.builds(call, st.sampled_from(["product", "stddev"]), two.map(lambda sides: listed(*sides))),
        typed_nodes(Kind.TEXT, depth).map(lambda text: call("number", text)),
        typed_nodes(Kind.TEXT, depth).map(
            lambda text: call("number", text, TextLiteral(value=",", start=0, end=0), NullLiteral(start=0, end=0))
        ),
        st.builds(call, st.just("decimal"), typed_nodes(Kind.NUMBER, depth), typed_nodes(Kind.NUMBER, depth)),
        pairs(Kind.MONEY, depth).map(lambda sides: binary(Operator.DIVIDE, *sides)),
        typed_nodes(Kind.DATETIME, depth).map(lambda of: Path(of=of, field="weekday", start=0, end=0)),
        typed_nodes(Kind.DURATION, depth).map(lambda of: Path(of=of, field="hours", start=0, end=0)),
        two.map(lambda sides: Filter(of=name("ns"), predicate=sides[0], start=0, end=0)),
    )


def lists(depth: int) -> Nodes:
    source = typed_nodes(Kind.LIST, depth)
    return st.one_of(
        st.builds(
            lambda of, predicate: Filter(of=of, predicate=predicate, start=0, end=0),
            source,
            typed_nodes(Kind.BOOLEAN, depth),
        ),
        source.map(
            lambda of: For(bindings=(Binding(name="r", source=of, start=0, end=0),), body=name("r"), start=0, end=0)
        ),
        st.builds(call, st.sampled_from(["reverse", "distinct values", "union", "flatten"]), source),
        st.builds(
            lambda of, body: loop(of, RecordLiteral(entries=tuple(zip("nmt", body, strict=True)), start=0, end=0)),
            source,
            st.tuples(typed_nodes(Kind.NUMBER, depth), typed_nodes(Kind.MONEY, depth), typed_nodes(Kind.TEXT, depth)),
        ),
        st.tuples(source, source).map(lambda two: call("concatenate", *two)),
    )


def moved(kind: Kind) -> Callable[[int], Nodes]:
    def grow(depth: int) -> Nodes:
        operators = st.sampled_from([Operator.ADD, Operator.SUBTRACT])
        by = duration_literals | typed_nodes(Kind.DURATION, depth)
        return st.builds(binary, operators, typed_nodes(kind, depth), by)

    return grow


GROWTH: Mapping[Kind, tuple[Nodes, Callable[[int], Nodes]]] = {
    Kind.BOOLEAN: (
        of_names("b") | st.booleans().map(lambda value: BooleanLiteral(value=value, start=0, end=0)),
        booleans,
    ),
    Kind.NUMBER: (of_names("n") | number_literals, plain_numbers),
    Kind.PERCENT: (
        of_names("p") | percent_literals,
        lambda depth: pairs(Kind.PERCENT, depth).map(lambda two: binary(Operator.ADD, *two)),
    ),
    Kind.MONEY: (of_names("m"), figures(Kind.MONEY, "m")),
    Kind.TEXT: (
        of_names("t", "ref") | text_literals,
        lambda depth: st.one_of(
            pairs(Kind.TEXT, depth).map(lambda two: binary(Operator.ADD, *two)),
            st.sampled_from(ORDERED_KINDS)
            .flatmap(lambda kind: typed_nodes(kind, depth))
            .map(lambda one: call("string", one)),
            st.builds(
                lambda text, start: call("substring", text, start),
                typed_nodes(Kind.TEXT, depth),
                typed_nodes(Kind.NUMBER, depth),
            ),
            st.builds(
                lambda function, sides: call(function, *sides),
                st.sampled_from(["substring before", "substring after"]),
                pairs(Kind.TEXT, depth),
            ),
            st.builds(call, st.sampled_from(["upper case", "lower case", "trim"]), typed_nodes(Kind.TEXT, depth)),
            st.builds(
                lambda of, by: call("string join", Path(of=of, field="t", start=0, end=0), by),
                typed_nodes(Kind.LIST, depth),
                typed_nodes(Kind.TEXT, depth),
            ),
            pairs(Kind.TEXT, depth).map(lambda sides: at(call("split", *sides), number(1))),
            st.builds(call, st.sampled_from(["day of week", "month of year"]), typed_nodes(Kind.DATETIME, depth)),
        ),
    ),
    Kind.DATE: (
        of_names("d") | st.just(call("today")),
        lambda depth: st.one_of(
            moved(Kind.DATE)(depth),
            typed_nodes(Kind.DATETIME, depth).map(lambda one: call("date", one)),
            pairs(Kind.DATE, depth).map(
                lambda two: binary(Operator.ADD, two[0], call("years and months duration", *two))
            ),
        ),
    ),
    Kind.DATETIME: (of_names("i") | st.just(call("now")), moved(Kind.DATETIME)),
    Kind.DURATION: (
        of_names("u") | elapsed_literals,
        lambda depth: st.one_of(
            pairs(Kind.DATE, depth).map(lambda two: binary(Operator.SUBTRACT, *two)),
            pairs(Kind.DATETIME, depth).map(lambda two: binary(Operator.SUBTRACT, *two)),
            st.builds(
                lambda length, by: binary(Operator.MULTIPLY, length, by),
                typed_nodes(Kind.DURATION, depth),
                typed_nodes(Kind.NUMBER, depth),
            ),
        ),
    ),
    Kind.LIST: (of_names("rows"), lists),
}

well_typed = st.sampled_from(sorted(GROWTH)).flatmap(lambda kind: typed_nodes(Kind(kind), 3))

identifiers = st.from_regex(r"[a-z_\u4e00-\u4e10][a-z0-9_]{0,3}", fullmatch=True).filter(
    lambda word: word not in KEYWORDS and word not in {"date", "time"}
)


def any_bigger(inner: Nodes) -> Nodes:
    some = st.lists(inner, max_size=3).map(tuple)
    bound = st.builds(lambda word, source: Binding(name=word, source=source, start=0, end=0), identifiers, inner)
    bindings = st.lists(bound, min_size=1, max_size=2).map(tuple)
    tests = st.builds(
        lambda op, operand: Test(operator=op, operand=operand, start=0, end=0),
        st.sampled_from(sorted(COMPARISONS)),
        inner,
    )
    return st.one_of(
        st.builds(binary, st.sampled_from(Operator), inner, inner),
        inner.map(lambda one: Negate(operand=one, start=0, end=0)),
        st.builds(lambda of, field: Path(of=of, field=field, start=0, end=0), inner, identifiers),
        st.builds(
            lambda function, arguments: call(function, *arguments),
            st.sampled_from(["not", "x.y", *FUNCTIONS]),
            some,
        ),
        st.builds(lambda a, b, c: Between(value=a, low=b, high=c, start=0, end=0), inner, inner, inner),
        st.builds(
            lambda a, b: In(value=a, tests=tuple(b), start=0, end=0),
            inner,
            st.lists(inner | tests, min_size=1, max_size=3),
        ),
        st.builds(
            lambda a, b, c, d: RangeLiteral(low=a, high=b, low_closed=c, high_closed=d, start=0, end=0),
            inner,
            inner,
            st.booleans(),
            st.booleans(),
        ),
        some.map(lambda items: ListLiteral(items=items, start=0, end=0)),
        st.dictionaries(identifiers | st.text(max_size=4), inner, max_size=2).map(
            lambda entries: RecordLiteral(entries=tuple(entries.items()), start=0, end=0)
        ),
        st.builds(lambda a, b, c: If(condition=a, then=b, otherwise=c, start=0, end=0), inner, inner, inner),
        st.builds(
            lambda a, b, c: Quantified(quantifier=a, bindings=b, body=c, start=0, end=0),
            st.sampled_from(Quantifier),
            bindings,
            inner,
        ),
        st.builds(lambda a, b: For(bindings=a, body=b, start=0, end=0), bindings, inner),
        st.builds(lambda a, b: Filter(of=a, predicate=b, start=0, end=0), inner, inner),
    )


any_leaf: Nodes = st.one_of(
    identifiers.map(name),
    of_names("date", "time"),
    st.just(NullLiteral(start=0, end=0)),
    st.booleans().map(lambda value: BooleanLiteral(value=value, start=0, end=0)),
    st.builds(
        lambda digits, exponent: NumberLiteral(value=Decimal(f"{digits}e{exponent}"), start=0, end=0),
        st.integers(0, 10**34 - 1),
        st.integers(-99, 99),
    ),
    percent_literals,
    st.text(max_size=8).map(lambda value: TextLiteral(value=value, start=0, end=0)),
    duration_literals,
    temporal_literals,
)


@given(st.recursive(any_leaf, any_bigger, max_leaves=12))
def test_a_written_tree_reads_back_equal(node: Node) -> None:
    parsed = parse(unparse(node))
    assert parsed.problems == ()
    assert parsed.node == node


@given(st.recursive(any_leaf, any_bigger, max_leaves=12))
def test_checking_and_evaluating_any_tree_never_raises(world: "World", node: Node) -> None:
    for names in ({}, NAMES, world.names):
        check(node, names, CNY)
        try:
            value = compile_node(node, names)(world.scope())
        except OutOfFuel:
            continue
        assert_finite(value)


@settings(max_examples=max(300, settings().max_examples))
@given(well_typed, worlds)
def test_well_typed_expressions_give_a_value_of_their_type(
    world: "World", node: Node, values: dict[str, Value]
) -> None:
    checked = check(node, NAMES)
    assert [one for one in checked.problems if one.severity is Severity.ERROR] == []
    assert parse(unparse(node)).node == node
    scope = world.having(**values).scope()
    scope.names = values
    try:
        value = compile_node(node, NAMES)(scope)
    except OutOfFuel:
        return
    assert_finite(value)
    assert fits(value, checked.type.type), (unparse(node), value, checked.type)


def assert_finite(value: Value) -> None:
    match value:
        case Decimal():
            assert value.is_finite()
        case Money(amount=inner) | WorkingDays(days=inner):
            assert inner.is_finite()
        case Range(low=low, high=high):
            assert_finite(low)
            assert_finite(high)
        case tuple():
            for element in value:
                assert_finite(element)
        case Mapping():
            for element in value.values():
                assert_finite(element)
        case _:
            pass


PYTHON_TYPES: Mapping[Kind, type] = {
    Kind.BOOLEAN: bool,
    Kind.TEXT: str,
    Kind.ENUM: str,
    Kind.NUMBER: Decimal,
    Kind.PERCENT: Decimal,
    Kind.MONEY: Money,
    Kind.DATE: date,
    Kind.DATETIME: datetime,
    Kind.TIME: time,
    Kind.DURATION: timedelta,
    Kind.MONTHS: Months,
    Kind.WORKING: WorkingDays,
    Kind.REF: Reference,
}


def fits(value: Value, type_: Type) -> bool:
    """Whether a value is null or of the static type; what is null for the lack of an answer may be so anywhere."""
    if value is None or kind_of(type_) in {Kind.UNKNOWN, Kind.NULL}:
        return True
    match type_:
        case ListType(of=element):
            return isinstance(value, tuple) and all(fits(one, element.type) for one in value)
        case RecordType(fields=fields):
            return isinstance(value, Mapping) and all(fits(value.get(key), one.type) for key, one in fields.items())
        case RangeType():
            return isinstance(value, Range)
        case _ if isinstance(value, Reference) and kind_of(type_) is Kind.TEXT:
            return True  # it reads as its key, wherever a text is read
        case _:
            return type(value) is PYTHON_TYPES[kind_of(type_)]
