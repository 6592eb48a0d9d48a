"""A workflow as Mermaid text (`stateDiagram-v2`). Knows neither running projects nor how the text is rendered."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.marks import CLASSES, LEGEND, NO_MARKS, Marks
from salespm_flow.draw.sketch import Sketch, free_id, sketch_of
from salespm_flow.model.workflow import StateKind, Workflow

# Characters that the notation reads as its own.
MARKUP: Final = '#";:<>{}%'
_LEGEND: Final = "legend"


class Direction(StrEnum):
    """Where the states follow one another to: from left to right, or from top to bottom."""

    LEFT_TO_RIGHT = "lr"
    TOP_TO_BOTTOM = "tb"


def mermaid(
    workflow: Workflow,
    language: Language,
    *,
    active: frozenset[str] = frozenset(),
    marks: Marks = NO_MARKS,
    direction: Direction | None = None,
) -> str:
    """The diagram's text, newline at the end; `active` are full paths of leaves to highlight.

    The notation has no colours for arrows of states: their marks only keep them apart. Without a `direction` the
    renderer decides.
    """
    sketch = sketch_of(workflow, language, marks)
    towards = () if direction is None else (f"    direction {direction.value.upper()}",)
    keys = {name: free_id(f"{_LEGEND}_{name}", sketch.ids.values()) for name, _ in marks.legend}
    lines = ["stateDiagram-v2", *towards, *_block(sketch, None, 1), *_arrows(sketch), *_legend(sketch, marks, keys)]
    lines += _styles(class_members(sketch, active, marks.states), keys)
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
    declared = _declared(sketch.title(path), node)
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


def _legend(sketch: Sketch, marks: Marks, keys: Mapping[str, str]) -> Iterator[str]:
    """A box with one node of each class that the legend names."""
    if not marks.legend:
        return
    language = sketch.language
    yield f"    {_declared(LEGEND.of(language), free_id(_LEGEND, sketch.ids.values()))} {{"
    yield from (f"        {_declared(words.of(language), keys[name])}" for name, words in marks.legend)
    yield "    }"


def _styles(members: Mapping[str, tuple[str, ...]], keys: Mapping[str, str]) -> Iterator[str]:
    """The classes in use and their nodes; boxes keep the renderer's own look."""
    for name, looks in CLASSES.items():
        nodes = (*members.get(name, ()), *([keys[name]] if name in keys else ()))
        if nodes:
            yield f"    classDef {name} {looks}"
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
