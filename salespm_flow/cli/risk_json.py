"""A risk, its judgements and its issue as stable JSON."""

from salespm_flow.engine.answers import Json, iso, plain, texts
from salespm_flow.model.project import Assessment, Issue, Risk
from salespm_flow.rules.exposure import emv, response_value


def risk_answer(risk: Risk) -> dict[str, Json]:
    """A risk of the register."""
    return {
        "id": risk.id,
        "rule": risk.rule,
        "title": texts(risk.title),
        "category": risk.category,
        "probability": risk.probability,
        "impact": risk.impact,
        "score": risk.score,
        "level": risk.level,
        "chance": plain(risk.chance),
        "exposure": plain(risk.money),
        "days": plain(risk.days),
        "emv": plain(emv(risk)),
        "owner": risk.owner,
        "status": risk.status.value,
        "cause": risk.cause,
        "effect": risk.effect,
        "strategy": risk.strategy,
        "response": None if risk.response is None else texts(risk.response),
        "party": risk.party,
        "cost": plain(risk.cost),
        "scope_change": risk.scope_change,
        "approved_by": risk.approved_by,
        "awaits": list(risk.awaits),
        "inherent": _assessment(risk.inherent),
        "residual": _assessment(risk.residual),
        "response_value": plain(response_value(risk)),
        "contingency": None if risk.contingency is None else texts(risk.contingency),
        "issue": None if risk.issue is None else _issue(risk.issue),
        "foreseen": risk.is_foreseen,
        **_moments(risk),
    }


def _moments(risk: Risk) -> dict[str, Json]:
    moments = {
        "opened_at": risk.opened_at,
        "due_at": risk.due_at,
        "done_at": risk.done_at,
        "review_at": risk.review_at,
        "reviewed_at": risk.reviewed_at,
        "closed_at": risk.closed_at,
    }
    return {name: None if moment is None else iso(moment) for name, moment in moments.items()}


def _assessment(found: Assessment | None) -> Json:
    if found is None:
        return None
    return {
        "probability": found.probability,
        "impact": found.impact,
        "score": found.score,
        "level": found.level,
        "chance": plain(found.chance),
        "exposure": plain(found.money),
        "days": plain(found.days),
        "emv": plain(emv(found)),
    }


def _issue(issue: Issue) -> Json:
    return {
        "title": texts(issue.title),
        "opened_at": iso(issue.opened_at),
        "action": None if issue.action is None else texts(issue.action),
        "task": issue.task,
        "due_at": None if issue.due_at is None else iso(issue.due_at),
        "resolved_at": None if issue.resolved_at is None else iso(issue.resolved_at),
        "resolved_by": issue.resolved_by,
        "resolution": issue.resolution,
        "cost": plain(issue.money),
        "days": plain(issue.days),
    }
