"""Whether a project can always come to its end: dead ends, circles without a way out, regions that complete in vain.

Soundness as of workflow nets (van der Aalst, The Application of Petri Nets to Workflow Management, 1998): the option to
complete is looked for in every configuration; proper completion is the kernel's own, since a root that completes leaves
nothing active. Guards are open; each cause is told once, with the shortest way.
"""

from collections.abc import Iterator

from salespm_flow.definition.findings import listed, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.engine.places import active_paths, is_complete
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.lint.space import Configuration, Space, components
from salespm_flow.model.workflow import State, StateKind
from salespm_flow.nouns import dataclass

_MOST_NAMED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """Configurations out of which nothing leads and none of which is done; `entry` is the first one reached."""

    entry: int
    members: frozenset[int]


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Every trap by its cause."""
    if not inspection.space.is_whole:
        return
    told: set[tuple[str, str]] = set()
    spinning = inspection.space.spinning()
    for trap in traps(inspection.space):
        if not spinning.isdisjoint(trap.members):
            continue  # that the autos go round is the cause
        found = trap_finding(inspection, inspection.space, trap)
        key = (found.code, f"{found.span}")
        if key not in told:
            told.add(key)
            yield found


def traps(space: Space) -> tuple[Trap, ...]:
    """Where projects can be caught, those reached first at the head."""
    done = [number for number, one in enumerate(space.configurations) if one.is_done]
    fine = space.can_reach(done)
    edges = {
        number: tuple(dict.fromkeys(move.target for move in moves))
        for number, moves in enumerate(space.moves)
        if number not in fine
    }
    caught = (part for part in components(edges) if all(target in part for number in part for target in edges[number]))
    return tuple(sorted((Trap(entry=min(part), members=part) for part in caught), key=lambda trap: trap.entry))


def trap_finding(inspection: Inspection, space: Space, trap: Trap) -> Diagnostic:
    """What is told about the trap."""
    if len(trap.members) > 1:
        return _circle(inspection, space, trap)
    here = space.configurations[trap.entry]
    complete = _complete_in_vain(inspection, here)
    if complete is not None:
        return _in_vain(inspection, space, trap, complete)
    return _dead_end(inspection, space, trap)


def _dead_end(inspection: Inspection, space: Space, trap: Trap) -> Diagnostic:
    here = space.configurations[trap.entry]
    leaves = [inspection.state(path) for path in here.leaves]
    stuck = [state for state in leaves if state.kind is not StateKind.FINAL] or leaves
    name = listed(state.name for state in stuck)
    message = Bilingual(f"走不出状态 {name.zh}，也没有结束", f"No way leads on from {name.en}, which is not final")
    hint = Bilingual("加一个离开它的转移，或写 final: true", "add a transition out of it, or write final: true")
    return finding(
        "SF612", stuck[0].span, message, hint, witness=inspection.stage.witness(space.way(trap.entry), space)
    )


def _circle(inspection: Inspection, space: Space, trap: Trap) -> Diagnostic:
    paths = dict.fromkeys(path for number in sorted(trap.members) for path in space.configurations[number].leaves)
    states = [inspection.state(path) for path in paths if inspection.state(path).kind is not StateKind.FINAL]
    name = listed(state.name for state in states[:_MOST_NAMED])
    more = "…" if len(states) > _MOST_NAMED else ""
    message = Bilingual(
        f"从 {name.zh}{more} 出发永远到不了终止状态", f"From {name.en}{more} no final state can be reached"
    )
    hint = Bilingual("加一个通往终止状态的转移", "add a transition that leads to a final state")
    witness = inspection.stage.witness(space.way(trap.entry), space)
    return finding("SF613", states[0].span, message, hint, witness=witness)


def _complete_in_vain(inspection: Inspection, here: Configuration) -> State | None:
    """The outermost state that has completed while nothing else can; a region only where another has no end at all."""
    workflow = inspection.workflow
    active = [workflow.states[path] for path in active_paths(here.leaves)]
    for state in active:
        if not state.children or not is_complete(state.path, here.leaves, workflow):
            continue
        if not state.is_region or any(not _has_end(inspection, one) for one in _siblings(inspection, state)):
            return state
    return None


def _has_end(inspection: Inspection, region: State) -> bool:
    """Whether the region has a final state of its own, reached or not."""
    states = inspection.workflow.states
    if region.kind is StateKind.PARALLEL:
        return True
    return any(states[child].kind is StateKind.FINAL for child in region.children)


def _in_vain(inspection: Inspection, space: Space, trap: Trap, state: State) -> Diagnostic:
    witness = inspection.stage.witness(space.way(trap.entry), space)
    name = shown(state.name)
    if state.is_region:
        other = next(one for one in _siblings(inspection, state) if not _has_end(inspection, one))
        message = Bilingual(
            f"区域 {shown(other.name)} 永远不能完成，所以项目无法结束",
            f"The region {shown(other.name)} can never complete, so that no project can end",
        )
        hint = Bilingual("给它一个能到达的终止状态", "give it a final state that can be reached")
        return finding("SF614", other.span, message, hint, witness=witness)
    message = Bilingual(
        f"{name} 完成后没有转移监听 done.{state.name}，项目停在这里",
        f"Nothing listens to done.{state.name}: once {name} is complete, the project stays there",
    )
    hint = Bilingual(
        f"加一个 event: done.{state.name}、from: {state.name} 的转移",
        f"add a transition with event: done.{state.name} from {state.name}",
    )
    return finding("SF614", state.span, message, hint, witness=witness)


def _siblings(inspection: Inspection, state: State) -> list[State]:
    workflow = inspection.workflow
    paths = workflow.roots if state.parent is None else workflow.states[state.parent].children
    return [workflow.states[path] for path in paths if path != state.path]
