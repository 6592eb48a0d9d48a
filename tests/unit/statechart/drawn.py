"""Random nested and parallel charts, as Hypothesis draws them."""

from collections.abc import Iterator, Mapping
from itertools import count

from hypothesis import strategies as st

from salespm_flow.model.workflow import Memory, State, StateKind, Workflow
from tests.unit.statechart.charts import Move, Outline, workflow_of

EVENTS = ("e", "f", "g")
MEMORIES = st.sampled_from([None, None, Memory.SHALLOW, Memory.DEEP])


@st.composite
def outlines(draw: st.DrawFn, numbers: Iterator[int], depth: int) -> Outline:
    name = f"s{next(numbers)}"
    kinds = [StateKind.ATOMIC, StateKind.COMPOUND, StateKind.PARALLEL] if depth else [StateKind.ATOMIC]
    kind = draw(st.sampled_from(kinds))
    if kind is StateKind.ATOMIC:
        return Outline(id=name, kind=kind)
    children = tuple(draw(outlines(numbers, depth - 1)) for _ in range(draw(st.integers(1, 3))))
    memory = draw(MEMORIES)
    if kind is StateKind.PARALLEL:
        regions = tuple(
            child if child.children else Outline(id=f"s{next(numbers)}", kind=StateKind.COMPOUND, children=(child,))
            for child in children
        )
        return Outline(id=name, kind=kind, children=regions, memory=memory)
    if draw(st.booleans()):
        children = (*children, Outline(id=f"s{next(numbers)}", kind=StateKind.FINAL))
    first = draw(st.sampled_from(children))
    for _ in range(draw(st.integers(0, 2))):
        if first.children:
            below = draw(st.sampled_from(first.children))
            first = Outline(id=f"{first.id}.{below.id}", kind=below.kind, children=below.children)
    return Outline(id=name, kind=kind, children=children, initial=first.id, memory=memory)


def are_in_different_regions(states: Mapping[str, State], one: str, other: str) -> bool:
    """Whether both can be active at once without one holding the other."""
    first, second = one.split("."), other.split(".")
    common = [left for left, right in zip(first, second, strict=False) if left == right]
    holder = states.get(".".join(common))
    return holder is not None and holder.kind is StateKind.PARALLEL and holder.path not in {one, other}


@st.composite
def moves(draw: st.DrawFn, number: int, states: Mapping[str, State]) -> Move:
    paths = list(states)
    open_paths = [path for path in paths if states[path].kind is not StateKind.FINAL]
    to = draw(st.lists(st.sampled_from(paths), max_size=1))
    apart = [path for path in paths if to and are_in_different_regions(states, to[0], path)]
    if apart:
        to += draw(st.lists(st.sampled_from(apart), max_size=1))
    targets = tuple(f"{path}.history" if states[path].memory and draw(st.booleans()) else path for path in to)
    return Move(
        id=f"t{number}",
        sources=tuple(draw(st.lists(st.sampled_from(open_paths), min_size=1, max_size=2, unique=True))),
        to=targets,
        on=tuple(draw(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=2, unique=True))),
        is_auto=False,
        reenters=draw(st.booleans()),
    )


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    numbers = count()
    roots = [draw(outlines(numbers, 3)) for _ in range(draw(st.integers(1, 3)))]
    is_parallel = all(root.children for root in roots) and draw(st.booleans())
    states = workflow_of(roots, is_parallel=is_parallel).states
    drawn = [draw(moves(number, states)) for number in range(draw(st.integers(1, 8)))]
    return workflow_of(roots, drawn, is_parallel=is_parallel)
