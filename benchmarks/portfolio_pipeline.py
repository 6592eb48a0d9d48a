"""Deals of the shipped sales pipeline, for the benchmark of rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from benchmarks.portfolio import NOW, TODAY, Figure, Plain, Portfolio, Whole, cny, ended, listed, plain, rows
from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Value
from salespm_flow.model.project import Project, Snapshot
from salespm_flow.model.workflow import Outcome
from salespm_flow.working_time.days import working_days_count


def _snapshot(first: Project, number: int) -> Snapshot:
    """A deal in negotiation."""
    entered = NOW - timedelta(days=number % 40 + 1)
    proposal = entered - timedelta(days=10)
    talking = proposal - timedelta(days=15)
    fields: dict[str, Value] = {
        "amount": cny(100_000 + number * 37 % 90_000),
        "cost": cny(80_000 + number * 53 % 60_000),
        "promised_on": TODAY + timedelta(days=number % 90),
    }
    records = {
        "market_notes": rows(number % 3, proposal + timedelta(days=number % 7 - 4), trend="up", source="press"),
        "activities": rows(1 + number % 4, NOW - timedelta(days=number % 60), sort="call"),
        "rivals": tuple(
            row
            for index in range(number % 3)
            for row in rows(1, talking, name=str(index), price=cny(70_000 + number * 11 % 80_000))
        ),
        "materials": rows(
            number % 2, talking, name="box", sort="sample", needed_by=TODAY + timedelta(days=number % 10)
        ),
        "needs": tuple(row for index in range(3) for row in rows(1, talking, ref=str(index), need="x")),
        "surveys": rows(number % 2, talking, score=Decimal(1 + number % 5)),
        "solution": tuple(
            row for index in range(1 + number % 3) for row in rows(1, talking, item=str(index), need=str(index))
        ),
    }
    project = replace(
        first,
        id=str(number),
        state="negotiation",
        leaves=("negotiation",),
        entered={"communication": talking, "proposal": proposal, "negotiation": entered},
        fields=fields,
        records={name: given for name, given in records.items() if given},
        changed={"needs": proposal + timedelta(days=number % 5 - 2)},
        updated_at=entered,
        opened_at=talking,
        outcome=(None, Outcome.WON, Outcome.LOST)[number % 3],
        outcome_at=entered if number % 3 else None,
    )
    return Snapshot(project=project, children={}, parent=None, kpis={})


def _row(compiled: Compiled, snapshot: Snapshot) -> Plain:
    project = snapshot.project
    proposal = project.entered["proposal"]
    last = max((row.at for row in project.records.get("activities", ())), default=project.entered["communication"])
    solution = listed(project, "solution")
    return {
        **ended(project),
        **{name: listed(project, name) for name in ("market_notes", "rivals", "needs")},
        "materials": listed(project, "materials", "ready_on"),
        "solved": [one["need"] for one in solution],
        "amount": plain(project.fields["amount"]),
        "cost": plain(project.fields["cost"]),
        "undercut": Decimal("0.9"),
        "proposal_at": proposal,
        "needs_changed": project.changed["needs"] > proposal,
        "days_in_negotiation": (NOW - project.entered["negotiation"]).days,
        "is_talking": True,
        "is_negotiating": True,
        "is_won": False,
        "idle_days": working_days_count(
            compiled.calendar, last.astimezone(compiled.zone).date(), NOW.astimezone(compiled.zone).date()
        ),
        "silence": 15,
        "promised_on": plain(project.fields["promised_on"]),
        "tight": datetime(2026, 7, 1, tzinfo=UTC),
        "soon": datetime(2026, 6, 6, tzinfo=UTC),
        "satisfaction": next((row.values["score"] for row in project.records.get("surveys", ())), None),
    }


DEALS: Final = Portfolio(
    workflow="sales_pipeline",
    rules={
        "market_moved": "[n for n in market_notes if n.at >= proposal_at].length > 0",
        "needs_changed": "needs_changed",
        "stalled": "days_in_negotiation > 25",
        "out_of_touch": "is_talking and idle_days > silence",
        "rival_present": "rivals.length > 0",
        "price_war": "[r for r in rivals if r.price < amount * undercut].length > 0",
        "samples_late": "[m for m in materials if m.ready_on == null and m.needed_by < soon].length > 0",
        "tight_promise": "not is_won and promised_on != null and promised_on < tight",
        "low_margin": "(amount - cost) / amount < 0.2",
        "uncovered_needs": "is_negotiating and [n for n in needs if n.ref in solved].length < needs.length",
    },
    figures={
        "revenue": Figure("outcome == 'won' and amount != null", ("amount",), Whole.SUM),
        "gross_margin": Figure(
            "outcome == 'won' and amount != null and cost != null", ("amount - cost", "amount"), Whole.RATIO
        ),
        "win_rate": Figure("outcome == 'won' or outcome == 'lost'", ("outcome == 'won'",)),
        "satisfied": Figure("outcome == 'won' and satisfaction != null", ("satisfaction >= 4",)),
        "cycle": Figure("outcome == 'won'", ("cycle_days",)),
    },
    snapshot=_snapshot,
    row=_row,
)
