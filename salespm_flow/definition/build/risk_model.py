"""Builds a risk model: its scales, levels and rules, and checks that they fit each other."""

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from salespm_flow.definition.build.actions import known_name
from salespm_flow.definition.build.fields import is_currency, read_parameters, report_currency
from salespm_flow.definition.build.parties import read_parties
from salespm_flow.definition.build.reader import Findings, Reader, integer_of, literal_of, scalar_of
from salespm_flow.definition.build.risk_proofs import check_proofs
from salespm_flow.definition.build.risk_rules import read_rules, working_days
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.rules import Level, RiskModel
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass

_PERCENT = SimpleType(Scalar.PERCENT)
LEVEL = Bilingual("风险级别", "risk level")
_BAND_ENDS = 2


def build_risk_model(findings: Findings, root: MapNode, source: Source) -> RiskModel:
    """The risk model that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "risk_model")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    for key in ("scales", "levels", "rules"):
        reader.require(key)
    scales = _read_scales(reader)
    levels = _read_levels(reader, scales.probabilities, scales.impacts)
    steps = (frozenset(scales.probabilities), frozenset(scales.impacts))
    names = tuple(level.id for level in levels)
    model = RiskModel(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        parameters=read_parameters(reader),
        probabilities=scales.probabilities,
        impacts=scales.impacts,
        levels=levels,
        accept_below=known_name(reader, "accept_below", names, ("SF309", LEVEL))
        if reader.has("accept_below")
        else None,
        rules=read_rules(reader, steps),
        span=root.span,
        currency=_read_currency(reader),
        value=scales.value,
        costs=scales.costs,
        delays=scales.delays,
        accept_by=read_parties(reader, "accept_by") or (),
    )
    check_proofs(findings, model)
    return model


def _read_currency(reader: Reader) -> str | None:
    currency = reader.scalar("currency")
    if currency is None or is_currency(currency.text):
        return None if currency is None else currency.text
    report_currency(reader.findings, currency)
    return None


@dataclass(slots=True)
class _Scales:
    """What the scales say of each step."""

    probabilities: dict[int, Decimal] = field(default_factory=dict)
    impacts: dict[int, Bilingual] = field(default_factory=dict)
    costs: dict[int, Money | Decimal] = field(default_factory=dict)
    delays: dict[int, Decimal] = field(default_factory=dict)
    value: Expression | None = None


def _read_scales(reader: Reader) -> _Scales:
    node = reader.node("scales")
    found = _Scales()
    if node is None:
        return found
    scales = Reader(reader.findings, node, "risk_model.scales")
    scales.require("probability")
    scales.require("impact")
    for text, key, value in scales.pairs("probability"):
        step, ratio = _step(reader.findings, text, key), literal_of(reader.findings, value, _PERCENT)
        if step is not None and isinstance(ratio, Decimal):
            _check_ratio(reader.findings, ratio, value)
            _check_rise(reader.findings, step, ratio, (found.probabilities, value))
            found.probabilities[step] = ratio
    for text, key, value in scales.pairs("impact"):
        step = _step(reader.findings, text, key)
        if step is not None:
            _read_impact(scales, (step, text, value), found)
    found.value = scales.expression("value")
    shares = [step for step, cost in found.costs.items() if isinstance(cost, Decimal)]
    if shares and not scales.has("value"):
        message = Bilingual("影响按百分比计，却没有写是哪笔金额的百分比", "An impact is a share, but of nothing")
        hint = Bilingual("请写 `value`，例如 value: amount", "say of what by `value`, such as value: amount")
        reader.findings.error("SF338", message, scales.key_place("impact"), hint)
    return found


def _read_impact(scales: Reader, entry: tuple[int, str, Node], found: _Scales) -> None:
    step, text, node = entry
    if not isinstance(node, MapNode):
        found.impacts[step] = scales.bilingual(node, text)
        return
    inner = Reader(scales.findings, node, "risk_model.impact")
    found.impacts[step] = inner.title("title", text)
    cost, days = _cost(inner), working_days(inner, "days")
    if cost is not None:
        _check_rise(scales.findings, step, cost, (found.costs, node))
        found.costs[step] = cost
        scalar = inner.scalar("cost")
        if scalar is not None:
            scales.findings.places[f"scales.impact.{step}.cost"] = scalar
    if days is not None:
        _check_rise(scales.findings, step, days, (found.delays, node))
        found.delays[step] = days


def _cost(inner: Reader) -> Money | Decimal | None:
    scalar = inner.scalar("cost")
    if scalar is None:
        return None
    if not scalar.text.strip().endswith("%"):
        return inner.money("cost")
    share = literal_of(inner.findings, scalar, _PERCENT)
    return share if isinstance(share, Decimal) else None


def _check_ratio(findings: Findings, ratio: Decimal, node: Node) -> None:
    if ratio > 1:
        message = Bilingual("概率不能超过 100%", "A probability is at most 100%")
        findings.error("SF313", message, node.span)


def _check_rise(findings: Findings, step: int, new: Money | Decimal, before: tuple[Mapping[int, object], Node]) -> None:
    """A higher step is not less likely, cheaper or shorter than a lower one, or the matrix would lie."""
    known, node = before
    for other, old in known.items():
        if isinstance(old, Money) and isinstance(new, Money) and old.currency == new.currency:
            is_falling = (old.amount > new.amount) if other < step else (old.amount < new.amount)
        elif isinstance(old, Decimal) and isinstance(new, Decimal):
            is_falling = (old > new) if other < step else (old < new)
        else:
            continue  # money and a share of some amount cannot be compared here
        if is_falling:
            message = Bilingual(
                f"等级 {step} 与等级 {other} 次序相反：等级越高，值应越大",
                f"The steps {step} and {other} are the wrong way round: a higher step must not be less",
            )
            findings.error("SF338", message, node.span)
            return


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
        level = _read_level(reader.findings, id_, node)
        if level is None:
            return tuple(levels)
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


def _read_level(findings: Findings, id_: str, node: Node) -> Level | None:
    """The level that a band writes, or a map of its title and its band; None where it cannot be read."""
    named: Bilingual | None = None
    scores: Node | None = node
    if isinstance(node, MapNode):
        inner = Reader(findings, node, "risk_model.level")
        named = inner.title("title", id_) if inner.has("title") else None
        scores = inner.require("scores")
    band = None if scores is None else _read_band(findings, scores)
    return None if band is None else Level(id=id_, lowest=band[0], highest=band[1], named=named)


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
