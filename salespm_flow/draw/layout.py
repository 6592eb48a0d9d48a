"""Where everything of a state diagram stands: Mermaid text laid out by the library of the extra `diagram`.

Only the geometry is taken; what it looks like is decided where it is painted. Knows no workflow.
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import DiagramError, MissingExtraError
from salespm_flow.nouns import dataclass

BACKEND: Final = "merman"
_SHIFT: Final = re.compile(r"translate\(\s*(-?[\d.]+)[ ,]+(-?[\d.]+)\s*\)")
_SIZED: Final = '%%{{init: {{"themeVariables": {{"fontSize": "{size}px"}}}}}}%%\n'
_NUMBER: Final = re.compile("[0-9]+")
# Labels of arrows say so in what the library keeps of the classes around them.
_ON_ARROW: Final = "edgeLabel"
# The library drops what looks like markup from names, so those characters go through it as ones for private use.
_ENTITY: Final = re.compile("#([0-9]+);|(&)")
_PRIVATE: Final = 0xE000
_VEILED: Final = re.compile("[\ue000-\ue07f]")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: its upper left corner and its size, in units of the picture."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A state drawn around others (`is_region` for one of several that are active together), with its name's lines."""

    area: Area
    lines: tuple[str, ...]
    is_region: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A state without others inside: its classes in the text, its name's lines, then those of what happens within."""

    area: Area
    classes: frozenset[str]
    lines: tuple[str, ...]
    has_inner_lines: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """Where a state begins or ends."""

    x: float
    y: float
    is_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowLabel:
    """The words on an arrow, and the room that is kept for them."""

    area: Area
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An arrow's line as an SVG path text; `number` is its place among all arrows of the Mermaid text, from 0."""

    path: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole picture. Boxes come from the outside in, labels in the order of the arrows that have words."""

    area: Area
    boxes: tuple[Box, ...]
    nodes: tuple[Node, ...]
    dots: tuple[Dot, ...]
    arrows: tuple[Line, ...]
    labels: tuple[ArrowLabel, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """A piece of text in its place."""

    x: float
    y: float
    lines: tuple[str, ...]
    room: Area | None


@dataclass(frozen=True, slots=True)
class _Placed:
    """An element and how far the groups around it shift it."""

    element: Element
    x: float
    y: float

    def area(self) -> Area:
        """The rectangle that the element is."""
        at = self.element.get
        return Area(
            self.x + float(at("x", "0")),
            self.y + float(at("y", "0")),
            float(at("width", "0")),
            float(at("height", "0")),
        )


def layout_of(text: str, *, font_size: int | None = None) -> Layout:
    """The geometry of a Mermaid state diagram, with room for letters of that size.

    Raises:
        MissingExtraError: the extra `diagram` is not installed.
        DiagramError: the library cannot lay the text out.
    """
    root = _drawn(text if font_size is None else _SIZED.format(size=font_size) + text)
    placed = tuple(_walk(root, 0.0, 0.0))
    words = tuple(_words(one) for one in placed if _class(one.element) == "merman-foreignobject-fallback")
    on_arrows = tuple(one for one in words if one.room is not None)
    inside = tuple(one for one in words if one.room is None)
    clusters = tuple(one for one in placed if "statediagram-cluster" in _class(one.element).split())
    return Layout(
        area=_view(root),
        boxes=tuple(_box(one, inside) for one in clusters),
        nodes=tuple(_nodes(placed, inside)),
        dots=tuple(_dots(placed)),
        arrows=tuple(_line(one.element) for one in placed if "transition" in _class(one.element).split()),
        labels=tuple(ArrowLabel(area=one.room, lines=one.lines) for one in on_arrows if one.room is not None),
    )


def _drawn(text: str) -> Element:
    try:
        from mmdr import render
    except ImportError as error:
        needs = Bilingual("输出 SVG 或 PNG 图需要 mmdr", "an SVG or PNG picture needs mmdr")
        raise MissingExtraError(needs, extra="diagram") from error
    try:
        return fromstring(render(_ENTITY.sub(_veiled, text), backend=BACKEND).svg())  # noqa: S314 -- made here, of our own text
    except (ValueError, RuntimeError, ParseError) as error:
        raise DiagramError(
            Bilingual(f"这张状态图无法排版：{error}", f"the state diagram cannot be laid out: {error}"),
            Bilingual("改用 --form mermaid 或 --form dot", "ask for --form mermaid or --form dot instead"),
        ) from error


def _walk(element: Element, x: float, y: float) -> Iterator[_Placed]:
    """The element and all inside it, each with how far it is shifted."""
    shift = _SHIFT.search(element.get("transform", ""))
    if shift is not None:
        x, y = x + float(shift[1]), y + float(shift[2])
    yield _Placed(element, x, y)
    for child in element:
        yield from _walk(child, x, y)


def _class(element: Element) -> str:
    return element.get("class", "")


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _view(root: Element) -> Area:
    x, y, width, height = (float(number) for number in root.get("viewBox", "0 0 0 0").split())
    return Area(x, y, width, height)


def _line(element: Element) -> Line:
    number = _NUMBER.search(element.get("data-id", ""))
    return Line(path=element.get("d", ""), number=-1 if number is None else int(number[0]))


def _words(placed: _Placed) -> _Words:
    rectangle = next((one for one in placed.element if _tag(one) == "rect"), None)
    texts = [one for one in placed.element if _tag(one) == "text"]
    is_on_arrow = _ON_ARROW in placed.element.get("data-merman-source-classes", "").split()
    first = texts[0] if texts else placed.element
    x, y = placed.x + float(first.get("x", "0")), placed.y + float(first.get("y", "0"))
    lines = tuple(line for text in texts for line in _lines(text))
    room = None
    if is_on_arrow:
        room = Area(x, y, 0, 0) if rectangle is None else _Placed(rectangle, placed.x, placed.y).area()
    return _Words(x, y, lines, room)


def _lines(text: Element) -> list[str]:
    """The lines of a text: each part that stands by itself, or all of it."""
    parts = [part for part in text if _tag(part) == "tspan"]
    found = ["".join(part.itertext()) for part in parts] if parts else ["".join(text.itertext())]
    return [_VEILED.sub(_unveiled, line.strip()) for line in found if line.strip()]


def _veiled(entity: re.Match[str]) -> str:
    return chr(_PRIVATE + (int(entity[1]) if entity[1] else ord(entity[2])))


def _unveiled(veiled: re.Match[str]) -> str:
    return chr(ord(veiled[0]) - _PRIVATE)


def _box(placed: _Placed, words: tuple[_Words, ...]) -> Box:
    rectangles = [one for one in _walk_all(placed) if _tag(one.element) == "rect"]
    area = rectangles[0].area()
    named = [one for one in _walk_all(placed) if "cluster-label" in _class(one.element).split()]
    title = min(
        (one for one in words if named and area.holds(one.x, one.y)),
        key=lambda one: abs(one.y - named[0].y),
        default=None,
    )
    return Box(area=area, lines=() if title is None else title.lines, is_region=not named)


def _walk_all(placed: _Placed) -> Iterator[_Placed]:
    for child in placed.element:
        yield from _walk(child, placed.x, placed.y)


def _nodes(placed: tuple[_Placed, ...], words: tuple[_Words, ...]) -> Iterator[Node]:
    for one in placed:
        classes = frozenset(_class(one.element).split())
        if "node" not in classes or "statediagram-state" not in classes:
            continue
        rectangle = next((part for part in _walk_all(one) if _tag(part.element) == "rect"), None)
        if rectangle is None:
            continue
        area = rectangle.area()
        lines = tuple(line for word in words if area.holds(word.x, word.y) for line in word.lines)
        yield Node(
            area=area,
            classes=classes,
            lines=lines,
            has_inner_lines="title-state" in _class(rectangle.element).split(),
        )


def _dots(placed: tuple[_Placed, ...]) -> Iterator[Dot]:
    for one in placed:
        name = one.element.get("id", "")
        if _class(one.element) == "state-start":
            yield Dot(x=one.x, y=one.y, is_end=False)
        elif "node" in _class(one.element).split() and "_end-" in name:
            yield Dot(x=one.x, y=one.y, is_end=True)
