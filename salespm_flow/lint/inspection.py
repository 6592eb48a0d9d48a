"""One workflow under inspection: what several analyses ask about it, worked out once. Knows no analysis.

Of the engine nothing is imported before a witness is to be replayed: most workflows are sound, and somebody waits.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from salespm_flow.diagnostics import Bilingual, Diagnostic, Span, Witness
from salespm_flow.model.fields import Field, Record
from salespm_flow.model.library import organisation_of
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.workflow import Gate, State, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from salespm_flow.lint.replay import Stage
    from salespm_flow.lint.space import Openness, Space
    from salespm_flow.lint.surroundings import Surroundings
    from salespm_flow.solve.cases import Cases


class Inspection:
    """A workflow of a library, with what can be derived from the two."""

    def __init__(self, surroundings: "Surroundings", workflow: Workflow) -> None:
        self.surroundings = surroundings
        self.library = surroundings.library
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
    def cases(self) -> "Cases":
        """What can be said about the workflow's conditions without running them."""
        from salespm_flow.model.names import workflow_names  # noqa: PLC0415 - as above
        from salespm_flow.solve.cases import Cases  # noqa: PLC0415 - as above

        return Cases(self.workflow, workflow_names(self.workflow, self.library), self.library.references)

    @cached_property
    def decided(self) -> "Space":
        """Every configuration that can be reached where guards are decided as far as their text allows."""
        from salespm_flow.lint.decided import decided_space  # noqa: PLC0415 - as above

        return decided_space(self.openness, self.space, self.cases)

    @cached_property
    def stage(self) -> "Stage":
        """Where witnesses are replayed."""
        from salespm_flow.lint.replay import Stage  # noqa: PLC0415 - as above

        return Stage(self.library, self.workflow)

    @cached_property
    def names_read(self) -> frozenset[str]:
        """Every name that an expression of the workflow or of its risk models reads."""
        from salespm_flow.expr.syntax import Name, walk  # noqa: PLC0415 - as above
        from salespm_flow.model.tables import expressions_in  # noqa: PLC0415 - as above

        models = self.library.risk_models
        documents = (self.workflow, *(models[name] for name in self.workflow.uses.risks if name in models))
        return frozenset(
            node.name
            for document in documents
            for expression in expressions_in(document)
            for node, _ in walk(expression.node)
            if isinstance(node, Name)
        )

    @cached_property
    def heard(self) -> "Mapping[str, frozenset[str]]":
        """The events that each state's own transitions listen to, by its full path."""
        found: dict[str, set[str]] = {}
        for transition in self.workflow.transitions.values():
            for source in transition.sources:
                found.setdefault(source, set()).update(transition.events)
        return {source: frozenset(events) for source, events in found.items()}

    @property
    def organisation(self) -> Organisation | None:
        """The organisation that the workflow runs in."""
        return organisation_of(self.workflow, self.library)

    @property
    def has_autos(self) -> bool:
        """Whether a transition fires by itself."""
        return any(transition.is_auto for transition in self.workflow.transitions.values())

    @property
    def has_conditions(self) -> bool:
        """Whether a transition, an approval or a gate asks for something to be true."""
        transitions = self.workflow.transitions.values()
        return any(one.when is not None or one.approvals for one in transitions) or any(
            gate.check for gate in self.gates()
        )

    @property
    def asks_for_states(self) -> bool:
        """Whether a condition may ask in which states a project is."""
        return self.has_conditions and "in_state" in self.workflow.source.text

    @property
    def has_places_to_edit(self) -> bool:
        """Whether something may be given in some states only."""
        nouns: tuple[Field | Record, ...] = (*self.workflow.fields.values(), *self.workflow.records.values())
        return any(noun.editable_in is not None for noun in nouns)

    @property
    def has_names(self) -> bool:
        """Whether the workflow defines names that only expressions read."""
        return bool(self.workflow.conditions or self.workflow.parameters)

    @property
    def has_approvals(self) -> bool:
        """Whether a transition waits for approval."""
        return any(transition.approvals for transition in self.workflow.transitions.values())

    @property
    def has_family(self) -> bool:
        """Whether projects of the workflow may have parents or children."""
        return bool(self.workflow.links) or "parent" in self.workflow.source.text

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
