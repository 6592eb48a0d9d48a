"""Who may watch a definition being tried: told of every test that was asked, whatever came of the decision."""

from typing import Protocol

from salespm_flow.diagnostics import Span


class Witness(Protocol):
    """Watches; what it sees never changes a decision."""

    def judged(self, place: Span, *, holds: bool) -> None:
        """The guard, requirement or check that stands there was asked, and held or not."""
        ...
