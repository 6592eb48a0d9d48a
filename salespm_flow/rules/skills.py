"""Which skills a state asks for, who has them, and who would do best; pure, over a workflow and an organisation."""

from collections.abc import Iterable, Mapping
from datetime import date

from salespm_flow.model.organisation import Organisation, Person, has_left, holders, is_away
from salespm_flow.model.workflow import State, Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a part of the work asks for: levels by skill, and the role whose holders do it, None for no role."""

    role: str | None
    skills: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A skill that is below what is needed; `level` is 0 where somebody does not have it at all."""

    skill: str
    needed: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How somebody fits a need: every gap, the levels missing in all, and the levels above what is needed."""

    person: str
    gaps: tuple[Gap, ...]
    missing: int
    spare: int
    is_away: bool
    load: int


def need_of(workflow: Workflow, leaves: Iterable[str], organisation: Organisation) -> Need:
    """What the active states ask for together: the highest level of each skill, of the states and of their role.

    `leaves` are full paths; a state around them counts too. The role is the first one's that has one.
    """
    states = [state for leaf in leaves for state in _upwards(workflow, leaf)]
    role = next((state.owner_role for state in states if state.owner_role is not None), None)
    asked = [state.skills for state in states]
    if role is not None and role in organisation.roles:
        asked.append(organisation.roles[role].skills)
    skills: dict[str, int] = {}
    for levels in asked:
        for skill, level in levels.items():
            skills[skill] = max(level, skills.get(skill, 0))
    return Need(role=role, skills=skills)


def _upwards(workflow: Workflow, path: str | None) -> Iterable[State]:
    while path is not None and (state := workflow.states.get(path)) is not None:
        yield state
        path = state.parent


def match_of(person: Person, need: Need, *, is_away: bool = False, load: int = 0) -> Match:
    """How the person fits the need."""
    gaps = tuple(
        Gap(skill=skill, needed=needed, level=level)
        for skill, needed in need.skills.items()
        if (level := person.skills.get(skill, 0)) < needed
    )
    spare = sum(max(person.skills.get(skill, 0) - needed, 0) for skill, needed in need.skills.items())
    return Match(
        person=person.id,
        gaps=gaps,
        missing=sum(gap.needed - gap.level for gap in gaps),
        spare=spare,
        is_away=is_away,
        load=load,
    )


def candidates(organisation: Organisation, need: Need, on: date, load: Mapping[str, int]) -> tuple[Match, ...]:
    """Everybody here who could do it, the best first: who is here, misses least, has least to do, has most to spare.

    With a role its holders, without one all people; who has left is none. `load` counts open work by person.
    """
    people = organisation.people.values() if need.role is None else holders(organisation, need.role)
    matches = (
        match_of(person, need, is_away=is_away(organisation, person.id, on), load=load.get(person.id, 0))
        for person in people
        if not has_left(organisation, person.id, on)
    )
    return tuple(sorted(matches, key=lambda one: (one.is_away, one.missing, one.load, -one.spare)))
