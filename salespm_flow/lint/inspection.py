"""One workflow under inspection: what several analyses ask about it, worked out once. Knows no analysis.

Of the engine nothing is imported before a witness is to be replayed: most workflows are sound, and somebody waits.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from salespm_flow.diagnostics import Bilingual, Diagnostic, Span, Witness
from salespm_flow.model.library import Library, organisation_of
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.workflow import Gate, State, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from salespm_flow.lint.replay import Stage
    from salespm_flow.lint.space import Openness, Space


class Inspection:
    """A workflow of a library, with what can be derived from the two."""

    def __init__(self, library: Library, workflow: Workflow) -> None:
        self.library = library
        self.workflow = workflow

    @cached_property
    def openness(self) -> "Openness":
        """The workflow's moves with every guard open."""
        from salespm_flow.lint.space import Openness  # noqa: PLC0415 - as in the module's docstring

        return Openness(self.workflow)

    @cached_property
    def space(self) -> "Space":
        """Every configuration that can be reached while guards are open."""
        from salespm_flow.lint.space import explore  # noqa: PLC0415 - as above

        return explore(self.openness)

    @cached_property
    def stage(self) -> "Stage":
        """Where witnesses are replayed."""
        from salespm_flow.lint.replay import Stage  # noqa: PLC0415 - as above

        return Stage(self.library, self.workflow)

    @property
    def organisation(self) -> Organisation | None:
        """The organisation that the workflow runs in."""
        return organisation_of(self.workflow, self.library)

    def gates(self) -> "Iterator[Gate]":
        """The gates of states and transitions, in file order."""
        for state in self.workflow.states.values():
            yield state.entry
            yield state.exit
        for transition in self.workflow.transitions.values():
            yield transition.gate

    def state(self, path: str) -> State:
        """The state with this full path."""
        return self.workflow.states[path]


def finding(
    code: str, span: Span, message: Bilingual, hint: Bilingual | None = None, *, witness: Witness | None = None
) -> Diagnostic:
    """A finding as bad as its code is."""
    from salespm_flow.lint.codes import severity_of  # noqa: PLC0415 - only where there is something to say

    return Diagnostic(code=code, severity=severity_of(code), message=message, span=span, hint=hint, witness=witness)
