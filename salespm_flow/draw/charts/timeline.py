"""A timeline: one row for each state, a bar for each stay in it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.charts.canvas import WIDTH, Canvas, fitted, room_of
from salespm_flow.draw.charts.scale import days_between
from salespm_flow.nouns import dataclass

_ROW: Final = 36
_BAR: Final = 12
_HEAD: Final = 4
_GAP: Final = 12
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
    canvas = Canvas(WIDTH, foot + _FOOT, title=title, language=language)
    if not bars:
        return canvas.svg()
    first, last = min(bar.start for bar in bars), max(bar.end for bar in bars)
    whole = max((last - first).total_seconds(), 1.0)

    def place(moment: datetime) -> float:
        return WIDTH * (moment - first).total_seconds() / whole

    told = {bar.row: bar.told for bar in bars}
    for number, row in enumerate(rows):
        y = _HEAD + number * _ROW
        words = fitted(told[row], WIDTH / 2, 12)
        canvas.text(0, y + 14, fitted(row, WIDTH - room_of(words, 12) - _GAP, 13))
        canvas.text(WIDTH, y + 14, words, "c-faint", size=12, anchor="end")
        canvas.rectangle(0, y + 19, (WIDTH, _BAR), "c-track")
    _days(canvas, first.date(), last.date(), foot)
    for bar in bars:
        y = _HEAD + rows.index(bar.row) * _ROW
        width = max(place(bar.end) - place(bar.start), _LEAST)
        left = min(place(bar.start), WIDTH - width)
        kind = "c-0" if bar.is_running else "c-4"
        canvas.rectangle(left, y + 19, (width, _BAR), kind, tip=f"{bar.row}: {bar.told}")
    return canvas.svg()


def _days(canvas: Canvas, first: date, last: date, foot: float) -> None:
    length = max((last - first).days, 1)
    for day in days_between(first, last, 5):
        x = WIDTH * (day - first).days / length
        canvas.path([(x, _HEAD), (x, foot)], "c-grid", width=1)
        words = f"{day:%m-%d}" if first.year == last.year else f"{day:%y-%m-%d}"
        x = min(max(x, room_of(words, 11) / 2), WIDTH - room_of(words, 11) / 2)
        canvas.text(x, foot + 18, words, "c-faint", size=11, anchor="middle")
