"""The step of a state machine as a pure function. Must not know guards, events' data, actions or storage.

Source: W3C, State Chart XML (SCXML), 2015, appendix D, "Algorithm for SCXML Interpretation". Departures:
- A transition with its targets inside its source does not leave the source unless it `reenters` (SCXML's "internal"),
  and where the source is parallel, only the regions aimed at restart; SCXML would restart all of them. A transition
  to its own source is external: the state is left and entered again.
- A history without a memory means the initial entry of its state; SCXML gives it a default of its own.
- A parallel state inside a parallel state tells its parent when it completes, however deep they are nested.
- A transition acts at most once in a step, also when several of its sources are active in different regions.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from salespm_flow.model.workflow import Memory, StateKind
from salespm_flow.nouns import dataclass
from salespm_flow.statechart.chart import ROOT, Aim, Arrow, Chart, Node

Remembered = tuple[tuple[str, tuple[str, ...]], ...]

# A busy process sees few distinct configurations of few charts; the limit only bounds hostile event names.
CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one microstep did, all states by full path.

    `exited` is innermost first in reverse document order, `entered` in document order, `leaves` the active atomic and
    final states in document order. `arrows` are the transitions taken, in order: their actions stand between exits
    and entries. `completions` are the `done.<state name>` events raised, in order. `is_done`: the root is complete.
    """

    exited: tuple[str, ...]
    entered: tuple[str, ...]
    leaves: tuple[str, ...]
    memory: Mapping[str, tuple[str, ...]]
    completions: tuple[str, ...]
    is_done: bool
    arrows: tuple[Arrow, ...] = ()


@dataclass(frozen=True, slots=True)
class _Domain:
    """The active nodes among `first..last` are left."""

    first: int
    last: int


def initial_step(chart: Chart) -> Step:
    """The step that enters the initial configuration of a new project."""
    entry = _Entry(chart, {}, frozenset({ROOT}))
    entry.reach(chart.nodes[ROOT].initial)
    return _result(chart, (frozenset({ROOT}), frozenset(), frozenset(entry.nodes)), {}, ())


def rows(chart: Chart, leaves: tuple[str, ...], event: str | None) -> tuple[tuple[Arrow, ...], ...]:
    """For each active leaf in document order: the transitions to try, innermost source first, then in file order.

    `event` None asks for the transitions without a trigger (autos). Of each row at most the first allowed one counts.
    """
    return _rows(chart, leaves, event)


def candidates(chart: Chart, leaves: tuple[str, ...], event: str | None) -> tuple[Arrow, ...]:
    """All transitions that `event` might take before guards are asked, in selection order, each once."""
    return _candidates(chart, leaves, event)


def select(
    chart: Chart, leaves: tuple[str, ...], memory: Mapping[str, tuple[str, ...]], allowed: Collection[Arrow]
) -> tuple[Arrow, ...]:
    """The transitions that are taken together out of the `allowed` candidates of one event.

    Each leaf takes its innermost allowed one, the first in the file among equals; of two that leave a common state
    the inner source wins, else the earlier leaf.
    """
    return _select(chart, leaves, _frozen(memory), tuple(allowed))


def step(
    chart: Chart, leaves: tuple[str, ...], memory: Mapping[str, tuple[str, ...]], arrows: tuple[Arrow, ...]
) -> Step:
    """The microstep that takes `arrows`, a result of `select` (or a single candidate, to preview it)."""
    return _step(chart, leaves, _frozen(memory), arrows)


def left_range(chart: Chart, arrow: Arrow, memory: Mapping[str, tuple[str, ...]]) -> tuple[int, int] | None:
    """The first and last number of the nodes of which the active ones are left; None where that is no single range."""
    parts = _domains(chart, arrow, memory)
    return (parts[0].first, parts[0].last) if len(parts) == 1 else None


def active(chart: Chart, leaves: Iterable[str]) -> tuple[str, ...]:
    """All active states, leaves and what holds them, in document order."""
    return tuple(path for number in sorted(_configuration(chart, leaves)) if (path := chart.nodes[number].path))


@lru_cache(maxsize=CACHE_SIZE)
def _rows(chart: Chart, leaves: tuple[str, ...], event: str | None) -> tuple[tuple[Arrow, ...], ...]:
    return tuple(
        tuple(arrow for number in _upwards(chart, leaf) for arrow in chart.arrows[number] if arrow.listens_to(event))
        for leaf in leaves
    )


@lru_cache(maxsize=CACHE_SIZE)
def _candidates(chart: Chart, leaves: tuple[str, ...], event: str | None) -> tuple[Arrow, ...]:
    return tuple(dict.fromkeys(arrow for row in _rows(chart, leaves, event) for arrow in row))


@lru_cache(maxsize=CACHE_SIZE)
def _select(chart: Chart, leaves: tuple[str, ...], memory: Remembered, allowed: tuple[Arrow, ...]) -> tuple[Arrow, ...]:
    by_source: dict[int, Arrow] = {}
    for arrow in sorted(allowed, key=lambda candidate: candidate.order):
        by_source.setdefault(arrow.source_node, arrow)
    enabled: dict[str, Arrow] = {}
    for leaf in leaves:
        chosen = next((by_source[number] for number in _upwards(chart, leaf) if number in by_source), None)
        if chosen is not None:
            enabled.setdefault(chosen.id, chosen)
    return _without_conflicts(chart, _configuration(chart, leaves), dict(memory), tuple(enabled.values()))


def _without_conflicts(
    chart: Chart, active_now: frozenset[int], memory: Mapping[str, tuple[str, ...]], enabled: tuple[Arrow, ...]
) -> tuple[Arrow, ...]:
    """SCXML's removeConflictingTransitions."""
    kept: dict[Arrow, frozenset[int]] = {}
    for arrow in enabled:
        leaving = _exit_set(_domains(chart, arrow, memory), active_now)
        rivals = [other for other, left in kept.items() if left & leaving]
        if all(chart.nodes[other.source_node].holds(arrow.source_node) for other in rivals):
            for other in rivals:
                del kept[other]
            kept[arrow] = leaving
    return tuple(kept)


@lru_cache(maxsize=CACHE_SIZE)
def _step(chart: Chart, leaves: tuple[str, ...], remembered: Remembered, arrows: tuple[Arrow, ...]) -> Step:
    memory = dict(remembered)
    before = _configuration(chart, leaves)
    left = frozenset[int]().union(*(_exit_set(_domains(chart, arrow, memory), before) for arrow in arrows))
    for number in left:
        if chart.nodes[number].memory is not None:
            memory[chart.nodes[number].path] = _record(chart, chart.nodes[number], before)
    entry = _Entry(chart, memory, before - left)
    for arrow in arrows:
        entry.reach(arrow.aims)
    return _result(chart, (before, left, frozenset(entry.nodes)), memory, arrows)


def _frozen(memory: Mapping[str, tuple[str, ...]]) -> Remembered:
    return tuple(sorted(memory.items())) if memory else ()


def _upwards(chart: Chart, leaf: str) -> Iterator[int]:
    node = chart.nodes[chart.number(leaf)]
    yield node.index
    yield from node.ancestors


def _configuration(chart: Chart, leaves: Iterable[str]) -> frozenset[int]:
    return frozenset(number for leaf in leaves for number in _upwards(chart, leaf))


def _exit_set(parts: Iterable[_Domain], active_now: frozenset[int]) -> frozenset[int]:
    return frozenset(number for part in parts for number in active_now if part.first <= number <= part.last)


def _goals(chart: Chart, aims: Iterable[Aim], memory: Mapping[str, tuple[str, ...]]) -> tuple[int, ...]:
    """SCXML's getEffectiveTargetStates: the aims with histories replaced by what they mean."""
    meant = (one for aim in aims for one in (_recalled(chart, aim, memory) if aim.is_history else (aim,)))
    return tuple(dict.fromkeys(aim.node for aim in meant))


def _recalled(chart: Chart, aim: Aim, memory: Mapping[str, tuple[str, ...]]) -> tuple[Aim, ...]:
    node = chart.nodes[aim.node]
    remembered = memory.get(node.path, ())
    return tuple(Aim(chart.number(path)) for path in remembered) or (Aim(node.index),)


def _domains(chart: Chart, arrow: Arrow, memory: Mapping[str, tuple[str, ...]]) -> tuple[_Domain, ...]:
    """What the arrow leaves (SCXML's getTransitionDomain); nothing for a transition that only acts."""
    goals = _goals(chart, arrow.aims, memory)
    if not goals:
        return ()
    source = chart.nodes[arrow.source_node]
    if not arrow.reenters and all(map(source.holds, goals)):
        return _inner_domains(chart, source, goals)
    for number in source.ancestors:
        node = chart.nodes[number]
        if number == ROOT or (node.kind is StateKind.COMPOUND and all(map(node.holds, goals))):
            return (_Domain(number + 1, node.last),)
    raise AssertionError("the root is an ancestor of every source")


def _inner_domains(chart: Chart, node: Node, goals: tuple[int, ...]) -> tuple[_Domain, ...]:
    """What a transition leaves that stays inside `node`: of a parallel state only the regions aimed at."""
    if node.kind is not StateKind.PARALLEL:
        return (_Domain(node.index + 1, node.last),)
    parts: list[_Domain] = []
    for number in node.children:
        child = chart.nodes[number]
        inside = tuple(goal for goal in goals if child.holds(goal))
        if number in goals:
            parts.append(_Domain(number, child.last))
        elif inside:
            parts.extend(_inner_domains(chart, child, inside))
    return tuple(parts)


def _record(chart: Chart, node: Node, before: frozenset[int]) -> tuple[str, ...]:
    """What `node` remembers when it is left: its active children, or deep the active leaves inside it."""
    if node.memory is Memory.SHALLOW:
        numbers = [number for number in node.children if number in before]
    else:
        numbers = [number for number in sorted(before) if node.holds(number) and not chart.nodes[number].children]
    return tuple(chart.nodes[number].path for number in numbers)


class _Entry:
    """Collects the nodes that a step enters (SCXML's computeEntrySet) into `nodes`; those `staying` are in already.

    SCXML enters ancestors up to the transition's domain. Up to the first one that stays is the same, except for a
    history resumed from inside its own state, where SCXML would enter states that were never left.
    """

    def __init__(self, chart: Chart, memory: Mapping[str, tuple[str, ...]], staying: frozenset[int]) -> None:
        self._chart = chart
        self._memory = memory
        self._staying = staying
        self.nodes: set[int] = set()

    def reach(self, aims: tuple[Aim, ...], bound: int = ROOT) -> None:
        """Enters the aims with all they hold, and their ancestors below `bound`."""
        # All aims first: an ancestor's other regions are entered by default only where no aim lies inside.
        for aim in aims:
            self._descend(aim)
        for goal in _goals(self._chart, aims, self._memory):
            self._ascend(goal, bound)

    def _descend(self, aim: Aim) -> None:
        node = self._chart.nodes[aim.node]
        if aim.is_history:
            self.reach(_recalled(self._chart, aim, self._memory), node.index)
            return
        self.nodes.add(node.index)
        if node.kind is StateKind.COMPOUND:
            self.reach(node.initial, node.index)
        elif node.kind is StateKind.PARALLEL:
            self._fill_regions(node)

    def _ascend(self, goal: int, bound: int) -> None:
        for number in self._chart.nodes[goal].ancestors:
            # An ancestor has a smaller number; a history that means its own state has nothing above it to enter.
            if number <= bound or number in self._staying:
                return
            self.nodes.add(number)
            if self._chart.nodes[number].kind is StateKind.PARALLEL:
                self._fill_regions(self._chart.nodes[number])

    def _fill_regions(self, node: Node) -> None:
        for number in node.children:
            region = self._chart.nodes[number]
            if number not in self.nodes and not any(map(region.holds, self.nodes)):
                self._descend(Aim(number))


def _result(
    chart: Chart,
    change: tuple[frozenset[int], frozenset[int], frozenset[int]],
    memory: Mapping[str, tuple[str, ...]],
    arrows: tuple[Arrow, ...],
) -> Step:
    """The step for a change (before, left, entered) of the configuration."""
    before, left, entered = change
    now = set(before - left)
    completions: list[str] = []
    for number in sorted(entered):
        now.add(number)
        completions.extend(_completed_by(chart, chart.nodes[number], now))
    return Step(
        exited=_paths(chart, sorted(left, reverse=True)),
        entered=_paths(chart, sorted(entered)),
        leaves=_paths(chart, (number for number in sorted(now) if not chart.nodes[number].children)),
        memory=MappingProxyType(dict(memory)),
        completions=tuple(completions),
        is_done=_is_complete(chart, chart.nodes[chart.top], now),
        arrows=arrows,
    )


def _paths(chart: Chart, numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(path for number in numbers if (path := chart.nodes[number].path))


def _completed_by(chart: Chart, node: Node, now: set[int]) -> Iterator[str]:
    """The `done` events that entering `node` raises: its parent's, then those of the parallel states it completes."""
    if node.kind is not StateKind.FINAL:
        return
    for number in node.ancestors:
        ancestor = chart.nodes[number]
        if number <= chart.top or not _is_complete(chart, ancestor, now):
            return
        yield f"done.{ancestor.name}"
        if chart.nodes[ancestor.ancestors[0]].kind is not StateKind.PARALLEL:
            return


def _is_complete(chart: Chart, node: Node, now: set[int]) -> bool:
    """SCXML's isInFinalState for an active node."""
    children = [chart.nodes[number] for number in node.children]
    if node.kind is StateKind.PARALLEL:
        return all(_is_complete(chart, child, now) for child in children)
    return any(child.kind is StateKind.FINAL and child.index in now for child in children)
