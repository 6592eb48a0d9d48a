"""The few shapes that charts are made of, in SVG. Knows neither figures nor what a chart is about."""

from collections.abc import Sequence
from html import escape
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.plain import plain

# Every shape that tells something stands out from the page by at least 3 to 1, every word by 4.5 to 1; tracks and
# grids tell nothing.
# Classes of charts begin with `c-`: a page that holds several charts holds the style several times, to no harm.
STYLE: Final = """
svg text { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei",
  sans-serif; font-variant-numeric: tabular-nums; }
.c-strong { fill: #1f2430; } .c-faint { fill: #5d6675; }
.c-grid { stroke: #dfe3ea; } .c-axis { stroke: #8a93a3; } .c-track { fill: #eceff4; } .c-edge { stroke: #ffffff; }
.c-0 { fill: #12327c; } .c-1 { fill: #1f4fb8; } .c-2 { fill: #3a69d0; } .c-3 { fill: #5580e0; } .c-4 { fill: #6c8fe6; }
.c-good { fill: #2f8f5b; } .c-warn { fill: #b87a08; } .c-bad { fill: #c2413b; } .c-soft { fill: #6c8fe6; }
.c-aim { stroke: #b42318; fill: none; } .c-way { stroke: #1f4fb8; fill: none; } .c-spread { stroke: #1f2430; }
@media (prefers-color-scheme: dark) { @media screen {
.c-strong { fill: #eceff4; } .c-faint { fill: #a8b0bd; }
.c-grid { stroke: #333945; } .c-axis { stroke: #7d8797; } .c-track { fill: #2a2f3a; } .c-edge { stroke: #181c23; }
.c-0 { fill: #c3d6ff; } .c-1 { fill: #9dbcff; } .c-2 { fill: #7aa2f7; } .c-3 { fill: #5f8aea; } .c-4 { fill: #4f78d6; }
.c-good { fill: #56b884; } .c-warn { fill: #e0ac45; } .c-bad { fill: #ef7d74; } .c-soft { fill: #5f8aea; }
.c-aim { stroke: #ff8f85; } .c-way { stroke: #8fb4ff; } .c-spread { stroke: #eceff4; } } }
"""
SHADES: Final = 5
# All charts are as wide: on a phone of 360 points words of 12 then still are of about 10, and nothing scrolls.
WIDTH: Final = 420
# How wide a character is, in parts of the font's size: one of a Chinese text, any other.
_WIDE: Final = 1.0
_NARROW: Final = 0.58
_FIRST_WIDE: Final = 0x2E80


class Canvas:
    """A drawing of a fixed size that grows shape by shape; the later ones lie on top."""

    def __init__(self, width: float, height: float, *, title: str, language: Language) -> None:
        self.width, self.height = width, height
        self._title, self._language = title, language
        self._shapes: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        kind: str = "c-strong",
        *,
        size: float = 13,
        anchor: str = "start",
        weight: int = 400,
    ) -> None:
        """The words stand with their foot at `y`; `anchor` says which part of them is at `x`."""
        looks = f'class="{kind}" font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}"'
        self._shapes.append(f'<text x="{_n(x)}" y="{_n(y)}" {looks}>{escape(plain(words))}</text>')

    def rectangle(self, x: float, y: float, size: tuple[float, float], kind: str, *, tip: str = "") -> None:
        """A rectangle of that width and height; `tip` is shown to whoever points at it."""
        width, height = max(size[0], 0), max(size[1], 0)
        shape = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{_n(min(3, width / 2))}"'
        self._shapes.append(f'<rect {shape} class="{kind}">{_tip(tip)}</rect>')

    def polygon(self, points: Sequence[tuple[float, float]], kind: str, *, tip: str = "") -> None:
        """A filled shape with these corners; an edge of the page's colour sets it off from those beside it."""
        kind = f"{kind} c-edge"
        self._shapes.append(f'<polygon points="{_points(points)}" class="{kind}">{_tip(tip)}</polygon>')

    def path(self, points: Sequence[tuple[float, float]], kind: str, *, width: float = 2, dashes: str = "") -> None:
        """A line through these points."""
        looks = f'stroke-width="{width:g}" fill="none"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
        self._shapes.append(f'<polyline points="{_points(points)}" class="{kind}" {looks}/>')

    def legend(self, x: float, y: float, entries: Sequence[tuple[str, str]]) -> None:
        """A row of colours with what they mean; `c-aim` and `c-way` are lines."""
        for kind, words in entries:
            if kind in {"c-aim", "c-way"}:
                self.path([(x, y - 4), (x + 16, y - 4)], kind, dashes="5 3" if kind == "c-aim" else "")
            else:
                self.rectangle(x, y - 11, (14, 14), kind)
            self.text(x + 22, y, words, "c-faint", size=12)
            x += 22 + room_of(words, 12) + 20

    def svg(self) -> str:
        """The whole drawing; it shrinks with the page and never grows beyond its size."""
        named = f'role="img" lang="{self._language.value}" aria-label="{escape(plain(self._title))}"'
        size = f'viewBox="0 0 {_n(self.width)} {_n(self.height)}" width="{_n(self.width)}" height="{_n(self.height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>'
        style = f"<style>{STYLE}</style>"
        return "\n".join((head, f"<title>{escape(plain(self._title))}</title>", style, *self._shapes, "</svg>")) + "\n"


def room_of(words: str, size: float) -> float:
    """About how wide the words are; wide characters count as wide as the font is high."""
    return sum(_WIDE if ord(character) >= _FIRST_WIDE else _NARROW for character in words) * size


def fitted(words: str, room: float, size: float) -> str:
    """The words as far as they fit into the room, with a sign where something is left out."""
    if room_of(words, size) <= room:
        return words
    kept = words
    while kept and room_of(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def shade(place: int, count: int) -> str:
    """The class of one of several things that follow each other, from dark to light."""
    return f"c-{min(SHADES - 1, round(place * (SHADES - 1) / max(count - 1, 1)))}"


def _n(value: float) -> str:
    """To the hundredth: more is noise that differs between machines."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _tip(words: str) -> str:
    return f"<title>{escape(plain(words))}</title>" if words else ""
