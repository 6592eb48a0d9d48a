"""What every store tells of the work that concerns people, equal to a recount over all its projects."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.ports import AssignedTask, AwaitedApproval, OwnedRisk, Stay, Store
from salespm_flow.model.history import (
    ApprovalChanged,
    Change,
    ClockSet,
    Closed,
    OwnerChanged,
    RiskChanged,
    TaskChanged,
)
from salespm_flow.model.project import ApprovalRequest, Project, Risk
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus, TaskStatus
from tests.contract.tales import PIN, START, TASK, clock, opened

TITLE = Bilingual("事", "It")
PARTIES = ("person:li", "person:wang", "role:boss")
OWNERS = ("li", "wang")
REQUEST = ApprovalRequest(
    id="r",
    approval="discount",
    transition="agree",
    event="agree",
    title=TITLE,
    requester="li",
    requester_role="",
    requested_at=START,
    approvers=(),
)
RISK = Risk(
    id="risk",
    rule="late",
    title=TITLE,
    category="schedule",
    probability=1,
    impact=1,
    score=1,
    level="low",
    owner="",
    opened_at=START,
)


class Work(NamedTuple):
    """One thing that concerns somebody, in some status."""

    kind: str
    name: str
    party: str
    status: int
    days: int | None


WORKS = st.lists(
    st.builds(
        Work,
        st.sampled_from(("task", "risk", "approval", "owner", "limit", "close")),
        st.sampled_from("abc"),
        st.sampled_from(PARTIES),
        st.integers(0, 4),
        st.none() | st.integers(0, 5),
    ),
    max_size=12,
)


def change_of(work: Work) -> Change:
    due_at = None if work.days is None else START + timedelta(days=work.days)
    match work.kind:
        case "task":
            status = tuple(TaskStatus)[work.status % 4]
            return TaskChanged(task=replace(TASK, id=work.name, who=work.party, status=status, due_at=due_at))
        case "risk":
            status_of_risk = tuple(RiskStatus)[work.status % 2]
            return RiskChanged(risk=replace(RISK, id=work.name, owner=work.party, status=status_of_risk, due_at=due_at))
        case "approval":
            approvers = (work.party, PARTIES[work.status % 3], work.party)
            status_of_request = ApprovalStatus.PENDING if work.status else ApprovalStatus.APPROVED
            return ApprovalChanged(
                approval=replace(REQUEST, id=work.name, approvers=approvers, status=status_of_request, due_at=due_at)
            )
        case "owner":
            return OwnerChanged(owner=OWNERS[work.status % 2])
        case "limit":
            return ClockSet(clock=clock(("sla.warn.lead", "sla.breach.lead", "timer.x")[work.status % 3], work.days))
        case _:
            return Closed()


def by_due(key: tuple[datetime | None, str, str]) -> tuple[bool, datetime, str, str]:
    due_at, project, name = key
    return due_at is None, due_at or START, project, name


def tasks_recounted(projects: list[Project], party: str) -> Iterator[AssignedTask]:
    found = [(one, task) for one in projects for task in one.tasks.values() if task.is_open and task.who == party]
    for one, task in sorted(found, key=lambda pair: by_due((pair[1].due_at, pair[0].id, pair[1].id))):
        yield AssignedTask(project=one.id, owner=one.owner, task=task)


def risks_recounted(projects: list[Project], party: str) -> Iterator[OwnedRisk]:
    found = [
        (one, risk)
        for one in projects
        for risk in one.risks.values()
        if risk.status is RiskStatus.OPEN and risk.owner == party
    ]
    for one, risk in sorted(found, key=lambda pair: by_due((pair[1].due_at, pair[0].id, pair[1].id))):
        yield OwnedRisk(project=one.id, owner=one.owner, risk=risk)


def approvals_recounted(projects: list[Project], party: str) -> Iterator[AwaitedApproval]:
    found = [
        (one, request)
        for one in projects
        for request in one.approvals.values()
        if request.status is ApprovalStatus.PENDING and party in request.approvers
    ]
    for one, request in sorted(found, key=lambda pair: by_due((pair[1].due_at, pair[0].id, pair[1].id))):
        yield AwaitedApproval(project=one.id, owner=one.owner, request=request)


def overdue_recounted(projects: list[Project], owner: str, now: datetime) -> list[AssignedTask]:
    return [
        AssignedTask(project=one.id, owner=one.owner, task=task)
        for one in projects
        if one.owner == owner and one.is_open
        for name, task in sorted(one.tasks.items())
        if task.is_open and task.due_at is not None and task.due_at < now
    ]


def stays_recounted(projects: list[Project], owner: str) -> list[Stay]:
    return [
        Stay(
            project=one.id,
            owner=one.owner,
            pin=one.pin,
            leaves=one.leaves,
            entered=one.entered,
            clocks={name: found for name, found in one.clocks.items() if name.startswith("sla.")},
        )
        for one in projects
        if one.owner == owner and one.is_open
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(WORKS, max_size=4))
def test_worklists_equal_a_recount_over_all_projects(store: Store, works: list[list[Work]]) -> None:
    number = sum(1 for _ in store.projects())
    for offset, some in enumerate(works):
        tale = opened(f"p{number + offset:05}")
        store.commit([tale.write()])
        for work in some:
            longer = tale.told(change_of(work))
            store.commit([longer.write(tale)])
            tale = longer
    projects = list(store.projects())
    now = START + timedelta(days=3)
    assert list(store.tasks_of(PARTIES)) == [one for party in PARTIES for one in tasks_recounted(projects, party)]
    assert list(store.risks_of(PARTIES)) == [one for party in PARTIES for one in risks_recounted(projects, party)]
    assert list(store.approvals_of(PARTIES)) == [
        one for party in PARTIES for one in approvals_recounted(projects, party)
    ]
    assert list(store.overdue_tasks(OWNERS, now)) == [
        one for owner in OWNERS for one in overdue_recounted(projects, owner, now)
    ]
    assert list(store.stays_of(OWNERS)) == [one for owner in OWNERS for one in stays_recounted(projects, owner)]
    stays = [one for owner in sorted(OWNERS) for one in stays_recounted(projects, owner)]
    states = {project.id: project.state for project in projects}
    for state in {project.state for project in projects}:
        placed = list(store.stays_in(OWNERS, (PIN.workflow, "other"), (state,)))
        assert placed == [one for one in stays if states[one.project] == state]
    assert list(store.stays_in(OWNERS, ("other",), tuple(states.values()))) == []
    assert list(store.verify()) == []


def test_long_worklists_come_in_pages_without_gap_or_repeat(store: Store) -> None:
    tale = opened("p")
    tasks = [TaskChanged(task=replace(TASK, id=f"t{number:04}", due_at=START)) for number in range(450)]
    store.commit([tale.told(*tasks).write()])
    names = [found.task.id for found in store.tasks_of(["person:li"])]
    assert names == [f"t{number:04}" for number in range(450)]
    overdue = [found.task.id for found in store.overdue_tasks(["li"], START + timedelta(seconds=1))]
    assert overdue == names


def test_worklists_of_nobody_are_empty(store: Store) -> None:
    store.commit([opened("p", TaskChanged(task=TASK)).write()])
    assert list(store.tasks_of(())) == []
    assert list(store.tasks_of(("person:nobody",))) == []
    assert list(store.stays_of(("nobody",))) == []
    assert list(store.stays_in(("nobody",), (PIN.workflow,), ("",))) == []
