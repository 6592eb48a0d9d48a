"""Automatic transitions that go round for ever: a circle of them whose guards hold at the same time.

Every circle of autos among the configurations is looked at; that its guards exclude each other is a proof that it
stops. Else the engine is made to go round: it gives up after a hundred steps, and that is the witness.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from salespm_flow.definition.findings import listed
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.engine.places import active_paths
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.lint.space import AUTOMATIC, Move, Space, components
from salespm_flow.model.actions import SetField
from salespm_flow.model.workflow import Transition
from salespm_flow.solve.cases import Given, Verdict, Wish

if TYPE_CHECKING:
    from salespm_flow.diagnostics import Witness

_MOST_CIRCLES = 200

# A configuration with the move out of it.
_Leg = tuple[int, Move]


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Each set of transitions that may go round, once."""
    space = inspection.space
    told: set[frozenset[str]] = set()
    asks = inspection.asks_for_states
    judged: set[tuple[frozenset[str], frozenset[int]]] = set()
    for count, circle in enumerate(_circles(space)):
        if circle is None or count >= _MOST_CIRCLES:
            message = Bilingual(
                f"自动转移的循环超过 {_MOST_CIRCLES} 个，没有查完：不能证明都会停下来",
                f"More than {_MOST_CIRCLES} circles of automatic transitions: not proven that all of them stop",
            )
            hint = Bilingual("减少自动转移", "use fewer automatic transitions")
            yield finding("SF618", inspection.workflow.span, message, hint)
            return
        names = frozenset(arrow.id for _, move in circle for arrow in move.arrows)
        # Where no guard asks for states, the same transitions ask for the same everywhere.
        key = (names, frozenset(number for number, _ in circle) if asks else frozenset())
        if names in told or key in judged:
            continue
        judged.add(key)
        found = _judged(inspection, circle, names)
        if found is not None:
            told.add(names)
            yield found


def _circles(space: Space) -> Iterator[tuple[_Leg, ...] | None]:
    """Every simple circle of automatic moves, the shortest first among those that begin alike; None for too many."""
    legs: dict[int, list[Move]] = {
        number: [move for move in moves if move.event == AUTOMATIC] for number, moves in enumerate(space.moves)
    }
    parts = components({number: [move.target for move in moves] for number, moves in legs.items()})
    for part in sorted(parts, key=min):
        for start in sorted(part):
            yield from _from(start, part, legs)


def _from(start: int, part: frozenset[int], legs: Mapping[int, Sequence[Move]]) -> Iterator[tuple[_Leg, ...] | None]:
    """The circles whose smallest configuration is `start`; at last None where there are too many to follow."""
    waiting: list[tuple[_Leg, ...]] = [((start, move),) for move in legs[start]]
    while waiting:
        path = waiting.pop(0)
        here = path[-1][1].target
        if here == start:
            yield path
            continue
        if here < start or here not in part or any(here == number for number, _ in path):
            continue
        waiting.extend((*path, (here, move)) for move in legs[here])
        if len(waiting) > _MOST_CIRCLES * 10:
            yield None
            return


def _judged(inspection: Inspection, circle: Sequence[_Leg], names: frozenset[str]) -> Diagnostic | None:
    workflow = inspection.workflow
    transitions = [workflow.transitions[arrow.id] for _, move in circle for arrow in move.arrows]
    wishes = [wish for number, move in circle for wish in _wishes(inspection, number, move)]
    changes = any(isinstance(action, SetField) for one in transitions for action in one.gate.do)
    found = inspection.cases.together(wishes)
    if found.verdict is Verdict.NEVER and not changes:
        return None
    witness = _witness(inspection, circle, wishes)
    name = listed(one.id for one in workflow.transitions.values() if one.id in names)
    first = _first(transitions)
    if witness is None:
        message = Bilingual(
            f"没有证明自动转移 {name.zh} 会停下来",
            f"It is not proven that the automatic transitions {name.en} come to rest",
        )
        hint = Bilingual("让它们的条件互斥", "let their conditions exclude each other")
        return finding("SF625", first.span, message, hint)
    message = Bilingual(
        f"自动转移 {name.zh} 会没完没了地循环", f"The automatic transitions {name.en} never come to rest"
    )
    hint = Bilingual("让它们的条件互斥", "let their conditions exclude each other")
    return finding("SF615", first.span, message, hint, witness=witness)


def _first(transitions: Sequence[Transition]) -> Transition:
    return min(transitions, key=lambda one: (one.span.line, one.span.column))


def _wishes(inspection: Inspection, number: int, move: Move) -> Iterator[Wish | Given]:
    """What the move asks of fields; of gates the checks, since what they require may be given."""
    workflow = inspection.workflow
    leaves = inspection.space.configurations[number].leaves
    active = {workflow.states[path].name for path in active_paths(leaves)}
    states = tuple((state.name, state.name in active) for state in workflow.states.values())
    for arrow in move.arrows:
        transition = workflow.transitions[arrow.id]
        if transition.when is not None:
            yield Wish(transition.when.node, states=states)
        for check in transition.gate.check:
            yield Wish(check.that.node, states=states)


def _witness(inspection: Inspection, circle: Sequence[_Leg], wishes: Sequence[Wish | Given]) -> "Witness | None":
    from salespm_flow.lint.rounds import witness_of_rounds  # noqa: PLC0415 - the engine only where it is to be tried

    return witness_of_rounds(inspection, circle[0][0], wishes)
