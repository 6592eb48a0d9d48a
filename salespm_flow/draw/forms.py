"""A workflow drawn in every form there is: texts of two notations, and pictures. Each form is one entry of `FORMS`."""

from collections.abc import Callable, Mapping
from dataclasses import field
from math import log
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.draw.dot import dot
from salespm_flow.draw.layout import Layout, layout_of
from salespm_flow.draw.mermaid import Direction, mermaid
from salespm_flow.draw.raster import png
from salespm_flow.draw.state_picture import state_picture
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass

# What a screen shows best; of two layouts the one nearer to it is taken.
_BEST_SHAPE: Final = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is to be drawn: `active` leaves and `marks` as for `mermaid`; without `direction` what fits a screen."""

    workflow: Workflow
    language: Language
    active: frozenset[str] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)
    direction: Direction | None = None


def as_mermaid(drawing: Drawing) -> bytes:
    """Mermaid text."""
    return _mermaid(drawing, drawing.direction).encode()


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
    return state_picture(_layout(drawing), _title(drawing), drawing.language).encode()


def as_png(drawing: Drawing) -> bytes:
    """A PNG picture, light.

    Raises:
        MissingExtraError, DiagramError: as `as_svg`, and where the machine has no font for the titles.
    """
    return png(state_picture(_layout(drawing), _title(drawing), drawing.language, is_dark_too=False))


FORMS: Final[Mapping[str, Callable[[Drawing], bytes]]] = {
    "mermaid": as_mermaid,
    "dot": as_dot,
    "svg": as_svg,
    "png": as_png,
}


def _mermaid(drawing: Drawing, direction: Direction | None) -> str:
    return mermaid(drawing.workflow, drawing.language, active=drawing.active, marks=drawing.marks, direction=direction)


def _layout(drawing: Drawing) -> Layout:
    if drawing.direction is not None:
        return layout_of(_mermaid(drawing, drawing.direction))
    return min((layout_of(_mermaid(drawing, direction)) for direction in Direction), key=_unfitness)


def _unfitness(layout: Layout) -> float:
    """How far the picture is from the shape of a screen, too wide and too tall alike."""
    return abs(log(layout.area.width / layout.area.height / _BEST_SHAPE))


def _title(drawing: Drawing) -> str:
    return drawing.workflow.title.of(drawing.language)
