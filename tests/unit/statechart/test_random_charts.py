"""Random nested and parallel charts: the kernel is never in an illegal configuration and agrees with a naive one."""

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.model.workflow import StateKind, Workflow
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import build_chart
from salespm_flow.statechart.kernel import Step
from salespm_flow.statechart.machine import machine_of
from tests.unit.statechart import naive
from tests.unit.statechart.drawn import EVENTS, workflows


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
