"""What is to be done in one project: approvals first, then what is due first, undated last."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.views.agenda import agenda
from salespm_flow.model.decision import Actor, AddTask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

DEAL = """
domain: sales
initial: talk
states: {talk: {}, won: {final: true, outcome: won}}
transitions:
  win: {from: talk, to: won, approve: {price: {by: [boss], due: 9d}}}
"""


def test_approvals_come_first_then_what_is_due_first(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/deal": DEAL})
    world.open("deal")
    for title, due in (("whenever", None), ("later", timedelta(days=3)), ("soon", timedelta(days=1))):
        request = AddTask(title=Bilingual(title, title), actor=Actor(id="wang"), due=due)
        assert world.runner.apply("p", request).is_accepted
    assert world.advance("win").is_waiting

    found = agenda(world.project())
    assert [item.title.en for item in found][1:] == ["soon", "later", "whenever"]
    assert (found[0].duty, found[0].who) == ("approval", ("role:boss",))
    assert found[0].due_at == datetime(2026, 3, 11, 1, tzinfo=UTC)
