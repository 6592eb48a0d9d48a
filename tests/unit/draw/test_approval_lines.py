"""Approvals in handbooks and diagrams."""

from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Language
from salespm_flow.draw.handbook import handbook
from salespm_flow.draw.mermaid import mermaid
from salespm_flow.model.workflow import Workflow

FLOW = """
salespm: 1
kind: workflow
id: flow
version: 1
domain: sales
title: {zh: 流程, en: Flow}
fields: {discount: {type: percent, default: 0%, title: {zh: 折扣, en: Discount}}}
initial: open
states: {open: {title: {zh: 进行中, en: Open}}, won: {title: {zh: 成交, en: Won}, final: true, outcome: won}}
transitions:
  win:
    title: {zh: 赢下, en: Win}
    from: open
    to: won
    by: [rep]
    approve:
      price:
        {title: {zh: 价格, en: Price}, when: discount > 15%, by: [lead], except: [requester], due: 2wd, escalate: boss}
      both: {title: {zh: 会审, en: Review}, by: [legal, finance], quorum: all, after: price}
      pair: {title: {zh: 复核, en: Check}, by: [lead], quorum: 2}
    override: {by: [boss]}
"""


@pytest.fixture
def flow(tmp_path: Path) -> Workflow:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [.]\n", encoding="utf-8")
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    loaded = load(tmp_path)
    assert loaded.errors == ()
    return loaded.library.workflows["flow"]


def test_a_handbook_tells_who_must_agree_and_who_may_override(flow: Workflow) -> None:
    english = handbook(flow, (), Language.EN).splitlines()
    chinese = handbook(flow, (), Language.ZH).splitlines()

    assert [line.strip() for line in english if "Approval" in line or "override" in line] == [
        (
            "- Approval: *Price*; when Discount > 15%, or when that is unknown; by `lead`, any one of them; "
            "not by the requester; within 2 working days; then it goes to `boss` too"
        ),
        "- Approval: *Review*; by `legal`, `finance`, all of them; after *Price*",
        "- Approval: *Check*; by `lead`, 2 of them",
        "- May override: `boss`, with a comment",
        "- May override: Win",
    ]
    assert [line.strip() for line in chinese if "审批" in line or "越权" in line] == [
        (
            "- 须审批：*价格*；当 折扣 > 15%（不能判断时也须审批）；由 `lead` 或签（一人同意即可）；"
            "申请人须回避；2 个工作日内；逾期转给 `boss`"
        ),
        "- 须审批：*会审*；由 `legal`、`finance` 会签（全部同意）；在*价格*通过之后",
        "- 须审批：*复核*；由 `lead` 2 人同意",
        "- 可以越权：`boss`，须写明说明",
        "- 可以审批：价格",
        "- 可以越权：赢下",
        "- 可以审批：价格、复核",
        "- 可以审批：会审",
        "- 可以审批：会审",
    ]


def test_a_diagram_marks_moves_that_need_approval(flow: Workflow) -> None:
    assert "Win (approval)" in mermaid(flow, Language.EN)
    assert "赢下（须审批）" in mermaid(flow, Language.ZH)
