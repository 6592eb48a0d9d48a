"""The most memory that a command takes over 100,000 deals, against a tenth of them: processes of their own.

What a forecast must know of each deal are eight bytes, for its spread; percentiles take as much of each stay.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bench_forecast import NOW, deals_store
from benchmarks.measure import Result, result
from salespm_flow.definition.workspace import load

FEW = 10_000
MANY = 100_000
# The unit of `ru_maxrss`: kibibytes, bytes on macOS.
PER_MIB = 2**20 if sys.platform == "darwin" else 2**10
# A process counts what its parent held when it was born, so that the parent has to be small.
SMALL = """
import os, sys
nowhere = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[nowhere]), 0)
print(used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
COMMANDS = (
    "forecast sales_pipeline --period 2026-Q4",
    "forecast sales_pipeline --period 2026-Q4 --by person",
    "forecast sales_pipeline --period 2026-Q4 --former 2",
    "pipeline sales_pipeline",
    "funnel sales_pipeline",
    "flow report sales_pipeline --period ..2026-09-30",
)


def run(folder: Path) -> tuple[Result, ...]:
    """A line for each command: the resident set of its process at its highest."""
    library = load().library
    with tempfile.TemporaryDirectory(dir=folder) as name:
        stores = [(Path(name) / f"{deals}.db", deals) for deals in (FEW, MANY)]
        for place, deals in stores:
            deals_store(place, library, deals).close()
        return tuple(_line(command, *(place for place, _ in stores)) for command in COMMANDS)


def _line(command: str, few: Path, many: Path) -> Result:
    small, large = _peak(command, few), _peak(command, many)
    print(f"{command}: {small:.1f} MiB, {large:.1f} MiB", file=sys.stderr)
    words = command.replace(" sales_pipeline", "")
    return result(f"memory of `{words}`, {MANY:,} deals", f"over {FEW:,}", [(large, small)], limit=1.2, is_memory=True)


def _peak(command: str, store: Path) -> float:
    """MiB of the command in a process of its own."""
    words = [sys.executable, "-m", "salespm_flow", *command.split(), "--now", NOW.isoformat(), "--store", str(store)]
    done = subprocess.run([sys.executable, "-S", "-c", SMALL, *words], capture_output=True, text=True, check=True)
    return int(done.stdout) / PER_MIB
