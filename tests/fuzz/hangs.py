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
    """What runs inside is interrupted after `MOST_SECONDS`.

    Raises:
        HangError: It took so long.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise HangError(f"no answer after {MOST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
