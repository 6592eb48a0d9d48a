"""`flow report|cumulative|burndown|compare-versions`: how work flows through states, from the history."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.commands.deal_question import period_option
from salespm_flow.cli.commands.flow_report import report
from salespm_flow.cli.commands.flow_series import burndown, cumulative
from salespm_flow.cli.commands.flow_versions import compare_versions
from salespm_flow.cli.commands.kpi_question import as_of_option, population_options
from salespm_flow.cli.options import Described, argument, count_option, option, shared_options
from salespm_flow.diagnostics import Bilingual


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
