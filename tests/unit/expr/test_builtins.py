"""What the built-in functions answer at their edges: nothing, null, out of range, unlike kinds."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from salespm_flow.expr.values import Money, Months, Value

if TYPE_CHECKING:
    from tests.unit.expr.conftest import World

SHANGHAI = ZoneInfo("Asia/Shanghai")


def numbers(*given: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(number) for number in given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # texts
        ('substring before("a-b-c", "-")', "a"),
        ('substring before("abc", "-")', ""),
        ('substring before("abc", "")', ""),
        ('substring after("a-b-c", "-")', "b-c"),
        ('substring after("abc", "-")', ""),
        ('substring after("abc", "")', "abc"),
        ("substring after(scope, note)", None),
        ('string join(["a", "b"])', "ab"),
        ('string join(["a", note, "b"], ", ")', "a, b"),
        ('string join([], ", ")', ""),
        ("string join(needs.ref)", "ab"),
        ('split("a.b.", ".")', ("a", "b", "")),
        ('split("", ",")', ("",)),
        ('split("abc", "")', None),
        # numbers
        ("decimal(1 / 3, 2)", Decimal("0.33")),
        ("decimal(amount, -4).amount", Decimal(60000)),
        ("round up(1.121, 2)", Decimal("1.13")),
        ("round down(-1.129, 2)", Decimal("-1.12")),
        ("round half up(-2.5)", Decimal(-3)),
        ("round half down(-2.5)", Decimal(-2)),
        ("round half up(amount / 7, 2)", Money(Decimal("8571.43"), "CNY")),
        ("log(0)", None),
        ("log(-1)", None),
        ("round(log(10), 6)", Decimal("2.302585")),
        ("exp(1e9)", None),
        ("exp(-1e9) = 0", True),
        ("odd(5.5)", None),
        ("odd(-3)", True),
        ("even(0)", True),
        ("even(1e40)", True),
        ("odd(1e40)", False),
        ("even(discount)", None),
        # many to one
        ("product([])", None),
        ("product(scores)", Decimal(72)),
        ("median([])", None),
        ("median([3, 1, 2, 10])", Decimal("2.5")),
        ("median([amount, 1, 3])", Money(Decimal(3), "CNY")),
        ("median([1, null])", None),
        ("mode([])", ()),
        ("mode([1, 3, 2, 3, 1])", numbers(1, 3)),
        ("mode(needs.ref)", ("a", "b")),
        ("stddev([47])", None),
        ("stddev([1, 3, 5])", Decimal(2)),
        ("stddev(2)", None),
        ("all([])", True),
        ("all([true, maybe])", None),
        ("all([maybe, false])", False),
        ("all(yes, maybe)", None),
        ("all(maybe, no)", False),
        ("any([])", False),
        ("any([false, maybe])", None),
        ("any(maybe, yes)", True),
        # lists
        ("sublist([1, 2, 3], 2)", numbers(2, 3)),
        ("sublist([1, 2, 3], -2, 1)", numbers(2)),
        ("sublist([1, 2, 3], 2, 3)", None),
        ("sublist([1, 2, 3], 0)", None),
        ("insert before([1, 2], -1, 9)", numbers(1, 9, 2)),
        ("insert before([1, 2], 3, 9)", None),
        ("insert before([1, 2], 1, null)", (None, *numbers(1, 2))),
        ("insert before(unread, 1, null)", None),
        ("list replace([1, 2], 2, 9)", numbers(1, 9)),
        ("list replace([1, 2], score, 9)", None),
        ("remove([1, 2], 1)", numbers(2)),
        ("remove([], 1)", None),
        ("union([1, 2], [2, 3], [3])", numbers(1, 2, 3)),
        ("sort(scores)", numbers(2, 4, 9)),
        ("sort([1, score])", None),
        ("reverse(sort(needs.ref))", ("b", "a")),
        # dates
        ("day of year(opened_at)", Decimal(5)),
        ('week of year(@"2027-01-03")', Decimal(53)),
        ('day of week(@"2026-01-04T20:00:00Z")', "Monday"),
        ("month of year(due)", "January"),
        ("day of week(met_on)", None),
        ('years and months duration(@"2026-08-24", @"2024-12-22")', Months(-20)),
        ('years and months duration(@"2026-01-31", @"2026-02-28")', Months(0)),
        ("years and months duration(opened_at, due)", Months(0)),
        ("date and time(2026, 1, 5, 9, 30, 0) = opened_at", True),
        ("date and time(2026, 2, 30, 9, 30, 0)", None),
        # conversions
        ('number("1.234,5", ".", ",")', Decimal("1234.5")),
        ('number("1 000", " ", null)', Decimal(1000)),
        ('number("1.5", null, ",")', None),
        ('number("1,5", ",", ",")', None),
        ('number("1,5", "x", ".")', None),
        # the project's own story
        ('changed("needs")', True),
        ('changed("amount")', False),
        ('changed("needs", entered("red"))', True),
        ('changed("needs", now() - 1d)', False),
        ('changed("needs", entered("control"))', None),
        ('changed("needs", @"2026-01-04T00:00:00")', False),
    ],
)
def test_functions_answer_at_their_edges(world: "World", text: str, expected: Value) -> None:
    answer = world.value(text)
    assert answer == expected
    assert type(answer) is type(expected)


def test_a_state_may_be_named_by_a_list_of_states(world: "World") -> None:
    assert world.value('some s in ["red"] satisfies s = "red" and in_state("red")') is True
    assert world.value("entered(null)") is None


# The pairs are those that DMN 1.5, table 78, tells apart: open and closed ends that touch.
@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("before(1, 1)", False),
        ("before(1, (1..5])", True),
        ("before(1, [1..5])", False),
        ("before([1..5), 5)", True),
        ("before([1..5), [5..9])", True),
        ("before([1..5], (5..9])", True),
        ("before([1..5], [5..9])", False),
        ("after(5, [1..5))", True),
        ("after((5..9], [1..5])", True),
        ("after([5..9], [1..5])", False),
        ("meets([1..5], [5..9])", True),
        ("meets([1..5), [5..9])", False),
        ("meets([1..5], (5..9])", False),
        ("met by([5..9], [1..5])", True),
        ("met by([5..9], [1..5))", False),
        ("overlaps([1..5], [3..9])", True),
        ("overlaps([1..5], [5..9])", True),
        ("overlaps([1..5), [5..9])", False),
        ("overlaps([6..9], [1..5])", False),
        ("overlaps before([1..5], [3..9])", True),
        ("overlaps before([1..5], (1..9])", True),
        ("overlaps before([1..5], [1..9])", False),
        ("overlaps before([1..5), [1..5])", False),
        ("overlaps before([1..5], (1..5])", True),
        ("overlaps before([1..5], (1..5))", False),
        ("overlaps after([3..9], [1..5])", True),
        ("overlaps after((1..5], [1..5))", True),
        ("finishes(9, [1..9])", True),
        ("finishes(9, [1..9))", False),
        ("finishes((1..9], [1..9])", True),
        ("finishes([1..9], (1..9])", False),
        ("finished by([1..9], 9)", True),
        ("includes([1..9], 1)", True),
        ("includes((1..9], 1)", False),
        ("includes([1..9], (1..9))", True),
        ("includes((1..9), [1..9])", False),
        ("during(5, [1..9])", True),
        ("during(9, [1..9))", False),
        ("during((1..9), [1..9])", True),
        ("starts(1, [1..9])", True),
        ("starts(1, (1..9])", False),
        ("starts([1..5], [1..9])", True),
        ("starts((1..5], [1..9])", False),
        ("started by([1..9], [1..5))", True),
        ("coincides(5, 5)", True),
        ("coincides([1..5], [1..5))", False),
        ("during(amount, [50000..70000])", True),
        ('during(due, [@"2026-01-01"..met_on])', None),
        ('during(due, [@"2026-02-01"..met_on])', False),
        ("before(met_on, due)", None),
        ("overlaps([opened_at..now()], [now() - 1d..now()])", True),
        ('includes(["a".."m"], scope)', False),
        ("5 in [1..9] = includes([1..9], 5)", True),
    ],
)
def test_ranges_lie_to_each_other_as_dmn_says(world: "World", text: str, holds: bool | None) -> None:
    assert world.value(text) is holds


def test_the_hour_that_a_zone_repeats_does_not_confuse_ranges(world: "World") -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    moved = world.having(opened_at=first.replace(fold=1))
    assert moved.value('after(opened_at, @"2026-10-25T02:30:00+02:00")') is True
