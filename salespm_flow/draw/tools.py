"""What tools and techniques are called in Chinese; those that go by their English name or letters keep it."""

from collections.abc import Mapping
from typing import Final

from salespm_flow.diagnostics import Language

CHINESE: Final[Mapping[str, str]] = {
    "bid/no-bid matrix": "投标决策矩阵",
    "burndown": "燃尽图",
    "charter": "项目章程",
    "cut-over plan": "上线切换方案",
    "daily scrum": "每日站会",
    "demonstration": "成果演示",
    "feasibility study": "可行性研究",
    "gantt": "甘特图",
    "kanban": "看板",
    "planning poker": "计划扑克",
    "retrospective": "回顾会",
    "scorecard": "记分卡",
    "user story": "用户故事",
}


def tool_title(tool: str, language: Language) -> str:
    """The tool as people call it; as the definition writes it where nothing else is known."""
    return CHINESE.get(tool.lower(), tool) if language is Language.ZH else tool
