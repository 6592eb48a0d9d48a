"""Parts of reports about one workflow: its states, its funnel, what its quarters bring, its time."""

from collections.abc import Mapping
from decimal import Decimal

from salespm_flow.draw.charts.bars import ForecastBar, forecast_bars
from salespm_flow.draw.charts.funnel import FunnelStage, funnel
from salespm_flow.engine.measure.portfolio import WorkflowBook
from salespm_flow.engine.views.sla import Light
from salespm_flow.expr.values import Money
from salespm_flow.model.goals import all_goals
from salespm_flow.model.library import Library
from salespm_flow.nouns import dataclass
from salespm_flow.report.management.page import Cell, Column, Picture, Section, Table, Words
from salespm_flow.report.management.sheet import Sheet
from salespm_flow.report.values import NOTHING
from salespm_flow.rules.forecast.deals import quarter_of
from salespm_flow.rules.forecast.distribution import Spread
from salespm_flow.rules.forecast.funnel import Step
from salespm_flow.rules.period import read_period

# How many quarters a chart tells, from the one before this on.
_QUARTERS = 6
_TONES = {Light.GREEN: "", Light.AMBER: "warn", Light.RED: "bad"}


def states_section(sheet: Sheet, book: WorkflowBook) -> Section:
    """Where the open projects stand, and how many are late there."""
    text, workflow = sheet.text, book.workflow
    note = sheet.note(
        f"states-{workflow.id}",
        text(f"{sheet.of(workflow.title)}：各状态", f"{sheet.of(workflow.title)}: states"),
        text(
            "进行中的项目按所处状态计数；金额为其金额字段之和；灯色按状态的时限：黄为已提醒，红为已超时",
            "open projects by the state they are in; sums of their amounts; lights by the states' time limits: amber"
            " from the warning on, red from the breach",
        ),
        text(
            f"{workflow.title.zh}的 {book.open:,} 个进行中项目（共 {book.projects:,} 个）",
            f"{book.open:,} open project(s) of {workflow.title.en} ({book.projects:,} in all)",
        ),
        place=f"{workflow.span.file}:{workflow.span.line}",
    )
    empty = Words(text("没有进行中的项目。", "No project is open."))
    return Section(
        id=f"states-of-{workflow.id}",
        title=text(f"{sheet.of(workflow.title)}：现状", f"{sheet.of(workflow.title)}: where projects stand"),
        blocks=(_states(sheet, book, note) if book.states else empty,),
    )


def _states(sheet: Sheet, book: WorkflowBook, note: str) -> Table:
    """The states; sums only where the projects have amounts."""
    text = sheet.text
    sums = (text("金额", "Amount"),) if book.has_amounts else ()
    heads = (text("项目数", "Projects"), *sums, text("占比", "Share"))
    lights = (text("正常", "Green"), text("提醒", "Amber"), text("超时", "Red"))
    return Table(
        caption=text("进行中的项目", "Open projects"),
        columns=(Column(text("状态", "State")), *(Column(head, is_number=True) for head in (*heads, *lights))),
        rows=tuple(_state(sheet, book, name, note) for name in book.states),
    )


def _state(sheet: Sheet, book: WorkflowBook, name: str, note: str) -> tuple[Cell, ...]:
    one = book.states[name]
    sums = (sheet.money(one.amount, book.currency),) if book.has_amounts else ()
    words = (sheet.state(book.workflow, name), sheet.count(one.count), *sums, sheet.rate(_share(one.count, book.open)))
    lights = (
        Cell(sheet.count(one.lights[light]), note, _TONES[light]) if one.lights[light] else Cell(NOTHING)
        for light in Light
    )
    return (*sheet.cells(words, note), *lights)


def funnel_section(sheet: Sheet, book: WorkflowBook) -> Section:
    """How many reached each stage and went on."""
    text, workflow = sheet.text, book.workflow
    steps = tuple(step for step in book.funnel if step.reached and not workflow.states[step.state].children)
    title = text(f"{sheet.of(workflow.title)}：漏斗", f"{sheet.of(workflow.title)}: funnel")
    return Section(
        id=f"funnel-of-{workflow.id}",
        title=title,
        blocks=(_funnel(sheet, book, title, steps) if steps else Words(text("没有项目。", "No project.")),),
        is_wide=False,
    )


def _funnel_note(sheet: Sheet, book: WorkflowBook) -> str:
    text, workflow = sheet.text, book.workflow
    return sheet.note(
        f"funnel-{workflow.id}",
        text(f"{sheet.of(workflow.title)}：漏斗", f"{sheet.of(workflow.title)}: funnel"),
        text(
            "到达：曾进入该状态的项目；转化率：不再停留的项目中继续前进的比例",
            "reached: projects that ever entered the state; conversion: the share that went on of those that no longer"
            " wait there",
        ),
        text(f"{workflow.title.zh}的 {book.projects:,} 个项目", f"{book.projects:,} project(s) of {workflow.title.en}"),
        place=f"{workflow.span.file}:{workflow.span.line}",
    )


def _funnel(sheet: Sheet, book: WorkflowBook, title: str, steps: tuple[Step, ...]) -> Picture:
    text = sheet.text
    stages = [
        FunnelStage(
            title=sheet.state(book.workflow, step.state),
            count=step.reached,
            told=text(
                f"转化 {sheet.rate(step.conversion)} · 停留 {step.waiting:,}",
                f"{sheet.rate(step.conversion)} on · {step.waiting:,} waiting",
            ),
        )
        for step in steps
    ]
    return Picture(
        svg=funnel(stages, title=title, language=sheet.inquiry.language),
        caption=text("每级宽度按到达的项目数", "each stage is as wide as many projects reached it"),
        data=_funnel_data(sheet, book, title, steps),
    )


def _funnel_data(sheet: Sheet, book: WorkflowBook, title: str, steps: tuple[Step, ...]) -> Table:
    text, note = sheet.text, _funnel_note(sheet, book)
    heads: tuple[str, ...] = (text("到达", "Reached"), text("继续", "Went on"), text("流失", "Lost"))
    heads += (text("停留", "Waiting"), text("转化率", "Conversion"))
    return Table(
        caption=title,
        columns=(Column(text("状态", "State")), *(Column(head, is_number=True) for head in heads)),
        rows=tuple(
            sheet.cells(
                (
                    sheet.state(book.workflow, step.state),
                    *map(sheet.count, (step.reached, step.went_on, step.lost, step.waiting)),
                    sheet.rate(step.conversion),
                ),
                note,
            )
            for step in steps
        ),
    )


def forecast_section(sheet: Sheet, book: WorkflowBook) -> Section:
    """What is won and what will probably come, by quarter, with the spread and the target."""
    text, workflow = sheet.text, book.workflow
    title = text(f"{sheet.of(workflow.title)}：加权预测", f"{sheet.of(workflow.title)}: weighted forecast")
    lines = _forecast_lines(sheet, book)
    empty = Words(text("没有可预测的商机。", "There is no deal to forecast."))
    return Section(
        id=f"forecast-of-{workflow.id}",
        title=title,
        blocks=(_forecast(sheet, book, title, lines) if lines else empty,),
        is_wide=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One quarter: how it is called, what is won, open and forecast of it, and what it is to bring."""

    label: str
    won: Decimal
    open: Decimal
    spread: Spread
    target: Decimal | None

    @property
    def bar(self) -> ForecastBar:
        """The line as a bar."""
        return ForecastBar(
            label=self.label,
            won=float(self.won),
            mean=float(self.spread.mean),
            low=float(self.spread.p10),
            high=float(self.spread.p90),
            target=None if self.target is None else float(self.target),
        )


def _forecast_lines(sheet: Sheet, book: WorkflowBook) -> tuple[_Line, ...]:
    targets = targets_of(sheet.inquiry.runner.library, book.currency)
    return tuple(
        _Line(
            label=name or sheet.text("无日期", "no date"),
            won=book.quarters[name].won,
            open=book.quarters[name].open,
            spread=book.quarters[name].spread(book.odds),
            target=targets.get(name),
        )
        for name in _shown_quarters(sheet, book)
    )


def _forecast(sheet: Sheet, book: WorkflowBook, title: str, lines: tuple[_Line, ...]) -> Picture:
    text = sheet.text
    heads: tuple[str, ...] = (text("已赢单", "Won"), text("在手", "Open"), text("预测", "Forecast"))
    heads += ("P10", "P90", text("目标", "Target"))
    data = Table(
        caption=title,
        columns=(Column(text("季度", "Quarter")), *(Column(head, is_number=True) for head in heads)),
        rows=tuple(_forecast_row(sheet, book, line) for line in lines),
    )
    svg = forecast_bars([line.bar for line in lines], title=title, language=sheet.inquiry.language)
    return Picture(svg=svg, caption=text(f"金额单位 {book.currency}", f"amounts in {book.currency}"), data=data)


def _forecast_row(sheet: Sheet, book: WorkflowBook, line: _Line) -> tuple[Cell, ...]:
    spread = line.spread
    figures = (line.won, line.open, spread.mean, spread.p10, spread.p90, line.target)
    told = tuple(sheet.whole(value, book.currency) for value in figures)
    return sheet.cells((line.label, *told), forecast_note(sheet, book), is_dated=True)


def forecast_note(sheet: Sheet, book: WorkflowBook) -> str:
    """The note of what is forecast of a workflow."""
    text, workflow = sheet.text, book.workflow
    apart = "".join(
        text(
            f"；{count} 个商机共 {sheet.money(amount, currency)} 没有汇率，未计入",
            f"; {count} deal(s) of {sheet.money(amount, currency)} without an exchange rate are left out",
        )
        for currency, (count, amount) in sorted(book.apart.items())
    )
    deals = sum(one.deals for one in book.quarters.values())
    return sheet.note(
        f"forecast-{workflow.id}",
        text(f"{sheet.of(workflow.title)}：预测", f"{sheet.of(workflow.title)}: forecast"),
        text(
            "已赢单 + 金额 × 概率；概率取历史赢率（至少 10 个已结束的项目），否则取定义的概率；"
            "P10、P90：有一成、九成的可能不超过此数；季度按预计成交日期，已赢单按成交日期",
            "won + amount × probability, calibrated where at least 10 projects have ended, else as declared; P10 and"
            " P90: with 10 and 90 % it is no more than this; quarters by the expected closing date, of what is won by"
            " the day it was won",
        ),
        text(
            f"{workflow.title.zh}的 {deals:,} 个在手商机{apart}",
            f"{deals:,} open deal(s) of {workflow.title.en}{apart}",
        ),
        place=f"{workflow.span.file}:{workflow.span.line}",
    )


def targets_of(library: Library, currency: str) -> Mapping[str, Decimal]:
    """What each quarter is to bring: the one goal without a parent that is an amount over just its days."""
    found: dict[str, list[Decimal]] = {}
    for goal in all_goals(library.goal_sets.values()).values():
        target = goal.target
        if goal.parent is not None or not isinstance(target, Money) or target.currency != currency:
            continue
        if goal.starts_on is None or goal.ends_on is None:
            continue
        quarter = quarter_of(goal.starts_on)
        days = read_period(quarter)
        if days is not None and (days.start, days.end) == (goal.starts_on, goal.ends_on):
            found.setdefault(quarter, []).append(target.amount)
    return {quarter: targets[0] for quarter, targets in found.items() if len(targets) == 1}


def _shown_quarters(sheet: Sheet, book: WorkflowBook) -> list[str]:
    """The quarters worth a bar: from the one before the report's on, then deals without a date."""
    today = sheet.inquiry.at.astimezone(sheet.zone).date()
    this = quarter_of(today)
    dated = [name for name in book.quarters if name]
    near = [name for name in dated if name >= this][: _QUARTERS - 2]
    return [*[name for name in dated if name < this][-2:], *near, *(name for name in book.quarters if not name)]


def _share(part: int, whole: int) -> Decimal | None:
    return None if not whole else Decimal(part) / Decimal(whole)
