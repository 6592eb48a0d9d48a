"""Figures over days: what is left to do against the ideal line, and how many stood in each state."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.charts.canvas import WIDTH, Canvas, fitted, room_of, shade
from salespm_flow.draw.charts.scale import brief, days_between, ticks

_LEFT: Final = 56
_TOP: Final = 14
_WIDTH: Final = WIDTH - _LEFT - 4
_HEIGHT: Final = 200
_FOOT: Final = 56
_DAYS: Final = 5
# The names of bands stand below in two columns.
_COLUMN: Final = WIDTH / 2
_LINE: Final = 20
LEFT_TO_DO: Final = Bilingual("剩余", "left to do")
IDEAL: Final = Bilingual("理想", "ideal")

_Place = Callable[[date], float]
_Level = Callable[[float], float]


def burndown_chart(
    days: Sequence[date], remaining: Sequence[float], ideal: Sequence[float], *, title: str, language: Language
) -> str:
    """The SVG text; one figure of each series a day. The days are in order and at least one."""
    canvas = Canvas(WIDTH, _TOP + _HEIGHT + _FOOT, title=title, language=language)
    place, level = _axes(canvas, days, max((*remaining, *ideal), default=0), language)
    canvas.path([(place(day), level(value)) for day, value in zip(days, ideal, strict=True)], "c-aim", dashes="5 3")
    canvas.path([(place(day), level(value)) for day, value in zip(days, remaining, strict=True)], "c-way", width=2.5)
    entries = [("c-way", LEFT_TO_DO.of(language)), ("c-aim", IDEAL.of(language))]
    canvas.legend(_LEFT, _TOP + _HEIGHT + 44, entries)
    return canvas.svg()


def cumulative_chart(
    days: Sequence[date], bands: Mapping[str, Sequence[float]], *, title: str, language: Language
) -> str:
    """The SVG text; one band upon the other, the last named at the bottom, one figure of each a day."""
    foot = _TOP + _HEIGHT + 30
    canvas = Canvas(WIDTH, foot + (len(bands) + 1) // 2 * _LINE + 4, title=title, language=language)
    sums = [sum(values) for values in zip(*bands.values(), strict=True)] or [0.0]
    place, level = _axes(canvas, days, max(sums), language)
    lower = [0.0] * len(days)
    kinds = [shade(len(bands) - 2 - number, len(bands) - 1) for number in range(len(bands) - 1)] + ["c-good"]
    for kind, (name, values) in reversed(tuple(zip(kinds, bands.items(), strict=True))):
        upper = [low + value for low, value in zip(lower, values, strict=True)]
        top = [(place(day), level(value)) for day, value in zip(days, upper, strict=True)]
        bottom = [(place(day), level(value)) for day, value in zip(days, lower, strict=True)]
        canvas.polygon(top + bottom[::-1], kind, tip=name)
        lower = upper
    for number, (kind, name) in enumerate(zip(kinds, bands, strict=True)):
        x, y = number % 2 * _COLUMN, foot + number // 2 * _LINE
        canvas.rectangle(x, y, (12, 12), kind)
        canvas.text(x + 18, y + 11, fitted(name, _COLUMN - 24, 12), "c-faint", size=12)
    return canvas.svg()


def _axes(canvas: Canvas, days: Sequence[date], highest: float, language: Language) -> tuple[_Place, _Level]:
    """The lines and words of both axes are drawn; where a day and a value lie."""
    scale = ticks(highest)
    foot, length = _TOP + _HEIGHT, max((days[-1] - days[0]).days, 1)

    def place(day: date) -> float:
        return _LEFT + _WIDTH * (day - days[0]).days / length

    def level(value: float) -> float:
        return foot - _HEIGHT * value / scale[-1]

    for tick in scale:
        ends = [(_LEFT, level(tick)), (_LEFT + _WIDTH, level(tick))]
        canvas.path(ends, "c-grid" if tick else "c-axis", width=1)
        canvas.text(_LEFT - 8, level(tick) + 4, brief(tick, language), "c-faint", size=12, anchor="end")
    for day in days_between(days[0], days[-1], _DAYS):
        words = f"{day:%m-%d}" if days[0].year == days[-1].year else f"{day:%y-%m-%d}"
        x = min(max(place(day), _LEFT + room_of(words, 11) / 2), _LEFT + _WIDTH - room_of(words, 11) / 2)
        canvas.text(x, foot + 18, words, "c-faint", size=11, anchor="middle")
    return place, level
