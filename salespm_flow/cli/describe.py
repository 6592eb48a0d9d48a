"""`describe`: the handbook of a workflow, as Markdown."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, shared_options
from salespm_flow.diagnostics import Bilingual


def run(session: Session, workflow: str) -> int:
    """The handbook's text is on standard output."""
    from salespm_flow.cli.lookup import find_workflow
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.draw.handbook import handbook

    found = find_workflow(session, workflow)
    models = session.library.risk_models
    used = tuple(models[name] for name in found.uses.risks if name in models)
    text = handbook(found, used, session.language)
    if session.is_json:
        write_json({"status": "ok", "workflow": workflow, "version": found.version, "markdown": text})
    else:
        write_text(text)
    return 0


COMMAND: Final = BilingualCommand(
    "describe",
    Bilingual(
        "输出流程手册：阶段、条件、角色、风险、计时，用 Markdown 写成，给业务人员看。",
        "Prints the handbook of a workflow for the people who work by it: stages, criteria, roles, risks and timers, "
        "as Markdown.",
    ),
    (argument("workflow", Bilingual("流程", "The workflow")), *shared_options()),
    run,
)
