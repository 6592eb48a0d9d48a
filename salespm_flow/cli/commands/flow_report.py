"""`flow report`: times, rates, bottleneck, throughput and a check by Little's law over some days."""

from datetime import timedelta
from typing import TYPE_CHECKING

from salespm_flow.cli.commands.deal_question import joined, rate, words
from salespm_flow.cli.commands.flow_json import flow_answer
from salespm_flow.cli.commands.flow_question import flow_question, head_answer, head_line, numbers, title_of
from salespm_flow.cli.context import Session

if TYPE_CHECKING:
    from salespm_flow.engine.measure.flow import Ways
    from salespm_flow.rules.flow.report import Flow, StateFlow
    from salespm_flow.rules.flow.trips import Times


def report(session: Session, workflow: str | None, **given: str | None) -> int:
    """The flow of a window is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.measure.flow import flow_of

    ways, window = flow_question(session, workflow, given)
    flow = flow_of(ways, window)
    if session.is_json:
        write_json({**head_answer(ways, window), **flow_answer(flow)})
        return 0
    told = [head_line(session, ways, window), _figures(session, flow), _states(session, ways, flow)]
    write_text(joined([*told, "\n".join([_bottleneck(session, ways, flow), *_missing(session, flow)])]))
    return 0


def _figures(session: Session, flow: "Flow") -> str:
    from salespm_flow.cli.render import pairs

    return pairs(summary(session, flow), session.palette)


def summary(session: Session, flow: "Flow") -> list[tuple[str, str]]:
    """The figures of all projects together, each with its name."""
    from salespm_flow.cli.values import NOTHING, number

    little = flow.little
    per_week = NOTHING if flow.per_week is None else number(round(flow.per_week, 2))
    ratio = NOTHING if little.ratio is None else number(round(little.ratio, 2))
    law = session.text(
        f"平均在制 {number(round(little.wip, 2))}，λW {number(round(little.expected, 2))}，比值 {ratio}",
        f"WIP {number(round(little.wip, 2))}, λW {number(round(little.expected, 2))}, ratio {ratio}",
    )
    return [
        (session.text("项目 / 新建", "projects / opened"), f"{flow.projects} / {flow.opened}"),
        (session.text("结束 / 其中成功", "ended / well"), f"{flow.ended} / {flow.succeeded}"),
        (session.text("成功率（95% 区间）", "success rate (95 %)"), _success(flow)),
        (session.text("每周吞吐量", "throughput a week"), per_week),
        (session.text("前置时间 P50 / P85", "lead time P50 / P85"), spans_text(session, flow.lead)),
        (session.text("周期时间 P50 / P85", "cycle time P50 / P85"), spans_text(session, flow.cycle)),
        (session.text("期末在制", "WIP at the end"), str(flow.wip)),
        (session.text("跳阶率 / 回退率", "skips / steps back"), f"{rate(flow.skip_rate)} / {rate(flow.regress_rate)}"),
        (session.text("利特尔法则", "Little's law"), law),
    ]


def _success(flow: "Flow") -> str:
    ends = flow.success_interval
    return rate(None) if ends is None else f"{rate(flow.success_rate)} ({rate(ends[0])}–{rate(ends[1])})"


def spans_text(session: Session, times: "Times | None") -> str:
    """The median and the 85th percentile in days."""
    from salespm_flow.cli.values import NOTHING

    return NOTHING if times is None else f"{days_text(session, times.p50)} / {days_text(session, times.p85)}"


def days_text(session: Session, span: timedelta) -> str:
    """The duration in days."""
    days = span / timedelta(days=1)
    return session.text(f"{days:,.1f} 天", f"{days:,.1f} d")


def _states(session: Session, ways: "Ways", flow: "Flow") -> str:
    from salespm_flow.cli.render import table

    header = words(session, ("状态", "State"), ("进入", "Entered"), ("离开", "Left"), ("停留 P50", "Stay P50"))
    header += words(session, ("停留 P85", "Stay P85"), ("平均", "Mean"), ("平均在制", "WIP"), ("停在此处", "There now"))
    header += words(session, ("转化率", "Conversion"), ("流失率", "Leak"), ("时间占比", "Share of time"))
    rows = [_row(session, ways, one) for one in flow.states if is_seen(one)]
    return "" if not rows else table(header, rows, session.palette, right=numbers(header))


def _row(session: Session, ways: "Ways", one: "StateFlow") -> tuple[str, ...]:
    from salespm_flow.cli.values import NOTHING, number

    time = one.time
    spans = (time.p50, time.p85, time.mean) if time is not None else ()
    return (
        session.of(title_of(ways, one.state)),
        str(one.entered),
        str(one.left),
        *(tuple(days_text(session, span) for span in spans) or (NOTHING,) * 3),
        number(round(one.wip, 2)),
        str(0 if one.age is None else one.age.count),
        rate(one.conversion),
        rate(one.leak),
        rate(one.load),
    )


def _bottleneck(session: Session, ways: "Ways", flow: "Flow") -> str:
    found = next((one for one in flow.states if one.state == flow.bottleneck), None)
    if found is None:
        return session.text("没有项目停留过", "no project stayed anywhere")
    title, load = session.of(title_of(ways, found.state)), rate(found.load)
    return session.text(
        f"瓶颈：{title}，占全部停留时间的 {load}；期内进入 {found.entered} 个，离开 {found.left} 个",
        f"bottleneck: {title}, with {load} of all time spent; {found.entered} entered, {found.left} left",
    )


def _missing(session: Session, flow: "Flow") -> list[str]:
    """Why figures are not told."""
    told = []
    if not flow.ended:
        told.append(
            session.text(
                "期内没有项目结束，因此没有成功率，也无法核对利特尔法则",
                "no project ended in these days: no success rate, and no check by Little's law",
            )
        )
    if flow.lead is None:
        told.append(
            session.text(
                "期内没有项目成功结束，因此没有前置时间和周期时间",
                "no project ended well in these days: no lead time and no cycle time",
            )
        )
    if not flow.moves:
        told.append(
            session.text("期内没有流转，因此没有跳阶率和回退率", "nothing moved in these days: no skips, no steps back")
        )
    return told


def is_seen(one: "StateFlow") -> bool:
    """Whether any project was there in these days."""
    return bool(one.entered or one.left or one.age is not None)
