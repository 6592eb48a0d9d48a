"""States that nobody can move a project out of: of all who may, nobody is there, and nothing happens by itself.

Only what can be reached by moves that somebody can make is told. Without people in the organisation nothing is known.
"""

from collections.abc import Iterator

from salespm_flow.definition.findings import listed, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.engine.places import active_paths
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.lint.space import Move
from salespm_flow.lint.timing import happens_by_itself
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.organisation import Organisation, holders
from salespm_flow.model.workflow import StateKind, Transition


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Each state in which a project waits for people that there are not."""
    organisation = inspection.organisation
    if organisation is None or not organisation.people or not inspection.space.is_whole:
        return
    space = inspection.space
    told: set[str] = set()
    seen, waiting = {0}, [0]
    while waiting:
        number = waiting.pop(0)
        possible = [move for move in space.moves[number] if _can_happen(inspection, organisation, number, move)]
        if space.moves[number] and not possible:
            yield from _stranded(inspection, number, told)
        for move in possible:
            if move.target not in seen:
                seen.add(move.target)
                waiting.append(move.target)


def _can_happen(inspection: Inspection, organisation: Organisation, number: int, move: Move) -> bool:
    if "." in move.event or happens_by_itself(inspection, number, move):
        return True
    return any(_somebody_may(organisation, inspection.workflow.transitions[arrow.id]) for arrow in move.arrows)


def _somebody_may(organisation: Organisation, transition: Transition) -> bool:
    return transition.by is None or any(_is_there(organisation, party) for party in transition.by)


def _is_there(organisation: Organisation, party: Party) -> bool:
    """Whether somebody is the party, now or one day; who has left is not."""
    match party.kind:
        case PartyKind.ROLE:
            role = organisation.roles.get(party.name)
            held = (person.left_on is None for person in holders(organisation, party.name))
            return role is None or role.is_outside or any(held)
        case PartyKind.PERSON:
            person = organisation.people.get(party.name)
            return person is None or person.left_on is None
        case _:
            return True


def _stranded(inspection: Inspection, number: int, told: set[str]) -> Iterator[Diagnostic]:
    space, workflow = inspection.space, inspection.workflow
    active = active_paths(space.configurations[number].leaves)
    state = next(
        inspection.state(path)
        for path in reversed(space.configurations[number].leaves)
        if inspection.state(path).kind is not StateKind.FINAL
    )
    if state.path in told:
        return
    told.add(state.path)
    leading = [one for one in workflow.transitions.values() if not set(one.sources).isdisjoint(active)]
    names = listed(dict.fromkeys(party.name for one in leading for party in one.by or () if party.name))
    ways = listed(one.id for one in leading)
    message = Bilingual(
        f"没有人能把项目移出状态 {shown(state.name)}：没有人担任 {names.zh}",
        f"Nobody can move a project out of {shown(state.name)}: nobody is {names.en}",
    )
    hint = Bilingual(
        f"在组织里让人担任，或在 {ways.zh} 的 by 里写别的角色",
        f"let somebody hold the role, or name another one in the `by` of {ways.en}",
    )
    yield finding("SF641", state.span, message, hint, witness=inspection.stage.witness(space.way(number), space))
