"""What neither the published cases nor random charts tell apart: the order of actions, and who waits for whom."""

from pathlib import Path

import pytest

from tests.unit.engine.conftest import World

TRAIL = """
domain: delivery
fields: {trail: {type: text, default: "at work: "}}
initial: work
states:
  work:
    exit: {do: {note: {action: set, field: trail, value: trail + "-work "}}}
    regions:
      left:
        initial: here
        exit: {do: {note: {action: set, field: trail, value: trail + "-left "}}}
        states: {here: {exit: {do: {note: {action: set, field: trail, value: trail + "-here "}}}}}
      right:
        initial: there
        exit: {do: {note: {action: set, field: trail, value: trail + "-right "}}}
        states: {there: {}}
  rest:
    initial: deep
    entry: {do: {note: {action: set, field: trail, value: trail + "+rest "}}}
    states: {deep: {entry: {do: {note: {action: set, field: trail, value: trail + "+deep"}}}}}
  closed: {final: true}
transitions:
  stop: {from: there, to: rest, do: {note: {action: set, field: trail, value: trail + "stop "}}}
  close: {from: rest, to: closed}
"""

HELD = """
domain: delivery
fields: {is_ready: {type: boolean, default: false}, is_due: {type: boolean, default: false}}
initial: work
states: {work: {}, first: {}, second: {}, closed: {final: true}}
transitions:
  better: {from: work, to: first, auto: true, when: is_due, check: {ready: is_ready}}
  other: {from: work, to: second, auto: true, when: is_due}
  close: {from: [first, second], to: closed}
"""


def opened(folder: Path, body: str) -> World:
    world = World(folder, {"workflow/work": body})
    assert world.open("work").is_accepted
    return world


def test_inner_states_are_left_first_and_in_reverse_order_then_the_move_acts_then_outer_states_are_entered_first(
    tmp_path: Path,
) -> None:
    world = opened(tmp_path, TRAIL)
    assert world.advance("stop").is_accepted
    assert world.project().fields["trail"] == "at work: -right -here -left -work stop +rest +deep"
    world.store.close()


@pytest.mark.parametrize(("is_ready", "state"), [(True, "first"), (False, "second")])
def test_a_refused_automatic_move_does_not_hold_back_the_next_one(tmp_path: Path, is_ready: bool, state: str) -> None:
    world = opened(tmp_path, HELD)
    assert world.set(is_ready=is_ready, is_due=True).is_accepted
    assert world.states() == [state]
    world.store.close()
