"""A risk model may call its levels by titles; what it does not say is called as most do, or by its id."""

from pathlib import Path

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.risk_levels import level_title
from salespm_flow.model.rules import Level

MODEL = """salespm: 1
kind: risk_model
id: own
version: 1
title: {zh: 风险, en: Risks}
scales:
  probability: {1: 10%, 2: 50%}
  impact: {1: {title: {zh: 低, en: Low}}, 2: {title: {zh: 高, en: High}}}
levels: {low: [1, 1], severe: {title: {zh: 严重, en: Severe}, scores: [2, 3]}, worst: [4, 4]}
rules:
  any: {category: customer, when: 'true', probability: 1, impact: 1, who: owner, title: {zh: 风险, en: Risk}}
"""


def models(folder: Path, text: str = MODEL) -> dict[str, tuple[Level, ...]]:
    (folder / "workflows").mkdir()
    (folder / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
    (folder / "workflows" / "own.yaml").write_text(text, encoding="utf-8")
    return {name: model.levels for name, model in load(folder).library.risk_models.items()}


def test_a_level_has_the_title_that_the_model_writes(tmp_path: Path) -> None:
    severe = Bilingual("严重", "Severe")
    levels = models(tmp_path)["own"]
    assert levels == (
        Level(id="low", lowest=1, highest=1),
        Level(id="severe", lowest=2, highest=3, named=severe),
        Level(id="worst", lowest=4, highest=4),
    )
    assert [level.title for level in levels] == [Bilingual("低", "low"), severe, Bilingual("worst", "worst")]


def test_a_risk_is_told_by_the_title_of_its_own_models_level(tmp_path: Path) -> None:
    models(tmp_path)
    known = load(tmp_path).library.risk_models
    assert level_title("severe", "own.any#1", known) == Bilingual("严重", "Severe")
    assert level_title("severe", "person:wang", known) == Bilingual("严重", "Severe")
    assert level_title("gone", "own.any#1", known) == Bilingual("gone", "gone")
