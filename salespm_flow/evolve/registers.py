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
from salespm_flow.evolve.track import Limit, Track, place_of, renamed_clock
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.expression import Duration
from salespm_flow.model.history import ApprovalChanged, ClockCleared, ClockSet, CompletionsPending
from salespm_flow.model.project import ApprovalRequest, Clock, Project
from salespm_flow.statechart.chart import matches


def moved_registers(course: Course, turn: Turn, project: Project, track: Track) -> None:
    """The draft of the turn, which stands in the newer states with their clocks, has its requests and completions.

    Timers on a date are set, since a date may hang on what the newer version computes.
    """
    if project.approvals:
        _approvals(course, turn, project, track.states)
    set_dates(turn)
    if project.pending:
        _completions(course, turn, project)


def _approvals(course: Course, turn: Turn, project: Project, states: Mapping[str, str]) -> None:
    for request in project.approvals.values():
        if not request.is_live:
            continue
        if not is_known(request, course.new, course.transitions):
            close(turn, request, "void")
            continue
        name = course.transitions.get(request.transition, request.transition)
        moved = replace(
            request,
            transition=name,
            event=name if request.event == request.transition else request.event,
            source=states.get(request.source, request.source),
        )
        if moved != request:
            turn.change(ApprovalChanged(approval=moved))


def is_known(request: ApprovalRequest, compiled: Compiled, renamed: Mapping[str, str]) -> bool:
    """Whether the version has, under the name that it has now, the move and the approval that the request is about."""
    transition = compiled.workflow.transitions.get(renamed.get(request.transition, request.transition))
    return transition is not None and request.approval in transition.approvals


def moved_clocks(
    course: Course, track: Track, project: Project, entered: Mapping[str, datetime], *, now: datetime
) -> Mapping[str, Clock]:
    """The clocks of the project in the newer states, entered then; the very same ones where nothing differs."""
    lasting, clocks = track.lasting, project.clocks
    if len(clocks) == len(track.limits) and all(lasting.get(name) == clock.state for name, clock in clocks.items()):
        return clocks
    wanted: dict[str, Clock] = {}
    known = set()
    for limit in track.limits.values():
        known.add(limit.former)
        clock = _recomputed(course, limit, project, entered[limit.path], now=now)
        if clock is not None:
            wanted[limit.id] = clock
    for clock in clocks.values():
        if clock.id not in known:
            kept = _beside(course, clock, track)
            if kept is not None:
                wanted[kept.id] = kept
    return wanted


def clock_changes(before: Mapping[str, Clock], after: Mapping[str, Clock]) -> Iterator[ClockCleared | ClockSet]:
    """What leads from the ones to the others."""
    if after is before:
        return
    for name in before:
        if name not in after:
            yield ClockCleared(id=name)
    for name, clock in after.items():
        was = before.get(name)
        if was is not clock and was != clock:
            yield ClockSet(clock=clock)


def _beside(course: Course, clock: Clock, track: Track) -> Clock | None:
    """A clock that is none of an active state's limits: of a state aside, of a date, an approval or a risk."""
    name = clock.id.removeprefix(TIMER)
    timer = course.new.workflow.timers.get(course.timers.get(name, name))
    if timer is not None and timer.at is not None:
        return replace(clock, id=TIMER + timer.id, state=timer.state) if timer.state in track.active else None
    if clock.id.startswith((WARN, BREACH, TIMER)):
        return _set_aside(course, clock, track)
    now = track.states.get(clock.state) or (clock.state and place_of(course, clock.state)) or clock.state
    return clock if now == clock.state else replace(clock, state=now)


def _recomputed(course: Course, limit: Limit, project: Project, entered: datetime, *, now: datetime) -> Clock | None:
    """The clock of an active state; None where its time has passed and it has fired."""
    before = project.clocks.get(limit.former) if limit.former else None
    if before is not None and limit.length == limit.duration:
        is_same = (before.id, before.state) == (limit.id, limit.path)
        return before if is_same else replace(before, id=limit.id, state=limit.path)
    timer = course.new.workflow.timers.get(limit.id.removeprefix(TIMER))
    if timer is not None and timer.every is not None:
        start = entered if before is None else before.started_at
        clock = Clock(id=limit.id, state=limit.path, started_at=start, due_at=start)
        return _rhythm(course.new, clock, limit.duration, now)
    due_at = later(entered, limit.duration, course.new.calendar, course.new.zone)
    if limit.former and before is None and due_at <= now:
        return None
    return Clock(id=limit.id, state=limit.path, started_at=entered, due_at=due_at)


def _rhythm(compiled: Compiled, clock: Clock, duration: Duration, now: datetime) -> Clock:
    """The first time after now that the rhythm from the clock's start comes to."""
    start = clock.started_at
    due_at = later(start, duration, compiled.calendar, compiled.zone)
    while start < due_at <= now:
        start, due_at = due_at, later(due_at, duration, compiled.calendar, compiled.zone)
    return replace(clock, started_at=start, due_at=due_at)


def _set_aside(course: Course, clock: Clock, track: Track) -> Clock | None:
    """A clock that waits for its state to be entered again; None where the state or the clock is gone."""
    path = None if clock.state in track.states else place_of(course, clock.state)
    was = course.old.limits.get(clock.state, {}).get(clock.id)
    name = "" if path is None else renamed_clock(course, clock.id, path)
    if path is None or path in track.active or was is None or not name:
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
