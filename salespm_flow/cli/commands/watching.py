"""Answers again whenever a watched file changes, until somebody ends it; knows neither what is answered nor why."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Final

from salespm_flow.cli.context import Session
from salespm_flow.cli.output import write_message
from salespm_flow.errors import SalesPMFlowError

PAUSE_SECONDS: Final = 0.2
SUFFIXES: Final = frozenset({".yaml", ".yml", ".csv", ".xlsx"})
Stamp = tuple[int, int]


def watch(session: Session, places: Callable[[], Iterable[Path]], answer: Callable[[], int]) -> int:
    """The answer was given, and again after each change in the places; the exit code of the last one.

    Ends cleanly on Ctrl-C and on a request to terminate. A failure is told; the next change may mend it.
    """
    before = signal.signal(signal.SIGTERM, _interrupt)
    code = 0
    watched = tuple(places())
    try:
        while True:
            watched = _known(places, watched)
            seen = stamps(watched)
            code = _attempt(session, answer)
            # A change made while the answer was worked out is not in it; only places that the answer found are as read.
            found = _known(places, watched)
            seen = {**stamps(set(found) - set(watched)), **seen}
            watched = found
            write_message(
                session.text(
                    f"正在监视 {len(seen)} 个文件；按 Ctrl-C 结束", f"watching {len(seen)} file(s); Ctrl-C ends"
                )
            )
            _await_change(watched, seen)
    except KeyboardInterrupt:
        return code
    finally:
        signal.signal(signal.SIGTERM, before)


def _known(places: Callable[[], Iterable[Path]], earlier: tuple[Path, ...]) -> tuple[Path, ...]:
    """Where to look now; where it was looked before while the settings that say it cannot be read."""
    try:
        return tuple(places())
    except SalesPMFlowError:
        return earlier


def _await_change(watched: Iterable[Path], seen: Mapping[Path, Stamp]) -> None:
    """The places differ from what was seen, and rest: a file that is still being written is not read half-way."""
    before = seen
    while True:
        now = stamps(watched)
        if now == before != seen:
            return
        before = now
        time.sleep(PAUSE_SECONDS)


def stamps(places: Iterable[Path]) -> Mapping[Path, Stamp]:
    """Of each file in the folders and of each file named, when it changed and how long it is; none for what is gone."""
    found: dict[Path, Stamp] = {}
    for path in (file for place in places for file in _files(place)):
        try:
            told = path.stat()
        except OSError:
            continue
        found[path] = (told.st_mtime_ns, told.st_size)
    return found


def _files(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        return
    for folder, folders, names in os.walk(place):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in names if Path(name).suffix in SUFFIXES and not name.startswith("."))


def _attempt(session: Session, answer: Callable[[], int]) -> int:
    from salespm_flow.cli.failures import tell_error

    try:
        code = answer()
    except SalesPMFlowError as error:
        tell_error(error, session)
        code = 1
    return code


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
