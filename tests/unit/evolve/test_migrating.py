"""Migrations of single projects: what becomes of states, fields, timers and approvals, who stays, and the way back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from salespm_flow.engine.running.runner import Runner
from salespm_flow.errors import InputError
from salespm_flow.evolve import relocation
from salespm_flow.evolve.migrating import Tally
from salespm_flow.expr.values import Money
from salespm_flow.model.project import Project
from salespm_flow.model.statuses import ApprovalStatus
from tests.unit.evolve.conftest import FIRST, Fleet


def cny(amount: int) -> Money:
    return Money(Decimal(amount), "CNY")


def why(tally: Tally) -> dict[str, list[str]]:
    return {one.project: [reason.id for reason in one.reasons] for one in tally.stayed}


def days_left(project: Project, fleet: Fleet) -> dict[str, float]:
    now = fleet.clock.now()
    return {
        name: (clock.due_at - now) / timedelta(days=1)
        for name, clock in project.clocks.items()
        if clock.due_at is not None
    }


def test_limits_of_another_length_count_from_the_entry(fleet: Fleet) -> None:
    fleet.open("deals")
    fleet.clock.wait(days=3)

    fleet.migrate(fleet.upgrade(FIRST.replace("{warn: 5d, breach: 9d}", "{warn: 2d, breach: 20d}")))

    assert days_left(fleet.project(), fleet) == {"sla.warn.lead": -1, "sla.breach.lead": 17}


@pytest.mark.parametrize(("length", "left"), [("3d", {}), ("8d", {"sla.warn.lead": 2.0})])
def test_limit_that_has_fired_fires_again_only_if_it_is_longer_now(
    fleet: Fleet, length: str, left: dict[str, float]
) -> None:
    fleet.open("deals")
    fleet.clock.wait(days=6)
    fleet.tick()
    assert set(fleet.project().clocks) == {"sla.breach.lead"}

    fleet.migrate(fleet.upgrade(FIRST.replace("warn: 5d, breach", f"warn: {length}, breach")))

    assert days_left(fleet.project(), fleet) == {"sla.breach.lead": 3.0, **left}


def test_rhythm_goes_on_from_its_last_beat(fleet: Fleet) -> None:
    fleet.open("deals")
    fleet.advance("start")
    fleet.clock.wait(days=8)
    fleet.tick()

    fleet.migrate(fleet.upgrade(FIRST.replace("every: 7d", "every: 3d")))

    assert days_left(fleet.project(), fleet) == {"timer.nag": 2}


def test_entry_actions_are_not_run_again(fleet: Fleet) -> None:
    fleet.open("deals")

    fleet.migrate(
        fleet.upgrade(
            FIRST.replace("lead: {sla", "lead: {entry: {do: {x: {action: set, field: note, value: '\"x\"'}}}, sla")
        )
    )

    assert "note" not in fleet.project().fields
    assert fleet.project().tasks == {}


def test_fields_are_renamed_converted_and_filled(fleet: Fleet) -> None:
    fleet.open("deals", amount=cny(5), size=Decimal(3), why="price", note="gone")
    second = (
        FIRST.replace("  amount:", "  worth:")
        .replace(
            "size: {type: integer}", "size: {type: text}\n  tier: {type: text}\n  share: {type: percent, default: 5%}"
        )
        .replace("price: 价格", "cost: 价格")
        .replace("  note: {type: text}\n", "")
    )

    tally = fleet.migrate(
        fleet.upgrade(
            second,
            "fields: {amount: worth, size: {value: string(size)}, why: {values: {price: cost}}, note: null}\n"
            'defaults: {tier: {value: \'if amount > 1 then "key" else "small"\'}}\n',
        )
    )

    assert why(tally) == {}
    assert fleet.project().fields == {
        "worth": cny(5),
        "size": "3",
        "why": "cost",
        "tier": "key",
        "share": Decimal("0.05"),
    }


@pytest.mark.parametrize(
    ("was", "now", "mapping", "reasons"),
    [
        ("  talk: {", "  chat: {", "", ["talk"]),
        ("  talk: {", "  chat: {", "states: {talk: null}\n", ["talk"]),
        ("  talk: {", "  chat: {", "states: {talk: won}\n", ["won"]),
        ("size: {type: integer}", "size: {type: integer, max: 2}", "", ["size"]),
        ("size: {type: integer}", "size: {type: date}", "", ["size"]),
        ("price: 价格, ", "", "", ["why"]),
        ("note: {type: text}", "note: {type: text, required: true}", "", ["note"]),
        ("talk: {sla", "talk: {entry: {require: [note]}, sla", "", ["note"]),
        ("talk: {sla", "talk: {entry: {check: {big: amount > 10}}, sla", "", ["big"]),
    ],
)
def test_project_that_does_not_fit_stays_with_its_reasons(
    fleet: Fleet, was: str, now: str, mapping: str, reasons: list[str]
) -> None:
    fleet.open("deals", amount=cny(5), size=Decimal(3), why="price")
    fleet.advance("start")
    before = fleet.project()
    second = FIRST.replace(was, now)
    if "chat" in now:
        second = (
            second.replace("to: talk", "to: chat").replace("from: talk", "from: chat").replace("in: talk", "in: chat")
        )

    tally = fleet.migrate(fleet.upgrade(second, mapping))

    assert (tally.moved, why(tally)) == (0, {"p": reasons})
    assert fleet.project() == before
    assert fleet.advance("park" if "chat" not in now else "split").is_accepted


def test_migration_that_leaves_something_open_is_refused_as_a_whole(fleet: Fleet) -> None:
    fleet.open("deals")
    second = FIRST.replace("  note: {type: text}\n", "").replace(
        "talk: {sla: {warn: 4d}}", "talk: {initial: a, states: {a: {}, b: {}}}"
    )
    job = fleet.upgrade(second, "states: {leed: talk}\n")

    with pytest.raises(InputError) as refused:
        fleet.migrate(job)

    assert refused.value.message.en == (
        "the migration `to_2`: version 1 has no state `leed`; "
        "it does not say which part of `talk` its projects come to; it does not say what becomes of the fields `note`"
    )


def test_parallel_states_move_region_by_region(fleet: Fleet) -> None:
    fleet.open("deals")
    for trigger in ("start", "split", "plan"):
        fleet.advance(trigger)
    second = FIRST.replace("  work:\n", "  deliver:\n").replace("to: work", "to: deliver").replace("cold", "frosty")
    job = fleet.upgrade(second, "states: {work: deliver, cold: frosty}\n")

    fleet.migrate(job)

    assert fleet.project().leaves == ("deliver.plan.green", "deliver.sell.frosty")
    assert fleet.states() == ["green", "frosty"]


def test_pending_approval_is_kept(fleet: Fleet) -> None:
    fleet.open("deals")
    fleet.advance("start")
    assert fleet.advance("close").is_waiting
    before = fleet.project()

    fleet.migrate(fleet.upgrade(FIRST.replace("by: [director]", "by: [director, legal]")))

    assert fleet.project().approvals == before.approvals


def test_approval_and_timer_follow_their_new_names(fleet: Fleet) -> None:
    fleet.open("deals")
    fleet.advance("start")
    fleet.clock.wait(days=2)
    fleet.advance("close")
    before = fleet.project()
    renamed = FIRST.replace("  close: {", "  sign: {").replace("  nag: {", "  nudge: {")
    job = fleet.upgrade(renamed, "transitions: {close: sign}\ntimers: {nag: nudge}\n")

    fleet.migrate(job)

    (asked,) = fleet.project().approvals.values()
    assert (asked.transition, asked.event, asked.status) == ("sign", "sign", ApprovalStatus.PENDING)
    assert days_left(fleet.project(), fleet) == {"sla.warn.talk": 2, "timer.nudge": 5}
    fleet.back(job)
    assert (fleet.project().approvals, fleet.project().clocks) == (before.approvals, before.clocks)


def test_approval_of_a_move_that_is_gone_is_void(fleet: Fleet) -> None:
    fleet.open("deals")
    fleet.advance("start")
    fleet.advance("close")
    before = fleet.project()
    job = fleet.upgrade(FIRST.replace(", approve: {board: {title: B, by: [director]}}", ""))

    fleet.migrate(job)
    assert fleet.project().approvals["board"].status is ApprovalStatus.VOID

    fleet.back(job)
    assert fleet.project().approvals == before.approvals


def test_clocks_set_aside_follow_their_state(fleet: Fleet) -> None:
    fleet.open("deals")
    fleet.advance("start")
    fleet.clock.wait(days=1)
    fleet.advance("park")

    fleet.migrate(
        fleet.upgrade(
            FIRST.replace("talk: {sla: {warn: 4d}}", "chat: {sla: {warn: 6d}}")
            .replace("to: talk", "to: chat")
            .replace("from: talk", "from: chat")
            .replace("in: talk", "in: chat"),
            "states: {talk: chat}\n",
        )
    )

    clock = fleet.project().clocks["sla.warn.chat"]
    assert (clock.state, clock.due_at, clock.remaining) == ("chat", None, timedelta(days=5))


@pytest.mark.parametrize("is_kept", [True, False], ids=["the entry keeps it", "a history from before entries kept it"])
def test_way_back_right_after_is_exact(fleet: Fleet, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool) -> None:
    for name in ("fresh", "asked", "aside", "apart"):
        fleet.open("deals", name)
        fleet.put({"amount": cny(9), "note": "n"}, name)
    fleet.clock.wait(days=1)
    for name in ("asked", "aside", "apart"):
        fleet.advance("start", name)
    fleet.advance("close", "asked")
    fleet.advance("park", "aside")
    fleet.advance("split", "apart")
    names = {"fresh", "asked", "aside", "apart"}
    before = {name: fleet.project(name) for name in names}
    second = FIRST.replace("  talk:", "  chat:").replace("talk", "chat").replace("  close: {", "  sign: {")
    job = fleet.upgrade(
        second.replace("hold: {aside", "pause: {aside")
        .replace("to: hold", "to: pause")
        .replace("  note: {type: text}\n", ""),
        "states: {talk: chat, hold: pause}\nfields: {note: null}\n",
    )
    if not is_kept:
        monkeypatch.setattr(relocation, "Replaced", lambda **_: None)
    assert fleet.migrate(job).moved == len(names)
    assert fleet.project("asked").state == "chat"
    assert [one.is_live for one in fleet.project("asked").approvals.values()] == [False]

    assert fleet.back(job).moved == len(names)

    assert {
        name: replace(fleet.project(name), revision=old.revision, updated_at=old.updated_at)
        for name, old in before.items()
    } == before


def test_way_back_after_more_has_happened_turns_the_migration_round(fleet: Fleet) -> None:
    fleet.open("deals", amount=cny(5), note="kept in the history")
    second = FIRST.replace("  note: {type: text}\n", "").replace("  amount:", "  worth:").replace("lead", "first")
    job = fleet.upgrade(second, "states: {lead: first}\nfields: {amount: worth, note: null}\n")
    fleet.migrate(job)
    fleet.put({"worth": cny(9)})
    fleet.advance("start")

    tally = fleet.back(job)

    project = fleet.project()
    assert (tally.moved, project.state, project.pin.version) == (1, "talk", 1)
    assert project.fields == {"amount": cny(9), "note": "kept in the history"}
    assert set(project.entered) == {"lead", "talk"}


def test_project_that_stands_in_a_new_state_cannot_go_back(fleet: Fleet) -> None:
    fleet.open("deals")
    second = FIRST.replace("  hold: {aside", "  trial: {}\n  hold: {aside").replace(
        "  park:", "  try_: {from: talk, to: trial}\n  park:"
    )
    job = fleet.upgrade(second)
    fleet.migrate(job)
    fleet.advance("start")
    fleet.advance("try_")

    tally = fleet.back(job)

    assert (tally.moved, why(tally)) == (0, {"p": ["trial"]})
    assert fleet.project().pin.version == 2


def test_project_that_began_on_the_newer_version_is_not_taken_back(fleet: Fleet) -> None:
    fleet.open("deals", "old")
    job = fleet.upgrade(FIRST.replace("5d", "6d"))
    fleet.migrate(job)
    fleet.open("deals", "new")

    tally = fleet.back(job)

    assert (tally.moved, tally.passed) == (1, 1)
    assert {name: fleet.project(name).pin.version for name in ("old", "new")} == {"old": 1, "new": 2}


def test_project_that_somebody_changes_meanwhile_moves_as_it_is_then(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.open("deals", "a")
    fleet.open("deals", "b")
    job = fleet.upgrade(FIRST.replace("5d", "6d"))
    other = Runner(fleet.store, fleet.runner.library, fleet.clock)
    commit: Callable[..., None] = fleet.store.commit

    def outrun(*writes: object) -> None:
        monkeypatch.setattr(fleet.store, "commit", commit)
        fleet.runner = other
        fleet.put({"size": Decimal(7)}, "b")
        commit(*writes)

    monkeypatch.setattr(fleet.store, "commit", outrun)
    tally = fleet.migrate(job)

    assert (tally.moved, tally.stayed) == (2, ())
    assert fleet.project("b").fields["size"] == Decimal(7)
    assert {fleet.project(name).pin.version for name in "ab"} == {2}
