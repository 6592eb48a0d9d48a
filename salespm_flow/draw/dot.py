"""A workflow as DOT text, for those who lay graphs out themselves. Knows neither projects nor who renders the text.

DOT has no states within states: a state with children is a cluster, and its arrows hang on a leaf in it, cut at the
cluster's border.
"""

from collections.abc import Iterator
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.marks import LEGEND, NO_MARKS, Marks, looks_of
from salespm_flow.draw.mermaid import Direction, class_members
from salespm_flow.draw.sketch import Arrow, Sketch, sketch_of
from salespm_flow.model.workflow import StateKind, Workflow

_FONT: Final = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, WenQuanYi Zen Hei, sans-serif"
_NODE: Final = 'shape=box style="rounded,filled" fillcolor="#ffffff" color="#94a3b8" fontcolor="#0f172a"'
_INDENT: Final = "    "


def dot(
    workflow: Workflow,
    language: Language,
    *,
    active: frozenset[str] = frozenset(),
    marks: Marks = NO_MARKS,
    direction: Direction | None = None,
) -> str:
    """The graph's text, newline at the end; `active` and `marks` as for `mermaid`."""
    sketch = sketch_of(workflow, language, marks)
    rank = (direction or Direction.LEFT_TO_RIGHT).value.upper()
    title = _quoted(workflow.title.of(language))
    lines = [
        f"digraph {_quoted(workflow.id)} {{",
        f'{_INDENT}graph [compound=true rankdir={rank} fontname="{_FONT}" label={title}]',
        f'{_INDENT}node [{_NODE} fontname="{_FONT}" fontsize=12]',
        f'{_INDENT}edge [color="#64748b" fontcolor="#334155" fontname="{_FONT}" fontsize=11]',
        *_block(sketch, workflow.roots, workflow.initial, 1),
        *(f"{_INDENT}{_quoted(node)} [label={_quoted(one.label)}]" for one, node in sketch.stand_ins.items()),
        *(_arrow(sketch, arrow, labels) for arrow, labels in sketch.arrows.items()),
        *_styles(sketch, active, marks),
        *_legend(marks, language),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _block(sketch: Sketch, children: tuple[str, ...], initial: tuple[str, ...], level: int) -> Iterator[str]:
    indent = _INDENT * level
    for path in children:
        state = sketch.workflow.states[path]
        node, title = sketch.ids[path], sketch.title(path)
        if not state.children:
            lines = (title, *sketch.loops.get(path, ()))
            double = " peripheries=2" if state.kind is StateKind.FINAL else ""
            yield f"{indent}{_quoted(node)} [label={_quoted(*lines)}{double}]"
            continue
        yield f"{indent}subgraph {_quoted('cluster_' + node)} {{"
        style = "rounded,dashed" if state.is_region else "rounded"
        yield f'{indent}{_INDENT}graph [label={_quoted(title)} style="{style}" color="#b9cbec"]'
        yield from _block(sketch, state.children, state.initial, level + 1)
        yield f"{indent}}}"
    for path in initial:
        start = f"start of {sketch.ids[path]}"
        yield f'{indent}{_quoted(start)} [shape=circle label="" width=0.15 fillcolor="#1e293b"]'
        yield f"{indent}{_quoted(start)} -> {_quoted(_leaf(sketch, path))}{_cut(sketch, path, 'lhead')}"


def _arrow(sketch: Sketch, arrow: Arrow, labels: tuple[str, ...]) -> str:
    paths = {node: path for path, node in sketch.ids.items()}
    source, target = paths.get(arrow.source), paths.get(arrow.target)
    start = arrow.source if source is None else _leaf(sketch, source)
    end = arrow.target if target is None else _leaf(sketch, target)
    cut = "" if source is None else _cut(sketch, source, "ltail")
    cut += "" if target is None else _cut(sketch, target, "lhead")
    words = _quoted(" / ".join(dict.fromkeys(labels)))
    if not arrow.mark:
        return f"{_INDENT}{_quoted(start)} -> {_quoted(end)} [label={words}]{cut}"
    looks = looks_of(arrow.mark)
    dashed = " style=dashed" if "stroke-dasharray" in looks else ""
    painted = f'color="{looks["stroke"]}" fontcolor="{looks["stroke"]}"{dashed}'
    return f"{_INDENT}{_quoted(start)} -> {_quoted(end)} [label={words} {painted}]{cut}"


def _leaf(sketch: Sketch, path: str) -> str:
    """A node inside the state to hang an arrow on."""
    state = sketch.workflow.states[path]
    while state.children:
        state = sketch.workflow.states[(state.initial or state.children)[0]]
    return sketch.ids[state.path]


def _cut(sketch: Sketch, path: str, end: str) -> str:
    state = sketch.workflow.states[path]
    return f" [{end}={_quoted('cluster_' + sketch.ids[path])}]" if state.children else ""


def _styles(sketch: Sketch, active: frozenset[str], marks: Marks) -> Iterator[str]:
    for name, nodes in class_members(sketch, active, marks.states).items():
        yield from (f"{_INDENT}{_quoted(node)} [{_shape(name)}]" for node in nodes)


def _shape(name: str) -> str:
    looks = looks_of(name)
    dashed = ",dashed" if "stroke-dasharray" in looks else ""
    colours = f'fillcolor="{looks["fill"]}" color="{looks["stroke"]}" fontcolor="{looks["color"]}"'
    return f'{colours} style="rounded,filled{dashed}"'


def _legend(marks: Marks, language: Language) -> Iterator[str]:
    """A cluster with one node of each class that the legend names."""
    if not marks.legend:
        return
    yield f'{_INDENT}subgraph "cluster_the legend" {{'
    yield f'{_INDENT * 2}graph [label={_quoted(LEGEND.of(language))} style="rounded" color="#cbd5e1"]'
    for name, words in marks.legend:
        yield f"{_INDENT * 2}{_quoted(f'legend {name}')} [label={_quoted(words.of(language))} {_shape(name)}]"
    yield f"{_INDENT}}}"


def _quoted(*lines: str) -> str:
    """The lines as one DOT text, each on its own."""
    folded = (" ".join(line.split()).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(folded) + '"'
