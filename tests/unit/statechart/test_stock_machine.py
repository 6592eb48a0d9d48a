"""The upgrade test: on flat charts our machine answers as the library's own does, callback by callback."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from transitions.core import Machine

from salespm_flow.statechart.chart import build_chart
from salespm_flow.statechart.machine import Firing, WorkflowMachine, machine_of
from tests.unit.statechart.charts import Move, atomic, move, workflow_of

MACHINE_CALLBACKS = ("prepare_event", "before_state_change", "after_state_change", "finalize_event")
Fired = tuple[bool, str, tuple[str, ...]]
Script = Sequence[tuple[str, Mapping[str, bool]]]


@dataclass(kw_only=True)
class StockModel:
    """A model as an application of the library has it: a method for every condition and callback."""

    state: str
    answers: Mapping[str, bool]
    called: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[[], bool | None]:
        if name in self.answers:
            return lambda: self.answers[name]
        return lambda: self.called.append(name)


def random_moves(chance: random.Random, states: list[str]) -> list[Move]:
    return [
        move(f"t{number}", chance.choice(states), chance.choice([*states, ""]), on=chance.choice("efg"))
        for number in range(chance.randint(1, 12))
    ]


def stock_machine(states: list[str], moves: list[Move]) -> Machine:
    return Machine(
        model=None,
        states=[{"name": name, "on_enter": f"enter {name}", "on_exit": f"exit {name}"} for name in states],
        initial=states[0],
        transitions=[
            {
                "trigger": each.on[0],
                "source": each.sources[0],
                "dest": each.to[0] if each.to else None,
                "conditions": each.id,
                "prepare": f"prepare {each.id}",
                "before": f"before {each.id}",
                "after": f"after {each.id}",
            }
            for each in moves
        ],
        auto_transitions=False,
        ignore_invalid_triggers=True,
        **{name: name for name in MACHINE_CALLBACKS},  # type: ignore[arg-type] # one table for both machines
    )


def own_machine(states: list[str], moves: list[Move]) -> WorkflowMachine:
    machine = machine_of(build_chart(workflow_of(map(atomic, states), moves)))
    for name, state in machine.states.items():
        state.add_callback("enter", f"enter {name}")
        state.add_callback("exit", f"exit {name}")
    for transition in machine.get_transitions():
        for moment in ("prepare", "before", "after"):
            transition.add_callback(moment, f"{moment} {transition.conditions[0].func}")
    for name in MACHINE_CALLBACKS:
        setattr(machine, name, name)
    return machine


def stock_fires(machine: Machine, state: str, script: Script) -> list[Fired]:
    fired: list[Fired] = []
    for event, answers in script:
        model = StockModel(state=state, answers=answers)
        result = machine.events[event].trigger(model)
        state = model.state
        fired.append((result, state, tuple(model.called)))
    return fired


def own_fires(machine: WorkflowMachine, state: str, script: Script) -> list[Fired]:
    fired: list[Fired] = []
    for event, answers in script:
        model = Firing(leaves=(state,), memory={}, event=event, answers=answers)
        result = machine.event_for(event).trigger(model)
        (state,) = model.step.leaves if model.step else (state,)
        fired.append((result, state, tuple(model.callbacks)))
    return fired


def test_a_thousand_random_flat_machines_answer_as_the_stock_machine_does() -> None:
    for seed in range(1000):
        chance = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
        states = [f"s{number}" for number in range(chance.randint(1, 6))]
        moves = random_moves(chance, states)
        events = sorted({each.on[0] for each in moves})
        script = [
            (chance.choice(events), {each.id: chance.random() < 0.6 for each in moves})
            for _ in range(chance.randint(10, 25))
        ]
        stock = stock_fires(stock_machine(states, moves), states[0], script)
        own = own_fires(own_machine(states, moves), states[0], script)
        assert (seed, own) == (seed, stock)
