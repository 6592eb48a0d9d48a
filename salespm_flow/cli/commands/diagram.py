"""`diagram`: a workflow as Mermaid text, where a project stands highlighted."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, option, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError


def run(session: Session, workflow: str, *, project: str | None) -> int:
    """The diagram's text is on standard output."""
    from salespm_flow.cli.lookup import find_project, find_workflow, workflow_of
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.draw.mermaid import mermaid

    active: frozenset[str] = frozenset()
    if project is None:
        drawn = find_workflow(session, workflow)
    else:
        found = find_project(session, project)
        if found.pin.workflow != workflow:
            raise InputError(
                Bilingual(
                    f"项目 {found.id} 的流程是 {found.pin.workflow}，不是 {workflow}",
                    f"the project {found.id} runs on {found.pin.workflow}, not on {workflow}",
                )
            )
        # The project's own version, which may be older than the newest, or have no file any more.
        drawn = workflow_of(session, found)
        active = frozenset(found.leaves)
    text = mermaid(drawn, session.language, active=active)
    if session.is_json:
        states = [drawn.states[path].name for path in drawn.states if path in active]
        write_json({"status": "ok", "workflow": workflow, "version": drawn.version, "active": states, "mermaid": text})
    else:
        write_text(text)
    return 0


COMMAND: Final = BilingualCommand(
    "diagram",
    Bilingual(
        "输出流程的 Mermaid 状态图文本，可直接放进 Markdown。",
        "Prints a workflow as a Mermaid state diagram, ready for a Markdown page.",
    ),
    (
        argument("workflow", Bilingual("流程", "The workflow")),
        option("project", "--project", Bilingual("标出该项目所在的状态", "Highlight where it stands"), metavar="ID"),
        *shared_options(),
    ),
    run,
)
