"""How people, teams and projects are rated: cards of weighted criteria, grades, vetoes; and what results pay."""

from datetime import UTC, datetime
from decimal import Decimal

from salespm_flow.engine.measure.subjects import Subject, SubjectKind
from salespm_flow.engine.queries import scopes_of
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.values import Value
from salespm_flow.model.names import table_type
from salespm_flow.model.tables import tables_behind
from salespm_flow.rules.decision_table import compile_tables
from tests.acceptance.mission.documents import DELIVERY, GOALS
from tests.acceptance.mission.world import World
from tests.acceptance.test_shipped_workflows import cny

DOCUMENTS = (
    *DELIVERY,
    *GOALS,
    "sales_kpis",
    "delivery_kpis",
    "commission_kpis",
    "commission",
    "commission_tiers",
    "sales_scorecard",
    "pm_scorecard",
    "sales_pipeline",
    "sales_risks",
    "discount_limit",
)


def _points(world: World, card: str, subject: Subject) -> dict[str, str]:
    lines = world.card(card, subject).lines
    return {line.criterion: "n/a" if line.points is None else f"{round(line.points, 2):f}" for line in lines}


def project_manager(world: World) -> None:
    """Half in time and half within budget earn nothing; the rest is between floor and stretch."""
    qian = Subject(kind=SubjectKind.PERSON, id="qian")
    assert _points(world, "pm_scorecard", qian) == {
        "schedule": "0.00",  # 50 %, its floor
        "cost": "0.00",  # 50 %, its floor
        "quality": "25.00",  # 50 % of 40 % to 80 %
        "speed": "120.00",  # 65 days, under the stretch
        "budget": "120.00",  # 90 %, the stretch
    }
    # Both projects are of the one unit that delivers, so its card is that of its only manager.
    team = Subject(kind=SubjectKind.TEAM, id=world.company.people["qian"].unit or "")
    assert _points(world, "pm_scorecard", team) == _points(world, "pm_scorecard", qian)
    score = world.card("pm_scorecard", qian)
    assert (score.total, score.grade) == (Decimal("36.25"), "D")


def sales_team(world: World) -> None:
    """600,000 CNY of a million weigh most: results decide."""
    east = Subject(kind=SubjectKind.TEAM, id="east")
    assert _points(world, "sales_scorecard", east) == {
        "revenue": "60.00",  # 600,000 of 1,000,000
        "margin": "120.00",  # 30 %, the stretch
        "win_rate": "113.33",  # 60 %: 100 and two thirds of the way to 65 %
        "satisfaction": "120.00",  # all of those who answered
        "cycle": "120.00",  # 40 days, under the stretch
    }
    score = world.card("sales_scorecard", east)
    assert (round(score.total or 0, 2), score.grade, score.capped_by) == (Decimal("95.00"), "A", ())
    card = world.library.scorecards["sales_scorecard"]
    assert sum(criterion.weight for criterion in card.criteria.values()) == 1
    assert set(card.veto) == {"dissatisfied"}


def pay(world: World) -> None:
    """600,000 CNY sold of a quota of 1,000,000 pay the base rate."""
    assert world.figures("commission", "quota_attainment") == {"commission": "18000 CNY", "quota_attainment": "0.6"}
    # The accelerator: 24,000 + 10,000 + 8 % of 200,000; the cap; what is taken back, at the base rate.
    assert [_paid(world, *one) for one in ((1_250_000, 50_000), (2_000_000, 0), (0, 100_000))] == [
        cny(50_000),
        cny(80_000),
        cny(-3_000),
    ]


def _paid(world: World, revenue: int, refunded: int) -> Value:
    """What a period pays of a quota of a million."""
    library = world.library
    text = f'table.commission(money({revenue}, "CNY"), money(1000000, "CNY"), money({refunded}, "CNY"))'
    node = parse(text).node
    assert node is not None
    tables = compile_tables(tables_behind(("commission",), library.decision_tables), library)
    scope = scopes_of(library)({"table": tables}, datetime(2026, 6, 1, tzinfo=UTC))
    return compile_node(node, {"table": table_type(library)})(scope)


def products(world: World) -> None:
    """A product's figures are those of its deals: none of the quarter's names one."""
    nothing = Subject(kind=SubjectKind.PRODUCT, id="MES")
    assert world.figures("deals_won", subject=nothing) == {"deals_won": "0"}
    assert "product" in world.workflow("sales_pipeline").fields
