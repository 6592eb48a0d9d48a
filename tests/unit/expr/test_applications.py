"""Calls of names: `table.limit(amount: 5)`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.scope import OutOfFuel, Scope
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.types import (
    BOOLEAN,
    NUMBER,
    PERCENT,
    EnumType,
    FunctionType,
    ListType,
    MoneyType,
    RecordType,
    Type,
    Typed,
)
from salespm_flow.expr.unparse import unparse
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.zones import zone_named
from salespm_flow.working_time import plain_calendar

LIMIT = FunctionType({"amount": MoneyType("CNY"), "tier": EnumType(("standard", "key"))}, Typed(PERCENT, nullable=True))
NAMES: Mapping[str, Typed] = {
    "table": Typed(RecordType({"limit": Typed(LIMIT)})),
    "amount": Typed(MoneyType("CNY")),
    "amounts": Typed(ListType(Typed(MoneyType("CNY")))),
    "count": Typed(NUMBER),
}


class Nowhere:
    """No project."""

    def is_in(self, _state: str) -> bool:
        return False

    def entered_at(self, _state: str) -> None:
        return None

    def changed_at(self, _name: str) -> None:
        return None


def tree(text: str) -> Node:
    """The tree of a text without syntax errors."""
    parsed = parse(text)
    assert parsed.problems == ()
    assert parsed.node is not None
    return parsed.node


def findings(text: str) -> list[tuple[str, str, str | None]]:
    """Code, place and hint of each finding."""
    return [
        (one.code, text[one.start : one.end], None if one.hint is None else one.hint.en)
        for one in check(tree(text), NAMES).problems
    ]


def value(text: str, expected: Type | None = None, fuel: int = 1000) -> Value:
    """What the text comes to where `table.limit` gives its arguments back, a tenth of the amount."""

    def limit(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
        amount, tier = arguments
        assert amount is None or isinstance(amount, Money)
        return None if amount is None or tier != "key" else amount.amount / 10

    zone = zone_named("UTC")
    names: dict[str, Value] = {
        "table": {"limit": limit},
        "amount": Money(Decimal(50), "CNY"),
        "amounts": (Money(Decimal(10), "CNY"), Money(Decimal(20), "CNY")),
    }
    scope = Scope(
        names=names, now=datetime(2026, 1, 5, tzinfo=UTC), zone=zone, calendar=plain_calendar(zone), stays=Nowhere()
    )
    scope.fuel = fuel
    return compile_node(tree(text), NAMES, expected)(scope)


@pytest.mark.parametrize(
    "text", ['table.limit(amount, "key")', 'table.limit(tier: "key", amount: amount)', "table.limit(amount: 1)"]
)
def test_a_call_prints_as_it_was_written(text: str) -> None:
    assert unparse(tree(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('table.limit(amount, "key")', Decimal(5)),
        ('table.limit(tier: "key", amount: amount)', Decimal(5)),
        ('table.limit(amount: 100, tier: "key")', Decimal(10)),
        ('table.limit(null, "key")', None),
        ('for a in amounts return table.limit(a, "key")', (Decimal(1), Decimal(2))),
        ('table.limit(amount, "key") < 3', False),
    ],
)
def test_a_call_gives_what_stands_behind_the_name(text: str, expected: Value) -> None:
    assert value(text) == expected


def test_the_result_is_typed() -> None:
    assert check(tree('table.limit(amount, "key")'), NAMES).type == Typed(PERCENT, nullable=True)
    assert check(tree('table.limit(amount, "key") > 5%'), NAMES).type == Typed(BOOLEAN, nullable=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("table.limit(amount)", [("SF207", "table.limit(amount)", "usage: `table.limit(amount: …, tier: …)`")]),
        (
            'table.limit(amount, "key", 1)',
            [("SF207", 'table.limit(amount, "key", 1)', "usage: `table.limit(amount: …, tier: …)`")],
        ),
        ('table.limit(amuont: amount, tier: "key")', [("SF207", "amount", "did you mean `amount`?")]),
        ('table.limit(amount, "gold")', [("SF204", '"gold"', 'one of "standard", "key"')]),
        ('table.limit(count, "key")', [("SF203", "count", 'write `money(count, "CNY")`')]),
        ("table.limit", [("SF207", "table.limit", "write `table.limit(…)`")]),
        ("table.limt(amount)", [("SF206", "table.limt(amount)", "did you mean `table.limit`?")]),
        ("table.zzz(amount)", [("SF206", "table.zzz(amount)", "one of table.limit")]),
    ],
)
def test_findings_have_code_place_and_hint(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert findings(text) == expected


@pytest.mark.parametrize(
    "text",
    ["table.limit(amount: 1, 2)", "table.limit(1, tier: 2)", "table.limit(amount: 1, amount: 2)", "table.limit(if: 1)"],
)
def test_arguments_are_all_named_or_none_is(text: str) -> None:
    assert [one.code for one in parse(text).problems] == ["SF201"]


def test_a_call_burns_fuel() -> None:
    with pytest.raises(OutOfFuel):
        value('table.limit(amount, "key")', fuel=1)
