"""Which states a row passes, by which transitions, and which fields it brings to each. Decides and stores nothing.

A field is given no later than the definition asks for it and no earlier than the file knows it: one that is read from a
column of `entered` comes with the move into the first state that column dates, one that some gate speaks of with the
move whose gate asks for it (else with the last move), and any other when the project opens.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from salespm_flow.engine.compiled import TEST, Compiled
from salespm_flow.engine.places import active_paths, is_within
from salespm_flow.expr.values import Value
from salespm_flow.interop.import_row import ImportRow
from salespm_flow.model.library import ImportMapping
from salespm_flow.model.workflow import Gate, StateKind, Transition, Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.statechart import kernel


@dataclass(frozen=True, slots=True)
class Stop:
    """A state to be entered (full path) and when; `is_assumed`: the file gives no date that could be taken."""

    state: str
    at: datetime
    is_assumed: bool


def stops_of(row: ImportRow, workflow: Workflow, as_of: datetime) -> tuple[Stop, ...]:
    """The states that the row says it entered, in the order of `entered`, up to its own; never empty.

    Final states are passed over, since none can be left: a lost deal's closing date is also the date of `won`.
    A date before the one that precedes it cannot be taken, because effective time never runs backwards.
    """
    stops: list[Stop] = []
    for state, at in row.dates.items():
        if state == row.state:
            break
        if at is not None and workflow.states[state].kind is not StateKind.FINAL:
            stops.append(_after(stops, state, at))
    own = row.dates.get(row.state)
    stops.append(Stop(row.state, _no_earlier(stops, as_of), True) if own is None else _after(stops, row.state, own))
    return tuple(stops)


def _after(stops: list[Stop], state: str, at: datetime) -> Stop:
    possible = _no_earlier(stops, at)
    return Stop(state, possible, possible != at)


def _no_earlier(stops: list[Stop], at: datetime) -> datetime:
    return max(at, stops[-1].at) if stops else at


class Itinerary:
    """The ways through one definition for one mapping; what it finds out about the definition it remembers."""

    def __init__(self, compiled: Compiled, mapping: ImportMapping) -> None:
        self.compiled = compiled
        self._initial = frozenset(active_paths(compiled.machine.start().leaves))
        self._ways: dict[tuple[tuple[str, ...], str], tuple[Transition, ...]] = {}
        self._asked: dict[tuple[tuple[str, ...], str], frozenset[str]] = {}
        self._dated = _dated_fields(mapping, compiled)
        self._late = frozenset(_late_fields(compiled))

    def ways(self, leaves: tuple[str, ...], target: str) -> tuple[Transition, ...]:
        """The transitions that lead from the active leaves to the state; of several, none is the one."""
        known = self._ways.get((leaves, target))
        if known is None:
            leaving = [t for t in self.compiled.workflow.transitions.values() if _can_fire(t) and _leaves(t, leaves)]
            known = tuple(t for t in leaving if any(to.path == target for to in t.to))
            if not known:  # a nested state is also reached by entering the state around it
                known = tuple(t for t in leaving if any(is_within(target, to.path) for to in t.to))
            self._ways[leaves, target] = known
        return known

    def opening_fields(self, row: ImportRow, stops: tuple[Stop, ...]) -> dict[str, Value]:
        """The fields that the project opens with."""
        fields = self.compiled.workflow.fields
        given: dict[str, Value] = {name: value for name, value in row.fields.items() if value is not None}
        if len(stops) == 1 and self.is_initial(stops[0].state):
            return given
        return {
            name: value
            for name, value in given.items()
            if fields[name].is_required or self._is_early(name, stops[0].state)
        }

    def fields_for(
        self, pending: Mapping[str, Value], stop: Stop, leaves: tuple[str, ...], way: Transition
    ) -> dict[str, Value]:
        """Those of the pending fields that the move to the stop brings, if it is not the last one."""
        asked = self._asked_by(leaves, way)
        late = self._late
        return {
            name: value
            for name, value in pending.items()
            if name in asked or stop.state in self._dated.get(name, ()) or not (name in late or name in self._dated)
        }

    def is_initial(self, state: str) -> bool:
        """Whether a new project is in the state."""
        return state in self._initial

    def _is_early(self, name: str, first: str) -> bool:
        if name in self._dated:
            return self.is_initial(first) and first in self._dated[name]
        return name not in self._late

    def _asked_by(self, leaves: tuple[str, ...], way: Transition) -> frozenset[str]:
        """The fields that the gates of a move speak of."""
        known = self._asked.get((leaves, way.id))
        if known is None:
            compiled, states = self.compiled, self.compiled.workflow.states
            arrows = kernel.candidates(compiled.chart, leaves, trigger_of(way))
            step = kernel.step(compiled.chart, leaves, {}, tuple(arrow for arrow in arrows if arrow.id == way.id))
            gates = [way.gate, *(states[p].exit for p in step.exited), *(states[p].entry for p in step.entered)]
            known = frozenset(name for gate in gates for name in _names_in(gate, compiled))
            self._asked[leaves, way.id] = known
        return known


def trigger_of(transition: Transition) -> str:
    """The event by which an actor asks for the transition."""
    return next(event for event in transition.events if _is_plain(event))


def _can_fire(transition: Transition) -> bool:
    return any(map(_is_plain, transition.events))


def _is_plain(event: str) -> bool:
    # Names with dots are the engine's own events, and nobody asks for "any event".
    return "." not in event and "*" not in event


def _leaves(transition: Transition, leaves: tuple[str, ...]) -> bool:
    return any(is_within(leaf, source) for leaf in leaves for source in transition.sources)


def _dated_fields(mapping: ImportMapping, compiled: Compiled) -> Mapping[str, tuple[str, ...]]:
    """Of each field read from a column of `entered`: the states which that column dates, as paths."""
    dated = {
        column.field: tuple(
            compiled.paths.get(state, state) for state, source in mapping.entered.items() if source == column.column
        )
        for column in mapping.fields.values()
    }
    return {name: states for name, states in dated.items() if states}


def _late_fields(compiled: Compiled) -> Iterator[str]:
    """The fields that a gate speaks of, other than those which a new project meets."""
    workflow = compiled.workflow
    entered = frozenset(compiled.machine.start().entered)
    for path, state in workflow.states.items():
        yield from _names_in(state.exit, compiled)
        if path not in entered:
            yield from _names_in(state.entry, compiled)
    for transition in workflow.transitions.values():
        yield from _names_in(transition.gate, compiled)


def _names_in(gate: Gate, compiled: Compiled) -> Iterator[str]:
    """The names that the gate requires or that its checks read, also through conditions and computed fields."""
    yield from (need.name for need in gate.require)
    workflow = compiled.workflow
    waiting = [(check.that.text, TEST) for check in gate.check]
    seen: set[str] = set()
    while waiting:
        for path in compiled.programs[waiting.pop()].reads:
            name = path[0]
            if name in seen:
                continue
            seen.add(name)
            yield name
            if (condition := workflow.conditions.get(name)) is not None:
                waiting.append((condition.text, TEST))
            elif (field := workflow.fields.get(name)) is not None and field.formula is not None:
                waiting.append((field.formula.text, name))
