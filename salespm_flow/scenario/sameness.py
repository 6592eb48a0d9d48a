"""Whether a condition in other words is still the same: proven, or read only where parameters have switched it off."""

from collections.abc import Callable, Mapping

from salespm_flow.expr.syntax import Name, walk
from salespm_flow.expr.types import Typed
from salespm_flow.model.expression import Expression
from salespm_flow.model.library import Reference
from salespm_flow.model.tables import expressions_in
from salespm_flow.model.workflow import Workflow
from salespm_flow.scenario.constants import settled
from salespm_flow.solve.cases import Cases, Verdict, Wish
from salespm_flow.solve.comparisons import Want


def sameness(
    workflow: Workflow, names: Mapping[str, Typed], references: Mapping[str, Reference]
) -> Callable[[Expression, Expression], bool]:
    """What tells of two conditions over the names whether neither ever holds where the other does not."""
    cases = Cases(workflow, names, references)

    def is_same(was: Expression, now: Expression) -> bool:
        if settled(was.node, workflow) is not None:
            return settled(was.node, workflow) is settled(now.node, workflow)
        apart = (
            [Wish(was.node), Wish(now.node, Want.NOT_TRUE)],
            [Wish(now.node), Wish(was.node, Want.NOT_TRUE)],
        )
        return all(cases.together(wishes).verdict is Verdict.NEVER for wishes in apart)

    return is_same


def is_idle(name: str, workflow: Workflow) -> bool:
    """Whether a condition or parameter is read only where parameters decide without it, as in a switched-off gate."""
    reading = {name}
    while True:
        more = {one for one, written in workflow.conditions.items() if reading & _names(written)} - reading
        if not more:
            break
        reading |= more
    own = {id(written) for written in workflow.conditions.values()}
    users = (one for one in expressions_in(workflow) if id(one) not in own and reading & _names(one))
    return all(settled(one.node, workflow) is not None for one in users)


def _names(expression: Expression) -> set[str]:
    return {node.name for node, _ in walk(expression.node) if isinstance(node, Name)}
