"""A filled scorecard: a bar for the points of each criterion, and where its target lies."""

from collections.abc import Sequence
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.charts.canvas import Canvas, fitted
from salespm_flow.nouns import dataclass

_LEFT: Final = 210
_WIDTH: Final = 300
_ROW: Final = 30
_HEAD: Final = 8
_FOOT: Final = 34
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
    canvas = Canvas(_LEFT + _WIDTH + 150, foot + _FOOT, title=title, language=language)
    for place, bar in enumerate(bars):
        y = _HEAD + place * _ROW
        canvas.text(_LEFT - 12, y + 20, fitted(bar.title, _LEFT - 18, 13), anchor="end")
        canvas.rectangle(_LEFT, y + 6, (_WIDTH, _ROW - 12), "c-track")
        if bar.points is not None:
            width = max(_WIDTH * bar.points / _MOST, 2)
            canvas.rectangle(_LEFT, y + 6, (width, _ROW - 12), _kind(bar.points), tip=f"{bar.title}: {bar.told}")
        words = bar.told if bar.points is not None else _ABSENT.of(language)
        canvas.text(_LEFT + _WIDTH + 10, y + 20, fitted(words, 136, 12), "c-faint", size=12)
    x = _LEFT + _WIDTH * _AT_TARGET / _MOST
    canvas.path([(x, _HEAD), (x, foot)], "c-aim", dashes="5 3")
    canvas.text(x, foot + 18, _TARGET.of(language), "c-faint", size=11, anchor="middle")
    return canvas.svg()


def _kind(points: float) -> str:
    if points >= _AT_TARGET:
        return "c-good"
    return "c-warn" if points > 0 else "c-bad"
