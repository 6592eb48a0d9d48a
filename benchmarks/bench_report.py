"""A portfolio report over 100,000 projects: as much memory as over a tenth of them, and ten times the time."""

import tempfile
import time
import tracemalloc
from pathlib import Path

from benchmarks.bench_forecast import NOW, deals_store
from benchmarks.measure import Result, result
from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Language
from salespm_flow.engine.ports import Store
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.model.library import Library
from salespm_flow.report.management.html import html
from salespm_flow.report.management.portfolio import portfolio_page
from salespm_flow.report.management.sheet import Inquiry
from salespm_flow.rules.period import ALWAYS

FEW = 10_000
MANY = 100_000
MIB = 2**20


def run(folder: Path) -> tuple[Result, ...]:
    """Seconds without looking at memory, then the highest that Python held, over both stores."""
    library = load().library
    with tempfile.TemporaryDirectory(dir=folder) as name:
        few = deals_store(Path(name) / "few.db", library, FEW)
        many = deals_store(Path(name) / "many.db", library, MANY)
        short, long = _seconds(few, library), _seconds(many, library)
        small, large = _peak(few, library), _peak(many, library)
        few.close()
        many.close()
    return (
        result(
            f"a portfolio report over {MANY:,} projects",
            f"{MANY // FEW} times one over {FEW:,}",
            [(long, short * MANY / FEW)],
            limit=1.3,
        ),
        result(
            f"memory of a portfolio report over {MANY:,} projects",
            f"over {FEW:,}",
            [(large, small)],
            limit=1.2,
            is_memory=True,
        ),
    )


def _page(store: Store, library: Library) -> str:
    runner = Runner(store, library, SystemClock())
    inquiry = Inquiry(runner=runner, at=NOW, language=Language.EN, period=ALWAYS)
    return html(portfolio_page(inquiry))


def _seconds(store: Store, library: Library) -> float:
    begun = time.perf_counter()
    _page(store, library)
    return time.perf_counter() - begun


def _peak(store: Store, library: Library) -> float:
    tracemalloc.start()
    try:
        _page(store, library)
        return tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()
