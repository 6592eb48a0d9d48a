"""`report`: pages for managers, as Markdown or as one HTML file that needs nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.commands.deal_question import period_option, quarter_around
from salespm_flow.cli.commands.kpi_question import as_of_option, read_as_of, read_period_option
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import (
    Described,
    flag,
    many_option,
    option,
    project_argument,
    shared_options,
)
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from salespm_flow.report.management.page import Page
    from salespm_flow.report.management.sheet import Inquiry

FORMATS: Final = ("markdown", "html")


def run_project(session: Session, project: str, *, as_of: str | None, output: str | None, force: bool) -> int:
    """The report on the project as it stands is written."""
    return _write(session, _page(session, project, as_of, is_closing=False), output, force=force)


def run_closing(session: Session, project: str, *, as_of: str | None, output: str | None, force: bool) -> int:
    """The report on what came of the project is written."""
    return _write(session, _page(session, project, as_of, is_closing=True), output, force=force)


def _page(session: Session, project: str, as_of: str | None, *, is_closing: bool) -> "Page":
    from salespm_flow.cli.lookup import find_project
    from salespm_flow.report.management.project import project_page

    inquiry = _inquiry(session, as_of, None, ())
    found = find_project(session, project)
    if inquiry.is_past:
        past = session.runner.snapshot_as_of(found.id, inquiry.at)
        if past is None:
            raise UnknownNameError(
                Bilingual(f"项目 {found.id} 在那时还不存在", f"the project {found.id} did not exist yet at that time"),
                Bilingual("见 history", "see its history"),
            )
        found = past[0].project
    return project_page(inquiry, found, is_closing=is_closing)


def _portfolio() -> "Callable[[Inquiry], Page]":
    from salespm_flow.report.management.portfolio import portfolio_page

    return portfolio_page


def _quarter() -> "Callable[[Inquiry], Page]":
    from salespm_flow.report.management.quarter import quarter_page

    return quarter_page


def _risk() -> "Callable[[Inquiry], Page]":
    from salespm_flow.report.management.risk import risk_page

    return risk_page


def _team() -> "Callable[[Inquiry], Page]":
    from salespm_flow.report.management.team import team_page

    return team_page


def _run_of(load: "Callable[[], Callable[[Inquiry], Page]]") -> "Callable[..., int]":
    """What writes the page of all projects that is loaded when it is asked for."""

    def run(
        session: Session,
        *,
        as_of: str | None,
        period: str | None,
        workflows: tuple[str, ...],
        output: str | None,
        force: bool,
    ) -> int:
        return _write(session, load()(_inquiry(session, as_of, period, workflows)), output, force=force)

    return run


def _inquiry(session: Session, as_of: str | None, period: str | None, workflows: tuple[str, ...]) -> "Inquiry":
    """What is asked for; by default the quarter in which the moment lies.

    Raises:
        InputError, UnknownNameError: a time, a period or a workflow is none.
    """
    from salespm_flow.cli.lookup import find_workflow
    from salespm_flow.report.management.sheet import Inquiry

    moment = read_as_of(session, as_of)
    at = moment or session.now
    return Inquiry(
        runner=session.runner,
        at=at,
        language=session.language,
        period=quarter_around(session, at) if period is None else read_period_option(period),
        is_past=moment is not None,
        workflows=tuple(find_workflow(session, name).id for name in workflows),
    )


def _write(session: Session, page: "Page", output: str | None, *, force: bool) -> int:
    from salespm_flow.cli.files import data_stream
    from salespm_flow.cli.output import write_message, write_text

    if session.choices.format == "html":
        from salespm_flow.report.management.html import html

        text = html(page)
    else:
        from salespm_flow.report.management.markdown import markdown

        text = markdown(page)
    if output is None:
        write_text(text)
        return 0
    with data_stream(Path(output), is_replacing=force) as stream:
        stream.write(text.encode())
    write_message(session.text(f"已写入 {output}", f"written to {output}"))
    return 0


_OUTPUT: Final = option("output", "--output", Bilingual("写入这个文件", "The file to write"), metavar="FILE")
_FORCE: Final = flag("force", "--force", Bilingual("文件已存在时替换它", "Replace the file if there is one"))
_ONE: Final = (project_argument(), as_of_option(), _OUTPUT, _FORCE, *shared_options(FORMATS))
_EVERY: Final[tuple[Described, ...]] = (
    period_option(Bilingual("期间，默认本季度", "The days; by default this quarter")),
    as_of_option(),
    many_option(
        "workflows",
        "--workflow",
        Bilingual("只看这个流程，可重复；默认全部", "Only this workflow; can be repeated; by default all"),
        metavar="ID",
    ),
    _OUTPUT,
    _FORCE,
    *shared_options(FORMATS),
)
COMMAND: Final = group_of(
    "report",
    Bilingual(
        "写出报告：Markdown，或可独立打开、打印的 HTML。",
        "Writes reports: as Markdown, or as HTML that opens and prints on its own.",
    ),
    {
        "project": BilingualCommand(
            "project",
            Bilingual(
                "一个项目的现状、时间、任务、风险、记录和历史。",
                "A project: state, time, tasks, risks, records, history.",
            ),
            _ONE,
            run_project,
        ),
        "closing": BilingualCommand(
            "closing",
            Bilingual(
                "结项：结果、用时、风险的预计与实际、经验。", "How a project ended: result, time, risks, lessons."
            ),
            _ONE,
            run_closing,
        ),
        "portfolio": BilingualCommand(
            "portfolio",
            Bilingual(
                "全部项目：各状态、漏斗、预测、风险矩阵、超时与最大的项目。\n"
                "例：salespm-flow report portfolio --format html --output portfolio.html",
                "All projects: states, funnel, forecast, risk matrix, what is late and what is large.\n"
                "Example: salespm-flow report portfolio --format html --output portfolio.html",
            ),
            _EVERY,
            _run_of(_portfolio),
        ),
        "quarter": BilingualCommand(
            "quarter",
            Bilingual(
                "一个期间的目标、预测、计分卡、指标和流动。", "A period: goals, forecast, scorecards, figures, flow."
            ),
            _EVERY,
            _run_of(_quarter),
        ),
        "risk": BilingualCommand(
            "risk",
            Bilingual(
                "全部风险：应对前后的矩阵、类别、最严重的。", "All risks: the matrix before and after, categories."
            ),
            _EVERY,
            _run_of(_risk),
        ),
        "team": BilingualCommand(
            "team",
            Bilingual(
                "每个人的项目、赢单、任务和计分。",
                "Each person: projects, wins, tasks, scores.",
            ),
            _EVERY,
            _run_of(_team),
        ),
    },
)
