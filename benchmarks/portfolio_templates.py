"""Boards, sprints, bids and software roll-outs: the workflows of the shipped templates, for the benchmark of rules."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from benchmarks.portfolio import NOW, TODAY, Plain, Portfolio, cny, listed, moment, overdue, plain, rows
from benchmarks.portfolio_delivery import DELIVERIES
from benchmarks.portfolio_pipeline import DEALS
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Value
from salespm_flow.model.project import Project, Row, Snapshot, Task
from salespm_flow.working_time.days import add_working_days


def _each(count: int, days: int, **values: Value | Callable[[int], Value]) -> tuple[Row, ...]:
    """So many rows with a key of their own; a value that is a function gets the row's number."""
    return tuple(
        row
        for index in range(count)
        for row in rows(
            1,
            NOW - timedelta(days=days),
            **{name: value(index) if callable(value) else value for name, value in values.items()},
        )
    )


def _late_tasks(number: int) -> dict[str, Task]:
    return {
        str(index): Task(
            id=str(index),
            origin="",
            title=Bilingual("x", "x"),
            who="",
            opened_at=NOW - timedelta(days=9),
            due_at=NOW - timedelta(days=1 if index < number % 4 else -1),
        )
        for index in range(4)
    }


def _board(first: Project, number: int) -> Snapshot:
    items = _each(
        4 + number % 20,
        number % 7,
        item=str,
        pulled=lambda index: index % 5 == 0,
        priority=lambda index: Decimal(1 + (index + number) % 5),
    )
    project = replace(
        first,
        id=str(number),
        fields={"purpose": "x"},
        records={"items": items},
        tasks=_late_tasks(number),
        opened_at=NOW - timedelta(days=30),
    )
    return Snapshot(project=project, children={}, parent=None, kpis={})


def _board_row(_compiled: Compiled, snapshot: Snapshot) -> Plain:
    project = snapshot.project
    items = listed(project, "items")
    return {
        "items": items,
        "waiting": sum(not one["pulled"] for one in items),
        "most_waiting": 15,
        "overdue": overdue(project),
        "most_overdue": 1,
        "three_days_ago": NOW - timedelta(days=3),
    }


def _sprint(first: Project, number: int) -> Snapshot:
    points = lambda index: Decimal((3 + index * 5 + number) % 16)  # noqa: E731 -- one of the values
    backlog = _each(
        6, 9, story=str, points=points, in_sprint=lambda index: index < 4, accepted=lambda index: index % 3 == 0
    )
    sprints = _each(
        1 + number % 4,
        20,
        aim=str,
        accepted=lambda index: Decimal(10 + (index * 7 + number) % 30),
        goal_met=lambda index: (index + number) % 3 == 0,
    )
    entered = NOW - timedelta(days=number % 25)
    project = replace(
        first,
        id=str(number),
        state="sprint",
        leaves=("sprint",),
        entered={"sprint": entered},
        fields={"product": "x", "sprint_goal": "y"},
        records={"backlog": backlog, "sprints": sprints},
        opened_at=NOW - timedelta(days=60),
    )
    return Snapshot(project=project, children={}, parent=None, kpis={})


def _sprint_row(_compiled: Compiled, snapshot: Snapshot) -> Plain:
    project = snapshot.project
    backlog, sprints = listed(project, "backlog"), listed(project, "sprints")
    accepted = [one["accepted"] for one in sprints if isinstance(one["accepted"], Decimal)]
    return {
        "backlog": backlog,
        "sprints": sprints,
        "committed": sum(
            one["points"]
            for one in backlog
            if one["in_sprint"] and not one["accepted"] and isinstance(one["points"], Decimal)
        ),
        "velocity": sum(accepted) / len(accepted),
        "stretch": Decimal("1.2"),
        "misses": 2,
        "days_in_sprint": (NOW - project.entered["sprint"]).days,
    }


def _bid(first: Project, number: int) -> Snapshot:
    """A bid that is being prepared."""
    deal = DEALS.snapshot(first, number).project
    fields: dict[str, Value] = {
        **deal.fields,
        "tender_deadline": TODAY + timedelta(days=number % 20),
        "price_ceiling": cny(90_000 + number * 7_919 % 110_000),
    }
    is_preparing = number % 3 > 0
    state = "proposal" if is_preparing else "negotiation"
    clauses = _each(3, 20, clause=str, met=lambda index: index > 0 or number % 2 == 0)
    project = replace(
        deal,
        state=state,
        leaves=(state,),
        fields=fields,
        records={**deal.records, "clauses": clauses},
    )
    return Snapshot(project=project, children={}, parent=None, kpis={})


def _bid_row(compiled: Compiled, snapshot: Snapshot) -> Plain:
    project = snapshot.project
    is_preparing = project.state == "proposal"
    return {
        **DEALS.row(compiled, snapshot),
        # No stay in negotiation is told while the bid is still being written.
        "days_in_negotiation": 0 if is_preparing else (NOW - project.entered["negotiation"]).days,
        "is_negotiating": not is_preparing,
        "is_preparing": is_preparing,
        "tender_deadline": plain(project.fields["tender_deadline"]),
        "price_ceiling": plain(project.fields["price_ceiling"]),
        "close_price": Decimal("0.98"),
        "near": moment(TODAY + timedelta(days=5)),
        "clauses": listed(project, "clauses"),
    }


_TESTING: Final = "active.delivery.execution.acceptance_test"


def _rollout(first: Project, number: int) -> Snapshot:
    """A software roll-out, some of them in the customer's test."""
    base = DELIVERIES.snapshot(first, number).project
    is_testing = number % 7 != 0 and number % 2 == 0
    project = replace(
        base,
        leaves=(_TESTING, base.leaves[1]) if is_testing else base.leaves,
        entered={**base.entered, **({_TESTING: NOW - timedelta(days=2)} if is_testing else {})},
        records={
            **base.records,
            "interfaces": _each(2, 10, name=str, tested=lambda index: index > 0 or number % 4 == 0),
            "data_loads": _each(2 + number % 5, 10, object=str, checked=lambda index: index == 0),
        },
    )
    return Snapshot(project=project, children={}, parent=None, kpis={})


def _rollout_row(compiled: Compiled, snapshot: Snapshot) -> Plain:
    project = snapshot.project
    return {
        **DELIVERIES.row(compiled, snapshot),
        "is_testing": _TESTING in project.leaves,
        "interfaces": listed(project, "interfaces"),
        "data_loads": listed(project, "data_loads"),
        "rushed": plain(add_working_days(compiled.calendar, TODAY, 10)),
    }


BOARDS: Final = Portfolio(
    workflow="kanban",
    rules={
        "backlog_grows": "waiting > most_waiting",
        "items_stuck": "overdue > most_overdue",
        "urgent_waits": ("[i for i in items if not i.pulled and i.priority == 1 and i.at < three_days_ago].length > 0"),
    },
    figures={},
    snapshot=_board,
    row=_board_row,
)
SPRINTS: Final = Portfolio(
    workflow="scrum",
    rules={
        "overcommitted": "committed > velocity * stretch",
        "goals_missed": "[s for s in sprints if not s.goal_met].length >= misses",
        "sprint_too_long": "days_in_sprint > 15",
        "product_unclear": "[b for b in backlog if b.points > 13].length > 0",
    },
    figures={},
    snapshot=_sprint,
    row=_sprint_row,
)
BIDS: Final = Portfolio(
    workflow="engineering_bid",
    rules={
        **DEALS.rules,
        "bid_late": "is_preparing and tender_deadline <= near",
        "clause_open": "[c for c in clauses if not c.met].length > 0",
        "price_high": "amount > price_ceiling * close_price",
    },
    figures={},
    snapshot=_bid,
    row=_bid_row,
)
ROLLOUTS: Final = Portfolio(
    workflow="software_implementation",
    rules={
        **DELIVERIES.rules,
        "interface_late": "is_testing and [i for i in interfaces if not i.tested].length > 0",
        "dirty_data": "[d for d in data_loads if not d.checked].length > 2",
        "no_room": "is_testing and deadline < rushed",
    },
    figures={},
    snapshot=_rollout,
    row=_rollout_row,
)
