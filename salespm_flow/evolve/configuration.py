"""Where states of an older version stand in a newer one: single states, whole configurations, memories. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from salespm_flow.engine.places import active_paths, is_within
from salespm_flow.model.workflow import Memory, StateKind, Workflow


class Unplaced(Exception):  # noqa: N818 -- never leaves the room
    """The states cannot be active together, or would complete the project."""


def counterpart(path: str, new: Workflow, moved: Mapping[str, str | None]) -> str | None:
    """The newer state that the older one became; None where there is none.

    `moved` are the states that a migration names, by path, each with the one way that is certain (None: no such). Else
    the name stays, within what the states around it became; and what has no parts any more stands for its parts.
    """
    if path in moved:
        return moved[path]
    around, _, own = path.rpartition(".")
    place = counterpart(around, new, moved) if around else ""
    if place is None:
        return None
    wanted = f"{place}.{own}" if place else own
    if wanted in new.states:
        return wanted
    return place if place and not new.states[place].children else None


def completed(targets: Iterable[str], workflow: Workflow) -> tuple[str, ...]:
    """The leaves, in document order, where exactly the targets are active with what they hold by default.

    Raises:
        Unplaced: the targets exclude each other.
    """
    wanted = frozenset(active_paths(targets))
    return tuple(_leaves(workflow.roots, workflow.initial, wanted, workflow, is_parallel=workflow.is_parallel))


def _leaves(
    children: tuple[str, ...],
    initial: tuple[str, ...],
    wanted: frozenset[str],
    workflow: Workflow,
    *,
    is_parallel: bool,
) -> Iterator[str]:
    chosen = children if is_parallel else tuple(path for path in children if path in wanted) or initial
    if not is_parallel and len(chosen) > 1:
        raise Unplaced(*chosen)
    for path in chosen:
        state = workflow.states[path]
        if not state.children:
            yield path
        else:
            is_inner = state.kind is StateKind.PARALLEL
            yield from _leaves(state.children, state.initial, wanted, workflow, is_parallel=is_inner)


def remembered(
    memory: Mapping[str, tuple[str, ...]], new: Workflow, moved: Mapping[str, str | None]
) -> dict[str, tuple[str, ...]]:
    """What states remember, in newer paths; what cannot be resumed whole is forgotten."""
    kept: dict[str, tuple[str, ...]] = {}
    for path, inner in memory.items():
        place = counterpart(path, new, moved)
        if place is None or new.states[place].memory is None:
            continue
        names = tuple(counterpart(one, new, moved) for one in inner)
        found = tuple(dict.fromkeys(name for name in names if name is not None))
        if len(found) == len(inner) and all(_is_memorable(name, place, new) for name in found):
            kept[place] = found
    return kept


def _is_memorable(path: str, place: str, workflow: Workflow) -> bool:
    if path == place or not is_within(path, place):
        return False
    if workflow.states[place].memory is Memory.SHALLOW:
        return workflow.states[path].parent == place
    return not workflow.states[path].children
