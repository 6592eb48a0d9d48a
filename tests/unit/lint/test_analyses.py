"""Analyses of whole workflows: what is told, once for each cause, with a witness that the engine has gone through."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest

from docs.code_pages import FOLDER, WITHOUT_EXAMPLE, WRONG
from docs.code_pages import judged as judged_page
from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Diagnostic, Severity, witness_text
from salespm_flow.lint import ANALYSES
from salespm_flow.lint.analysis_codes import ANALYSIS_CODES, STRICT_CODES
from salespm_flow.lint.codes import SEVERITIES
from salespm_flow.lint.judgement import Standard, judge

HEAD = "salespm: 1\nkind: workflow\nid: deal\nversion: 1\ndomain: sales\n"
Told = Callable[..., list[str]]
ROOM = Path(__file__).parents[3] / "salespm_flow" / "lint"
# Findings whose problem is an absence, or a form: no sequence of events shows it (docs/how-to/validate-in-ci.md).
WITHOUT_WITNESS = {"SF610", "SF618", "SF625", "SF631", "SF632", "SF640", "SF644", "SF660", "SF665", "SF666"}
WITHOUT_WITNESS |= {"SF670", "SF671", "SF680", "SF681", "SF682"}
# Told where overlays are composed, which no analysis of one workflow sees.
OF_OVERLAYS = {"SF670", "SF671"}


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """What is told of workflows given as their lines after the header, with the witness of each finding."""

    def run(*texts: str, is_strict: bool = False) -> list[str]:
        (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [flows]\n", "utf-8")
        (tmp_path / "flows").mkdir(exist_ok=True)
        for number, text in enumerate(texts, 1):
            body = dedent(text)
            whole = body if body.startswith("salespm") else HEAD + body
            (tmp_path / "flows" / f"{number}.yaml").write_text(whole, "utf-8")
        standard = Standard(today=date(2026, 1, 1), is_strict=is_strict)
        return [line(one) for one in judge(load(tmp_path, check_shape=True), standard).findings]

    return run


def line(found: Diagnostic) -> str:
    place = f"{found.span.file.removeprefix('flows/')}:{found.span.line}"
    said = f"{place} {found.code} {found.message.en}"
    return said if found.witness is None else f"{said} [{witness_text(found.witness).en}]"


# ------------------------------------------------------------------------------------------------------------ causes


def test_of_an_unreachable_part_only_its_first_state_is_told(told: Told) -> None:
    found = told("""\
        initial: open
        states: {open: {}, lost: {}, later: {initial: inner, states: {inner: {}}}, closed: {final: true}}
        transitions:
          close: {from: [open, lost, inner], to: closed}
          on: {from: lost, to: later}
          back: {from: later, to: lost}
    """)
    assert found == ["1.yaml:7 SF610 No project can reach the state `lost`"]


def test_a_state_behind_a_dead_transition_is_no_second_finding(told: Told) -> None:
    found = told("""\
        initial: open
        states: {open: {}, other: {}, closed: {final: true}}
        transitions:
          first: {event: go, from: open, to: closed}
          second: {event: go, from: open, to: other}
          close: {from: other, to: closed}
    """)
    said = "1.yaml:10 SF611 The transition `second` never fires: `first` (line 9) always comes first"
    assert found == [f"{said} [open → open; advance go → closed]"]


def test_a_missing_way_out_is_told_where_it_is_missing_and_not_at_the_final_state(told: Told) -> None:
    found = told("""\
        initial: open
        states: {open: {}, closed: {final: true}}
        transitions: {note: {from: open, do: {x: {action: notify, title: Noted, who: owner}}}}
    """)
    assert found == ["1.yaml:7 SF612 No way leads on from `open`, which is not final [open → open]"]


def test_a_region_that_cannot_complete_is_named_at_a_parallel_root(told: Told) -> None:
    found = told("""\
        regions:
          left: {initial: doing, states: {doing: {}, left_end: {final: true}}}
          right: {initial: green, states: {green: {}, red: {}, right_end: {final: true}}}
        transitions:
          finish: {from: doing, to: left_end}
          turn: {from: green, to: red}
          turn_back: {from: red, to: green}
    """)
    assert found == [
        (
            "1.yaml:8 SF613 From `green`, `red` no final state can be reached "
            "[open → doing + green; advance finish → left_end + green]"
        )
    ]


def test_a_trap_in_a_region_is_reached_by_the_shortest_way(told: Told) -> None:
    found = told("""\
        fields: {reason: {type: text, title: Reason}}
        initial: open
        states:
          open: {exit: {require: [reason]}}
          work:
            regions:
              a: {initial: a1, states: {a1: {}, a2: {}, a_end: {final: true}}}
              b: {initial: b1, states: {b1: {}, b_end: {final: true}}}
          closed: {final: true}
        transitions:
          start: {from: open, to: work}
          next: {from: a1, to: a2}
          a_done: {from: a1, to: a_end}
          b_done: {from: b1, to: b_end}
          close: {event: done.work, from: work, to: closed}
    """)
    assert found == [
        (
            "1.yaml:12 SF612 No way leads on from `a2`, which is not final "
            "[open → open; set reason=…; advance start → a1 + b1; advance next → a2 + b1; advance b_done → a2 + b_end]"
        )
    ]


def test_what_a_child_must_bring_about_leaves_a_witness_unreplayed(told: Told) -> None:
    found = told(
        """\
        links: {work: {workflow: work, carry: {}}}
        initial: open
        states: {open: {}, stuck: {entry: {check: {over: child.work.outcome = "delivered"}}}, closed: {final: true}}
        transitions:
          close: {from: open, to: closed}
          wait: {from: open, to: stuck, do: {start: {action: spawn, link: work}}}
        """,
        """\
        salespm: 1
        kind: workflow
        id: work
        version: 1
        domain: delivery
        initial: doing
        states: {doing: {}, finished: {final: true, outcome: delivered}}
        transitions: {finish: {from: doing, to: finished}}
        """,
    )
    assert found == [
        (
            "1.yaml:8 SF612 No way leads on from `stuck`, which is not final "
            "[open; advance wait (conditions taken to hold, not replayed)]"
        )
    ]


# ------------------------------------------------------------------------------------------------------------ guards


def test_regions_that_wait_for_each_other_are_found_by_what_their_guards_ask(told: Told) -> None:
    found = told("""\
        initial: work
        states:
          work:
            regions:
              a: {initial: a1, states: {a1: {}, a2: {final: true}}}
              b: {initial: b1, states: {b1: {}, b2: {final: true}}}
          closed: {final: true}
        transitions:
          a_on: {from: a1, to: a2, when: in_state("b2")}
          b_on: {from: b1, to: b2, when: in_state("a2")}
          close: {event: done.work, from: work, to: closed}
    """)
    said = "never fires: its condition never holds in the states that it leaves [open → a1 + b1; advance"
    assert found == [
        f"1.yaml:14 SF611 The transition `a_on` {said} a_on (refused)]",
        f"1.yaml:15 SF611 The transition `b_on` {said} b_on (refused)]",
    ]


def test_guards_over_several_fields_are_shown_with_values_of_each(told: Told) -> None:
    found = told("""\
        fields:
          amount: {type: money, currency: CNY, min: 0, title: Amount}
          tier: {type: enum, values: {standard: Standard, key: Key}, title: Tier}
        conditions: {large: amount > 1000}
        initial: open
        states: {open: {}, one: {final: true}, two: {final: true}, three: {final: true}}
        transitions:
          a: {event: pick, from: open, to: one, when: large and tier = "key"}
          b: {event: pick, from: open, to: two, when: 'amount <= 1500 and tier in ("key", "standard")'}
          c: {event: pick, from: open, to: three}
    """)
    assert found == [
        (
            "1.yaml:14 SF623 `a` and `b` can hold together, for example amount = 1000.01 CNY, tier = key; "
            "then `a` comes first [open → open; set amount=1000.01 CNY tier=key]"
        )
    ]


def test_conditions_that_are_opposites_in_words_neither_overlap_nor_leave_a_gap(told: Told) -> None:
    found = told("""\
        fields: {amount: {type: integer, title: Amount}}
        conditions:
          late: task.overdue > 3
          rich: default(amount, 0) > 100
        initial: open
        states: {open: {}, one: {final: true}, two: {final: true}}
        transitions:
          a: {event: pick, from: open, to: one, when: late or rich}
          b: {event: pick, from: open, to: two, when: not(late) and not(rich)}
    """)
    assert found == []


def test_a_transition_covered_by_an_earlier_one_never_fires(told: Told) -> None:
    found = told("""\
        fields: {amount: {type: integer, title: Amount}}
        initial: open
        states: {open: {}, one: {final: true}, two: {final: true}}
        transitions:
          a: {event: pick, from: open, to: one, when: amount > 5}
          b: {event: pick, from: open, to: two, when: amount > 50}
          c: {from: open, to: two}
    """)
    said = (
        "1.yaml:11 SF611 `b` never fires: whenever its condition holds, that of `a` (line 10) holds too and comes first"
    )
    assert found == [f"{said} [open → open; set amount=51; advance pick → one]"]


@pytest.mark.skipif(find_spec("z3") is None, reason="the extra prove is not installed")
def test_fields_compared_with_each_other_are_solved(told: Told) -> None:
    found = told("""\
        fields: {begin: {type: date, title: Begin}, end: {type: date, title: End}}
        initial: open
        states: {open: {exit: {check: {order: begin < end, other: end < begin}}}, closed: {final: true}}
        transitions: {close: {from: open, to: closed}}
    """)
    said = "1.yaml:8 SF622 `order`, `other` cannot be satisfied together"
    assert found == [f"{said} [open → open; advance close (refused)]"]


def test_autos_that_set_what_they_ask_for_are_not_accused(told: Told) -> None:
    found = told("""\
        fields: {stage: {type: integer, default: 0, title: Stage}}
        initial: open
        states: {open: {}, closed: {final: true}}
        transitions:
          step:
            from: open
            to: open
            auto: true
            when: stage < 3
            do: {x: {action: set, field: stage, value: stage + 1}}
          close: {from: open, to: closed}
    """)
    assert [one.split()[1] for one in found] == ["SF625"]


def test_autos_without_conditions_go_round_at_once(told: Told) -> None:
    found = told("""\
        initial: one
        states: {one: {}, two: {}, closed: {final: true}}
        transitions:
          there: {from: one, to: two, auto: true}
          back: {from: two, to: one, auto: true}
          close: {from: [one, two], to: closed}
    """)
    assert found == ["1.yaml:9 SF615 The automatic transitions `there`, `back` never come to rest [open]"]


# ---------------------------------------------------------------------------------------------------------- overlays


BASE = """\
    fields: {amount: {type: integer, title: Amount}}
    initial: open
    states: {open: {}, review: {}, closed: {final: true}}
    transitions:
      ask: {from: open, to: review, by: [sales_rep]}
      close: {from: review, to: closed, by: [sales_rep]}
"""


def test_what_an_overlay_brings_about_is_told_at_its_own_lines(told: Told) -> None:
    overlay = """\
        salespm: 1
        kind: overlay
        id: own_deal
        version: 1
        extends: deal@1
        transitions:
          close: null
          ask: {from: open}
    """
    assert told(BASE, overlay) == [
        (
            "2.yaml:5 SF612 No way leads on from `review`, which is not final (inherited from flows/1.yaml:8) "
            "[open → open; advance ask → review]"
        ),
        "2.yaml:8 SF670 `from` says what the extended document says anyway",
    ]


def test_what_the_base_has_anyway_is_told_there_alone(told: Told) -> None:
    overlay = "salespm: 1\nkind: overlay\nid: own_deal\nversion: 1\nextends: deal@1\ntitle: Own\n"
    base = BASE.replace("close: {from: review", "close: {from: open")
    assert told(base, overlay) == [
        "1.yaml:8 SF612 No way leads on from `review`, which is not final [open → open; advance ask → review]"
    ]


# ----------------------------------------------------------------------------------------------------------- strict


def test_what_not_everybody_wants_to_hear_is_told_on_request(told: Told) -> None:
    text = """\
        fields: {amount: {type: integer}}
        initial: open
        states: {open: {}, closed: {final: true}}
        transitions: {close: {from: open, to: closed}}
    """
    assert told(text) == []
    assert {one.split()[1] for one in told(text, is_strict=True)} == {"SF632", "SF644", "SF665"}


# ------------------------------------------------------------------------------------------------------------ whole


def test_every_code_of_analyses_is_told_somewhere_and_none_in_vain() -> None:
    sources = {path.stem: path.read_text(encoding="utf-8") for path in ROOM.glob("*.py")}
    listing = sources.pop("analysis_codes")
    assert listing
    told = {code for code in ANALYSIS_CODES if any(f'"{code}"' in text for text in sources.values())}
    # Of goals, the rules themselves tell.
    assert {code for code in ANALYSIS_CODES if code < "SF680"} == told


def test_every_analysis_is_a_module_with_one_function() -> None:
    assert all((ROOM / f"{one.module}.py").is_file() for one in ANALYSES.values())
    assert all(SEVERITIES[code] is Severity.INFO for code in STRICT_CODES)


@pytest.mark.parametrize("code", sorted(set(ANALYSIS_CODES) - WITHOUT_EXAMPLE))
def test_the_witness_of_an_example_has_been_gone_by_the_engine(code: str) -> None:
    page = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    found = [one for one in judged_page(page, WRONG).findings if one.code == code]
    assert found
    assert all(one.witness is None or one.witness.is_replayed for one in found)


def test_a_finding_without_its_witness_is_another_finding() -> None:
    page = (FOLDER / "SF612.md").read_text(encoding="utf-8")
    (found,) = judged_page(page, WRONG).findings
    assert found != replace(found, witness=None)


@pytest.mark.parametrize("code", sorted(ANALYSIS_CODES.keys() - WITHOUT_WITNESS))
def test_a_finding_about_what_projects_do_has_a_replayed_witness(code: str) -> None:
    findings = judged_page((FOLDER / f"{code}.md").read_text(encoding="utf-8"), WRONG).findings
    witnesses = [one.witness for one in findings if one.code == code]
    assert witnesses
    assert all(witness is not None and witness.is_replayed for witness in witnesses)
