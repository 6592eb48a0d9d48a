"""The short ways of evaluating give what the general ways give: each text beside one that no short way takes."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.types import BOOLEAN, UNKNOWN, Typed
from salespm_flow.expr.values import Money, Months, Reference, Value, WorkingDays

if TYPE_CHECKING:
    from tests.unit.expr.conftest import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A constant as it is written, and its value.
CONSTANTS: Mapping[str, Value] = {
    "5": Decimal(5),
    "15%": Decimal("0.15"),
    '"a"': "a",
    "3d": timedelta(days=3),
    "3wd": WorkingDays(Decimal(3)),
    "3mo": Months(3),
    '@"2026-01-05"': date(2026, 1, 5),
    '@"09:30"': time(9, 30),
    '@"2026-01-05T09:30:00"': datetime(2026, 1, 5, 9, 30, tzinfo=SHANGHAI),
    'money(5, "CNY")': Money(Decimal(5), "CNY"),
}
ANYTHING: tuple[Value, ...] = (
    None,
    True,
    Decimal(7),
    "b",
    "",
    Money(Decimal(7), "USD"),
    Reference(key="a"),
    Reference(key="b", row={}),
    (Decimal(5),),
    {"n": Decimal(5)},
    datetime(2026, 1, 5, tzinfo=SHANGHAI),
    date(2025, 12, 31),
    timedelta(0),
    *CONSTANTS.values(),
)
values = st.sampled_from(ANYTHING)
constants = st.sampled_from(sorted(CONSTANTS))
truths = st.sampled_from([True, False, None])


def tree(text: str) -> Node:
    parsed = parse(text)
    assert parsed.node is not None
    return parsed.node


def answer(world: "World", text: str, **given_values: Value) -> Value:
    names = {name: Typed(UNKNOWN, nullable=True) for name in given_values}
    return compile_node(tree(text), names)(world.having(**given_values).scope())


@given(value=values, constant=constants, operator=st.sampled_from(["<", "<=", ">", ">=", "=", "!="]))
def test_comparing_with_a_constant_is_comparing_with_its_value(
    world: "World", value: Value, constant: str, operator: str
) -> None:
    short = answer(world, f"x {operator} {constant}", x=value)
    assert short == answer(world, f"x {operator} c", x=value, c=CONSTANTS[constant])
    row = answer(world, f"some r in rows satisfies r.x {operator} {constant}", rows=({"x": value},))
    assert row == short
    assert answer(world, f"record.x {operator} {constant}", record={"x": value}) == short
    # What is worked out is no bare reading: the general way.
    assert answer(world, f"(if true then x else y) {operator} {constant}", x=value, y=None) == short


@given(sides=st.tuples(values, values), operator=st.sampled_from("+-*/"))
def test_calculating_with_two_names_is_calculating_with_their_values(
    world: "World", sides: tuple[Value, Value], operator: str
) -> None:
    left, right = sides
    general = answer(world, f"(if true then x else y) {operator} y", x=left, y=right)
    assert answer(world, f"x {operator} y", x=left, y=right) == general


@given(st.sampled_from(["1e99 * 1e99", "x / 0", "x / y", "x * x"]), st.sampled_from(["9e6000", "0", "-1", "7"]))
def test_what_is_no_finite_number_is_null_either_way(world: "World", text: str, number: str) -> None:
    given_values = {"x": Decimal(number), "y": Decimal(0)}
    assert answer(world, text, **given_values) == answer(
        world, text.replace("x", "(if true then x else y)"), **given_values
    )


@given(value=values, amount=st.integers(-9, 9))
def test_a_number_beside_money_is_that_much_money(world: "World", value: Value, amount: int) -> None:
    names = {**world.names, "x": world.names["amount"]}
    scope = world.having(x=value, c=Money(Decimal(amount), "CNY")).scope()
    short = compile_node(tree(f"x >= {amount}"), names)(scope)
    assert short == compile_node(tree("x >= c"), {**names, "c": world.names["amount"]})(scope)


@given(value=values, texts=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3))
def test_one_of_some_texts_is_equal_to_one_of_them(world: "World", value: Value, texts: list[str]) -> None:
    written = ", ".join(f'"{text}"' for text in texts)
    short = answer(world, f"x in ({written})", x=value)
    assert short == answer(world, f"x in ({written}, y)", x=value, y=texts[0])


@given(sides=st.tuples(values, values), operator=st.sampled_from("+-*/"))
def test_arithmetic_gives_a_value_or_null(world: "World", sides: tuple[Value, Value], operator: str) -> None:
    left, right = sides
    found = answer(world, f"x {operator} y", x=left, y=right)
    assert not isinstance(found, Decimal) or found.is_finite()
    if None in sides:
        assert found is None


@given(st.lists(truths, min_size=2, max_size=4))
def test_joined_conditions_are_three_valued_however_many(world: "World", given_truths: list[bool | None]) -> None:
    names = {f"t{at}": truth for at, truth in enumerate(given_truths)}
    types = {name: Typed(BOOLEAN, nullable=True) for name in names}
    scope = world.having(**names).scope()
    unknown = None in given_truths
    every = False if False in given_truths else None if unknown else True
    some = True if True in given_truths else None if unknown else False
    assert compile_node(tree(" and ".join(names)), types)(scope) is every
    assert compile_node(tree(" or ".join(names)), types)(scope) is some


@given(
    text=st.text(max_size=4) | st.just("ab" * 100) | st.none() | st.just(Reference(key="ab")),
    part=st.sampled_from(["", "a", "ab", "b"]),
    function=st.sampled_from(["contains", "starts with", "ends with", "substring before", "substring after"]),
)
def test_a_function_of_a_text_and_a_constant_is_that_of_two_texts(
    world: "World", text: Value, part: str, function: str
) -> None:
    short = answer(world, f'{function}(x, "{part}")', x=text)
    assert short == answer(world, f"{function}(x, y)", x=text, y=part)
