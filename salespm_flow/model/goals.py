"""Goals as frozen nouns: what is to be reached, by whom and when. Knows neither KPI values nor projects."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Party
from salespm_flow.model.fields import FieldType
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalTask:
    """One step of a goal's plan of action; `contributes` is its part of the target, where it has one."""

    id: str
    title: Bilingual
    span: Span
    who: Party | None = None
    due: date | None = None
    contributes: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A target for a KPI in a period, both ends included.

    What a goal does not say is None: it can be loaded, but it is not SMART. `baseline` is what was reached before,
    `ceiling` the most (or, where less is better, the least) that can be reached; `type` is that of all three.
    """

    id: str
    title: Bilingual
    span: Span
    kpi: str | None = None
    scope: Bilingual | None = None
    parent: str | None = None
    who: Party | None = None
    type: FieldType | None = None
    baseline: Value = None
    target: Value = None
    ceiling: Value = None
    starts_on: date | None = None
    ends_on: date | None = None
    tasks: tuple[GoalTask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalSet:
    """Goals by id, in file order; a parent may stand in another set. Live: not pinned."""

    id: str
    version: int
    title: Bilingual
    source: Source
    goals: Mapping[str, Goal]
    span: Span


def all_goals(sets: Iterable[GoalSet]) -> Mapping[str, Goal]:
    """Every goal by id, in the order of the sets."""
    return {goal.id: goal for goals in sets for goal in goals.goals.values()}


def ancestors(goal: Goal, goals: Mapping[str, Goal]) -> Iterator[Goal]:
    """The goal's parent, that one's parent and so on; each once, also where they go round in a circle."""
    seen: set[str] = set()
    above = goals.get(goal.parent or "")
    while above is not None and above.id not in seen:
        yield above
        seen.add(above.id)
        above = goals.get(above.parent or "")
