"""Draws a risk matrix as a heat map in SVG that needs nothing else: no script, no font file, light and dark."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.charts.canvas import fitted, room_of
from salespm_flow.draw.plain import plain
from salespm_flow.model.risk_matrix import Cell, RiskMatrix

# As wide as charts are, so that words can be read on a phone too; alone it is shown larger.
_CELL_WIDTH: Final = 66
_CELL_HEIGHT: Final = 50
_GAP: Final = 3
_LEFT: Final = 88
_TOP: Final = 52
_FOOT: Final = 84
_RIGHT: Final = 2
_LEGEND: Final = 164
_LEGEND_HEIGHT: Final = 38
_ENTRIES: Final = 2
_NARROWEST: Final = 420
_ALONE: Final = 1.5
# A count of more digits is written smaller.
_DIGITS: Final = 3
# From harmless to worst: hues that those who confuse red and green tell apart by lightness too. Ink and edge go with
# each: the ink is read upon it at 4.5 to 1 or more, the edge stands out from light and dark pages at 3 to 1.
HEAT: Final = ("#bfe3c4", "#fbe7a1", "#f6b26b", "#c9453f", "#8a2338")
INK: Final = ("#16391d", "#4a3a00", "#4d2600", "#ffffff", "#ffffff")
EDGE: Final = ("#4c8f58", "#8f7a1e", "#a8672a", "#b5504a", "#a04a5c")
STYLE: Final = """
text { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif; }
.page { fill: #ffffff; } .strong { fill: #1f2430; } .faint { fill: #5d6675; }
@media (prefers-color-scheme: dark) { .page { fill: #16181d; } .strong { fill: #eceff4; } .faint { fill: #a5adba; } }
"""
_PROBABILITY: Final = Bilingual("概率", "Probability")
_IMPACT: Final = Bilingual("影响", "Impact")


def risk_matrix(matrix: RiskMatrix, language: Language, title: Bilingual | None = None) -> str:
    """The SVG text; each cell carries how many risks lie in it, and names them to whoever points at it."""
    width, height = _size(matrix)
    heading = (title or matrix.title).of(language)
    size = f'viewBox="0 0 {width} {height}" width="{width * _ALONE:g}" height="{height * _ALONE:g}"'
    named = f'role="img" lang="{language.value}" aria-label="{escape(plain(heading))}"'
    titles = {level.id: level.title.of(language) for level in matrix.levels}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        f"<title>{escape(plain(heading))}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}" rx="8"/>',
        _text(8, 30, fitted(heading, width - 16, 17), "strong", size=17, weight=600),
        *_axes(matrix, language),
        *(line for number, row in enumerate(matrix.rows) for line in _row(number, row, titles)),
        *_legend(matrix, language),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def risk_matrices(matrices: Sequence[tuple[RiskMatrix, Bilingual]], language: Language) -> str:
    """The SVG text of several matrices with their titles, one below the other; of one that matrix alone."""
    if len(matrices) == 1:
        ((matrix, title),) = matrices
        return risk_matrix(matrix, language, title)
    parts: list[str] = []
    width = top = 0.0
    for matrix, title in matrices:
        parts.append(risk_matrix(matrix, language, title).replace("<svg ", f'<svg y="{top:g}" ', 1))
        wide, high = (side * _ALONE for side in _size(matrix))
        width, top = max(width, wide), top + high + _TOP // 2
    height = max(top - _TOP // 2, 0)
    label = escape(plain(Bilingual("、", ", ").of(language).join(title.of(language) for _, title in matrices)))
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="{language.value}" aria-label="{label}">'
    style = f'<style>{STYLE}</style>\n<rect class="page" width="{width:g}" height="{height:g}" rx="8"/>'
    return "\n".join((head, style, *parts, "</svg>")) + "\n"


def _size(matrix: RiskMatrix) -> tuple[int, int]:
    """How wide and high the picture of the matrix is."""
    lines = (len(matrix.levels) + _ENTRIES - 1) // _ENTRIES
    width = max(_LEFT + len(matrix.impacts) * _CELL_WIDTH + _RIGHT, _NARROWEST)
    return width, _TOP + len(matrix.rows) * _CELL_HEIGHT + _FOOT + lines * _LEGEND_HEIGHT


def _axes(matrix: RiskMatrix, language: Language) -> Iterator[str]:
    rows, columns = len(matrix.rows), len(matrix.impacts)
    bottom = _TOP + rows * _CELL_HEIGHT
    middle = _TOP + rows * _CELL_HEIGHT / 2
    if language is Language.ZH:
        # Upright, one below the other: turned characters are hard to read.
        for place, character in enumerate(_PROBABILITY.zh):
            yield _text(14, middle - 4 + place * 20, character, "faint", anchor="middle")
    else:
        turned = f' transform="rotate(-90 14 {middle:g})"'
        yield _text(14, middle, _PROBABILITY.en, "faint", anchor="middle", more=turned)
    for number, row in enumerate(matrix.rows):
        step = row[0].probability
        y = _TOP + number * _CELL_HEIGHT + _CELL_HEIGHT / 2
        yield _text(_LEFT - 46, y + 5, str(step), "strong", size=14, anchor="end", weight=600)
        yield _text(_LEFT - 8, y + 5, f"{matrix.probabilities[step] * 100:.0f}%", "faint", size=12, anchor="end")
    for number, step in enumerate(sorted(matrix.impacts)):
        x = _LEFT + number * _CELL_WIDTH + (_CELL_WIDTH - _GAP) / 2
        yield _text(x, bottom + 18, str(step), "strong", size=14, anchor="middle", weight=600)
        for place, words in enumerate(_lines(matrix.impacts[step].of(language))):
            yield _text(x, bottom + 34 + place * 15, words, "faint", size=12, anchor="middle")
    middle = _LEFT + columns * _CELL_WIDTH / 2
    yield _text(middle, bottom + 70, _IMPACT.of(language), "faint", anchor="middle")


def _lines(text: str) -> tuple[str, ...]:
    """The text on one or two lines of a column, as far as they hold it; English is parted between words."""
    if room_of(text, 12) <= _CELL_WIDTH:
        return (text,)
    first, _, rest = text.partition(" ")
    if rest and room_of(first, 12) <= _CELL_WIDTH:
        return (first, fitted(rest, _CELL_WIDTH, 12))
    hyphen = "-" if text.isascii() else ""
    kept = next(place for place in range(len(text), 0, -1) if room_of(text[:place] + hyphen, 12) <= _CELL_WIDTH)
    return (text[:kept] + hyphen, fitted(text[kept:], _CELL_WIDTH, 12))


def _row(number: int, cells: tuple[Cell, ...], titles: Mapping[str, str]) -> Iterator[str]:
    levels = len(titles)
    y = _TOP + number * _CELL_HEIGHT
    for column, cell in enumerate(cells):
        x = _LEFT + column * _CELL_WIDTH
        place = _place(cell.rank, levels)
        named = "\n".join(map(plain, (f"{titles[cell.level]} {cell.score}", *cell.risks)))
        yield f"<g><title>{escape(named)}</title>"
        size = f'width="{_CELL_WIDTH - _GAP}" height="{_CELL_HEIGHT - _GAP}"'
        yield f'<rect x="{x}" y="{y}" {size} rx="5" fill="{HEAT[place]}" stroke="{EDGE[place]}"/>'
        middle = x + (_CELL_WIDTH - _GAP) / 2
        if cell.count:
            count = str(cell.count)
            size_of_count = 20 if len(count) <= _DIGITS else 15
            yield _text(middle, y + 36, count, "", size=size_of_count, anchor="middle", weight=700, fill=INK[place])
        yield _text(x + _CELL_WIDTH - 9, y + 15, str(cell.score), "", size=11, anchor="end", fill=INK[place])
        yield "</g>"


def _legend(matrix: RiskMatrix, language: Language) -> Iterator[str]:
    top = _TOP + len(matrix.rows) * _CELL_HEIGHT + _FOOT
    for rank, level in enumerate(matrix.levels):
        x, y = _LEFT + rank % _ENTRIES * _LEGEND, top + rank // _ENTRIES * _LEGEND_HEIGHT
        place = _place(rank, len(matrix.levels))
        count = matrix.count(level.id)
        said = Bilingual(f"{count:,} 项", f"{count:,} risk{'' if count == 1 else 's'}").of(language)
        yield (f'<rect x="{x}" y="{y}" width="14" height="14" rx="3" fill="{HEAT[place]}" stroke="{EDGE[place]}"/>')
        band = f" {level.lowest}–{level.highest}"
        title = fitted(level.title.of(language), _LEGEND - 26 - room_of(band, 13), 13)
        yield _text(x + 22, y + 12, title + band, "strong", size=13)
        yield _text(x + 22, y + 28, said, "faint", size=12)


def _place(rank: int, levels: int) -> int:
    """Which of the colours a level has; the worst level always has the worst but one, or the worst."""
    last = min(len(HEAT) - 1, max(levels - 1, 1))
    return rank if levels <= len(HEAT) else round(rank * last / (levels - 1))


def _text(
    x: float,
    y: float,
    words: str,
    kind: str,
    *,
    size: int = 13,
    anchor: str = "start",
    weight: int = 400,
    fill: str = "",
    more: str = "",
) -> str:
    looks = f'fill="{fill}"' if fill else f'class="{kind}"'
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" {looks}{more}>'
        f"{escape(plain(words))}</text>"
    )
