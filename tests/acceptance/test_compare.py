"""`compare` tells the five differences of two workflows, from nothing but their definitions."""

import itertools
import re
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Language
from salespm_flow.draw.contrast.dimensions import Topic, contrast
from salespm_flow.draw.contrast.pages import contrast_page
from salespm_flow.model.library import Library
from tests.acceptance.terminal import Terminal, enter


@pytest.fixture(scope="module")
def library() -> Library:
    return load().library


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    enter(tmp_path, monkeypatch)
    return Terminal()


def differences(library: Library, language: Language) -> dict[str, str]:
    found = contrast(library.workflows["pm_lifecycle"], library.workflows["sales_pipeline"], library, language)
    return {one.topic.value: one.difference for one in found.dimensions}


def test_project_management_and_sales_differ_in_five_respects_in_chinese(library: Library) -> None:
    assert differences(library, Language.ZH) == {
        "goal": "“项目生命周期”的成功是已交付，“销售管线”的成功是赢单。"
        "“项目生命周期”从第一天起就受范围、预算、交付期限约束；“销售管线”开始时什么都不限定，一步步摸清。"
        "“销售管线”进入“售后服务”就算成功，之后仍要继续；“项目生命周期”有明确的终点，到终点才算成功。",
        "stages": "“项目生命周期”有 5 个阶段，从“启动”到“收尾”。“销售管线”有 7 个阶段，从“市场调研”到“售后服务”。"
        "“销售管线”的阶段标明离成功还有多远（5% 到 90%）；“项目生命周期”的阶段标明该做完什么。",
        "skills": "“项目生命周期”靠组织协调、风险评估、进度规划、资源分配等技能，全部属于项目管理类。"
        "“销售管线”靠市场洞察力、市场营销、市场开拓、沟通表达等技能，全部属于销售类。两者要求的技能没有一项相同。",
        "flow": "“项目生命周期”的执行与监控同时进行；“销售管线”任何时候只处在一个阶段。“项目生命周期”可以往回走：返工。"
        "“销售管线”可以往回走：退回修改方案、交付团队退回、重新签约。"
        "“项目生命周期”可以停下再继续（受阻、暂停），“销售管线”不能。"
        "“项目生命周期”随数据自动变化（转红、转黄、转绿），“销售管线”每一步都由人或消息推进。",
        "indicators": "“项目生命周期”看按时完成率、预算内完成率、交付成功率、预算使用率。"
        "“销售管线”看销售额、毛利率、赢单率、客户满意率。两者没有一项相同的指标。",
    }


def test_project_management_and_sales_differ_in_five_respects_in_english(library: Library) -> None:
    told = differences(library, Language.EN)
    opening = "“Project lifecycle” succeeds when it is delivered, “Sales pipeline” when it is won."
    assert told["goal"].startswith(opening)
    assert "bound from its first day by scope, budget, deadline" in told["goal"]
    assert "says how likely success is (5% to 90%)" in told["stages"]
    assert told["skills"].endswith("They share not a single skill.")
    assert "Execution and Monitoring and controlling run side by side" in told["flow"]
    assert "“Sales pipeline” is judged by revenue, gross margin, win rate, satisfied customers." in told["indicators"]


@pytest.mark.parametrize("language", list(Language))
def test_any_two_workflows_can_be_compared_in_words_of_one_language(library: Library, language: Language) -> None:
    for first, second in itertools.permutations(library.workflows.values(), 2):
        page = contrast_page(contrast(first, second, library, language), language)
        assert page.count("\n## ") in {len(Topic), len(Topic) + 1}
        if language is Language.EN:
            assert re.findall(r"[\u4e00-\u9fff]+", page) == [], (first.id, second.id)


def test_the_same_workflow_twice_differs_in_nothing_but_says_what_it_is(library: Library) -> None:
    same = library.workflows["scrum"]
    for dimension in contrast(same, same, library, Language.EN).dimensions:
        assert all(row.first == row.second for row in dimension.rows)


def test_the_command_tells_people_machines_and_pages(cli: Terminal) -> None:
    human = cli.done("compare pm_lifecycle sales_pipeline --lang zh")
    assert human.startswith("项目生命周期与销售管线的区别\n")
    page = cli.done("compare pm_lifecycle sales_pipeline --format markdown --lang zh")
    assert page.startswith("# 项目生命周期与销售管线的区别\n")
    answer = cli.data("compare pm_lifecycle sales_pipeline")
    assert [one["id"] for one in answer["dimensions"]] == ["goal", "stages", "skills", "flow", "indicators"]
    assert set(answer["dimensions"][0]["difference"]) == {"zh", "en"}
    assert "销售管线" in answer["meeting"]["zh"]
    unknown = cli.type("compare pm_lifecycle sales_pipline --lang en")
    assert (unknown.code, unknown.out) == (1, "")
