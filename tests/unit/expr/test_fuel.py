"""What bounds the time of an expression, counted in fuel and characters: whatever is slow burns as much as it takes."""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.scope import DEFAULT_FUEL, OutOfFuel, Scope
from salespm_flow.expr.syntax import MAX_LENGTH
from salespm_flow.expr.types import DATE, NUMBER, TEXT, ListType, MoneyType, RecordType, Typed
from salespm_flow.expr.values import Money

if TYPE_CHECKING:
    from tests.unit.expr.conftest import World

MANY = 10_000
ROW = RecordType({"n": Typed(NUMBER), "t": Typed(TEXT), "d": Typed(DATE), "m": Typed(MoneyType("CNY"))})
ROWS = tuple(
    {
        "n": Decimal(number),
        "t": f"row {number}",
        "d": date(2026, 1, 1) + timedelta(days=number % 300),
        "m": Money(Decimal(number), "CNY"),
    }
    for number in range(MANY)
)
LONG = "很长a" * 33_000


@dataclass(frozen=True, slots=True)
class Steps:
    """What an expression burnt, and whether it was stopped."""

    burnt: int
    is_stopped: bool


def burnt(world: "World", text: str, fuel: int = DEFAULT_FUEL) -> Steps:
    names = {**world.names, "rows": Typed(ListType(Typed(ROW))), "long": Typed(TEXT)}
    parsed = parse(text)
    assert parsed.node is not None, parsed.problems
    assert [one for one in check(parsed.node, names).problems if one.code != "SF210"] == []
    scope: Scope = world.having(rows=ROWS, long=LONG).scope()
    scope.fuel = fuel
    try:
        compile_node(parsed.node, names)(scope)
    except OutOfFuel:
        return Steps(fuel - scope.fuel, is_stopped=True)
    return Steps(fuel - scope.fuel, is_stopped=False)


# By how many microseconds each turn was measured to take on a quick machine, over a third of one.
@pytest.mark.parametrize(
    ("body", "steps"),
    [
        ("1", 1),
        ("i + 1 < 2", 5),
        ("i between 1 and 2", 8),
        ("i in [1..2]", 8),
        ("before(i, 2)", 20),
        ("overlaps([1..i], [2..3])", 30),
        ("{a: i, b: i} != null", 6),
        ("min(i, 2, 3) < 0", 10),
        ("(today() + 3mo) > today()", 25),
        ("(today() + 3wd) > today()", 25),
        ("(now() + 2wd) > now()", 30),
        ('@"2026-02-03T09:00:00" > now()', 15),
        ('date and time("2026-02-03T09:00:00@Europe/Berlin") > now()', 20),
        ("1.5 ** 2.7 < i", 300),
        ("1.5 ** 2 < i", 300),
        ("log(i) < 0", 300),
        ("sqrt(i) < 0", 300),
        ("exp(i) < 0", 300),
        ('working days(@"1990-01-01", @"2035-01-01") < i', 300),
        ("string(rows) = null", 4 * MANY),
        ("rows = rows", 4 * MANY),
        ("count(rows.n) < 0", MANY),
        ("sum(rows.n) < 0", 2 * MANY),
        ("mean(rows.n) < 0", 2 * MANY),
        ("stddev(rows.n) < 0", 5 * MANY),
        ("count(sort(rows.n)) < 0", 13 * MANY),
        ("count(distinct values(rows.n)) < 0", 5 * MANY),
        ("count(mode(rows.n)) < 0", 5 * MANY),
        ("median(rows.n) < 0", 13 * MANY),
        ("list contains(rows, rows[1])", 5 * MANY),
        ("count(rows[n > 5]) < 0", 3 * MANY),
        ("upper case(long) = null", len(LONG) // 64),
        ("string length(long + long) < 0", len(LONG) // 64),
        ('count(split(long, "a")) < 0', 33_000),
    ],
)
def test_a_turn_of_a_loop_burns_what_its_body_takes(world: "World", body: str, steps: int) -> None:
    # Two turns less one: what the loop takes by itself falls out.
    of_two, of_one = (burnt(world, f"for i in 1..{turns} return {body}", sys.maxsize).burnt for turns in (2, 1))
    assert of_two - of_one >= steps


@pytest.mark.parametrize(
    "text",
    [
        "count(for i in 1..10000, j in 1..10000 return i * j)",
        "some i in 1..10000, j in 1..10000 satisfies i * j < 0",
        "some i in 1..100, j in 1..100, k in 1..100 satisfies i * j * k < 0",
        "count(for i in 1..10000 return for j in 1..10000 return i)",
        "count(for i in 1..1000000000000 return i)",
        "some a in rows, b in rows, c in rows, d in rows satisfies a.n + b.n + c.n + d.n < 0",
        "every a in rows satisfies every b in rows satisfies a.n + b.n >= 0",
        'some a in rows satisfies some b in rows satisfies starts with(b.t, a.t + "no")',
        "some a in rows satisfies rows = [a]",
        "some a in rows satisfies count(rows[n < a.n]) < 0",
        "for i in 1..10000 return long + long",
        "string([rows, rows, rows, rows, rows, rows, rows, rows])",
        # Each list holds the one before twice: sixteen million rows out of a few words.
        "string(for "
        + ", ".join(f"x{i + 1} in [[x{i}, x{i}]]" for i in range(11)).replace("x0", "rows")
        + " return x11)",
        # And so do texts.
        "for x0 in [long], " + ", ".join(f"x{i + 1} in [x{i} + x{i}]" for i in range(24)) + " return x24",
    ],
)
def test_what_would_take_long_stops_within_its_fuel(world: "World", text: str) -> None:
    steps = burnt(world, text)
    assert steps.is_stopped
    # The last thing before the stop may take more than was left, but not more than a list or text may hold.
    assert steps.burnt >= DEFAULT_FUEL


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "not(" * 10_000 + "true" + ")" * 10_000,
        "[" * (MAX_LENGTH // 2),
        "-" * (MAX_LENGTH - 1) + "1",
        "{a: " * (MAX_LENGTH // 5) + "1" + "}" * (MAX_LENGTH // 5),
        "if true then " * 200 + "1" + " else 2" * 200,
        "for i in [1] return " * 150 + "1",
        "1" + "+1" * (MAX_LENGTH // 2 - 1),
        "rows" + "[1]" * (MAX_LENGTH // 3 - 2),
        "rows" + ".a" * (MAX_LENGTH // 2 - 2),
        "9" * 1_000_000,
        '"' + "a" * 1_000_000 + '"',
        "（" * 1_000_000,
        "9" * (MAX_LENGTH - 1),
        "1e999999999",
    ],
)
def test_what_is_too_long_or_too_deep_has_one_clear_finding(text: str) -> None:
    found = [one for one in parse(text).problems if one.code != "SF209"]
    assert [one.code for one in found] == ["SF208"]
    assert found[0].message.zh
    assert found[0].hint is None or found[0].hint.en


@pytest.mark.parametrize("unit", ["Y", "M", "D"])
@pytest.mark.parametrize("written", ['duration("P{}{}")', '@"P{}{}"'])
def test_a_duration_of_thousands_of_digits_is_told(world: "World", written: str, unit: str) -> None:
    problems = world.problems(written.format("9" * 3_900, unit))
    assert [one.code for one in problems] in (["SF210"], ["SF201"])
