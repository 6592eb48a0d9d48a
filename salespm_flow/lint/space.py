"""All configurations that projects of a workflow can be in, found with the kernel's own steps. Knows no fields.

A configuration is the active leaves with what is remembered and which completions still wait. Guards are open: what may
hold may also fail. So whatever a project can do is found here, and what is not found here no project can do.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from itertools import combinations
from typing import Final

from salespm_flow.engine.places import is_complete
from salespm_flow.lint.steps import Steps
from salespm_flow.model.actions import RaiseEvent
from salespm_flow.model.workflow import Gate, Transition, Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import ANY_EVENT, ANY_SUFFIX, Arrow, Chart, build_chart, matches
from salespm_flow.statechart.kernel import Remembered, Step

MOST_CONFIGURATIONS: Final = 20_000
# Parallel regions have many moves for each configuration.
MOST_MOVES: Final = 200_000
# Of so many guarded transitions of one event every combination is tried.
_MOST_TOGETHER: Final = 7
_DONE, _WARN, _BREACH = "done.", "sla.warn.", "sla.breach."
AUTOMATIC: Final = ""


class Answer(Enum):
    """What is known of a guard in a configuration."""

    NEVER = auto()
    MAYBE = auto()
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where a project can stand; of one that is done nothing else matters any more."""

    leaves: tuple[str, ...]
    memory: Remembered = ()
    pending: tuple[str, ...] = ()
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A step from one configuration to another (by number); `event` is empty where nobody asks for it."""

    event: str
    arrows: tuple[Arrow, ...]
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The configurations by number, the first one initial, with the moves out of each and the first way into each.

    `is_whole` is False where there are more than were looked at. `fired` are the ids of all transitions taken.
    """

    configurations: tuple[Configuration, ...]
    moves: tuple[tuple[Move, ...], ...]
    origins: tuple[tuple[int, Move] | None, ...]
    is_whole: bool
    fired: frozenset[str]

    def way(self, number: int) -> tuple[Move, ...]:
        """The shortest way from the initial configuration."""
        way: list[Move] = []
        origin = self.origins[number]
        while origin is not None:
            way.append(origin[1])
            origin = self.origins[origin[0]]
        return tuple(reversed(way))

    def spinning(self) -> frozenset[int]:
        """The configurations that are left by autos alone, and in a circle: no project ever rests there."""
        restless = {
            number: [move.target for move in moves]
            for number, moves in enumerate(self.moves)
            if moves and all(move.event == AUTOMATIC for move in moves)
        }
        edges = {number: [one for one in targets if one in restless] for number, targets in restless.items()}
        return frozenset(
            number
            for part in components(edges)
            if len(part) > 1 or any(one in edges[one] for one in part)
            for number in part
        )

    def can_reach(self, goals: Iterable[int]) -> frozenset[int]:
        """The configurations from which one of the goals can be reached, the goals included."""
        before: list[list[int]] = [[] for _ in self.configurations]
        for number, moves in enumerate(self.moves):
            for move in moves:
                before[move.target].append(number)
        found = set(goals)
        pending = list(found)
        while pending:
            for number in before[pending.pop()]:
                if number not in found:
                    found.add(number)
                    pending.append(number)
        return frozenset(found)


class Openness:
    """What may happen in a configuration of a workflow: its events, and which guards hold for certain."""

    def __init__(self, workflow: Workflow, chart: Chart | None = None) -> None:
        self.workflow = workflow
        self.chart = chart or build_chart(workflow)
        transitions = workflow.transitions.values()
        self.remembers = any(target.is_history for transition in transitions for target in transition.to)
        self.raises = any(isinstance(action, RaiseEvent) for gate in _gates(workflow) for action in gate.do)
        patterns = dict.fromkeys(event for transition in transitions for event in transition.events)
        self.alphabet = tuple(event for event in patterns if not event.endswith(ANY_EVENT))
        self._meanings = {pattern: self._meant(pattern) for pattern in patterns}
        self._exact: dict[str, list[Arrow]] = {}
        self._wild: list[Arrow] = []
        for arrow in (arrow for arrows in self.chart.arrows for arrow in arrows):
            for event in arrow.events or (AUTOMATIC,):
                (self._wild if event.endswith(ANY_EVENT) else self._exact.setdefault(event, [])).append(arrow)
        self._listeners: dict[str, dict[int, tuple[Arrow, ...]]] = {}
        self._steps = Steps(self.chart)
        self._numbered: tuple[tuple[str, ...], tuple[int, ...], frozenset[int]] = ((), (), frozenset())
        self._heard_at = tuple(
            tuple(dict.fromkeys(event for arrow in arrows for name in arrow.events for event in self._meanings[name]))
            for arrows in self.chart.arrows
        )
        self._completions = tuple(pattern for pattern in patterns if pattern.startswith((_DONE, ANY_EVENT)))

    def _meant(self, pattern: str) -> tuple[str, ...]:
        """Events that stand for all that a pattern hears."""
        if not pattern.endswith(ANY_EVENT):
            return (pattern,)
        known = tuple(event for event in self.alphabet if matches(pattern, event))
        return (*known, f"{pattern.removesuffix(ANY_SUFFIX)}.…" if pattern != ANY_EVENT else "…")

    def answer(self, transition: Transition, _configuration: Configuration) -> Answer:
        """What is known of the transition's `when`."""
        return Answer.ALWAYS if transition.when is None else Answer.MAYBE

    def events(self, configuration: Configuration) -> Iterator[str]:
        """The events that may come and are listened to."""
        _, active = self._numbers(configuration.leaves)
        for event in dict.fromkeys(event for number in sorted(active) for event in self._heard_at[number]):
            if "." not in event or self._may_come(event, configuration, active):
                yield event

    def _may_come(self, event: str, configuration: Configuration, active: frozenset[int]) -> bool:
        if event.startswith(_DONE):
            return event in configuration.pending
        for prefix in (_WARN, _BREACH):
            if event.startswith(prefix):
                return any(self.chart.nodes[number].name == event.removeprefix(prefix) for number in active)
        return True

    def _numbers(self, leaves: tuple[str, ...]) -> tuple[tuple[int, ...], frozenset[int]]:
        """The numbers of the leaves, and of all that is active."""
        if self._numbered[0] is not leaves:
            numbers = tuple(self.chart.numbers[leaf] for leaf in leaves)
            lines = (self.chart.nodes[number].ancestors for number in numbers)
            self._numbered = (leaves, numbers, frozenset(numbers).union(*lines))
        return self._numbered[1:]

    def outcomes(self, configuration: Configuration, event: str) -> Iterator[Step]:
        """Every step that the event (empty: none, an auto) may lead to, as guards and gates may go."""
        leaves, memory = configuration.leaves, configuration.memory
        arrows = self._listening(leaves, event)
        if not arrows:
            return
        if len(arrows) == 1 and self.answer(self.workflow.transitions[arrows[0].id], configuration) is not Answer.NEVER:
            # Whether it must be taken or only may, this is where it leads.
            yield self._step(configuration, arrows)
            return
        is_quiet = event == AUTOMATIC or event.startswith(_DONE)
        answers = {arrow: self._answer(arrow, configuration, is_quiet=is_quiet) for arrow in arrows}
        sure = [arrow for arrow in arrows if answers[arrow] is Answer.ALWAYS]
        open_ones = [arrow for arrow in arrows if answers[arrow] is Answer.MAYBE]
        told: set[tuple[Arrow, ...]] = set()
        # One guard has one answer for all sources of its transition; a closed gate belongs to a source.
        for chosen in _subsets([arrow if is_quiet else arrow.id for arrow in open_ones]):
            allowed = [
                arrow
                for arrow in arrows
                if arrow in sure or (answers[arrow] is Answer.MAYBE and (arrow if is_quiet else arrow.id) in chosen)
            ]
            taken = kernel.select(self.chart, leaves, dict(memory), allowed) if allowed else ()
            if taken and taken not in told:
                told.add(taken)
                yield self._step(configuration, taken)

    def _step(self, configuration: Configuration, arrows: tuple[Arrow, ...]) -> Step:
        if len(arrows) > 1 or self.remembers:
            return kernel.step(self.chart, configuration.leaves, dict(configuration.memory), arrows)
        return self._steps.step(configuration.leaves, self._numbers(configuration.leaves)[0], arrows[0])

    def _answer(self, arrow: Arrow, configuration: Configuration, *, is_quiet: bool) -> Answer:
        transition = self.workflow.transitions[arrow.id]
        answer = self.answer(transition, configuration)
        # Where nobody asks, a closed gate only means that the next one is tried.
        if answer is Answer.ALWAYS and is_quiet and self._has_gates(transition, arrow, configuration):
            return Answer.MAYBE
        return answer

    def _has_gates(self, transition: Transition, arrow: Arrow, configuration: Configuration) -> bool:
        if transition.approvals or transition.needs_comment or _is_closed(transition.gate):
            return True
        step = self._step(configuration, (arrow,))
        states = self.workflow.states
        return any(_is_closed(states[path].exit) for path in step.exited) or any(
            _is_closed(states[path].entry) for path in step.entered
        )

    def surely_fires(self, configuration: Configuration, event: str) -> bool:
        """Whether some transition of the event (empty: some auto) is certain to be taken."""
        is_quiet = True
        return any(
            self._answer(arrow, configuration, is_quiet=is_quiet) is Answer.ALWAYS
            for arrow in self._listening(configuration.leaves, event)
        )

    def _listening(self, leaves: tuple[str, ...], event: str) -> tuple[Arrow, ...]:
        """The arrows out of all that is active that listen to the event (empty: to none), in file order."""
        if event not in self._listeners:
            self._listeners[event] = self._listeners_to(event)
        listeners = self._listeners[event]
        if not listeners:
            return ()
        _, active = self._numbers(leaves)
        numbers = active.intersection(listeners) if len(active) < len(listeners) else active & listeners.keys()
        found = [arrow for number in sorted(numbers) for arrow in listeners[number]]
        return tuple(sorted(found, key=lambda arrow: arrow.order)) if len(found) > 1 else tuple(found)

    def _listeners_to(self, event: str) -> dict[int, tuple[Arrow, ...]]:
        """The arrows that listen to the event, by the number of their source."""
        found: dict[int, list[Arrow]] = {}
        for arrow in (*self._exact.get(event, ()), *self._wild):
            if arrow.listens_to(event or None):
                found.setdefault(arrow.source_node, []).append(arrow)
        return {number: tuple(dict.fromkeys(arrows)) for number, arrows in found.items()}

    def after(self, configuration: Configuration | None, step: Step, event: str) -> Configuration:
        """Where a step leads."""
        if step.is_done:
            return Configuration(leaves=step.leaves, is_done=True)
        pending = () if configuration is None else configuration.pending
        if not pending and not step.completions and not self.remembers:
            return Configuration(leaves=step.leaves)
        kept = (name for name in pending if name != event and self._is_still_done(step, name))
        heard = (name for name in step.completions if any(matches(one, name) for one in self._completions))
        return Configuration(
            leaves=step.leaves,
            memory=tuple(sorted(step.memory.items())) if self.remembers else (),
            pending=tuple(dict.fromkeys((*kept, *heard))),
        )

    def _is_still_done(self, step: Step, event: str) -> bool:
        name = event.removeprefix(_DONE)
        path = next((path for path, state in self.workflow.states.items() if state.name == name), "")
        return path not in step.exited and is_complete(path, step.leaves, self.workflow)

    def turns(self, configuration: Configuration) -> Iterator[tuple[str, Step]]:
        """Every event that may come with every step that it may lead to; autos and completions go before others."""
        if configuration.is_done:
            return
        for step in self.outcomes(configuration, AUTOMATIC):
            yield AUTOMATIC, step
        if self.surely_fires(configuration, AUTOMATIC):
            return
        for event in configuration.pending:
            for step in self.outcomes(configuration, event):
                yield event, step
        if not self.raises and any(self.surely_fires(configuration, event) for event in configuration.pending):
            return
        for event in self.events(configuration):
            if not event.startswith(_DONE):
                for step in self.outcomes(configuration, event):
                    yield event, step


def explore(openness: Openness, limit: int | None = None) -> Space:
    """Every configuration that can be reached, breadth first, up to the limit (else the most) and to `MOST_MOVES`."""
    limit = MOST_CONFIGURATIONS if limit is None else limit
    start = openness.after(None, kernel.initial_step(openness.chart), AUTOMATIC)
    numbers: dict[Configuration, int] = {start: 0}
    origins: list[tuple[int, Move] | None] = [None]
    moves: list[tuple[Move, ...]] = []
    fired: set[str] = set()
    is_whole = True
    waiting = deque([start])
    taken = 0
    while waiting:
        here = waiting.popleft()
        if taken > MOST_MOVES or not is_whole:
            # Nothing can be proven any more.
            is_whole = False
            moves.append(())
            continue
        out: dict[tuple[int, tuple[Arrow, ...]], Move] = {}
        for event, step in openness.turns(here):
            fired.update(arrow.id for arrow in step.arrows)
            there = openness.after(here, step, event)
            number = numbers.get(there)
            if number is None:
                if len(numbers) >= limit:
                    is_whole = False
                    continue
                number = numbers[there] = len(numbers)
                origins.append((numbers[here], Move(event, step.arrows, number)))
                waiting.append(there)
            out.setdefault((number, step.arrows), Move(event, step.arrows, number))
        taken += len(out)
        moves.append(tuple(out.values()))
    return Space(
        configurations=tuple(numbers),
        moves=tuple(moves),
        origins=tuple(origins),
        is_whole=is_whole,
        fired=frozenset(fired),
    )


def components(edges: Mapping[int, Iterable[int]]) -> list[frozenset[int]]:
    """The strongly connected components, each after those that it leads to.

    Source: R. Tarjan, Depth-First Search and Linear Graph Algorithms, 1972; without recursion.
    """
    indexes: dict[int, int] = {}
    lows: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[frozenset[int]] = []
    for root in edges:
        if root in indexes:
            continue
        indexes[root] = lows[root] = len(indexes)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(edges[root]))]
        while work:
            node, targets = work[-1]
            target = next(targets, None)
            if target is None:
                work.pop()
                if work:
                    lows[work[-1][0]] = min(lows[work[-1][0]], lows[node])
                if lows[node] == indexes[node]:
                    cut = stack.index(node)
                    found.append(frozenset(stack[cut:]))
                    on_stack.difference_update(stack[cut:])
                    del stack[cut:]
            elif target not in indexes:
                indexes[target] = lows[target] = len(indexes)
                stack.append(target)
                on_stack.add(target)
                work.append((target, iter(edges[target])))
            elif target in on_stack:
                lows[node] = min(lows[node], indexes[target])
    return found


def _subsets(drawn: Iterable[Arrow | str]) -> Iterator[frozenset[Arrow | str]]:
    """Every combination, the smallest first; of very many only none, each alone and all.

    Guarded transitions that do not exclude each other reach together only what they reach one after the other.
    """
    arrows = tuple(dict.fromkeys(drawn))
    sizes: Iterable[int] = range(len(arrows) + 1)
    if len(arrows) > _MOST_TOGETHER:
        sizes = (0, 1, len(arrows))
    for size in sizes:
        for chosen in combinations(arrows, size):
            yield frozenset(chosen)


def _is_closed(gate: Gate) -> bool:
    return bool(gate.require or gate.check)


def _gates(workflow: Workflow) -> Iterator[Gate]:
    for state in workflow.states.values():
        yield from (state.entry, state.exit)
    for transition in workflow.transitions.values():
        yield transition.gate
    for timer in workflow.timers.values():
        yield Gate(do=timer.do)
