"""The small world that the rule language's tests speak about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from salespm_flow.diagnostics import Severity
from salespm_flow.expr.check import Checked, check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.problems import Problem
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONTHS,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    UNKNOWN,
    WORKING,
    EnumType,
    ListType,
    MoneyType,
    RecordType,
    RefType,
    Typed,
)
from salespm_flow.expr.values import Money, Reference, Value
from salespm_flow.working_time import plain_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CNY = MoneyType("CNY")
NEED = RecordType(
    {
        "ref": Typed(TEXT),
        "priority": Typed(NUMBER, nullable=True),
        "price": Typed(CNY, nullable=True),
        "at": Typed(DATETIME),
    }
)
NAMES: Mapping[str, Typed] = {
    "amount": Typed(CNY),
    "cost": Typed(CNY, nullable=True),
    "dollars": Typed(MoneyType("USD")),
    "金额": Typed(CNY),
    "discount": Typed(PERCENT, nullable=True),
    "days": Typed(NUMBER),
    "score": Typed(NUMBER, nullable=True),
    "scope": Typed(TEXT),
    "note": Typed(TEXT, nullable=True),
    "yes": Typed(BOOLEAN),
    "no": Typed(BOOLEAN),
    "maybe": Typed(BOOLEAN, nullable=True),
    "due": Typed(DATE),
    "met_on": Typed(DATE, nullable=True),
    "opened_at": Typed(DATETIME),
    "meeting": Typed(TIME),
    "effort": Typed(DURATION),
    "term": Typed(MONTHS),
    "sprint": Typed(WORKING),
    "lost_reason": Typed(EnumType(("price", "timing", "rival")), nullable=True),
    "level": Typed(EnumType(("low", "high", "extreme"))),
    "account": Typed(RefType({"sector": Typed(TEXT), "size": Typed(NUMBER)}, "name"), nullable=True),
    "risk": Typed(RecordType({"score": Typed(NUMBER), "level": Typed(EnumType(("low", "high")), nullable=True)})),
    "child": Typed(RecordType({"delivery": Typed(RecordType({"outcome": Typed(TEXT)}), nullable=True)})),
    "needs": Typed(ListType(Typed(NEED))),
    "none_yet": Typed(ListType(Typed(NEED))),
    "unread": Typed(ListType(Typed(NEED)), nullable=True),
    "scores": Typed(ListType(Typed(NUMBER))),
    "states": Typed(ListType(Typed(TEXT))),
    "anything": Typed(UNKNOWN, nullable=True),
}
VALUES: Mapping[str, Value] = {
    "amount": Money(Decimal(60000), "CNY"),
    "cost": None,
    "dollars": Money(Decimal(7), "USD"),
    "金额": Money(Decimal(1), "CNY"),
    "discount": Decimal("0.2"),
    "days": Decimal(3),
    "score": None,
    "scope": "CRM 系统",
    "note": None,
    "yes": True,
    "no": False,
    "maybe": None,
    "due": date(2026, 1, 9),
    "met_on": None,
    "opened_at": datetime(2026, 1, 5, 9, 30, tzinfo=SHANGHAI),
    "meeting": datetime(2026, 1, 1, 23, 30, tzinfo=SHANGHAI).time(),
    "effort": datetime(2026, 1, 2, tzinfo=SHANGHAI) - datetime(2026, 1, 1, tzinfo=SHANGHAI),
    "lost_reason": "price",
    "level": "high",
    "account": Reference(key="华为", row=MappingProxyType({"sector": "ict", "size": Decimal(9)})),
    "risk": MappingProxyType({"score": Decimal(12), "level": None}),
    "child": MappingProxyType({"delivery": None}),
    "needs": (
        {
            "ref": "a",
            "priority": Decimal(1),
            "price": Money(Decimal(5), "CNY"),
            "at": datetime(2026, 1, 5, tzinfo=SHANGHAI),
        },
        {"ref": "b", "priority": None, "price": None, "at": datetime(2026, 1, 6, tzinfo=SHANGHAI)},
    ),
    "none_yet": (),
    "unread": None,
    "scores": (Decimal(4), Decimal(2), Decimal(9)),
    "states": ("red", "control"),
    "anything": None,
}


@dataclass(frozen=True, slots=True)
class Stays:
    """In `red` since New Year; `green` was left. `needs` changed three days later."""

    def is_in(self, state: str) -> bool:
        return state == "red"

    def entered_at(self, state: str) -> datetime | None:
        return datetime(2026, 1, 1, tzinfo=SHANGHAI) if state in {"red", "green"} else None

    def changed_at(self, name: str) -> datetime | None:
        return datetime(2026, 1, 4, tzinfo=SHANGHAI) if name == "needs" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Asks the rule language about a text."""

    names: Mapping[str, Typed]
    values: Mapping[str, Value]
    fuel: int = 100_000

    def having(self, **values: Value) -> "World":
        return replace(self, values={**self.values, **values})

    def scope(self) -> Scope:
        return Scope(
            names=self.values,
            now=datetime(2026, 1, 6, 12, tzinfo=SHANGHAI),
            zone=SHANGHAI,
            calendar=plain_calendar(SHANGHAI),
            stays=Stays(),
            fuel=self.fuel,
        )

    def checked(self, text: str) -> Checked:
        parsed = parse(text)
        assert parsed.node is not None, parsed.problems
        assert parsed.problems == ()
        return check(
            parsed.node,
            self.names,
            states=frozenset({"red", "green", "control"}),
            changeable=frozenset({"needs", "amount"}),
        )

    def problems(self, text: str) -> tuple[Problem, ...]:
        parsed = parse(text)
        if parsed.node is None:
            return parsed.problems
        checked = check(parsed.node, self.names, states=frozenset({"red"}), changeable=frozenset({"needs", "amount"}))
        return (*parsed.problems, *checked.problems)

    def found(self, text: str) -> list[tuple[str, str, str | None]]:
        """Each finding's code, the text it points at, and its English hint."""
        return [
            (one.code, text[one.start : one.end], None if one.hint is None else one.hint.en)
            for one in self.problems(text)
        ]

    def value(self, text: str) -> Value:
        checked = self.checked(text)
        assert [one for one in checked.problems if one.severity is Severity.ERROR] == []
        parsed = parse(text)
        assert parsed.node is not None
        return compile_node(parsed.node, self.names)(self.scope())


@pytest.fixture(scope="session")
def world() -> World:
    return World(names=NAMES, values=VALUES)
