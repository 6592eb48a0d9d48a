"""Parts of reports about how a process does: where work waits, and what each version of the definition brought."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from salespm_flow.engine.measure.flow import VersionFlow, Ways, flow_with_versions
from salespm_flow.engine.measure.portfolio import WorkflowBook
from salespm_flow.report.management.page import Block, Column, Section, Table, Words
from salespm_flow.report.management.sheet import Sheet
from salespm_flow.report.values import NOTHING, number
from salespm_flow.rules.flow.report import Flow, StateFlow
from salespm_flow.rules.flow.trips import Times, Window
from salespm_flow.rules.forecast.calibration import share

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def process_section(sheet: Sheet, book: WorkflowBook) -> Section:
    """Where work waited in the period, and each version of the definition beside the others."""
    text, workflow, inquiry = sheet.text, book.workflow, sheet.inquiry
    runner = inquiry.runner
    ways = Ways(store=runner.store, library=runner.library, workflow=workflow, at=inquiry.at, is_past=inquiry.is_past)
    flow, versions = flow_with_versions(ways, _window(sheet), Window(start=_EARLIEST, end=inquiry.at))
    title = sheet.of(workflow.title)
    note = sheet.note(
        f"process-{workflow.id}",
        text(f"{title}：瓶颈与版本", f"{title}: bottleneck and versions"),
        text(
            "占比：各状态占项目停留总时间的份额，最大者为瓶颈；停留为本期内离开的；各版本：自开始至今；"
            "成功率 = 成功 ÷ 已结束；每周成功 = 成功数 ÷ 自首个项目起的周数；前置时间自新建至成功",
            "share: of all the time that projects spent in states, the largest is the bottleneck; stays are those that"
            " ended in the period; versions from their first project on; success = succeeded ÷ ended; per"
            " week = succeeded ÷ weeks since its first project; lead time from opening to a good end",
        ),
        text(f"{workflow.title.zh}的 {flow.projects:,} 个项目", f"{flow.projects:,} project(s) of {workflow.title.en}"),
        place=f"{workflow.span.file}:{workflow.span.line}",
    )
    return Section(
        id=f"process-{workflow.id}",
        title=text(f"{title}：瓶颈与版本", f"{title}: bottleneck and versions"),
        blocks=(*_waits(sheet, book, flow, note), _versions(sheet, versions, note)),
    )


def _waits(sheet: Sheet, book: WorkflowBook, flow: Flow, note: str) -> Iterator[Block]:
    text = sheet.text
    if flow.bottleneck is None:
        yield Words(text("本期没有停留时间。", "No time was spent in states in the period."))
        return
    name = sheet.state(book.workflow, flow.bottleneck)
    yield Words(text(f"瓶颈：{name}。", f"Bottleneck: {name}."), "warn")
    # A state around others would count their time twice.
    outer = {state.name for state in book.workflow.states.values() if state.children}
    spent = [one for one in flow.states if one.load and one.state not in outer]
    heads = (text("占比", "Share"), text("平均在制", "Mean WIP"), text("停留 P50", "Stay P50"), text("流失", "Lost"))
    yield Table(
        caption=text("时间花在哪里", "where the time went"),
        columns=(Column(text("状态", "State")), *(Column(head, is_number=True) for head in heads)),
        rows=tuple(
            sheet.cells(
                (sheet.state(book.workflow, one.state), *_wait(sheet, one)),
                note,
                tone="warn" if one.state == flow.bottleneck else "",
            )
            for one in spent
        ),
    )


def _wait(sheet: Sheet, one: StateFlow) -> tuple[str, ...]:
    return (sheet.rate(one.load), number(round(one.wip, 1)), _half(sheet, one.time), sheet.rate(one.leak))


def _versions(sheet: Sheet, versions: Mapping[int, VersionFlow], note: str) -> Table:
    text = sheet.text
    heads: tuple[str, ...] = (text("始于", "Since"), text("项目", "Projects"), text("结束", "Ended"))
    heads += (text("成功率", "Success"), text("每周成功", "Succeeded per week"), text("前置 P50", "Lead P50"))
    return Table(
        caption=text("定义的各个版本", "the versions of the definition"),
        columns=(Column(text("版本", "Version")), *(Column(head, is_number=True) for head in heads)),
        rows=tuple(
            sheet.cells(
                (
                    text(f"第 {version} 版", f"version {version}"),
                    sheet.day(one.since),
                    sheet.count(one.flow.projects),
                    sheet.count(one.flow.ended),
                    sheet.rate(share(one.flow.succeeded, one.flow.ended)),
                    _weekly(sheet, one),
                    _half(sheet, one.flow.lead),
                ),
                note,
                is_dated=True,
            )
            for version, one in versions.items()
        ),
    )


def _weekly(sheet: Sheet, one: VersionFlow) -> str:
    """How many projects of the version ended well in a week, since its first."""
    passed = sheet.inquiry.at - one.since
    if passed <= timedelta(0):
        return NOTHING
    weeks = Decimal(passed // timedelta(seconds=1) or 1) / (7 * 86_400)
    return number((one.flow.succeeded / weeks).quantize(Decimal("0.01")))


def _half(sheet: Sheet, times: Times | None) -> str:
    return NOTHING if times is None else sheet.days(times.p50)


def _window(sheet: Sheet) -> Window:
    """The days of the report's period, none later than the report."""
    period, at = sheet.inquiry.period, sheet.inquiry.at
    start = _EARLIEST if period.start is None else datetime.combine(period.start, time(), tzinfo=sheet.zone)
    end = at if period.end is None else datetime.combine(period.end + timedelta(days=1), time(), tzinfo=sheet.zone)
    return Window(start=start, end=max(start, min(end, at)))
