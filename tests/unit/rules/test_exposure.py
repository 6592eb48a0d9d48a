"""What risks cost, what that comes to, what a response is worth, and where risks lie in their matrix."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Money
from salespm_flow.model.project import Assessment, Issue, Risk
from salespm_flow.model.rules import Level, RiskModel
from salespm_flow.model.source import Source
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.rules.exposure import ExposureSum, emv, exposure, loss, response_value, shrunk
from salespm_flow.rules.risk import assessment, due_changes, present, summary
from salespm_flow.rules.risk_matrix import matrix_of

TITLE = Bilingual("风险", "Risk")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MODEL = RiskModel(
    id="dangers",
    version=1,
    title=TITLE,
    source=Source(kind="risk_model", id="dangers", version=1, path="risks.yaml", text="", digest=""),
    parameters={},
    probabilities={1: Decimal("0.1"), 2: Decimal("0.5"), 3: Decimal("0.9")},
    impacts=dict.fromkeys((1, 2, 3), TITLE),
    levels=(Level(id="low", lowest=1, highest=3), Level(id="high", lowest=4, highest=9)),
    accept_below="high",
    rules={},
    span=Span(file="risks.yaml", line=1, column=1, end_line=1, end_column=2),
    costs={1: Decimal("0.01"), 2: Decimal("0.1"), 3: Money(Decimal(900), "CNY")},
    delays={1: Decimal(1), 3: Decimal(20)},
)


def yuan(amount: int | str) -> Money:
    return Money(Decimal(amount), "CNY")


def judged(probability: int, impact: int, money: Money | None = None, days: Decimal | None = None) -> Assessment:
    return assessment(MODEL, probability, impact, (money, days))


def risk(name: str, found: Assessment, status: RiskStatus = RiskStatus.OPEN) -> Risk:
    return Risk(
        id=name,
        rule="person:wang",
        title=TITLE,
        category="market",
        probability=found.probability,
        impact=found.impact,
        score=found.score,
        level=found.level,
        owner="person:wang",
        opened_at=NOW,
        status=status,
        chance=found.chance,
        money=found.money,
        days=found.days,
    )


def test_the_scale_says_what_an_impact_costs_as_a_share_or_as_money() -> None:
    assert [loss(MODEL, step, yuan(1000)) for step in (1, 2, 3)] == [
        (yuan(10), Decimal(1)),
        (yuan(100), None),
        (yuan(900), Decimal(20)),
    ]
    assert loss(MODEL, 2, None) == (None, None)


def test_emv_is_chance_times_money_and_unknown_without_either() -> None:
    assert emv(judged(2, 2, yuan(100))) == yuan(50)
    assert emv(judged(2, 2)) is None
    assert emv(replace(risk("a", judged(2, 2, yuan(100))), chance=None)) is None


def test_a_response_is_worth_what_it_saves_less_what_it_costs() -> None:
    answered = replace(risk("a", judged(3, 2, yuan(100))), residual=judged(1, 2, yuan(100)), cost=yuan(30))
    assert response_value(answered) == yuan(50)
    assert response_value(replace(answered, cost=None)) == yuan(80)
    assert response_value(replace(answered, residual=None)) is None


def test_only_open_risks_are_exposed_and_unknown_losses_add_nothing() -> None:
    risks = (
        risk("a", judged(2, 2, yuan(100), Decimal(4))),
        replace(risk("b", judged(1, 1)), strategy="accept"),
        replace(risk("c", judged(1, 1)), strategy="accept", awaits=("role:boss",)),
        risk("d", judged(3, 3, yuan(900)), RiskStatus.OCCURRED),
        risk("e", judged(3, 3, yuan(900)), RiskStatus.CLOSED),
    )
    assert exposure(risks) == ExposureSum(
        money=Decimal(100), emv=Decimal(50), days=Decimal(4), expected_days=Decimal(2), issues=1, unanswered=2
    )
    assert exposure(()) == ExposureSum(
        money=Decimal(0), emv=Decimal(0), days=Decimal(0), expected_days=Decimal(0), issues=0, unanswered=0
    )


def test_what_has_occurred_counts_for_the_worst_level_but_not_as_open() -> None:
    occurred = risk("a", judged(3, 3), RiskStatus.OCCURRED)
    found = summary((occurred, risk("b", judged(1, 1))), MODEL.levels)
    assert (found.score, found.level, found.open) == (9, "high", 1)


def test_a_loss_shrinks_as_the_scale_does_or_else_as_the_steps_do() -> None:
    assert shrunk(MODEL, (2, 1), (yuan(500), Decimal(8))) == (yuan(50), Decimal(4))
    assert shrunk(MODEL, (2, 2), (yuan(500), None)) == (yuan(500), None)


def test_every_risk_lies_in_the_cell_of_its_steps_or_outside_without_a_chance() -> None:
    moved = replace(risk("b", judged(3, 3)), residual=judged(1, 3))
    gone = replace(risk("c", judged(3, 1)), residual=judged(0, 1))
    risks = [("p", risk("a", judged(1, 2))), ("p", moved), ("q", gone)]
    now, then = matrix_of(MODEL, risks), matrix_of(MODEL, risks, is_residual=True)
    assert [[cell.risks for cell in row] for row in now.rows] == [
        [("q c",), (), ("p b",)],
        [(), (), ()],
        [(), ("p a",), ()],
    ]
    assert [[cell.risks for cell in row] for row in then.rows][2] == [(), ("p a",), ("p b",)]
    assert (now.count("low"), now.count("high"), then.outside) == (2, 1, ("q c",))


def test_a_person_who_ended_a_risk_is_not_overruled_while_the_rule_still_holds() -> None:
    settled = replace(risk("dangers.x#1", judged(2, 2), RiskStatus.CLOSED), rule="dangers.x", is_settled=True)
    issue = replace(settled, is_settled=False, status=RiskStatus.OCCURRED, issue=Issue(title=TITLE, opened_at=NOW))
    model = replace(MODEL, rules={})
    assert due_changes(model, {}, {"a": settled, "b": issue}, NOW, due=lambda _: NOW, resolve=lambda _: "") == ()


@given(
    some.lists(
        some.tuples(some.integers(1, 3), some.integers(1, 3), some.integers(0, 10**9), some.sampled_from(RiskStatus))
    )
)
def test_expected_loss_never_exceeds_exposure_and_the_matrix_loses_no_risk(
    drawn: list[tuple[int, int, int, RiskStatus]],
) -> None:
    risks = [risk(str(n), judged(p, i, yuan(m)), status) for n, (p, i, m, status) in enumerate(drawn)]
    found = exposure(risks)
    assert Decimal(0) <= found.emv <= found.money
    matrix = matrix_of(MODEL, [("p", one) for one in risks])
    assert sum(len(cell.risks) for row in matrix.rows for cell in row) == len(risks)
    assert all(present(one).score == one.score for one in risks)
