"""`set`: changes fields."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import fields_arguments, project_argument, shared_options, writing_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual


def run(session: Session, project: str, assignments: tuple[str, ...]) -> int:
    """The fields have new values, or every reason why not is told."""
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import check_role, find_project, read_assignments, workflow_of
    from salespm_flow.model.decision import SetFields

    if not assignments:
        raise BilingualUsageError(Bilingual("没有给出 字段=值", "no field=value is given"))
    found = find_project(session, project)
    workflow = workflow_of(session, found)
    check_role(session, workflow)
    whose = Bilingual(f"流程 {workflow.id} ", workflow.id)
    fields = read_assignments(session, assignments, workflow.fields, whose)
    choices = session.choices
    request = SetFields(fields=fields, actor=session.actor, comment=choices.comment or "")
    answered = session.runner.apply(found.id, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, workflow)


COMMAND: Final = BilingualCommand(
    "set",
    Bilingual(
        "修改字段；随后重新评估风险与自动转移。\n例：salespm-flow set D1 amount=350000 discount=5% lost_to=",
        "Changes fields; risks and automatic moves are looked at again.\n"
        "Example: salespm-flow set D1 amount=350000 discount=5% lost_to=",
    ),
    (project_argument(), fields_arguments(), *writing_options(), *shared_options()),
    run,
)
