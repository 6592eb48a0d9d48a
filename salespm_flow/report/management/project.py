"""The reports on one project: as it stands, and as it ended with what was learned."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import takewhile

from salespm_flow.diagnostics import Bilingual
from salespm_flow.draw.charts.timeline import Bar, timeline
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.context import row_of
from salespm_flow.engine.measure.journey import journey_of
from salespm_flow.engine.measure.portfolio import RiskLine, model_of
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import FieldType, Record
from salespm_flow.model.history import Entry, FieldSet, Moved
from salespm_flow.model.project import Project, Risk, Task
from salespm_flow.model.statuses import RiskStatus, TaskStatus
from salespm_flow.report.management.indicators import project_indicators
from salespm_flow.report.management.lines import risk_table
from salespm_flow.report.management.page import (
    Block,
    Cell,
    Column,
    Facts,
    Page,
    Picture,
    Section,
    Table,
    Tile,
    Tiles,
    Words,
)
from salespm_flow.report.management.progress import progress_section
from salespm_flow.report.management.risk_parts import matrix_section, risk_note
from salespm_flow.report.management.sheet import Inquiry, Sheet
from salespm_flow.report.management.words import APPROVAL_STATUSES, DOINGS, OUTCOMES, TASK_STATUSES
from salespm_flow.report.values import NOTHING, moment, party, shown
from salespm_flow.rules.risk_matrix import matrix_of

# A page tells the last so many rows of a record, and entries of the history.
_ROWS = 50
_ENTRIES = 30


def project_page(inquiry: Inquiry, project: Project, *, is_closing: bool = False) -> Page:
    """The page of the project as given; its history is read up to its revision."""
    sheet = Sheet(inquiry)
    runner = inquiry.runner
    entries = tuple(takewhile(lambda one: one.number <= project.revision, runner.store.history(project.id)))
    told = _Project(sheet, project, runner.definitions.pinned(project.pin), entries)
    text = sheet.text
    title = text(f"结项报告：{project.id}", f"Closing report: {project.id}") if is_closing else project.id
    subtitle = text(
        f"{sheet.of(told.workflow.title)}，第 {project.pin.version} 版；截至 {sheet.as_of}",
        f"{sheet.of(told.workflow.title)}, version {project.pin.version}; as of {sheet.as_of}",
    )
    return sheet.page(title, subtitle, told.closing() if is_closing else told.standing())


class _Project:
    """The sections of one project."""

    def __init__(self, sheet: Sheet, project: Project, compiled: Compiled, entries: tuple[Entry, ...]) -> None:
        self._sheet, self._project, self._compiled, self._entries = sheet, project, compiled, entries
        self.workflow = compiled.workflow
        text, workflow = sheet.text, compiled.workflow
        self._note = sheet.note(
            "project",
            text(f"项目 {project.id}", f"Project {project.id}"),
            text(
                "字段与记录为项目自己的值；时长自进入至离开状态，未离开的算到截至时间",
                "fields and records are the project's own; times from entering a state to leaving it, to the moment of"
                " the report where it was not left",
            ),
            text(f"{len(entries)} 条历史", f"{len(entries)} entries of its history"),
            place=f"{workflow.span.file}:{workflow.span.line}",
        )

    def standing(self) -> Iterator[Section]:
        """As it stands."""
        yield self._overview()
        yield self._progress()
        yield self._times()
        yield from self._work()
        yield from self._risks()
        yield self._fields()
        yield from self._records()
        yield self._history()

    def closing(self) -> Iterator[Section]:
        """As it ended: what came of it, how long it took, what went otherwise, what was learned."""
        yield self._result()
        goals = project_indicators(self._sheet.inquiry, self._sheet, self._project)
        if goals is not None:
            yield goals
        yield self._times()
        yield from self._records()
        yield from self._learned()
        yield self._fields()

    # ------------------------------------------------------------------------------------------------ overview

    def _overview(self) -> Section:
        sheet, project = self._sheet, self._project
        text = sheet.text
        return Section(
            id="overview",
            title=text("概览", "Overview"),
            blocks=(
                Facts(
                    (
                        (text("状态", "State"), Cell(self._states())),
                        (text("负责人", "Owner"), Cell(project.owner or NOTHING)),
                        (text("开始", "Opened"), Cell(sheet.day(project.opened_at), self._note)),
                        (text("历时", "Age"), Cell(sheet.days(self._length()), self._note)),
                        (text("结果", "Outcome"), Cell(self._outcome())),
                        (text("上级项目", "Parent"), Cell(project.parent.project if project.parent else NOTHING)),
                    )
                ),
            ),
        )

    def _progress(self) -> Section:
        return progress_section(self._sheet, self._project, self._compiled, self._note)

    def _result(self) -> Section:
        sheet, project = self._sheet, self._project
        text = sheet.text
        done = [task for task in project.tasks.values() if task.status is TaskStatus.DONE]
        dated = [task for task in done if task.due_at is not None and task.closed_at is not None]
        in_time = sum(task.closed_at <= task.due_at for task in dated if task.closed_at and task.due_at)
        changes = sum(isinstance(one, FieldSet) for entry in self._entries[1:] for one in entry.changes)
        waived = sum(isinstance(one, Moved) and bool(one.waived) for entry in self._entries for one in entry.changes)
        occurred = [risk for risk in project.risks.values() if risk.issue is not None]
        foreseen = sum(risk.is_foreseen for risk in occurred)
        share = sheet.rate(Decimal(in_time) / len(dated) if dated else None)
        tiles = (
            Tile(label=text("结果", "Outcome"), value=self._outcome(), note=self._note, told=self._states()),
            Tile(label=text("历时", "Duration"), value=sheet.days(self._length()), note=self._note),
            Tile(
                label=text("按期完成的任务", "Tasks done in time"),
                value=share,
                note=self._note,
                told=text(f"{in_time} / {len(dated)} 项有期限的任务", f"{in_time} of {len(dated)} with a due date"),
            ),
            Tile(
                label=text("发生的问题", "Issues"),
                value=str(len(occurred)),
                note=self._note,
                told=text(f"其中 {foreseen} 项事先登记过", f"{foreseen} of them foreseen"),
            ),
            Tile(label=text("字段修改", "Changes of fields"), value=str(changes), note=self._note),
            Tile(
                label=text("破例推进", "Overrides"),
                value=str(waived),
                note=self._note,
                tone="warn" if waived else "good",
            ),
        )
        blocks: tuple[Block, ...] = (Tiles(tiles),)
        if project.is_open:
            words = text(
                "项目尚未结束：以下为截至目前的情况。", "The project has not ended: this is how it stands so far."
            )
            blocks = (Words(words, "warn"), *blocks)
        return Section(id="result", title=text("结果", "Result"), blocks=blocks)

    def _states(self) -> str:
        separator = self._sheet.text("、", ", ")
        states = self.workflow.states
        return separator.join(self._sheet.of(states[leaf].title) for leaf in self._project.leaves) or NOTHING

    def _outcome(self) -> str:
        outcome = self._project.outcome
        return self._sheet.text("进行中", "open") if outcome is None else self._sheet.of(OUTCOMES[outcome.value])

    def _length(self) -> timedelta:
        project = self._project
        return (project.closed_at or self._sheet.inquiry.at) - project.opened_at

    # ---------------------------------------------------------------------------------------------------- time

    def _times(self) -> Section:
        sheet, states = self._sheet, self.workflow.states
        text = sheet.text
        visits = journey_of(self._entries, states, self._project.closed_at or sheet.inquiry.at).visits
        leaves = {state.name for state in states.values() if not state.children}
        bars = [bar for visit in visits if visit["state"] in leaves and (bar := self._bar(visit)) is not None]
        rows = tuple(
            (
                Cell(bar.row),
                Cell(moment(sheet, bar.start), self._note),
                Cell(text("未离开", "still there") if bar.is_running else moment(sheet, bar.end), self._note),
                Cell(bar.told, self._note),
            )
            for bar in bars
        )
        title = text("各状态的时间", "Time in states")
        data = Table(
            caption=title,
            columns=(
                Column(text("状态", "State")),
                Column(text("进入", "Entered"), is_number=True),
                Column(text("离开", "Left"), is_number=True),
                Column(text("时长", "Time"), is_number=True),
            ),
            rows=rows,
        )
        svg = timeline(bars, title=title, language=sheet.inquiry.language)
        caption = text("深色为当前所处的状态", "dark: where the project is now")
        return Section(id="times", title=title, blocks=(Picture(svg=svg, caption=caption, data=data),))

    def _bar(self, visit: dict[str, Value]) -> Bar | None:
        name, start, end = visit["state"], visit["entered_at"], visit["left_at"]
        if not isinstance(name, str) or not isinstance(start, datetime):
            return None
        last = end if isinstance(end, datetime) else self._project.closed_at or self._sheet.inquiry.at
        is_running = end is None and self._project.is_open
        if end is None and not is_running and last <= start:
            return None
        told = self._sheet.days(last - start)
        return Bar(row=self._sheet.state(self.workflow, name), start=start, end=last, told=told, is_running=is_running)

    # ---------------------------------------------------------------------------------------------- work, risks

    def _work(self) -> Iterator[Section]:
        sheet, text, project = self._sheet, self._sheet.text, self._project
        now = sheet.inquiry.at
        tasks = sorted(project.tasks.values(), key=lambda task: (not task.is_open, task.due_at or now, task.id))
        if tasks:
            rows = tuple(
                (
                    Cell(sheet.of(task.title)),
                    Cell(party(sheet, task.who)),
                    Cell(
                        sheet.day(task.due_at), tone="bad" if task.is_open and task.due_at and task.due_at < now else ""
                    ),
                    Cell(sheet.of(TASK_STATUSES[task.status.value])),
                )
                for task in tasks
            )
            heads: tuple[str, ...] = (
                text("任务", "Task"),
                text("谁做", "Who"),
                text("期限", "Due"),
                text("状况", "Status"),
            )
            yield self._listed("tasks", text("任务", "Tasks"), heads, rows)
        if project.approvals:
            rows = tuple(
                (
                    Cell(sheet.of(one.title)),
                    Cell(one.requester),
                    Cell(sheet.day(one.requested_at)),
                    Cell(sheet.of(APPROVAL_STATUSES[one.status.value])),
                )
                for one in project.approvals.values()
            )
            heads = (text("审批", "Approval"), text("申请人", "Asked by"), text("申请日", "Asked on"))
            yield self._listed("approvals", text("审批", "Approvals"), (*heads, text("状况", "Status")), rows)

    def _risks(self) -> Iterator[Section]:
        models = {one.model.id: one.model for one in self._compiled.risks}
        risks = [risk for risk in self._project.risks.values() if risk.is_standing]
        if not models or not risks:
            return
        note = risk_note(self._sheet, len(risks))
        for name, model in models.items():
            own = [(self._project.id, risk) for risk in risks if model_of(risk, models).id == name]
            if own:
                yield matrix_section(self._sheet, name, matrix_of(model, own), note)
        yield self._risk_list(risks, note)

    def _risk_list(self, risks: Iterable[Risk], note: str) -> Section:
        models = {one.model.id: one.model for one in self._compiled.risks}
        lines = []
        for risk in sorted(risks, key=lambda one: (-one.score, one.id)):
            ranks = [level.id for level in model_of(risk, models).levels]
            rank = ranks.index(risk.level) if risk.level in ranks else 0
            lines.append(RiskLine(project=self._project.id, risk=risk, rank=rank, levels=len(ranks)))
        title = self._sheet.text("风险", "Risks")
        return Section(id="risk-list", title=title, blocks=(risk_table(self._sheet, title, lines, note),))

    def _learned(self) -> Iterator[Section]:
        """What was foreseen and what happened."""
        ended = [risk for risk in self._project.risks.values() if self._compiled.risks]
        if not ended:
            return
        sheet, text = self._sheet, self._sheet.text
        note = risk_note(sheet, len(ended))
        rows = []
        for risk in ended:
            happened = risk.issue is not None or risk.status is RiskStatus.OCCURRED
            chance = sheet.rate(risk.chance)
            cost = NOTHING if risk.issue is None or risk.issue.money is None else shown(sheet, risk.issue.money)
            words = (
                sheet.of(risk.title),
                chance,
                text("发生", "occurred") if happened else text("未发生", "did not occur"),
                text("事先登记", "foreseen") if risk.is_foreseen else text("未预见", "not foreseen"),
                cost,
            )
            rows.append(sheet.cells(words, note, tone="warn" if happened else ""))
        heads: tuple[str, ...] = (text("风险", "Risk"), text("预计概率", "Chance"), text("结果", "What happened"))
        heads = (*heads, text("预见", "Foreseen"), text("实际损失", "Real loss"))
        yield self._listed("foreseen", text("风险：预计与实际", "Risks: foreseen and real"), heads, tuple(rows))

    # ------------------------------------------------------------------------------------------ fields, records

    def _fields(self) -> Section:
        sheet, fields = self._sheet, self.workflow.fields
        row = row_of(self._project, self._compiled, sheet.inquiry.at, tuple(fields))
        pairs = tuple(
            (sheet.of(field.title), Cell(shown(sheet, row.get(name), field.type), self._note))
            for name, field in fields.items()
            if row.get(name) is not None
        )
        empty = Words(sheet.text("没有填写字段。", "No field is filled in."))
        return Section(id="fields", title=sheet.text("字段", "Fields"), blocks=(Facts(pairs) if pairs else empty,))

    def _records(self) -> Iterator[Section]:
        for name, record in self.workflow.records.items():
            rows = self._project.records.get(name, ())
            if rows:
                yield self._record(name, record, [(row.at, row.by, row.values) for row in rows])

    def _record(self, name: str, record: Record, rows: list[tuple[datetime, str, Mapping[str, Value]]]) -> Section:
        sheet, text = self._sheet, self._sheet.text
        told = rows[-_ROWS:]
        filled = [key for key in record.fields if any(values.get(key) is not None for _, _, values in told)]
        cells = tuple(
            (
                Cell(sheet.day(at)),
                *(self._cell(values.get(key), record.fields[key].type) for key in filled),
                Cell(by),
            )
            for at, by, values in told
        )
        columns = (
            Column(text("日期", "Day")),
            *(Column(sheet.of(record.fields[key].title)) for key in filled),
            Column(text("登记人", "By")),
        )
        rest = len(rows) - len(told)
        table = Table(
            caption=sheet.of(record.title),
            columns=columns,
            rows=cells,
            rest=text(f"更早的 {rest} 条未列出", f"{rest} earlier rows are not listed") if rest else "",
        )
        return Section(id=f"record-{name}", title=sheet.of(record.title), blocks=(table,))

    def _cell(self, value: Value, kind: FieldType) -> Cell:
        return Cell(shown(self._sheet, value, kind), "" if value is None else self._note)

    def _history(self) -> Section:
        sheet, text = self._sheet, self._sheet.text
        told = self._entries[-_ENTRIES:]
        rows = tuple(
            (
                Cell(f"#{entry.number}", self._note),
                Cell(moment(sheet, entry.at)),
                Cell(f"{sheet.of(DOINGS.get(entry.doing.value, _as_is(entry.doing.value)))} {entry.name}".strip()),
                Cell(entry.actor),
                Cell(entry.comment or NOTHING),
            )
            for entry in reversed(told)
        )
        heads = (
            text("序号", "No."),
            text("时间", "Time"),
            text("事项", "What"),
            text("谁", "Who"),
            text("备注", "Comment"),
        )
        rest = len(self._entries) - len(told)
        words = text(f"更早的 {rest} 条未列出", f"{rest} earlier entries are not listed") if rest else ""
        return self._listed("history", text("最近的历史", "Latest history"), heads, rows, rest=words)

    def _listed(
        self, name: str, title: str, heads: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], *, rest: str = ""
    ) -> Section:
        table = Table(caption=title, columns=tuple(Column(head) for head in heads), rows=rows, rest=rest)
        return Section(id=name, title=title, blocks=(table,))


def _is_overdue(task: Task, now: datetime) -> bool:
    return task.is_open and task.due_at is not None and task.due_at < now


def _as_is(word: str) -> Bilingual:
    return Bilingual(word, word)
