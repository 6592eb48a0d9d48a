"""A workflow drawn in every form there is: texts of two notations, and pictures. Each form is one entry of `FORMS`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import log
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.dot import dot
from salespm_flow.draw.layout import Layout, layout_of
from salespm_flow.draw.marks import NO_MARKS, Marks
from salespm_flow.draw.mermaid import Direction, mermaid
from salespm_flow.draw.raster import png
from salespm_flow.draw.sketch import sketch_of
from salespm_flow.draw.state_picture import Picture, state_picture
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass

# The library measures Latin letters as one narrow font has them; with room for larger ones, those of any font fit.
_LATIN_SIZE: Final = 16
# What a screen shows best; of two layouts the one nearer to it is taken.
_BEST_SHAPE: Final = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is to be drawn: `active` leaves as for `mermaid`; without `direction` what fits a screen."""

    workflow: Workflow
    language: Language
    active: frozenset[str] = frozenset()
    marks: Marks = NO_MARKS
    direction: Direction | None = None


def as_mermaid(drawing: Drawing) -> bytes:
    """Mermaid text."""
    return _mermaid(drawing, drawing.direction, drawing.marks).encode()


def as_dot(drawing: Drawing) -> bytes:
    """DOT text."""
    text = dot(
        drawing.workflow,
        drawing.language,
        active=drawing.active,
        marks=drawing.marks,
        direction=drawing.direction,
    )
    return text.encode()


def as_svg(drawing: Drawing) -> bytes:
    """An SVG picture.

    Raises:
        MissingExtraError: the extra `diagram` is not installed.
        DiagramError: the library cannot lay the states out.
    """
    return state_picture(_picture(drawing), drawing.language).encode()


def as_png(drawing: Drawing) -> bytes:
    """A PNG picture, light.

    Raises:
        MissingExtraError, DiagramError: as `as_svg`, and where the machine has no font for the titles.
    """
    return png(state_picture(_picture(drawing), drawing.language, is_dark_too=False))


FORMS: Final[Mapping[str, Callable[[Drawing], bytes]]] = {
    "mermaid": as_mermaid,
    "dot": as_dot,
    "svg": as_svg,
    "png": as_png,
}


def _mermaid(drawing: Drawing, direction: Direction | None, marks: Marks) -> str:
    return mermaid(drawing.workflow, drawing.language, active=drawing.active, marks=marks, direction=direction)


def _picture(drawing: Drawing) -> Picture:
    # The picture has a legend of its own, which need not be laid out.
    marks = replace(drawing.marks, legend=())
    directions = Direction if drawing.direction is None else (drawing.direction,)
    size = _LATIN_SIZE if drawing.language is Language.EN else None
    layouts = (layout_of(_mermaid(drawing, direction, marks), font_size=size) for direction in directions)
    return Picture(
        layout=min(layouts, key=_unfitness),
        title=drawing.workflow.title.of(drawing.language),
        arrows=tuple(arrow.mark for arrow in sketch_of(drawing.workflow, drawing.language, marks).arrows),
        legend=tuple((name, words.of(drawing.language)) for name, words in drawing.marks.legend),
    )


def _unfitness(layout: Layout) -> float:
    """How far the picture is from the shape of a screen, too wide and too tall alike."""
    return abs(log(layout.area.width / layout.area.height / _BEST_SHAPE))
