"""`flow report|cumulative|burndown|compare-versions`: how work flows through states, from the history."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.commands.deal_question import chosen_workflow, joined, period_option, rate, words
from salespm_flow.cli.commands.flow_json import burndown_answer, cumulative_answer, flow_answer
from salespm_flow.cli.commands.kpi_question import (
    Asked,
    as_of_option,
    population_options,
    read_as_of,
    read_period_option,
    read_subject,
)
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import Described, argument, count_option, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.measure.flow import Ways
    from salespm_flow.rules.flow.report import Flow, StateFlow
    from salespm_flow.rules.flow.series import Burndown
    from salespm_flow.rules.flow.trips import Times, Window

# Where no period is given: long enough for rates, short enough to tell how things are now.
DAYS: Final = 90
WEEK: Final = 7
MOST_MOMENTS: Final = 400


def report(session: Session, workflow: str | None, **given: str | None) -> int:
    """The flow of a window is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.measure.flow import flow_of

    ways, window = _question(session, workflow, given)
    flow = flow_of(ways, window)
    if session.is_json:
        write_json({**_head_answer(ways, window), **flow_answer(flow)})
        return 0
    told = [_head(session, ways, window), _figures(session, flow), _states(session, ways, flow)]
    write_text(joined([*told, _bottleneck(session, ways, flow)]))
    return 0


def compare_versions(session: Session, workflow: str | None, **given: str | None) -> int:
    """The flow of each version of the definition is told side by side."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import table
    from salespm_flow.engine.measure.flow import flow_by_version

    ways, window = _question(session, workflow, given, is_whole=True)
    flows = flow_by_version(ways, window)
    if session.is_json:
        versions = [{"version": version, **flow_answer(flow)} for version, flow in flows.items()]
        write_json({**_head_answer(ways, window), "versions": versions})
        return 0
    columns = [_summary(session, flow) for flow in flows.values()]
    header = ("", *(session.text(f"版本 {version}", f"version {version}") for version in flows))
    rows = [(cells[0][0], *(cell[1] for cell in cells)) for cells in zip(*columns, strict=True)]
    for state in _seen(flows.values()):
        title = session.of(_title(ways, state))
        label = session.text(f"{title}：停留 P50 / P85", f"{title}: stay P50 / P85")
        rows.append((label, *(_stay_of(session, flow, state) for flow in flows.values())))
    none = session.text("没有项目", "no project")
    body = table(header, rows, session.palette, right=frozenset(range(1, len(header)))) if flows else none
    write_text(joined([_head(session, ways, window), body]))
    return 0


def cumulative(session: Session, workflow: str | None, every: int | None, **given: str | None) -> int:
    """How many projects were in each state at the end of each stretch is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import table
    from salespm_flow.engine.measure.flow import cumulative_of

    ways, window = _question(session, workflow, given)
    found = cumulative_of(ways, _moments(window, every or WEEK))
    if session.is_json:
        write_json({**_head_answer(ways, window), **cumulative_answer(found)})
        return 0
    header = (session.text("时点", "At"), *(session.of(_title(ways, name)) for name in found.states))
    header = (*header, session.text("已结束", "Ended"))
    series = (*found.states.values(), found.ended)
    rows = [(_day(session, at), *(str(one[place]) for one in series)) for place, at in enumerate(found.moments)]
    write_text(joined([_head(session, ways, window), table(header, rows, session.palette, right=_numbers(header))]))
    return 0


def burndown(
    session: Session,
    workflow: str | None,
    *,
    every: int | None,
    points: str | None,
    record: str | None,
    done: str | None,
    **given: str | None,
) -> int:
    """What remained to be done, and how much was done in each stretch, is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import number

    ways, window = _question(session, workflow, given)
    found = _burnt(ways, _moments(window, every or WEEK), points, (record, done))
    if session.is_json:
        write_json({**_head_answer(ways, window), **burndown_answer(found)})
        return 0
    header = words(session, ("时点", "At"), ("范围", "Scope"), ("完成", "Done"), ("剩余", "Remaining"))
    header += words(session, ("理想剩余", "Ideal"), ("速率", "Velocity"))
    velocity = ("", *(number(one) for one in found.velocity))
    series = (found.scope, found.done, found.remaining, found.ideal)
    rows = [
        (_day(session, at), *(number(one[place]) for one in series), velocity[place])
        for place, at in enumerate(found.moments)
    ]
    write_text(joined([_head(session, ways, window), table(header, rows, session.palette, right=_numbers(header))]))
    return 0


def _burnt(
    ways: "Ways", moments: "Sequence[datetime]", points: str | None, rows: "tuple[str | None, str | None]"
) -> "Burndown":
    """The burndown of the projects, or of the rows of a record; `rows` are the record and its column `done`."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.engine.measure.flow import Backlog, burndown_of, burndown_of_rows

    record, done = rows
    if record is None or done is None:
        if record is not None or done is not None:
            raise BilingualUsageError(Bilingual("--of 与 --done 须一起给出", "give --of and --done together"))
        if points is not None:
            known(points, ways.workflow.fields, Bilingual("字段", "field"))
        return burndown_of(ways, moments, points=points)
    columns = known(record, ways.workflow.records, Bilingual("记录", "record")).fields
    for name in filter(None, (done, points)):
        known(name, columns, Bilingual(f"记录 {record} 的列", f"column of {record}"))
    return burndown_of_rows(ways, moments, Backlog(record=record, done=done, points=points))


def _question(
    session: Session, workflow: str | None, given: dict[str, str | None], *, is_whole: bool = False
) -> "tuple[Ways, Window]":
    """Whose ways, and in which stretch of time: the last 90 days, or all of it, where none is given."""
    from salespm_flow.engine.measure.deals import first_moment
    from salespm_flow.engine.measure.flow import Ways
    from salespm_flow.rules.flow.trips import Window

    asked = Asked(**given)
    moment = read_as_of(session, asked.as_of)
    at = moment or session.now
    ways = Ways(
        store=session.store,
        library=session.library,
        workflow=chosen_workflow(session, workflow),
        at=at,
        is_past=moment is not None,
        subject=read_subject(session, asked),
    )
    period = read_period_option(asked.period)
    start, end = at - timedelta(days=DAYS), at
    if period.start is not None:
        start = first_moment(period.start, session.library) + timedelta(microseconds=1)
    elif is_whole or period.end is not None:
        start = min((project.opened_at for project in session.store.projects(workflow=ways.workflow.id)), default=start)
    if period.end is not None:
        # What is yet to come has not flowed.
        end = min(first_moment(period.end + timedelta(days=1), session.library), end)
    return ways, Window(start=start, end=max(start, end))


def _moments(window: "Window", every: int) -> Sequence[datetime]:
    """The end of the window and, backwards from it, the ends of stretches of so many days, in order.

    Raises:
        BilingualUsageError: there would be too many.
    """
    step = timedelta(days=every)
    count = window.length // step + 1
    if count > MOST_MOMENTS:
        raise BilingualUsageError(
            Bilingual(f"时点太多：{count} 个，最多 {MOST_MOMENTS} 个", f"{count} moments, at most {MOST_MOMENTS}"),
            Bilingual("加大 --every 或缩短期间", "give a larger --every or a shorter period"),
        )
    return [window.end - step * place for place in reversed(range(count))]


# -------------------------------------------------------------------------------------------------------- for people


def _head(session: Session, ways: "Ways", window: "Window") -> str:
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment

    title = session.palette.paint(session.of(ways.workflow.title), Ink.STRONG)
    start, end = moment(session, window.start), moment(session, window.end)
    return session.text(f"{title}：{start} 至 {end} 的流动", f"{title}: flow from {start} to {end}")


def _figures(session: Session, flow: "Flow") -> str:
    from salespm_flow.cli.render import pairs

    return pairs(_summary(session, flow), session.palette)


def _summary(session: Session, flow: "Flow") -> list[tuple[str, str]]:
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
        (session.text("每周吞吐量", "throughput a week"), per_week),
        (session.text("前置时间 P50 / P85", "lead time P50 / P85"), _spans(session, flow.lead)),
        (session.text("周期时间 P50 / P85", "cycle time P50 / P85"), _spans(session, flow.cycle)),
        (session.text("期末在制", "WIP at the end"), str(flow.wip)),
        (session.text("跳阶率 / 回退率", "skips / steps back"), f"{rate(flow.skip_rate)} / {rate(flow.regress_rate)}"),
        (session.text("利特尔法则", "Little's law"), law),
    ]


def _spans(session: Session, times: "Times | None") -> str:
    from salespm_flow.cli.values import NOTHING

    return NOTHING if times is None else f"{_days(session, times.p50)} / {_days(session, times.p85)}"


def _days(session: Session, span: timedelta) -> str:
    days = span / timedelta(days=1)
    return session.text(f"{days:,.1f} 天", f"{days:,.1f} d")


def _states(session: Session, ways: "Ways", flow: "Flow") -> str:
    from salespm_flow.cli.render import table

    header = words(session, ("状态", "State"), ("进入", "Entered"), ("离开", "Left"), ("停留 P50", "Stay P50"))
    header += words(session, ("停留 P85", "Stay P85"), ("平均", "Mean"), ("平均在制", "WIP"), ("停在此处", "There now"))
    header += words(session, ("转化率", "Conversion"), ("流失率", "Leak"), ("时间占比", "Share of time"))
    rows = [_row(session, ways, one) for one in flow.states if _is_seen(one)]
    return table(header, rows, session.palette, right=_numbers(header))


def _row(session: Session, ways: "Ways", one: "StateFlow") -> tuple[str, ...]:
    from salespm_flow.cli.values import NOTHING, number

    time = one.time
    spans = (time.p50, time.p85, time.mean) if time is not None else ()
    return (
        session.of(_title(ways, one.state)),
        str(one.entered),
        str(one.left),
        *(tuple(_days(session, span) for span in spans) or (NOTHING,) * 3),
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
    title, load = session.of(_title(ways, found.state)), rate(found.load)
    grown = found.entered - found.left
    return session.text(
        f"瓶颈：{title}，占全部停留时间的 {load}；期内进入比离开多 {grown} 个",
        f"bottleneck: {title}, with {load} of all time spent; {grown} more entered than left",
    )


def _seen(flows: "Iterable[Flow]") -> list[str]:
    return list(dict.fromkeys(one.state for flow in flows for one in flow.states if _is_seen(one)))


def _is_seen(one: "StateFlow") -> bool:
    return bool(one.entered or one.left or one.age is not None)


def _stay_of(session: Session, flow: "Flow", state: str) -> str:
    return _spans(session, next((one.time for one in flow.states if one.state == state), None))


def _title(ways: "Ways", name: str) -> Bilingual:
    return next(state.title for state in ways.workflow.states.values() if state.name == name)


def _day(session: Session, at: datetime) -> str:
    from salespm_flow.cli.values import moment

    return moment(session, at)


def _numbers(header: Sequence[str]) -> frozenset[int]:
    return frozenset(range(1, len(header)))


# ------------------------------------------------------------------------------------------------------- for programs


def _head_answer(ways: "Ways", window: "Window") -> dict[str, object]:
    from salespm_flow.engine.answers import iso

    return {
        "status": "ok",
        "workflow": ways.workflow.id,
        "at": iso(ways.at),
        "window": {"start": iso(window.start), "end": iso(window.end)},
    }


def _options(*more: Described) -> tuple[Described, ...]:
    return (
        argument("workflow", Bilingual("流程编号", "The workflow's id"), is_required=False),
        period_option(Bilingual("期间", "The days")),
        as_of_option(),
        *population_options(),
        *more,
        *shared_options(),
    )


_EVERY: Final = count_option(
    "every", "--every", Bilingual("每隔几天一个时点，默认 7", "Days between points in time; 7 by default")
)
_POINTS: Final = option(
    "points",
    "--points",
    Bilingual("项目大小的字段，默认每个算 1", "The field that holds a project's size; by default each counts 1"),
    metavar="FIELD",
)
_ROWS: Final = (
    option(
        "record",
        "--of",
        Bilingual("改看这个记录的各行，如 backlog", "Rows of this record instead of projects, such as backlog"),
        metavar="RECORD",
    ),
    option(
        "done",
        "--done",
        Bilingual("行完成与否的列，如 accepted", "The column that says a row is done, such as accepted"),
        metavar="COLUMN",
    ),
)

COMMAND: Final = group_of(
    "flow",
    Bilingual(
        "流动：停留时间、转化、瓶颈、吞吐量、前置时间、累积流、燃尽，可按版本比较。",
        "Flow: time in states, rates, bottleneck, throughput, lead time, cumulative flow, burndown, by version.",
    ),
    {
        "report": BilingualCommand(
            "report",
            Bilingual(
                "一段时间的流动：停留、转化与流失、瓶颈、吞吐量、前置与周期时间、利特尔法则核对；默认最近 90 天。",
                "The flow of some days: stays, rates, bottleneck, throughput, lead and cycle time, a check by Little's "
                "law; by default of the last 90 days.",
            ),
            _options(),
            report,
        ),
        "cumulative": BilingualCommand(
            "cumulative",
            Bilingual("累积流：各时点每个状态有几个项目", "Cumulative flow: projects in each state at points in time."),
            _options(_EVERY),
            cumulative,
        ),
        "burndown": BilingualCommand(
            "burndown",
            Bilingual("燃尽：各时点剩余的工作，以及速率", "Burndown: what remained when, and the velocity."),
            _options(_EVERY, _POINTS, *_ROWS),
            burndown,
        ),
        "compare-versions": BilingualCommand(
            "compare-versions",
            Bilingual(
                "按定义的版本并列比较，看流程改动是否有效；默认全部时间。",
                "Compares the versions of the definition, so that a change of the process can be judged; by default "
                "of all time.",
            ),
            _options(),
            compare_versions,
        ),
    },
)
