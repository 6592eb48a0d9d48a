"""Lets long work end between two steps when it is interrupted or told to end, instead of in the middle of one."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether the work was asked to stop; until it first looks, and when asked twice, it is broken off at once."""

    def __init__(self) -> None:
        self.is_heeded = False
        self._is_asked = False

    def is_asked(self) -> bool:
        """Whether the work is to stop here."""
        self.is_heeded = True
        return self._is_asked

    def ask(self, _number: int, _frame: FrameType | None) -> None:
        """The work stops at its next look."""
        if self._is_asked or not self.is_heeded:
            raise KeyboardInterrupt
        self._is_asked = True


@contextmanager
def interruption() -> Iterator[Interruption]:
    """Inside the block, signals to end are kept for the work to look at.

    Raises:
        KeyboardInterrupt: the block was interrupted before it asked for the first time, or for the second time.
    """
    asked = Interruption()
    if threading.current_thread() is not threading.main_thread():  # only there signals can be heard
        yield asked
        return
    earlier = {number: signal.signal(number, asked.ask) for number in SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
