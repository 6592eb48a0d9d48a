"""Ticks, requests and votes of several processes at once: everything happens once, in order, and nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from threading import Thread
from typing import TYPE_CHECKING

from salespm_flow.definition.workspace import load
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.running.ticking import tick
from salespm_flow.model.decision import Actor, Advance, CastVote, Request, SetFields
from salespm_flow.model.history import ApprovalChanged, Doing, Moved
from salespm_flow.model.project import Verdict
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.store import open_store

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

DEAL = """
domain: sales
fields: {n: {type: integer, default: 0}, discount: {type: percent, default: 20%}}
initial: talk
states: {talk: {sla: {warn: 1h, breach: 2h}}, held: {aside: true}, agreed: {}, over: {final: true}}
transitions:
  agree:
    from: talk
    to: agreed
    approve: {price: {when: discount > 15%, by: [boss], due: 90min, escalate: boss}}
    do: {count: {action: set, field: n, value: n + 1000}}
  reopen: {from: agreed, to: talk}
  end: {from: agreed, to: over}
  hold: {from: talk, to: held}
  resume: {from: held, to: talk}
timers:
  hourly: {in: talk, every: 1h, do: {count: {action: set, field: n, value: n + 1}}}
"""
PROJECTS = ("p", "q")
ANN, BO = Actor(id="ann"), Actor(id="bo", role="boss")
STEPS = 12


def ask(rng: Random, project: str, runner: Runner) -> Request:
    """Something that a person might ask for now."""
    found = runner.store.project(project)
    assert found is not None
    pending = [one.id for one in found.approvals.values() if one.status is ApprovalStatus.PENDING]
    if pending and rng.random() < 0.6:
        verdict = rng.choice((Verdict.APPROVE, Verdict.REJECT))
        return CastVote(approval=pending[0], verdict=verdict, actor=BO, comment="no")
    if rng.random() < 0.3:
        return SetFields(fields={"discount": Decimal(rng.choice((10, 20, 30))) / 100}, actor=ANN)
    return Advance(trigger=rng.choice(("agree", "agree", "reopen", "hold", "resume")), actor=ANN, fields={})


def test_ticks_requests_and_votes_at_once_happen_once_each(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/deal": DEAL})
    for project in PROJECTS:
        world.open("deal", project)
    start = world.clock.now()
    library = load(world.folder).library
    failures: list[BaseException] = []

    def run(seed: int) -> None:
        rng = Random(seed)  # noqa: S311 -- made-up work, no secret
        store = open_store(str(world.folder / "store.db"), wait_seconds=3600)
        runner = Runner(store, library, world.clock)
        try:
            for step in range(STEPS):
                at = start + timedelta(minutes=40 * step)
                if seed % 2:
                    tick(runner, at, lambda _notice: None)
                else:
                    project = rng.choice(PROJECTS)
                    runner.apply(project, ask(rng, project, runner), at=at)
        except BaseException as error:  # noqa: BLE001 -- whatever it is, the test shows it
            failures.append(error)
        finally:
            store.close()

    threads = [Thread(target=run, args=(seed,)) for seed in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert list(world.store.verify()) == []
    for project in PROJECTS:
        entries = list(world.store.history(project))
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        agreed = sum(
            "agree" in change.transitions for one in entries for change in one.changes if isinstance(change, Moved)
        )
        hours = sum(entry.doing is Doing.TIMER and entry.name == "timer.hourly" for entry in entries)
        assert world.project(project).fields["n"] == 1000 * agreed + hours
        used = [
            change.approval.id
            for one in entries
            for change in one.changes
            if isinstance(change, ApprovalChanged) and change.approval.status is ApprovalStatus.USED
        ]
        assert len(set(used)) == len(used)


def test_a_tick_changes_nothing_that_another_has_done(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/deal": DEAL})
    world.open("deal")
    world.advance("agree", by="ann")
    world.clock.wait(hours=5)
    first = world.tick()
    before = world.project()

    again = world.tick()

    times = [one.due.due_at for one in first.fired]
    assert times == sorted(times)
    assert {one.due.clock for one in first.fired} == {
        "sla.warn.talk",
        "sla.breach.talk",
        "timer.hourly",
        "approval.price",
    }
    assert (again.fired, again.reassessed, again.heard, again.notices, world.project()) == ((), (), (), (), before)
