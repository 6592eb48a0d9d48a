"""`list`: the projects of a workflow, filtered by an expression over their columns."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.filters import compiled_of, filter_of
from salespm_flow.cli.options import argument, count_option, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from salespm_flow.engine.compiled import Compiled
    from salespm_flow.expr.values import Value
    from salespm_flow.model.project import Project
    from salespm_flow.model.workflow import Workflow

FORMATS: Final = ("human", "json", "csv")
STANDING: Final = ("project", "workflow", "state", "outcome", "owner", "opened_at", "outcome_at", "closed_at")


@dataclass(frozen=True, slots=True)
class Listed:
    """A project with the row that expressions see and the workflow that it runs on."""

    project: "Project"
    row: "Mapping[str, Value]"
    workflow: "Workflow"


def run(session: Session, workflow: str | None, *, where: str | None, limit: int | None) -> int:
    """The matching projects are told."""
    from salespm_flow.cli.output import write_message

    workflows = session.library.workflows
    chosen = None
    if workflow is not None:
        chosen = compiled_of(session, workflow)
    elif len(workflows) == 1:
        chosen = session.runner.definitions.newest(*workflows)
    if where is not None and chosen is None:
        raise BilingualUsageError(
            Bilingual("用 --where 时必须指明流程", "--where needs a workflow"),
            Bilingual(f"可选：{', '.join(workflows)}", f"one of: {', '.join(workflows)}"),
        )
    listed = _listed(session, workflow) if where is None or chosen is None else _matching(session, chosen, where)
    shown = listed if limit is None else islice(listed, limit)
    columns = None if chosen is None else chosen.workflow
    writers: dict[str, Callable[[Session, Iterable[Listed], Workflow | None], None]] = {
        "json": _write_json,
        "csv": _write_csv,
    }
    writers.get(session.choices.format or "", _write_table)(session, shown, columns)
    if limit is not None and next(listed, None) is not None:
        write_message(session.text(f"只显示前 {limit} 个", f"only the first {limit} are shown"))
    return 0


def _listed(session: Session, workflow: str | None) -> Iterator[Listed]:
    """Every project in the store, whether or not the workspace still defines its workflow.

    Lessons are left out where no workflow is named, unless the workspace has nothing else.
    """
    from salespm_flow.engine.context import row_of
    from salespm_flow.engine.views.lessons import WORKFLOW as LESSONS
    from salespm_flow.errors import PinnedDefinitionError

    definitions, now = session.runner.definitions, session.now
    is_usual = workflow is None and set(session.library.workflows) != {LESSONS}
    for project in session.store.projects(workflow=workflow):
        if is_usual and project.pin.workflow == LESSONS:
            continue
        try:
            compiled = definitions.pinned(project.pin)
        except PinnedDefinitionError:
            # A list is how one finds out where things stand; what the store has lost is for verify to tell.
            if project.pin.workflow not in session.library.workflows:
                raise
            compiled = definitions.newest(project.pin.workflow)
        yield Listed(project, row_of(project, compiled, now), compiled.workflow)


def _matching(session: Session, compiled: "Compiled", where: str) -> Iterator[Listed]:
    """The workflow's projects that pass the filter; all are read by one definition, the one it was checked against."""
    from salespm_flow.engine.context import row_of

    test = filter_of(session, compiled, where)
    now = session.now
    for project in session.store.projects(workflow=compiled.workflow.id):
        row = row_of(project, compiled, now)
        if test(row, now):
            yield Listed(project, row, compiled.workflow)


def _write_table(session: Session, listed: Iterable[Listed], _columns: "Workflow | None") -> None:
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


def _write_json(_session: Session, listed: Iterable[Listed], _columns: "Workflow | None") -> None:
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


def _write_csv(_session: Session, listed: Iterable[Listed], columns: "Workflow | None") -> None:
    """One line a project, streamed, with the fields of the workflow `columns` where one is meant."""
    import csv

    from salespm_flow.cli.output import Data
    from salespm_flow.definition.literals import write_value

    fields = {} if columns is None else columns.fields
    writer = csv.writer(Data(), lineterminator="\n")
    writer.writerow((*STANDING, *fields))
    for one in listed:
        project = one.project
        times = (project.opened_at, project.outcome_at, project.closed_at)
        outcome = "" if project.outcome is None else project.outcome.value
        known = project.fields if columns is not None and project.pin.workflow == columns.id else {}
        cells = (write_value(known.get(name), field.type) for name, field in fields.items())
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
