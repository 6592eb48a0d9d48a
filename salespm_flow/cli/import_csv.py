"""`import csv`: rows of a file become projects, through the same guarded path as everything else."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, dry_run_option, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.interop.import_report import ImportReport, Refusals, Unresolved


COLUMNS_SHOWN: Final = 10
INTERRUPTED: Final = 130


def run(session: Session, file: str, *, mapping: str | None) -> int:
    """The rows are imported and accounted for; 1 where one was refused, 130 where the import was interrupted."""
    from pathlib import Path

    from salespm_flow.cli.interruption import interruption
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.progress import bar
    from salespm_flow.interop.table_import import ImportStoppedError, run_import

    mappings = session.library.mappings
    if mapping is None:
        listed = ", ".join(mappings)
        hint = Bilingual(f"可选：{listed}", f"one of: {listed}") if mappings else None
        raise BilingualUsageError(Bilingual("缺少 --mapping", "--mapping is missing"), hint)
    chosen = known(mapping, mappings, Bilingual("映射", "mapping"))
    dry_run = session.choices.dry_run
    try:
        with interruption() as stop, bar(session.text("导入", "importing"), session) as progress:
            report = run_import(
                session.runner,
                chosen,
                Path(file),
                at=session.now,
                dry_run=dry_run,
                progress=progress,
                importer=_importer(session),
                is_stopped=stop.is_asked,
            )
    except ImportStoppedError as stopped:
        return _tell_stop(session, 0 if dry_run else stopped.rows)
    except KeyboardInterrupt:
        if stop.is_heeded:  # the second time: how far the last transaction came is unknown
            raise
        return _tell_stop(session, 0)
    if session.is_json:
        write_json(_answer(report, dry_run=dry_run))
    else:
        write_text("\n".join(_lines(session, report, dry_run=dry_run)))
    return 1 if report.refused else 0


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
            {"line": one.line, "project": one.project, "message": {"zh": one.message.zh, "en": one.message.en}}
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
            yield f"  {session.text('行', 'line')} {row.line} {row.project}: {session.of(row.message)}"
    if report.unread:
        yield _unread_line(session, report.unread)


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


COMMAND: Final = group_of(
    "import",
    Bilingual("导入数据。", "Imports data."),
    {
        "csv": BilingualCommand(
            "csv",
            Bilingual(
                "按映射把 CSV 的每一行变成项目，逐步经过各状态，日期以文件为准。重复导入不会重复创建。\n"
                "例：salespm-flow import csv sales_pipeline.csv --mapping crm_import",
                "Turns each row of a CSV file into a project by a mapping, walking its states on the file's own dates. "
                "Importing again doubles nothing.\n"
                "Example: salespm-flow import csv sales_pipeline.csv --mapping crm_import",
            ),
            (
                argument("file", Bilingual("CSV 文件", "The CSV file")),
                option("mapping", "--mapping", Bilingual("映射的标识", "The mapping's id"), metavar="ID"),
                dry_run_option(),
                *shared_options(),
            ),
            run,
        )
    },
)
