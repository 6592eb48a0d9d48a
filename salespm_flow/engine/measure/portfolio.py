"""All projects of a workspace counted in one pass: by workflow, state, quarter and person, with time limits and risks.

What is held does not grow with the projects: sums, counts, and the few worst and largest by name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.definitions import Definitions
from salespm_flow.engine.measure.census import cases
from salespm_flow.engine.measure.deals import Clerk, Source, columns_of
from salespm_flow.engine.measure.quarter_book import QuarterBook
from salespm_flow.engine.measure.subjects import EVERYTHING, Subject, test_of
from salespm_flow.engine.measure.top import Top
from salespm_flow.engine.ports import Store
from salespm_flow.engine.views.sla import Light, limits
from salespm_flow.expr.values import Money
from salespm_flow.model.expression import PERSON
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project, Risk
from salespm_flow.model.risk_matrix import RiskMatrix
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.model.workflow import Domain, Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.rules.exposure import emv, is_answered
from salespm_flow.rules.forecast.calibration import Odds, odds_of
from salespm_flow.rules.forecast.deals import Deal, Win, quarter_of
from salespm_flow.rules.forecast.funnel import Step
from salespm_flow.rules.period import ALWAYS, Period
from salespm_flow.rules.risk_matrix import MatrixCount

# How many projects and risks are told by name, and how many risks of one cell.
NAMED: Final = 10
NAMED_IN_CELL: Final = 12
Sums = dict[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a portfolio is asked for: which projects, as of when, and the days in which ends count."""

    store: Store
    library: Library
    definitions: Definitions
    at: datetime
    is_past: bool = False
    period: Period = ALWAYS
    workflows: tuple[str, ...] = ()
    subject: Subject = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLine:
    """A project by name: its workflow, where it stands since when, whose it is and what it is worth."""

    project: str
    workflow: str
    state: str
    owner: str
    since: datetime
    amount: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLine:
    """A standing risk by name; `rank` is that of its level among `levels`, from 0."""

    project: str
    risk: Risk
    rank: int
    levels: int


@dataclass(slots=True, kw_only=True)
class StateBook:
    """The open projects of one state: how many, their sum, how many of each light of their time limits."""

    count: int = 0
    amount: Decimal = Decimal(0)
    lights: Counter[Light] = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class PersonBook:
    """What one person owns and has to do; `won` and `lost` ended within the period, sums by currency."""

    open: int = 0
    worth: Sums = field(default_factory=dict)
    won: int = 0
    won_worth: Sums = field(default_factory=dict)
    lost: int = 0
    late: int = 0
    tasks: int = 0
    overdue: int = 0


@dataclass(slots=True, kw_only=True)
class CategoryBook:
    """The standing risks of one category: how many, how many without a response, and what is expected of them."""

    count: int = 0
    unanswered: int = 0
    occurred: int = 0
    expected: Sums = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowBook:
    """The projects of one workflow.

    `states` are by name, those of the definition first and in its order. `ended` are those that ended in the period, by
    outcome. `quarters` are the expected ones of open deals and the real ones of won ones; `apart` as in `Books`.
    """

    workflow: Workflow
    currency: str
    has_amounts: bool
    projects: int
    open: int
    amount: Decimal
    states: Mapping[str, StateBook]
    ended: Mapping[str, int]
    funnel: tuple[Step, ...]
    odds: Mapping[str, Odds]
    quarters: Mapping[str, QuarterBook]
    slipped: int
    apart: Mapping[str, tuple[int, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """All of it. `late` are open projects beyond a time limit, the longest there first; `largest` by amount."""

    outline: Outline
    workflows: tuple[WorkflowBook, ...]
    people: Mapping[str, PersonBook]
    matrices: Mapping[str, RiskMatrix]
    residuals: Mapping[str, RiskMatrix]
    categories: Mapping[str, CategoryBook]
    late: tuple[ProjectLine, ...]
    largest: tuple[ProjectLine, ...]
    worst: tuple[RiskLine, ...]


def portfolio(outline: Outline) -> Portfolio:
    """The portfolio; one pass over the projects, over their histories where it is one of the past."""
    library = outline.library
    names = outline.workflows or tuple(library.workflows)
    count = _Count(outline, names)
    for case in cases(outline.store, names, with_history=False, until=outline.at if outline.is_past else None):
        count.take(case.project)
    return count.portfolio()


class _Count:
    """Takes projects one after the other."""

    def __init__(self, outline: Outline, names: Iterable[str]) -> None:
        self._outline = outline
        self._zone = zone_named(outline.library.workspace.timezone)
        self._desks = {name: _Desk(outline, outline.library.workflows[name]) for name in names}
        self._people: dict[str, PersonBook] = {}
        self._risks = _Risks()
        self._late: Top[ProjectLine] = Top(NAMED)
        self._largest: Top[ProjectLine] = Top(NAMED)

    def take(self, project: Project) -> None:
        desk = self._desks[project.pin.workflow]
        if not desk.counts(project):
            return
        compiled = self._outline.definitions.pinned(project.pin)
        amount = desk.take(project)
        if project.outcome is not None:
            self._ended(project, desk, amount)
        if not project.is_open:
            return
        worst = next((one.light for one in limits(compiled.workflow, project, self._outline.at)), None)
        desk.stand(project, amount, worst)
        self._open(project, desk, amount, is_late=worst is Light.RED)
        self._risks.take(project, compiled)

    def _ended(self, project: Project, desk: "_Desk", amount: Decimal | None) -> None:
        day = (project.outcome_at or project.updated_at).astimezone(self._zone).date()
        if project.outcome is None or not self._outline.period.holds(day):
            return
        desk.ended[project.outcome.value] += 1
        person = self._person(project.owner)
        if project.outcome.is_success:
            person.won += 1
            _add(person.won_worth, desk.currency, amount)
        else:
            person.lost += 1

    def _open(self, project: Project, desk: "_Desk", amount: Decimal | None, *, is_late: bool) -> None:
        person = self._person(project.owner)
        person.open += 1
        person.late += is_late
        _add(person.worth, desk.currency, amount)
        for task in project.tasks.values():
            if task.is_open and task.who.startswith(PERSON):
                doer = self._person(task.who.removeprefix(PERSON))
                doer.tasks += 1
                doer.overdue += task.due_at is not None and task.due_at < self._outline.at
        line = ProjectLine(
            project=project.id,
            workflow=project.pin.workflow,
            state=project.state,
            owner=project.owner,
            since=max((project.entered[leaf] for leaf in project.leaves), default=project.opened_at),
            amount=None if amount is None else Money(amount, desk.currency),
        )
        if is_late:
            self._late.take((-line.since.timestamp(),), project.id, line)
        if amount:
            self._largest.take((float(amount),), project.id, line)

    def _person(self, name: str) -> PersonBook:
        return self._people.setdefault(name, PersonBook())

    def portfolio(self) -> Portfolio:
        """What was found."""
        risks = self._risks
        return Portfolio(
            outline=self._outline,
            workflows=tuple(sorted((desk.book() for desk in self._desks.values() if desk.projects), key=_domain)),
            people={name: self._people[name] for name in sorted(self._people)},
            matrices={name: one.matrix() for name, one in risks.matrices.items()},
            residuals={name: one.matrix() for name, one in risks.residuals.items()},
            categories={name: risks.categories[name] for name in sorted(risks.categories)},
            late=self._late.best(),
            largest=self._largest.best(),
            worst=risks.worst.best(),
        )


class _Desk:
    """Counts the projects of one workflow."""

    def __init__(self, outline: Outline, workflow: Workflow) -> None:
        columns = columns_of(workflow, outline.library)
        source = Source(store=outline.store, library=outline.library, workflow=workflow, columns=columns)
        self.currency = columns.currency
        self.ended: Counter[str] = Counter()
        self.counts: Callable[[Project], bool] = test_of(outline.subject, workflow, outline.library)
        self._workflow, self._has_amounts = workflow, columns.amount is not None
        self._today: date = outline.at.astimezone(zone_named(outline.library.workspace.timezone)).date()
        self._clerk = Clerk(source, outline.at)
        self._states: dict[str, StateBook] = {}
        self._quarters: dict[str, QuarterBook] = {}
        self._open = self._slipped = 0
        self._amount = Decimal(0)

    @property
    def projects(self) -> int:
        """How many were taken."""
        return self._clerk.books.projects

    def take(self, project: Project) -> Decimal | None:
        """The project is in the funnel and in its quarter; its amount."""
        match self._clerk.take(project):
            case Deal() as deal:
                quarter = "" if deal.close_on is None else quarter_of(deal.close_on)
                self._quarters.setdefault(quarter, QuarterBook()).expect(deal)
                self._slipped += deal.close_on is not None and deal.close_on < self._today
                return deal.amount
            case Win() as win:
                self._quarters.setdefault(quarter_of(win.day), QuarterBook()).win(win)
                return win.amount
            case None:
                return None

    def stand(self, project: Project, amount: Decimal | None, light: Light | None) -> None:
        """The open project stands in its state."""
        book = self._states.setdefault(project.state, StateBook())
        book.count += 1
        book.amount += amount or 0
        if light is not None:
            book.lights[light] += 1
        self._open += 1
        self._amount += amount or 0

    def book(self) -> WorkflowBook:
        """What was found."""
        workflow, books = self._workflow, self._clerk.books
        order = [state.name for state in workflow.states.values() if state.name in self._states]
        order += [name for name in sorted(self._states) if name not in order]
        return WorkflowBook(
            workflow=workflow,
            currency=self.currency,
            has_amounts=self._has_amounts,
            projects=self.projects,
            open=self._open,
            amount=self._amount,
            states={name: self._states[name] for name in order},
            ended=dict(sorted(self.ended.items())),
            funnel=books.funnel.steps(),
            odds=odds_of(workflow.states, books.cohorts),
            quarters={name: self._quarters[name] for name in sorted(self._quarters)},
            slipped=self._slipped,
            apart=books.apart,
        )


class _Risks:
    """Counts standing risks."""

    def __init__(self) -> None:
        self.matrices: dict[str, MatrixCount] = {}
        self.residuals: dict[str, MatrixCount] = {}
        self.categories: dict[str, CategoryBook] = {}
        self.worst: Top[RiskLine] = Top(NAMED)

    def take(self, project: Project, compiled: Compiled) -> None:
        models = {one.model.id: one.model for one in compiled.risks}
        if not models:
            return
        for risk in project.risks.values():
            if risk.is_standing:
                self._risk(project.id, risk, model_of(risk, models))

    def _risk(self, project: str, risk: Risk, model: RiskModel) -> None:
        self.matrices.setdefault(model.id, MatrixCount(model, NAMED_IN_CELL)).take(project, risk)
        residual = self.residuals.setdefault(model.id, MatrixCount(model, NAMED_IN_CELL))
        residual.take(project, risk, is_residual=True)
        book = self.categories.setdefault(risk.category, CategoryBook())
        book.count += 1
        book.occurred += risk.status is RiskStatus.OCCURRED
        book.unanswered += not is_answered(risk)
        expected = emv(risk)
        if expected is not None:
            _add(book.expected, expected.currency, expected.amount)
        ranks = [level.id for level in model.levels]
        rank = ranks.index(risk.level) if risk.level in ranks else 0
        line = RiskLine(project=project, risk=risk, rank=rank, levels=len(ranks))
        self.worst.take((rank / max(len(ranks), 1), risk.score), f"{project} {risk.id}", line)


def model_of(risk: Risk, models: Mapping[str, RiskModel]) -> RiskModel:
    """The model that judges the risk: its rule's own; the workflow's first for what no rule found."""
    own = risk.rule.partition(".")[0]
    return models[own] if own in models else next(iter(models.values()))


def _domain(book: WorkflowBook) -> int:
    """What is sold comes before what is delivered."""
    return list(Domain).index(book.workflow.domain)


def _add(sums: Sums, currency: str, amount: Decimal | None) -> None:
    if amount is not None:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
