"""Finds risks that a person names, and reads the money, days and steps that he writes about them."""

from decimal import Decimal
from typing import TYPE_CHECKING

from salespm_flow.cli.context import Session
from salespm_flow.definition.suggest import suggestion
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from salespm_flow.expr.values import Money
    from salespm_flow.model.project import Project
    from salespm_flow.model.rules import Residual


def find_risk(project: "Project", named: str) -> str:
    """The id of the risk, named by its id or by the rule that found it, where only one such stands.

    Raises:
        UnknownNameError: the project has no such risk.
    """
    if named in project.risks:
        return named
    alike = [risk for risk in project.risks.values() if named in {risk.rule, risk.rule.partition(".")[2]}]
    standing = [risk.id for risk in alike if risk.is_standing]
    if len(standing) == 1:
        return standing[0]
    if not standing and alike:
        return alike[-1].id  # the engine says that it is over
    every = standing or list(project.risks)
    raise UnknownNameError(
        Bilingual(f"没有风险“{named}”", f'there is no risk "{named}"'),
        suggestion(named, every)
        or Bilingual(f"可用：{', '.join(every) or '无'}", f"known: {', '.join(every) or 'none'}"),
    )


def read_money(session: Session, project: "Project", text: str | None) -> "Money | None":
    """The amount; one without a currency is in that of the project's risks.

    Raises:
        InputError: the text is no amount.
    """
    if text is None:
        return None
    from salespm_flow.definition.literals import parse_value
    from salespm_flow.expr.values import Money
    from salespm_flow.model.fields import MoneyOf

    currency = session.runner.definitions.pinned(project.pin).risk_currency
    words = text.strip()
    named = words[-3:].upper() if words[-3:].isalpha() and words[-3:].isascii() else currency
    found = parse_value(words, MoneyOf(named), session.zone)
    return found if isinstance(found, Money) else None


def read_days(text: str | None) -> Decimal | None:
    """The number of working days, written `5` or `5wd`.

    Raises:
        InputError: the text is neither.
    """
    if text is None:
        return None
    from salespm_flow.definition.literals import parse_value
    from salespm_flow.model.fields import Scalar, SimpleType

    try:
        days = parse_value(text.strip().removesuffix("wd"), SimpleType(Scalar.NUMBER))
    except InputError:
        days = None
    if not isinstance(days, Decimal):
        raise InputError(
            Bilingual(f"“{text}”不是天数", f'"{text}" is no number of days'),
            Bilingual("请写工作日数，例如 5", "write working days, such as 5"),
        )
    return days


def read_residual(text: str | None) -> "Residual | None":
    """The steps that remain, written as `2x3`: probability, then impact.

    Raises:
        InputError: the text is something else.
    """
    if text is None:
        return None
    from salespm_flow.model.rules import Residual

    for sign in ("×", "*", ",", "，", "X"):
        text = text.replace(sign, "x")
    probability, _, impact = (part.strip() for part in text.partition("x"))
    if not (probability.isdecimal() and impact.isdecimal() and len(probability) + len(impact) < len("10000")):
        raise InputError(
            Bilingual(f"看不懂剩余风险“{text}”", f'"{text}" is no residual risk'),
            Bilingual("请写 概率等级x影响等级，例如 2x3", "write the steps of probability and impact, such as 2x3"),
        )
    return Residual(probability=int(probability), impact=int(impact))
