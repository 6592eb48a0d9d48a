"""Conditions that the definition alone decides: what they come to whatever a project holds. Sound, not complete."""

from salespm_flow.expr.syntax import Binary, BooleanLiteral, Call, Name, Node, Operator
from salespm_flow.model.workflow import Workflow

_DEEPEST = 40


def settled(node: Node, workflow: Workflow, depth: int = 0) -> bool | None:
    """What the condition comes to in every project; None where that depends on the project, or is not seen.

    `or` and `and` are decided by one side that is settled, as three-valued logic says; an overlay that changes a
    parameter unsettles it.
    """
    if depth > _DEEPEST:
        return None
    match node:
        case BooleanLiteral(value=value):
            return value
        case Name(name=name) if name in workflow.parameters:
            given = workflow.parameters[name].value
            return given if isinstance(given, bool) else None
        case Name(name=name) if name in workflow.conditions:
            return settled(workflow.conditions[name].node, workflow, depth + 1)
        case Call(function="not", arguments=(inner,)):
            found = settled(inner, workflow, depth + 1)
            return None if found is None else not found
        case Binary(operator=Operator.OR | Operator.AND as operator, left=left, right=right):
            sides = (settled(left, workflow, depth + 1), settled(right, workflow, depth + 1))
            decisive = operator is Operator.OR
            if decisive in sides:
                return decisive
            return None if None in sides else not decisive
        case _:
            return None


def is_always_given(name: str, workflow: Workflow) -> bool:
    """Whether no project is ever without the field: none begins without it, and nobody may empty it."""
    field = workflow.fields.get(name)
    return field is not None and field.is_required and field.default is None
