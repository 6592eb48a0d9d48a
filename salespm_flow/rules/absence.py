"""Why a figure has no value, in words; decides nothing."""

from enum import StrEnum

from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass


class Absent(StrEnum):
    """Why a figure is n/a."""

    EMPTY = "empty"
    ZERO_DENOMINATOR = "zero_denominator"
    UNKNOWN_VALUES = "unknown_values"
    MIXED_CURRENCIES = "mixed_currencies"
    MISSING_RATE = "missing_rate"
    OPEN_PERIOD = "open_period"
    ZERO_PERIOD = "zero_period"
    MISSING_KPI = "missing_kpi"
    CYCLE = "cycle"
    TOO_LARGE = "too_large"
    NO_ORGANISATION = "no_organisation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Why a figure is n/a, by a stable id and in words."""

    why: Absent
    text: Bilingual


def absence(why: Absent, zh: str, en: str) -> Absence:
    """The absence in these words."""
    return Absence(why=why, text=Bilingual(zh, en))


EMPTY = absence(Absent.EMPTY, "总体里一行也没有", "the population is empty")
ZERO_DENOMINATOR = absence(Absent.ZERO_DENOMINATOR, "分母为零", "the denominator is zero")
OPEN_PERIOD = absence(
    Absent.OPEN_PERIOD,
    "须指定起止都有的期间，如 --period 2026-Q2",
    "it needs a period with both ends, such as --period 2026-Q2",
)
ZERO_PERIOD = absence(Absent.ZERO_PERIOD, "期间内没有可除的天数", "the period has nothing to divide by")
CYCLE = absence(Absent.CYCLE, "它最终引用了自己", "it comes back to itself")
TOO_LARGE = absence(Absent.TOO_LARGE, "计算量超出限制", "it takes more steps than are allowed")
NO_ORGANISATION = absence(
    Absent.NO_ORGANISATION, "没有组织，或没有人写了 hours", "there is no organisation, or nobody in it has `hours`"
)
UNKNOWN = absence(Absent.UNKNOWN, "算式的结果是空值", "the formula comes to null")


def unknown_values(count: int, rows: int) -> Absence:
    """So many of the rows have no value for what is added up."""
    return absence(
        Absent.UNKNOWN_VALUES,
        f"{rows} 行里有 {count} 行缺少要计算的值；可用 `where` 排除",
        f"{count} of {rows} rows lack a value that it needs; `where` can leave them out",
    )


def mixed_currencies(one: str, other: str) -> Absence:
    """Amounts of two currencies met."""
    return absence(
        Absent.MIXED_CURRENCIES,
        f"{one} 与 {other} 不能相加；在 salespm.yaml 写 rates，或用 convert 换算",
        f"{one} and {other} cannot be added; name `rates` in salespm.yaml, or use `convert`",
    )


def missing_rate(source: str, target: str, on: str) -> Absence:
    """A rate was asked for in vain."""
    return absence(
        Absent.MISSING_RATE, f"没有 {on} 或之前的汇率 {source}→{target}", f"no rate {source}→{target} on or before {on}"
    )


def missing_kpi(name: str, because: Absence | None) -> Absence:
    """Another figure that it reads is n/a."""
    zh, en = ("", "") if because is None else (f"：{because.text.zh}", f": {because.text.en}")
    return absence(Absent.MISSING_KPI, f"指标 {name} 没有值{zh}", f"the KPI {name} is n/a{en}")
