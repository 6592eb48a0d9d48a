"""The machine that the engine fires through: the objects and events of `transitions` around our kernel.

Must not know fields, roles or storage. States, transitions, conditions, events and `Event.trigger` are the library's;
which transitions are taken, left and entered is the kernel's answer. Callbacks added to states or transitions are
never called: their names are delivered in `Firing.callbacks`, so no callback can veto or half-finish a step.
Methods of the library that would silently answer wrongly for several active states are closed.
"""

# ruff: noqa: ARG002, ARG004 - an override keeps the library's parameters, also those that it has no use for

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import NoReturn, cast

from transitions.core import Condition, Event, EventData, Machine, MachineError, State, Transition

from salespm_flow.nouns import dataclass
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import ANY_EVENT, Arrow, Chart
from salespm_flow.statechart.kernel import Step

Callback = str | Callable[..., bool | None]

# Names that no definition can give to an event or a field: identifiers have no brackets.
AUTOMATIC = "(automatic)"
MODEL_ATTRIBUTE = "(leaves)"


@dataclass(slots=True, kw_only=True)
class Firing:
    """The light model of one fire: a configuration, the engine's answers by transition id, and what came of it."""

    leaves: tuple[str, ...]
    memory: Mapping[str, tuple[str, ...]]
    event: str | None
    answers: Mapping[str, bool]
    step: Step | None = None
    callbacks: list[str] = field(default_factory=list)


class WorkflowState(State):
    """A state of the library that is silent where nobody listens: it would format two lines for a log each time."""

    def enter(self, event_data: EventData) -> None:
        """Delivers the callbacks of the entry, if there are any."""
        if self.on_enter:
            super().enter(event_data)

    def exit(self, event_data: EventData) -> None:
        """Delivers the callbacks of the exit, if there are any."""
        if self.on_exit:
            super().exit(event_data)


class AnswerCondition(Condition):
    """A condition that reads its answer from the model instead of calling anything; no answer means not allowed."""

    def check(self, event_data: EventData) -> bool:
        """Whether the engine's answer is the wanted one."""
        answer = _firing(event_data).answers.get(cast("str", self.func))
        # Stock compares with ==, which fails a truthy answer that is not True.
        return answer is not None and bool(answer) is self.target


class WorkflowTransition(Transition):
    """A transition of the library for one arrow of the chart, on condition that the engine allows it."""

    condition_cls = AnswerCondition

    def __init__(self, source: str, dest: str, *_callbacks: None, arrow: Arrow) -> None:
        super().__init__(source, dest, conditions=arrow.id)  # type: ignore[arg-type] # stubs know only Condition
        self.arrow = arrow


class WorkflowEvent(Event):
    """An event that asks the kernel which of the allowed transitions are taken."""

    machine: "WorkflowMachine"

    def _is_valid_source(self, state: State) -> bool:
        # With several active states no single one can tell; the kernel finds nothing where nothing is enabled.
        return True

    def _process(self, event_data: EventData) -> bool:
        machine, model = self.machine, _firing(event_data)
        if not kernel.candidates(machine.chart, model.leaves, model.event):
            return False
        machine.callbacks(machine.prepare_event, event_data)
        allowed = machine.allowed(event_data)
        if allowed:
            chosen = kernel.select(machine.chart, model.leaves, model.memory, allowed)
            model.step = kernel.step(machine.chart, model.leaves, model.memory, chosen)
            machine.deliver(model.step, event_data)
            event_data.result = True
        return bool(allowed)


class WorkflowMachine(Machine):
    """A chart's machine: built once, holds no project, fired by any number of threads at once."""

    state_cls = WorkflowState
    transition_cls = WorkflowTransition
    event_cls = WorkflowEvent

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self._transition_of: dict[Arrow, Transition] = {}
        super().__init__(
            model=None,
            states=[node.path for node in chart.nodes if node.path],
            initial=None,
            auto_transitions=False,
            send_event=True,
            model_attribute=MODEL_ATTRIBUTE,
        )
        for arrow in (arrow for arrows in chart.arrows for arrow in arrows):
            self._register(arrow)
        for name in (AUTOMATIC, ANY_EVENT):
            self.events.setdefault(name, self._create_event(name, self))
        self._start = kernel.initial_step(chart)

    def start(self) -> Step:
        """The step that enters the initial configuration."""
        return self._start

    def fire(
        self,
        leaves: tuple[str, ...],
        memory: Mapping[str, tuple[str, ...]],
        event: str | None,
        answers: Mapping[str, bool],
    ) -> Step | None:
        """The step that `event` causes in this configuration, None where nothing allowed is enabled.

        `event` None fires the transitions without a trigger. A transition that has no answer is not allowed.
        """
        model = Firing(leaves=leaves, memory=memory, event=event, answers=answers)
        self.event_for(event).trigger(model)
        return model.step

    def event_for(self, event: str | None) -> Event:
        """The library's event to trigger; names that only a pattern can match share one."""
        if event is None:
            return self.events[AUTOMATIC]
        return self.events.get(event) or self.events[ANY_EVENT]

    def allowed(self, event_data: EventData) -> tuple[Arrow, ...]:
        """For each active leaf the first enabled transition whose conditions hold, asked in selection order."""
        model = _firing(event_data)
        found: dict[Arrow, None] = {}
        for row in kernel.rows(self.chart, model.leaves, model.event):
            for arrow in row:
                if arrow in found or self._is_open(arrow, event_data):
                    found[arrow] = None
                    break
        return tuple(found)

    def deliver(self, step: Step, event_data: EventData) -> None:
        """Hands over the names of all callbacks of a step in the library's order: before, exit, enter, after."""
        taken = [self._transition_of[arrow] for arrow in step.arrows]
        for transition in taken:
            self.callbacks((*self.before_state_change, *transition.before), event_data)
        for path in step.exited:
            self.states[path].exit(event_data)
        for path in step.entered:
            self.states[path].enter(event_data)
        for transition in taken:
            self.callbacks((*transition.after, *self.after_state_change), event_data)

    def _is_open(self, arrow: Arrow, event_data: EventData) -> bool:
        transition = self._transition_of[arrow]
        event_data.transition = transition
        self.callbacks(transition.prepare, event_data)
        return transition._eval_conditions(event_data)  # noqa: SLF001 - the library's own way to ask its conditions

    def _register(self, arrow: Arrow) -> None:
        target = self.chart.nodes[arrow.aims[0].node].path if arrow.aims else None
        for trigger in (AUTOMATIC,) if arrow.is_auto else arrow.events:
            self.add_transition(trigger, arrow.source, target, arrow=arrow)
            self._transition_of[arrow] = self.events[trigger].transitions[arrow.source][-1]

    def get_model_state(self, model: object) -> State:
        """The library's state of the first active leaf; events need one, decisions never read it."""
        (leaf, *_) = cast("Firing", model).leaves
        return self.states[self.chart.nodes[self.chart.number(leaf)].path]

    def callback(self, func: Callback, event_data: EventData) -> None:
        """Delivers the name of a callback instead of calling it.

        Raises:
            MachineError: the callback is a function, not a name.
        """
        if not isinstance(func, str):
            raise MachineError("a callback of a workflow is delivered by its name; give a string, not a function")
        _firing(event_data).callbacks.append(func)

    @staticmethod
    def resolve_callable(func: Callback, event_data: EventData) -> NoReturn:
        """Refuses: stock imports whatever module a name points at."""
        raise _closed("resolve_callable")

    def dispatch(self, trigger: str, *_args: object, **_kwargs: object) -> NoReturn:
        """Refuses: there are no registered models, so stock would answer True for any event."""
        raise _closed("dispatch")

    def is_state(self, state: object, model: object) -> NoReturn:
        """Refuses: stock compares with one state and would answer False for each of several."""
        raise _closed("is_state")

    def set_state(self, state: object, model: object = None) -> NoReturn:
        """Refuses: a configuration changes only by a step."""
        raise _closed("set_state")

    def add_model(self, model: object, initial: object = None) -> NoReturn:
        """Refuses: registering models is linear in their number and adds methods to each."""
        raise _closed("add_model")

    def remove_transition(self, trigger: str, source: object = "*", dest: object = "*") -> NoReturn:
        """Refuses: the kernel would go on taking it."""
        raise _closed("remove_transition")

    def _can_trigger(self, model: object, trigger: str, *_args: object, **_kwargs: object) -> NoReturn:
        raise _closed("may_trigger")

    @property
    def on_exception(self) -> list[Callback]:
        """Always empty: an exception is the caller's, never swallowed."""
        return []

    @on_exception.setter
    def on_exception(self, value: object) -> None:
        if value is not None:
            raise _closed("on_exception")

    @property
    def on_final(self) -> list[Callback]:
        """Always empty: completion is told by `Step.completions` and `Step.is_done`."""
        return []

    @on_final.setter
    def on_final(self, value: object) -> None:
        if value is not None:
            raise _closed("on_final")


def machine_of(chart: Chart) -> WorkflowMachine:
    """The machine of a compiled workflow; keep it beside the chart, building it costs far more than a fire."""
    return WorkflowMachine(chart)


def _firing(event_data: EventData) -> Firing:
    return event_data.model  # type: ignore[return-value]  # the library takes any object; `fire` gives no other


def _closed(name: str) -> MachineError:
    return MachineError(f"{name} is closed in a workflow machine: fire(leaves, memory, event, answers) is the only way")
