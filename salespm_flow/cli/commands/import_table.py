"""`import`: rows of a CSV or XLSX file become projects, through the same guarded path as everything else."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.commands.import_dmn import COMMAND as IMPORT_DMN
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import Described, argument, dry_run_option, flag, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from pathlib import Path

    from salespm_flow.interop.import_report import ImportReport, Refusals, RefusedRow, Taken, Unresolved
    from salespm_flow.interop.import_row import ImportRow
    from salespm_flow.model.library import ImportMapping


Hearing = Callable[["ImportRow", "Taken"], None]

COLUMNS_SHOWN: Final = 10
ROWS_PREVIEWED: Final = 10
ENCODINGS: Final = ("utf-8", "gbk")
FATES: Final = {
    "created": Bilingual("新建", "created"),
    "revised": Bilingual("修订", "revised"),
    "unchanged": Bilingual("未变", "unchanged"),
    "refused": Bilingual("拒绝", "refused"),
}
INTERRUPTED: Final = 130


def run(
    session: Session,
    file: str,
    *,
    form: str,
    mapping: str | None,
    preview: bool,
    report: str | None,
    force: bool,
    encoding: str | None = None,
    sheet: str | None = None,
) -> int:
    """The rows are imported and accounted for; 1 where one was refused, 130 where the import was interrupted."""
    from contextlib import ExitStack
    from pathlib import Path

    chosen = _chosen(session, form, mapping, encoding=encoding, sheet=sheet)
    first: list[tuple[ImportRow, Taken]] = []
    heard: list[Hearing] = [partial(_keep, first)] if preview else []
    with ExitStack() as kept:
        if report is not None:
            from salespm_flow.interop.row_report import row_report

            heard.append(kept.enter_context(row_report(Path(report), session.language, is_replacing=force)))
        done = _imported(session, chosen, Path(file), tuple(heard), is_dry=session.choices.dry_run or preview)
    return done if isinstance(done, int) else _tell(session, done, first, is_dry=session.choices.dry_run or preview)


def _imported(
    session: Session, mapping: "ImportMapping", file: "Path", heard: "tuple[Hearing, ...]", *, is_dry: bool
) -> "ImportReport | int":
    """The report, or the exit code of an interrupted import, which has been told."""
    from salespm_flow.cli.interruption import interruption
    from salespm_flow.cli.progress import bar
    from salespm_flow.interop.table_import import ImportStoppedError, run_import

    def on_row(row: "ImportRow", taken: "Taken") -> None:
        for hear in heard:
            hear(row, taken)

    try:
        with interruption() as stop, bar(session.text("导入", "importing"), session) as progress:
            return run_import(
                session.runner,
                mapping,
                file,
                at=session.now,
                dry_run=is_dry,
                progress=progress,
                importer=_importer(session),
                is_stopped=stop.is_asked,
                on_row=on_row if heard else None,
            )
    except ImportStoppedError as stopped:
        return _tell_stop(session, 0 if is_dry else stopped.rows)
    except KeyboardInterrupt:
        if stop.is_heeded:  # the second time: how far the last transaction came is unknown
            raise
        return _tell_stop(session, 0)


def _tell(session: Session, report: "ImportReport", first: "list[tuple[ImportRow, Taken]]", *, is_dry: bool) -> int:
    from salespm_flow.cli.output import write_json, write_text

    if session.is_json:
        answer = _answer(report, dry_run=is_dry)
        write_json({**answer, "preview": [_row_answer(*one) for one in first]} if first else answer)
    else:
        if first:
            write_text(_preview(session, first))
        write_text("\n".join(_lines(session, report, dry_run=is_dry)))
    return 1 if report.refused else 0


def _chosen(
    session: Session, form: str, mapping: str | None, *, encoding: str | None, sheet: str | None
) -> "ImportMapping":
    """The mapping, with what the command line says of the file in place of its own word.

    Raises:
        BilingualUsageError: none is named, or it is for another format.
        UnknownNameError: there is none of that name.
    """
    from dataclasses import replace

    from salespm_flow.cli.lookup import known_document
    from salespm_flow.model.library import Encoding

    mappings = session.library.mappings
    if mapping is None:
        listed = ", ".join(name for name, found in mappings.items() if found.format == form)
        hint = Bilingual(f"可选：{listed}", f"one of: {listed}")
        if not listed:
            zh = f"这里没有 format: {form} 的映射；先写一份 kind: mapping 的定义文件"
            hint = Bilingual(zh, f"there is no mapping of format: {form} here; write a definition of kind: mapping")
        raise BilingualUsageError(Bilingual("缺少 --mapping", "--mapping is missing"), hint)
    chosen = known_document(session, mapping, mappings, Bilingual("映射", "mapping"))
    if chosen.format != form:
        raise BilingualUsageError(
            Bilingual(
                f"映射 {mapping} 写的是 format: {chosen.format}", f"the mapping {mapping} says format: {chosen.format}"
            ),
            Bilingual(
                f"用 import {chosen.format}，或把映射改成 format: {form}",
                f"use import {chosen.format}, or say format: {form} in the mapping",
            ),
        )
    return replace(
        chosen,
        encoding=chosen.encoding if encoding is None else Encoding(encoding),
        sheet=chosen.sheet if sheet is None else sheet,
    )


def _keep(first: "list[tuple[ImportRow, Taken]]", row: "ImportRow", taken: "Taken") -> None:
    if len(first) < ROWS_PREVIEWED:
        first.append((row, taken))


def _row_answer(row: "ImportRow", taken: "Taken") -> dict[str, object]:
    from salespm_flow.engine.answers import iso, plain

    return {
        "line": row.line,
        "project": row.key,
        "fate": taken.fate.value,
        "state": row.state,
        "owner": row.owner,
        "fields": {name: plain(value) for name, value in row.fields.items()},
        "dates": {state: None if at is None else iso(at) for state, at in row.dates.items()},
        "reasons": [{"id": one.id, "message": {"zh": one.message.zh, "en": one.message.en}} for one in taken.reasons],
    }


def _preview(session: Session, first: "list[tuple[ImportRow, Taken]]") -> str:
    """The first rows as they would be imported."""
    from salespm_flow.cli.render import table
    from salespm_flow.engine.values import shown

    header = (
        session.text("行", "Line"),
        session.text("项目", "Project"),
        session.text("结果", "Fate"),
        session.text("状态", "State"),
        session.text("负责人", "Owner"),
        session.text("字段", "Fields"),
    )
    rows = [
        (
            str(row.line),
            row.key,
            session.of(FATES[taken.fate.value]),
            row.state,
            row.owner,
            ", ".join(f"{name}={shown(value)}" for name, value in row.fields.items() if value is not None),
        )
        for row, taken in first
    ]
    return table(header, rows, session.palette, right=frozenset({0}))


def _tell_stop(session: Session, rows: int) -> int:
    from salespm_flow.cli.output import write_json, write_message

    write_message(
        session.text(
            f"已中断；{rows} 行已导入；再次运行即可完成", f"interrupted; {rows} rows are in; run again to finish"
        )
    )
    if session.is_json:
        write_json({"status": "interrupted", "rows": rows})
    return INTERRUPTED


def _importer(session: Session) -> str:
    """Who acts for rows without an owner: whoever was named, else the import itself."""
    from salespm_flow.interop.table_import import IMPORTER

    return IMPORTER if session.choices.actor is None else session.actor.id


def _answer(report: "ImportReport", *, dry_run: bool) -> dict[str, object]:
    return {
        "status": "refused" if report.refused else "ok",
        "dry_run": dry_run,
        "rows": report.rows,
        "created": report.created,
        "revised": report.revised,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "entries": report.entries,
        "assumed": report.assumed,
        "unresolved": [_unresolved_answer(one) for one in report.unresolved],
        "refusals": [_refusals_answer(one) for one in report.refusals],
        "unread": list(report.unread),
    }


def _unresolved_answer(unresolved: "Unresolved") -> dict[str, object]:
    return {
        "field": unresolved.field,
        "count": unresolved.count,
        "distinct": unresolved.distinct,
        "examples": [
            {"text": one.text, "count": one.count, "line": one.line, "nearest": one.nearest}
            for one in unresolved.examples
        ],
    }


def _refusals_answer(refusals: "Refusals") -> dict[str, object]:
    return {
        "id": refusals.id,
        "count": refusals.count,
        "examples": [
            {
                "line": one.line,
                "project": one.project,
                "message": {"zh": one.message.zh, "en": one.message.en},
                "column": one.column,
                "value": one.text,
            }
            for one in refusals.examples
        ],
    }


def _lines(session: Session, report: "ImportReport", *, dry_run: bool) -> Iterator[str]:
    from salespm_flow.cli.render import Ink, pairs

    if dry_run:
        yield session.text("试运行，未写入：", "Dry run, nothing was written:")
    yield pairs(
        [
            (session.text("行数", "Rows"), f"{report.rows:,}"),
            (session.text("新建", "Created"), f"{report.created:,}"),
            (session.text("修订", "Revised"), f"{report.revised:,}"),
            (session.text("未变", "Unchanged"), f"{report.unchanged:,}"),
            (session.text("拒绝", "Refused"), f"{report.refused:,}"),
            (session.text("历史条目", "History entries"), f"{report.entries:,}"),
            (session.text("日期为推定", "On an assumed date"), f"{report.assumed:,}"),
        ],
        session.palette,
    )
    if not report.is_changed and not report.refused:
        yield session.text("没有任何变化", "Nothing has changed")
    for unresolved in report.unresolved:
        yield from _unresolved_lines(session, unresolved)
    for refusals in report.refusals:
        head = session.text(f"{refusals.count} 行被拒绝", f"{refusals.count} row(s) refused")
        yield f"{session.palette.paint(head, Ink.BAD)} [{refusals.id}]"
        for row in refusals.examples:
            yield f"  {_place(session, row)}{session.of(row.message)}"
        if (more := refusals.count - len(refusals.examples)) > 0:
            yield session.text(f"  ……还有 {more} 行；--report 列出每一行", f"  … and {more} more; --report lists all")
    if report.unread:
        yield _unread_line(session, report.unread)


def _place(session: Session, row: "RefusedRow") -> str:
    if not row.project:
        return session.text(f"第 {row.line} 行：", f"line {row.line}: ")
    return session.text(f"第 {row.line} 行（{row.project}）：", f"line {row.line} ({row.project}): ")


def _unread_line(session: Session, unread: tuple[str, ...]) -> str:
    shown, more = unread[:COLUMNS_SHOWN], len(unread) - COLUMNS_SHOWN
    zh, en = f"未读的列：{'、'.join(shown)}", f"columns not read: {', '.join(shown)}"
    return session.text(f"{zh} ……还有 {more} 个", f"{en} … and {more} more") if more > 0 else session.text(zh, en)


def _unresolved_lines(session: Session, unresolved: "Unresolved") -> Iterator[str]:
    name, count = unresolved.field, unresolved.count
    yield session.text(
        f"字段 {name}：{count} 行的值无法识别，已留空", f"{name}: left empty in {count} row(s), the value is unknown"
    )
    for one in unresolved.examples:
        nearest = "" if one.nearest is None else session.text(f"，可能是“{one.nearest}”", f'; perhaps "{one.nearest}"')
        first = session.text(f"首见于第 {one.line} 行", f"first on line {one.line}")
        yield f"  “{one.text}” × {one.count}  ({first}{nearest})"


def _command(form: str) -> BilingualCommand:
    name = form.upper()
    article = "an XLSX" if form == "xlsx" else "a CSV"
    file = f"sales_pipeline.{form}"
    sheet = Bilingual("工作表，默认按映射", "The sheet, by default the mapping's")
    own = _encoding_option() if form == "csv" else option("sheet", "--sheet", sheet, metavar="NAME")
    return BilingualCommand(
        form,
        Bilingual(
            f"按映射把 {name} 文件的每一行变成项目，逐步经过各状态，日期以文件为准。重复导入不会重复创建。\n"
            f"例：salespm-flow import {form} {file} --mapping crm_import",
            f"Turns each row of {article} file into a project by a mapping, walking its states on its own dates; "
            "importing again doubles nothing.\n"
            f"Example: salespm-flow import {form} {file} --mapping crm_import",
        ),
        (
            argument("file", Bilingual(f"{name} 文件", f"The {name} file")),
            option("mapping", "--mapping", Bilingual("映射的标识", "The mapping's id"), metavar="ID"),
            own,
            flag(
                "preview",
                "--preview",
                Bilingual("只看前几行会怎样，不写入", "Show what the first rows would become; write nothing"),
            ),
            option(
                "report",
                "--report",
                Bilingual("把每一行的结果写入这个 CSV", "A CSV of every row's fate"),
                metavar="FILE",
            ),
            flag("force", "--force", Bilingual("覆盖已有的 --report 文件", "Replace a --report that exists")),
            dry_run_option(),
            *shared_options(),
        ),
        partial(run, form=form),
    )


def _encoding_option() -> Described:
    kind = click.Choice(ENCODINGS)
    meaning = Bilingual(
        "文件的编码，默认按映射或自动识别", "The file's encoding, by default the mapping's, else found out"
    )
    return Described(click.Option(["--encoding", "encoding"], type=kind, metavar=f"[{'|'.join(ENCODINGS)}]"), meaning)


COMMAND: Final = group_of(
    "import",
    Bilingual("导入数据，或把 DMN 决策变成决策表。", "Imports data, or decisions of DMN as decision tables."),
    {**{form: _command(form) for form in ("csv", "xlsx")}, "dmn": IMPORT_DMN},
)
