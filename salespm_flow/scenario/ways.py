"""Which ways through a workflow to write down: few and short ones that take every transition. Knows no values."""

from collections.abc import Iterator, Sequence

from salespm_flow.lint.space import Move, Openness, Space, explore
from salespm_flow.model.workflow import Workflow

Way = tuple[Move, ...]


def ways_of(workflow: Workflow) -> Iterator[tuple[str, tuple[Way, ...]]]:
    """For each transition that can be taken, the shortest ways that end with it, the one farthest from the start first.

    Whoever writes one down may leave out the transitions that an earlier one has taken on its way.
    """
    space = explore(Openness(workflow))
    firsts = {name: _to(space, name) for name in workflow.transitions}
    for name in sorted(firsts, key=lambda one: _length(firsts[one]), reverse=True):
        if firsts[name]:
            yield name, firsts[name]


_MOST_WAYS = 4


def _to(space: Space, transition: str) -> tuple[Way, ...]:
    """The shortest ways whose last move takes the transition, one for each configuration it is taken in."""
    found: list[tuple[int, Way]] = []
    for number, moves in enumerate(space.moves):
        for move in moves:
            if any(arrow.id == transition for arrow in move.arrows):
                way = (*space.way(number), move)
                found.append((len(way), way))
    found.sort(key=lambda one: (one[0], _surprises(one[1])))
    return tuple(way for _, way in found[:_MOST_WAYS])


def _surprises(way: Way) -> int:
    """How much of the way nobody asks for; what people do is easier to write down and to read."""
    return sum(move.event == "" or "." in move.event for move in way)


def _length(ways: Sequence[Way]) -> int:
    return len(ways[0]) if ways else 0
