"""Where a project stands, read off the paths of its active leaves."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from salespm_flow.model.workflow import StateKind, Workflow


def active_paths(leaves: Iterable[str]) -> tuple[str, ...]:
    """The full paths of all active states and regions, parents before their children."""
    return _active_paths(tuple(leaves))


@lru_cache(maxsize=4096)  # many projects stand in few places, and one decision asks several times
def _active_paths(leaves: tuple[str, ...]) -> tuple[str, ...]:
    paths: dict[str, None] = {}
    for leaf in leaves:
        parts = leaf.split(".")
        for depth in range(1, len(parts) + 1):
            paths[".".join(parts[:depth])] = None
    return tuple(paths)


def standing(leaves: Sequence[str], workflow: Workflow) -> str:
    """The name of the innermost active state that holds every leaf; empty where only the root does."""
    if not leaves:
        return ""
    shared = leaves[0].split(".")
    for leaf in leaves[1:]:
        parts = leaf.split(".")
        depth = 0
        while depth < min(len(shared), len(parts)) and shared[depth] == parts[depth]:
            depth += 1
        shared = shared[:depth]
    return workflow.states[".".join(shared)].name if shared else ""


def is_within(path: str, ancestor: str) -> bool:
    """Whether the state is `ancestor` itself or lies inside it."""
    return path == ancestor or path.startswith(ancestor + ".")


def is_complete(path: str, leaves: Sequence[str], workflow: Workflow) -> bool:
    """Whether an active state has reached a final child, a parallel one in each of its regions."""
    state = workflow.states[path]
    if state.kind is StateKind.PARALLEL:
        return all(is_complete(child, leaves, workflow) for child in state.children)
    return any(leaf in state.children and workflow.states[leaf].kind is StateKind.FINAL for leaf in leaves)
