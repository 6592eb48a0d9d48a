"""The shell: keys, pins, dry runs, races."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.runner import Runner
from salespm_flow.errors import IdempotencyError, PinnedDefinitionError, UnknownNameError
from salespm_flow.model.decision import Actor, Advance, Open, SetFields
from salespm_flow.store import open_store

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

COUNT = """
domain: sales
fields: {n: {type: integer, default: 0}}
initial: a
states: {a: {}, z: {final: true, outcome: won}}
transitions:
  up: {from: a, do: {more: {action: set, field: n, value: n + 1}}}
  end: {from: a, to: z}
"""
WANG = Actor(id="wang")


def test_repeated_key_answers_the_stored_result(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    up = Advance(trigger="up", actor=WANG, fields={})

    first = world.runner.apply("p", up, key="k1")
    second = world.runner.apply("p", up, key="k1")

    assert (first.is_replay, second.is_replay) == (False, True)
    assert first.result == second.result
    assert world.project().fields["n"] == Decimal(1)


def test_key_of_another_request_is_refused(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    world.runner.apply("p", Advance(trigger="up", actor=WANG, fields={}), key="k1")

    with pytest.raises(IdempotencyError):
        world.runner.apply("p", SetFields(fields={"n": Decimal(9)}, actor=WANG), key="k1")
    assert world.project().fields["n"] == Decimal(1)


def test_dry_run_answers_as_a_real_one_and_writes_nothing(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    before = world.project()

    answered = world.runner.apply("p", Advance(trigger="up", actor=WANG, fields={}), dry_run=True)

    assert (answered.is_accepted, answered.result["dry_run"]) == (True, True)
    assert world.project() == before
    assert len(list(world.store.history("p"))) == 1


def test_running_project_stays_on_its_version_after_an_edit(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    path = world.folder / "flows" / "count.yaml"
    path.write_text(path.read_text("utf-8").replace("n + 1", "n + 100").replace("version: 1", "version: 2"), "utf-8")
    edited = Runner(world.store, load(world.folder).library, world.clock)

    edited.apply("p", Advance(trigger="up", actor=WANG, fields={}))
    edited.open("count", Open(project="q", owner="wang", fields={}, actor=WANG))
    edited.apply("q", Advance(trigger="up", actor=WANG, fields={}))

    assert world.project("p").fields["n"] == Decimal(1)
    assert world.project("q").fields["n"] == Decimal(100)
    assert (world.project("p").pin.version, world.project("q").pin.version) == (1, 2)


def test_project_runs_on_when_its_definition_file_is_gone(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    (world.folder / "flows" / "count.yaml").unlink()
    bare = Runner(world.store, load(world.folder).library, world.clock)

    assert bare.apply("p", Advance(trigger="up", actor=WANG, fields={})).is_accepted
    with pytest.raises(UnknownNameError):
        bare.open("count", Open(project="q", owner="wang", fields={}, actor=WANG))


def test_changed_text_of_the_same_version_starts_nothing_new(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    path = world.folder / "flows" / "count.yaml"
    path.write_text(path.read_text("utf-8").replace("n + 1", "n + 2"), "utf-8")
    edited = Runner(world.store, load(world.folder).library, world.clock)
    request = Open(project="q", owner="wang", fields={}, actor=WANG)

    with pytest.raises(PinnedDefinitionError):
        edited.open("count", request)
    assert edited.open("count", request, is_draft=True).is_accepted


def test_unknown_project_is_named(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})

    with pytest.raises(UnknownNameError) as raised:
        world.advance("up", "nobody")
    assert raised.value.message.en == 'there is no project "nobody"'


def test_writers_at_once_lose_nothing(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")

    def climb() -> None:
        store = open_store(str(world.folder / "store.db"))
        runner = Runner(store, load(world.folder).library, world.clock)
        for _ in range(10):
            assert runner.apply("p", Advance(trigger="up", actor=WANG, fields={})).is_accepted
        store.close()

    threads = [Thread(target=climb) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert world.project().fields["n"] == Decimal(40)
    assert [entry.number for entry in world.store.history("p")] == list(range(1, 42))
    assert list(world.store.verify()) == []


def test_effective_and_recorded_time_are_both_kept(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    past = datetime(2020, 1, 1, tzinfo=UTC)
    world.runner.open("count", Open(project="old", owner="wang", fields={}, actor=WANG), at=past)

    (entry,) = world.store.history("old")
    assert (entry.at, entry.recorded_at) == (past, world.clock.moment)
