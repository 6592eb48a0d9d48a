"""Builds workflows from short outlines, so that a test shows its whole chart in a few lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.model.source import Source
from salespm_flow.model.workflow import Domain, Memory, State, StateKind, Target, Transition, Uses, Workflow

SPAN = Span(file="chart.yaml", line=1, column=1, end_line=1, end_column=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A state with what it holds; `initial` is a path below it, by default its first child."""

    id: str
    kind: StateKind
    children: tuple["Outline", ...] = ()
    initial: str | None = None
    memory: Memory | None = None


def atomic(id_: str) -> Outline:
    return Outline(id=id_, kind=StateKind.ATOMIC)


def final(id_: str) -> Outline:
    return Outline(id=id_, kind=StateKind.FINAL)


def compound(id_: str, *children: Outline, initial: str | None = None, memory: Memory | None = None) -> Outline:
    return Outline(id=id_, kind=StateKind.COMPOUND, children=children, initial=initial, memory=memory)


def parallel(id_: str, *regions: Outline, memory: Memory | None = None) -> Outline:
    return Outline(id=id_, kind=StateKind.PARALLEL, children=regions, memory=memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A transition by names: any suffix of a path that fits exactly one state; `name.history` resumes."""

    id: str
    sources: tuple[str, ...]
    to: tuple[str, ...]
    on: tuple[str, ...]
    is_auto: bool
    reenters: bool


def move(
    id_: str,
    sources: str,
    to: str = "",
    *,
    on: str | None = None,
    is_auto: bool = False,
    reenters: bool = False,
) -> Move:
    """Sources, targets and events are separated by blanks; without `on` the id is the event."""
    events = () if is_auto else tuple((on or id_).split())
    return Move(
        id=id_, sources=tuple(sources.split()), to=tuple(to.split()), on=events, is_auto=is_auto, reenters=reenters
    )


def workflow_of(
    roots: Iterable[Outline], moves: Iterable[Move] = (), *, initial: str | None = None, is_parallel: bool = False
) -> Workflow:
    """A workflow that has nothing but states and transitions."""
    roots = tuple(roots)
    states: dict[str, State] = {}
    paths = tuple(path for root in roots for path in _all_paths(root, ""))
    for root in roots:
        _add_state(root, None, (paths, states, is_parallel))
    return bare_workflow(
        states,
        {each.id: _transition(each, paths) for each in moves},
        roots=tuple(root.id for root in roots),
        initial=() if is_parallel else (_path(paths, initial or roots[0].id),),
        is_parallel=is_parallel,
    )


def bare_workflow(
    states: Mapping[str, State],
    transitions: Mapping[str, Transition],
    *,
    roots: tuple[str, ...],
    initial: tuple[str, ...],
    is_parallel: bool = False,
) -> Workflow:
    """These states and transitions as a workflow that has nothing else."""
    return Workflow(
        id="chart",
        version=1,
        title=Bilingual("图", "Chart"),
        domain=Domain.SALES,
        source=Source(kind="workflow", id="chart", version=1, path="chart.yaml", text="", digest=""),
        uses=Uses(),
        parameters={},
        fields={},
        records={},
        conditions={},
        links={},
        roots=roots,
        initial=initial,
        is_parallel=is_parallel,
        states=states,
        transitions=transitions,
        timers={},
        roles=(),
        span=SPAN,
    )


def _all_paths(outline: Outline, above: str) -> tuple[str, ...]:
    path = above + outline.id
    return (path, *(below for child in outline.children for below in _all_paths(child, path + ".")))


def _path(paths: Iterable[str], name: str) -> str:
    paths = tuple(paths)
    if name in paths:
        return name
    (path,) = (path for path in paths if path.endswith("." + name))
    return path


def _add_state(outline: Outline, parent: str | None, place: tuple[tuple[str, ...], dict[str, State], bool]) -> None:
    paths, states, is_region = place
    path = f"{parent}.{outline.id}" if parent else outline.id
    children = tuple(f"{path}.{child.id}" for child in outline.children)
    initial: tuple[str, ...] = ()
    if outline.kind is StateKind.COMPOUND:
        initial = (f"{path}.{outline.initial}" if outline.initial else children[0],)
    states[path] = State(
        path=path,
        name=_shortest(paths, path),
        title=Bilingual(outline.id, outline.id),
        kind=outline.kind,
        span=SPAN,
        parent=parent,
        children=children,
        initial=initial,
        is_region=is_region,
        memory=outline.memory,
        skills={},
    )
    for child in outline.children:
        _add_state(child, path, (paths, states, outline.kind is StateKind.PARALLEL))


def _shortest(paths: tuple[str, ...], path: str) -> str:
    parts = path.split(".")
    for start in range(len(parts) - 1, 0, -1):
        suffix = ".".join(parts[start:])
        if sum(1 for other in paths if other == suffix or other.endswith("." + suffix)) == 1:
            return suffix
    return path


def _transition(each: Move, paths: tuple[str, ...]) -> Transition:
    return Transition(
        id=each.id,
        title=Bilingual(each.id, each.id),
        sources=tuple(_path(paths, source) for source in each.sources),
        to=tuple(_target(paths, name) for name in each.to),
        events=each.on,
        span=SPAN,
        is_auto=each.is_auto,
        reenters=each.reenters,
    )


def _target(paths: tuple[str, ...], name: str) -> Target:
    stem = name.removesuffix(".history")
    return Target(path=_path(paths, stem), is_history=stem != name)
