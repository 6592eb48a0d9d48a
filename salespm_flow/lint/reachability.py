"""States that no project can be in and transitions that none can take, whatever guards say.

The proof is that all configurations were looked at. Causes only: what is out of reach because something else is, or
because a transition never fires, is not told.
"""

from collections.abc import Iterator, Mapping

from salespm_flow.definition.findings import listed, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.engine.places import active_paths, is_within
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.lint.space import MOST_CONFIGURATIONS, MOST_MOVES, Space, components
from salespm_flow.model.workflow import State, StateKind, Transition


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Unreachable states and dead transitions; where there is too much to look at, that nothing is proven."""
    space = inspection.space
    if not space.is_whole:
        message = Bilingual(
            f"配置超过 {MOST_CONFIGURATIONS} 种，或其间的移动超过 {MOST_MOVES} 步，没有查完："
            "到不了的状态、走不出去的状态等都没有证明",
            f"More than {MOST_CONFIGURATIONS} configurations, or {MOST_MOVES} moves between them: "
            "not proven that every state can be reached and left",
        )
        hint = Bilingual("减少并行区域或 history", "use fewer parallel regions or histories")
        yield finding("SF618", inspection.workflow.span, message, hint)
        return
    seen = reached_states(space)
    dead = [one for one in inspection.workflow.transitions.values() if one.id not in space.fired]
    yield from _unreachable(inspection, seen, dead)
    resting = _resting(space)
    for transition in dead:
        if any(source in resting for source in transition.sources):
            yield _never_fires(inspection, transition, seen)


def reached_states(space: Space) -> frozenset[str]:
    """The full paths of all states that are active in some configuration."""
    leaves = {leaf for one in space.configurations for leaf in one.leaves}
    return frozenset(active_paths(leaves))


def _resting(space: Space) -> frozenset[str]:
    """The full paths of all states that are active where autos do not only go round."""
    spinning = space.spinning()
    leaves = (leaf for number, one in enumerate(space.configurations) if number not in spinning for leaf in one.leaves)
    return frozenset(active_paths(dict.fromkeys(leaves)))


def _unreachable(inspection: Inspection, seen: frozenset[str], dead: list[Transition]) -> Iterator[Diagnostic]:
    states = inspection.workflow.states
    missed = [
        path
        for path, state in states.items()
        if path not in seen and (state.parent or "") not in missed_set(states, seen)
    ]
    if not missed:
        return
    stuck = _cannot_finish(inspection)
    numbers = {path: number for number, path in enumerate(missed)}
    for part in _first_parts(inspection, missed, numbers):
        state = states[missed[min(part)]]
        entering = [
            one
            for one in dead
            if any(is_within(target.path, path) for target in one.to for path in _paths(missed, part))
        ]
        # A transition that would lead here from a state in use is told itself; a missing way out, where it is missing.
        is_effect = any(source in seen for one in entering for source in one.sources)
        if is_effect or (state.kind is StateKind.FINAL and stuck):
            continue
        yield _not_reached(state)


def missed_set(states: Mapping[str, State], seen: frozenset[str]) -> frozenset[str]:
    """The states that are active nowhere."""
    return frozenset(path for path in states if path not in seen)


def _paths(missed: list[str], part: frozenset[int]) -> list[str]:
    return [missed[number] for number in part]


def _first_parts(inspection: Inspection, missed: list[str], numbers: Mapping[str, int]) -> Iterator[frozenset[int]]:
    """The groups of states that lead to each other and that no other unreachable state leads to."""
    edges: dict[int, set[int]] = {number: set() for number in numbers.values()}
    for transition in inspection.workflow.transitions.values():
        for source in transition.sources:
            here = _around(source, missed, numbers)
            for target in transition.to:
                there = _around(target.path, missed, numbers)
                if here is not None and there is not None and here != there:
                    edges[here].add(there)
    parts = components(edges)
    entered = {target for part in parts for number in part for target in edges[number] if target not in part}
    for part in parts:
        if entered.isdisjoint(part):
            yield part


def _around(path: str, missed: list[str], numbers: Mapping[str, int]) -> int | None:
    return next((numbers[one] for one in missed if is_within(path, one)), None)


def _cannot_finish(inspection: Inspection) -> bool:
    """Whether some configuration leads to no final one."""
    space = inspection.space
    done = [number for number, one in enumerate(space.configurations) if one.is_done]
    return len(space.can_reach(done)) < len(space.configurations)


def _not_reached(state: State) -> Diagnostic:
    name = shown(state.name)
    message = Bilingual(f"没有路径能到达状态 {name}", f"No project can reach the state {name}")
    hint = Bilingual("加一个到它的转移，或删除它", "add a transition to it, or remove it")
    return finding("SF610", state.span, message, hint)


def _never_fires(inspection: Inspection, transition: Transition, seen: frozenset[str]) -> Diagnostic:
    """Why it never fires: another one is always taken in its place, or what it listens to never comes there."""
    from salespm_flow.lint.attempts import refusal_of  # noqa: PLC0415 - the engine only where it is to be tried

    name, witness = shown(transition.id), refusal_of(inspection, transition)
    rival = _rival(inspection, transition, seen)
    if rival is not None:
        line = rival.span.line
        message = Bilingual(
            f"转移 {name} 永远不会发生：{shown(rival.id)}（第 {line} 行）总是先发生",
            f"The transition {name} never fires: {shown(rival.id)} (line {line}) always comes first",
        )
        hint = Bilingual(
            f"给 {shown(rival.id)} 写 when，或换顺序", f"give {shown(rival.id)} a `when`, or change the order"
        )
        return finding("SF611", transition.span, message, hint, witness=witness)
    message = Bilingual(f"转移 {name} 永远不会发生", f"The transition {name} never fires")
    events = listed(transition.events)
    hint = Bilingual(f"在它的起始状态里，{events.zh} 不会出现", f"{events.en} never comes while its source is active")
    return finding("SF611", transition.span, message, hint if transition.events else None, witness=witness)


def _rival(inspection: Inspection, transition: Transition, seen: frozenset[str]) -> Transition | None:
    """An unguarded transition of the same event, from the same state before it or from all states inside."""
    order = list(inspection.workflow.transitions)
    for other in inspection.workflow.transitions.values():
        if other.id == transition.id or other.when is not None:
            continue
        if other.is_auto and not transition.is_auto and set(transition.sources) <= set(other.sources):
            return other
        if not _share_an_event(other, transition):
            continue
        shares = set(other.sources) & set(transition.sources) & seen
        inside = any(
            is_within(mine, theirs) or is_within(theirs, mine)
            for mine in transition.sources
            for theirs in other.sources
        )
        if (shares and order.index(other.id) < order.index(transition.id)) or (inside and not shares):
            return other
    return None


def _share_an_event(other: Transition, transition: Transition) -> bool:
    if other.is_auto or transition.is_auto:
        return other.is_auto is transition.is_auto
    return not set(other.events).isdisjoint({*transition.events, "*"})
