"""`flow compare-versions`: the versions of a definition side by side, and whether their figures can be told apart.

What may be chance is told: the success rate with Wilson's interval, medians with theirs; too few is said to be too few.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.commands.deal_question import joined, rate, words
from salespm_flow.cli.commands.flow_json import contrasts_answer, flow_answer
from salespm_flow.cli.commands.flow_question import flow_question, head_answer, head_line, numbers, title_of
from salespm_flow.cli.commands.flow_report import days_text, is_seen, spans_text, summary
from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual
from salespm_flow.rules.flow.contrast import Measure, Verdict, contrasts, times_by
from salespm_flow.rules.forecast.calibration import ENOUGH

if TYPE_CHECKING:
    from salespm_flow.engine.measure.flow import Ways
    from salespm_flow.rules.flow.report import Flow

MEASURES: Final = {
    Measure.SUCCESS_RATE: Bilingual("成功率", "success rate"),
    Measure.LEAD_TIME: Bilingual("前置时间中位数", "lead time, median"),
    Measure.CYCLE_TIME: Bilingual("周期时间中位数", "cycle time, median"),
}
VERDICTS: Final = {
    Verdict.TOO_FEW: Bilingual("样本太少，不作判断", "too few to judge"),
    Verdict.UNSURE: Bilingual("看不出差别", "no difference shown"),
    Verdict.DIFFERENT: Bilingual("有差别", "they differ"),
}


def compare_versions(session: Session, workflow: str | None, **given: str | None) -> int:
    """The flow of each version of the definition is told side by side, and which differences are hardly chance."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.measure.flow import flow_by_version

    ways, window = flow_question(session, workflow, given, is_whole=True)
    flows = flow_by_version(ways, window)
    if session.is_json:
        versions = [{"version": version, **flow_answer(flow)} for version, flow in flows.items()]
        told = contrasts_answer(contrasts(flows))
        write_json({**head_answer(ways, window), "versions": versions, "contrasts": told})
        return 0
    blocks = [head_line(session, ways, window), _side_by_side(session, ways, flows), _contrasts(session, flows)]
    write_text(joined(blocks))
    return 0


def _side_by_side(session: Session, ways: "Ways", flows: "Mapping[int, Flow]") -> str:
    from salespm_flow.cli.render import table

    if not flows:
        return session.text("没有项目", "no project")
    columns = [summary(session, flow) for flow in flows.values()]
    header = ("", *(session.text(f"版本 {version}", f"version {version}") for version in flows))
    rows = [(cells[0][0], *(cell[1] for cell in cells)) for cells in zip(*columns, strict=True)]
    for state in _seen(flows.values()):
        title = session.of(title_of(ways, state))
        label = session.text(f"{title}：停留 P50 / P85", f"{title}: stay P50 / P85")
        rows.append((label, *(_stay_of(session, flow, state) for flow in flows.values())))
    return table(header, rows, session.palette, right=numbers(header))


def _seen(flows: "Iterable[Flow]") -> list[str]:
    return list(dict.fromkeys(one.state for flow in flows for one in flow.states if is_seen(one)))


def _stay_of(session: Session, flow: "Flow", state: str) -> str:
    return spans_text(session, next((one.time for one in flow.states if one.state == state), None))


def _contrasts(session: Session, flows: "Mapping[int, Flow]") -> str:
    from salespm_flow.cli.render import table

    found = contrasts(flows)
    if not found:
        return session.text("只有一个版本，无从比较", "one version only: nothing to compare") if flows else ""
    header = words(session, ("版本", "Versions"), ("指标", "Figure"), ("之前", "Before"), ("之后", "After"))
    rows = [
        (
            f"{one.before} → {one.after}",
            session.of(MEASURES[one.measure]),
            _figure(session, flows[one.before], one.measure),
            _figure(session, flows[one.after], one.measure),
            session.of(VERDICTS[one.verdict]),
        )
        for one in found
    ]
    note = session.text(
        f"括号内为 95% 置信区间（成功率用 Wilson 法，中位数用次序统计量）；两区间不相交才算有差别；"
        f"任一版本不足 {ENOUGH} 个已结束项目，不作判断",
        "in brackets the 95 % interval (of rates by Wilson, of medians by order statistics); versions differ where the "
        f"intervals do not meet; with fewer than {ENOUGH} ended projects in either nothing is judged",
    )
    return f"{table((*header, session.text('判断', 'Verdict')), rows, session.palette)}\n\n{note}"


def _figure(session: Session, flow: "Flow", measure: Measure) -> str:
    """The figure with its interval and the number of cases behind it."""
    times = times_by(flow, measure)
    if measure is Measure.SUCCESS_RATE:
        ends = flow.success_interval
        between = "" if ends is None else f" [{rate(ends[0])}–{rate(ends[1])}]"
        told, count = rate(flow.success_rate), flow.ended
    elif times is None:
        between, told, count = "", rate(None), 0
    else:
        spans = times.p50_interval
        between = "" if spans is None else f" [{days_text(session, spans[0])}–{days_text(session, spans[1])}]"
        told, count = days_text(session, times.p50), times.count
    return f"{told}{between}, n={count}"
