"""The door: parses the command line, runs one command, and lets nothing out but messages and exit codes.

`COMMANDS` is a literal table, so that help and completion import no command; a command imports what it needs when run.
"""

import gc
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import click

from salespm_flow.cli.command import BilingualCommand, BilingualGroup
from salespm_flow.cli.context import Session, open_session
from salespm_flow.cli.options import Described, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import SalesPMFlowError

PROGRAM: Final = "salespm-flow"
_OBJECTS_A_COLLECTION: Final = 200_000
COMPLETION: Final = "_SALESPM_FLOW_COMPLETE"
DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
INTERNAL: Final = 3
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141


# Where each command is, as `COMMAND` of a module of `commands`, and what it is for.
COMMANDS: Final[Mapping[str, tuple[str, Bilingual]]] = {
    "demo": ("demo", Bilingual("在临时文件夹里演示一遍完整流程", "Show the whole main job in a temporary folder")),
    "init": ("init", Bilingual("建立工作区：设置、流程定义、数据库", "Make a workspace: settings, definitions, store")),
    "validate": ("validate", Bilingual("检查定义文件，列出全部问题", "Check definition files, listing every finding")),
    "explain": ("explain", Bilingual("解释问题的编号，附正误示例", "Explain a code, with a wrong and a right example")),
    "compose": ("compose", Bilingual("输出覆盖层合成的完整定义", "Print what an overlay makes with its base")),
    "schema": ("schema", Bilingual("输出某类文档的 JSON Schema", "Print the JSON Schema of a kind of document")),
    "diagram": ("diagram", Bilingual("输出流程的 Mermaid 状态图", "Print a workflow as a Mermaid state diagram")),
    "diff": ("diff", Bilingual("比较流程的两个版本", "Compare two versions of a workflow by meaning")),
    "migrate": ("migrate", Bilingual("把运行中的项目迁移到新版本", "Take running projects to another version")),
    "compare": ("compare", Bilingual("比较两个流程的五个不同", "Compare two workflows in five respects")),
    "describe": ("describe", Bilingual("输出流程手册（Markdown）", "Print the handbook of a workflow as Markdown")),
    "try": ("try_workflow", Bilingual("在内存中试走流程，什么也不写入", "Step through a workflow without a store")),
    "test": ("test", Bilingual("运行情景，统计覆盖", "Run scenarios and count what they cover")),
    "new": ("new", Bilingual("新建项目", "Start a project")),
    "set": ("set", Bilingual("修改字段", "Change fields")),
    "record": ("record", Bilingual("登记记录：record add|list", "Keep records: record add, record list")),
    "note": ("note", Bilingual("写一条备注", "Write a note into a project's history")),
    "board": ("board", Bilingual("看板：按状态列出项目", "A board of projects by state")),
    "guide": ("guide", Bilingual("现在该做什么、怎么做", "What to do now, and with what")),
    "account": ("account", Bilingual("查看客户：account show", "Look at an account: account show")),
    "handoff": ("handoff", Bilingual("查看交接：handoff show", "Look at handoffs: handoff show")),
    "task": ("task", Bilingual("处理任务：task add|done|list…", "Handle tasks: task add, done, list, …")),
    "risk": ("risk", Bilingual("管理风险：risk list|add|respond|matrix…", "Manage risks: risk list, add, respond, …")),
    "issue": ("issue", Bilingual("处理问题：issue list|add|resolve", "Handle issues: issue list, add, resolve")),
    "lesson": ("lesson", Bilingual("经验教训：lesson add|search|adopt…", "Lessons: lesson add, search, adopt, …")),
    "inbox": ("inbox", Bilingual("我的待办：审批、任务、逾期、时限", "Show what waits for me and what to do")),
    "advance": ("advance", Bilingual("触发一个转移，推进项目", "Move a project on by a trigger")),
    "approve": ("approve", Bilingual("同意一个待审批的请求", "Approve what waits for approval")),
    "reject": ("reject", Bilingual("拒绝一个待审批的请求", "Reject what waits for approval")),
    "why": ("why", Bilingual("哪些转移可行，不可行的原因", "Which moves are possible, and why others are not")),
    "status": ("status", Bilingual("查看项目现状，或过去某时的状态", "Show where a project stands, or stood")),
    "history": ("history", Bilingual("查看项目历史", "Show what happened to a project")),
    "list": ("list", Bilingual("列出项目，可按表达式筛选", "List projects, filtered by an expression")),
    "people": ("people", Bilingual("查看人员、在岗、负荷与技能差距", "Show people, their load and skill gaps")),
    "reassign": ("reassign", Bilingual("把未完事项移交给另一个人", "Hand one person's open work over to another")),
    "tick": ("tick", Bilingual("触发到期的计时，投递消息", "Fire what is due and deliver messages")),
    "evaluate": ("evaluate", Bilingual("计算 KPI 与计分卡", "Work out KPIs and scorecards")),
    "goal": ("goal", Bilingual("目标：goal list|show|check", "Goals: goal list, show, check (SMART)")),
    "kpi": ("kpi", Bilingual("查看指标：kpi list|show|value|explain", "Look at KPIs: kpi list, show, value, explain")),
    "forecast": (
        "forecast",
        Bilingual("预测期间成交额，附区间与历史检验", "Forecast a period; judge former forecasts"),
    ),
    "pipeline": ("pipeline", Bilingual("逐状态列出在手商机与赢率", "Show open deals by state with their odds")),
    "funnel": ("funnel", Bilingual("漏斗：各状态的转化与流失", "Show how many went on from each state")),
    "flow": ("flow", Bilingual("流动：flow report|cumulative|burndown…", "See how work flows: report, burndown, …")),
    "report": ("report", Bilingual("报告：report portfolio|quarter…", "Write reports: portfolio, quarter, …")),
    "scorecard": ("scorecard", Bilingual("查看计分卡：scorecard show", "Rate with a card: scorecard show")),
    "verify": ("verify", Bilingual("核对数据库是否被改动或损坏", "Check that nothing in the store was changed")),
    "import": ("import_table", Bilingual("导入：import csv|xlsx|dmn", "Import rows or models: csv, xlsx, dmn")),
    "export": ("export", Bilingual("导出项目、历史和登记表", "Export projects, history and registers")),
    "reference": ("reference", Bilingual("查看参照表：reference unresolved", "See references: reference unresolved")),
}
ABOUT: Final = Bilingual(
    "用 YAML 定义的状态机推进销售与交付项目，每一步都评估风险和规则。\n"
    "退出码：0 完成，1 被拒绝或有问题，2 用法错误，3 内部错误。",
    "Moves sales and delivery projects through state machines defined in YAML, with risk and rules at every step.\n"
    "Exit codes: 0 done, 1 refused or findings, 2 usage, 3 internal error.",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ran; its exit code. Data is on standard output, messages are on the error stream."""
    if arguments is None:  # the process is ours
        # What a run imports lives to its end: looking for garbage among it would be a tenth of a short run.
        gc.set_threshold(_OBJECTS_A_COLLECTION)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _speak_utf8()
        with open_session(words, os.environ) as session:
            return answer(words, session)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _stay_silent()
        return PIPE_CLOSED


def answer(words: list[str], session: Session) -> int:
    """The command ran in the session; its exit code. Every failure is told in a few words.

    Raises:
        KeyboardInterrupt, BrokenPipeError: whoever asked is gone.
    """
    try:
        return _attempt(words, session)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 -- the outermost door: no traceback ever reaches a user
        from salespm_flow.cli.failures import tell_internal_error

        tell_internal_error(error, session)
        return INTERNAL


def _attempt(words: list[str], session: Session) -> int:
    """What the command answers, the failures that are foreseen told; telling them may fail too."""
    try:
        code = _run(words, session)
        sys.stdout.flush()
    except click.exceptions.Exit as ending:
        sys.stdout.flush()
        return ending.exit_code
    except click.UsageError as error:
        from salespm_flow.cli.failures import tell_usage_error

        tell_usage_error(error, session)
        return USAGE
    except SalesPMFlowError as error:
        from salespm_flow.cli.failures import tell_error

        tell_error(error, session)
        return REFUSED
    except BrokenPipeError:
        raise
    except OSError as error:
        from salespm_flow.cli.failures import tell_system_error

        # The output itself may be what fails; what is left of it must not fail again when the process ends.
        _stay_silent()
        tell_system_error(error, session)
        return REFUSED
    return code


def _run(words: list[str], session: Session) -> int:
    program = group()
    instruction = session.environment.get(COMPLETION)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(program, {"obj": session}, PROGRAM, COMPLETION, instruction)
    # Not click's own `main`, which would end the process by itself on a closed pipe.
    with program.make_context(PROGRAM, words, obj=session) as context:
        code = program.invoke(context)
    return code if isinstance(code, int) else DONE


def group() -> BilingualGroup:
    """The whole command line."""
    version = click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_show_version)
    return BilingualGroup(
        PROGRAM,
        ABOUT,
        (*shared_options(), Described(version, Bilingual("显示版本", "Show the version"))),
        summaries={name: summary for name, (_, summary) in COMMANDS.items()},
        find=_command,
    )


def _command(name: str) -> BilingualCommand | BilingualGroup:
    module = importlib.import_module(f"salespm_flow.cli.commands.{COMMANDS[name][0]}")
    command: BilingualCommand | BilingualGroup = module.COMMAND
    return command


def _show_version(context: click.Context, _parameter: click.Parameter, is_asked: bool) -> None:  # noqa: FBT001
    if is_asked and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"{PROGRAM} {version(PROGRAM)}")
        context.exit()


def _speak_utf8() -> None:
    """Both streams write UTF-8 whatever the locale; a lone surrogate from a file name is written as its escape."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = sys.stdout
    for stream in (sys.stdout, sys.stderr):
        # Absent where a test or an application put its own stream in place.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _stay_silent() -> None:
    """What Python still flushes at its end goes nowhere, instead of raising again."""
    try:
        descriptor = sys.stdout.fileno()
    except OSError:
        return  # not a real stream: nothing is flushed behind our back
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
