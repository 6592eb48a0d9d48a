"""Paints a laid-out state diagram as SVG that needs nothing else: no script, no font file, light and dark.

Knows the classes that a Mermaid text gives its states, and no workflow.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.layout import ArrowLabel, Box, Dot, Layout, Node
from salespm_flow.draw.mermaid import CLASSES

FONTS: Final = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif'
_MARGIN: Final = 28
_HEADING: Final = 48
_LINE: Final = 19
_TITLE_INSET: Final = 12
_STYLE: Final = """
text { font-family: FONTS; font-size: 14px; dominant-baseline: central; }
.page { fill: #f8fafc; } .heading { fill: #0f172a; font-size: 18px; font-weight: 600; }
.box { fill: #eef4ff; stroke: #b9cbec; } .inner { fill: #f8faff; stroke: #c7d3ea; }
.region { fill: #ffffff; stroke: #c4b8f0; stroke-dasharray: 5 4; } .parallel { fill: #f4f0ff; stroke: #c9bdf2; }
.title { fill: #1e3a6e; font-weight: 600; } .node { fill: #ffffff; stroke: #94a3b8; stroke-width: 1.2; }
.name { fill: #0f172a; } .within { fill: #64748b; font-size: 12px; } .rule { stroke: #cbd5e1; }
.arrow { fill: none; stroke: #64748b; stroke-width: 1.4; } .head { fill: #64748b; }
.label { fill: #334155; font-size: 13px; } .room { fill: #f8fafc; fill-opacity: 0.92; }
.dot { fill: #1e293b; } .ring { fill: none; stroke: #1e293b; stroke-width: 1.4; }
"""
_DARK: Final = """
@media (prefers-color-scheme: dark) {
.page { fill: #14171d; } .heading { fill: #eef2f7; } .box { fill: #1b2433; stroke: #37507c; }
.inner { fill: #18202d; stroke: #33476b; } .region { fill: #161b24; stroke: #5c5190; }
.parallel { fill: #201d30; stroke: #4c4379; } .title { fill: #b7ccf4; } .node { fill: #232a36; stroke: #64748b; }
.name { fill: #eef2f7; } .within { fill: #a3b0c2; } .rule { stroke: #475569; } .arrow { stroke: #94a3b8; }
.head { fill: #94a3b8; } .label { fill: #cbd5e1; } .room { fill: #14171d; } .dot { fill: #e2e8f0; }
.ring { stroke: #e2e8f0; } }
"""

_TIP: Final = (
    '<defs><marker id="tip" refX="3" refY="5" markerWidth="9" markerHeight="10" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path class="head" d="M0,0.5 L9,5 L0,9.5 Z"/></marker></defs>'
)


def state_picture(layout: Layout, title: str, language: Language, *, is_dark_too: bool = True) -> str:
    """The SVG text with the title above the states; without `is_dark_too` it is light wherever it is shown."""
    width = layout.area.width + 2 * _MARGIN
    height = layout.area.height + 2 * _MARGIN + _HEADING
    style = _STYLE.replace("FONTS", FONTS) + (_DARK if is_dark_too else "") + "".join(_class_styles())
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    named = f'role="img" lang="{language.value}" aria-label="{_quoted(title)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        f"<title>{_quoted(title)}</title>",
        f"<style>{style}</style>",
        _TIP,
        f'<rect class="page" width="{width:g}" height="{height:g}" rx="10"/>',
        f'<text class="heading" x="{_MARGIN}" y="{_MARGIN + 10}">{_quoted(title)}</text>',
        f'<g transform="translate({_MARGIN - layout.area.x:g} {_MARGIN + _HEADING - layout.area.y:g})">',
        *(line for box in layout.boxes for line in _box(box, layout.boxes)),
        *(f'<path class="arrow" marker-end="url(#tip)" d="{_quoted(path)}"/>' for path in layout.arrows),
        *(line for dot in layout.dots for line in _dot(dot)),
        *(line for node in layout.nodes for line in _node(node)),
        *(line for label in layout.labels for line in _label(label)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _class_styles() -> Iterator[str]:
    """The looks of the classes, as the Mermaid text has them: a picture and its text agree."""
    for name, looks in CLASSES.items():
        found: Mapping[str, str] = dict(part.split(":", 1) for part in looks.split(","))
        shape = ";".join(f"{key}:{value}" for key, value in found.items() if key not in {"color", "font-weight"})
        yield f".node.{name} {{ {shape} }} .name.{name}, .within.{name} {{ fill:{found['color']} }}\n"


def _box(box: Box, boxes: tuple[Box, ...]) -> Iterator[str]:
    """A box with its name; a region is its own state's box, so the frame around that one is left out."""
    if box.is_region:
        return
    around = [one for one in boxes if one is not box and _encloses(one, box)]
    is_region = any(one.is_region and not _has_between(one, box, around) for one in around)
    has_regions = any(one.is_region and _encloses(box, one) and not _has_between(box, one, boxes) for one in boxes)
    kind = "region" if is_region else "parallel" if has_regions else "inner" if around else "box"
    area = box.area
    yield _rectangle(f"{kind}", box, radius=10)
    for number, line in enumerate(box.lines):
        y = area.y + 13 + number * _LINE
        yield f'<text class="title" x="{area.x + _TITLE_INSET:g}" y="{y:g}">{_quoted(line)}</text>'


def _encloses(outer: Box, inner: Box) -> bool:
    one, other = outer.area, inner.area
    return (
        outer is not inner
        and one.holds(other.x, other.y)
        and one.holds(other.x + other.width, other.y + other.height)
        and one.width > other.width
    )


def _has_between(outer: Box, inner: Box, boxes: "list[Box] | tuple[Box, ...]") -> bool:
    """Whether a further state's box lies between the two."""
    return any(not one.is_region and _encloses(outer, one) and _encloses(one, inner) for one in boxes)


def _dot(dot: Dot) -> Iterator[str]:
    if dot.is_end:
        yield f'<circle class="ring" cx="{dot.x:g}" cy="{dot.y:g}" r="8"/>'
    yield f'<circle class="dot" cx="{dot.x:g}" cy="{dot.y:g}" r="{4.5 if dot.is_end else 6.5}"/>'


def _node(node: Node) -> Iterator[str]:
    area = node.area
    kinds = " ".join(name for name in CLASSES if name in node.classes)
    middle = area.x + area.width / 2
    yield _rectangle(f"node {kinds}".strip(), node, radius=8)
    if not node.has_inner_lines:
        top = area.y + area.height / 2 - (len(node.lines) - 1) * _LINE / 2
        for number, line in enumerate(node.lines):
            yield _centred(f"name {kinds}", middle, top + number * _LINE, line)
        return
    # The first line is the state's name; below it stands what can happen without leaving it.
    for line in node.lines[:1]:
        yield _centred(f"name {kinds}", middle, area.y + 13, line)
    rule = area.y + 25
    yield f'<line class="rule" x1="{area.x:g}" x2="{area.x + area.width:g}" y1="{rule:g}" y2="{rule:g}"/>'
    room = (area.height - 25) / max(1, len(node.lines) - 1)
    for number, line in enumerate(node.lines[1:]):
        yield _centred(f"within {kinds}", middle, rule + room * (number + 0.5), line)


def _label(label: ArrowLabel) -> Iterator[str]:
    area = label.area
    yield (f'<rect class="room" x="{area.x:g}" y="{area.y:g}" width="{area.width:g}" height="{area.height:g}" rx="4"/>')
    top = area.y + area.height / 2 - (len(label.lines) - 1) * _LINE / 2
    for number, line in enumerate(label.lines):
        yield _centred("label", area.x + area.width / 2, top + number * _LINE, line)


def _rectangle(kind: str, drawn: Box | Node, *, radius: int) -> str:
    area = drawn.area
    return (
        f'<rect class="{kind}" x="{area.x:g}" y="{area.y:g}" width="{area.width:g}" height="{area.height:g}"'
        f' rx="{radius}"/>'
    )


def _centred(kind: str, x: float, y: float, words: str) -> str:
    return f'<text class="{kind.strip()}" text-anchor="middle" x="{x:g}" y="{y:g}">{_quoted(words)}</text>'


def _quoted(text: str) -> str:
    return escape("".join(character if character.isprintable() else " " for character in text))
