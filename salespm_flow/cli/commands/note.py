"""`note`: writes a note into the history of a project."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, project_argument, shared_options, writing_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual


def run(session: Session, project: str, text: str) -> int:
    """The note stands in the history."""
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import check_role, find_project, workflow_of
    from salespm_flow.model.decision import AddNote

    if not text.strip():
        raise BilingualUsageError(Bilingual("备注不能为空", "the note must not be empty"))
    if session.choices.comment is not None:
        raise BilingualUsageError(
            Bilingual("备注本身就是说明，不能再写 --comment", "the note is the comment; leave --comment out")
        )
    found = find_project(session, project)
    workflow = workflow_of(session, found)
    check_role(session, workflow)
    choices = session.choices
    request = AddNote(comment=text, actor=session.actor)
    answered = session.runner.apply(found.id, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, workflow)


COMMAND: Final = BilingualCommand(
    "note",
    Bilingual(
        "给项目写一条备注，记入历史；已关闭的项目也可以。\n例：salespm-flow note D1 客户周五给答复",
        "Writes a note into the history of a project; a closed one takes notes too.\n"
        'Example: salespm-flow note D1 "the customer answers on Friday"',
    ),
    (
        project_argument(),
        argument("text", Bilingual("备注内容", "The note")),
        *writing_options(),
        *shared_options(),
    ),
    run,
)
