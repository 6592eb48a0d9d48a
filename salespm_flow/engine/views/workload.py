"""How much open work everybody has, counted over projects."""

from collections import Counter
from collections.abc import Iterable, Mapping

from salespm_flow.model.expression import PERSON
from salespm_flow.model.project import Project
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Open projects owned, open tasks to do and pending approvals to give."""

    projects: int = 0
    tasks: int = 0
    approvals: int = 0

    @property
    def total(self) -> int:
        """All of it, each counted as one."""
        return self.projects + self.tasks + self.approvals


def workloads(projects: Iterable[Project]) -> Mapping[str, Workload]:
    """The open work by person id; what waits for a role is nobody's yet."""
    owned: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    approvals: Counter[str] = Counter()
    for project in projects:
        if project.is_open:
            owned[project.owner] += 1
            tasks.update(_person(task.who) for task in project.tasks.values() if task.is_open)
            pending = (one for one in project.approvals.values() if one.status is ApprovalStatus.PENDING)
            approvals.update(_person(party) for one in pending for party in one.approvers)
    names = (name for name in dict.fromkeys((*owned, *tasks, *approvals)) if name)
    return {name: Workload(projects=owned[name], tasks=tasks[name], approvals=approvals[name]) for name in names}


def _person(party: str) -> str:
    return party.removeprefix(PERSON) if party.startswith(PERSON) else ""
