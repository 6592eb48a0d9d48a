"""Calibrating and forecasting 100,000 deals, against a plain numpy program that reads the same store file.

Both sides read the file, learn the rate of each state with its Wilson interval, weight the open deals of a quarter by
declared and by learned probabilities, and simulate both sums with as many draws. The peer knows the tables, the one
workflow, its fields and its currency, and checks nothing.
"""

import json
import sqlite3
import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.measure import Result, result, seconds
from benchmarks.told import moved, write_of
from salespm_flow.definition.workspace import load
from salespm_flow.engine.measure.deals import Source, columns_of
from salespm_flow.engine.measure.forecast import Forecast, forecast
from salespm_flow.engine.ports import Store, Write
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.expr.values import Money
from salespm_flow.model.history import Change, Closed, FieldSet, Opened, OutcomeReached
from salespm_flow.model.library import Library
from salespm_flow.model.project import Pin
from salespm_flow.model.workflow import Outcome
from salespm_flow.rules.forecast.deals import View
from salespm_flow.rules.forecast.distribution import RUNS
from salespm_flow.rules.forecast.outlook import Frame
from salespm_flow.rules.period import ALWAYS, read_period
from salespm_flow.store import open_store

DEALS = 100_000
ROUNDS = 3
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 10, 1, 1, tzinfo=UTC)
STAGES = ("market_research", "prospecting", "proposal", "negotiation")


def run(folder: Path) -> tuple[Result, ...]:
    """The ratio over interleaved runs; the weighted sums of both must agree."""
    try:
        import numpy  # noqa: F401, ICN001, PLC0415 -- the peer, where it is installed
    except ImportError:
        return ()
    library = load().library
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name) / "deals.db"
        store = deals_store(place, library, DEALS)
        declared = {path: state.probability for path, state in library.workflows["sales_pipeline"].states.items()}
        plain = {path: float(chance) for path, chance in declared.items() if chance is not None}
        ours, peer = _ours(store, library), _peer(place, plain)
        means = tuple(float(ours.outlook.forecast[view].mean) for view in View)
        if any(abs(mine - theirs) > 1e-6 * theirs for mine, theirs in zip(means, peer, strict=True)):
            raise RuntimeError(means, peer)
        runs = [(seconds(lambda: _ours(store, library)), seconds(lambda: _peer(place, plain))) for _ in range(ROUNDS)]
        store.close()
    return (result(f"calibrate and forecast {DEALS:,} deals", "a plain numpy program", runs, limit=10),)


def _ours(store: Store, library: Library) -> Forecast:
    workflow = library.workflows["sales_pipeline"]
    source = Source(store=store, library=library, workflow=workflow, columns=columns_of(workflow, library))
    period = read_period("2026-Q4") or ALWAYS
    return forecast(source, Frame(period=period, today=date(2026, 10, 1)), at=NOW, target=Decimal(10**8))


def _peer(place: Path, declared: dict[str, float]) -> tuple[float, float]:
    import numpy as np  # noqa: PLC0415 -- as above

    places = {path: number for number, path in enumerate(declared)}
    with sqlite3.connect(place) as connection:
        rows = connection.execute("SELECT outcome, body FROM projects WHERE workflow = 'sales_pipeline'").fetchall()
    reached = np.zeros((len(rows), len(places)), dtype=bool)
    stands, amounts = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows))
    is_won, is_open, is_due = (np.zeros(len(rows), dtype=bool) for _ in range(3))
    for number, (outcome, text) in enumerate(rows):
        body = json.loads(text)
        for path in body["entered"]:
            if path in places:
                reached[number, places[path]] = True
        stands[number] = places.get(body["leaves"][0], 0)
        amounts[number] = float(body["fields"]["amount"]["money"][0])
        is_won[number], is_open[number] = outcome == "won", outcome is None
        is_due[number] = "2026-10-01" <= body["fields"]["decision_on"]["date"] <= "2026-12-31"
    won, closed = reached[is_won].sum(axis=0), reached[~is_open].sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = won / closed
        _wilson = (rates + 1.96**2 / (2 * closed)) / (1 + 1.96**2 / closed)
    wished = np.array(list(declared.values()))
    learned = np.where(closed >= 10, rates, wished)
    counts = is_open & is_due
    worth, where = amounts[counts], stands[counts]
    source, means = np.random.default_rng(1), []
    for chances in (wished[where], learned[where]):
        sums = [worth[source.random(len(worth)) < chances].sum() for _ in range(RUNS)]
        np.percentile(sums, (10, 50, 90))
        means.append(float((worth * chances).sum()))
    return means[0], means[1]


def deals_store(place: Path, library: Library, deals: int) -> Store:
    """A store of that many deals, open and ended, over half a year."""
    runner = Runner(open_store(str(place), create=True), library, SystemClock())
    compiled = runner.definitions.openable("sales_pipeline")
    runner.definitions.keep(compiled)
    with runner.store.batch():
        for number in range(deals):
            runner.store.commit((_write(number, compiled.pin),))
    return runner.store


def _write(number: int, pin: Pin) -> Write:
    opened = START + timedelta(days=number % 200)
    first: tuple[Change, ...] = (
        Opened(pin=pin, owner=f"owner{number % 50}"),
        FieldSet(field="product", value=f"product{number % 7}"),
        FieldSet(field="amount", value=Money(Decimal(1_000 + number * 37 % 90_001), "CNY")),
        FieldSet(field="decision_on", value=date(2026, 10, 1) + timedelta(days=number % 120)),
        moved(None, STAGES[0], "go"),
    )
    told: list[tuple[datetime, tuple[Change, ...]]] = [(opened, first)]
    told += [
        (opened + timedelta(days=step * 9), (moved(STAGES[step - 1], STAGES[step], "go"),))
        for step in range(1, 1 + number % len(STAGES))
    ]
    if number % 5 > 1:
        # The further a deal came, the likelier it was won.
        outcome = Outcome.WON if number * 7919 % 10 < 2 + 2 * (number % len(STAGES)) else Outcome.LOST
        told.append((opened + timedelta(days=60), (OutcomeReached(outcome=outcome), Closed())))
    name = f"D{number:06}"
    return write_of(name, told)
