"""Bars of what is won and what will probably come, period by period, with the spread and the target."""

from collections.abc import Sequence
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.charts.canvas import WIDTH, Canvas, fitted
from salespm_flow.draw.charts.scale import brief, ticks
from salespm_flow.nouns import dataclass

_LEFT: Final = 56
_TOP: Final = 16
_HEIGHT: Final = 220
_FOOT: Final = 66
_WIDEST: Final = 88
_ROOM: Final = WIDTH - _LEFT - 4
WON: Final = Bilingual("已赢单", "won")
COMING: Final = Bilingual("预计还有", "probably to come")
SPREAD: Final = Bilingual("竖线：P10 至 P90", "upright line: P10 to P90")
TARGET: Final = Bilingual("目标", "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastBar:
    """One period: what is won, what it will probably come to in all, and between which sums with a chance of 80 %."""

    label: str
    won: float
    mean: float
    low: float
    high: float
    target: float | None = None


def forecast_bars(bars: Sequence[ForecastBar], *, title: str, language: Language) -> str:
    """The SVG text."""
    canvas = Canvas(WIDTH, _TOP + _HEIGHT + _FOOT, title=title, language=language)
    band = min(_ROOM / max(len(bars), 1), _WIDEST)
    bar_width = band / 2
    scale = ticks(max((max(bar.high, bar.mean, bar.target or 0) for bar in bars), default=0))
    foot, highest = _TOP + _HEIGHT, scale[-1]

    def level(value: float) -> float:
        return foot - _HEIGHT * value / highest

    for tick in scale:
        canvas.path([(_LEFT, level(tick)), (WIDTH - 4, level(tick))], "c-grid" if tick else "c-axis", width=1)
        canvas.text(_LEFT - 8, level(tick) + 4, brief(tick, language), "c-faint", size=12, anchor="end")
    for place, bar in enumerate(bars):
        middle = _LEFT + place * band + band / 2
        left = middle - bar_width / 2
        canvas.rectangle(left, level(bar.mean), (bar_width, level(bar.won) - level(bar.mean)), "c-soft", tip=_tip(bar))
        canvas.rectangle(left, level(bar.won), (bar_width, foot - level(bar.won)), "c-good", tip=_tip(bar))
        if bar.high > bar.low:
            canvas.path([(middle, level(bar.low)), (middle, level(bar.high))], "c-spread")
            for end in (bar.low, bar.high):
                canvas.path([(middle - 6, level(end)), (middle + 6, level(end))], "c-spread")
        if bar.target is not None:
            ends = [(middle - band / 2 + 4, level(bar.target)), (middle + band / 2 - 4, level(bar.target))]
            canvas.path(ends, "c-aim", dashes="5 3")
        canvas.text(middle, foot + 18, fitted(bar.label, band - 2, 11), "c-faint", size=11, anchor="middle")
    entries = [("c-good", WON.of(language)), ("c-soft", COMING.of(language))]
    if any(bar.target is not None for bar in bars):
        entries.append(("c-aim", TARGET.of(language)))
    canvas.legend(_LEFT, foot + 38, entries)
    canvas.text(_LEFT, foot + 59, SPREAD.of(language), "c-faint", size=12)
    return canvas.svg()


def _tip(bar: ForecastBar) -> str:
    return f"{bar.label}: {bar.won:,.0f} / {bar.mean:,.0f} ({bar.low:,.0f}–{bar.high:,.0f})"
