import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from transitions.core import Event, MachineError

from salespm_flow.statechart.chart import build_chart
from salespm_flow.statechart.machine import Firing, WorkflowMachine, machine_of
from tests.unit.statechart.charts import atomic, compound, final, move, parallel, workflow_of


def pipeline() -> WorkflowMachine:
    moves = [
        move("qualify", "research", "proposal"),
        move("back", "proposal", "research", on="delivery.*"),
        move("close", "proposal", "closed", is_auto=True),
    ]
    return machine_of(build_chart(workflow_of([atomic("research"), atomic("proposal"), final("closed")], moves)))


def test_an_allowed_transition_fires() -> None:
    step = pipeline().fire(("research",), {}, "qualify", {"qualify": True})
    assert step is not None
    assert (step.exited, step.entered, step.leaves) == (("research",), ("proposal",), ("proposal",))
    assert [arrow.id for arrow in step.arrows] == ["qualify"]


@pytest.mark.parametrize(
    ("leaves", "event", "answers"),
    [
        pytest.param(("research",), "qualify", {"qualify": False}, id="refused"),
        pytest.param(("research",), "qualify", {}, id="unanswered"),
        pytest.param(("proposal",), "qualify", {"qualify": True}, id="from the wrong state"),
        pytest.param(("research",), "unheard", {"qualify": True}, id="unknown event"),
        pytest.param(("research",), None, {"close": True}, id="no auto here"),
    ],
)
def test_nothing_fires(leaves: tuple[str, ...], event: str | None, answers: dict[str, bool]) -> None:
    assert pipeline().fire(leaves, {}, event, answers) is None


def test_an_auto_fires_without_an_event() -> None:
    step = pipeline().fire(("proposal",), {}, None, {"close": True})
    assert step is not None
    assert (step.leaves, step.is_done) == (("closed",), True)


def test_an_event_known_only_by_its_pattern_fires_without_a_new_event_object() -> None:
    machine = pipeline()
    known = tuple(machine.events)
    step = machine.fire(("proposal",), {}, "delivery.returned", {"back": True})
    assert step is not None
    assert (step.leaves, tuple(machine.events)) == (("research",), known)


def test_every_fire_goes_through_the_trigger_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Event, "trigger", lambda *_: False)
    assert pipeline().fire(("research",), {}, "qualify", {"qualify": True}) is None


def test_the_library_knows_the_states_and_transitions_of_the_workflow() -> None:
    machine = pipeline()
    assert tuple(machine.states) == ("research", "proposal", "closed")
    assert [(known.source, known.dest) for known in machine.get_transitions("qualify")] == [("research", "proposal")]
    assert machine.get_triggers("proposal") == ["delivery.*", "(automatic)"]


def test_callbacks_are_delivered_by_name_in_the_order_of_the_library() -> None:
    machine = pipeline()
    machine.states["research"].add_callback("exit", "left")
    machine.states["proposal"].add_callback("enter", "entered")
    machine.events["qualify"].add_callback("prepare", "asked")
    machine.events["qualify"].add_callback("before", "starting")
    machine.events["qualify"].add_callback("after", "finished")
    firing = Firing(leaves=("research",), memory={}, event="qualify", answers={"qualify": True})
    assert machine.events["qualify"].trigger(firing) is True
    assert firing.callbacks == ["asked", "starting", "left", "entered", "finished"]


def test_a_function_as_callback_is_refused_before_anything_is_returned() -> None:
    machine = pipeline()
    machine.states["proposal"].add_callback("enter", print)
    with pytest.raises(MachineError, match="delivered by its name"):
        machine.fire(("research",), {}, "qualify", {"qualify": True})


@pytest.mark.parametrize(
    "misuse",
    [
        pytest.param(lambda machine: machine.dispatch("qualify"), id="dispatch"),
        pytest.param(lambda machine: machine.is_state("research", object()), id="is_state"),
        pytest.param(lambda machine: machine.set_state("research"), id="set_state"),
        pytest.param(lambda machine: machine.add_model(object()), id="add_model"),
        pytest.param(lambda machine: machine.remove_transition("qualify"), id="remove_transition"),
        pytest.param(lambda machine: machine._can_trigger(object(), "qualify"), id="may_trigger"),
        pytest.param(lambda machine: machine.resolve_callable("os.getcwd", None), id="resolve_callable"),
        pytest.param(lambda machine: setattr(machine, "on_exception", ["report"]), id="on_exception"),
        pytest.param(lambda machine: setattr(machine, "on_final", ["report"]), id="on_final"),
    ],
)
def test_methods_that_would_answer_wrongly_are_closed(misuse: Callable[[WorkflowMachine], object]) -> None:
    with pytest.raises(MachineError, match="is closed in a workflow machine"):
        misuse(pipeline())


def test_names_that_the_library_would_join_do_not_collide() -> None:
    roots = [compound("a", atomic("b_c"), atomic("d")), compound("a_b", atomic("c"), atomic("d"))]
    machine = machine_of(build_chart(workflow_of(roots, [move("state", "a.b_c", "a_b.c")])))
    step = machine.fire(("a.b_c",), {}, "state", {"state": True})
    assert step is not None
    assert step.leaves == ("a_b.c",)


def busy_machine() -> WorkflowMachine:
    roots = [
        parallel("p", compound("r", atomic("a"), atomic("b")), compound("s", atomic("c"), atomic("d"))),
        atomic("q"),
    ]
    moves = [
        move("one", "a", "b"),
        move("two", "c d", "d"),
        move("both", "p", "b d"),
        move("out", "p", "q"),
        move("back", "q", "p"),
    ]
    return machine_of(build_chart(workflow_of(roots, moves)))


def walk(machine: WorkflowMachine, seed: int) -> list[tuple[tuple[str, ...], ...]]:
    """What 300 random events exit, enter and leave active, one after the other."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
    leaves, memory = machine.start().leaves, machine.start().memory
    steps: list[tuple[tuple[str, ...], ...]] = []
    for _ in range(300):
        answers = {name: chance.random() < 0.8 for name in ("one", "two", "both", "out", "back")}
        step = machine.fire(leaves, memory, chance.choice(("one", "two", "both", "out", "back")), answers)
        if step is not None:
            leaves, memory = step.leaves, step.memory
            steps.append((step.exited, step.entered, step.leaves))
    return steps


def test_eight_threads_fire_one_machine_as_one_thread_does() -> None:
    # A machine of its own for each side: remembered steps of the one must not answer for the other.
    shared, alone = busy_machine(), busy_machine()
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda seed: walk(shared, seed), range(16)))
    assert together == [walk(alone, seed) for seed in range(16)]
