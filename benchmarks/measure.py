"""Ratios over interleaved runs, the machine they were measured on, and the Markdown table that shows both.

Both sides of a ratio are measured in the same run, one after the other, so that what else the machine does meets both.
"""

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Seconds = float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table: `ratios` of the interleaved runs; met if the median keeps to the target.

    A figure without a target is only published. Figures of memory are in MiB (`is_memory`) where others are seconds.
    """

    what: str
    against: str
    ratios: tuple[float, ...]
    target: float | None
    is_floor: bool
    ours: Seconds
    peer: Seconds
    is_memory: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the median ratio keeps to the target: at least it (a floor), or at most."""
        if self.target is None:
            return True
        median = statistics.median(self.ratios)
        return median >= self.target if self.is_floor else median <= self.target


def result(
    what: str,
    against: str,
    runs: Sequence[tuple[Seconds, Seconds]],
    *,
    floor: float | None = None,
    limit: float | None = None,
    is_memory: bool = False,
) -> Result:
    """The line for runs of (ours, peer): peer / ours has to reach a floor, or ours / peer to stay below a limit.

    Without either, ours / peer is published.
    """
    is_floor = floor is not None
    return Result(
        what=what,
        against=against,
        ratios=tuple(peer / ours if is_floor else ours / peer for ours, peer in runs),
        target=limit if floor is None else floor,
        is_floor=is_floor,
        ours=statistics.median(ours for ours, _ in runs),
        peer=statistics.median(peer for _, peer in runs),
        is_memory=is_memory,
    )


def seconds(work: Callable[[], object]) -> Seconds:
    """How long the work took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def processor_seconds(work: Callable[[], object]) -> Seconds:
    """How long the work took of a processor, which other work on the machine hardly changes."""
    start = time.process_time()
    work()
    return time.process_time() - start


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a process took: time on the clock, and of processors, which other work on the machine hardly changes."""

    wall: Seconds
    processor: Seconds


def spent(command: Sequence[str], folder: Path) -> Spent:
    """What the command took as a process of its own, its output thrown away.

    Raises:
        subprocess.CalledProcessError: It failed with another code than 1, which says that there are findings.
    """
    # Bytecode as an installed program has it, whatever this shell forbids.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    start = time.perf_counter()
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=nothing, stderr=nothing)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise subprocess.CalledProcessError(process.returncode, command[:4])
    return Spent(wall=wall, processor=usage.ru_utime + usage.ru_stime)


def table(results: Sequence[Result]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| what | against | ratio (min / median / max) | target | met | ours | peer |",
        "|---|---|---|---|---|---|---|",
    ]
    for line in results:
        low, high = min(line.ratios), max(line.ratios)
        ratio = f"{low:.3f} / **{statistics.median(line.ratios):.3f}** / {high:.3f} ({len(line.ratios)} runs)"
        target = "none" if line.target is None else f"{'≥' if line.is_floor else '≤'} {line.target:g}"
        met = "–" if line.target is None else "yes" if line.is_met else "no"
        ours, peer = (f"{n:.0f} MiB" if line.is_memory else _shown(n) for n in (line.ours, line.peer))
        lines.append(f"| {line.what} | {line.against} | {ratio} | {target} | {met} | {ours} | {peer} |")
    return "\n".join(lines)


def machine(folder: Path) -> str:
    """The machine and the disk under the folder, as Markdown lines, with the cost of one fsync there."""
    return "\n".join(
        (
            f"- Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            f"- disk: {filesystem(folder)}; one fsync of 4 KiB: {_shown(fsync_cost(folder))} (median of 50)",
        )
    )


def filesystem(folder: Path) -> str:
    """The type of the file system under the folder and its device, where the system tells."""
    mounts = Path("/proc/mounts")
    if not mounts.is_file():
        return f"unknown ({platform.system()})"
    here = folder.resolve()
    best, told = -1, "unknown"
    for line in mounts.read_text(encoding="utf-8").splitlines():
        device, point, kind, *_ = line.split()
        if here.is_relative_to(point) and len(point) >= best:
            best, told = len(point), f"{kind} on {device}"
    return told


def fsync_cost(folder: Path) -> Seconds:
    """The median time of writing one page to a file of the folder and making it durable."""
    place = folder / "fsync.probe"
    page = os.urandom(4096)
    with place.open("wb", buffering=0) as file:

        def write() -> None:
            file.write(page)
            os.fsync(file.fileno())

        times = [seconds(write) for _ in range(50)]
    place.unlink()
    return statistics.median(times)


def _shown(time_taken: Seconds) -> str:
    if time_taken >= 1:
        return f"{time_taken:.2f} s"
    return f"{time_taken * 1e3:.2f} ms" if time_taken >= 1e-3 else f"{time_taken * 1e6:.1f} µs"
