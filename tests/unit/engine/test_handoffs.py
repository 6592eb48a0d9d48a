"""Handoffs: under the contract, accepted or returned with a reason, told from the child's history."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from salespm_flow.engine.views.handoff_changes import changes_since
from salespm_flow.engine.views.handoffs import Carried, Handoff, HandoffStatus, handoff_of
from salespm_flow.engine.views.prospects import prospects
from salespm_flow.model.decision import Actor, ReasonKind, Rejected
from salespm_flow.model.history import Doing

if TYPE_CHECKING:
    from salespm_flow.expr.values import Value
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

SALE = """
domain: sales
fields: {amount: {type: integer, default: 7}, note: {type: text}}
links: {delivery: {workflow: delivery, carry: {size: amount * 2, promise: note}}}
initial: talk
states: {talk: {}, signed: {}, over: {final: true, outcome: won}}
transitions:
  sign: {from: talk, to: signed, do: {start: {action: spawn, link: delivery}}}
  back: {event: delivery.returned, from: signed, to: talk}
  amend: {from: signed, comment: required, do: {tell: {action: send, event: amended, to: delivery}}}
"""
WORK = """
domain: delivery
fields: {size: {type: integer}, promise: {type: text}, seen: {type: boolean, default: false}}
initial: start
states: {start: {}, work: {}, returned: {final: true, outcome: returned}}
transitions:
  accept: {from: start, to: work, do: {tell: {action: send, event: accepted, to: parent}}}
  give_back: {from: start, to: returned, comment: required, do: {tell: {action: return}}}
  amended: {event: parent.amended, from: [start, work], do: {see: {action: set, field: seen, value: true}}}
"""


def handoff(world: "World", number: int = 1) -> Handoff:
    child = world.project(f"p.delivery.{number}")
    compiled = world.runner.definitions.pinned(child.pin)
    link = world.runner.definitions.pinned(world.project().pin).workflow.links["delivery"]
    return handoff_of(child, world.store.history(child.id), link, compiled.calendar)


def test_move_whose_child_cannot_start_is_no_prospect(world_of: "MakeWorld") -> None:
    work = WORK.replace("promise: {type: text}", "promise: {type: text, required: true}")
    world = world_of({"workflow/sale": SALE, "workflow/delivery": work})
    world.open("sale")
    actor, now = Actor(id="wang"), world.clock.now()
    (sign,) = prospects(world.runner, world.runner.snapshot("p"), actor, now)
    assert (sign.transition, [(one.kind, one.id) for one in sign.reasons]) == ("sign", [(ReasonKind.CHILD, "promise")])
    world.set(note="六月交付")
    (sign,) = prospects(world.runner, world.runner.snapshot("p"), actor, now)
    assert sign.is_possible
    assert world.store.project("p.delivery.1") is None


def test_return_brings_the_parent_back_with_the_reason(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.advance("sign")
    world.advance("give_back", "p.delivery.1", comment="没有验收标准")
    world.tick()

    assert world.states() == ["talk"]
    heard = [(one.name, one.comment) for one in world.store.history("p") if one.doing is Doing.MESSAGE]
    assert heard == [("delivery.returned", "没有验收标准"), ("delivery.done", "没有验收标准")]
    told = handoff(world)
    assert (told.status, told.reason, told.answered_by) == (HandoffStatus.RETURNED, "没有验收标准", "wang")


def test_returned_handoff_makes_room_for_a_second_one_that_is_accepted(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.advance("sign")
    world.advance("give_back", "p.delivery.1", comment="缺少承诺")
    world.tick()
    world.set(note="六月交付", amount=Decimal(9))
    world.advance("sign")
    world.clock.wait(days=1)
    world.set("p.delivery.2", size=Decimal(16))
    world.advance("accept", "p.delivery.2")

    told = handoff(world, 2)
    assert told.status is HandoffStatus.ACCEPTED
    assert told.completeness == 1
    assert told.carried == (
        Carried(field="size", sold=Decimal(18), accepted=Decimal(16), now=Decimal(16)),
        Carried(field="promise", sold="六月交付", accepted="六月交付", now="六月交付"),
    )
    assert [one.is_changed for one in told.carried] == [True, False]


def test_what_changes_after_the_acceptance_is_told_as_it_stands_now(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.advance("sign")
    world.advance("accept", "p.delivery.1")
    world.set("p.delivery.1", size=Decimal(1))

    told = handoff(world)
    assert told.completeness == Decimal("0.5")
    assert told.carried[0] == Carried(field="size", sold=Decimal(14), accepted=Decimal(14), now=Decimal(1))
    assert [(one.is_changed, one.is_changed_since) for one in told.carried] == [(False, True), (False, False)]


def later(world: "World", number: int = 1) -> list["tuple[str, str, Value, Value]"]:
    changes = changes_since(world.runner, world.project(), world.project(f"p.delivery.{number}"), "delivery")
    return [(one.entry.project, one.field, one.before, one.after) for one in changes]


def test_later_changes_of_both_sides_are_told_in_order(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.set(amount=Decimal(8))
    world.advance("sign")
    assert later(world) == []
    world.set(amount=Decimal(9))
    world.clock.wait(hours=1)
    world.advance("accept", "p.delivery.1")
    world.clock.wait(hours=1)
    world.set("p.delivery.1", size=Decimal(1), promise="七月", seen=True)
    world.clock.wait(hours=1)
    world.set(note="八月")

    assert later(world) == [
        ("p", "size", Decimal(16), Decimal(18)),
        ("p.delivery.1", "size", Decimal(16), Decimal(1)),
        ("p.delivery.1", "promise", None, "七月"),
        ("p", "promise", None, "八月"),
    ]


def test_what_is_changed_after_a_return_belongs_to_the_next_handoff(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.advance("sign")
    world.set(note="五月")
    world.clock.wait(hours=1)
    world.advance("give_back", "p.delivery.1", comment="缺少承诺")
    world.tick()
    world.clock.wait(hours=1)
    world.set(note="六月")
    world.advance("sign")
    world.clock.wait(hours=1)
    world.set(note="七月")

    assert later(world) == [("p", "promise", None, "五月")]
    assert later(world, 2) == [("p", "promise", "六月", "七月")]


def test_messages_of_both_ways_stand_in_the_handoff(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.advance("sign")
    world.advance("amend", comment="加一台设备")
    world.tick()
    world.advance("accept", "p.delivery.1")

    assert [(one.is_upwards, one.name, one.comment) for one in handoff(world).messages] == [
        (False, "amended", "加一台设备"),
        (True, "accepted", ""),
    ]
    assert world.project("p.delivery.1").fields["seen"] is True


def test_an_answer_that_is_not_the_only_message_of_its_move_is_heard(world_of: "MakeWorld") -> None:
    both = "{first: {action: send, event: checked, to: parent}, tell: {action: send, event: accepted, to: parent}}"
    work = WORK.replace("{tell: {action: send, event: accepted, to: parent}}", both)
    world = world_of({"workflow/sale": SALE, "workflow/delivery": work})
    world.open("sale")
    world.advance("sign")
    world.advance("accept", "p.delivery.1")

    told = handoff(world)
    assert (told.status, [one.name for one in told.messages]) == (HandoffStatus.ACCEPTED, ["checked", "accepted"])


def test_the_past_shows_children_as_they_were_then(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    moments = []
    for step in (lambda: None, lambda: world.advance("sign"), lambda: world.advance("amend", comment="x")):
        step()
        world.tick()
        moments.append(world.clock.now())
        world.clock.wait(days=1)

    seen = []
    for moment in moments:
        found = world.runner.snapshot_as_of("p", moment)
        assert found is not None
        seen.append([child.fields["seen"] for child in found[0].children.get("delivery", ())])
    assert seen == [[], [False], [True]]


def test_handoff_without_an_answer_waits(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    world.open("sale")
    world.advance("sign")

    told = handoff(world)
    assert (told.status, told.answered_at, told.working_days) == (HandoffStatus.WAITING, None, None)


def test_id_of_a_child_is_not_given_to_anything_else(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/sale": SALE, "workflow/delivery": WORK})
    taken = world.open("delivery", "p.delivery.1").decision
    assert isinstance(taken, Rejected)
    assert [one.message.en for one in taken.reasons] == [
        'ids like "p.delivery.1" are kept for child projects (delivery)'
    ]
    assert [world.open("sale", name).is_accepted for name in ("p", "p.delivery", "p.deal.1", ".delivery.1")] == [
        True,
        True,
        True,
        True,
    ]
    assert world.advance("sign").is_accepted


def test_refused_birth_says_which_field_was_to_be_carried(world_of: "MakeWorld") -> None:
    texts = {
        "workflow/sale": SALE.replace("{type: text}", "{type: text, title: {zh: 承诺, en: Promise}}"),
        "workflow/delivery": WORK.replace("promise: {type: text}", "promise: {type: text, required: true}").replace(
            "size: {type: integer}", "size: {type: integer, max: 3}"
        ),
    }
    world = world_of(texts)
    world.open("sale")
    refused = world.advance("sign").decision
    assert isinstance(refused, Rejected)
    zh = "子项目 delivery（delivery）不能开始："
    assert [one.message.zh.removeprefix(zh) for one in refused.reasons] == [
        "“size”不能大于 3，得到 14（由本项目的 amount * 2 带入）",
        "新建时必须填写“promise”（由本项目的“承诺”带入）",
    ]
    assert refused.reasons[1].message.en.endswith("(carried from Promise)")
