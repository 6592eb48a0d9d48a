"""What can be asked of a project's risks and issues; `risk` is always the id in the register."""

from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money
from salespm_flow.model.actor import Actor
from salespm_flow.model.expression import Due
from salespm_flow.model.rules import Residual, Strategy
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What is to be done about a risk. `party` takes it over, `residual` is what remains, on the model's scales.

    `money` and `days` are what remains to be lost, None for as much as the scales say; `scope_change` says what was
    left out so that the risk cannot occur.
    """

    strategy: Strategy
    title: Bilingual
    due: Due | None = None
    party: str = ""
    cost: Money | None = None
    residual: Residual | None = None
    money: Money | None = None
    days: Decimal | None = None
    scope_change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRisk:
    """Put a risk on the list by hand; `who` empty means the project's owner, `review` how long until the review."""

    title: Bilingual
    category: str
    probability: int
    impact: int
    actor: Actor
    who: str = ""
    cause: str = ""
    effect: str = ""
    money: Money | None = None
    days: Decimal | None = None
    review: Due | None = None
    contingency: Bilingual | None = None
    answering: Answering | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RespondToRisk:
    """Answer a risk, in place of any former answer."""

    risk: str
    answering: Answering
    actor: Actor
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRisk:
    """Look at a risk again: judge it anew, hand it over, say that its response is done; what is None stays.

    `review` is when it is looked at next; None means after as long as its rule says.
    """

    risk: str
    actor: Actor
    probability: int | None = None
    impact: int | None = None
    money: Money | None = None
    days: Decimal | None = None
    who: str | None = None
    is_done: bool = False
    review: Due | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOccurred:
    """Say that a risk has occurred: it is an issue now. `action` is what is done, None for what was planned."""

    risk: str
    actor: Actor
    title: Bilingual | None = None
    action: Bilingual | None = None
    who: str = ""
    due: Due | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseIssue:
    """Record something that nobody had foreseen as an issue at once; `who` empty means the project's owner."""

    title: Bilingual
    category: str
    impact: int
    actor: Actor
    who: str = ""
    action: Bilingual | None = None
    due: Due | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRisk:
    """End a risk that did not occur; the comment says why and must be given."""

    risk: str
    actor: Actor
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveIssue:
    """End an issue; the comment says how. `money` and `days` are what it cost after all."""

    risk: str
    actor: Actor
    comment: str
    money: Money | None = None
    days: Decimal | None = None
