"""A filled scorecard: a bar for the points of each criterion, and where its target lies."""

from collections.abc import Sequence
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.charts.canvas import WIDTH, Canvas, fitted, room_of
from salespm_flow.nouns import dataclass

_ROW: Final = 42
_BAR: Final = 14
_HEAD: Final = 4
_FOOT: Final = 26
_GAP: Final = 12
_MOST: Final = 120.0
_AT_TARGET: Final = 100.0
_ABSENT: Final = Bilingual("无数据", "n/a")
_TARGET: Final = Bilingual("目标 100 分", "target: 100 points")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBar:
    """A criterion with its points of at most 120, None where there is no figure; `told` stands behind the bar."""

    title: str
    points: float | None
    told: str


def score_bars(bars: Sequence[ScoreBar], *, title: str, language: Language) -> str:
    """The SVG text."""
    foot = _HEAD + len(bars) * _ROW
    canvas = Canvas(WIDTH, foot + _FOOT, title=title, language=language)
    for place, bar in enumerate(bars):
        y = _HEAD + place * _ROW
        words = fitted(bar.told if bar.points is not None else _ABSENT.of(language), WIDTH / 2, 12)
        canvas.text(0, y + 15, fitted(bar.title, WIDTH - room_of(words, 12) - _GAP, 13))
        canvas.text(WIDTH, y + 15, words, "c-faint", size=12, anchor="end")
        canvas.rectangle(0, y + 21, (WIDTH, _BAR), "c-track")
        if bar.points is not None:
            width = max(WIDTH * bar.points / _MOST, 2)
            canvas.rectangle(0, y + 21, (width, _BAR), _kind(bar.points), tip=f"{bar.title}: {bar.told}")
    x = WIDTH * _AT_TARGET / _MOST
    for place in range(len(bars)):
        y = _HEAD + place * _ROW
        canvas.path([(x, y + 18), (x, y + 24 + _BAR)], "c-spread")
    canvas.text(x, foot + 16, _TARGET.of(language), "c-faint", size=12, anchor="middle")
    return canvas.svg()


def _kind(points: float) -> str:
    if points >= _AT_TARGET:
        return "c-good"
    return "c-warn" if points > 0 else "c-bad"
