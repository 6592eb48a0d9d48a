"""Paints a laid-out state diagram as SVG that needs nothing else: no script, no font file, light and dark.

Knows the classes that states and arrows have, and no workflow.
"""

from collections.abc import Iterator
from html import escape
from typing import Final
from unicodedata import east_asian_width

from salespm_flow.diagnostics import Language
from salespm_flow.draw.layout import ArrowLabel, Box, Dot, Layout, Node
from salespm_flow.draw.marks import CLASSES, looks_of
from salespm_flow.nouns import dataclass

FONTS: Final = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif'
_MARGIN: Final = 28
_HEADING: Final = 48
_LINE: Final = 19
_TITLE_INSET: Final = 12
_LEGEND_ROW: Final = 24
_LEAST_LEGEND: Final = 420
_HEADING_SIZE: Final = 18
_SWATCH: Final = 22
# Units of a letter and of a Chinese character in a wide font, of which bold ones are wider still.
_FONT_SIZE: Final = 14
_SMALLEST: Final = 9
_WIDE: Final = 14
_NARROW: Final = 8
_BOLD: Final = 1.1
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
.key { fill: #334155; font-size: 13px; }
"""
_DARK: Final = """
@media (prefers-color-scheme: dark) {
.page { fill: #14171d; } .heading { fill: #eef2f7; } .box { fill: #1b2433; stroke: #37507c; }
.inner { fill: #18202d; stroke: #33476b; } .region { fill: #161b24; stroke: #5c5190; }
.parallel { fill: #201d30; stroke: #4c4379; } .title { fill: #b7ccf4; } .node { fill: #232a36; stroke: #64748b; }
.name { fill: #eef2f7; } .within { fill: #a3b0c2; } .rule { stroke: #475569; } .arrow { stroke: #94a3b8; }
.head { fill: #94a3b8; } .label { fill: #cbd5e1; } .room { fill: #14171d; } .dot { fill: #e2e8f0; }
.ring { stroke: #e2e8f0; } .key { fill: #cbd5e1; } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is painted. `arrows` are the classes of the arrows with words, in the order of the text, empty for none.

    `legend` are classes and what they are called.
    """

    layout: Layout
    title: str
    arrows: tuple[str, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()


def state_picture(picture: Picture, language: Language, *, is_dark_too: bool = True) -> str:
    """The SVG text with the title above the states; without `is_dark_too` it is light wherever it is shown."""
    layout, title = picture.layout, picture.title
    legend, legend_width, rows = _legend(picture)
    heading = _HEADING + rows * _LEGEND_ROW
    width = max(layout.area.width, legend_width, _width(title) * _HEADING_SIZE / _FONT_SIZE) + 2 * _MARGIN
    height = layout.area.height + 2 * _MARGIN + heading
    style = _STYLE.replace("FONTS", FONTS) + "".join(_class_styles()) + (_dark() if is_dark_too else "")
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    named = f'role="img" lang="{language.value}" aria-label="{_quoted(title)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        f"<title>{_quoted(title)}</title>",
        f"<style>{style}</style>",
        f"<defs>{''.join(_tips(picture))}</defs>",
        f'<rect class="page" width="{width:g}" height="{height:g}" rx="10"/>',
        f'<text class="heading" x="{_MARGIN}" y="{_MARGIN + 10}">{_quoted(title)}</text>',
        *legend,
        f'<g transform="translate({_MARGIN - layout.area.x:g} {_MARGIN + heading - layout.area.y:g})">',
        *(line for box in layout.boxes for line in _box(box, layout.boxes)),
        *_arrows(picture),
        *(line for dot in layout.dots for line in _dot(dot)),
        *(line for node in layout.nodes for line in _node(node)),
        *_labels(picture),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _class_styles() -> Iterator[str]:
    """The looks of the classes, as the Mermaid text has them: a picture and its text agree."""
    for name in CLASSES:
        looks = looks_of(name)
        shape = ";".join(f"{key}:{value}" for key, value in looks.items() if key not in {"color", "font-weight"})
        yield f".node.{name} {{ {shape} }} .name.{name}, .within.{name} {{ fill:{looks['color']} }}\n"
        lined = ";".join(f"{key}:{looks[key]}" for key in ("stroke", "stroke-dasharray") if key in looks)
        yield f".arrow.{name} {{ {lined}; stroke-width: 2 }} .head.{name}, .label.{name} {{ fill:{looks['stroke']} }}\n"


def _dark() -> str:
    """The words on arrows of a class are as light as the others where the page is dark."""
    labels = ", ".join(f".label.{name}" for name in CLASSES)
    return f"{_DARK}@media (prefers-color-scheme: dark) {{ {labels} {{ fill: #e2e8f0; }} }}\n"


def _tips(picture: Picture) -> Iterator[str]:
    """The heads of arrows: one of each class in use, since a head does not take the colour of its line everywhere."""
    for name in ("", *dict.fromkeys(name for name in picture.arrows if name)):
        head = f"head {name}".strip()
        yield (
            f'<marker id="{_tip(name)}" refX="3" refY="5" markerWidth="9" markerHeight="10" orient="auto"'
            f' markerUnits="userSpaceOnUse"><path class="{head}" d="M0,0.5 L9,5 L0,9.5 Z"/></marker>'
        )


def _tip(name: str) -> str:
    return f"tip-{name}" if name else "tip"


def _arrows(picture: Picture) -> Iterator[str]:
    """The lines of arrows. Those with words are the last of the text, so that their classes are found from its end."""
    lines = picture.layout.arrows
    first = max((line.number for line in lines), default=-1) + 1 - len(picture.arrows)
    for line in lines:
        place = line.number - first
        name = picture.arrows[place] if 0 <= place < len(picture.arrows) else ""
        kind = f"arrow {name}".strip()
        yield f'<path class="{kind}" marker-end="url(#{_tip(name)})" d="{_quoted(line.path)}"/>'


def _labels(picture: Picture) -> Iterator[str]:
    labels = picture.layout.labels
    names = picture.arrows if len(picture.arrows) == len(labels) else ("",) * len(labels)
    for label, name in zip(labels, names, strict=True):
        yield from _label(label, name)


def _legend(picture: Picture) -> tuple[list[str], float, int]:
    """The swatches with their words below the heading, how wide they are, and in how many rows."""
    room = max(picture.layout.area.width, _LEAST_LEGEND)
    lines: list[str] = []
    x, rows, widest = 0.0, 1 if picture.legend else 0, 0.0
    for name, words in picture.legend:
        wide = _SWATCH + 7 + _width(words)
        if x > 0 and x + wide > room:
            x, rows = 0.0, rows + 1
        left, y = _MARGIN + x, _MARGIN + _HEADING - 12 + (rows - 1) * _LEGEND_ROW
        lines.append(f'<rect class="node {name}" x="{left:g}" y="{y - 7:g}" width="{_SWATCH}" height="14" rx="4"/>')
        lines.append(f'<text class="key" x="{left + _SWATCH + 7:g}" y="{y:g}">{_quoted(words)}</text>')
        widest = max(widest, x + wide)
        x += wide + 18
    return lines, widest, rows


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
        fitting = _fitting(line, area.width - 2 * _TITLE_INSET)
        yield f'<text class="title"{fitting} x="{area.x + _TITLE_INSET:g}" y="{y:g}">{_quoted(line)}</text>'


def _fitting(line: str, room: float) -> str:
    """What makes the title of a box smaller where it has not the room: boxes are as wide as what is in them."""
    wide = _width(line) * _BOLD
    return "" if wide <= room else f' style="font-size:{max(_SMALLEST, _FONT_SIZE * room / wide):.1f}px"'


def _width(words: str) -> float:
    """How wide the words are at most, at the size of a title."""
    return sum(_WIDE if east_asian_width(one) in "WF" else _NARROW for one in words)


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


def _label(label: ArrowLabel, name: str) -> Iterator[str]:
    area = label.area
    yield (f'<rect class="room" x="{area.x:g}" y="{area.y:g}" width="{area.width:g}" height="{area.height:g}" rx="4"/>')
    top = area.y + area.height / 2 - (len(label.lines) - 1) * _LINE / 2
    for number, line in enumerate(label.lines):
        yield _centred(f"label {name}", area.x + area.width / 2, top + number * _LINE, line)


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
