"""Differences between versions: told by meaning, each with what it does to running projects."""

import pytest

from salespm_flow.diagnostics import Language
from salespm_flow.evolve.markdown import diff_markdown
from salespm_flow.evolve.picture import diff_mermaid
from tests.unit.evolve.versions_of import BASE, FIELDS, MOVES, STATES, compared


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("", "", []),
        # --- what it is called and is for
        ("\nfields:", "\npurpose: {zh: 卖出产品, en: To sell}\nfields:", [("purpose", "changed", "safe")]),
        # --- states
        ("lead", "first", [("states.first", "renamed", "mapping")]),
        (
            "  won: {",
            "  over: {states: {a: {}}, initial: a}\n  won: {",
            [("states.over", "added", "safe"), ("states.over.a", "added", "safe")],
        ),
        ("  won: {", "  hold: {aside: true}\n  won: {", [("states.hold", "added", "safe")]),
        ("sla: {warn: 5wd}", "sla: {warn: 3wd}", [("states.lead.sla.warn", "changed", "safe")]),
        ("outcome: won", "outcome: delivered", [("states.won.outcome", "changed", "breaking")]),
        ("en: Lead}, sla", "en: Lead}, owner_role: sales_rep, sla", [("states.lead.owner_role", "changed", "safe")]),
        # --- transitions
        ("from: talk, to: won", "from: [lead, talk], to: won", [("transitions.close.from", "added", "safe")]),
        ("from: lead, to: talk", "from: lead, to: won", [("transitions.start.to", "retargeted", "breaking")]),
        ("  close: {", "  finish: {", [("transitions.finish", "renamed", "breaking")]),
        (
            "  close: {",
            "  back: {from: talk, to: lead, by: [director]}\n  close: {",
            [("transitions.back", "added", "safe")],
        ),
        (
            "by: [sales_rep]}",
            "by: [sales_rep], comment: required}",
            [("transitions.close.comment", "tightened", "breaking")],
        ),
        ("by: [sales_rep]}", "by: [sales_rep, director]}", [("transitions.close.by", "loosened", "safe")]),
        (
            "[sales_rep, director]",
            "[sales_rep]",
            [("transitions.start.by", "tightened", "breaking"), ("roles.director", "removed", "breaking")],
        ),
        # --- guards, by meaning and not by text
        ("when: amount > 100}", "when: not(amount <= 100)}", []),
        ("when: amount > 100}", "when: amount > 50 + 50}", []),
        ("when: amount > 100}", "when: amount > 200}", [("transitions.start.when", "tightened", "breaking")]),
        ("when: amount > 100}", "when: amount >= 100}", [("transitions.start.when", "loosened", "safe")]),
        (", when: amount > 100}", "}", [("transitions.start.when", "loosened", "safe")]),
        (
            "when: amount > 100}",
            "when: amount > 100 and score > 5}",
            [("transitions.start.when", "tightened", "breaking")],
        ),
        ("when: amount > 100}", "when: score > 5}", [("transitions.start.when", "changed", "breaking")]),
        # --- fields
        ("  stage_note: {", "  remark: {", [("fields.remark", "renamed", "mapping")]),
        ("  score: {type: integer", "  score: {type: number", [("fields.score.type", "changed", "safe")]),
        ("type: text", "type: date", [("fields.stage_note.type", "changed", "mapping")]),
        ("max: 100", "max: 50", [("fields.score.max", "tightened", "mapping")]),
        ("max: 100", "max: 150", [("fields.score.max", "loosened", "safe")]),
        ("plain: 普通", "plain: 普通, other: 其他", [("fields.tier.values", "added", "safe")]),
        ("key: 重点, ", "", [("fields.tier.values", "removed", "mapping")]),
        ("  tier:", "  due: {type: date}\n  tier:", [("fields.due", "added", "safe")]),
        ("  tier:", "  due: {type: date, required: true}\n  tier:", [("fields.due", "added", "mapping")]),
        ("type: text,", "type: text, required: true,", [("fields.stage_note.required", "tightened", "mapping")]),
        ("type: text,", "type: text, by: [director],", [("fields.stage_note.by", "tightened", "breaking")]),
    ],
)
def test_difference_says_what_it_does_to_projects(was: str, now: str, expected: list[tuple[str, str, str]]) -> None:
    assert was in BASE

    comparison = compared(BASE, BASE.replace(was, now))

    assert [(one.path, one.nature, one.impact) for one in comparison.differences] == expected


def test_tightened_guard_names_values_that_are_refused_now() -> None:
    (found,) = compared(BASE, BASE.replace("> 100", "> 200")).differences

    assert found.message.en == (
        "Condition of Transition start is tighter, for example amount = 100.01 CNY: was let through, is refused now"
    )
    assert found.message.zh == "转移“start”的前提收紧了，例如 amount = 100.01 CNY：以前放行，现在拒绝"
    assert [(example.was_allowed, example.is_partial) for example in found.examples] == [(True, False)]


TALK = "  talk: {title: {zh: 谈判, en: Talks}"
CONDITIONS = "\nconditions: {big: amount > 1000}\n"
APPROVE = "by: [sales_rep], approve: {board: {title: B, by: [director], when: big}}}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # A check split in two, a condition written out, a parameter instead of a number: the same.
        ("exit: {check: {c: score > 5 and amount > 10}}", "exit: {check: {a: score > 5, b: amount > 10}}", []),
        ("exit: {check: {c: big}}", "exit: {check: {c: amount > 1000}}", []),
        ("exit: {check: {c: score > 5}}", "exit: {check: {c: score > 5 or score > 9}}", []),
        ("exit: {check: {c: score > 5}}", "exit: {check: {c: score > 7}}", [("states.talk.exit", "tightened")]),
        (
            "exit: {check: {c: score > 5}}",
            "exit: {check: {c: default(score, 9) > 5}}",
            [("states.talk.exit", "loosened")],
        ),
        ("exit: {check: {c: score > 5}}", "exit: {}", [("states.talk.exit", "loosened")]),
        ("exit: {require: [score]}", "exit: {require: [score, tier]}", [("states.talk.exit.require", "tightened")]),
        (
            "entry: {require: [score]}",
            "entry: {require: [tier]}",
            [("states.talk.entry.require", "tightened"), ("states.talk.entry.require", "loosened")],
        ),
        # What cannot be taken apart is not guessed at.
        (
            "exit: {check: {c: score * score > 5}}",
            "exit: {check: {c: score * score > 6}}",
            [("states.talk.exit", "tightened")],
        ),
        (
            "exit: {check: {c: score > amount / 2}}",
            "exit: {check: {c: score > amount / 3}}",
            [("states.talk.exit", "undecided")],
        ),
    ],
)
def test_gates_are_compared_by_what_they_let_through(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    base = BASE + CONDITIONS

    comparison = compared(base.replace(TALK, f"{TALK}, {old}"), base.replace(TALK, f"{TALK}, {new}"))

    assert [(one.path, one.nature) for one in comparison.differences] == expected


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("amount > 1000", "amount > 500", [("transitions.close.approve.board", "tightened", "breaking")]),
        ("amount > 1000", "amount > 5000", [("transitions.close.approve.board", "loosened", "safe")]),
        (", when: big", "", [("transitions.close.approve.board", "tightened", "breaking")]),
        (
            "by: [director], when",
            "by: [director], quorum: all, when",
            [("transitions.close.approve.board.quorum", "changed", "breaking")],
        ),
    ],
)
def test_approval_that_is_needed_more_often_breaks(was: str, now: str, expected: list[tuple[str, str, str]]) -> None:
    base = BASE.replace("to: won, by: [sales_rep]}", f"to: won, {APPROVE}") + CONDITIONS

    comparison = compared(base, base.replace(was, now))

    assert [(one.path, one.nature, one.impact) for one in comparison.differences] == expected


def test_conditions_are_compared_under_renamed_fields_and_states() -> None:
    guarded = BASE.replace("when: amount > 100", 'when: amount > 100 and in_state("lead")')
    renamed = guarded.replace("amount", "worth").replace("lead", "first")

    comparison = compared(guarded, renamed)

    assert [(one.path, one.nature) for one in comparison.differences] == [
        ("states.first", "renamed"),
        ("fields.worth", "renamed"),
    ]


SPLIT = """
initial: lead
states:
  lead: {title: {zh: 线索, en: Lead}, sla: {warn: 5wd}}
  talk:
    title: {zh: 谈判, en: Talks}
    initial: desk
    states: {desk: {}, board: {}}
  won: {final: true, outcome: won}
"""


def test_split_state_needs_mapping() -> None:
    comparison = compared(BASE, FIELDS + SPLIT + MOVES)

    assert [(one.path, one.nature, one.impact) for one in comparison.differences] == [
        ("states.talk", "changed", "mapping"),
        ("states.talk.desk", "added", "mapping"),
        ("states.talk.board", "added", "mapping"),
    ]


def test_surroundings_are_compared() -> None:
    old = (
        BASE
        + """
parameters: {floor: 5}
timers:
  nudge: {in: talk, after: 30d, do: {tell: {action: notify, title: T, who: owner}}}
  drop: {in: talk, after: 60d, do: {out: {action: raise, event: close}}}
links: {delivery: {workflow: build, carry: {scope: stage_note}}}
"""
    )
    new = (
        BASE
        + """
parameters: {floor: 6}
timers:
  nudge: {in: talk, after: 20d, do: {tell: {action: notify, title: T, who: owner}}}
"""
    )

    assert [(one.path, one.nature, one.impact) for one in compared(old, new).differences] == [
        ("timers.drop", "removed", "breaking"),
        ("timers.nudge", "changed", "safe"),
        ("links.delivery", "removed", "breaking"),
        ("parameters.floor", "changed", "safe"),
    ]


def test_picture_marks_what_is_new_gone_and_changed() -> None:
    new = (
        BASE.replace(TALK + "}", "  offer: {}")
        .replace("to: talk", "to: offer")
        .replace("  close: {from: talk", "  sign: {from: offer")
    )
    new = new.replace("sla: {warn: 5wd}", "sla: {warn: 9wd}")

    text = diff_mermaid(compared(BASE, new), Language.EN)

    assert "class offer added" in text
    assert "class talk removed" in text
    assert "class lead changed" in text
    assert "talk --> won : − close" in text
    assert "offer --> won : + sign" in text


def test_page_for_a_pull_request_tells_what_breaks_first() -> None:
    page = diff_markdown(compared(BASE, BASE.replace("> 100", "> 200").replace("5wd", "4wd")), Language.EN)

    lines = page.splitlines()
    assert lines[0] == "## deals 1 → 2"
    assert lines[2] == "1 breaking, 0 needs mapping, 1 safe"
    headings = [line for line in lines if line.startswith("### ")]
    assert headings == ["### Breaking: what could be done no longer can", "### Safe: running projects just go on"]
    assert "```mermaid" in lines
    assert compared(BASE, BASE).differences == ()
    assert diff_markdown(compared(BASE, BASE), Language.ZH) == "## deals 1 → 2\n\n没有含义上的差别。\n"


DATED = FIELDS.replace("  score:", "  due: {type: date}\n  done: {type: boolean}\n  score:") + STATES + MOVES


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        # The same in other words.
        ("amount > 100 and score > 5", "score > 5 and amount > 100", "same"),
        ("amount > 100", "100 < amount", "same"),
        ("not(amount > 100 or score > 5)", "amount <= 100 and score <= 5", "same"),
        ("not(amount > 100 and score > 5)", "amount <= 100 or score <= 5", "same"),
        ("score in [10..20]", "score >= 10 and score <= 20", "same"),
        ("score in (10..20)", "score in [11..19]", "same"),  # a whole number
        ("score between 10 and 20", "score in [10..20]", "same"),
        ('tier = "key" or tier = "plain"', "tier != null", "same"),
        ('tier in ["key", "plain"]', 'tier in ["plain", "key"]', "same"),
        (
            'due >= date("2026-01-01") and due <= date("2026-12-31")',
            'due in [date("2026-01-01")..date("2026-12-31")]',
            "same",
        ),
        ('due > @"2026-01-01"', 'due > date("2026-01-01")', "same"),
        ('due <= @"2026-12-31"', 'due <= @"2026-06-30"', "tightened"),
        ('due > date("2026-01-01")', 'due >= date("2026-01-02")', "same"),
        ("done = true", "done", "same"),
        ("if score > 5 then amount > 100 else amount > 200", "amount > 200 or (score > 5 and amount > 100)", "same"),
        # Narrower, wider, both.
        ("score in [10..20]", "score in [10..15]", "tightened"),
        ("score in [10..20]", "score in [5..25]", "loosened"),
        ("score in [10..20]", "score in [15..25]", "changed"),
        ('due <= date("2026-12-31")', 'due <= date("2026-06-30")', "tightened"),
        ('tier = "key"', "tier != null", "loosened"),
        ('tier = "key"', 'tier = "plain"', "changed"),
        ("amount > 100 or score > 5", "amount > 100", "tightened"),
        ("amount > 100", "amount > 100 or score > 5", "loosened"),
        # What is not proven is said to be so.
        ("score > amount / 2", "score * 2 > amount", "undecided"),
        ('matches(stage_note, "a+")', 'matches(stage_note, "aa*")', "undecided"),
    ],
)
def test_guards_are_decided_by_what_they_let_through(was: str, now: str, expected: str) -> None:
    def guarded(condition: str) -> str:
        return DATED.replace("when: amount > 100", f"when: '{condition}'")

    found = [one.nature for one in compared(guarded(was), guarded(now)).differences]

    assert found == ([] if expected == "same" else [expected])
