"""What is to be done in one project, by whom and by when, in order of time. Changes nothing."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.project import Project
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus
from salespm_flow.nouns import dataclass


class Duty(StrEnum):
    """What kind of work an item is."""

    APPROVAL = "approval"
    TASK = "task"
    RISK = "risk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that somebody has to do; `who` are resolved parties, `blocked` says why it stands still."""

    duty: Duty
    id: str
    title: Bilingual
    who: tuple[str, ...]
    due_at: datetime | None
    blocked: str = ""


def agenda(project: Project) -> tuple[Item, ...]:
    """Pending approvals, on which the next move waits; then open tasks and responses to open risks, undated last."""

    def order(item: Item) -> tuple[bool, bool, datetime]:
        return item.duty is not Duty.APPROVAL, item.due_at is None, item.due_at or project.opened_at

    return tuple(sorted(_items(project), key=order))


def _items(project: Project) -> Iterator[Item]:
    for request in project.approvals.values():
        if request.status is ApprovalStatus.PENDING:
            yield Item(
                duty=Duty.APPROVAL,
                id=request.id,
                title=request.title,
                who=request.approvers,
                due_at=request.due_at,
            )
    for task in project.tasks.values():
        if task.is_open:
            yield Item(
                duty=Duty.TASK,
                id=task.id,
                title=task.title,
                who=(task.who,),
                due_at=task.due_at,
                blocked=task.blocked,
            )
    for risk in project.risks.values():
        if risk.status is RiskStatus.OPEN and risk.response is not None and risk.done_at is None:
            who = risk.awaits or (risk.owner,)
            yield Item(duty=Duty.RISK, id=risk.id, title=risk.response, who=who, due_at=risk.due_at)
