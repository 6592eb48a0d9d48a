"""`list`: the projects of a workflow, filtered by an expression over their columns."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, BilingualUsageError
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, count_option, option, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from datetime import datetime

    from salespm_flow.expr.problems import Problem
    from salespm_flow.expr.values import Value
    from salespm_flow.model.project import Project
    from salespm_flow.model.workflow import Workflow

FORMATS: Final = ("human", "json", "csv")
STANDING: Final = ("project", "workflow", "state", "outcome", "owner", "opened_at", "outcome_at", "closed_at")


@dataclass(frozen=True, slots=True)
class Listed:
    """A project with the row that expressions see and the workflow whose fields it has."""

    project: "Project"
    row: "Mapping[str, Value]"
    workflow: "Workflow"


def run(session: Session, workflow: str | None, *, where: str | None, limit: int | None) -> int:
    """The matching projects are told."""
    from salespm_flow.cli.lookup import find_workflow
    from salespm_flow.cli.output import write_message

    workflows = session.library.workflows
    chosen = tuple(workflows.values()) if workflow is None else (find_workflow(session, workflow),)
    if where is not None and len(chosen) != 1:
        raise BilingualUsageError(
            Bilingual("用 --where 时必须指明流程", "--where needs a workflow"),
            Bilingual(f"可选：{', '.join(workflows)}", f"one of: {', '.join(workflows)}"),
        )
    listed = _listed(session, chosen, where)
    shown = listed if limit is None else islice(listed, limit)
    writers: dict[str, Callable[[Session, Iterable[Listed], tuple[Workflow, ...]], None]] = {
        "json": _write_json,
        "csv": _write_csv,
    }
    writers.get(session.choices.format or "", _write_table)(session, shown, chosen)
    if limit is not None and next(listed, None) is not None:
        write_message(session.text(f"只显示前 {limit} 个", f"only the first {limit} are shown"))
    return 0


def _listed(session: Session, workflows: "tuple[Workflow, ...]", where: str | None) -> Iterator[Listed]:
    from salespm_flow.engine import queries

    for workflow in workflows:
        test = None
        if where is not None:
            condition = queries.filter_of(where, workflow, session.library)
            if condition.test is None:
                raise _wrong(where, condition.problems)
            test = condition.test
        for project, row in queries.rows(session.store, session.library, workflow, test=test, now=session.now):
            yield Listed(project, row, workflow)


def _wrong(text: str, problems: "tuple[Problem, ...]") -> BilingualUsageError:
    """The first error of the expression, with a mark below the place."""
    from salespm_flow.cli.render import width_of

    problem = next(found for found in problems if found.severity == "error")
    mark = f"{text}\n{' ' * width_of(text[: problem.start])}{'^' * max(width_of(text[problem.start : problem.end]), 1)}"
    message = Bilingual(
        f"--where：{problem.message.zh}（{problem.code}）\n{mark}",
        f"--where: {problem.message.en} ({problem.code})\n{mark}",
    )
    return BilingualUsageError(message, problem.hint)


def _write_table(session: Session, listed: Iterable[Listed], _workflows: "tuple[Workflow, ...]") -> None:
    from salespm_flow.cli.changes import outcome_text
    from salespm_flow.cli.output import write_message, write_text
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING, moment, percent

    rows = []
    for one in listed:
        project = one.project
        chance = one.row.get("probability")
        rows.append(
            (
                project.id,
                one.workflow.id,
                _state_titles(session, one),
                NOTHING if project.outcome is None else outcome_text(session, project.outcome),
                percent(chance) if isinstance(chance, Decimal) else NOTHING,
                project.owner,
                moment(session, project.opened_at),
            )
        )
    if not rows:
        write_message(session.text("没有符合的项目", "no project matches"))
        return
    header = (
        session.text("项目", "Project"),
        session.text("流程", "Workflow"),
        session.text("状态", "State"),
        session.text("结果", "Outcome"),
        session.text("成功率", "Probability"),
        session.text("负责人", "Owner"),
        session.text("开始", "Opened"),
    )
    write_text(table(header, rows, session.palette, right=frozenset({4})))


def _state_titles(session: Session, one: Listed) -> str:
    states = one.workflow.states
    titles = (session.of(states[leaf].title) if leaf in states else leaf for leaf in one.project.leaves)
    return session.text("、", ", ").join(titles)


def _write_json(_session: Session, listed: Iterable[Listed], _workflows: "tuple[Workflow, ...]") -> None:
    from salespm_flow.cli.output import write_json

    write_json({"status": "ok", "projects": [_answer(one) for one in listed]})


def _answer(one: Listed) -> dict[str, object]:
    from salespm_flow.engine.answers import iso, plain

    project = one.project
    return {
        "project": project.id,
        "workflow": project.pin.workflow,
        "version": project.pin.version,
        "revision": project.revision,
        "state": project.state,
        "states": [one.workflow.states[leaf].name if leaf in one.workflow.states else leaf for leaf in project.leaves],
        "outcome": None if project.outcome is None else project.outcome.value,
        "owner": project.owner,
        "opened_at": iso(project.opened_at),
        "outcome_at": None if project.outcome_at is None else iso(project.outcome_at),
        "closed_at": None if project.closed_at is None else iso(project.closed_at),
        "fields": {name: plain(value) for name, value in project.fields.items()},
    }


def _write_csv(_session: Session, listed: Iterable[Listed], workflows: "tuple[Workflow, ...]") -> None:
    """One line a project, streamed; the fields only where all projects have the same ones."""
    import csv

    from salespm_flow.definition.literals import write_value

    fields = workflows[0].fields if len(workflows) == 1 else {}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*STANDING, *fields))
    for one in listed:
        project = one.project
        times = (project.opened_at, project.outcome_at, project.closed_at)
        outcome = "" if project.outcome is None else project.outcome.value
        cells = (write_value(project.fields.get(name), field.type) for name, field in fields.items())
        writer.writerow(
            (project.id, project.pin.workflow, project.state, outcome, project.owner, *map(_time, times), *cells)
        )


def _time(moment: "datetime | None") -> str:
    from salespm_flow.engine.answers import iso

    return "" if moment is None else iso(moment)


COMMAND: Final = BilingualCommand(
    "list",
    Bilingual(
        "列出项目。\n例：salespm-flow list sales_pipeline --where 'amount > 100000 and state = \"negotiation\"'",
        "Lists projects.\n"
        "Example: salespm-flow list sales_pipeline --where 'amount > 100000 and state = \"negotiation\"'",
    ),
    (
        argument("workflow", Bilingual("只列这个流程的项目", "Only the projects of this workflow"), is_required=False),
        option(
            "where",
            "--where",
            Bilingual("筛选条件，可用字段和 state outcome owner 等列", "Filter over fields and columns like state"),
            metavar="EXPRESSION",
        ),
        count_option("limit", "--limit", Bilingual("最多列出几个", "How many at most")),
        *shared_options(FORMATS),
    ),
    run,
)
