"""The part of a project's report that tells how long it stood in each state."""

from datetime import datetime

from salespm_flow.draw.charts.timeline import Bar, timeline
from salespm_flow.engine.measure.journey import journey_of
from salespm_flow.expr.values import Value
from salespm_flow.report.management.page import Cell, Column, Picture, Section, Table
from salespm_flow.report.management.project_told import ROWS, ToldProject
from salespm_flow.report.values import moment


def times_section(told: ToldProject) -> Section:
    """Each stay in a state as a bar and as a row; of many the latest."""
    sheet, states = told.sheet, told.workflow.states
    visits = journey_of(told.entries, states, told.project.closed_at or sheet.inquiry.at).visits
    leaves = {state.name for state in states.values() if not state.children}
    bars = [bar for visit in visits if visit["state"] in leaves and (bar := _bar(told, visit)) is not None]
    title = sheet.text("各状态的时间", "Time in states")
    svg = timeline(bars, title=title, language=sheet.inquiry.language)
    caption = (
        sheet.text("深色为当前所处的状态", "dark: where the project is now")
        if told.project.is_open
        else sheet.text("每段为一次停留", "each bar is one stay")
    )
    picture = Picture(svg=svg, caption=caption, data=_data(told, title, bars))
    return Section(id="times", title=title, blocks=(picture,), is_wide=False)


def _data(told: ToldProject, title: str, bars: list[Bar]) -> Table:
    sheet, note = told.sheet, told.note
    text = sheet.text
    rows = tuple(
        (
            Cell(bar.row),
            Cell(moment(sheet, bar.start), note),
            Cell(text("未离开", "still there") if bar.is_running else moment(sheet, bar.end), note),
            Cell(bar.told, note),
        )
        for bar in bars[-ROWS:]
    )
    heads = (text("进入", "Entered"), text("离开", "Left"), text("时长", "Time"))
    rest = sheet.left_out(len(bars) - ROWS, "次更早的停留", "earlier stays are")
    return Table(
        caption=title,
        columns=(Column(text("状态", "State")), *(Column(head, is_number=True) for head in heads)),
        rows=rows,
        rest=rest,
        rest_note=note if rest else "",
    )


def _bar(told: ToldProject, visit: dict[str, Value]) -> Bar | None:
    name, start, end = visit["state"], visit["entered_at"], visit["left_at"]
    if not isinstance(name, str) or not isinstance(start, datetime):
        return None
    sheet, project = told.sheet, told.project
    last = end if isinstance(end, datetime) else project.closed_at or sheet.inquiry.at
    is_running = end is None and project.is_open
    if end is None and not is_running and last <= start:
        return None
    length = sheet.days(last - start)
    return Bar(row=sheet.state(told.workflow, name), start=start, end=last, told=length, is_running=is_running)
