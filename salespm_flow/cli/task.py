"""`task done`: completes a task."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, project_argument, shared_options, writing_options
from salespm_flow.diagnostics import Bilingual


def done(session: Session, project: str, task: str) -> int:
    """The task is done, or every reason why not is told."""
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import check_role, find_open_task, find_project, workflow_of
    from salespm_flow.model.decision import CompleteTask

    found = find_project(session, project)
    workflow = workflow_of(session, found)
    check_role(session, workflow)
    choices = session.choices
    request = CompleteTask(task=find_open_task(found, task), actor=session.actor, comment=choices.comment or "")
    answered = session.runner.apply(found.id, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, workflow)


COMMAND: Final = group_of(
    "task",
    Bilingual("处理项目的任务。", "Handles the tasks of a project."),
    {
        "done": BilingualCommand(
            "done",
            Bilingual("把任务标为完成。", "Marks a task done."),
            (
                project_argument(),
                argument("task", Bilingual("任务编号，见 status", "The task's id, as status shows it")),
                *writing_options(),
                *shared_options(),
            ),
            done,
        )
    },
)
