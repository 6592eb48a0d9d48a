"""Changes the risk models and decision tables of a workflow in one small way at a time. Runs nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.expression import Expression
from salespm_flow.model.rules import RiskModel, RiskRule
from salespm_flow.model.tables import DecisionTable, TableRule
from salespm_flow.scenario.mutants import Mutant, MutationKind, other_amount, said_of
from salespm_flow.scenario.rewording import reworded, shifted_cell

Same = Callable[[Expression, Expression], bool]


def mutants_of_risks(model: RiskModel, is_same: Same) -> Iterator[Mutant]:
    """The thresholds, and each rule's condition, likelihood and impact, changed one after the other."""
    for parameter in model.parameters.values():
        other = other_amount(parameter.value)
        if other is not None:
            parameters = {**model.parameters, parameter.id: replace(parameter, value=other)}
            change = said_of(parameter.id, other, parameter.type)
            changed = replace(model, parameters=parameters)
            yield Mutant(kind=MutationKind.AMOUNT, place=parameter.span, change=change, changed=changed)
    for rule in model.rules.values():
        for expression, change in reworded(rule.when):
            other_rule = replace(rule, when=expression)
            yield Mutant(
                kind=MutationKind.OPERATOR,
                place=rule.when.place,
                change=change,
                changed=_with_rule(model, other_rule),
                is_equivalent=is_same(rule.when, expression),
            )
        yield from _stepped(model, rule)


def _stepped(model: RiskModel, rule: RiskRule) -> Iterator[Mutant]:
    """The rule with another likelihood, and with another impact."""
    likely = _neighbour(rule.probability, tuple(model.probabilities))
    change = Bilingual(f"{rule.id} 的可能性改为 {likely}", f"probability of {rule.id} = {likely}")
    changed = _with_rule(model, replace(rule, probability=likely))
    yield Mutant(kind=MutationKind.PROBABILITY, place=rule.span, change=change, changed=changed)
    impact = _neighbour(rule.impact, tuple(model.impacts))
    change = Bilingual(f"{rule.id} 的影响改为 {impact}", f"impact of {rule.id} = {impact}")
    changed = _with_rule(model, replace(rule, impact=impact))
    yield Mutant(kind=MutationKind.AMOUNT, place=rule.span, change=change, changed=changed)


def _neighbour(step: int, steps: tuple[int, ...]) -> int:
    return step + 1 if step + 1 in steps else step - 1


def _with_rule(model: RiskModel, rule: RiskRule) -> RiskModel:
    return replace(model, rules={**model.rules, rule.id: rule})


def mutants_of_table(table: DecisionTable) -> Iterator[Mutant]:
    """Each row of the table dropped, with a bound moved, with another answer."""
    for row in table.rules.values():
        rest = {id_: one for id_, one in table.rules.items() if id_ != row.id}
        dropped = Bilingual(f"去掉 {row.id}", f"{row.id} dropped")
        yield Mutant(kind=MutationKind.CHECK, place=row.span, change=dropped, changed=replace(table, rules=rest))
        for name, cell in row.tests.items():
            for expression, change in shifted_cell(cell):
                other = replace(row, tests={**row.tests, name: expression})
                changed = _with_row(table, other)
                yield Mutant(kind=MutationKind.OPERATOR, place=row.span, change=change, changed=changed)
        for name, answer in row.answers.items():
            amount = None if isinstance(answer, Expression) else _another(table, name, answer)
            if amount is not None:
                other = replace(row, answers={**row.answers, name: amount})
                changed = _with_row(table, other)
                said = said_of(f"{row.id}.{name}", amount, table.outputs[name].type)
                yield Mutant(kind=MutationKind.AMOUNT, place=row.span, change=said, changed=changed)


def _another(table: DecisionTable, output: str, answer: Value) -> Value:
    """Another value that the table answers somewhere, or an amount beside this one; None where there is neither."""
    if isinstance(answer, bool | Decimal | Money):
        return other_amount(answer)
    given = (row.answers.get(output) for row in table.rules.values())
    return next((one for one in given if isinstance(one, str) and one != answer), None)


def _with_row(table: DecisionTable, row: TableRule) -> DecisionTable:
    return replace(table, rules={**table.rules, row.id: row})
