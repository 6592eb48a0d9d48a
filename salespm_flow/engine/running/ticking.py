"""What time does: due clocks fire in due order, waiting projects are tried again, messages and notices go out."""

import heapq
from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from typing import Final, NamedTuple

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.ports import DueClock
from salespm_flow.engine.running.runner import Runner
from salespm_flow.errors import SalesPMFlowError, StoreError, UnknownNameError
from salespm_flow.model.decision import Accepted, FireClock, Reassess, Receive, Rejected
from salespm_flow.model.history import Noted, OutboxItem, OutboxKind
from salespm_flow.model.project import Project
from salespm_flow.nouns import dataclass

BATCH: Final = 500
# A timer that repeats every second and slept for a year is caught up in several ticks, each of bounded length.
FIRINGS: Final = 100_000
# A message may raise a message in turn; hops bound that, this bounds a tick even if they did not.
ROUNDS: Final = 64

Tell = Callable[[OutboxItem], None]


class _Waiting(NamedTuple):
    """A due clock in the order of firing."""

    due_at: datetime
    project: str
    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A clock that was due, and whether what it does was refused (and is tried again after the next change)."""

    due: DueClock
    is_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message that was delivered.

    `topic` is `moved`, `waiting` (for approval), `unheard`, `refused` or `lost` (no such project).
    """

    item: OutboxItem
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """What could not be done for one project while the others went on; `what` is a clock, a message or empty.

    Nothing of it was written: the next tick tries again. `code` is an error's code or a reason's id.
    """

    project: str
    what: str
    code: str
    message: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What one tick did: clocks in due order, projects that moved by themselves, messages, notices and failures."""

    fired: tuple[Fired, ...]
    reassessed: tuple[str, ...]
    heard: tuple[Heard, ...]
    notices: tuple[OutboxItem, ...]
    failures: tuple[Failed, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Tick:
    """A tick under way. `passed` holds what it met in vain and must not meet again: due clocks, messages, projects."""

    runner: Runner
    at: datetime
    fired: list[Fired] = field(default_factory=list)
    reassessed: dict[str, None] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    notices: list[OutboxItem] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)
    passed: set[DueClock | str] = field(default_factory=set)

    def fail(self, project: str, what: str, error: SalesPMFlowError) -> None:
        """The failure is told, and the tick goes on.

        Raises:
            StoreError: that is no failure of one project.
        """
        if isinstance(error, StoreError):
            raise error
        self.failures.append(Failed(project=project, what=what, code=error.code, message=error.message))


def tick(runner: Runner, at: datetime, tell: Tell) -> Ticked:
    """Everything due at or before `at` has happened; doing it again changes nothing, unless `FIRINGS` stopped it.

    A clock fires with `now()` = the time it was due. `tell` gets each notice before it counts as delivered, so a
    notice is told at least once. A project that cannot be handled is reported and stops no other.

    Raises:
        StoreError: the store failed; what was done before stays done.
    """
    this = _Tick(runner=runner, at=at)
    for _ in range(ROUNDS):
        # No short cut: each of the three may make work for the others.
        if not any([_fire_due(this), _reassess(this), _deliver(this, tell)]):
            break
    return Ticked(
        fired=tuple(this.fired),
        reassessed=tuple(this.reassessed),
        heard=tuple(this.heard),
        notices=tuple(this.notices),
        failures=tuple(this.failures),
    )


def _fire_due(this: _Tick) -> bool:
    """Fires due clocks in due order over all projects, the new ones that a firing sets included; False for none."""
    before = len(this.fired)
    while len(this.fired) < FIRINGS:
        limit = BATCH + len(this.passed)
        found = this.runner.store.due(this.at, limit)
        queue = [_Waiting(due.due_at, due.project, due.clock) for due in found if due not in this.passed]
        if not queue:
            break
        horizon = found[-1].due_at if len(found) == limit else this.at
        heapq.heapify(queue)
        _fire_all(this, queue, horizon)
    return len(this.fired) > before


def _fire_all(this: _Tick, queue: "list[_Waiting]", horizon: datetime) -> None:
    """Fires the queue empty; what a firing sets to be due up to the horizon takes its place in it."""
    known = set(queue)
    while queue and len(this.fired) < FIRINGS:
        due_at, project, clock = heapq.heappop(queue)
        due = DueClock(project=project, clock=clock, due_at=due_at)
        after = _fire(this, due)
        if after is None:
            this.passed.add(due)
            continue
        for later in after.clocks.values():
            if later.due_at is None or later.is_refused or later.due_at > horizon:
                continue
            waiting = _Waiting(later.due_at, project, later.id)
            # What was refused here and is due again, since another clock has fired, comes with the next batch.
            if waiting not in known:
                known.add(waiting)
                heapq.heappush(queue, waiting)


def _fire(this: _Tick, due: DueClock) -> Project | None:
    """The clock fires if it is still due then; None if something before it stopped or moved it, or it failed."""
    try:
        project = this.runner.store.project(due.project)
        clock = None if project is None else project.clocks.get(due.clock)
        if clock is None or clock.due_at != due.due_at or clock.is_refused:
            return None
        decided, is_written = this.runner.decide_write(due.project, FireClock(clock=due.clock), at=due.due_at)
    except SalesPMFlowError as error:
        this.fail(due.project, due.clock, error)
        return None
    decision = decided.decision
    if not isinstance(decision, Accepted) or not is_written:
        return None
    is_refused = any(isinstance(change, Noted) and change.topic == "refused" for change in decision.entry.changes)
    this.fired.append(Fired(due=due, is_refused=is_refused))
    return decision.project


def _reassess(this: _Tick) -> bool:
    """Tries again, in every open project that may change by time alone, its risks, autos and pending completions."""
    is_moved = False
    for project in this.runner.store.projects(is_open=True):
        if project.id in this.passed:
            continue
        try:
            compiled = this.runner.definitions.pinned(project.pin)
            if not project.pending and not waits_for_time(compiled):
                continue
            decided, is_written = this.runner.decide_write(project.id, Reassess(), at=this.at)
        except SalesPMFlowError as error:
            this.fail(project.id, "", error)
            this.passed.add(project.id)
            continue
        if isinstance(decided.decision, Rejected):
            reason = decided.decision.reasons[0]
            this.failures.append(Failed(project=project.id, what="", code=reason.id, message=reason.message))
            this.passed.add(project.id)
        if is_written:
            is_moved = True
            this.reassessed[project.id] = None
    return is_moved


def waits_for_time(compiled: Compiled) -> bool:
    """Whether a project of this definition can change without an event: by a risk rule, an auto or a date."""
    workflow = compiled.workflow
    return (
        bool(compiled.risks)
        or any(transition.is_auto for transition in workflow.transitions.values())
        or any(timer.at is not None for timer in workflow.timers.values())
    )


def _deliver(this: _Tick, tell: Tell) -> bool:
    """Hands out what is due; whether a project heard something."""
    before = len(this.heard)
    while True:
        found = this.runner.store.outbox(this.at, BATCH + len(this.passed))
        batch = [item for item in found if item.id not in this.passed]
        if not batch:
            return len(this.heard) > before
        for item in batch:
            if item.kind is OutboxKind.NOTICE:
                tell(item)
                this.runner.store.deliver((item.id,))
                this.notices.append(item)
            else:
                _receive(this, item)


def _receive(this: _Tick, item: OutboxItem) -> None:
    request = Receive(name=item.name, hops=item.hops, comment=item.comment)
    try:
        decided, is_written = this.runner.decide_write(
            item.to, request, at=max(item.due_at, this.at), delivered=(item.id,)
        )
    except UnknownNameError:
        this.runner.store.deliver((item.id,))
        this.heard.append(Heard(item=item, topic="lost"))
        return
    except SalesPMFlowError as error:
        this.passed.add(item.id)
        this.fail(item.to, item.name, error)
        return
    decision = decided.decision
    if not is_written or not isinstance(decision, Accepted):
        # Another tick has handed it out.
        this.passed.add(item.id)
        return
    topics = [change.topic for change in decision.entry.changes if isinstance(change, Noted)]
    came = "waiting" if decision.waiting else "moved"
    topic = next((topic for topic in topics if topic in {"unheard", "refused"}), came)
    this.heard.append(Heard(item=item, topic=topic))
