"""Builds a risk model: its scales, levels and rules, and checks that they fit each other."""

from collections.abc import Mapping
from decimal import Decimal

from salespm_flow.definition.build.actions import CATEGORIES, CATEGORY, known_name
from salespm_flow.definition.build.fields import read_parameters
from salespm_flow.definition.build.parties import read_party, read_role
from salespm_flow.definition.build.reader import Findings, Reader, integer_of, literal_of, scalar_of
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.rules import Level, Residual, Response, RiskModel, RiskRule, Strategy
from salespm_flow.model.source import Source

_PERCENT = SimpleType(Scalar.PERCENT)
STEP = Bilingual("等级", "step of the scale")
LEVEL = Bilingual("风险级别", "risk level")
_BAND_ENDS = 2


def build_risk_model(findings: Findings, root: MapNode, source: Source) -> RiskModel:
    """The risk model that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "risk_model")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    for key in ("scales", "levels", "rules"):
        reader.require(key)
    probabilities, impacts = _read_scales(reader)
    levels = _read_levels(reader, probabilities, impacts)
    steps = (frozenset(probabilities), frozenset(impacts))
    names = tuple(level.id for level in levels)
    return RiskModel(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        parameters=read_parameters(reader),
        probabilities=probabilities,
        impacts=impacts,
        levels=levels,
        accept_below=known_name(reader, "accept_below", names, ("SF309", LEVEL))
        if reader.has("accept_below")
        else None,
        rules=_read_rules(reader, steps),
        span=root.span,
    )


def _read_scales(reader: Reader) -> tuple[Mapping[int, Decimal], Mapping[int, Bilingual]]:
    node = reader.node("scales")
    probabilities: dict[int, Decimal] = {}
    impacts: dict[int, Bilingual] = {}
    if node is None:
        return probabilities, impacts
    scales = Reader(reader.findings, node, "risk_model.scales")
    scales.require("probability")
    scales.require("impact")
    for text, key, value in scales.pairs("probability"):
        step, ratio = _step(reader.findings, text, key), literal_of(reader.findings, value, _PERCENT)
        if step is not None and isinstance(ratio, Decimal):
            probabilities[step] = ratio
    for text, key, value in scales.pairs("impact"):
        step = _step(reader.findings, text, key)
        if step is not None:
            impacts[step] = _impact_title(scales, value, text)
    return probabilities, impacts


def _impact_title(scales: Reader, node: Node, text: str) -> Bilingual:
    if isinstance(node, MapNode):
        return Reader(scales.findings, node, "risk_model.enumValue").title("title", text)
    return scales.bilingual(node, text)


def _step(findings: Findings, text: str, key: ScalarNode) -> int | None:
    if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) > 0:  # noqa: PLR2004 - steps are few
        return int(text)
    findings.unreadable(key, Bilingual("等级，例如 1", "a step, such as 1"))
    return None


def _read_levels(
    reader: Reader, probabilities: Mapping[int, Decimal], impacts: Mapping[int, Bilingual]
) -> tuple[Level, ...]:
    levels: list[Level] = []
    expected = min(probabilities, default=1) * min(impacts, default=1)
    for id_, _, node in reader.entries("levels"):
        band = _read_band(reader.findings, node)
        if band is None:
            return tuple(levels)
        level = Level(id=id_, lowest=band[0], highest=band[1])
        if level.lowest != expected or level.highest < level.lowest:
            _report_band(reader.findings, level, expected, node)
            expected = max(expected, level.highest + 1)
        else:
            expected = level.highest + 1
        levels.append(level)
    highest = max(probabilities, default=0) * max(impacts, default=0)
    if levels and highest and expected <= highest:
        message = Bilingual(
            f"最高级别止于 {expected - 1}，而最高分是 {highest}",
            f"The highest level ends at {expected - 1}, but the highest score is {highest}",
        )
        reader.findings.error("SF331", message, reader.key_place("levels"))
    return tuple(levels)


def _read_band(findings: Findings, node: Node) -> tuple[int, int] | None:
    if isinstance(node, ListNode) and len(node.items) == _BAND_ENDS:
        scalars = [scalar_of(findings, item) for item in node.items]
        ends = [integer_of(findings, scalar) for scalar in scalars if scalar is not None]
        found = [end for end in ends if end is not None]
        return (found[0], found[1]) if len(found) == _BAND_ENDS else None
    findings.unreadable(node, Bilingual("最低分和最高分，例如 [1, 5]", "the lowest and highest score, such as [1, 5]"))
    return None


def _report_band(findings: Findings, level: Level, expected: int, node: Node) -> None:
    if level.highest < level.lowest:
        message = Bilingual("级别的最低分大于最高分", "The lowest score of the level is above its highest")
    elif level.lowest > expected:
        last = level.lowest - 1
        gap = str(last) if last == expected else f"{expected}..{last}"
        message = Bilingual(f"分数 {gap} 不属于任何级别", f"No level holds the score {gap}")
    else:
        message = Bilingual(
            f"级别 {shown(level.id)} 与前一级重叠", f"The level {shown(level.id)} overlaps the one before it"
        )
    hint = Bilingual(f"此级别应从 {expected} 开始", f"this level should begin at {expected}")
    findings.error("SF331", message, node.span, hint)


def _read_rules(reader: Reader, steps: tuple[frozenset[int], frozenset[int]]) -> Mapping[str, RiskRule]:
    rules: dict[str, RiskRule] = {}
    for id_, key, node in reader.entries("rules"):
        rule = _read_rule(Reader(reader.findings, node, "risk_model.rule"), (id_, key), steps)
        if rule is not None:
            rules[id_] = rule
    return rules


def _read_rule(
    reader: Reader, named: tuple[str, ScalarNode], steps: tuple[frozenset[int], frozenset[int]]
) -> RiskRule | None:
    id_, key = named
    for name in ("category", "when", "probability", "impact", "who"):
        reader.require(name)
    title, category = reader.title("title", id_), _read_category(reader)
    when, who = reader.expression("when"), read_party(reader, "who")
    probability, impact = _read_step(reader, "probability", steps[0]), _read_step(reader, "impact", steps[1])
    response = _read_response(reader, steps)
    if category is None or when is None or probability is None or impact is None or who is None:
        return None
    return RiskRule(
        id=id_,
        title=title,
        category=category,
        when=when,
        probability=probability,
        impact=impact,
        who=who,
        response=response,
        span=key.span,
    )


def _read_category(reader: Reader) -> str | None:
    return known_name(reader, "category", CATEGORIES, ("SF309", CATEGORY)) if reader.has("category") else None


def _read_step(reader: Reader, key: str, steps: frozenset[int]) -> int | None:
    step = reader.integer(key)
    if step is not None and steps and step not in steps:
        listed = ", ".join(str(one) for one in sorted(steps))
        message = Bilingual(f"等级 {step} 不在量表中", f"The step {step} is not on the scale")
        reader.findings.error("SF309", message, reader.place(key), Bilingual(f"可用：{listed}", f"known: {listed}"))
    return step


def _read_response(reader: Reader, steps: tuple[frozenset[int], frozenset[int]]) -> Response | None:
    node = reader.node("response")
    if node is None:
        return None
    inner = Reader(reader.findings, node, "risk_model.response")
    inner.require("strategy")
    strategy, due, cost = inner.choice("strategy", Strategy), inner.duration("due"), inner.money("cost")
    title, party, residual = inner.title("title", ""), read_role(inner, "party"), _read_residual(inner, steps)
    if strategy is None:
        return None
    return Response(
        strategy=strategy,
        title=title,
        due=due,
        party=party,
        cost=cost,
        residual=residual,
        span=inner.span,
    )


def _read_residual(reader: Reader, steps: tuple[frozenset[int], frozenset[int]]) -> Residual | None:
    node = reader.node("residual")
    if node is None:
        return None
    inner = Reader(reader.findings, node, "risk_model.residual")
    inner.require("probability")
    inner.require("impact")
    # Zero is no step of a scale, but what an avoided risk leaves.
    zero = frozenset({0})
    probability = _read_step(inner, "probability", steps[0] and steps[0] | zero)
    impact = _read_step(inner, "impact", steps[1] and steps[1] | zero)
    return None if probability is None or impact is None else Residual(probability=probability, impact=impact)
