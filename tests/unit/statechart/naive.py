"""A second interpreter, deliberately naive, to compare the kernel with. Must not use anything of `statechart/`.

It works on sets of paths, tries everything, and completes a configuration by filling what is missing until nothing
is: another road to the same answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from salespm_flow.model.workflow import Memory, StateKind, Transition, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an event does: transitions as (id, source), states as paths."""

    taken: tuple[tuple[str, str], ...]
    exited: frozenset[str]
    entered: frozenset[str]
    active: frozenset[str]
    memory: Mapping[str, frozenset[str]]
    completions: frozenset[str]


class Interpreter:
    """One running instance of a workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.order = list(workflow.states)
        roots = workflow.roots if workflow.is_parallel else workflow.initial
        self.active = self._filled(frozenset(above for root in roots for above in self._line(root)))
        self.memory: dict[str, frozenset[str]] = {}

    def fire(self, event: str | None, answers: Mapping[str, bool]) -> Outcome | None:
        """Takes the event in, None standing for no event; None where it does nothing."""
        chosen: list[tuple[Transition, str]] = []
        for leaf in (path for path in self.order if path in self.active and not self.workflow.states[path].children):
            pair = self._first(leaf, event, answers)
            if pair and not any(pair[0].id == other.id for other, _ in chosen):
                chosen.append(pair)
        taken = self._compatible(chosen)
        return self._apply(taken) if taken else None

    def hears(self, event: str) -> bool:
        """Whether some transition from an active state listens to the event."""
        return any(listens(each, event) and self.active & set(each.sources) for each in self._transitions)

    def is_complete(self, path: str) -> bool:
        """Whether the state has reached a final child, a parallel one in each of its regions."""
        state = self.workflow.states[path]
        if state.kind is StateKind.PARALLEL:
            return all(self.is_complete(child) for child in state.children)
        return any(
            child in self.active and self.workflow.states[child].kind is StateKind.FINAL for child in state.children
        )

    def completions(self, entered: Iterable[str]) -> Iterable[str]:
        """The names of `done` events that entering these states raises, some of them twice."""
        for path in entered:
            if self.workflow.states[path].kind is StateKind.FINAL:
                line = self._line(path)[1:]
                for number, holder in enumerate(line):
                    is_parallel = self.workflow.states[holder].kind is StateKind.PARALLEL
                    if (number and not is_parallel) or not self.is_complete(holder):
                        break
                    yield f"done.{self.workflow.states[holder].name}"

    @property
    def _transitions(self) -> Iterable[Transition]:
        return self.workflow.transitions.values()

    def _line(self, path: str) -> list[str]:
        """The path and what holds it, innermost first."""
        parent = self.workflow.states[path].parent
        return [path, *(self._line(parent) if parent else [])]

    def _first(self, leaf: str, event: str | None, answers: Mapping[str, bool]) -> tuple[Transition, str] | None:
        for source in self._line(leaf):
            for each in self._transitions:
                if source in each.sources and listens(each, event) and answers[each.id]:
                    return each, source
        return None

    def _compatible(self, chosen: list[tuple[Transition, str]]) -> list[tuple[Transition, str]]:
        kept: list[tuple[Transition, str]] = []
        for pair in chosen:
            rivals = [other for other in kept if self._leaves(*other) & self._leaves(*pair)]
            if all(other[1] in self._line(pair[1])[1:] for other in rivals):
                kept = [other for other in kept if other not in rivals] + [pair]
        return kept

    def _goals(self, each: Transition) -> list[str]:
        goals: list[str] = []
        for target in each.to:
            remembered = self.memory.get(target.path) if target.is_history else None
            goals += sorted(remembered or {target.path})
        return goals

    def _leaves(self, each: Transition, source: str) -> frozenset[str]:
        """The active states that the transition leaves."""
        goals = self._goals(each)
        if not goals:
            return frozenset()
        if not each.reenters and all(source in self._line(goal)[1:] for goal in goals):
            return frozenset(path for path in self.active if self._is_left_inside(source, path, goals))
        for holder in self._line(source)[1:]:
            is_common = all(holder in self._line(goal)[1:] for goal in goals)
            if is_common and self.workflow.states[holder].kind is StateKind.COMPOUND:
                return frozenset(path for path in self.active if holder in self._line(path)[1:])
        return self.active

    def _is_left_inside(self, source: str, path: str, goals: list[str]) -> bool:
        """Walks down from the source to the path: below parallel states only towards a goal."""
        if source not in self._line(path)[1:]:
            return False
        above = source
        for step in reversed(self._line(path)[: self._line(path).index(source)]):
            if self.workflow.states[above].kind is not StateKind.PARALLEL or step in goals:
                return True
            if not any(step in self._line(goal) for goal in goals):
                return False
            above = step
        return False

    def _apply(self, taken: list[tuple[Transition, str]]) -> Outcome:
        exited = frozenset(path for pair in taken for path in self._leaves(*pair))
        for path in exited:
            memory = self.workflow.states[path].memory
            inside = {other for other in self.active if path in self._line(other)[1:]}
            if memory is Memory.SHALLOW:
                self.memory[path] = frozenset(inside & set(self.workflow.states[path].children))
            elif memory is Memory.DEEP:
                self.memory[path] = frozenset(other for other in inside if not self.workflow.states[other].children)
        goals = {above for each, _ in taken for goal in self._goals(each) for above in self._line(goal)}
        stayed = self.active - exited
        self.active = self._filled(stayed | goals)
        entered = self.active - stayed
        return Outcome(
            taken=tuple((each.id, source) for each, source in taken),
            exited=exited,
            entered=entered,
            active=self.active,
            memory=dict(self.memory),
            completions=frozenset(self.completions(entered)),
        )

    def _filled(self, active: frozenset[str]) -> frozenset[str]:
        """The smallest legal configuration that holds these states, by initial states where nothing is said."""
        if self.workflow.is_parallel:
            active |= set(self.workflow.roots)
        for path in active:
            state = self.workflow.states[path]
            missing = [child for child in state.children if child not in active]
            if state.kind is StateKind.PARALLEL and missing:
                return self._filled(active | set(missing))
            if state.kind is StateKind.COMPOUND and len(missing) == len(state.children):
                return self._filled(active.union(*(self._line(initial) for initial in state.initial)))
        return active


def listens(each: Transition, event: str | None) -> bool:
    """Whether the transition is one for the event; None asks for those without a trigger."""
    if event is None:
        return each.is_auto
    # `e.*` takes `e` and all that begins with `e.`; with a dot at its end an event tells whether it does.
    return any(one in {event, "*"} or (one.endswith(".*") and f"{event}.".startswith(one[:-1])) for one in each.events)
