"""Goals in words: what is to be reached, by whom, when, and by which steps. Knows neither figures nor projects."""

from collections.abc import Iterable, Iterator

from salespm_flow.draw.phrases import Phrases
from salespm_flow.model.goals import Goal, GoalSet, GoalTask


def goal_section(goals: Iterable[GoalSet], phrases: Phrases) -> Iterator[str]:
    """The lines of a section on the goals, none where there are no goals; the parts of a goal follow it indented."""
    every = {goal.id: goal for one in goals for goal in one.goals.values()}
    if not every:
        return
    yield f"## {phrases.pick('目标', 'Goals')}"
    yield ""
    for goal in every.values():
        if goal.parent not in every:
            yield from _told(goal, every.values(), phrases, depth=0)
    yield ""


def _told(goal: Goal, every: Iterable[Goal], phrases: Phrases, *, depth: int) -> Iterator[str]:
    """The goal, its steps, then the goals that serve it; the definitions have no circles of goals."""
    indent = "  " * depth
    yield f"{indent}- **{phrases.of(goal.title)}** (`{goal.id}`)"
    yield from (f"{indent}  - {one}" for one in _facts(goal, phrases))
    yield from (f"{indent}  - {_step(task, phrases)}" for task in goal.tasks)
    for part in every:
        if part.parent == goal.id:
            yield from _told(part, every, phrases, depth=depth + 1)


def _facts(goal: Goal, phrases: Phrases) -> Iterator[str]:
    title = phrases.titles.get(f"kpi.{goal.kpi}")
    kpi = phrases.of(title) if title is not None else f"`{goal.kpi}`" if goal.kpi else ""
    known = (
        ("指标", "KPI", kpi),
        ("目标值", "Target", "" if goal.target is None else phrases.value(goal.target)),
        ("基线", "Baseline", "" if goal.baseline is None else phrases.value(goal.baseline)),
        ("范围", "Scope", "" if goal.scope is None else phrases.of(goal.scope)),
        ("责任人", "Owner", "" if goal.who is None else phrases.party(goal.who)),
        ("期间", "Period", f"{goal.starts_on} – {goal.ends_on}" if goal.starts_on and goal.ends_on else ""),
    )
    colon = phrases.pick("：", ": ")
    yield from (f"{phrases.pick(zh, en)}{colon}{told}" for zh, en, told in known if told)


def _step(task: GoalTask, phrases: Phrases) -> str:
    who = "" if task.who is None else phrases.party(task.who)
    due = "" if task.due is None else phrases.pick(f"{task.due} 前", f"by {task.due}")
    part = "" if task.contributes is None else phrases.value(task.contributes)
    told = phrases.listed(tuple(one for one in (who, due, part) if one))
    name = phrases.pick("步骤：", "Step: ") + phrases.of(task.title)
    return name + (phrases.pick(f"（{told}）", f" ({told})") if told else "")
