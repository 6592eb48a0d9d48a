"""Parameters with their meaning in both languages, and the options that commands share. Imports nothing heavy."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import click

from salespm_flow.cli.context import Choices
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual, Language

FORMATS: Final = ("human", "json")
FIELDS_METAVAR: Final = "[FIELD=VALUE]..."


class Described(NamedTuple):
    """A parameter with what it means to a person."""

    parameter: click.Parameter
    meaning: Bilingual


def argument(name: str, meaning: Bilingual, *, is_required: bool = True) -> Described:
    """A positional argument."""
    metavar = name.upper() if is_required else f"[{name.upper()}]"
    return Described(click.Argument([name], required=is_required, metavar=metavar), meaning)


def arguments(name: str, metavar: str, meaning: Bilingual) -> Described:
    """Any number of positional arguments."""
    return Described(click.Argument([name], nargs=-1, metavar=metavar), meaning)


def option(name: str, declaration: str, meaning: Bilingual, *, metavar: str) -> Described:
    """An option that takes a text."""
    return Described(click.Option([declaration, name], metavar=metavar, callback=_filled), meaning)


def flag(name: str, declaration: str, meaning: Bilingual) -> Described:
    """An option that is on or off."""
    return Described(click.Option([declaration, name], is_flag=True), meaning)


def count_option(name: str, declaration: str, meaning: Bilingual) -> Described:
    """An option that takes a whole number from 1 up."""
    return Described(click.Option([declaration, name], type=click.IntRange(min=1), metavar="N"), meaning)


def choice_option(name: str, declaration: str, meaning: Bilingual, values: Sequence[str]) -> Described:
    """An option that takes one of these words, by default the first."""
    metavar = f"[{'|'.join(values)}]"
    parameter = click.Option([declaration, name], type=click.Choice(values), default=values[0], metavar=metavar)
    return Described(parameter, meaning)


def word_option(name: str, declaration: str, meaning: Bilingual, values: Sequence[str]) -> Described:
    """An option that takes one of these words, and nothing where it is not given."""
    metavar = f"[{'|'.join(values)}]"
    return Described(click.Option([declaration, name], type=click.Choice(values), metavar=metavar), meaning)


def many_option(name: str, declaration: str, meaning: Bilingual, *, metavar: str) -> Described:
    """An option that takes a text and can be given several times."""
    return Described(click.Option([declaration, name], multiple=True, metavar=metavar), meaning)


def project_argument() -> Described:
    """The project that a command is about."""
    return argument(
        "project", Bilingual("项目编号，可只写开头几位", "The project's id; its first characters are enough")
    )


def fields_arguments() -> Described:
    """Field values."""
    meaning = Bilingual("字段=值；值为空表示清空", "Field and value; an empty value clears the field")
    return arguments("assignments", FIELDS_METAVAR, meaning)


def format_option(values: Sequence[str] = FORMATS) -> Described:
    """The `--format` option over these forms."""
    return _choice("format", "--format", Bilingual("输出形式", "Form of the output"), values)


def shared_options(formats: Sequence[str] = FORMATS) -> tuple[Described, ...]:
    """The options that stand before a command or after it."""
    return (
        _choice(
            "lang",
            "--lang",
            Bilingual("显示语言", "Language of what is shown"),
            [language.value for language in Language],
        ),
        format_option(formats),
        _text("workspace", "--workspace", Bilingual("工作区文件夹", "Folder of the workspace"), "DIR"),
        _text("store", "--store", Bilingual("数据库文件或地址", "The store: a file or a URL"), "PATH"),
        _text(
            "actor", "--as", Bilingual("操作人，默认是系统用户名", "Who acts; by default the system's user"), "ACTOR"
        ),
        _text("role", "--role", Bilingual("以哪个角色操作", "The role acted in"), "ROLE"),
        _text("now", "--now", Bilingual("以此时刻为现在", "The time that counts as now"), "TIME"),
    )


def writing_options() -> tuple[Described, ...]:
    """The options of commands that write to a project."""
    return (
        dry_run_option(),
        _text(
            "key", "--key", Bilingual("幂等键：同一请求只执行一次", "Idempotency key: repeated, it is done once"), "KEY"
        ),
        _text("comment", ("-m", "--comment"), Bilingual("说明，记入历史", "A remark, kept in the history"), "TEXT"),
    )


def dry_run_option() -> Described:
    """The option to decide without writing."""
    parameter = click.Option(["--dry-run", "dry_run"], is_flag=True, expose_value=False, callback=_remember)
    return Described(parameter, Bilingual("只作判断，不写入", "Decide, but write nothing"))


def _text(name: str, declaration: str | tuple[str, str], meaning: Bilingual, metavar: str) -> Described:
    declared = [declaration] if isinstance(declaration, str) else [*declaration]
    return Described(click.Option([*declared, name], expose_value=False, callback=_remember, metavar=metavar), meaning)


def _choice(name: str, declaration: str, meaning: Bilingual, values: Sequence[str]) -> Described:
    kind = click.Choice(values)
    metavar = f"[{'|'.join(values)}]"
    return Described(
        click.Option([declaration, name], expose_value=False, callback=_remember, type=kind, metavar=metavar), meaning
    )


def _remember(context: click.Context, parameter: click.Parameter, value: str | bool | None) -> None:  # noqa: FBT001
    """A value that was given stands in the choices; the command's own comes after the group's and so wins."""
    if parameter.name != "comment":
        _filled(context, parameter, value)
    choices = context.find_root().obj.choices
    if value is not None and value is not False and isinstance(choices, Choices) and parameter.name is not None:
        setattr(choices, parameter.name, value)


def _filled(context: click.Context, parameter: click.Parameter, value: str | bool | None) -> str | bool | None:  # noqa: FBT001
    """The value; a blank text, as an unset variable of a script leaves, is no value and never stands for the default.

    Raises:
        BilingualUsageError: the text is blank.
    """
    if isinstance(value, str) and not value.strip():
        name = parameter.opts[0]
        message = Bilingual(f"选项 {name} 的值不能为空", f"the value of {name} must not be empty")
        hint = Bilingual(f"请给出值，或去掉 {name}", f"give a value, or leave {name} out")
        raise BilingualUsageError(message, hint, context)
    return value
