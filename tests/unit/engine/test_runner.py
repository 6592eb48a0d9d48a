"""The shell: keys, pins, dry runs, races."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.decide import decide
from salespm_flow.engine.running.runner import Runner
from salespm_flow.errors import (
    IdempotencyError,
    InputError,
    LiveDefinitionError,
    PinnedDefinitionError,
    UnknownNameError,
)
from salespm_flow.model.decision import Actor, Advance, Open, Rejected, SetFields
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


FIRST = Open(project="p", owner="wang", actor=WANG)


@pytest.mark.parametrize(
    "other",
    [
        replace(FIRST, comment="another"),
        replace(FIRST, actor=Actor(id="wang", role="rep")),
        replace(FIRST, owner="li"),
        replace(FIRST, fields={"n": Decimal(2)}),
    ],
)
def test_key_of_another_opening_is_refused(world_of: "MakeWorld", other: Open) -> None:
    world = world_of({"workflow/count": COUNT})
    first = world.runner.open("count", FIRST, key="k")

    assert world.runner.open("count", FIRST, key="k").result == first.result
    with pytest.raises(IdempotencyError):
        world.runner.open("count", other, key="k")


def test_key_of_another_request_is_refused(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    world.runner.apply("p", Advance(trigger="up", actor=WANG, fields={}), key="k1")

    with pytest.raises(IdempotencyError):
        world.runner.apply("p", SetFields(fields={"n": Decimal(9)}, actor=WANG), key="k1")
    assert world.project().fields["n"] == Decimal(1)


def test_dry_run_counts_with_what_has_fallen_due(world_of: "MakeWorld") -> None:
    late = """
domain: sales
initial: a
states: {a: {}, b: {}, z: {final: true}}
transitions: {on: {from: a, to: b}, end: {from: a, to: z}}
timers: {move: {in: a, after: 1d, do: {go: {action: raise, event: on}}}}
"""
    world = world_of({"workflow/late": late})
    world.open("late")
    world.clock.wait(days=2)
    end = Advance(trigger="end", actor=WANG, fields={})

    tried = world.runner.apply("p", end, dry_run=True)

    assert (world.states(), world.project().revision) == (["a"], 1)
    assert (tried.is_accepted, tried.result) == (False, world.runner.apply("p", end).result)
    assert world.states() == ["b"]


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


def test_missing_calendar_or_reference_stops_writes_and_nothing_else(world_of: "MakeWorld") -> None:
    body = COUNT.replace("domain: sales", "domain: sales\nuses: {calendar: office}")
    world = world_of({"workflow/count": body, "calendar/office": "week: [mon, tue]\nhours: ['09:00-17:00']"})
    world.open("count")
    before = world.project()
    (world.folder / "flows" / "office.yaml").unlink()
    bare = Runner(world.store, load(world.folder).library, world.clock)

    with pytest.raises(LiveDefinitionError) as raised:
        bare.apply("p", Advance(trigger="up", actor=WANG))
    assert "office" in raised.value.message.en
    assert world.project() == before
    assert bare.snapshot("p")[0].project == before


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

    # Others commit 18 times at most, fewer than a request is decided anew: none of them can be outrun for good.
    def climb() -> None:
        store = open_store(str(world.folder / "store.db"), wait_seconds=3600)
        runner = Runner(store, load(world.folder).library, world.clock)
        for _ in range(6):
            assert runner.apply("p", Advance(trigger="up", actor=WANG, fields={})).is_accepted
        store.close()

    threads = [Thread(target=climb) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert world.project().fields["n"] == Decimal(24)
    assert [entry.number for entry in world.store.history("p")] == list(range(1, 26))
    assert list(world.store.verify()) == []


def test_effective_and_recorded_time_are_both_kept(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    past = datetime(2020, 1, 1, tzinfo=UTC)
    world.runner.open("count", Open(project="old", owner="wang", fields={}, actor=WANG), at=past)

    (entry,) = world.store.history("old")
    assert (entry.at, entry.recorded_at) == (past, world.clock.moment)


def test_existing_id_is_refused_and_a_key_still_answers(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    request = Open(project="p", owner="wang", fields={}, actor=WANG)
    first = world.runner.open("count", request, key="k1")
    before = world.project()

    again = world.runner.open("count", request, key="k1")
    other = world.runner.open("count", request, key="k2")
    dry = world.runner.open("count", request, dry_run=True)

    assert (again.is_replay, again.result) == (True, first.result)
    assert isinstance(other.decision, Rejected)
    assert other.decision == dry.decision
    assert [(r.id, r.message.en) for r in other.decision.reasons] == [("project", 'the project "p" exists already')]
    assert world.project() == before


def test_key_of_a_refused_request_is_free_again(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    assert not world.runner.apply("p", Advance(trigger="down", actor=WANG, fields={}), key="k1").is_accepted

    assert world.runner.apply("p", Advance(trigger="up", actor=WANG, fields={}), key="k1").is_accepted


def test_same_key_at_once_is_done_once(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    answers: list[bool] = []

    def climb() -> None:
        store = open_store(str(world.folder / "store.db"), wait_seconds=3600)
        runner = Runner(store, load(world.folder).library, world.clock)
        for number in range(5):
            up = Advance(trigger="up", actor=WANG, fields={})
            answers.append(runner.apply("p", up, key=f"k{number}").is_replay)
        store.close()

    threads = [Thread(target=climb) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (answers.count(False), world.project().fields["n"]) == (5, Decimal(5))


def test_dry_run_writes_not_even_definitions(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    dry = world.runner.open("count", Open(project="p", owner="wang", fields={}, actor=WANG), dry_run=True)

    assert dry.is_accepted
    assert world.store.definitions(world.runner.definitions.newest("count").pin.digest) == ()
    assert world.open("count").is_accepted
    assert world.store.definitions(world.project().pin.digest) != ()


FAMILY = """
domain: sales
links: {kid: {workflow: kid, carry: {}}}
initial: a
states: {a: {entry: {do: {start: {action: spawn, link: kid}}}}, b: {}, z: {final: true}}
transitions:
  start: {from: a, do: {again: {action: spawn, link: kid}}}
  end: {from: a, to: z}
"""
KID = """
domain: delivery
initial: a
states: {a: {}, z: {final: true, outcome: delivered}}
transitions: {end: {from: a, to: z}}
"""


def test_children_born_at_the_opening_are_kept_with_their_definitions(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/family": FAMILY, "workflow/kid": KID})
    dry = world.runner.open("family", Open(project="p", owner="wang", fields={}, actor=WANG), dry_run=True)
    assert dry.result["children"] == ["p.kid.1"]
    assert list(world.store.projects()) == []

    assert world.open("family").is_accepted

    assert world.store.definitions(world.project("p.kid.1").pin.digest) != ()
    assert not world.advance("start").is_accepted
    world.advance("end", "p.kid.1")
    assert world.advance("start").result["children"] == ["p.kid.2"]


def test_children_are_unique_under_races(world_of: "MakeWorld") -> None:
    text = FAMILY.replace("a: {entry: {do: {start: {action: spawn, link: kid}}}}", "a: {}")
    world = world_of({"workflow/family": text, "workflow/kid": KID})
    world.open("family")
    accepted: list[bool] = []

    def start() -> None:
        store = open_store(str(world.folder / "store.db"), wait_seconds=3600)
        runner = Runner(store, load(world.folder).library, world.clock)
        accepted.append(runner.apply("p", Advance(trigger="start", actor=WANG, fields={})).is_accepted)
        store.close()

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert accepted.count(True) == 1
    assert [child.id for child in world.store.children("p")["kid"]] == ["p.kid.1"]


def test_one_definition_serves_many_threads(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")
    snapshot, compiled = world.runner.snapshot("p")
    up, now = Advance(trigger="up", actor=WANG, fields={}), world.clock.now()
    expected = decide(compiled, snapshot, up, now)
    found: list[bool] = []

    def ask() -> None:
        found.extend(decide(compiled, snapshot, up, now) == expected for _ in range(200))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 800


def test_time_without_a_zone_is_refused(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/count": COUNT})
    world.open("count")

    with pytest.raises(InputError):
        world.runner.apply("p", Advance(trigger="up", actor=WANG), at=datetime(2026, 3, 3))  # noqa: DTZ001 -- the point
