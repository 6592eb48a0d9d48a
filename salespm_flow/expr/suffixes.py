"""What follows a number without a space: which amounts a unit takes, and letters that are no unit. Knows no tokens."""

from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.problems import Problem, Remedy
from salespm_flow.expr.syntax import Unit
from salespm_flow.expr.tokens import EXACT, MAX_DAYS

_DAYS = {
    Unit.WEEK: 7,
    Unit.MONTH: 31,
    Unit.YEAR: 366,
    Unit.MILLISECOND: 0,
    Unit.SECOND: 0,
    Unit.MINUTE: 0,
    Unit.HOUR: 0,
}
_MAGNITUDES = {"百": 2, "千": 3, "万": 4, "亿": 8}


def has_no_value(amount: Decimal, unit: Unit) -> bool:
    """Whether a literal of this amount and unit has no value: over MAX_DAYS days, or not in whole months."""
    is_fraction = amount != amount.to_integral_value()
    # So many of a smaller unit than a day are refused as well: nobody means them.
    days = _DAYS.get(unit, 1)
    return amount * days > MAX_DAYS or (unit in (Unit.MONTH, Unit.YEAR) and is_fraction)


def bad_suffix(written: str, start: int, value: Decimal, suffix: str) -> tuple[Problem, Decimal]:
    """The finding of letters glued to a number, and the value that was meant, where one can be told."""
    instead: Remedy | None = None
    end = start + len(written)
    power = _MAGNITUDES.get(suffix.removesuffix("元"))
    if suffix == "m":
        message = Bilingual("后缀 `m` 有歧义", "the suffix `m` is ambiguous")
        number = written[:-1]
        # In sales a month is as likely as a minute, so neither is more than a guess: no fix.
        hint = Bilingual(f"分钟写作 `{number}min`，月写作 `{number}mo`", f"write `{number}min` or `{number}mo`")
    elif power is not None:
        value = EXACT.scaleb(value, power)
        message = Bilingual("数字不能带中文数量单位", "a number takes no Chinese magnitude")
        hint = Bilingual(f"写作 `{value:f}`", f"write `{value:f}`")
        instead = Remedy(start, end, f"{value:f}", is_safe=True)
    else:
        units = " ".join(Unit)
        message = Bilingual(f"数字后的 `{suffix}` 不是单位", f"`{suffix}` after a number is no unit")
        hint = Bilingual(f"时长单位：{units}；百分比写作 `15%`", f"units are {units}; a percentage is `15%`")
    return Problem(code="SF201", message=message, start=start, end=end, hint=hint, remedy=instead), value
