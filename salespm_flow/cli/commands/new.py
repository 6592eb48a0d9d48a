"""`new`: starts a project."""

import secrets
from hashlib import sha256
from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, fields_arguments, flag, option, shared_options, writing_options
from salespm_flow.diagnostics import Bilingual

# Without the letters and digits that are taken for one another.
ALPHABET: Final = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH: Final = 6


def run(
    session: Session,
    workflow: str,
    assignments: tuple[str, ...],
    *,
    project: str | None,
    owner: str | None,
    is_draft: bool,
) -> int:
    """A project of the workflow exists, or every reason why not is told."""
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import check_role, find_workflow, read_assignments
    from salespm_flow.model.decision import Open

    defined = find_workflow(session, workflow)
    check_role(session, defined)
    whose = Bilingual(f"流程 {defined.id} ", defined.id)
    request = Open(
        project=project or fresh_id(workflow, session.choices.key),
        owner=owner or session.actor.id,
        fields=read_assignments(session, assignments, defined.fields, whose),
        actor=session.actor,
        comment=session.choices.comment or "",
    )
    choices = session.choices
    answered = session.runner.open(
        workflow, request, at=session.at, key=choices.key, dry_run=choices.dry_run, is_draft=is_draft
    )
    return tell_answer(session, answered, defined)


def fresh_id(workflow: str, key: str | None) -> str:
    """Initials and six letters; with an idempotency key always the same, so that asking again finds the project."""
    initials = "".join(word[0] for word in workflow.lower().split("_") if word)
    if key is None:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    else:
        digest = sha256(f"{workflow}\n{key}".encode()).digest()
        letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[: 2 * LENGTH])
    return f"{initials}-{letters}"


COMMAND: Final = BilingualCommand(
    "new",
    Bilingual(
        "新建一个项目，进入流程的初始状态。\n例：salespm-flow new sales_pipeline --id D1 product=ERP amount=300000",
        "Starts a project in the workflow's initial state.\n"
        "Example: salespm-flow new sales_pipeline --id D1 product=ERP amount=300000",
    ),
    (
        argument("workflow", Bilingual("流程", "The workflow")),
        fields_arguments(),
        option(
            "project", "--id", Bilingual("项目编号，默认自动生成", "The project's id; made up by default"), metavar="ID"
        ),
        option(
            "owner", "--owner", Bilingual("负责人，默认是操作人", "Who owns it; by default who acts"), metavar="PERSON"
        ),
        flag(
            "is_draft", "--draft", Bilingual("允许试用未升版本的改动", "Allow changed text under an unchanged version")
        ),
        *writing_options(),
        *shared_options(),
    ),
    run,
)
