"""The five dimensions in which two workflows differ, each as rows of facts and a sentence that draws the line.

All texts come from the definitions; what neither says is left out. Knows no page and no terminal.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.contrast import sentences
from salespm_flow.draw.contrast.sides import Side
from salespm_flow.draw.phrases import Phrases
from salespm_flow.draw.words import ratio
from salespm_flow.model.library import Library
from salespm_flow.model.rules import Scorecard
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass

_MOST_KPIS: Final = 12
Sides = tuple[Side, Side]


class Topic(StrEnum):
    """What two workflows are compared in."""

    GOAL = "goal"
    STAGES = "stages"
    SKILLS = "skills"
    FLOW = "flow"
    INDICATORS = "indicators"


TOPICS: Final = {
    Topic.GOAL: Bilingual("目标", "Goal"),
    Topic.STAGES: Bilingual("阶段", "Stages"),
    Topic.SKILLS: Bilingual("技能", "Skills"),
    Topic.FLOW: Bilingual("流程", "Flow"),
    Topic.INDICATORS: Bilingual("考核", "Indicators"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fact of both sides; an empty text says that the side has none."""

    label: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One of the five: the facts side by side, and what it comes to."""

    topic: Topic
    rows: tuple[Row, ...]
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two workflows along the five dimensions, in one language; `summary` is what each is for.

    `meeting` says where they meet. Both are empty where the definitions say nothing of it.
    """

    first: str
    second: str
    summary: str
    dimensions: tuple[Dimension, ...]
    meeting: str


def contrast(first: Workflow, second: Workflow, library: Library, language: Language) -> Contrast:
    """The two workflows along all five dimensions."""
    left, right = (Side(workflow=one, library=library, language=language) for one in (first, second))
    return Contrast(
        first=left.title,
        second=right.title,
        summary=sentences.summary(left, right),
        dimensions=tuple(_dimension(topic, (left, right)) for topic in Topic),
        meeting=sentences.meeting(left, right),
    )


def _dimension(topic: Topic, sides: Sides) -> Dimension:
    left, right = sides
    facts = tuple(zip(_FACTS[topic](left), _FACTS[topic](right), strict=True))
    rows = tuple(Row(label=one[0], first=one[1], second=other[1]) for one, other in facts if one[1] or other[1])
    return Dimension(topic=topic, rows=rows, difference=sentences.DIFFERENCES[topic.value](left, right))


def _pick(side: Side, zh: str, en: str) -> str:
    return Bilingual(zh, en).of(side.language)


def _goal(side: Side) -> Iterator[tuple[str, str]]:
    listed = sentences.listed
    workflow = side.workflow
    purpose = "" if workflow.purpose is None else side.of(workflow.purpose)
    phrases = Phrases(workflow=workflow, language=side.language, parameters=workflow.parameters)
    goals = [side.of(one.title) for one in side.goals()]
    yield _pick(side, "为了什么", "What for"), purpose
    yield _pick(side, "成功是", "Success is"), listed(side, side.endings(is_success=True))
    yield _pick(side, "不成功是", "Failure is"), listed(side, side.endings(is_success=False))
    yield _pick(side, "一开始就定下", "Fixed from the first day"), phrases.listed(side.bounds())
    yield _pick(side, "当前目标", "Present goals"), listed(side, tuple(goals))


def _stages(side: Side) -> Iterator[tuple[str, str]]:
    chances = side.chances()
    span = "" if chances is None else f"{ratio(chances[0])} – {ratio(chances[1])}"
    yield _pick(side, "阶段", "Stages"), " → ".join(" ∥ ".join(one) for one in side.stages())
    yield _pick(side, "成功率", "Probability of success"), span
    yield _pick(side, "提前算成功", "Counts as a success at"), side.early_success() or ""


def _skills(side: Side) -> Iterator[tuple[str, str]]:
    yield _pick(side, "技能", "Skills"), sentences.listed(side, tuple(side.skills().values()))
    yield _pick(side, "负责角色", "Roles in charge"), sentences.listed(side, side.roles())


def _flow(side: Side) -> Iterator[tuple[str, str]]:
    listed = sentences.listed
    parallel = tuple(" ∥ ".join(one) for one in side.parallels())
    yield _pick(side, "同时进行", "Side by side"), listed(side, parallel)
    yield _pick(side, "往回走", "Moves back"), listed(side, side.moves_back())
    yield _pick(side, "可以暂停于", "Pauses"), listed(side, side.pauses())
    yield _pick(side, "自动转移", "By itself"), listed(side, side.by_itself())
    yield _pick(side, "审批", "Approvals"), listed(side, side.approvals())
    yield _pick(side, "关卡条件", "Criteria at gates"), str(side.criteria())
    yield _pick(side, "启动的流程", "Starts"), listed(side, side.starts())


def _indicators(side: Side) -> Iterator[tuple[str, str]]:
    titles = tuple(side.of(kpi.title) for kpi in side.kpis())
    shown = sentences.listed(side, titles[:_MOST_KPIS])
    more = len(titles) - _MOST_KPIS
    if more > 0:
        shown += _pick(side, f"，另有 {more} 项", f" and {more} more")
    cards = tuple(_card(side, one) for one in side.cards())
    yield _pick(side, "考核依据", "Rated by"), _pick(side, "；", "; ").join(cards)
    yield _pick(side, "指标", "KPIs"), shown


def _card(side: Side, card: Scorecard) -> str:
    parts = tuple(f"{side.kpi_title(line.kpi)} {ratio(line.weight)}" for line in card.criteria.values())
    return (
        _pick(side, f"{side.of(card.title)}（", f"{side.of(card.title)} (")
        + sentences.listed(side, parts)
        + (_pick(side, "）", ")"))
    )


_FACTS: Final[dict[Topic, Callable[[Side], Iterator[tuple[str, str]]]]] = {
    Topic.GOAL: _goal,
    Topic.STAGES: _stages,
    Topic.SKILLS: _skills,
    Topic.FLOW: _flow,
    Topic.INDICATORS: _indicators,
}
