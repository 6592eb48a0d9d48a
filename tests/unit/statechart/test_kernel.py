from collections.abc import Mapping

import pytest

from salespm_flow.model.workflow import Memory, Workflow
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import build_chart
from salespm_flow.statechart.kernel import Step
from tests.unit.statechart.charts import atomic, compound, final, move, parallel, workflow_of


def start(workflow: Workflow) -> Step:
    return kernel.initial_step(build_chart(workflow))


def after(
    workflow: Workflow,
    *events: str | None,
    leaves: tuple[str, ...] | None = None,
    memory: Mapping[str, tuple[str, ...]] | None = None,
) -> Step:
    """The last step of these events, every candidate being allowed."""
    chart = build_chart(workflow)
    taken = kernel.initial_step(chart)
    leaves, memory = leaves or taken.leaves, memory or taken.memory
    for event in events:
        allowed = kernel.candidates(chart, leaves, event)
        chosen = kernel.select(chart, leaves, memory, allowed)
        taken = kernel.step(chart, leaves, memory, chosen)
        leaves, memory = taken.leaves, taken.memory
    return taken


def taken_ids(step: Step) -> tuple[str, ...]:
    return tuple(arrow.id for arrow in step.arrows)


EXECUTION = parallel(
    "execution",
    compound("work", atomic("build"), atomic("test"), final("built")),
    compound("monitoring", atomic("green"), atomic("amber"), final("ended")),
)


def test_initial_step_enters_every_region_in_document_order() -> None:
    step = start(workflow_of([EXECUTION, atomic("closing")]))
    assert step == Step(
        exited=(),
        entered=(
            "execution",
            "execution.work",
            "execution.work.build",
            "execution.monitoring",
            "execution.monitoring.green",
        ),
        leaves=("execution.work.build", "execution.monitoring.green"),
        memory={},
        completions=(),
        is_done=False,
    )


def test_initial_may_lie_deeper_than_a_child() -> None:
    outline = compound("a", compound("b", atomic("c"), atomic("d")), initial="b.d")
    assert start(workflow_of([outline])).entered == ("a", "a.b", "a.b.d")


def test_states_are_exited_in_reverse_document_order_innermost_first() -> None:
    step = after(workflow_of([EXECUTION, atomic("closing")], [move("stop", "execution", "closing")]), "stop")
    assert step.exited == (
        "execution.monitoring.green",
        "execution.monitoring",
        "execution.work.build",
        "execution.work",
        "execution",
    )
    assert (step.entered, step.leaves) == (("closing",), ("closing",))


def test_states_are_entered_in_document_order_whatever_the_order_of_targets() -> None:
    step = after(workflow_of([atomic("planning"), EXECUTION], [move("go", "planning", "amber test")]), "go")
    assert step.entered == (
        "execution",
        "execution.work",
        "execution.work.test",
        "execution.monitoring",
        "execution.monitoring.amber",
    )


def test_regions_without_a_target_are_entered_by_default() -> None:
    step = after(workflow_of([atomic("planning"), EXECUTION], [move("go", "planning", "amber")]), "go")
    assert step.leaves == ("execution.work.build", "execution.monitoring.amber")


def test_a_final_state_completes_its_region_and_the_last_one_the_parallel_state() -> None:
    moves = [move("finish", "build", "built"), move("end", "green", "ended")]
    workflow = workflow_of([EXECUTION, atomic("closing")], moves)
    assert after(workflow, "finish").completions == ("done.work",)
    assert after(workflow, "finish", "end").completions == ("done.monitoring", "done.execution")


def test_regions_that_complete_together_raise_the_parallel_completion_once_and_last() -> None:
    moves = [move("finish", "build", "built", on="stop"), move("end", "green", "ended", on="stop")]
    step = after(workflow_of([EXECUTION, atomic("closing")], moves), "stop")
    assert step.completions == ("done.work", "done.monitoring", "done.execution")
    assert not step.is_done


def test_a_parallel_region_tells_its_parallel_parent_when_it_completes() -> None:
    inner = parallel("inner", compound("r", atomic("a"), final("b")), compound("s", final("c")))
    outer = parallel("outer", inner, compound("t", final("d")))
    step = after(workflow_of([outer, atomic("next")], [move("go", "a", "b")]), "go")
    assert step.completions == ("done.r", "done.inner", "done.outer")


def test_a_final_state_completes_its_compound_state_but_not_what_holds_that() -> None:
    outline = compound("outer", compound("inner", atomic("a"), final("b")), final("c"))
    step = after(workflow_of([outline], [move("go", "a", "b")]), "go")
    assert (step.completions, step.is_done) == (("done.inner",), False)


def test_a_final_child_of_the_root_is_done_without_a_completion_event() -> None:
    step = after(workflow_of([atomic("a"), final("b")], [move("go", "a", "b")]), "go")
    assert (step.completions, step.is_done) == ((), True)


def test_parallel_root_is_done_when_its_last_region_completes() -> None:
    roots = [compound("r", atomic("a"), final("b")), compound("s", atomic("c"), final("d"))]
    moves = [move("first", "a", "b"), move("second", "c", "d")]
    workflow = workflow_of(roots, moves, is_parallel=True)
    first, second = after(workflow, "first"), after(workflow, "first", "second")
    assert (first.completions, first.is_done) == (("done.r",), False)
    assert (second.completions, second.is_done) == (("done.s",), True)


def test_a_transition_between_root_regions_restarts_all_of_them() -> None:
    roots = [compound("r", atomic("a"), atomic("b")), compound("s", atomic("c"), atomic("d"))]
    step = after(workflow_of(roots, [move("go", "a", "d")], is_parallel=True), "go")
    assert step.exited == ("s.c", "s", "r.a", "r")
    assert step.leaves == ("r.a", "s.d")


CONTACT = compound("contact", atomic("first"), atomic("discovery"))


def test_a_target_inside_the_source_does_not_leave_the_source() -> None:
    step = after(workflow_of([CONTACT], [move("back", "contact", "discovery")]), "back")
    assert (step.exited, step.entered) == (("contact.first",), ("contact.discovery",))


def test_reenter_leaves_the_source_for_a_target_inside_it() -> None:
    step = after(workflow_of([CONTACT], [move("back", "contact", "discovery", reenters=True)]), "back")
    assert (step.exited, step.entered) == (("contact.first", "contact"), ("contact", "contact.discovery"))


def test_a_transition_to_its_own_source_leaves_and_enters_it_again() -> None:
    step = after(workflow_of([CONTACT], [move("again", "contact", "contact")]), "again", leaves=("contact.discovery",))
    assert (step.exited, step.entered) == (("contact.discovery", "contact"), ("contact", "contact.first"))


def test_a_target_inside_a_parallel_source_restarts_only_the_region_aimed_at() -> None:
    workflow = workflow_of([EXECUTION], [move("warn", "execution", "amber")])
    step = after(workflow, "warn", leaves=("execution.work.test", "execution.monitoring.green"))
    assert (step.exited, step.entered) == (("execution.monitoring.green",), ("execution.monitoring.amber",))
    assert step.leaves == ("execution.work.test", "execution.monitoring.amber")


def test_a_region_as_target_inside_a_parallel_source_is_left_and_entered_itself() -> None:
    workflow = workflow_of([EXECUTION], [move("reset", "execution", "monitoring")])
    step = after(workflow, "reset", leaves=("execution.work.test", "execution.monitoring.amber"))
    assert step.exited == ("execution.monitoring.amber", "execution.monitoring")
    assert step.leaves == ("execution.work.test", "execution.monitoring.green")


def test_reenter_restarts_every_region_of_a_parallel_source() -> None:
    workflow = workflow_of([EXECUTION], [move("warn", "execution", "amber", reenters=True)])
    step = after(workflow, "warn", leaves=("execution.work.test", "execution.monitoring.green"))
    assert step.leaves == ("execution.work.build", "execution.monitoring.amber")


def test_a_transition_without_target_changes_no_state() -> None:
    step = after(workflow_of([CONTACT], [move("note", "contact")]), "note")
    assert (step.exited, step.entered, step.leaves) == ((), (), ("contact.first",))
    assert taken_ids(step) == ("note",)


DELIVERY = compound(
    "delivery",
    compound("build", atomic("design"), atomic("code")),
    compound("check", atomic("review"), atomic("accept")),
)
HOLD = [move("hold", "delivery", "on_hold"), move("resume", "on_hold", "delivery.history")]


@pytest.mark.parametrize(
    ("memory", "remembered", "resumed"),
    [
        (Memory.SHALLOW, ("delivery.check",), "delivery.check.review"),
        (Memory.DEEP, ("delivery.check.accept",), "delivery.check.accept"),
    ],
)
def test_history_resumes_the_child_or_deep_the_leaf(memory: Memory, remembered: tuple[str, ...], resumed: str) -> None:
    outline = compound("delivery", *DELIVERY.children, memory=memory)
    workflow = workflow_of([outline, atomic("on_hold")], HOLD)
    held = after(workflow, "hold", leaves=("delivery.check.accept",))
    assert held.memory == {"delivery": remembered}
    back = after(workflow, "resume", leaves=held.leaves, memory=held.memory)
    assert back.entered == ("delivery", "delivery.check", resumed)


def test_history_without_a_memory_means_the_initial_entry() -> None:
    outline = compound("delivery", *DELIVERY.children, memory=Memory.DEEP)
    step = after(workflow_of([outline, atomic("on_hold")], HOLD, initial="on_hold"), "resume")
    assert step.entered == ("delivery", "delivery.build", "delivery.build.design")


def test_deep_history_of_a_parallel_state_resumes_every_region() -> None:
    outline = parallel("execution", *EXECUTION.children, memory=Memory.DEEP)
    moves = [move("hold", "execution", "on_hold"), move("resume", "on_hold", "execution.history")]
    workflow = workflow_of([outline, atomic("on_hold")], moves)
    leaves = ("execution.work.test", "execution.monitoring.amber")
    assert after(workflow, "hold", "resume", leaves=leaves).leaves == leaves


def test_shallow_history_of_a_parallel_state_restarts_its_regions() -> None:
    outline = parallel("execution", *EXECUTION.children, memory=Memory.SHALLOW)
    moves = [move("hold", "execution", "on_hold"), move("resume", "on_hold", "execution.history")]
    workflow = workflow_of([outline, atomic("on_hold")], moves)
    step = after(workflow, "hold", "resume", leaves=("execution.work.test", "execution.monitoring.amber"))
    assert step.leaves == ("execution.work.build", "execution.monitoring.green")


def test_a_history_resumed_from_inside_its_state_enters_only_what_was_left() -> None:
    outline = parallel("execution", *EXECUTION.children, memory=Memory.DEEP)
    leaves = ("execution.work.build", "execution.monitoring.green")
    remembered = {"execution": ("execution.work.test", "execution.monitoring.amber")}
    step = after(workflow_of([outline], [move("undo", "execution", "execution.history")]), "undo", memory=remembered)
    assert (step.exited, step.entered) == (leaves[::-1], remembered["execution"])


def test_a_state_that_is_not_left_keeps_its_old_memory() -> None:
    outline = compound("delivery", *DELIVERY.children, memory=Memory.SHALLOW)
    workflow = workflow_of([outline], [move("go", "design", "code")])
    assert after(workflow, "go", memory={"delivery": ("delivery.check",)}).memory == {"delivery": ("delivery.check",)}


def test_the_innermost_transition_wins() -> None:
    moves = [move("outer", "contact", "discovery", on="e"), move("inner", "first", "first", on="e")]
    assert taken_ids(after(workflow_of([CONTACT], moves), "e")) == ("inner",)


def test_of_two_transitions_of_one_state_the_first_in_the_file_wins() -> None:
    moves = [move("one", "first", "discovery", on="e"), move("two", "first", "first", on="e")]
    assert taken_ids(after(workflow_of([CONTACT], moves), "e")) == ("one",)


def test_regions_answer_one_event_together() -> None:
    moves = [move("warn", "green", "amber", on="e"), move("try", "build", "test", on="e")]
    step = after(workflow_of([EXECUTION], moves), "e")
    assert taken_ids(step) == ("try", "warn")
    assert step.leaves == ("execution.work.test", "execution.monitoring.amber")


def test_of_conflicting_transitions_in_two_regions_the_earlier_region_wins() -> None:
    moves = [move("late", "green", "closing", on="e"), move("early", "build", "held", on="e")]
    step = after(workflow_of([EXECUTION, atomic("closing"), atomic("held")], moves), "e")
    assert (taken_ids(step), step.leaves) == (("early",), ("held",))


def test_a_transition_of_an_inner_source_preempts_one_of_what_holds_it() -> None:
    moves = [move("stop", "execution", "closing", on="e"), move("warn", "green", "amber", on="e")]
    step = after(workflow_of([EXECUTION, atomic("closing")], moves), "e")
    assert taken_ids(step) == ("warn",)


def test_only_allowed_candidates_are_selected() -> None:
    workflow = workflow_of(
        [CONTACT], [move("inner", "first", "first", on="e"), move("outer", "contact", "discovery", on="e")]
    )
    chart = build_chart(workflow)
    inner, outer = kernel.candidates(chart, ("contact.first",), "e")
    assert (inner.id, outer.id) == ("inner", "outer")
    assert kernel.select(chart, ("contact.first",), {}, (outer,)) == (outer,)


def test_a_transition_of_several_active_sources_acts_once() -> None:
    step = after(workflow_of([EXECUTION], [move("note", "build green execution")]), "note")
    assert taken_ids(step) == ("note",)


def test_autos_are_candidates_only_without_an_event() -> None:
    workflow = workflow_of(
        [CONTACT], [move("auto", "first", "discovery", is_auto=True), move("all", "contact", on="*")]
    )
    chart = build_chart(workflow)
    found = {event: kernel.candidates(chart, ("contact.first",), event) for event in (None, "auto", "other.thing")}
    assert {event: tuple(arrow.id for arrow in arrows) for event, arrows in found.items()} == {
        None: ("auto",),
        "auto": ("all",),
        "other.thing": ("all",),
    }


def test_active_states_are_told_in_document_order() -> None:
    chart = build_chart(workflow_of([EXECUTION]))
    assert kernel.active(chart, ("execution.monitoring.amber", "execution.work.test")) == (
        "execution",
        "execution.work",
        "execution.work.test",
        "execution.monitoring",
        "execution.monitoring.amber",
    )
