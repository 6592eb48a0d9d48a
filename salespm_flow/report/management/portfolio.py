"""The portfolio on one page: where all projects stand, what they will bring, what is late, what may go wrong."""

from collections.abc import Iterator
from decimal import Decimal

from salespm_flow.engine.measure.portfolio import Outline, Portfolio, WorkflowBook, portfolio
from salespm_flow.engine.views.sla import Light
from salespm_flow.report.management.flow_parts import (
    forecast_note,
    forecast_section,
    funnel_section,
    states_section,
)
from salespm_flow.report.management.lines import project_table
from salespm_flow.report.management.page import Page, Section, Tile, Tiles, Words
from salespm_flow.report.management.risk_parts import count_of, matrix_section, risk_note, worst_section
from salespm_flow.report.management.sheet import Inquiry, Sheet
from salespm_flow.rules.forecast.deals import quarter_of


def outline_of(inquiry: Inquiry) -> Outline:
    """What the inquiry asks of the portfolio."""
    runner = inquiry.runner
    return Outline(
        store=runner.store,
        library=runner.library,
        definitions=runner.definitions,
        at=inquiry.at,
        is_past=inquiry.is_past,
        period=inquiry.period,
        workflows=inquiry.workflows,
    )


def portfolio_page(inquiry: Inquiry) -> Page:
    """The page; one pass over the projects."""
    sheet = Sheet(inquiry)
    found = portfolio(outline_of(inquiry))
    text = sheet.text
    subtitle = text(
        f"截至 {sheet.as_of}；结束于 {sheet.days_of(inquiry.period)} 的计入本期",
        f"As of {sheet.as_of}; what ended in {sheet.days_of(inquiry.period)} counts for the period",
    )
    return sheet.page(text("项目组合", "Portfolio"), subtitle, _sections(sheet, found))


def _sections(sheet: Sheet, found: Portfolio) -> Iterator[Section]:
    text = sheet.text
    if not found.workflows:
        nothing = Words(text("这里还没有项目。", "There is no project yet."))
        yield Section(id="overview", title=text("概览", "Overview"), blocks=(nothing,))
        return
    note = risk_note(sheet, count_of(found))
    yield _overview(sheet, found, note)
    for book in found.workflows:
        yield states_section(sheet, book)
        if book.has_amounts and book.workflow.domain.value == "sales":
            yield funnel_section(sheet, book)
            yield forecast_section(sheet, book)
    for name, matrix in found.matrices.items():
        yield matrix_section(sheet, name, matrix, note)
    yield from late_and_large(sheet, found)
    yield worst_section(sheet, found, note)


def _overview(sheet: Sheet, found: Portfolio, risks: str) -> Section:
    text = sheet.text
    tiles = [tile for book in found.workflows for tile in _tiles(sheet, book)]
    high = sum(matrix.count(matrix.levels[-1].id) for matrix in found.matrices.values())
    count = count_of(found)
    told = text(f"共 {count:,} 项", f"{count:,} in all")
    label = text("最高等级的风险", "Risks of the highest level")
    tone = "bad" if high else "good"
    tiles.append(Tile(label=label, value=sheet.count(high), note=risks, told=told, tone=tone))
    return Section(id="overview", title=text("概览", "Overview"), blocks=(Tiles(tuple(tiles)),))


def _tiles(sheet: Sheet, book: WorkflowBook) -> Iterator[Tile]:
    text, workflow = sheet.text, book.workflow
    title, note = sheet.of(workflow.title), f"about-states-{workflow.id}"
    worth = sheet.money(book.amount, book.currency) if book.has_amounts else ""
    yield Tile(label=text(f"{title}：进行中", f"{title}: open"), value=sheet.count(book.open), note=note, told=worth)
    late = sum(one.lights[Light.RED] for one in book.states.values())
    if late or any(one.lights for one in book.states.values()):
        label = text(f"{title}：超时", f"{title}: beyond a time limit")
        yield Tile(label=label, value=sheet.count(late), note=note, tone="bad" if late else "good")
    if not book.has_amounts or workflow.domain.value != "sales":
        return
    quarter = quarter_of(sheet.inquiry.at.astimezone(sheet.zone).date())
    one = book.quarters.get(quarter)
    if one is not None:
        spread = one.spread(book.odds)
        low, high = (sheet.whole(value, book.currency) for value in (spread.p10, spread.p90))
        yield Tile(
            label=text(f"{title}：本季度预测", f"{title}: forecast of the quarter"),
            value=sheet.whole(spread.mean, book.currency),
            note=forecast_note(sheet, book),
            told=text(f"{quarter}：{low} 至 {high}（P10–P90）", f"{quarter}: {low} to {high} (P10–P90)"),
        )
    won = sum((one.won for one in book.quarters.values()), Decimal(0))
    count = sum(one.wins for one in book.quarters.values())
    yield Tile(
        label=text(f"{title}：累计赢单", f"{title}: won in all"),
        value=sheet.money(won, book.currency),
        note=forecast_note(sheet, book),
        told=text(f"{count:,} 单", f"{count:,} deal(s)"),
    )


def late_and_large(sheet: Sheet, found: Portfolio) -> Iterator[Section]:
    """What is late the longest, and what is worth the most."""
    text = sheet.text
    note = sheet.note(
        "lines",
        text("点名的项目", "Projects by name"),
        text(
            "在此状态：自最近一次进入所处状态起；金额为项目的金额字段，按当日汇率折算",
            "in the state: since it was last entered; the project's own amount, converted by the rate of the day",
        ),
        text("进行中的项目", "open projects"),
    )
    if found.late:
        late = project_table(sheet, text("停留最久的在前", "the longest in their state first"), found.late, note)
        title = text("超时的项目", "Projects beyond a time limit")
        yield Section(id="late", title=title, blocks=(late,), is_wide=False)
    if found.largest:
        large = project_table(sheet, text("金额最大的在前", "the largest first"), found.largest, note)
        title = text("最大的项目", "The largest projects")
        yield Section(id="largest", title=title, blocks=(large,), is_wide=False)
