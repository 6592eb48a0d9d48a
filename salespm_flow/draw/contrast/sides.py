"""What one workflow says of itself, as far as it can be set against another. Knows nothing of the other one.

Texts are in one language and as their authors wrote them, not yet safe in Markdown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.words import OUTCOMES
from salespm_flow.model.goals import Goal
from salespm_flow.model.library import Library, organisation_of
from salespm_flow.model.rules import Kpi, Scorecard
from salespm_flow.model.workflow import Approval, State, StateKind, Transition, Workflow
from salespm_flow.nouns import dataclass

_FROM_PARENT = "parent."


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A workflow with what stands around it, told in one language."""

    workflow: Workflow
    library: Library
    language: Language

    @property
    def title(self) -> str:
        """What the workflow is called."""
        return self.of(self.workflow.title)

    def of(self, text: Bilingual) -> str:
        """The author's text on one line."""
        return " ".join(text.of(self.language).split())

    def titles(self, texts: Iterable[Bilingual]) -> tuple[str, ...]:
        """Each title once, in order."""
        return tuple(dict.fromkeys(map(self.of, texts)))

    # ------------------------------------------------------------------------------------------------------- goal

    def goals(self) -> tuple[Goal, ...]:
        """The goals that the workflow names and that serve no other of them."""
        sets = (self.library.goal_sets.get(name) for name in self.workflow.uses.goals)
        every = {goal.id: goal for one in sets if one is not None for goal in one.goals.values()}
        return tuple(goal for goal in every.values() if goal.parent not in every)

    def bounds(self) -> tuple[str, ...]:
        """What must be known before a project begins."""
        return self.titles(one.title for one in self.workflow.fields.values() if one.is_required)

    def endings(self, *, is_success: bool) -> tuple[str, ...]:
        """The outcomes that are successes, or those that are none."""
        found = (state.outcome for state in self.workflow.states.values() if state.outcome is not None)
        return self.titles(OUTCOMES[one] for one in found if one.is_success is is_success)

    def early_success(self) -> str | None:
        """The state that counts as a success although work goes on in it; None where success is the end."""
        found = (one for one in self.workflow.states.values() if one.outcome is not None and one.outcome.is_success)
        return next((self.of(one.title) for one in found if one.kind is not StateKind.FINAL), None)

    # ----------------------------------------------------------------------------------------------------- stages

    def stages(self) -> tuple[tuple[str, ...], ...]:
        """The stages in order, ends left out; those that run side by side stand together."""
        return tuple(self._walked(self.workflow.roots))

    def _walked(self, paths: Iterable[str]) -> Iterator[tuple[str, ...]]:
        for state in (self.workflow.states[path] for path in paths):
            is_failure = state.outcome is not None and not state.outcome.is_success
            if state.is_aside or is_failure or state.kind is StateKind.FINAL:
                continue
            match state.kind:
                case StateKind.PARALLEL:
                    yield tuple(self.of(self.workflow.states[path].title) for path in state.children)
                case StateKind.COMPOUND if state.function is None and not state.is_region:
                    yield from self._walked(state.children)  # it only holds others together
                case _:
                    yield (self.of(state.title),)

    def chances(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest probability of stages short of success; None where none states one."""
        found = [one.probability for one in self._open() if one.probability is not None and one.probability < 1]
        return (min(found), max(found)) if found else None

    def _open(self) -> tuple[State, ...]:
        return tuple(one for one in self.workflow.states.values() if one.kind is not StateKind.FINAL)

    # ----------------------------------------------------------------------------------------------------- skills

    def skills(self) -> dict[str, str]:
        """The skills that stages and the roles that own them ask for, by id, with their titles."""
        company = organisation_of(self.workflow, self.library)
        owners = dict.fromkeys(one.owner_role for one in self.workflow.states.values() if one.owner_role)
        roles = {} if company is None else {name: company.roles[name] for name in owners if name in company.roles}
        named = [*(s for one in self.workflow.states.values() for s in one.skills)]
        named += [skill for role in roles.values() for skill in role.skills]
        known = {} if company is None else company.skills
        return {one: self.of(known[one].title) if one in known else one for one in dict.fromkeys(named)}

    def families(self) -> Counter[str]:
        """How many of the skills belong to each family."""
        company = organisation_of(self.workflow, self.library)
        known = {} if company is None else company.skills
        return Counter(family for one in self.skills() if one in known and (family := known[one].family))

    def roles(self) -> tuple[str, ...]:
        """The roles that own stages."""
        company = organisation_of(self.workflow, self.library)
        known = {} if company is None else company.roles
        named = dict.fromkeys(one.owner_role for one in self._open() if one.owner_role)
        return tuple(self.of(known[one].title) if one in known else one for one in named)

    # ------------------------------------------------------------------------------------------------------- flow

    def parallels(self) -> tuple[tuple[str, ...], ...]:
        """What runs side by side, a tuple for each place."""
        found = (one for one in self.workflow.states.values() if one.kind is StateKind.PARALLEL)
        return tuple(self.titles(self.workflow.states[path].title for path in one.children) for one in found)

    def moves_back(self) -> tuple[str, ...]:
        """The moves by which a project returns to an earlier stage; resuming after a pause is none."""
        return self.titles(one.title for one in self.workflow.transitions.values() if self._leads_back(one))

    def _leads_back(self, transition: Transition) -> bool:
        if transition.is_auto or transition.is_forward or not transition.to:
            return False
        order = {path: place for place, path in enumerate(self.workflow.states)}
        sources = [path for path in transition.sources if not self.workflow.states[path].is_aside]
        targets = [one.path for one in transition.to if not one.is_history]
        return any(
            order[target] < order[source] and not source.startswith(f"{target}.")
            for source in sources
            for target in targets
        )

    def pauses(self) -> tuple[str, ...]:
        """The states in which the clocks stand still."""
        return self.titles(one.title for one in self.workflow.states.values() if one.is_aside)

    def by_itself(self) -> tuple[str, ...]:
        """The moves that the engine makes as soon as their condition holds."""
        return self.titles(one.title for one in self.workflow.transitions.values() if one.is_auto)

    def approvals(self) -> tuple[str, ...]:
        """What somebody else must agree to."""
        found: Iterator[Approval] = (
            rule for one in self.workflow.transitions.values() for rule in one.approvals.values()
        )
        return self.titles(one.title for one in found)

    def criteria(self) -> int:
        """How many requirements and checks stand at stages and moves."""
        states, moves = self.workflow.states.values(), self.workflow.transitions.values()
        gates = [gate for one in states for gate in (one.entry, one.exit)] + [one.gate for one in moves]
        return sum(len(gate.require) + len(gate.check) for gate in gates)

    def starts(self) -> tuple[str, ...]:
        """The workflows that it starts."""
        known = self.library.workflows
        found = dict.fromkeys(one.workflow for one in self.workflow.links.values())
        return tuple(self.of(known[one].title) if one in known else one for one in found)

    def hears_parent(self) -> bool:
        """Whether it listens to the project that started it."""
        moves = self.workflow.transitions.values()
        return any(event.startswith(_FROM_PARENT) for one in moves for event in one.events)

    # ------------------------------------------------------------------------------------------------- indicators

    def kpis(self) -> tuple[Kpi, ...]:
        """The KPIs that are counted over its projects, in file order."""
        return tuple(
            kpi
            for one in self.library.kpi_sets.values()
            for kpi in one.kpis.values()
            if (kpi.workflow or one.workflow) == self.workflow.id
        )

    def cards(self) -> tuple[Scorecard, ...]:
        """The scorecards that it uses; else those that rate by nothing but its own KPIs."""
        own = {kpi.id for kpi in self.kpis()}
        every = self.library.scorecards
        used = tuple(every[name] for name in self.workflow.uses.scorecards if name in every)
        return used or tuple(card for card in every.values() if all(line.kpi in own for line in card.criteria.values()))

    def kpi_title(self, id_: str) -> str:
        """The title of a KPI of any workflow."""
        sets = self.library.kpi_sets.values()
        return next((self.of(one.kpis[id_].title) for one in sets if id_ in one.kpis), id_)
