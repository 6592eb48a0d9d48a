"""The flow of a workflow's projects, from their histories in one pass, by definition version. Changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from salespm_flow.engine.measure.census import Case, cases
from salespm_flow.engine.measure.journey import journey_of
from salespm_flow.engine.measure.subjects import EVERYTHING, Subject, test_of
from salespm_flow.engine.ports import Store
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Library
from salespm_flow.model.project import Row
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.rules.flow.report import Flow, FlowCount
from salespm_flow.rules.flow.series import Burndown, Cumulative, CumulativeCount, Item, burndown
from salespm_flow.rules.flow.trips import Stay, Step, Track, Trip, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Whose ways are looked at: the projects of a workflow, as they stand or as they stood at `until`."""

    store: Store
    library: Library
    workflow: Workflow
    at: datetime
    is_past: bool = False
    subject: Subject = EVERYTHING


def trips(ways: Ways) -> Iterator[Trip]:
    """The way of each project, streamed."""
    counts = test_of(ways.subject, ways.workflow, ways.library)
    until = ways.at if ways.is_past else None
    for case in cases(ways.store, (ways.workflow.id,), with_history=True, until=until):
        if counts(case.project):
            yield _trip(case, ways)


def flow_of(ways: Ways, window: Window) -> Flow:
    """The flow of all projects."""
    count = _count(ways, window)
    for trip in trips(ways):
        count.take(trip)
    return count.flow()


def flow_by_version(ways: Ways, window: Window) -> Mapping[int, Flow]:
    """The flow of the projects of each version of the definition, by version; one pass.

    Rates over time count from the first project of the version on, since it cannot have had any before.
    """
    counts: dict[int, FlowCount] = {}
    since: dict[int, datetime] = {}
    for trip in trips(ways):
        if trip.version not in counts:
            counts[trip.version] = _count(ways, window)
        counts[trip.version].take(trip)
        since[trip.version] = min(trip.opened_at, since.get(trip.version, trip.opened_at))
    return {version: counts[version].flow(since[version]) for version in sorted(counts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFlow:
    """How the projects of one version of the definition did, and since when there have been any."""

    since: datetime
    flow: Flow


def flow_with_versions(ways: Ways, window: Window, whole: Window) -> tuple[Flow, Mapping[int, VersionFlow]]:
    """The flow of all projects in one window, and that of each version in another; one pass."""
    count = _count(ways, window)
    counts: dict[int, FlowCount] = {}
    since: dict[int, datetime] = {}
    for trip in trips(ways):
        count.take(trip)
        counts.setdefault(trip.version, _count(ways, whole)).take(trip)
        since[trip.version] = min(trip.opened_at, since.get(trip.version, trip.opened_at))
    versions = {name: VersionFlow(since=since[name], flow=counts[name].flow(since[name])) for name in sorted(counts)}
    return count.flow(), versions


def cumulative_of(ways: Ways, moments: Sequence[datetime]) -> Cumulative:
    """How many projects were in each state at each of the moments, which are in order."""
    count = CumulativeCount(moments, Track(ways.workflow.states))
    for trip in trips(ways):
        count.take(trip)
    return count.cumulative()


def burndown_of(ways: Ways, moments: Sequence[datetime], *, points: str | None = None) -> Burndown:
    """The projects as pieces of work: done by a good end, dropped by another.

    Args:
        ways: whose work.
        moments: at which to look, in order.
        points: the field that holds a project's size, as it stands; without it each counts 1.
    """
    return burndown(_items(ways, points), moments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Which rows are pieces of work: those of a record, their size in one column, done once another one is true."""

    record: str
    done: str
    points: str | None = None


def burndown_of_rows(ways: Ways, moments: Sequence[datetime], backlog: Backlog) -> Burndown:
    """The rows of a record as pieces of work, over the moments, which are in order.

    The size is the newest one; a row that is done again after it was not counts from the last time. A row whose project
    ends unfinished leaves the scope then.
    """
    return burndown(_rows(ways, backlog), moments)


def _rows(ways: Ways, backlog: Backlog) -> Iterator[Item]:
    counts = test_of(ways.subject, ways.workflow, ways.library)
    key = ways.workflow.records[backlog.record].key
    for case in cases(ways.store, (ways.workflow.id,), with_history=False, until=ways.at if ways.is_past else None):
        if not counts(case.project):
            continue
        pieces: dict[Value, list[Row]] = {}
        for row in case.project.records.get(backlog.record, ()):
            pieces.setdefault(Decimal(row.number) if key is None else row.values.get(key), []).append(row)
        ended = case.project.closed_at
        yield from (_piece(versions, backlog, ended) for versions in pieces.values())


def _piece(versions: Sequence[Row], backlog: Backlog, ended: datetime | None) -> Item:
    newest = versions[-1].values
    size = Decimal(1) if backlog.points is None else newest.get(backlog.points)
    done_at: datetime | None = None
    for row in versions:
        is_done = row.values.get(backlog.done) is True
        done_at = (done_at or row.at) if is_done else None
    return Item(
        known_at=versions[0].at,
        size=size if isinstance(size, Decimal) else Decimal(0),
        done_at=done_at,
        dropped_at=ended if done_at is None else None,
    )


def _items(ways: Ways, points: str | None) -> Iterator[Item]:
    counts = test_of(ways.subject, ways.workflow, ways.library)
    for case in cases(ways.store, (ways.workflow.id,), with_history=False, until=ways.at if ways.is_past else None):
        project = case.project
        if not counts(project):
            continue
        size = Decimal(1) if points is None else project.fields.get(points)
        is_success = project.outcome is not None and project.outcome.is_success
        ended = project.outcome_at or project.closed_at
        yield Item(
            known_at=project.opened_at,
            size=size if isinstance(size, Decimal) else Decimal(0),
            done_at=ended if is_success else None,
            dropped_at=None if is_success else ended,
        )


def _count(ways: Ways, window: Window) -> FlowCount:
    states = ways.workflow.states
    losses = frozenset(
        state.name for state in states.values() if state.outcome is not None and not state.outcome.is_success
    )
    return FlowCount(window, Track(states), losses)


def _trip(case: Case, ways: Ways) -> Trip:
    project = case.project
    journey = journey_of(case.entries, ways.workflow.states, ways.at)
    stays = tuple(_stay(visit) for visit in journey.visits)
    steps = tuple(_step(move) for move in journey.moves)
    return Trip(
        project=project.id,
        version=project.pin.version,
        opened_at=project.opened_at,
        started_at=steps[0].at if steps else None,
        ended_at=project.outcome_at or project.closed_at,
        is_success=project.outcome is not None and project.outcome.is_success,
        stays=stays,
        steps=steps,
    )


def _stay(visit: Mapping[str, Value]) -> Stay:
    match visit["state"], visit["entered_at"], visit["left_at"]:
        case str() as state, datetime() as entered, datetime() | None as left:
            return Stay(state=state, entered_at=entered, left_at=left)
        case _:
            raise TypeError(visit)


def _step(move: Mapping[str, Value]) -> Step:
    match move["at"], move["from"], move["to"]:
        case datetime() as at, str() | None as source, str() | None as target:
            return Step(at=at, source=source, target=target)
        case _:
            raise TypeError(move)
