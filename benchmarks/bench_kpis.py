"""All shipped KPIs over many projects: linear in the projects, and one pass however many KPIs look at them."""

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.measure import Result, result
from benchmarks.told import moved, write_of
from salespm_flow.definition.workspace import load
from salespm_flow.engine.measure.evaluation import Period, Question, evaluate_many
from salespm_flow.engine.ports import Store, Write
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.expr.values import Money
from salespm_flow.model.history import Change, Closed, FieldSet, Opened, OutcomeReached, RowAdded
from salespm_flow.model.library import Library
from salespm_flow.model.project import Pin, Row
from salespm_flow.model.workflow import Outcome
from salespm_flow.store import open_store

FEW = 10_000
MANY = 100_000
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 31, 1, tzinfo=UTC)
YEAR = Period(start=date(2026, 1, 1), end=date(2026, 12, 31))
# What a sales manager looks at, none of which asks for histories.
PLAIN = ("revenue", "deals_won", "win_rate", "cycle", "open_pipeline", "gross_margin", "csat", "new_customers")


def run(folder: Path) -> tuple[Result, ...]:
    """Ten times as many projects against ten times the work, and all KPIs at once against one by one."""
    library = load().library
    with tempfile.TemporaryDirectory(dir=folder) as name:
        few, many = _store(Path(name) / "few.db", library, FEW), _store(Path(name) / "many.db", library, MANY)
        small, large = _seconds(few, library, None), _seconds(many, library, None)
        plain = _seconds(many, library, PLAIN)
        together = _seconds(few, library, PLAIN)
        apart = sum(_seconds(few, library, (kpi,)) for kpi in PLAIN)
        few.close()
        many.close()
    count = sum(len(kpis.kpis) for kpis in library.kpi_sets.values())
    times = MANY // FEW
    print(f"{count} KPIs over {MANY}: {large:.1f} s; {len(PLAIN)} without histories: {plain:.1f} s")
    return (
        result(
            f"all {count} KPIs over {MANY:,} projects",
            f"{times} times those over {FEW:,}",
            [(large, small * times)],
            limit=1.3,
        ),
        result(f"{len(PLAIN)} KPIs in one pass over {FEW:,} projects", "one by one", [(together, apart)]),
    )


def _seconds(store: Store, library: Library, only: Sequence[str] | None) -> float:
    # Of the processor: other work on the machine would else tell whether two runs minutes apart are in proportion.
    begun = time.process_time()
    (answer,) = evaluate_many(store, library, (Question(period=YEAR),), at=NOW, only=only)
    if not answer.kpis["revenue" if only is None or "revenue" in only else only[0]].population:
        raise RuntimeError("no row was counted")
    return time.process_time() - begun


def _store(place: Path, library: Library, count: int) -> Store:
    runner = Runner(open_store(str(place), create=True), library, SystemClock())
    compiled = runner.definitions.openable("sales_pipeline")
    runner.definitions.keep(compiled)
    with runner.store.batch():
        for number in range(count):
            runner.store.commit((_write(number, compiled.pin),))
    return runner.store


def _write(number: int, pin: Pin) -> Write:
    opened = START + timedelta(days=number % 300)
    name = f"P{number:06}"
    amount, cost = Money(Decimal(1_000 + number % 9_000), "CNY"), Money(Decimal(700), "CNY")
    told: list[tuple[datetime, tuple[Change, ...]]] = [
        (
            opened,
            (
                Opened(pin=pin, owner=f"owner{number % 50}"),
                FieldSet(field="account", value=f"account{number % 2_000}"),
                FieldSet(field="amount", value=amount),
                FieldSet(field="cost", value=cost),
                FieldSet(field="discount", value=Decimal(0)),
                moved(None, "market_research", "qualify"),
            ),
        ),
        (opened + timedelta(days=2), (moved("market_research", "prospecting", "qualify"),)),
    ]
    if number % 3:
        ended = opened + timedelta(days=30 + number % 20)
        row = Row(number=1, at=ended, by="wang", first_at=ended, values={"score": Decimal(1 + number % 5)})
        outcome = Outcome.WON if number % 3 == 1 else Outcome.LOST
        told.append((ended, (RowAdded(record="surveys", row=row), OutcomeReached(outcome=outcome), Closed())))
    return write_of(name, told)
