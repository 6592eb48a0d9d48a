"""Approvals: asked for once, voted on by whom they concern, void when their ground shifts, used up by the move."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from salespm_flow.engine.running.runner import Answered
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Actor, Advance, CastVote, Open
from salespm_flow.model.history import ApprovalChanged, Moved, Noted
from salespm_flow.model.project import Verdict
from tests.unit.engine.conftest import World, reasons

WorldOf = Callable[[dict[str, str]], World]

DEAL = """
domain: sales
initial: talk
fields:
  discount: {{type: percent, default: 0%, by: [rep]}}
  note: {{type: text, by: [rep]}}
  ready: {{type: boolean, default: true, by: [rep]}}
  cost: {{type: number, by: [rep]}}
  margin: {{type: number, formula: 100 - cost}}
records:
  items: {{by: [rep], fields: {{name: {{type: text}}}}}}
conditions:
  big: discount > 15%
  thin: margin < 20
states:
  talk: {{}}
  contract: {{}}
  hold: {{aside: true}}
  back: {{}}
  closed: {{final: true}}
transitions:
  agree:
    from: talk
    to: contract
    by: [rep]
    {rules}
  pause: {{from: talk, to: hold}}
  resume: {{from: hold, to: talk}}
  elsewhere: {{from: hold, to: back}}
  retreat: {{from: talk, to: back, forward: false}}
  again: {{from: [back, contract], to: talk, forward: false}}
  drop: {{from: talk, to: closed}}
"""
DISCOUNT = "approve: {discount: {when: big, by: [manager_of_sales], except: [requester]}}"


def deal(world_of: WorldOf, rules: str = DISCOUNT, **fields: Value) -> World:
    world = world_of({"workflow/deal": DEAL.format(rules=rules)})
    world.runner.open("deal", Open(project="p", owner="wang", fields=fields, actor=Actor(id="wang")))
    return world


def agree(world: World, comment: str = "", *, by: str = "wang", role: str = "rep", **fields: Value) -> Answered:
    request = Advance(trigger="agree", actor=Actor(id=by, role=role), fields=fields, comment=comment)
    return world.runner.apply("p", request)


def vote(
    world: World, approval: str, *, by: str, role: str = "manager_of_sales", verdict: Verdict = Verdict.APPROVE
) -> Answered:
    return world.runner.apply("p", CastVote(approval=approval, verdict=verdict, actor=Actor(id=by, role=role)))


def reject(world: World, approval: str, *, by: str, role: str = "manager_of_sales") -> Answered:
    return vote(world, approval, by=by, role=role, verdict=Verdict.REJECT)


def register(world: World) -> Mapping[str, str]:
    return {name: request.status.value for name, request in world.project().approvals.items()}


def notices(answered: Answered) -> list[tuple[str, str]]:
    outbox = answered.result["outbox"]
    assert isinstance(outbox, list)
    return [(one["to"], one["title"]["en"]) for one in outbox]


PERCENT = Decimal("0.18")


# Asking


def test_a_move_that_needs_approval_waits_and_keeps_the_given_fields(world_of: WorldOf) -> None:
    world = deal(world_of)

    answered = agree(world, "big customer", discount=PERCENT)

    request = world.project().approvals["discount"]
    assert (answered.result["status"], answered.is_accepted, answered.is_waiting) == ("waiting", True, True)
    assert (world.states(), world.project().fields["discount"]) == (["talk"], PERCENT)
    assert (request.requester, request.comment, request.event, request.approvers, request.excepted) == (
        "wang",
        "big customer",
        "agree",
        ("role:manager_of_sales",),
        ("wang",),
    )
    assert notices(answered) == [("role:manager_of_sales", "Please approve: discount")]
    assert answered.result["approvals_requested"] == ["discount"]


def test_no_approval_is_asked_for_where_its_condition_is_false(world_of: WorldOf) -> None:
    world = deal(world_of)

    assert agree(world, discount=Decimal("0.1")).result["status"] == "accepted"
    assert (world.states(), register(world)) == (["contract"], {})


def test_an_unknown_condition_asks_for_approval(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {margin: {when: thin, by: [finance]}}")

    assert agree(world).is_waiting


def test_an_approval_without_condition_is_always_needed(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {margin: {by: [finance]}}")

    assert agree(world).is_waiting


def test_what_a_gate_refuses_asks_for_nothing(world_of: WorldOf) -> None:
    world = deal(world_of, f"{DISCOUNT}\n    require: [note]")

    assert reasons(agree(world, discount=PERCENT)) == ["note"]
    assert register(world) == {}


def test_asking_again_while_pending_waits_for_the_same_request(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    again = agree(world)

    assert (again.is_waiting, again.result["approvals_requested"], register(world)) == (
        True,
        [],
        {"discount": "pending"},
    )
    assert notices(again) == []


def test_several_approvals_run_at_once(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {by: [manager_of_sales]}, two: {by: [finance]}}")
    agree(world)
    vote(world, "two", by="li", role="finance")

    assert (register(world), world.states()) == ({"one": "pending", "two": "approved"}, ["talk"])
    vote(world, "one", by="zhao")
    assert (register(world), world.states()) == ({"one": "used", "two": "used"}, ["contract"])


def test_an_approval_after_another_is_asked_for_only_then(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {by: [manager_of_sales]}, two: {by: [finance], after: one}}")

    agree(world)
    assert register(world) == {"one": "pending"}
    answered = vote(world, "one", by="zhao")
    assert (answered.result["status"], answered.result["approvals_requested"]) == ("accepted", ["two"])
    assert register(world) == {"one": "approved", "two": "pending"}
    vote(world, "two", by="li", role="finance")
    assert world.states() == ["contract"]


def test_an_approval_after_one_that_is_not_needed_is_asked_for_at_once(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {when: big, by: [manager_of_sales]}, two: {by: [finance], after: one}}")

    agree(world)

    assert register(world) == {"two": "pending"}


# Voting


def test_at_quorum_the_move_is_made_for_its_requester(world_of: WorldOf) -> None:
    world = deal(world_of, f"{DISCOUNT}\n    comment: required")
    agree(world, "big customer", discount=PERCENT)

    answered = vote(world, "discount", by="zhao")

    entry = tuple(world.store.history("p"))[-1]
    assert (entry.actor, entry.role, entry.doing.value, entry.name) == (
        "zhao",
        "manager_of_sales",
        "approve",
        "discount",
    )
    assert [change.transitions for change in entry.changes if isinstance(change, Moved)] == [("agree",)]
    assert (world.states(), register(world), answered.result["status"]) == (
        ["contract"],
        {"discount": "used"},
        "accepted",
    )
    assert notices(answered) == [("person:wang", "Approval given: discount")]


def test_who_lacks_the_role_may_not_vote(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    assert reasons(vote(world, "discount", by="zhao", role="finance")) == ["role"]
    assert reasons(vote(world, "discount", by="zhao", role="")) == ["role"]


def test_the_requester_may_not_approve_himself_where_excepted(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    assert reasons(vote(world, "discount", by="wang")) == ["excepted"]


def test_an_excepted_role_may_not_vote(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {by: ['person:zhao'], except: [finance]}}")
    agree(world)

    assert reasons(vote(world, "one", by="zhao", role="finance")) == ["excepted"]
    assert vote(world, "one", by="zhao", role="").is_accepted


def test_one_person_votes_once(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {by: [manager_of_sales], quorum: 2}}")
    agree(world)
    vote(world, "one", by="zhao")

    assert reasons(vote(world, "one", by="zhao")) == ["voted"]
    assert (register(world), world.states()) == ({"one": "pending"}, ["talk"])
    vote(world, "one", by="li")
    assert world.states() == ["contract"]


def test_all_parties_must_approve_each_by_a_person_of_its_own(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {by: [finance, legal, 'person:zhou'], quorum: all}}")
    agree(world)
    vote(world, "one", by="li", role="finance")

    assert reasons(vote(world, "one", by="li", role="legal")) == ["voted"]
    vote(world, "one", by="sun", role="legal")
    assert world.states() == ["talk"]
    vote(world, "one", by="zhou", role="")
    assert world.states() == ["contract"]


def test_votes_on_what_is_not_pending_are_refused_with_its_status(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)
    vote(world, "discount", by="zhao")

    late = vote(world, "discount", by="zhou")

    assert reasons(late) == ["discount"]
    assert "has been used" in str(late.result["reasons"])


def test_an_unknown_approval_is_refused_with_a_guess(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    assert "did you mean discount?" in str(vote(world, "discont", by="zhao").result["reasons"])


def test_one_rejection_closes_the_request_and_it_may_be_asked_for_anew(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    answered = reject(world, "discount", by="zhao")
    assert notices(answered) == [("person:wang", "Approval rejected: discount")]
    assert (register(world), world.states()) == ({"discount": "rejected"}, ["talk"])
    assert agree(world).is_waiting
    assert register(world) == {"discount": "rejected", "discount-2": "pending"}


def test_a_rejection_ends_the_other_requests_of_the_move(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {by: [manager_of_sales]}, two: {by: [finance]}}")
    agree(world)

    reject(world, "one", by="zhao")

    assert register(world) == {"one": "rejected", "two": "void"}


def test_a_move_refused_after_its_approval_is_noted_and_the_approval_stays(world_of: WorldOf) -> None:
    rules = f"{DISCOUNT}\n    check: {{early: 'now() < @\"2026-03-02T10:00:00+08:00\"'}}"
    world = deal(world_of, rules)
    agree(world, discount=PERCENT)
    world.clock.wait(hours=2)

    answered = vote(world, "discount", by="zhao")

    assert answered.is_accepted
    notes = [change for change in tuple(world.store.history("p"))[-1].changes if isinstance(change, Noted)]
    assert notes == [Noted(topic="refused", name="agree", reasons=("early",))]
    assert (register(world), world.states()) == ({"discount": "approved"}, ["talk"])


def test_who_approved_cannot_use_the_approval_as_his_own_requester(world_of: WorldOf) -> None:
    rules = f"{DISCOUNT.replace('except', 'quorum: 2, except')}"
    world = deal(world_of, rules)
    agree(world, discount=PERCENT)
    vote(world, "discount", by="zhao")

    own = agree(world, by="zhao")

    assert (own.is_waiting, register(world)) == (True, {"discount": "pending", "discount-2": "pending"})
    assert reasons(vote(world, "discount-2", by="zhao")) == ["excepted"]


# Voiding


def test_a_changed_field_that_the_move_reads_voids_the_request(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    world.set(role="rep", discount=Decimal("0.2"))

    assert register(world) == {"discount": "void"}
    assert "is void" in str(vote(world, "discount", by="zhao").result["reasons"])


def test_an_approval_already_given_is_void_after_a_change_too(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {when: big, by: [manager_of_sales]}, two: {by: [finance]}}")
    agree(world, discount=PERCENT)
    vote(world, "one", by="zhao")

    world.set(role="rep", discount=Decimal("0.2"))

    assert register(world) == {"one": "void", "two": "void"}


def test_the_same_value_and_other_fields_void_nothing(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    world.set(role="rep", discount=Decimal("0.180"))
    world.set(role="rep", note="x")
    world.add("items", role="rep", name="x")

    assert register(world) == {"discount": "pending"}


def test_what_a_formula_or_a_gate_reads_counts(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {when: thin, by: [finance]}}\n    require: [items]")
    world.add("items", role="rep", name="x")
    agree(world)

    world.set(role="rep", cost=Decimal(10))
    assert register(world) == {"one": "void"}
    world.set(role="rep", cost=Decimal(90))
    agree(world)
    world.add("items", role="rep", name="y")
    assert register(world) == {"one": "void", "one-2": "void"}


def test_a_change_given_with_the_move_voids_and_asks_anew_at_once(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    answered = agree(world, discount=Decimal("0.2"))

    assert (answered.is_waiting, register(world)) == (True, {"discount": "void", "discount-2": "pending"})
    assert (answered.result["approvals_void"], answered.result["approvals_requested"]) == (
        ["discount"],
        ["discount-2"],
    )


def test_leaving_the_state_voids_the_request(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    world.advance("retreat")

    assert register(world) == {"discount": "void"}


def test_closing_the_project_voids_the_request(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    world.advance("drop")

    assert (register(world), dict(world.project().clocks)) == ({"discount": "void"}, {})


def test_a_move_made_after_a_change_that_needs_no_approval_voids_it(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)

    answered = agree(world, discount=Decimal("0.1"))

    assert (answered.result["status"], register(world)) == ("accepted", {"discount": "void"})


def test_an_approval_is_used_up_by_the_move(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)
    vote(world, "discount", by="zhao")
    world.advance("again")

    assert agree(world).is_waiting
    assert register(world) == {"discount": "used", "discount-2": "pending"}


# Time

DUE = "approve: {one: {by: [manager_of_sales], due: 2h, escalate: director}}"


def test_a_due_approval_escalates_and_whom_it_went_to_may_decide(world_of: WorldOf) -> None:
    world = deal(world_of, DUE)
    agree(world)
    assert reasons(vote(world, "one", by="zhou", role="director")) == ["role"]
    world.clock.wait(hours=3)

    world.tick()

    request = world.project().approvals["one"]
    assert (request.approvers, request.escalated_to) == (("role:manager_of_sales", "role:director"), "role:director")
    assert [(item.to, item.name) for item in world.told] == [("role:manager_of_sales", "one"), ("role:director", "one")]
    vote(world, "one", by="zhou", role="director")
    assert (world.states(), dict(world.project().clocks)) == (["contract"], {})


def test_without_an_escalation_the_approvers_are_reminded(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {by: [manager_of_sales], due: 2h}}")
    agree(world)
    world.clock.wait(hours=3)

    world.tick()

    assert [item.to for item in world.told] == ["role:manager_of_sales", "role:manager_of_sales"]
    assert register(world) == {"one": "pending"}


def test_of_all_whom_it_was_escalated_to_speaks_for_the_silent(world_of: WorldOf) -> None:
    world = deal(world_of, "approve: {one: {by: [finance, legal], quorum: all, due: 2h, escalate: director}}")
    agree(world)
    vote(world, "one", by="li", role="finance")
    world.clock.wait(hours=3)
    world.tick()

    vote(world, "one", by="zhou", role="director")

    assert world.states() == ["contract"]


def test_on_hold_the_request_waits_and_its_clock_stands_still(world_of: WorldOf) -> None:
    world = deal(world_of, DUE)
    agree(world)
    world.clock.wait(hours=1)
    world.advance("pause")
    world.clock.wait(hours=50)
    world.tick()
    held = world.project()

    world.advance("resume")

    assert (held.approvals["one"].status.value, held.approvals["one"].due_at) == ("pending", None)
    request, clock = world.project().approvals["one"], world.project().clocks["approval.one"]
    assert (request.status.value, request.due_at, clock.due_at) == ("pending", clock.due_at, clock.due_at)
    assert clock.due_at is not None
    assert (clock.due_at - world.clock.now()).total_seconds() == 3600


def test_an_approval_given_on_hold_stays_for_the_requester(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)
    world.advance("pause")

    vote(world, "discount", by="zhao")
    world.advance("resume")

    assert (register(world), world.states()) == ({"discount": "approved"}, ["talk"])
    assert agree(world).result["status"] == "accepted"


def test_coming_back_from_hold_to_elsewhere_voids_the_request(world_of: WorldOf) -> None:
    world = deal(world_of, DUE)
    agree(world)
    world.advance("pause")

    world.advance("elsewhere")

    assert (register(world), dict(world.project().clocks)) == ({"one": "void"}, {})


# Moves that nobody asks for

AUTO = """
domain: sales
initial: talk
fields:
  ready: {type: boolean, default: false}
  size: {type: integer, default: 1}
states: {talk: {}, over: {final: true}}
transitions:
  go: {from: talk, to: over, auto: true, when: ready and size > 0, approve: {one: {by: [finance]}}}
"""


def test_an_automatic_move_asks_once_and_goes_on_by_itself(world_of: WorldOf) -> None:
    world = world_of({"workflow/deal": AUTO})
    world.open("deal")

    world.set(ready=True)
    world.tick()
    world.tick()

    assert (register(world), world.states()) == ({"one": "pending"}, ["talk"])
    assert world.project().approvals["one"].requester == "system"
    vote(world, "one", by="li", role="finance")
    assert (register(world), world.states()) == ({"one": "used"}, ["over"])


def test_an_automatic_move_once_rejected_asks_again_only_after_a_change(world_of: WorldOf) -> None:
    world = world_of({"workflow/deal": AUTO})
    world.open("deal", ready=True)
    reject(world, "one", by="li", role="finance")
    world.clock.wait(hours=1)

    world.tick()
    assert register(world) == {"one": "rejected"}
    world.set(size=Decimal(2))
    assert register(world) == {"one": "rejected", "one-2": "pending"}


TIMER = """
domain: sales
initial: talk
states: {talk: {}, over: {final: true}}
transitions:
  go: {from: talk, to: over, approve: {one: {by: [finance], except: [requester]}}}
timers:
  later: {in: talk, every: 1h, do: {go: {action: raise, event: go}}}
"""


def test_what_a_timer_raises_waits_for_one_approval(world_of: WorldOf) -> None:
    world = world_of({"workflow/deal": TIMER})
    world.open("deal")
    world.clock.wait(hours=5)

    world.tick()

    assert (register(world), world.states()) == ({"one": "pending"}, ["talk"])
    vote(world, "one", by="li", role="finance")
    assert world.states() == ["over"]


PARALLEL = """
domain: sales
regions:
  left: {initial: a, states: {a: {}, b: {}}}
  right: {initial: c, states: {c: {}, d: {}}}
transitions:
  one: {event: go, from: a, to: b, approve: {first: {by: [finance]}}}
  two: {event: go, from: c, to: d, approve: {second: {by: [legal]}}}
"""


def test_regions_that_move_as_one_wait_for_all_their_approvals(world_of: WorldOf) -> None:
    world = world_of({"workflow/deal": PARALLEL})
    world.open("deal")

    assert world.advance("go").is_waiting
    vote(world, "first", by="li", role="finance")
    assert (register(world), world.states()) == ({"first": "approved", "second": "pending"}, ["a", "c"])
    vote(world, "second", by="sun", role="legal")
    assert world.states() == ["b", "d"]


def test_a_child_that_cannot_start_does_not_refuse_the_vote(world_of: WorldOf) -> None:
    parent = """
domain: sales
fields: {scope: {type: text}}
initial: talk
links: {work: {workflow: child, carry: {scope: scope}}}
states: {talk: {}, over: {final: true}}
transitions:
  go: {from: talk, to: over, approve: {one: {by: [finance]}}, do: {start: {action: spawn, link: work}}}
"""
    child = """
domain: delivery
fields: {scope: {type: text}}
initial: plan
states: {plan: {entry: {require: [scope]}}, end: {final: true}}
transitions: {finish: {from: plan, to: end}}
"""
    world = world_of({"workflow/deal": parent, "workflow/child": child})
    world.open("deal")
    world.advance("go")

    answered = vote(world, "one", by="li", role="finance")

    assert (answered.is_accepted, register(world), world.states()) == (True, {"one": "approved"}, ["talk"])
    assert answered.result["notes"] == [{"topic": "refused", "name": "go", "reasons": ["scope"]}]


def test_a_child_of_an_approved_move_is_opened_by_who_asked_for_it(world_of: WorldOf) -> None:
    parent = """
domain: sales
initial: talk
links: {work: {workflow: child}}
states: {talk: {}, over: {final: true}}
transitions:
  go: {from: talk, to: over, by: [rep], approve: {one: {by: [finance]}}, do: {start: {action: spawn, link: work}}}
"""
    child = """
domain: delivery
initial: plan
states: {plan: {}, end: {final: true}}
transitions: {finish: {from: plan, to: end}}
"""
    world = world_of({"workflow/deal": parent, "workflow/child": child})
    world.open("deal")
    world.advance("go", role="rep")
    vote(world, "one", by="li", role="finance")

    assert [(entry.actor, entry.role) for entry in world.store.history("p.work.1")] == [("wang", "rep")]


def test_a_message_to_a_move_that_waits_already_is_heard_once(world_of: WorldOf) -> None:
    world = world_of(
        {
            "workflow/deal": """
domain: sales
initial: talk
states: {talk: {}, sold: {}, over: {final: true}}
transitions:
  say: {from: talk, do: {tell: {action: send, event: ping, to: self}}}
  sell: {event: ping, from: talk, to: sold, approve: {one: {by: [finance]}}}
  end: {event: ping, from: sold, to: over}
"""
        }
    )
    world.open("deal")
    heard = []
    for _ in range(2):
        world.advance("say")
        heard += [(one.item.name, one.topic) for one in world.tick().heard]
    vote(world, "one", by="li", role="finance")
    world.tick()

    last = [change for entry in world.store.history("p") for change in entry.changes if isinstance(change, Noted)][-1]
    assert (heard, world.states()) == ([("ping", "waiting")] * 2, ["sold"])
    assert last == Noted(topic="awaited", name="ping")


def test_a_repeated_request_is_answered_as_the_first_time(world_of: WorldOf) -> None:
    world = deal(world_of)
    request = Advance(trigger="agree", actor=Actor(id="wang", role="rep"), fields={"discount": PERCENT})

    first = world.runner.apply("p", request, key="k")
    again = world.runner.apply("p", request, key="k")

    assert (first.result, again.result, again.is_replay, again.is_waiting) == (first.result, first.result, True, True)


def test_the_history_tells_each_change_of_a_request(world_of: WorldOf) -> None:
    world = deal(world_of)
    agree(world, discount=PERCENT)
    vote(world, "discount", by="zhao")

    statuses = [
        change.approval.status.value
        for entry in world.store.history("p")
        for change in entry.changes
        if isinstance(change, ApprovalChanged)
    ]
    assert statuses == ["pending", "pending", "approved", "used"]


TWO_SOURCES = """
domain: sales
initial: first
states: {first: {}, second: {}, hold: {aside: true}, over: {final: true}}
transitions:
  go: {from: [first, second], to: over, approve: {one: {by: [finance], due: 2h}}}
  on: {from: first, to: second}
  pause: {from: first, to: hold}
  resume: {from: hold, to: second}
"""


def test_another_state_that_offers_the_same_move_is_not_the_one_it_was_asked_in(world_of: WorldOf) -> None:
    world = world_of({"workflow/deal": TWO_SOURCES})
    world.open("deal")
    world.advance("go")

    world.advance("on")

    assert register(world) == {"one": "void"}


def test_coming_back_from_hold_to_another_such_state_voids_the_request_too(world_of: WorldOf) -> None:
    world = world_of({"workflow/deal": TWO_SOURCES})
    world.open("deal")
    world.advance("go")
    world.advance("pause")

    world.advance("resume")

    assert (register(world), dict(world.project().clocks)) == ({"one": "void"}, {})


def test_where_every_approver_must_stand_back_the_request_goes_on_at_once(world_of: WorldOf) -> None:
    rule = "approve: {one: {by: ['person:wang'], except: [requester], due: 2h, escalate: director}}"
    world = deal(world_of, rule)

    assert notices(agree(world))[-1] == ("role:director", "Please approve: one")
    vote(world, "one", by="zhou", role="director")
    assert world.states() == ["contract"]
