"""Which of several ways a move could take, and what is no matter of fields: states, permissions, autos."""

from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.remedies.remedy import remedy
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Actor, Open
from salespm_flow.store.sqlite import open_sqlite
from tests.unit.solve.bench import NOW, WORKSPACE

HEAD = "salespm: 1\nkind: workflow\nid: flow\nversion: 1\ndomain: sales\ntitle: {zh: 测试, en: Test}\n"
WANG = Actor(id="wang")


def changes_for(folder: Path, flow: str, trigger: str, actor: Actor = WANG, **fields: Value) -> str | None:
    (folder / "flows").mkdir()
    (folder / "salespm.yaml").write_text(WORKSPACE, "utf-8")
    (folder / "flows" / "flow.yaml").write_text(HEAD + flow, "utf-8")
    loaded = load(folder)
    assert [found.message.en for found in loaded.diagnostics if found.severity == "error"] == []
    store = open_sqlite(str(folder / "store.db"), create=True, wait_seconds=5)
    try:
        runner = Runner(store, loaded.library, SystemClock())
        opened = runner.open("flow", Open(project="p", owner="wang", fields=fields, actor=WANG))
        assert opened.is_accepted, opened.result
        snapshot, compiled = runner.snapshot("p")
        found = remedy(compiled, snapshot, trigger, actor=actor, now=NOW)
    finally:
        store.close()
    if found is None:
        return None
    parts = [f"{change.field}={'any' if change.is_any else change.after}" for change in found.changes]
    parts += [f"also {reason.id}" for reason in found.others]
    return f"{found.transition}: {', '.join(parts)}"


CHOICE = """
fields: {a: {type: integer}, b: {type: integer}, c: {type: integer}}
initial: start
states: {start: {}, left: {final: true}, right: {final: true}}
transitions:
  left: {event: go, from: start, to: left, when: a > 5 and b > 5}
  right: {event: go, from: start, to: right, when: c > 5}
"""


def test_of_two_ways_the_smaller_is_proposed(tmp_path: Path) -> None:
    assert changes_for(tmp_path, CHOICE, "go") == "right: c=6"


LOCKED = """
fields:
  a: {type: integer, editable_in: [later]}
  b: {type: integer, by: [boss]}
initial: start
states: {start: {}, later: {}, over: {final: true}}
transitions:
  go: {from: start, to: later, check: {high: 'a > 5 or b > 50'}}
  back: {from: later, to: start, by: [boss]}
  move: {from: start, to: later, by: [boss], check: {mine: 'list contains(actor.roles, "boss")', some: b > 1}}
"""


def test_field_that_cannot_be_edited_now_is_not_proposed(tmp_path: Path) -> None:
    assert changes_for(tmp_path, LOCKED, "go") == "go: b=51"


def test_wrong_state_has_no_remedy(tmp_path: Path) -> None:
    assert changes_for(tmp_path, LOCKED, "back") is None


def test_whoever_may_do_it_is_taken_for_the_actor(tmp_path: Path) -> None:
    assert changes_for(tmp_path, LOCKED, "move") == "move: b=2, also role"


HIDDEN = """
fields: {a: {type: integer, min: 0, max: 100}}
initial: start
states:
  start: {exit: {require: [a]}}
  later: {final: true, entry: {check: {low: 'a = null or a <= 30', even: 'a = null or a != 0'}}}
transitions: {go: {from: start, to: later}}
"""


def test_rule_that_only_a_value_brings_up_limits_the_proposal(tmp_path: Path) -> None:
    assert changes_for(tmp_path, HIDDEN, "go") == "go: a=1"


AUTO = """
fields: {a: {type: integer}}
initial: start
states: {start: {}, trap: {}, over: {final: true}}
transitions:
  fall: {from: start, to: trap, auto: true, when: a > 5}
  go: {from: start, to: over, check: {high: a > 5}}
"""


def test_change_that_moves_the_project_elsewhere_is_not_proposed(tmp_path: Path) -> None:
    assert changes_for(tmp_path, AUTO, "go") is None


REGIONS = """
fields: {a: {type: integer}, b: {type: integer}}
initial: work
states:
  work:
    regions:
      one: {initial: i, states: {i: {}, j: {final: true}}}
      two: {initial: k, states: {k: {}, l: {final: true}}}
  over: {final: true}
transitions:
  first: {event: go, from: i, to: j, check: {a: a > 5}}
  second: {event: go, from: k, to: l, check: {b: b > 5}}
  end: {event: done.work, from: work, to: over}
"""


def test_regions_that_move_as_one_are_mended_together(tmp_path: Path) -> None:
    assert changes_for(tmp_path, REGIONS, "go") == "first: a=6, b=6"


CURVED = """
fields: {a: {type: integer}, b: {type: integer}, share: {type: percent}}
initial: start
states: {start: {}, over: {final: true}}
transitions: {go: {from: start, to: over, check: {curved: 'GUARD'}}}
"""


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        ("a ** 2 >= 50", "go: a=8"),
        ("(a + 1) * (a - 3) = 0", "go: a=3"),
        ("(a + 1) * (a + 3) = 0", "go: a=-1"),
        ("a * b >= 12 and b = 4", "go: a=3, b=4"),
        ("if a > 3 then b > 1 else b > 9", "go: b=10"),
        ("abs(a) = 7", "go: a=7"),
        ("default(share, 0%) * a > 500", "go: a=501, share=0.9981"),
    ],
)
def test_curved_guards_are_solved_by_search(tmp_path: Path, guard: str, expected: str) -> None:
    assert changes_for(tmp_path, CURVED.replace("GUARD", guard), "go") == expected
