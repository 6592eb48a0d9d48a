"""Commands and groups that explain themselves in both languages. Imports nothing heavy.

Click's own help knows one language, so help is written here: `about` says what a command does, and each parameter
comes with its meaning. A command's function gets the session, then its parameters by name, and returns the exit code.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import click

from salespm_flow.cli.context import Session
from salespm_flow.cli.options import Described
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual, Language

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

USAGE: Final = Bilingual("用法：", "Usage: ")
ARGUMENTS: Final = Bilingual("参数", "Arguments")
OPTIONS: Final = Bilingual("选项", "Options")
COMMANDS: Final = Bilingual("命令", "Commands")
USAGE_EXIT: Final = 2


class BilingualCommand(click.Command):
    """One command."""

    def __init__(self, name: str, about: Bilingual, parameters: Sequence[Described], run: Callable[..., int]) -> None:
        # Surplus arguments are allowed for click, so that they are refused here in both languages.
        settings = {"allow_extra_args": True, "help_option_names": []}
        help_option = _help_option()
        params = [described.parameter for described in (*parameters, help_option)]
        super().__init__(name, params=params, add_help_option=False, context_settings=settings)
        self.about = about
        self.run = run
        self.meanings = _meanings((*parameters, help_option))

    def invoke(self, ctx: click.Context) -> int:
        """The command ran; its exit code."""
        if ctx.args:
            surplus = " ".join(ctx.args)
            raise BilingualUsageError(
                Bilingual(f"多余的参数：{surplus}", f"unexpected argument: {surplus}"), context=ctx
            )
        return self.run(session_of(ctx), **ctx.params)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage, purpose, arguments and options are written."""
        language = session_of(ctx).early_language
        _write_head(ctx, formatter, self.about, language)
        _write_parameters(ctx, formatter, self.meanings, language)


class BilingualGroup(click.Group):
    """Commands under one name. `summaries` are shown without importing a command; `find` imports the one that runs."""

    def __init__(
        self,
        name: str,
        about: Bilingual,
        parameters: Sequence[Described],
        *,
        summaries: Mapping[str, Bilingual],
        find: Callable[[str], click.Command],
    ) -> None:
        help_option = _help_option()
        params = [described.parameter for described in (*parameters, help_option)]
        super().__init__(name, params=params, add_help_option=False, context_settings={"help_option_names": []})
        self.about = about
        self.summaries = summaries
        self.find = find
        self.meanings = _meanings((*parameters, help_option))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """The names, in the order of the table."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- as above
        """The command of that name, imported now."""
        return self.find(cmd_name) if cmd_name in self.summaries else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments are taken in; with none at all, the help is shown as the usage error that this is."""
        if not args and not ctx.resilient_parsing:
            if session_of(ctx).is_json_asked:
                raise BilingualUsageError(Bilingual("缺少命令", "a command is missing"), context=ctx)
            click.echo(ctx.get_help(), err=True)
            ctx.exit(USAGE_EXIT)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names."""
        name = args[0]
        if name not in self.summaries and not ctx.resilient_parsing:
            from salespm_flow.definition.suggest import suggestion

            message = Bilingual(f"没有“{name}”这个命令", f'there is no command "{name}"')
            raise BilingualUsageError(message, suggestion(name, self.summaries), ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage, purpose, commands and options are written."""
        language = session_of(ctx).early_language
        _write_head(ctx, formatter, self.about, language)
        with formatter.section(COMMANDS.of(language)):
            formatter.write_dl([(name, summary.of(language)) for name, summary in self.summaries.items()])
        _write_parameters(ctx, formatter, self.meanings, language)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        """The names and options that begin so, told from the table alone."""
        from click.shell_completion import CompletionItem

        language = session_of(ctx).early_language
        names = [
            CompletionItem(name, help=summary.of(language))
            for name, summary in self.summaries.items()
            if name.startswith(incomplete)
        ]
        # Past click.Group, whose own answer imports every command.
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


def session_of(context: click.Context) -> Session:
    """The session that `main` opened."""
    session = context.find_root().obj
    if not isinstance(session, Session):
        raise TypeError(session)
    return session


def group_of(name: str, about: Bilingual, members: Mapping[str, BilingualCommand]) -> BilingualGroup:
    """A group of commands that are at hand already."""
    return BilingualGroup(
        name,
        about,
        (),
        summaries={key: _first_line(member.about) for key, member in members.items()},
        find=members.__getitem__,
    )


def _first_line(text: Bilingual) -> Bilingual:
    return Bilingual(text.zh.splitlines()[0], text.en.splitlines()[0])


def _help_option() -> Described:
    parameter = click.Option(["--help"], is_flag=True, is_eager=True, expose_value=False, callback=_show_help)
    return Described(parameter, Bilingual("显示本帮助", "Show this help"))


def _show_help(context: click.Context, _parameter: click.Parameter, is_asked: bool) -> None:  # noqa: FBT001
    if is_asked and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()


def _meanings(parameters: Sequence[Described]) -> Mapping[str, Bilingual]:
    return MappingProxyType({str(described.parameter.name): described.meaning for described in parameters})


def _write_head(context: click.Context, formatter: click.HelpFormatter, about: Bilingual, language: Language) -> None:
    pieces = context.command.collect_usage_pieces(context)
    formatter.write_usage(context.command_path, " ".join(pieces), USAGE.of(language))
    formatter.write_paragraph()
    with formatter.indentation():
        for line in about.of(language).splitlines():
            formatter.write_text(line)


def _write_parameters(
    context: click.Context, formatter: click.HelpFormatter, meanings: Mapping[str, Bilingual], language: Language
) -> None:
    for heading, is_option in ((ARGUMENTS, False), (OPTIONS, True)):
        rows = [
            (_declaration(context, parameter), meanings[parameter.name].of(language))
            for parameter in context.command.params
            if isinstance(parameter, click.Option) is is_option and parameter.name in meanings
        ]
        if rows:
            with formatter.section(heading.of(language)):
                formatter.write_dl(rows)


def _declaration(context: click.Context, parameter: click.Parameter) -> str:
    if not isinstance(parameter, click.Option):
        return parameter.make_metavar(context)
    names = ", ".join(parameter.opts)
    return names if parameter.is_flag else f"{names} {parameter.make_metavar(context)}"
