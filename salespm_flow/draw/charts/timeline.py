"""A timeline: one row for each state, a bar for each stay in it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.charts.canvas import Canvas, fitted, room_of
from salespm_flow.draw.charts.scale import days_between
from salespm_flow.nouns import dataclass

_LEFT: Final = 170
_WIDTH: Final = 470
_ROW: Final = 26
_HEAD: Final = 8
_FOOT: Final = 30
_LEAST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stay: in which row, from when to when, in words how long; `is_running` for one that is not over."""

    row: str
    start: datetime
    end: datetime
    told: str
    is_running: bool = False


def timeline(bars: Sequence[Bar], *, title: str, language: Language) -> str:
    """The SVG text; the rows in the order in which their first bars are given."""
    rows = list(dict.fromkeys(bar.row for bar in bars))
    foot = _HEAD + len(rows) * _ROW
    canvas = Canvas(_LEFT + _WIDTH + 90, foot + _FOOT, title=title, language=language)
    if not bars:
        return canvas.svg()
    first, last = min(bar.start for bar in bars), max(bar.end for bar in bars)
    whole = max((last - first).total_seconds(), 1.0)

    def place(moment: datetime) -> float:
        return _LEFT + _WIDTH * (moment - first).total_seconds() / whole

    for number, row in enumerate(rows):
        y = _HEAD + number * _ROW
        canvas.rectangle(_LEFT, y + 4, (_WIDTH, _ROW - 8), "c-track")
        canvas.text(_LEFT - 12, y + 18, fitted(row, _LEFT - 20, 13), anchor="end")
    told: dict[str, tuple[float, str]] = {}
    for bar in bars:
        y = _HEAD + rows.index(bar.row) * _ROW
        width = max(place(bar.end) - place(bar.start), _LEAST)
        kind = "c-1" if bar.is_running else "c-3"
        canvas.rectangle(place(bar.start), y + 4, (width, _ROW - 8), kind, tip=f"{bar.row}: {bar.told}")
        told[bar.row] = (place(bar.start) + width, bar.told)
    for row, (x, words) in told.items():
        canvas.text(x + 6, _HEAD + rows.index(row) * _ROW + 17, words, "c-faint", size=11)
    _days(canvas, first.date(), last.date(), foot)
    return canvas.svg()


def _days(canvas: Canvas, first: date, last: date, foot: float) -> None:
    length = max((last - first).days, 1)
    for day in days_between(first, last, 5):
        x = _LEFT + _WIDTH * (day - first).days / length
        canvas.path([(x, _HEAD), (x, foot)], "c-grid", width=1)
        words = f"{day:%m-%d}" if first.year == last.year else f"{day:%y-%m-%d}"
        x = min(max(x, _LEFT + room_of(words, 11) / 2), _LEFT + _WIDTH - room_of(words, 11) / 2)
        canvas.text(x, foot + 18, words, "c-faint", size=11, anchor="middle")
