"""A workflow as Mermaid text (`stateDiagram-v2`). Knows neither running projects nor how the text is rendered."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.sketch import Sketch, sketch_of
from salespm_flow.model.workflow import StateKind, Workflow

# Characters that the notation reads as its own.
MARKUP: Final = '#";:<>{}%'
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


class Direction(StrEnum):
    """Where the states follow one another to: from left to right, or from top to bottom."""

    LEFT_TO_RIGHT = "lr"
    TOP_TO_BOTTOM = "tb"


def mermaid(
    workflow: Workflow,
    language: Language,
    *,
    active: frozenset[str] = frozenset(),
    marks: Mapping[str, str] = MappingProxyType({}),
    direction: Direction | None = None,
) -> str:
    """The diagram's text, newline at the end; `active` are full paths of leaves to highlight.

    `marks` give states by path a class of `CLASSES` of the caller's choice, in place of what they are. Without a
    `direction` the renderer decides.
    """
    sketch = sketch_of(workflow, language)
    towards = () if direction is None else (f"    direction {direction.value.upper()}",)
    lines = ["stateDiagram-v2", *towards, *_block(sketch, None, 1), *_arrows(sketch), *_styles(sketch, active, marks)]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------------------------------------- the text


def _block(sketch: Sketch, container: str | None, level: int) -> Iterator[str]:
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


def _state(sketch: Sketch, path: str, level: int) -> Iterator[str]:
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


def _arrows(sketch: Sketch) -> Iterator[str]:
    """All arrows, at the top level: inside a block an arrow pulls deeper states out of their own boxes."""
    for arrow, labels in sketch.arrows.items():
        yield f"    {arrow.source} --> {arrow.target} : {_escaped(' / '.join(dict.fromkeys(labels)))}"


def _styles(sketch: Sketch, active: frozenset[str], marks: Mapping[str, str]) -> Iterator[str]:
    """The classes in use and their nodes; boxes keep the renderer's own look."""
    for name, nodes in class_members(sketch, active, marks).items():
        yield f"    classDef {name} {CLASSES[name]}"
        yield f"    class {','.join(nodes)} {name}"


def class_members(sketch: Sketch, active: frozenset[str], marks: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """The nodes of each class in use, in the order of `CLASSES`."""
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
    return {name: tuple(nodes) for name, nodes in members.items() if nodes}


def _declared(title: str, node: str) -> str:
    return f'state "{_escaped(title)}" as {node}'


def _escaped(text: str) -> str:
    """The text on one line, with the characters that the notation reads as its own replaced by their entities."""
    return "".join(f"#{ord(character)};" if character in MARKUP else character for character in " ".join(text.split()))
