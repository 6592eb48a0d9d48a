"""Checks goals against KPIs and against each other. Whether they are SMART is not asked here."""

from collections.abc import Iterator, Mapping

from salespm_flow.definition.build import Built
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.expr.types import MoneyType, describe, kind_of
from salespm_flow.model.goals import Goal, GoalSet, all_goals, ancestors
from salespm_flow.model.library import Library
from salespm_flow.model.names import type_of, type_of_unit
from salespm_flow.model.rules import Kpi


def check_goals(built: Built, goals: GoalSet, library: Library, poisoned: frozenset[str]) -> Iterator[Diagnostic]:
    """Everything in which the goals of a set do not fit KPIs or other goals; `poisoned` KPIs are not judged."""
    kpis = {kpi.id: kpi for kpi_set in library.kpi_sets.values() for kpi in kpi_set.kpis.values()}
    every = all_goals((*library.goal_sets.values(), goals))
    for goal in goals.goals.values():
        yield from _check_double(goals, goal, library)
        yield from _check_kpi(built, goal, kpis, poisoned)
        yield from _check_parent(built, goal, every)
        yield from _check_tasks(goal)


def _check_double(goals: GoalSet, goal: Goal, library: Library) -> Iterator[Diagnostic]:
    other = next((one for one in library.goal_sets.values() if one.id < goals.id and goal.id in one.goals), None)
    if other is not None:
        message = Bilingual(
            f"目标 {shown(goal.id)} 已在 {shown(other.id)} 中定义",
            f"The goal {shown(goal.id)} is already defined in {shown(other.id)}",
        )
        yield error("SF394", goal.span, message)


def _check_kpi(built: Built, goal: Goal, kpis: Mapping[str, Kpi], poisoned: frozenset[str]) -> Iterator[Diagnostic]:
    if goal.kpi is None or goal.kpi in poisoned:
        return
    kpi = kpis.get(goal.kpi)
    if kpi is None:
        node = built.places[f"goals.{goal.id}.kpi"]
        message = Bilingual(f"没有指标 {shown(goal.kpi)}", f"There is no KPI {shown(goal.kpi)}")
        yield error("SF308", node.span, message, suggestion(goal.kpi, kpis), fix=renaming(node, kpis))
        return
    if goal.type is None:
        return
    found, wanted = type_of(goal.type, {}), type_of_unit(kpi.unit)
    fits = kind_of(found) is kind_of(wanted)
    if isinstance(found, MoneyType) and isinstance(wanted, MoneyType):
        fits = found.currency == wanted.currency
    if not fits:
        message = Bilingual(
            f"指标 {shown(kpi.id)} 的值是{describe(wanted).zh}，目标 {shown(goal.id)} 写的是{describe(found).zh}",
            f"The KPI {shown(kpi.id)} is {describe(wanted).en}, the goal {shown(goal.id)} gives {describe(found).en}",
        )
        hint = Bilingual("请改用同一单位，或换一个指标", "use that unit, or another KPI")
        yield error("SF393", goal.span, message, hint)


def _check_parent(built: Built, goal: Goal, every: Mapping[str, Goal]) -> Iterator[Diagnostic]:
    if goal.parent is None:
        return
    node = built.places[f"goals.{goal.id}.parent"]
    parent = every.get(goal.parent)
    if parent is None:
        others = [name for name in every if name != goal.id]
        message = Bilingual(f"没有目标 {shown(goal.parent)}", f"There is no goal {shown(goal.parent)}")
        yield error("SF391", node.span, message, suggestion(goal.parent, others), fix=renaming(node, others))
    elif any(above.id == goal.id for above in ancestors(goal, every)):
        message = Bilingual(
            f"目标 {shown(goal.id)} 最终以自己为上级", f"The goal {shown(goal.id)} comes back to itself as its parent"
        )
        yield error("SF343", node.span, message)
    elif _is_outside(goal, parent):
        message = Bilingual(
            f"{shown(goal.id)} 的期间超出上级目标 {shown(parent.id)} 的 {parent.starts_on} 至 {parent.ends_on}",
            f"The period of {shown(goal.id)} leaves that of its parent {shown(parent.id)}, "
            f"{parent.starts_on} to {parent.ends_on}",
        )
        yield error("SF392", node.span, message)


def _is_outside(goal: Goal, parent: Goal) -> bool:
    starts_early = goal.starts_on is not None and parent.starts_on is not None and goal.starts_on < parent.starts_on
    ends_late = goal.ends_on is not None and parent.ends_on is not None and goal.ends_on > parent.ends_on
    return starts_early or ends_late


def _check_tasks(goal: Goal) -> Iterator[Diagnostic]:
    for task in goal.tasks:
        name = f"{goal.id}.{task.id}"
        if task.due is not None and goal.ends_on is not None and task.due > goal.ends_on:
            message = Bilingual(
                f"任务 {shown(name)} 的期限 {task.due} 晚于目标的截止日 {goal.ends_on}",
                f"The task {shown(name)} is due on {task.due}, after the goal ends on {goal.ends_on}",
            )
            yield error("SF392", task.span, message)
