"""Colours of pages and pictures can be told apart: words by 4.5 to 1, shapes by 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from salespm_flow.draw import risk_matrix
from salespm_flow.draw.charts import canvas
from salespm_flow.draw.marks import CLASSES, looks_of
from salespm_flow.report.management.style import STYLE

DARK = "@media (prefers-color-scheme: dark)"
WORDS, SHAPES = 4.5, 3.0
# Behind what is told, and between it.
SILENT = {"c-grid", "c-track", "c-edge"}


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def variables(style: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})\b", style))


def schemes() -> dict[str, dict[str, str]]:
    """The colours of the page by name, for each way in which it is looked at."""
    light, rest = STYLE.split(DARK, 1)
    dark, printed = rest.split("@media print", 1)
    return {"light": variables(light), "dark": variables(dark), "print": variables(light) | variables(printed)}


def classes(style: str) -> dict[str, str]:
    return dict(re.findall(r"\.([\w-]+) \{ (?:fill|stroke): (#[0-9a-f]{6})", style))


def halves(style: str) -> dict[str, dict[str, str]]:
    light, dark = style.split(DARK, 1)
    return {"light": classes(light), "dark": classes(light) | classes(dark)}


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_words_of_a_page_can_be_read_on_all_that_they_stand_on(scheme: str) -> None:
    colours = schemes()[scheme]
    inks, grounds = ("ink", "faint", "link", "good", "warn", "bad"), ("page", "card", "head")
    faint = {(ink, ground): round(contrast(colours[ink], colours[ground]), 2) for ink in inks for ground in grounds}
    assert {pair: found for pair, found in faint.items() if found < WORDS} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_shapes_of_charts_stand_out_from_the_card(scheme: str) -> None:
    colours, card = halves(canvas.STYLE)[scheme], schemes()[scheme]["card"]
    asked = {name: WORDS if name in {"c-strong", "c-faint"} else SHAPES for name in colours if name not in SILENT}
    told = {name: round(contrast(colours[name], card), 2) for name in asked}
    assert {name: found for name, found in told.items() if found < asked[name]} == {}
    # What lies side by side is parted by the card's own colour, from which each stands out.
    assert colours["c-edge"] == card
    assert len(asked) == 15


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_risk_matrix_can_be_read(scheme: str) -> None:
    colours = halves(risk_matrix.STYLE)[scheme]
    page = colours["page"]
    assert [
        ink for heat, ink in zip(risk_matrix.HEAT, risk_matrix.INK, strict=True) if contrast(heat, ink) < WORDS
    ] == []
    assert [edge for edge in risk_matrix.EDGE if contrast(edge, page) < SHAPES] == []
    assert [name for name in ("strong", "faint") if contrast(colours[name], page) < WORDS] == []


@pytest.mark.parametrize("name", CLASSES)
def test_words_in_a_state_can_be_read(name: str) -> None:
    looks = looks_of(name)
    assert contrast(looks["color"], looks["fill"]) >= WORDS
