"""`export`: projects, their history and their registers in a file of another program, or on standard output."""

from functools import partial
from typing import TYPE_CHECKING, Final

import click

from salespm_flow.cli.command import BilingualCommand, BilingualGroup, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.filters import compiled_of, filter_of
from salespm_flow.cli.options import Described, flag, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from pathlib import Path

    from salespm_flow.engine.compiled import Compiled
    from salespm_flow.interop.extract import Extract

FORMATS: Final = ("csv", "xlsx", "jsonl")
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gbk")
HEADERS: Final = ("id", "title")
# Spreadsheets take a file without a mark for the system's own encoding.
FILE_ENCODING: Final = "utf-8-sig"
SUBJECTS: Final = {
    "projects": Bilingual(
        "导出项目：字段、状态、进入各状态的时间。", "Exports projects: fields, state, when each state was entered."
    ),
    "history": Bilingual("导出历史，每个变化一行。", "Exports histories, one row a change."),
    "records": Bilingual("导出一种记录的所有行。", "Exports every row of a record."),
    "tasks": Bilingual("导出任务。", "Exports tasks."),
    "risks": Bilingual("导出风险。", "Exports risks."),
    "approvals": Bilingual("导出审批请求。", "Exports approval requests."),
    "clocks": Bilingual("导出计时：时限和定时器。", "Exports clocks: time limits and timers."),
}


def _run(
    session: Session,
    *,
    subject: str,
    workflow: str | None,
    where: str | None,
    output: str | None,
    encoding: str | None,
    headers: str | None,
    force: bool,
    record: str | None = None,
) -> int:
    """The table is written; how many rows it has is said where a file was."""
    from pathlib import Path

    from salespm_flow.cli.files import data_stream
    from salespm_flow.cli.output import write_message
    from salespm_flow.interop import EXPORTERS, TABLES
    from salespm_flow.interop.writing import Headers, Style

    place = None if output is None else Path(output)
    form = _format(session, place)
    extract = _extract(session, subject, workflow, where=where, record=record)
    table = TABLES[subject](extract)
    style = Style(
        zone=session.zone,
        language=session.language,
        headers=Headers(headers or "id"),
        encoding=encoding or ("utf-8" if place is None else FILE_ENCODING),
    )
    with data_stream(place, is_replacing=force) as stream:
        rows = EXPORTERS[form](table, stream, style)
    if place is not None:
        write_message(session.text(f"{rows:,} 行已写入 {place}", f"{rows:,} rows are in {place}"))
    return 0


def _format(session: Session, place: "Path | None") -> str:
    """The format asked for, else the one that the file's name ends with, else CSV."""
    asked = session.choices.format
    if asked in FORMATS:
        form = asked
    elif asked is not None:
        listed = ", ".join(FORMATS)
        raise BilingualUsageError(
            Bilingual(f"export 没有 --format {asked}", f"export has no --format {asked}"),
            Bilingual(f"可选：{listed}", f"one of: {listed}"),
        )
    else:
        ending = "" if place is None else place.suffix.lower().removeprefix(".")
        form = ending if ending in FORMATS else "csv"
    if form == "xlsx" and place is None:
        raise BilingualUsageError(
            Bilingual("XLSX 不能写到标准输出", "XLSX cannot go to standard output"),
            Bilingual("用 --output 指定文件", "name a file with --output"),
        )
    return form


def _extract(
    session: Session, subject: str, workflow: str | None, *, where: str | None, record: str | None
) -> "Extract":
    from salespm_flow.interop.extract import Extract

    compiled = None
    if workflow is not None:
        compiled = compiled_of(session, workflow)
    elif len(session.library.workflows) == 1:
        compiled = session.runner.definitions.newest(*session.library.workflows)
    if compiled is None and (where is not None or subject == "records"):
        listed = ", ".join(session.library.workflows)
        name = "--where" if where is not None else "records"
        raise BilingualUsageError(
            Bilingual(f"用 {name} 时必须用 --workflow 指明流程", f"{name} needs a --workflow"),
            Bilingual(f"可选：{listed}", f"one of: {listed}"),
        )
    return Extract(
        runner=session.runner,
        language=session.language,
        now=session.now,
        workflow=None if compiled is None else compiled.workflow.id,
        compiled=compiled,
        test=None if where is None or compiled is None else filter_of(session, compiled, where),
        record=_record(compiled, record) if subject == "records" and compiled is not None else None,
    )


def _record(compiled: "Compiled", named: str | None) -> str:
    from salespm_flow.cli.lookup import known

    records = compiled.workflow.records
    if named is None:
        listed = ", ".join(records)
        raise BilingualUsageError(
            Bilingual("缺少 --record", "--record is missing"),
            Bilingual(f"可选：{listed}", f"one of: {listed}") if records else None,
        )
    return known(named, records, Bilingual("记录", "record")).id


def _options(subject: str) -> tuple[Described, ...]:
    own = (
        option("workflow", "--workflow", Bilingual("只导出这个流程", "Only this workflow"), metavar="ID"),
        option(
            "where",
            "--where",
            Bilingual("只导出符合条件的项目，写法同 list", "Only projects that pass, as for list"),
            metavar="EXPRESSION",
        ),
        option("output", "--output", Bilingual("写入这个文件", "The file to write"), metavar="FILE"),
        _choice("encoding", "--encoding", Bilingual("CSV 的编码", "Encoding of a CSV file"), ENCODINGS),
        _choice("headers", "--headers", Bilingual("表头用标识还是标题", "Ids or titles as headers"), HEADERS),
        flag("force", "--force", Bilingual("覆盖已有的文件", "Replace a file that exists")),
        *shared_options(FORMATS),
    )
    record = option("record", "--record", Bilingual("哪种记录", "Which record"), metavar="ID")
    return (record, *own) if subject == "records" else own


def _choice(name: str, declaration: str, meaning: Bilingual, values: tuple[str, ...]) -> Described:
    kind = click.Choice(values)
    return Described(click.Option([declaration, name], type=kind, metavar=f"[{'|'.join(values)}]"), meaning)


def _command(subject: str, about: Bilingual) -> BilingualCommand:
    example = f"salespm-flow export {subject} --output {subject}.xlsx"
    if subject == "records":
        example = "salespm-flow export records --workflow sales_pipeline --record needs --output needs.csv"
    return BilingualCommand(
        subject,
        Bilingual(f"{about.zh}\n例：{example}", f"{about.en}\nExample: {example}"),
        _options(subject),
        partial(_run, subject=subject),
    )


COMMAND: Final[BilingualGroup] = group_of(
    "export",
    Bilingual("导出数据为 CSV、XLSX 或 JSON lines。", "Exports data as CSV, XLSX or JSON lines."),
    {subject: _command(subject, about) for subject, about in SUBJECTS.items()},
)
