"""How a project moves: autos, regions, history, completion, outcomes, actions."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from salespm_flow.engine.draft import replay
from salespm_flow.engine.running.runner import Answered
from salespm_flow.model.history import Moved, Noted
from salespm_flow.model.statuses import RiskStatus, TaskStatus

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

DELIVERY = """
domain: delivery
fields:
  spent: {type: integer, default: 0}
  why: {type: text}
initial: active
states:
  active:
    history: deep
    initial: work
    states:
      work:
        regions:
          doing:
            initial: building
            states: {building: {}, built: {final: true}}
          light:
            initial: green
            states:
              green: {}
              red: {entry: {do: {alarm: {action: notify, title: {zh: 红灯, en: Red}, who: director}}}}
      wrap: {exit: {require: [why]}}
  held: {aside: true}
  closed: {final: true, outcome: delivered}
  cancelled: {final: true, outcome: cancelled}
transitions:
  build: {from: building, to: built}
  finish: {event: done.doing, from: work, to: wrap, when: spent < 10}
  to_red: {from: green, to: red, auto: true, when: spent > 5}
  to_green: {from: red, to: green, auto: true, when: spent <= 5}
  hold: {from: active, to: held}
  resume: {from: held, to: active.history}
  close: {from: wrap, to: closed}
  cancel: {from: any, to: cancelled, do: {tell: {action: task, title: {zh: 善后, en: Clean up}, who: owner}}}
"""


def test_auto_fires_in_its_region_when_its_condition_turns_true(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/work": DELIVERY})
    world.open("work")

    world.set(spent=Decimal(6))
    assert world.states() == ["building", "red"]
    assert world.project().state == "work"
    world.set(spent=Decimal(5))
    assert world.states() == ["building", "green"]


def test_history_resumes_every_region_where_it_stood(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/work": DELIVERY})
    world.open("work")
    world.set(spent=Decimal(6))

    world.advance("hold")
    assert world.states() == ["held"]
    world.advance("resume")

    assert world.states() == ["building", "red"]


def test_completion_waits_until_its_transition_is_allowed(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/work": DELIVERY})
    world.open("work")
    world.set(spent=Decimal(20))

    world.advance("build")
    assert world.states() == ["built", "red"]
    assert world.project().pending == ("done.doing",)
    world.set(spent=Decimal(1))

    assert world.states() == ["wrap"]
    assert world.project().pending == ()


def test_final_state_with_outcome_closes_the_project(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/work": DELIVERY})
    world.open("work")
    world.advance("build")
    world.clock.wait(days=2)

    assert not world.advance("close").is_accepted
    assert world.advance("close", why="done").is_accepted
    closed = world.project()
    assert (closed.outcome, closed.closed_at, closed.is_open) == ("delivered", world.clock.moment, False)


def test_closing_voids_open_tasks_and_stops_clocks(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/work": DELIVERY})
    world.open("work")
    world.advance("cancel")

    assert [task.status for task in world.project().tasks.values()] == [TaskStatus.VOID]
    assert not world.project().clocks


def test_history_folds_to_the_stored_project(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/work": DELIVERY})
    world.open("work")
    world.set(spent=Decimal(6))
    world.advance("hold")
    world.advance("resume")
    world.advance("build")

    assert replay(world.store.history("p")) == world.project()


def test_past_state_is_read_by_effective_time(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/work": DELIVERY})
    world.open("work")
    opened = world.clock.moment
    world.clock.wait(days=3)
    world.advance("hold")

    assert world.runner.as_of("p", opened) is not None
    before = world.runner.as_of("p", opened)
    assert before is not None
    assert (before.state, before.revision) == ("work", 1)
    assert world.runner.as_of("p", opened.replace(year=2000)) is None


def test_earlier_clock_never_runs_history_backwards(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/work": DELIVERY})
    world.open("work")
    opened = world.clock.moment
    world.clock.wait(days=-5)
    world.advance("hold")

    assert [entry.at for entry in world.store.history("p")] == [opened, opened]
    assert list(world.store.history("p"))[1].recorded_at == world.clock.moment


LOOP = """
domain: sales
initial: a
states: {a: {}, b: {}, z: {final: true, outcome: won}}
transitions:
  there: {from: a, to: b, auto: true}
  back: {from: b, to: a, auto: true}
  end: {from: a, to: z}
"""


def test_endless_autos_are_refused_and_nothing_is_written(
    world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]
) -> None:
    world = world_of({"workflow/loop": LOOP})

    assert reasons_of(world.open("loop")) == ["limit"]
    assert world.store.project("p") is None


ACTIONS = """
domain: sales
uses: {risks: [dangers]}
fields: {n: {type: integer, default: 1}, day: {type: date}, small: {type: integer, max: 3}}
records: {log: {fields: {what: {type: text, required: true}}}}
initial: a
states:
  a: {exit: {do: {leave: {action: set, field: n, value: n + 1}}}}
  b:
    entry: {do: {enter: {action: set, field: n, value: n * 10}}}
    tasks: {call: {title: {zh: 回访, en: Call}, accountable: owner, responsible: rep, due: 2wd}}
  z: {final: true, outcome: won}
transitions:
  go:
    from: a
    to: b
    do:
      double: {action: set, field: n, value: n * 2}
      stamp: {action: set, field: day, value: today()}
      write: {action: append, record: log, value: '{what: "moved"}'}
      hint: {action: risk, title: {zh: 风险, en: Risk}, category: market, probability: 4, impact: 4, who: owner}
      ping: {action: raise, event: echo}
  echo: {from: b, do: {heard: {action: task, title: {zh: 听到, en: Heard}, who: owner}}}
  over: {from: b, to: z, do: {big: {action: set, field: small, value: n}}}
"""
DANGERS = """
scales: {probability: {1: 10%, 2: 30%, 3: 50%, 4: 70%, 5: 90%}, impact: {1: 很低, 2: 低, 3: 中, 4: 高, 5: 很高}}
levels: {low: [1, 5], medium: [6, 11], high: [12, 25]}
rules:
  many: {category: market, when: n > 15, probability: 2, impact: 2, who: owner, title: {zh: 多, en: Many},
         response: {strategy: mitigate, title: {zh: 处理, en: Act}, due: 5wd, residual: {probability: 1, impact: 1}}}
"""


def test_actions_run_from_exit_over_transition_to_entry(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/acts": ACTIONS, "risk_model/dangers": DANGERS})
    world.open("acts")
    world.advance("go")

    project = world.project()
    # Leaving adds one, the move doubles, entering takes it times ten.
    assert project.fields["n"] == Decimal(40)
    assert str(project.fields["day"]) == "2026-03-02"
    assert [row.values for row in project.records["log"]] == [{"what": "moved"}]
    assert {task.id: task.who for task in project.tasks.values()} == {"call": "role:rep", "heard": "person:wang"}


def test_risks_follow_their_rules_and_hand_opened_ones_stay(world_of: "MakeWorld") -> None:
    world = world_of({"workflow/acts": ACTIONS, "risk_model/dangers": DANGERS})
    world.open("acts")
    world.advance("go")
    assert {r.id: (r.score, r.level, r.owner) for r in world.project().risks.values()} == {
        "hint#1": (16, "high", "person:wang"),
        "dangers.many#1": (4, "low", "person:wang"),
    }

    world.set(n=Decimal(1))

    assert {r.id: r.status for r in world.project().risks.values()} == {
        "hint#1": RiskStatus.OPEN,
        "dangers.many#1": RiskStatus.CLOSED,
    }


def test_action_outside_a_fields_bounds_refuses_the_whole_move(
    world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]
) -> None:
    world = world_of({"workflow/acts": ACTIONS, "risk_model/dangers": DANGERS})
    world.open("acts")
    world.advance("go")
    before = world.project()

    assert reasons_of(world.advance("over")) == ["small"]
    assert world.project() == before


NOISY = """
domain: sales
initial: a
states: {a: {}, b: {}, z: {final: true, outcome: won}}
transitions:
  go: {from: a, to: b, do: {shout: {action: raise, event: nobody}}}
  end: {from: b, to: z, require: [x]}
  force: {from: b, do: {push: {action: raise, event: end}}}
fields: {x: {type: text}}
"""


def test_unheard_raise_is_recorded_and_a_refused_one_refuses(
    world_of: "MakeWorld", reasons_of: Callable[[Answered], list[str]]
) -> None:
    world = world_of({"workflow/noisy": NOISY})
    world.open("noisy")
    world.advance("go")
    *_, entry = world.store.history("p")
    assert [c.name for c in entry.changes if isinstance(c, Noted)] == ["nobody"]
    assert [c.transitions for c in entry.changes if isinstance(c, Moved)] == [("go",)]

    assert reasons_of(world.advance("force")) == ["x"]
    assert world.states() == ["b"]
