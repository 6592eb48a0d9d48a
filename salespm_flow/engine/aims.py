"""What expressions read of a goal: what it says, whether it is SMART, and how far it has come."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo

from salespm_flow.engine.queries import calendar_of
from salespm_flow.expr.values import Value
from salespm_flow.model.goals import Goal, all_goals
from salespm_flow.model.library import Library
from salespm_flow.model.rules import Kpi
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.rules.goals import Standing, stand
from salespm_flow.rules.smart import Verdict, smart
from salespm_flow.working_time import Calendar

# Under this prefix the actual value of a goal stands among the stored figures.
PREFIX = "goal."


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A goal with its KPI, its verdicts and the calendar that it counts by: the workspace's."""

    goal: Goal
    kpi: Kpi | None
    verdicts: tuple[Verdict, ...]
    calendar: Calendar
    zone: tzinfo

    @property
    def kpi_id(self) -> str:
        """The id of the KPI, empty where there is none."""
        return "" if self.kpi is None else self.kpi.id

    @property
    def is_smart(self) -> bool:
        """Whether all five letters hold."""
        return all(verdict.holds for verdict in self.verdicts)

    def stand(self, actual: Value, now: datetime) -> Standing:
        """The goal's standing on the day of `now` in the workspace's time zone."""
        return stand(self.goal, self.kpi, actual, today=now.astimezone(self.zone).date(), calendar=self.calendar)


def aims_of(library: Library, sets: Iterable[str] | None = None) -> Mapping[str, Aim]:
    """The goals of the named sets (None: of all) by id, ready to be tracked; a set that does not exist has none."""
    return dict(_aims(library, tuple(library.goal_sets if sets is None else sets)))


def _aims(library: Library, sets: tuple[str, ...]) -> Iterator[tuple[str, Aim]]:
    kpis = {kpi.id: kpi for kpi_set in library.kpi_sets.values() for kpi in kpi_set.kpis.values()}
    every = all_goals(library.goal_sets.values())
    calendar, zone = calendar_of(library), zone_named(library.workspace.timezone)
    for name in sets:
        goals = library.goal_sets.get(name)
        users = tuple(one.id for one in library.workflows.values() if name in one.uses.goals)
        for goal in () if goals is None else goals.goals.values():
            kpi = kpis.get(goal.kpi or "")
            verdicts = smart(goal, kpi, parent=every.get(goal.parent or ""), users=users)
            yield goal.id, Aim(goal=goal, kpi=kpi, verdicts=verdicts, calendar=calendar, zone=zone)


def goal_record(aim: Aim, actual: Value, now: datetime) -> Mapping[str, Value]:
    """The goal as expressions see it at a moment."""
    standing = aim.stand(actual, now)
    return {
        "target": aim.goal.target,
        "actual": actual,
        "attainment": standing.attainment,
        "pace": standing.pace,
        "smart": aim.is_smart,
        "starts_on": aim.goal.starts_on,
        "ends_on": aim.goal.ends_on,
    }
