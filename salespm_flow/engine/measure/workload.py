"""Who has how much to do: tasks, hours, days away and open issues of people, counted in one pass over the projects.

Counts what is there; who has too much or too little is judged here too, by the bounds below.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from salespm_flow.engine.measure.census import cases
from salespm_flow.engine.measure.portfolio import Outline
from salespm_flow.engine.measure.serving import Serving
from salespm_flow.engine.measure.subjects import Subject, SubjectKind, capacity, test_of
from salespm_flow.engine.measure.top import Top
from salespm_flow.engine.queries import calendar_of
from salespm_flow.model.expression import PERSON
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.library import Library, organisation_of
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.project import Project, Risk, Task
from salespm_flow.model.statuses import TaskStatus
from salespm_flow.model.workflow import Domain, Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.rules.period import Period

# How many tasks and issues are told by name.
NAMED: Final = 15
# What is planned is compared with the hours of so many days from now on.
HORIZON: Final = timedelta(days=28)
# A person with more of the hours planned or logged has too much to do, one with less than this too little.
MOST: Final = Decimal(1)
LEAST: Final = Decimal("0.5")
_ZERO: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """An open task by name, with its project and the project's workflow and owner."""

    project: str
    workflow: str
    owner: str
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLine:
    """A risk that occurred and is not resolved, with its project and the project's owner."""

    project: str
    owner: str
    risk: Risk


@dataclass(slots=True, kw_only=True)
class PersonLoad:
    """What one person has to do.

    `owned` are open projects and `tasks` open tasks by workflow, `domains` these by domain. `planned` are the hours of
    open tasks that are due by the horizon, `ahead` those that the person works until then; `logged` those of the time
    sheets of the period, `capacity` those that the person could work in it; None where nobody's hours are known. `away`
    are open tasks that are due on days on which the person is away.
    """

    owned: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)
    domains: dict[Domain, int] = field(default_factory=dict)
    overdue: int = 0
    blocked: int = 0
    issues: int = 0
    planned: timedelta = _ZERO
    ahead: timedelta | None = None
    logged: timedelta = _ZERO
    capacity: timedelta | None = None
    away: list[TaskLine] = field(default_factory=list)

    @property
    def load(self) -> Decimal | None:
        """The share of the hours ahead that is planned; None without hours."""
        return _share(self.planned, self.ahead)

    @property
    def utilisation(self) -> Decimal | None:
        """The share of the period's hours that was logged; None without hours."""
        return _share(self.logged, self.capacity)


@dataclass(slots=True, kw_only=True)
class WorkBook:
    """The tasks of one kind that were due in the period: how many, done in time, done late, dropped, still open."""

    planned: int = 0
    in_time: int = 0
    late: int = 0
    dropped: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Who has what to do. `planned` are tasks by workflow and origin, `aimless` open tasks that serve no goal."""

    people: Mapping[str, PersonLoad]
    late: tuple[TaskLine, ...]
    issues: tuple[IssueLine, ...]
    planned: Mapping[tuple[str, str], WorkBook]
    titles: Mapping[tuple[str, str], Task]
    aimless: tuple[TaskLine, ...]
    aimless_count: int
    has_goals: bool


def workload(outline: Outline) -> Workload:
    """The workload; one pass over the projects, over their histories where it is one of the past."""
    names = outline.workflows or tuple(outline.library.workflows)
    count = _Count(outline, names)
    for case in cases(outline.store, names, with_history=False, until=outline.at if outline.is_past else None):
        count.take(case.project)
    return count.workload()


class _Count:
    """Takes projects one after the other."""

    def __init__(self, outline: Outline, names: Iterable[str]) -> None:
        library = outline.library
        self._outline, self._library = outline, library
        self._zone = zone_named(library.workspace.timezone)
        self._today: date = outline.at.astimezone(self._zone).date()
        self._workflows = {name: library.workflows[name] for name in names}
        self._counts = {name: test_of(outline.subject, one, library) for name, one in self._workflows.items()}
        self._sheets = {name: tuple(_sheets(one)) for name, one in self._workflows.items()}
        self._firms = {name: organisation_of(one, library) for name, one in self._workflows.items()}
        self._serving = Serving(library, outline.period)
        self._people: dict[str, PersonLoad] = {}
        self._planned: dict[tuple[str, str], WorkBook] = {}
        self._titles: dict[tuple[str, str], Task] = {}
        self._late: Top[TaskLine] = Top(NAMED)
        self._aimless: Top[TaskLine] = Top(NAMED)
        self._aimless_count = 0
        self._issues: Top[IssueLine] = Top(NAMED)

    def take(self, project: Project) -> None:
        """The project's work is counted."""
        name = project.pin.workflow
        if not self._counts[name](project):
            return
        for task in project.tasks.values():
            self._due(name, task)
            if project.is_open and task.is_open:
                self._open(project, task)
        self._log(project)
        if not project.is_open:
            return
        owned = self._person(project.owner).owned
        owned[name] = owned.get(name, 0) + 1
        for risk in project.risks.values():
            if risk.issue is not None and risk.issue.resolved_at is None:
                self._issue(project, risk)

    def _due(self, workflow: str, task: Task) -> None:
        """What was to be done in the period, against what was."""
        if task.due_at is None or not self._outline.period.holds(task.due_at.astimezone(self._zone).date()):
            return
        # Tasks that people added one by one are one line.
        kind = (workflow, "" if task.origin.startswith(PERSON) else task.origin)
        self._titles.setdefault(kind, task)
        book = self._planned.setdefault(kind, WorkBook())
        book.planned += 1
        match task.status:
            case TaskStatus.DONE:
                is_late = task.closed_at is not None and task.closed_at > task.due_at
                book.late += is_late
                book.in_time += not is_late
            case TaskStatus.VOID:
                book.dropped += 1
            case _:
                book.open += 1

    def _open(self, project: Project, task: Task) -> None:
        name = project.pin.workflow
        line = TaskLine(project=project.id, workflow=name, owner=project.owner, task=task)
        key = f"{project.id} {task.id}"
        is_overdue = task.due_at is not None and task.due_at < self._outline.at
        is_blocked = task.status is TaskStatus.BLOCKED
        if is_overdue or is_blocked:
            since = task.due_at if is_overdue and task.due_at is not None else self._outline.at
            self._late.take((-since.timestamp(),), key, line)
        if not self._serving.serves(project):
            self._aimless_count += 1
            self._aimless.take((-task.opened_at.timestamp(),), key, line)
        if task.who.startswith(PERSON):
            self._assigned(task.who.removeprefix(PERSON), line, is_overdue=is_overdue, is_blocked=is_blocked)

    def _assigned(self, name: str, line: TaskLine, *, is_overdue: bool, is_blocked: bool) -> None:
        person, task = self._person(name), line.task
        person.tasks[line.workflow] = person.tasks.get(line.workflow, 0) + 1
        domain = self._workflows[line.workflow].domain
        person.domains[domain] = person.domains.get(domain, 0) + 1
        person.overdue += is_overdue
        person.blocked += is_blocked
        if task.effort is not None and (task.due_at is None or task.due_at <= self._outline.at + HORIZON):
            person.planned += task.effort
        if task.due_at is not None and len(person.away) < NAMED and self._is_away(name, line, task.due_at):
            person.away.append(line)

    def _is_away(self, name: str, line: TaskLine, due: datetime) -> bool:
        firm = self._firms[line.workflow]
        found = None if firm is None else firm.people.get(name)
        day = due.astimezone(self._zone).date()
        return found is not None and any(one.first <= day <= one.last for one in found.away)

    def _log(self, project: Project) -> None:
        """The hours of the project's time sheets that lie in the period."""
        for record, who, hours, day in self._sheets[project.pin.workflow]:
            for row in project.records.get(record, ()):
                person, spent = row.values.get(who), row.values.get(hours)
                on = row.values.get(day) if day else None
                worked = on if isinstance(on, date) else row.at.astimezone(self._zone).date()
                if isinstance(person, str) and isinstance(spent, timedelta) and self._outline.period.holds(worked):
                    self._person(person).logged += spent

    def _issue(self, project: Project, risk: Risk) -> None:
        self._person(project.owner).issues += 1
        line = IssueLine(project=project.id, owner=project.owner, risk=risk)
        opened = risk.issue.opened_at.timestamp() if risk.issue is not None else 0.0
        self._issues.take((-opened,), f"{project.id} {risk.id}", line)

    def _person(self, name: str) -> PersonLoad:
        if name not in self._people:
            self._people[name] = self._of(name)
        return self._people[name]

    def _of(self, name: str) -> PersonLoad:
        firm = next((one for one in self._firms.values() if one is not None and name in one.people), None)
        ahead = Period(start=self._today, end=self._today + HORIZON - timedelta(days=1))
        return PersonLoad(
            ahead=_hours(name, firm, self._library, ahead),
            capacity=_hours(name, firm, self._library, self._outline.period),
        )

    def workload(self) -> Workload:
        """What was found; people of the organisations who have nothing to do are in it too."""
        for firm in self._firms.values():
            for name, person in ({} if firm is None else firm.people).items():
                if person.left_on is None or person.left_on > self._today:
                    self._person(name)
        return Workload(
            people={name: self._people[name] for name in sorted(self._people) if name},
            late=self._late.best(),
            issues=self._issues.best(),
            planned={kind: self._planned[kind] for kind in sorted(self._planned)},
            titles=self._titles,
            aimless=self._aimless.best(),
            aimless_count=self._aimless_count,
            has_goals=self._serving.has_goals,
        )


def _sheets(workflow: Workflow) -> Iterator[tuple[str, str, str, str]]:
    """The records that say how long a person worked, with the columns of the person, the hours and the day."""
    for record in workflow.records.values():
        of: dict[Scalar, str] = {}
        for one in record.fields.values():
            if isinstance(one.type, SimpleType):
                of.setdefault(one.type.scalar, one.id)
        person, hours = of.get(Scalar.PERSON), of.get(Scalar.DURATION)
        if person is not None and hours is not None:
            yield record.id, person, hours, of.get(Scalar.DATE, "")


def _hours(name: str, firm: Organisation | None, library: Library, period: Period) -> timedelta | None:
    return capacity(Subject(kind=SubjectKind.PERSON, id=name), firm, calendar_of(library), period)


def _share(part: timedelta, whole: timedelta | None) -> Decimal | None:
    return None if not whole else Decimal(part // timedelta(seconds=1)) / Decimal(whole // timedelta(seconds=1))
