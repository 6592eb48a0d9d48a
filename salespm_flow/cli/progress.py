"""Signs of progress on the error stream, only where a person watches it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from salespm_flow.cli.context import Session

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def bar(label: str, session: Session) -> Iterator[Callable[[int, int], None] | None]:
    """A bar that is told how many of how many are done; None where nobody watches."""
    console = _console(session)
    if console is None:
        yield None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as shown:
        task = shown.add_task(label, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def busy(label: str, session: Session) -> Iterator[None]:
    """Something moves while the block runs."""
    console = _console(session)
    if console is None:
        yield
        return
    with console.status(label):
        yield


def _console(session: Session) -> "Console | None":
    """None where the error stream is no terminal that can draw."""
    if not sys.stderr.isatty() or session.environment.get("TERM") == "dumb":
        return None
    from rich.console import Console

    return Console(stderr=True, no_color=bool(session.environment.get("NO_COLOR")))
