"""What an expression over plain rows runs in: its scope, and the filter of a list of projects."""

from collections.abc import Callable, Mapping
from datetime import datetime

from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.problems import Problem
from salespm_flow.expr.scope import Exchange, Scope
from salespm_flow.expr.types import BOOLEAN
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Library
from salespm_flow.model.names import filter_names
from salespm_flow.model.rates import exchange_of
from salespm_flow.model.workflow import Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import Calendar, plain_calendar

Test = Callable[[Mapping[str, Value], datetime], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter ready to run, or what is wrong in its text."""

    test: Test | None
    problems: tuple[Problem, ...]


class NoStays:
    """A row of a list knows nothing of stays."""

    def is_in(self, state: str) -> bool:  # noqa: ARG002 -- the port names it
        """No row is in any state by name; its column `state` says where it stands."""
        return False

    def entered_at(self, state: str) -> datetime | None:  # noqa: ARG002 -- the port names it
        """Unknown to a row."""
        return None

    def changed_at(self, name: str) -> datetime | None:  # noqa: ARG002 -- the port names it
        """Unknown to a row."""
        return None


Scoped = Callable[[Mapping[str, Value], datetime], Scope]


def scopes_of(library: Library, rates: Exchange | None = None) -> Scoped:
    """What makes the scope of plain rows of the workspace at a moment, with full fuel; `rates` None for its own."""
    zone = zone_named(library.workspace.timezone)
    calendar = calendar_of(library)
    exchange = rates or exchange_of(library)

    def scope(names: Mapping[str, Value], now: datetime) -> Scope:
        return Scope(names=names, now=now, zone=zone, calendar=calendar, stays=NoStays(), exchange=exchange)

    return scope


def calendar_of(library: Library) -> Calendar:
    """The workspace's calendar, by which rows of several projects count working days; a plain one where it has none."""
    workspace = library.workspace
    named = None if workspace.calendar is None else library.calendars.get(workspace.calendar)
    return named or plain_calendar(zone_named(workspace.timezone))


def filter_of(text: str, workflow: Workflow, library: Library) -> Filter:
    """The filter over the columns of the workflow's projects; only errors stop it from running."""
    names = filter_names(workflow, library)
    parsed = parse(text)
    if parsed.node is None:
        return Filter(test=None, problems=parsed.problems)
    checked = check(parsed.node, names, expected=BOOLEAN)
    problems = (*parsed.problems, *checked.problems)
    if any(problem.severity == "error" for problem in problems):
        return Filter(test=None, problems=problems)
    run = compile_node(parsed.node, names)
    scope = scopes_of(library)

    def test(row: Mapping[str, Value], now: datetime) -> bool:
        return run(scope(row, now)) is True

    return Filter(test=test, problems=problems)
