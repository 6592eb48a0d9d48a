"""`demo`: the whole main job in a temporary folder, with real commands and their real output.

Every time is given, so that the story is the same on every machine and every day. A step that does not come out as told
ends the demonstration with an error: the story is a check of the program too.
"""

import contextlib
import io
import re
import sys
import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.commands.steps import Step
from salespm_flow.cli.commands.story import CHAPTERS
from salespm_flow.cli.context import Session, open_session
from salespm_flow.cli.options import flag, shared_options
from salespm_flow.cli.output import write_piece
from salespm_flow.cli.render import Ink
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual, Language

if TYPE_CHECKING:
    from salespm_flow.definition.workspace import Loaded

PROGRAM: Final = "salespm-flow"
LOCALES: Final = {Language.ZH: "zh_CN.UTF-8", Language.EN: "en_US.UTF-8"}
# What the story must not take over from the user's own surroundings.
FOREIGN: Final = frozenset({"SALESPM_STORE", "LC_ALL", "LC_MESSAGES", "LANG"})
NEEDS_QUOTES: Final = re.compile(r"[\s\"'\\$`<>|&;()*?!#~{}\[\]]")


class Stage:
    """Where the steps are played, one after the other; the definitions are read once, after `init` has written them."""

    def __init__(self, session: Session, environment: Mapping[str, str], *, is_full: bool) -> None:
        self._session = session
        self._environment = environment
        self._is_full = is_full
        self._loaded: Loaded | None = None

    def play(self, step: Step) -> bool:
        """The command and its answer are shown; whether it came out as told."""
        language, palette = self._session.early_language, self._session.palette
        if step.say is not None:
            _write(f"\n{palette.paint(f'# {step.say.of(language)}', Ink.FAINT)}\n")
        words = _words(step, language)
        _write(f"{palette.paint('$', Ink.FAINT)} {palette.paint(_command_line(words), Ink.NAME)}\n")
        code, text = self._answer(words)
        is_as_told = code == (1 if step.is_refused else 0)
        _write(text if self._is_full or not is_as_told else _shortened(text, step.lines))
        if not is_as_told:
            _write(palette.paint(f"!! exit {code}\n", Ink.BAD))
        return is_as_told

    def _answer(self, words: list[str]) -> tuple[int, str]:
        from salespm_flow.cli.main import answer

        output = io.StringIO()
        with (
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
            open_session(words, self._environment) as session,
        ):
            if self._loaded is not None:
                session.loaded = self._loaded
            code = answer(words, session)
            if self._loaded is None and words[0] != "init":
                self._loaded = session.loaded
        return code, output.getvalue()


def run(session: Session, *, is_full: bool) -> int:
    """The story is told; 1 where a step did not come out as told."""
    if session.is_json:
        raise BilingualUsageError(
            Bilingual("demo 是给人看的演示，没有 JSON 形式", "demo is a story for people and has no JSON form"),
            Bilingual("去掉 --format json", "leave --format json out"),
        )
    language = session.early_language
    environment = {name: value for name, value in session.environment.items() if name not in FOREIGN}
    environment["LC_ALL"] = LOCALES[language]
    failures = 0
    with tempfile.TemporaryDirectory(prefix="salespm-flow-demo-") as folder, contextlib.chdir(folder):
        stage = Stage(session, environment, is_full=is_full)
        for chapter in CHAPTERS:
            _write(f"\n{session.palette.paint(f'== {chapter.title.of(language)} ==', Ink.STRONG)}\n")
            failures += sum(not stage.play(step) for step in chapter.steps)
    end = Bilingual("演示结束，全部步骤符合预期。", "The end; every step came out as told.")
    if failures:
        end = Bilingual(
            f"演示结束，{failures} 个步骤不符合预期！", f"The end; {failures} step(s) did not come out as told!"
        )
    _write(f"\n{end.of(language)}\n")
    return 1 if failures else 0


def _words(step: Step, language: Language) -> list[str]:
    words = [word.of(language) if isinstance(word, Bilingual) else word for word in step.words]
    if words == ["init"]:
        words += ["--lang", language.value]
    if step.who is not None:
        person, role = step.who.value.split()
        words += ["--as", person, "--role", role]
    if step.at is not None:
        words += ["--now", step.at]
    return words


def _command_line(words: list[str]) -> str:
    quoted = (f"'{word}'" if NEEDS_QUOTES.search(word) else word for word in words)
    return " ".join((PROGRAM, *quoted))


def _shortened(text: str, limit: int | None) -> str:
    lines = text.splitlines(keepends=True)
    if limit is None or len(lines) <= limit:
        return text
    # One line is an answer in short; a longer piece that is cut says so.
    return "".join(lines[:limit]) + ("  …\n" if limit > 1 else "")


def _write(text: str) -> None:
    write_piece(text)
    sys.stdout.flush()


COMMAND: Final = BilingualCommand(
    "demo",
    Bilingual(
        "在临时文件夹里演示完整流程：商机从市场调研到签约、交付项目、风险与监控、结案、评估、核对。",
        "Shows the whole main job in a temporary folder: a deal from research to signature, its delivery project, "
        "risks and monitoring, closing, evaluation, verification.",
    ),
    (
        flag("is_full", "--full", Bilingual("显示每条命令的全部输出", "Show the whole output of every command")),
        *shared_options(),
    ),
    run,
)
