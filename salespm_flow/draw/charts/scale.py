"""Axes: round steps for amounts, few words for large numbers, days at even distances."""

import math
from datetime import date, timedelta
from typing import Final

from salespm_flow.diagnostics import Language

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
# What is less than this is nothing on a chart of any size.
_NOTHING: Final = 1e-9
_ZH: Final = ((1e8, "亿"), (1e4, "万"))
_EN: Final = ((1e9, "B"), (1e6, "M"), (1e3, "K"))


def ticks(highest: float, count: int = 4) -> tuple[float, ...]:
    """Round values from nothing to at least the highest, about as many steps as `count`."""
    if highest < _NOTHING:
        return (0.0, 1.0)
    rough = highest / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * one for one in _STEPS if power * one >= rough * 0.999)
    return tuple(step * place for place in range(math.ceil(highest / step * 0.999) + 1))


def brief(value: float, language: Language) -> str:
    """A large number in few characters: 1.2M, 120万."""
    for size, word in _ZH if language is Language.ZH else _EN:
        if abs(value) >= size:
            return f"{_plain(value / size)}{word}"
    return _plain(value)


def days_between(first: date, last: date, count: int = 6) -> tuple[date, ...]:
    """At most `count` days from the first to the last at even distances, both ends among them."""
    whole = max((last - first).days, 1)
    steps = min(count - 1, whole)
    return tuple(first + timedelta(days=round(whole * place / steps)) for place in range(steps + 1))


def _plain(value: float) -> str:
    text = f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"  # noqa: PLR2004 -- three digits say enough
    return text.removesuffix(".0")
