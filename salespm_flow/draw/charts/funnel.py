"""A funnel: how many reached each stage, the widest on top, with what went on from each."""

from collections.abc import Sequence
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.charts.canvas import WIDTH, Canvas, fitted, shade
from salespm_flow.nouns import dataclass

_FUNNEL: Final = 170
_STEP: Final = 46
_GAP: Final = 5
_NARROWEST: Final = 6
_WORDS: Final = _FUNNEL + 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStage:
    """A stage: how many reached it, and in words what else is told of it."""

    title: str
    count: int
    told: str


def funnel(stages: Sequence[FunnelStage], *, title: str, language: Language) -> str:
    """The SVG text. Each stage is as wide as it is large, and leads to the width of the next."""
    canvas = Canvas(WIDTH, len(stages) * _STEP + 8, title=title, language=language)
    widest = max((stage.count for stage in stages), default=0) or 1
    widths = [max(_FUNNEL * stage.count / widest, _NARROWEST) for stage in stages]
    middle, room = _FUNNEL / 2 + 4, WIDTH - _WORDS
    for place, stage in enumerate(stages):
        top, bottom = place * _STEP + 4, (place + 1) * _STEP + 4 - _GAP
        upper = widths[place] / 2
        lower = min(widths[place + 1] if place + 1 < len(stages) else widths[place] * 0.9, widths[place]) / 2
        corners = [(middle - upper, top), (middle + upper, top), (middle + lower, bottom), (middle - lower, bottom)]
        canvas.polygon(corners, shade(place, len(stages)), tip=f"{stage.title}: {stage.count}")
        canvas.text(_WORDS, top + 17, fitted(stage.title, room, 14), size=14, weight=600)
        canvas.text(_WORDS, top + 35, fitted(f"{stage.count:,} · {stage.told}", room, 12), "c-faint", size=12)
    return canvas.svg()
