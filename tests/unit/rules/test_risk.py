"""Risks are scored on their model's bands, opened while a rule is true and closed when it is false."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.syntax import BooleanLiteral
from salespm_flow.model.expression import Duration, Expression, Party, PartyKind
from salespm_flow.model.project import Risk
from salespm_flow.model.rules import Level, Response, RiskModel, RiskRule, Strategy
from salespm_flow.model.source import Source
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.rules.risk import RiskSummary, assess, due_changes, summary

SPAN = Span(file="risks.yaml", line=1, column=1, end_line=1, end_column=2)
TITLE = Bilingual("竞争对手", "Rival")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEFORE = datetime(2026, 2, 2, 9, tzinfo=UTC)
LEVELS = (
    Level(id="low", lowest=1, highest=5),
    Level(id="medium", lowest=6, highest=11),
    Level(id="high", lowest=12, highest=19),
    Level(id="extreme", lowest=20, highest=25),
)


def rule(name: str, probability: int, impact: int, response: Response | None = None) -> RiskRule:
    return RiskRule(
        id=name,
        title=TITLE,
        category="competitor",
        when=Expression(text="true", node=BooleanLiteral(value=True, start=0, end=4), place=SPAN),
        probability=probability,
        impact=impact,
        who=Party(PartyKind.OWNER),
        span=SPAN,
        response=response,
    )


RESPONSE = Response(
    strategy=Strategy.MITIGATE, title=Bilingual("准备对比", "Compare"), span=SPAN, due=timedelta(days=3)
)
MODEL = RiskModel(
    id="sales",
    version=1,
    title=TITLE,
    source=Source(kind="risk_model", id="sales", version=1, path="risks.yaml", text="", digest=""),
    parameters={},
    probabilities={step: Decimal(step) / 10 for step in range(1, 6)},
    impacts=dict.fromkeys(range(1, 6), TITLE),
    levels=LEVELS,
    accept_below="high",
    rules={"rival": rule("rival", 3, 4, RESPONSE), "margin": rule("margin", 5, 3)},
    span=SPAN,
)


def due(duration: Duration) -> datetime:
    assert isinstance(duration, timedelta)
    return NOW + duration


def changes_of(truths: Mapping[str, bool | None], entries: Mapping[str, Risk]) -> tuple[Risk, ...]:
    return due_changes(MODEL, truths, entries, NOW, due=due, resolve=lambda party: f"person:{party.kind.value}")


def entry(identity: str, level: str, score: int, status: RiskStatus = RiskStatus.OPEN) -> Risk:
    return Risk(
        id=identity,
        rule=identity.partition("#")[0],
        title=TITLE,
        category="competitor",
        probability=1,
        impact=score,
        score=score,
        level=level,
        owner="person:wang",
        opened_at=BEFORE,
        status=status,
    )


def register(*entries: Risk) -> Mapping[str, Risk]:
    return {risk.id: risk for risk in entries}


def test_score_is_probability_times_impact_and_falls_into_its_band() -> None:
    assert [assess(MODEL, *steps) for steps in ((1, 1), (1, 5), (2, 3), (3, 4), (4, 5), (5, 5))] == [
        (1, "low"),
        (5, "low"),
        (6, "medium"),
        (12, "high"),
        (20, "extreme"),
        (25, "extreme"),
    ]


def test_score_outside_all_bands_belongs_to_the_nearest_band_below_or_the_lowest() -> None:
    gappy = replace(MODEL, levels=(Level(id="a", lowest=2, highest=5), Level(id="b", lowest=10, highest=12)))
    assert [assess(gappy, 1, impact) for impact in (1, 2, 7, 10, 99)] == [
        (1, "a"),
        (2, "a"),
        (7, "a"),
        (10, "b"),
        (99, "b"),
    ]


def test_summary_is_the_worst_of_the_open_risks() -> None:
    risks = (
        entry("sales.a#1", "medium", 9),
        entry("sales.b#1", "high", 12),
        entry("sales.c#1", "extreme", 25, RiskStatus.CLOSED),
    )
    assert summary(risks, LEVELS) == RiskSummary(score=12, level="high", open=2)


def test_summary_without_open_risks_has_neither_score_nor_level() -> None:
    risks = (entry("sales.a#1", "medium", 9, RiskStatus.CLOSED),)
    assert summary(risks, LEVELS) == RiskSummary(score=None, level=None, open=0)
    assert summary((), ()) == RiskSummary(score=None, level=None, open=0)


def test_true_rule_opens_an_entry_with_owner_response_and_due_time() -> None:
    opened = changes_of({"rival": True, "margin": None}, {})
    assert opened == (
        Risk(
            id="sales.rival#1",
            rule="sales.rival",
            title=TITLE,
            category="competitor",
            probability=3,
            impact=4,
            score=12,
            level="high",
            owner="person:owner",
            opened_at=NOW,
            strategy="mitigate",
            response=Bilingual("准备对比", "Compare"),
            due_at=NOW + timedelta(days=3),
            chance=Decimal("0.3"),
        ),
    )


def test_true_rule_with_an_open_entry_changes_nothing() -> None:
    assert changes_of({"rival": True}, register(entry("sales.rival#1", "high", 12))) == ()


def test_false_rule_closes_the_open_entry_and_leaves_other_entries_alone() -> None:
    standing = entry("sales.rival#2", "high", 12)
    others = (entry("sales.rival#1", "high", 12, RiskStatus.CLOSED), entry("other.rival#1", "high", 12))
    changes = changes_of({"rival": False, "margin": False}, register(*others, standing))
    assert changes == (replace(standing, status=RiskStatus.CLOSED, closed_at=NOW),)


def test_unknown_or_absent_truth_neither_opens_nor_closes() -> None:
    assert changes_of({"rival": None}, {}) == ()
    assert changes_of({"rival": None}, register(entry("sales.rival#1", "high", 12))) == ()
    assert changes_of({}, register(entry("sales.rival#1", "high", 12))) == ()


def test_rule_true_again_opens_the_next_numbered_entry() -> None:
    past = register(entry("sales.margin#1", "high", 15, RiskStatus.CLOSED))
    assert [risk.id for risk in changes_of({"margin": True, "rival": True}, past)] == [
        "sales.rival#1",
        "sales.margin#2",
    ]
