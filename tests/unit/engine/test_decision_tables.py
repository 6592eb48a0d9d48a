"""Decision tables in guards, formulas and risk rules; and what a running project is pinned to."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.running.runner import Answered, Runner
from salespm_flow.errors import PinnedDefinitionError
from salespm_flow.expr.values import Money
from salespm_flow.model.decision import ReasonKind, Rejected

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

LIMIT = """
hit: unique
inputs:
  amount: {type: money, currency: CNY}
  tier: {type: enum, values: {standard: 普通, key: 重点}}
outputs: {limit: {type: percent}}
rules:
  small: {amount: "< 1000", limit: 5%}
  key: {amount: "[500..2000]", tier: key, limit: 10%}
  large: {amount: ">= 1000", tier: standard, limit: 8%}
"""
DEAL = """
domain: sales
fields:
  amount: {type: money, currency: CNY}
  tier: {type: enum, values: {standard: 普通, key: 重点}}
  discount: {type: percent, default: 0%}
  allowed: {type: percent, formula: 'table.limit(amount: amount, tier: tier)'}
conditions:
  fair: discount <= table.limit(amount, tier)
initial: talk
states:
  talk: {exit: {check: {fair: {that: fair, message: {zh: 折扣过高, en: The discount is too high}}}}}
  offer: {}
  won: {final: true, outcome: won}
transitions:
  propose: {from: talk, to: offer}
  close: {from: offer, to: won, when: 'default(table.limit(amount, tier) > 5%, true)'}
"""


@pytest.fixture
def world(world_of: "Callable[[dict[str, str]], World]") -> "World":
    return world_of({"decision_table/limit": LIMIT, "workflow/deal": DEAL})


def test_a_guard_goes_by_the_table(
    world: "World", cny: Callable[[int], Money], reasons_of: Callable[[Answered], list[str]]
) -> None:
    world.open("deal", amount=cny(5000), tier="standard")
    world.set(discount=Decimal("0.09"))
    assert reasons_of(world.advance("propose")) == ["fair"]
    world.set(discount=Decimal("0.08"))
    assert world.advance("propose").is_accepted
    assert world.advance("close").is_accepted


def test_rules_that_match_together_refuse_and_are_named_with_their_places(
    world: "World", cny: Callable[[int], Money]
) -> None:
    world.open("deal", amount=cny(700), tier="key")
    answered = world.advance("propose")
    assert isinstance(answered.decision, Rejected)
    assert [(one.id, one.kind, one.values) for one in answered.decision.reasons] == [
        (
            "table.limit",
            ReasonKind.CONFLICT,
            {"rules": ("small", "key"), "places": ("flows/limit.yaml:14", "flows/limit.yaml:15")},
        )
    ]
    reason = answered.decision.reasons[0]
    assert reason.message.en == (
        "the rules small (flows/limit.yaml:14) and key (flows/limit.yaml:15) of the decision table Test match "
        "together, where only one may"
    )
    assert reason.rule is not None
    assert (reason.rule.file, reason.rule.line) == ("flows/limit.yaml", 14)


def test_a_conflict_refuses_even_where_the_guard_makes_up_for_null(
    world: "World", cny: Callable[[int], Money], reasons_of: Callable[[Answered], list[str]]
) -> None:
    world.open("deal", amount=cny(300), tier="standard")
    assert world.advance("propose").is_accepted
    world.set(amount=cny(700), tier="key")
    assert reasons_of(world.advance("close")) == ["when", "table.limit"]
    world.set(amount=cny(5000), tier="key")
    assert world.advance("close").is_accepted


def test_a_running_project_keeps_the_table_it_began_with(world: "World", cny: Callable[[int], Money]) -> None:
    world.open("deal", amount=cny(5000), tier="standard")
    world.set(discount=Decimal("0.07"))
    path = world.folder / "flows" / "limit.yaml"
    path.write_text(path.read_text("utf-8").replace("limit: 8%", "limit: 2%"), "utf-8")
    runner = Runner(world.store, load(world.folder).library, world.clock)
    world.runner = runner
    assert world.advance("propose").is_accepted

    assert runner.definitions.pinned(world.project().pin).sources[-1].kind == "decision_table"
    with pytest.raises(PinnedDefinitionError):
        world.open("deal", "q")


def test_a_table_that_a_risk_rule_calls_is_pinned_too(
    world_of: "Callable[[dict[str, str]], World]", cny: Callable[[int], Money]
) -> None:
    risks = """
scales: {probability: {1: 10%, 2: 50%}, impact: {1: low, 2: high}}
levels: {low: [1, 4]}
rules:
  cheap: {category: customer, when: 'table.limit(amount, tier) < 6%', probability: 1, impact: 2, who: owner}
"""
    deal = DEAL.replace("domain: sales", "domain: sales\nuses: {risks: [dangers]}").replace(
        "allowed: {type: percent, formula: 'table.limit(amount: amount, tier: tier)'}", ""
    )
    world = world_of({"decision_table/limit": LIMIT, "risk_model/dangers": risks, "workflow/deal": deal})
    world.open("deal", amount=cny(300), tier="standard")
    assert [risk.rule for risk in world.project().risks.values()] == ["dangers.cheap"]
    sources = world.store.definitions(world.project().pin.digest)
    assert [source.kind for source in sources] == ["workflow", "risk_model", "decision_table"]


def test_a_table_that_does_not_exist_or_is_broken_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [flows]\n", "utf-8")
    (tmp_path / "flows").mkdir()
    head = "salespm: 1\nkind: {}\nid: {}\nversion: 1\n"
    (tmp_path / "flows" / "deal.yaml").write_text(head.format("workflow", "deal") + DEAL, "utf-8")
    (tmp_path / "flows" / "other.yaml").write_text(head.format("decision_table", "limits") + LIMIT, "utf-8")
    assert {one.code for one in load(tmp_path).errors} == {"SF206"}
    broken = LIMIT.replace("limit: 5%", "limit: 5")
    (tmp_path / "flows" / "other.yaml").write_text(head.format("decision_table", "limit") + broken, "utf-8")
    loaded = load(tmp_path)
    assert [one.code for one in loaded.errors] == ["SF312"]
    assert (loaded.library.workflows, loaded.library.decision_tables) == ({}, {})
