"""The registers of one project as rows: approvals, tasks, risks and issues, as `model.populations` describes them."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.populations import Standing
from salespm_flow.model.project import Assessment, Project, Risk

Rows = Iterator[dict[str, Value]]
_PERSON: Final = "person:"


def _approvals(project: Project) -> Rows:
    for one in project.approvals.values():
        yield {
            "id": one.id,
            "approval": one.approval,
            "transition": one.transition,
            "requester": one.requester,
            "requested_at": one.requested_at,
            "status": one.status.value,
            "due_at": one.due_at,
            "closed_at": one.closed_at,
            "escalated": one.escalated_at is not None,
        }


def _tasks(project: Project) -> Rows:
    for one in project.tasks.values():
        yield {
            "id": one.id,
            "origin": one.origin,
            "who": _party(one.who),
            "accountable": _party(one.accountable or one.who),
            "status": one.status.value,
            "priority": one.priority.value,
            "opened_at": one.opened_at,
            "due_at": one.due_at,
            "closed_at": one.closed_at,
            "closed_by": one.closed_by,
        }


def _risks(project: Project) -> Rows:
    for one in project.risks.values():
        yield {
            "id": one.id,
            "rule": one.rule,
            "category": one.category,
            "probability": Decimal(one.probability),
            "impact": Decimal(one.impact),
            "score": Decimal(one.score),
            "level": one.level,
            "chance": one.chance,
            "money": one.money,
            "days": one.days,
            "exposure": _exposure(one.chance, one.money),
            "inherent_exposure": None if one.inherent is None else _exposure(one.inherent.chance, one.inherent.money),
            "inherent": _score(one.inherent),
            "residual": _score(one.residual),
            "cost": one.cost,
            "owner": _party(one.owner),
            "status": one.status.value,
            "strategy": one.strategy,
            "foreseen": one.is_foreseen,
            "opened_at": one.opened_at,
            "due_at": one.due_at,
            "done_at": one.done_at,
            "occurred_at": None if one.issue is None else one.issue.opened_at,
            "closed_at": one.closed_at,
        }


def _issues(project: Project) -> Rows:
    for one in project.risks.values():
        issue = one.issue
        if issue is None:
            continue
        yield {
            "id": one.id,
            "rule": one.rule,
            "category": one.category,
            "level": one.level,
            "owner": _party(one.owner),
            "foreseen": one.is_foreseen,
            "answered": _is_answered(one),
            "money": issue.money,
            "days": issue.days,
            "opened_at": issue.opened_at,
            "due_at": issue.due_at,
            "closed_at": issue.resolved_at,
        }


def _is_answered(risk: Risk) -> bool:
    return risk.issue is not None and risk.done_at is not None and risk.done_at <= risk.issue.opened_at


def _exposure(chance: Decimal | None, money: Money | None) -> Money | None:
    return None if chance is None or money is None else Money(CONTEXT.multiply(money.amount, chance), money.currency)


def _score(assessed: Assessment | None) -> Decimal | None:
    return None if assessed is None else Decimal(assessed.score)


def _party(resolved: str) -> str:
    """The person's id, as owners are written; a role keeps its word."""
    return resolved.removeprefix(_PERSON)


REGISTERS: Final[Mapping[str, Callable[[Project], Rows]]] = {
    Standing.APPROVALS: _approvals,
    Standing.TASKS: _tasks,
    Standing.RISKS: _risks,
    Standing.ISSUES: _issues,
}
