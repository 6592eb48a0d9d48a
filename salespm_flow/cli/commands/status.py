"""`status`: where a project stands, or stood at an earlier time."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.commands.standing import Standing, standing_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import flag, option, project_argument, shared_options
from salespm_flow.diagnostics import Bilingual


def run(session: Session, project: str, *, as_of: str | None, is_full: bool) -> int:
    """The project's standing is told: on one screen, or whole."""
    from salespm_flow.cli.commands.status_brief import brief_lines
    from salespm_flow.cli.commands.status_full import full_lines
    from salespm_flow.cli.lookup import find_project
    from salespm_flow.cli.output import write_json, write_text

    found = find_project(session, project)
    standing = standing_of(session, found.id, None if as_of is None else session.moment(as_of))
    if session.is_json:
        write_json(_answer(standing))
    else:
        lines = full_lines if is_full else brief_lines
        write_text("\n".join(lines(session, standing)))
    return 0


def _answer(standing: Standing) -> dict[str, object]:
    from salespm_flow.cli.changes_json import clock_answer, row_answer, task_answer
    from salespm_flow.cli.commands.why import move_answer
    from salespm_flow.cli.risk_json import risk_answer
    from salespm_flow.engine.answers import approval_answer, iso, plain, project_answer

    project = standing.project
    ended = project.closed_at
    return {
        "status": "ok",
        **project_answer(project, standing.compiled.workflow),
        "digest": project.pin.digest,
        "opened_at": iso(project.opened_at),
        "updated_at": iso(project.updated_at),
        "closed_at": None if ended is None else iso(ended),
        "parent": None if project.parent is None else project.parent.project,
        "fields": {name: plain(value) for name, value in standing.fields.items()},
        "records": {name: [row_answer(row) for row in rows] for name, rows in project.records.items()},
        "approvals": [approval_answer(request) for request in project.approvals.values()],
        "tasks": [task_answer(task) for task in project.tasks.values()],
        "risks": [risk_answer(risk) for risk in project.risks.values()],
        "clocks": [clock_answer(clock) for clock in project.clocks.values()],
        "pending": list(project.pending),
        "overrides": len(standing.overrides),
        "children": {link: [child.id for child in born] for link, born in standing.children.items()},
        "moves": [move_answer(move) for move in standing.moves],
    }


COMMAND: Final = BilingualCommand(
    "status",
    Bilingual(
        "查看项目现状：处在哪里、该做什么、谁在何时做、什么挡住了；--all 列出全部内容。",
        "Shows where a project stands: what now, who, by when, what blocks; --all tells everything.",
    ),
    (
        project_argument(),
        option("as_of", "--as-of", Bilingual("查看当时的状态", "Show it as it stood then"), metavar="TIME"),
        flag(
            "is_full",
            "--all",
            Bilingual("列出全部字段、记录、计时和子项目", "All fields, records, clocks and children"),
        ),
        *shared_options(),
    ),
    run,
)
