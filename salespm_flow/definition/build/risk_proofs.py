"""Checks that every response of a risk model proves what its strategy claims; must not know workflows."""

from salespm_flow.definition.build.reader import Findings
from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.rules import Response, RiskModel, RiskRule, Strategy

_AVOID = Bilingual("规避须使剩余概率为 0", "To avoid a risk leaves it a probability of 0")
_TRANSFER = Bilingual("转移须写明 party 和 cost", "To transfer a risk names its party and cost")
_MITIGATE = Bilingual("减轻须使剩余分低于原来的分", "To mitigate a risk leaves it a lower score")


def check_proofs(findings: Findings, model: RiskModel) -> None:
    """A response that proves nothing is reported where it stands."""
    for rule in model.rules.values():
        if rule.response is not None:
            _check(findings, model, rule, rule.response)


def _check(findings: Findings, model: RiskModel, rule: RiskRule, response: Response) -> None:
    score, left = rule.probability * rule.impact, response.residual
    match response.strategy:
        case Strategy.AVOID if left is None or left.probability > 0:
            hint = Bilingual(
                f"residual: {{probability: 0, impact: {rule.impact}}}",
                f"residual: {{probability: 0, impact: {rule.impact}}}",
            )
            findings.error("SF337", _AVOID, response.span, hint)
        case Strategy.TRANSFER if response.party is None or response.cost is None:
            hint = Bilingual("party: partner, cost: 5000 CNY", "party: partner, cost: 5000 CNY")
            findings.error("SF337", _TRANSFER, response.span, hint)
        case Strategy.MITIGATE if left is None or left.probability * left.impact >= score:
            hint = Bilingual(f"residual 的乘积须小于 {score}", f"the product of the residual must be below {score}")
            findings.error("SF337", _MITIGATE, response.span, hint)
        case Strategy.ACCEPT if response.approval is None and not _is_below(model, score):
            _report_acceptance(findings, model, response, score)
        case _:
            return


def _is_below(model: RiskModel, score: int) -> bool:
    """Whether a score lies below the level from which on acceptance needs approval."""
    # Without bands, or with a level that does not exist, that has been told.
    bound = next((level.lowest for level in model.levels if level.id == model.accept_below), None)
    return not model.levels or (bound is not None and score < bound)


def _report_acceptance(findings: Findings, model: RiskModel, response: Response, score: int) -> None:
    hint = Bilingual(
        "请写 approve: {名称: {by: [角色]}}，或换一种应对", "add approve: {id: {by: [role]}}, or respond in another way"
    )
    if model.accept_below is None:
        message = Bilingual(
            "没有 accept_below，接受风险须经批准", "Without accept_below, to accept a risk needs approval"
        )
    else:
        level = shown(model.accept_below)
        message = Bilingual(
            f"分数 {score} 不低于 {level}，接受风险须经批准",
            f"The score {score} is not below {level}: to accept the risk needs approval",
        )
    findings.error("SF337", message, response.span, hint)
