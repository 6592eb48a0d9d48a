"""What `approve` and `reject` share: which request is meant, and the vote on it."""

from salespm_flow.cli.context import Session
from salespm_flow.definition.suggest import suggestion
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError, UnknownNameError
from salespm_flow.model.project import Project, Verdict
from salespm_flow.model.statuses import ApprovalStatus


def cast(session: Session, project: str, approval: str | None, verdict: Verdict) -> int:
    """The vote stands, or every reason why not is told."""
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import check_role, find_project, workflow_of
    from salespm_flow.model.decision import CastVote

    found = find_project(session, project)
    workflow = workflow_of(session, found)
    check_role(session, workflow)
    choices = session.choices
    request = CastVote(
        approval=_find_approval(session, found, approval),
        verdict=verdict,
        actor=session.actor,
        comment=choices.comment or "",
    )
    answered = session.runner.apply(found.id, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, workflow)


def _find_approval(session: Session, project: Project, named: str | None) -> str:
    """The id of the request: as named, else the only one that the actor may decide, else the only pending one.

    Raises:
        UnknownNameError: the project has no such request, or none is pending.
        InputError: several could be meant.
    """
    pending = [request.id for request in project.approvals.values() if request.status is ApprovalStatus.PENDING]
    if named is not None:
        if named not in project.approvals:
            message = Bilingual(f"没有审批“{named}”", f'there is no approval "{named}"')
            raise UnknownNameError(message, suggestion(named, project.approvals) or _listed(pending))
        return named
    if not pending:
        raise UnknownNameError(
            Bilingual(f"项目 {project.id} 没有待审批的请求", f"nothing of the project {project.id} waits for approval"),
            Bilingual("见 status 和 history", "see status and history"),
        )
    mine = _decidable(session, project)
    chosen = mine or pending
    if len(chosen) > 1:
        message = Bilingual(f"有 {len(chosen)} 个待审批的请求", f"{len(chosen)} requests wait for approval")
        raise InputError(message, _listed(chosen))
    return chosen[0]


def _decidable(session: Session, project: Project) -> list[str]:
    from salespm_flow.engine.views.offers import approvals_to_decide

    snapshot, compiled = session.runner.snapshot(project.id)
    return [request.id for request in approvals_to_decide(compiled, snapshot, session.actor, session.now)]


def _listed(names: list[str]) -> Bilingual | None:
    if not names:
        return None
    return Bilingual(f"请写明是哪一个：{'、'.join(names)}", f"say which one: {', '.join(names)}")
