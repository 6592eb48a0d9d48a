"""The sentences that draw the line between two workflows. Each says only what the definitions of both bear out."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.contrast.sides import Side
from salespm_flow.draw.words import ratio

# What the usual families of skills are called; any other goes by its own name.
FAMILIES: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {"pm": Bilingual("项目管理", "project management"), "sales": Bilingual("销售", "sales")}
)
_SHOWN: Final = 4


def listed(side: Side, parts: tuple[str, ...]) -> str:
    """The parts one after the other."""
    return ("、" if side.language is Language.ZH else ", ").join(parts)


def lowered(side: Side, parts: tuple[str, ...]) -> str:
    """The parts as they stand within a sentence: titles begin small, abbreviations stay."""
    return listed(side, tuple(one if one[1:2].isupper() else one[:1].lower() + one[1:] for one in parts))


def _both_ways(left: Side, right: Side) -> tuple[tuple[Side, Side], ...]:
    return ((left, right), (right, left))


def summary(left: Side, right: Side) -> str:
    """What each of the two is for, as far as they say it."""
    known = ((one.title, one.workflow.purpose) for one in (left, right))
    return _said(left, (Bilingual(f"{title}：{told.zh}", f"{title}: {told.en}") for title, told in known if told))


def meeting(left: Side, right: Side) -> str:
    """Where the two meet: one starts the other; empty where neither does."""
    for parent, child in _both_ways(left, right):
        for link in parent.workflow.links.values():
            if link.workflow == child.workflow.id:
                told = tuple(
                    child.of(child.workflow.fields[name].title) for name in link.carry if name in child.workflow.fields
                )
                carried = Bilingual(f"，并带去{listed(child, told)}", f" and hands over {lowered(child, told)}")
                after = carried if told else Bilingual("", "")
                return Bilingual(
                    f"“{parent.title}”启动“{child.title}”{after.zh}；此后两边互通消息。",
                    f"“{parent.title}” starts “{child.title}”{after.en}; from then on they keep each other informed.",
                ).of(parent.language)
    return ""


def _said(side: Side, parts: Iterator[Bilingual]) -> str:
    return ("" if side.language is Language.ZH else " ").join(one.of(side.language) for one in parts)


def _goal(left: Side, right: Side) -> str:
    return _said(left, _goal_parts(left, right))


def _goal_parts(left: Side, right: Side) -> Iterator[Bilingual]:
    ends = tuple(listed(one, one.endings(is_success=True)) for one in (left, right))
    if all(ends) and ends[0] != ends[1]:
        yield Bilingual(
            f"“{left.title}”的成功是{ends[0]}，“{right.title}”的成功是{ends[1]}。",
            f"“{left.title}” succeeds when it is {ends[0]}, “{right.title}” when it is {ends[1]}.",
        )
    for one, other in _both_ways(left, right):
        own = one.bounds()
        if own and not other.bounds():
            yield Bilingual(
                f"“{one.title}”从第一天起就受{listed(one, own)}约束；“{other.title}”开始时什么都不限定，一步步摸清。",
                f"“{one.title}” is bound from its first day by {lowered(one, own)}; “{other.title}” begins with "
                "nothing fixed and finds out step by step.",
            )
    for one, other in _both_ways(left, right):
        early = one.early_success()
        if early and not other.early_success():
            yield Bilingual(
                f"“{one.title}”进入“{early}”就算成功，之后仍要继续；“{other.title}”有明确的终点，到终点才算成功。",
                f"“{one.title}” counts as a success at “{early}” and goes on from there; “{other.title}” has a clear "
                "end and succeeds only there.",
            )


def _stages(left: Side, right: Side) -> str:
    return _said(left, _stage_parts(left, right))


def _stage_parts(left: Side, right: Side) -> Iterator[Bilingual]:
    for one in (left, right):
        stages = [title for together in one.stages() for title in together]
        if len(stages) > 1:
            yield Bilingual(
                f"“{one.title}”有 {len(stages)} 个阶段，从“{stages[0]}”到“{stages[-1]}”。",
                f"“{one.title}” has {len(stages)} stages, from “{stages[0]}” to “{stages[-1]}”.",
            )
        elif stages:
            yield Bilingual(f"“{one.title}”只有一个阶段“{stages[0]}”。", f"“{one.title}” has one stage, “{stages[0]}”.")
    for one, other in _both_ways(left, right):
        chances = one.chances()
        if chances is not None and other.chances() is None:
            low, high = map(ratio, chances)
            yield Bilingual(
                f"“{one.title}”的阶段标明离成功还有多远（{low} 到 {high}）；“{other.title}”的阶段标明该做完什么。",
                f"A stage of “{one.title}” says how likely success is ({low} to {high}); "
                f"one of “{other.title}” says what is to be finished.",
            )


def _skills(left: Side, right: Side) -> str:
    return _said(left, _skill_parts(left, right))


def _skill_parts(left: Side, right: Side) -> Iterator[Bilingual]:
    for one, other in _both_ways(left, right):
        others = other.skills()
        only = tuple(title for name, title in one.skills().items() if name not in others)
        families = one.families()
        family = families.most_common(1)[0][0] if families else ""
        named = FAMILIES.get(family, Bilingual(family, family))
        many, every = families[family], families.total()
        share = Bilingual(f"以{named.zh}类为主（{many}/{every}）", f"mostly of {named.en} ({many} of {every})")
        if many == every:
            share = Bilingual(f"全部属于{named.zh}类", f"all of {named.en}")
        if only:
            yield Bilingual(
                f"“{one.title}”靠{listed(one, only[:_SHOWN])}等技能" + (f"，{share.zh}。" if family else "。"),
                f"“{one.title}” takes skills such as {lowered(one, only[:_SHOWN])}"
                + (f", {share.en}." if family else "."),
            )
    mine, theirs = left.skills(), right.skills()
    both = tuple(title for name, title in mine.items() if name in theirs)
    if both:
        yield Bilingual(f"两者都需要：{listed(left, both)}。", f"Both need {lowered(left, both)}.")
    elif mine and theirs:
        yield Bilingual("两者要求的技能没有一项相同。", "They share not a single skill.")


def _flow(left: Side, right: Side) -> str:
    return _said(left, _flow_parts(left, right))


def _flow_parts(left: Side, right: Side) -> Iterator[Bilingual]:
    for one, other in _both_ways(left, right):
        if one.parallels() and not other.parallels():
            pairs = tuple(Bilingual("与", " and ").of(one.language).join(group) for group in one.parallels())
            yield Bilingual(
                f"“{one.title}”的{listed(one, pairs)}同时进行；“{other.title}”任何时候只处在一个阶段。",
                f"In “{one.title}” {listed(one, pairs)} run side by side; “{other.title}” is in one stage at a time.",
            )
    for one in (left, right):
        back = one.moves_back()
        if back:
            yield Bilingual(
                f"“{one.title}”可以往回走：{listed(one, back)}。",
                f"“{one.title}” may go back: {lowered(one, back)}.",
            )
        else:
            yield Bilingual(f"“{one.title}”只向前走。", f"“{one.title}” only goes forward.")
    for one, other in _both_ways(left, right):
        if one.pauses() and not other.pauses():
            yield Bilingual(
                f"“{one.title}”可以停下再继续（{listed(one, one.pauses())}），“{other.title}”不能。",
                f"“{one.title}” can be halted and resumed ({lowered(one, one.pauses())}), “{other.title}” cannot.",
            )
        if one.by_itself() and not other.by_itself():
            yield Bilingual(
                f"“{one.title}”随数据自动变化（{listed(one, one.by_itself())}），"
                f"“{other.title}”每一步都由人或消息推进。",
                f"“{one.title}” moves by itself as figures change ({lowered(one, one.by_itself())}); in "
                f"“{other.title}” people or messages make every move.",
            )


def _indicators(left: Side, right: Side) -> str:
    return _said(left, _indicator_parts(left, right))


def _indicator_parts(left: Side, right: Side) -> Iterator[Bilingual]:
    for one in (left, right):
        weighed = _weighed(one)
        if weighed:
            yield Bilingual(
                f"“{one.title}”看{listed(one, weighed)}。",
                f"“{one.title}” is judged by {lowered(one, weighed)}.",
            )
        else:
            yield Bilingual(f"“{one.title}”还没有指标。", f"“{one.title}” has no indicator yet.")
    own = {kpi.id for kpi in left.kpis()}
    if own and not own & {kpi.id for kpi in right.kpis()}:
        yield Bilingual("两者没有一项相同的指标。", "They share no indicator.")


def _weighed(side: Side) -> tuple[str, ...]:
    """The indicators that count most: by weight where a scorecard weighs them, else in file order."""
    lines = [line for card in side.cards() for line in card.criteria.values()]
    lines.sort(key=lambda line: -line.weight)
    if lines:
        return tuple(dict.fromkeys(side.kpi_title(line.kpi) for line in lines))[:_SHOWN]
    return tuple(side.of(kpi.title) for kpi in side.kpis())[:_SHOWN]


DIFFERENCES: Final[Mapping[str, Callable[[Side, Side], str]]] = MappingProxyType(
    {"goal": _goal, "stages": _stages, "skills": _skills, "flow": _flow, "indicators": _indicators}
)
