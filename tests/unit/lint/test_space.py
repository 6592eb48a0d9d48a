"""Random nested and parallel charts: what is explored is what a naive interpreter reaches by trying everything."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from types import MappingProxyType

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salespm_flow.engine.places import active_paths
from salespm_flow.expr.parse import parse
from salespm_flow.lint.completion import traps
from salespm_flow.lint.reachability import reached_states
from salespm_flow.lint.space import Openness, Space, components, explore
from salespm_flow.model.expression import Expression
from salespm_flow.model.workflow import StateKind, Workflow
from tests.unit.statechart.charts import SPAN
from tests.unit.statechart.drawn import EVENTS, workflows
from tests.unit.statechart.naive import Interpreter

MOST = 60
Standing = tuple[frozenset[str], tuple[tuple[str, frozenset[str]], ...]]
Ways = dict[Standing, set[Standing]]


@st.composite
def guarded(draw: st.DrawFn) -> Workflow:
    """A drawn chart, some of whose transitions have a guard that may go either way."""
    workflow = draw(workflows())
    node = parse("open_question").node
    assert node is not None
    when = Expression(text="open_question", node=node, place=SPAN)
    transitions = {
        name: replace(one, when=when) if draw(st.booleans()) else one for name, one in workflow.transitions.items()
    }
    return replace(workflow, transitions=MappingProxyType(transitions))


def answers_of(workflow: Workflow) -> Iterator[dict[str, bool]]:
    guards = [name for name, one in workflow.transitions.items() if one.when is not None]
    for chosen in product([True, False], repeat=len(guards)):
        yield dict.fromkeys(workflow.transitions, True) | dict(zip(guards, chosen, strict=True))


def is_done(workflow: Workflow, active: frozenset[str]) -> bool:
    interpreter = Interpreter(workflow)
    interpreter.active = active
    if workflow.is_parallel:
        return all(interpreter.is_complete(root) for root in workflow.roots)
    return any(workflow.states[root].kind is StateKind.FINAL for root in workflow.roots if root in active)


def tried(workflow: Workflow) -> Ways | None:
    """Every standing that can be reached, with those that it leads to; None where they are too many to try."""
    first = Interpreter(workflow)
    start: Standing = (first.active, ())
    ways: Ways = {start: set()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if is_done(workflow, here[0]):
            continue
        for event in EVENTS:
            for answers in answers_of(workflow):
                interpreter = Interpreter(workflow)
                interpreter.active, interpreter.memory = here[0], dict(here[1])
                if interpreter.fire(event, answers) is None:
                    continue
                there: Standing = (interpreter.active, tuple(sorted(interpreter.memory.items())))
                ways[here].add(there)
                if there not in ways:
                    ways[there] = set()
                    waiting.append(there)
        if len(ways) > MOST:
            return None
    return ways


def standings(space: Space) -> set[frozenset[str]]:
    return {frozenset(active_paths(one.leaves)) for one in space.configurations}


def able_to_finish(workflow: Workflow, ways: Ways) -> set[Standing]:
    fine = {one for one in ways if is_done(workflow, one[0])}
    while more := {one for one, there in ways.items() if one not in fine and there & fine}:
        fine |= more
    return fine


@settings(deadline=None)
@given(guarded())
def test_exploring_finds_what_trying_everything_finds(workflow: Workflow) -> None:
    assume(sum(one.when is not None for one in workflow.transitions.values()) <= 5)
    ways = tried(workflow)
    assume(ways is not None)
    assert ways is not None
    space = explore(Openness(workflow))
    assert space.is_whole
    assert standings(space) == {active for active, _ in ways}
    assert reached_states(space) == frozenset(path for active, _ in ways for path in active)
    assert {one for one in standings(space) if is_done(workflow, one)} == {
        frozenset(active_paths(one.leaves)) for one in space.configurations if one.is_done
    }


@settings(deadline=None)
@given(guarded())
def test_a_trap_is_where_trying_everything_never_finishes(workflow: Workflow) -> None:
    assume(sum(one.when is not None for one in workflow.transitions.values()) <= 5)
    ways = tried(workflow)
    assume(ways is not None)
    assert ways is not None
    caught = {active for active, _ in ways.keys() - able_to_finish(workflow, ways)}
    space = explore(Openness(workflow))
    done = [number for number, one in enumerate(space.configurations) if one.is_done]
    fine = space.can_reach(done)
    stuck = {number for number in range(len(space.configurations)) if number not in fine}
    assert {frozenset(active_paths(space.configurations[number].leaves)) for number in stuck} == caught
    found = traps(space)
    assert bool(found) is bool(caught)
    for trap in found:
        assert trap.members <= stuck
        assert all(move.target in trap.members for number in trap.members for move in space.moves[number])


@given(guarded())
def test_the_way_to_a_configuration_leads_there(workflow: Workflow) -> None:
    space = explore(Openness(workflow), limit=200)
    for number in range(len(space.configurations)):
        here = 0
        for move in space.way(number):
            assert move in space.moves[here]
            here = move.target
        assert here == number


def test_what_is_beyond_the_limit_is_said_to_be_unknown() -> None:
    space = explore(Openness(next(iter(_two_states()))), limit=1)
    assert (len(space.configurations), space.is_whole) == (1, False)


def _two_states() -> Iterator[Workflow]:
    from tests.unit.statechart.charts import atomic, final, move, workflow_of

    yield workflow_of([atomic("a"), final("b")], [move("go", "a", "b")])


@given(st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3), max_size=8))
def test_components_are_the_states_that_lead_to_each_other(drawn: dict[int, list[int]]) -> None:
    edges = {node: drawn.get(node, []) for node in range(8)}
    reach = {node: {node} for node in edges}
    for _ in edges:
        for node, targets in edges.items():
            reach[node] |= {other for target in targets for other in reach[target]}
    expected = {frozenset(other for other in edges if other in reach[node] and node in reach[other]) for node in edges}
    found = components(edges)
    assert set(found) == expected
    assert sum(map(len, found)) == len(edges)
    seen: set[int] = set()
    for part in found:
        assert all(target in part | seen for node in part for target in edges[node])
        seen |= part
