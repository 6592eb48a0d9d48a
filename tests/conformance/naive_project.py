"""What a project does with an event from beginning to end, told naively. Must not use anything of engine or statechart.

It knows guards of three forms (`g`, `not(g)` and `in_state("s")`) and the actions `raise` and `set` to the opposite.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from copy import copy

from salespm_flow.model.actions import Action, RaiseEvent, SetField
from salespm_flow.model.expression import Expression
from salespm_flow.model.workflow import StateKind, Workflow
from tests.unit.statechart.naive import Interpreter, Outcome, listens

MICROSTEPS = 100


class RefusedError(Exception):
    """The event is refused, and nothing of it has happened."""


class Project:
    """A running project; `flags` are its boolean fields."""

    def __init__(self, workflow: Workflow, flags: Iterable[str]) -> None:
        self.workflow = workflow
        self.flags = dict.fromkeys(flags, False)
        self.pending: tuple[str, ...] = ()
        self.is_open = True
        self._order = {path: number for number, path in enumerate(workflow.states)}
        self._chart = Interpreter(workflow)
        self._queue: deque[str] = deque()
        self._steps = 0

    @property
    def active(self) -> frozenset[str]:
        """The full paths of all active states."""
        return self._chart.active

    @property
    def memory(self) -> Mapping[str, frozenset[str]]:
        """What each state that was left remembers."""
        return self._chart.memory

    def start(self) -> None:
        """Enters the initial states and settles.

        Raises:
            RefusedError: it does not come to rest.
        """
        self._follow(frozenset(), (), self.active, "")
        self._settle()

    def hear(self, event: str, flags: Mapping[str, bool]) -> bool:
        """Takes the event in with new values of fields; False where it is refused."""
        before = (self.flags, self.pending, self.is_open, self._chart)
        self.flags = {**self.flags, **flags}
        self._steps = 0
        self._queue.clear()
        try:
            self._begin(event)
            self._settle()
        except RefusedError:
            self.flags, self.pending, self.is_open, self._chart = before
            return False
        return True

    def _begin(self, event: str) -> None:
        is_trigger = any(event in each.events for each in self.workflow.transitions.values())
        if not self.is_open or not is_trigger or not self._take(event):
            raise RefusedError

    def _settle(self) -> None:
        while self.is_open and (self._take(None) or self._take_raised() or any(map(self._take, self.pending))):
            pass

    def _take_raised(self) -> bool:
        if not self._queue:
            return False
        event = self._queue.popleft()
        if not self._take(event) and self._chart.hears(event):
            raise RefusedError
        return True

    def _take(self, event: str | None) -> bool:
        """Whether the event moves the project; where it is asked for, a check that fails refuses everything."""
        is_asked_for = event is not None and event not in self.pending
        answers = {each.id: self._holds(each.when) for each in self.workflow.transitions.values()}
        while True:
            tried = copy(self._chart)
            tried.memory = dict(self._chart.memory)
            outcome = tried.fire(event, answers)
            if outcome is None:
                return False
            refused = [name for name, _ in outcome.taken if not self._passes(name)]
            if not refused:
                self._chart = tried
                self._follow(outcome.exited, self._actions_of(outcome), outcome.entered, event or "")
                return True
            if is_asked_for:
                raise RefusedError
            answers |= dict.fromkeys(refused, False)

    def _passes(self, transition: str) -> bool:
        return all(self._holds(check.that) for check in self.workflow.transitions[transition].gate.check)

    def _holds(self, when: Expression | None) -> bool:
        match None if when is None else when.text.replace('"', "(").split("("):
            case None:
                return True
            case ["in_state", "", name, ")"]:
                return any(self.workflow.states[path].name == name for path in self.active)
            case ["not", flag]:
                return not self.flags[flag.removesuffix(")")]
            case [flag]:
                return self.flags[flag]
            case other:
                raise NotImplementedError(other)

    def _actions_of(self, outcome: Outcome) -> tuple[Action, ...]:
        return tuple(action for name, _ in outcome.taken for action in self.workflow.transitions[name].gate.do)

    def _follow(self, exited: frozenset[str], actions: tuple[Action, ...], entered: frozenset[str], event: str) -> None:
        """All that a step does beside moving."""
        self._steps += 1
        if self._steps > MICROSTEPS:
            raise RefusedError
        states = self.workflow.states
        inwards = sorted(entered, key=self._order.__getitem__)
        for path in sorted(exited, key=self._order.__getitem__, reverse=True):
            self._do(states[path].exit.do)
        self._do(actions)
        for path in inwards:
            self._do(states[path].entry.do)
        self.is_open = not self._is_done()
        # Of a completion told by each of its regions the last counts: only then was all of it complete.
        told = list(dict.fromkeys(reversed(list(self._chart.completions(inwards)))))[::-1]
        kept = [name for name in self.pending if name != event and self._is_still_done(name, exited)]
        heard = [name for name in told if any(listens(each, name) for each in self.workflow.transitions.values())]
        self.pending = tuple(dict.fromkeys((*kept, *heard))) if self.is_open else ()

    def _do(self, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case RaiseEvent(event=event):
                    self._queue.append(event)
                case SetField(field=flag):
                    self.flags = {**self.flags, flag: not self.flags[flag]}
                case other:
                    raise NotImplementedError(other)

    def _is_done(self) -> bool:
        if self.workflow.is_parallel:
            return all(map(self._chart.is_complete, self.workflow.roots))
        finals = (path for path in self.workflow.roots if self.workflow.states[path].kind is StateKind.FINAL)
        return any(path in self.active for path in finals)

    def _is_still_done(self, name: str, exited: frozenset[str]) -> bool:
        (path,) = (path for path, state in self.workflow.states.items() if f"done.{state.name}" == name)
        return path not in exited and self._chart.is_complete(path)
