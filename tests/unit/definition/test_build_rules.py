"""The texts of rules, calendars and mappings become their models."""

from datetime import UTC, date, time
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Money, WorkingDays
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.library import ImportMapping, Unmapped
from salespm_flow.model.rules import (
    Basis,
    Better,
    KpiSet,
    Level,
    Missing,
    Residual,
    RiskModel,
    Scorecard,
    Strategy,
)
from salespm_flow.working_time import Calendar, Shift, Weekday
from tests.unit.definition.texts import document

RISKS = """\
salespm: 1
kind: risk_model
id: risks
version: 1
parameters: {tight: 30d}
scales: {probability: {1: 10%, 2: 50%}, impact: {1: 低, 2: {title: {zh: 高, en: High}}}}
levels: {low: [1, 2], high: [3, 4]}
accept_below: high
rules:
  war:
    title: {zh: 降价, en: Price war}
    category: competitor
    when: 1 > 0
    probability: 2
    impact: 1
    who: owner
    response:
      strategy: transfer
      title: 分包
      due: 5wd
      party: partner
      cost: 50000 CNY
      residual: {probability: 0, impact: 1}
"""


def test_risk_model_is_built() -> None:
    model = document(RISKS)
    assert isinstance(model, RiskModel)
    assert (model.probabilities, model.impacts, model.levels, model.accept_below) == (
        {1: Decimal("0.1"), 2: Decimal("0.5")},
        {1: Bilingual("低", "低"), 2: Bilingual("高", "High")},
        (Level(id="low", lowest=1, highest=2), Level(id="high", lowest=3, highest=4)),
        "high",
    )
    rule = model.rules["war"]
    assert (rule.title, rule.category, rule.when.text, rule.probability, rule.impact) == (
        Bilingual("降价", "Price war"),
        "competitor",
        "1 > 0",
        2,
        1,
    )
    response = rule.response
    assert response is not None
    assert (response.strategy, response.title, response.due, response.party, response.cost, response.residual) == (
        Strategy.TRANSFER,
        Bilingual("分包", "分包"),
        WorkingDays(Decimal(5)),
        "partner",
        Money(Decimal(50000), "CNY"),
        Residual(probability=0, impact=1),
    )


def test_kpi_set_is_built() -> None:
    kpis = document("""\
        salespm: 1
        kind: kpi_set
        id: kpis
        version: 1
        workflow: small
        kpis:
          rate:
            unit: percent
            better: higher
            of: projects
            basis: outcome
            where: outcome = "won"
            numerator: count(projects)
            denominator: count(projects)
            source: {zh: 使命, en: mission}
          other:
            {unit: CNY, better: lower, of: projects, workflow: big, basis: as_of, source: x, formula: sum(projects.x)}
    """)
    assert isinstance(kpis, KpiSet)
    rate, other = kpis.kpis["rate"], kpis.kpis["other"]
    assert (rate.unit, rate.better, rate.of, rate.workflow, rate.basis, rate.source) == (
        "percent",
        Better.HIGHER,
        "projects",
        "small",
        Basis.OUTCOME,
        Bilingual("使命", "mission"),
    )
    texts = [one and one.text for one in (rate.where, rate.formula, rate.numerator, rate.denominator)]
    assert texts == ['outcome = "won"', None, "count(projects)", "count(projects)"]
    assert (other.workflow, other.unit, other.formula and other.formula.text) == ("big", "CNY", "sum(projects.x)")


def test_scorecard_is_built_with_the_best_grade_first() -> None:
    scorecard = document("""\
        salespm: 1
        kind: scorecard
        id: s
        version: 1
        for: person
        missing: zero
        criteria:
          days: {kpi: cycle, weight: 60%, floor: 90d, target: 60d, stretch: 30d}
          wins: {kpi: wins, weight: 40%, floor: 0, target: 5}
        grades: {D: 0, B: 75, A: 90}
        veto: {gate: {when: kpi.wins < 1, cap: B, message: 太少}}
    """)
    assert isinstance(scorecard, Scorecard)
    assert (scorecard.subject, scorecard.missing, list(scorecard.grades.items())) == (
        "person",
        Missing.ZERO,
        [("A", Decimal(90)), ("B", Decimal(75)), ("D", Decimal(0))],
    )
    wins = scorecard.criteria["wins"]
    assert (wins.kpi, wins.weight, wins.floor, wins.target, wins.stretch, wins.type) == (
        "wins",
        Decimal("0.4"),
        Decimal(0),
        Decimal(5),
        None,
        SimpleType(Scalar.NUMBER),
    )
    veto = scorecard.veto["gate"]
    assert (veto.when.text, veto.cap, veto.message) == ("kpi.wins < 1", "B", Bilingual("太少", "太少"))


def test_calendar_is_built() -> None:
    assert document("""\
        salespm: 1
        kind: calendar
        id: office
        version: 1
        country: CN
        week: [mon, sat]
        hours: ["09:00-12:00", "18:00-24:00"]
        off: [2026-07-10]
        work: [2026-03-07]
    """) == Calendar(
        id="office",
        zone=UTC,
        country="CN",
        week=(Weekday.MON, Weekday.SAT),
        shifts=(Shift(time(9), time(12)), Shift(time(18), time(0))),
        off=frozenset({date(2026, 7, 10)}),
        work=frozenset({date(2026, 3, 7)}),
    )


def test_mapping_is_built() -> None:
    mapping = document("""\
        salespm: 1
        kind: mapping
        id: m
        version: 1
        workflow: small
        format: csv
        key: id
        owner: agent
        state: {from: stage, values: {Won: closed}}
        fields: {amount: value, day: {from: date, format: yyyy-MM-dd}, product: {from: p, values: {GTXPro: GTX Pro}}}
        entered: {open: start, closed: end}
        unmapped: refuse
        as_of: "2017-12-31"
    """)
    assert isinstance(mapping, ImportMapping)
    assert (mapping.workflow, mapping.format, mapping.key, mapping.owner, mapping.unmapped, mapping.as_of) == (
        "small",
        "csv",
        "id",
        "agent",
        Unmapped.REFUSE,
        "2017-12-31",
    )
    assert (mapping.state_column, mapping.state_values, mapping.entered) == (
        "stage",
        {"Won": "closed"},
        {"open": "start", "closed": "end"},
    )
    assert [(one.field, one.column, one.format, one.values) for one in mapping.fields.values()] == [
        ("amount", "value", None, {}),
        ("day", "date", "yyyy-MM-dd", {}),
        ("product", "p", None, {"GTXPro": "GTX Pro"}),
    ]
