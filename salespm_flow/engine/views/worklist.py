"""What waits for one person, across all projects: to approve, to do, to look at. Knows no face and changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.places import is_within
from salespm_flow.engine.ports import AssignedTask, Stay
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.views.offers import approvals_to_decide
from salespm_flow.engine.views.sla import Light, limits_at
from salespm_flow.model.decision import Actor
from salespm_flow.model.library import Library
from salespm_flow.model.organisation import Organisation, holders, manager_of, roles_of, standings
from salespm_flow.model.priority import Priority
from salespm_flow.model.project import Project
from salespm_flow.model.statuses import TaskStatus
from salespm_flow.model.workflow import Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass

_URGENCY: Final = {priority: -number for number, priority in enumerate(Priority)}
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Section(StrEnum):
    """Why something stands in a worklist, the most pressing first."""

    APPROVALS = "approvals"
    TASKS = "tasks"
    LIMITS = "limits"
    OVERDUE = "overdue"
    REVIEWS = "reviews"


class Standing(StrEnum):
    """How it stands with one thing of a worklist."""

    READY = "ready"
    WAITING = "waiting"
    BLOCKED = "blocked"
    WARNED = "warned"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """As whom somebody is addressed: `parties` as `Task.who`, and the `owners` whose projects concern him.

    The owners are himself, the absent colleagues he stands for, and everybody whose unit he manages.
    """

    actor: Actor
    parties: tuple[str, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One thing that waits; `id` is the task's, approval's or risk's, or the state's name of a time limit.

    `party` is to do it, `since` when it began to wait where that is known, `waits_for` what must be done before or what
    blocks it, `unticked` how many items of its checklist are left.
    """

    section: Section
    project: str
    owner: str
    id: str
    title: Bilingual
    party: str
    standing: Standing = Standing.READY
    due_at: datetime | None = None
    since: datetime | None = None
    priority: Priority = Priority.NORMAL
    requester: str = ""
    waits_for: tuple[str, ...] = ()
    unticked: int = 0

    def is_overdue(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.standing is Standing.BREACHED or (self.due_at is not None and self.due_at < now)


Worklist = Mapping[Section, tuple[WorkItem, ...]]


def parties_of(library: Library, actor: Actor, now: datetime) -> Parties:
    """As whom the actor is addressed: by name, by the role claimed, and as the organisations say.

    A claimed role is the only one that counts.
    """
    people, roles = [actor.id], [actor.role] if actor.role else []
    managed: list[str] = []
    today = now.astimezone(zone_named(library.workspace.timezone)).date()
    for organisation in library.organisations.values():
        known = standings(organisation, actor.id, today, actor.role)
        people += [one.person for one in known]
        roles += [role for one in known for role in one.roles]
        managed += [person for person in organisation.people if manager_of(organisation, person) in people]
    names = [*(f"person:{person}" for person in people), *(f"role:{role}" for role in roles)]
    return Parties(actor=actor, parties=tuple(dict.fromkeys(names)), owners=tuple(dict.fromkeys((*people, *managed))))


def worklist(runner: Runner, who: Parties, now: datetime) -> Worklist:
    """All that waits for the person at that time, by section; in each what is due first comes first.

    Reads the projects that something of it belongs to, and where those stand that the person owns or manages or whose
    states a role of his is in charge of. A time limit is told to whom holds the state's `owner_role`, to the owner
    where he holds it himself.

    Raises:
        PinnedDefinitionError: the definition of one of these projects is lost.
        StoreError: the store failed.
    """
    tasks = tuple(_tasks(runner, who))
    mine = {(item.project, item.id) for item in tasks}
    overdue = (found for found in runner.store.overdue_tasks(who.owners, now) if _key(found) not in mine)
    found = {
        Section.APPROVALS: _approvals(runner, who, now),
        Section.TASKS: tasks,
        Section.LIMITS: (item for stay in _stays(runner, who) for item in _limits(runner, stay, who, now)),
        Section.OVERDUE: (_item(Section.OVERDUE, one) for one in overdue),
        Section.REVIEWS: _reviews(runner, who, now),
    }
    return {section: tuple(sorted(items, key=_order)) for section, items in found.items()}


def _order(item: WorkItem) -> tuple[datetime, int, str, str]:
    due_at = item.since if item.standing is Standing.BREACHED else item.due_at
    return due_at or _NEVER, _URGENCY[item.priority], item.project, item.id


def _key(found: AssignedTask) -> tuple[str, str]:
    return found.project, found.task.id


def _approvals(runner: Runner, who: Parties, now: datetime) -> Iterator[WorkItem]:
    """The requests on which the person can vote now."""
    seen: dict[str, frozenset[str]] = {}
    told: set[tuple[str, str]] = set()
    for found in runner.store.approvals_of(who.parties):
        if found.project not in seen:
            snapshot, compiled = runner.snapshot(found.project)
            mine = approvals_to_decide(compiled, snapshot, who.actor, now)
            seen[found.project] = frozenset(request.id for request in mine)
        request = found.request
        if request.id not in seen[found.project] or (found.project, request.id) in told:
            continue
        told.add((found.project, request.id))
        yield WorkItem(
            section=Section.APPROVALS,
            project=found.project,
            owner=found.owner,
            id=request.id,
            title=request.title,
            party=next(party for party in request.approvers if party in who.parties),
            due_at=request.due_at,
            since=request.requested_at,
            requester=request.requester,
        )


def _tasks(runner: Runner, who: Parties) -> Iterator[WorkItem]:
    projects: dict[str, Project | None] = {}
    for found in runner.store.tasks_of(who.parties):
        awaited: tuple[str, ...] = ()
        if found.task.after:
            if found.project not in projects:
                projects[found.project] = runner.store.project(found.project)
            awaited = _awaited(projects[found.project], found.task.after)
        yield _item(Section.TASKS, found, awaited)


def _awaited(project: Project | None, after: Sequence[str]) -> tuple[str, ...]:
    """Those of the tasks that are still to be done."""
    tasks = {} if project is None else project.tasks
    return tuple(name for name in after if name in tasks and tasks[name].is_open)


def _item(section: Section, found: AssignedTask, awaited: tuple[str, ...] = ()) -> WorkItem:
    task = found.task
    standing = Standing.WAITING if awaited else Standing.READY
    if task.status is TaskStatus.BLOCKED:
        standing, awaited = Standing.BLOCKED, (task.blocked,)
    return WorkItem(
        section=section,
        project=found.project,
        owner=found.owner,
        id=task.id,
        title=task.title,
        party=task.who,
        standing=standing,
        due_at=task.due_at,
        since=task.opened_at,
        priority=task.priority,
        waits_for=awaited,
        unticked=sum(not item.is_done for item in task.checklist),
    )


def _stays(runner: Runner, who: Parties) -> Iterator[Stay]:
    """Where the projects stand whose time limits may be the person's: his people's, and others' by role.

    Of others only such projects are read that stand where a role of his people is in charge and their owner lacks it.
    """
    store, library = runner.store, runner.library
    yield from store.stays_of(who.owners)
    told: set[str] = set()
    for organisation in library.organisations.values():
        for role in dict.fromkeys(role for person in who.owners for role in roles_of(organisation, person)):
            places = _places(runner, role)
            others = [
                person.id
                for person in organisation.people.values()
                if person.id not in who.owners and role not in person.roles
            ]
            names = tuple(dict.fromkeys(name for found in places.values() for name in found))
            for stay in store.stays_in(others, tuple(places), names) if names else ():
                if stay.project not in told:
                    told.add(stay.project)
                    yield stay


def _places(runner: Runner, role: str) -> Mapping[str, tuple[str, ...]]:
    """For each workflow the names that `Project.state` may have where the role is in charge, in any version kept.

    A project stands there also within the state, and, where regions run beside each other, around it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for workflow in runner.library.workflows:
        versions = [runner.definitions.pinned(pin).workflow for pin in runner.store.pins(workflow)]
        names = tuple(name for version in versions for name in _names_around(version, role))
        if names:
            found[workflow] = names
    return found


def _names_around(workflow: Workflow, role: str) -> Iterator[str]:
    states = workflow.states.values()
    limited = [state.path for state in states if state.owner_role == role and state.sla is not None]
    if limited:
        yield ""  # the root, where regions lie right in it
    for state in states:
        if any(is_within(state.path, path) or is_within(path, state.path) for path in limited):
            yield state.name


def _limits(runner: Runner, stay: Stay, who: Parties, now: datetime) -> Iterator[WorkItem]:
    """The time limits of the project's states that are near or past and concern the person."""
    compiled = runner.definitions.pinned(stay.pin)
    states = {state.name: state for state in compiled.workflow.states.values()}
    for limit in limits_at(compiled.workflow, stay, now):
        if limit.light is Light.GREEN:
            continue
        state = states[limit.state]
        role = _role_in_charge(compiled.organisation, state.owner_role, stay.owner)
        if not _is_concerned(compiled.organisation, who, role, stay.owner):
            continue
        yield WorkItem(
            section=Section.LIMITS,
            project=stay.project,
            owner=stay.owner,
            id=limit.state,
            title=state.title,
            party=f"role:{role}" if role else f"person:{stay.owner}",
            standing=Standing.BREACHED if limit.light is Light.RED else Standing.WARNED,
            due_at=limit.due_at,
            since=limit.entered_at,
        )


def _role_in_charge(organisation: Organisation | None, role: str | None, owner: str) -> str:
    """The role that looks after the state where the owner does not hold it, such as of a project just handed over.

    Blank where the owner does, where nobody holds the role and where no organisation knows the owner.
    """
    if organisation is None or role is None or owner not in organisation.people:
        return ""
    return role if role not in roles_of(organisation, owner) and holders(organisation, role) else ""


def _is_concerned(organisation: Organisation | None, who: Parties, role: str, owner: str) -> bool:
    if organisation is None or not role:
        return owner in who.owners
    return any(person.id in who.owners for person in holders(organisation, role))


def _reviews(runner: Runner, who: Parties, now: datetime) -> Iterator[WorkItem]:
    """The open risks of the person whose response is due, or that are to be looked at again."""
    for found in runner.store.risks_of(who.parties):
        risk = found.risk
        # What is done asks for nothing; the review alone comes again.
        duties = ((None if risk.done_at else risk.due_at, risk.response or risk.title), (risk.review_at, risk.title))
        for due_at, title in duties:
            if due_at is None or due_at > now:
                continue
            yield WorkItem(
                section=Section.REVIEWS,
                project=found.project,
                owner=found.owner,
                id=risk.id,
                title=title,
                party=risk.owner,
                due_at=due_at,
                since=risk.reviewed_at or risk.opened_at,
            )
