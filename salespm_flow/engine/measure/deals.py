"""The deals of a workflow, streamed once from the store: what forecasts, calibration and funnels are made of.

Sorts projects into cohorts, open deals and wins; works no figure out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final

from salespm_flow.engine.draft import Draft
from salespm_flow.engine.measure.pricing import Pricing
from salespm_flow.engine.measure.subjects import EVERYTHING, PRODUCT, Subject, test_of
from salespm_flow.engine.ports import Store
from salespm_flow.engine.views.accounts import amount_field
from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.values import Reference, Value
from salespm_flow.model.fields import MoneyOf, Scalar, SimpleType
from salespm_flow.model.history import Entry
from salespm_flow.model.library import Library, organisation_of
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.rules.forecast.calibration import Cohorts, is_stage
from salespm_flow.rules.forecast.deals import By, Category, Deal, Win
from salespm_flow.rules.forecast.funnel import Funnel
from salespm_flow.rules.period import ALWAYS, Period

# The fields that tell on which day a deal is expected to close, the first that the workflow has.
CLOSE_FIELDS: Final = ("expected_close", "expected_close_on", "close_on", "closes_on", "decision_on", "close_date")
CATEGORY_FIELD: Final = "forecast_category"
_CATEGORIES: Final = frozenset(category.value for category in Category)
Taker = Callable[[Deal | Win], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which fields of a workflow a forecast reads, and in which currency it counts; None where there is none."""

    amount: str | None
    close_on: str | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where deals come from: a workflow's projects, whose of them, and what is read of each.

    `opened` are the days on which a project must have been opened to count in the funnel.
    """

    store: Store
    library: Library
    workflow: Workflow
    columns: Columns
    subject: Subject = EVERYTHING
    opened: Period = ALWAYS


@dataclass(slots=True, kw_only=True)
class Books:
    """What one pass found, as of a moment; holds no project.

    `apart` are amounts that no rate converts, with their number, by currency; such deals count without an amount.
    """

    at: datetime
    cohorts: Cohorts
    funnel: Funnel
    won_amount: Decimal = Decimal(0)
    lost_amount: Decimal = Decimal(0)
    apart: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    projects: int = 0

    @property
    def win_rate_value(self) -> Decimal | None:
        """The share of the closed value that was won; None without any."""
        whole = self.won_amount + self.lost_amount
        return None if not whole else round(CONTEXT.divide(self.won_amount, whole), 6)


def columns_of(
    workflow: Workflow, library: Library, *, amount: str | None = None, close_on: str | None = None
) -> Columns:
    """The fields named, else those that the workflow has by custom: `amount` or its first money, an expected close."""
    amount = amount or amount_field(workflow)
    found = None if amount is None else workflow.fields.get(amount)
    is_money = found is not None and isinstance(found.type, MoneyOf)
    currency = found.type.currency if found and isinstance(found.type, MoneyOf) else library.workspace.currency
    days = (name for name in CLOSE_FIELDS if name in workflow.fields and is_day(workflow, name))
    return Columns(amount=amount if is_money else None, close_on=close_on or next(days, None), currency=currency)


def is_day(workflow: Workflow, name: str) -> bool:
    """Whether the field holds a date."""
    return workflow.fields[name].type == SimpleType(Scalar.DATE)


def books(source: Source, at: datetime, *, is_past: bool = False, takers: Sequence[Taker] = ()) -> Books:
    """The books as they stand, or as they stood at `at`; each deal and each win is handed to the takers; one pass."""
    clerk = Clerk(source, at)
    projects = _then(source.store, at) if is_past else source.store.projects(workflow=source.workflow.id)
    for project in projects:
        found = clerk.take(project)
        if found is not None:
            for taker in takers:
                taker(found)
    return clerk.books


def _then(store: Store, at: datetime) -> Iterator[Project]:
    return (project for standing in standings(store, (at,)) for project in standing if project is not None)


def standings(store: Store, moments: Sequence[datetime]) -> Iterator[Iterator[Project | None]]:
    """Of each project how it stood at each of the moments, oldest first, None before it began.

    The histories are read once, however many moments there are. A standing must be read before the next is asked for.
    """
    for _, entries in groupby(store.histories(), key=lambda entry: entry.project):
        yield _stages(entries, moments)


def _stages(entries: Iterator[Entry], ends: Sequence[datetime]) -> Iterator[Project | None]:
    draft: Draft | None = None
    upcoming = next(entries, None)
    for end in ends:
        while upcoming is not None and upcoming.at <= end:
            if draft is None:
                draft = Draft(upcoming.project, upcoming.at)
            draft.at, draft.revision = upcoming.at, upcoming.number
            for change in upcoming.changes:
                draft.apply(change)
            upcoming = next(entries, None)
        yield None if draft is None else draft.freeze()


class Clerk:
    """Sorts the projects of one moment into books."""

    def __init__(self, source: Source, at: datetime) -> None:
        workflow, library = source.workflow, source.library
        self._pricing = Pricing(source.columns.amount, source.columns.currency, library)
        self.books = Books(at=at, cohorts=Cohorts(), funnel=Funnel(workflow.states), apart=self._pricing.apart)
        self._source = source
        self._counts = test_of(source.subject, workflow, library)
        self._stages = {path for path, state in workflow.states.items() if is_stage(state)}
        self._zone = zone_named(library.workspace.timezone)
        firm = organisation_of(workflow, library)
        self._units = {} if firm is None else {person.id: person.unit or "" for person in firm.people.values()}

    def take(self, project: Project) -> Deal | Win | None:
        """The project stands in the books, if it counts; the open deal or the win that it is."""
        if project.pin.workflow != self._source.workflow.id or not self._counts(project):
            return None
        books = self.books
        books.projects += 1
        outcome = project.outcome
        is_success = None if outcome is None else outcome.is_success
        books.cohorts.take(project.entered, is_success=is_success)
        if self._source.opened.holds(self._day(project.opened_at)):
            books.funnel.take(project.entered, is_success=is_success)
        if is_success is None:
            return self._deal(project) if project.is_open else None
        day = self._day(project.outcome_at or project.updated_at)
        amount = self._pricing.amount(project, day)
        if not is_success:
            books.lost_amount += amount or 0
            return None
        books.won_amount += amount or 0
        return Win(day=day, amount=amount, labels=self._labels(project))

    def _deal(self, project: Project) -> Deal:
        fields, columns = project.fields, self._source.columns
        closing = fields.get(columns.close_on) if columns.close_on is not None else None
        named = fields.get(CATEGORY_FIELD)
        return Deal(
            state=self._stage(project.leaves),
            amount=self._pricing.amount(project, self._day(self.books.at)),
            close_on=closing if isinstance(closing, date) and not isinstance(closing, datetime) else None,
            category=Category(named) if isinstance(named, str) and named in _CATEGORIES else None,
            labels=self._labels(project),
        )

    def _stage(self, leaves: Sequence[str]) -> str | None:
        """The stage whose probability is the project's: the first active one that has any, else the first."""
        states = self._source.workflow.states
        active = [leaf for leaf in leaves if leaf in self._stages]
        return next((leaf for leaf in active if states[leaf].probability is not None), next(iter(active), None))

    def _labels(self, project: Project) -> Mapping[By, str]:
        return {
            By.PERSON: project.owner,
            By.TEAM: self._units.get(project.owner, ""),
            By.PRODUCT: _text(project.fields.get(PRODUCT)),
        }

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()


def _text(value: Value) -> str:
    match value:
        case str():
            return value
        case Reference(key=key):
            return key
        case _:
            return ""


def first_moment(day: date, library: Library) -> datetime:
    """The moment before the day begins in the workspace's time zone."""
    zone = zone_named(library.workspace.timezone)
    return datetime(day.year, day.month, day.day, tzinfo=zone) - timedelta(microseconds=1)
