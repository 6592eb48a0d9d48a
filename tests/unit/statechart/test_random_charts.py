"""Random nested and parallel charts: the kernel is never in an illegal configuration and agrees with a naive one."""

from collections.abc import Iterator, Mapping
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.model.workflow import Memory, State, StateKind, Workflow
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import build_chart
from salespm_flow.statechart.kernel import Step
from salespm_flow.statechart.machine import machine_of
from tests.unit.statechart import naive
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


def assert_legal(workflow: Workflow, step: Step) -> None:
    active = set(kernel.active(build_chart(workflow), step.leaves))
    roots = [root for root in workflow.roots if root in active]
    assert len(roots) == (len(workflow.roots) if workflow.is_parallel else 1)
    for path in active:
        state = workflow.states[path]
        inside = [child for child in state.children if child in active]
        expected = {StateKind.COMPOUND: 1, StateKind.PARALLEL: len(state.children)}.get(state.kind, 0)
        assert len(inside) == expected, f"{path} has {inside} active"
    assert list(step.leaves) == [path for path in workflow.states if path in step.leaves]


def told(step: Step, workflow: Workflow) -> naive.Outcome:
    return naive.Outcome(
        taken=tuple((arrow.id, arrow.source) for arrow in step.arrows),
        exited=frozenset(step.exited),
        entered=frozenset(step.entered),
        active=frozenset(kernel.active(build_chart(workflow), step.leaves)),
        memory={path: frozenset(remembered) for path, remembered in step.memory.items()},
        completions=frozenset(step.completions),
    )


@given(workflows(), st.data())
def test_the_kernel_agrees_with_a_naive_interpreter_and_stays_legal(workflow: Workflow, data: st.DataObject) -> None:
    machine, other = machine_of(build_chart(workflow)), naive.Interpreter(workflow)
    step = machine.start()
    assert_legal(workflow, step)
    assert set(step.entered) == other.active
    order = list(workflow.states)
    for event in data.draw(st.lists(st.sampled_from(EVENTS), max_size=8)):
        answers = {name: data.draw(st.booleans() | st.just(value=True)) for name in workflow.transitions}
        expected = other.fire(event, answers)
        fired = machine.fire(step.leaves, step.memory, event, answers)
        assert (None if fired is None else told(fired, workflow)) == expected
        if fired is not None:
            step = fired
            assert_legal(workflow, step)
            assert list(step.exited) == sorted(step.exited, key=order.index, reverse=True)
            assert list(step.entered) == sorted(step.entered, key=order.index)
            assert len(set(step.completions)) == len(step.completions)
