"""Runs the benchmarks named on the command line (all without a name) and prints their table as Markdown."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import (
    bench_advance,
    bench_decisions,
    bench_evaluation,
    bench_expressions,
    bench_forecast,
    bench_growth,
    bench_inbox,
    bench_kpis,
    bench_machine,
    bench_memory,
    bench_migrate,
    bench_replay,
    bench_report,
    bench_rules,
    bench_scenarios,
    bench_startup,
    bench_tables,
    bench_validate,
)
from benchmarks.measure import Result, machine, table

BENCHMARKS: Mapping[str, Callable[[Path], tuple[Result, ...]]] = {
    "advance": bench_advance.run,
    "decisions": bench_decisions.run,
    "evaluation": bench_evaluation.run,
    "expressions": bench_expressions.run,
    "forecast": bench_forecast.run,
    "growth": bench_growth.run,
    "inbox": bench_inbox.run,
    "kpis": bench_kpis.run,
    "machine": bench_machine.run,
    "memory": bench_memory.run,
    "migrate": bench_migrate.run,
    "replay": bench_replay.run,
    "report": bench_report.run,
    "rules": bench_rules.run,
    "scenarios": bench_scenarios.run,
    "startup": bench_startup.run,
    "tables": bench_tables.run,
    "validate": bench_validate.run,
}


def main(names: list[str]) -> int:
    """The table of the benchmarks; 1 where a target is missed, 2 where a name is unknown."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    # Beside the checkout, since a folder for temporary files may be held in memory.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        results: list[Result] = []
        for name in names or BENCHMARKS:
            print(f"{name} …", file=sys.stderr)
            found = BENCHMARKS[name](Path(folder))
            if not found:
                print(f"{name}: skipped, the published data is not at hand (set SALESPM_DATA)", file=sys.stderr)
            results += found
        print(table(results))
        print()
        print(machine(Path(folder)))
    return 0 if all(found.is_met for found in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
