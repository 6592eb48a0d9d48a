"""`advance`: fires a trigger."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, fields_arguments, flag, project_argument, shared_options, writing_options
from salespm_flow.diagnostics import Bilingual


def run(
    session: Session, project: str, trigger: str, assignments: tuple[str, ...], *, is_override: bool = False
) -> int:
    """The project has moved, or every reason why not is told."""
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import check_role, check_trigger, find_project, read_assignments, workflow_of
    from salespm_flow.model.decision import Advance

    found = find_project(session, project)
    workflow = workflow_of(session, found)
    check_trigger(workflow, trigger)
    check_role(session, workflow)
    whose = Bilingual(f"流程 {workflow.id} ", workflow.id)
    choices = session.choices
    request = Advance(
        trigger=trigger,
        actor=session.actor,
        fields=read_assignments(session, assignments, workflow.fields, whose),
        comment=choices.comment or "",
        is_override=is_override,
    )
    answered = session.runner.apply(found.id, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, workflow)


COMMAND: Final = BilingualCommand(
    "advance",
    Bilingual(
        "触发一个转移，可同时填写字段。被拒绝时列出全部原因，退出码为 1；等待审批不是拒绝，退出码为 0。\n"
        "例：salespm-flow advance D1 qualify --as wang --role sales_rep",
        "Fires a trigger, filling in fields with it. A refusal lists every reason and exits with 1; to wait for "
        "approval is none and exits with 0.\n"
        "Example: salespm-flow advance D1 qualify --as wang --role sales_rep",
    ),
    (
        project_argument(),
        argument("trigger", Bilingual("转移的名字", "The transition's name")),
        fields_arguments(),
        flag(
            "is_override",
            "--override",
            Bilingual(
                "越权：不满足要求、检查、审批或关卡也放行（须定义允许）",
                "Set requirements, checks, approvals and gates aside, where the definition lets you",
            ),
        ),
        *writing_options(),
        *shared_options(),
    ),
    run,
)
