"""A terminal in a fresh workspace: commands as a person types them, in the process, with what they answer."""

import contextlib
import io
import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salespm_flow.cli.context import open_session
from salespm_flow.cli.main import answer
from salespm_flow.definition.workspace import Loaded


@dataclass(frozen=True, slots=True)
class Told:
    """What a command answered, on either stream."""

    code: int
    text: str


class Terminal:
    """Types commands in the current folder; the definitions are read once, after `init` has written them."""

    def __init__(self) -> None:
        self._loaded: Loaded | None = None

    def type(self, line: str) -> Told:
        """The command is run, whatever comes of it."""
        words = shlex.split(line)
        output = io.StringIO()
        with (
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
            open_session(words, os.environ) as session,
        ):
            if self._loaded is not None:
                session.loaded = self._loaded
            code = answer(words, session)
            if words[0] != "init":
                self._loaded = session.loaded
        return Told(code, output.getvalue())

    def done(self, *lines: str) -> str:
        """The commands are done; what the last one said."""
        said = ""
        for line in lines:
            told = self.type(line)
            assert told.code == 0, f"{line}\n{told.text}"
            said = told.text
        return said

    def refused(self, line: str) -> list[str]:
        """The ids of all the reasons why the command is refused."""
        told = self.type(f"{line} --format json")
        assert told.code == 1, told.text
        answered = json.loads(told.text)
        return [reason["id"] for reason in answered["reasons"]]

    def data(self, line: str) -> dict[str, Any]:
        """The command is done; its answer as data."""
        told = self.type(f"{line} --format json")
        assert told.code == 0, f"{line}\n{told.text}"
        found: dict[str, Any] = json.loads(told.text)
        return found


def chinese_terminal(folder: Path) -> Terminal:
    """A terminal in a new workspace with the shipped definitions, in Chinese; the caller has changed into `folder`."""
    assert Path.cwd() == folder
    terminal = Terminal()
    terminal.done("init --lang zh")
    return terminal
