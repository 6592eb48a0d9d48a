"""What time does: due clocks fire in due order, waiting projects are tried again, messages and notices go out."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.ports import DueClock
from salespm_flow.engine.runner import Runner
from salespm_flow.errors import UnknownNameError
from salespm_flow.model.decision import Accepted, FireClock, Reassess, Receive
from salespm_flow.model.history import Noted, OutboxItem, OutboxKind
from salespm_flow.model.project import Project

BATCH: Final = 500
# A message may raise a message in turn; hops bound that, this bounds a tick even if they did not.
ROUNDS: Final = 64

Tell = Callable[[OutboxItem], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A clock that was due, and whether what it does was refused (and is tried again after the next change)."""

    due: DueClock
    is_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message that was delivered; `topic` is `moved`, `unheard`, `refused` or `lost` (no such project)."""

    item: OutboxItem
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What one tick did: clocks in due order, projects that moved by themselves, messages and notices."""

    fired: tuple[Fired, ...]
    reassessed: tuple[str, ...]
    heard: tuple[Heard, ...]
    notices: tuple[OutboxItem, ...]


def tick(runner: Runner, at: datetime, tell: Tell) -> Ticked:
    """Everything due at or before `at` has happened; doing it again changes nothing.

    A clock fires with `now()` = the time it was due. `tell` gets each notice before it counts as delivered, so a
    notice is told at least once.
    """
    fired: list[Fired] = []
    heard: list[Heard] = []
    notices: list[OutboxItem] = []
    reassessed: dict[str, None] = {}
    for _ in range(ROUNDS):
        fired_now = _fire_due(runner, at)
        moved_now = _reassess(runner, at)
        heard_now, told_now = _deliver(runner, at, tell)
        fired += fired_now
        reassessed |= dict.fromkeys(moved_now)
        heard += heard_now
        notices += told_now
        if not (fired_now or moved_now or heard_now):
            break
    return Ticked(fired=tuple(fired), reassessed=tuple(reassessed), heard=tuple(heard), notices=tuple(notices))


def _fire_due(runner: Runner, at: datetime) -> list[Fired]:
    """Fires due clocks in due order over all projects, the new ones that a firing sets included."""
    fired: list[Fired] = []
    while batch := runner.store.due(at, BATCH):
        queue = [(due.due_at, due.project, due.clock) for due in batch]
        horizon = queue[-1][0] if len(batch) == BATCH else at
        heapq.heapify(queue)
        while queue:
            due_at, project, clock = heapq.heappop(queue)
            due = DueClock(project=project, clock=clock, due_at=due_at)
            outcome = _fire(runner, due)
            if outcome is None:
                continue
            fired.append(outcome[0])
            for later in outcome[1].clocks.values():
                waiting = (later.due_at, project, later.id)
                if (
                    later.due_at is not None
                    and not later.is_refused
                    and later.due_at <= horizon
                    and waiting not in queue
                ):
                    heapq.heappush(queue, (later.due_at, project, later.id))
    return fired


def _fire(runner: Runner, due: DueClock) -> tuple[Fired, Project] | None:
    """The clock fires if it is still due then; None if something before it stopped or moved it."""
    project = runner.store.project(due.project)
    clock = None if project is None else project.clocks.get(due.clock)
    if clock is None or clock.due_at != due.due_at or clock.is_refused:
        return None
    decided, _ = runner.decide_write(due.project, FireClock(clock=due.clock), at=due.due_at)
    decision = decided.decision
    if not isinstance(decision, Accepted):
        return None
    is_refused = any(isinstance(change, Noted) and change.topic == "refused" for change in decision.entry.changes)
    return Fired(due=due, is_refused=is_refused), decision.project


def _reassess(runner: Runner, at: datetime) -> list[str]:
    """Tries again, in every open project that may change by time alone, its risks, autos and pending completions."""
    moved: list[str] = []
    for project in runner.store.projects(is_open=True):
        compiled = runner.definitions.pinned(project.pin)
        if project.pending or waits_for_time(compiled):
            _, is_written = runner.decide_write(project.id, Reassess(), at=at)
            if is_written:
                moved.append(project.id)
    return moved


def waits_for_time(compiled: Compiled) -> bool:
    """Whether a project of this definition can change without an event: by a risk rule, an auto or a date."""
    workflow = compiled.workflow
    return (
        bool(compiled.risks)
        or any(transition.is_auto for transition in workflow.transitions.values())
        or any(timer.at is not None for timer in workflow.timers.values())
    )


def _deliver(runner: Runner, at: datetime, tell: Tell) -> tuple[list[Heard], list[OutboxItem]]:
    heard: list[Heard] = []
    told: list[OutboxItem] = []
    while batch := runner.store.outbox(at, BATCH):
        for item in batch:
            if item.kind is OutboxKind.NOTICE:
                tell(item)
                runner.store.deliver((item.id,))
                told.append(item)
            else:
                heard.append(Heard(item=item, topic=_receive(runner, item, at)))
    return heard, told


def _receive(runner: Runner, item: OutboxItem, at: datetime) -> str:
    try:
        decided, _ = runner.decide_write(
            item.to, Receive(name=item.name, hops=item.hops), at=max(item.due_at, at), delivered=(item.id,)
        )
    except UnknownNameError:
        runner.store.deliver((item.id,))
        return "lost"
    decision = decided.decision
    topics = [c.topic for c in decision.entry.changes if isinstance(c, Noted)] if isinstance(decision, Accepted) else []
    return next((topic for topic in topics if topic in {"unheard", "refused"}), "moved")
