"""Writes goal sets."""

from collections.abc import Iterator
from datetime import date

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.nodes import MapNode, Node
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Party
from salespm_flow.model.fields import FieldType, Scalar, SimpleType
from salespm_flow.model.goals import Goal, GoalSet, GoalTask

_DATE = SimpleType(Scalar.DATE)


def goal_set(document: GoalSet) -> Iterator[tuple[str, Node | None]]:
    """The keys of the document after its header."""
    yield "goals", leaves.entries((id_, _goal(goal)) for id_, goal in document.goals.items())


def _goal(goal: Goal) -> MapNode:
    return leaves.entries(
        (
            ("title", leaves.title(goal.title, goal.id)),
            ("kpi", None if goal.kpi is None else leaves.text(goal.kpi)),
            ("scope", leaves.title(goal.scope)),
            ("parent", None if goal.parent is None else leaves.text(goal.parent)),
            ("who", _party(goal.who)),
            ("baseline", _amount(goal.baseline, goal.type)),
            ("target", _amount(goal.target, goal.type)),
            ("ceiling", _amount(goal.ceiling, goal.type)),
            ("starts_on", _day(goal.starts_on)),
            ("ends_on", _day(goal.ends_on)),
            ("tasks", leaves.section((task.id, _task(task, goal.type)) for task in goal.tasks)),
        )
    )


def _task(task: GoalTask, type_: FieldType | None) -> MapNode:
    return leaves.entries(
        (
            ("title", leaves.title(task.title, task.id)),
            ("who", _party(task.who)),
            ("due", _day(task.due)),
            ("contributes", _amount(task.contributes, type_)),
        )
    )


def _party(named: Party | None) -> Node | None:
    return None if named is None else leaves.party(named)


def _amount(value: Value, type_: FieldType | None) -> Node | None:
    return None if value is None or type_ is None else leaves.undeclared(value, type_)


def _day(day: date | None) -> Node | None:
    return leaves.literal(day, _DATE)
