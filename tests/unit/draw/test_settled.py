"""What parameters have settled is left out of a condition, and of a handbook."""

import pytest

from salespm_flow.definition.build import Document
from salespm_flow.diagnostics import Language
from salespm_flow.draw.handbook import handbook
from salespm_flow.draw.settled import settled
from salespm_flow.expr.parse import parse
from salespm_flow.expr.unparse import unparse
from salespm_flow.model.workflow import Workflow
from tests.unit.definition.texts import document

FLOW = """\
salespm: 1
kind: workflow
id: flow
version: 1
domain: sales
parameters: {on_here: true, off_here: false, floor: 5}
fields:
  size: {type: integer, title: {zh: 数量, en: Size}}
  part: {type: enum, values: {a: {title: {zh: 甲, en: First}}, b: {title: {zh: 乙, en: Second}}}}
records:
  marks:
    title: {zh: 评分, en: Marks}
    fields: {part: {type: enum, title: {zh: 要素, en: Part}, values: {a: {title: {zh: 甲, en: First}}, b: 乙}}}
conditions: {big: size > floor, bound: off_here or big}
initial: open
states:
  open:
    exit:
      check:
        first: {that: not(on_here) or size > 1, message: {zh: 太少, en: Too few}}
        second: {that: not(off_here) or size > 2, message: {zh: 没有用到, en: Never used}}
        third: {that: "not(default(bound, false)) or size < 9", message: {zh: 太多, en: Too many}}
        fourth:
          that: every p in ["a", "b"] satisfies some m in marks satisfies m.part = p
          message: {zh: 缺, en: Missing}
        fifth: {that: sum(for m in marks return if m.part = "a" then 2 else 1) > 3, message: {zh: 少, en: Few}}
  closed: {final: true}
transitions: {close: {from: open, to: closed, do: {clear: {action: set, field: size, value: "null"}}}}
"""


def flow() -> Workflow:
    built: Document = document(FLOW)
    assert isinstance(built, Workflow)
    return built


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("on_here", "true"),
        ("not(on_here)", "false"),
        ("not(on_here) or size > 1", "size > 1"),
        ("not(off_here) or size > 1", "true"),
        ("on_here and size > 1", "size > 1"),
        ("size > 1 and off_here", "false"),
        ("size > 1 or off_here", "size > 1"),
        ("bound", "big"),
        ("big", "big"),
        ("if on_here then size > 1 else size > 2", "size > 1"),
        ("if big then off_here else on_here", "if big then off_here else on_here"),
        ("some on_here in [true] satisfies on_here", "some on_here in [true] satisfies on_here"),
        ("size > floor", "size > floor"),
    ],
)
def test_a_settled_condition_says_the_same_without_its_switches(text: str, left: str) -> None:
    node = parse(text).node
    assert node is not None
    assert unparse(settled(node, flow().conditions, flow().parameters)) == left


def test_a_handbook_tells_what_binds() -> None:
    chinese = handbook(flow(), (), Language.ZH).splitlines()
    english = handbook(flow(), (), Language.EN).splitlines()
    assert [line for line in chinese if "须满足" in line or "此处" in line or "清空" in line] == [
        "- 须满足：数量 > 1。否则提示：*太少*",
        "- 此处不检查：*没有用到*",
        "- 须满足：若数量 > 5，则数量 < 9。否则提示：*太多*",
        "- 须满足：每一条“甲”、“乙”满足：至少有一条评分满足：要素 = 该项。否则提示：*缺*",
        "- 须满足：（每一条评分：若要素 = “甲”则取2，否则取1）的合计 > 3。否则提示：*少*",
        "  - 自动：清空数量",
    ]
    assert [line for line in english if "Must hold" in line or "Not checked" in line or "empty" in line] == [
        "- Must hold: Size > 1. If not: *Too few*",
        "- Not checked here: *Never used*",
        "- Must hold: if Size > 5, then Size < 9. If not: *Too many*",
        "- Must hold: each of “First”, “Second” such that at least one of Marks such that Part = it. If not: *Missing*",
        "- Must hold: the sum of (2 if Part = “First”, else 1, for each of Marks) > 3. If not: *Few*",
        "  - Done for you: empty Size",
    ]
