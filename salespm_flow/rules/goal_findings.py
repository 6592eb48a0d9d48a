"""What is worth telling about goals that can be loaded: letters of SMART that fail, parts that do not add up."""

from collections.abc import Iterator, Mapping

from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, Span
from salespm_flow.model.goals import Goal, GoalSet, GoalTask, all_goals
from salespm_flow.model.library import Library
from salespm_flow.model.rules import Kpi
from salespm_flow.rules.goals import child_sum, task_sum
from salespm_flow.rules.smart import LETTERS, Letter, smart, written


def goal_findings(goals: GoalSet, library: Library) -> Iterator[Diagnostic]:
    """The findings about the goals of a set, goal by goal: all are warnings."""
    kpis = {kpi.id: kpi for kpi_set in library.kpi_sets.values() for kpi in kpi_set.kpis.values()}
    every = all_goals(library.goal_sets.values())
    users = tuple(one.id for one in library.workflows.values() if goals.id in one.uses.goals)
    for goal in goals.goals.values():
        yield from _of_smart(goal, kpis, every, users)
        yield from _of_sums(goal, every, kpis)
        for task in goal.tasks:
            yield from _of_task(goal, task)


def _of_smart(
    goal: Goal, kpis: Mapping[str, Kpi], every: Mapping[str, Goal], users: tuple[str, ...]
) -> Iterator[Diagnostic]:
    for verdict in smart(goal, kpis.get(goal.kpi or ""), parent=every.get(goal.parent or ""), users=users):
        # A KPI that cannot be found has been told, as has the file that should define it.
        if verdict.holds or (verdict.letter is Letter.MEASURABLE and goal.kpi is not None and goal.kpi not in kpis):
            continue
        name = LETTERS[verdict.letter]
        message = Bilingual(
            f"目标 {_shown(goal.id)} 不符合 SMART 的 {verdict.letter.value}（{name.zh}）：{verdict.reason.zh}",
            f"The goal {_shown(goal.id)} fails {verdict.letter.value} ({name.en}) of SMART: {verdict.reason.en}",
        )
        written_fix = "；".join(f"`{fix}`" for fix in verdict.fixes), ", ".join(f"`{fix}`" for fix in verdict.fixes)
        hint = Bilingual(f"例如 {written_fix[0]}", f"for example {written_fix[1]}") if verdict.fixes else None
        yield _warning("SF680", goal.span, message, hint)


def _of_sums(goal: Goal, every: Mapping[str, Goal], kpis: Mapping[str, Kpi]) -> Iterator[Diagnostic]:
    kpi = kpis.get(goal.kpi or "")
    children = child_sum(goal, (one for one in every.values() if one.parent == goal.id), kpi)
    words = (
        (children, Bilingual("下级目标", "child goals")),
        (task_sum(goal), Bilingual("任务", "tasks")),
    )
    for found, parts in words:
        if found is not None and found.is_whole and found.missing:
            total, target = written(found.sum), written(goal.target)
            message = Bilingual(
                f"{_shown(goal.id)} 的{parts.zh}合计 {total}，与目标值 {target} 不等",
                f"The {parts.en} of {_shown(goal.id)} come to {total}, not to its target {target}",
            )
            listed = ", ".join(found.parts)
            yield _warning("SF681", goal.span, message, Bilingual(f"合计的是：{listed}", f"summed: {listed}"))


def _of_task(goal: Goal, task: GoalTask) -> Iterator[Diagnostic]:
    if task.who is not None and task.due is not None:
        return
    name = f"{goal.id}.{task.id}"
    message = Bilingual(f"任务 {_shown(name)} 没有负责人或期限", f"The task {_shown(name)} has no owner or no due date")
    yield _warning("SF682", task.span, message, Bilingual("请写 `who` 和 `due`", "give `who` and `due`"))


def _shown(name: str) -> str:
    return f"`{name}`"


def _warning(code: str, span: Span, message: Bilingual, hint: Bilingual | None) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.WARNING, message=message, span=span, hint=hint)
