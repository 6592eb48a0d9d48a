"""Draws a risk matrix as a heat map in SVG that needs nothing else: no script, no font file, light and dark."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.model.risk_matrix import Cell, RiskMatrix

_CELL_WIDTH: Final = 104
_CELL_HEIGHT: Final = 64
_GAP: Final = 3
_LEFT: Final = 118
_TOP: Final = 64
_FOOT: Final = 136
_RIGHT: Final = 24
_LEGEND: Final = 120
_NARROWEST: Final = 480
# From harmless to worst: hues that those who confuse red and green tell apart by lightness too.
_HEAT: Final = ("#bfe3c4", "#fbe7a1", "#f6b26b", "#c9453f", "#8a2338")
_INK: Final = ("#16391d", "#4a3a00", "#4d2600", "#ffffff", "#ffffff")
_STYLE: Final = """
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
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    named = f'role="img" lang="{language.value}" aria-label="{escape(heading)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        f"<title>{escape(heading)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}" rx="8"/>',
        _text(24, 38, heading, "strong", size=18, weight=600),
        *_axes(matrix, language),
        *(line for number, row in enumerate(matrix.rows) for line in _row(number, row, len(matrix.levels))),
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
    width = top = 0
    for matrix, title in matrices:
        parts.append(risk_matrix(matrix, language, title).replace("<svg ", f'<svg y="{top}" ', 1))
        wide, high = _size(matrix)
        width, top = max(width, wide), top + high + _TOP // 2
    height = max(top - _TOP // 2, 0)
    label = escape(Bilingual("、", ", ").of(language).join(title.of(language) for _, title in matrices))
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="{language.value}" aria-label="{label}">'
    style = f'<style>{_STYLE}</style>\n<rect class="page" width="{width}" height="{height}" rx="8"/>'
    return "\n".join((head, style, *parts, "</svg>")) + "\n"


def _size(matrix: RiskMatrix) -> tuple[int, int]:
    """How wide and high the picture of the matrix is."""
    needed = _LEFT + len(matrix.impacts) * _CELL_WIDTH + _RIGHT
    width = max(needed, _LEFT + len(matrix.levels) * _LEGEND, _NARROWEST)
    return width, _TOP + len(matrix.rows) * _CELL_HEIGHT + _FOOT


def _axes(matrix: RiskMatrix, language: Language) -> Iterator[str]:
    rows, columns = len(matrix.rows), len(matrix.impacts)
    bottom = _TOP + rows * _CELL_HEIGHT
    middle = _TOP + rows * _CELL_HEIGHT / 2
    if language is Language.ZH:
        # Upright, one below the other: turned characters are hard to read.
        for place, character in enumerate(_PROBABILITY.zh):
            yield _text(32, middle - 4 + place * 20, character, "faint", anchor="middle")
    else:
        turned = f' transform="rotate(-90 36 {middle:g})"'
        yield _text(36, middle, _PROBABILITY.en, "faint", anchor="middle", more=turned)
    for number, row in enumerate(matrix.rows):
        step = row[0].probability
        y = _TOP + number * _CELL_HEIGHT + _CELL_HEIGHT / 2
        yield _text(_LEFT - 56, y + 5, str(step), "strong", size=14, anchor="end", weight=600)
        yield _text(_LEFT - 12, y + 5, f"{matrix.probabilities[step] * 100:.0f}%", "faint", anchor="end")
    for number, step in enumerate(sorted(matrix.impacts)):
        x = _LEFT + number * _CELL_WIDTH + _CELL_WIDTH / 2
        yield _text(x, bottom + 22, str(step), "strong", size=14, anchor="middle", weight=600)
        yield _text(x, bottom + 40, _short(matrix.impacts[step].of(language)), "faint", size=12, anchor="middle")
    middle = _LEFT + columns * _CELL_WIDTH / 2
    yield _text(middle, bottom + 64, _IMPACT.of(language), "faint", anchor="middle")


def _short(text: str) -> str:
    """The text as far as a column holds it; a wide character takes the room of two."""
    room, kept = 15, ""
    for character in text:
        room -= 1 if character.isascii() else 2
        if room < 0:
            return f"{kept}…"
        kept += character
    return kept


def _row(number: int, cells: tuple[Cell, ...], levels: int) -> Iterator[str]:
    y = _TOP + number * _CELL_HEIGHT
    for column, cell in enumerate(cells):
        x = _LEFT + column * _CELL_WIDTH
        heat, ink = _colours(cell.rank, levels)
        named = "\n".join((f"{cell.level} {cell.score}", *cell.risks))
        yield f"<g><title>{escape(named)}</title>"
        yield (
            f'<rect x="{x}" y="{y}" width="{_CELL_WIDTH - _GAP}" height="{_CELL_HEIGHT - _GAP}" rx="5" fill="{heat}"/>'
        )
        middle = x + (_CELL_WIDTH - _GAP) / 2
        if cell.count:
            yield _text(middle, y + 39, str(cell.count), "", size=24, anchor="middle", weight=700, fill=ink)
        yield _text(x + _CELL_WIDTH - 12, y + 18, str(cell.score), "", size=11, anchor="end", fill=ink)
        yield "</g>"


def _legend(matrix: RiskMatrix, language: Language) -> Iterator[str]:
    y = _TOP + len(matrix.rows) * _CELL_HEIGHT + 88
    step = max(_LEGEND, len(matrix.impacts) * _CELL_WIDTH / max(1, len(matrix.levels)))
    for rank, level in enumerate(matrix.levels):
        x = _LEFT + rank * step
        heat, _ = _colours(rank, len(matrix.levels))
        count = matrix.count(level.id)
        said = Bilingual(f"{count} 项", f"{count} risk{'' if count == 1 else 's'}").of(language)
        yield f'<rect x="{x:g}" y="{y}" width="14" height="14" rx="3" fill="{heat}"/>'
        words = f"{_short(level.id)} {level.lowest}–{level.highest}"
        yield _text(x + 22, y + 12, words, "strong", size=13)
        yield _text(x + 22, y + 28, said, "faint", size=12)


def _colours(rank: int, levels: int) -> tuple[str, str]:
    """The colour of a level and the ink upon it; the worst level is always the worst colour but one, or the worst."""
    last = min(len(_HEAT) - 1, max(levels - 1, 1))
    place = rank if levels <= len(_HEAT) else round(rank * last / (levels - 1))
    return _HEAT[place], _INK[place]


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
        f"{escape(words)}</text>"
    )
