"""`diagram`: a workflow as text of two notations or as a picture, coloured by a project or its scenarios."""

import sys
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, choice_option, flag, option, shared_options, word_option
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError

if TYPE_CHECKING:
    from salespm_flow.draw.forms import Drawing

# As in draw/forms, which help and completion must not load; a test holds them equal.
FORMS: Final = ("mermaid", "dot", "svg", "png")
DIRECTIONS: Final = ("lr", "tb")
_TEXTS: Final = frozenset({"mermaid", "dot", "svg"})


def run(
    session: Session,
    workflow: str,
    *,
    project: str | None,
    coverage: bool,
    form: str,
    direction: str | None,
    output: str | None,
    force: bool,
) -> int:
    """The diagram is on standard output or in a file."""
    from pathlib import Path

    from salespm_flow.cli.files import data_stream
    from salespm_flow.cli.output import write_json, write_message, write_text

    _refuse_pixels_on_terminal(session, form, output)
    if coverage and project is not None:
        raise BilingualUsageError(
            Bilingual("--coverage 和 --project 一次只能用一个", "--coverage and --project go one at a time")
        )
    drawing = _heat_map(session, workflow, direction) if coverage else _drawing(session, workflow, project, direction)
    made = _draw(form, drawing)
    if output is not None:
        with data_stream(Path(output), is_replacing=force) as stream:
            stream.write(made)
        write_message(session.text(f"已写入 {output}", f"written to {output}"))
    elif session.is_json:
        states = [drawing.workflow.states[path].name for path in drawing.workflow.states if path in drawing.active]
        told = {"status": "ok", "workflow": workflow, "version": drawing.workflow.version, "active": states}
        write_json({**told, form: made.decode()})
    elif form in _TEXTS:
        write_text(made.decode())
    else:
        with data_stream(None, is_replacing=False) as stream:
            stream.write(made)
    return 0


def _draw(form: str, drawing: "Drawing") -> bytes:
    from salespm_flow.draw.forms import FORMS as ALL

    return ALL[form](drawing)


def _drawing(session: Session, workflow: str, project: str | None, direction: str | None) -> "Drawing":
    from salespm_flow.cli.lookup import find_project, find_workflow, workflow_of
    from salespm_flow.draw.forms import Drawing
    from salespm_flow.draw.mermaid import Direction

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
    towards = None if direction is None else Direction(direction)
    return Drawing(workflow=drawn, language=session.language, active=active, direction=towards)


def _heat_map(session: Session, workflow: str, direction: str | None) -> "Drawing":
    """The workflow coloured by what its scenarios have seen, which are run for it.

    Raises:
        InputError: it has no scenarios.
    """
    from salespm_flow.cli.commands.test import load_scenarios
    from salespm_flow.cli.lookup import find_workflow
    from salespm_flow.cli.output import write_message
    from salespm_flow.draw.mermaid import Direction
    from salespm_flow.scenario.heat import heat_map
    from salespm_flow.scenario.suites import run_documents

    library = load_scenarios(session).library
    drawn = find_workflow(session, workflow)
    documents = tuple(one for one in library.scenarios.values() if one.workflow == workflow)
    if not documents:
        raise InputError(
            Bilingual(f"流程 {workflow} 还没有情景", f"the workflow {workflow} has no scenarios yet"),
            Bilingual(
                f"可用 salespm-flow test --generate {workflow} 写出一份",
                f"salespm-flow test --generate {workflow} writes some",
            ),
        )
    ran = run_documents(documents, library, lambda _document, _case: True)
    failed = sum(not result.is_passed for result in ran.results)
    if failed:
        write_message(
            session.text(
                f"注意：{failed} 个情景没有通过，只计到失败的那一步",
                f"note: {failed} scenario(s) failed; they count up to the step that did",
            )
        )
    towards = None if direction is None else Direction(direction)
    return heat_map(drawn, ran.coverage[workflow], session.language, direction=towards)


def _refuse_pixels_on_terminal(session: Session, form: str, output: str | None) -> None:
    if form in _TEXTS or output is not None:
        return
    if session.is_json or not hasattr(sys.stdout, "buffer") or sys.stdout.isatty():
        raise BilingualUsageError(
            Bilingual("PNG 图不能写到屏幕或 JSON 里", "a PNG picture cannot go to a terminal or into JSON"),
            Bilingual("用 --output 指定文件", "name a file with --output"),
        )


COMMAND: Final = BilingualCommand(
    "diagram",
    Bilingual(
        "画出流程的状态图：Mermaid（可直接放进 Markdown）、DOT 文本，或 SVG、PNG 图片。",
        "Draws a workflow: as Mermaid text ready for a Markdown page, as DOT text, or as an SVG or PNG picture.",
    ),
    (
        argument("workflow", Bilingual("流程", "The workflow")),
        option("project", "--project", Bilingual("标出该项目所在的状态", "Highlight where it stands"), metavar="ID"),
        flag(
            "coverage",
            "--coverage",
            Bilingual("按情景经过的次数上色", "Colour it by how often its scenarios have come there"),
        ),
        choice_option("form", "--form", Bilingual("画成什么", "What to draw it as"), FORMS),
        word_option(
            "direction", "--direction", Bilingual("从左到右或从上到下", "Left to right, or downwards"), DIRECTIONS
        ),
        option("output", "--output", Bilingual("写入这个文件", "The file to write"), metavar="FILE"),
        flag("force", "--force", Bilingual("覆盖已有的文件", "Replace a file that exists")),
        *shared_options(),
    ),
    run,
)
