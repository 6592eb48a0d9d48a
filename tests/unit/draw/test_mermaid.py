"""Workflows as Mermaid text: the whole text compared."""

from collections.abc import Callable
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Language
from salespm_flow.draw.mermaid import mermaid
from salespm_flow.model.workflow import Workflow

HEAD = """
salespm: 1
kind: workflow
id: flow
version: 1
domain: sales
title: {zh: 流程, en: Flow}
"""
Read = Callable[[str], Workflow]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_text(body: str) -> Workflow:
        (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
        (tmp_path / "workflows").mkdir()
        (tmp_path / "workflows" / "flow.yaml").write_text(HEAD + body, encoding="utf-8")
        loaded = load(tmp_path)
        assert [found.message.en for found in loaded.errors] == []
        return loaded.library.workflows["flow"]

    return read_text


def lines_of(text: str) -> list[str]:
    """The text without the lines about looks, which the last test has."""
    return [line for line in text.splitlines() if not line.startswith(("    classDef", "    class "))]


FLAT = """
initial: open
states:
  open: {title: {zh: 进行中, en: Open}}
  held: {title: {zh: 暂停, en: On hold}, aside: true}
  ended: {title: {zh: 完成, en: Done}, final: true, outcome: won}
transitions:
  hold:   {title: {zh: 暂停, en: Hold}, from: open, to: held}
  resume: {title: {zh: 恢复, en: Resume}, from: held, to: open}
  finish: {title: {zh: 结束, en: Finish}, from: open, to: ended}
  ship:   {title: {zh: 发货, en: Ship}, from: open, to: ended}
  note:   {title: {zh: 记一笔, en: Note}, from: open}
"""


def test_flat_workflow_is_drawn_in_either_language(read: Read) -> None:
    workflow = read(FLAT)
    assert mermaid(workflow, Language.EN) == (
        "stateDiagram-v2\n"
        "    [*] --> open\n"
        '    state "Open" as open\n'
        "    open : Note\n"
        '    state "On hold" as held\n'
        '    state "Done" as ended\n'
        "    ended --> [*]\n"
        "    open --> held : Hold\n"
        "    held --> open : Resume\n"
        "    open --> ended : Finish / Ship\n"
        "    classDef success fill:#e7f6ec,stroke:#2f855a,color:#1c4532\n"
        "    class ended success\n"
        "    classDef aside fill:#fff8e6,stroke:#b7791f,color:#5f370e,stroke-dasharray:4 3\n"
        "    class held aside\n"
    )
    assert '    state "进行中" as open' in mermaid(workflow, Language.ZH).splitlines()
    assert "    open --> ended : 结束 / 发货" in mermaid(workflow, Language.ZH).splitlines()


REGIONS = """
initial: plan
states:
  plan: {title: Plan}
  run:
    title: Run
    history: deep
    regions:
      work:
        title: Work
        initial: busy
        states: {busy: {title: Busy}, ready: {title: Ready, final: true}}
      light:
        title: Light
        initial: green
        states:
          green: {title: Green}
          red:
            title: Red
            initial: asking
            states: {asking: {title: Asking}, mending: {title: Mending}}
  held: {title: Held}
  over: {title: Over, final: true}
transitions:
  start:  {title: Start, from: plan, to: run}
  finish: {title: Finish, from: busy, to: ready}
  alarm:  {title: Alarm, from: green, to: red}
  calm:   {title: Calm, from: red, to: green}
  hold:   {title: Hold, from: run, to: held}
  resume: {title: Resume, from: held, to: run.history}
  leave:  {title: Leave, from: held, to: over}
"""


def test_regions_are_divided_and_an_arrow_into_one_ends_at_the_initial_leaf(read: Read) -> None:
    assert lines_of(mermaid(read(REGIONS), Language.EN)) == [
        "stateDiagram-v2",
        "    [*] --> plan",
        '    state "Plan" as plan',
        '    state "Run" as run {',
        '        state "Work" as work {',
        "            [*] --> busy",
        '            state "Busy" as busy',
        '            state "Ready" as ready',
        "            ready --> [*]",
        "        }",
        "        --",
        '        state "Light" as light {',
        "            [*] --> green",
        '            state "Green" as green',
        '            state "Red" as red {',
        "                [*] --> asking",
        '                state "Asking" as asking',
        '                state "Mending" as mending',
        "            }",
        "        }",
        "    }",
        '    state "Held" as held',
        '    state "Over" as over',
        "    over --> [*]",
        "    plan --> run : Start",
        "    busy --> ready : Finish",
        "    green --> asking : Alarm",
        "    red --> green : Calm",
        "    run --> held : Hold",
        "    held --> run : Resume (H*)",
        "    held --> over : Leave",
    ]


MANY = """
initial: a
states:
  a: {title: {zh: 甲, en: A}}
  b:
    title: {zh: 乙, en: B}
    initial: b1
    states: {b1: {title: B1}, b2: {title: B2}}
  c: {title: {zh: 丙, en: C}}
  d: {title: {zh: 丁, en: D}}
  gone: {title: {zh: 取消, en: Gone}, final: true, outcome: cancelled}
transitions:
  next:   {title: Next, from: a, to: b}
  over:   {title: Over, from: b, to: c}
  last:   {title: Last, from: c, to: d}
  back:   {title: Back, from: [c, d], to: a}
  again:  {title: Again, from: b, to: b2}
  drop:   {title: {zh: 取消, en: Drop}, from: any, to: gone}
  lose:   {title: {zh: 丢弃, en: Lose}, from: any, except: [d], to: gone}
"""


def test_many_sources_are_gathered_in_one_node_that_names_what_is_left_out(read: Read) -> None:
    workflow = read(MANY)
    assert lines_of(mermaid(workflow, Language.EN))[-10:] == [
        '    state "Any state" as from_2',
        '    state "Any state except D" as from_3',
        "    a --> b : Next",
        "    b --> c : Over",
        "    c --> d : Last",
        "    c --> a : Back",
        "    d --> a : Back",
        "    from_1 --> b2 : Again",
        "    from_2 --> gone : Drop",
        "    from_3 --> gone : Lose",
    ]
    assert '    state "任意状态（丁除外）" as from_3' in mermaid(workflow, Language.ZH).splitlines()


def test_transition_into_the_own_inside_starts_at_a_node_inside(read: Read) -> None:
    drawn = lines_of(mermaid(read(MANY), Language.EN))
    inside = drawn[drawn.index('    state "B" as b {') : drawn.index("    }")]
    assert inside == [
        '    state "B" as b {',
        "        [*] --> b1",
        '        state "B1" as b1',
        '        state "B2" as b2',
        '        state "Any state" as from_1',
    ]


def test_words_of_the_notation_and_its_characters_are_escaped(read: Read) -> None:
    workflow = read(
        """
initial: note
states:
  note: {title: 'a "b": c; #1 <i>'}
  阶段: {title: 阶段, final: true}
transitions:
  go: {title: 'x: y', from: note, to: 阶段}
"""
    )
    assert lines_of(mermaid(workflow, Language.EN)) == [
        "stateDiagram-v2",
        "    [*] --> note_",
        '    state "a #34;b#34;#58; c#59; #35;1 #60;i#62;" as note_',
        '    state "阶段" as 阶段',
        "    阶段 --> [*]",
        "    note_ --> 阶段 : x#58; y",
    ]


def test_active_leaves_are_highlighted(read: Read) -> None:
    drawn = mermaid(read(REGIONS), Language.EN, active=frozenset({"run.work.busy", "run.light.red.asking"}))
    assert drawn.splitlines()[-2:] == [
        "    classDef current fill:#2563eb,stroke:#1e40af,color:#ffffff,font-weight:bold",
        "    class busy,asking current",
    ]
