"""One suite over every built-in function."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.functions import ABSENT, ALIASES, FUNCTIONS
from salespm_flow.expr.parse import parse
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.types import MoneyType, Typed
from salespm_flow.expr.values import Money
from salespm_flow.working_time import plain_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Negotiating:
    """In `negotiation` for thirty days after ten of `proposal`; the needs changed five days ago."""

    def is_in(self, state: str) -> bool:
        return state == "negotiation"

    def entered_at(self, state: str) -> datetime | None:
        days = {"negotiation": 30, "proposal": 40}
        return NOW - timedelta(days=days[state]) if state in days else None

    def changed_at(self, name: str) -> datetime | None:
        return NOW - timedelta(days=5) if name == "needs" else None


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_example_is_a_true_claim_about_its_function(name: str) -> None:
    parsed = parse(FUNCTIONS[name].example)
    assert parsed.problems == ()
    assert parsed.node is not None
    checked = check(parsed.node, {}, states=frozenset({"negotiation", "proposal"}), changeable=frozenset({"needs"}))
    assert name in checked.calls
    assert checked.problems == ()
    scope = Scope(names={}, now=NOW, zone=SHANGHAI, calendar=plain_calendar(SHANGHAI), stays=Negotiating())
    assert compile_node(parsed.node, {})(scope) is True


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_described_in_both_languages(name: str) -> None:
    description = FUNCTIONS[name].description
    assert description.zh != description.en
    assert description.en[0].isupper()


def test_aliases_and_absent_functions_do_not_hide_real_ones() -> None:
    assert set(ALIASES.values()) <= FUNCTIONS.keys()
    assert not FUNCTIONS.keys() & (ALIASES.keys() | ABSENT.keys())


def test_conversion_is_exact_and_rounds_once() -> None:
    def third(_source: str, _target: str, _on: date) -> tuple[Decimal, Decimal]:
        return Decimal(2), Decimal(3)

    scope = Scope(
        names={"x": Money(Decimal(1), "USD")},
        now=NOW,
        zone=SHANGHAI,
        calendar=plain_calendar(SHANGHAI),
        stays=Negotiating(),
        exchange=third,
    )
    parsed = parse('convert(x, "CNY")')
    assert parsed.node is not None
    found = compile_node(parsed.node, {"x": Typed(MoneyType("USD"))})(scope)
    assert found == Money(Decimal("0." + "6" * 33 + "7"), "CNY")
