"""Whether a goal is SMART, letter by letter, with the reason and what to write. Knows neither files nor values reached.

Specific, measurable, achievable, relevant, time-bound: Doran, G. T. (1981), Management Review 70(11). Where he says
assignable and realistic we follow the later use: the owner belongs to S, and R asks what the goal serves.
"""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, Value, WorkingDays
from salespm_flow.model.goals import Goal
from salespm_flow.model.rules import Better, Kpi
from salespm_flow.nouns import dataclass
from salespm_flow.rules.scorecard import measure


class Letter(StrEnum):
    """The five letters, in their order."""

    SPECIFIC = "S"
    MEASURABLE = "M"
    ACHIEVABLE = "A"
    RELEVANT = "R"
    TIME_BOUND = "T"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether one letter holds, why, and the lines that would make it hold (empty where it does)."""

    letter: Letter
    holds: bool
    reason: Bilingual
    fixes: tuple[str, ...] = ()


LETTERS = {
    Letter.SPECIFIC: Bilingual("具体", "specific"),
    Letter.MEASURABLE: Bilingual("可量化", "measurable"),
    Letter.ACHIEVABLE: Bilingual("可实现", "achievable"),
    Letter.RELEVANT: Bilingual("相关", "relevant"),
    Letter.TIME_BOUND: Bilingual("有时限", "time-bound"),
}


def smart(goal: Goal, kpi: Kpi | None, *, parent: Goal | None, users: tuple[str, ...]) -> tuple[Verdict, ...]:
    """The five verdicts in their order.

    Args:
        goal: as written.
        kpi: the KPI that the goal names, None where none is named or known.
        parent: the goal that it serves, where that exists.
        users: the workflows that use the goal's set.
    """
    return (
        _specific(goal),
        _measurable(goal, kpi),
        _achievable(goal, kpi),
        _relevant(parent, users),
        _time_bound(goal),
    )


def _specific(goal: Goal) -> Verdict:
    lacking = [
        (name, words, line)
        for name, words, line in (
            (goal.kpi, Bilingual("指标", "a KPI"), "kpi: revenue"),
            (goal.scope, Bilingual("范围", "a scope"), "scope: {zh: 全部产品与客户, en: All products and customers}"),
            (goal.who, Bilingual("负责人", "an owner"), "who: sales_manager"),
        )
        if name is None
    ]
    if not lacking:
        return Verdict(
            letter=Letter.SPECIFIC,
            holds=True,
            reason=Bilingual("说明了指标、范围和负责人", "names its KPI, its scope and its owner"),
        )
    reason = Bilingual(
        "没有写明" + "、".join(words.zh for _, words, _ in lacking),
        "does not name " + " and ".join(words.en for _, words, _ in lacking),
    )
    return Verdict(letter=Letter.SPECIFIC, holds=False, reason=reason, fixes=tuple(line for _, _, line in lacking))


def _measurable(goal: Goal, kpi: Kpi | None) -> Verdict:
    if kpi is None:
        named = goal.kpi is None
        reason = Bilingual(
            "没有指标可以衡量" if named else f"没有指标 {goal.kpi}",
            "nothing measures it" if named else f"there is no KPI {goal.kpi}",
        )
        return Verdict(letter=Letter.MEASURABLE, holds=False, reason=reason, fixes=("kpi: revenue",))
    if goal.target is None:
        reason = Bilingual("没有目标值", "has no target")
        return Verdict(letter=Letter.MEASURABLE, holds=False, reason=reason, fixes=(f"target: {_sample(kpi.unit)}",))
    if not fits_unit(goal.target, kpi.unit):
        reason = Bilingual(
            f"目标值 {written(goal.target)} 与指标的单位 {kpi.unit} 不符",
            f"its target {written(goal.target)} is not in the KPI's unit, {kpi.unit}",
        )
        return Verdict(letter=Letter.MEASURABLE, holds=False, reason=reason, fixes=(f"target: {_sample(kpi.unit)}",))
    reason = Bilingual(
        f"{kpi.title.zh}达到 {written(goal.target, kpi.unit)}", f"{kpi.title.en} of {written(goal.target, kpi.unit)}"
    )
    return Verdict(letter=Letter.MEASURABLE, holds=True, reason=reason)


def _achievable(goal: Goal, kpi: Kpi | None) -> Verdict:
    """The target is a challenge (better than the baseline) and within reach (not beyond the ceiling)."""
    target = measure(goal.target, goal.target)
    baseline, ceiling = measure(goal.baseline, goal.target), measure(goal.ceiling, goal.target)
    unit = "" if kpi is None else kpi.unit
    if target is None:
        reason = Bilingual("没有目标值，无从判断", "without a target nothing can be said")
        return Verdict(letter=Letter.ACHIEVABLE, holds=False, reason=reason)
    if baseline is None or ceiling is None:
        return _unfounded(goal, kpi, has_baseline=baseline is not None, has_ceiling=ceiling is not None)
    sign = Decimal(-1) if _is_less_better(kpi) else Decimal(1)
    shown = {name: written(getattr(goal, name), unit) for name in ("baseline", "target", "ceiling")}
    if sign * target <= sign * baseline:
        reason = Bilingual(
            f"目标 {shown['target']} 不比基线 {shown['baseline']} 更好，没有挑战",
            f"its target {shown['target']} is no better than the baseline {shown['baseline']}",
        )
        return Verdict(letter=Letter.ACHIEVABLE, holds=False, reason=reason, fixes=(f"target: {shown['ceiling']}",))
    if sign * target > sign * ceiling:
        reason = Bilingual(
            f"目标 {shown['target']} 超出能达到的 {shown['ceiling']}",
            f"its target {shown['target']} is beyond what can be reached, {shown['ceiling']}",
        )
        return Verdict(letter=Letter.ACHIEVABLE, holds=False, reason=reason, fixes=(f"target: {shown['ceiling']}",))
    reason = Bilingual(
        f"好于基线 {shown['baseline']}，不超出 {shown['ceiling']}",
        f"better than the baseline {shown['baseline']}, within {shown['ceiling']}",
    )
    return Verdict(letter=Letter.ACHIEVABLE, holds=True, reason=reason)


def _unfounded(goal: Goal, kpi: Kpi | None, *, has_baseline: bool, has_ceiling: bool) -> Verdict:
    unit = "" if kpi is None else kpi.unit
    steps = (Decimal("1.1"), Decimal("0.9")) if _is_less_better(kpi) else (Decimal("0.9"), Decimal("1.1"))
    before, most = (written(_times(goal.target, step), unit) for step in steps)
    lacking = [
        (words, line)
        for words, line, is_there in (
            (
                Bilingual("基线（以往的实绩）", "a baseline (what was reached before)"),
                f"baseline: {before}  # 上期实绩 / what the period before came to",
                has_baseline,
            ),
            (
                Bilingual("上限（最多能达到多少）", "a ceiling (the most that can be reached)"),
                f"ceiling: {most}  # 产能或商机所限 / what capacity or pipeline allow",
                has_ceiling,
            ),
        )
        if not is_there
    ]
    reason = Bilingual(
        "没有可以比照的" + "、".join(words.zh for words, _ in lacking),
        "cannot be judged without " + " and ".join(words.en for words, _ in lacking),
    )
    return Verdict(letter=Letter.ACHIEVABLE, holds=False, reason=reason, fixes=tuple(line for _, line in lacking))


def _is_less_better(kpi: Kpi | None) -> bool:
    return kpi is not None and kpi.better is Better.LOWER


def _times(value: Value, factor: Decimal) -> Value:
    match value:
        case Money(amount=amount, currency=currency):
            return Money(_rounded(amount * factor), currency)
        case Decimal():
            return _rounded(value * factor)
        case timedelta():
            return timedelta(days=round(value.days * float(factor)))
        case WorkingDays(days=days):
            return WorkingDays(_rounded(days * factor))
        case _:
            return value


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number.adjusted() > 0 else number


def _relevant(parent: Goal | None, users: tuple[str, ...]) -> Verdict:
    if parent is not None:
        reason = Bilingual(f"服务于上级目标“{parent.title.zh}”", f"serves the goal {parent.title.en}")
        return Verdict(letter=Letter.RELEVANT, holds=True, reason=reason)
    if users:
        reason = Bilingual(f"流程 {users[0]} 以它为目标", f"the workflow {users[0]} works towards it")
        return Verdict(letter=Letter.RELEVANT, holds=True, reason=reason)
    reason = Bilingual("没有上级目标，也没有流程使用它", "it serves no other goal, and no workflow uses it")
    return Verdict(letter=Letter.RELEVANT, holds=False, reason=reason, fixes=("parent: year_revenue",))


def _time_bound(goal: Goal) -> Verdict:
    lacking = [name for name, day in (("starts_on", goal.starts_on), ("ends_on", goal.ends_on)) if day is None]
    if lacking:
        words = {"starts_on": Bilingual("开始日", "a first day"), "ends_on": Bilingual("截止日", "a last day")}
        reason = Bilingual(
            "没有" + "和".join(words[name].zh for name in lacking),
            "has no " + " and no ".join(words[name].en.removeprefix("a ") for name in lacking),
        )
        year = (goal.starts_on or goal.ends_on or date(2026, 1, 1)).year
        samples = {"starts_on": f"starts_on: {year}-01-01", "ends_on": f"ends_on: {year}-12-31"}
        fixes = tuple(samples[name] for name in lacking)
        return Verdict(letter=Letter.TIME_BOUND, holds=False, reason=reason, fixes=fixes)
    if goal.starts_on is not None and goal.ends_on is not None and goal.ends_on <= goal.starts_on:
        reason = Bilingual("截止日不晚于开始日", "does not end after it starts")
        fix = f"ends_on: {goal.starts_on.year}-12-31"
        return Verdict(letter=Letter.TIME_BOUND, holds=False, reason=reason, fixes=(fix,))
    reason = Bilingual(f"{goal.starts_on} 至 {goal.ends_on}", f"from {goal.starts_on} to {goal.ends_on}")
    return Verdict(letter=Letter.TIME_BOUND, holds=True, reason=reason)


def fits_unit(value: Value, unit: str) -> bool:
    """Whether the value is measured in a KPI's unit."""
    match value:
        case Money(currency=currency):
            return currency == unit
        case Decimal():
            return unit in {"percent", "ratio", "count"}
        case None | bool() | str():
            return False
        case _:
            return unit in {"d", "h"}


def written(value: Value, unit: str = "") -> str:
    """The value as a definition writes it."""
    match value:
        case Money(amount=amount, currency=currency):
            return f"{amount:f} {currency}"
        case Decimal() if unit == "percent":
            return f"{(value * 100).normalize():f}%"
        case Decimal():
            return f"{value.normalize():f}"
        case timedelta():
            return f"{value.days}d" if not value.seconds else f"{value // timedelta(hours=1)}h"
        case WorkingDays(days=days):
            return f"{days.normalize():f}wd"
        case _:
            return str(value)


def _sample(unit: str) -> str:
    return {"percent": "50%", "ratio": "1.5", "count": "20", "d": "30d", "h": "8h"}.get(unit, f"1000000 {unit}")
