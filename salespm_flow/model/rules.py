"""Risk models, KPIs and scorecards as frozen nouns; `rules` evaluates them."""

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.expression import Duration, Expression, Party
from salespm_flow.model.fields import FieldType, Parameter
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass

# What a risk can be about; a workspace may add to them, never take away.
CATEGORIES: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        "market": Bilingual("市场", "Market"),
        "customer": Bilingual("客户", "Customer"),
        "competitor": Bilingual("竞争", "Competitor"),
        "resource": Bilingual("资源", "Resource"),
        "schedule": Bilingual("进度", "Schedule"),
        "cost": Bilingual("成本", "Cost"),
        "quality": Bilingual("质量", "Quality"),
        "technical": Bilingual("技术", "Technical"),
        "legal": Bilingual("法律", "Legal"),
    }
)
# As most risk models call their levels; any other is called by its model's title or by its id.
LEVEL_TITLES: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        "low": Bilingual("低", "low"),
        "medium": Bilingual("中", "medium"),
        "high": Bilingual("高", "high"),
        "extreme": Bilingual("极高", "extreme"),
    }
)


class Strategy(StrEnum):
    """The four responses to a threat."""

    AVOID = "avoid"
    TRANSFER = "transfer"
    MITIGATE = "mitigate"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """Probability and impact that remain after the response, on the model's scales."""

    probability: int
    impact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Of whom one must agree before a risk counts as accepted; without a word by `due`, `escalate` may agree too."""

    id: str
    title: Bilingual
    by: tuple[Party, ...]
    span: Span
    due: Duration | None = None
    escalate: Party | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is done about a risk; `due` counts from the risk's opening."""

    strategy: Strategy
    title: Bilingual
    span: Span
    due: Duration | None = None
    party: str | None = None
    cost: Money | None = None
    residual: Residual | None = None
    # Only what is accepted beyond the model's appetite needs that.
    approval: Acceptance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """What tells that a risk has occurred, and what the issue is called then (None: as the risk)."""

    when: Expression
    title: Bilingual | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Contingency:
    """What is done once a risk has occurred; `due` counts from its occurring, `who` None means the risk's owner."""

    title: Bilingual
    who: Party | None
    span: Span
    due: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRule:
    """Opens a risk while `when` is true; score = probability x impact.

    `value` is the money and `days` the working days that are lost if it occurs; without them the scale of impact says.
    """

    id: str
    title: Bilingual
    category: str
    when: Expression
    probability: int
    impact: int
    who: Party
    span: Span
    response: Response | None = None
    value: Expression | None = None
    days: Decimal | None = None
    review: Duration | None = None
    occurs: Occurrence | None = None
    contingency: Contingency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A named band of scores, both ends inclusive; `named` is what the model calls it, None where it does not say."""

    id: str
    lowest: int
    highest: int
    named: Bilingual | None = None

    @property
    def title(self) -> Bilingual:
        """What people call it: by the model, else as most do, else its id."""
        return self.named or LEVEL_TITLES.get(self.id) or Bilingual(self.id, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskModel:
    """Scales, levels (lowest band first) and rules. `probabilities` maps a step to a ratio in 0..1.

    `costs` and `delays` say what a step of impact costs in money (or as a share of `value`) and in working days, where
    the scale says so. `currency` is that of all its money, None for the workspace's. `accept_by` may accept what is not
    below `accept_below`.
    """

    id: str
    version: int
    title: Bilingual
    source: Source
    parameters: Mapping[str, Parameter]
    probabilities: Mapping[int, Decimal]
    impacts: Mapping[int, Bilingual]
    levels: tuple[Level, ...]
    accept_below: str | None
    rules: Mapping[str, RiskRule]
    span: Span
    currency: str | None = None
    value: Expression | None = None
    costs: Mapping[int, Money | Decimal] = field(default_factory=lambda: MappingProxyType({}))
    delays: Mapping[int, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    accept_by: tuple[Party, ...] = ()


class Better(StrEnum):
    """Which direction of a KPI is good."""

    HIGHER = "higher"
    LOWER = "lower"


class Basis(StrEnum):
    """Which moment puts a row into the period."""

    CREATED = "created"
    OUTCOME = "outcome"
    CLOSED = "closed"
    ENTERED = "entered"
    AS_OF = "as_of"


class Per(StrEnum):
    """What a KPI is divided by: how many of these its period has."""

    DAY = "day"
    WORKING_DAY = "working_day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Computed(StrEnum):
    """What no expression over rows can say; `rules.computed` works it out."""

    FIRST_WINS = "first_wins"
    CAPACITY_HOURS = "capacity_hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A figure over a population: `formula`, or `numerator` and `denominator` (zero denominator: n/a), or `computed`.

    `unit` is percent, ratio, count, points, mo, d, h, or a currency code. `of` is the population, visible under that
    name; `entered` the state (as the document writes it) whose entry puts a row into the period, with that basis.
    `by` is the column, or a path from one, whose values make the groups that formulas see as `groups`.
    """

    id: str
    title: Bilingual
    unit: str
    better: Better
    of: str
    workflow: str | None
    basis: Basis
    source: Bilingual
    span: Span
    where: Expression | None = None
    formula: Expression | None = None
    numerator: Expression | None = None
    denominator: Expression | None = None
    entered: str | None = None
    per: Per | None = None
    by: Expression | None = None
    computed: Computed | None = None

    @property
    def formulas(self) -> Mapping[str, Expression]:
        """What is worked out over the rows: `formula`, or `numerator` and `denominator`."""
        given = {"formula": self.formula, "numerator": self.numerator, "denominator": self.denominator}
        return {part: expression for part, expression in given.items() if expression is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiSet:
    """KPIs that share a default population; `workflow` is the one whose projects are counted."""

    id: str
    version: int
    title: Bilingual
    source: Source
    workflow: str | None
    parameters: Mapping[str, Parameter]
    kpis: Mapping[str, Kpi]
    span: Span


class Missing(StrEnum):
    """What a scorecard does with a KPI that has no value."""

    EXCLUDE = "exclude"
    ZERO = "zero"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of a scorecard: the KPI maps piecewise linearly floor, target, stretch → 0, 100, 120."""

    id: str
    kpi: str
    weight: Decimal
    floor: Value
    target: Value
    span: Span
    type: FieldType
    stretch: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """Caps the grade while `when` is true."""

    id: str
    when: Expression
    cap: str
    message: Bilingual
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Weighted criteria (weights sum to 1), grades by lowest score (best first) and vetoes."""

    id: str
    version: int
    title: Bilingual
    source: Source
    subject: str
    missing: Missing
    criteria: Mapping[str, Criterion]
    grades: Mapping[str, Decimal]
    veto: Mapping[str, Veto]
    span: Span
