"""How tightly the operators bind, from loosest to tightest: the order of DMN 1.5, 10.3.1.2. Knows no text."""

from collections.abc import Mapping

from salespm_flow.expr.syntax import EQUALITIES, ORDERINGS, Operator

OR_POWER, AND_POWER, COMPARISON_POWER, SUM_POWER, PRODUCT_POWER, POWER_POWER, NEGATE_POWER, POSTFIX_POWER = range(1, 9)

BINDING_POWERS: Mapping[Operator, int] = {
    Operator.OR: OR_POWER,
    Operator.AND: AND_POWER,
    **dict.fromkeys(ORDERINGS | EQUALITIES, COMPARISON_POWER),
    Operator.ADD: SUM_POWER,
    Operator.SUBTRACT: SUM_POWER,
    Operator.MULTIPLY: PRODUCT_POWER,
    Operator.DIVIDE: PRODUCT_POWER,
    Operator.POWER: POWER_POWER,
}

OPERATORS: Mapping[str, Operator] = {operator.value: operator for operator in BINDING_POWERS}
