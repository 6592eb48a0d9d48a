"""A limit on how long one example may take: what hangs is told as such, with the line where it hung."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

# Far beyond what the slowest machine needs for an answer, and far below what a person would wait.
MOST_SECONDS: Final = 30


class HangError(Exception):
    """An example has taken longer than anything may."""


@contextmanager
def no_hang() -> Iterator[None]:
    """What runs inside is interrupted after `MOST_SECONDS` of computing; other work on the machine does not count.

    Raises:
        HangError: It took so long.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise HangError(f"no answer after {MOST_SECONDS} s of computing")

    before = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
