"""A terminal in a fresh workspace: commands as a person types them, in the process, with what they answer."""

import contextlib
import io
import json
import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from salespm_flow.cli.context import open_session
from salespm_flow.cli.main import answer
from salespm_flow.definition.workspace import Loaded

STORE: Final = "salespm.db"


@dataclass(frozen=True, slots=True)
class Told:
    """What a command answered, on either stream."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All that was said."""
        return self.out + self.err

    @property
    def data(self) -> dict[str, Any]:
        """The answer as data."""
        data: dict[str, Any] = json.loads(self.out)
        return data


Cli = Callable[..., Told]


class Terminal:
    """Types commands in the current folder.

    The definitions are read once, after `init` has written them; anew with every command where `is_reading_again`.
    """

    def __init__(self, *, is_reading_again: bool = False) -> None:
        self._loaded: Loaded | None = None
        self._is_reading_again = is_reading_again

    def __call__(self, *words: str) -> Told:
        """The command is run, whatever comes of it."""
        out, err = io.StringIO(), io.StringIO()
        given = list(words)
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            open_session(given, os.environ) as session,
        ):
            if self._loaded is not None:
                session.loaded = self._loaded
            code = answer(given, session)
            if words[0] != "init" and not self._is_reading_again:
                self._loaded = session.loaded
        return Told(code, out.getvalue(), err.getvalue())

    def type(self, line: str) -> Told:
        """The command is run, whatever comes of it; its words are separated as in a shell."""
        return self(*shlex.split(line))

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
        return [reason["id"] for reason in told.data["reasons"]]

    def data(self, line: str) -> dict[str, Any]:
        """The command is done; its answer as data."""
        told = self.type(f"{line} --format json")
        assert told.code == 0, f"{line}\n{told.text}"
        return told.data


def chinese_terminal(folder: Path) -> Terminal:
    """A terminal in a new workspace with the shipped definitions, in Chinese; the caller has changed into `folder`."""
    assert Path.cwd() == folder
    terminal = Terminal()
    terminal.done("init --lang zh")
    return terminal


@dataclass(frozen=True, slots=True)
class Scene:
    """A workspace that is made once, and whose store can be put back as it was then."""

    folder: Path
    terminal: Terminal
    kept: bytes

    def again(self, monkeypatch: pytest.MonkeyPatch) -> Terminal:
        """A terminal in the workspace as it was made, in English unless the workspace says otherwise."""
        enter(self.folder, monkeypatch)
        store = self.folder / STORE
        for beside in self.folder.glob(f"{STORE}-*"):
            beside.unlink()
        store.write_bytes(self.kept)
        return self.terminal


def enter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are typed in the folder, whatever the machine's own surroundings are."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("SALESPM_STORE", raising=False)


def scene(folder: Path, prepare: Callable[[Terminal], object]) -> Scene:
    """The scene after `prepare` was typed in a new English workspace of the shipped definitions."""
    terminal = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        folder.mkdir(exist_ok=True)
        enter(folder, patch)
        terminal.done("init --lang en")
        prepare(terminal)
    return Scene(folder, terminal, (folder / STORE).read_bytes())
