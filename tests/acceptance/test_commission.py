"""Commission as a sales manager edits it: tiers, accelerator, cap and clawback, by hand-computed amounts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.measure.evaluation import Period, evaluate
from salespm_flow.engine.queries import scopes_of
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.model.names import table_type
from salespm_flow.model.tables import tables_behind
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.store.sqlite import open_sqlite
from tests.acceptance.test_shipped_workflows import SALES_MANAGER, Desk, cny, sell, sign


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_sqlite(str(tmp_path / "store.db"), create=True, wait_seconds=5)
    yield Desk(store)
    store.close()


@pytest.mark.parametrize(
    ("revenue", "refunded", "pay"),
    [
        (0, 0, 0),
        (500_000, 0, 15_000),  # 3 % of all
        (800_000, 0, 24_000),  # the step itself
        (1_000_000, 0, 34_000),  # 24,000 + 5 % of 200,000
        (1_250_000, 50_000, 50_000),  # 24,000 + 10,000 + 8 % of 200,000
        (1_575_000, 0, 80_000),  # exactly the cap
        (2_000_000, 0, 80_000),  # 114,000, capped
        (0, 100_000, -3_000),  # clawed back at the base rate
    ],
)
def test_a_period_pays_by_tiers_up_to_the_cap_and_takes_back(revenue: int, refunded: int, pay: int) -> None:
    library = load().library
    text = f'table.commission(money({revenue}, "CNY"), money(1000000, "CNY"), money({refunded}, "CNY"))'
    node = parse(text).node
    assert node is not None
    tables = compile_tables(tables_behind(("commission",), library.decision_tables), library)
    scope = scopes_of(library)({"table": tables}, datetime(2026, 6, 1, tzinfo=UTC))
    assert compile_node(node, {"table": table_type(library)})(scope) == cny(pay)


def test_a_quarter_pays_for_what_was_won_less_what_was_withdrawn(desk: Desk) -> None:
    for project, amount in (("A", 900_000), ("B", 350_000)):
        desk.clock.moment = datetime(2026, 4, 8, 2, tzinfo=UTC)
        sell(desk, project)
        desk.fill(project, amount=cny(amount), cost=cny(1000))
        sign(desk, project)
    second = Period(start=date(2026, 4, 1), end=date(2026, 6, 30))
    library = desk.runner.definitions.library

    figures = evaluate(desk.store, library, at=desk.clock.moment, period=second).kpis
    # 24,000 + 10,000 + 8 % of 250,000
    assert figures["commission"].value == cny(54_000)
    assert figures["quota_attainment"].value == Decimal("1.25")

    desk.clock.moment = datetime(2026, 7, 10, 2, tzinfo=UTC)
    desk.fill("B", lost_reason="timing")
    assert desk.move("B", "withdraw", SALES_MANAGER, comment="客户取消") == "lost"
    third = Period(start=date(2026, 7, 1), end=date(2026, 9, 30))
    assert evaluate(desk.store, library, at=desk.clock.moment, period=third).kpis["commission"].value == cny(-10_500)
