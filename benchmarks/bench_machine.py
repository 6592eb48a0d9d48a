"""One event of the shipped project lifecycle against two state machine libraries, and a whole decision beside it.

Projects in delivery stand in two regions at once. Each is restored and turns its light: two guards are asked, the
first denies and the second allows, one region moves and the other stays. The peers get the shipped chart, built from
the same nodes and arrows, and guards that only look up an answer, as ours do; no rules, no reasons on any side. What
is done once for all projects is outside the times: charts, machines, and the restored state in the form of each side.
The peers' machine and model are built once too and set to the next project's state, the cheapest way that they have.
"""

import importlib
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import cast

from transitions.extensions.nesting import HierarchicalMachine, NestedState

from benchmarks.bench_advance import AT, QUALIFY, WANG
from benchmarks.measure import Result, result, seconds
from salespm_flow.definition.workspace import load
from salespm_flow.engine.decide import decide
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.model.decision import Accepted, AddRow, Advance, Open, Rejected
from salespm_flow.model.workflow import StateKind
from salespm_flow.statechart.chart import Arrow, Chart, Node, build_chart
from salespm_flow.statechart.machine import machine_of
from salespm_flow.store import open_store

RUNS = 15
# All projects so many times a run.
ROUNDS = 100
DECISIONS = 100
NESTED, CHART = "transitions' HierarchicalMachine", "python-statemachine"
CHART_PACKAGE = "statemachine"
EXECUTION, MONITORING = "active.delivery.execution.", "active.delivery.monitoring."
# The peers are told by name what the lifecycle does by itself.
ASSESS = "assess"
# A light, the transition that is denied, the one that is allowed, and the light after it.
TURNS = (
    ("green", "to_red", "to_amber", "amber"),
    ("amber", "to_red", "to_green", "green"),
    ("red.correcting", "to_amber", "to_green", "green"),
)
MARKET_NOTE = AddRow(record="market_notes", values={"trend": "the cloud", "source": "trade body"}, actor=WANG)
Leaves = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Project:
    """Where a project stands, what its guards answer, and where it has to stand afterwards."""

    leaves: Leaves
    answers: Mapping[str, bool]
    after: Leaves


@dataclass(kw_only=True)
class _Model:
    """The one model of a peer's machine: restored to a project, asked by the guards; a library adds its methods."""

    state: object = None
    answers: Mapping[str, bool] = field(default_factory=dict)

    def guard(self, transition: str) -> Callable[[], bool]:
        """A guard that looks up the answer of a transition."""
        return lambda: self.answers.get(transition, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A machine with the states to restore: `turn` restores and fires one project, `leaves` tells where it stands."""

    turn: Callable[[int], object]
    leaves: Callable[[object], Leaves]


def run(folder: Path) -> tuple[Result, ...]:
    """The ratio of each peer's time to ours, then of the time of whole decisions to that of one fire."""
    chart = build_chart(load().library.workflows["pm_lifecycle"])
    projects = _projects()
    ours = _ours(chart, projects)
    peers = {NESTED: (_nested(chart, projects), 3.0)}
    if find_spec(CHART_PACKAGE) is None:
        print(f"machine: {CHART} is not installed (dependency group `bench`), left out", file=sys.stderr)
    else:
        peers[CHART] = (_statechart(chart, projects), 5.0)
    for side in (ours, *(peer for peer, _ in peers.values())):
        _require_right(side, projects)
    decisions = _decisions(folder)
    fires: list[float] = []
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in (*peers, *decisions)}
    for _ in range(RUNS):
        fires.append(_per_fire(ours, len(projects)))
        for name, (peer, _floor) in peers.items():
            times[name].append((fires[-1], _per_fire(peer, len(projects))))
        for name, work in decisions.items():
            times[name].append((seconds(partial(_repeat, work)) / DECISIONS, fires[-1]))
    what = "one event of pm_lifecycle, restored and fired"
    return (
        *(result(what, name, times[name], floor=floor) for name, (_, floor) in peers.items()),
        *(result(name, f"that fire ({statistics.median(fires) * 1e6:.1f} µs)", times[name]) for name in decisions),
    )


def _projects() -> tuple[_Project, ...]:
    return tuple(
        _Project(
            leaves=(EXECUTION + work, MONITORING + light),
            answers={denied: False, allowed: True},
            after=(EXECUTION + work, MONITORING + after),
        )
        for work, (light, denied, allowed, after) in product(("working", "blocked", "review"), TURNS)
    )


def _ours(chart: Chart, projects: Sequence[_Project]) -> _Side:
    machine = machine_of(chart)

    def turn(number: int) -> object:
        project = projects[number]
        return machine.fire(project.leaves, {}, None, project.answers)

    def leaves(answer: object) -> Leaves:
        return tuple(getattr(answer, "leaves", ()))

    return _Side(turn=turn, leaves=leaves)


class _DottedState(NestedState):
    """Paths are joined by dots as ours are, since names like `on_hold` have the library's own sign in them."""

    separator = "."


class _DottedMachine(HierarchicalMachine):
    state_cls = _DottedState


def _nested(chart: Chart, projects: Sequence[_Project]) -> _Side:
    """The chart without its history (`resume` starts over), for which the library has no state."""
    model = _Model()
    machine = _DottedMachine(
        model=model,
        states=[_nested_state(chart, chart.nodes[child]) for child in chart.nodes[chart.top].children],
        initial="initiation",
        auto_transitions=False,
    )
    for arrow in _arrows(chart):
        for event in _events(arrow):
            target = chart.nodes[arrow.aims[0].node].path if arrow.aims else None
            machine.add_transition(event, arrow.source, target, conditions=model.guard(arrow.id))
    fire, states = getattr(model, ASSESS), [list(project.leaves) for project in projects]

    def turn(number: int) -> object:
        model.state = states[number]
        model.answers = projects[number].answers
        return fire()

    def leaves(_answer: object) -> Leaves:
        return tuple(cast("list[str]", model.state))

    return _Side(turn=turn, leaves=leaves)


def _nested_state(chart: Chart, node: Node) -> dict[str, object]:
    children = [chart.nodes[child] for child in node.children]
    if not children:
        return {"name": node.name, "final": node.kind is StateKind.FINAL}
    inner = [_nested_state(chart, child) for child in children]
    if node.kind is StateKind.PARALLEL:
        return {"name": node.name, "parallel": inner}
    return {"name": node.name, "children": inner, "initial": chart.nodes[node.initial[0].node].name}


def _statechart(chart: Chart, projects: Sequence[_Project]) -> _Side:
    """The whole chart, with its deep history and the completion of a region."""
    # Loaded by name, since nothing but this comparison has it.
    factory = importlib.import_module(f"{CHART_PACKAGE}.io.class_factory")
    ordered = importlib.import_module(f"{CHART_PACKAGE}.orderedset").OrderedSet
    model = _Model()
    top = chart.nodes[chart.top]
    states = {
        chart.nodes[child].name: _chart_state(chart, chart.nodes[child], model, is_initial=child == top.initial[0].node)
        for child in top.children
    }
    machine = factory.create_machine_class_from_definition("Lifecycle", states=states)(model)
    configurations = [ordered(_with_ancestors(chart, project.leaves)) for project in projects]
    names = {node.name: node.path for node in chart.nodes if not node.children}
    send = machine.send

    def turn(number: int) -> object:
        model.answers = projects[number].answers
        machine.current_state_value = configurations[number]
        return send(ASSESS)

    def leaves(_answer: object) -> Leaves:
        return tuple(sorted(names[name] for name in machine.configuration_values if name in names))

    return _Side(turn=turn, leaves=leaves)


def _chart_state(chart: Chart, node: Node, model: _Model, *, is_initial: bool) -> dict[str, object]:
    state: dict[str, object] = {"initial": is_initial, "final": node.kind is StateKind.FINAL}
    if node.children:
        is_parallel = node.kind is StateKind.PARALLEL
        state["parallel"] = is_parallel
        state["states"] = {
            chart.nodes[child].name: _chart_state(
                chart, chart.nodes[child], model, is_initial=not is_parallel and child == node.initial[0].node
            )
            for child in node.children
        }
    if node.memory is not None:
        state["history"] = {f"{node.name}_history": {"type": node.memory.value}}
    moves: dict[str, list[dict[str, object]]] = {}
    for arrow in chart.arrows[node.index]:
        for event in _events(arrow):
            move: dict[str, object] = {"target": _chart_target(chart, arrow), "cond": model.guard(arrow.id)}
            moves.setdefault(event.replace("done.", "done.state."), []).append(move)
    return {**state, "on": moves} if moves else state


def _chart_target(chart: Chart, arrow: Arrow) -> str | None:
    if not arrow.aims:
        return None
    name = chart.nodes[arrow.aims[0].node].name
    return f"{name}_history" if arrow.aims[0].is_history else name


def _arrows(chart: Chart) -> tuple[Arrow, ...]:
    return tuple(arrow for arrows in chart.arrows for arrow in arrows)


def _events(arrow: Arrow) -> tuple[str, ...]:
    return (ASSESS,) if arrow.is_auto else arrow.events


def _with_ancestors(chart: Chart, leaves: Leaves) -> tuple[str, ...]:
    """The names of all active states in document order."""
    nodes = [chart.nodes[chart.number(leaf)] for leaf in leaves]
    numbers = sorted({number for node in nodes for number in (node.index, *node.ancestors)})
    return tuple(chart.nodes[number].name for number in numbers if chart.nodes[number].name)


def _require_right(side: _Side, projects: Sequence[_Project]) -> None:
    for number, project in enumerate(projects):
        found = side.leaves(side.turn(number))
        if found != project.after:
            raise RuntimeError(project, found)


def _per_fire(side: _Side, count: int) -> float:
    def turn_all() -> None:
        turn = side.turn
        for _ in range(ROUNDS):
            for number in range(count):
                turn(number)

    return seconds(turn_all) / (ROUNDS * count)


def _decisions(folder: Path) -> Mapping[str, Callable[[], object]]:
    """A move of a deal, refused with every reason why not and accepted, by what the table calls it."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        runner = Runner(open_store(str(Path(name) / "deals.db"), create=True), load().library, SystemClock())
        runner.open("sales_pipeline", Open(project="D1", owner="wang", fields={}, actor=WANG), at=AT)
        snapshot, compiled = runner.snapshot("D1")
        runner.apply("D1", MARKET_NOTE, at=AT)
        prepared, _ = runner.snapshot("D1")
        runner.store.close()
    later = AT + timedelta(hours=1)
    refuse = partial(decide, compiled, snapshot, Advance(trigger="qualify", actor=WANG, fields={}), later)
    accept = partial(decide, compiled, prepared, QUALIFY, later)
    refused, accepted = refuse(), accept()
    if not isinstance(refused, Rejected) or not isinstance(accepted, Accepted):
        raise TypeError(refused, accepted)
    what = "a whole `decide` of sales_pipeline"
    return {f"{what}, refused for all {len(refused.reasons)} reasons": refuse, f"{what}, accepted": accept}


def _repeat(work: Callable[[], object]) -> None:
    for _ in range(DECISIONS):
        work()
