"""Parts of a project's report about what it keeps: fields, records, history."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.context import row_of
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Record
from salespm_flow.model.history import Doing, Entry
from salespm_flow.report.management.page import Cell, Column, Facts, Section, Table, Words
from salespm_flow.report.management.project_told import ROWS, ToldProject
from salespm_flow.report.management.words import DOINGS
from salespm_flow.report.values import NOTHING, moment, shown

_ENTRIES = 30


def fields_section(told: ToldProject) -> Section:
    """The fields that are filled in."""
    sheet, fields = told.sheet, told.workflow.fields
    row = row_of(told.project, told.compiled, sheet.inquiry.at, tuple(fields))
    pairs = tuple(
        (sheet.of(field.title), told.cell(row.get(name), field.type))
        for name, field in fields.items()
        if shown(sheet, row.get(name), field.type) != NOTHING
    )
    empty = Words(sheet.text("没有填写字段。", "No field is filled in."))
    title = sheet.text("字段", "Fields")
    return Section(id="fields", title=title, blocks=(Facts(pairs) if pairs else empty,), is_wide=False)


def record_sections(told: ToldProject) -> Iterator[Section]:
    """The latest rows of each record that has any."""
    for name, record in told.workflow.records.items():
        rows = told.project.records.get(name, ())
        if rows:
            yield _record(told, name, record, [(row.at, row.by, row.values) for row in rows])


def _record(
    told: ToldProject, name: str, record: Record, rows: list[tuple[datetime, str, Mapping[str, Value]]]
) -> Section:
    sheet, text = told.sheet, told.sheet.text
    latest = rows[-ROWS:]
    filled = [key for key in record.fields if any(values.get(key) is not None for _, _, values in latest)]
    cells = tuple(
        (
            Cell(sheet.day(at), told.note),
            *(told.cell(values.get(key), record.fields[key].type) for key in filled),
            Cell(by),
        )
        for at, by, values in latest
    )
    columns = (
        Column(text("日期", "Day")),
        *(Column(sheet.of(record.fields[key].title)) for key in filled),
        Column(text("登记人", "By")),
    )
    title, rest = sheet.of(record.title), sheet.left_out(len(rows) - ROWS, "条更早的", "earlier rows are")
    table = Table(caption=title, columns=columns, rows=cells, rest=rest, rest_note=told.note if rest else "")
    return Section(id=f"record-{name}", title=title, blocks=(table,))


def history_section(told: ToldProject) -> Section:
    """The latest entries of the history, the last first."""
    sheet, text = told.sheet, told.sheet.text
    rows = tuple(
        (
            Cell(f"#{entry.number}", told.note),
            Cell(moment(sheet, entry.at), told.note),
            Cell(_doing(told, entry)),
            Cell(entry.actor),
            Cell(entry.comment or NOTHING),
        )
        for entry in reversed(told.entries[-_ENTRIES:])
    )
    heads = (
        text("序号", "No."),
        text("时间", "Time"),
        text("事项", "What"),
        text("谁", "Who"),
        text("备注", "Comment"),
    )
    title = text("最近的历史", "Latest history")
    rest = sheet.left_out(len(told.entries) - _ENTRIES, "条更早的", "earlier entries are")
    columns = tuple(Column(head) for head in heads)
    table = Table(caption=title, columns=columns, rows=rows, rest=rest, rest_note=told.note if rest else "")
    return Section(id="history", title=title, blocks=(table,))


def _doing(told: ToldProject, entry: Entry) -> str:
    """What was done, to what by its title: a trigger, a record, a task, a risk or a field."""
    sheet, project, name = told.sheet, told.project, entry.name
    known = DOINGS.get(entry.doing.value, Bilingual(entry.doing.value, entry.doing.value))
    if entry.doing is Doing.ADVANCE:
        title = next(
            (one.title for one in told.workflow.transitions.values() if name == one.id or name in one.events), None
        )
    else:
        nouns = (told.workflow.records, project.tasks, project.risks, project.approvals)
        title = next((named[name].title for named in nouns if name in named), None)
    return f"{sheet.of(known)} {name if title is None else sheet.of(title)}".strip()
