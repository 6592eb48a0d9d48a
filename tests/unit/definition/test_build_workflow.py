"""A workflow's text becomes the model: paths and names, inheritance, sources, events, parties, gates."""

from datetime import timedelta
from decimal import Decimal
from textwrap import indent

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, WorkingDays
from salespm_flow.model.actions import (
    AppendRow,
    Notify,
    OpenRisk,
    OpenTask,
    RaiseEvent,
    SendEvent,
    SetField,
    SpawnChild,
)
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.fields import EnumOf, ListOf, MoneyOf, RefTo, Scalar, SimpleType
from salespm_flow.model.priority import Priority
from salespm_flow.model.workflow import Domain, Function, Memory, Outcome, StateKind, Target, Uses, Workflow
from tests.unit.definition.texts import document, found

HEADER = "salespm: 1\nkind: workflow\nid: w\nversion: 3\ndomain: delivery\n"
CHART = """\
initial: plan
states:
  plan: {probability: 10%, owner_role: pm}
  run:
    history: deep
    probability: 50%
    owner_role: lead
    regions:
      work:
        initial: doing
        states:
          doing: {title: 推进, function: implement, owner_role: member}
          blocked: {aside: true, sla: {warn: 2wd, breach: 36h}}
          done_work: {final: true}
      watch:
        initial: green
        states:
          green: {}
          red: {initial: first, states: {first: {probability: 20%}, second: {}}}
  red: {outcome: won}
  closed: {final: true, outcome: delivered}
  lost: {final: true, outcome: lost, probability: 90%}
"""


def workflow(rest: str = "", chart: str = CHART) -> Workflow:
    built = document(HEADER + chart + rest)
    assert isinstance(built, Workflow)
    return built


def test_states_stand_by_path_with_their_shortest_names() -> None:
    assert {path: state.name for path, state in workflow().states.items()} == {
        "plan": "plan",
        "run": "run",
        "run.work": "work",
        "run.work.doing": "doing",
        "run.work.blocked": "blocked",
        "run.work.done_work": "done_work",
        "run.watch": "watch",
        "run.watch.green": "green",
        "run.watch.red": "watch.red",
        "run.watch.red.first": "first",
        "run.watch.red.second": "second",
        "red": "red",
        "closed": "closed",
        "lost": "lost",
    }


def test_states_have_their_shape() -> None:
    states = workflow().states
    run, work, red = states["run"], states["run.work"], states["run.watch.red"]
    assert (run.kind, run.children, run.initial, run.memory, run.is_region) == (
        StateKind.PARALLEL,
        ("run.work", "run.watch"),
        (),
        Memory.DEEP,
        False,
    )
    assert (work.kind, work.initial, work.parent, work.is_region) == (
        StateKind.COMPOUND,
        ("run.work.doing",),
        "run",
        True,
    )
    assert (red.kind, red.initial) == (StateKind.COMPOUND, ("run.watch.red.first",))
    assert [states[path].kind for path in ("plan", "closed")] == [StateKind.ATOMIC, StateKind.FINAL]


def test_probability_and_owner_role_are_the_nearest_and_regions_have_no_probability() -> None:
    states = workflow().states
    assert {path: (state.probability, state.owner_role) for path, state in states.items()} == {
        "plan": (Decimal("0.1"), "pm"),
        "run": (Decimal("0.5"), "lead"),
        "run.work": (None, "lead"),
        "run.work.doing": (Decimal("0.5"), "member"),
        "run.work.blocked": (Decimal("0.5"), "lead"),
        "run.work.done_work": (Decimal("0.5"), "lead"),
        "run.watch": (None, "lead"),
        "run.watch.green": (Decimal("0.5"), "lead"),
        "run.watch.red": (Decimal("0.5"), "lead"),
        "run.watch.red.first": (Decimal("0.2"), "lead"),
        "run.watch.red.second": (Decimal("0.5"), "lead"),
        "red": (Decimal(1), None),
        "closed": (Decimal(1), None),
        "lost": (Decimal(0), None),
    }


def test_document_has_its_header_and_root() -> None:
    built = workflow("title: {zh: 交付}\nuses: {}\n")
    assert (built.id, built.version, built.domain, built.title) == ("w", 3, Domain.DELIVERY, Bilingual("交付", "交付"))
    assert (built.roots, built.initial, built.is_parallel) == (
        ("plan", "run", "red", "closed", "lost"),
        ("plan",),
        False,
    )
    assert (built.uses, built.roles) == (Uses(), ("pm", "lead", "member"))


def test_root_may_be_parallel() -> None:
    built = workflow(chart="regions:\n  a: {initial: x, states: {x: {}}}\n  b: {initial: y, states: {y: {}}}\n")
    assert (built.roots, built.initial, built.is_parallel, built.states["a"].is_region) == (("a", "b"), (), True, True)


def transitions(*lines: str) -> Workflow:
    return workflow("transitions:\n" + indent("\n".join(lines), "  ") + "\n")


def test_any_means_the_outermost_states_that_are_neither_final_nor_excluded() -> None:
    built = transitions(
        "cancel: {from: any, to: lost}",
        "some: {from: any, except: [green, plan], to: lost}",
        "inner: {from: any, except: [watch.red.first], to: lost}",
    )
    assert {id_: one.sources for id_, one in built.transitions.items()} == {
        "cancel": ("plan", "run", "red"),
        "some": ("run.watch.red", "red"),
        "inner": ("plan", "run.watch.green", "run.watch.red.second", "red"),
    }


def test_targets_may_be_several_regions_or_a_history_or_none() -> None:
    built = transitions(
        "both: {from: plan, to: [blocked, watch.red]}",
        "resume: {from: red, to: run.history}",
        "act: {from: run}",
    )
    assert {id_: one.to for id_, one in built.transitions.items()} == {
        "both": (Target(path="run.work.blocked"), Target(path="run.watch.red")),
        "resume": (Target(path="run", is_history=True),),
        "act": (),
    }


def test_events_default_to_the_id_and_state_events_take_the_shortest_name() -> None:
    built = transitions(
        "go: {from: plan, to: run}",
        "own: {event: [start, child.*], from: plan, to: run}",
        "wrap: {event: done.run.work, from: run, to: closed}",
        "late: {event: sla.breach.run.work.blocked, from: run, to: closed}",
        "auto_red: {from: green, to: watch.red, auto: true, when: 1 > 0}",
    )
    assert {id_: (one.events, one.is_auto) for id_, one in built.transitions.items()} == {
        "go": (("go",), False),
        "own": (("start", "child.*"), False),
        "wrap": (("done.work",), False),
        "late": (("sla.breach.blocked",), False),
        "auto_red": ((), True),
    }


def test_transition_has_its_gate_rights_and_flags() -> None:
    one = transitions(
        "go:",
        "  from: plan",
        "  to: run",
        "  by: [owner, manager, requester, actor, pm, 'person:wang']",
        "  comment: required",
        "  forward: false",
        "  reenter: true",
        "  when: 1 > 0",
        "  check: {fit: 2 > 1, full: {that: 3 > 2, message: {zh: 不行, en: No}}}",
    ).transitions["go"]
    assert one.by == (
        Party(PartyKind.OWNER),
        Party(PartyKind.MANAGER),
        Party(PartyKind.REQUESTER),
        Party(PartyKind.ACTOR),
        Party(PartyKind.ROLE, "pm"),
        Party(PartyKind.PERSON, "wang"),
    )
    assert (one.needs_comment, one.is_forward, one.reenters, one.when and one.when.text) == (True, False, True, "1 > 0")
    assert [(check.id, check.that.text, check.message) for check in one.gate.check] == [
        ("fit", "2 > 1", None),
        ("full", "3 > 2", Bilingual("不行", "No")),
    ]


FIELDS = """\
fields:
  amount: {type: money, currency: CNY, min: 0, required: true, title: 金额, by: [pm], editable_in: [plan, watch.red]}
  reason: {type: enum, values: {price: 价格, rival: {title: {zh: 竞争, en: Rival}}}, default: price}
  account: {type: ref, to: accounts}
  tags: {type: list, of: enum, values: {a: A, b: B}, default: [a, b]}
  margin: {type: percent, formula: amount / amount}
records:
  needs: {key: ref, by: [pm], fields: {ref: {type: text}, n: {type: integer, max: 5}}}
parameters: {floor: 60%, cap: 1000000 CNY, tight: 30d, factor: 0.8}
"""
ACCOUNTS = "salespm: 1\nkind: reference\nid: accounts\nversion: 1\nkey: k\nfields: {k: {type: text}}\nsource: a.csv\n"


def test_fields_records_and_parameters_are_typed() -> None:
    built = workflow(FIELDS)
    amount = built.fields["amount"]
    assert (amount.type, amount.minimum, amount.is_required, amount.title, amount.by, amount.editable_in) == (
        MoneyOf("CNY"),
        Money(Decimal(0), "CNY"),
        True,
        Bilingual("金额", "金额"),
        (Party(PartyKind.ROLE, "pm"),),
        ("plan", "run.watch.red"),
    )
    reason = EnumOf({"price": Bilingual("价格", "价格"), "rival": Bilingual("竞争", "Rival")})
    assert (built.fields["reason"].type, built.fields["reason"].default) == (reason, "price")
    assert built.fields["account"].type == RefTo("accounts")
    tags = ListOf(EnumOf({"a": Bilingual("A", "A"), "b": Bilingual("B", "B")}))
    assert (built.fields["tags"].type, built.fields["tags"].default) == (tags, ("a", "b"))
    formula = built.fields["margin"].formula
    assert (formula and formula.text, built.fields["margin"].by) == ("amount / amount", None)
    needs = built.records["needs"]
    assert (needs.key, list(needs.fields), needs.fields["n"].maximum) == ("ref", ["ref", "n"], Decimal(5))
    assert {name: (one.type, one.value) for name, one in built.parameters.items()} == {
        "floor": (SimpleType(Scalar.PERCENT), Decimal("0.6")),
        "cap": (MoneyOf("CNY"), Money(Decimal(1000000), "CNY")),
        "tight": (SimpleType(Scalar.DURATION), timedelta(days=30)),
        "factor": (SimpleType(Scalar.NUMBER), Decimal("0.8")),
    }


def test_every_action_is_built() -> None:
    actions = """\
fields: {amount: {type: number}}
records: {log: {fields: {note: {type: text}}}}
links: {sub: {workflow: w, many: true, carry: {amount: amount}}}
timers:
  t:
    in: plan
    every: 5wd
    do:
      a: {action: set, field: amount, value: 1 + 1}
      b: {action: append, record: log, value: '{note: "x"}'}
      c: {action: task, title: 做, who: owner, due: 2wd}
      d: {action: notify, title: 看, who: pm}
      e: {action: raise, event: go}
      f: {action: send, event: told, to: parent, after: 1h}
      g: {action: spawn, link: sub}
      h: {action: risk, title: 险, category: market, probability: 2, impact: 3, who: owner}
transitions: {go: {from: plan, to: run}}
"""
    built = workflow(actions)
    timer = built.timers["t"]
    assert (timer.state, timer.every, timer.after, timer.at) == ("plan", WorkingDays(Decimal(5)), None, None)
    assert [type(action) for action in timer.do] == [
        SetField,
        AppendRow,
        OpenTask,
        Notify,
        RaiseEvent,
        SendEvent,
        SpawnChild,
        OpenRisk,
    ]
    link = built.links["sub"]
    assert (link.workflow, link.is_many, {name: one.text for name, one in link.carry.items()}) == (
        "w",
        True,
        {"amount": "amount"},
    )


def test_state_has_its_words_tasks_and_sla() -> None:
    chart = """\
initial: a
states:
  a:
    title: {zh: 甲, en: A}
    function: plan
    skills: {negotiation: 3}
    tools: [SWOT, PEST]
    sla: {warn: 5wd, breach: 36h}
    tasks:
      brief: {title: 简报, accountable: owner, due: 3wd}
      offer: {accountable: owner, responsible: presales, consulted: [pm], informed: [boss, customer]}
  b: {final: true, outcome: returned}
"""
    state = workflow(chart=chart).states["a"]
    assert (state.title, state.function, state.skills, state.tools) == (
        Bilingual("甲", "A"),
        Function.PLAN,
        {"negotiation": 3},
        ("SWOT", "PEST"),
    )
    assert state.sla is not None
    assert (state.sla.warn, state.sla.breach) == (WorkingDays(Decimal(5)), timedelta(hours=36))
    brief, offer = state.tasks
    assert (brief.title, brief.accountable, brief.responsible, brief.due) == (
        Bilingual("简报", "简报"),
        Party(PartyKind.OWNER),
        Party(PartyKind.OWNER),
        WorkingDays(Decimal(3)),
    )
    assert (offer.responsible, offer.consulted, offer.informed) == (
        Party(PartyKind.ROLE, "presales"),
        (Party(PartyKind.ROLE, "pm"),),
        (Party(PartyKind.ROLE, "boss"), Party(PartyKind.ROLE, "customer")),
    )
    assert workflow(chart=chart).states["b"].outcome is Outcome.RETURNED


def test_task_says_what_it_takes_what_comes_first_and_what_is_on_its_checklist() -> None:
    chart = """\
initial: a
states:
  a:
    tasks:
      plan: {accountable: owner}
      offer:
        {accountable: owner, due: 2wd, effort: 6h, needs: [plan], priority: urgent, checklist: [价, {zh: 期, en: date}]}
  b: {final: true}
transitions:
  go: {from: a, to: b, do: {t: {action: task, who: owner, effort: 2wd, priority: low, checklist: [one]}}}
"""
    built = workflow(chart=chart)
    offer = built.states["a"].tasks[1]
    assert (offer.due, offer.effort, offer.needs, offer.priority, offer.checklist) == (
        WorkingDays(Decimal(2)),
        timedelta(hours=6),
        ("plan",),
        Priority.URGENT,
        (Bilingual("价", "价"), Bilingual("期", "date")),
    )
    (action,) = built.transitions["go"].gate.do
    assert isinstance(action, OpenTask)
    assert (action.effort, action.priority, action.checklist) == (
        WorkingDays(Decimal(2)),
        Priority.LOW,
        (Bilingual("one", "one"),),
    )


def test_initial_may_be_the_childs_own_id_where_it_is_not_unique() -> None:
    chart = """\
initial: a
states:
  a: {initial: red, states: {red: {}}}
  b: {initial: red, states: {red: {}}}
  end: {final: true}
"""
    states = workflow(chart=chart).states
    assert (states["a"].initial, states["b"].initial) == (("a.red",), ("b.red",))


def test_a_region_carries_no_probability() -> None:
    assert found("""\
        salespm: 1
        kind: workflow
        id: parallel
        version: 1
        domain: sales
        initial: work
        states:
          work:
            probability: 30%
            regions:
              price: {probability: 20%, initial: open, states: {open: {}, agreed: {final: true}}}
              terms: {initial: asked, states: {asked: {}, given: {final: true}}}
          closed: {final: true}
        transitions:
          agree: {from: open, to: agreed}
          give: {from: asked, to: given}
          end: {event: done.work, from: work, to: closed}
    """) == ["11:15 SF323 A region carries no probability (give it to the state that has the regions)"]
