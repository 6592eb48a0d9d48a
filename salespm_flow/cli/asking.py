"""A request about what hangs on a project, such as a task or a risk: made on the guarded path and told."""

from typing import TYPE_CHECKING

from salespm_flow.cli.context import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from salespm_flow.model.decision import Request
    from salespm_flow.model.project import Project


def ask(session: Session, project: str, request_of: "Callable[[Project], Request]") -> int:
    """The request that is made of the project was answered, and what came of it told; the exit code that it means."""
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import check_role, find_project, workflow_of

    found = find_project(session, project)
    workflow = workflow_of(session, found)
    check_role(session, workflow)
    choices = session.choices
    request = request_of(found)
    answered = session.runner.apply(found.id, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, workflow)
