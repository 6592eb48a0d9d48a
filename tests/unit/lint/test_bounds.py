"""What an analysis did not look at to the end is told as not proven (SF618, SF625), never passed over in silence."""

from pathlib import Path
from textwrap import dedent

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Diagnostic
from salespm_flow.lint import deadlock, endless, guards, space, timer_rounds, timing
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.surroundings import Surroundings
from salespm_flow.solve import cases
from tests.unit.lint.workspaces import write

HEAD = "salespm: 1\nkind: workflow\nid: deal\nversion: 1\ndomain: sales\n"


def inspected(root: Path, text: str) -> Inspection:
    loaded = load(write(root, deal=HEAD + dedent(text)), check_shape=True)
    assert [found.message.en for found in loaded.diagnostics] == []
    return Inspection(Surroundings(loaded.library), loaded.library.workflows["deal"])


def told(findings: list[Diagnostic]) -> list[str]:
    return [f"{one.span.line} {one.code} {one.message.en}" for one in findings]


TURNING = """\
    initial: a
    states: {a: {}, b: {}, closed: {final: true}}
    transitions:
      there: {event: tick, from: a, to: b}
      back: {event: tock, from: b, to: a}
      end: {event: end, from: b, to: closed}
    timers:
      on: {in: a, after: 1d, do: {x: {action: raise, event: tick}}}
      back: {in: b, after: 1d, do: {x: {action: raise, event: tock}}}
      out: {in: b, after: 9d, do: {x: {action: raise, event: end}}}
"""


def test_timers_that_were_not_followed_far_enough_are_not_proven_to_lead_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection = inspected(tmp_path, TURNING)
    assert [one.split()[1] for one in told(list(timing.findings(inspection)))] == ["SF617"]
    monkeypatch.setattr(timer_rounds, "_MOST_FIRINGS", 1)
    assert told(list(timing.findings(inspection))) == [
        "7 SF618 It is not proven that time leads out of `a`, `b`, where only timers and time limits move a project"
    ]


AUTOS = """\
    fields: {size: {type: integer, default: 0}}
    initial: a
    states: {a: {}, b: {}, c: {}, closed: {final: true}}
    transitions:
      ab: {from: a, to: b, auto: true, when: size = 1}
      ba: {from: b, to: a, auto: true, when: size = 2}
      bc: {from: b, to: c, auto: true, when: size = 3}
      ca: {from: c, to: a, auto: true, when: size = 4}
      end: {from: [a, b, c], to: closed}
"""


@pytest.mark.parametrize("most", [0, 1])
def test_circles_beyond_the_bound_are_not_proven_to_stop(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection = inspected(tmp_path, AUTOS)
    assert told(list(endless.findings(inspection))) == []
    monkeypatch.setattr(endless, "_MOST_CIRCLES", most)
    assert told(list(endless.findings(inspection))) == [
        f"1 SF618 More than {most} circles of automatic transitions: not proven that all of them stop"
    ]


def test_a_queue_of_circles_that_grows_too_long_is_not_proven_to_stop() -> None:
    legs = {number: [space.Move("", (), there) for there in range(13)] for number in range(13)}
    found = list(endless._from(0, frozenset(range(13)), legs))
    assert found[-1] is None
    assert None not in found[:-1]


def test_pairs_beyond_the_bound_are_not_proven_to_exclude_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection = inspected(
        tmp_path,
        """\
        fields: {size: {type: integer, required: true, min: 1, max: 3}}
        initial: open
        states: {open: {}, closed: {final: true}}
        transitions:
          one: {event: go, from: open, to: closed, when: size = 1}
          two: {event: go, from: open, to: closed, when: size = 2}
          more: {event: go, from: open, to: closed, when: size = 3}
        """,
    )
    assert told(list(guards.findings(inspection))) == []
    monkeypatch.setattr(guards, "_MOST_PAIRS", 2)
    (found,) = guards.findings(inspection)
    assert (found.code, found.span.line) == ("SF618", 8)
    assert found.message.en.startswith("More than 2 pairs of transitions from `open` for `go`: not proven that they ")


WAITING = """\
    initial: work
    states:
      work:
        regions:
          left: {initial: a, states: {a: {}, a_done: {final: true}}}
          right: {initial: b, states: {b: {}, b_done: {final: true}}}
      closed: {final: true}
    transitions:
      a_on: {from: a, to: a_done, when: in_state("b_done")}
      b_on: {from: b, to: b_done}
      close: {event: done.work, from: work, to: closed}
"""


def test_soundness_with_decided_guards_says_where_it_was_not_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection = inspected(tmp_path, WAITING)
    assert inspection.space.is_whole
    monkeypatch.setattr(space, "MOST_CONFIGURATIONS", 1)
    (found,) = deadlock.findings(inspection)
    assert found.code == "SF618"
    assert found.message.en.endswith("not proven that every transition fires and every project ends")


def test_conditions_that_are_too_complex_alone_or_together_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspection = inspected(
        tmp_path,
        """\
        fields: {size: {type: integer, default: 0}, cost: {type: integer, default: 0}}
        initial: open
        states: {open: {}, closed: {final: true}}
        transitions:
          close:
            from: open
            to: closed
            check:
              one: {that: size > 1 or size < -1}
              two: {that: cost > 1 or cost < -1}
            approve:
              some: {by: [owner], when: size > 1 or size < -1 or cost > 1}
        """,
    )
    assert told(list(guards.findings(inspection))) == []
    monkeypatch.setattr(cases, "_MOST_CASES", 2)
    assert told(list(guards.findings(inspection))) == [
        "17 SF625 The condition of `some` is too complex to be analysed: nothing is proven",
        "15 SF625 All that `one`, `two` asks is too complex to be analysed: nothing is proven",
    ]
