"""How a failure is told: in a few words, with its code and what would be accepted, never with a traceback."""

import sys
import tempfile
import traceback
from pathlib import Path
from typing import Final

import click

from salespm_flow.cli.context import COLON, Session
from salespm_flow.cli.output import write_json, write_message
from salespm_flow.cli.render import Ink, palette_of
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual, Language, render_text
from salespm_flow.errors import DefinitionError, SalesPMFlowError

INTERNAL_CODE: Final = "SF599"
SYSTEM_CODE: Final = "SF598"
USAGE_CODE: Final = "SF597"


def tell_usage_error(error: click.UsageError, session: Session) -> None:
    """What is wrong with the command line is on the error stream and, as JSON where it was asked for, on the output."""
    language = session.language
    told = _usage_message(error)
    message = told.of(language)
    hint = error.hint if isinstance(error, BilingualUsageError) else None
    _print(language, Bilingual("用法错误", "Usage error"), message, hint)
    context = error.ctx
    if context is not None:
        see = Bilingual(f"查看帮助：{context.command_path} --help", f"See: {context.command_path} --help")
        write_message(see.of(language))
    if session.is_json_asked:
        write_json(_answer(USAGE_CODE, told, hint))


def tell_error(error: SalesPMFlowError, session: Session) -> None:
    """Why the command could not proceed is on the error stream and, as JSON where that was asked for, on the output."""
    language = session.language
    if isinstance(error, DefinitionError):
        write_message(render_text(error.diagnostics, session.loaded.texts, language))
    title = Bilingual(f"错误 {error.code}", f"Error {error.code}")
    _print(language, title, error.message.of(language), error.hint)
    if session.is_json:
        write_json(error_answer(error))


def tell_system_error(error: OSError, session: Session) -> None:
    """What the operating system refused is on the error stream: a full disk, a file that may not be read."""
    place = "" if error.filename is None else f": {error.filename}"
    title = Bilingual(f"系统错误 {SYSTEM_CODE}", f"System error {SYSTEM_CODE}")
    _print(session.early_language, title, f"{error.strerror or error}{place}", None)


def error_answer(error: SalesPMFlowError) -> dict[str, object]:
    """The error as stable JSON."""
    return _answer(error.code, error.message, error.hint)


def _answer(code: str, message: Bilingual, hint: Bilingual | None) -> dict[str, object]:
    return {
        "status": "error",
        "code": code,
        "message": {"zh": message.zh, "en": message.en},
        "hint": None if hint is None else {"zh": hint.zh, "en": hint.en},
    }


def tell_internal_error(error: Exception, session: Session) -> None:
    """That the program itself failed is on the error stream; the traceback is in a file for a report."""
    language = session.early_language
    kind = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    title = Bilingual(f"内部错误 {INTERNAL_CODE}", f"Internal error {INTERNAL_CODE}")
    _print(language, title, kind, _report_hint(error))


def _report_hint(error: Exception) -> Bilingual:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="salespm-flow-", suffix=".txt", encoding="utf-8", delete=False
        ) as report:
            report.write("".join(traceback.format_exception(error)))
    except OSError:
        return Bilingual("这是程序的缺陷，请报告", "this is a defect of the program, please report it")
    place = Path(report.name)
    return Bilingual(f"这是程序的缺陷，请附上 {place} 报告", f"this is a defect of the program; report it with {place}")


def _print(language: Language, title: Bilingual, message: str, hint: Bilingual | None) -> None:
    import os

    palette = palette_of(os.environ, sys.stderr)
    write_message(f"{palette.paint(title.of(language), Ink.BAD)}{COLON.of(language)}{message}")
    if hint is not None:
        write_message(f"  → {hint.of(language)}")


def _usage_message(error: click.UsageError) -> Bilingual:  # noqa: PLR0911 -- one arm for each kind
    match error:
        case BilingualUsageError():
            return error.bilingual
        case click.NoSuchOption(option_name=name):
            near = ", ".join(sorted(error.possibilities or ()))
            zh, en = f"没有选项 {name}", f"there is no option {name}"
            return Bilingual(f"{zh}；是否想写 {near}？", f"{en}; did you mean {near}?") if near else Bilingual(zh, en)
        case click.MissingParameter():
            name = _parameter(error)
            return Bilingual(f"缺少 {name}", f"{name} is missing")
        case click.BadParameter(param=click.Option(type=click.Choice(choices=choices))):
            listed = ", ".join(str(choice) for choice in choices)
            name = _parameter(error)
            return Bilingual(f"{name} 只能是 {listed} 之一", f"{name} must be one of {listed}")
        case click.BadParameter(param=click.Option(type=click.IntRange(min=lowest))):
            name = _parameter(error)
            return Bilingual(f"{name} 应是不小于 {lowest} 的整数", f"{name} takes a whole number from {lowest} up")
        case click.BadParameter():
            name = _parameter(error)
            return Bilingual(f"{name} 的值不对：{error.message}", f"{name}: {error.message}")
        case click.BadOptionUsage(option_name=name):
            return Bilingual(f"选项 {name} 后面缺少值", f"the option {name} takes a value")
        case click.UsageError(ctx=click.Context(command=click.Group())):
            return Bilingual("缺少命令", "a command is missing")
        case _:
            return Bilingual(error.format_message(), error.format_message())


def _parameter(error: click.BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "")
    return (
        parameter.opts[0]
        if isinstance(parameter, click.Option)
        else parameter.make_metavar(error.ctx or _bare(parameter))
    )


def _bare(parameter: click.Parameter) -> click.Context:
    return click.Context(click.Command(parameter.name))
