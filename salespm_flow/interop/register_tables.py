"""The tables of what projects keep: records, tasks, risks, clocks, approvals. Knows no file format."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.interop.extract import Extract
from salespm_flow.interop.table import BOOLEAN, MOMENT, Column, ExportTable, count_column
from salespm_flow.model.fields import Record
from salespm_flow.model.project import ApprovalRequest, Clock, Project, Risk, Row, Task

_PROJECT: Final = Column("project", Bilingual("项目", "Project"))
_OPENED: Final = Column("opened_at", Bilingual("开始", "Opened"), MOMENT)
_DUE: Final = Column("due_at", Bilingual("到期", "Due"), MOMENT)
_CLOSED: Final = Column("closed_at", Bilingual("关闭", "Closed"), MOMENT)
_STATUS: Final = Column("status", Bilingual("状态", "Status"))
_NAME: Final = Column("title", Bilingual("标题", "Title"))
Cells = tuple[Value, ...]


def record_table(extract: Extract) -> ExportTable:
    """Every version of every row of the record; `is_newest` tells those that expressions see."""
    if extract.compiled is None or extract.record is None:
        raise LookupError(extract.record)
    record = extract.compiled.workflow.records[extract.record]
    columns = (
        _PROJECT,
        count_column("number", Bilingual("序号", "Number")),
        Column("at", Bilingual("时间", "At"), MOMENT),
        Column("by", Bilingual("登记人", "By")),
        Column("first_at", Bilingual("首次登记", "First at"), MOMENT),
        Column("is_newest", Bilingual("最新", "Newest"), BOOLEAN),
        *(Column(field.id, field.title, field.type) for field in record.fields.values()),
    )
    title = Bilingual(record.title.zh, record.title.en)
    return ExportTable(id=record.id, title=title, columns=columns, rows=_record_rows(extract, record))


def _record_rows(extract: Extract, record: Record) -> Iterator[Cells]:
    for project in extract.projects():
        rows = project.records.get(record.id, ())
        newest = _newest(rows, record)
        for row in rows:
            yield (
                project.id,
                Decimal(row.number),
                row.at,
                row.by,
                row.first_at,
                row.number in newest,
                *(row.values.get(name) for name in record.fields),
            )


def _newest(rows: tuple[Row, ...], record: Record) -> frozenset[int]:
    if record.key is None:
        return frozenset(row.number for row in rows)
    return frozenset({row.values.get(record.key): row.number for row in rows}.values())


def task_table(extract: Extract) -> ExportTable:
    """Every task, done and void ones included."""
    columns = (
        _PROJECT,
        Column("task", Bilingual("任务", "Task")),
        _NAME,
        Column("who", Bilingual("执行人", "Responsible")),
        Column("accountable", Bilingual("担责人", "Accountable")),
        Column("priority", Bilingual("优先级", "Priority")),
        _STATUS,
        _OPENED,
        _DUE,
        _CLOSED,
        Column("closed_by", Bilingual("关闭人", "Closed by")),
        Column("blocked", Bilingual("受阻原因", "Blocked by")),
    )

    def cells(task: Task) -> Cells:
        return (
            task.id,
            task.title.of(extract.language),
            task.who,
            task.accountable or task.who,
            task.priority.value,
            task.status.value,
            task.opened_at,
            task.due_at,
            task.closed_at,
            task.closed_by,
            task.blocked,
        )

    rows = _of_each(extract, lambda project: map(cells, project.tasks.values()))
    return ExportTable(id="tasks", title=Bilingual("任务", "Tasks"), columns=columns, rows=rows)


def risk_table(extract: Extract) -> ExportTable:
    """Every risk, closed ones included."""
    columns = (
        _PROJECT,
        Column("risk", Bilingual("风险", "Risk")),
        _NAME,
        Column("category", Bilingual("类别", "Category")),
        count_column("probability", Bilingual("概率级", "Probability step")),
        count_column("impact", Bilingual("影响级", "Impact step")),
        count_column("score", Bilingual("分值", "Score")),
        Column("level", Bilingual("级别", "Level")),
        Column("owner", Bilingual("负责人", "Owner")),
        _STATUS,
        Column("strategy", Bilingual("应对策略", "Strategy")),
        Column("response", Bilingual("应对措施", "Response")),
        _OPENED,
        _DUE,
        _CLOSED,
    )

    def cells(risk: Risk) -> Cells:
        return (
            risk.id,
            risk.title.of(extract.language),
            risk.category,
            Decimal(risk.probability),
            Decimal(risk.impact),
            Decimal(risk.score),
            risk.level,
            risk.owner,
            risk.status.value,
            risk.strategy,
            None if risk.response is None else risk.response.of(extract.language),
            risk.opened_at,
            risk.due_at,
            risk.closed_at,
        )

    rows = _of_each(extract, lambda project: map(cells, project.risks.values()))
    return ExportTable(id="risks", title=Bilingual("风险", "Risks"), columns=columns, rows=rows)


def clock_table(extract: Extract) -> ExportTable:
    """Every time limit and timer that runs or is paused; a paused one has no due time."""
    columns = (
        _PROJECT,
        Column("clock", Bilingual("计时", "Clock")),
        Column("state", Bilingual("状态", "State")),
        Column("started_at", Bilingual("开始", "Started"), MOMENT),
        _DUE,
        Column("is_overdue", Bilingual("已超时", "Overdue"), BOOLEAN),
    )

    def cells(clock: Clock) -> Cells:
        return (clock.id, clock.state, clock.started_at, clock.due_at, _is_before(clock.due_at, extract.now))

    rows = _of_each(extract, lambda project: map(cells, project.clocks.values()))
    return ExportTable(id="clocks", title=Bilingual("计时", "Clocks"), columns=columns, rows=rows)


def approval_table(extract: Extract) -> ExportTable:
    """Every approval that was asked for, with how many approved and rejected it."""
    columns = (
        _PROJECT,
        Column("request", Bilingual("申请", "Request")),
        _NAME,
        Column("transition", Bilingual("转移", "Transition")),
        Column("requester", Bilingual("申请人", "Requester")),
        Column("requested_at", Bilingual("申请时间", "Requested"), MOMENT),
        _STATUS,
        count_column("approved", Bilingual("同意", "Approved")),
        count_column("rejected", Bilingual("否决", "Rejected")),
        _DUE,
        _CLOSED,
    )

    def cells(request: ApprovalRequest) -> Cells:
        verdicts = [ballot.verdict.value for ballot in request.ballots]
        return (
            request.id,
            request.title.of(extract.language),
            request.transition,
            request.requester,
            request.requested_at,
            request.status.value,
            Decimal(verdicts.count("approve")),
            Decimal(verdicts.count("reject")),
            request.due_at,
            request.closed_at,
        )

    rows = _of_each(extract, lambda project: map(cells, project.approvals.values()))
    return ExportTable(id="approvals", title=Bilingual("审批", "Approvals"), columns=columns, rows=rows)


def _of_each(extract: Extract, cells: Callable[[Project], Iterator[Cells]]) -> Iterator[Cells]:
    for project in extract.projects():
        for row in cells(project):
            yield (project.id, *row)


def _is_before(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at <= now
