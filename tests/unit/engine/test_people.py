"""With an organisation: who may act, by whose right, and what expressions see of people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.gates import name_parties
from salespm_flow.engine.running.runner import Answered, Runner
from salespm_flow.errors import LiveDefinitionError
from salespm_flow.model.decision import Actor, AddTask, Advance, Open, Rejected
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.history import OutboxKind
from tests.unit.engine.conftest import World

ORGANISATION = """
skills: {negotiation: {}, law: {}}
roles: {rep: {}, boss: {}, legal: {}, customer: {outside: true}}
units: {firm: {manager: zhou}, east: {parent: firm, manager: zhao}}
people:
  wang: {unit: east, roles: [rep], skills: {negotiation: 4}, deputy: he, away: [2026-03-10..2026-03-12]}
  he: {unit: east, roles: [rep, legal], skills: {negotiation: 2, law: 5}}
  zhao: {unit: east, roles: [boss], deputy: zhou, away: [2026-03-11]}
  zhou: {unit: firm, roles: [boss, rep]}
  liu: {unit: east, roles: [rep], left_on: 2026-03-05}
"""
WORKFLOW = """
domain: sales
uses: {organisation: firm}
fields:
  note: {type: text}
  price: {type: number, by: [rep]}
  seller: {type: person}
  signer: {type: role}
  level: {type: number, formula: owner.skills.negotiation}
initial: open
states:
  open: {tasks: {brief: {accountable: manager}}}
  sold: {}
  closed: {final: true}
transitions:
  sell: {from: open, to: sold, by: [rep]}
  claim: {from: open, to: sold, by: [owner]}
  allow: {from: open, to: sold, by: [manager]}
  sign: {from: open, to: sold, by: [legal]}
  named: {from: open, to: sold, by: ['person:he']}
  anybody: {from: open, to: sold}
  skilled: {from: open, to: sold, when: actor.skills.negotiation >= 3}
  trained: {from: open, to: sold, when: 'list contains(owner.roles, "rep") and owner.unit = "east"'}
  tell: {from: open, to: sold, do: {say: {action: notify, who: manager}}}
"""
Make = Callable[[dict[str, str]], World]
Reasons = Callable[[Answered], list[str]]


@pytest.fixture
def world(world_of: Make) -> World:
    made = world_of({"organisation/firm": ORGANISATION, "workflow/deal": WORKFLOW})
    assert made.open("deal").is_accepted
    return made


def message(answered: Answered) -> str:
    assert answered.decision is not None
    return answered.decision.reasons[0].message.en  # type: ignore[union-attr]  # of a refusal


def moved(world: World, trigger: str, **given: str) -> tuple[str, str, str]:
    """Who acted, in which role and for whom, as the history says."""
    answered = world.advance(trigger, **given)
    assert answered.is_accepted, answered.result
    entry = list(world.store.history("p"))[-1]
    return entry.actor, entry.role, entry.acting_for


def test_roles_come_from_the_organisation_and_the_history_says_which_counted(world: World) -> None:
    assert moved(world, "sell", by="he") == ("he", "rep", "")


def test_a_claimed_role_is_the_only_one_that_counts(world: World, reasons_of: Reasons) -> None:
    assert reasons_of(world.advance("sell", by="he", role="legal")) == ["role"]
    assert moved(world, "sign", by="he", role="legal") == ("he", "legal", "")


def test_a_role_that_is_not_held_is_refused_with_those_that_are(world: World) -> None:
    refused = world.advance("anybody", by="wang", role="boss")
    assert message(refused) == "wang does not hold the role boss; held: rep"
    assert message(world.advance("anybody", by="wang", role="bos")) == (
        'the organisation firm has no role "bos"; did you mean boss?'
    )


def test_somebody_unknown_is_refused_with_a_guess_and_nothing_is_written(world: World, reasons_of: Reasons) -> None:
    before = world.project()
    refused = world.advance("anybody", by="wnag")
    assert (reasons_of(refused), message(refused)) == (
        ["actor"],
        'the organisation firm has no person "wnag"; did you mean wang?',
    )
    stranger = world.set(by="nobody", note="x")
    assert (reasons_of(stranger), message(stranger)) == (
        ["actor"],
        'the organisation firm has no person "nobody"; there are wang, he, zhao, zhou, liu',
    )
    assert world.project() == before


def test_who_has_left_cannot_act(world: World, reasons_of: Reasons) -> None:
    assert world.set(by="liu", role="rep", price=Decimal(1)).is_accepted
    world.clock.wait(days=5)
    refused = world.advance("anybody", by="liu")
    assert (reasons_of(refused), message(refused)) == (["actor"], "liu has left and cannot act")


def test_an_owner_is_somebody_present(world: World, reasons_of: Reasons) -> None:
    ask = Open(project="q", owner="zhoa", fields={}, actor=Actor(id="wang"))
    refused = world.runner.open("deal", ask)
    assert (reasons_of(refused), message(refused)) == (
        ["owner"],
        'the organisation firm has no person "zhoa"; did you mean zhou, zhao?',
    )
    world.clock.wait(days=5)
    gone = world.runner.open("deal", Open(project="q", owner="liu", fields={}, actor=Actor(id="wang")))
    assert message(gone) == "liu has left and cannot be the owner"


def test_somebody_unknown_who_would_own_it_is_told_once(world: World, reasons_of: Reasons) -> None:
    assert reasons_of(world.open("deal", "q", owner="wnag")) == ["actor"]


def test_a_refusal_tells_the_roles_that_count(world: World) -> None:
    world.clock.wait(days=8)
    refused = world.advance("allow", by="he").decision
    assert isinstance(refused, Rejected)
    assert refused.reasons[0].values == {"actor": "he", "role": "rep, legal"}


def test_a_manager_is_the_owners(world: World, reasons_of: Reasons) -> None:
    assert reasons_of(world.advance("allow", by="zhou")) == ["role"]
    assert moved(world, "allow", by="zhao") == ("zhao", "", "")


def test_a_deputy_acts_as_owner_while_the_owner_is_away(world: World, reasons_of: Reasons) -> None:
    assert reasons_of(world.advance("claim", by="he")) == ["role"]
    world.clock.wait(days=8)
    assert moved(world, "claim", by="he") == ("he", "", "wang")


def test_a_deputy_acts_as_manager_and_the_day_is_the_workspaces(world: World, reasons_of: Reasons) -> None:
    # 23:30 on the tenth in Shanghai is before the eleventh there, though hours later in UTC it is not.
    world.clock.moment = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
    assert reasons_of(world.advance("allow", by="zhou")) == ["role"]
    world.clock.wait(hours=1)
    assert moved(world, "allow", by="zhou") == ("zhou", "", "zhao")


def test_ones_own_right_goes_before_an_absent_colleagues(world: World) -> None:
    world.clock.wait(days=8)
    assert moved(world, "sell", by="he") == ("he", "rep", "")


def test_a_named_person_may(world: World, reasons_of: Reasons) -> None:
    assert reasons_of(world.advance("named", by="wang")) == ["role"]
    assert moved(world, "named", by="he") == ("he", "", "")


def test_fields_ask_for_the_roles_that_people_hold(world: World, reasons_of: Reasons) -> None:
    assert reasons_of(world.set(by="zhao", price=Decimal(1))) == ["role"]
    assert world.set(by="zhou", price=Decimal(1)).is_accepted


def test_person_and_role_fields_take_those_of_the_organisation(world: World) -> None:
    assert (
        message(world.set(seller="hee")) == 'seller is "hee", which is not in the organisation firm; did you mean he?'
    )
    assert message(world.set(signer="legall")) == (
        'signer is "legall", which is not in the organisation firm; did you mean legal?'
    )
    assert world.set(seller="he", signer="legal").is_accepted


def test_expressions_see_roles_unit_and_skills(world: World, reasons_of: Reasons) -> None:
    assert reasons_of(world.advance("skilled", by="he")) == ["when"]
    assert reasons_of(world.advance("skilled", by="zhou")) == ["when"]
    assert moved(world, "skilled", by="wang") == ("wang", "", "")


def test_the_owner_is_read_from_the_organisation_as_it_is_now(world: World) -> None:
    assert moved(world, "trained", by="he") == ("he", "", "")


def test_tasks_and_notices_go_to_the_manager(world: World) -> None:
    assert [task.who for task in world.project().tasks.values()] == ["person:zhao"]
    answered = world.runner.apply("p", Advance(trigger="tell", actor=Actor(id="wang")))
    assert answered.is_accepted
    assert [(item.kind, item.to) for item in world.store.outbox(world.clock.now(), 9)] == [
        (OutboxKind.NOTICE, "person:zhao")
    ]


def test_an_organisation_that_cannot_be_loaded_stops_writing(world: World) -> None:
    (world.folder / "flows" / "firm.yaml").unlink()
    runner = Runner(world.store, load(world.folder).library, world.clock)
    with pytest.raises(LiveDefinitionError):
        runner.apply("p", Advance(trigger="anybody", actor=Actor(id="wang")))


def test_a_pinned_workflow_outlives_the_skill_that_it_asks_for(world: World) -> None:
    text = (world.folder / "flows" / "firm.yaml").read_text("utf-8").replace("negotiation", "haggling")
    (world.folder / "flows" / "firm.yaml").write_text(text, "utf-8")
    flow = (world.folder / "flows" / "deal.yaml").read_text("utf-8").replace("negotiation", "haggling")
    (world.folder / "flows" / "deal.yaml").write_text(flow, "utf-8")
    runner = Runner(world.store, load(world.folder).library, world.clock)
    assert runner.apply("p", Advance(trigger="anybody", actor=Actor(id="wang"))).is_accepted


def test_without_an_organisation_a_claimed_role_is_believed(world_of: Make) -> None:
    made = world_of(
        {
            "workflow/deal": WORKFLOW.split("uses:", maxsplit=1)[0]
            + """
initial: open
states: {open: {}, closed: {final: true}}
transitions: {sell: {from: open, to: closed, by: [rep]}}
"""
        }
    )
    assert made.open("deal", owner="whoever").is_accepted
    assert moved(made, "sell", by="anyone", role="rep") == ("anyone", "rep", "")


def test_who_has_left_is_given_no_task(world: World, reasons_of: Reasons) -> None:
    adding = AddTask(title=Bilingual("报价", "quote"), who="person:liu", actor=Actor(id="wang"))
    assert world.runner.apply("p", adding).is_accepted
    world.clock.wait(days=5)
    assert reasons_of(world.runner.apply("p", adding)) == ["who"]


def test_no_child_is_opened_on_an_organisation_that_cannot_be_loaded(world_of: Make) -> None:
    parent = """
domain: sales
links: {work: {workflow: deal}}
initial: talk
states: {talk: {}, over: {final: true}}
transitions: {go: {from: talk, to: over, do: {start: {action: spawn, link: work}}}}
"""
    made = world_of({"organisation/firm": ORGANISATION, "workflow/deal": WORKFLOW, "workflow/sale": parent})
    made.open("sale")
    runner = Runner(made.store, replace(made.runner.library, organisations={}), made.clock)

    with pytest.raises(LiveDefinitionError):
        runner.apply("p", Advance(trigger="go", actor=Actor(id="wang")))
    assert (made.states(), made.store.project("p.work.1")) == (["talk"], None)


def test_person_named_where_a_role_is_meant_is_told_how_to_write_it(world: World) -> None:
    refused = world.runner.apply("p", AddTask(title=Bilingual("拜访", "Visit"), actor=Actor(id="wang"), who="he"))
    assert isinstance(refused.decision, Rejected)
    assert [reason.message for reason in refused.decision.reasons] == [
        Bilingual("人选：“he”是人员，不是角色；请写 person:he", 'who is no role: "he" is a person; write person:he')
    ]


def test_parties_are_named_as_people_name_them() -> None:
    owner, manager = Party(PartyKind.OWNER), Party(PartyKind.MANAGER)
    told = name_parties((owner, manager, Party(PartyKind.PERSON, "zhou"), owner))
    assert told == Bilingual("负责人、负责人的上级、zhou", "owner, manager, zhou")
