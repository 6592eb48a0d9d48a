"""What is known of one row of a reference across projects: deals, revenue, records, last contact."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Final

from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.fields import ListOf, MoneyOf, Record, RefTo, Scalar, SimpleType
from salespm_flow.model.project import Pin, Project, Row
from salespm_flow.model.workflow import Outcome, Workflow
from salespm_flow.nouns import dataclass

AMOUNT: Final = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A project that names the row; `amount` is what it is worth."""

    project: Project
    workflow: Workflow
    amount: Money | None

    @property
    def is_won(self) -> bool:
        """Whether it was sold; what delivers a deal is no deal won, and its budget no revenue."""
        return self.project.outcome is Outcome.WON


@dataclass(slots=True, kw_only=True)
class RecordTally:
    """The newest rows of one record over all deals.

    `means` are of its whole-number fields, `totals` of its money by field and currency, `open` of its flag.
    """

    record: Record
    rows: int = 0
    last_at: datetime | None = None
    sums: dict[str, tuple[Decimal, int]] = field(default_factory=dict)
    totals: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    open: int | None = None

    @property
    def means(self) -> Mapping[str, Decimal]:
        """The mean of each whole-number field that has values."""
        return {name: total / count for name, (total, count) in self.sums.items() if count}


@dataclass(slots=True, kw_only=True)
class Account:
    """One row seen across projects; `revenue` is what was won, by currency."""

    key: str
    deals: list[Deal] = field(default_factory=list)
    records: dict[str, RecordTally] = field(default_factory=dict)
    revenue: dict[str, Decimal] = field(default_factory=dict)
    last_at: datetime | None = None


def account_of(
    reference: str, key: str, projects: Iterable[Project], compiled_of: Callable[[Pin], Compiled]
) -> Account:
    """All that the projects know of the row; those that do not name it are passed by."""
    account = Account(key=key)
    for project in projects:
        workflow = compiled_of(project.pin).workflow
        if _names(project, workflow, reference, key):
            _add(account, Deal(project=project, workflow=workflow, amount=_amount(project, workflow)))
    return account


def _names(project: Project, workflow: Workflow, reference: str, key: str) -> bool:
    for declared in workflow.fields.values():
        value = project.fields.get(declared.id)
        match declared.type:
            case RefTo(reference=table) if table == reference and value == key:
                return True
            case ListOf(item=RefTo(reference=table)) if table == reference and isinstance(value, tuple):
                if key in value:
                    return True
            case _:
                pass
    return False


def amount_field(workflow: Workflow) -> str | None:
    """The field that says how much a project is worth: `amount`, else the first that holds money."""
    money = [one.id for one in workflow.fields.values() if isinstance(one.type, MoneyOf)]
    return AMOUNT if AMOUNT in money else next(iter(money), None)


def _amount(project: Project, workflow: Workflow) -> Money | None:
    name = amount_field(workflow)
    value = None if name is None else project.fields.get(name)
    return value if isinstance(value, Money) else None


def _add(account: Account, deal: Deal) -> None:
    account.deals.append(deal)
    project, amount = deal.project, deal.amount
    if deal.is_won and amount is not None:
        account.revenue[amount.currency] = account.revenue.get(amount.currency, Decimal()) + amount.amount
    for name, rows in project.records.items():
        record = deal.workflow.records.get(name)
        if record is None or not rows:
            continue
        tally = account.records.setdefault(name, RecordTally(record=record))
        for row in _newest(record, rows):
            _count(tally, row)
        account.last_at = max(filter(None, (account.last_at, tally.last_at)))


def _newest(record: Record, rows: tuple[Row, ...]) -> Iterator[Row]:
    if record.key is None:
        yield from rows
    else:
        newest: dict[Value, Row] = {row.values.get(record.key): row for row in rows}
        yield from newest.values()


def _count(tally: RecordTally, row: Row) -> None:
    tally.rows += 1
    tally.last_at = row.at if tally.last_at is None else max(tally.last_at, row.at)
    for column in tally.record.fields.values():
        value = row.values.get(column.id)
        if column.type == SimpleType(Scalar.INTEGER) and isinstance(value, Decimal):
            total, count = tally.sums.get(column.id, (Decimal(), 0))
            tally.sums[column.id] = (total + value, count + 1)
        if isinstance(value, Money):
            place = (column.id, value.currency)
            tally.totals[place] = tally.totals.get(place, Decimal()) + value.amount
        if column.id == "open" and column.type == SimpleType(Scalar.BOOLEAN):
            tally.open = (tally.open or 0) + (value is True)
