"""The program, sent a signal at an exact point of its own work: `python stopping.py SIGKILL 3 migrate …`.

The signal comes just before the given commit of the process (the first is 1). A test that waits and looks from outside
would depend on how fast the machine is that day.
"""

import os
import signal
import sqlite3
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final

from salespm_flow.cli.main import main

FILE: Final = Path(__file__).resolve()


def stopped(ending: signal.Signals, commit: int, *words: str) -> tuple[str, ...]:
    """The command line of the program that is sent the signal before that commit."""
    return (sys.executable, str(FILE), ending.name, str(commit), *words)


class Watched(sqlite3.Connection):
    """A connection whose commits are counted; just before the wanted one, this process is sent the signal."""

    ending = signal.SIGKILL
    wanted = 0
    seen = 0

    def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401 -- whatever SQLite is opened with
        super().__init__(*arguments, **settings)
        self.set_trace_callback(self._told)

    @staticmethod
    def _told(statement: str) -> None:
        if statement == "COMMIT":
            Watched.seen += 1
            if Watched.seen == Watched.wanted:
                os.kill(os.getpid(), Watched.ending)


if __name__ == "__main__":
    Watched.ending, Watched.wanted = signal.Signals[sys.argv[1]], int(sys.argv[2])
    sqlite3.connect = partial(sqlite3.connect, factory=Watched)  # type: ignore[assignment]  # the same, bound
    sys.exit(main(sys.argv[3:]))
