"""Marked states and moves in every form: classes, notes behind titles, and the legend that says what they mean."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.forms import Drawing, as_dot, as_mermaid, as_png, as_svg
from salespm_flow.draw.marks import Marks

BODY = """\
salespm: 1
kind: workflow
id: flow
version: 1
domain: sales
title: {zh: 流程, en: Flow}
initial: open
states:
  open: {title: {zh: 开启, en: Open}}
  won: {title: {zh: 赢单, en: Won}, final: true, outcome: won}
  legend: {title: {zh: 传说, en: A legend}}
transitions:
  close: {title: {zh: 成交, en: Close}, from: open, to: won}
  hurry: {title: {zh: 加急, en: Hurry}, from: open, to: won}
  tell: {title: {zh: 讲述, en: Tell}, from: open, to: legend}
  end: {title: {zh: 结束, en: End}, from: legend, to: won}
"""
MARKS = Marks(
    states={"open": "added", "won": "removed"},
    transitions={"hurry": "removed"},
    state_notes={"open": "×2"},
    transition_notes={"close": "×7"},
    legend=(("added", Bilingual("新增", "new one")), ("removed", Bilingual("删除", "gone"))),
)
Draw = Callable[[Language], Drawing]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "flow.yaml").write_text(BODY, encoding="utf-8")
    workflow = load(tmp_path).library.workflows["flow"]
    return lambda language: Drawing(workflow=workflow, language=language, marks=MARKS)


def test_mermaid_has_notes_classes_and_a_legend_under_ids_of_its_own(draw: Draw) -> None:
    assert as_mermaid(draw(Language.EN)).decode() == (
        """\
stateDiagram-v2
    [*] --> open
    state "Open ×2" as open
    state "Won" as won
    won --> [*]
    state "A legend" as legend
    open --> won : Close ×7
    open --> won : Hurry
    open --> legend : Tell
    legend --> won : End
    state "Legend" as legend_ {
        state "new one" as legend_added
        state "gone" as legend_removed
    }
    classDef added fill:#dcfce7,stroke:#15803d,color:#14532d,stroke-width:2px
    class open,legend_added added
    classDef removed fill:#fee2e2,stroke:#b91c1c,color:#7f1d1d,stroke-width:2px,stroke-dasharray:5 3
    class won,legend_removed removed
"""
    )


def test_dot_colours_states_moves_and_legend(draw: Draw) -> None:
    text = as_dot(draw(Language.ZH)).decode()
    assert '"open" -> "won" [label="成交 ×7"]' in text
    assert '"open" -> "won" [label="加急" color="#b91c1c" fontcolor="#b91c1c" style=dashed]' in text
    assert 'graph [label="图例"' in text
    assert '"legend removed" [label="删除" fillcolor="#fee2e2"' in text


def test_a_picture_colours_the_one_move_that_is_marked_and_keeps_it_apart(draw: Draw) -> None:
    pytest.importorskip("mmdr")
    svg = as_svg(draw(Language.EN)).decode()
    assert (
        re.findall(r'<path class="(arrow[^"]*)" marker-end="url\(#([^)]*)\)"', svg).count(
            ("arrow removed", "tip-removed")
        )
        == 1
    )
    assert re.findall(r'<text class="label removed"[^>]*>([^<]*)<', svg) == ["Hurry"]
    assert re.findall(r'<text class="key"[^>]*>([^<]*)<', svg) == ["new one", "gone"]
    assert "Legend" not in svg  # the swatches need no box among the states


def test_a_marked_picture_becomes_pixels(draw: Draw) -> None:
    pytest.importorskip("mmdr")
    pytest.importorskip("novasvg")
    assert as_png(draw(Language.EN)).startswith(b"\x89PNG")
