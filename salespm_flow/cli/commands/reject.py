"""`reject`: says no to what waits for approval."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, project_argument, shared_options, writing_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual


def run(session: Session, project: str, approval: str | None) -> int:
    """The vote stands, or every reason why not is told."""
    from salespm_flow.cli.commands.voting import cast
    from salespm_flow.model.project import Verdict

    if not (session.choices.comment or "").strip():
        raise BilingualUsageError(
            Bilingual("拒绝须写明理由", "a rejection needs its reason"),
            Bilingual("加上 --comment 理由", "add --comment REASON"),
        )
    return cast(session, project, approval, Verdict.REJECT)


COMMAND: Final = BilingualCommand(
    "reject",
    Bilingual(
        "拒绝一个待审批的请求，须用 --comment 写明理由；一人拒绝，请求即告结束，申请人可以再次申请。\n"
        "例：salespm-flow reject D1 discount --comment 折扣太高 --as zhao --role sales_manager",
        "Rejects what waits for approval, with the reason in --comment. One rejection ends the request; who asked may "
        "ask anew.\n"
        'Example: salespm-flow reject D1 discount --comment "too much" --as zhao --role sales_manager',
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
