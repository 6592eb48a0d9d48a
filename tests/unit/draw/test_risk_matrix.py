"""The heat map is one well-formed SVG that loads nothing, in both languages, and escapes what it is given."""

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.risk_matrix import risk_matrix
from salespm_flow.model.risk_matrix import Cell, RiskMatrix
from salespm_flow.model.rules import Level

SVG = "{http://www.w3.org/2000/svg}"


def matrix(levels: int = 4, title: str = "Risks") -> RiskMatrix:
    bands = tuple(Level(id=f"level{n}", lowest=n * 4 + 1, highest=n * 4 + 4) for n in range(levels))
    rows = tuple(
        tuple(
            Cell(
                probability=p,
                impact=i,
                score=p * i,
                level=bands[min(levels - 1, p * i // 4)].id,
                rank=min(levels - 1, p * i // 4),
                risks=("D1 <a>", "D1 b") if (p, i) == (2, 3) else (),
            )
            for i in (1, 2, 3)
        )
        for p in (2, 1)
    )
    return RiskMatrix(
        title=Bilingual("销售风险", title),
        probabilities={1: Decimal("0.1"), 2: Decimal("0.5")},
        impacts={
            1: Bilingual("低", "Low"),
            2: Bilingual("中", "Medium"),
            3: Bilingual("灾难性的严重影响", "Catastrophic effects"),
        },
        levels=bands,
        rows=rows,
        outside=(),
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("levels", [1, 2, 4, 5, 9])
def test_every_cell_is_drawn_with_its_score_and_count(language: Language, levels: int) -> None:
    root = ET.fromstring(risk_matrix(matrix(levels), language))  # noqa: S314 -- our own text
    cells = list(root.iter(f"{SVG}g"))
    scores = [[text.text for text in cell.iter(f"{SVG}text")] for cell in cells]
    assert scores == [["2"], ["4"], ["2", "6"], ["1"], ["2"], ["3"]]


def test_words_are_in_the_language_shortened_and_escaped() -> None:
    english = risk_matrix(matrix(title="<Risks> & more"), Language.EN)
    chinese = risk_matrix(matrix(), Language.ZH)
    assert "&lt;Risks&gt; &amp; more" in english
    assert "<title>level1 6\nD1 &lt;a&gt;\nD1 b</title>" in english
    assert all(word in english for word in ("Probability", "Impact", ">Catastro-<", ">phic eff…<", "2 risks"))
    assert all(word in chinese for word in ("销售风险", ">概<", ">率<", "影响", ">灾难性的严<", ">重影响<", "2 项"))


def test_nothing_is_loaded_or_run() -> None:
    drawn = risk_matrix(matrix(), Language.EN)
    assert "prefers-color-scheme: dark" in drawn
    assert not any(word in drawn for word in ("<script", "href", "@import", "url("))
