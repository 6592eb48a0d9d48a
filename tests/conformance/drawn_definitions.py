"""Random definitions as YAML text: drawn charts with guards, actions, automatic moves and completions."""

from collections.abc import Mapping

import yaml
from hypothesis import strategies as st

from salespm_flow.model.workflow import State, StateKind, Workflow
from tests.unit.statechart.charts import Move
from tests.unit.statechart.drawn import EVENTS, moves, workflows

Json = str | bool | int | list[str] | Mapping[str, "Json"]

# What states do, by their full path and the gate.
Acting = Mapping[tuple[str, str], Mapping[str, Json]]

GATES = ("entry", "exit")
FLAGS = ("g0", "g1", "g2")
END = "ended"
HEADER: Mapping[str, Json] = {"salespm": 1, "kind": "workflow", "id": "chart", "version": 1, "domain": "sales"}


@st.composite
def definitions(draw: st.DrawFn) -> str:
    """A whole workflow document; its events are EVENTS and `end`, its boolean fields FLAGS."""
    workflow = draw(workflows())
    document: dict[str, Json] = {**HEADER, "fields": {flag: {"type": "boolean", "default": False} for flag in FLAGS}}
    acting = draw(
        st.dictionaries(st.tuples(st.sampled_from(list(workflow.states)), st.sampled_from(GATES)), deeds(), max_size=3)
    )
    inside = {workflow.states[root].name: written_state(workflow, root, acting) for root in workflow.roots}
    if workflow.is_parallel:
        document["regions"] = inside
    else:
        document |= {"initial": workflow.initial[0], "states": {**inside, END: {"final": True}}}
    document["transitions"] = draw(transitions(workflow))
    return yaml.safe_dump(document, sort_keys=False)


def written_state(workflow: Workflow, path: str, acting: Acting) -> Mapping[str, Json]:
    """The state as it is written, with all it holds."""
    state = workflow.states[path]
    written: dict[str, Json] = {gate: acting[path, gate] for gate in GATES if (path, gate) in acting}
    if state.kind is StateKind.FINAL:
        written.pop("exit", None)
        return written | {"final": True}
    if state.memory is not None:
        written["history"] = state.memory.value
    inside = {workflow.states[child].name: written_state(workflow, child, acting) for child in state.children}
    if state.kind is StateKind.PARALLEL:
        written["regions"] = inside
    elif inside:
        # A drawn initial may lie deeper; a written one is a child.
        written |= {"initial": state.initial[0].removeprefix(f"{path}.").split(".")[0], "states": inside}
    return written


@st.composite
def transitions(draw: st.DrawFn, workflow: Workflow) -> Mapping[str, Json]:
    """The drawn transitions, some without a trigger, some for completions or for whatever happens."""
    holders = [state.name for state in workflow.states.values() if state.children]
    names = [*EVENTS, "*", "done.*", *(f"done.{name}" for name in holders)]
    written: dict[str, Json] = {}
    for each in workflow.transitions.values():
        to = [f"{target.path}.history" if target.is_history else target.path for target in each.to]
        written[each.id] = draw(details(workflow.states, (list(each.sources), to), each.reenters)) | {
            "event": list(each.events)
        }
    for number in range(draw(st.integers(0, 4))):
        move: Move = draw(moves(number, workflow.states))
        extra = draw(details(workflow.states, (list(move.sources), list(move.to)), move.reenters))
        event = draw(st.none() | st.sampled_from(names))
        written[f"x{number}"] = extra | ({"event": event} if event is not None else draw(automatic()))
    if not workflow.is_parallel:
        written["end"] = {"from": "any", "to": END}
    return written


@st.composite
def details(
    draw: st.DrawFn, known: Mapping[str, State], ends: tuple[list[str], list[str]], reenters: bool
) -> dict[str, Json]:
    """A transition without its trigger."""
    sources, targets = ends
    written: dict[str, Json] = {"from": sources}
    if targets:
        written["to"] = targets
        if reenters:
            written["reenter"] = True
    when = draw(st.none() | guards(known))
    if when is not None:
        written["when"] = when
    if draw(st.integers(0, 4)) == 0:
        written["check"] = {"holds": draw(guards(known))}
    return written | draw(deeds())


def automatic() -> st.SearchStrategy[dict[str, Json]]:
    """What makes a transition automatic; mostly it turns off what it waits for, else few charts would come to rest."""
    turning_off = st.sampled_from(FLAGS).map(
        lambda flag: {
            "auto": True,
            "when": flag,
            "do": {"act": {"action": "set", "field": flag, "value": f"not({flag})"}},
        }
    )
    return st.one_of(turning_off, turning_off, st.just({"auto": True}))


def guards(known: Mapping[str, State]) -> st.SearchStrategy[str]:
    """Guards of the forms that the naive project knows."""
    flags = st.sampled_from([form for flag in FLAGS for form in (flag, f"not({flag})")])
    return flags | st.sampled_from([f'in_state("{state.name}")' for state in known.values()])


def deeds() -> st.SearchStrategy[dict[str, Json]]:
    """What a transition or gate does: nothing, raising an event, or turning a flag round."""
    raising = st.sampled_from(EVENTS).map(lambda event: {"action": "raise", "event": event})
    turning = st.sampled_from(FLAGS).map(lambda flag: {"action": "set", "field": flag, "value": f"not({flag})"})
    one = st.one_of(raising, turning).map(lambda action: {"do": {"act": action}})
    return st.one_of(st.just({}), st.just({}), one)
