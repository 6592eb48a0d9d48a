"""Conditions with what a definition has settled left out: switches are parameters, and readers see only what binds.

Knows no words.
"""

from collections.abc import Mapping
from dataclasses import replace

from salespm_flow.expr.syntax import Binary, BooleanLiteral, Call, If, Name, Node, Operator
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import Parameter


def settled(node: Node, conditions: Mapping[str, Expression], parameters: Mapping[str, Parameter]) -> Node:
    """An equivalent tree in which no parameter that is true or false joins, negates or chooses anything.

    Looks through named conditions, and not into loops, whose variables may have a parameter's name.
    """

    def of(one: Node) -> Node:
        match one:
            case Name(name=name) if name in parameters and isinstance(switch := parameters[name].value, bool):
                return BooleanLiteral(value=switch, start=one.start, end=one.end)
            case Name(name=name) if name in conditions:
                inner = of(conditions[name].node)
                # A condition without switches keeps its name, by which others look it up.
                return one if inner == conditions[name].node else inner
            case Call(function="not" | "default", arguments=(argument, *others)):
                return _called(one, of(argument), tuple(others))
            case Binary(operator=Operator.AND | Operator.OR):
                return _joined(one, of(one.left), of(one.right))
            case If(condition=condition):
                choice = of(condition)
                if isinstance(choice, BooleanLiteral):
                    return of(one.then if choice.value else one.otherwise)
                return replace(one, condition=choice)
            case _:
                return one

    return of(node)


def _called(node: Call, inner: Node, others: tuple[Node, ...]) -> Node:
    """`not(inner)` or `default(inner, otherwise)`."""
    if isinstance(inner, BooleanLiteral):
        return replace(inner, value=not inner.value) if node.function == "not" else inner
    return replace(node, arguments=(inner, *others))


def _joined(node: Binary, left: Node, right: Node) -> Node:
    decisive = node.operator is Operator.OR
    for side, other in ((left, right), (right, left)):
        if isinstance(side, BooleanLiteral):
            return side if side.value is decisive else other
    return replace(node, left=left, right=right)
