"""Delivery projects of the shipped lifecycle, for the benchmark of rules."""

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
    moment,
    overdue,
    plain,
    rows,
)
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Value
from salespm_flow.model.project import Project, Snapshot, Task
from salespm_flow.model.workflow import Outcome
from salespm_flow.working_time.days import working_days_count

_LEAVES: Final = ("active.delivery.execution.working", "active.delivery.control.green")
_DELIVERY: Final = "active.delivery"
_BLOCKED: Final = "active.delivery.execution.blocked"


def _snapshot(first: Project, number: int) -> Snapshot:
    """A project in delivery."""
    opened = NOW - timedelta(days=60 + number % 50)
    begun = opened + timedelta(days=20)
    is_blocked = number % 7 == 0
    fields: dict[str, Value] = {
        "scope": "x",
        "budget": cny(200_000 + number * 41 % 90_000),
        "start_on": opened.date(),
        "deadline": TODAY + timedelta(days=number % 60 - 20),
    }
    records = {
        "changes": rows(number % 5, begun, what="x", reason="y"),
        "milestones": tuple(
            row
            for index in range(3)
            for row in rows(
                1,
                opened,
                name=str(index),
                due=TODAY + timedelta(days=number % 30 - 10),
                **({"met_on": TODAY} if index < number % 4 else {}),
            )
        ),
        "reviews": rows(number % 3, NOW - timedelta(days=number % 25), result="x"),
        "spending": tuple(
            row
            for index, category in enumerate(("labour", "material", "equipment"))
            for row in rows(1, begun, category=category, amount=cny(5_000 + number * (index + 7) * 13 % 131_000))
        ),
        "rivals": rows(number % 2, begun, name="R"),
        "inspections": tuple(
            row for index in range(4) for row in rows(1, begun, round=Decimal(1), passed=index >= number % 4)
        ),
        "feasibility": tuple(
            row
            for index, aspect in enumerate(("technical", "economic", "schedule"))
            for row in rows(1, opened, aspect=aspect, feasible=number % 9 != index)
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
        state="delivery",
        leaves=(_BLOCKED, _LEAVES[1]) if is_blocked else _LEAVES,
        entered={_DELIVERY: begun} | ({_BLOCKED: NOW - timedelta(days=number % 6)} if is_blocked else {}),
        fields=fields,
        records={name: given for name, given in records.items() if given},
        tasks=tasks,
        updated_at=begun,
        opened_at=opened,
        outcome=(None, Outcome.DELIVERED, Outcome.DELIVERED, Outcome.CANCELLED)[number % 4],
        outcome_at=NOW - timedelta(days=number % 20) if number % 4 else None,
    )
    return Snapshot(project=project, children={}, parent=None, kpis={})


def _row(compiled: Compiled, snapshot: Snapshot) -> Plain:
    project = snapshot.project
    spending = listed(project, "spending")
    begun = project.entered[_DELIVERY]
    last = max([begun, *(row.at for row in project.records.get("reviews", ()))])
    return {
        **ended(project),
        **{name: listed(project, name) for name in ("changes", "rivals", "inspections", "feasibility")},
        "milestones": listed(project, "milestones", "met_on"),
        "spending": spending,
        "spent": sum(one["amount"] for one in spending if isinstance(one["amount"], Decimal)),
        "budget": plain(project.fields["budget"]),
        "deadline": plain(project.fields["deadline"]),
        "overdue": overdue(project),
        "today": moment(TODAY),
        "is_delivering": True,
        "days_since_review": working_days_count(
            compiled.calendar, last.astimezone(compiled.zone).date(), NOW.astimezone(compiled.zone).date()
        ),
        "review_days": 10,
        "material_share": Decimal("0.5"),
        "days_blocked": (NOW - project.entered[_BLOCKED]).days if _BLOCKED in project.entered else 0,
    }


DELIVERIES: Final = Portfolio(
    workflow="pm_lifecycle",
    rules={
        "scope_grows": "changes.length > 2",
        "late_work": "overdue > 2",
        "past_deadline": "today > deadline",
        "milestone_missed": "[m for m in milestones if m.met_on == null and m.due < today].length > 0",
        "unreviewed": "is_delivering and days_since_review > review_days",
        "material_prices": ('$sum([s.amount for s in spending if s.category == "material"]) > budget * material_share'),
        "rival_at_customer": "rivals.length > 0",
        "overspend": "spent / budget > 0.8",
        "failed_inspections": "[i for i in inspections if not i.passed].length >= 2",
        "blocked_long": "days_blocked > 3",
        "unproven_technology": '[f for f in feasibility if f.aspect == "technical" and not f.feasible].length > 0',
    },
    figures={
        "on_time_rate": Figure("outcome == 'delivered'", ("outcome_on <= deadline",)),
        "within_budget_rate": Figure("outcome == 'delivered'", ("spent <= budget",)),
        "delivery_success": Figure(
            "outcome == 'delivered' or outcome == 'cancelled'",
            ("outcome == 'delivered' and outcome_on <= deadline and spent <= budget",),
        ),
        "delivery_time": Figure("outcome == 'delivered'", ("cycle_days",)),
        "budget_used": Figure("outcome == 'delivered'", ("spent", "budget"), Whole.RATIO),
    },
    snapshot=_snapshot,
    row=_row,
)
