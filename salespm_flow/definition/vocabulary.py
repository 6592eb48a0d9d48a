"""Every name that a scenario may use of the workflow it tests, by what it names. Finds nothing, judges nothing."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.types import Typed
from salespm_flow.model.actions import Action, Notify, OpenRisk, OpenTask
from salespm_flow.model.decision import ReasonKind
from salespm_flow.model.library import Library, organisation_of
from salespm_flow.model.names import changeable_names, workflow_names
from salespm_flow.model.organisation import Organisation, holders
from salespm_flow.model.scenarios import Status
from salespm_flow.model.workflow import Gate, Outcome, Workflow
from salespm_flow.nouns import dataclass

# What stands for no outcome and no level.
NONE: Final = "none"
STATE: Final = Bilingual("状态", "state")
# What the engine itself gives as the reason of a refusal, beside names of the definition.
_OWN_REASONS = frozenset(kind.value for kind in ReasonKind) | {
    "accept",
    "actor",
    "after",
    "approval",
    "blocked",
    "category",
    "checklist",
    "excepted",
    "owner",
    "project",
    "response",
    "task",
}


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The names of one workflow of a library."""

    workflow: Workflow
    library: Library

    @cached_property
    def organisation(self) -> Organisation | None:
        """The organisation that the workflow runs in."""
        return organisation_of(self.workflow, self.library)

    @cached_property
    def some_owner(self) -> str:
        """Somebody who may own a project: where there is an organisation, one who holds the first owner role."""
        if self.organisation is None:
            return "owner"
        roles = [state.owner_role for state in self.workflow.states.values() if state.owner_role is not None]
        people = [person.id for role in roles for person in holders(self.organisation, role)]
        return next(iter((*people, *self.organisation.people)), "owner")

    @cached_property
    def names(self) -> Mapping[str, Typed]:
        """What expressions see."""
        return workflow_names(self.workflow, self.library)

    @cached_property
    def state_names(self) -> frozenset[str]:
        """The states as expressions name them."""
        return frozenset(state.name for state in self.workflow.states.values())

    @cached_property
    def changeable(self) -> frozenset[str]:
        """What `changed` may ask about."""
        return changeable_names(self.workflow)

    @cached_property
    def states(self) -> Mapping[str, str]:
        """The name of each state by its name and by its full path."""
        states = self.workflow.states.values()
        return {**{state.path: state.name for state in states}, **{state.name: state.name for state in states}}

    @cached_property
    def triggers(self) -> frozenset[str]:
        """The events that some transition listens to."""
        return frozenset(event for one in self.workflow.transitions.values() for event in one.events)

    @cached_property
    def approvals(self) -> frozenset[str]:
        """The approvals of all transitions."""
        return frozenset(name for one in self.workflow.transitions.values() for name in one.approvals)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """Every action, wherever it stands."""
        return (*(one for gate in self.gates() for one in gate.do), *self._timed())

    @cached_property
    def tasks(self) -> frozenset[str]:
        """The tasks of states and those that actions open."""
        of_states = (task.id for state in self.workflow.states.values() for task in state.tasks)
        return frozenset((*of_states, *(one.id for one in self.actions if isinstance(one, OpenTask))))

    @cached_property
    def effects(self) -> frozenset[str]:
        """All actions and tasks."""
        return self.tasks | {one.id for one in self.actions}

    @cached_property
    def notices(self) -> frozenset[str]:
        """All that somebody is told: notices, and that an approval waits."""
        return self.approvals | {one.id for one in self.actions if isinstance(one, Notify)}

    @cached_property
    def timers(self) -> frozenset[str]:
        """All that fires when its time has come, as an expectation names it."""
        limits = {
            f"sla.{kind}.{state.name}"
            for state in self.workflow.states.values()
            if state.sla is not None
            for kind in ("warn", "breach")
        }
        return frozenset(self.workflow.timers) | limits

    @cached_property
    def risks(self) -> frozenset[str]:
        """The rules of all its risk models, with or without the model before, and the actions that open risks."""
        models = [model for name in self.workflow.uses.risks if (model := self.library.risk_models.get(name))]
        rules = {rule for model in models for name in model.rules for rule in (name, f"{model.id}.{name}")}
        return frozenset(rules | {one.id for one in self.actions if isinstance(one, OpenRisk)})

    @cached_property
    def levels(self) -> frozenset[str]:
        """The risk levels."""
        models = (self.library.risk_models.get(name) for name in self.workflow.uses.risks)
        return frozenset(level.id for model in models if model is not None for level in model.levels)

    @cached_property
    def reasons(self) -> frozenset[str]:
        """All that a refusal may name."""
        checks = {check.id for gate in self.gates() for check in gate.check}
        tables = {f"table.{name}" for name in self.library.decision_tables}
        children = [self.library.workflows.get(link.workflow) for link in self.workflow.links.values()]
        carried = {name for child in children if child is not None for name in child.fields}
        people = frozenset() if self.organisation is None else frozenset(self.organisation.people)
        own = checks | tables | carried | self.workflow.fields.keys() | self.workflow.records.keys()
        return frozenset(own | _OWN_REASONS | people | self.triggers | self.approvals | self.tasks)

    @cached_property
    def expected(self) -> Mapping[str, tuple[Bilingual, Collection[str]]]:
        """What the keys of an expectation take that take names: what these are called, and which there are."""
        return {
            "state": (STATE, self.states),
            "status": (Bilingual("结果", "status"), [one.value for one in Status]),
            "outcome": (Bilingual("结局", "outcome"), [NONE, *(one.value for one in Outcome)]),
            "waiting": (Bilingual("审批", "approval"), self.approvals),
            "effects": (Bilingual("动作或任务", "action or task"), self.effects),
            "fired": (Bilingual("计时", "timer"), self.timers),
            "told": (Bilingual("通知", "notice"), self.notices),
            "risks": (Bilingual("风险规则", "risk rule"), self.risks),
            "level": (Bilingual("级别", "level"), [NONE, *self.levels]),
        }

    def gates(self) -> Iterator[Gate]:
        """Every gate: of states, entry and exit, and of transitions."""
        for state in self.workflow.states.values():
            yield from (state.entry, state.exit)
        yield from (transition.gate for transition in self.workflow.transitions.values())

    def _timed(self) -> Iterator[Action]:
        return (action for timer in self.workflow.timers.values() for action in timer.do)
