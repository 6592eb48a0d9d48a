"""Builds the rules of a risk model: when a risk opens, what answers it, when it has occurred and what is done then."""

from collections.abc import Mapping
from decimal import Decimal

from salespm_flow.definition.build.actions import read_category
from salespm_flow.definition.build.approvals import report_idle_escalation
from salespm_flow.definition.build.parties import read_parties, read_party, read_role
from salespm_flow.definition.build.reader import Reader
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.expression import Duration, Expression, is_positive
from salespm_flow.model.rules import (
    Acceptance,
    Contingency,
    Occurrence,
    Residual,
    Response,
    RiskRule,
    Strategy,
)

Steps = tuple[frozenset[int], frozenset[int]]


def read_rules(reader: Reader, steps: Steps) -> Mapping[str, RiskRule]:
    """The rules by id; `steps` are those of the scales of probability and of impact."""
    rules: dict[str, RiskRule] = {}
    for id_, key, node in reader.entries("rules"):
        rule = _read_rule(Reader(reader.findings, node, "risk_model.rule"), (id_, key), steps)
        if rule is not None:
            rules[id_] = rule
    return rules


def working_days(reader: Reader, name: str) -> Decimal | None:
    """The number of working days under a key."""
    length = reader.duration(name)
    if length is None or isinstance(length, WorkingDays):
        return None if length is None else length.days
    message = Bilingual("延误按工作日计", "A delay is counted in working days")
    reader.findings.error("SF312", message, reader.place(name), Bilingual("例如 20wd", "such as 20wd"))
    return None


def _read_rule(reader: Reader, named: tuple[str, ScalarNode], steps: Steps) -> RiskRule | None:
    id_, key = named
    for name in ("category", "when", "probability", "impact", "who"):
        reader.require(name)
    title, category = reader.title("title", id_), read_category(reader)
    when, who = reader.expression("when"), read_party(reader, "who")
    probability, impact = _read_step(reader, "probability", steps[0]), _read_step(reader, "impact", steps[1])
    response = _read_response(reader, steps)
    value, days = _read_exposure(reader)
    review, occurs, contingency = _read_review(reader), _read_occurs(reader), _read_contingency(reader)
    if category is None or when is None or probability is None or impact is None or who is None:
        return None
    return RiskRule(
        id=id_,
        title=title,
        category=category,
        when=when,
        probability=probability,
        impact=impact,
        who=who,
        response=response,
        span=key.span,
        value=value,
        days=days,
        review=review,
        occurs=occurs,
        contingency=contingency,
    )


def _read_exposure(reader: Reader) -> tuple[Expression | None, Decimal | None]:
    node = reader.node("exposure")
    if node is None:
        return None, None
    inner = Reader(reader.findings, node, "risk_model.exposure")
    return inner.expression("value"), working_days(inner, "days")


def _read_review(reader: Reader) -> Duration | None:
    review = reader.duration("review")
    if review is not None and not is_positive(review):
        message = Bilingual("复核间隔必须大于零", "The time between reviews must be above zero")
        reader.findings.error("SF313", message, reader.place("review"))
        return None
    return review


def _read_occurs(reader: Reader) -> Occurrence | None:
    node = reader.node("occurs")
    if node is None:
        return None
    inner = Reader(reader.findings, node, "risk_model.occurs")
    inner.require("when")
    when = inner.expression("when")
    title = inner.title("title", "") if inner.has("title") else None
    return None if when is None else Occurrence(when=when, title=title, span=inner.span)


def _read_contingency(reader: Reader) -> Contingency | None:
    node = reader.node("contingency")
    if node is None:
        return None
    inner = Reader(reader.findings, node, "risk_model.contingency")
    inner.require("title")
    who = read_party(inner, "who") if inner.has("who") else None
    return Contingency(title=inner.title("title", ""), who=who, due=inner.duration("due"), span=inner.span)


def _read_step(reader: Reader, key: str, steps: frozenset[int]) -> int | None:
    step = reader.integer(key)
    if step is not None and steps and step not in steps:
        listed = ", ".join(str(one) for one in sorted(steps))
        message = Bilingual(f"等级 {step} 不在量表中", f"The step {step} is not on the scale")
        reader.findings.error("SF309", message, reader.place(key), Bilingual(f"可用：{listed}", f"known: {listed}"))
    return step


def _read_response(reader: Reader, steps: Steps) -> Response | None:
    node = reader.node("response")
    if node is None:
        return None
    inner = Reader(reader.findings, node, "risk_model.response")
    inner.require("strategy")
    strategy, due, cost = inner.choice("strategy", Strategy), inner.duration("due"), inner.money("cost")
    title, party, residual = inner.title("title", ""), read_role(inner, "party"), _read_residual(inner, steps)
    approval = _read_approval(inner)
    if strategy is None:
        return None
    return Response(
        strategy=strategy,
        title=title,
        due=due,
        party=party,
        cost=cost,
        residual=residual,
        approval=approval,
        span=inner.span,
    )


def _read_approval(reader: Reader) -> Acceptance | None:
    """Who must agree to an acceptance, as approvals of transitions are written; one vote decides, so there is one."""
    found: list[Acceptance] = []
    for id_, key, node in reader.entries("approve"):
        inner = Reader(reader.findings, node, "risk_model.approval")
        inner.require("by")
        due, escalate = inner.duration("due"), read_party(inner, "escalate") if inner.has("escalate") else None
        if escalate is not None and not inner.has("due"):
            report_idle_escalation(inner)
        found.append(
            Acceptance(
                id=id_,
                title=inner.title("title", id_),
                by=read_parties(inner, "by") or (),
                span=key.span,
                due=due,
                escalate=escalate,
            )
        )
    if len(found) > 1:
        message = Bilingual("接受一个风险只有一项审批", "To accept a risk takes one approval")
        hint = Bilingual("把各方写在一个 `by` 中，其中一人同意即可", "name all parties in one `by`: one of them agrees")
        reader.findings.error("SF337", message, found[1].span, hint)
    return found[0] if found else None


def _read_residual(reader: Reader, steps: Steps) -> Residual | None:
    node = reader.node("residual")
    if node is None:
        return None
    inner = Reader(reader.findings, node, "risk_model.residual")
    inner.require("probability")
    inner.require("impact")
    # Zero is no step of a scale, but what an avoided risk leaves.
    zero = frozenset({0})
    probability = _read_step(inner, "probability", steps[0] and steps[0] | zero)
    impact = _read_step(inner, "impact", steps[1] and steps[1] | zero)
    return None if probability is None or impact is None else Residual(probability=probability, impact=impact)
