"""Clocks, approvals and completions of a project that comes to another version. Knows no states but by their paths.

A clock counts from the original entry: a longer limit gives more time, a shorter one may be over already. What has
fired before does not fire again for the same time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.durations import later
from salespm_flow.engine.limits import BREACH, TIMER, WARN
from salespm_flow.engine.places import active_paths
from salespm_flow.engine.registers.approvals import close
from salespm_flow.engine.registers.clocks import is_paused, set_dates
from salespm_flow.engine.turn import Turn
from salespm_flow.evolve.configuration import counterpart
from salespm_flow.evolve.course import Course
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.expression import Duration
from salespm_flow.model.history import ApprovalChanged, ClockCleared, ClockSet, CompletionsPending
from salespm_flow.model.project import ApprovalRequest, Clock, Project
from salespm_flow.statechart.chart import matches

# The older clock, None where it has fired, and the time it ran for.
Former = tuple[Clock | None, Duration]


def moved_registers(course: Course, turn: Turn, project: Project, states: Mapping[str, str]) -> None:
    """The draft of the turn, which stands in the newer states already, has the clocks, requests and completions."""
    _approvals(course, turn, project, states)
    if project.clocks or any(course.new.limits[path] for path in active_paths(turn.draft.leaves)):
        _clocks(course, turn, project, states)
    set_dates(turn)
    if project.pending:
        _completions(course, turn, project)


def _approvals(course: Course, turn: Turn, project: Project, states: Mapping[str, str]) -> None:
    for request in project.approvals.values():
        if not request.is_live:
            continue
        if not is_known(request, course.new):
            close(turn, request, "void")
        elif request.source in states:
            turn.change(ApprovalChanged(approval=replace(request, source=states[request.source])))


def is_known(request: ApprovalRequest, compiled: Compiled) -> bool:
    """Whether the version has the move and the approval that the request is about."""
    transition = compiled.workflow.transitions.get(request.transition)
    return transition is not None and request.approval in transition.approvals


def _clocks(course: Course, turn: Turn, project: Project, states: Mapping[str, str]) -> None:
    wanted = {clock.id: clock for clock in _running(course, turn, project, states)}
    for name in tuple(turn.draft.clocks):
        if name not in wanted:
            turn.change(ClockCleared(id=name))
    for clock in wanted.values():
        if turn.draft.clocks.get(clock.id) != clock:
            turn.change(ClockSet(clock=clock))


def _running(course: Course, turn: Turn, project: Project, states: Mapping[str, str]) -> Iterator[Clock]:
    """The clocks of the newer version: of active states, of states aside, of approvals and of risks."""
    active = frozenset(active_paths(turn.draft.leaves))
    former = _former_clocks(course, project, states)
    for path in active:
        for name, duration in course.new.limits[path].items():
            clock = _recomputed(course, turn, (name, path, duration), former)
            if clock is not None:
                yield clock
    dated = {TIMER + timer.id for timer in course.new.workflow.timers.values() if timer.at is not None}
    for clock in turn.draft.clocks.values():
        if clock.id.startswith((WARN, BREACH, TIMER)) and clock.id not in dated:
            kept = _set_aside(course, clock, active, states)
            if kept is not None:
                yield kept
        elif clock.id not in dated or course.new.workflow.timers[clock.id.removeprefix(TIMER)].state in active:
            yield replace(clock, state=states.get(clock.state, clock.state))


def _former_clocks(
    course: Course, project: Project, states: Mapping[str, str]
) -> dict[str, tuple[Clock | None, Duration]]:
    """By newer id: the older clock that it was (None: it has fired) with the time it ran for."""
    found: dict[str, Former] = {}
    for path in active_paths(project.leaves):
        now = states.get(path, path)
        # What a part has become keeps the clocks of the whole as well.
        for place in (now, *((path,) if path != now and path in course.new.workflow.states else ())):
            for name, duration in course.old.limits[path].items():
                renamed = _renamed(name, place, course.new)
                if renamed:
                    found[renamed] = (project.clocks.get(name), duration)
    return found


def _renamed(name: str, path: str, compiled: Compiled) -> str:
    """The id of the same clock in the newer state, empty where it has none such."""
    if name.startswith(TIMER):
        return name if name in compiled.limits.get(path, ()) else ""
    prefix = WARN if name.startswith(WARN) else BREACH
    wanted = prefix + compiled.workflow.states[path].name
    return wanted if wanted in compiled.limits[path] else ""


def _recomputed(
    course: Course, turn: Turn, named: tuple[str, str, Duration], former: Mapping[str, Former]
) -> Clock | None:
    """The clock of an active state; None where its time has passed and it has fired."""
    name, path, duration = named
    before, length = former.get(name, (None, None))
    is_spent = name in former and before is None
    if before is not None and length == duration:
        return replace(before, id=name, state=path)
    entered = turn.draft.entered[path]
    timer = course.new.workflow.timers.get(name.removeprefix(TIMER))
    if timer is not None and timer.every is not None:
        start = entered if before is None else before.started_at
        return _rhythm(course.new, Clock(id=name, state=path, started_at=start, due_at=start), duration, turn.now)
    due_at = later(entered, duration, course.new.calendar, course.new.zone)
    if is_spent and due_at <= turn.now:
        return None
    return Clock(id=name, state=path, started_at=entered, due_at=due_at)


def _rhythm(compiled: Compiled, clock: Clock, duration: Duration, now: datetime) -> Clock:
    """The first time after now that the rhythm from the clock's start comes to."""
    start = clock.started_at
    due_at = later(start, duration, compiled.calendar, compiled.zone)
    while start < due_at <= now:
        start, due_at = due_at, later(due_at, duration, compiled.calendar, compiled.zone)
    return replace(clock, started_at=start, due_at=due_at)


def _set_aside(course: Course, clock: Clock, active: frozenset[str], states: Mapping[str, str]) -> Clock | None:
    """A clock that waits for its state to be entered again; None where the state or the clock is gone."""
    path = states.get(clock.state) or counterpart(clock.state, course.new.workflow, course.moved)
    was = course.old.limits.get(clock.state, {}).get(clock.id)
    if path is None or path in active or was is None:
        return None
    name = _renamed(clock.id, path, course.new)
    if not name:
        return None
    moved = replace(clock, id=name, state=path)
    now = course.new.limits[path][name]
    return moved if now == was or not is_paused(clock) else _with_other_length(moved, was, now)


def _with_other_length(clock: Clock, was: Duration, now: Duration) -> Clock:
    """As much time more or less as the limit has; of lengths in other units what remained stays."""
    if isinstance(was, timedelta) and isinstance(now, timedelta) and clock.remaining is not None:
        return replace(clock, remaining=max(timedelta(), clock.remaining + now - was))
    if isinstance(was, WorkingDays) and isinstance(now, WorkingDays) and clock.remaining_days is not None:
        return replace(clock, remaining_days=max(Decimal(), clock.remaining_days + now.days - was.days))
    return clock


def _completions(course: Course, turn: Turn, project: Project) -> None:
    """The completions that still wait, under the newer names, where some transition still listens."""
    found = []
    for event in project.pending:
        path = course.old.paths.get(event.removeprefix("done."), "")
        now = counterpart(path, course.new.workflow, course.moved)
        if now is None or now not in active_paths(turn.draft.leaves):
            continue
        name = f"done.{course.new.workflow.states[now].name}"
        if any(matches(pattern, name) for pattern in course.new.completions):
            found.append(name)
    if tuple(found) != project.pending:
        turn.change(CompletionsPending(events=tuple(found)))
