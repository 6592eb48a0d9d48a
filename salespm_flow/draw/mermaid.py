"""A workflow as Mermaid text (`stateDiagram-v2`). Knows neither running projects nor how the text is rendered.

Renderers fail on some arrows that a statechart allows, so the text says the same with others: an arrow to a state with
children inside a parallel region goes to its initial leaf, and an arrow from a state to itself or into its own inside
starts at a stand-in node. Such a node also gathers a transition with many sources, as `from: any` has.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.model.workflow import Memory, StateKind, Target, Transition, Workflow
from salespm_flow.nouns import dataclass

# Words of the notation that cannot be ids.
RESERVED: Final = frozenset(
    (
        *("state", "note", "end", "class", "classdef", "direction", "as", "default", "style", "left", "right", "of"),
        *("tb", "td", "bt", "rl", "lr", "scale", "hide", "acctitle", "accdescr", "fork", "join", "choice", "click"),
        "href",
    )
)
# Characters that the notation reads as its own.
MARKUP: Final = '#";:<>{}%'
# From so many sources on, a stand-in is easier to read than an arrow from each.
GATHER_MOST_FROM: Final = 3
GATHER_ALWAYS_FROM: Final = 5
ANY: Final = Bilingual("任意状态", "Any state")
APPROVAL: Final = Bilingual("（须审批）", " (approval)")
CLASSES: Final[Mapping[str, str]] = {
    "added": "fill:#dcfce7,stroke:#15803d,color:#14532d,stroke-width:2px",
    "removed": "fill:#fee2e2,stroke:#b91c1c,color:#7f1d1d,stroke-width:2px,stroke-dasharray:5 3",
    "changed": "fill:#fef3c7,stroke:#b45309,color:#78350f,stroke-width:2px",
    "current": "fill:#2563eb,stroke:#1e40af,color:#ffffff,font-weight:bold",
    "success": "fill:#e7f6ec,stroke:#2f855a,color:#1c4532",
    "failure": "fill:#fdecec,stroke:#c53030,color:#63171b",
    "aside": "fill:#fff8e6,stroke:#b7791f,color:#5f370e,stroke-dasharray:4 3",
    "gathered": "fill:#f7f7f8,stroke:#8a8f98,color:#4a5058,stroke-dasharray:2 3",
}


@dataclass(frozen=True, slots=True)
class _Arrow:
    """An arrow between node ids."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class _StandIn:
    """A node that stands for several sources, or for the inside of `container`."""

    container: str | None
    label: str


class _Sketch:
    """What is to be drawn, gathered transition by transition in file order."""

    __slots__ = ("arrows", "ids", "language", "loops", "stand_ins", "workflow")

    def __init__(self, workflow: Workflow, language: Language) -> None:
        self.workflow = workflow
        self.language = language
        self.ids = _node_ids(workflow)
        self.arrows: dict[_Arrow, tuple[str, ...]] = {}
        self.stand_ins: dict[_StandIn, str] = {}
        self.loops: dict[str, tuple[str, ...]] = {}

    def add(self, transition: Transition) -> None:
        """The transition is part of the picture."""
        sources = _highest(self.workflow, transition.sources)
        title = transition.title.of(self.language) + self._approval_mark(transition)
        if not transition.to:
            for path in sources:
                self.loops[path] = (*self.loops.get(path, ()), title)
            return
        gathered = self._gathered(sources)
        for target in transition.to:
            label = title + self._memory_mark(target)
            if gathered:
                self._from_stand_in(_StandIn(None, gathered), target, label)
                continue
            for path in sources:
                if target.path == path and not self.workflow.states[path].children:
                    self._draw(_Arrow(self.ids[path], self.ids[path]), label)
                elif _is_within(target.path, path):
                    self._from_stand_in(_StandIn(path, ANY.of(self.language)), target, label)
                else:
                    end = _drawable_end(self.workflow, target.path, path)
                    self._draw(_Arrow(self.ids[path], self.ids[end]), label)

    def _from_stand_in(self, stand_in: _StandIn, target: Target, label: str) -> None:
        node = self.stand_ins.setdefault(stand_in, _free_id(f"from_{len(self.stand_ins) + 1}", self.ids.values()))
        end = _drawable_end(self.workflow, target.path, stand_in.container)
        self._draw(_Arrow(node, self.ids[end]), label)

    def _draw(self, arrow: _Arrow, label: str) -> None:
        self.arrows[arrow] = (*self.arrows.get(arrow, ()), label)

    def _gathered(self, sources: tuple[str, ...]) -> str | None:
        """The label of the one node that stands for all the sources, None where an arrow from each reads better."""
        left_out = tuple(_left_out(self.workflow, self.workflow.roots, frozenset(sources)))
        is_most = len(sources) >= GATHER_MOST_FROM and len(left_out) < len(sources)
        if not is_most and len(sources) < GATHER_ALWAYS_FROM:
            return None
        if len(left_out) < len(sources):
            if not left_out:
                return ANY.of(self.language)
            titles = self._titles(left_out)
            return Bilingual(f"任意状态（{titles}除外）", f"Any state except {titles}").of(self.language)
        return self._titles(sources)

    def _titles(self, paths: Iterable[str]) -> str:
        comma = Bilingual("、", ", ").of(self.language)
        return comma.join(self.workflow.states[path].title.of(self.language) for path in paths)

    def _approval_mark(self, transition: Transition) -> str:
        return APPROVAL.of(self.language) if transition.approvals else ""

    def _memory_mark(self, target: Target) -> str:
        if not target.is_history:
            return ""
        return " (H*)" if self.workflow.states[target.path].memory is Memory.DEEP else " (H)"


def mermaid(
    workflow: Workflow,
    language: Language,
    *,
    active: frozenset[str] = frozenset(),
    marks: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The diagram's text, newline at the end; `active` are full paths of leaves to highlight.

    `marks` give states by path a class of `CLASSES` of the caller's choice, in place of what they are.
    """
    sketch = _Sketch(workflow, language)
    for transition in workflow.transitions.values():
        sketch.add(transition)
    lines = ["stateDiagram-v2", *_block(sketch, None, 1), *_arrows(sketch), *_styles(sketch, active, marks)]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------------------- which arrows


def _highest(workflow: Workflow, sources: Iterable[str]) -> tuple[str, ...]:
    """The sources in document order, without those inside another: an arrow from a box is from all that is in it."""
    given = frozenset(sources)
    return tuple(path for path in workflow.states if path in given and given.isdisjoint(_ancestors(workflow, path)))


def _left_out(workflow: Workflow, paths: Iterable[str], covered: frozenset[str]) -> Iterator[str]:
    """The highest states that are not final and of which nothing is covered."""
    for path in paths:
        state = workflow.states[path]
        if path in covered or state.kind is StateKind.FINAL:
            continue
        if any(_is_within(inner, path) for inner in covered):
            yield from _left_out(workflow, state.children, covered)
        else:
            yield path


def _is_within(path: str, container: str) -> bool:
    return path == container or path.startswith(f"{container}.")


def _ancestors(workflow: Workflow, path: str) -> Iterator[str]:
    parent = workflow.states[path].parent
    while parent is not None:
        yield parent
        parent = workflow.states[parent].parent


def _drawable_end(workflow: Workflow, target: str, source: str | None) -> str:
    """The target, or its initial leaf where renderers cannot draw an arrow to the whole of it."""
    is_in_region = any(workflow.states[path].is_region for path in (target, *_ancestors(workflow, target)))
    if not is_in_region and (source is None or not _is_within(source, target)):
        return target
    state = workflow.states[target]
    while state.children:
        state = workflow.states[(state.initial or state.children)[0]]
    return state.path


# ---------------------------------------------------------------------------------------------------- the text


def _block(sketch: _Sketch, container: str | None, level: int) -> Iterator[str]:
    """The lines inside a state, or of the whole diagram for None."""
    workflow = sketch.workflow
    state = None if container is None else workflow.states[container]
    children = workflow.roots if state is None else state.children
    initial = workflow.initial if state is None else state.initial
    is_parallel = state is not None and state.kind is StateKind.PARALLEL
    indent = "    " * level
    for path in initial:
        yield f"{indent}[*] --> {sketch.ids[path]}"
    for number, child in enumerate(children):
        if is_parallel and number:
            yield f"{indent}--"
        yield from _state(sketch, child, level)
    for stand_in, node in sketch.stand_ins.items():
        if stand_in.container == container:
            yield f"{indent}{_declared(stand_in.label, node)}"


def _state(sketch: _Sketch, path: str, level: int) -> Iterator[str]:
    state = sketch.workflow.states[path]
    node = sketch.ids[path]
    indent = "    " * level
    declared = _declared(state.title.of(sketch.language), node)
    loops = sketch.loops.get(path, ())
    if state.children:
        yield f"{indent}{declared} {{"
        yield from _block(sketch, path, level + 1)
        yield f"{indent}}}"
        # A state drawn as a box has no room for lines of its own.
        yield from (f"{indent}%% {node} : {_escaped(loop)}" for loop in loops)
        return
    yield f"{indent}{declared}"
    yield from (f"{indent}{node} : {_escaped(loop)}" for loop in loops)
    if state.kind is StateKind.FINAL:
        yield f"{indent}{node} --> [*]"


def _arrows(sketch: _Sketch) -> Iterator[str]:
    """All arrows, at the top level: inside a block an arrow pulls deeper states out of their own boxes."""
    for arrow, labels in sketch.arrows.items():
        yield f"    {arrow.source} --> {arrow.target} : {_escaped(' / '.join(dict.fromkeys(labels)))}"


def _styles(sketch: _Sketch, active: frozenset[str], marks: Mapping[str, str]) -> Iterator[str]:
    """The classes in use and their nodes; boxes keep the renderer's own look."""
    members: dict[str, list[str]] = {name: [] for name in CLASSES}
    for path, state in sketch.workflow.states.items():
        if state.children:
            continue
        if path in marks:
            members[marks[path]].append(sketch.ids[path])
        elif path in active:
            members["current"].append(sketch.ids[path])
        elif state.outcome is not None:
            members["success" if state.outcome.is_success else "failure"].append(sketch.ids[path])
        elif state.is_aside:
            members["aside"].append(sketch.ids[path])
    members["gathered"].extend(sketch.stand_ins.values())
    for name, nodes in members.items():
        if nodes:
            yield f"    classDef {name} {CLASSES[name]}"
            yield f"    class {','.join(nodes)} {name}"


def _node_ids(workflow: Workflow) -> Mapping[str, str]:
    ids: dict[str, str] = {}
    for path, state in workflow.states.items():
        ids[path] = _free_id(state.name.replace(".", "__"), ids.values())
    return ids


def _free_id(wanted: str, taken: Iterable[str]) -> str:
    used = set(taken)
    candidate = f"{wanted}_" if wanted.lower() in RESERVED else wanted
    while candidate in used:
        candidate += "_"
    return candidate


def _declared(title: str, node: str) -> str:
    return f'state "{_escaped(title)}" as {node}'


def _escaped(text: str) -> str:
    """The text on one line, with the characters that the notation reads as its own replaced by their entities."""
    return "".join(f"#{ord(character)};" if character in MARKUP else character for character in " ".join(text.split()))
