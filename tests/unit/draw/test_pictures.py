"""Workflows as DOT text and as pictures: what is drawn, that no name lies on another, and what cannot be drawn."""

import re
import struct
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from salespm_flow.cli.commands import diagram
from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Language
from salespm_flow.draw import raster
from salespm_flow.draw.dot import dot
from salespm_flow.draw.forms import FORMS, Drawing
from salespm_flow.draw.layout import Area, layout_of
from salespm_flow.draw.mermaid import Direction, mermaid
from salespm_flow.errors import DiagramError
from salespm_flow.model.workflow import Workflow

pytest.importorskip("mmdr")

SVG = "{http://www.w3.org/2000/svg}"
WIDE, NARROW = 14.0, 8.0  # what a Chinese and a Latin character take at most, of 14 px
Read = Callable[[str], Workflow]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_text(body: str) -> Workflow:
        (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
        (tmp_path / "workflows").mkdir()
        head = "salespm: 1\nkind: workflow\nid: flow\nversion: 1\ndomain: sales\ntitle: {zh: 流程, en: Flow}\n"
        (tmp_path / "workflows" / "flow.yaml").write_text(head + body, encoding="utf-8")
        loaded = load(tmp_path)
        assert [found.message.en for found in loaded.errors] == []
        return loaded.library.workflows["flow"]

    return read_text


def chain(count: int) -> str:
    """Stages of five steps each, one after the other, with ways back, held and lost."""
    stages = range(count // 5)
    lines = ["initial: stage_0", "states:"]
    for stage in stages:
        steps = "".join(
            f"      step_{step}: {{title: {{zh: 第{stage}阶段的步骤{step}, en: Step {step} of {stage}}}}}\n"
            for step in range(5)
        )
        title = f"{{zh: 第{stage}阶段, en: Stage {stage}}}"
        lines.append(f"  stage_{stage}:\n    title: {title}\n    initial: step_0\n    states:\n{steps}".rstrip())
    lines += [
        "  lost: {title: {zh: 丢单, en: Lost}, final: true, outcome: lost}",
        "  won: {title: {zh: 赢单, en: Won}, final: true, outcome: won}",
        "transitions:",
    ]
    for stage in stages:
        for step in range(4):
            moves = f"from: stage_{stage}.step_{step}, to: stage_{stage}.step_{step + 1}"
            lines.append(f"  go_{stage}_{step}: {{title: {{zh: 进入下一步, en: Go on}}, {moves}}}")
        after = "won" if stage == stages[-1] else f"stage_{stage + 1}"
        lines.append(f"  done_{stage}: {{title: {{zh: 阶段完成, en: Done}}, from: stage_{stage}, to: {after}}}")
    lines.append("  lose: {title: {zh: 客户放弃, en: Lose}, from: any, to: lost}")
    return "\n".join(lines) + "\n"


def parsed(picture: bytes) -> Element:
    return fromstring(picture)  # noqa: S314 -- our own picture


def overlaps(one: Area, other: Area) -> bool:
    return (
        one.x + 0.5 < other.x + other.width
        and other.x + 0.5 < one.x + one.width
        and one.y + 0.5 < other.y + other.height
        and other.y + 0.5 < one.y + one.height
    )


def width_of(text: str) -> float:
    return sum(NARROW if character.isascii() else WIDE for character in text)


@pytest.mark.parametrize("count", [5, 20, 60])
@pytest.mark.parametrize("direction", Direction)
def test_no_name_lies_on_another_and_each_fits_its_box(read: Read, count: int, direction: Direction) -> None:
    workflow = read(chain(count))
    layout = layout_of(mermaid(workflow, Language.ZH, direction=direction))
    assert sum(len(node.lines) > 0 for node in layout.nodes) >= count + 2  # lost and won
    rooms = [*(node.area for node in layout.nodes), *(label.area for label in layout.labels)]
    assert [pair for pair in combinations(rooms, 2) if overlaps(*pair)] == []
    named = [*((node.area, node.lines) for node in layout.nodes), *((one.area, one.lines) for one in layout.labels)]
    assert [lines for area, lines in named if max(map(width_of, lines)) > area.width] == []
    stages = sorted(line for box in layout.boxes for line in box.lines)
    assert stages == sorted(f"第{stage}阶段" for stage in range(count // 5))


@pytest.mark.parametrize("name", ["sales_pipeline", "pm_lifecycle", "sales_project", "enterprise_sales"])
@pytest.mark.parametrize("language", Language)
def test_pictures_of_shipped_workflows_name_every_state(name: str, language: Language) -> None:
    workflow = load().library.workflows[name]
    picture = parsed(FORMS["svg"](Drawing(workflow=workflow, language=language)))
    words = {"".join(text.itertext()) for text in picture.iter(f"{SVG}text")}
    joined = "".join(words)
    # A long name is broken into lines.
    missing = [
        state.title.of(language)
        for state in workflow.states.values()
        if state.title.of(language) not in joined
        and not set(state.title.of(language).split()) <= set(joined.split())
        and not all(part in joined for part in state.title.of(language).split())
    ]
    assert missing == []


def test_where_the_project_stands_is_marked_in_picture_and_text(read: Read) -> None:
    workflow = read(chain(5))
    drawing = Drawing(workflow=workflow, language=Language.EN, active=frozenset({"stage_0.step_3"}))
    picture = parsed(FORMS["svg"](drawing))
    marked = [text.text for text in picture.iter(f"{SVG}text") if "current" in (text.get("class") or "").split()]
    assert marked == ["Step 3 of 0"]
    assert '"step_3" [fillcolor="#2563eb"' in FORMS["dot"](drawing).decode()


def test_pictures_hold_nothing_active_and_load_nothing(read: Read) -> None:
    body = chain(5).replace("zh: 第0阶段,", "zh: '<script>alert(1)</script>&amp;',")
    picture = FORMS["svg"](Drawing(workflow=read(body), language=Language.ZH)).decode()
    assert "<script" not in picture
    assert "&lt;script&gt;" in picture
    assert re.findall(r"(?:href|src|url\()[^ ]*http", picture) == []


def test_png_is_a_picture_twice_the_size(read: Read) -> None:
    drawing = Drawing(workflow=read(chain(5)), language=Language.EN)
    svg = parsed(FORMS["svg"](drawing))
    made = FORMS["png"](drawing)
    width, height = struct.unpack(">II", made[16:24])
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert (width, height) == (round(float(svg.get("width", "0")) * 2), round(float(svg.get("height", "0")) * 2))


def test_chinese_without_a_font_is_refused_and_not_drawn_as_boxes(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "_FOLDERS", ())
    with pytest.raises(DiagramError) as refused:
        FORMS["png"](Drawing(workflow=read(chain(5)), language=Language.ZH))
    assert refused.value.code == "SF524"
    assert refused.value.message.en == "this machine has no font for the Chinese in the picture"


REGIONS = """
initial: work
states:
  work:
    title: {zh: 进行, en: Work}
    regions:
      plan: {title: {zh: 计划, en: Plan}, initial: draft, states: {draft: {title: {zh: 草稿, en: Draft}}}}
      risk:
        title: {zh: 风险, en: Risk}
        initial: low
        states: {low: {title: {zh: 低, en: 'So "low"'}}, high: {title: {zh: 高, en: High}}}
  ended: {title: {zh: 完成, en: Done}, final: true, outcome: won}
transitions:
  rise: {title: {zh: 上升, en: Rise}, from: low, to: high}
  note: {title: {zh: 记一笔, en: Note}, from: high}
  finish: {title: {zh: 结束, en: Finish}, from: work, to: ended}
"""


def test_dot_text_has_states_within_states(read: Read) -> None:
    text = dot(read(REGIONS), Language.EN, active=frozenset({"work.risk.low"}), direction=Direction.TOP_TO_BOTTOM)
    lines = text.splitlines()
    assert lines[0] == 'digraph "flow" {'
    assert "rankdir=TB" in lines[1]
    assert lines[4:] == [
        '    subgraph "cluster_work" {',
        '        graph [label="Work" style="rounded" color="#b9cbec"]',
        '        subgraph "cluster_plan" {',
        '            graph [label="Plan" style="rounded,dashed" color="#b9cbec"]',
        '            "draft" [label="Draft"]',
        '            "start of draft" [shape=circle label="" width=0.15 fillcolor="#1e293b"]',
        '            "start of draft" -> "draft"',
        "        }",
        '        subgraph "cluster_risk" {',
        '            graph [label="Risk" style="rounded,dashed" color="#b9cbec"]',
        '            "low" [label="So \\"low\\""]',
        '            "high" [label="High\\nNote"]',
        '            "start of low" [shape=circle label="" width=0.15 fillcolor="#1e293b"]',
        '            "start of low" -> "low"',
        "        }",
        "    }",
        '    "ended" [label="Done" peripheries=2]',
        '    "start of work" [shape=circle label="" width=0.15 fillcolor="#1e293b"]',
        '    "start of work" -> "draft" [lhead="cluster_work"]',
        '    "low" -> "high" [label="Rise"]',
        '    "draft" -> "ended" [label="Finish"] [ltail="cluster_work"]',
        '    "low" [fillcolor="#2563eb" color="#1e40af" fontcolor="#ffffff" style="rounded,filled"]',
        '    "ended" [fillcolor="#e7f6ec" color="#2f855a" fontcolor="#1c4532" style="rounded,filled"]',
        "}",
    ]


def test_the_command_offers_every_form() -> None:
    assert tuple(FORMS) == diagram.FORMS
    assert tuple(direction.value for direction in Direction) == diagram.DIRECTIONS
