"""Checks that the money of risks can be added up: one currency in a model, and in all models of a workflow."""

from collections.abc import Iterator

from salespm_flow.definition.build import Built
from salespm_flow.definition.findings import error, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.expr.values import Money
from salespm_flow.model.library import Library
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.workflow import Workflow


def check_currency(built: Built, model: RiskModel, library: Library) -> Iterator[Diagnostic]:
    """All money written in the model is in its currency, else in the workspace's."""
    wanted = model.currency or library.workspace.currency
    for money, span in _money(built, model):
        if money.currency != wanted:
            message = Bilingual(
                f"风险按 {wanted} 计，这里是 {money.currency}",
                f"The risks count in {wanted}, this is {money.currency}",
            )
            hint = Bilingual(
                f"改用 {wanted}，或在模型中写 currency: {money.currency}",
                f"use {wanted}, or give the model currency: {money.currency}",
            )
            yield error("SF339", span, message, hint)


def _money(built: Built, model: RiskModel) -> Iterator[tuple[Money, Span]]:
    for step, cost in model.costs.items():
        if isinstance(cost, Money):
            yield cost, built.places[f"scales.impact.{step}.cost"].span
    for rule in model.rules.values():
        if rule.response is not None and rule.response.cost is not None:
            yield rule.response.cost, rule.response.span


def check_currencies(built: Built, workflow: Workflow, library: Library) -> Iterator[Diagnostic]:
    """The risk models of a workflow count in one currency, so that exposures can be added."""
    models = [library.risk_models[name] for name in workflow.uses.risks if name in library.risk_models]
    for model in models[1:]:
        first, other = (one.currency or library.workspace.currency for one in (models[0], model))
        if first != other:
            message = Bilingual(
                f"风险模型 {shown(model.id)} 按 {other} 计，而 {shown(models[0].id)} 按 {first} 计",
                f"The risk model {shown(model.id)} counts in {other}, but {shown(models[0].id)} in {first}",
            )
            yield error("SF339", built.places[f"uses.risks.{model.id}"].span, message)
