"""What a project knows about when its fields and records last changed."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from salespm_flow.engine.draft import replay

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

DEAL = """
domain: sales
fields:
  amount: {type: integer}
  note: {type: text}
records:
  needs: {fields: {ref: {type: text}}}
conditions:
  needs_moved: changed("needs", entered("offer"))
initial: talk
states: {talk: {}, offer: {}, moved: {}, closed: {final: true}}
transitions:
  offer: {from: talk, to: offer}
  move: {from: offer, to: moved, auto: true, when: needs_moved}
  agree: {from: talk, to: closed, when: changed("amount")}
"""


def test_what_the_opening_writes_is_no_change(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/deal": DEAL})
    world.open("deal", amount=Decimal(5))
    assert world.project().changed == {}
    assert not world.advance("agree").is_accepted

    world.set(amount=Decimal(6))
    assert world.project().changed == {"amount": world.clock.now()}
    assert world.advance("agree").is_accepted


def test_a_change_counts_only_after_the_moment_asked_about(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/deal": DEAL})
    world.open("deal")
    world.add("needs", ref="a")
    world.advance("offer", note="with the move itself")
    assert world.states() == ["offer"]

    world.clock.wait(hours=1)
    world.add("needs", ref="b")
    assert world.states() == ["moved"]


def test_changes_are_read_back_from_the_history_alike(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/deal": DEAL})
    world.open("deal", amount=Decimal(5))
    world.clock.wait(hours=1)
    world.set(note="x")
    world.clock.wait(hours=1)
    world.add("needs", ref="a")
    world.set(note="y")

    stored = world.project()
    again = replay(world.store.history("p"))
    assert again is not None
    assert again.changed == stored.changed == {"note": world.clock.now(), "needs": world.clock.now()}
