"""Writes risk models, KPI sets and scorecards."""

from collections.abc import Iterator
from decimal import Decimal

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.nodes import ListNode, MapNode, Node
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, WorkingDays
from salespm_flow.model.fields import MoneyOf, Scalar, SimpleType
from salespm_flow.model.rules import (
    Acceptance,
    Contingency,
    Criterion,
    Kpi,
    KpiSet,
    Level,
    Missing,
    Occurrence,
    Response,
    RiskModel,
    RiskRule,
    Scorecard,
    Veto,
)

Pairs = Iterator[tuple[str, Node | None]]

_PERCENT = SimpleType(Scalar.PERCENT)
_NUMBER = SimpleType(Scalar.NUMBER)


def risk_model(document: RiskModel) -> Pairs:
    """The keys of the document after its header."""
    yield "parameters", leaves.parameters(document.parameters)
    probabilities = ((str(step), leaves.literal(ratio, _PERCENT)) for step, ratio in document.probabilities.items())
    impacts = leaves.entries((str(step), _impact(document, step)) for step in document.impacts)
    scales = (
        ("probability", leaves.entries(probabilities)),
        ("impact", impacts),
        ("value", leaves.expression(document.value)),
    )
    yield "currency", None if document.currency is None else leaves.text(document.currency)
    yield "scales", leaves.entries(scales)
    yield "levels", leaves.entries((level.id, _level(level)) for level in document.levels)
    yield "accept_below", None if document.accept_below is None else leaves.text(document.accept_below)
    yield "accept_by", leaves.parties(document.accept_by or None)
    yield "rules", leaves.entries((id_, _risk_rule(rule)) for id_, rule in document.rules.items())


def _impact(document: RiskModel, step: int) -> Node | None:
    title, cost, days = document.impacts[step], document.costs.get(step), document.delays.get(step)
    if cost is None and days is None:
        return leaves.titles({str(step): title}).entries[str(step)].value
    return leaves.entries((("title", leaves.title(title)), ("cost", _cost(cost)), ("days", _days(days))))


def _cost(cost: Money | Decimal | None) -> Node | None:
    if cost is None:
        return None
    return leaves.literal(cost, MoneyOf(cost.currency) if isinstance(cost, Money) else _PERCENT)


def _days(days: Decimal | None) -> Node | None:
    return None if days is None else leaves.duration(WorkingDays(days))


def _level(level: Level) -> Node:
    band = _band(level.lowest, level.highest)
    if level.named is None:
        return band
    return leaves.entries((("title", leaves.title(level.named)), ("scores", band)))


def _band(lowest: int, highest: int) -> ListNode:
    return ListNode(items=(leaves.number(lowest), leaves.number(highest)), span=leaves.NOWHERE)


def _risk_rule(rule: RiskRule) -> MapNode:
    return leaves.entries(
        (
            ("title", leaves.title(rule.title, rule.id)),
            ("category", leaves.text(rule.category)),
            ("when", leaves.expression(rule.when)),
            ("probability", leaves.number(rule.probability)),
            ("impact", leaves.number(rule.impact)),
            ("who", leaves.party(rule.who)),
            (
                "exposure",
                leaves.section((("value", leaves.expression(rule.value)), ("days", _days(rule.days)))),
            ),
            ("response", None if rule.response is None else _response(rule.response)),
            ("review", leaves.duration(rule.review)),
            ("occurs", None if rule.occurs is None else _occurs(rule.occurs)),
            ("contingency", None if rule.contingency is None else _contingency(rule.contingency)),
        )
    )


def _occurs(occurs: Occurrence) -> MapNode:
    title = None if occurs.title is None else leaves.title(occurs.title, "")
    return leaves.entries((("when", leaves.expression(occurs.when)), ("title", title)))


def _contingency(contingency: Contingency) -> MapNode:
    who = None if contingency.who is None else leaves.party(contingency.who)
    title = leaves.title(contingency.title, "")
    return leaves.entries((("title", title), ("who", who), ("due", leaves.duration(contingency.due))))


def _response(response: Response) -> MapNode:
    left = response.residual
    residual = (
        None
        if left is None
        else leaves.entries((("probability", leaves.number(left.probability)), ("impact", leaves.number(left.impact))))
    )
    cost = None if response.cost is None else leaves.literal(response.cost, MoneyOf(response.cost.currency))
    return leaves.entries(
        (
            ("strategy", leaves.text(response.strategy.value)),
            ("title", leaves.title(response.title, "")),
            ("due", leaves.duration(response.due)),
            ("party", None if response.party is None else leaves.text(response.party)),
            ("cost", cost),
            ("residual", residual),
            ("approve", _acceptance(response.approval)),
        )
    )


def _acceptance(approval: Acceptance | None) -> Node | None:
    if approval is None:
        return None
    given = (
        ("title", leaves.title(approval.title, approval.id)),
        ("by", leaves.parties(approval.by)),
        ("due", leaves.duration(approval.due)),
        ("escalate", None if approval.escalate is None else leaves.party(approval.escalate)),
    )
    return leaves.entries(((approval.id, leaves.entries(given)),))


def kpi_set(document: KpiSet) -> Pairs:
    """The keys of the document after its header."""
    yield "workflow", None if document.workflow is None else leaves.text(document.workflow)
    yield "parameters", leaves.parameters(document.parameters)
    yield "kpis", leaves.entries((id_, _kpi(kpi, document.workflow)) for id_, kpi in document.kpis.items())


def _kpi(kpi: Kpi, workflow: str | None) -> MapNode:
    own = None if kpi.workflow is None or kpi.workflow == workflow else leaves.text(kpi.workflow)
    return leaves.entries(
        (
            ("title", leaves.title(kpi.title, kpi.id)),
            ("unit", leaves.text(kpi.unit)),
            ("better", leaves.text(kpi.better.value)),
            ("of", leaves.text(kpi.of)),
            ("workflow", own),
            ("basis", leaves.text(kpi.basis.value if kpi.entered is None else f"entered({kpi.entered})")),
            ("where", leaves.expression(kpi.where)),
            ("formula", leaves.expression(kpi.formula)),
            ("numerator", leaves.expression(kpi.numerator)),
            ("denominator", leaves.expression(kpi.denominator)),
            ("per", None if kpi.per is None else leaves.text(kpi.per.value)),
            ("by", leaves.expression(kpi.by)),
            ("computed", None if kpi.computed is None else leaves.text(kpi.computed.value)),
            ("source", _said(kpi.source)),
        )
    )


def _said(source: Bilingual) -> Node:
    return leaves.title(source) or leaves.text("")


def scorecard(document: Scorecard) -> Pairs:
    """The keys of the document after its header."""
    yield "for", leaves.text(document.subject)
    yield "missing", None if document.missing is Missing.EXCLUDE else leaves.text(document.missing.value)
    yield "criteria", leaves.entries((id_, _criterion(one)) for id_, one in document.criteria.items())
    yield "grades", leaves.entries((id_, leaves.literal(score, _NUMBER)) for id_, score in document.grades.items())
    yield "veto", leaves.section((id_, _veto(veto)) for id_, veto in document.veto.items())


def _criterion(criterion: Criterion) -> MapNode:
    return leaves.entries(
        (
            ("kpi", leaves.text(criterion.kpi)),
            ("weight", leaves.literal(criterion.weight, _PERCENT)),
            ("floor", leaves.undeclared(criterion.floor, criterion.type)),
            ("target", leaves.literal(criterion.target, criterion.type)),
            ("stretch", leaves.literal(criterion.stretch, criterion.type)),
        )
    )


def _veto(veto: Veto) -> MapNode:
    return leaves.entries(
        (
            ("when", leaves.expression(veto.when)),
            ("cap", leaves.text(veto.cap)),
            ("message", leaves.title(veto.message, veto.id)),
        )
    )
