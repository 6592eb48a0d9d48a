"""Plays the console sessions of a page in a fresh folder: what the page shows is what the program says.

A block of ```console holds `$ salespm-flow …` lines, each followed by what it prints; a line `...` stands for any
lines. `<!-- file: PATH -->` before a block writes the block into the folder first, `<!-- output: COMMAND -->` says that
the block is what one command prints. A page is one session.
"""

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from salespm_flow.cli.context import open_session
from salespm_flow.cli.main import answer
from salespm_flow.definition.workspace import Loaded

PROGRAM: Final = "salespm-flow"
PROMPT: Final = "$ "
ELISION: Final = "..."
# Commands that read definitions anew, or may change them.
FRESH: Final = frozenset({"init", "validate", "demo", "--workspace"})
BLOCK: Final = re.compile(
    r"(?:<!-- (?:file: (?P<file>\S+)|output: (?P<output>[^\n]+)) -->\n)?```(?P<tag>\w+)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LOCALES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
FOREIGN: Final = ("SALESPM_STORE", *LOCALES)


@dataclass(frozen=True, slots=True)
class Difference:
    """A command whose answer is not what the page shows."""

    command: str
    shown: str
    said: str


class _Player:
    """Runs commands; the definitions are read once and kept until something may have changed them."""

    def __init__(self) -> None:
        self.loaded: Loaded | None = None

    def said(self, command: str) -> list[str]:
        """The lines that the command prints, on either stream."""
        words = shlex.split(command.removeprefix(PROMPT).replace("\\\n", " "))
        if words.pop(0) != PROGRAM:
            raise ValueError(command)
        script = io.StringIO()
        if words[-2:-1] == ["<"]:
            script = io.StringIO(Path(words.pop()).read_text(encoding="utf-8"))
            words.pop()
        is_fresh = not FRESH.isdisjoint(words)
        output = io.StringIO()
        with (
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
            _standard_input(script),
            open_session(tuple(words), os.environ) as session,
        ):
            if self.loaded is not None and not is_fresh:
                session.loaded = self.loaded
            answer(words, session)
            self.loaded = None if is_fresh else session.loaded
        return [line.rstrip() for line in output.getvalue().splitlines()]


@contextlib.contextmanager
def _standard_input(script: io.StringIO) -> Iterator[None]:
    before, sys.stdin = sys.stdin, script
    try:
        yield
    finally:
        sys.stdin = before


def renewed(text: str, locale: str) -> tuple[str, tuple[Difference, ...]]:
    """The page with every answer that no longer holds brought up to date, and what was replaced."""
    differences: list[Difference] = []
    with _stage(locale):
        player = _Player()
        pieces: list[str] = []
        last = 0
        for block in BLOCK.finditer(text):
            if block["file"]:
                path = Path(block["file"])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block["body"], encoding="utf-8")
                player.loaded = None
            if block["tag"] == "console" or block["output"]:
                commands = [(block["output"], block["body"].splitlines())] if block["output"] else _steps(block["body"])
                pieces += [
                    text[last : block.start("body")],
                    _played(commands, player, differences, is_shown=not block["output"]),
                ]
                last = block.end("body")
        pieces.append(text[last:])
    return "".join(pieces), tuple(differences)


def matches(shown: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the lines said are the lines shown, `...` standing for any number of them."""
    if not shown:
        return not said
    if shown[0].strip() == ELISION:
        return any(matches(shown[1:], said[skip:]) for skip in range(len(said) + 1))
    return bool(said) and shown[0] == said[0] and matches(shown[1:], said[1:])


def shortened(shown: Sequence[str], said: Sequence[str]) -> list[str]:
    """The lines said, left out about where the page left lines out before."""
    if ELISION not in shown:
        return list(said)
    kept: list[str] = []
    matcher = SequenceMatcher(None, shown, said, autojunk=False)
    for _, begin, end, said_begin, said_end in matcher.get_opcodes():
        old, new = list(shown[begin:end]), list(said[said_begin:said_end])
        if ELISION in old:
            # What stood before and after the dots stands there again, as many lines of it as before.
            before, after = old.index(ELISION), len(old) - 1 - max(at for at, line in enumerate(old) if line == ELISION)
            kept += [*new[:before], ELISION, *new[max(before, len(new) - after) :]]
        else:
            kept += new
    return kept


def _played(
    commands: Iterable[tuple[str, list[str]]], player: _Player, differences: list[Difference], *, is_shown: bool
) -> str:
    """The commands, where they are shown, each with its answer."""
    lines: list[str] = []
    for command, shown in commands:
        said = player.said(command)
        if is_shown:
            lines += command.splitlines()
        if matches(shown, said):
            lines += shown
        else:
            differences.append(Difference(command, "\n".join(shown), "\n".join(said)))
            lines += shortened(shown, said)
    return "".join(f"{line}\n" for line in lines)


def _steps(body: str) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines below it; a command goes on after a backslash at the end of a line."""
    command, shown = "", list[str]()
    for line in body.splitlines():
        if command.endswith("\\"):
            command += f"\n{line}"
        elif line.startswith(PROMPT):
            if command:
                yield command, shown
            command, shown = line, []
        else:
            shown.append(line)
    if command:
        yield command, shown


@contextlib.contextmanager
def _stage(locale: str) -> Iterator[None]:
    """A fresh folder and a user's surroundings; both as before afterwards."""
    before: Mapping[str, str] = dict(os.environ)
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ["LC_ALL"] = locale
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
