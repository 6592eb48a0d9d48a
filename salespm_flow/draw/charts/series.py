"""Figures over days: what is left to do against the ideal line, and how many stood in each state."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.charts.canvas import Canvas, fitted, room_of, shade
from salespm_flow.draw.charts.scale import brief, days_between, ticks

_LEFT: Final = 64
_TOP: Final = 14
_WIDTH: Final = 520
_HEIGHT: Final = 210
_FOOT: Final = 56
_SIDE: Final = 150
LEFT_TO_DO: Final = Bilingual("剩余", "left to do")
IDEAL: Final = Bilingual("理想", "ideal")

_Place = Callable[[date], float]
_Level = Callable[[float], float]


def burndown_chart(
    days: Sequence[date], remaining: Sequence[float], ideal: Sequence[float], *, title: str, language: Language
) -> str:
    """The SVG text; one figure of each series a day. The days are in order and at least one."""
    canvas = Canvas(_LEFT + _WIDTH + 20, _TOP + _HEIGHT + _FOOT, title=title, language=language)
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
    height = max(_HEIGHT, len(bands) * 19)
    canvas = Canvas(_LEFT + _WIDTH + _SIDE, _TOP + height + _FOOT - 24, title=title, language=language)
    sums = [sum(values) for values in zip(*bands.values(), strict=True)] or [0.0]
    place, level = _axes(canvas, days, max(sums), language, height=height)
    lower = [0.0] * len(days)
    for number, (name, values) in enumerate(reversed(tuple(bands.items()))):
        upper = [low + value for low, value in zip(lower, values, strict=True)]
        top = [(place(day), level(value)) for day, value in zip(days, upper, strict=True)]
        bottom = [(place(day), level(value)) for day, value in zip(days, lower, strict=True)]
        kind = "c-good" if number == 0 else shade(number - 1, len(bands) - 1)
        canvas.polygon(top + bottom[::-1], kind, tip=name)
        y = _TOP + height - number * 19 - 4
        canvas.rectangle(_LEFT + _WIDTH + 14, y - 10, (12, 12), kind)
        canvas.text(_LEFT + _WIDTH + 32, y, fitted(name, _SIDE - 36, 12), "c-faint", size=12)
        lower = upper
    return canvas.svg()


def _axes(
    canvas: Canvas, days: Sequence[date], highest: float, language: Language, *, height: float = _HEIGHT
) -> tuple[_Place, _Level]:
    """The lines and words of both axes are drawn; where a day and a value lie."""
    scale = ticks(highest)
    foot, length = _TOP + height, max((days[-1] - days[0]).days, 1)

    def place(day: date) -> float:
        return _LEFT + _WIDTH * (day - days[0]).days / length

    def level(value: float) -> float:
        return foot - height * value / scale[-1]

    for tick in scale:
        ends = [(_LEFT, level(tick)), (_LEFT + _WIDTH, level(tick))]
        canvas.path(ends, "c-grid" if tick else "c-axis", width=1)
        canvas.text(_LEFT - 8, level(tick) + 4, brief(tick, language), "c-faint", size=12, anchor="end")
    for day in days_between(days[0], days[-1]):
        words = f"{day:%m-%d}" if days[0].year == days[-1].year else f"{day:%y-%m-%d}"
        x = min(max(place(day), _LEFT + room_of(words, 11) / 2), _LEFT + _WIDTH - room_of(words, 11) / 2)
        canvas.text(x, foot + 18, words, "c-faint", size=11, anchor="middle")
    return place, level
