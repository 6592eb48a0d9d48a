"""Sales projects, each with deals of its own, for the benchmark of rules."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from benchmarks.portfolio import (
    NOW,
    TODAY,
    Figure,
    Plain,
    Portfolio,
    Whole,
    cny,
    ended,
    listed,
    overdue,
    plain,
    rows,
)
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.aims import goal_record
from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Money
from salespm_flow.model.project import Project, Snapshot, Task
from salespm_flow.model.workflow import Outcome

_GOAL: Final = "quarter_revenue"


def _snapshot(first: Project, number: int) -> Snapshot:
    """A sales project that is selling, with some deals."""
    opened = NOW - timedelta(days=60)
    records = {
        "spending": rows(1 + number % 3, opened, amount=cny(20_000 + number * 17 % 30_000)),
        "materials": rows(
            number % 2, opened, name="box", quantity=Decimal(1), needed_by=TODAY + timedelta(days=number % 10)
        ),
    }
    tasks = {
        str(index): Task(
            id=str(index),
            origin="",
            title=Bilingual("x", "x"),
            who="",
            opened_at=opened,
            due_at=NOW - timedelta(days=1 if index < number % 5 else -1),
        )
        for index in range(5)
    }
    project = replace(
        first,
        id=str(number),
        fields={"budget": cny(80_000), "ends_on": TODAY + timedelta(days=number % 20 - 10)},
        records={name: given for name, given in records.items() if given},
        tasks=tasks,
        opened_at=opened,
        outcome=(None, Outcome.DELIVERED, Outcome.CANCELLED)[number % 3],
        outcome_at=NOW - timedelta(days=number % 9) if number % 3 else None,
    )
    deals = tuple(
        replace(
            first,
            id=f"{number}-{index}",
            state="lost",
            fields={
                "lost_reason": "rival" if index < number % 6 else "no_decision",
                "amount": cny(50_000),
                "discount": Decimal(index + number % 4) / 20,
            },
            outcome=Outcome.LOST,
            outcome_at=NOW,
        )
        for index in range(4)
    )
    return Snapshot(
        project=project,
        children={"deals": deals},
        parent=None,
        kpis={f"goal.{_GOAL}": Money(Decimal(400_000 + number * 97 % 500_000), "USD")},
    )


def _row(compiled: Compiled, snapshot: Snapshot) -> Plain:
    project = snapshot.project
    goal = goal_record(compiled.aims[_GOAL], snapshot.kpis[f"goal.{_GOAL}"], NOW)
    spending = listed(project, "spending")
    return {
        **ended(project),
        "deals": [
            {name: deal.fields[name] for name in ("lost_reason", "discount")} for deal in snapshot.children["deals"]
        ],
        "steep": Decimal("0.15"),
        "materials": listed(project, "materials", "ready_on"),
        "spent": sum(one["amount"] for one in spending if isinstance(one["amount"], Decimal)),
        "budget": plain(project.fields["budget"]),
        "ends_on": plain(project.fields["ends_on"]),
        "pace": goal["pace"],
        "slow": Decimal("0.9"),
        "losses": 3,
        "tight": Decimal("0.8"),
        "overdue": overdue(project),
        "soon": plain(TODAY + timedelta(days=5)),
    }


PROJECTS: Final = Portfolio(
    workflow="sales_project",
    rules={
        "behind_pace": "pace < slow",
        "rivals_win": '[d for d in deals if d.lost_reason == "rival"].length >= losses',
        "customers_hesitate": '[d for d in deals if d.lost_reason == "no_decision"].length >= losses',
        "deep_discounts": "[d for d in deals if d.discount > steep].length >= losses",
        "budget_short": "spent / budget > tight",
        "material_late": "[m for m in materials if m.ready_on == null and m.needed_by < soon].length > 0",
        "work_late": "overdue > 2",
    },
    figures={
        "project_budget_used": Figure("outcome == 'delivered' and budget != null", ("spent", "budget"), Whole.RATIO),
        "project_on_time": Figure("outcome == 'delivered'", ("outcome_on <= ends_on",)),
    },
    snapshot=_snapshot,
    row=_row,
)
