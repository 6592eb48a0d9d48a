"""What refuses a move: every reason at once, each once, and nothing changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from transitions.core import Event

from salespm_flow.engine.running.runner import Answered
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Actor, Reason, Rejected
from salespm_flow.statechart.kernel import Step
from salespm_flow.statechart.machine import WorkflowMachine

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

DEAL = """
domain: sales
fields:
  amount: {type: money, currency: CNY, min: 0}
  score: {type: integer, min: 0, max: 100}
  note: {type: text, by: [manager_role]}
  fixed: {type: text, editable_in: [talk]}
records:
  needs: {key: ref, fields: {ref: {type: text}, need: {type: text, required: true}}}
initial: talk
states:
  talk:
    owner_role: rep
    exit:
      require: [amount, needs]
      check:
        fit: {that: score >= 60, message: {zh: 分数太低, en: The score is too low}}
  offer:
    entry: {require: [score]}
  held: {aside: true}
  won: {final: true, outcome: won}
  lost: {final: true, outcome: lost}
transitions:
  propose: {from: talk, to: offer, by: [rep], comment: required}
  close: {from: offer, to: won, when: amount > 100}
  back: {from: offer, to: talk, by: [manager_role]}
  pause: {from: any, except: [held], to: held}
  lose: {from: any, to: lost}
"""


@pytest.fixture
def world(world_of: "Callable[[dict[str, str]], World]") -> "World":
    made = world_of({"workflow/deal": DEAL})
    made.open("deal")
    return made


def test_refusal_names_every_reason_once(world: "World", reasons_of: Callable[[Answered], list[str]]) -> None:
    refused = world.advance("propose", by="liu", role="manager_role")

    assert reasons_of(refused) == ["role", "comment", "amount", "needs", "fit", "score"]
    assert world.project().revision == 1


def test_reason_carries_rule_place_values_and_both_languages(world: "World") -> None:
    world.set(score=Decimal(40))

    decision = world.advance("propose", role="rep", comment="ready").decision

    assert isinstance(decision, Rejected)
    fit = next(reason for reason in decision.reasons if reason.id == "fit")
    assert (fit.message.zh, fit.message.en) == ("分数太低", "The score is too low")
    assert fit.values == {"score": Decimal(40)}
    assert fit.rule is not None
    assert (fit.rule.file.rpartition("/")[2], fit.transition) == ("deal.yaml", "propose")
    assert (
        (world.folder / "flows" / "deal.yaml").read_text().splitlines()[fit.rule.line - 1].lstrip().startswith("fit:")
    )


def test_unknown_check_says_which_value_is_empty(world: "World") -> None:
    decision = world.advance("propose", role="rep", comment="x").decision

    assert isinstance(decision, Rejected)
    fit = next(reason for reason in decision.reasons if reason.id == "fit")
    assert fit.message.en == "The score is too low (unknown because score is empty)"


def test_move_possible_elsewhere_says_where(world: "World") -> None:
    decision = world.advance("close").decision

    assert isinstance(decision, Rejected)
    (reason,) = decision.reasons
    assert (reason.id, reason.message.en) == ("state", "close is possible in offer; the project is in talk")


def test_exit_gate_does_not_bind_a_loss_a_step_back_or_a_step_aside(
    world: "World", cny: Callable[[int], Money]
) -> None:
    assert world.advance("pause").is_accepted
    world.open("deal", "q")
    assert world.advance("lose", "q").is_accepted
    world.open("deal", "r")
    world.add("needs", "r", ref="N1", need="less power")
    world.set("r", amount=cny(50), score=Decimal(70))
    assert world.advance("propose", "r", role="rep", comment="go").is_accepted
    world.set("r", by="wang", score=None)
    assert world.advance("back", "r", by="zhao", role="manager_role").is_accepted


def test_when_that_is_not_true_is_not_offered(
    world: "World", cny: Callable[[int], Money], reasons_of: Callable[[Answered], list[str]]
) -> None:
    world.add("needs", ref="N1", need="less power")
    world.set(amount=cny(50), score=Decimal(70))
    world.advance("propose", role="rep", comment="go")

    assert reasons_of(world.advance("close")) == ["when"]
    assert world.advance("close", amount=cny(101)).is_accepted


def test_fields_given_with_a_refused_move_are_not_kept(world: "World", cny: Callable[[int], Money]) -> None:
    world.advance("propose", role="rep", comment="go", amount=cny(5))

    assert "amount" not in world.project().fields


@pytest.mark.parametrize(
    ("fields", "who", "expected"),
    [
        ({"amount": Money(Decimal(-1), "CNY")}, "wang", ["amount"]),
        ({"amount": Money(Decimal(1), "USD")}, "wang", ["amount"]),
        ({"amount": "5"}, "wang", ["amount"]),
        ({"score": Decimal("1.5")}, "wang", ["score"]),
        ({"score": Decimal(101)}, "wang", ["score"]),
        ({"nothing": "x"}, "wang", ["nothing"]),
        ({"note": "x"}, "wang", ["role"]),
        ({"amount": Money(Decimal(1), "CNY")}, "liu", ["role"]),
    ],
)
def test_set_refuses_what_does_not_fit(
    world: "World",
    reasons_of: Callable[[Answered], list[str]],
    fields: Mapping[str, Value],
    who: str,
    expected: list[str],
) -> None:
    before = world.project()

    assert reasons_of(world.put(fields, by=who)) == expected
    assert world.project() == before


def test_field_is_editable_only_where_it_says(
    world: "World", cny: Callable[[int], Money], reasons_of: Callable[[Answered], list[str]]
) -> None:
    assert world.set(fixed="x").is_accepted
    world.add("needs", ref="N1", need="less power")
    world.advance("propose", role="rep", comment="go", amount=cny(5), score=Decimal(60))

    assert reasons_of(world.set(fixed="y")) == ["fixed"]


def test_closed_project_takes_neither_moves_nor_values(
    world: "World", reasons_of: Callable[[Answered], list[str]]
) -> None:
    world.advance("lose")

    assert reasons_of(world.advance("pause")) == ["closed"]
    assert reasons_of(world.set(score=Decimal(1))) == ["score"]


def test_row_of_a_keyed_record_revises(world: "World", reasons_of: Callable[[Answered], list[str]]) -> None:
    assert reasons_of(world.add("needs", ref="N1")) == ["need"]
    world.add("needs", ref="N1", need="less power")
    world.clock.wait(days=1)
    world.add("needs", ref="N1", need="less heat")

    first, second = world.project().records["needs"]
    assert (first.values["need"], second.values["need"]) == ("less power", "less heat")
    assert second.first_at == first.at < second.at


def test_engines_own_events_cannot_be_claimed(world: "World", reasons_of: Callable[[Answered], list[str]]) -> None:
    assert reasons_of(world.advance("done.talk")) == ["done.talk"]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (None, "not offered now: it needs amount > 100 (unknown because amount is empty)"),
        (Money(Decimal(5), "CNY"), "not offered now: it needs amount > 100"),
    ],
)
def test_move_that_an_empty_field_hides_names_the_field(world_of: "MakeWorld", amount: Value, message: str) -> None:
    world = world_of({"workflow/deal": DEAL.replace("initial: talk", "initial: offer").replace("[score]", "[]")})
    world.open("deal", amount=amount)
    refused = world.advance("close").decision
    assert isinstance(refused, Rejected)
    assert [reason.message.en for reason in refused.reasons] == [message]


def test_advance_fails_when_the_machine_does_not_fire(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine has no way around the machine: without the library's trigger nothing moves."""
    monkeypatch.setattr(Event, "trigger", lambda *_, **__: False)

    assert not world.advance("pause").is_accepted
    assert not world.advance("lose").is_accepted


def test_stored_configuration_is_what_the_machine_returned(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the machine errs: nobody works the configuration out a second time."""
    fire = WorkflowMachine.fire

    def errs(
        machine: WorkflowMachine,
        leaves: tuple[str, ...],
        memory: Mapping[str, tuple[str, ...]],
        event: str | None,
        answers: Mapping[str, bool],
    ) -> Step | None:
        step = fire(machine, leaves, memory, event, answers)
        return None if step is None else replace(step, leaves=("offer",))

    monkeypatch.setattr(WorkflowMachine, "fire", errs)

    answered, stored = world.advance("pause").project, world.store.project("p")

    assert answered is not None
    assert stored is not None
    assert answered.leaves == stored.leaves == ("offer",)


def test_reasons_are_equal_for_equal_requests(world: "World") -> None:
    first, second = world.advance("propose").decision, world.advance("propose").decision

    assert isinstance(first, Rejected)
    assert first == second
    assert all(isinstance(reason, Reason) for reason in first.reasons)
    assert Actor(id="system").is_system
