"""The shipped scorecards have the published weights; the cards in the how-to rate by the whole families."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.engine.measure.evaluation import Question, evaluate_many
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.model.library import Library
from salespm_flow.model.rules import Scorecard
from salespm_flow.rules.period import Period
from salespm_flow.store.sqlite import open_in_memory
from tests.acceptance.kpi_world import at
from tests.acceptance.test_kpis import SETTINGS, deals, projects

HOW_TO: Final = Path(__file__).parents[2] / "docs" / "how-to"
PAGES: Final = ("goals-and-evaluation.md", "goals-and-evaluation.zh-CN.md")
CARD: Final = re.compile(r"<!-- file: workflows/(\w+_card)\.yaml -->\n```yaml\n(.*?)```", re.DOTALL)
SHIPPED: Final = {
    "pm_scorecard": {"quality": 25, "schedule": 25, "cost": 25, "speed": 10, "budget": 15},
    "sales_scorecard": {"revenue": 40, "margin": 15, "win_rate": 15, "satisfaction": 15, "cycle": 15},
    "sales_project_scorecard": {"attainment": 40, "budget": 20, "on_time": 20, "win_rate": 20},
}
FAMILIES: Final = {
    "delivery_results_card": {"quality": 25, "schedule": 25, "cost": 25, "teamwork": 10, "risk": 15},
    "sales_results_card": {"revenue": 40, "margin": 15, "new_customers": 15, "satisfaction": 15, "repurchase": 15},
}


def weights(card: Scorecard) -> dict[str, Decimal]:
    return {name: criterion.weight * 100 for name, criterion in card.criteria.items()}


def with_cards_of(page: str, root: Path) -> Library:
    """The shipped definitions with the cards that the page shows."""
    settings = SETTINGS.format(folder=shipped_definitions().as_posix()).replace('"]', '", cards]')
    (root / "salespm.yaml").write_text(settings, encoding="utf-8")
    (root / "cards").mkdir()
    for name, text in CARD.findall((HOW_TO / page).read_text(encoding="utf-8")):
        (root / "cards" / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = load(root)
    assert loaded.diagnostics == ()
    return loaded.library


def test_the_shipped_cards_have_the_published_weights() -> None:
    assert {name: weights(card) for name, card in load().library.scorecards.items()} == SHIPPED


@pytest.mark.parametrize("page", PAGES)
def test_the_cards_of_the_how_to_rate_by_the_published_families(page: str, tmp_path: Path) -> None:
    library = with_cards_of(page, tmp_path)
    assert {name: weights(library.scorecards[name]) for name in FAMILIES} == FAMILIES
    store = open_in_memory()
    runner = Runner(store, library, SystemClock())
    deals(runner)
    projects(runner)
    quarter = Question(period=Period(start=date(2026, 4, 1), end=date(2026, 6, 30)))
    (answer,) = evaluate_many(store, library, (quarter,), at=at("07-10"))
    store.close()
    # 600,000 of a million; 30 %; one of two; all of them; half, where 40 % is the target and 60 % the stretch.
    assert {line.criterion: line.points for line in answer.scores["sales_results_card"].lines} == {
        "revenue": Decimal(60),
        "margin": Decimal(120),
        "new_customers": Decimal(50),
        "satisfaction": Decimal(120),
        "repurchase": Decimal(110),
    }
    # 40 % of 60 and 15 % of 120, 50, 120 and 110.
    assert answer.scores["sales_results_card"].total == Decimal(84)
    # Two thirds of 50 to 90 %; half of 90 %, twice; 77.7083 of 50 to 80; 75 % of 50 to 90 %.
    points = {line.criterion: round(line.points or 0, 2) for line in answer.scores["delivery_results_card"].lines}
    assert points == {
        "quality": Decimal("41.67"),
        "schedule": Decimal("55.56"),
        "cost": Decimal("55.56"),
        "teamwork": Decimal("92.36"),
        "risk": Decimal("62.50"),
    }
    assert round(answer.scores["delivery_results_card"].total or 0, 2) == Decimal("56.81")
