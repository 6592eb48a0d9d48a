"""What a portfolio of one workflow gives the benchmark of rules: its projects, and the same formulas for the peer.

The peer gets what each formula needs as ready plain values (amounts as numbers, days as moments, stays as days, sums of
tasks), prepared beforehand at nobody's cost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Final

from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.project import Project, Row, Snapshot

NOW: Final = datetime(2026, 6, 1, 2, tzinfo=UTC)
TODAY: Final = date(2026, 6, 1)
Plain = Mapping[str, object]


class Whole(Enum):
    """What becomes of what was added up."""

    SUM = "sum"
    MEAN = "mean"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI in the peer's language: which rows count, what is added up of each, and what becomes of it."""

    where: str
    values: tuple[str, ...]
    whole: Whole = Whole.MEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Projects of one workflow, with its risk rules and the KPIs of the scorecards in the peer's language.

    Args:
        workflow: its id.
        rules: the risk rules by id.
        figures: the KPIs by id.
        snapshot: one of many different projects, by its number; every rule holds for some of them.
        row: what the formulas read of it.
    """

    workflow: str
    rules: Mapping[str, str]
    figures: Mapping[str, Figure]
    snapshot: Callable[[Project, int], Snapshot]
    row: Callable[[Compiled, Snapshot], Plain]


def rows(count: int, at: datetime, **values: Value) -> tuple[Row, ...]:
    """So many equal rows of a record."""
    return tuple(Row(number=n + 1, at=at, by="wang", first_at=at, values=values) for n in range(count))


def cny(amount: int) -> Money:
    """The amount in the currency of the shipped definitions."""
    return Money(Decimal(amount), "CNY")


def moment(day: date) -> datetime:
    """The day as the peer compares days: its midnight."""
    return datetime.combine(day, time.min, UTC)


def plain(value: Value) -> object:
    """Amounts as numbers and dates as moments."""
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, date) and not isinstance(value, datetime):
        return moment(value)
    return value


def listed(project: Project, record: str, *blank: str) -> list[dict[str, object]]:
    """The rows of a record; `blank` are the columns that a row may leave out."""
    return [
        {name: plain(value) for name, value in {**dict.fromkeys(blank), **row.values, "at": row.at}.items()}
        for row in project.records.get(record, ())
    ]


def ended(project: Project) -> dict[str, object]:
    """How and when the project came out."""
    return {
        "outcome": None if project.outcome is None else project.outcome.value,
        "outcome_on": None if project.outcome_at is None else moment(project.outcome_at.date()),
        "cycle_days": None if project.outcome_at is None else (project.outcome_at - project.opened_at).days,
    }


def overdue(project: Project) -> int:
    """How many open tasks are late."""
    return sum(1 for task in project.tasks.values() if task.is_open and task.due_at is not None and task.due_at < NOW)
