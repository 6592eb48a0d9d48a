"""Plans of migrations: what a live store has that the newer version refuses, loses or cannot place."""

import pytest

from salespm_flow.evolve.comparison import compare_workflows
from salespm_flow.evolve.drafting import drafted
from salespm_flow.evolve.migrating import Job
from salespm_flow.evolve.plan import Plan, plan
from tests.unit.evolve.conftest import FIRST, Fleet
from tests.unit.evolve.test_migrating import cny

GUARDED = FIRST.replace("start: {from: lead, to: talk}", "start: {from: lead, to: talk, when: amount > 100}")


def planned(fleet: Fleet, job: Job) -> Plan:
    pin = fleet.runner.definitions.pin_of("deals", 1)
    assert pin is not None
    old = fleet.runner.definitions.pinned(pin)
    return plan(fleet.runner, compare_workflows(old.workflow, job.target.workflow, fleet.runner.library), job)


def lost(found: Plan) -> list[tuple[str, list[str], tuple[str, ...]]]:
    return [(one.transition, [reason.id for reason in one.reasons], one.projects) for one in found.narrowed]


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("", "", []),
        ("amount > 100", "amount > 1000", [("start", ["when"], ("middle",))]),
        ("amount > 100", "not(amount <= 100)", []),
        ("amount > 100", "amount > 50", []),
        ("lead: {sla", "lead: {exit: {require: [note]}, sla", [("start", ["note"], ("large", "middle"))]),
        ("talk: {sla", "talk: {entry: {check: {c: amount > 9000}}, sla", [("start", ["c"], ("large", "middle"))]),
        ("  start: {", "  begin: {", []),
        (
            "  start: {from: lead, to: talk, when: amount > 100}",
            "  begin: {from: lead, to: talk, when: amount > 1000}",
            [("begin", ["when"], ("middle",))],
        ),
    ],
)
def test_projects_that_a_tighter_criterion_would_stop_are_listed(
    was: str, now: str, expected: list[tuple[str, list[str], tuple[str, ...]]], fleet_of_guarded: Fleet
) -> None:
    fleet = fleet_of_guarded
    for name, amount in (("small", 50), ("middle", 500), ("large", 5000)):
        fleet.open("deals", name)
        fleet.put({"amount": cny(amount)}, name)
    assert was in GUARDED

    found = planned(fleet, fleet.upgrade(GUARDED.replace(was, now)))

    assert lost(found) == expected
    assert (found.tally.moved, found.tally.stayed) == (3, ())


def test_renamed_transitions_and_timers_orphan_nothing(fleet: Fleet) -> None:
    fleet.open("deals")
    fleet.advance("start")
    fleet.advance("close")
    renamed = FIRST.replace("  close: {", "  sign: {").replace("  nag: {", "  nudge: {")
    silent = planned(fleet, fleet.upgrade(renamed))
    mapped = planned(fleet, fleet.upgrade(renamed, "transitions: {close: sign}\ntimers: {nag: nudge}\n"))

    assert dict(silent.orphans.approvals) == {"close.board": 1}
    assert (dict(mapped.orphans.approvals), dict(mapped.orphans.clocks)) == ({}, {})
    draft = drafted(mapped.comparison)
    assert (dict(draft.transitions), dict(draft.timers)) == ({"close": "sign"}, {"nag": "nudge"})
