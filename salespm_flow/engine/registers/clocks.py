"""SLA and timer clocks of a project: started at entry, stopped at exit, paused while the project is set aside."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import MOMENT
from salespm_flow.engine.durations import later, start_of
from salespm_flow.engine.limits import APPROVAL, TIMER
from salespm_flow.engine.places import active_paths, is_within
from salespm_flow.engine.turn import Turn
from salespm_flow.errors import CalendarError
from salespm_flow.expr.values import Months, Value, WorkingDays
from salespm_flow.model.expression import Duration
from salespm_flow.model.history import ClockCleared, ClockSet
from salespm_flow.model.project import Clock
from salespm_flow.model.workflow import Timer
from salespm_flow.statechart.kernel import Step
from salespm_flow.working_time import add_working_time, working_days_between


def start_clocks(turn: Turn, entered: Iterable[str]) -> None:
    """Every clock of the entered states runs; one paused there continues with what remained, one spent stays quiet."""
    for path in entered:
        for clock, duration in turn.compiled.limits[path].items():
            kept = turn.draft.clocks.get(clock)
            if kept is not None and _is_spent(kept):
                turn.change(ClockCleared(id=clock))
                continue
            due_at = _due(turn, turn.now, duration) if kept is None or not is_paused(kept) else _resumed(turn, kept)
            turn.change(ClockSet(clock=Clock(id=clock, state=path, started_at=turn.now, due_at=due_at)))
    if turn.draft.approvals:
        _continue_approvals(turn, frozenset(entered))


def _continue_approvals(turn: Turn, entered: frozenset[str]) -> None:
    """What waits for approval in a state that was set aside is due again once that is entered again."""
    for clock in tuple(turn.draft.clocks.values()):
        if clock.id.startswith(APPROVAL) and clock.state in entered and is_paused(clock):
            resumed = Clock(id=clock.id, state=clock.state, started_at=clock.started_at, due_at=_resumed(turn, clock))
            turn.change(ClockSet(clock=resumed))


def stop_clocks(turn: Turn, exited: Iterable[str], *, is_aside: bool) -> None:
    """The clocks of the exited states are gone, or paused with what remains where the move sets them aside.

    What has fired is remembered while its state is aside, so that it does not fire again on return.
    """
    left = tuple(exited)
    if is_aside:
        _remember_spent(turn, left)
    for clock in tuple(turn.draft.clocks.values()):
        if clock.state not in left:
            continue
        if not is_aside or (clock.due_at is not None and _duration_of(turn, clock) is None):
            turn.change(ClockCleared(id=clock.id))
        elif clock.due_at is not None:
            turn.change(ClockSet(clock=_paused(turn, clock)))


def _remember_spent(turn: Turn, left: Iterable[str]) -> None:
    """Each clock of these states that has fired and is gone stands there again, due no more."""
    for path in left:
        for clock in turn.compiled.limits[path]:
            if clock not in turn.draft.clocks:
                turn.change(ClockSet(clock=Clock(id=clock, state=path, started_at=turn.now, due_at=None)))


def _is_spent(clock: Clock) -> bool:
    return clock.due_at is None and not is_paused(clock)


def drop_clocks(turn: Turn) -> None:
    """No clock is left, as when the project closes."""
    for clock in tuple(turn.draft.clocks):
        turn.change(ClockCleared(id=clock))


def drop_left_behind(turn: Turn, step: Step) -> None:
    """The clocks of states set aside are forgotten where the project came back from aside, but not to those states.

    Where another region stays aside, or the move only leads from one state aside to another, what is paused waits on.
    """
    asides = turn.compiled.asides
    back = asides.intersection(step.exited)
    if not back or not asides.isdisjoint(step.entered):
        return
    active = active_paths(turn.draft.leaves)
    scopes = [""] if asides.isdisjoint(active) else [_scope(step, path) for path in back]
    for clock in tuple(turn.draft.clocks.values()):
        # The clock of a risk belongs to no state.
        is_behind = bool(clock.state) and clock.state not in active
        if is_behind and any(not scope or is_within(clock.state, scope) for scope in scopes):
            turn.change(ClockCleared(id=clock.id))


def _scope(step: Step, path: str) -> str:
    """The innermost state around `path` that the step does not leave, empty for the root."""
    while path and path in step.exited:
        path = path.rpartition(".")[0]
    return path


def set_dates(turn: Turn) -> None:
    """Every timer on a date of an active state is due at what its expression says now, and fires once for each date.

    The `started_at` of such a clock holds the due time it was set for, so that a date that has fired is not set again.
    """
    timers = [timer for timer in turn.compiled.workflow.timers.values() if timer.at is not None]
    if not timers or not turn.draft.is_open:
        return
    active = frozenset(active_paths(turn.draft.leaves))
    for timer in timers:
        if timer.state in active:
            _set_date(turn, timer)


def retry_refused(turn: Turn) -> None:
    """Clocks whose firing was refused are due again: something has changed since."""
    for clock in tuple(turn.draft.clocks.values()):
        if clock.is_refused:
            turn.change(ClockSet(clock=replace(clock, is_refused=False)))


def after_firing(turn: Turn, clock: Clock, timer: Timer | None) -> None:
    """The fired clock is gone, due again (`every`, counted from when it was due), or kept as fired (`at`).

    Raises:
        CalendarError: the next time cannot be told, or `every` does not lead on: it would be due for ever.
    """
    if timer is not None and timer.every is not None and clock.due_at is not None:
        due_at = _next_due(turn, clock, clock.due_at, timer.every)
        if due_at <= clock.due_at:
            zh = f"定时器 {timer.id} 的间隔 every 必须大于零"
            raise CalendarError(Bilingual(zh, f"the timer {timer.id} repeats at once: `every` must be above zero"))
        # A rhythm of months keeps its start: the 31st becomes the end of a shorter month, and the 31st again.
        started_at = clock.started_at if isinstance(timer.every, Months) else clock.due_at
        turn.change(ClockSet(clock=replace(clock, started_at=started_at, due_at=due_at, is_refused=False)))
    elif timer is not None and timer.at is not None:
        turn.change(ClockSet(clock=replace(clock, due_at=None, is_refused=False)))
    else:
        turn.change(ClockCleared(id=clock.id))


def silence_clocks(turn: Turn, until: datetime) -> None:
    """No clock is due at or before `until`: each has missed its time, and what repeats starts its rhythm afresh."""
    for clock in tuple(turn.draft.clocks.values()):
        if clock.due_at is None or clock.due_at > until:
            continue
        timer = turn.compiled.workflow.timers.get(clock.id.removeprefix(TIMER))
        after_firing(turn, clock if timer is None or timer.every is None else replace(clock, due_at=until), timer)


def is_paused(clock: Clock) -> bool:
    """Whether the clock stands still until its state is entered again."""
    return clock.remaining is not None or clock.remaining_days is not None


def _due(turn: Turn, start: datetime, duration: Duration) -> datetime:
    return later(start, duration, turn.compiled.calendar, turn.compiled.zone)


def _next_due(turn: Turn, clock: Clock, due_at: datetime, every: Duration) -> datetime:
    """When a repeating clock is due after `due_at`; months are counted from its start while it keeps that rhythm."""
    if not isinstance(every, Months) or every.count <= 0:
        return _due(turn, due_at, every)
    local = (due_at.astimezone(turn.compiled.zone), clock.started_at.astimezone(turn.compiled.zone))
    passed = (local[0].year - local[1].year) * 12 + local[0].month - local[1].month
    is_in_rhythm = passed % every.count == 0 and _due(turn, clock.started_at, Months(passed)) == due_at
    return _due(turn, clock.started_at, Months(passed + every.count)) if is_in_rhythm else _due(turn, due_at, every)


def _duration_of(turn: Turn, clock: Clock) -> Duration | None:
    if clock.id.startswith(APPROVAL):
        request = turn.draft.approvals[clock.id.removeprefix(APPROVAL)]
        return turn.compiled.workflow.transitions[request.transition].approvals[request.approval].due
    return turn.compiled.limits[clock.state].get(clock.id)


def _paused(turn: Turn, clock: Clock) -> Clock:
    due_at = turn.now if clock.due_at is None else max(clock.due_at, turn.now)
    is_working = isinstance(_duration_of(turn, clock), WorkingDays)
    return Clock(
        id=clock.id,
        state=clock.state,
        started_at=clock.started_at,
        due_at=None,
        remaining=None if is_working else due_at - turn.now,
        remaining_days=working_days_between(turn.compiled.calendar, turn.now, due_at) if is_working else None,
    )


def _resumed(turn: Turn, clock: Clock) -> datetime:
    if clock.remaining_days is not None:
        return add_working_time(turn.compiled.calendar, turn.now, Decimal(clock.remaining_days))
    return turn.now + (clock.remaining or timedelta())


def _set_date(turn: Turn, timer: Timer) -> None:
    clock_id = TIMER + timer.id
    due_at = None if timer.at is None else _instant(turn, turn.evaluate(timer.at.text, MOMENT))
    known = turn.draft.clocks.get(clock_id)
    if due_at is None:
        if known is not None:
            turn.change(ClockCleared(id=clock_id))
    elif known is None or known.started_at != due_at:
        turn.change(ClockSet(clock=Clock(id=clock_id, state=timer.state, started_at=due_at, due_at=due_at)))


def _instant(turn: Turn, value: Value) -> datetime | None:
    match value:
        case datetime():
            return value
        case date():
            return start_of(value, turn.compiled.zone)
        case _:
            return None
