"""Which projects serve a goal: those that its KPI counts, those of workflows that use it, and what these have begun."""

from collections.abc import Iterable, Iterator, Mapping

from salespm_flow.model.figures import kpis_behind
from salespm_flow.model.goals import Goal, all_goals
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project
from salespm_flow.rules.period import Period


class Serving:
    """Says of a project whether any goal of the period needs it."""

    def __init__(self, library: Library, period: Period) -> None:
        self._library = library
        every = all_goals(library.goal_sets.values())
        goals = {name: goal for name, goal in every.items() if _meets(goal, period)}
        self.has_goals = bool(goals)
        self._served = frozenset((*self._counted(goals.values()), *self._using(goals)))
        # A child serves what the project that began it serves.
        self._begun = frozenset(
            (name, link.id, link.workflow)
            for name in self._served
            if name in library.workflows
            for link in library.workflows[name].links.values()
        )

    def serves(self, project: Project) -> bool:
        """Whether a goal of the period counts the project, or one that began it."""
        name, parent = project.pin.workflow, project.parent
        if name in self._served:
            return True
        return parent is not None and any((parent.link, name) == (link, child) for _, link, child in self._begun)

    def _counted(self, goals: Iterable[Goal]) -> Iterator[str]:
        kpis = {kpi.id: kpi for one in self._library.kpi_sets.values() for kpi in one.kpis.values()}
        for goal in goals:
            for name in () if goal.kpi is None else (goal.kpi, *kpis_behind(goal.kpi, self._library)):
                workflow = kpis[name].workflow if name in kpis else None
                if workflow is not None:
                    yield workflow

    def _using(self, goals: Mapping[str, Goal]) -> Iterator[str]:
        sets = {one.id for one in self._library.goal_sets.values() if any(name in goals for name in one.goals)}
        for workflow in self._library.workflows.values():
            if sets.intersection(workflow.uses.goals):
                yield workflow.id


def _meets(goal: Goal, period: Period) -> bool:
    begins_late = period.end is not None and goal.starts_on is not None and goal.starts_on > period.end
    ended_before = period.start is not None and goal.ends_on is not None and goal.ends_on < period.start
    return not (begins_late or ended_before)
