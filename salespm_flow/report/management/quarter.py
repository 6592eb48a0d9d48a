"""The quarter report: goals, forecast, figures and cards of the period, and how work flowed through it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from salespm_flow.draw.charts.scores import ScoreBar, score_bars
from salespm_flow.draw.charts.series import burndown_chart, cumulative_chart
from salespm_flow.engine.measure.evaluation import Evaluation, Question, evaluate_many
from salespm_flow.engine.measure.flow import Ways, burndown_of, cumulative_of
from salespm_flow.engine.measure.goals import Tracked, track
from salespm_flow.engine.measure.portfolio import WorkflowBook, portfolio
from salespm_flow.engine.measure.workload import workload
from salespm_flow.model.rules import KpiSet
from salespm_flow.model.workflow import Workflow
from salespm_flow.report.management.change_parts import process_section
from salespm_flow.report.management.flow_parts import forecast_section, funnel_section
from salespm_flow.report.management.indicators import card_note, group_section, indicator_section
from salespm_flow.report.management.page import Cell, Column, Page, Picture, Section, Table, Tile, Tiles, Words
from salespm_flow.report.management.portfolio import outline_of
from salespm_flow.report.management.sheet import Inquiry, Sheet
from salespm_flow.report.management.words import PROGRESS
from salespm_flow.report.management.work_parts import planned_section
from salespm_flow.report.values import NOTHING, figure, number
from salespm_flow.rules.flow.series import Burndown, Cumulative
from salespm_flow.rules.kpi import KpiResult
from salespm_flow.rules.scorecard import Line, Score

# How many points in time the charts over days have.
_MOMENTS = 14


def quarter_page(inquiry: Inquiry) -> Page:
    """The page: a pass over the projects, and passes over the histories for figures, goals and flow."""
    sheet = Sheet(inquiry)
    days = sheet.days_of(inquiry.period)
    subtitle = sheet.text(f"{days}，截至 {sheet.as_of}", f"{days}, as of {sheet.as_of}")
    return sheet.page(sheet.text("期间报告", "Report on the period"), subtitle, _sections(sheet))


def _sections(sheet: Sheet) -> Iterator[Section]:
    inquiry, runner = sheet.inquiry, sheet.inquiry.runner
    tracked = track(runner.store, runner.library, at=inquiry.at, is_past=inquiry.is_past)
    yield _goals(sheet, [one for one in tracked.values() if _touches(one, inquiry)])
    books = portfolio(outline_of(inquiry)).workflows
    sales = [book for book in books if book.has_amounts and book.workflow.domain.value == "sales"]
    for book in sales:
        yield funnel_section(sheet, book)
        yield forecast_section(sheet, book)
    question = Question(period=inquiry.period)
    (answer,) = evaluate_many(runner.store, runner.library, (question,), at=inquiry.at, is_past=inquiry.is_past)
    yield indicator_section(sheet, answer, runner.library.scorecards)
    yield from (_card(sheet, score, answer) for score in answer.scores.values() if score.total is not None)
    for book in books:
        yield process_section(sheet, book)
        yield from _flow(sheet, book)
    yield planned_section(sheet, workload(outline_of(inquiry)))
    groups = group_section(sheet, answer)
    if groups is not None:
        yield groups
    for kpis in runner.library.kpi_sets.values():
        section = _figures(sheet, kpis, answer)
        if section is not None:
            yield section


def _touches(one: Tracked, inquiry: Inquiry) -> bool:
    goal, period = one.aim.goal, inquiry.period
    begins_late = period.end is not None and goal.starts_on is not None and goal.starts_on > period.end
    ended_before = period.start is not None and goal.ends_on is not None and goal.ends_on < period.start
    return not (begins_late or ended_before)


def _goals(sheet: Sheet, goals: list[Tracked]) -> Section:
    text = sheet.text
    heads: tuple[str, ...] = (
        text("目标值", "Target"),
        text("实际", "Actual"),
        text("达成", "Attained"),
        text("时间已过", "Time gone"),
    )
    heads += (text("进度比", "Pace"), text("推算", "Projected"))
    rows = tuple(_goal(sheet, one) for one in goals)
    table = Table(
        caption=text("与本期相交的目标", "Goals whose days meet the period"),
        columns=(
            Column(text("目标", "Goal")),
            *(Column(head, is_number=True) for head in heads),
            Column(text("状况", "Standing")),
        ),
        rows=rows,
    )
    empty = Words(text("没有为本期定义目标。", "No goal is defined for the period."))
    return Section(id="goals", title=text("目标", "Goals"), blocks=(table if rows else empty,))


def _goal(sheet: Sheet, one: Tracked) -> tuple[Cell, ...]:
    goal, standing, kpi = one.aim.goal, one.standing, one.aim.kpi
    note = sheet.note(
        f"goal-{goal.id}",
        f"{sheet.of(goal.title)} ({goal.id})",
        sheet.text(
            f"达成 = 实际 ÷ 目标；进度比 = 达成 ÷ 已过工作日的比例；实际取指标 {one.aim.kpi_id}",
            f"attained = actual ÷ target; pace = attained ÷ share of working days gone; the actual is the KPI"
            f" {one.aim.kpi_id}",
        ),
        sheet.text(
            f"{one.population:,} 条，{goal.starts_on} … {goal.ends_on}",
            f"{one.population:,} row(s), {goal.starts_on} … {goal.ends_on}",
        ),
        place=f"{goal.span.file}:{goal.span.line}",
    )
    unit = "" if kpi is None else kpi.unit
    pace = NOTHING if standing.pace is None else number(round(standing.pace, 2))
    figures = (goal.target, standing.actual)
    target, actual = (NOTHING if value is None else figure(sheet, value, unit) for value in figures)
    projected = NOTHING if standing.projected is None else figure(sheet, standing.projected, unit)
    words = (sheet.of(goal.title), target, actual, sheet.rate(standing.attainment), sheet.rate(standing.elapsed))
    progress = standing.progress.value
    tone = {"on_pace": "good", "reached": "good", "behind": "warn", "missed": "bad"}.get(progress, "")
    return (*sheet.cells((*words, pace, projected), note), Cell(sheet.of(PROGRESS[progress]), tone=tone))


def _card(sheet: Sheet, score: Score, answer: Evaluation) -> Section:
    text, card = sheet.text, sheet.inquiry.runner.library.scorecards[score.card]
    lines = [line for line in score.lines if card.criteria[line.criterion].kpi in answer.kpis]
    title = sheet.of(card.title)
    total = NOTHING if score.total is None else number(round(score.total, 1))
    tile = Tile(
        label=text("总分", "Total"),
        value=text(f"{total} 分", f"{total} points"),
        note=card_note(sheet, card, text("本期的项目", "the projects of the period")),
        told=text(f"等级 {score.grade}", f"grade {score.grade}") if score.grade else "",
    )
    results = [(line, answer.kpis[card.criteria[line.criterion].kpi]) for line in lines]
    picture = Picture(
        svg=score_bars([_card_bar(sheet, *one) for one in results], title=title, language=sheet.inquiry.language),
        caption=text("得分 0–120；竖线为目标", "points from 0 to 120; the upright line is the target"),
        data=_card_data(sheet, title, results),
    )
    return Section(id=f"card-{card.id}", title=title, blocks=(Tiles((tile,)), picture), is_wide=False)


def _points(line: Line) -> str:
    return NOTHING if line.points is None else number(round(line.points, 1))


def _card_bar(sheet: Sheet, line: Line, result: KpiResult) -> ScoreBar:
    points = None if line.points is None else float(round(line.points, 1))
    told = f"{_points(line)} · {figure(sheet, line.value, result.kpi.unit)}"
    return ScoreBar(title=sheet.of(result.kpi.title), points=points, told=told)


def _card_data(sheet: Sheet, title: str, results: Sequence[tuple[Line, KpiResult]]) -> Table:
    text = sheet.text
    heads = (text("权重", "Weight"), text("值", "Value"), text("得分", "Points"))
    return Table(
        caption=title,
        columns=(Column(text("考核项", "Criterion")), *(Column(head, is_number=True) for head in heads)),
        rows=tuple(
            sheet.cells(
                (
                    sheet.of(result.kpi.title),
                    sheet.rate(line.weight),
                    figure(sheet, line.value, result.kpi.unit),
                    _points(line),
                ),
                sheet.kpi_note(result),
            )
            for line, result in results
        ),
    )


def _flow(sheet: Sheet, book: WorkflowBook) -> Iterator[Section]:
    moments = _moments(sheet)
    if not moments:
        return
    workflow, inquiry = book.workflow, sheet.inquiry
    runner = inquiry.runner
    ways = Ways(store=runner.store, library=runner.library, workflow=workflow, at=inquiry.at, is_past=inquiry.is_past)
    note = _flow_note(sheet, book)
    yield _cumulative(sheet, workflow, cumulative_of(ways, moments), note)
    burned = burndown_of(ways, moments)
    # What nothing was left of when the days began has no line to keep to.
    if burned.remaining[0]:
        yield _burndown(sheet, workflow, burned, note)


def _flow_note(sheet: Sheet, book: WorkflowBook) -> str:
    text, workflow = sheet.text, book.workflow
    title = sheet.of(workflow.title)
    return sheet.note(
        f"flow-{workflow.id}",
        text(f"{title}：流动", f"{title}: flow"),
        text(
            "累积流：每个时点处于各状态的项目数；燃尽：已开始未结束的项目数，理想线从期初直线到零",
            "cumulative flow: how many projects were in each state at each moment; burndown: projects begun and not"
            " ended, the ideal line falls straight to nothing",
        ),
        text(f"{workflow.title.zh}的 {book.projects:,} 个项目", f"{book.projects:,} project(s) of {workflow.title.en}"),
        place=f"{workflow.span.file}:{workflow.span.line}",
    )


def _cumulative(sheet: Sheet, workflow: Workflow, found: Cumulative, note: str) -> Section:
    text, title = sheet.text, sheet.of(workflow.title)
    counted = {name: counts for name, counts in found.states.items() if any(counts) and _is_counted(workflow, name)}
    # Days before the first project tell nothing.
    first = next((place for place, _ in enumerate(found.moments) if _count(counted, found.ended, place)), 0)
    days = [moment.astimezone(sheet.zone).date() for moment in found.moments[first:]]
    bands = {sheet.state(workflow, name): counts[first:] for name, counts in counted.items()}
    bands[text("已结束", "ended")] = found.ended[first:]
    name = text(f"{title}：累积流图", f"{title}: cumulative flow")
    picture = Picture(
        svg=cumulative_chart(days, bands, title=name, language=sheet.inquiry.language),
        caption=text("每条带为一个状态的项目数", "each band is how many projects were in a state"),
        data=_series(sheet, days, bands, note),
    )
    return Section(id=f"cumulative-{workflow.id}", title=name, blocks=(_shown(sheet, days, picture),), is_wide=False)


def _is_counted(workflow: Workflow, name: str) -> bool:
    """Whether the state lies in the first of the regions around it: in a stack each project counts once."""
    at = next((state for state in workflow.states.values() if state.name == name), None)
    while at is not None and at.parent is not None:
        above = workflow.states[at.parent]
        if at.is_region and above.children[0] != at.path:
            return False
        at = above
    return True


def _count(states: Mapping[str, Sequence[int]], ended: Sequence[int], place: int) -> int:
    return ended[place] + sum(counts[place] for counts in states.values())


def _burndown(sheet: Sheet, workflow: Workflow, burned: Burndown, note: str) -> Section:
    text, title = sheet.text, sheet.of(workflow.title)
    days = [moment.astimezone(sheet.zone).date() for moment in burned.moments]
    remaining, ideal = burned.remaining, burned.ideal
    name = text(f"{title}：燃尽图", f"{title}: burndown")
    picture = Picture(
        svg=burndown_chart(
            days, [*map(float, remaining)], [*map(float, ideal)], title=name, language=sheet.inquiry.language
        ),
        caption=text("未结束的项目数", "projects that have not ended"),
        data=_series(sheet, days, {text("剩余", "left to do"): remaining, text("理想", "ideal"): ideal}, note),
    )
    return Section(id=f"burndown-{workflow.id}", title=name, blocks=(_shown(sheet, days, picture),), is_wide=False)


def _shown(sheet: Sheet, days: Sequence[date], picture: Picture) -> Picture | Table:
    """The picture; of a single day its table, since one moment draws no line."""
    if len(set(days)) > 1:
        return picture
    caption = sheet.text("至今只有一天，尚无曲线可画", "one day so far: too little to draw a line")
    return replace(picture.data, caption=caption)


def _series(sheet: Sheet, days: list[date], series: Mapping[str, Sequence[Decimal | int]], note: str) -> Table:
    rows = tuple(
        sheet.cells(
            (f"{day:%Y-%m-%d}", *(number(Decimal(values[place])) for values in series.values())), note, is_dated=True
        )
        for place, day in enumerate(days)
    )
    columns = (Column(sheet.text("日期", "Day")), *(Column(name, is_number=True) for name in series))
    return Table(caption=sheet.text("按日期", "By day"), columns=columns, rows=rows)


def _moments(sheet: Sheet) -> list[datetime]:
    """The ends of days at even distances within the period, none later than the report; empty where none has ended."""
    period = sheet.inquiry.period
    if period.start is None or period.end is None:
        return []
    first = _end_of(period.start - timedelta(days=1), sheet)
    last = min(_end_of(period.end, sheet), sheet.inquiry.at)
    if last <= first:
        return []
    step = (last - first) / (_MOMENTS - 1)
    return [(first + step * place).astimezone(UTC) for place in range(_MOMENTS)]


def _end_of(day: date, sheet: Sheet) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=sheet.zone)


def _figures(sheet: Sheet, kpis: KpiSet, answer: Evaluation) -> Section | None:
    """The figures of one set that are about any rows; None where none is."""
    results = [one for one in map(answer.kpis.__getitem__, kpis.kpis) if one.value is not None and one.population]
    if not results:
        return None
    text = sheet.text
    rows = tuple(
        sheet.cells(
            (sheet.of(one.kpi.title), figure(sheet, one.value, one.kpi.unit), sheet.count(one.population)),
            sheet.kpi_note(one),
        )
        for one in results
    )
    table = Table(
        caption=sheet.of(kpis.title),
        columns=(
            Column(text("指标", "KPI")),
            Column(text("值", "Value"), is_number=True),
            Column(text("样本", "Rows"), is_number=True),
        ),
        rows=rows,
    )
    return Section(id=f"figures-{kpis.id}", title=sheet.of(kpis.title), blocks=(table,), is_wide=False)
