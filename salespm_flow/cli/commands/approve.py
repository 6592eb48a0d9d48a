"""`approve`: says yes to what waits for approval."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, project_argument, shared_options, writing_options
from salespm_flow.diagnostics import Bilingual


def run(session: Session, project: str, approval: str | None) -> int:
    """The vote stands, or every reason why not is told."""
    from salespm_flow.cli.commands.voting import cast
    from salespm_flow.model.project import Verdict

    return cast(session, project, approval, Verdict.APPROVE)


COMMAND: Final = BilingualCommand(
    "approve",
    Bilingual(
        "同意一个待审批的请求；人数够了，转移就替申请人进行。不写审批编号时，取唯一轮到自己的那一个。\n"
        "例：salespm-flow approve D1 discount --as zhao --role sales_manager",
        "Approves what waits for approval; once enough have, the move is made for who asked. Without the approval's id "
        "it is the only one that is yours to decide.\n"
        "Example: salespm-flow approve D1 discount --as zhao --role sales_manager",
    ),
    (
        project_argument(),
        argument(
            "approval", Bilingual("审批编号，见 status", "The approval's id, as status shows it"), is_required=False
        ),
        *writing_options(),
        *shared_options(),
    ),
    run,
)
