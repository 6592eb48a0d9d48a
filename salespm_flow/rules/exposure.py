"""What risks cost if they occur, what that comes to with their chance, and what a response is worth. Pure sums."""

from collections.abc import Iterable
from decimal import Decimal

from salespm_flow.expr.values import Money
from salespm_flow.model.project import Assessment, Risk
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.statuses import RiskStatus
from salespm_flow.nouns import dataclass

# The money and the working days that are lost, None where nobody said.
Loss = tuple[Money | None, Decimal | None]
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSum:
    """What the open risks may cost together, in one currency and in working days, whole and as expected.

    A risk of which nobody said what it costs adds nothing. `unanswered` have no response that counts.
    """

    money: Decimal
    emv: Decimal
    days: Decimal
    expected_days: Decimal
    issues: int
    unanswered: int


def loss(model: RiskModel, impact: int, stake: Money | None) -> Loss:
    """The money and the working days that the scale names for a step of impact, None where it names none.

    `stake` is the amount of which a cost in percent is a share; without it such a cost is unknown.
    """
    cost, days = model.costs.get(impact), model.delays.get(impact)
    if isinstance(cost, Decimal):
        cost = None if stake is None else Money(stake.amount * cost, stake.currency)
    return cost, days


def emv(found: Risk | Assessment) -> Money | None:
    """The expected monetary value, chance times money; None where either is unknown."""
    if found.money is None or found.chance is None:
        return None
    return Money(found.chance * found.money.amount, found.money.currency)


def response_value(risk: Risk) -> Money | None:
    """What the response is worth: EMV before, less EMV after, less its cost; None where that cannot be told."""
    before = emv(risk.inherent or risk)
    after = None if risk.residual is None else emv(risk.residual)
    if before is None or after is None:
        return None
    cost = _NOTHING if risk.cost is None else risk.cost.amount
    return Money(before.amount - after.amount - cost, before.currency)


def is_answered(risk: Risk) -> bool:
    """Whether a response stands against the risk that nobody has to agree to any more."""
    return risk.strategy is not None and not risk.awaits


def exposure(risks: Iterable[Risk]) -> ExposureSum:
    """What the open risks may cost together; their money is in one currency."""
    money = expected = days = expected_days = _NOTHING
    issues = unanswered = 0
    for risk in risks:
        if risk.status is RiskStatus.OCCURRED:
            issues += 1
        if risk.status is not RiskStatus.OPEN:
            continue
        chance = _NOTHING if risk.chance is None else risk.chance
        unanswered += not is_answered(risk)
        if risk.money is not None:
            money += risk.money.amount
            expected += chance * risk.money.amount
        if risk.days is not None:
            days += risk.days
            expected_days += chance * risk.days
    return ExposureSum(
        money=money, emv=expected, days=days, expected_days=expected_days, issues=issues, unanswered=unanswered
    )


def shrunk(model: RiskModel, impacts: tuple[int, int], lost: Loss) -> Loss:
    """What is lost after the impact went from one step to another: in proportion to what the scale names for both.

    Where the scale names nothing for one of them, the steps themselves are the proportion.
    """
    before, after = impacts
    money, days = lost
    costs = _amount(model.costs.get(before)), _amount(model.costs.get(after))
    delays = model.delays.get(before), model.delays.get(after)
    if money is not None:
        money = Money(money.amount * _share(impacts, costs), money.currency)
    return money, None if days is None else days * _share(impacts, delays)


def _amount(cost: Money | Decimal | None) -> Decimal | None:
    return cost.amount if isinstance(cost, Money) else cost


def _share(steps: tuple[int, int], named: tuple[Decimal | None, Decimal | None]) -> Decimal:
    before, after = named
    if before and after is not None:
        return after / before
    return Decimal(steps[1]) / steps[0] if steps[0] else _NOTHING
